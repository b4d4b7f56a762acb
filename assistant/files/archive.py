"""The parts of an archive that is a document, each read within bounds; nothing is unpacked to disk. Knows no format."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from lxml import etree

from ..errors import InputError

MAX_MEMBERS = 20_000
MAX_UNPACKED = 400_000_000
MAX_PART = 60_000_000
MAX_RATIO = 300

_TITLE = ".//{http://purl.org/dc/elements/1.1/}title"


class Parts:
    """The parts of an archive, each read within bounds."""

    def __init__(self, data: bytes, name: str) -> None:
        self._name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise InputError(f"{name}: is a damaged ZIP archive or office document; open it and save it again") from error
        entries = self._zip.infolist()
        unpacked = sum(e.file_size for e in entries)
        if len(entries) > MAX_MEMBERS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * len(data) + MAX_PART // 10:
            raise InputError(f"{name}: is an archive that unpacks to {unpacked // 1_000_000} MB; give the document itself, without it")
        if any(e.flag_bits & 1 for e in entries):
            raise InputError(f"{name}: is an archive locked with a password; save it without one")
        self.names = frozenset(e.filename for e in entries)

    def read(self, part: str) -> bytes:
        """A part's bytes. Raises InputError if it is missing, too large or damaged."""
        try:
            if self._zip.getinfo(part).file_size > MAX_PART:
                raise InputError(f"{self._name}: its part {part} is larger than {MAX_PART // 1_000_000} MB; split it")
            return self._zip.read(part)
        except InputError:
            raise
        except Exception as error:  # zlib, zipfile and its decompressors have no common error
            raise InputError(f"{self._name}: is damaged (part {part}); open it and save it again") from error

    def xml(self, part: str) -> Any:
        """A part's root element; entities are not resolved and nothing is fetched."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
        try:
            root = etree.fromstring(self.read(part), parser)
        except etree.XMLSyntaxError as error:
            raise InputError(f"{self._name}: is damaged (part {part}); open it and save it again") from error
        if root is None:
            raise InputError(f"{self._name}: is damaged (part {part} is empty); open it and save it again")
        return root

    def title(self, part: str) -> str:
        """The title a part of metadata holds, or "" if it holds none that a person wrote."""
        found = self.xml(part).find(_TITLE) if part in self.names else None
        text = " ".join((found.text or "").split()) if found is not None else ""
        return "" if text.lower() in ("word document", "untitled", "document") else text
