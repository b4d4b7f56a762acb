"""Files → documents: decoding, type sniffing, one reader per format. Knows no store and no model.

`read(path, id)` gives a `Document` whose text is the shown text. Readers are registered by ending in
`READERS`; a new format is one function `(bytes, name) -> Shown`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from . import chunking, language
from .errors import InputError
from .records import Document

MAX_BYTES = 50_000_000

_FRONT_MATTER = re.compile(r"---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_MAGIC = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"\x1f\x8b": "a gzip archive",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"\x7fELF": "a program",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader gives: the shown text, how it is laid out, and the title if the file has one."""

    text: str
    layout: str
    title: str = ""


def decode(data: bytes, name: str) -> str:
    """Text of a file: by byte-order mark, else UTF-8, else Windows-1252; LF only and no mark.

    Raises InputError if the bytes are no text.
    """
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            raise InputError(f"{name}: is {kind}, not text; convert it to .txt, .md or .html first")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise InputError(f"{name}: starts like UTF-16 but is not; save it as UTF-8") from error
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    controls = sum(c < " " and c not in "\t\n\r\f\v\x1b" for c in text) + text.count("\ufffd")
    if "\x00" in text or controls * 20 > len(text):
        raise InputError(f"{name}: is binary, not text; convert it to .txt, .md or .html first")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _plain(text: str) -> Shown:
    if re.match(r"\s*(?:<!doctype html|<html)", text, re.IGNORECASE):
        return _html(text)
    return Shown(text, "plain")


def _markdown(text: str) -> Shown:
    match = _FRONT_MATTER.match(text)
    shown = text[match.end() :] if match else text
    heading = re.search(r"^#[ \t]+(.+?)[ \t]*#*$", shown, re.MULTILINE)
    return Shown(shown, "markdown", heading.group(1) if heading else "")


def _html(text: str) -> Shown:
    page = _Page()
    page.feed(text)
    page.close()
    return Shown(page.shown(), "markdown", page.title.strip())


READERS: dict[str, Callable[[str], Shown]] = {
    ".txt": _plain,
    ".text": _plain,
    ".md": _markdown,
    ".markdown": _markdown,
    ".html": _html,
    ".htm": _html,
    ".xhtml": _html,
}


class _Page(HTMLParser):
    """Main text of a page as Markdown: headings, paragraphs, list items and table rows; no scripts or menus."""

    SKIP = frozenset({"script", "style", "noscript", "template", "svg", "head", "nav", "footer", "button", "select", "textarea"})
    BREAK = frozenset(
        "p div section article main header aside ul ol dl dt dd blockquote pre figure hr address".split()
    )

    TABLE = frozenset({"table", "thead", "tbody", "tfoot", "tr", "caption"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self._in_title = False
        self._skip = 0
        self._blocks: list[str] = []
        self._line = ""
        self._prefix = ""
        self._row: list[str] | None = None
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title":
            self._in_title = not self.title
        if tag == "body":
            self._skip = 0
        elif tag in self.SKIP:
            self._skip += 1
        elif self._skip:
            return
        elif tag in self.TABLE:
            self._end_row()
            self._row = [] if tag == "tr" else None
        elif tag in ("td", "th"):
            self._end_cell()
            self._row, self._in_cell = self._row or [], True
        elif tag == "li" or re.fullmatch(r"h[1-6]", tag):
            self._flush()
            self._prefix = "- " if tag == "li" else "#" * int(tag[1]) + " "
        elif tag == "br" or tag in self.BREAK:
            self._flush()

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if tag in self.SKIP:
            self._skip = max(0, self._skip - 1)
        elif self._skip:
            return
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag in self.TABLE:
            self._end_row()
        elif tag in self.BREAK or tag == "li" or re.fullmatch(r"h[1-6]", tag):
            self._flush()
            self._prefix = ""

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif not self._skip:
            self._line += data

    def _end_cell(self) -> None:
        if self._row is not None and (self._in_cell or self._line.strip()):
            self._row.append(" ".join(self._line.split()).replace("|", "/"))
            self._line = ""
        self._in_cell = False

    def _end_row(self) -> None:
        self._end_cell()
        row, self._row = self._row, None
        if row and any(row):
            self._blocks.append("| " + " | ".join(row) + " |")
        self._flush()
        self._prefix = ""

    def _flush(self) -> None:
        if self._row is not None:
            self._line += " "
            return
        line = " ".join(self._line.split())
        if line:
            if not self._prefix and re.match(r"#{1,6}\s|[-*+]\s|\d{1,3}[.)]\s|\|", line):
                line = "\\" + line
            self._blocks.append(self._prefix + line)
            self._prefix = ""
        self._line = ""

    def shown(self) -> str:
        """The text gathered so far: blocks parted by blank lines, rows and items kept together."""
        self._end_row()
        text = ""
        for before, block in zip(["", *self._blocks], self._blocks, strict=False):
            near = block[:2] in ("- ", "| ") and before[:2] == block[:2]
            text += ("\n" if near else "\n\n" if text else "") + block
        return text + "\n" if text else ""


def build(shown: Shown, id: str, name: str, data: bytes, origin: str = "") -> Document:
    """A document from a reader's result. Raises InputError if there is no text in it."""
    if not shown.text.strip():
        raise InputError(f"{name}: holds no text; nothing to answer from")
    return Document(
        id=id,
        title=shown.title or Path(name).stem,
        text=shown.text,
        language=language.of_text(shown.text),
        sections=tuple(chunking.sections(shown.text, shown.layout)),
        origin=origin,
        layout=shown.layout,
        digest=hashlib.sha256(data).hexdigest(),
    )


def read(path: Path, id: str, origin: str = "") -> Document:
    """Read one file. Raises InputError with one line if it cannot be used."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"{path}: files of type '{path.suffix}' are not read; use {', '.join(sorted(READERS))}")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path}: is larger than {MAX_BYTES // 1_000_000} MB; split it")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check that it exists and its rights") from error
    if not data:
        raise InputError(f"{path}: is empty; nothing to answer from")
    return build(reader(decode(data, str(path))), id, path.name, data, origin)


def files(root: Path) -> Iterator[tuple[Path, str]]:
    """The readable files at `root` (a file or a folder) with their ids, in a stable order.

    An id is the path under `root` without its ending. Hidden files and links that lead outside are passed
    over. Raises InputError if `root` is missing or two files would have one id.
    """
    if not root.exists():
        raise InputError(f"{root}: no such file or folder; check the path")
    if root.is_file():
        yield root, root.stem
        return
    inside = root.resolve()
    taken: dict[str, Path] = {}
    for path in sorted(root.rglob("*"), key=lambda p: p.as_posix()):
        relative = path.relative_to(root)
        if any(part.startswith(".") for part in relative.parts) or not path.is_file():
            continue
        if path.suffix.lower() not in READERS or not path.resolve().is_relative_to(inside):
            continue
        id = relative.with_suffix("").as_posix()
        if id in taken:
            raise InputError(f"{taken[id]} and {path}: both would be document '{id}'; rename one")
        taken[id] = path
        yield path, id


