"""Writing a build: what an update keeps, changes and drops, and the vectors of what is new. Knows nothing of answering.

Memory holds a slice of passages at a time: documents wait on disk. What was embedded is put aside as well, so that an update
that was interrupted goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import itertools
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from . import chunking, view
from .corpus import Corpus
from .embedding import BATCH, Embedder, Vectors, pack, unpack
from .records import Document, Passage
from .written import Spool

if TYPE_CHECKING:
    from .index import Index

SLICE = BATCH * 4
Progress = Callable[[str, int, int], None]
Packed = NDArray[np.int8]


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


@dataclass
class Plan:
    """What a build will hold: id → what brings the document; `kept` are those that stay as they are in the old build."""

    wanted: dict[str, Callable[[], Document]]
    kept: set[str]
    report: Report


def plan(
    documents: Iterable[Document | tuple[str, str]],
    before: Mapping[str, Document],
    origin: Callable[[str], str],
    spool: Spool,
    *,
    remove: Callable[[Document], bool] | None,
    corpus: Corpus | None,
    rebuild: bool,
) -> Plan:
    """Sort what is given, what was there `before` (with the `origin` of each) and the corpus into what the build will hold."""
    report = Report()
    given: dict[str, str] = {}
    differs: set[str] = set()
    wanted: dict[str, Callable[[], Document]] = {id: partial(before.__getitem__, id) for id in before}
    fresh: dict[str, Callable[[], Document]] = {}
    for item in documents:
        if isinstance(item, tuple):
            report.failed[item[0]] = item[1]
            continue
        other = origin(item.id) if item.id in before else given.get(item.id, item.origin)
        if other != item.origin:
            report.failed[item.id] = (
                f"{item.id}: from {item.origin}, but a document from {other} has this id; rename one or prune the other"
            )
            continue
        given[item.id] = item.origin
        old = before.get(item.id)
        if old is None or _differs(item, old):
            differs.add(item.id)
        if item != old or rebuild:
            fresh[item.id] = spool.put(item)
    if corpus:
        wanted = {id: bring for id, bring in wanted.items() if origin(id) != "corpus"}
        for id, document in corpus.documents.items():
            old = before.get(id)
            wanted[id] = partial(_itself, document)
            if old is None or _differs(document, old):
                differs.add(id)
    kept = {id for id in wanted if id in before and id not in fresh and id not in differs and not rebuild}
    if rebuild:
        wanted = {id: bring if corpus and id in corpus.documents else partial(_resectioned, bring) for id, bring in wanted.items()}
    wanted |= fresh
    if remove is not None:
        wanted = {id: bring for id, bring in wanted.items() if id in given or id in report.failed or not remove(bring())}
    for id in wanted:
        if id not in before:
            report.added.append(id)
        elif rebuild or id in differs:
            report.changed.append(id)
        elif id in given or corpus:
            report.unchanged.append(id)
    report.removed = sorted(id for id in before if id not in wanted)
    return Plan(wanted, kept, report)


def _itself(document: Document) -> Document:
    return document


def _differs(new: Document, old: Document) -> bool:
    return new.digest != old.digest or new.text != old.text or new.sections != old.sections


def _resectioned(bring: Callable[[], Document]) -> Document:
    """An ingested document cut into sections anew, by the present chunking; an original keeps its source."""
    document = bring()
    if document.authority:
        return document
    sources = document.sections[0].sources if document.sections else ()
    return replace(document, sections=tuple(replace(s, sources=sources) for s in chunking.sections(document.text, document.layout)))


class Journal:
    """Vectors that an unfinished update computed, by passage id; in files of a slice each, made for one way of embedding."""

    def __init__(self, workspace: Path, way: str) -> None:
        self._folder = workspace / hashlib.sha256(way.encode()).hexdigest()[:16]
        if workspace.is_dir():
            for other in workspace.iterdir():
                if other != self._folder and other.is_dir():
                    shutil.rmtree(other, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._places: dict[str, tuple[Path, int]] = {}
        self._loaded: tuple[Path | None, dict[str, NDArray[Any]]] = (None, {})
        for path in self._folder.glob("*.npz"):
            try:
                with np.load(path) as stored:
                    self._places |= {str(id): (path, n) for n, id in enumerate(stored["ids"])}
            except (OSError, ValueError, KeyError, EOFError):
                path.unlink(missing_ok=True)

    def __contains__(self, id: str) -> bool:
        return id in self._places

    def put(self, ids: Sequence[str], vectors: Vectors, sentences: Sequence[Packed]) -> None:
        """Keep the vectors of passages; written in one step. Raises OSError."""
        path = self._folder / f"{ids[0]}.npz"
        aside = path.with_suffix(".tmp")
        with aside.open("wb") as out:
            np.savez(out, ids=np.array(ids), vectors=vectors, firsts=np.cumsum([0, *map(len, sentences)]), rows=np.concatenate(sentences))
        aside.replace(path)

    def get(self, id: str) -> tuple[Vectors, Packed]:
        """The vector of a passage (d,) and those of its heading and sentences (n, d)."""
        path, at = self._places[id]
        if self._loaded[0] != path:
            with np.load(path) as stored:
                self._loaded = (path, dict(stored))
        found = self._loaded[1]
        return found["vectors"][at], found["rows"][found["firsts"][at] : found["firsts"][at + 1]]

    def drop(self) -> None:
        """Forget everything: the update is finished."""
        shutil.rmtree(self._folder, ignore_errors=True)


class Build:
    """One build being written from a plan, reusing what the `old` index has."""

    def __init__(self, wanted: Plan, embedder: Embedder, old: Index | None, workspace: Path) -> None:
        self._plan, self._embedder = wanted, embedder
        total, new = 0, []
        for id, bring in wanted.wanted.items():
            if old is not None and id in wanted.kept:
                total += old.passages_of(id)
                continue
            made = chunking.passages(bring())
            total += len(made)
            new += [p.id for p in made if old is None or p.id not in old.by_id]
        self.total = wanted.report.passages = total
        self.exact = total <= view.EXACT
        if old is not None and self.exact and not old.exact:
            old = None  # codes cannot be made whole again
            new = [p.id for bring in wanted.wanted.values() for p in chunking.passages(bring())]
        self._old = old
        # In one pass over a passage its sentences cost nothing; alone they cost as much again, and are told apart no better (evals/LOG.md).
        self._spans = getattr(embedder, "embed_spans", None)
        way = "and headings in their passages" if self._spans else "alone"
        self.journal = Journal(workspace, f"{embedder.name}, sentences {way}, chunking {chunking.VERSION}")
        self.fresh = sum(id not in self.journal for id in new)

    def write(self, folder: Path, add: Callable[[Sequence[str], Vectors], None], progress: Progress) -> None:
        """Write the view into `folder` and hand the vectors to `add`. Raises OSError, and what embedder and `add` raise."""
        writer = view.Writer(folder, self._embedder.dimensions, self.total)
        done = written = 0
        try:
            for batch in self._slices(writer):
                vectors, sentences, new = self._vectors(batch)
                add([p.id for p in batch], vectors)
                writer.vectors(written, vectors, sentences)
                done, written = done + new, written + len(batch)
                progress("embedding" if self.fresh else "indexing", done if self.fresh else written, self.fresh or self.total)
            writer.finish()
        finally:
            writer.close()
        self._plan.report.embedded = self.fresh

    def _slices(self, writer: view.Writer) -> Iterator[list[Passage]]:
        waiting: list[Passage] = []
        for id in sorted(self._plan.wanted):
            document = self._plan.wanted[id]()
            made = chunking.passages(document)
            writer.add(document, made)
            waiting += made
            while len(waiting) >= SLICE:
                yield waiting[:SLICE]
                del waiting[:SLICE]
        if waiting:
            yield waiting

    def _vectors(self, batch: list[Passage]) -> tuple[Vectors, list[NDArray[Any]], int]:
        """The vectors of passages (n, d), of each the rows as the view keeps them, and how many were computed."""
        vectors = np.empty((len(batch), self._embedder.dimensions), dtype=np.float32)
        rows: list[NDArray[Any]] = [np.zeros((0, 0), np.int8)] * len(batch)
        new, known = [], []
        for n, passage in enumerate(batch):
            if self._old is not None and (at := self._old.by_id.get(passage.id)) is not None:
                known.append((n, at))
            elif passage.id in self.journal:
                vectors[n], rows[n] = self.journal.get(passage.id)
            else:
                new.append(n)
        if self._old is not None and known:
            vectors[[n for n, _ in known]] = self._old.vectors_of([at for _, at in known])
            for n, at in known:
                rows[n] = self._old.stored_sentences(at)
        if new:
            computed, packed = self._embedded([batch[n] for n in new])
            self.journal.put([batch[n].id for n in new], computed, packed)
            vectors[new] = computed
            for n, row in zip(new, packed, strict=True):
                rows[n] = row
        if not self.exact:
            rows = [r if r.dtype == np.uint8 else view.coded(unpack(r), np.broadcast_to(v, r.shape)) for r, v in zip(rows, vectors, strict=True)]
        return vectors, rows, len(new)

    def _embedded(self, passages: list[Passage]) -> tuple[Vectors, list[Packed]]:
        inputs = [passage_input(p) for p in passages]
        if self._spans:
            vectors, parts = self._spans(inputs, [_spans(p) for p in passages])
            return vectors, [pack(part) for part in parts]
        vectors = self._embedder.embed(inputs)
        texts = [sentence_inputs(p) for p in passages]
        packed = pack(self._each([t for own in texts for t in own]))
        firsts = np.cumsum([0, *map(len, texts)])
        return vectors, [packed[a:b] for a, b in itertools.pairwise(firsts)]

    def _each(self, texts: list[str]) -> Vectors:
        """The vectors of texts; what is repeated is computed once."""
        once = {text: n for n, text in enumerate(dict.fromkeys(texts))}
        vectors: Vectors = self._embedder.embed(list(once))[[once[text] for text in texts]]
        return vectors


def passage_input(passage: Passage) -> str:
    """What is embedded for a passage: title and heading, then its text."""
    return f"{passage.context}\n{passage.text}" if passage.context else passage.text


def _shift(passage: Passage) -> int:
    """Where a passage's text begins in `passage_input`."""
    return len(passage.context) + 1 if passage.context else 0


def _spans(passage: Passage) -> list[tuple[int, int]]:
    """Where in `passage_input` its heading stands (or title; nowhere, without either), and each sentence."""
    begin = len(passage.context) - len(passage.heading) if passage.heading and passage.context.endswith(passage.heading) else 0
    shift = _shift(passage) - passage.start
    return [(begin, len(passage.context)), *((s.start + shift, s.end + shift) for s in passage.sentences)]


def sentence_inputs(passage: Passage) -> list[str]:
    """What is embedded beside a passage: its heading (a question, often), then each sentence alone."""
    heading = passage.heading or passage.context or "…"
    return [heading, *(passage.text[s.start - passage.start : s.end - passage.start] for s in passage.sentences)]
