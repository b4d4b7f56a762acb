"""The pipeline as LlamaIndex sees it: a query engine, a node parser and an embedding, without any key."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from conftest import FakeEmbedder
from llama_index.core import Document, VectorStoreIndex
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.query_engine import BaseQueryEngine, RetrieverQueryEngine
from llama_index.core.schema import NodeWithScore, QueryBundle

import assistant as package
from assistant import pipeline
from assistant.engine import Embedding, PassageParser, SectionRetriever, Synthesizer
from assistant.pipeline import Assistant
from assistant.records import Answer

COST = "What does the integration course cost in Flanders?"


@pytest.fixture(scope="module")
def engine(assistant: Assistant) -> BaseQueryEngine:
    """The public one, of the default assistant."""
    pipeline.default.cache_clear()
    return package.query_engine()


def test_a_query_gives_a_response_with_its_passages_and_the_answer(engine: BaseQueryEngine, assistant: Assistant) -> None:
    assert "OPENAI_API_KEY" not in os.environ
    response = engine.query(COST)
    answer = response.metadata["answer"]
    assert isinstance(answer, Answer)
    assert str(response) == answer.answer == assistant.answer(COST).answer
    assert answer.status == "answered"
    found = {node.node.node_id: node for node in response.source_nodes}
    index = assistant.library.current()
    for id, node in found.items():
        passage = index.passages[index.by_id[id]]
        assert node.node.get_content() == passage.text
        assert (node.node.start_char_idx, node.node.end_char_idx) == (passage.start, passage.end)
    retrieved = {node.node.metadata["section"] for node in found.values()}
    assert {citation.section for citation in answer.citations} <= retrieved


def test_scores_of_the_passages_fall(engine: BaseQueryEngine) -> None:
    scores = [node.score for node in engine.query(COST).source_nodes]
    assert len(scores) > 1
    assert scores == sorted(scores, reverse=True)


def test_a_query_can_be_awaited(engine: BaseQueryEngine) -> None:
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:  # a thread of its own: another test may run an event loop in this one
        response = pool.submit(lambda: asyncio.run(engine.aquery(COST))).result()
    assert str(response) == str(engine.query(COST))


def test_answer_and_stream_are_public() -> None:
    assert package.answer(COST).status == "answered"
    *stages, last = package.stream(COST)
    assert [stage.name for stage in stages] == ["understood", "answering"]
    assert isinstance(last, Answer)


def test_another_retriever_can_take_the_place_of_ours(assistant: Assistant) -> None:
    class OnlyFirst(BaseRetriever):
        def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
            return SectionRetriever(assistant).retrieve(query_bundle)[:1]

    engine = RetrieverQueryEngine(retriever=OnlyFirst(), response_synthesizer=Synthesizer(assistant))
    response = engine.query(COST)
    assert len(response.source_nodes) == 1
    assert len({(c.document, c.section) for c in response.metadata["answer"].citations}) == 1


def test_an_engine_without_passages_finds_nothing(assistant: Assistant) -> None:
    response = Synthesizer(assistant).synthesize(QueryBundle(COST), [])
    assert response.metadata["answer"].status in ("not_found", "declined")


def test_the_parser_gives_passages_with_exact_offsets() -> None:
    text = "The permit costs €40 🇧🇪.\n\n" + "The appeal must be sent within thirty days of the letter.\n" * 30
    document = Document(text=text, metadata={"title": "Letter"}, id_="letter")
    nodes = PassageParser().get_nodes_from_documents([document])
    assert len(nodes) > 2
    for node in nodes:
        assert node.get_content() == text[node.start_char_idx : node.end_char_idx]
        assert node.metadata["document"] == "letter"
    assert "".join(text.split()) == "".join("".join(node.get_content().split()) for node in nodes)
    assert [n.node_id for n in nodes] == [n.node_id for n in PassageParser().get_nodes_from_documents([document])]


def test_parser_and_embedding_serve_an_index_of_llamaindex(tmp_path: Path) -> None:
    embedding = Embedding(FakeEmbedder())
    documents = [
        Document(text="The permit costs forty euros.", metadata={"title": "Permit"}),
        Document(text="The office is in Namur.", metadata={"title": "Office"}),
    ]
    nodes = IngestionPipeline(transformations=[PassageParser(), embedding]).run(documents=documents)
    assert all(len(node.embedding) == 384 for node in nodes)
    index = VectorStoreIndex(nodes, embed_model=embedding)
    found = index.as_retriever(similarity_top_k=2).retrieve("The office is in Namur.")
    assert {node.node.get_content() for node in found} == {"The permit costs forty euros.", "The office is in Namur."}


def test_the_embedding_is_that_of_the_embedder() -> None:
    ours, theirs = FakeEmbedder(), Embedding(FakeEmbedder())
    assert theirs.model_name == "fake"
    np.testing.assert_allclose(theirs.get_query_embedding("a"), ours.embed(["a"], query=True)[0], rtol=1e-6)
    np.testing.assert_allclose(theirs.get_text_embedding_batch(["a", "b"]), ours.embed(["a", "b"]), rtol=1e-6)
