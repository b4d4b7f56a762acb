"""A follow-up written out by a language model, taken only if it is made of what the asker said. Knows no passages and no stores.

The model proposes; `fault` decides, without a model: every word, place, day and negation of the proposal comes from the
conversation, and all that the last turn says is in it. Asked only where nothing is found for the turn as `conversation.resolve`
completes it; where nothing is taken, that stands.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from datetime import date

from . import conversation, dates, language, lexical, material, modality, places, replies, tenses
from .errors import ModelContextError, ModelError
from .llm import Message, Model
from .records import Question
from .understanding import without_instructions

MOST, EARLIER = 400, 6  # characters of a proposal; turns that are told
WORDS = 14  # a longer turn stands alone
SHARE = 1 / 3  # of the time for an answer that writing out may take
STEM, SHARED = 3, 0.6  # letters that two forms of a word begin alike with, at least; and which part of the longer one


def of(model: Model | None, question: Question, today: date, seconds: float) -> dict[str, str]:
    """How a model's writing out came about: empty if none was asked, else `taken`, or `fault` with what it `proposed`.

    `seconds` are those of a whole answer. A model that fails is no error: that nothing was found was decided without it.
    """
    if model is None or not wanted(question) or not model.breaker.allows():
        return {}
    try:
        proposal = proposed(model, question, time.monotonic() + SHARE * seconds)
    except ModelError as error:
        if not isinstance(error, ModelContextError):
            model.breaker.failed()
        return {"proposed": "", "fault": str(error)}
    model.breaker.worked()
    why = fault(proposal, question, today)
    return {"proposed": proposal, "fault": why} if why else {"taken": proposal}


def wanted(question: Question) -> bool:
    """Whether to ask a model: a short turn after others, and no turn commands."""
    return (
        len(question.text.split()) <= WORDS
        and bool(conversation.said(question))
        and not any(without_instructions(text)[1] for text in (question.text, *(t.content for t in question.history if t.role == "user")))
    )


def proposed(model: Model, question: Question, until: float) -> str:
    """What the model makes of a question's last turn; "" if nothing that can be read. Raises ModelError."""
    lines = [*(f"Earlier: {_line(said)}" for said in conversation.said(question)[-EARLIER:]), f"Last: {_line(question.text)}", "Alone:"]
    reply = model.reply([Message("system", material.prompt("complete").template), Message("user", "\n".join(lines))], until)
    text = ""
    try:
        for piece in reply:
            text += piece
            left = replies.spoken(text).lstrip()
            if "\n" in left or len(left) > MOST or len(text) > replies.MOST:
                break
    finally:
        reply.close()
    first = replies.spoken(text).strip().split("\n", 1)[0]
    return re.sub(r"^\s*Alone:\s*", "", first).strip(" \"'«»“”„`*")


def fault(proposal: str, question: Question, today: date) -> str:
    """Why a proposal is not taken, in a few words; "" if it is."""
    said = conversation.said(question)
    standing = conversation.standing_question(said, today)
    own = question.text
    if not 0 < len(proposal) <= MOST:
        return "it is empty" if not proposal else "it is too long"
    if without_instructions(proposal)[1]:
        return "it is an order"
    tongue = language.of_question(standing)
    if (other := language.of_question(proposal, tongue)) != tongue and len(proposal.split()) > 3:
        return f"it is in another language ({other})"
    known = [w for text in (*said, own, *tenses.forms(tongue)) for w in _forms(text, tongue)]
    if new := _beyond(_words(proposal, tongue), known):
        return f"nobody said {', '.join(new)}"
    if lost := _beyond(_words(conversation.substance(own), tongue), _forms(proposal, tongue)):
        return f"{', '.join(lost)} is left out"
    if wrong := _misplaced(places.regions(proposal), places.regions(own), [r for text in said for r in places.regions(text)]):
        return wrong
    named, mine = dates.periods(proposal), dates.periods(own)
    if set(mine) - set(named) or set(named) - {p for text in (*said, own) for p in dates.periods(text)} or (mine and set(named) - set(mine)):
        return "the day is another"
    denials = {text: modality.cues(text, tongue)["not"] for text in (proposal, own, standing)}
    if bool(denials[own]) > bool(denials[proposal]) or bool(denials[proposal]) > bool(denials[own] + denials[standing]):
        return "it says no where nobody does, or the other way round"
    if lexical.terms(proposal, tongue) == lexical.terms(own, tongue):
        return "it adds nothing"
    return ""


def _misplaced(found: Sequence[str], own: Sequence[str], before: Sequence[str]) -> str:
    if own and set(found) != set(own):
        return "the place is another"
    return "nobody named the place" if set(found) - set(own) - set(before) else ""


def _words(text: str, tongue: str) -> list[str]:
    """Content words, figures with them; places and days aside, which are compared as such."""
    return lexical.terms(dates.without(places.without(text)), tongue)


def _forms(text: str, tongue: str) -> list[str]:
    """All words, as they stand and as stems."""
    return [*places.fold(text).split(), *lexical.terms(text, tongue)]


def _beyond(words: Sequence[str], known: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(w for w in words if (len(w) > 2 or w.isdigit()) and not any(_alike(w, k) for k in known)))


def _alike(one: str, other: str) -> bool:
    """Whether two words are the same, or forms of one ("kost", "kostte")."""
    if one == other:
        return True
    if any(c.isdigit() for c in one + other):
        return False
    shared = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return shared >= STEM and shared >= SHARED * max(len(one), len(other))


def _line(text: str) -> str:
    return " ".join(text.split())
