"""Sentence vectors in two bits a dimension, told from the vector of their passage; for indexes too large for more.

A sentence's vector is split into its share along the passage's vector and the rest; of the rest each dimension is one of
four levels, those that Max (1960, "Quantizing for minimum distortion") gives for a normal distribution. What is decoded has a
cosine of about 0.98 to what was coded.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .embedding import Vectors

LEVELS = np.array([-1.510, -0.4528, 0.4528, 1.510], dtype=np.float32)
EDGES = np.array([-0.9816, 0.0, 0.9816], dtype=np.float32)
_SHIFTS = np.array([0, 2, 4, 6], dtype=np.uint8)


def code(sentences: Vectors, passages: Vectors) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """(n, d) unit rows, each with its passage's (n, d) → (n, d / 4) codes and (n, 2) scales. d is a multiple of 4."""
    along = (sentences * passages).sum(axis=1, keepdims=True)
    rest = sentences - along * passages
    deviation = np.maximum(rest.std(axis=1, keepdims=True), 1e-6)
    levels = np.searchsorted(EDGES, rest / deviation).astype(np.uint8).reshape(len(sentences), -1, 4)
    packed: NDArray[np.uint8] = np.bitwise_or.reduce(levels << _SHIFTS, axis=2)
    return packed, np.hstack([along, deviation]).astype(np.float16)


def cosines(codes: NDArray[np.uint8], scales: NDArray[Any], own: Vectors, vector: Vectors) -> Vectors:
    """(n,) cosines of coded sentences with `vector` (d,), given those of their passages, `own` (n,)."""
    rest = LEVELS[(codes[:, :, None] >> _SHIFTS) & 3].reshape(len(codes), -1)
    along, deviation = scales.astype(np.float32).T
    length = np.sqrt(along**2 + deviation**2 * np.einsum("ij,ij->i", rest, rest))
    found: Vectors = (along * own + deviation * (rest @ vector)) / np.maximum(length, 1e-9)
    return found
