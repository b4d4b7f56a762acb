"""Office documents that are archives → shown text: DOCX, ODT and EPUB, told apart by what is in them.

Only what the pieces hold is known here; DOCX has a module of its own, and so has the archive.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from ..errors import InputError
from .archive import Parts
from .html import page
from .shown import Block, Shown, decode, lay_out, row
from .word import word

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"


def office(data: bytes, name: str) -> Shown:
    """The shown text of a DOCX, ODT or EPUB. Raises InputError if it is another archive, damaged, locked or too large."""
    parts = Parts(data, name)
    if "word/document.xml" in parts.names:
        return word(parts)
    kind = parts.read("mimetype")[:100].decode("ascii", "replace").strip() if "mimetype" in parts.names else ""
    if kind == "application/vnd.oasis.opendocument.text":
        return _odt(parts)
    if kind == "application/epub+zip" or "META-INF/container.xml" in parts.names:
        return _epub(parts, name)
    what = "a spreadsheet or presentation" if any(n.startswith(("xl/", "ppt/")) for n in parts.names) or "opendocument" in kind else "a ZIP archive"
    raise InputError(f"{name}: is {what}, not a text document; give its documents as .pdf, .docx, .odt, .html or .txt")


# ODT -------------------------------------------------------------------------------------------------


def _odt(parts: Parts) -> Shown:
    root = parts.xml("content.xml")
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    numbered = {
        style.get(f"{_STYLE}name")
        for style in root.iter(f"{_TEXT}list-style")
        if (first := style.find(f"{_TEXT}list-level-style-number")) is not None and first.get(f"{_TEXT}level") == "1"
    }
    made = list(_odf(body, 0, "-", numbered)) if body is not None else []
    title = parts.title("meta.xml")
    return Shown(lay_out(made), "markdown", title or next((b.text for b in made if b.kind == "heading"), ""))


def _odf(container: Any, depth: int, mark: str, numbered: set[str | None]) -> Iterator[Block]:
    for node in container:
        if node.tag == f"{_TEXT}h":
            yield Block("heading", _odf_text(node), int(node.get(f"{_TEXT}outline-level") or 1))
        elif node.tag == f"{_TEXT}p":
            yield Block("item" if depth else "text", _odf_text(node), max(0, depth - 1), mark)
            for note in node.iter(f"{_TEXT}note-body"):
                yield Block("text", " ".join(_odf_text(p) for p in note))
        elif node.tag == f"{_TEXT}list":
            counted = node.get(f"{_TEXT}style-name") in numbered if depth == 0 else mark != "-"
            number = 0
            for item in node.iter(f"{_TEXT}list-item", f"{_TEXT}list-header"):
                if item.getparent() is node:
                    number += 1
                    yield from _odf(item, depth + 1, f"{number}." if counted else "-", numbered)
        elif node.tag == f"{_TABLE}table":
            for line in node.iter(f"{_TABLE}table-row"):
                cells = [c for c in line if c.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")]
                made = row(" ".join(_odf_text(p) for p in cell.iter(f"{_TEXT}p", f"{_TEXT}h")) for cell in cells[:200])
                if made:
                    yield made
        elif node.tag in (f"{_TEXT}section", f"{_TEXT}index-body", f"{_TEXT}numbered-paragraph"):
            yield from _odf(node, depth, mark, numbered)


def _odf_text(node: Any) -> str:
    pieces = [node.text or ""]
    stack: list[tuple[Any, bool]] = [(child, False) for child in reversed(node)]
    while stack:
        child, done = stack.pop()
        if done:
            pieces.append(child.tail or "")
            continue
        stack.append((child, True))
        if child.tag in (f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"):
            pieces.append(" ")
        if child.tag in (f"{_TEXT}note", f"{_TEXT}tracked-changes", f"{_OFFICE}annotation"):
            continue
        pieces.append(child.text or "")
        stack.extend((grandchild, False) for grandchild in reversed(child))
    return " ".join("".join(pieces).split())


# EPUB ------------------------------------------------------------------------------------------------


def _epub(parts: Parts, name: str) -> Shown:
    place = next((n.get("full-path") for n in parts.xml("META-INF/container.xml").iter() if n.get("full-path")), None)
    if not place:
        raise InputError(f"{name}: is a damaged EPUB, it does not say what is in it; convert it to .html or .pdf")
    package = parts.xml(place)
    titles = [" ".join((n.text or "").split()) for n in package.iter(f"{_DC}title")]
    items = {n.get("id"): n.get("href") or "" for n in package.iter() if str(n.tag).endswith("}item")}
    spine = [n.get("idref") for n in package.iter() if str(n.tag).endswith("}itemref")]
    texts = []
    for id in spine:
        part = posixpath.normpath(posixpath.join(posixpath.dirname(place), unquote(items.get(id, "").split("#")[0])))
        if part in parts.names and re.search(r"\.x?html?$", part, re.IGNORECASE):
            texts.append(page(decode(parts.read(part), name), name).text)
    return Shown("\n".join(t for t in texts if t), "markdown", titles[0] if titles else "")
