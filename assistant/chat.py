"""What the chat shows: answers and sources as HTML, in the reader's language. Plain functions, no Gradio.

Every text that comes from a question, a document or a source is escaped here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import timedelta

from . import messages
from .dates import written
from .records import Answer, Citation, Contact, Document, Section

LABELS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Belgian Integration Assistant",
        "lead": "Ask about integration, nationality, family and residence in Belgium. Every sentence of an answer is cited.",
        "question": "Your question",
        "placeholder": "For example: What does the integration course cost in Ghent?",
        "send": "Ask",
        "clear": "Clear conversation",
        "language": "Language of the answer",
        "same": "As the question",
        "region": "Where you live",
        "unknown": "Not chosen",
        "date": "Rules as of (YYYY-MM-DD, empty = today)",
        "sources": "Sources",
        "no_sources": "The passages behind an answer appear here. Press a number in an answer to go to its passage.",
        "newcomer": "For newcomers",
        "caseworker": "For caseworkers",
        "researcher": "For researchers",
        "preparing": "Preparing the texts. This happens once and takes a few seconds …",
        "searching": "Searching the texts …",
        "failed": "That did not work:",
        "privacy": "Nothing you type is stored. Texts and answers stay on this machine.",
        "settings": "Region, date, language",
    },
    "fr": {
        "title": "Assistant belge de l'intégration",
        "lead": "Posez vos questions sur l'intégration, la nationalité, la famille et le séjour en Belgique. Chaque phrase d'une "
        "réponse est sourcée.",
        "question": "Votre question",
        "placeholder": "Par exemple : Combien coûte le parcours d'intégration à Liège ?",
        "send": "Demander",
        "clear": "Effacer la conversation",
        "language": "Langue de la réponse",
        "same": "Celle de la question",
        "region": "Où vous habitez",
        "unknown": "Non choisi",
        "date": "Règles au (AAAA-MM-JJ, vide = aujourd'hui)",
        "sources": "Sources",
        "no_sources": "Les passages qui fondent une réponse apparaissent ici. Appuyez sur un numéro dans une réponse pour voir son "
        "passage.",
        "newcomer": "Pour les nouveaux arrivants",
        "caseworker": "Pour les travailleurs sociaux",
        "researcher": "Pour les chercheurs",
        "preparing": "Préparation des textes. Cela se fait une seule fois et prend quelques secondes …",
        "searching": "Recherche dans les textes …",
        "failed": "Cela n'a pas fonctionné :",
        "privacy": "Rien de ce que vous tapez n'est conservé. Textes et réponses restent sur cette machine.",
        "settings": "Région, date, langue",
    },
    "nl": {
        "title": "Belgische integratie-assistent",
        "lead": "Stel vragen over inburgering, nationaliteit, gezin en verblijf in België. Elke zin van een antwoord heeft een bron.",
        "question": "Uw vraag",
        "placeholder": "Bijvoorbeeld: Wat kost het inburgeringstraject in Gent?",
        "send": "Vragen",
        "clear": "Gesprek wissen",
        "language": "Taal van het antwoord",
        "same": "Zoals de vraag",
        "region": "Waar u woont",
        "unknown": "Niet gekozen",
        "date": "Regels op (JJJJ-MM-DD, leeg = vandaag)",
        "sources": "Bronnen",
        "no_sources": "De passages achter een antwoord verschijnen hier. Druk op een nummer in een antwoord om naar de passage te gaan.",
        "newcomer": "Voor nieuwkomers",
        "caseworker": "Voor maatschappelijk werkers",
        "researcher": "Voor onderzoekers",
        "preparing": "De teksten worden voorbereid. Dat gebeurt één keer en duurt enkele seconden …",
        "searching": "De teksten worden doorzocht …",
        "failed": "Dat lukte niet:",
        "privacy": "Niets van wat u typt wordt bewaard. Teksten en antwoorden blijven op deze machine.",
        "settings": "Gewest, datum, taal",
    },
    "de": {
        "title": "Belgischer Integrationsassistent",
        "lead": "Fragen Sie zu Integration, Staatsangehörigkeit, Familie und Aufenthalt in Belgien. Jeder Satz einer Antwort ist "
        "belegt.",
        "question": "Ihre Frage",
        "placeholder": "Zum Beispiel: Was kostet der Integrationskurs in Eupen?",
        "send": "Fragen",
        "clear": "Gespräch löschen",
        "language": "Sprache der Antwort",
        "same": "Wie die Frage",
        "region": "Wo Sie wohnen",
        "unknown": "Nicht gewählt",
        "date": "Regeln am (JJJJ-MM-TT, leer = heute)",
        "sources": "Quellen",
        "no_sources": "Die Textstellen hinter einer Antwort erscheinen hier. Mit einer Nummer in der Antwort gelangen Sie zur "
        "Textstelle.",
        "newcomer": "Für Neuankömmlinge",
        "caseworker": "Für Fachkräfte",
        "researcher": "Für Forschende",
        "preparing": "Die Texte werden vorbereitet. Das geschieht einmal und dauert einige Sekunden …",
        "searching": "Die Texte werden durchsucht …",
        "failed": "Das hat nicht geklappt:",
        "privacy": "Nichts, was Sie eingeben, wird gespeichert. Texte und Antworten bleiben auf diesem Gerät.",
        "settings": "Region, Datum, Sprache",
    },
}

PASSAGE: dict[str, dict[str, str]] = {
    "en": {"since": "in force since {}", "until": "in force until {}", "observed": "data of {}", "source": "Our summary of",
           "dated": "source dated", "original": "quoted as ingested"},
    "fr": {"since": "en vigueur depuis le {}", "until": "en vigueur jusqu'au {}", "observed": "données de {}",
           "source": "Notre résumé de", "dated": "source datée", "original": "cité tel qu'ajouté"},
    "nl": {"since": "van kracht sinds {}", "until": "van kracht tot {}", "observed": "gegevens van {}",
           "source": "Onze samenvatting van", "dated": "bron van", "original": "geciteerd zoals toegevoegd"},
    "de": {"since": "in Kraft seit {}", "until": "in Kraft bis {}", "observed": "Daten von {}",
           "source": "Unsere Zusammenfassung von", "dated": "Quelle vom", "original": "wie hinzugefügt zitiert"},
}  # fmt: skip

STATUS: dict[str, dict[str, str]] = {
    "answered": {"en": "Answered", "fr": "Réponse", "nl": "Antwoord", "de": "Antwort"},
    "partial": {"en": "Answered in part", "fr": "Réponse partielle", "nl": "Gedeeltelijk antwoord", "de": "Teilweise beantwortet"},
    "needs_region": {"en": "Which region?", "fr": "Quelle région ?", "nl": "Welk gewest?", "de": "Welche Region?"},
    "not_found": {"en": "Not in the texts", "fr": "Pas dans les textes", "nl": "Niet in de teksten", "de": "Nicht in den Texten"},
    "declined": {"en": "Not for this assistant", "fr": "Hors du champ de l'assistant", "nl": "Niet voor deze assistent",
                 "de": "Nicht für diesen Assistenten"},
}  # fmt: skip
_SIGNS = {"answered": "●", "partial": "◐", "needs_region": "?", "not_found": "○", "declined": "–"}

EXAMPLES: dict[str, list[str]] = {
    "newcomer": [
        "What does the integration course cost in Flanders?",
        "Combien de temps dois-je vivre en Belgique pour devenir belge ?",
        "Moet ik in Brussel een inburgeringstraject volgen?",
        "Ist der Integrationskurs in Eupen kostenlos?",
    ],
    "caseworker": [
        "Which proofs of social integration count for a nationality declaration after 5 years?",
        "Quel est le délai pour suivre le parcours d'intégration en Wallonie ?",
        "Hoelang heeft een erkend vluchteling om gezinshereniging zonder inkomensvoorwaarde aan te vragen?",
    ],
    "researcher": [
        "Welke score gaf MIPEX aan België?",
        "How does MIPEX rate family reunification in Belgium?",
        "Wie hat sich die Gebühr für die belgische Staatsangehörigkeit verändert?",
    ],
}


def anchor(turn: int, number: int) -> str:
    """The id of a passage in the sources panel."""
    return f"passage-{turn}-{number}"


def answer_html(answer: Answer, turn: int) -> str:
    """An answer for the chat: its status, its text with links to passages, and who to turn to."""
    body = []
    for block in answer.answer.split("\n\n"):
        lines = block.split("\n")
        if all(line.startswith("- ") for line in lines):
            body.append("<ul>" + "".join(f"<li>{_inline(line[2:], turn)}</li>" for line in lines) + "</ul>")
        else:
            body.append(f"<p>{_inline(' '.join(lines), turn)}</p>")
    contacts = contacts_html(answer.contacts, answer.language)
    return (
        f'<div class="answer" lang="{answer.language}"><span class="status {answer.status}">'
        f'<span aria-hidden="true">{_SIGNS[answer.status]}</span> {STATUS[answer.status][answer.language]}</span>'
        f"{''.join(body)}{contacts}</div>"
    )


def _inline(text: str, turn: int) -> str:
    safe = html.escape(text)
    safe = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", safe)
    safe = re.sub(r"(?<!\*)\*(?!\*)(.+?)\*", r"<em>\1</em>", safe)
    safe = re.sub(
        r"(?<!\\)\[(\d+)\]",
        lambda m: f'<a class="cite" href="#{anchor(turn, int(m.group(1)))}">{m.group(1)}</a>',
        safe,
    )
    return safe.replace("\\[", "[").replace("\\]", "]")


def contacts_html(contacts: tuple[Contact, ...], language: str) -> str:
    """The bodies to turn to, with their sites."""
    if not contacts:
        return ""
    items = "".join(
        f'<li><a href="{html.escape(c.url)}" target="_blank" rel="noopener noreferrer">{html.escape(c.name)}</a>: '
        f"{html.escape(c.does)}</li>"
        for c in contacts
    )
    return f"<p>{html.escape(messages.say('contacts', language))}</p><ul>{items}</ul>"


def question_html(text: str) -> str:
    """What a reader typed, as plain text: no Markdown, no HTML."""
    plain = "".join(f"&#{ord(c)};" if c in "&<>\"'\\`*_{}[]()#+-.!|~$:/@" else c for c in text)
    return f'<div class="asked" dir="auto">{plain.replace(chr(10), "<br>")}</div>'


def error_html(message: str, language: str) -> str:
    """A failure as a person should read it."""
    label = LABELS.get(language, LABELS["en"])["failed"]
    return f'<div class="answer failed"><span class="status failed">! {html.escape(label)}</span><p>{html.escape(message)}</p></div>'


def notice_html(text: str) -> str:
    """A passing state: what is being done."""
    return f'<p class="notice" role="status">{html.escape(text)}</p>'


def sources_html(answer: Answer, documents: Mapping[str, Document], turn: int, source_dates: Mapping[str, str]) -> str:
    """The passages behind one answer, one card a section, with the cited words marked and numbered."""
    if not answer.citations:
        return ""
    grouped: dict[tuple[str, str], list[Citation]] = {}
    for citation in answer.citations:
        grouped.setdefault((citation.document, citation.section), []).append(citation)
    cards = []
    for (id, name), citations in grouped.items():
        document = documents[id]
        section = next(s for s in document.sections if s.id == name)
        cards.append(_card(citations, document, section, turn, source_dates, answer.language))
    return f'<section class="turn"><h3>{html.escape(answer.question[:140])}</h3>{"".join(cards)}</section>'


def _card(
    citations: list[Citation], document: Document, section: Section, turn: int, source_dates: Mapping[str, str], language: str
) -> str:
    words, first = PASSAGE[language], citations[0]
    badges = []
    if first.authority:
        badges.append(f'<span class="badge">{html.escape(messages.authority(first.authority, language))}</span>')
    if section.observed:
        badges.append(f'<span class="badge quiet">{html.escape(words["observed"].format(section.observed))}</span>')
    if first.valid_from:
        badges.append(f'<span class="badge quiet">{words["since"].format(written(first.valid_from, language))}</span>')
    if first.valid_to:
        last = first.valid_to - timedelta(days=1)
        badges.append(f'<span class="badge old">{words["until"].format(written(last, language))}</span>')
    if first.title:
        link = html.escape(first.title)
        if first.url:
            link = f'<a href="{html.escape(first.url)}" target="_blank" rel="noopener noreferrer">{link}</a>'
        when = source_dates.get(first.sources[0], "") if first.sources else ""
        tail = f" ({html.escape(words['dated'])} {html.escape(when)})" if when else ""
        origin = f"{words['source']} {html.escape(first.publisher or '')}: {link}{tail}"
    else:
        origin = f"{html.escape(document.id)} · {html.escape(words['original'])}"
    return (
        f'<article class="passage" lang="{html.escape(document.language)}">'
        f"<h4>{html.escape(section.heading or document.title)}</h4>"
        f"<p>{' '.join(badges)}</p><blockquote>{passage_html(document, section, citations, turn)}</blockquote>"
        f'<p class="origin" lang="{language}">{origin}</p></article>'
    )


def passage_html(document: Document, section: Section, citations: list[Citation], turn: int, around: int = 1_500) -> str:
    """The text of a section with the cited words marked; long sections are cut around them."""
    cited = sorted(citations, key=lambda c: c.start)
    start, end = section.start, section.end
    heading = next((s for s in section.sentences if s.heading), None)
    if heading and cited[0].start > heading.end:
        start = heading.end
    if cited[0].start - start > around:
        start = next((s.start for s in section.sentences if s.start >= cited[0].start - around), cited[0].start)
    if end - cited[-1].end > around:
        end = next((s.end for s in reversed(section.sentences) if s.end <= cited[-1].end + around), cited[-1].end)
    parts, at = [], start
    for c in cited:
        parts.append(html.escape(document.text[at : c.start]))
        parts.append(
            f'<mark id="{anchor(turn, c.number)}" tabindex="-1"><sup>{c.number}</sup>'
            f"{html.escape(document.text[c.start : c.end])}</mark>"
        )
        at = c.end
    parts.append(html.escape(document.text[at:end]))
    return re.sub(r"\n+", "<br>", "".join(parts).strip())
