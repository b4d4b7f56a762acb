"""Boosted decision trees (Friedman 2001) as plain arrays: features → log odds. Knows nothing of where they come from.

`evals/boost.py` fits them with LightGBM (Ke et al. 2017) and writes the arrays; answering needs only NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Trees:
    """A sum of trees. Each array is (trees, nodes); a leaf has itself as both children."""

    def __init__(self, stored: Mapping[str, NDArray[Any]], name: str) -> None:
        self._feature, self._left, self._right = (stored[f"{name}.{part}"].astype(np.intp) for part in ("feature", "left", "right"))
        self._threshold, self._value = (stored[f"{name}.{part}"].astype(np.float64) for part in ("threshold", "value"))
        self._depth = int(stored[f"{name}.depth"])
        self._trees = np.arange(len(self._feature))

    def odds(self, table: Floats) -> Floats:
        """(n,) log odds of the n rows of a (n, features) table."""
        node = np.zeros((len(table), len(self._trees)), dtype=np.intp)
        rows = np.arange(len(table))[:, None]
        for _ in range(self._depth):
            left = table[rows, self._feature[self._trees, node]] <= self._threshold[self._trees, node]
            node = np.where(left, self._left[self._trees, node], self._right[self._trees, node])
        total: Floats = self._value[self._trees, node].sum(axis=1)
        return total


def chance(odds: Floats) -> Floats:
    """Log odds as probabilities."""
    out: Floats = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    return out
