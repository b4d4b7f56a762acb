"""Files → documents: what a file is by its content, one reader per format. Knows no store and no model.

`read(path, id)` gives a `Document` whose text is the shown text. Readers are registered by ending in `READERS`; a new
format is one function `(bytes, name) -> Shown`. An ending only says which files are taken from a folder: what is in
them is told by their first bytes.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from . import chunking, language, statutes
from .errors import InputError
from .files.shown import MAX_CHARACTERS, Shown, decode
from .records import Document

__all__ = ["MAX_BYTES", "READERS", "Shown", "build", "decode", "files", "from_bytes", "read"]

MAX_BYTES = 50_000_000

Reader = Callable[[bytes, str], Shown]

_FRONT_MATTER = re.compile(r"---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
# What turns the direction of writing can make a name look like another.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype html|<html)", re.IGNORECASE | re.DOTALL)


def _plain(data: bytes, name: str) -> Shown:
    text = decode(data, name)
    if _HTML.match(text):
        return _html(data, name)
    return Shown(text, "plain")


def _markdown(data: bytes, name: str) -> Shown:
    text = decode(data, name)
    match = _FRONT_MATTER.match(text)
    shown = text[match.end() :] if match else text
    heading = re.search(r"^#[ \t]+(.+?)[ \t]*#*$", shown, re.MULTILINE)
    return Shown(shown, "markdown", heading.group(1) if heading else "")


# The readers of formats load their libraries when the first such file comes, so that a start does not wait for them.
def _html(data: bytes, name: str) -> Shown:
    from .files.html import page

    return page(decode(data, name), name)


def _pdf(data: bytes, name: str) -> Shown:
    from .files.pdf import pdf

    return pdf(data, name)


def _archive(data: bytes, name: str) -> Shown:
    from .files.office import office

    return office(data, name)


READERS: dict[str, Reader] = {
    ".txt": _plain,
    ".text": _plain,
    ".md": _markdown,
    ".markdown": _markdown,
    ".html": _html,
    ".htm": _html,
    ".xhtml": _html,
    ".pdf": _pdf,
    ".docx": _archive,
    ".odt": _archive,
    ".epub": _archive,
}


def _reader(data: bytes, ending: str) -> Reader:
    """The reader for what the bytes are, whatever the name says."""
    if b"%PDF-" in data[:1024]:
        return _pdf
    if data.startswith(b"PK\x03\x04"):
        return _archive
    return READERS[ending] if READERS[ending] not in (_pdf, _archive) else _plain


def build(shown: Shown, id: str, name: str, data: bytes, origin: str = "") -> Document:
    """A document from a reader's result. Raises InputError if there is no text in it, or too much."""
    if not shown.text.strip():
        raise InputError(f"{name}: holds no text; nothing to answer from")
    if len(shown.text) > MAX_CHARACTERS:
        raise InputError(f"{name}: holds more than {MAX_CHARACTERS // 1_000_000} million characters; split it")
    layout = f"{shown.layout} law" if statutes.is_act(shown.text) else shown.layout
    return Document(
        id=id,
        title=shown.title or Path(name).stem,
        text=shown.text,
        language=language.of_text(shown.text),
        sections=tuple(chunking.sections(shown.text, layout)),
        origin=origin,
        layout=layout,
        digest=hashlib.sha256(data).hexdigest(),
    )


def read(path: Path, id: str, origin: str = "") -> Document:
    """Read one file, given under the folder `origin` if that is one. Raises InputError with one line if it cannot be used."""
    ending = path.suffix.lower()
    if any(unicodedata.category(c) in ("Cc", "Cs") or c in _TURNING for c in str(path)):
        raise InputError(f"{str(path)!a}: its name holds signs that cannot be shown; rename it")
    if origin and path.is_symlink() and Path(origin).is_dir() and not _real(path).is_relative_to(origin):
        raise InputError(f"{path}: is a link that leads out of {origin}; copy the file into the folder")
    if ending not in READERS:
        raise InputError(f"{path}: files of type '{path.suffix}' are not read; use {', '.join(sorted(READERS))}")
    try:
        known = path.stat()
        if not (stat.S_ISREG(known.st_mode) or stat.S_ISDIR(known.st_mode)):
            raise InputError(f"{path}: is a pipe or a device, not a file; take it out of the folder")
        if known.st_size > MAX_BYTES:
            raise InputError(f"{path}: is larger than {MAX_BYTES // 1_000_000} MB; split it")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check that it exists and its rights") from error
    if not data:
        raise InputError(f"{path}: is empty; nothing to answer from")
    return build(_reader(data, ending)(data, str(path)), id, path.name, data, origin)


def from_bytes(data: bytes, id: str, name: str, origin: str = "") -> Document:
    """A document from bytes that come from elsewhere than a file; `name` has an ending of READERS. Raises InputError."""
    return build(_reader(data, Path(name).suffix)(data, name), id, name, data, origin)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # unlike Path.resolve, bears a circle of links


def files(root: Path) -> Iterator[tuple[Path, str]]:
    """The files at `root` (a file or a folder) that have a readable ending, with their ids, in a stable order.

    An id is the path under `root` without its ending, its accents composed. Hidden files are passed over; links are not followed into folders,
    and those that lead outside are given so that `read` refuses each with its reason. Raises InputError if `root` is
    missing or two files would have one id.
    """
    if not root.exists():
        raise InputError(f"{root}: no such file or folder; check the path")
    if root.is_file():
        yield root, unicodedata.normalize("NFC", root.stem)
        return
    inside = root.resolve()
    taken: dict[str, Path] = {}
    for path in sorted(root.rglob("*"), key=lambda p: p.as_posix()):
        relative = path.relative_to(root)
        if any(part.startswith(".") for part in relative.parts):
            continue
        outside = path.is_symlink() and not _real(path).is_relative_to(inside)
        if not outside and (path.suffix.lower() not in READERS or path.is_dir()):
            continue
        id = unicodedata.normalize("NFC", relative.with_suffix("").as_posix())
        if id in taken:
            raise InputError(f"{taken[id]} and {path}: both would be document '{id}'; rename one")
        taken[id] = path
        yield path, id
