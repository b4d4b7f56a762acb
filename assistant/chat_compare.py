"""One question for several regions or days. Plain functions; the pipeline's `answer` is handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from . import dates
from .chat_turns import Exchange, Table, without_places
from .records import REGIONS, Answer, Question

Answering = Callable[[Question], Answer]


def by_region(exchange: Exchange, answer: Answering) -> Table:
    """The question asked for each region, whatever place it names."""
    text = without_places(_standing(exchange))
    asked = replace(exchange.asked, text=text, language=exchange.answer.language, history=())
    return Table("by_region", tuple((region, answer(replace(asked, regions=(region,)))) for region in REGIONS))


def by_day(exchange: Exchange, day: date, answer: Answering) -> Table:
    """The question asked as of `day` and as of the day of the exchange, the earlier first."""
    text = dates.without(_standing(exchange)) or exchange.typed
    asked = replace(exchange.asked, text=text, language=exchange.answer.language, regions=exchange.answer.regions, history=())
    days = sorted({day, exchange.answer.as_of})
    return Table("by_day", tuple((d.isoformat(), answer(replace(asked, as_of=d))) for d in days))


def _standing(exchange: Exchange) -> str:
    """The question with what a follow-up leaves out: the last question that was more than a place."""
    earlier = [turn.content for turn in exchange.asked.history if turn.role == "user"]
    alone = len(without_places(exchange.typed).split()) > 2 and without_places(exchange.typed) != ""
    return exchange.typed if alone or not earlier else next((t for t in reversed(earlier) if len(t.split()) > 3), exchange.typed)
