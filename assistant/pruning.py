"""A question without its places or its days, prepositions and all. Knows the words that stand before them, and nothing else."""

from __future__ import annotations

import re

from . import cues, dates, places


def tidy(text: str) -> str:
    """A text with single blanks, and none before commas and full stops."""
    return re.sub(r" +(?=[,.;])", "", " ".join(text.split()))


def placeless(text: str, kept: tuple[str, ...] = ()) -> str:
    """A text without its places, prepositions and all; those in the regions `kept` stay."""
    for m in reversed(places.mentions(text)):
        if m.region not in kept:
            text = text[: m.start - len(behind(text, m.start))] + cues.SUFFIX.sub("", text[m.end :])
    return tidy(text)


def dateless(text: str) -> str:
    """A text without its dates, prepositions and all."""
    for start, end, _ in reversed(dates.spans(text)):
        text = text[: start - len(since(text, start))] + text[end:]
    return tidy(text)


def since(text: str, at: int) -> str:
    """The preposition that stands before a date."""
    found = cues.SINCE.search(text[:at])
    return found.group() if found else ""


def behind(text: str, at: int) -> str:
    """The preposition that stands before a place, with its article: "in der "."""
    found = cues.PREPOSITION.search(text[:at])
    return found.group() if found else ""
