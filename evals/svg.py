"""Small plots as inline SVG, coloured by the page's style sheet (classes a, b, grid, band), so that a report needs no library."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH, SIDE = 520, 250
Point = tuple[float, float]


def forest(rows: Sequence[tuple[str, float, float, float, str]], label: str) -> str:
    """Values 0..1 with intervals, one row each: (name, value, low, high, note)."""
    left, right, step = 215, 70, 20
    width = WIDTH - left - right
    height = step * len(rows) + 24
    parts = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = left + tick * width
        parts += [f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height - 20}"/>', _text(x, height - 6, f"{tick:g}", "middle")]
    for i, (name, value, low, high, note) in enumerate(rows):
        y = i * step + 10
        a, b, c = (left + max(0.0, min(1.0, v)) * width for v in (low, high, value))
        parts += [
            _text(left - 8, y + 4, name, "end"),
            f'<line class="whisker" x1="{a:.1f}" x2="{b:.1f}" y1="{y}" y2="{y}"/>',
            f'<circle class="a" cx="{c:.1f}" cy="{y}" r="4"><title>{escape(name)}: {value:.3f} [{low:.3f}, {high:.3f}]</title></circle>',
            _text(WIDTH - right + 8, y + 4, note, "start"),
        ]
    return _svg(WIDTH, height, parts, label)


def lines(series: Sequence[tuple[str, Sequence[Point]]], across: str, up: str, label: str, diagonal: bool = False) -> str:
    """Curves over 0..1 both ways; up to three series, named in a legend if there are several."""
    parts = _axes(across, up)
    if diagonal:
        (x1, y1), (x2, y2) = _place((0, 0)), _place((1, 1))
        parts.append(f'<line class="grid dash" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')
    for i, (name, points) in enumerate(series):
        style = "abc"[i % 3]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(_place, points))
        parts.append(f'<polyline class="curve {style}" points="{path}"/>')
        if diagonal:
            parts += [f'<circle class="{style}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in map(_place, points)]
        if len(series) > 1:
            parts += [f'<rect class="{style}" x="{SIDE - 60}" y="{14 + 16 * i}" width="10" height="10"/>', _text(SIDE - 46, 23 + 16 * i, name)]
    return _svg(SIDE + 60, SIDE + 30, parts, label)


def histogram(values: Sequence[float], unit: str, label: str, bins: int = 30) -> str:
    """How often which value occurs; the top hundredth is gathered in the last bar."""
    ordered = sorted(values)
    top = ordered[int(0.99 * (len(ordered) - 1))] or 1.0
    counts = [0] * bins
    for value in ordered:
        counts[min(bins - 1, int(value / top * bins))] += 1
    most = max(counts)
    width = (WIDTH - 20) / bins
    parts = [
        f'<rect class="a" x="{10 + i * width:.1f}" y="{150 - 140 * n / most:.1f}" width="{width - 1:.1f}" height="{140 * n / most:.1f}">'
        f"<title>{i * top / bins:.0f}–{(i + 1) * top / bins:.0f} {escape(unit)}: {n}</title></rect>"
        for i, n in enumerate(counts)
    ]
    parts += [_text(10 + share * (WIDTH - 20), 168, f"{share * top:.0f} {unit}", at) for share, at in ((0, "start"), (0.5, "middle"), (1, "end"))]
    return _svg(WIDTH, 176, parts, label)


def _place(point: Point) -> Point:
    x, y = point
    return 44 + x * (SIDE - 4), SIDE - 6 - y * (SIDE - 16)


def _axes(across: str, up: str) -> list[str]:
    parts = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        (x, bottom), (left, y) = _place((tick, 0)), _place((0, tick))
        parts += [
            f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="10" y2="{bottom:.1f}"/>',
            f'<line class="grid" x1="{left:.1f}" x2="{SIDE + 40}" y1="{y:.1f}" y2="{y:.1f}"/>',
            _text(x, bottom + 14, f"{tick:g}", "middle"),
            _text(left - 6, y + 4, f"{tick:g}", "end"),
        ]
    turned = f'<text transform="translate(10 {SIDE / 2:.0f}) rotate(-90)" text-anchor="middle">{escape(up)}</text>'
    return [*parts, _text(SIDE / 2 + 40, SIDE + 26, across, "middle"), turned]


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(width: int, height: int, parts: Sequence[str], label: str) -> str:
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'
