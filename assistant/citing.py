"""A picked sentence as a citation, as a claim's text, and with what a reader must know of its validity.

Knows no screens and no stores.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from . import messages
from .corpus import Corpus
from .dates import written
from .records import Citation
from .selection import Pick

RECENT = timedelta(days=3 * 366)


def mark(pick: Pick, language: str, today: date, first: bool = True) -> str:
    """What a reader must know of a rule that is not simply in force: ended, to come, announced, changed lately.

    That it changed is said once, at the `first` sentence of a section, unless that names the day itself.
    """
    section, tongue = pick.section, language
    if section.kind == "announced":
        return messages.say("announced", tongue)
    if section.observed:
        return ""
    if section.valid_from and section.valid_from > today:
        return messages.say("future", tongue, date=written(section.valid_from, tongue))
    if section.valid_to and section.valid_to <= today:
        last = written(section.valid_to - timedelta(days=1), tongue)
        if section.valid_from:
            return messages.say("superseded_from", tongue, start=written(section.valid_from, tongue), date=last)
        return messages.say("superseded", tongue, date=last)
    since = section.valid_from
    if first and since and today - since < RECENT and _replaced(pick, since):
        day = written(since, tongue)
        return "" if day in pick.quote else messages.say("changed", tongue, date=day)
    return ""

def _replaced(pick: Pick, since: date) -> bool:
    """Whether the section took the place of another version of its rule on that day."""
    return bool(pick.section.rule) and any(
        s.rule == pick.section.rule and s.valid_to == since for s in pick.document.sections
    )

def citation(number: int, pick: Pick, corpus: Corpus) -> Citation:
    """The citation of a picked sentence; title, publisher and address are the first source's."""
    section, document = pick.section, pick.document
    source = corpus.sources.get(section.sources[0]) if section.sources else None
    return Citation(
        number=number,
        document=document.id,
        section=section.id,
        quote=pick.quote,
        start=pick.sentence.start,
        end=pick.sentence.end,
        title=source.title if source else None,
        publisher=source.publisher if source else None,
        url=source.url if source else None,
        sources=section.sources,
        page=section.page,
        authority=document.authority,
        language=document.language,
        valid_from=section.valid_from,
        valid_to=section.valid_to,
    )


def plain(quote: str) -> str:
    """A quote on one line, without the marks of Markdown emphasis."""
    return " ".join(re.sub(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)", "", quote).split())


def escape(text: str) -> str:
    """Bracketed numbers of a quoted text are not citations."""
    return re.sub(r"\[(\d+)\]", r"\\[\1\\]", text)
