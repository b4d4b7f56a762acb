"""Contrast cells: one question across region, language or date, whose answers must differ or must agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from .figures import Figure, mean
from .measures import Score


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with the scores of its variants. `alike` is the mean overlap (Jaccard, 0..1) of the sections they cite."""

    name: str
    must: str
    scores: tuple[Score, ...]
    alike: float

    @property
    def passed(self) -> bool:
        """Every variant right; and they cite the very same sections, or no two the same, as the cell wants."""
        return all(s.right for s in self.scores) and self.kept

    @property
    def kept(self) -> bool:
        """Whether the answers differ, or agree, as they must."""
        both = [a.cited == b.cited for a, b in combinations(self.scores, 2)]
        return all(both) if self.must == "agree" else not any(both)


def cells(scores: Iterable[Score]) -> list[Cell]:
    """The cells among scored cases, by name."""
    found: dict[str, list[Score]] = {}
    for score in scores:
        if score.case.cell:
            found.setdefault(score.case.cell, []).append(score)
    return [
        Cell(name, members[0].case.must, tuple(members), _mean([overlap(a, b) for a, b in combinations(members, 2)]))
        for name, members in sorted(found.items())
    ]


def overlap(a: Score, b: Score) -> float:
    """Jaccard overlap of the sections that two answers cite, 0..1; two refusals agree."""
    both = a.cited | b.cited
    return len(a.cited & b.cited) / len(both) if both else 1.0


def agreement(found: Sequence[Cell]) -> dict[str, Figure | None]:
    """Over pairs of languages of the same question: the share that cites the very same sections, and the mean overlap."""
    pairs = [
        (a, b) for cell in found if cell.must == "agree"
        for a, b in combinations(cell.scores, 2) if a.case.language != b.case.language
    ]  # fmt: skip
    return {
        "same sections across languages": mean([float(a.cited == b.cited) for a, b in pairs]),
        "section overlap across languages": mean([overlap(a, b) for a, b in pairs]),
    }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
