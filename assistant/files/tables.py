"""Words of a printed page → segments of lines, and tables with and without rules. Geometry alone.

A ruled table is a lattice: lines that touch one another and part the page into cells. An unruled one is a run of lines
whose segments stand under one another with white space between, and do not fill their columns as running text does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

_NEAR = 3.0  # points within which two rules touch
_MOST_RULES = 1_500  # a drawing or map, not a table


@dataclass(eq=False, slots=True)
class Word:
    """A word with its box, and the height of its type."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line; `upright` tells which way it runs."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def upright(self) -> bool:
        """Whether it runs from top to bottom."""
        return self.bottom - self.top > self.x1 - self.x0


@dataclass(eq=False, slots=True)
class Segment:
    """Words of one line with no wide gap between them."""

    words: list[Word]
    x0: float = 0.0
    x1: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    size: float = 0.0

    def __post_init__(self) -> None:
        self.x0, self.x1 = min(w.x0 for w in self.words), max(w.x1 for w in self.words)
        self.size = max(w.size for w in self.words)
        tall = [w for w in self.words if w.size >= 0.8 * self.size]
        self.top, self.bottom = min(w.top for w in tall), max(w.bottom for w in tall)


@dataclass(eq=False, slots=True)
class Table:
    """Rows of cells, each cell the texts of its lines; and the words they were made of."""

    cells: list[list[list[str]]]
    x0: float
    top: float
    x1: float
    bottom: float
    words: list[Word] = field(default_factory=list)
    size: float = 0.0


def text_of(words: Iterable[Word]) -> str:
    """Words of one line as text; from the right where most of them are written so."""
    listed = list(words)
    backward = sum(bool(re.search(r"[\u0590-\u08ff]", w.text)) for w in listed) * 2 > len(listed)
    return " ".join(w.text for w in sorted(listed, key=lambda w: -w.x0 if backward else w.x0))


_Box = TypeVar("_Box", Word, Segment)


def _grouped(items: Sequence[_Box]) -> list[list[_Box]]:
    """Boxes that stand on one baseline, top to bottom; each group from left to right."""
    rows: list[tuple[float, float, list[_Box]]] = []
    for item in sorted(items, key=lambda w: w.top + w.bottom):
        for i in range(len(rows) - 1, max(-1, len(rows) - 5), -1):
            top, bottom, members = rows[i]
            shared = min(bottom, item.bottom) - max(top, item.top)
            if shared > 0.55 * min(bottom - top, item.bottom - item.top):
                members.append(item)
                break
        else:
            rows.append((item.top, item.bottom, [item]))
    return [sorted(members, key=lambda w: w.x0) for _, _, members in rows]


def baselines(pieces: Sequence[Segment]) -> list[list[Segment]]:
    """Segments by line, top to bottom, each line from left to right."""
    return _grouped(pieces)


def segments(words: Sequence[Word], upright: Sequence[Rule]) -> list[Segment]:
    """Lines of words, parted at wide gaps and where an upright rule stands between."""
    made = []
    for row in _grouped(words):
        run: list[Word] = []
        for word in row:
            if run:
                gap = word.x0 - run[-1].x1
                middle = (word.top + word.bottom) / 2
                barred = any(run[-1].x1 - 1 <= r.x0 <= word.x0 + 1 and r.top <= middle <= r.bottom for r in upright) if gap > 1 else False
                if gap > 1.0 * max(word.size, run[-1].size) or barred:
                    made.append(Segment(run))
                    run = []
            run.append(word)
        if run:
            made.append(Segment(run))
    return made


def _clusters(values: Iterable[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def ruled(words: Sequence[Word], rules: Sequence[Rule]) -> list[Table]:
    """The tables whose cells are parted by rules: at least two rows and two columns."""
    if not 5 <= len(rules) <= _MOST_RULES:
        return []
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda r: r.top):
        touching = [g for g in groups if any(_touch(rule, other) for other in g)]
        for group in touching[1:]:
            touching[0].extend(group)
            groups.remove(group)
        if touching:
            touching[0].append(rule)
        else:
            groups.append([rule])
    tables = []
    for group in groups:
        xs = _clusters(r.x0 for r in group if r.upright)
        ys = _clusters(r.top for r in group if not r.upright)
        if len(xs) < 3 or len(ys) < 3:
            continue
        inside = [w for w in words if xs[0] - 1 < (w.x0 + w.x1) / 2 < xs[-1] + 1 and ys[0] - 1 < (w.top + w.bottom) / 2 < ys[-1] + 1]
        cells: list[list[list[Word]]] = [[[] for _ in xs[1:]] for _ in ys[1:]]
        for w in inside:
            middle = (w.top + w.bottom) / 2
            # Rules that are not there join cells: a word belongs to the cell whose left and upper rule is really drawn.
            i = max((k for k, y in enumerate(ys[:-1]) if y <= middle and _drawn(group, y, (w.x0 + w.x1) / 2, False)), default=0)
            j = max((k for k, x in enumerate(xs[:-1]) if x <= (w.x0 + w.x1) / 2 and _drawn(group, x, middle, True)), default=0)
            cells[i][j].append(w)
        shown = [[[text_of(s.words) for s in _whole(cell)] for cell in line] for line in cells]
        if sum(any(c for c in line) for line in shown) >= 2:
            tables.append(Table(shown, xs[0], ys[0], xs[-1], ys[-1], inside))
    return tables


def _whole(words: Sequence[Word]) -> list[Segment]:
    return [Segment(row) for row in _grouped(words)]


def _touch(a: Rule, b: Rule) -> bool:
    return a.x0 <= b.x1 + _NEAR and b.x0 <= a.x1 + _NEAR and a.top <= b.bottom + _NEAR and b.top <= a.bottom + _NEAR


def _drawn(rules: Sequence[Rule], at: float, other: float, upright: bool) -> bool:
    for r in rules:
        if r.upright == upright:
            low, high, place = (r.top, r.bottom, r.x0) if upright else (r.x0, r.x1, r.top)
            if abs(place - at) <= _NEAR and low - _NEAR <= other <= high + _NEAR:
                return True
    return False


def unruled(pieces: Sequence[Segment]) -> list[list[Segment] | Table]:
    """The segments of one column, parted where a table without rules stands among them."""
    lines = baselines(pieces)
    out: list[list[Segment] | Table] = []
    plain: list[Segment] = []
    at = 0
    while at < len(lines):
        end = _run(lines, at)
        if end:
            if plain:
                out.append(plain)
                plain = []
            out.append(_table(lines[at:end]))
            at = end
        else:
            plain.extend(lines[at])
            at += 1
    if plain:
        out.append(plain)
    return out


def _columns(lines: Sequence[Sequence[Segment]]) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for x0, x1 in sorted((s.x0, s.x1) for line in lines for s in line):
        if found and x0 < found[-1][1] + 2:
            found[-1] = (found[-1][0], max(found[-1][1], x1))
        else:
            found.append((x0, x1))
    return found


def _run(lines: Sequence[Sequence[Segment]], start: int) -> int:
    """Where the table that begins at line `start` ends; 0 if none begins there."""
    if len(lines[start]) < 2:
        return 0
    end = start + 1
    while end < len(lines):
        line, last = lines[end], lines[end - 1]
        if line[0].top - last[0].bottom > 1.6 * last[0].size:
            break
        columns = _columns(lines[start : end + 1])
        if len(columns) < max(2, min(len(_columns(lines[start:end])), len(line))) or len(columns) < len(line):
            break
        end += 1
    while end > start + 1 and len(lines[end - 1]) < 2:
        end -= 1
    several = [line for line in lines[start:end] if len(line) > 1]
    columns = _columns(lines[start:end])
    white = min((b[0] - a[1] for a, b in pairwise(columns)), default=0.0)
    size = lines[start][0].size
    # Wide gaps of justified text seldom stand under one another in three lines.
    if white < 1.2 * size or len(several) < (2 if white > 2.5 * size and len(columns) > 2 else 3) or len(several) * 2 < end - start:
        return 0
    pitch = [b[0] - a[0] for a, b in pairwise(columns)]
    full = total = 0
    for line in several:
        for segment in line:
            place = next(i for i, (x0, x1) in enumerate(columns) if x0 - 1 <= segment.x0 <= x1 + 1)
            if place < len(pitch):
                total += 1
                full += segment.x1 - segment.x0 > 0.72 * pitch[place]
    return end if full * 2 < total else 0


def _table(lines: Sequence[Sequence[Segment]]) -> Table:
    columns = _columns(lines)
    cells: list[list[list[str]]] = []
    for number, line in enumerate(lines):
        placed: list[list[str]] = [[] for _ in columns]
        for segment in line:
            place = next(i for i, (x0, x1) in enumerate(columns) if x0 - 1 <= segment.x0 <= x1 + 1)
            placed[place].append(text_of(segment.words))
        tight = number > 0 and line[0].top - lines[number - 1][0].bottom < 0.25 * line[0].size
        if cells and tight and len(line) < len(columns) and not placed[0]:
            for into, more in zip(cells[-1], placed, strict=True):
                into.extend(more)
        else:
            cells.append(placed)
    every = [s for line in lines for s in line]
    return Table(
        cells,
        min(s.x0 for s in every),
        min(s.top for s in every),
        max(s.x1 for s in every),
        max(s.bottom for s in every),
        [w for s in every for w in s.words],
    )
