"""Reads a question and a text together: does the text answer, and which of its sentences do?

A cross-encoder split in two, after PreTTR (MacAvaney et al. 2020, arXiv 2004.14255) and DeFormer (Cao et al. 2020,
arXiv 2005.00697): the lower 8 layers see question and text apart, so that the states of a text can be kept; the upper 4
see both. The lowest 4 are the embedder's; the others have weights of their own. Each token also carries how well the
other side matches it. `python -m evals fit-reader` fits the weights in `data/reader.npz`: on the questions of
`corpus/*/questions.jsonl` and on the train split of OMoS-QA (digitalfabrik/integreat-qa-dataset, CC BY 4.0).
Knows nothing of documents, regions or dates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .e5 import DATA, Encoder, Floats, Spans, session

WEIGHTS = DATA / "reader.npz"
FIRST = 4  # layers of the embedder below those with weights of their own
SPLIT = 8  # layers that see question and text apart
PREFIX = 3  # begin and "query:" at the head of a question's tokens
EXACT = 0.8  # a cosine above this is as good as the same word
KEPT = 1_500  # texts whose lower states are remembered, as int8 (about 60 KB each)


class Text(NamedTuple):
    """A text to read, at most about 500 tokens of it, and the spans (code points) of its sentences."""

    text: str
    spans: tuple[tuple[int, int], ...]


class Reading(NamedTuple):
    """Log odds that a text answers the question, and that each of its sentences does; (n,)."""

    relevance: float
    sentences: Floats


class Lower:
    """The lower layers, which see question and text apart: the embedder's, and above them `own` by the same names."""

    def __init__(self, encoder: Encoder, own: Mapping[str, NDArray[Any]]) -> None:
        self._encoder = encoder
        self._session = session("lower", _layers(encoder.weights, -1, FIRST) | _layers(own, FIRST, SPLIT))

    def question(self, question: str) -> Floats:
        """(tokens, 384), begin and end included."""
        return self._run(self._encoder.tokens(question, True, False).ids)

    def text(self, text: Text) -> tuple[NDArray[np.float16], NDArray[np.int64]]:
        """(tokens, 384) and the sentence of each token, -1 where it belongs to none."""
        tokens = self._encoder.tokens(text.text, False, True)
        count = min(len(tokens.ids), self._encoder.content)
        return self._run(tokens.ids).astype(np.float16), segments(tokens.starts[:count], tokens.ends[:count], text.spans)

    def _run(self, ids: NDArray[np.int64]) -> Floats:
        states: Floats = self._session.run(["y"], {"x": self._encoder.inputs(ids[: self._encoder.content])[None]})[0][0]
        return states


class Reader:
    """The fitted reader over a loaded embedder; safe to call from several threads."""

    def __init__(self, encoder: Encoder, weights: Path = WEIGHTS) -> None:
        with np.load(weights) as stored:
            self._weights: dict[str, NDArray[Any]] = {k: _wide(stored[k]) for k in stored.files}
        self._upper = session("reader", _layers(self._weights, SPLIT, encoder.layers))
        self._lower, self._pool = Lower(encoder, self._weights), encoder.pool
        self._text = lru_cache(KEPT)(self._packed)

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        """One reading for each text, in order."""
        asked = self._lower.question(question)
        run = map if len(texts) == 1 else self._pool.map
        return list(run(lambda text: self._one(asked, text), texts))

    def _packed(self, text: Text) -> tuple[NDArray[np.int8], Floats, NDArray[np.int64]]:
        """(tokens, 384) lower states in units of a scale (tokens, 1), and the sentence of each token."""
        states, owners = self._lower.text(text)
        scale = np.abs(states).max(axis=1, keepdims=True).astype(np.float32) / 127
        return np.rint(states / scale).astype(np.int8), scale, owners

    def _one(self, asked: Floats, text: Text) -> Reading:
        packed, scale, owners = self._text(text)
        states = packed * scale
        x = np.concatenate([asked, states]) + self._weights["kind"][np.repeat([0, 1], [len(asked), len(states)])]
        x += self._dense("match.2", np.tanh(self._dense("match.0", matches(asked, states, self._weights["mean"]))))
        y: Floats = self._upper.run(["y"], {"x": x[None].astype(np.float32)})[0][0]
        seen, own = y[len(asked) :], owners >= 0
        sums = np.zeros((len(text.spans), y.shape[1]), np.float32)
        np.add.at(sums, owners[own], seen[own])
        counts = np.bincount(owners[own], minlength=len(text.spans))
        means = sums / np.maximum(counts, 1).astype(np.float32)[:, None]
        sentences = self._head("sent", means)[:, 0]
        sentences[counts == 0] = -np.inf  # beyond the window
        weight = np.exp(sentences - sentences.max())
        best = (weight / weight.sum()) @ means
        relevance = self._head("page", np.concatenate([y[0], seen.mean(axis=0), best])[None])[0, 0]
        return Reading(float(relevance), sentences)

    def _dense(self, name: str, x: Floats) -> Floats:
        out: Floats = x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return out

    def _head(self, name: str, x: Floats) -> Floats:
        return self._dense(f"{name}.3", np.tanh(self._dense(f"{name}.0", x)))


@lru_cache(maxsize=1)
def over(encoder: Encoder) -> Reader:
    """The fitted reader over an encoder: one for the process, with the texts that it remembers."""
    return Reader(encoder)


def segments(starts: NDArray[np.int64], ends: NDArray[np.int64], spans: Spans) -> NDArray[np.int64]:
    """(n + 2,): the index of the span that each token touches, the last one if several; -1 for none, begin and end."""
    out = np.full(len(starts) + 2, -1, np.int64)
    for k, (start, end) in enumerate(spans):
        out[1:-1][(starts >= 0) & (starts < end) & (ends > start)] = k
    return out


def matches(asked: NDArray[Any], seen: NDArray[Any], mean: Floats) -> Floats:
    """(tokens of both, 3): each token's best cosine on the other side, how far above its side's mean, whether exact.

    States are centred by `mean` first: those of one model all point much the same way.
    """
    a, b = (s - mean for s in (asked.astype(np.float32), seen.astype(np.float32)))
    a, b = (s / np.linalg.norm(s, axis=1, keepdims=True) for s in (a, b))
    cosine = a @ b.T
    cosine[:PREFIX] = cosine[-1] = -1
    cosine[:, [0, -1]] = -1

    def described(best: Floats, middle: Floats) -> Floats:
        level = middle.mean() if len(middle) else 0.0
        return np.stack([best, best - level, (best > EXACT).astype(np.float32)], axis=1)

    first, second = cosine.max(axis=1), cosine.max(axis=0)
    both = np.concatenate([described(first, first[PREFIX:-1]), described(second, second[1:-1])])
    out: Floats = np.clip(both, -1, 1) * 2
    return out


def _layers(weights: Mapping[str, NDArray[Any]], first: int, last: int) -> dict[str, NDArray[Any]]:
    """The weights of layers `first` to `last` (exclusive); the embeddings' are layer -1."""
    number = {k: -1 if k.startswith("emb.") else int(k[1:].split(".")[0]) for k in weights if re.match(r"emb\.|l\d", k)}
    return {k: weights[k] for k, n in number.items() if first <= n < last}


def _wide(values: NDArray[Any]) -> NDArray[Any]:
    return values.astype(np.float32) if values.dtype == np.float16 else values
