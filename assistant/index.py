"""Build, open and swap an index; what is in it. Knows nothing of answering.

An `Index` is an immutable snapshot. A `Library` follows the pointer of a backend and hands out the
current snapshot; it also writes: `update` embeds only what is new and swaps at the end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import chunking, codes, lexical
from .building import Build, Plan, Progress, Report, plan
from .corpus import Corpus
from .embedding import Embedder, Vectors, unpack
from .errors import AssistantError, StoreError
from .records import Document
from .store import Backend, brief, new_build
from .view import SAMPLE, View
from .written import Documents, Passages, Sections, Spool, unpacked_before_3

FORMAT = "3"
# Vectors that a large index has fetched from its store and remembers, in passages.
REMEMBERED = 20_000


@dataclass(frozen=True, eq=False)
class Index:
    """One build. Its documents, passages and columns are mapped files, read where they are touched.

    An `exact` index has all vectors in it. The passages of a larger one are searched by the store (`near`), which also has
    their vectors; those of its sentences are coded (`codes.py`).
    """

    build: str
    view: View
    backend: Backend
    fingerprint: dict[str, str] = field(default_factory=dict)

    @property
    def exact(self) -> bool:
        """Whether every passage can be compared with a question."""
        return self.view.exact

    @property
    def documents(self) -> Documents:
        """Document id → document, in the order of ids."""
        return self.view.documents

    @property
    def passages(self) -> Passages:
        """Passages by row."""
        return self.view.passages

    @property
    def by_id(self) -> Mapping[str, int]:
        """Passage id → row."""
        return self.view.by_id

    @property
    def sections(self) -> Sections:
        """(document id, section id) → section."""
        return self.view.sections

    @cached_property
    def vectors(self) -> Vectors:
        """(passages, d) float32 unit rows of an exact index."""
        return self._column("vectors", np.float32)

    @cached_property
    def sentence_vectors(self) -> NDArray[np.int8]:
        """(rows, d) of an exact index; those of passage i at `sentence_rows[i]:sentence_rows[i + 1]`: its heading, then its sentences."""
        return self._column("sentences", np.int8)

    def _column(self, name: str, kind: Any) -> NDArray[Any]:
        if not self.exact:
            raise StoreError("the index is too large to hold its vectors in memory; this is a fault of the program")
        return self.view.column(name, self.view.dimensions, kind)

    @property
    def sentence_rows(self) -> NDArray[np.int32]:
        """Where the rows of each passage begin, and the last end."""
        return self.view.sentence_rows

    @cached_property
    def sentence_units(self) -> Vectors:
        """The sentence vectors of an exact index as unit float32 rows."""
        return unpack(self.sentence_vectors)

    @cached_property
    def _remembered(self) -> tuple[dict[int, Vectors], threading.Lock]:
        return {}, threading.Lock()

    def vectors_of(self, rows: Sequence[int]) -> Vectors:
        """(n, d) vectors of passages. Raises StoreError or ServiceError if the store does not give them."""
        if self.exact:
            return self.vectors[list(rows)]
        known, lock = self._remembered
        missing = [row for row in dict.fromkeys(rows) if row not in known]
        fetched = self.backend.vectors(self.build, [self.view.id_of(row) for row in missing]) if missing else ()
        with lock:
            if len(known) > REMEMBERED:
                known = {}
                self._remembered[0].clear()
            fresh = dict(zip(missing, fetched, strict=True))
            out = np.array([fresh[row] if row in fresh else known[row] for row in rows], dtype=np.float32).reshape(len(rows), -1)
            self._remembered[0].update(fresh)
        return out

    def near(self, vector: Vectors, k: int) -> tuple[NDArray[np.int64], Vectors]:
        """The rows of the (about) k nearest passages by the store's search, and their cosines."""
        ids, cosines = self.backend.search(self.build, vector, min(k, len(self.passages)))
        return np.array([self.by_id[id] for id in ids], dtype=np.int64), cosines

    def stored_sentences(self, row: int) -> NDArray[Any]:
        """The rows of a passage's heading and sentences as the view keeps them: int8, or coded."""
        a, b = int(self.sentence_rows[row]), int(self.sentence_rows[row + 1])
        return self.sentence_vectors[a:b] if self.exact else self._codes[a:b]

    @property
    def _codes(self) -> NDArray[np.uint8]:
        return self.view.column("codes", self.view.dimensions // 4 + 4, np.uint8)

    def sentence_cosines(self, row: int, vector: Vectors) -> Vectors:
        """The cosines of a passage's sentences, its heading left out."""
        if self.exact:
            found: Vectors = self.sentence_units[self.sentence_rows[row] + 1 : self.sentence_rows[row + 1]] @ vector
            return found
        return self.coded_cosines([row], self.vectors_of([row]) @ vector, vector)[0][1:]

    def coded_cosines(self, rows: Sequence[int], own: Vectors, vector: Vectors) -> tuple[Vectors, NDArray[np.int64]]:
        """The cosines of the headings and sentences of passages, given their `own`, one after another, and where those of each begin."""
        firsts, ends = self.sentence_rows[list(rows)], self.sentence_rows[[row + 1 for row in rows]]
        counts = ends - firsts
        begins = np.cumsum(counts) - counts
        table = self._codes[np.repeat(firsts - begins, counts) + np.arange(counts.sum())]
        scales = np.ascontiguousarray(table[:, -4:]).view(np.float16)
        return codes.cosines(table[:, :-4], scales, np.repeat(own, counts), vector), begins

    @cached_property
    def sample(self) -> tuple[NDArray[np.int32], Vectors]:
        """Rows drawn by chance from a large index, and their vectors: what is usual in it."""
        return self.view.column("sample", 0, np.int32).reshape(-1)[:SAMPLE], self.view.column("sample_vectors", self.view.dimensions, np.float32)

    def words(self, language: str, original: bool) -> lexical.BM25 | None:
        """BM25 over the passages in a language: of originals, or of all else."""
        return self.view.words(language, original)

    def origin(self, id: str) -> str:
        """Where a document came from."""
        return str(self.view.tables["origin"][self.view.document_facts[self.documents.row(id), 3]])

    def passages_of(self, id: str) -> int:
        """How many passages a document has."""
        row = self.documents.row(id)
        return int(self.view.document_passages[row + 1] - self.view.document_passages[row])

    def size(self) -> dict[str, int]:
        """How much is in it."""
        return {"documents": len(self.documents), "passages": len(self.passages), "rows": int(self.sentence_rows[-1])}


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
        """The current build, checked first."""
        pointer = self.backend.pointer()
        if pointer is None:
            return None
        if check:
            self._check(pointer["fingerprint"])
        try:
            return Index(pointer["build"], View(self.backend.view(pointer["build"])), self.backend, pointer["fingerprint"])
        except Exception as error:
            if (self.backend.pointer() or {}).get("build") != pointer["build"]:
                return self._open(check)  # it was replaced, and removed, in between
            if isinstance(error, AssistantError):
                raise
            raise StoreError(
                f"{self.backend.location}: the index cannot be read ({brief(error)}); move it away and ingest again"
            ) from error

    def _documents(self) -> tuple[Mapping[str, Document], Callable[[str], str]]:
        """The documents of a build of any format or embedder, for a rebuild, and the origin of each."""
        pointer = self.backend.pointer()
        if pointer is None:
            return {}, str
        if pointer["fingerprint"].get("format") in ("1", "2"):
            old = {d.id: d for d in map(unpacked_before_3, self.backend.documents_before_3(pointer["build"]))}
            return old, lambda id: old[id].origin
        index = self._open(check=False)
        return (index.documents, index.origin) if index else ({}, str)

    def update(
        self,
        documents: Iterable[Document | tuple[str, str]],
        *,
        remove: Callable[[Document], bool] | None = None,
        corpus: Corpus | None = None,
        rebuild: bool = False,
        progress: Progress = lambda *_: None,
    ) -> Report:
        """Add or replace `documents`, drop those for which `remove` is true, keep the rest; then swap.

        An item `(id, reason)` stands for a document that could not be read: it is reported, and what was
        there under that id stays. With `corpus`, the corpus in the index becomes this one. Nothing changes
        for readers until the end; on any error the old build goes on serving, and the next update goes on from there.
        """
        with self.backend.lock():
            old = None if rebuild else self._open()
            before, origin = self._documents() if rebuild else (old.documents, old.origin) if old else ({}, str)
            spool = Spool(self.backend.workspace / "documents")
            try:
                return self._update(plan(documents, before, origin, spool, remove=remove, corpus=corpus, rebuild=rebuild), old, corpus, progress)
            except OSError as error:  # what is put aside does not fit on the disk
                raise self._unwritten(error) from error
            finally:
                spool.close()

    def _unwritten(self, error: Exception) -> StoreError:
        return StoreError(f"{self.backend.location}: could not be written ({brief(error)}); nothing was changed, check the free space")

    def _update(self, planned: Plan, old: Index | None, corpus: Corpus | None, progress: Progress) -> Report:
        report = planned.report
        settings = {**self.fingerprint(), "corpus": corpus.version if corpus else self._version()}
        if old is not None and not (report.added or report.changed or report.removed) and old.fingerprint == settings:
            report.passages = len(old.passages)
            return report
        name = new_build()
        try:
            build = Build(planned, self.embedder, old, self.backend.workspace)
            folder = self.backend.create(name)
            build.write(folder, lambda ids, vectors: self.backend.add(name, ids, vectors), progress)
            self.backend.publish(name)
            self.backend.swap({"build": name, "fingerprint": settings})
            build.journal.drop()
        except BaseException as error:
            self.backend.discard(name)
            if isinstance(error, Exception) and not isinstance(error, AssistantError):
                raise self._unwritten(error) from error
            raise
        return report

    def _version(self) -> str:
        pointer = self.backend.pointer()
        return str(pointer["fingerprint"].get("corpus", "")) if pointer else ""
