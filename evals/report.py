"""A scored run as Markdown: figures, comparison, slices, contrast cells, worst cases."""

from __future__ import annotations

from collections.abc import Iterable

from . import measures
from .figures import Figure
from .measures import Score
from .results import SLICED, Results, Value

JUDGE = "Every figure is computed from spans, nuggets and gold sections, without a language model."


def shown(value: Value) -> str:
    """A figure in a table cell."""
    if value is None:
        return "–"
    return str(value) if isinstance(value, Figure) else f"{value:.1f}"


def brief(value: Value) -> str:
    """A figure in a narrow cell: value and number of cases."""
    return f"{value.value:.2f} ({value.n})" if isinstance(value, Figure) else "–"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Lines of a Markdown table."""
    names = list(head)
    return ["| " + " | ".join(names) + " |", "|" + "---|" * len(names), *("| " + " | ".join(r) + " |" for r in rows), ""]


def heading(results: Results) -> str:
    """What was run, on what, in one line."""
    about = results.run.about
    dirty = " with changes" if about["dirty"] else ""
    return (
        f"{results.scope}: {len(results.cases)} cases, commit {about['commit'][:10]}{dirty}, corpus {str(about['corpus'])[:10]}, "
        f"{about['at'][:16].replace('T', ' ')}, {about['machine']['processor']} ({about['machine']['cores']} cores)"
    )


def markdown(results: Results, worst: int = 10) -> str:
    """The report. A partial run shows its errors and no headline."""
    about = results.run.about
    out = ["# Evaluation", "", heading(results), ""]
    if results.partial:
        out += [f"**{len(results.errors)} of {len(results.cases)} cases gave no answer: this run is partial and has no headline.**", ""]
        out += [*(f"- error: {line}" for line in results.errors), ""]
    else:
        out += table(("measure", "value"), ((name, shown(value)) for name, value in results.figures.items()))
    out += [f"Peak memory {about['peak_memory_mb']} MB; index {about['index_mb']} MB on disk. {JUDGE}", ""]
    for system, compared in () if results.partial else results.compared.items():
        out += [f"## Beside {system}", ""]
        beside = ((c.measure, f"{c.ours:.3f}", f"{c.theirs:.3f}", ratio(c.ratio)) for c in compared)
        out += table(("measure", "assistant", system, "ratio [95%, paired]"), beside)
    out += _cells(results)
    for kind, groups in results.slices.items():
        out += [f"## By {kind}", ""]
        summaries = {name: measures.summary(group, SLICED) for name, group in groups.items()}
        rows = ((name, str(len(groups[name])), *(brief(s[m]) for m in SLICED)) for name, s in summaries.items())
        out += table((kind, "cases", *SLICED), rows)
    return "\n".join(out + _worst(results, worst))


def ratio(figure: Figure | None) -> str:
    """A ratio in a table cell."""
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]" if figure else "–"


def _cells(results: Results) -> list[str]:
    if not results.cells:
        return []
    passed = sum(cell.passed for cell in results.cells)
    rows = (
        (c.name, c.must, "pass" if c.passed else "**fail**", f"{sum(s.right for s in c.scores)} of {len(c.scores)}", f"{c.alike:.2f}")
        for c in results.cells
    )
    head = ("cell", "must", "", "right", "overlap of sections")
    return [f"## Contrast cells: {passed} of {len(results.cells)} pass", "", *table(head, rows)]


def flags(score: Score) -> list[str]:
    """What went wrong with an answer, in words."""
    named = (
        ("wrong authority", score.wrong_authority), ("forbidden", score.forbidden), ("out of date", bool(score.outdated)),
        ("key fact missing", score.answered and score.vital is not None and score.vital < 1),
        ("should refuse", score.answered and score.case.refusable), ("should answer", not score.answered and not score.right),
    )  # fmt: skip
    return [name for name, on in named if on]


def _worst(results: Results, n: int) -> list[str]:
    bad = results.worst(len(results.scores))
    out = [f"## {len(bad)} cases went wrong; the worst {min(n, len(bad))}", ""]
    for s in bad[:n]:
        row = results.answer(s)
        out += [
            f"- **{s.case.id}** [{s.status}, expected {'/'.join(s.case.expect)}] {s.confidence:.2f} {', '.join(flags(s))}",
            f"  - Q {s.case.question.text}",
            "  - A " + " ".join(row["answer"]["answer"].split())[:400],
            "  - cited " + (", ".join(sorted(s.cited)) or "–"),
            "  - gold " + (", ".join(s.case.gold) or "–"),
            "  - found " + ", ".join(section for r in row["ranked"][:5] for section in r["sections"][:1]),
            "  - nuggets " + (" · ".join("/".join(n.any[:3]) + ("" if n.vital else " (okay)") for n in s.case.nuggets) or "–"),
        ]
    return [*out, ""]
