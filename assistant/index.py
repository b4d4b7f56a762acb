"""Build, open and swap an index; what is in it, in memory. Knows nothing of answering.

An `Index` is an immutable snapshot. A `Library` follows the pointer of a backend and hands out the
current snapshot; it also writes: `update` embeds only what is new and swaps at the end.
"""

from __future__ import annotations

import base64
import json
import threading
import zlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from . import chunking
from .corpus import Corpus
from .embedding import BATCH, Embedder, Vectors, pack, unpack
from .errors import AssistantError, InputError, StoreError
from .records import Document, Passage, Section, Sentence
from .store import PAGE, Backend, _brief, new_build

FORMAT = "2"


@dataclass(frozen=True)
class Index:
    """One build, in memory.

    vectors: (passages, d) float32 unit rows. sentence_vectors: (rows, d) int8, those of passage i at
    `sentence_rows[i]:sentence_rows[i + 1]`: first that of its heading, then one for each sentence.
    """

    build: str
    documents: dict[str, Document]
    passages: tuple[Passage, ...]
    vectors: Vectors
    sentence_vectors: np.ndarray[Any, np.dtype[np.int8]]
    sentence_rows: np.ndarray[Any, np.dtype[np.int64]]
    fingerprint: dict[str, str] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> dict[str, int]:
        """Passage id → row."""
        return {p.id: row for row, p in enumerate(self.passages)}

    @cached_property
    def sections(self) -> dict[tuple[str, str], Section]:
        """(document id, section id) → section."""
        return {(d.id, s.id): s for d in self.documents.values() for s in d.sections}

    @cached_property
    def sentence_units(self) -> Vectors:
        """The sentence vectors as unit float32 rows."""
        return unpack(self.sentence_vectors)

    def size(self) -> dict[str, int]:
        """How much is in it."""
        return {"documents": len(self.documents), "passages": len(self.passages), "rows": len(self.sentence_vectors)}


@dataclass(slots=True)
class Report:
    """What an update did: document ids by fate, and one line for each that failed."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    passages: int = 0
    embedded: int = 0


Progress = Callable[[str, int, int], None]


class Library:
    """The index at a place, followed over its swaps."""

    def __init__(self, backend: Backend, embedder: Embedder) -> None:
        self.backend, self.embedder = backend, embedder
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._stamp: object = None

    def fingerprint(self) -> dict[str, str]:
        """What must agree between an index and the program that opens it."""
        return {"format": FORMAT, "embedder": self.embedder.name, "chunking": chunking.VERSION}

    def current(self) -> Index:
        """The current snapshot. Raises StoreError if there is none, or it was made with other settings."""
        stamp = self.backend.stamp()
        if self._index is not None and stamp == self._stamp:
            return self._index
        with self._lock:
            if self._index is None or stamp != self._stamp:
                index = self._open()
                if index is None:
                    raise StoreError(
                        f"{self.backend.location}: there is no index yet; run 'assistant ingest PATH --index "
                        f"{self.backend.location}'"
                    )
                self._index, self._stamp = index, stamp
            return self._index

    def _check(self, found: dict[str, str]) -> None:
        changed = [
            f"{key} was '{found.get(key, 'unknown')}', is '{value}'"
            for key, value in self.fingerprint().items()
            if found.get(key) != value
        ]
        if changed:
            raise StoreError(
                f"{self.backend.location}: made with other settings ({'; '.join(changed)}); run "
                f"'assistant ingest --rebuild --index {self.backend.location}'"
            )

    def _open(self, check: bool = True) -> Index | None:
        """The current build, checked first; without `check`, its documents only, for a rebuild."""
        pointer = self.backend.pointer()
        if pointer is None:
            return None
        if check:
            self._check(pointer["fingerprint"])
        client = self.backend.client(pointer["build"])
        try:
            documents = _read_documents(client, pointer["build"])
            if not check:
                return _without_passages(pointer, documents)
            return _read_passages(client, pointer, documents)
        except AssistantError:
            raise
        except Exception as error:
            raise StoreError(
                f"{self.backend.location}: the index cannot be read ({_brief(error)}); move it away and ingest again"
            ) from error

    def update(
        self,
        documents: Iterable[Document | tuple[str, str]],
        *,
        remove: Callable[[Document], bool] = lambda _: False,
        corpus: Corpus | None = None,
        rebuild: bool = False,
        progress: Progress = lambda *_: None,
    ) -> Report:
        """Add or replace `documents`, drop those for which `remove` is true, keep the rest; then swap.

        An item `(id, reason)` stands for a document that could not be read: it is reported, and what was
        there under that id stays. With `corpus`, the corpus in the index becomes this one. Nothing changes
        for readers until the end; on any error the old build goes on serving.
        """
        with self.backend.lock():
            old = self._open(check=not rebuild)
            report = Report()
            wanted = self._sort(documents, old, remove, corpus, report, rebuild)
            version = corpus.version if corpus else (old.fingerprint.get("corpus", "") if old else "")
            settings = {**self.fingerprint(), "corpus": version}
            if old is not None and not (report.added or report.changed or report.removed) and old.fingerprint == settings:
                report.passages = len(old.passages)
                return report
            build = new_build()
            try:
                self._write(build, wanted, old if not rebuild else None, report, progress)
                self.backend.swap({"build": build, "fingerprint": settings})
            except BaseException as error:
                self.backend.discard(build)
                if isinstance(error, Exception) and not isinstance(error, AssistantError):
                    raise StoreError(
                        f"{self.backend.location}: could not be written ({_brief(error)}); nothing was changed"
                    ) from error
                raise
        return report

    def _sort(
        self,
        documents: Iterable[Document | tuple[str, str]],
        old: Index | None,
        remove: Callable[[Document], bool],
        corpus: Corpus | None,
        report: Report,
        rebuild: bool,
    ) -> dict[str, Document]:
        before = dict(old.documents) if old else {}
        wanted = dict(before)
        given: dict[str, Document] = {}
        for item in documents:
            if isinstance(item, tuple):
                report.failed[item[0]] = item[1]
                continue
            clash = wanted.get(item.id) or given.get(item.id)
            if clash and clash.origin != item.origin:
                report.failed[item.id] = (
                    f"{item.id}: from {item.origin}, but a document from {clash.origin} has this id; rename one or prune the other"
                )
                continue
            given[item.id] = item
        if corpus:
            wanted = {id: d for id, d in wanted.items() if d.origin != "corpus"} | corpus.documents
        wanted |= given
        if rebuild:
            wanted = {id: d if d.authority or id in given else _resectioned(d) for id, d in wanted.items()}
        wanted = {id: d for id, d in wanted.items() if id in given or id in report.failed or not remove(d)}
        for id, document in wanted.items():
            if id not in before:
                report.added.append(id)
            elif rebuild or _differs(document, before[id]):
                report.changed.append(id)
            elif id in given or corpus:
                report.unchanged.append(id)
        report.removed = sorted(id for id in before if id not in wanted)
        return wanted

    def _write(
        self, build: str, wanted: dict[str, Document], old: Index | None, report: Report, progress: Progress
    ) -> None:
        client = self.backend.client(build)
        hnsw = {"hnsw": {"space": "cosine"}}
        passages = client.create_collection(f"passages-{build}", embedding_function=None, configuration=hnsw)
        documents = client.create_collection(f"documents-{build}", embedding_function=None)
        ids = sorted(wanted)
        for at in range(0, len(ids), PAGE):
            page = [wanted[id] for id in ids[at : at + PAGE]]
            documents.upsert(
                ids=[d.id for d in page],
                embeddings=[[1.0]] * len(page),
                metadatas=[{"payload": _payload(d)} for d in page],
            )
        pieces = [(wanted[id], p) for id in ids for p in chunking.passages(wanted[id])]
        report.passages = len(pieces)
        fresh = sum(1 for _, p in pieces if old is None or p.id not in old.by_id)
        done = 0
        for at in range(0, len(pieces), BATCH * 8):
            batch = pieces[at : at + BATCH * 8]
            vectors, blobs, new = self._vectors([p for _, p in batch], old)
            done += new
            passages.upsert(
                ids=[p.id for _, p in batch],
                embeddings=vectors,
                documents=[p.text for _, p in batch],
                metadatas=[_metadata(d, p, b) for (d, p), b in zip(batch, blobs, strict=True)],
            )
            progress("embedding" if fresh else "indexing", done if fresh else at + len(batch), fresh or len(pieces))
        report.embedded = fresh

    def _vectors(self, batch: list[Passage], old: Index | None) -> tuple[Vectors, list[bytes], int]:
        vectors = np.empty((len(batch), self.embedder.dimensions), dtype=np.float32)
        blobs = [b""] * len(batch)
        new = []
        for row, passage in enumerate(batch):
            at = old.by_id.get(passage.id) if old else None
            if old is None or at is None:
                new.append(row)
                continue
            vectors[row] = old.vectors[at]
            blobs[row] = old.sentence_vectors[old.sentence_rows[at] : old.sentence_rows[at + 1]].tobytes()
        if new:
            vectors[new] = self.embedder.embed([passage_input(batch[r]) for r in new])
            inputs = [text for r in new for text in sentence_inputs(batch[r])]
            packed = pack(self.embedder.embed(inputs))
            at = 0
            for r in new:
                count = 1 + len(batch[r].sentences)
                blobs[r] = packed[at : at + count].tobytes()
                at += count
        return vectors, blobs, len(new)


def passage_input(passage: Passage) -> str:
    """What is embedded for a passage: title and heading, then its text."""
    return f"{passage.context}\n{passage.text}" if passage.context else passage.text


def sentence_inputs(passage: Passage) -> list[str]:
    """What is embedded beside a passage: its heading (a question, often), then each sentence alone."""
    heading = passage.heading or passage.context or "…"
    return [heading, *(passage.text[s.start - passage.start : s.end - passage.start] for s in passage.sentences)]


def _differs(new: Document, old: Document) -> bool:
    return new.digest != old.digest or new.text != old.text or new.sections != old.sections


def _payload(document: Document) -> str:
    plain = json.dumps(asdict(document), ensure_ascii=False, default=str)
    return base64.b64encode(zlib.compress(plain.encode("utf-8", "surrogatepass"), 6)).decode()


def _unpayload(payload: str) -> Document:
    raw = json.loads(zlib.decompress(base64.b64decode(payload)).decode("utf-8", "surrogatepass"))
    raw["sections"] = tuple(
        Section(
            **{
                **s,
                "sentences": tuple(Sentence(**x) for x in s["sentences"]),
                "sources": tuple(s["sources"]),
                "valid_from": s["valid_from"] and date.fromisoformat(s["valid_from"]),
                "valid_to": s["valid_to"] and date.fromisoformat(s["valid_to"]),
            }
        )
        for s in raw["sections"]
    )
    return Document(**raw)


def _number(day: date | None, open_end: int) -> int:
    return day.year * 10_000 + day.month * 100 + day.day if day else open_end


def _metadata(document: Document, passage: Passage, sentences: bytes) -> dict[str, Any]:
    section = next(s for s in document.sections if s.id == passage.section)
    return {
        "document": document.id,
        "section": passage.section,
        "start": passage.start,
        "end": passage.end,
        "title": document.title,
        "heading": section.heading,
        "language": document.language,
        "topic": document.topic,
        "authority": document.authority or "",
        "kind": section.kind,
        "valid_from": _number(section.valid_from, 0),
        "valid_to": _number(section.valid_to, 99_991_231),
        "sentences": base64.b64encode(sentences).decode(),
    }


def _read_documents(client: Any, build: str) -> dict[str, Document]:
    found = _pages(client.get_collection(f"documents-{build}", embedding_function=None), ["metadatas"])
    documents = {id: _unpayload(m["payload"]) for id, m in zip(found["ids"], found["metadatas"], strict=True)}
    return dict(sorted(documents.items()))


def _pages(collection: Any, include: list[str]) -> dict[str, list[Any]]:
    out: dict[str, list[Any]] = {"ids": [], **{name: [] for name in include}}
    total = collection.count()
    for offset in range(0, total, PAGE):
        page = collection.get(limit=PAGE, offset=offset, include=include)
        for name in out:
            out[name].extend(page[name])
    if len(out["ids"]) != total:
        raise InputError(f"{len(out['ids'])} of {total} records came back")
    return out


def _resectioned(document: Document) -> Document:
    """An ingested document cut into sections anew, by the present chunking; an original keeps its source."""
    sources = document.sections[0].sources if document.sections else ()
    return replace(document, sections=tuple(replace(s, sources=sources) for s in chunking.sections(document.text, document.layout)))


def _without_passages(pointer: dict[str, Any], documents: dict[str, Document]) -> Index:
    empty = np.empty((0, 1))
    return Index(
        build=pointer["build"],
        documents=documents,
        passages=(),
        vectors=empty.astype(np.float32),
        sentence_vectors=empty.astype(np.int8),
        sentence_rows=np.zeros(1, dtype=np.int64),
        fingerprint=pointer["fingerprint"],
    )


def _read_passages(client: Any, pointer: dict[str, Any], documents: dict[str, Document]) -> Index:
    collection = client.get_collection(f"passages-{pointer['build']}", embedding_function=None)
    found = _pages(collection, ["embeddings", "metadatas"])
    stored = {id: (v, m) for id, v, m in zip(found["ids"], found["embeddings"], found["metadatas"], strict=True)}
    passages = tuple(p for d in documents.values() for p in chunking.passages(d) if p.id in stored)
    if len(passages) != len(stored):
        raise InputError(f"{len(stored)} passages stored, {len(passages)} expected")
    dimensions = len(found["embeddings"][0]) if stored else 1
    vectors = np.empty((len(passages), dimensions), dtype=np.float32)
    rows = np.zeros(len(passages) + 1, dtype=np.int64)
    blobs = []
    for row, passage in enumerate(passages):
        vector, metadata = stored[passage.id]
        vectors[row] = vector
        blob = base64.b64decode(metadata["sentences"])
        blobs.append(blob)
        rows[row + 1] = rows[row] + len(blob) // dimensions
    sentences = np.frombuffer(b"".join(blobs), dtype=np.int8).reshape(-1, dimensions)
    return Index(
        build=pointer["build"],
        documents=documents,
        passages=passages,
        vectors=vectors,
        sentence_vectors=sentences,
        sentence_rows=rows,
        fingerprint=pointer["fingerprint"],
    )
