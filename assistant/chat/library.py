"""The texts themselves, to browse, search and read: HTML from the corpus. Plain functions, no Gradio.

Every text that comes from a document or a source is escaped here.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from .. import messages
from ..dates import parse, written
from ..records import AUTHORITIES, LANGUAGES, Document, Source
from .page import LANGUAGE_NAMES
from .passages import badges_html, lines_html, origin_html, versions_html
from .words import word

Topics = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. Empty means: any; `language` is that of the texts."""

    find: str = ""
    topic: str = ""
    authority: str = ""
    language: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any], reader: str) -> Wanted:
        """From what the page sent."""
        language = str(data.get("language") or "")
        return cls(
            find=str(data.get("find") or "").strip()[:400],
            topic=str(data.get("topic") or ""),
            authority=str(data.get("authority") or ""),
            language=language if language in LANGUAGES else reader,
        )

    def holds(self, document: Document) -> bool:
        """Whether a document has the topic, authority and language that are wanted."""
        return (
            document.authority is not None
            and document.language == self.language
            and self.topic in ("", document.topic)
            and self.authority in ("", document.authority)
        )


def library_html(
    documents: Iterable[Document], topics: Topics, wanted: Wanted, found: Sequence[Mapping[str, Any]], today: date, reader: str
) -> str:
    """The texts by topic, or, where words are looked for, the `found` passages."""
    kept = {d.id: d for d in documents if wanted.holds(d)}
    body = _found_html(kept, found, today, reader) if wanted.find else _shelves_html(kept.values(), topics, reader)
    if not body:
        body = f'<p class="empty">{html.escape(word("nothing", reader))}</p>'
    return (
        f'<div class="library"><h2>{html.escape(word("texts", reader))}</h2><p class="lead">{html.escape(word("texts_lead", reader))}</p>'
        f"{_filters_html(topics, wanted, reader)}{body}</div>"
    )


def _filters_html(topics: Topics, wanted: Wanted, reader: str) -> str:
    def choice(id: str, key: str, options: Iterable[tuple[str, str]], chosen: str) -> str:
        made = "".join(
            f'<option value="{html.escape(value)}"{" selected" if value == chosen else ""}>{html.escape(shown)}</option>'
            for value, shown in options
        )
        return f'<label>{html.escape(word(key, reader))}<select id="{id}" data-do="browse">{made}</select></label>'

    named = sorted(((id, names.get(reader, id)) for id, names in topics.items()), key=lambda pair: pair[1])
    return (
        f'<div class="filters" role="search"><label class="wide">{html.escape(word("find", reader))}<input id="find" type="search" '
        f'data-do="browse" maxlength="400" value="{html.escape(wanted.find)}"></label>'
        + choice("topic", "topic", [("", word("all_topics", reader)), *named], wanted.topic)
        + choice(
            "authority",
            "authority",
            [("", word("all_authorities", reader)), *((a, messages.authority(a, reader)) for a in AUTHORITIES)],
            wanted.authority,
        )
        + choice("text-language", "text_language", LANGUAGE_NAMES.items(), wanted.language)
        + "</div>"
    )


def _shelves_html(documents: Iterable[Document], topics: Topics, reader: str) -> str:
    shelves: dict[str, list[Document]] = {}
    for document in documents:
        shelves.setdefault(document.topic, []).append(document)
    parts = []
    for topic in [t for t in topics if t in shelves] + [t for t in shelves if t not in topics]:
        items = "".join(_entry_html(d, reader) for d in sorted(shelves[topic], key=lambda d: AUTHORITIES.index(d.authority or "federal")))
        name = topics.get(topic, {}).get(reader, topic)
        parts.append(f"<section><h3>{html.escape(name)}</h3><ul>{items}</ul></section>")
    return f'<div class="shelves">{"".join(parts)}</div>' if parts else ""


def _entry_html(document: Document, reader: str) -> str:
    facts = f"{word('sections', reader, n=len(document.sections))}, {word('reviewed', reader, date=_day(document.reviewed, reader))}"
    return (
        f'<li><a href="{html.escape(address(document))}" data-do="open" data-document="{html.escape(document.id)}" lang="{document.language}">'
        f"{html.escape(document.title)}</a>"
        f'<span><span class="badge {document.authority}">{html.escape(messages.authority(document.authority or "federal", reader))}</span> '
        f"{html.escape(facts)}</span></li>"
    )


def _found_html(documents: Mapping[str, Document], found: Sequence[Mapping[str, Any]], today: date, reader: str) -> str:
    items = []
    for result in found:
        document = documents.get(result["document"])
        section = next((s for s in document.sections if s.id == result["section"]), None) if document else None
        if document is None or section is None:
            continue
        lead = " ".join(document.text[t.start : t.end] for t in [t for t in section.sentences if not t.heading][:2])
        items.append(
            f'<li lang="{document.language}"><a href="{html.escape(address(document, section.id))}" data-do="open" '
            f'data-document="{html.escape(document.id)}" data-section="{html.escape(section.id)}">{html.escape(section.heading)}</a>'
            f'<span lang="{reader}">{badges_html(document, section, today, reader)}</span><p>{lines_html(html.escape(lead))}</p></li>'
        )
    return f'<ol class="found">{"".join(items)}</ol>' if items else ""


def document_html(
    document: Document, section: str, topics: Topics, sources: Mapping[str, Source], today: date, reader: str
) -> str:
    """A whole text: contents, then each section with its dates, sources and versions; `section` is where to arrive."""
    contents, parts = [], []
    for s in document.sections:
        title = html.escape(s.heading or document.title)
        contents.append(f'<li><a href="#section-{html.escape(s.id)}">{title}</a></li>')
        body = html.escape(document.text[(s.sentences[0].end if s.sentences and s.sentences[0].heading else s.start) : s.end])
        arrive = " data-arrive" if s.id == section else ""
        parts.append(
            f'<section class="passage{" here" if arrive else ""}" id="section-{html.escape(s.id)}" tabindex="-1"{arrive} '
            f'lang="{document.language}">'
            f'<h3>{title}</h3><p class="badges" lang="{reader}">{badges_html(document, s, today, reader)}</p><p>{lines_html(body)}</p>'
            f"{origin_html(document, s, sources, reader)}{versions_html(document, s, today, reader)}"
            f'<button type="button" class="quiet" lang="{reader}" data-do="section-link" data-link="{html.escape(address(document, s.id))}">'
            f"{html.escape(word('section_link', reader))}</button></section>"
        )
    topic = topics.get(document.topic, {}).get(reader, document.topic)
    top = "" if section else " data-arrive"
    return (
        f'<div class="document"><button type="button" class="quiet" data-do="back">← {html.escape(word("back", reader))}</button>'
        f'<h2 tabindex="-1" lang="{document.language}"{top}>{html.escape(document.title)}</h2>'
        f'<p class="lead"><span class="badge {document.authority}">{html.escape(messages.authority(document.authority or "federal", reader))}'
        f"</span> {html.escape(topic)}, {html.escape(word('reviewed', reader, date=_day(document.reviewed, reader)))}</p>"
        f'<details class="contents"><summary>{html.escape(word("contents", reader))} ({len(document.sections)})</summary>'
        f'<ol lang="{document.language}">{"".join(contents)}</ol></details>{"".join(parts)}</div>'
    )


def address(document: Document, section: str = "") -> str:
    """The query string that leads to a text, or to one of its sections."""
    return "?" + urlencode({"doc": document.id, **({"section": section} if section else {})}, safe="/")


def _day(noted: str, language: str) -> str:
    return written(parse(noted), language) if len(noted) == 10 else noted
