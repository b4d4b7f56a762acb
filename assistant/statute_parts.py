"""An act of law → where its articles, paragraphs and annexes begin, with the versions that a consolidated text gives.

Knows no store and no files; how articles are told from lines that mention one is in `statutes`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from .statutes import ANNEX, SUFFIX, Found, annexes_of, articles_of, key_of, normal, plain_number

_PARAGRAPH = re.compile(r"(?:\[\d*[ \t]*)?§[ \t\u00a0]*(\d{1,3}(?:er|ère)?(?:[ \t]?(?:" + SUFFIX + r"))?(?:/\d{1,2})?)(?!\d)[ \t]*(?:[.-]|[–—])?[ \t]*")
_PART = re.compile(
    r"[ \t\f]*(?:#{1,6}[ \t]+)?(?:\*\*)?(?P<kind>LIVRE|TITRE|CHAPITRE|SECTION|SOUS-SECTION|BOEK|DEEL|TITEL|HOOFDSTUK|AFDELING|ONDERAFDELING"
    r"|BUCH|TEIL|KAPITEL|ABSCHNITT|UNTERABSCHNITT)\b[ \t]+(?:[IVXLC]+|\d+|[A-Z]|premier|première|eerste|1er|1ère|ERSTER|ERSTES)"
    r"(?:er|ère|re)?(?:bis|ter|/\d+)?\b[^\n]*",
    re.MULTILINE | re.IGNORECASE,
)
_RANKS = [
    "livre boek buch deel teil".split(), "titre titel".split(), "chapitre hoofdstuk kapitel".split(),
    "section afdeling abschnitt".split(), "sous-section onderafdeling unterabschnitt".split(),
]  # fmt: skip
_IN_FORCE = re.compile(r"(?:En vigueur|Inwerkingtreding|In Kraft(?: seit)?|In Kraft getreten)\s*:?\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.IGNORECASE)
_SPAN = re.compile(r"[ \t]*\((\d{1,2})/(\d{1,2})/(\d{4})[ \t]*-[ \t]*(?:(\d{1,2})/(\d{1,2})/(\d{4})|\.*[ \t]*)\)")
_REPEALED = re.compile(r"\s*(?:\[\d*\s*)?(?:<\s*)?(?:Abrogé|Opgeheven|Aufgehoben)\b", re.IGNORECASE)
# What a consolidated text says of an article before its words: "<inséré par …; En vigueur : …>".
_NOTE = re.compile(r"\s*<[^<>]{3,400}>")


@dataclass(frozen=True, slots=True)
class Head:
    """Where an article, paragraph, annex or other part of an act begins.

    `start` is where what stands above it begins (the heading of its chapter, say), `body` where its own text does;
    `titles` are the spans of the headings between. `valid_from` is inclusive, `valid_to` exclusive, where the text says them;
    `rule` joins the versions of one article.
    """

    id: str
    heading: str
    start: int
    body: int
    titles: tuple[tuple[int, int], ...]
    rule: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


def heads(text: str) -> list[Head]:
    """Where the parts of an act begin, in order; what stands before the first has none."""
    found = articles_of(text)
    marks: list[tuple[int, str, re.Match[str] | Found]] = [(f.start, "article", f) for f in found]
    taken = [(f.start, f.end) for f in found]
    for match in _PART.finditer(text):
        line = match.group().strip(" \t\f#*")
        if (match.start() == 0 or text[match.start() - 1] in "\n\f") and len(line) < 240 and line[0].isupper() and not line.endswith((",", ";")):
            marks.append((match.start(), "part", match))
    marks.extend((m.start(), "annex", m) for m in annexes_of(text) if found and m.start() > found[0].start)
    marks = [m for m in marks if m[1] == "article" or not any(a <= m[0] < b for a, b in taken)]
    marks.sort(key=lambda m: m[0])
    out: list[Head] = []
    parts: dict[int, str] = {}
    annex = ""
    pending: list[tuple[int, int]] = []
    begin: int | None = None
    for number, (start, kind, item) in enumerate(marks):
        stop = marks[number + 1][0] if number + 1 < len(marks) else len(text)
        if kind == "article" and isinstance(item, Found):
            above = annex or next((parts[k] for k in sorted(parts, reverse=True)), "")
            out.extend(_article(text, item, stop, start if begin is None else begin, tuple(pending), above, annex))
            pending, begin = [], None
            continue
        assert not isinstance(item, Found)
        span = _trim(text, item.start(), item.end())
        words = " ".join(text[span[0] : span[1]].split())
        if kind == "annex":
            annex = words
            parts.clear()
        else:
            rank = next(i for i, names_ in enumerate(_RANKS) if item.group("kind").lower() in names_)
            parts = {k: v for k, v in parts.items() if k < rank} | {rank: words}
        begin = start if begin is None else begin
        pending.append(span)
        rest = text[span[1] : stop].strip(" \t\n\f*#")
        if rest and kind == "part" and len(rest) < 200 and "\n" not in rest and number + 1 < len(marks):
            # The name of a chapter stands under its number.
            pending.append(_trim(text, span[1], stop))
            rank = max(parts)
            parts[rank] = f"{parts[rank]} {' '.join(rest.split())}"
        elif rest or number + 1 == len(marks):
            heading = " ".join(" ".join(text[a:b] for a, b in pending).split())
            name = f"annex-{plain_number(item.group(1))}" if kind == "annex" and item.group(1) else ("annex" if kind == "annex" else "")
            out.append(Head(name, heading, begin, pending[-1][1], tuple(pending)))
            pending, begin = [], None
    return _versions(out)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in " \t\n\f#*":
        start += 1
    while end > start and text[end - 1] in " \t\n\f*":
        end -= 1
    return start, end


def _article(
    text: str, item: Found, stop: int, begin: int, pending: tuple[tuple[int, int], ...], above: str, annex: str
) -> list[Head]:
    valid_from, valid_to, at = None, None, item.end
    dated = _SPAN.match(text, at)
    if dated:
        at = dated.end()
        valid_from = _day(*dated.group(1, 2, 3))
        last = _day(*dated.group(4, 5, 6)) if dated.group(4) else None
        valid_to = last + timedelta(days=1) if last else None
    else:
        days = [d for m in _IN_FORCE.finditer(text, at, stop) if (d := _day(*m.group(1, 2, 3)))]
        valid_from = max(days, default=None)
    if _REPEALED.match(text, at) and valid_from and valid_to is None:
        valid_from, valid_to = None, valid_from
    note = _NOTE.match(text, at, stop)
    if note:
        at = note.end()
    label = "Art. " + " ".join(item.number.split())
    titled = re.match(r"[ \t]*(?:\*\*)?([^\n.;§<\[(]{3,120}?)(?:\*\*)?[ \t]*\n", text[at:stop])
    name = ""
    first = re.match(r"[\s*]*", text[at:stop])
    inner = at + (first.end() if first else 0)
    opening = _PARAGRAPH.match(text, inner, stop)
    named = titled.group(1).strip() if titled and not opening else ""
    if titled and named[:1].isupper() and not named.endswith((":", ",")) and text[at + titled.end() : stop].strip():
        name = named
        at += titled.end()
        inner = at + len(text[at:stop]) - len(text[at:stop].lstrip())
        opening = _PARAGRAPH.match(text, inner, stop)
    context = " – ".join(x for x in (name, above) if x)
    prefix = f"{_annex_id(annex)}-" if annex else ""
    starts = [inner, *(at + m.end() for m in re.finditer(r"[\n\f][ \t\f]*(?=\[?\d*[ \t]*§)", text[at:stop]))]
    marks = _rising([m for start in starts if (m := _PARAGRAPH.match(text, start, stop))])

    def head(paragraph: str, start: int, body: int, titles: tuple[tuple[int, int], ...]) -> Head:
        shown = f"{label}, § {paragraph}" if paragraph else label
        id = prefix + normal(item.number, paragraph)
        return Head(id, f"{shown} – {context}" if context else shown, start, body, titles, "", valid_from, valid_to)

    opened = marks[:1] if marks and not text[at : marks[0].start()].strip(" \t\n\f*") else []
    span = _trim(text, item.start, opened[0].end() if opened else at)
    out = [head(opened[0].group(1) if opened else "", begin, opened[0].end() if opened else at, (*pending, span))]
    for mark in marks[len(opened) :]:
        out.append(head(mark.group(1), mark.start(), mark.end(), (_trim(text, mark.start(), mark.end()),)))
    return out


def _rising(marks: list[re.Match[str]]) -> list[re.Match[str]]:
    """Paragraphs whose numbers rise from 1; a line that begins with the § of another article is none."""
    out: list[re.Match[str]] = []
    for mark in marks:
        key = key_of(mark.group(1))
        last = key_of(out[-1].group(1)) if out else (0,)
        if key > last and key[0] - last[0] <= 1:
            out.append(mark)
    return out


def _annex_id(annex: str) -> str:
    found = ANNEX.match(annex)
    return f"annex-{plain_number(found.group(1))}" if found and found.group(1) else "annex"


def _day(day: str, month: str, year: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _versions(found: list[Head]) -> list[Head]:
    """Several versions of one article: each ends where the next begins, and the later ones have their day in their id."""
    at: dict[str, list[int]] = {}
    for i, head in enumerate(found):
        if head.id.startswith(("art-", "annex-")) and "art-" in head.id:
            at.setdefault(head.id, []).append(i)
    out = list(found)
    for id, places in at.items():
        if len(places) < 2:
            continue
        days = sorted({d for i in places if (d := found[i].valid_from)})
        newest = max(places, key=lambda i: (found[i].valid_from or date.min, -i))
        for number, i in enumerate(places, 1):
            head = found[i]
            later = [d for d in days if head.valid_from is None or d > head.valid_from]
            ends = head.valid_to or (later[0] if later and i != newest else None)
            name = id if i == newest else f"{id}-{head.valid_from.isoformat() if head.valid_from else f'v{number}'}"
            out[i] = replace(head, id=name, rule=id, valid_to=ends)
    return out
