"""Quantities of a text written one way: amounts, percentages, durations, dates, levels, articles, numbers.

Reads English, French, Dutch and German, digits and number words. Knows nothing of documents, models and stores.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from . import dates

_SPACE = "[ \u00a0\u202f]"
_DIGITS = r"(?<![\d.,])(?:\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
_SCALE = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_SCALES = (
    (re.compile(r"mill?ions?|millionen|miljoen|mio\b\.?|mln\b\.?"), "million"),
    (re.compile(r"billion|milliards?|miljard|milliarden?|mrd\b\.?"), "billion"),
    (re.compile(r"thousand|duizend|tausend"), "thousand"),
)
_UNITS = {
    "year": r"years?|yrs?|ans?|années?|jaar|jaren|jahre?n?s?|years? old|jährig\w*|jarig\w*",
    "month": r"months?|mois|maand(?:en)?|monat(?:e[ns]?|s)?",
    "week": r"weeks?|semaines?|we[e]?ken|wochen?",
    "day": r"(?:working |calendar )?days?|jours?|(?:werk)?dag(?:en)?|(?:arbeits|werk|kalender)?tage?n?",
    "hour": r"(?:class |teaching )?hours?|heures?|(?:les)?u(?:ur|ren)|(?:unterrichts|kurs)?stunden?",
}
_UNIT = "|".join(f"(?P<{name}>{words})" for name, words in _UNITS.items())
_QUANTITY = re.compile(
    rf"(?P<before>(?:€|\beur(?:os?)?\b){_SPACE}*)?(?P<number>{_DIGITS})(?:{_SPACE}*(?P<scale>thousand|duizend|tausend|mill?ions?\b|"
    rf"millionen|miljoen|mio\b\.?|mln\b\.?|billion|milliards?|miljard|milliarden?|mrd\b\.?))?"
    rf"(?:{_SPACE}*-?(?:(?P<euro>€(?!\s?\d)|d?'?euros?\b|eur\b)|(?P<percent>%|percent|per cent|pour cent|procent|prozent|vom hundert)"
    rf"|(?:full |consecutive |uninterrupted )?(?:{_UNIT})(?!\w)))?",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"\b(?:articles?|artikel[sn]?|artikelen|art\.?)\s*(\d+(?:/\d+)?)\s?(bis(?! \d)|ter|quater|quinquies|sexies)?(?!\w)", re.IGNORECASE)
_PARAGRAPH = re.compile(r"(?:§+\s?|\b(?:paragraphs?|paragraphes?|paragraaf|paragraf|absatz)\s)(\d+)(?:er|e)?\s?(bis|ter|quater)?", re.IGNORECASE)
_POINT = re.compile(r"(?<![\d.,])(\d+)(bis|ter)?°")
_LEVEL = re.compile(r"(?<![\w-])([ABC][12])(?:\.\d)?(?!\w)")
_CARD = re.compile(
    r"(?<![\w-])([A-N]\+?)[ -](?:[Cc]ards?|[Kk]aart(?:en)?|[Kk]arten?)\b|\b(?:[Cc]artes?|[Kk]arten?|[Kk]aart(?:en)?|[Cc]ards?) ([A-N]\+?)(?![\w+'’])"
)
_DAY_MONTH = re.compile(r"(?<![\d.,])(\d{1,2})(?:st|nd|rd|th|er|\.|e)?\s+(?:of\s+|de\s+)?([^\W\d_]{3,9})\b|\b([A-Z][a-z]{2,8})\s(\d{1,2})(?!\d)")
_YEARS = re.compile(r"(?<![\d.,€/])(19[5-9]\d|20[0-4]\d)\s?[-–/]\s?(19[5-9]\d|20[0-4]\d|\d\d)(?![\d.,/-])")
_ORDINAL = re.compile(r"(?<=\d)(?:ère|ere|er|re|ième|ème|e|ste|de|st|nd|rd|th)\b")
_RATES = {
    "year": r"(?:per|a|each|every|par|l'|im|pro|je) ?(?:year|an|année|jaar|jahr)|yearly|annual\w*|annuel\w*|jaarlijks\w*|jährlich\w*",
    "month": r"(?:per|a|each|every|par|im|pro|je) (?:month|mois|maand|monat)|monthly|mensuel\w*|maandelijks\w*|monatlich\w*",
    "week": r"(?:per|a|each|every|par|pro|je) (?:week|semaine|woche)|weekly|wekelijks\w*|wöchentlich\w*",
    "day": r"(?:per|a|each|every|par|pro|je) (?:day|jour|dag|tag)|daily|dagelijks\w*|täglich\w*",
    "hour": r"(?:per|an|each|every|par|pro|je) (?:hour|heure|uur|stunde)",
}
_RATE = {unit: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for unit, words in _RATES.items()}
_SHARES = (
    (re.compile(r"\b(?:half|moitié|helft|hälfte)\b", re.IGNORECASE), "50"),
    (re.compile(r"\b(?:a quarter|un quart|een kwart|ein viertel)\b", re.IGNORECASE), "25"),
)

_ONES = {
    "en": "_ one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "fr": "_ un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf",
    "nl": "_ één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien",
    "de": "_ ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
}
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "fr": "vingt trente quarante cinquante soixante septante quatre-vingt nonante",
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
}
_HUNDRED = {"en": "hundred", "fr": "cent", "nl": "honderd", "de": "hundert"}
_THOUSAND = {"en": "thousand", "fr": "mille", "nl": "duizend", "de": "tausend"}
# Also words of another meaning: a number only before a unit.
_AMBIGUOUS = frozenset("deux onze neuf elf acht sept cent mille six dix vier sieben ten nine drei seize".split())


@dataclass(frozen=True, slots=True)
class Quantity:
    """`kind` is euro, percent, date, level, card, article, paragraph, point, number or a unit (month, week, day, hour).

    `value` is the plain form: "1000", "16.8", "2023-09-01" (or "2023-09", "2023", "--09-01"), "B1", "12bis". Years are
    months. `soft` marks what may be no figure at all ("half"): it supports, and is not demanded.
    """

    kind: str
    value: str
    soft: bool = False


@lru_cache(maxsize=1)
def _words() -> dict[str, int]:
    table: dict[str, int] = {}
    for code, names in _ONES.items():
        ones = names.split()
        table |= {word: n for n, word in enumerate(ones) if n > 1}
        for at, ten in enumerate(_TENS[code].split(), 2):
            table[ten] = at * 10
            for n in range(1, 10):
                one = ones[n]
                joined = {
                    "en": (f"{ten}-{one}", f"{ten} {one}"),
                    "fr": (f"{ten}-{one}", f"{ten} et {one}"),
                    "nl": (f"{one.replace('é', 'e')}{'ën' if one.endswith('e') else 'en'}{ten}",),
                    "de": (f"{one}und{ten}",),
                }[code]
                table |= dict.fromkeys(joined, at * 10 + n)
        for scale, names_of in ((100, _HUNDRED), (1000, _THOUSAND)):
            word = names_of[code]
            gap = " " if code in ("en", "fr") else ""
            table[word] = scale
            for n in range(2, 20):
                table |= dict.fromkeys((f"{ones[n]}{gap}{word}", f"{ones[n]}{gap}{word}s"), n * scale)
        for scale, word in ((100, _HUNDRED[code]), (1000, _THOUSAND[code])):
            table[f"{'one ' if code == 'en' else 'ein'}{word}"] = scale
    for ten, base in (("soixante", 60), ("quatre-vingt", 80)):
        table |= {f"{ten}-{word}": base + n for n, word in enumerate(_ONES["fr"].split()) if n >= 10}
    table["quatre-vingts"] = 80
    return table


@lru_cache(maxsize=1)
def _beginnings() -> frozenset[str]:
    return frozenset(re.split(r"[- ]", word)[0] for word in _words())


@lru_cache(maxsize=1)
def _word_pattern() -> re.Pattern[str]:
    words = "|".join(re.escape(w) for w in sorted(_words(), key=len, reverse=True))
    units = "|".join(_UNITS.values())
    return re.compile(
        rf"(?<![\w-])({words})(?![\w-])(?=(\s+(?:(?:full|class|teaching|working) )?(?:{units}|euros?|percent|pour cent|procent|prozent)\b)?)",
        re.IGNORECASE,
    )


def plain(number: str) -> str:
    """A written number in plain form: "1.000", "1 000" and "1,000" are "1000"; "16,80" is "16.80"."""
    digits = re.sub(r"[\u00a0\u202f ]", "", number)
    marks = re.findall(r"[.,]", digits)
    last = re.search(r"[.,](\d+)$", digits)
    fraction = ""
    if last and (len(last.group(1)) != 3 or len(set(marks)) == 2):
        fraction = f".{last.group(1)}"
        digits = digits[: last.start()]
    return str(int(re.sub(r"[.,]", "", digits) or "0")) + fraction


@lru_cache(maxsize=4096)
def quantities(text: str) -> frozenset[Quantity]:
    """Every quantity that a text names."""
    found: set[Quantity] = set()

    def take(pattern: re.Pattern[str], kind: str) -> None:
        nonlocal text
        for m in pattern.finditer(text):
            found.add(Quantity(kind, "".join(g for g in m.groups() if g).lower() if kind != "level" else m.group(1)))
        text = pattern.sub(" ; ", text)

    take(_ARTICLE, "article")
    take(_PARAGRAPH, "paragraph")
    take(_POINT, "point")
    take(_LEVEL, "level")
    take(_CARD, "card")
    for start, end in dates.periods(text):
        form = start.isoformat() if start == end else f"{start.year}-{start.month:02d}" if start.month == end.month else str(start.year)
        found.add(Quantity("date", form))
    text = dates.without(text)
    for m in _YEARS.finditer(text):
        second = m.group(2) if len(m.group(2)) == 4 else m.group(1)[:2] + m.group(2)
        found |= {Quantity("date", m.group(1)), Quantity("date", second)}
    text = _YEARS.sub(" ; ", text)
    for m in _DAY_MONTH.finditer(text):
        day, month = (m.group(1), m.group(2)) if m.group(1) else (m.group(4), m.group(3))
        if month != "may" and (form := _day_month(int(day), month.lower())):
            found.add(Quantity("date", form))
            text = text.replace(m.group(), " ; ", 1)
    for pattern, value in _SHARES:
        if pattern.search(text):
            found.add(Quantity("percent", value, soft=True))
    if not _beginnings().isdisjoint(re.findall(r"[^\W\d_]+", text.lower())):
        text = _word_pattern().sub(_in_digits, text)
    text = _ORDINAL.sub("", text)
    for m in _QUANTITY.finditer(text):
        found.add(_typed(m))
    return frozenset(found)


def _in_digits(match: re.Match[str]) -> str:
    word, unit = match.group(1).lower(), match.group(2)
    if word in _AMBIGUOUS and not unit:
        return match.group()
    return str(_words()[word])


def is_figure(word: str) -> bool:
    """Whether a word, or the stem of one, is a number or a unit: "nine", "vier", "euros", "123"."""
    return word.isdigit() or word in _figure_words()


@lru_cache(maxsize=1)
def _figure_words() -> frozenset[str]:
    units = (
        "euro euros eur percent prozent procent cent year month week day hour jahr monat woch tag stund jaar maand wek dag uur an mois semain jour heur"
    )
    stripped = {"".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c)) for word in _beginnings()}
    return frozenset(stripped | {word.rstrip("e") for word in stripped} | set(units.split()))


def rates(text: str) -> frozenset[str]:
    """The units for which a text gives something: {"month"} for "€1,000 a month"."""
    return frozenset(unit for unit, pattern in _RATE.items() if pattern.search(text.replace("’", "'")))


@lru_cache(maxsize=1024)
def _day_month(day: int, month: str) -> str:
    named = dates.periods(f"{day} {month} 2000")
    return named[0][0].strftime("--%m-%d") if len(named) == 1 and named[0][0] == named[0][1] else ""


def _typed(match: re.Match[str]) -> Quantity:
    value = plain_float(float(plain(match.group("number"))))
    if scale := match.group("scale"):
        times = next(_SCALE[name] for pattern, name in _SCALES if pattern.fullmatch(scale.lower()))
        value = plain_float(float(value) * times)
    if match.group("before") or match.group("euro"):
        return Quantity("euro", value)
    if match.group("percent"):
        return Quantity("percent", value)
    for unit in _UNITS:
        if match.group(unit):
            return Quantity("month", plain_float(float(value) * 12)) if unit == "year" else Quantity(unit, value)
    return Quantity("number", value)


def plain_float(value: float) -> str:
    """A number in plain form, no trailing zeros."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def carried(claimed: Quantity, given: Iterable[Quantity]) -> bool:
    """Whether a quantity is among those given, or follows from one: a year from a day, 12 months from 1 year.

    A number without a unit meets one with a unit: texts say "18 years" and "aged 18".
    """
    for q in given:
        if claimed.kind == q.kind == "date":
            if q.value.startswith(claimed.value) or (claimed.value.startswith("--") and q.value.endswith(claimed.value[1:])):
                return True
        elif claimed.kind == q.kind:
            if claimed.value == q.value:
                return True
        elif "number" in (claimed.kind, q.kind) and _bare(claimed) & _bare(q):
            return True
    return False


def _bare(quantity: Quantity) -> set[str]:
    """The plain numbers as which a quantity may stand without its unit."""
    if quantity.kind == "month":  # "aged 18" is years, "3 first months" are months
        years = float(quantity.value) / 12
        return ({plain_float(years)} if years == int(years) else set()) | ({quantity.value} if years < 1 else set())
    if quantity.kind in ("number", "euro", "percent", "week", "day", "hour"):
        return {quantity.value}
    return {quantity.value} if quantity.kind == "date" and len(quantity.value) == 4 else set()


_SUM = re.compile(
    rf"({_DIGITS})\s*(?:(%|percent|pour cent|procent|prozent)\s*(?:of|de|des|du|van|von|×|x|\*)|([+−–*×x÷/-]))\s*(?:€\s*)?({_DIGITS})"
    rf"\s*(?:€|euros?)?\s*([=≈])\s*(?:€\s*)?({_DIGITS})",
    re.IGNORECASE,
)


def computed(text: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Results of the computations that a text shows, as plain numbers, and the computations that are wrong.

    >>> computed("9% of 54,000 ≈ 4,860"), computed("2 × 180 = 350")
    ((frozenset({'4860'}), ()), (frozenset(), ('2 × 180 = 350',)))
    """
    right: set[str] = set()
    wrong: list[str] = []
    for m in _SUM.finditer(text):
        first, percent, sign, second, equals, result = m.groups()
        a, b, told = float(plain(first)), float(plain(second)), float(plain(result))
        value: float | None
        if percent:
            value = a * b / 100
        elif sign in "÷/":
            value = a / b if b else None
        else:
            value = a + b if sign == "+" else a * b if sign in "*×x" else a - b
        slack = 0.005 * abs(value or 0) + 0.5 if equals == "≈" else 0.005
        if value is not None and abs(value - told) <= slack:
            right.add(plain_float(told))
        else:
            wrong.append(m.group().strip())
    return frozenset(right), tuple(wrong)
