"""The passages behind answers: cards with the cited words marked, their dates, sources, and the rule's other versions.

Plain functions, no Gradio. Every text that comes from a document or a source is escaped here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from .. import messages
from ..dates import written
from ..records import Answer, Citation, Document, Section, Source
from .answers import SINCE, anchor
from .turns import Exchange
from .words import spoken, word

AROUND = 1_500

PASSAGE: dict[str, dict[str, str]] = {
    "en": {"until": "in force until {}", "from": "not yet in force, from {}", "observed": "data of {}", "source": "Our summary of",
           "dated": "source dated", "original": "quoted as given", "announced": "announced, not law", "history": "history",
           "comparison": "comparison", "gap": "looked for, not found", "page": "page {}", "itself": "The page itself, read on {}",
           "changed": "this page has changed: {}"},
    "fr": {"until": "en vigueur jusqu'au {}", "from": "pas encore en vigueur, à partir du {}", "observed": "données de {}",
           "source": "Notre résumé de", "dated": "source datée", "original": "cité tel que donné", "announced": "annoncé, pas une loi",
           "history": "historique", "comparison": "comparaison", "gap": "cherché, non trouvé", "page": "page {}",
           "itself": "La page elle-même, lue le {}", "changed": "cette page a changé : {}"},
    "nl": {"until": "van kracht tot {}", "from": "nog niet van kracht, vanaf {}", "observed": "gegevens van {}",
           "source": "Onze samenvatting van", "dated": "bron van", "original": "geciteerd zoals gegeven",
           "announced": "aangekondigd, geen wet", "history": "geschiedenis", "comparison": "vergelijking",
           "gap": "gezocht, niet gevonden", "page": "pagina {}", "itself": "De pagina zelf, gelezen op {}",
           "changed": "deze pagina is gewijzigd: {}"},
    "de": {"until": "in Kraft bis {}", "from": "noch nicht in Kraft, ab {}", "observed": "Daten von {}",
           "source": "Unsere Zusammenfassung von", "dated": "Quelle vom", "original": "wie gegeben zitiert",
           "announced": "angekündigt, kein Gesetz", "history": "Geschichte", "comparison": "Vergleich",
           "gap": "gesucht, nicht gefunden", "page": "Seite {}", "itself": "Die Seite selbst, gelesen am {}",
           "changed": "diese Seite hat sich geändert: {}"},
}  # fmt: skip


def panel_html(
    exchanges: Iterable[Exchange], documents: Mapping[str, Document], sources: Mapping[str, Source], today: date, reader: str
) -> str:
    """The passages of all answers, one group an exchange; the page shows the group of the answer being read."""
    groups = []
    for e in exchanges:
        cards = _cards(e.answer, e.number, {e.own.id: e.own} if e.own else documents, sources, today, reader)
        cards += _cards(e.texts, e.number, documents, sources, today, reader) if e.texts else []
        for place, table in enumerate(e.tables):
            for row, (_, answer) in enumerate(table.rows):
                cards += _cards(answer, f"{e.number}t{place}r{row}", documents, sources, today, reader)
        if cards:
            groups.append(f'<section class="turn" data-turn="{e.number}"><h3>{html.escape(e.typed[:140])}</h3>{"".join(cards)}</section>')
    return "".join(groups)


def _cards(
    answer: Answer, turn: int | str, documents: Mapping[str, Document], sources: Mapping[str, Source], today: date, reader: str
) -> list[str]:
    grouped: dict[tuple[str, str], list[Citation]] = {}
    for citation in answer.citations:
        grouped.setdefault((citation.document, citation.section), []).append(citation)
    cards = []
    for (id, name), citations in grouped.items():
        document = documents.get(id)
        section = next((s for s in document.sections if s.id == name), None) if document else None
        if document and section:
            cards.append(_card(citations, document, section, turn, sources, today, spoken(answer.language), reader))
    return cards


def _card(
    citations: list[Citation], document: Document, section: Section, turn: int | str, sources: Mapping[str, Source], today: date,
    language: str, reader: str,
) -> str:  # fmt: skip
    whole = (
        f'<button type="button" class="quiet" data-do="open" data-document="{html.escape(document.id)}" '
        f'data-section="{html.escape(section.id)}">{html.escape(word("whole", reader))}</button>'
        if document.authority
        else ""
    )
    return (
        f'<article class="passage" lang="{html.escape(document.language)}"><h4>{html.escape(section.heading or document.title)}</h4>'
        f'<p class="badges" lang="{language}">{badges_html(document, section, today, language)}</p>'
        f"<blockquote>{passage_html(document, section, citations, turn)}</blockquote>"
        f"{origin_html(document, section, sources, language, citations)}{versions_html(document, section, today, reader)}{whole}</article>"
    )


def badges_html(document: Document, section: Section, today: date, language: str) -> str:
    """Whose rule a section states, and when it holds."""
    words = PASSAGE[language]
    badges = []

    def badge(text: str, kind: str = "quiet") -> None:
        badges.append(f'<span class="badge {kind}">{html.escape(text)}</span>')

    if document.authority:
        badge(messages.authority(document.authority, language), document.authority)
    if section.kind in ("announced", "history", "comparison", "gap"):
        badge(words[section.kind], "old" if section.kind == "announced" else "quiet")
    if section.observed:
        badge(words["observed"].format(section.observed))
    if section.valid_from:
        form = words["from"] if section.valid_from > today else SINCE[language]
        badge(form.format(written(section.valid_from, language)), "old" if section.valid_from > today else "quiet")
    if section.valid_to:
        badge(words["until"].format(written(section.valid_to - timedelta(days=1), language)), "old" if section.valid_to <= today else "quiet")
    if section.page:
        badge(words["page"].format(section.page))
    return " ".join(badges)


def origin_html(
    document: Document, section: Section, sources: Mapping[str, Source], language: str, citations: Sequence[Citation] = ()
) -> str:
    """What a section rests on: "our summary of" each source with its link and date, or the page itself; ingested texts are quoted as given.

    `citations` say when a page was read, and that it has changed since our summary of it.
    """
    words = PASSAGE[language]
    named = [sources[id] for id in section.sources if id in sources]
    read, changed = (next((d for c in citations if (d := getattr(c, name))), None) for name in ("fetched", "changed"))
    if not (document.authority or document.original) or not named:
        return f'<p class="origin" lang="{language}">{html.escape(document.title)} · {html.escape(words["original"])}</p>'
    items = []
    for source in named:
        title = html.escape(source.title)
        if source.url:
            title = f'<a href="{html.escape(source.url)}" target="_blank" rel="noopener noreferrer">{title}</a>'
        day = source_date(source.date, language)
        when = f" ({html.escape(words['dated'])} {html.escape(day)})" if day else ""
        items.append(f"<li>{html.escape(source.publisher)}: {title}{when}</li>")
    whose = words["itself"].format(written(read, language)) if read else words["original" if document.original else "source"]
    since = f'<p class="hint">{html.escape(words["changed"].format(written(changed, language)))}</p>' if changed else ""
    return f'<div class="origin" lang="{language}"><p>{html.escape(whose)}</p><ul>{"".join(items)}</ul>{since}</div>'


def source_date(noted: str, language: str) -> str:
    """The day, month or year in a source's date note, in words if it is a day; "" if the note says that it is undated."""
    found = re.search(r"\b\d{4}(?:-\d{2}){0,2}\b", noted)
    if not found or noted.startswith(("undated", "older")):
        return ""
    return written(date.fromisoformat(found.group()), language) if len(found.group()) == 10 else found.group()


def versions(document: Document, section: Section) -> list[Section]:
    """The versions of a section's rule in its document, oldest first; fewer than two are none."""
    found = [s for s in document.sections if section.rule and s.rule == section.rule and s.kind in ("rule", "announced")]
    found.sort(key=lambda s: (s.valid_from or date.min, s.valid_to or date.max))
    return found if len(found) > 1 and any(s.valid_from or s.valid_to for s in found) else []


def versions_html(document: Document, section: Section, today: date, reader: str) -> str:
    """A rule's versions as a line of time, the present section marked."""
    found = versions(document, section)
    if not found:
        return ""
    items = []
    for s in found:
        state = "old" if s.valid_to and s.valid_to <= today else "new" if s.valid_from and s.valid_from > today else "now"
        lead = next((t for t in s.sentences if not t.heading), None)
        text = " ".join(document.text[lead.start : lead.end].split()) if lead else ""
        here = ' aria-current="true"' if s.id == section.id else ""
        items.append(
            f'<li class="{state}"{here}><b>{html.escape(span(s, reader))}</b><a href="#" data-do="open" data-document="{document.id}" '
            f'data-section="{s.id}">{html.escape(s.heading)}</a><p>{html.escape(text)}</p></li>'
        )
    return (
        f'<details class="versions"><summary lang="{reader}">{html.escape(word("versions", reader))} ({len(found)})</summary>'
        f"<ol>{''.join(items)}</ol></details>"
    )


def span(section: Section, language: str) -> str:
    """From when until when a section holds: "1 September 2023 –", "– 31 August 2023"."""
    if not section.valid_from and not section.valid_to:
        return word("always", language)
    start = written(section.valid_from, language) if section.valid_from else ""
    end = written(section.valid_to - timedelta(days=1), language) if section.valid_to else ""
    return f"{start} – {end}".strip()


def passage_html(document: Document, section: Section, citations: list[Citation], turn: int | str) -> str:
    """The text of a section with the cited words marked; long sections are cut around them."""
    cited = sorted(citations, key=lambda c: c.start)
    start, end = section.start, section.end
    heading = next((s for s in section.sentences if s.heading), None)
    if heading and cited[0].start > heading.end:
        start = heading.end
    if cited[0].start - start > AROUND:
        start = next((s.start for s in section.sentences if s.start >= cited[0].start - AROUND), cited[0].start)
    if end - cited[-1].end > AROUND:
        end = next((s.end for s in reversed(section.sentences) if s.end <= cited[-1].end + AROUND), cited[-1].end)
    parts, at = [], start
    for c in cited:
        parts.append(html.escape(document.text[at : c.start]))
        parts.append(
            f'<mark id="{anchor(turn, c.number)}" tabindex="-1"><sup>{c.number}</sup>{html.escape(document.text[c.start : c.end])}</mark>'
        )
        at = c.end
    parts.append(html.escape(document.text[at:end]))
    return lines_html("".join(parts))


def lines_html(safe: str) -> str:
    """Escaped text, each line a row of its own, and without the marks of Markdown emphasis; a marked sentence stays in one piece."""
    safe = re.sub(r"(?<!\w)([*_])(?=\S)([^*_\n]+?)(?<=\S)\1(?!\w)", r"<em>\2</em>", safe.strip())
    whole = re.sub(r"<mark.*?</mark>", lambda mark: mark.group().replace("\n", " "), safe, flags=re.DOTALL)
    return "".join(f'<span class="para">{line}</span>' for line in whole.split("\n") if line.strip())
