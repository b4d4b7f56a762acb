"""The systems that we compare with: what they cite is exact, what they find is mapped to sections."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from assistant import lexical
from assistant.embedding import Vectors
from assistant.pipeline import Assistant
from assistant.records import Document, Question, Section, Sentence
from evals.stock import Remembered, Span, Stock, Words

FIRST, SECOND = "The course in Ghent costs 180 euro. It lasts a year.", "A dog needs a collar. Cats need none."
TEXT = f"## Cost\n\n{FIRST}\n\n## Pets\n\n{SECOND}\n"


class WordEmbedder:
    """Unit vectors of word counts: near where words are shared."""

    name, dimensions = "words", 64

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        self.texts += [] if query else texts
        out = np.full((len(texts), self.dimensions), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for term in lexical.terms(text, "en"):
                out[row, sum(map(ord, term)) % self.dimensions] += 1
        return out / np.linalg.norm(out, axis=1, keepdims=True)


def sentence(part: str, heading: bool = False) -> Sentence:
    return Sentence(TEXT.index(part), TEXT.index(part) + len(part), heading)


def document() -> Document:
    middle = TEXT.index("## Pets")
    cost = Section("cost", "Cost", 0, middle, tuple(sentence(s) for s in (FIRST.split(". ")[0] + ".", "It lasts a year.")))
    pets = Section("pets", "Pets", middle, len(TEXT), tuple(sentence(s) for s in ("A dog needs a collar.", "Cats need none.")))
    return Document(id="t/flanders.en", title="T", text=TEXT, language="en", sections=(cost, pets), topic="t", authority="flanders")


@pytest.fixture
def built(tmp_path: Path) -> Stock:
    library = SimpleNamespace(current=lambda: SimpleNamespace(documents={"t/flanders.en": document()}))
    assistant: Any = SimpleNamespace(library=library, embedder=WordEmbedder())
    return Stock(assistant, tmp_path / "cache")


def test_stock_answers_with_exact_sentences_of_its_chunks(built: Stock) -> None:
    answer = built.answer(Question("How much does the course in Ghent cost?", id="q"))
    assert (answer["id"], answer["status"], answer["engine"]) == ("q", "answered", "stock")
    assert answer["claims"][0]["text"] == "The course in Ghent costs 180 euro."
    assert len(answer["claims"]) == 3
    for citation in answer["citations"]:
        assert TEXT[citation["start"] : citation["end"]] == citation["quote"]
        assert citation["authority"] == "flanders"
    assert answer["citations"][0]["section"] == "cost"


def test_stock_never_refuses(built: Stock) -> None:
    assert built.answer(Question("Who won the cup in 1986?"))["status"] == "answered"


def test_a_chunk_covers_the_sections_that_it_holds(built: Stock) -> None:
    (row,) = built.retrieve(Question("dog"))
    assert row["sections"] == ["t/flanders#cost", "t/flanders#pets"]


def test_a_short_span_covers_the_section_that_it_lies_in() -> None:
    start = TEXT.index("Cats")
    assert Span(document(), start, start + 4, 1.0).sections() == ["t/flanders#pets"]


def test_passages_are_embedded_once(tmp_path: Path) -> None:
    inner = WordEmbedder()
    for _ in range(2):
        assert Remembered(inner, tmp_path).embed(["a", "b"]).shape == (2, 64)
    assert inner.texts == ["a", "b"]
    assert np.array_equal(Remembered(inner, tmp_path).embed(["c", "a"])[1], inner.embed(["a"])[0])
    assert inner.texts[:3] == ["a", "b", "c"]


def test_bm25_ranks_by_words_and_cites_exactly(assistant: Assistant) -> None:
    words = Words(assistant)
    asked = Question("What does the integration course cost in Flanders?")
    ranked = words.retrieve(asked)
    assert len({r["sections"][0] for r in ranked}) == len(ranked) == 10
    assert any(r["sections"] == ["civic-integration/flanders#cost"] for r in ranked)
    answer = words.answer(asked)
    documents = assistant.library.current().documents
    assert 0 < len(answer["citations"]) <= 3
    assert all(documents[c["document"]].text[c["start"] : c["end"]] == c["quote"] for c in answer["citations"])


def test_bm25_without_a_common_word_finds_nothing(assistant: Assistant) -> None:
    answer = Words(assistant).answer(Question("xyzzy qwrtp"))
    assert (answer["status"], answer["claims"], answer["confidence"]) == ("not_found", [], 0.0)
