"""What an answer took from earlier questions, shown beside it, and the question without it. No Gradio."""

from __future__ import annotations

import html
from datetime import date

from .. import conversation, messages, understanding
from ..dates import written
from ..records import Carried, Question
from .turns import Exchange
from .words import word


def taken_html(e: Exchange, reader: str) -> str:
    """Each thing carried over as a button that asks again without it; "" if nothing was."""
    chips = "".join(
        f'<button type="button" class="chip" data-do="drop" data-turn="{e.number}" data-kind="{c.kind}" dir="auto" '
        f'aria-label="{html.escape(word("drop", reader, what=shown(c, reader)))}">{html.escape(shown(c, reader))}'
        '<span aria-hidden="true"> ×</span></button>'
        for c in e.leading.carried
    )
    return f'<p class="carried"><span>{html.escape(word("carried", reader))}</span> {chips}</p>' if chips else ""


def shown(carried: Carried, reader: str) -> str:
    """What was carried over, in the reader's words: "Brussels", "June 2022", or as it was asked.

    >>> shown(Carried("date", "2022-06"), "nl"), shown(Carried("region", "brussels"), "fr")
    ('juni 2022', 'Bruxelles')
    """
    if carried.kind == "region":
        return messages.authority(carried.value, reader)
    if carried.kind == "date" and len(carried.value) > 4:
        day = date.fromisoformat(carried.value if len(carried.value) == 10 else f"{carried.value}-02")
        text = written(day, reader)
        return text if len(carried.value) == 10 else text.split(" ", 1)[1]
    return carried.value


def without(e: Exchange, kind: str, today: date) -> tuple[Question, tuple[Carried, ...], dict[str, str]]:
    """The question of an exchange without what it carried over of a kind; what is carried still; where region and day come from."""
    standing = conversation.resolve(understanding.check(e.asked), today)
    left = tuple(c for c in e.leading.carried if c.kind != kind and (kind != "topic" or c.kind == "region"))
    origin = {key: "" if key == {"date": "day"}.get(kind, kind) else value for key, value in e.origin.items()}
    return conversation.without(e.typed, standing, kind), left, origin
