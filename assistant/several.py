"""A text with several questions in it, taken apart into questions that stand alone. Knows no documents and no stores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from . import glossary, parts
from .records import LANGUAGES, Question, Turn
from .understanding import Understood

ALONE = 4  # words of a second question that can stand alone
Understand = Callable[[Question, date], tuple[Question, Understood]]


def each(question: Question, asked: Understood, understand: Understand) -> list[tuple[Question, Understood]]:
    """The several questions of a text, each understood with what was said before it, and with the place of the whole; none if it is one."""
    if question.documents or asked.compare or asked.instruction or asked.prediction:
        return []
    said, texts = parts.split(asked.text, asked.asked)
    if len(texts) < 2:
        return []
    tongue = question.language or (asked.asked if asked.asked in LANGUAGES else None)
    earlier: tuple[Turn, ...] = ()
    out = []
    for text in texts:
        one = replace(question, text=text, history=earlier, language=tongue)
        standing, read = understand(one, asked.today)
        if earlier and standing.text == text and asked.asked not in LANGUAGES and len(text.split()) < ALONE:
            return []  # too short to stand alone, in a language in which it cannot be completed
        if said and (standing.text == text or not earlier or glossary.programme(earlier[-1].content, asked.asked)):
            # The programme is not what the questions before it were about: it stands with what was said of the asker.
            one = replace(one, text=f"{said} {text}")
            standing, read = understand(one, asked.today)
        if not read.regions and len(asked.regions) == 1:
            standing, read = understand(replace(one, regions=asked.regions), asked.today)
        out.append((standing, read))
        earlier = (*earlier, Turn("user", one.text))
    return out
