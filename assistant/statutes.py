"""Articles of law: how they are numbered, which texts are Belgian acts, and which articles a question names.

French, Dutch and German, as the Official Gazette prints them and as consolidated texts on the web show them:
`Art. 12bis. § 1er. …`, `Artikel 12bis. § 1. …`, `Artikel 12bis - § 1 - …`. Questions and sections have one normal form:
`art-12bis-1`. Knows no store and no files; the parts of an act are cut in `statute_parts`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

from .records import Section

_SUFFIXES = (
    "bis ter quater quinquies sexies septies octies novies decies undecies duodecies terdecies quaterdecies quinquiesdecies sexiesdecies".split()
)
SUFFIX = "|".join(sorted(_SUFFIXES, key=len, reverse=True))
# 12, 12bis, 1er, 61/1, 1er/1, 3:12, 1.2.3, L1122-30, D.12, VI.4, 12bis/1, N1
_NUMBER = (
    rf"(?:(?:[LDRT]\.?\s?|[IVX]{{1,5}}\.)?\d{{1,4}}(?:er(?=[/.]\d))?(?:[/.:-]\d{{1,3}}(?![\d-]))*(?:\s?(?:{SUFFIX})(?!\w))?(?:/\d{{1,2}})?(?:er\b|ère\b|°|ste\b|de\b)?"
    r"|N\d{1,2}\b|premier\b|eerste\b|unique\b|enig\b)"
)
_ARTICLE = re.compile(rf"[ \t\f]*(?:#{{1,6}}[ \t]+)?(?:\*\*)?(?:Art(?:icle|ikel)?\.?|ART(?:ICLE|IKEL)?\.?)[ \t\u00a0]+({_NUMBER})", re.MULTILINE)
_DRAWN = re.compile(
    r"(?:[_ ](?:DROIT[_ ]FUTUR|TOEKOMSTIG[_ ]RECHT|(?:ZU)?KÜNFTIGES[_ ]RECHT|R[ÉE]GION[_ ]\w+|COMMUNAUT[ÉE][_ ]\w+"
    r"|VLAAMS[_ ]\w+|WAALS[_ ]\w+|BRUSSELS\w*[_ ]\w+))+"
)
# What follows the number of an article that begins, and not that of one a sentence mentions.
_AFTER = re.compile(r"[ \t]*(?:\*\*)?(?:[.:]|[-–—](?=\s)|(?=[ \t]*(?:§|\[|<|\n|$|\()))")
ANNEX = re.compile(
    r"[ \t\f]*(?:#{1,6}[ \t]+)?(?:\*\*)?(?:ANNEXE|BIJLAGE|ANHANG|ANLAGE)S?\b(?:[ \t]+([IVX]+\b|\d{1,3}|[A-Z]\b))?[^\n]{0,160}",
    re.MULTILINE | re.IGNORECASE,
)
_NAMED_ACT = re.compile(
    r"^[ \t\f#*]*(?:Loi|Décret|Ordonnance|Arrêté|Arrêté royal|Code|Accord de coopération|Wet|Decreet|Ordonnantie|Besluit"
    r"|Koninklijk besluit|Ministerieel besluit"
    r"|Wetboek|Codex|Gesetz|Dekret|Erlass|Königlicher Erlass|Gesetzbuch|Verordnung|Règlement|Reglement|Moniteur belge|Belgisch Staatsblad)\b",
    re.IGNORECASE | re.MULTILINE,
)
_MENTION = re.compile(
    rf"\b(?:art(?:icles?|ikel(?:s|n|en)?)?\.?)[ \t\u00a0]*({_NUMBER})"
    rf"(?:[ \t,]*(?:§+|paragraphe|paragraaf|paragraph|par\.)[ \t\u00a0]*(\d{{1,3}}(?:er)?(?:[ \t]?(?:{SUFFIX}))?))?"
    rf"((?:[ \t,]*(?:et|en|und|ou|of|oder|and|or|,)[ \t]+(?!\d+°){_NUMBER}(?![\w%€]))*)",
    re.IGNORECASE,
)
_LEADING_PARAGRAPH = re.compile(
    rf"(?:§+|paragraphe|paragraaf|paragraph)[ \t\u00a0]*(\d{{1,3}}(?:er)?(?:[ \t]?(?:{SUFFIX}))?)"
    r"[ \t,]*(?:de[ \t]+l['’]|van|von|vom|des|of|du|de|in|,)?[ \t]*$",
    re.IGNORECASE,
)


# What `names` gives at least to an article that is named, and to its paragraphs.
WHOLE = 0.9


def normal(number: str, paragraph: str = "") -> str:
    """The id of an article, or of a paragraph of it: `art-12bis`, `art-12bis-1`.

    >>> normal("12 BIS", "1er"), normal("61/1"), normal("premier")
    ('art-12bis-1', 'art-61.1', 'art-1')
    """
    parts = ["art", plain_number(number), plain_number(paragraph)] if paragraph else ["art", plain_number(number)]
    return "-".join(parts)


def plain_number(number: str) -> str:
    """A number as ids have it: lower-case, no spaces, no ordinal ending, dots between its parts."""
    text = re.sub(r"\s+", "", number.lower())
    if text in ("premier", "eerste", "unique", "enig"):
        return "1"
    text = re.sub(r"(?<=\d)(?:er(?=[/.]\d)|(?:er|ère|°|ste|de)$)", "", text)
    return re.sub(r"(?<=[ldrt])\.", "", re.sub(r"[/:-]", ".", text))


def key_of(number: str) -> tuple[int, ...]:
    """How articles are ordered: 9 < 9bis < 9bis/1 < 9ter < 10."""
    key: list[int] = []
    for part in re.findall(r"[ivxlc]+(?=\.)|[a-z]+|\d+", plain_number(number)):
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
            best = max(best, WHOLE)
        elif name.startswith(f"{part}-"):
            best = max(best, 0.6)
        elif name.count("-") > 1 and part.startswith(name.rsplit("-", 1)[0] + "-"):
            best = max(best, 0.4)
    return best


def is_note(sentence: str) -> bool:
    """Whether a sentence is what a consolidated text says of an article's history, not the article."""
    return bool(re.match(r"(?:\(\d+\)\s*)?<|-{4,}", sentence))


def in_force(section: Section, period: tuple[date, date] | None) -> bool:
    """Whether a version of an article is in force on some day of the period (both ends inclusive); None is any time."""
    if period is None:
        return True
    return not (section.valid_from and section.valid_from > period[1]) and not (section.valid_to and section.valid_to <= period[0])


@dataclass(frozen=True)
class Found:
    """An article heading that may be one: its number as printed, its place, and where what follows the number begins."""

    number: str
    start: int
    end: int

    @cached_property
    def key(self) -> tuple[int, ...]:
        """What articles are ordered by."""
        return key_of(self.number)


def _candidates(text: str) -> list[Found]:
    found = []
    for match in _ARTICLE.finditer(text):
        if match.start() and text[match.start() - 1] not in "\n\f":
            continue
        drawn = _DRAWN.match(text, match.end())
        end = drawn.end() if drawn else match.end()
        after = _AFTER.match(text, end)
        rest = text[after.end() : after.end() + 2].lstrip(" \t") if after else ""
        if after is None or (rest[:1].islower() and text[end : end + 1] not in ".:"):
            continue
        found.append(Found(match.group(1), match.start(), after.end()))
    return found


def _chain(found: list[Found]) -> list[Found]:
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
    chain: list[Found] = []
    at = last[-1] if last else -1
    while at >= 0:
        chain.append(found[at])
        at = before[at]
    return chain[::-1]


def articles_of(text: str) -> list[Found]:
    """The articles of an act: numbers rise within the act, and again within each annex."""
    found = _candidates(text)
    stops = [m.start() for m in annexes_of(text)]
    starts = [f.start for f in found]
    chain: list[Found] = []
    for a, b in zip([0, *stops], [*stops, len(text)], strict=True):
        chain.extend(_chain(found[bisect_left(starts, a) : bisect_left(starts, b)]))
    return chain


def annexes_of(text: str) -> list[re.Match[str]]:
    """Where annexes begin; lines that only mention one are left out."""
    return [
        m
        for m in ANNEX.finditer(text)
        if (m.start() == 0 or text[m.start() - 1] in "\n\f") and not m.group().rstrip().endswith((",", ";")) and not re.search(r"[a-z]\.$", m.group())
    ]


def is_act(text: str) -> bool:
    """Whether a text is an act of law, or a part of one: articles in order that carry most of it.

    A brochure that mentions articles is none, even where lines begin with them: their numbers do not follow one another.
    """
    chain = articles_of(text)
    distinct = {f.key for f in chain}
    if len(distinct) < 2:
        return False
    follow = sum(b.key[:1] == a.key[:1] or (bool(a.key and b.key) and b.key[0] == a.key[0] + 1) for a, b in pairwise(chain))
    steady = follow >= 0.7 * (len(chain) - 1)
    named = bool(_NAMED_ACT.search(text[:1500]))
    begins = chain[0].key == (1,)
    covers = (len(text) - chain[0].start) / max(1, len(text))
    if len(_candidates(text)) > 2 * len(chain) + 2:
        return False
    if len(distinct) < 4:
        return steady and named and begins
    return steady and covers > 0.4 and (named or begins or len(distinct) >= 6)
