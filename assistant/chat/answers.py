"""What the chat shows of a conversation: exchanges as HTML. Plain functions, no Gradio.

Every text that comes from a question, a document or a source is escaped here. The answer and its marks are in the
language of the answer, what one can do with it in the language of the reader.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from datetime import date

from .. import messages
from ..dates import written
from ..records import REGIONS, Answer, Citation, Contact
from .carried import taken_html
from .shapes import shape
from .turns import Exchange, Table
from .words import spoken, word

LOW_CONFIDENCE = 0.5
PARTS = ("from_own", "from_texts")

STATUS: dict[str, dict[str, str]] = {
    "answered": {"en": "Answered", "fr": "Réponse trouvée", "nl": "Beantwoord", "de": "Beantwortet"},
    "partial": {"en": "Answered in part", "fr": "Réponse partielle", "nl": "Gedeeltelijk beantwoord", "de": "Teilweise beantwortet"},
    "needs_region": {"en": "Which region?", "fr": "Quelle région ?", "nl": "Welk gewest?", "de": "Welche Region?"},
    "not_found": {"en": "Not in the texts", "fr": "Pas dans les textes", "nl": "Niet in de teksten", "de": "Nicht in den Texten"},
    "declined": {"en": "Not for this assistant", "fr": "Hors du champ de l'assistant", "nl": "Niet voor deze assistent",
                 "de": "Nicht für diesen Assistenten"},
}  # fmt: skip

def anchor(turn: int | str, number: int) -> str:
    """The id of a passage in the panel."""
    return f"passage-{turn}-{number}"


def conversation_html(
    exchanges: Sequence[Exchange], reader: str, pending: str = "", carried: Callable[[Exchange], str] = lambda _: ""
) -> str:
    """All exchanges, oldest first, and below them what is going on. `carried` gives what the page keeps unseen to pass on."""
    last = exchanges[-1].number if exchanges and not pending else 0
    return "".join(exchange_html(e, reader, last=e.number == last, carried=carried(e)) for e in exchanges) + pending


def exchange_html(exchange: Exchange, reader: str, last: bool = False, carried: str = "") -> str:
    """A question, its answer, what was understood, and what can be done next."""
    e = exchange
    hidden = f'<p class="hint">{html.escape(word("masked", reader))}</p>' if e.hidden else ""
    tables = "".join(table_html(t, e.number, row, reader) for row, t in enumerate(e.tables))
    return (
        f'<article class="exchange" id="turn-{e.number}" data-turn="{e.number}"><div class="typed">{question_html(e.typed)}{_edit(reader)}</div>{hidden}'
        f"{taken_html(e, reader)}{_answers(e, reader)}{_regions(e) if last else ''}{tables}{_understood(e, reader)}{_actions(e, reader)}"
        f"{_related(e, reader) if last else ''}{carried}</article>"
    )


def _answers(e: Exchange, reader: str) -> str:
    """The answer; or that of the reader's own document and that of the texts, each under its heading."""
    if e.texts is None:
        return answer_html(e.answer, e.number, reader)
    tongue = spoken(e.texts.language)
    return "".join(
        f'<section class="part"><h3 lang="{tongue}">{html.escape(word(key, tongue))}</h3>{answer_html(answer, e.number, reader)}</section>'
        for key, answer in zip(PARTS, e.answers, strict=True)
    )


def answer_html(answer: Answer, turn: int | str, reader: str = "en") -> str:
    """An answer: its status, whose rule it is, its text with links to passages, what made it, and who to turn to."""
    tongue = spoken(answer.language)
    unsure = (
        f'<p class="unsure">{html.escape(word("unsure", tongue))}</p>'
        if answer.status in ("answered", "partial") and answer.confidence < LOW_CONFIDENCE
        else ""
    )
    return (
        f'<div class="answer" lang="{answer.language}"><p class="status {answer.status}">{shape(answer.status)}'
        f"<span>{STATUS[answer.status][tongue]}</span>{_whose(answer)}</p>{unsure}"
        f'<div class="said" dir="auto">{body_html(answer, turn)}</div>{_made(answer)}{contacts_html(answer.contacts, tongue)}</div>'
    )


def _made(answer: Answer) -> str:
    """What wrote it, or that a model did not."""
    if answer.note:
        return f'<p class="unsure note">{html.escape(answer.note)}</p>'
    if answer.engine != "llm":
        return ""
    return f'<p class="hint made">{html.escape(word("written_by", answer.language, model=answer.trace.get("model", "")))}</p>'


def body_html(answer: Answer, turn: int | str) -> str:
    """The text of an answer, its markers as links to their passages."""
    blocks = []
    for block in answer.answer.split("\n\n"):
        lines = block.split("\n")
        if all(line.startswith("|") for line in lines):
            head, _, *rows = ([_inline(cell.strip(), answer, turn) for cell in line.strip("|").split("|")] for line in lines)
            cells = "".join(f'<tr><th scope="row">{row[0]}</th><td>{" ".join(row[1:])}</td></tr>' for row in rows)
            titles = "".join(f'<th scope="col">{cell}</th>' for cell in head)
            blocks.append(f'<div class="table" tabindex="0"><table><thead><tr>{titles}</tr></thead><tbody>{cells}</tbody></table></div>')
        elif all(line.startswith("- ") for line in lines):
            blocks.append("<ul>" + "".join(f"<li>{_inline(line[2:], answer, turn)}</li>" for line in lines) + "</ul>")
        else:
            blocks.append(f"<p>{_inline(' '.join(lines), answer, turn)}</p>")
    return "".join(blocks)


def _inline(text: str, answer: Answer, turn: int | str) -> str:
    cited = {c.number: c for c in answer.citations}

    def link(marker: str) -> str:
        number = int(marker)
        label = word("open_passage", answer.language, n=number, whose=whose(cited.get(number), answer.language))
        return f'<a class="cite" href="#{anchor(turn, number)}" aria-label="{html.escape(label)}">{number}</a>'

    safe = html.escape(text)
    safe = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", safe)
    safe = re.sub(r"(?<!\*)\*(?!\*)(.+?)\*", r'<em class="mark">\1</em>', safe)
    safe = re.sub(r"([^\s<>]*)\s*(?<!\\)\[(\d+)\]", lambda m: f'<span class="keep">{m.group(1)}\N{NO-BREAK SPACE}{link(m.group(2))}</span>', safe)
    return safe.replace("\\[", "[").replace("\\]", "]")


def whose(citation: Citation | None, language: str) -> str:
    """Whose rule a citation quotes, or which document."""
    if citation is None:
        return ""
    return messages.authority(citation.authority, language) if citation.authority else citation.document


def _whose(answer: Answer) -> str:
    """Badges: the day asked about if it is not today, the authorities of an answer, and since when its first rule holds."""
    tongue = spoken(answer.language)
    then = "" if answer.as_of == date.today() else f"{word('date', tongue)} {written(answer.as_of, tongue)}"
    day = f'<span class="badge old">{html.escape(then)}</span>' if then else ""
    if not answer.citations or answer.status == "needs_region":
        return day
    authorities = dict.fromkeys(c.authority for c in answer.citations if c.authority)
    badges = [f'<span class="badge {a}">{html.escape(messages.authority(a, answer.language))}</span>' for a in authorities]
    first = answer.citations[0]
    if first.valid_from and not first.valid_to and first.valid_from <= answer.as_of:
        since = SINCE[tongue].format(written(first.valid_from, answer.language))
        badges.append(f'<span class="badge quiet">{html.escape(since)}</span>')
    return "".join(badges) + day


SINCE = {"en": "in force since {}", "fr": "en vigueur depuis le {}", "nl": "van kracht sinds {}", "de": "in Kraft seit {}"}


def contacts_html(contacts: tuple[Contact, ...], language: str) -> str:
    """The bodies to turn to, with their sites."""
    if not contacts:
        return ""
    items = "".join(
        f'<li><a href="{html.escape(c.url)}" target="_blank" rel="noopener noreferrer">{html.escape(_own_name(c.name, language))}</a>'
        f"<span>{html.escape(c.does)}</span></li>"
        for c in contacts
    )
    return f'<div class="contacts"><p>{html.escape(messages.say("contacts", language))}</p><ul>{items}</ul></div>'


def _own_name(name: str, language: str) -> str:
    """Of a name in four languages ("English / French / Dutch / German"), the reader's; other names as they are."""
    parts = name.split(" / ")
    return parts[("en", "fr", "nl", "de").index(language)] if len(parts) == 4 else name


def question_html(text: str) -> str:
    """What a reader typed, as plain text."""
    return f'<h2 class="asked" dir="auto">{html.escape(text).replace(chr(10), "<br>")}</h2>'


def _edit(reader: str) -> str:
    label = html.escape(word("edit", reader))
    return f'<button type="button" class="quiet icon" data-do="edit" aria-label="{label}" title="{label}">{shape("edit")}</button>'


def _regions(e: Exchange) -> str:
    """The regions to choose from where the answer asks for one: pressing one asks for it."""
    answer = e.leading
    if answer.status != "needs_region":
        return ""
    return '<div class="next regions">' + "".join(_asks(messages.authority(r, answer.language)) for r in REGIONS) + "</div>"


def _related(e: Exchange, reader: str) -> str:
    """Related questions: pressing one asks it."""
    answer = e.leading
    if answer.status == "needs_region" or not answer.follow_ups:
        return ""
    asks = "".join(_asks(q) for q in answer.follow_ups)
    return f'<div class="next"><p>{html.escape(word("follow_ups", reader))}</p>{asks}</div>'


def _asks(question: str) -> str:
    return f'<button type="button" class="suggestion" data-do="ask" dir="auto">{html.escape(question)}</button>'


def _understood(e: Exchange, reader: str) -> str:
    """Region and day as understood, each to be corrected in place."""
    answer = e.ruled
    if answer is None:
        return ""
    chosen = answer.regions[0] if len(answer.regions) == 1 else ""
    options = "".join(
        f'<option value="{r}"{" selected" if r == chosen else ""}>'
        f"{html.escape(messages.authority(r, reader) if r else _several(answer.regions, reader))}</option>"
        for r in ("", *REGIONS)
    )
    why = {"choice": "from_choice", "question": "from_question", "earlier": "from_earlier"}
    region_why = _because(word(why[e.origin["region"]], reader)) if e.origin.get("region") in why else ""
    day_why = _because(word(why[e.origin["day"]], reader)) if e.origin.get("day") in why else ""
    number = e.number
    return (
        f'<div class="understood"><span>{html.escape(word("understood", reader))}</span>'
        f'<span class="pair"><select id="again-region-{number}" data-do="again" data-what="region" data-turn="{number}" '
        f'aria-label="{html.escape(word("correct_region", reader))}">{options}</select>{region_why}</span>'
        f'<span class="pair"><input type="date" id="again-day-{number}" data-do="again" data-what="day" data-turn="{number}" '
        f'min="1950-01-01" value="{answer.as_of.isoformat()}" aria-label="{html.escape(word("correct_date", reader))}">{day_why}</span></div>'
    )


def _several(regions: Sequence[str], reader: str) -> str:
    return ", ".join(messages.authority(r, reader) for r in regions) if len(regions) > 1 else word("all_regions", reader)


def _because(text: str) -> str:
    return f"<small>{html.escape(text)}</small>"


def _actions(e: Exchange, reader: str) -> str:
    n = e.number

    def button(key: str, do: str, drawn: str = "", **data: object) -> str:
        extra = "".join(f' data-{name}="{html.escape(str(value))}"' for name, value in data.items())
        return f'<button type="button" data-do="{do}" data-turn="{n}"{extra}>{drawn}{html.escape(word(key, reader))}</button>'

    def menu(key: str, inside: str, kind: str = "") -> str:
        return (
            f'<details class="menu{kind}"><summary>{shape(key)}{html.escape(word(key, reader))}</summary><div>{inside}</div></details>'
        )

    day = (
        f'<label>{html.escape(word("day", reader))}<input type="date" id="then-{n}" min="1950-01-01" value="{e.leading.as_of.year - 5}-01-01"></label>'
    )
    why = f'<label>{html.escape(word("why", reader))}<input type="text" maxlength="400" id="why-{n}"></label>'
    regional = e.ruled is not None and e.ruled.status != "declined"
    parts = (
        button("copy", "copy", shape("copy")),
        "" if e.own else button("link", "link", shape("link")),
        menu("comparing", button("compare", "compare") + "<hr>" + day + button("then", "then")) if regional else "",
        menu("note", button("as_docx", "note", kind="docx") + button("as_markdown", "note", kind="md") + button("print", "print")),
        menu(
            "helpful",
            f'{why}<span class="pair">{button("yes", "opinion", helpful="yes")}{button("no", "opinion", helpful="no")}</span>'
            f"<small>{html.escape(word('keep', reader))}</small>",
            " opinion",
        ),
    )
    return f'<div class="actions" role="group" aria-label="{html.escape(word("actions", reader))}">{"".join(parts)}</div>'


def table_html(table: Table, turn: int, place: int, reader: str) -> str:
    """Answers side by side, one row a region or a day; their markers open passages as everywhere."""
    rows = []
    for row, (heading, answer) in enumerate(table.rows):
        name = messages.authority(heading, reader) if table.kind == "by_region" else written(date.fromisoformat(heading), reader)
        text = body_html(answer, f"{turn}t{place}r{row}") if answer.citations else f"<p>{html.escape(word('no_answer', reader))}</p>"
        status = (
            ""
            if answer.status == "answered"
            else f'<span class="status {answer.status}">{shape(answer.status)}<span>{STATUS[answer.status][spoken(answer.language)]}</span></span>'
        )
        rows.append(f'<tr><th scope="row">{html.escape(name)}</th><td lang="{answer.language}">{status}{text}</td></tr>')
    first = word("region" if table.kind == "by_region" else "day", reader)
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{html.escape(word(table.kind, reader))}"><table>'
        f"<caption>{html.escape(word(table.kind, reader))}</caption><thead><tr>"
        f'<th scope="col">{html.escape(first)}</th><th scope="col">{html.escape(word("answer", reader))}</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
