"""One question for several regions or days. Plain functions; the pipeline's `answer` is handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from .. import dates, places
from ..records import LANGUAGES, REGIONS, Answer, Question
from .turns import Exchange, Table, in_region

Answering = Callable[[Question], Answer]


def by_region(exchange: Exchange, answer: Answering) -> Table:
    """The question asked for each region, whatever place it names."""
    text, tongue = _standing(exchange), exchange.leading.language
    asked = replace(exchange.asked, language=_offered(tongue), history=())

    def there(region: str) -> Answer:
        return answer(replace(asked, text=in_region(text, region, tongue), regions=(region,)))

    return Table("by_region", tuple((region, there(region)) for region in REGIONS))


def by_day(exchange: Exchange, day: date, answer: Answering) -> Table:
    """The question asked as of `day` and as of the day of the exchange, the earlier first."""
    text = dates.without(_standing(exchange)) or exchange.typed
    asked = replace(exchange.asked, text=text, language=_offered(exchange.leading.language), regions=exchange.leading.regions, history=())
    days = sorted({day, exchange.leading.as_of})
    return Table("by_day", tuple((d.isoformat(), answer(replace(asked, as_of=d))) for d in days))


def _offered(language: str) -> str | None:
    """The language of an answer as one may ask for it: others than ours come of the question itself."""
    return language if language in LANGUAGES else None


def _standing(exchange: Exchange) -> str:
    """The question with what a follow-up leaves out: the last question that was more than a place."""
    earlier = [turn.content for turn in exchange.asked.history if turn.role == "user"]
    return next((text for text in (exchange.typed, *reversed(earlier)) if len(places.without(text).split()) > 2), exchange.typed)
