"""The still parts of the page: head, beginning, what holds for the asker, foot. Plain functions, no Gradio.

Their words carry `data-t`, so that `chat.js` shows them in the reader's language before anything is asked.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from .. import messages
from ..dates import written
from ..records import LANGUAGES, REGIONS
from .shapes import shape
from .turns import Context
from .words import tag, word

DATA = Path(__file__).parent.with_name("data")
STYLES = DATA / "chat.css"
LANGUAGE_NAMES = {"en": "English", "fr": "Français", "nl": "Nederlands", "de": "Deutsch"}
KINDS = ("newcomer", "caseworker", "researcher")

EXAMPLES: dict[str, dict[str, tuple[str, ...]]] = {
    "newcomer": {
        "en": ("What does the integration course cost in Flanders?", "How long must I live in Belgium to become Belgian?"),
        "fr": ("Le parcours d'intégration est-il obligatoire en Wallonie ?",
               "Combien de temps dois-je vivre en Belgique pour devenir belge ?"),
        "nl": ("Wat kost het inburgeringstraject in Vlaanderen?", "Hoelang moet ik in België wonen om Belg te worden?"),
        "de": ("Ist der Integrationskurs in Eupen kostenlos?", "Wie lange muss ich in Belgien leben, um Belgier zu werden?"),
    },
    "caseworker": {
        "en": ("Which proofs of social integration count for a nationality declaration after 5 years?",
               "What is the fine for not following the integration programme in Brussels?"),
        "fr": ("Quelles preuves d'intégration sociale comptent pour une déclaration de nationalité après 5 ans ?",
               "Le parcours d'intégration est-il gratuit à Bruxelles ?"),
        "nl": ("Welke bewijzen van maatschappelijke integratie gelden voor een nationaliteitsverklaring na 5 jaar?",
               "Hoelang heeft een erkend vluchteling om gezinshereniging zonder inkomensvoorwaarde aan te vragen?"),
        "de": ("Welche Nachweise der sozialen Integration zählen für eine Staatsangehörigkeitserklärung nach 5 Jahren?",
               "Wer muss in der Deutschsprachigen Gemeinschaft den Integrationsparcours machen?"),
    },
    "researcher": {
        "en": ("How does MIPEX rate family reunification in Belgium?", "What does the integration course cost?"),
        "fr": ("Quelle est la note de la Belgique au MIPEX ?", "Comment le droit pour la nationalité belge a-t-il changé ?"),
        "nl": ("Welke score gaf MIPEX aan België?", "Hoe is het registratierecht voor de Belgische nationaliteit veranderd?"),
        "de": ("Wie bewertet MIPEX die Familienzusammenführung in Belgien?",
               "Wie hat sich die Gebühr für die belgische Staatsangehörigkeit verändert?"),
    },
}  # fmt: skip

_MARK = (
    '<svg class="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><rect width="32" height="32" rx="8"/>'
    '<path d="M9 9.500h14M9 15h14M9 20.500h8"/><circle cx="22" cy="21" r="2.600"/></svg>'
).replace("500", "5").replace("600", "6")


def script() -> str:
    """What runs in the browser; reads its words from the `words` property of the component that carries it."""
    return (DATA / "chat.js").read_text(encoding="utf-8")


def early() -> str:
    """What must be known before the page is drawn: the language that a link or the reader has chosen, and the look.

    The styles stand here because Gradio would confine those of `css_paths` to the inside of its container.
    """
    styles = STYLES.read_text(encoding="utf-8")
    return (
        f'<style>{styles}</style><meta name="color-scheme" content="light dark"><script>(() => {{ const have = '
        + json.dumps(LANGUAGES)
        + """;
        const pick = [new URLSearchParams(location.search).get("lang"), localStorage.getItem("assistant-language"),
          ...navigator.languages].map(l => (l || "").slice(0, 2).toLowerCase()).find(l => have.includes(l)) || "en";
        document.documentElement.lang = pick;
        for (const [name, value] of [["language", pick], ["languages", [pick]]])
          Object.defineProperty(navigator, name, { get: () => value, configurable: true });
        const theme = localStorage.getItem("assistant-theme");
        const dark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
        document.documentElement.dataset.theme = dark ? "dark" : "light";
        })();</script>"""
    )


def head_html() -> str:
    """Name, parts of the page, language and light."""
    views = "".join(
        f'<button type="button" data-do="view" data-view="{view}"{" aria-current=page" if view == "ask" else ""}>{tag(view, "en")}</button>'
        for view in ("ask", "texts", "own")
    )
    languages = "".join(
        f'<button type="button" lang="{code}" data-do="language" data-language="{code}" aria-label="{LANGUAGE_NAMES[code]}">{code.upper()}'
        "</button>"
        for code in ("nl", "fr", "de", "en")
    )
    return (
        f'<a class="skip" href="#question" data-do="skip">{tag("skip", "en")}</a><div class="bar"><h1 id="title">{_MARK}{tag("title", "en")}</h1>'
        f'<nav data-t-label="views" aria-label="{word("views", "en")}">{views}</nav>'
        f'<div class="tools"><div class="languages" role="group" data-t-label="interface" aria-label="{word("interface", "en")}">{languages}</div>'
        f'<button type="button" class="theme" data-do="theme" data-t-label="theme" aria-label="{word("theme", "en")}">'
        '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" '
        'stroke-width="1.6"/><path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor"/></svg></button></div></div>'
    )


def hello_html() -> str:
    """What stands where answers will be: what this is."""
    return f'<div class="hello"><h2>{tag("hello", "en")}</h2><p>{tag("lead", "en")}</p></div>'


def examples_html() -> str:
    """Questions to begin with, for each kind of user and each language."""
    columns = []
    for kind in KINDS:
        asks = "".join(
            f'<button type="button" class="suggestion" lang="{code}" data-only="{code}" data-do="ask">{html.escape(question)}</button>'
            for code in LANGUAGES
            for question in EXAMPLES[kind][code]
        )
        columns.append(f'<section><h3>{tag(kind, "en")}</h3>{asks}</section>')
    return f'<div class="examples">{"".join(columns)}</div>'


def context_html(context: Context, note: str = "") -> str:
    """What holds for the asker: in one line that is always in sight, and behind it the fields to change it.

    The fields are a popover of the browser's own, which stays open while the server draws them again.
    """
    tongue = context.language
    return (
        f'<button type="button" class="context" popovertarget="choices">{_now_html(context)}</button>'
        f'<div id="choices" popover role="dialog" data-t-label="context" aria-label="{html.escape(word("context", tongue))}">'
        f"{_fields_html(context, note)}"
        f'<button type="button" class="quiet done" popovertarget="choices" popovertargetaction="hide">{tag("done", tongue)}</button></div>'
    )


def _now_html(context: Context) -> str:
    tongue = context.language
    where = (
        f'<b data-t-region="{context.region}">{html.escape(messages.authority(context.region, tongue))}</b>'
        if context.region
        else tag("choose_region", tongue)
    )
    try:
        day = f'<b>{html.escape(written(date.fromisoformat(context.day), tongue))}</b>' if context.day else tag("rules_today", tongue)
    except ValueError:  # refused when something is asked, with its reason
        day = f"<b>{html.escape(context.day)}</b>"
    answers = f'<b lang="{context.answer_in}">{LANGUAGE_NAMES[context.answer_in]}</b>' if context.answer_in else ""
    return (
        f'<span class="unseen">{tag("context", tongue)}</span><span class="fact">{shape("where")}{where}</span>'
        f'<span class="fact">{shape("when")}{day}</span>' + (f'<span class="fact">{shape("tongue")}{answers}</span>' if answers else "")
    )


def _fields_html(context: Context, note: str) -> str:
    tongue = context.language
    regions = "".join(
        f'<option value="{r}"{" selected" if r == context.region else ""}'
        + (f' data-t-region="{r}">{html.escape(messages.authority(r, tongue))}' if r else f' data-t="unknown">{word("unknown", tongue)}')
        + "</option>"
        for r in ("", *REGIONS)
    )
    languages = "".join(
        f'<option value="{code}"{" selected" if code == context.answer_in else ""}'
        + (f' lang="{code}">{LANGUAGE_NAMES[code]}' if code else f' data-t="same">{word("same", tongue)}')
        + "</option>"
        for code in ("", "nl", "fr", "de", "en")
    )

    def field(key: str, control: str) -> str:
        return f'<label>{tag(key, tongue)}{control}</label>'

    return (
        field("region", f'<select id="region" data-do="context" data-what="region">{regions}</select>')
        + field(
            "place",
            f'<input id="place" type="text" data-do="context" data-what="place" maxlength="80" autocomplete="off" '
            f'value="{html.escape(context.place)}" placeholder="Gent, Liège, Eupen …"'
            + (' aria-describedby="place-note"' if note else "")
            + ">",
        )
        + (f'<p id="place-note" class="hint" role="status">{html.escape(note)}</p>' if note else "")
        + field(
            "date",
            f'<input id="day" type="date" data-do="context" data-what="day" min="1950-01-01" '
            f'value="{html.escape(context.day or date.today().isoformat())}">',
        )
        + (f'<button type="button" class="quiet" data-do="today">{tag("today", tongue)}</button>' if context.day else "")
        + field("answer_in", f'<select id="answer-in" data-do="context" data-what="answer_in">{languages}</select>')
    )


def side_html() -> str:
    """The head of the panel with passages, and what it says while there are none."""
    return (
        f'<div class="side-head"><h2 tabindex="-1">{tag("passages", "en")}</h2>'
        f'<button type="button" class="quiet close" data-do="close">{tag("close", "en")}</button></div>'
        f'<p class="empty">{tag("no_passages", "en")}</p>'
    )


def device_html(context: Context) -> str:
    """What this browser keeps, if anything; and one button that clears it all."""
    tongue = context.language
    earlier = "".join(
        f'<li><button type="button" class="suggestion" data-do="ask" dir="auto">{html.escape(h["question"])}</button></li>'
        for h in reversed(context.history)
    )
    history = f'<p>{tag("earlier", tongue)}</p><ul class="history">{earlier}</ul>' if earlier else ""
    opinions = (
        f'<button type="button" class="quiet" data-do="opinions">'
        f'{html.escape(word("feedback_file", tongue, n=len(context.opinions)))}</button>'
        if context.opinions
        else ""
    )
    return (
        f'<details class="device"><summary>{tag("device", tongue)}</summary><div><label class="check"><input type="checkbox" id="remember" '
        f'data-do="context" data-what="remember"{" checked" if context.remember else ""}>{tag("remember", tongue)}</label>'
        f'<p class="hint">{tag("shared", tongue)}</p>{history}{opinions}</div></details>'
        f'<button type="button" class="quiet" data-do="clear" id="clear">{tag("clear", tongue)}</button>'
    )


def foot_html(version: str, known: str, newest: str, model: str = "") -> str:
    """What is kept and who receives it, what this is not, and which texts answer."""

    def filled(element: str, key: str, **values: str) -> str:
        given = html.escape(json.dumps(values))
        return f'<{element} data-t="{key}" data-t-values="{given}">{html.escape(word(key, "en", **values))}</{element}>'

    privacy = filled("span", "privacy_model", model=model) if model else tag("privacy", "en")
    return f'<div class="foot"><p>{privacy} {tag("advice", "en")}</p>{filled("p", "version", version=version, known=known, newest=newest)}</div>'


def loading_html() -> str:
    """What stands where the texts will be."""
    return f'<p class="empty" role="status">{tag("loading", "en")}</p>'


def notice_html(text: str) -> str:
    """A passing state: what is being done."""
    return f'<p class="empty" role="status">{html.escape(text)}</p>'


def failed_html(text: str, detail: str, reader: str) -> str:
    """A failure outside a conversation, with the way back."""
    return (
        f'<div class="failed" role="alert"><p>{html.escape(text)}</p><p class="detail" lang="en">{html.escape(detail)}</p>'
        f'<button type="button" class="quiet" data-do="back">{html.escape(word("back", reader))}</button></div>'
    )


def newest_date(dates: Iterable[str]) -> str:
    """The latest full date among those of sources, which are written in many ways; "" if none has one."""
    return max((day for text in dates for day in re.findall(r"\b\d{4}-\d{2}-\d{2}\b", text)), default="")
