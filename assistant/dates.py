"""Dates as people write them in English, French, Dutch and German. Knows nothing else."""

from __future__ import annotations

import calendar
import re
from datetime import date

from .errors import UsageError

_MONTHS = (
    "january|janvier|januari|januar|jan|jänner",
    "february|février|fevrier|februari|februar|feb|fév",
    "march|mars|maart|märz|marz",
    "april|avril|apr|avr",
    "may|mai|mei",
    "june|juin|juni|jun",
    "july|juillet|juli|jul",
    "august|août|aout|augustus|aug",
    "september|septembre|sept|sep",
    "october|octobre|oktober|oct|okt",
    "november|novembre|nov",
    "december|décembre|decembre|dezember|dec|déc|dez",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split("|")}
_NAME = "|".join(sorted(_MONTH, key=len, reverse=True))
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_NUMERIC = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b")
_DAY = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th|er|\.|e)?\s+(?:of\s+|de\s+)?({_NAME})\.?,?\s+(\d{{4}})\b", re.IGNORECASE)
_US_DAY = re.compile(rf"\b({_NAME})\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.IGNORECASE)
_MONTH_YEAR = re.compile(rf"\b({_NAME})\.?\s+(?:of\s+|de\s+)?(\d{{4}})\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d.,€/-])(?<!€ )\b(19[5-9]\d|20[0-4]\d)\b(?![.,]\d|\s*(?:€|euro|hours|heures|uur|Stunden)|[/-]\d)", re.IGNORECASE)

Period = tuple[date, date]


def parse(value: str, name: str = "date") -> date:
    """An ISO date. Raises UsageError that names the option."""
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValueError("not YYYY-MM-DD")
        return date.fromisoformat(value)
    except ValueError as error:
        raise UsageError(f"{name} '{value}': is no date ({error}); write YYYY-MM-DD, for example 2026-01-31") from None


def spans(text: str) -> list[tuple[int, int, Period]]:
    """Every date, month or year that a text names: where it stands, and the inclusive period, in order of mention."""
    found: list[tuple[int, int, Period]] = []

    def take(pattern: re.Pattern[str], order: str) -> None:
        nonlocal text
        for match in pattern.finditer(text):
            parts = dict(zip(order, match.groups(), strict=True))
            month = parts.get("m", "")
            number = int(month) if month.isdigit() else _MONTH.get(month.lower(), 0)
            try:
                if "d" in parts:
                    day = date(int(parts["y"]), number, int(parts["d"]))
                    period = (day, day)
                elif "m" in parts:
                    year = int(parts["y"])
                    period = (date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1]))
                else:
                    year = int(parts["y"])
                    period = (date(year, 1, 1), date(year, 12, 31))
            except ValueError:
                continue
            found.append((match.start(), match.end(), period))
        text = pattern.sub(lambda m: " " * len(m.group()), text)

    take(_ISO, "ymd")
    take(_NUMERIC, "dmy")
    take(_DAY, "dmy")
    take(_US_DAY, "mdy")
    take(_MONTH_YEAR, "my")
    take(_YEAR, "y")
    return sorted(found)


def periods(text: str) -> list[Period]:
    """Every date, month or year that a text names, as inclusive periods, in order of mention."""
    return [period for _, _, period in spans(text)]


def short(period: Period) -> str:
    """A day, month or year by the part of its ISO form that is fixed: "2022-06-01", "2022-06", "2022"."""
    first, last = period
    if first == last:
        return first.isoformat()
    return first.isoformat()[:7] if first.month == last.month else str(first.year)


def without(text: str) -> str:
    """The text without the dates, months and years that it names: what is asked, without when."""
    for pattern in (_ISO, _NUMERIC, _DAY, _US_DAY, _MONTH_YEAR, _YEAR):
        text = pattern.sub(" ", text)
    return " ".join(text.split())


_FORMATS = {"en": "{d} {m} {y}", "fr": "{d} {m} {y}", "nl": "{d} {m} {y}", "de": "{d}. {m} {y}"}
_WRITTEN = {
    "en": "January February March April May June July August September October November December".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    "nl": "januari februari maart april mei juni juli augustus september oktober november december".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
}


def written(day: date, language: str) -> str:
    """A date in words: "1 September 2023", "1er septembre 2023", "1. September 2023"."""
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    form = _FORMATS.get(language, _FORMATS["en"])
    return form.format(d=number, m=_WRITTEN.get(language, _WRITTEN["en"])[day.month - 1], y=day.year)
