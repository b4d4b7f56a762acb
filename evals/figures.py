"""Figures with intervals: percentile bootstrap (Efron & Tibshirani 1993), repeatable by a fixed seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
SEED, ROUNDS = 7, 1_000
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """A statistic over n items with its 95% bootstrap interval."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}] (n={self.n})"


def mean(values: Sequence[float], seed: int = SEED, rounds: int = ROUNDS) -> Figure | None:
    """Mean and interval; None for no values."""
    if not values:
        return None
    data = np.asarray(values, dtype=float)
    return _figure(float(data.mean()), data[_draws(len(data), seed, rounds)].mean(axis=1), len(data))


def estimate(
    items: Sequence[T], statistic: Callable[[Sequence[T]], float | None], seed: int = SEED, rounds: int = ROUNDS
) -> Figure | None:
    """Any statistic of items and its interval; None where it is not defined. Draws without a value are left out."""
    value = statistic(items) if items else None
    if value is None:
        return None
    drawn = [statistic([items[i] for i in row]) for row in _draws(len(items), seed, rounds)]
    return _figure(value, np.array([d for d in drawn if d is not None]), len(items))


def ratio(
    ours: Sequence[float], theirs: Sequence[float], middle: Callable[[Floats], float] = lambda x: float(np.mean(x))
) -> Figure | None:
    """`middle` (mean, median) of our values over that of theirs, for the same items, by paired bootstrap.

    None if there are no items or theirs is zero. Raises ValueError if the items are not as many.
    """
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} against {len(theirs)} values: a paired ratio needs the same items")
    a, b = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    if not len(a) or not middle(b):
        return None
    drawn = [(middle(a[row]), middle(b[row])) for row in _draws(len(a), SEED, ROUNDS)]
    return _figure(middle(a) / middle(b), np.array([x / y for x, y in drawn if y]), len(a))


def _draws(n: int, seed: int, rounds: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed).integers(0, n, (rounds, n))


def _figure(value: float, drawn: Floats, n: int) -> Figure:
    low, high = np.quantile(drawn, (0.025, 0.975)) if len(drawn) else (value, value)
    return Figure(value, float(low), float(high), n)
