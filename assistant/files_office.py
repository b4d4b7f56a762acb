"""Office documents that are archives → shown text: DOCX, ODT and EPUB, told apart by what is in them.

The parts are read from the archive with lxml and walked, since python-docx passes over footnotes, tracked insertions,
content controls and text boxes. Nothing is unpacked to disk; what an archive may grow to is bounded before it is read.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from lxml import etree

from .errors import InputError
from .files_html import page
from .files_shown import Block, Shown, decode, lay_out, row

MAX_MEMBERS = 20_000
MAX_UNPACKED = 400_000_000
MAX_PART = 60_000_000
MAX_RATIO = 300

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"


class _Parts:
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


def office(data: bytes, name: str) -> Shown:
    """The shown text of a DOCX, ODT or EPUB. Raises InputError if it is another archive, damaged, locked or too large."""
    parts = _Parts(data, name)
    if "word/document.xml" in parts.names:
        return _docx(parts)
    kind = parts.read("mimetype")[:100].decode("ascii", "replace").strip() if "mimetype" in parts.names else ""
    if kind == "application/vnd.oasis.opendocument.text":
        return _odt(parts)
    if kind == "application/epub+zip" or "META-INF/container.xml" in parts.names:
        return _epub(parts, name)
    what = "a spreadsheet or presentation" if any(n.startswith(("xl/", "ppt/")) for n in parts.names) or "opendocument" in kind else "a ZIP archive"
    raise InputError(f"{name}: is {what}, not a text document; give its documents as .pdf, .docx, .odt, .html or .txt")


# DOCX ------------------------------------------------------------------------------------------------


def _docx(parts: _Parts) -> Shown:
    body = parts.xml("word/document.xml").find(f"{_W}body")
    notes = {}
    for part, tag in (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote")):
        if part in parts.names:
            for note in parts.xml(part).iter(f"{_W}{tag}"):
                notes[tag, note.get(f"{_W}id")] = " ".join(_run_text(p).strip() for p in note.iter(f"{_W}p")).strip()
    reader = _Word(_styles(parts), _numbering(parts), notes)
    made = list(reader.blocks(body)) if body is not None else []
    title = _core(parts, "docProps/core.xml")
    return Shown(lay_out(made), "markdown", title or next((b.text for b in made if b.kind == "heading" and b.level == 1), ""))


def _core(parts: _Parts, part: str) -> str:
    if part not in parts.names:
        return ""
    found = parts.xml(part).find(f".//{_DC}title")
    text = " ".join((found.text or "").split()) if found is not None else ""
    return "" if text.lower() in ("word document", "untitled", "document") else text


def _styles(parts: _Parts) -> dict[str, tuple[int, str]]:
    """Style id → heading level (0 for none) and the numbering it brings."""
    raw: dict[str, tuple[str, str, int, str]] = {}
    if "word/styles.xml" not in parts.names:
        return {}
    for style in parts.xml("word/styles.xml").iter(f"{_W}style"):
        name = style.find(f"{_W}name")
        based = style.find(f"{_W}basedOn")
        outline = style.find(f"{_W}pPr/{_W}outlineLvl")
        number = style.find(f"{_W}pPr/{_W}numPr/{_W}numId")
        level = int(outline.get(f"{_W}val", "9")) + 1 if outline is not None else 0
        known = re.fullmatch(r"heading (\d)", (name.get(f"{_W}val") or "").lower()) if name is not None else None
        if known:
            level = int(known.group(1))
        elif name is not None and (name.get(f"{_W}val") or "").lower() == "title":
            level = 1
        raw[style.get(f"{_W}styleId", "")] = (
            (name.get(f"{_W}val") or "").lower() if name is not None else "",
            based.get(f"{_W}val", "") if based is not None else "",
            level if level <= 9 else 0,
            number.get(f"{_W}val", "") if number is not None else "",
        )
    out = {}
    for id in raw:
        level, number, at, seen = 0, "", id, set[str]()
        while at in raw and at not in seen:
            seen.add(at)
            name_, based_, level_, number_ = raw[at]
            level, number, at = level or level_, number or number_, based_
            if "list bullet" in name_ or "list number" in name_:
                number = number or ("bullet" if "bullet" in name_ else "number")
        out[id] = (level, number)
    return out


def _numbering(parts: _Parts) -> dict[str, dict[int, tuple[str, str]]]:
    """Numbering id → level → (format, pattern), e.g. ("decimal", "%1.")."""
    if "word/numbering.xml" not in parts.names:
        return {}
    root = parts.xml("word/numbering.xml")
    kinds: dict[str, dict[int, tuple[str, str]]] = {}
    for abstract in root.iter(f"{_W}abstractNum"):
        levels = {}
        for level in abstract.iter(f"{_W}lvl"):
            form, pattern = level.find(f"{_W}numFmt"), level.find(f"{_W}lvlText")
            levels[int(level.get(f"{_W}ilvl", "0"))] = (
                form.get(f"{_W}val", "") if form is not None else "",
                pattern.get(f"{_W}val", "") if pattern is not None else "",
            )
        kinds[abstract.get(f"{_W}abstractNumId", "")] = levels
    out = {}
    for num in root.iter(f"{_W}num"):
        of = num.find(f"{_W}abstractNumId")
        out[num.get(f"{_W}numId", "")] = kinds.get(of.get(f"{_W}val", "") if of is not None else "", {})
    return out


def _run_text(paragraph: Any, call: Any = None) -> str:
    """The words of a paragraph, without deleted ones, fallbacks and the text boxes inside; `call` is told of notes."""
    pieces: list[str] = []
    for node in _inline(paragraph):
        tag = node.tag
        if tag == f"{_W}t":
            pieces.append(node.text or "")
        elif tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            pieces.append(" ")
        elif tag == f"{_W}noBreakHyphen":
            pieces.append("-")
        elif tag in (f"{_W}footnoteReference", f"{_W}endnoteReference") and call:
            call(tag.removeprefix(_W).removesuffix("Reference"), node.get(f"{_W}id"))
    return "".join(pieces)


def _inline(root: Any) -> Iterator[Any]:
    stack = list(reversed(root))
    while stack:
        node = stack.pop()
        if node.tag in (f"{_MC}Fallback", f"{_W}del", f"{_W}moveFrom", f"{_W}txbxContent", f"{_W}pPr", f"{_W}instrText"):
            continue
        yield node
        stack.extend(reversed(node))


class _Word:
    """Walks the body of a Word document."""

    def __init__(
        self,
        styles: dict[str, tuple[int, str]],
        numbering: dict[str, dict[int, tuple[str, str]]],
        notes: dict[tuple[str, str | None], str],
    ) -> None:
        self._styles, self._numbering, self._notes = styles, numbering, notes
        self._counts: dict[tuple[str, int], int] = {}

    def blocks(self, container: Any) -> Iterator[Block]:
        for node in container:
            if node.tag == f"{_W}p":
                yield from self._paragraph(node)
            elif node.tag == f"{_W}tbl":
                yield from self._rows(node)
            elif node.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo", f"{_W}customXml", f"{_W}smartTag"):
                yield from self.blocks(node)

    def _paragraph(self, paragraph: Any) -> Iterator[Block]:
        called: list[str] = []
        text = " ".join(_run_text(paragraph, lambda tag, id: called.append(self._notes.get((tag, id), ""))).split())
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        level, number = self._styles.get(style.get(f"{_W}val", "") if style is not None else "", (0, ""))
        outline = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
        if outline is not None and not level and int(outline.get(f"{_W}val", "9")) < 9:
            level = int(outline.get(f"{_W}val")) + 1
        own = paragraph.find(f"{_W}pPr/{_W}numPr/{_W}numId")
        deep = paragraph.find(f"{_W}pPr/{_W}numPr/{_W}ilvl")
        number = own.get(f"{_W}val", "") if own is not None else number
        depth = int(deep.get(f"{_W}val", "0")) if deep is not None else 0
        if text:
            mark = self._mark(number, depth) if number and number != "0" else ""
            if level:
                yield Block("heading", f"{mark} {text}" if mark and mark != "-" else text, min(level, 6))
            elif re.fullmatch(r"-|\d{1,3}[.)]", mark):
                yield Block("item", text, depth, mark)
            elif mark:
                yield Block("text", f"{mark} {text}")
            else:
                yield Block("text", text)
        for note in called:
            if note:
                yield Block("text", note)
        for box in paragraph.iter(f"{_W}txbxContent"):
            if not any(a.tag == f"{_MC}Fallback" for a in box.iterancestors()):
                yield from self.blocks(box)

    def _mark(self, number: str, depth: int) -> str:
        """What Word writes before a numbered paragraph: "-" for bullets, else its number by the pattern of its list."""
        levels = self._numbering.get(number, {})
        form, pattern = levels.get(depth, ("decimal", "%1.") if number == "number" else ("bullet", ""))
        if form in ("bullet", "none", ""):
            return "-" if form == "bullet" else ""
        self._counts[number, depth] = self._counts.get((number, depth), 0) + 1
        for below in [key for key in self._counts if key[0] == number and key[1] > depth]:
            del self._counts[below]

        def shown(match: re.Match[str]) -> str:
            at = int(match.group(1)) - 1
            return _numeral(self._counts.get((number, at), 1), levels.get(at, ("decimal", ""))[0])

        return re.sub(r"%(\d)", shown, pattern).strip() or "-"

    def _rows(self, table: Any) -> Iterator[Block]:
        for line in table.iter(f"{_W}tr"):
            if next(line.iterancestors(f"{_W}tbl")) is not table:
                continue
            cells = []
            for cell in line.iter(f"{_W}tc"):
                if next(cell.iterancestors(f"{_W}tr")) is line:
                    cells.append(" ".join(_run_text(p).strip() for p in cell.iter(f"{_W}p")))
            made = row(cells)
            if made:
                yield made


def _numeral(value: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (value - 1) % 26)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman"):
        out = ""
        for size, sign in ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
            while value >= size:
                out, value = out + sign, value - size
        return out if form == "lowerRoman" else out.upper()
    return str(value)


# ODT -------------------------------------------------------------------------------------------------


def _odt(parts: _Parts) -> Shown:
    root = parts.xml("content.xml")
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    numbered = {
        style.get(f"{_STYLE}name")
        for style in root.iter(f"{_TEXT}list-style")
        if (first := style.find(f"{_TEXT}list-level-style-number")) is not None and first.get(f"{_TEXT}level") == "1"
    }
    made = list(_odf(body, 0, "-", numbered)) if body is not None else []
    title = _core(parts, "meta.xml")
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


def _epub(parts: _Parts, name: str) -> Shown:
    place = next((n.get("full-path") for n in parts.xml("META-INF/container.xml").iter() if n.get("full-path")), None)
    if not place:
        raise InputError(f"{name}: is a damaged EPUB, it does not say what is in it; convert it to .html or .pdf")
    package = parts.xml(place)
    titles = [" ".join((n.text or "").split()) for n in package.iter(f"{_DC}title")]
    items = {n.get("id"): n.get("href") or "" for n in package.iter() if isinstance(n.tag, str) and etree.QName(n).localname == "item"}
    spine = [n.get("idref") for n in package.iter() if isinstance(n.tag, str) and etree.QName(n).localname == "itemref"]
    texts = []
    for id in spine:
        part = posixpath.normpath(posixpath.join(posixpath.dirname(place), unquote(items.get(id, "").split("#")[0])))
        if part in parts.names and re.search(r"\.x?html?$", part, re.IGNORECASE):
            texts.append(page(decode(parts.read(part), name), name).text)
    return Shown("\n".join(t for t in texts if t), "markdown", titles[0] if titles else "")
