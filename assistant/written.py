"""Documents as bytes: compressed JSON that leaves out what is at its default. Knows no stores and no models."""

from __future__ import annotations

import base64
import json
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, asdict, fields
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, overload

from . import chunking
from .records import Document, Passage, Section, Sentence

# Characters of opened documents that are kept in memory.
KEPT = 16_000_000


def packed(document: Document) -> bytes:
    """A document as bytes; `unpacked` gives an equal one."""
    plain = {f.name: getattr(document, f.name) for f in fields(Document) if f.name != "sections"}
    plain["sections"] = [_section(s) for s in document.sections]
    return zlib.compress(json.dumps(plain, ensure_ascii=False, default=str, separators=(",", ":")).encode("utf-8", "surrogatepass"), 6)


def _section(section: Section) -> dict[str, Any]:
    usual = {f.name: f.default for f in fields(Section) if f.default is not MISSING}
    plain = {name: value for name, value in asdict(section).items() if name != "sentences" and usual.get(name, MISSING) != value}
    # Lengths and gaps rather than places: small numbers compress.
    flat, at = [], section.start
    for s in section.sentences:
        flat += [s.start - at, s.end - s.start]
        at = s.end
    return {**plain, "sentences": flat, "headings": [n for n, s in enumerate(section.sentences) if s.heading]}


def unpacked(data: bytes) -> Document:
    """The document that `packed` was given. Raises zlib.error, ValueError, KeyError or TypeError if the bytes are damaged."""
    raw = json.loads(zlib.decompress(data).decode("utf-8", "surrogatepass"))
    raw["sections"] = tuple(_unsection(s) for s in raw["sections"])
    return Document(**raw)


def unpacked_before_3(payload: str) -> Document:
    """A document as indexes of format 1 and 2 hold it, for their rebuilding."""
    raw = json.loads(zlib.decompress(base64.b64decode(payload)).decode("utf-8", "surrogatepass"))
    for section in raw["sections"]:
        flat, at = [], section["start"]
        for s in section["sentences"]:
            flat += [s["start"] - at, s["end"] - s["start"]]
            at = s["end"]
        section["headings"] = [n for n, s in enumerate(section["sentences"]) if s.get("heading")]
        section["sentences"] = flat
    raw["sections"] = tuple(_unsection(s) for s in raw["sections"])
    return Document(**raw)


def _unsection(raw: dict[str, Any]) -> Section:
    headings, at = set(raw.pop("headings")), raw["start"]
    sentences: list[Sentence] = []
    pairs = iter(raw["sentences"])
    for number, (gap, length) in enumerate(zip(pairs, pairs, strict=True)):
        sentences.append(Sentence(at + gap, at + gap + length, number in headings))
        at += gap + length
    dates = {name: date.fromisoformat(raw[name]) for name in ("valid_from", "valid_to") if raw.get(name)}
    return Section(**{**raw, "sentences": tuple(sentences), "sources": tuple(raw.get("sources", ())), **dates})


class Spool:
    """Documents put aside on disk while an update is prepared, so that memory does not hold them all."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w+b")
        self._path = path

    def put(self, document: Document) -> Callable[[], Document]:
        """Put it aside; what is returned brings it back."""
        data = packed(document)
        at = self._file.seek(0, 2)
        self._file.write(data)

        def back() -> Document:
            self._file.seek(at)
            return unpacked(self._file.read(len(data)))

        return back

    def close(self) -> None:
        """Drop everything."""
        self._file.close()
        self._path.unlink(missing_ok=True)


class Opened:
    """A document in memory, with its passages and its sections by id."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def passages(self) -> list[Passage]:
        """Its passages in order."""
        return chunking.passages(self.document)

    @cached_property
    def sections(self) -> dict[str, Section]:
        """Section id → section."""
        return {s.id: s for s in self.document.sections}


class Documents(Mapping[str, Document]):
    """The documents of a build by id, in the order of their ids; read when asked for, the last ones kept.

    data: all packed documents, one after another; firsts: (n + 1,) where each begins.
    """

    def __init__(self, ids: Sequence[str], data: Any, firsts: Any) -> None:
        self._ids, self._data, self._firsts = ids, data, firsts
        self._rows = {id: row for row, id in enumerate(ids)}
        self._kept: OrderedDict[int, Opened] = OrderedDict()
        self._characters = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __contains__(self, id: object) -> bool:
        return id in self._rows

    def __getitem__(self, id: str) -> Document:
        return self.opened(self._rows[id]).document

    def row(self, id: str) -> int:
        """The number of a document."""
        return self._rows[id]

    def opened(self, row: int) -> Opened:
        """The document of that number."""
        with self._lock:
            if row in self._kept:
                self._kept.move_to_end(row)
                return self._kept[row]
        found = Opened(unpacked(bytes(self._data[self._firsts[row] : self._firsts[row + 1]])))
        with self._lock:
            if row not in self._kept:
                self._kept[row] = found
                self._characters += len(found.document.text)
            while self._characters > KEPT and len(self._kept) > 1:
                self._characters -= len(self._kept.popitem(last=False)[1].document.text)
            return self._kept.get(row, found)


class Passages(Sequence[Passage]):
    """The passages of a build by row; cut from their documents when asked for.

    firsts: (documents + 1,) the row of each document's first passage.
    """

    def __init__(self, documents: Documents, firsts: Any) -> None:
        self._documents, self._firsts = documents, firsts

    def __len__(self) -> int:
        return int(self._firsts[-1])

    @overload
    def __getitem__(self, row: int) -> Passage: ...
    @overload
    def __getitem__(self, row: slice) -> list[Passage]: ...
    def __getitem__(self, row: int | slice) -> Passage | list[Passage]:
        if isinstance(row, slice):
            return [self[r] for r in range(*row.indices(len(self)))]
        at = row if row >= 0 else len(self) + row
        if not 0 <= at < len(self):
            raise IndexError(row)
        document = int(self._firsts.searchsorted(at, "right")) - 1
        return self._documents.opened(document).passages[at - int(self._firsts[document])]


class Sections:
    """Sections by (document id, section id)."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def __getitem__(self, key: tuple[str, str]) -> Section:
        return self._documents.opened(self._documents.row(key[0])).sections[key[1]]

    def get(self, key: tuple[str, str]) -> Section | None:
        """The section, or None if there is none."""
        try:
            return self[key]
        except KeyError:
            return None
