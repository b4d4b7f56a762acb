"""What the chat keeps of a conversation: exchanges, and where region and day came from. Knows no screens, no stores.

Everything that was typed passes `masked` before it is kept or sent anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from .. import dates, messages, places
from ..errors import UsageError
from ..records import LANGUAGES, REGIONS, Answer, Document, Question, Turn

FIRST_YEAR = 1950
KEPT_QUESTIONS = 50
TYPED_LIMIT = 20_000

_PERSONAL = (
    re.compile(r"(?<!\d)\d{2}[. ]?\d{2}[. ]?\d{2}[- .]?\d{3}[- .]?\d{2}(?!\d)"),  # national register
    re.compile(r"(?<![\d/])(?:\d{4}[ -]?){3}\d{1,7}(?!\d)"),  # payment card
    re.compile(r"(?<!\d)\d{3}-\d{7}-\d{2}(?!\d)"),  # identity card
    re.compile(r"\b[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){3,7}\b"),  # bank account
    re.compile(r"(?<![\w+])(?!\d\d[./-]\d\d[./-]\d{4}\b)(?:(?:\+|00)\d{2}[ ./-]?(?:\(0\))?|0)\d{1,3}(?:[ ./-]?\d{2,3}){3}(?!\d)"),  # phone
)


def masked(text: str) -> str:
    """The text with personal numbers (national register, cards, accounts, phones) as bullets.

    >>> masked("Mijn nummer is 85.07.30-033.28, bel 0470 12 34 56")
    'Mijn nummer is ••••, bel ••••'
    """
    for pattern in _PERSONAL:
        text = pattern.sub("••••", text)
    return text


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader has chosen once, as the browser keeps it. Empty means: not chosen."""

    language: str = "en"
    region: str = ""
    day: str = ""
    place: str = ""
    answer_in: str = ""
    remember: bool = False
    history: tuple[dict[str, str], ...] = ()
    opinions: tuple[dict[str, Any], ...] = ()

    @classmethod
    def of(cls, kept: Any) -> Context:
        """From what a browser sent, which may be anything: what is not understood is left out."""
        kept = kept if isinstance(kept, Mapping) else {}

        def one_of(key: str, allowed: tuple[str, ...], otherwise: str = "") -> str:
            return kept[key] if kept.get(key) in allowed else otherwise

        day = str(kept.get("day") or "")
        return cls(
            language=one_of("language", LANGUAGES, "en"),
            region=one_of("region", REGIONS),
            day=day if re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) else "",
            place=str(kept.get("place") or "")[:80],
            answer_in=one_of("answer_in", LANGUAGES),
            remember=kept.get("remember") is True,
            history=tuple(h for h in _list(kept.get("history")) if isinstance(h.get("question"), str))[-KEPT_QUESTIONS:],
            opinions=tuple(_list(kept.get("opinions")))[-KEPT_QUESTIONS:],
        )

    def with_question(self, typed: str) -> Context:
        """With one more question in the history, the newest last, none twice."""
        others = tuple(h for h in self.history if h["question"] != typed)
        return replace(self, history=(*others, {"question": typed})[-KEPT_QUESTIONS:])

    def plain(self) -> dict[str, Any]:
        """As the browser keeps it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def _list(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, (list, tuple)) else []


@dataclass(frozen=True, slots=True)
class Table:
    """One question asked for several regions or days: (row heading, answer) pairs."""

    kind: str
    rows: tuple[tuple[str, Answer], ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with its answer. `origin` tells where region and day came from: choice, question, earlier or "".

    `own` is the reader's own document if that was asked; `answer` then rests on it alone, and `texts`, if the texts were
    asked as well, on them alone, its citations counted on from those of `answer`.
    """

    number: int
    typed: str
    asked: Question
    answer: Answer
    origin: dict[str, str] = field(default_factory=dict)
    hidden: bool = False
    own: Document | None = None
    texts: Answer | None = None
    tables: tuple[Table, ...] = ()

    @property
    def ruled(self) -> Answer | None:
        """The answer from the texts; None if only the reader's own document was asked."""
        return self.texts if self.own else self.answer

    @property
    def leading(self) -> Answer:
        """What region, day and next questions are told by: the answer from the texts if there is one."""
        return self.ruled or self.answer

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What is shown, in this order."""
        return (self.answer, self.texts) if self.texts else (self.answer,)

    def with_ruled(self, answer: Answer) -> Exchange:
        """With another answer from the texts."""
        return replace(self, texts=counted_on(answer, self.answer)) if self.own else replace(self, answer=answer)


def counted_on(answer: Answer, before: Answer) -> Answer:
    """An answer with its citations counted on from those of the answer that stands before it."""
    after = len(before.citations)
    return replace(
        answer,
        answer=re.sub(r"(?<!\\)\[(\d+)\]", lambda marker: f"[{int(marker.group(1)) + after}]", answer.answer),
        claims=tuple(replace(c, citations=tuple(n + after for n in c.citations)) for c in answer.claims),
        citations=tuple(replace(c, number=c.number + after) for c in answer.citations),
    )


def day_of(value: str) -> date | None:
    """A chosen day; None if none is. Raises UsageError if it is no date or before the texts begin."""
    if not (value or "").strip():
        return None
    day = dates.parse(value.strip(), "date")
    if day.year < FIRST_YEAR:
        raise UsageError(f"date '{value}': is before {FIRST_YEAR}; the texts begin later")
    return day


def question_of(text: str, context: Context, exchanges: Sequence[Exchange]) -> tuple[Question, dict[str, str]]:
    """What is asked of the pipeline, and where its region and day come from.

    A place named in the question wins over the region that was chosen once. Raises UsageError for a day that is none.
    """
    named = places.regions(text)
    region = "" if named else context.region
    day = day_of(context.day)
    origin = {
        "region": "question" if named else "choice" if region else "",
        "day": "question" if dates.periods(text) else "choice" if day else "",
    }
    # A question that stands alone once something was taken off is where the conversation begins again.
    first = max((i for i, e in enumerate(exchanges) if not e.asked.history), default=0)
    # What a reader's own document says stays out of it: a model may read the history.
    said = ((e.asked.text, e.ruled.answer if e.ruled else "") for e in exchanges[first:])
    history = tuple(turn for asked, found in said for turn in (Turn("user", asked), Turn("assistant", found)))
    question = Question(
        text=text, language=context.answer_in or None, regions=(region,) if region else (), as_of=day, history=history
    )
    return question, origin


def with_origin(origin: dict[str, str], answer: Answer) -> dict[str, str]:
    """The origin, once the answer tells whether a region was carried over."""
    if not origin.get("region") and answer.regions:
        return {**origin, "region": "earlier"}
    return origin


def region_of_place(typed: str) -> str:
    """The region of a municipality, "" if it is none of Belgium's."""
    found = places.regions(typed.strip().title()) or places.regions(typed)
    return found[0] if len(found) == 1 else ""


def in_region(text: str, region: str, language: str) -> str:
    """A question moved to a region: its name takes the place of the places that the question names, or is added.

    >>> in_region("What does it cost in Ghent?", "brussels", "en"), in_region("Is it free?", "wallonia", "fr")
    ('What does it cost in Brussels?', 'Is it free? (Wallonie)')
    """
    name = messages.authority(region, language)
    found = places.mentions(text)
    for mention in reversed(found):
        text = text[: mention.start] + name + text[mention.end :]
    return text if found else f"{text} ({name})"
