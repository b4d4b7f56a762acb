"""What readers need of a build, in files that are mapped into memory and not read: nothing is rebuilt when it is opened.

One folder for a build: `view.json` names the columns (type, shape) and holds the tables that their codes refer to;
`NAME.bin` is a column. A *unit* is a section of a document with its passages, which follow one another; the units of one
section in several languages are a *group*. Knows no store, no model and no answering.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from . import codes, lexical
from .embedding import Vectors
from .places import fold
from .records import Document, Passage, Section
from .written import Documents, Passages, Sections, packed

# Up to so many passages, vectors of passages and sentences are in the view, whole, and every one is compared with a question.
# Above, the store searches, and sentences are told by `codes`.
EXACT = 20_000
SAMPLE = 2_048
OPEN, ALWAYS = 99_991_231, 0
_FILE = "view.json"
_ID = 12  # bytes of a passage's id


def number(day: date | None, otherwise: int) -> int:
    """A day as 20230901."""
    return day.year * 10_000 + day.month * 100 + day.day if day else otherwise


def heading_hash(folded: str) -> int:
    """64 bits of a folded heading."""
    return int.from_bytes(hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


class _Table:
    """Values by the order in which they first came."""

    def __init__(self) -> None:
        self.codes: dict[Any, int] = {}

    def __getitem__(self, value: Any) -> int:
        return self.codes.setdefault(value, len(self.codes))


class Writer:
    """Writes the view of a build: documents in the order of their ids, then their passages' vectors in the same order.

    `total` is how many passages will come; it decides what is kept of their vectors.
    """

    def __init__(self, folder: Path, dimensions: int, total: int) -> None:
        self.exact = total <= EXACT
        self._folder, self._dimensions = folder, dimensions
        folder.mkdir(parents=True, exist_ok=True)
        self._files: dict[str, IO[bytes]] = {}
        self._columns: dict[str, dict[str, Any]] = {}
        self._tables = {name: _Table() for name in ("language", "authority", "topic", "origin", "kind", "rule")}
        self._groups: dict[tuple[str, str], int] = {}
        self._words: dict[tuple[int, bool], lexical.Counts] = {}
        self._ids: list[str] = []
        self._unit_ids: list[str] = []
        self._rows = self._sentences = self._bytes = 0
        sample = np.sort(np.random.default_rng(0).choice(total, min(total, SAMPLE), replace=False)) if total else np.zeros(0)
        self._sample: list[int] = [] if self.exact else [int(row) for row in sample]
        self._put("document_bytes", np.zeros(1, np.int64))
        for name in ("document_passages", "unit_passages", "sentence_rows"):
            self._put(name, np.zeros(1, np.int32))

    def _put(self, name: str, values: NDArray[Any]) -> None:
        if name not in self._files:
            self._files[name] = (self._folder / f"{name}.bin").open("wb")
            self._columns[name] = {"type": values.dtype.str, "shape": [0, *values.shape[1:]]}
        self._files[name].write(np.ascontiguousarray(values).tobytes())
        self._columns[name]["shape"][0] += len(values)

    def add(self, document: Document, passages: Sequence[Passage]) -> None:
        """The next document and all its passages."""
        row, tables = len(self._ids), self._tables
        self._ids.append(document.id)
        data = packed(document)
        self._bytes += len(data)
        self._put("documents", np.frombuffer(data, np.uint8))
        self._put("document_bytes", np.array([self._bytes], np.int64))
        language = tables["language"][document.language]
        facts = (language, tables["authority"][document.authority], tables["topic"][document.topic], tables["origin"][document.origin])
        self._put("document_facts", np.array([facts], np.int32))
        words = self._words.setdefault((language, document.original), lexical.Counts(document.language))
        ordinals = {section.id: n for n, section in enumerate(document.sections)}
        last = ""
        for passage in passages:
            if passage.section != last:
                last = passage.section
                self._unit(document, row, document.sections[ordinals[last]])
            words.add(f"{passage.context} {passage.text}")
            self._rows += 1
            self._sentences += 1 + len(passage.sentences)
            self._put("sentence_rows", np.array([self._sentences], np.int32))
        self._close_unit()
        if passages:
            self._put("passage_ids", np.frombuffer(bytes.fromhex("".join(p.id for p in passages)), np.uint8).reshape(-1, _ID))
        self._put("document_passages", np.array([self._rows], np.int32))

    def _unit(self, document: Document, row: int, section: Section) -> None:
        self._close_unit()
        self._unit_ids.append(section.id)
        tables = self._tables
        group = self._groups.setdefault((document.group, section.id), len(self._groups))
        facts = (
            row, group, tables["kind"][section.kind], tables["rule"][section.rule], number(section.valid_from, ALWAYS),
            number(section.valid_to, OPEN), bool(section.observed),
        )  # fmt: skip
        self._put("unit_facts", np.array([facts], np.int32))
        self._put("unit_heading", np.array([heading_hash(fold(section.heading))], np.uint64))

    def _close_unit(self) -> None:
        if len(self._unit_ids) >= self._columns["unit_passages"]["shape"][0]:
            self._put("unit_passages", np.array([self._rows], np.int32))

    def vectors(self, first: int, passages: Vectors, sentences: Sequence[NDArray[Any]]) -> None:
        """The vectors of the passages from row `first` on, and of each the rows for its heading and its sentences.

        Those are packed (`embedding.pack`) if the view is exact, else (codes, scales) side by side, as `coded` gives them.
        """
        rows = np.concatenate(sentences) if sentences else np.zeros((0, self._dimensions), np.int8)
        if self.exact:
            self._put("vectors", passages.astype(np.float32))
            self._put("sentences", rows)
            return
        self._put("codes", rows)
        while self._sample and self._sample[0] < first + len(passages):
            at = self._sample.pop(0)
            self._put("sample", np.array([at], np.int32))
            self._put("sample_vectors", passages[at - first : at - first + 1].astype(np.float32))

    def finish(self) -> None:
        """Write what is known only at the end. Raises OSError."""
        order = {code: str(n) for n, code in enumerate(sorted(self._words))}
        for key, counts in self._words.items():
            for name, values in counts.columns().items():
                self._put(f"words-{order[key]}-{name}", values)
        self._put("unit_ids", np.frombuffer(zlib.compress("\n".join(self._unit_ids).encode("utf-8", "surrogatepass")), np.uint8))
        for file in self._files.values():
            file.close()
        about = {
            "exact": self.exact, "dimensions": self._dimensions, "groups": len(self._groups), "columns": self._columns, "documents": self._ids,
            "words": [[language, original, order[language, original]] for language, original in self._words],
            "tables": {name: list(table.codes) for name, table in self._tables.items()},
        }  # fmt: skip
        (self._folder / _FILE).write_text(json.dumps(about), encoding="utf-8")

    def close(self) -> None:
        """Let go of the files, also of those that were never finished."""
        for file in self._files.values():
            file.close()


def coded(sentences: Vectors, passages: Vectors) -> NDArray[np.uint8]:
    """(n, d / 4 + 4) bytes: the codes of sentences, given as unit rows with the vectors of their passages, then their scales."""
    packed_rows, scales = codes.code(sentences, passages)
    return np.hstack([packed_rows, np.ascontiguousarray(scales).view(np.uint8)])


class View:
    """An opened view. Raises OSError, ValueError or KeyError if files are missing or damaged."""

    def __init__(self, folder: Path) -> None:
        about = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        self.exact: bool = about["exact"]
        self.dimensions: int = about["dimensions"]
        self.groups: int = about["groups"]
        self.tables: dict[str, list[Any]] = about["tables"]
        self._columns = {name: _mapped(folder / f"{name}.bin", **column) for name, column in about["columns"].items()}
        self._words = {(self.tables["language"][code], original): name for code, original, name in about["words"]}
        get = self._columns.__getitem__
        self.document_facts: NDArray[np.int32] = self._columns.get("document_facts", np.zeros((0, 4), np.int32))
        self.document_passages: NDArray[np.int32] = get("document_passages")
        self.unit_facts: NDArray[np.int32] = self._columns.get("unit_facts", np.zeros((0, 7), np.int32))
        self.unit_heading: NDArray[np.uint64] = self._columns.get("unit_heading", np.zeros(0, np.uint64))
        self.unit_passages: NDArray[np.int32] = get("unit_passages")
        self.sentence_rows: NDArray[np.int32] = get("sentence_rows")
        self._ids: NDArray[np.uint8] = self._columns.get("passage_ids", np.zeros((0, _ID), np.uint8))
        self.documents = Documents(about["documents"], self._columns.get("documents", b""), get("document_bytes"))
        self.passages = Passages(self.documents, self.document_passages)
        self.sections = Sections(self.documents)
        self.by_id = Ids(self._ids)

    def id_of(self, row: int) -> str:
        """The id of a passage."""
        return bytes(self._ids[row]).hex()

    def column(self, name: str, width: int, kind: Any) -> NDArray[Any]:
        """A column that an empty index lacks."""
        return self._columns.get(name, np.zeros((0, width), kind))

    def words(self, language: str, original: bool) -> lexical.BM25 | None:
        """BM25 over the passages in a language: of originals, or of all else."""
        name = self._words.get((language, original))
        if name is None:
            return None
        columns = {part: self._columns[f"words-{name}-{part}"] for part in ("terms", "firsts", "rows", "counts", "lengths")}
        return lexical.BM25(columns, language)

    @cached_property
    def unit_ids(self) -> list[str]:
        """The id of each unit's section."""
        blob = zlib.decompress(self._columns["unit_ids"].tobytes()).decode("utf-8", "surrogatepass")
        return blob.split("\n") if len(self.unit_facts) else []


def _mapped(path: Path, type: str, shape: list[int]) -> NDArray[Any]:
    """A column, mapped. Raises ValueError if the file is not as long as it must be."""
    kind = np.dtype(type)
    size = kind.itemsize * int(np.prod(shape))
    if path.stat().st_size != size:
        raise ValueError(f"{path.name} has {path.stat().st_size} bytes, not {size}")
    if not size:
        return np.zeros(shape, kind)
    return np.asarray(np.memmap(path, kind, "r", shape=tuple(shape)))


class Ids(Mapping[str, int]):
    """Passage id → row."""

    def __init__(self, ids: NDArray[np.uint8]) -> None:
        self._ids = ids

    @cached_property
    def _sorted(self) -> tuple[NDArray[Any], NDArray[np.int64]]:
        keys = np.ascontiguousarray(self._ids[:, :8]).view(">u8").ravel()
        order = np.argsort(keys, kind="stable")
        return keys[order], order

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[str]:
        return (bytes(row).hex() for row in self._ids)

    def __getitem__(self, id: str) -> int:
        try:
            wanted = bytes.fromhex(id)
        except ValueError:
            raise KeyError(id) from None
        keys, order = self._sorted
        key = np.frombuffer(wanted[:8].ljust(8), ">u8")
        for at in range(int(np.searchsorted(keys, key[0], "left")), int(np.searchsorted(keys, key[0], "right"))):
            if bytes(self._ids[order[at]]) == wanted:
                return int(order[at])
        raise KeyError(id)
