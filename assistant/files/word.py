"""DOCX → shown text: headings, nested and numbered lists, tables, notes, text boxes; tracked changes as accepted.

Walks the XML itself, since python-docx passes over footnotes, tracked insertions, content controls and text boxes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .archive import Parts
from .shown import Block, Shown, lay_out, row

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"


def word(parts: Parts) -> Shown:
    """The shown text of a Word document."""
    body = parts.xml("word/document.xml").find(f"{_W}body")
    notes = {}
    for part, tag in (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote")):
        if part in parts.names:
            for note in parts.xml(part).iter(f"{_W}{tag}"):
                notes[tag, note.get(f"{_W}id")] = " ".join(_run_text(p).strip() for p in note.iter(f"{_W}p")).strip()
    reader = _Word(_styles(parts), _numbering(parts), notes)
    made = list(reader.blocks(body)) if body is not None else []
    title = parts.title("docProps/core.xml")
    return Shown(lay_out(made), "markdown", title or next((b.text for b in made if b.kind == "heading" and b.level == 1), ""))


def _styles(parts: Parts) -> dict[str, tuple[int, str]]:
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


def _numbering(parts: Parts) -> dict[str, dict[int, tuple[str, str]]]:
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
        if node.tag == f"{_W}r" and _hidden(node):
            continue
        if node.tag in (f"{_MC}Fallback", f"{_W}del", f"{_W}moveFrom", f"{_W}txbxContent", f"{_W}pPr", f"{_W}instrText"):
            continue
        yield node
        stack.extend(reversed(node))


def _hidden(run: Any) -> bool:
    """Whether Word shows a run to nobody."""
    mark = run.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(f"{_W}val", "true") not in ("0", "false", "off")


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
