"""The structure of law: which texts are Belgian acts, and their articles, paragraphs, annexes and versions.

Acts in French, Dutch and German, as the Official Gazette prints them and as consolidated texts on the web show them:
`Art. 12bis. § 1er. …`, `Artikel 12bis. § 1. …`, `Artikel 12bis - § 1 - …`. `heads(text)` says where each article, paragraph
or annex begins; `articles(question)` gives the articles a question names, in the same normal form. Knows no store and no files.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

_SUFFIXES = (
    "bis ter quater quinquies sexies septies octies novies decies undecies duodecies terdecies quaterdecies quinquiesdecies sexiesdecies".split()
)
_SUFFIX = "|".join(sorted(_SUFFIXES, key=len, reverse=True))
# 12, 12bis, 1er, 61/1, 3:12, 1.2.3, L1122-30, D.12, VI.4, 12bis/1
_NUMBER = (
    rf"(?:(?:[LDRT]\.?\s?|[IVX]{{1,5}}\.)?\d{{1,4}}(?:[/.:-]\d{{1,3}}(?![\d-]))*(?:\s?(?:{_SUFFIX})(?!\w))?(?:/\d{{1,2}})?(?:er\b|ère\b|°|ste\b|de\b)?"
    r"|premier\b|eerste\b|unique\b|enig\b)"
)
_ARTICLE = re.compile(rf"[ \t\f]*(?:#{{1,6}}[ \t]+)?(?:\*\*)?(?:Art(?:icle|ikel)?\.?|ART(?:ICLE|IKEL)?\.?)[ \t\u00a0]+({_NUMBER})", re.MULTILINE)
_DRAWN = re.compile(r"(?:[_ ](?:DROIT[_ ]FUTUR|TOEKOMSTIG[_ ]RECHT|R[ÉE]GION[_ ]\w+|COMMUNAUT[ÉE][_ ]\w+|VLAAMS[_ ]\w+|WAALS[_ ]\w+|BRUSSELS\w*[_ ]\w+))+")
# What follows the number of an article that begins, and not that of one a sentence mentions.
_AFTER = re.compile(r"[ \t]*(?:\*\*)?(?:[.:]|[-–—](?=\s)|(?=[ \t]*(?:§|\[|<|\n|$|\()))")
_PARAGRAPH = re.compile(r"(?:\[\d*[ \t]*)?§[ \t\u00a0]*(\d{1,3}(?:er|ère)?(?:[ \t]?(?:" + _SUFFIX + r"))?(?:/\d{1,2})?)(?!\d)[ \t]*(?:[.-]|[–—])?[ \t]*")
_PART = re.compile(
    r"[ \t\f]*(?:#{1,6}[ \t]+)?(?:\*\*)?(?P<kind>LIVRE|TITRE|CHAPITRE|SECTION|SOUS-SECTION|BOEK|DEEL|TITEL|HOOFDSTUK|AFDELING|ONDERAFDELING|BUCH|TEIL|KAPITEL|ABSCHNITT"
    r"|UNTERABSCHNITT)\b[ \t]+(?:[IVXLC]+|\d+|[A-Z]|premier|première|eerste|1er|1ère|ERSTER|ERSTES)(?:er|ère|re)?(?:bis|ter|/\d+)?\b[^\n]*",
    re.MULTILINE | re.IGNORECASE,
)
_ANNEX = re.compile(r"[ \t\f]*(?:#{1,6}[ \t]+)?(?:\*\*)?(?:ANNEXE|BIJLAGE|ANHANG|ANLAGE)S?\b(?:[ \t]+([IVX]+\b|\d{1,3}|[A-Z]\b))?[^\n]{0,160}", re.MULTILINE | re.IGNORECASE)
_RANKS = [
    "livre boek buch deel teil".split(), "titre titel".split(), "chapitre hoofdstuk kapitel".split(),
    "section afdeling abschnitt".split(), "sous-section onderafdeling unterabschnitt".split(),
]  # fmt: skip
_NAMED_ACT = re.compile(
    r"^[ \t\f#*]*(?:Loi|Décret|Ordonnance|Arrêté|Arrêté royal|Code|Accord de coopération|Wet|Decreet|Ordonnantie|Besluit|Koninklijk besluit|Ministerieel besluit"
    r"|Wetboek|Codex|Gesetz|Dekret|Erlass|Königlicher Erlass|Gesetzbuch|Verordnung|Règlement|Reglement|Moniteur belge|Belgisch Staatsblad)\b",
    re.IGNORECASE | re.MULTILINE,
)
_IN_FORCE = re.compile(r"(?:En vigueur|Inwerkingtreding|In Kraft(?: seit)?|In Kraft getreten)\s*:?\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.IGNORECASE)
_SPAN = re.compile(r"[ \t]*\((\d{1,2})/(\d{1,2})/(\d{4})[ \t]*-[ \t]*(?:(\d{1,2})/(\d{1,2})/(\d{4})|\.*[ \t]*)\)")
_REPEALED = re.compile(r"\s*(?:\[\d*\s*)?(?:<\s*)?(?:Abrogé|Opgeheven|Aufgehoben)\b", re.IGNORECASE)
_MENTION = re.compile(
    rf"\b(?:art(?:icles?|ikels?|ikeln?)?\.?)[ \t\u00a0]*({_NUMBER})"
    rf"(?:[ \t,]*(?:§+|paragraphe|paragraaf|paragraph|par\.)[ \t\u00a0]*(\d{{1,3}}(?:er)?(?:[ \t]?(?:{_SUFFIX}))?))?"
    rf"((?:[ \t,]*(?:et|en|und|ou|of|oder|and|or|,)[ \t]+(?!\d+°){_NUMBER}(?![\w%€]))*)",
    re.IGNORECASE,
)
_LEADING_PARAGRAPH = re.compile(
    rf"(?:§+|paragraphe|paragraaf|paragraph)[ \t\u00a0]*(\d{{1,3}}(?:er)?(?:[ \t]?(?:{_SUFFIX}))?)[ \t,]*(?:de[ \t]+l['’]|van|des|of|du|,)?[ \t]*$", re.IGNORECASE
)


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


def normal(number: str, paragraph: str = "") -> str:
    """The id of an article, or of a paragraph of it: `art-12bis`, `art-12bis-1`.

    >>> normal("12 BIS", "1er"), normal("61/1"), normal("premier")
    ('art-12bis-1', 'art-61.1', 'art-1')
    """
    parts = ["art", _plain(number), _plain(paragraph)] if paragraph else ["art", _plain(number)]
    return "-".join(parts)


def _plain(number: str) -> str:
    text = re.sub(r"\s+", "", number.lower())
    if text in ("premier", "eerste", "unique", "enig"):
        return "1"
    text = re.sub(r"(?<=\d)(?:er|ère|°|ste|de)$", "", text)
    return re.sub(r"(?<=[ldrt])\.", "", re.sub(r"[/:-]", ".", text))


def _key(number: str) -> tuple[int, ...]:
    """How articles are ordered: 9 < 9bis < 9bis/1 < 9ter < 10."""
    key: list[int] = []
    for part in re.findall(r"[ivxlc]+(?=\.)|[a-z]+|\d+", _plain(number)):
        if part.isdigit():
            key.append(int(part))
        elif part in _SUFFIXES:
            key.append(-1000 + _SUFFIXES.index(part))
    # A suffix stands between an article and its subdivisions, which stand before the next number.
    return tuple(k + 2000 if k < 0 else k for k in key)


def articles(question: str) -> tuple[str, ...]:
    """The articles that a question names, each as the id that its section has, in the order named.

    >>> articles("Que dit l'art. 12bis, § 1er, 2° ?"), articles("Wat zegt § 2 van artikel 10?")
    (('art-12bis-1',), ('art-10-2',))
    """
    found: list[str] = []
    for mention in _MENTION.finditer(question):
        before = _LEADING_PARAGRAPH.search(question, max(0, mention.start() - 40), mention.start())
        paragraph = mention.group(2) or (before.group(1) if before else "")
        found.append(normal(mention.group(1), paragraph))
        found.extend(normal(n) for n in re.findall(rf"(?<![\w.]){_NUMBER}", mention.group(3) or "", re.IGNORECASE) if n)
    return tuple(dict.fromkeys(found))


def names(section: str, wanted: tuple[str, ...]) -> float:
    """How well a section's id fits the articles named: 1 for the very one, a little less for its other parts, 0 for another."""
    part = re.sub(r"-(?:v\d+|p\d+|\d{4}-\d{2}-\d{2})(?=-|$)", "", section)
    part = re.sub(r"^annex(?:-[\w]+)?-(?=art-)", "", part)
    best = 0.0
    for name in wanted:
        if part == name:
            best = max(best, 1.0)
        elif part.startswith(f"{name}-"):
            best = max(best, 0.9)
        elif name.startswith(f"{part}-"):
            best = max(best, 0.6)
        elif name.count("-") > 1 and part.startswith(name.rsplit("-", 1)[0] + "-"):
            best = max(best, 0.4)
    return best


@dataclass(frozen=True)
class _Found:
    """An article heading that may be one: its number as printed, its place, and where what follows the number begins."""

    number: str
    start: int
    end: int

    @cached_property
    def key(self) -> tuple[int, ...]:
        return _key(self.number)


def _candidates(text: str) -> list[_Found]:
    found = []
    for match in _ARTICLE.finditer(text):
        if match.start() and text[match.start() - 1] not in "\n\f":
            continue
        drawn = _DRAWN.match(text, match.end())
        end = drawn.end() if drawn else match.end()
        after = _AFTER.match(text, end)
        rest = text[after.end() : after.end() + 2].lstrip(" \t") if after else ""
        if after is None or rest[:1].islower() and text[end : end + 1] not in ".:":
            continue
        found.append(_Found(match.group(1), match.start(), after.end()))
    return found


def _chain(found: list[_Found]) -> list[_Found]:
    """The longest run of articles whose numbers do not fall: what an act quotes of another act falls out of it."""
    tails: list[tuple[int, ...]] = []
    last: list[int] = []
    before: list[int] = []
    for i, item in enumerate(found):
        at = bisect_right(tails, item.key)
        before.append(last[at - 1] if at else -1)
        if at == len(tails):
            tails.append(item.key)
            last.append(i)
        else:
            tails[at], last[at] = item.key, i
    chain: list[_Found] = []
    at = last[-1] if last else -1
    while at >= 0:
        chain.append(found[at])
        at = before[at]
    return chain[::-1]


def _articles(text: str) -> list[_Found]:
    """The articles of an act: numbers rise within the act, and again within each annex."""
    found = _candidates(text)
    stops = [m.start() for m in _annexes(text)]
    starts = [f.start for f in found]
    chain: list[_Found] = []
    for a, b in zip([0, *stops], [*stops, len(text)], strict=True):
        chain.extend(_chain(found[bisect_left(starts, a) : bisect_left(starts, b)]))
    return chain


def _annexes(text: str) -> list[re.Match[str]]:
    return [
        m
        for m in _ANNEX.finditer(text)
        if (m.start() == 0 or text[m.start() - 1] in "\n\f") and not m.group().rstrip().endswith((",", ";")) and not re.search(r"[a-z]\.$", m.group())
    ]


def is_act(text: str) -> bool:
    """Whether a text is an act of law, or a part of one: articles in order that carry most of it.

    A brochure that mentions articles is none, even where lines begin with them: their numbers do not follow one another.
    """
    chain = _articles(text)
    distinct = {f.key for f in chain}
    if len(distinct) < 2:
        return False
    follow = sum(b.key[:1] == a.key[:1] or bool(a.key and b.key) and b.key[0] == a.key[0] + 1 for a, b in zip(chain, chain[1:], strict=False))
    steady = follow >= 0.7 * (len(chain) - 1)
    named = bool(_NAMED_ACT.search(text[:1500]))
    begins = chain[0].key == (1,)
    covers = (len(text) - chain[0].start) / max(1, len(text))
    if len(_candidates(text)) > 2 * len(chain) + 2:
        return False
    if len(distinct) < 4:
        return steady and named and begins
    return steady and covers > 0.4 and (named or begins or len(distinct) >= 6)


def heads(text: str) -> list[Head]:
    """Where the parts of an act begin, in order; what stands before the first has none."""
    found = _articles(text)
    marks: list[tuple[int, str, re.Match[str] | _Found]] = [(f.start, "article", f) for f in found]
    taken = [(f.start, f.end) for f in found]
    for match in _PART.finditer(text):
        line = match.group().strip(" \t\f#*")
        if (match.start() == 0 or text[match.start() - 1] in "\n\f") and len(line) < 240 and line[0].isupper() and not line.endswith((",", ";")):
            marks.append((match.start(), "part", match))
    marks.extend((m.start(), "annex", m) for m in _annexes(text) if found and m.start() > found[0].start)
    marks = [m for m in marks if m[1] == "article" or not any(a <= m[0] < b for a, b in taken)]
    marks.sort(key=lambda m: m[0])
    out: list[Head] = []
    parts: dict[int, str] = {}
    annex = ""
    pending: list[tuple[int, int]] = []
    begin: int | None = None
    for number, (start, kind, item) in enumerate(marks):
        stop = marks[number + 1][0] if number + 1 < len(marks) else len(text)
        if kind == "article" and isinstance(item, _Found):
            above = annex or next((parts[k] for k in sorted(parts, reverse=True)), "")
            out.extend(_article(text, item, stop, start if begin is None else begin, tuple(pending), above, annex))
            pending, begin = [], None
            continue
        assert not isinstance(item, _Found)
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
            name = f"annex-{_plain(item.group(1))}" if kind == "annex" and item.group(1) else ("annex" if kind == "annex" else "")
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
    text: str, item: _Found, stop: int, begin: int, pending: tuple[tuple[int, int], ...], above: str, annex: str
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
    label = "Art. " + " ".join(item.number.split())
    titled = re.match(r"[ \t]*(?:\*\*)?([^\n.;§<\[(]{3,120}?)(?:\*\*)?[ \t]*\n", text[at:stop])
    name = ""
    first = re.match(r"[\s*]*", text[at:stop])
    inner = at + (first.end() if first else 0)
    opening = _PARAGRAPH.match(text, inner, stop)
    if titled and not opening and text[at + titled.end() : stop].strip() and titled.group(1)[:1].isupper() and not titled.group(1).rstrip().endswith((":", ",")):
        name = titled.group(1).strip()
        at += titled.end()
        inner = at + len(text[at:stop]) - len(text[at:stop].lstrip())
        opening = _PARAGRAPH.match(text, inner, stop)
    context = " – ".join(x for x in (name, above) if x)
    prefix = f"{_annex_id(annex)}-" if annex else ""
    marks = [(inner, opening)] if opening else []
    marks += [(m.end() - len(m.group().lstrip("\n\f \t")), p) for m in re.finditer(r"[\n\f][ \t\f]*(?=\[?\d*[ \t]*§)", text[at:stop]) if (p := _PARAGRAPH.match(text, at + m.end(), stop))]
    marks = [(m.start(), m) for _, m in marks]
    marks = _rising(marks)

    def head(paragraph: str, start: int, body: int, titles: tuple[tuple[int, int], ...]) -> Head:
        shown = f"{label}, § {paragraph}" if paragraph else label
        id = prefix + normal(item.number, paragraph)
        return Head(id, f"{shown} – {context}" if context else shown, start, body, titles, "", valid_from, valid_to)

    opened = marks[:1] if marks and not text[at : marks[0][0]].strip(" \t\n\f*") else []
    span = _trim(text, item.start, opened[0][1].end() if opened else at)
    out = [head(opened[0][1].group(1) if opened else "", begin, opened[0][1].end() if opened else at, (*pending, span))]
    for start, mark in marks[len(opened) :]:
        out.append(head(mark.group(1), start, mark.end(), (_trim(text, start, mark.end()),)))
    return out


def _rising(marks: list[tuple[int, re.Match[str]]]) -> list[tuple[int, re.Match[str]]]:
    """Paragraphs whose numbers rise from 1; a line that begins with the § of another article is none."""
    out: list[tuple[int, re.Match[str]]] = []
    for start, mark in marks:
        key = _key(mark.group(1))
        last = _key(out[-1][1].group(1)) if out else (0,)
        if key > last and key[0] - last[0] <= 1 and not any(start == s for s, _ in out):
            out.append((start, mark))
    return out


def _annex_id(annex: str) -> str:
    found = _ANNEX.match(annex)
    return f"annex-{_plain(found.group(1))}" if found and found.group(1) else "annex"


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
