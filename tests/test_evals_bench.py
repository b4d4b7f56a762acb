"""The made documents and vectors of the benchmark, and its table."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from assistant import chunking, corpus, settings
from assistant.building import passage_input, sentence_inputs
from evals import bench, scale


@pytest.fixture(scope="module")
def shipped() -> corpus.Corpus:
    return corpus.load(settings.load().corpus)


def test_as_many_passages_are_made_as_wanted_of_about_600_characters_and_always_the_same(shipped: corpus.Corpus) -> None:
    documents = list(scale.made(shipped, 90))
    passages = [p for d in documents for p in chunking.passages(d)]
    assert len(passages) == 90
    assert all(scale.CHARACTERS - 70 <= len(p.text) <= scale.CHARACTERS for p in passages)
    assert len({p.text for p in passages}) == 90
    assert {d.language for d in documents} == {"fr", "nl", "de"}
    assert documents == list(scale.made(shipped, 90))


def test_composed_vectors_are_near_their_sentences_and_differ_between_passages(shipped: corpus.Corpus) -> None:
    embedder = scale.Composed(shipped)
    one, other = [p for d in scale.made(shipped, 2) for p in chunking.passages(d)]
    vectors = embedder.embed([passage_input(one), passage_input(other)])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert vectors[0] @ vectors[1] < 0.97
    own = embedder.embed(sentence_inputs(one)[1:]) @ vectors[0]
    assert own.mean() > (embedder.embed(sentence_inputs(one)[1:]) @ vectors[1]).mean()
    _, (spans,) = embedder.embed_spans([one.text], [[(s.start - one.start, s.end - one.start) for s in one.sentences]])
    np.testing.assert_allclose(spans, embedder.embed(sentence_inputs(one)[1:]))


def test_askers_ask_at_once_and_share_the_questions() -> None:
    together = threading.Barrier(8, timeout=60)
    seen: list[str] = []

    def answer(text: str) -> None:
        seen.append(text)
        if len(seen) > bench.WARM:
            together.wait()  # never passed unless eight ask at once

    found = bench.asked(answer, 8)
    assert len(seen) == len(set(seen)) == bench.QUESTIONS + bench.WARM
    assert set(found) == {"median_ms", "p95_ms", "per_s", "cpu_ms"}


def test_the_table_holds_every_row() -> None:
    rows = [
        {"system": "ours", "measure": "ingest", "passages": 10, "rate": 5.0, "cpu_ms": 150.5, "peak_mb": 700},
        {"system": "ours", "measure": "ask", "place": "server", "passages": 2000, "askers": 8, "bytes_over": 900, "start_s": 1.5, "peak_mb": 1200},
        {"system": "stock", "measure": "shipped", "start_s": 2.5, "median_ms": 12},
        {"system": "ours", "measure": "agreement", "questions": 150, "first": 0.98, "answer": 0.95},
    ]
    table = bench.markdown(rows)
    assert "| ours | 10 | 5.0 | 150.5 | 700 |" in table
    assert "| 2,000 | server | ours | 8 | 1.5 |" in table
    assert "| shipped | folder | stock | 1 | 2.5 | · | 12 |" in table
    assert "150 questions: the same first section 0.98, the same answer 0.95" in table
