"""Does the cited span support the claim? Offline, by rules and, if a comparison is handed in, by content.

Every figure, place and body of a claim must stand in its quotes or follow from them; negation, duty, permission and
the side of a limit must be theirs; what is no longer in force must not be told as if it were. The same check serves
sentences of the corpus, where it guards against a wrong span, and generated ones. Knows no model and no store.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from . import language, lexical, places
from .bodies import bodies
from .modality import bounds, cues, denied, turned
from .quantities import Quantity, carried, computed, plain, quantities, rates

_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?")
_ORDINAL = re.compile(r"(?<=\d)(?:er|re|e|ste|de|st|nd|rd|th)\b|(?<=\d)°")
_COUNTRY = re.compile(r"\b(?:belg\w*|federal\w*|fédéra\w*|federaal|federale|föderal\w*)", re.IGNORECASE)
_PAST = re.compile(
    r"\b(?:was|were|had|until|before|used to|former\w*|earlier|no longer|étai\w+|avai\w+|fallait|jusqu'\w*|avant|ancien\w*|\w+aient|waren|tot|vóór"
    r"|vroeger\w*|had(?:den)?|moest\w*|golden?|war(?:en)?|bis|vor|früher\w*|musste\w*|galt(?:en)?|hatte\w*)\b",
    re.IGNORECASE,
)
# Least share of a claim's content words that must stand in quotes of its language.
CONTENT = 0.45
# Cosine (multilingual-e5-small) at which a claim is as likely as not what its quote says, between languages and within one,
# and how steeply it turns: set on the tuning half of `python -m evals verify`.
SIMILAR, SAME, STEEP = 0.87, 0.94, 120.0
# Months in the languages that only a model writes, by their English names, which `dates` reads.
_ENGLISH = "January February March April May June July August September October November December".split()
_MONTHS = {
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر".split(),
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık".split(),
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня".split(),
}
Similar = Callable[[str, Sequence[str]], float]
Period = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a claim is supported, and why not: ("amount: 180 €", "place: wallonia").

    `score` is how sure it is that the matter is the same, 0..1, figures and the like aside.
    """

    supported: bool
    reasons: tuple[str, ...] = ()
    score: float = 1.0


def figures(text: str) -> Counter[str]:
    """The numbers in a text, written one way: "1.000 €", "€1,000" and "1 000" are "1000"; "16,8" is "16.8"."""
    return Counter(plain(match.group()) for match in _NUMBER.finditer(_ORDINAL.sub("", text)))


def supports(claim: str, quotes: Sequence[str]) -> bool:
    """Whether `check` finds nothing against a claim in the words of its quotes alone."""
    return check(claim, quotes).supported


def check(
    claim: str,
    quotes: Sequence[str],
    *,
    languages: tuple[str, str] | None = None,
    authorities: Sequence[str | None] = (),
    periods: Sequence[Period] = (),
    as_of: date | None = None,
    similar: Similar | None = None,
) -> Verdict:
    """Whether quotes support a claim, in the same or another language, and if not, why.

    `languages` are those of the claim and of the quotes, guessed if not given. `authorities` and `periods` (first day,
    first day no longer; None is open) are those of the cited sections, `as_of` the day that is asked about. `similar` gives
    the cosine of a claim and the best of its quotes; without it a claim in another language than its quotes is judged by
    the rules alone. A claim that stands in a quote word for word is supported. Never raises.
    """
    if not quotes:
        return Verdict(False, ("content: no quote",), 0.0)
    if any(claim in quote for quote in quotes):
        return Verdict(True)
    tongue, theirs = languages or (language.of_question(claim), language.of_question(" ".join(quotes)))
    told = claim
    for month, english in zip(_MONTHS.get(tongue, ()), _ENGLISH, strict=False):
        told = told.replace(month, english)
    reasons = [
        *_figures(told, quotes),
        *_paired(told, quotes, tongue == theirs and tongue),
        *_names(claim, quotes, authorities),
        *_sense(claim, quotes, tongue, theirs),
        *_period(told, periods, as_of),
    ]
    score, against = _content(claim, quotes, tongue == theirs and tongue, similar)
    reasons += against
    return Verdict(not reasons, tuple(reasons), round(score, 3))


_KINDS = {
    "euro": "amount", "percent": "percentage", "date": "date", "level": "level", "card": "card", "article": "article",
    "paragraph": "article", "point": "article", "number": "number",
}  # fmt: skip


def _figures(claim: str, quotes: Sequence[str]) -> list[str]:
    given = {q for quote in quotes for q in quantities(quote)}
    results, wrong = computed(claim)
    reasons = [f"sum: {text}" for text in wrong]
    for q in sorted(quantities(claim), key=lambda q: (q.kind, q.value)):
        if not (q.soft or carried(q, given) or q.value in results):
            reasons.append(f"{_KINDS.get(q.kind, 'duration')}: {_shown(q)}")
    per, told = {unit for quote in quotes for unit in rates(quote)}, rates(claim)
    return reasons + [f"duration: per {unit}" for unit in sorted(told - per) if per - told]


_WITHOUT = re.compile(r"\b(?:without|sans|zonder|ohne)\b", re.IGNORECASE)
_LIST = re.compile(r"[,;]\s+(?:(?:and|et|en|und) )?|\s(?:and|et|en|und|while|tandis que|terwijl|während)\s")


def _paired(claim: str, quotes: Sequence[str], tongue: str | bool) -> list[str]:
    """A figure told of another day or thing than in a quote that lists several: "€198 for A, €138 for B" is no "€138 for A"."""
    told = quantities(claim)
    dates_told = [q for q in told if q.kind == "date"]
    figures_told = [q for q in told if q.kind != "date" and not q.soft]
    reasons = []
    for quote in quotes:
        listed = [(part, quantities(part)) for part in _LIST.split(quote)]
        for figure in figures_told:
            mine = [(part, qs) for part, qs in listed if carried(figure, qs)]
            others = [(part, qs) for part, qs in listed if not carried(figure, qs) and any(q.kind == figure.kind for q in qs)]
            if len(mine) != 1 or not others or (len(quotes) > 1 and not carried(figure, quantities(quote))):
                continue
            part, given = mine[0]
            if len(dates_told) == 1 and any(carried(dates_told[0], qs) for _, qs in listed if any(q.kind == "date" for q in given)):
                if not carried(dates_told[0], given):
                    reasons.append(f"date: {dates_told[0].value} is not that of {_shown(figure)}")
            elif tongue and len(figures_told) == 1:
                words, here = set(lexical.terms(claim, str(tongue))), set(lexical.terms(part if mine[0] is not listed[0] else _behind(part), str(tongue)))
                for other, _ in others:
                    there = set(lexical.terms(other, str(tongue)))
                    if len(words & (there - here)) > len(words & (here - there)):
                        reasons.append(f"{_KINDS.get(figure.kind, 'duration')}: {_shown(figure)} is of something else")
                        break
    return reasons


def _behind(part: str) -> str:
    """Of the first thing listed, what stands behind its figure: before it stands what all have in common."""
    last = max((m.end() for m in _NUMBER.finditer(part)), default=0)
    return part[last:]


def _shown(quantity: Quantity) -> str:
    unit = {"euro": "€", "percent": "%"}.get(quantity.kind, "" if quantity.kind in _KINDS else quantity.kind)
    return f"{quantity.value} {unit}".strip()


def _names(claim: str, quotes: Sequence[str], authorities: Sequence[str | None]) -> list[str]:
    here = set(places.regions(claim))
    there = {region for quote in quotes for region in places.regions(quote)}
    known = there | {a for a in authorities if a}
    reasons = [f"place: {region}" for region in sorted(here - known)]
    if not here and there and _COUNTRY.search(claim) and not any(_COUNTRY.search(quote) for quote in quotes):
        reasons.append("place: belgium")
    named = {body for quote in quotes for body in bodies(quote)} | {a for a in authorities if a}
    return reasons + [f"body: {body}" for body in sorted(bodies(claim) - named)]


def _sense(claim: str, quotes: Sequence[str], tongue: str, theirs: str) -> list[str]:
    """What negates, obliges, allows or bounds otherwise than every quote, alone or together."""
    best: list[str] | None = None
    for text in dict.fromkeys((*quotes, " ".join(quotes))):
        against = _against(claim, text, tongue, theirs)
        if not against:
            return []
        if best is None or len(against) < len(best):
            best = against
    return best or []


def _against(claim: str, quote: str, tongue: str, theirs: str) -> list[str]:
    said, given = cues(claim, tongue), cues(quote, theirs)
    reasons = []
    same = tongue == theirs
    if same and _near(claim, quote):
        reasons += [f"{_SENSE[name]}: {name}" for name in _SENSE if said[name] != given[name]]
        if not reasons and denied(claim, tongue) and denied(quote, theirs) and not denied(claim, tongue) & denied(quote, theirs):
            reasons.append("polarity: not")
    elif said or given:
        # A claim may leave out one of several things that its quote denies.
        more = said["not"] - given["not"]
        if bool(said["not"]) != bool(given["not"]) or more > same or -more > 2 * same:
            reasons.append("polarity: not")
        if same and said["only"] > given["only"]:
            reasons.append("modality: only")
        for name, other in (("must", "may"), ("may", "must"), ("free", "must"), ("must", "free")):
            if name == "may" and given["not"] and _WITHOUT.search(claim):
                continue  # "may, without a permit" is "needs no permit"
            if said[name] > given[name] and said[other] < given[other]:
                reasons.append(f"modality: {name}")
    reasons += [f"order: {name}" for name in turned(claim, quote, tongue, theirs)]
    sides, opposite = bounds(quote, theirs), {"up": "down", "down": "up"}
    for side, value in bounds(claim, tongue):
        if (opposite[side], value) in sides and (side, value) not in sides:
            reasons.append(f"limit: {side} {value}")
    return reasons


# Where a sentence may be cut into parts, and how many words a part has at least.
_CUT = re.compile(r"[;:()–]\s*|,\s+")
LEAST = 4


def parts(quote: str) -> list[str]:
    """The beginnings and clauses of a sentence, itself left out: "A, B, C." gives "A", "A, B", "B" and "C."."""
    cuts = list(_CUT.finditer(quote))
    starts, ends = [0, *(m.end() for m in cuts)], [*(m.start() for m in cuts), len(quote)]
    found = [quote[: m.start()] for m in cuts] + [quote[a:b] for a, b in zip(starts, ends, strict=True)]
    return [part for part in dict.fromkeys(found) if len(part.split()) >= LEAST and part != quote]


_SENSE = {"not": "polarity", "must": "modality", "may": "modality", "free": "modality", "only": "modality"}


def _near(claim: str, quote: str) -> bool:
    """Whether a claim is a quote with few words changed."""
    mine, theirs = Counter(re.findall(r"\w+", claim.lower())), Counter(re.findall(r"\w+", quote.lower()))
    return sum((mine & theirs).values()) >= 0.75 * max(sum(mine.values()), sum(theirs.values()))


def _period(claim: str, periods: Sequence[Period], as_of: date | None) -> list[str]:
    if as_of is None or not periods:
        return []
    if any((first is None or first <= as_of) and (end is None or as_of < end) for first, end in periods):
        return []
    if any(q.kind == "date" for q in quantities(claim)) or _PAST.search(claim.replace("’", "'")):
        return []
    return [f"period: not in force on {as_of.isoformat()}"]


def _content(claim: str, quotes: Sequence[str], tongue: str | bool, similar: Similar | None) -> tuple[float, list[str]]:
    """How sure it is that the claim's matter is that of its quotes, 0..1, and what speaks against it.

    In one language (`tongue`) the share of the claim's content words; between languages, or where words are few, the cosine.
    """
    shared = 1.0
    if tongue:
        mine = set(lexical.terms(claim, str(tongue))) or set(re.findall(r"\w+", claim.lower()))
        given = {t for q in quotes for t in (*lexical.terms(q, str(tongue)), *re.findall(r"\w+", q.lower()))}
        shared = len(mine & given) / len(mine) if mine else 1.0
        if shared >= CONTENT:
            return shared, []
    if similar is None:
        return shared, [f"content: {shared:.0%} of the words"] if tongue else []
    alike = similar(claim, quotes)
    if alike < (SAME if tongue else SIMILAR):
        # A claim may say one part of a long sentence.
        alike = max(alike, similar(claim, [part for quote in quotes for part in parts(quote)] or quotes))
    sure = 1 / (1 + math.exp(-STEEP * (alike - (SAME if tongue else SIMILAR))))
    return sure, [] if sure >= 0.5 else [f"content: {alike:.2f} alike"]
