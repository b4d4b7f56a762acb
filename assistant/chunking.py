"""Sections, sentences and passages of a shown text, with exact offsets.

Knows nothing of files, stores or models. Layouts: `markdown` (headings, lists, tables; a line break inside a
paragraph is white space), `pages` (the same, with form feeds between pages) and `plain` (a line break ends a sentence
unless the block is hard-wrapped); each with ` law` after it for acts of law.
"""

from __future__ import annotations

import bisect
import hashlib
import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from . import sentences, statute_parts
from .records import Document, Passage, Section, Sentence

PASSAGE_CHARACTERS = 600
# Part of the fingerprint of an index: change it whenever the same text would give other passages.
VERSION = "3"

_HEADING = re.compile(r"\f*(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t:|-]*-{2,}[ \t:|-]*$")
_POINT = re.compile(r"[ \t]*(?:\d{1,3}°|\(?[a-z]{1,2}\)|§|-{4,}|\(\d+\)<)")
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
    """The sections of a text in order; together they cover it. Ids are unique within the text.

    `layout` is `markdown`, `plain` or `pages` (Markdown with a form feed before each new page: a section lies on one page),
    with ` law` after it for an act, whose articles and paragraphs are sections.
    """
    kind, _, law = layout.partition(" ")
    lines = [_Line(m.start(), m.end(), m.group().rstrip("\n")) for m in _LINE.finditer(text) if m.group()]
    heads = statute_parts.heads(text) if law else []
    known = {span[0] for head in heads for span in head.titles}
    if kind != "plain":
        heads += [head for head in _headings(text, lines) if not any(a in known for a, _ in head.titles)]
        heads.sort(key=lambda head: head.start)
    first = next((m.start() for m in re.finditer(r"\S", text)), 0)
    if not heads or heads[0].start > (first if kind == "pages" else 0):
        heads.insert(0, statute_parts.Head("text", "", 0, 0, ()))
    made: list[Section] = []
    used: dict[str, int] = {}
    for head, after in itertools.zip_longest(heads, heads[1:]):
        end = after.start if after else len(text)
        found = [Sentence(a, b, heading=True) for a, b in head.titles]
        block = _between(lines, head.body, end)
        found += _plain(text, block) if kind == "plain" else _markdown(text, block, bool(law))
        if found or head.heading:
            section = Section(
                _unused(head.id or slug(head.heading), used), head.heading, head.start, end, tuple(found), rule=head.rule,
                valid_from=head.valid_from, valid_to=head.valid_to,
            )  # fmt: skip
            made.append(section)
    return _paged(text, made, used) if kind == "pages" else made


def _headings(text: str, lines: list[_Line]) -> list[statute_parts.Head]:
    found = []
    fenced = False
    for line in lines:
        if _FENCE.match(line.text):
            fenced = not fenced
        elif not fenced and (m := _HEADING.match(line.text)):
            heading = m.group(2).strip()
            at = line.start + max(0, line.text.find(heading))
            titles = ((at, at + len(heading)),) if heading else ()
            found.append(statute_parts.Head("" if heading else "text", heading, line.start, line.end if heading else line.start, titles))
    return found


def _between(lines: list[_Line], start: int, end: int) -> list[_Line]:
    """The lines of a stretch of the text; the first and last may be parts of lines."""
    first = bisect.bisect_right(lines, start, key=lambda line: line.end)
    last = bisect.bisect_left(lines, end, key=lambda line: line.start)
    cut = []
    for line in lines[first:last]:
        a, b = max(line.start, start), min(line.end, end)
        cut.append(_Line(a, b, line.text[a - line.start : b - line.start]))
    return cut


def _unused(name: str, used: dict[str, int]) -> str:
    """The name, or the name with the next number; `used` holds for each name the last number that it was given."""
    base, number = name, used.get(name, 0)
    while name in used:
        number += 1
        name = f"{base}-{number}" if not base.startswith("art-") else f"{base}-v{number}"
    used[base] = max(number, 1)
    used.setdefault(name, 1)
    return name


def _paged(text: str, made: list[Section], used: dict[str, int]) -> list[Section]:
    """Sections parted where a page ends, so that a citation's page is that of its sentence."""
    ends = [m.start() for m in re.finditer("\f", text)]
    out: list[Section] = []
    for section in made:
        pages = itertools.groupby(section.sentences, key=lambda s: bisect.bisect_right(ends, s.start) + 1)
        parts = [(page, tuple(group)) for page, group in pages]
        for number, (page, group) in enumerate(parts):
            out.append(
                replace(
                    section,
                    id=_unused(f"{section.id}-p{page}", used) if number else section.id,
                    start=group[0].start if number else section.start,
                    end=parts[number + 1][1][0].start if number + 1 < len(parts) else section.end,
                    sentences=group,
                    page=page,
                )
            )
    return out


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


def _markdown(text: str, lines: list[_Line], law: bool = False) -> list[Sentence]:
    found: list[Sentence] = []
    for block in _blocks(lines):
        start: int | None = None
        for line in block:
            row = line.text.lstrip().startswith("|")
            item = _LIST_ITEM.match(line.text)
            point = law and _POINT.match(line.text)
            if start is not None and (row or item or point or _FENCE.match(line.text)):
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
