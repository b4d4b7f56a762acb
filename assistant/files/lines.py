"""Lines of a printed page → paragraphs: hyphens at line ends undone, headings and list items told apart. No geometry of pages.

A line is joined to the one before unless something says that a new block begins: a mark, a larger gap, an indent, another
size, or that its first word would still have fitted on the line before (the test a hand-wrapped text is known by).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .shown import Block


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one baseline of one column: box in points from the top left, height of its type, width of its first word."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool
    first: float
    page: int


@dataclass(frozen=True, slots=True)
class Type:
    """What is usual in a document: height of the running text, distance of its lines in heights, sizes of headings."""

    size: float
    leading: float
    sizes: tuple[float, ...]
    bold: bool


_BULLET = re.compile(r"(?:[•▪◦‣●■□○➢➤✓✔→∙·\uf0b7\uf0a7\uf0d8\u2013\u2014*-])[ \u00a0\t]+(?=\S)")
_NUMBER = re.compile(r"(?:\d{1,2}[.)]|\(?[a-z]\)|\([ivx]{1,4}\))[ \u00a0]+(?=\S)")
# Where a new block begins whatever the lines before look like: articles, paragraphs and points of law.
_LAW = re.compile(r"(?:Art(?:\.|icle|ikel)\s*[\dLDRIVX]|§\s*\d|\d{1,2}°\s)")
_ENDS = re.compile(r"[.!?:;…»”\"')\]]$")
_STOPPED = re.compile(r"[.!?:;…]\W*$")
_HYPHEN = re.compile(r"(\w+)([-\u2010\u00ad\u0002\ufffe])$")
_SUSPENDED = frozenset("en of und oder bzw sowie et ou and or als ni noch".split())
# What French hangs on with a hyphen, and what stands before one: such a hyphen at a line end is part of the word.
_AFTER = frozenset("il ils elle elles on je tu nous vous ce ci là le la les lui leur y en moi toi même mêmes t être dessus dessous".split())
_BEFORE = frozenset(
    "peut ci au par non quasi ex vice demi mi semi celui celle ceux celles lui eux elle sous socio niet oud anti pro e là rendez c"
    " avant après porte chef grand mot".split()
)


class Joiner:
    """Joins broken lines; `words` are the words of the document that stand inside a line, lower-case, with their hyphens."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)

    def join(self, before: str, after: str, mark: str = " ") -> str:
        """`before` and `after` as running text; `mark` is the white space between them (a form feed at a page's end)."""
        found = _HYPHEN.search(before)
        head, _, rest = after.partition(" ")
        if not found or not head[:1].isalnum():
            return f"{before}{mark}{after}"
        stem, hyphen = found.group(1), found.group(2)
        kept = before[: found.start(2)]
        if head.lower().strip(".,;:)") in _SUSPENDED and rest:
            return f"{kept}-{mark}{after}"
        glued = head if self._parted(stem, hyphen, head) else ""
        word = f"{kept}-{head}" if glued else f"{kept}{head}"
        return word + (mark + rest if rest else mark.strip(" "))

    def _parted(self, stem: str, hyphen: str, head: str) -> bool:
        if hyphen == "\u00ad":
            return False
        tail = re.sub(r"\W+$", "", re.split(r"['’]", head)[0])
        whole = f"{stem}{tail}".lower()
        if f"{stem}-{tail}".lower() in self.words:
            return True
        if whole in self.words:
            return False
        if not tail[:1].islower() or stem[-1:].isdigit():
            return True
        first = re.split(r"[-’']", tail.lower())[0]
        return first in _AFTER or stem.lower() in _BEFORE


def words_of(texts: Iterable[str]) -> set[str]:
    """The words of lines, lower-case, without the first and last of each line, which may be halves."""
    found: set[str] = set()
    for text in texts:
        found.update(re.sub(r"^\W+|\W+$", "", w).lower() for w in text.split()[1:-1])
    return found


def usual(lines: Sequence[Line]) -> Type:
    """What is usual among the lines of a document."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    body = [line for line in lines if abs(line.size - size) <= 0.06 * size]
    pitches: Counter[float] = Counter()
    for a, b in pairwise(body):
        if a.page == b.page and abs(a.x0 - b.x0) < 30 and 0.7 * size < b.top - a.top < 2.5 * size:
            pitches[round((b.top - a.top) / size * 20) / 20] += 1
    most = max(pitches.values(), default=0)
    leading = min((p for p, n in pitches.items() if n * 3 >= most), default=1.2)
    larger = sorted((s for s in sizes if s > size * 1.12), reverse=True)
    bold = sum(len(line.text) for line in body if line.bold) * 2 > sum(len(line.text) for line in body)
    return Type(size, leading, tuple(larger[:4]), bold)


def blocks(lines: Sequence[Line], usually: Type, joiner: Joiner) -> list[Block]:
    """The blocks of one column, top to bottom."""
    if not lines:
        return []
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    made: list[list[Line]] = []
    for line in lines:
        if made and not _begins(line, made[-1], usually, left, right):
            made[-1].append(line)
        else:
            made.append([line])
    return [_block(group, usually, joiner) for group in made]


def _begins(line: Line, group: list[Line], usually: Type, left: float, right: float) -> bool:
    last, first = group[-1], group[0]
    if abs(line.size - last.size) > 0.12 * max(line.size, last.size) or (line.bold != last.bold and _heads(group, usually)):
        return True
    if line.top - last.top > max(usually.leading * 1.22 * max(line.size, last.size), (last.bottom - last.top) * 1.05) + 0.5:
        return True
    slack = right - last.x1 - line.first - 0.35 * line.size
    if _BULLET.match(line.text) or (_LAW.match(line.text) and (_ENDS.search(last.text) or slack > 0 or _heads(group, usually))):
        return True
    if _HYPHEN.search(last.text) and line.text[:1].islower():
        return False
    if _NUMBER.match(line.text) and (_ENDS.search(last.text) or _NUMBER.match(first.text)):
        return True
    if _heads(group, usually):
        return line.bold != last.bold
    if slack > max(2.0, 0.04 * (right - left)) and (_ENDS.search(last.text) or line.text[:1].isupper()):
        return True
    listed = _BULLET.match(first.text) or _NUMBER.match(first.text)
    if listed:
        return line.x0 < first.x0 - 2
    indented = line.x0 > last.x0 + 0.8 * line.size
    return indented and bool(_ENDS.search(last.text)) and (len(group) > 1 or first.x0 <= left + 2)


def _heads(group: list[Line], usually: Type) -> bool:
    size = max(line.size for line in group)
    text = group[-1].text
    if sum(len(line.text) for line in group) > 200:
        return False
    if size > usually.size * 1.12:
        return True
    return all(line.bold for line in group) and not usually.bold and size > usually.size * 0.9 and text[-1] not in ".;,"


def _block(group: list[Line], usually: Type, joiner: Joiner) -> Block:
    text = group[0].text
    for line in group[1:]:
        text = joiner.join(text, line.text)
    text = unicodedata.normalize("NFC", re.sub(r"[\u0002\ufffe]", "-", text).replace("\u00ad", ""))
    page = group[0].page
    bullet, number = _BULLET.match(text), _NUMBER.match(text)
    if bullet and not text[bullet.end() :].isspace():
        return Block("item", text[bullet.end() :], page=page)
    if _heads(group, usually):
        size = max(line.size for line in group)
        level = sum(s > size * 1.04 for s in usually.sizes) + 1
        return Block("heading", text, level=min(level, 4), page=page)
    if number and re.match(r"\d{1,2}[.)]", text):
        return Block("item", text[number.end() :], mark=number.group().strip(), page=page)
    return Block("text", text, page=page)


def joined(parts: Sequence[Sequence[Block]], joiner: Joiner) -> list[Block]:
    """The blocks of columns in order; a paragraph that stops in the middle of a sentence goes on in the next column or page."""
    out: list[Block] = []
    for part in parts:
        rest = list(part)
        last, first = out[-1] if out else None, rest[0]
        # A day at the head of a page ("15. Dezember") looks like the number of an item.
        text = f"{first.mark} {first.text}" if first.kind == "item" and first.mark[0].isdigit() else first.text
        if last and last.kind in ("text", "item") and (first.kind == "text" or text != first.text) and not _STOPPED.search(last.text):
            turned = first.page - last.page - last.text.count("\f")
            goes_on = text[:1].islower() or _HYPHEN.search(last.text) or len(last.text) > 60
            if goes_on and turned <= 1 and not _LAW.match(text):
                out[-1] = replace(last, text=joiner.join(last.text, text, " \f" if turned else " "))
                del rest[0]
        out.extend(rest)
    return out
