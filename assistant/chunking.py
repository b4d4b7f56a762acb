"""Sections, sentences and passages of a shown text, with exact offsets.

Knows nothing of files, stores or models. Two layouts: `markdown` (headings, lists, tables; a line break
inside a paragraph is white space) and `plain` (a line break ends a sentence unless the block is
hard-wrapped).
"""

from __future__ import annotations

import hashlib
import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from . import sentences
from .records import Document, Passage, Section, Sentence

PASSAGE_CHARACTERS = 600
# Part of the fingerprint of an index: change it whenever the same text would give other passages.
VERSION = "3"

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t:|-]*-{2,}[ \t:|-]*$")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)")
_LINE = re.compile(r"[^\n]*\n?")


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


def slug(heading: str) -> str:
    """A stable id for a heading: lower-case words joined by hyphens, any script, at most 60 characters."""
    folded = unicodedata.normalize("NFKC", heading).lower()
    words = re.findall(r"\w+", folded)
    return "-".join(words)[:60].strip("-") or "section"


def sections(text: str, layout: str = "markdown") -> list[Section]:
    """The sections of a text in order; together they cover it. Ids are unique within the text."""
    lines = [_Line(m.start(), m.end(), m.group().rstrip("\n")) for m in _LINE.finditer(text) if m.group()]
    starts: list[tuple[int, str]] = []
    if layout == "markdown":
        fenced = False
        for i, line in enumerate(lines):
            if _FENCE.match(line.text):
                fenced = not fenced
            elif not fenced and (m := _HEADING.match(line.text)):
                starts.append((i, m.group(2).strip()))
    if not starts or starts[0][0] > 0:
        starts.insert(0, (0, ""))
    made: list[Section] = []
    used: set[str] = set()
    for (i, heading), (j, _) in zip(starts, [*starts[1:], (len(lines), "")], strict=True):
        block = lines[i:j]
        name = slug(heading) if heading else "text"
        base, number = name, 1
        while name in used:
            number += 1
            name = f"{base}-{number}"
        used.add(name)
        found: list[Sentence] = []
        if heading:
            offset = block[0].text.find(heading) if heading in block[0].text else 0
            at = block[0].start + offset
            found.append(Sentence(at, at + len(heading), heading=True))
            block = block[1:]
        found += _markdown(text, block) if layout == "markdown" else _plain(text, block)
        begin = lines[i].start if lines else 0
        end = lines[j].start if j < len(lines) else len(text)
        if found or heading:
            made.append(Section(id=name, heading=heading, start=begin, end=end, sentences=tuple(found)))
    return made


def _blocks(lines: list[_Line]) -> Iterator[list[_Line]]:
    block: list[_Line] = []
    for line in lines:
        if line.text.strip():
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _markdown(text: str, lines: list[_Line]) -> list[Sentence]:
    found: list[Sentence] = []
    for block in _blocks(lines):
        start: int | None = None
        for line in block:
            row = line.text.lstrip().startswith("|")
            item = _LIST_ITEM.match(line.text)
            if start is not None and (row or item or _FENCE.match(line.text)):
                found.extend(_span(text, start, line.start))
                start = None
            if row and not _TABLE_RULE.match(line.text):
                found.append(_trimmed(text, line.start, line.end))
            elif not row and not _FENCE.match(line.text) and start is None:
                start = line.start + (item.end() if item else 0)
        if start is not None:
            found.extend(_span(text, start, block[-1].end))
    return found


def _plain(text: str, lines: list[_Line]) -> list[Sentence]:
    found: list[Sentence] = []
    for block in _blocks(lines):
        if _hard_wrapped(block):
            found.extend(_span(text, block[0].start, block[-1].end))
        else:
            for line in block:
                found.extend(_span(text, line.start, line.end))
    return found


def _hard_wrapped(block: list[_Line]) -> bool:
    """True if each line ends because the next word would not have fitted, as a text wrapped by hand does."""
    texts = [line.text.rstrip() for line in block]
    width = max(map(len, texts))
    if len(texts) < 2 or not 50 <= width <= 120:
        return False
    pairs = list(itertools.pairwise(texts))
    if any(_LIST_ITEM.match(b) or len(a) + 1 + len(b.split()[0]) <= width for a, b in pairs):
        return False
    continued = sum(b.lstrip()[0].islower() for _, b in pairs)
    open_ended = sum(a[-1] not in ".!?:;" for a, _ in pairs)
    return continued >= 1 and 2 * open_ended >= len(pairs)


def _span(text: str, start: int, end: int) -> list[Sentence]:
    return [Sentence(a, b) for a, b in sentences.spans(text, start, end)]


def _trimmed(text: str, start: int, end: int) -> Sentence:
    raw = text[start:end]
    return Sentence(start + len(raw) - len(raw.lstrip()), start + len(raw.rstrip()))


def passages(document: Document) -> list[Passage]:
    """Whole sentences of one section up to about PASSAGE_CHARACTERS, evenly filled.

    A passage's id is a hash of document id, section id, place in the section, context and text, so it is the same on
    any machine. `context` (title and heading) is embedded in front of the text.
    """
    made: list[Passage] = []
    for section in document.sections:
        body = [s for s in section.sentences if not s.heading] or list(section.sentences)
        for number, group in enumerate(_groups(body)):
            start, end = group[0].start, group[-1].end
            text = document.text[start:end]
            context = " – ".join(x for x in (document.title, section.heading) if x)
            key = "\x1f".join((document.id, section.id, str(number), context, text))
            made.append(
                Passage(
                    id=hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:24],
                    document=document.id,
                    section=section.id,
                    start=start,
                    end=end,
                    text=text,
                    heading=section.heading,
                    context=context,
                    sentences=tuple(group),
                )
            )
    return made


def _groups(body: list[Sentence]) -> list[list[Sentence]]:
    if not body:
        return []
    total = body[-1].end - body[0].start
    target = total / -(-total // PASSAGE_CHARACTERS)
    groups: list[list[Sentence]] = [[body[0]]]
    for sentence in body[1:]:
        first = groups[-1][0].start
        if sentence.end - first > PASSAGE_CHARACTERS or groups[-1][-1].end - first >= target:
            groups.append([sentence])
        else:
            groups[-1].append(sentence)
    return groups
