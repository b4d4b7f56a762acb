"""A scored run: figures, slices, contrast cells, comparison with other systems, and the worst cases; no layout."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.records import REGIONS

from . import contrast, figures, measures, ranking
from .cases import Case
from .contrast import Cell
from .figures import Figure
from .measures import Score
from .runs import Ours, Run

CONTRAST = "contrast"
Value = Figure | float | None
# Measures of the slices, and those in which less is better.
SLICED = ("key facts right", "citation precision", "wrong authority", "refusal recall", "recall@1", "recall@10")
LESS = ("wrong authority", "out of date", "forbidden statement", "AURC", "ECE")
# What is compared case by case: name and value of one score.
PAIRED: dict[str, Callable[[Score], float | None]] = {
    "key facts right": lambda s: None if s.correct is None else float(s.correct),
    "vital nugget recall": lambda s: s.vital,
    "sentence precision": lambda s: s.sentence_precision,
    "citation precision": lambda s: s.citation_precision,
    **{name: lambda s, name=name: s.ranking[name] if s.ranking else None for name in ranking.NAMES},  # type: ignore[misc]
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure beside another system: our value, theirs, and the ratio of ours to theirs with its paired interval."""

    measure: str
    ours: float
    theirs: float
    ratio: Figure | None


@dataclass(frozen=True)
class Results:
    """Everything a report shows. `scores` leave out the contrast set, whose cases are near-copies, unless there is nothing else."""

    scope: str
    run: Run
    cases: Sequence[Case]
    scores: Sequence[Score]
    errors: Sequence[str]
    figures: dict[str, Value]
    slices: dict[str, dict[str, list[Score]]]
    cells: Sequence[Cell]
    compared: dict[str, list[Compared]]

    @property
    def partial(self) -> bool:
        """Whether a case has no answer: then no figure is a headline."""
        return bool(self.errors)

    def worst(self, n: int) -> list[Score]:
        """The n worst: wrong answers before wrong refusals, the surest first."""
        bad = [s for s in self.scores if not s.right or s.wrong_authority or s.outdated]
        return sorted(bad, key=lambda s: (not s.answered, not (s.wrong_authority or s.forbidden or bool(s.outdated)), -s.confidence))[:n]

    def answer(self, score: Score, system: str = Ours.name) -> dict[str, Any]:
        """The stored row of a case."""
        return self.run.rows[system][score.case.id]


def collect(run: Run, cases: Sequence[Case], scope: str = "") -> Results:
    """Score a run, or of a larger run the part that is named by its scope (fast, dev, test, all)."""
    everything, errors = run.scored(cases)
    plain = [s for s in everything if s.case.set != CONTRAST]
    scores = plain or everything
    found = contrast.cells(everything)
    values: dict[str, Value] = {**measures.summary(scores), **contrast.agreement(found)}
    values.update(measures.summary(everything, ["out of date"]))  # mostly asked of the cells that go by day
    compared = {}
    for system in run.rows:
        if system != Ours.name:
            theirs, missing = run.scored([s.case for s in scores], system)
            errors += [f"{system}: {line}" for line in missing]
            compared[system] = compare(scores, theirs, run, system)
    return Results(scope or run.about["scope"], run, cases, scores, errors, values, sliced(scores), found, compared)


def compare(ours: Sequence[Score], theirs: Sequence[Score], run: Run, system: str) -> list[Compared]:
    """Our measures beside another system's, over the cases where both have a value."""
    other = {s.case.id: s for s in theirs}
    shared = [(s, other[s.case.id]) for s in ours if s.case.id in other]
    out = []
    for name, value in PAIRED.items():
        pairs = [(a, b) for x, y in shared if (a := value(x)) is not None and (b := value(y)) is not None]
        out += _compared(name, pairs, lambda x: float(np.mean(x)))
    rows = [(run.rows[Ours.name][x.case.id], run.rows[system][x.case.id]) for x, _ in shared]
    times = [(float(a["find_ms"]), float(b["find_ms"])) for a, b in rows if "find_ms" in a and "find_ms" in b]
    return out + _compared("retrieval, median ms", times, lambda x: float(np.median(x)))


def _compared(name: str, pairs: Sequence[tuple[float, float]], middle: Callable[[Any], float]) -> list[Compared]:
    if not pairs:
        return []
    ours, theirs = [p[0] for p in pairs], [p[1] for p in pairs]
    return [Compared(name, middle(ours), middle(theirs), figures.ratio(ours, theirs, middle))]


def sliced(scores: Sequence[Score]) -> dict[str, dict[str, list[Score]]]:
    """Scores by language, region, type, date, set, topic and asker."""
    kinds: dict[str, Callable[[Case], str]] = {
        "language": lambda c: c.language,
        "region": region,
        "type": lambda c: c.type,
        "date": when,
        "set": lambda c: c.set,
        "topic": lambda c: c.topic,
        "asker": lambda c: c.asker or "not said",
    }
    out: dict[str, dict[str, list[Score]]] = {}
    for kind, key in kinds.items():
        groups: dict[str, list[Score]] = {}
        for score in scores:
            groups.setdefault(key(score.case), []).append(score)
        out[kind] = dict(sorted(groups.items()))
    return out


def region(case: Case) -> str:
    """Whose rule is asked for."""
    regional = [a for a in case.authorities if a in REGIONS]
    if len(regional) > 1:
        return "several regions"
    return regional[0] if regional else (case.authorities[0] if case.authorities else "open")


def when(case: Case) -> str:
    """Which time is asked for: a day set beside the question, a year in its words, or now."""
    if case.question.as_of:
        return "a day is set"
    return "a year is named" if re.search(r"\b(?:19|20)\d\d\b", case.question.text) else "now"
