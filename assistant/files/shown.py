"""What every reader gives: blocks in reading order, laid out as the shown text; and the decoding of bytes.

Knows no format. Shown text is Markdown without its decoration: `#` headings, `-` or `1.` items, `|` rows, paragraphs
on one line. In the layout `pages` a form feed stands before the first character of each page after the first, as
`pdftotext` writes it, so that the page of a sentence follows from the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ..errors import InputError

# What the readers may make of one file, and take from one part of an archive.
MAX_CHARACTERS = 20_000_000

_MARK = re.compile(r"#{1,6}\s|[-*+•]\s|\d{1,3}[.)]\s|\||```|~~~")
_MAGIC = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"II*\x00": "a TIFF picture",
    b"MM\x00*": "a TIFF picture",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\xd0\xcf\x11\xe0": "an old office document, or one locked with a password",
    b"{\\rtf": "an RTF document",
    b"\x7fELF": "a program",
}
_CHARSET = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})")
# Letters and signs beyond ASCII that Western European prose is written with.
_WESTERN = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœßžšÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒŽŠ€§°«»‘’“”„–—…•·²³½¼¾ºª©®£±×µ¡¿´‹›™†‰\xa0\xad")
# Tried in this order where a text is neither UTF-8 nor plainly Western: DOS, Mac, and the alphabets of those who write to us.
_OTHERS = ["cp1252", "cp850", "mac_roman", "cp1250", "cp1251", "koi8_r", "cp1254", "cp1256", "cp1253", "cp1255"]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader gives: the shown text, how it is laid out, and the title if the file has one.

    `layout` is `plain`, `markdown` or `pages`.
    """

    text: str
    layout: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (level 1 to 6), a paragraph, a list item (depth from 0, with its mark) or a table row.

    `page` counts from 1 and is where it begins; a form feed inside `text` is where it goes on to the next page.
    """

    kind: Literal["heading", "text", "item", "row"]
    text: str
    level: int = 0
    mark: str = "-"
    page: int = 1


def row(cells: Iterable[str], page: int = 1) -> Block | None:
    """A table row; None if all its cells are empty."""
    texts = [" ".join(cell.split()).replace("|", "/") for cell in cells]
    return Block("row", "| " + " | ".join(texts) + " |", page=page) if any(texts) else None


def lay_out(blocks: Iterable[Block]) -> str:
    """The shown text of blocks: parted by blank lines; the items of a list and the rows of a table stay together."""
    parts: list[str] = []
    before, page = None, 1
    for block in blocks:
        text = block.text.strip(" \t\n")
        if not text:
            continue
        if before is not None:
            parts.append("\n" if block.kind in ("item", "row") and before == block.kind else "\n\n")
        parts.append("\f" * max(0, block.page - page))
        if block.kind == "heading":
            text = "#" * min(6, max(1, block.level)) + " " + text
        elif block.kind == "item":
            text = "  " * min(8, block.level) + block.mark + " " + text
        elif block.kind == "text" and _MARK.match(text):
            text = "\\" + text
        parts.append(text)
        page = max(page, block.page) + text.count("\f")
        before = block.kind
    return "".join(parts) + "\n" if parts else ""


def decode(data: bytes, name: str) -> str:
    """Text of a file: by byte-order mark, else UTF-8, else what it declares, else as its bytes look; LF only and no mark.

    Raises InputError if the bytes are no text.
    """
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            raise InputError(f"{name}: is {kind}, not text; convert it to .pdf, .docx, .txt, .md or .html first")
    text = _marked(data, name) or _unmarked(data)
    controls = sum(c < " " and c not in "\t\n\r\f\v\x1b" for c in text) + text.count("\ufffd")
    if "\x00" in text or controls * 20 > len(text):
        raise InputError(f"{name}: is binary, not text; convert it to .txt, .md or .html first")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _marked(data: bytes, name: str) -> str | None:
    for mark, encoding in ((b"\xff\xfe\x00\x00", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise InputError(f"{name}: starts like {encoding.upper()} but is not; save it as UTF-8") from error
    return None


def _unmarked(data: bytes) -> str:
    if b"\x00" in data and len(data) % 2 == 0:
        for encoding in ("utf-16-le", "utf-16-be"):
            wide = data.decode(encoding, "replace")
            blanks = sum(c in " \n" for c in wide)
            if blanks * 20 > len(wide) and all(c.isprintable() or c in "\t\n\r\f" for c in wide):
                return wide
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _legacy(data)


def _legacy(data: bytes) -> str:
    declared = _CHARSET.search(data[:2048])
    if declared:
        try:
            text = data.decode(declared.group(1).decode())
            if _western(text) > 0.9 or not declared.group(1).lower().startswith((b"iso-8859-1", b"windows-1252", b"latin")):
                return text
        except (LookupError, UnicodeDecodeError, ValueError):
            pass  # what a file says of itself is a hint; its bytes decide
    western = max((data.decode(encoding, "replace") for encoding in _OTHERS[:3]), key=_western)
    if _western(western) > 0.9:
        return western.replace("¤", "€")
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=_OTHERS).best()
    return str(best) if best else western


def _western(text: str) -> float:
    """The share of the characters beyond ASCII that Western European prose uses, where it uses them (0..1)."""
    beyond = [c for c in text if c > "\x7f"]
    # "É" stands at the head of a word; between small letters a capital is another alphabet read wrongly.
    odd = len(re.findall(r"(?<=[a-zà-ÿ])[À-ÝŠŽŒŸ](?=[a-zà-ÿ]|\b)|(?<=\w)[‚ƒ„…†‡ˆ‰‹•˜™›¢¤¥¦¨¬¯±¶¸¹×÷](?=\w)", text))
    odd += sum(map(len, re.findall(r"[À-ÿŠšŽžŒœŸ¢-¿]{3,}", text)))
    return (sum(c in _WESTERN or c == "¤" for c in beyond) - odd) / len(beyond) if beyond else 1.0
