"""Indexes of any size for `python -m evals bench`: documents made of the corpus's sentences by a seed, and vectors for them.

Embedding 100,000 passages takes hours on two cores, so for the sizes at which only asking is measured the vectors are composed: a
sentence has its own vector from the table of the corpus plus noise, a passage the mean of its sentences' plus noise.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant import chunking, documents, embedding
from assistant.corpus import Corpus
from assistant.embedding import Vectors
from assistant.records import LANGUAGES, Document

PASSAGES = 40  # of a document, each a section
CHARACTERS = chunking.PASSAGE_CHARACTERS
NOISE = 0.25  # of the length of a vector
_BREAK = re.compile(r"(?<=[.!?]) ")


def sentences(corpus: Corpus) -> dict[str, list[str]]:
    """The sentences of the corpus by language."""
    out: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for d in corpus.documents.values():
        out[d.language] += [d.text[s.start : s.end] for section in d.sections for s in section.sentences if not s.heading]
    return out


def made(corpus: Corpus, passages: int, seed: int = 7) -> Iterator[Document]:
    """Documents of about `PASSAGES` passages of about 600 characters, in four languages by turns, with that many passages in all."""
    rng = np.random.default_rng(seed)
    texts = sentences(corpus)
    left, number = passages, 0
    while left > 0:
        number += 1
        language = LANGUAGES[number % len(LANGUAGES)]
        parts = range(1, min(PASSAGES, left) + 1)
        text = "\n".join(f"## {n}. {_some(rng, texts[language], 40, 80)}\n\n{_some(rng, texts[language], CHARACTERS - 60, CHARACTERS)}\n" for n in parts)
        shown = documents.Shown(text, "markdown", f"Report {number}")
        document = documents.build(shown, f"reports/{number:06d}.{language}", f"{number:06d}.md", shown.text.encode(), "/made")
        left -= len(chunking.passages(document))
        yield document


def _some(rng: np.random.Generator, texts: Sequence[str], least: int, most: int) -> str:
    """Sentences drawn by chance, of so many characters together."""
    out = ""
    for _ in range(10_000):
        more = texts[int(rng.integers(len(texts)))]
        if len(out) + len(more) + 1 <= most:
            out = f"{out} {more}" if out else more
        if len(out) >= least:
            break
    return out


class Composed:
    """An embedder that composes the vectors of made passages, under the name of the default one."""

    def __init__(self, corpus: Corpus) -> None:
        self.name, self.dimensions = embedding.E5.name, embedding.E5.dimensions
        self._table = embedding.load_table(corpus.vectors)

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """See `assistant.embedding.Embedder`."""
        return np.array([self._composed(text) for text in texts], dtype=np.float32).reshape(len(texts), self.dimensions)

    def embed_spans(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> tuple[Vectors, list[Vectors]]:
        """See `assistant.embedding.E5`."""
        return self.embed(texts), [self.embed([text[a:b] for a, b in own]) for text, own in zip(texts, spans, strict=True)]

    def _composed(self, text: str) -> NDArray[np.float64]:
        parts = [text, *_BREAK.split(text.split("\n", 1)[-1])]
        known = [v.astype(np.float64) for part in parts if (v := self._table.get(embedding.key(self.name, part))) is not None]
        seed = int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big")
        noise = np.random.default_rng(seed).standard_normal(self.dimensions) / np.sqrt(self.dimensions)
        base = np.sum([v / np.linalg.norm(v) for v in known], axis=0) if known else noise
        mixed: NDArray[np.float64] = base / np.linalg.norm(base) + NOISE * noise
        return mixed / np.linalg.norm(mixed)
