"""Questions written for sections, and how near a question is to those of each section.

Matched as questions are, after docT5query (Nogueira & Lin 2019); but people wrote ours, and some that no text answers.
Knows nothing of answering, and no store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .embedding import Embedder, Vectors

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Phrasings:
    """Questions written for sections: (n, d) unit rows, the sections (`topic/authority#id`), whether a text answers."""

    vectors: Vectors
    sections: tuple[str, ...]
    answered: NDArray[np.bool_]

    @classmethod
    def of(cls, embedder: Embedder, questions: Sequence[tuple[str, str, bool]]) -> Phrasings:
        """From questions, each with its section and whether a text answers it."""
        texts, sections, answered = zip(*questions, strict=True) if questions else ((), (), ())
        return cls(embedder.embed(texts, query=True), sections, np.array(answered, dtype=bool))

    def only(self, kept: NDArray[np.bool_]) -> Phrasings:
        """Those at which `kept` (n,) is true."""
        sections = tuple(s for s, keep in zip(self.sections, kept, strict=True) if keep)
        return Phrasings(self.vectors[kept], sections, self.answered[kept])

    def and_(self, more: Phrasings) -> Phrasings:
        """These and more."""
        vectors, answered = np.concatenate([self.vectors, more.vectors]), np.concatenate([self.answered, more.answered])
        return Phrasings(vectors, self.sections + more.sections, answered)


class Nearest:
    """The questions of an index, by the group of their section: `of` (n,), of so many `groups`."""

    def __init__(self, phrasings: Phrasings | None, of: NDArray[np.int64], groups: int) -> None:
        self._vectors, self._groups = None if phrasings is None else phrasings.vectors, groups
        answered = np.zeros(0, dtype=bool) if phrasings is None else phrasings.answered
        self._answered, self._missed = (_grouped(of, np.flatnonzero(kept)) for kept in (answered, ~answered))

    def of(self, vector: Vectors) -> tuple[Floats, Floats, Floats]:
        """Per group: mean cosine of its two nearest questions, that of the nearest, and of the nearest that none answers; 0 if none."""
        best, second, missed = (np.zeros(self._groups, dtype=np.float32) for _ in range(3))
        if self._vectors is None:
            return best, best, missed
        cosines = self._vectors @ vector
        order, firsts, groups = self._missed
        if len(groups):
            missed[groups] = np.maximum.reduceat(cosines[order], firsts)
        order, firsts, groups = self._answered
        if len(groups):
            ranked = cosines[order]
            highest = np.maximum.reduceat(ranked, firsts)
            sizes = np.diff(np.append(firsts, len(ranked)))
            at = np.flatnonzero(ranked == np.repeat(highest, sizes))
            ranked[at[np.searchsorted(at, firsts)]] = -np.inf  # one of each group's highest
            best[groups] = highest
            second[groups] = np.where(sizes > 1, np.maximum.reduceat(ranked, firsts), highest)
        return ((best + second) / 2).astype(np.float32), best, missed


class _Grouped(NamedTuple):
    """Places in an array, those of a group side by side: where each group's begin, and its number."""

    order: NDArray[np.int64]
    firsts: NDArray[np.int64]
    groups: NDArray[np.int64]


def _grouped(numbers: NDArray[np.int64], places: NDArray[np.int64]) -> _Grouped:
    order = places[np.argsort(numbers[places], kind="stable")]
    groups, firsts = np.unique(numbers[order], return_index=True)
    return _Grouped(order, firsts, groups)
