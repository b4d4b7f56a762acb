"""A scored run as one self-contained HTML page: figures, plots, contrast cells and worst cases, in light and dark."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from . import calibration, measures, report, svg
from .cases import REFUSALS
from .contrast import Cell
from .figures import Figure
from .measures import Score
from .results import Results, Value
from .runs import Ours

TILES = (
    "key facts right", "vital nugget recall", "citation precision", "citation recall", "refusal F", "wrong authority", "out of date",
    "recall@1", "recall@10", "same sections across languages", "latency p50 ms",
)  # fmt: skip
STYLE = """
:root { color-scheme: light dark; --bg: #fff; --ink: #1b1f24; --dim: #667; --line: #d8dce2; --card: #f5f6f8;
  --a: #2463b4; --b: #b4531a; --c: #6b3fa0; --good: #1a7f4b; --bad: #b3261e; --goodbg: #d9f0e3; --badbg: #f9dcd9; }
@media (prefers-color-scheme: dark) { :root { --bg: #14171b; --ink: #e4e7eb; --dim: #9aa3ad; --line: #333a42; --card: #1d2127;
  --a: #6ea8f0; --b: #f0a06e; --c: #b79af0; --good: #5cc98f; --bad: #f28b82; --goodbg: #173527; --badbg: #43211f; } }
body { font: 15px/1.5 system-ui, sans-serif; background: var(--bg); color: var(--ink); max-width: 1120px; margin: 0 auto; padding: 20px; }
h1 { font-size: 24px; margin: 0; } h2 { font-size: 18px; margin: 36px 0 8px; } h3 { font-size: 14px; margin: 0 0 6px; color: var(--dim); }
p { margin: 6px 0; } .dim { color: var(--dim); } .warn { color: var(--bad); font-weight: 600; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 10px; margin: 16px 0; }
.tile { background: var(--card); border-radius: 8px; padding: 10px 12px; } .tile b { display: block; font-size: 22px; }
.tile small { color: var(--dim); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 24px; align-items: start; }
.plots.wide { grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); }
svg { max-width: 100%; height: auto; font-size: 12px; } svg text { fill: var(--ink); } .grid { stroke: var(--line); }
.dash { stroke-dasharray: 4 4; } .whisker { stroke: var(--dim); stroke-width: 2; } .curve { fill: none !important; stroke-width: 2; }
.a { fill: var(--a); stroke: var(--a); } .b { fill: var(--b); stroke: var(--b); } .c { fill: var(--c); stroke: var(--c); }
svg rect.a { stroke: none; }
table { border-collapse: collapse; } td, th { text-align: left; padding: 3px 14px 3px 0; border-bottom: 1px solid var(--line); }
.scroll { overflow-x: auto; }
.cells { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 10px; }
.cell { border: 1px solid var(--line); border-left: 5px solid var(--good); border-radius: 6px; padding: 6px 10px; }
.cell.fail { border-left-color: var(--bad); } .cell .head span { white-space: nowrap; }
.cell .head { display: flex; justify-content: space-between; gap: 8px; font-size: 13px; }
.chip { display: inline-block; border-radius: 4px; padding: 0 6px; margin: 3px 4px 0 0; font-size: 12px; background: var(--goodbg); }
.chip.no { background: var(--badbg); text-decoration: line-through; }
details { border-top: 1px solid var(--line); padding: 8px 0; } summary { cursor: pointer; } summary b { font-weight: 600; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 4px 24px; font-size: 14px; margin-top: 6px; }
.flag { color: var(--bad); font-size: 13px; } ol { margin: 0; padding-left: 20px; } li.gold { color: var(--good); font-weight: 600; }
"""


def html(results: Results, worst: int = 30) -> str:
    """The page."""
    parts = [
        f"<h1>Evaluation</h1><p class='dim'>{escape(report.heading(results))}</p>",
        _headline(results),
        "" if results.partial else _comparison(results),
        "<h2>Contrast cells</h2>" + _grid(results.cells) if results.cells else "",
        _decisions(results),
        _slices(results),
        _worst(results, worst),
    ]
    head = f"<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>Evaluation</title><style>{STYLE}</style>"
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{''.join(parts)}</body></html>\n"


def _headline(results: Results) -> str:
    about = results.run.about
    if results.partial:
        errors = "".join(f"<li>{escape(line)}</li>" for line in results.errors)
        return f"<p class='warn'>{len(results.errors)} of {len(results.cases)} cases gave no answer: no headline.</p><ul>{errors}</ul>"
    rows = [(name, f.value, f.low, f.high, f"{f.value:.2f}") for name, f in results.figures.items() if isinstance(f, Figure)]
    extra = (
        f"<p class='dim'>Bars are 95% bootstrap intervals over cases. Peak memory {about['peak_memory_mb']} MB, index {about['index_mb']} MB. "
        f"{report.JUDGE}</p>"
    )
    tiles = "".join(_tile(name, results.figures.get(name)) for name in TILES)
    return f"<div class='tiles'>{tiles}</div><h2>All figures</h2>{svg.forest(rows, 'all figures with intervals')}{extra}"


def _tile(name: str, value: Value) -> str:
    if isinstance(value, Figure):
        return f"<div class='tile'><small>{name}</small><b>{value.value:.3f}</b><small>{value.low:.3f}–{value.high:.3f}, n={value.n}</small></div>"
    return f"<div class='tile'><small>{name}</small><b>{report.shown(value)}</b></div>"


def _comparison(results: Results) -> str:
    out = []
    for system, compared in results.compared.items():
        rows = "".join(
            f"<tr><td>{c.measure}</td><td>{c.ours:.3f}</td><td>{c.theirs:.3f}</td><td>{report.ratio(c.ratio)}</td></tr>" for c in compared
        )
        out.append(
            f"<h2>Beside {system}, in the same run</h2><div class='scroll'><table><tr><th>measure</th><th>assistant</th><th>{system}</th>"
            f"<th>ratio [95%, paired]</th></tr>{rows}</table></div>"
        )
    return "".join(out)


def _grid(cells: Iterable[Cell]) -> str:
    boxes = []
    for cell in cells:
        chips = "".join(
            f"<span class='chip{'' if s.right else ' no'}' title='{escape(s.case.question.text, quote=True)}'>{escape(_variant(s, cell))}</span>"
            for s in cell.scores
        )
        note = "sections as they must be" if cell.kept else f"sections do not {cell.must} as they must (overlap {cell.alike:.2f})"
        boxes.append(
            f"<div class='cell{'' if cell.passed else ' fail'}'><div class='head'><b>{escape(cell.name)}</b>"
            f"<span class='dim'>must {cell.must}</span></div>{chips}<div class='dim'>{note}</div></div>"
        )
    return f"<p class='dim'>A variant that is struck out was answered wrongly.</p><div class='cells'>{''.join(boxes)}</div>"


def _variant(score: Score, cell: Cell) -> str:
    return score.case.id.removeprefix(f"{cell.name}-")


def _decisions(results: Results) -> str:
    systems = {Ours.name: list(results.scores)}
    for system in results.compared:
        systems[system] = results.run.scored([s.case for s in results.scores], system)[0]
    curves = [
        (name, calibration.risk_coverage(measures.pairs(scores, answers=True), len(scores))) for name, scores in systems.items() if scores
    ]
    bins = calibration.reliability(measures.pairs(results.scores))
    plots = [
        ("Risk against coverage: the surest answers first", svg.lines(curves, "share of questions answered", "share wrong", "risk–coverage")),
        (
            "Reliability of the confidence (answers and refusals)",
            svg.lines([("", [(b.confidence, b.right) for b in bins])], "confidence", "share right", "reliability", diagonal=True),
        ),
    ]
    if results.scores:
        plots.append(("Time of an answer", svg.histogram([s.milliseconds for s in results.scores], "ms", "latency")))
    return "<h2>Decisions and time</h2><div class='plots'>" + "".join(f"<div><h3>{t}</h3>{p}</div>" for t, p in plots) + "</div>"


def _slices(results: Results) -> str:
    blocks = []
    for kind, groups in results.slices.items():
        rows = []
        for name, group in groups.items():
            right = measures.mean([float(s.right) for s in group])
            if right:
                rows.append((name, right.value, right.low, right.high, f"{right.value:.2f} ({right.n})"))
        blocks.append(f"<div><h3>by {kind}</h3>{svg.forest(rows, f'right decisions by {kind}')}</div>")
    note = "<p class='dim'>Share of right decisions: key facts right, or a refusal where one is due.</p>"
    return f"<h2>Slices</h2>{note}<div class='plots wide'>{''.join(blocks)}</div>"


def _worst(results: Results, n: int) -> str:
    bad = results.worst(len(results.scores))
    blocks = []
    for s in bad[:n]:
        row = results.answer(s)
        found = "".join(
            f"<li{_gold(r['sections'], s)}>{escape(', '.join(r['sections'][:3]))} <span class='dim'>{r['score']}</span></li>" for r in row["ranked"]
        )
        nuggets = "".join(f"<li>{escape(' / '.join(g.any[:4]))}{'' if g.vital else ' (okay)'}</li>" for g in s.case.nuggets)
        answer = "" if s.status in REFUSALS else f"<p class='dim'>cited: {escape(', '.join(sorted(s.cited)))}</p>"
        blocks.append(
            f"<details><summary><b>{s.case.id}</b> <span class='flag'>{', '.join(report.flags(s))}</span> {escape(s.case.question.text)}</summary>"
            f"<div class='pair'><div><h3>answer ({s.status}, confidence {s.confidence:.2f}; expected {' or '.join(s.case.expect)})</h3>"
            f"<p>{escape(row['answer']['answer'])}</p>{answer}</div><div><h3>key facts</h3><ul>{nuggets or '<li>none: refuse</li>'}</ul>"
            f"<h3>gold</h3><p>{escape(', '.join(s.case.gold)) or '–'}</p><h3>found (gold in green)</h3><ol>{found}</ol></div></div></details>"
        )
    return f"<h2>{len(bad)} cases went wrong; the worst {min(n, len(bad))}</h2>{''.join(blocks)}"


def _gold(sections: Iterable[str], score: Score) -> str:
    return " class='gold'" if set(sections) & set(score.case.gold) else ""
