"""The chat in a real browser, with the pages served by `python app.py`: asking, reading, checking."""

from __future__ import annotations

import json
import os
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsing import AT_DESK, COST, DESK, OPEN, PHONE, Look, in_menu, send, settled, status
from PIL import Image

from assistant import messages
from assistant.chat import stage as chat_stage
from assistant.chat import words as chat_words
from assistant.chat.turns import Context
from evals import chat

SECRET = "zebra-4711"
ARABIC = "هل دورة الاندماج مجانية في بروكسل؟"


def test_a_question_is_answered_and_a_citation_leads_to_its_marked_passage(tab: Callable[..., Any]) -> None:
    page = tab()
    send(page, COST)
    assert status(page) == "answered"
    assert page.locator("#turn-1 .status .badge").first.inner_text() == "Flanders"
    page.locator("#talk a.cite").first.click()
    mark = page.locator("#panel mark.here")
    assert "€180" in mark.inner_text()
    assert page.evaluate("document.activeElement.id") == "passage-1-1"
    card = page.locator(".passage:has(mark.here)")
    assert "Our summary of" in card.inner_text()
    assert card.locator(".origin a[href^=https]").count()
    page.wait_for_function("(b => b.top >= 0 && b.bottom <= innerHeight)(document.querySelector('mark.here').getBoundingClientRect())")
    assert page.input_value("#question textarea") == ""


@AT_DESK
def test_a_region_asked_for_is_chosen_with_a_button_and_each_turn_has_its_own_passages(look: Look, tab: Callable[..., Any]) -> None:
    page = tab(**look.options)
    send(page, look.open)
    assert status(page) == "needs_region"
    page.get_by_role("button", name=messages.authority("brussels", look.language), exact=True).click()
    assert status(page, 2) == "answered"
    page.locator("#turn-2 a.cite").first.click()
    badge = page.locator(".passage:has(mark.here) .badge").first
    badge.wait_for()  # on a phone the sheet slides in
    assert badge.inner_text() == messages.authority("brussels", look.language)
    page.keyboard.press("Escape")
    page.locator("#turn-1 a.cite").last.click()
    assert page.locator("#panel .turn.here").get_attribute("data-turn") == "1"


@AT_DESK
def test_a_refusal_names_who_can_help(look: Look, tab: Callable[..., Any]) -> None:
    page = tab(**look.options)
    send(page, "Will my nationality application be approved?" if look.language == "en" else "Zal mijn nationaliteitsaanvraag goedgekeurd worden?")
    assert status(page) == "declined"
    assert page.locator("#turn-1 .contacts a[href^=http]").count() >= 1
    assert " / " not in page.inner_text("#turn-1 .contacts")


def test_two_tabs_do_not_see_each_other(tab: Callable[..., Any]) -> None:
    one = tab()
    two = tab(context=one.context)
    send(one, OPEN)
    send(two, "Will my nationality application be approved?")
    assert (status(one), status(two)) == ("needs_region", "declined")
    send(two, "Brussels")
    send(one, "Brussels")
    assert status(one, 2) == "answered"
    status(two, 2)
    assert "integration course cost" not in two.inner_text("#talk")
    assert "nationality application" not in one.inner_text("#talk")
    assert one.locator("#talk .exchange").count() == two.locator("#talk .exchange").count() == 2


def test_many_people_at_once_each_see_only_their_own(tab: Callable[..., Any], served: Path) -> None:
    tab()
    found = chat.crowd((served / "url").read_text(), 5, 2.0, [COST, OPEN, "Will my application be approved?"], thinking=0.1)
    assert (found.errors, found.mixed) == ([], [])
    assert len(found.milliseconds) >= 5


HOSTILE = (
    f"<b>{COST}</b> <img src=/x onerror=\"document.title='owned'\"> <script>document.title='owned'</script> "
    "![a](/y) [click](javascript:alert(1)) <style>body{display:none}</style> ${1+1} {{value}}"
)


def test_markup_in_a_question_shows_as_the_text_it_is(tab: Callable[..., Any]) -> None:
    page = tab()
    send(page, HOSTILE)
    status(page)
    shown = page.locator("#turn-1 .asked")
    assert shown.inner_text().strip() == HOSTILE
    assert shown.locator("*").count() == 0
    assert page.title() == "Belgian Integration Assistant"
    assert "<b>" in page.inner_text("#panel h3")


def test_a_phone_shows_passages_in_a_sheet_and_needs_no_scrolling_sideways(tab: Callable[..., Any]) -> None:
    page = tab(**PHONE)
    send(page, OPEN)
    status(page)
    assert not page.locator("#side").is_visible()
    page.locator("#talk a.cite").last.tap()
    page.locator("mark.here").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#side .close").tap()
    page.wait_for_selector("#side", state="hidden")
    assert page.evaluate("document.activeElement.matches('#talk a.cite')")


def test_arabic_is_written_from_the_right(tab: Callable[..., Any]) -> None:
    page = tab(**PHONE)
    send(page, ARABIC)
    assert status(page) == "answered"
    direction = "e => getComputedStyle(document.querySelector(e)).direction"
    assert page.evaluate(direction, "#turn-1 .asked") == "rtl"
    assert page.evaluate(direction, "#turn-1 .said") == "ltr"
    page.fill("#question textarea", "هل")
    assert page.evaluate(direction, "#question textarea") == "rtl"


def own_words(language: str, shown: str) -> list[str]:
    """Texts of the interface in other languages that are shown, where they differ from the language's own."""
    rows = chat_words.for_gradio()
    mine = set(rows[language].values())
    others = {text for code in rows if code != language for text in rows[code].values() if text not in mine and len(text) > 6 and "{" not in text}
    return [text for text in others if re.search(rf"(?<!\w){re.escape(text)}(?!\w)", shown)]


@pytest.mark.parametrize(("locale", "language"), [
    ("nl-BE", "nl"), ("de-BE", "de"), *(pytest.param(*pair, marks=pytest.mark.slow) for pair in (("fr-BE", "fr"), ("uk-UA", "en"))),
])  # fmt: skip
def test_the_page_speaks_the_language_of_the_browser_and_no_other(locale: str, language: str, tab: Callable[..., Any]) -> None:
    page = tab(locale=locale)
    words = chat_words.for_gradio()[language]
    page.get_by_label(words["question"], exact=True).wait_for()
    question = {"fr": "Le parcours d'intégration est-il gratuit à Bruxelles ?", "nl": "Is het inburgeringstraject gratis in Brussel?",
                "de": "Ist der Integrationsparcours in Brüssel kostenlos?", "en": "Is the integration course free in Brussels?"}[language]  # fmt: skip
    send(page, question)
    status(page)
    for part in ("details.menu", "details.device", "details.versions"):
        page.evaluate("s => document.querySelectorAll(s).forEach(d => d.open = true)", part)
    shown = page.inner_text("body")
    assert words["privacy"] in shown
    assert words["copy"] in shown
    assert own_words(language, shown) == []
    labels = page.evaluate("[...document.querySelectorAll('[aria-label], [placeholder]')].map(e => (e.ariaLabel || '') + ' ' + (e.placeholder || ''))")
    assert own_words(language, "\n".join(labels)) == []


def test_the_language_is_switched_without_losing_the_conversation_and_is_remembered(tab: Callable[..., Any]) -> None:
    page = tab()
    send(page, COST)
    status(page)
    page.get_by_role("button", name="Nederlands").click()
    page.get_by_role("button", name="Kopiëren met bronnen").wait_for()
    assert status(page) == "answered"
    assert page.locator("#region option").nth(1).inner_text() == "Vlaanderen"
    assert own_words("nl", page.inner_text("#context") + page.inner_text("#head") + page.inner_text("#foot")) == []
    page.reload()
    settled(page)
    page.get_by_label("Uw vraag", exact=True).wait_for()
    assert page.get_attribute("html", "lang") == "nl"


def test_nothing_typed_is_kept(tab: Callable[..., Any], served: Path, home: Path) -> None:
    page = tab()
    send(page, f"{COST} {SECRET}")
    status(page)
    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie, location.href])")
    assert SECRET not in kept
    assert page.evaluate("indexedDB.databases().then(found => found.length)") == 0
    assert SECRET not in json.dumps(page.context.cookies())
    for folder in (served, home):
        for file in folder.rglob("*"):
            assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file
    page.reload()
    settled(page)
    assert SECRET not in page.content()


def test_the_server_calls_nobody(tab: Callable[..., Any], outside: socket.socket, served: Path) -> None:
    page = tab()
    send(page, COST)
    status(page)
    with pytest.raises(BlockingIOError):
        raise AssertionError(outside.accept()[0].recv(300))
    assert "Traceback" not in (served / "log").read_text()


def test_an_index_that_cannot_be_opened_is_said_and_tried_again(tmp_path: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    place = tmp_path / "index"
    stage = chat_stage.Backstage(str(place))
    stage.load()

    def last() -> chat_stage.Drawn:
        *_, drawn = stage.ask("When is the office open?", Context(language="nl"), ())
        return drawn

    drawn = last()
    assert drawn.box == "When is the office open?"
    assert drawn.exchanges == ()
    assert chat_words.word("failed", "nl") in drawn.talk
    assert "there is no index yet" in drawn.talk
    (tmp_path / "office.txt").write_text("The office is open on Monday from 9 to 12.\n")
    assert run("ingest", str(tmp_path / "office.txt"), "--index", str(place))[0] == 0
    for _ in range(300):
        drawn = last()
        if drawn.exchanges:
            break
        time.sleep(0.1)
    assert drawn.exchanges
    assert re.search(r'class="status \w+"', drawn.talk)


@pytest.mark.skipif(not os.environ.get("ASSISTANT_PICTURES"), reason="pictures are made when ASSISTANT_PICTURES names a folder")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("size", "options"), [("desk", DESK), ("phone", PHONE)], ids=["desk", "phone"])
def test_pictures_of_the_page_at_work(size: str, options: dict[str, Any], scheme: str, tab: Callable[..., Any]) -> None:
    folder = Path(os.environ["ASSISTANT_PICTURES"])
    folder.mkdir(parents=True, exist_ok=True)

    def picture(name: str) -> None:
        page.wait_for_timeout(800)
        page.screenshot(path=folder / f"{size}-{scheme}-{name}.png")

    page = tab(color_scheme=scheme, **options)
    picture("begin")
    page.click(".context")
    picture("choices")
    page.keyboard.press("Escape")
    send(page, COST)
    status(page)
    page.locator("#talk a.cite").first.click()
    picture("passage")
    if (size, scheme) == ("desk", "light"):  # that of the README, in few colours: small
        Image.open(folder / "desk-light-passage.png").convert("RGB").quantize(96).save(folder / "chat.png", optimize=True)
        assert (folder / "chat.png").stat().st_size < 200_000
    page.keyboard.press("Escape")
    in_menu(page, "Compare", "Compare regions")
    page.wait_for_selector(".table tbody tr >> nth=3")
    picture("table")
    page.click("nav [data-view=own]")
    picture("own")
    page.click("nav [data-view=texts]")
    page.wait_for_selector("#texts .library")
    picture("texts")
    for name, question in (("region", OPEN), ("declined", "Will my application be approved?"), ("arabic", ARABIC)):
        page.click("nav [data-view=ask]")
        page.click("#clear")
        page.wait_for_selector("#talk .exchange", state="detached")
        send(page, question)
        status(page)
        picture(name)
