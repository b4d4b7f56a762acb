"""Passing an answer on: as text to paste, as a case note in Markdown or DOCX, as a link, as an evaluation case.

Plain functions, no Gradio; files are bytes in memory, never on disk.
"""

from __future__ import annotations

import hashlib
import html
import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from .. import messages
from ..dates import written
from ..records import Answer, Citation, Source
from .answers import PARTS, STATUS, whose
from .passages import PASSAGE, source_date
from .turns import Exchange
from .words import spoken, word

# A line of a note: (style, text). Styles: title, heading, text, quote, item, and row: two cells with a tab between them.
Line = tuple[str, str]
MIME = {
    "md": "text/markdown;charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def said(answer: Answer) -> str:
    """The answer as plain text with its markers."""
    text = re.sub(r"\*{1,2}(?=\S)(.+?)(?<=\S)\*{1,2}", r"\1", answer.answer)
    return text.replace("\\[", "[").replace("\\]", "]")


def cited(citation: Citation, sources: Mapping[str, Source], language: str) -> str:
    """One citation's origin on one line: whose, "our summary of", publisher, title, date, address."""
    parts = [f"[{citation.number}] {whose(citation, language)}"]
    named = [sources[id] for id in citation.sources if id in sources]
    for source in named:
        day = source_date(source.date, language)
        parts.append(f"{source.publisher}, {source.title}{f' ({day})' if day else ''}{f', {source.url}' if source.url else ''}")
    if not named:
        return parts[0]
    words = PASSAGE[language]
    origin = words["itself"].format(written(citation.fetched, language)) if citation.fetched else words["source"]
    since = f"; {words['changed'].format(written(citation.changed, language))}" if citation.changed else ""
    return f"{parts[0]}: {origin[:1].lower()}{origin[1:]} {'; '.join(parts[1:])}{since}"


def _parts(exchange: Exchange, language: str) -> list[tuple[str, Answer]]:
    """The answers, each with its heading; an answer that stands alone has none."""
    headings = [word(key, language) for key in PARTS] if exchange.texts else [""]
    return list(zip(headings, exchange.answers, strict=True))


def copy_text(exchange: Exchange, sources: Mapping[str, Source]) -> str:
    """What "copy with sources" puts on the clipboard: the paragraph, its sources, the day and the texts' version."""
    answer, tongue = exchange.leading, spoken(exchange.leading.language)
    lines = []
    for heading, part in _parts(exchange, tongue):
        lines += [heading, said(part), ""] if heading else [said(part), ""]
    lines += [cited(c, sources, tongue) for part in exchange.answers for c in part.citations]
    lines += [f"{c.name}: {c.url}" for part in exchange.answers for c in part.contacts]
    lines.append(f"{word('title', tongue)}, {written(answer.as_of, tongue)}, {word('texts_version', tongue).lower()} {answer.corpus_version}")
    return "\n".join(lines).strip()


def link(exchange: Exchange) -> str:
    """The query string that reproduces question, region, day and language of an exchange."""
    answer = exchange.answer
    given = {
        "q": exchange.typed,
        "region": answer.regions[0] if len(answer.regions) == 1 else "",
        "date": answer.as_of.isoformat(),
        "answer": exchange.asked.language or "",
    }
    return "?" + urlencode({key: value for key, value in given.items() if value})


def carried_html(exchange: Exchange, sources: Mapping[str, Source]) -> str:
    """What the page keeps unseen beside an exchange, for its copy buttons."""
    copy, address = html.escape(copy_text(exchange, sources)), html.escape(link(exchange))
    return f'<pre class="copy" hidden>{copy}</pre><span class="link" hidden>{address}</span>'


def note(exchange: Exchange, sources: Mapping[str, Source], today: date) -> list[Line]:
    """The case note: question, facts given, date, answer, quoted passages, sources, version of the texts."""
    answer, tongue = exchange.leading, spoken(exchange.leading.language)
    regions = ", ".join(messages.authority(r, tongue) for r in answer.regions) or word("all_regions", tongue)
    lines: list[Line] = [
        ("title", word("note", tongue)),
        ("heading", word("question", tongue)),
        ("text", exchange.typed),
        ("heading", word("facts", tongue)),
        ("item", f"{word('region', tongue)}: {regions}"),
        ("item", f"{word('date', tongue)}: {written(answer.as_of, tongue)}"),
        ("item", f"{word('asked_on', tongue)}: {written(today, tongue)}"),
    ]
    for heading, part in _parts(exchange, tongue):
        lines.append(("heading", f"{heading or word('answer', tongue)} ({STATUS[part.status][tongue]})"))
        for line in said(part).splitlines():
            if line.strip() and not set(line) <= set("|-"):
                lines.append(("item", line[2:]) if line.startswith("- ") else ("text", line))
        lines += [("text", part.note)] if part.note else []
        lines += [("item", f"{c.name}: {c.does} {c.url}") for c in part.contacts]
    for table in exchange.tables:
        lines.append(("heading", word(table.kind, tongue)))
        lines.append(("row", f"{word('region' if table.kind == 'by_region' else 'day', tongue)}\t{word('answer', tongue)}"))
        for heading, row in table.rows:
            name = messages.authority(heading, tongue) if table.kind == "by_region" else written(date.fromisoformat(heading), tongue)
            quotes = " ".join(" ".join(c.quote.split()) for c in row.citations)
            lines.append(("row", f"{name}\t{quotes or word('no_answer', tongue)}"))
    if citations := [c for part in exchange.answers for c in part.citations]:
        lines.append(("heading", word("quoted", tongue)))
        lines += [("quote", f"[{c.number}] {' '.join(c.quote.split())}") for c in citations]
        lines.append(("heading", word("sources", tongue)))
        lines += [("item", cited(c, sources, tongue)) for c in citations]
    known = f" ({written(date.fromisoformat(answer.known_until), tongue)})" if answer.known_until else ""
    lines.append(("text", f"{word('texts_version', tongue)}: {answer.corpus_version}{known}. {word('advice', tongue)}"))
    return lines


def markdown(lines: list[Line]) -> bytes:
    """A note as Markdown, UTF-8; what was typed or quoted cannot turn into markup."""
    begin = {"title": "# ", "heading": "## ", "text": "", "quote": "> ", "item": "- ", "row": "| "}
    blocks = []
    before = ""
    for style, text in lines:
        safe = [re.sub(r"([\\`*_<>|#])", r"\\\1", " ".join(cell.split())) for cell in text.split("\t")]
        line = begin[style] + (" | ".join(safe) + " |" if style == "row" else " ".join(safe))
        goes_on = style == before and style in ("item", "row")
        blocks.append(line if goes_on else f"\n{line}\n| --- | --- |" if style == "row" else f"\n{line}")
        before = style
    return ("\n".join(blocks).strip() + "\n").encode()


def docx(lines: list[Line]) -> bytes:
    """A note as a Word document."""
    from docx import Document as Paper

    paper = Paper()
    paper.core_properties.author, paper.core_properties.title = "", lines[0][1]
    styles = {"title": "Title", "heading": "Heading 2", "text": "Normal", "quote": "Quote", "item": "List Bullet"}
    table, before = None, ""
    for style, text in lines:
        cells = ["".join(c for c in cell if c.isprintable()) for cell in text.split("\t")]
        if style == "row":
            table = table if table and before == "row" else paper.add_table(0, 2, style="Table Grid")
            for cell, said_there in zip(table.add_row().cells, cells, strict=True):
                cell.text = said_there
        else:
            paper.add_paragraph(" ".join(cells), style=styles[style])
        before = style
    buffer = io.BytesIO()
    paper.save(buffer)
    return buffer.getvalue()


def file(exchange: Exchange, kind: str, sources: Mapping[str, Source], today: date) -> tuple[str, str, bytes]:
    """Name, MIME type and bytes of a case note; `kind` is `md` or `docx`."""
    lines = note(exchange, sources, today)
    return f"note-{today.isoformat()}-{exchange.number}.{kind}", MIME[kind], docx(lines) if kind == "docx" else markdown(lines)


def opinion(exchange: Exchange, helpful: bool, why: str) -> dict[str, Any]:
    """An opinion in the form of an evaluation case, to be completed by whoever adds it to `evals/cases`."""
    answer = exchange.answer
    sections = dict.fromkeys(f"{c.document.removesuffix('.' + c.language)}#{c.section}" for c in answer.citations if c.authority)
    case: dict[str, Any] = {
        "id": "opinion-" + hashlib.sha256(f"{exchange.typed}{answer.as_of}{why}".encode()).hexdigest()[:10],
        "question": exchange.typed,
        "language": answer.language,
        "regions": list(answer.regions),
        "as_of": answer.as_of.isoformat(),
        "type": "opinion",
        "topic": "unknown",
        "expect": [answer.status],
        "split": "dev",
        "notes": f"{'helpful' if helpful else 'not helpful'}{f': {why}' if why else ''}; texts {answer.corpus_version}",
    }
    if helpful and sections:
        case["gold"] = list(sections)
    return case
