"""What we compare with, on the same corpus and the same questions: the stock LlamaIndex + Chroma pipeline, and BM25 alone.

Stock is what the libraries' own first page shows: SentenceSplitter and VectorStoreIndex with their defaults, a Chroma
store, the two best chunks, the same embedder as ours. Its answer is the best sentences of these chunks; it never refuses.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from llama_index.core import Document as LlamaDocument
from llama_index.core import StorageContext, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import NodeWithScore, TextNode
from llama_index.vector_stores.chroma import ChromaVectorStore

from assistant import lexical
from assistant.embedding import Vectors
from assistant.engine import Embedding
from assistant.pipeline import Assistant
from assistant.records import LANGUAGES, Document, Question

from .measures import section
from .ranking import DEPTH

CHUNKS, SENTENCES = 2, 3


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a document, with the score that found it."""

    document: Document
    start: int
    end: int
    score: float

    def sections(self) -> list[str]:
        """The sections of which it holds at least the half, or else the one that it lies in."""
        shared = {s.id: (min(self.end, s.end) - max(self.start, s.start)) / max(1, s.end - s.start) for s in self.document.sections}
        held = [id for id, share in shared.items() if share >= 0.5] or [max(shared, key=lambda id: shared[id])]
        return [section({"document": self.document.id, "section": id}) for id in held]

    def row(self) -> dict[str, Any]:
        """As a run stores it."""
        text = self.document.text[self.start : self.end]
        return {"document": self.document.id, "sections": self.sections(), "score": round(self.score, 4), "text": text[:300]}


class Remembered:
    """An embedder whose passages are kept in a file, so that a second run need not embed the corpus again."""

    def __init__(self, embedder: Any, folder: Path) -> None:
        self.name, self.dimensions = embedder.name, embedder.dimensions
        self._embedder, self._folder = embedder, folder

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """See `assistant.embedding.Embedder`."""
        if query:
            vectors: Vectors = self._embedder.embed(texts, query=True)
            return vectors
        paths = [self._folder / f"{_key(self.name, text)}.npy" for text in texts]
        missing = [i for i, path in enumerate(paths) if not path.is_file()]
        if missing:
            self._folder.mkdir(parents=True, exist_ok=True)
            for i, vector in zip(missing, self._embedder.embed([texts[i] for i in missing]), strict=True):
                np.save(paths[i], vector)
        kept: Vectors = np.stack([np.load(path) for path in paths])
        return kept


def _key(model: str, text: str) -> str:
    return hashlib.sha256(f"{model}\0{text}".encode("utf-8", "replace")).hexdigest()[:24]


class Stock:
    """The stock pipeline as a system of a run."""

    name = "stock"

    def __init__(self, assistant: Assistant, cache: Path) -> None:
        self._documents = assistant.library.current().documents
        self._embedder = assistant.embedder
        self._place = tempfile.TemporaryDirectory(prefix="stock-")
        store = ChromaVectorStore.from_params(collection_name="stock", persist_dir=self._place.name)
        given = [LlamaDocument(text=d.text, id_=d.id, metadata={"file_path": f"{d.id}.md"}) for d in self._documents.values()]
        index = VectorStoreIndex.from_documents(
            given,
            storage_context=StorageContext.from_defaults(vector_store=store),
            transformations=[SentenceSplitter()],
            embed_model=Embedding(Remembered(assistant.embedder, cache)),
        )
        self._two, self._ten = index.as_retriever(), index.as_retriever(similarity_top_k=DEPTH)
        self._vectors: dict[tuple[str, int, int], list[tuple[int, int, np.ndarray[Any, Any]]]] = {}

    def retrieve(self, question: Question) -> list[dict[str, Any]]:
        """The ten best chunks."""
        return [self._span(node).row() for node in self._ten.retrieve(question.text)]

    def find(self, question: Question) -> None:
        """What its pipeline does before it answers: the two best chunks. For timing."""
        self._two.retrieve(question.text)

    def answer(self, question: Question) -> dict[str, Any]:
        """The contract's JSON: the three sentences of the two best chunks that are nearest to the question."""
        began = time.perf_counter()
        vector = self._embedder.embed([question.text], query=True)[0]
        spans = [self._span(node) for node in self._two.retrieve(question.text)]
        rated = [(float(v @ vector), s.document, a, b) for s in spans for a, b, v in self._sentences(s)]
        best = sorted(rated, key=lambda r: -r[0])[:SENTENCES]
        return made(question, [(d, a, b) for _, d, a, b in best], max((r[0] for r in rated), default=0.0), self.name, began)

    def _sentences(self, span: Span) -> list[tuple[int, int, np.ndarray[Any, Any]]]:
        key = (span.document.id, span.start, span.end)
        if key not in self._vectors:
            places = [
                (x.start, x.end) for s in span.document.sections for x in s.sentences
                if not x.heading and span.start <= x.start and x.end <= span.end
            ]  # fmt: skip
            vectors = self._embedder.embed([span.document.text[a:b] for a, b in places]) if places else ()
            self._vectors[key] = [(a, b, v) for (a, b), v in zip(places, vectors, strict=True)]
        return self._vectors[key]

    def _span(self, found: NodeWithScore) -> Span:
        node = found.node
        assert isinstance(node, TextNode)
        document = self._documents[node.ref_doc_id or ""]
        start = node.start_char_idx if node.start_char_idx is not None else document.text.find(node.text)
        return Span(document, start, start + len(node.text), float(found.score or 0.0))


class Words:
    """BM25 over our passages in the question's language (English for languages that are not ours), no filters."""

    name = "bm25"

    def __init__(self, assistant: Assistant) -> None:
        index = assistant.library.current()
        self._documents = index.documents
        self._passages = {x: [p for p in index.passages if index.documents[p.document].language == x] for x in LANGUAGES}
        self._words = {x: lexical.BM25((f"{p.context} {p.text}" for p in ps), x) for x, ps in self._passages.items()}
        self._understand = assistant.understand

    def _spans(self, question: Question) -> tuple[list[Span], str, list[str]]:
        asked = self._understand(question)[1].asked
        language = asked if asked in LANGUAGES else "en"
        terms = lexical.terms(question.text, language)
        scores, _ = self._words[language].scores(terms)
        order = np.argsort(-scores, kind="stable")[: 3 * DEPTH]
        found = [(self._passages[language][i], float(scores[i])) for i in order if scores[i] > 0]
        return [Span(self._documents[p.document], p.start, p.end, s) for p, s in found], language, terms

    def retrieve(self, question: Question) -> list[dict[str, Any]]:
        """The ten best sections, each by its best passage."""
        seen: dict[str, dict[str, Any]] = {}
        for span in self._spans(question)[0]:
            name = section({"document": span.document.id, "section": _home(span)})
            seen.setdefault(name, {**span.row(), "sections": [name]})
        return list(seen.values())[:DEPTH]

    def find(self, question: Question) -> None:
        """The ranking alone. For timing."""
        self._spans(question)

    def answer(self, question: Question) -> dict[str, Any]:
        """The contract's JSON: the three sentences of the two best passages that hold most of the question's words."""
        began = time.perf_counter()
        spans, language, terms = self._spans(question)
        rated = []
        for span in spans[:CHUNKS]:
            for s in span.document.sections:
                for x in s.sentences:
                    if not x.heading and span.start <= x.start and x.end <= span.end:
                        words = set(lexical.terms(span.document.text[x.start : x.end], language))
                        rated.append((sum(self._words[language].idf(t) for t in set(terms) & words), span.document, x.start, x.end))
        best = sorted(rated, key=lambda r: -r[0])[:SENTENCES]
        total = sum(self._words[language].idf(t) for t in set(terms)) or 1.0
        sure = min(1.0, max((r[0] for r in rated), default=0.0) / total)
        return made(question, [(d, a, b) for _, d, a, b in best], sure, self.name, began)


def _home(span: Span) -> str:
    return next((s.id for s in span.document.sections if s.start <= span.start < s.end), span.document.sections[0].id)


def made(
    question: Question, places: Sequence[tuple[Document, int, int]], confidence: float, name: str, began: float
) -> dict[str, Any]:
    """An answer in the contract's form out of sentences of documents; nothing found is `not_found`."""
    citations, claims = [], []
    for number, (document, start, end) in enumerate(places, 1):
        quote = document.text[start:end]
        found = _home(Span(document, start, end, 0.0))
        citations.append({
            "number": number, "document": document.id, "section": found, "quote": quote, "start": start, "end": end,
            "authority": document.authority,
        })  # fmt: skip
        claims.append({"text": quote, "citations": [number], "verified": True})
    return {
        "id": question.id, "status": "answered" if claims else "not_found", "engine": name, "claims": claims, "citations": citations,
        "answer": " ".join(f"{c['text']} [{n}]" for n, c in enumerate(claims, 1)), "confidence": round(confidence, 3),
        "timings_ms": {"total": (time.perf_counter() - began) * 1000},
    }  # fmt: skip
