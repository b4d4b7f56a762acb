"""Follow-ups: what an earlier turn said that the present one leaves out. No language model.

Knows the words of follow-ups in our languages; nothing of screens and stores.
"""

from __future__ import annotations

import re
from dataclasses import replace

from . import dates, language, lexical, places
from .records import LANGUAGES, Question

_OPENING = re.compile(
    r"^\s*(?:and|what about|how about|and what|same for|but|or|et|et pour|qu'en est-il|pareil|mais|ou|en|en wat|en voor|hoe zit het|"
    r"wat met|maar|of|und|und was|wie ist es|wie sieht es|und für|aber|oder|i meant|je veux dire|ik bedoel|ich meine)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(it|that|this|they|them|there|ça|cela|celui-ci|là|dat|dit|daar|het dan|das|dies|dort)\b", re.IGNORECASE
)


def resolve(question: Question) -> Question:
    """A question that stands alone: what the history supplies is written into its text, regions and language.

    A bare place ("in Eupen") or a short opening ("and in Brussels?", "what was it before?") completes the
    last question asked; a question of its own only keeps the region said earlier.
    """
    asked = [turn.content for turn in question.history if turn.role == "user" and turn.content.strip()]
    if not asked:
        return question
    text = question.text
    here = places.regions(text)
    before = next((t for t in reversed(asked) if not _bare(t)), asked[-1])
    known = question.regions or here or next((r for t in reversed(asked) if (r := places.regions(t))), ())
    if not _dependent(text):
        return replace(question, regions=known)
    earlier = before if not here else places.without(before)
    if dates.periods(text):
        earlier = re.sub(r"\b(?:19|20)\d\d\b", " ", earlier)
    own = "" if _bare(text) else text
    tongue = question.language
    if tongue is None:
        guess = language.of_question(text, language.of_question(before))
        tongue = language.of_question(before) if _bare(text) or guess not in LANGUAGES else guess
        tongue = tongue if tongue in LANGUAGES else None
    return replace(question, text=f"{earlier.strip()} {own}".strip(), regions=known, language=tongue)


def _content(text: str) -> list[str]:
    left = places.without(text)
    return lexical.terms(left, language.of_question(text))


def _bare(text: str) -> bool:
    """Only a place: "Brussels", "à Liège", "in Eupen please"."""
    return bool(places.regions(text)) and len(_content(text)) <= 1 and len(text.split()) <= 6


def _dependent(text: str) -> bool:
    words = len(text.split())
    if _bare(text):
        return True
    if _OPENING.match(text) and words <= 9:
        return True
    content = _content(text)
    return words <= 8 and len(content) <= 1 and (bool(_POINTING.search(text)) or len(content) == 0)
