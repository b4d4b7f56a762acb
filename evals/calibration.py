"""Does the confidence mean anything: risk against coverage, and reliability. Knows no cases, only pairs.

A pair is (confidence 0..1, whether it was right).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Pair = tuple[float, bool]
BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Decisions of nearly the same confidence: how many, their mean confidence, the share that was right."""

    n: int
    confidence: float
    right: float


def risk_coverage(answers: Sequence[Pair], asked: int) -> list[tuple[float, float]]:
    """(coverage, risk) after each answer, the surest first: the share of the `asked` questions, the share wrong so far.

    Among answers of one confidence the wrong ones come first, so that ties never flatter. Refusals are not covered.
    """
    wrong = 0
    curve = []
    for n, (_, right) in enumerate(sorted(answers, key=lambda p: (-p[0], p[1])), 1):
        wrong += not right
        curve.append((n / asked, wrong / n))
    return curve


def aurc(answers: Sequence[Pair]) -> float | None:
    """Area under the risk–coverage curve over the coverage reached (the mean risk): 0 is best. None without answers."""
    if not answers:
        return None
    return float(np.mean([risk for _, risk in risk_coverage(answers, len(answers))]))


def reliability(decisions: Sequence[Pair]) -> list[Bin]:
    """Decisions in ten bins of equal width of confidence; empty bins are left out."""
    bins: list[list[Pair]] = [[] for _ in range(BINS)]
    for pair in decisions:
        bins[min(BINS - 1, int(pair[0] * BINS))].append(pair)
    return [Bin(len(b), sum(c for c, _ in b) / len(b), sum(r for _, r in b) / len(b)) for b in bins if b]


def ece(decisions: Sequence[Pair]) -> float | None:
    """Expected calibration error (Guo et al. 2017): how far confidence and being right lie apart, 0..1."""
    if not decisions:
        return None
    return sum(b.n * abs(b.confidence - b.right) for b in reliability(decisions)) / len(decisions)
