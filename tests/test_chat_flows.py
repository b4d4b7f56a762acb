"""The chat in a real browser: choosing once, correcting, comparing, passing on, reading the texts, own documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from browsing import COST, ON_PHONE, SIZES, Look, in_menu, send, settled, status

from assistant import messages
from assistant.chat.passages import PASSAGE
from assistant.dates import written
from assistant.records import REGIONS

SECRET = "walrus-0815"


def kept(page: Any) -> str:
    return str(page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie, location.href])"))


def test_a_municipality_chooses_the_region_which_holds_for_questions_and_after_a_reload(tab: Callable[..., Any]) -> None:
    page = tab(locale="fr-BE")
    page.click(".context")
    page.fill("#place", "Ixelles")
    page.press("#place", "Enter")
    page.wait_for_function("document.querySelector('#region').value === 'brussels'")
    assert page.inner_text(".context .fact >> nth=0") == "Bruxelles"
    page.get_by_role("button", name="Terminé").click()
    send(page, "Combien coûte le parcours d'intégration ?")
    status(page)
    assert page.locator("#again-region-1").input_value() == "brussels"
    assert "votre choix" in page.inner_text("#turn-1 .understood")
    page.reload()
    settled(page)
    page.wait_for_function("document.querySelector('#region').value === 'brussels'")
    page.click(".context")
    page.fill("#place", "Atlantis")
    page.press("#place", "Enter")
    page.wait_for_selector("#place-note:has-text('Aucune commune')")


@ON_PHONE
def test_what_was_understood_is_corrected_in_place(look: Look, tab: Callable[..., Any]) -> None:
    page = tab(**look.options)
    send(page, look.cost)
    status(page)
    page.select_option("#again-region-1", "brussels")
    page.wait_for_selector("#turn-1 .status .badge.brussels")
    assert page.locator(".exchange").count() == 1
    assert look.word("from_choice") in page.inner_text("#turn-1 .understood")


@SIZES
def test_what_was_carried_over_is_taken_off_with_one_press(options: dict[str, Any], tab: Callable[..., Any]) -> None:
    page = tab(**options)
    send(page, COST)
    status(page)
    assert page.locator("#turn-1 .carried").count() == 0
    send(page, "And the fine?")
    status(page, 2)
    assert page.inner_text("#turn-2 .carried").startswith("From your earlier questions:")
    page.get_by_role("button", name="Answer again without: Flanders").click()
    page.wait_for_function("!document.querySelector('#turn-2 .carried [data-kind=region]')")
    assert page.locator("#turn-2 .carried .chip").all_inner_texts() == ["civic integration programme ×"]
    assert page.locator("#again-region-2").input_value() == ""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@ON_PHONE
def test_regions_are_compared_in_a_table_whose_sources_open(look: Look, tab: Callable[..., Any]) -> None:
    page = tab(**look.options)
    send(page, look.cost)
    status(page)
    in_menu(page, look.word("comparing"), look.word("compare"))
    page.wait_for_selector(".table tbody tr >> nth=3")
    assert page.locator(".table tbody th").all_inner_texts() == [messages.authority(region, look.language) for region in REGIONS]
    page.locator(".table tbody tr:nth-child(3) a.cite").first.click()
    page.locator(".passage:has(mark.here) .badge.wallonia").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@ON_PHONE
def test_then_and_now_stand_side_by_side(look: Look, tab: Callable[..., Any]) -> None:
    page = tab(**look.options)
    send(page, look.cost)
    status(page)
    page.locator("#turn-1 .menu summary", has_text=look.word("comparing")).click()
    page.fill("#then-1", "2021-01-01")
    page.locator("button[data-do=then]").click()
    page.wait_for_selector(".table tbody tr >> nth=1")
    assert page.locator(".table tbody th").first.inner_text() == written(date(2021, 1, 1), look.language)


@ON_PHONE
def test_a_copied_link_brings_the_same_question_region_and_day(look: Look, tab: Callable[..., Any]) -> None:
    page = tab(**look.options)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click(".context")
    page.select_option("#region", "wallonia")
    page.keyboard.press("Escape")
    page.locator(".context [data-t-region=wallonia]").wait_for()
    send(page, look.open)
    found = status(page)
    page.get_by_role("button", name=look.word("link")).click()
    page.wait_for_selector("#toast.shown")
    link = page.evaluate("navigator.clipboard.readText()")
    assert parse_qs(urlsplit(link).query)["region"] == ["wallonia"]
    other = tab("?" + urlsplit(link).query, locale="de-BE")
    assert status(other) == found
    assert other.inner_text("#turn-1 .asked") == look.open
    assert other.locator("#again-region-1").input_value() == "wallonia"
    assert other.get_attribute("html", "lang") == look.language


@ON_PHONE
def test_a_case_note_is_saved_and_an_answer_copied(look: Look, tab: Callable[..., Any], tmp_path: Path) -> None:
    page = tab(**look.options)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    send(page, look.cost)
    status(page)
    page.get_by_role("button", name=look.word("copy")).click()
    page.wait_for_selector("#toast.shown")
    assert PASSAGE[look.language]["source"].lower() in page.evaluate("navigator.clipboard.readText()")
    for kind, begin in (("as_markdown", f"# {look.word('note')}".encode()), ("as_docx", b"PK")):
        with page.expect_download() as saved:
            in_menu(page, look.word("note"), look.word(kind))
        saved.value.save_as(tmp_path / "note")
        assert (tmp_path / "note").read_bytes().startswith(begin)


@ON_PHONE
def test_texts_are_found_read_and_linked(look: Look, tab: Callable[..., Any]) -> None:
    page = tab(**look.options)
    page.locator("nav [data-view=texts]").click()
    page.wait_for_selector("#texts .shelves")
    page.select_option("#authority", "flanders")
    page.wait_for_function("!document.querySelector('#texts .shelves .badge.wallonia')")
    page.fill("#find", "prijs inburgering" if look.language == "nl" else "price of the course")
    page.press("#find", "Enter")
    page.locator("#texts .found a").first.click()
    page.wait_for_selector("#texts .document .passage.here")
    deep = tab("?doc=civic-integration/flanders.en&section=cost&lang=nl")
    here = deep.locator("#section-cost")
    here.wait_for()
    deep.wait_for_function("(b => b.top >= 0 && b.top < innerHeight)(document.querySelector('#section-cost').getBoundingClientRect())")
    assert "nagelezen op" in deep.inner_text("#texts .document .lead")


@SIZES
def test_an_own_text_is_asked_alone_and_leaves_nothing(options: dict[str, Any], tab: Callable[..., Any], served: Path) -> None:
    page = tab(**options)
    page.locator("nav [data-view=own]").click()
    page.fill("#own-text", f"You must appeal within 30 days after this letter. The file is {SECRET}.\n")
    page.get_by_role("button", name="Ask about this text").click()
    page.wait_for_selector("#own .using")
    page.locator("#own [data-view=ask]").click()
    send(page, "When must I appeal?")
    status(page)
    assert "within 30 days" in page.inner_text("#turn-1 .said")
    page.locator("#using [data-do=leave]").click()
    page.wait_for_selector("#turn-1", state="detached")
    assert SECRET not in page.content()
    for file in served.rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file


@SIZES
def test_an_own_text_is_asked_with_the_texts_each_under_its_heading(options: dict[str, Any], tab: Callable[..., Any]) -> None:
    page = tab(**options, locale="nl-BE")
    page.locator("nav [data-view=own]").click()
    page.fill("#own-text", "De inburgeringscursus in Vlaanderen kost u 75 euro.\n")
    page.get_by_role("button", name="Vragen stellen over deze tekst").click()
    page.locator("#own [data-view=ask]").click()
    page.select_option("#own-scope", label="Dit document en de teksten")
    page.wait_for_selector("#own-scope option[value=yes][selected]", state="attached")
    send(page, "Wat kost de inburgeringscursus in Vlaanderen?")
    page.wait_for_selector("#turn-1 .part + .part .status")
    assert page.locator("#turn-1 .part > h3").all_inner_texts() == ["Uit uw document", "Uit de teksten over Belgische regels"]
    parts = page.locator("#turn-1 .part").all_inner_texts()
    assert ["75 euro" in part for part in parts] == [True, False]
    assert "€180" in parts[1].replace("\N{NO-BREAK SPACE}", "").replace("€ ", "€")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#turn-1 .part + .part a.cite").first.click()
    page.locator(".passage:has(mark.here) .badge.flanders").wait_for()
    other = tab(context=page.context)
    send(other, "Wat kost de inburgeringscursus in Vlaanderen?")
    status(other)
    assert "75 euro" not in other.inner_text("#talk")
    assert other.locator("#using .using").count() == 0


def test_a_file_of_the_wrong_kind_is_refused_with_its_reason(tab: Callable[..., Any]) -> None:
    page = tab(locale="nl-BE")
    page.locator("nav [data-view=own]").click()
    page.set_input_files("#own-file", {"name": "letter.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"})
    page.wait_for_selector("#own-note:has-text('kan niet worden gelezen')")


@ON_PHONE
def test_questions_are_kept_only_when_switched_on_masked_and_cleared_with_one_button(look: Look, tab: Callable[..., Any]) -> None:
    page = tab(**look.options)
    send(page, look.cost)
    status(page)
    assert page.locator(".history").count() == 0
    page.locator(".device summary").click()
    page.check("#remember")
    page.wait_for_function("document.querySelector('#remember')?.checked")
    send(page, f"{look.cost} 85.07.30-033.28 {SECRET}")
    status(page, 2)
    page.wait_for_selector(".history li", state="attached")
    assert "••••" in page.locator(".history").text_content()
    assert "85.07" not in page.content() + kept(page)
    page.reload()
    settled(page)
    page.wait_for_selector(".history li", state="attached")
    page.click("#clear")
    page.wait_for_function("!document.querySelector('.exchange') && !document.querySelector('.history') && !document.querySelector('#panel .passage')")
    send(page, "And in Brussels?")
    status(page)
    assert page.locator(".exchange").count() == 1


@ON_PHONE
def test_an_opinion_is_kept_in_the_browser_and_saved_as_a_case(look: Look, tab: Callable[..., Any], tmp_path: Path) -> None:
    page = tab(**look.options)
    send(page, look.cost)
    status(page)
    page.evaluate("document.querySelector('#why-1').closest('details').open = true")
    page.fill("#why-1", "clear")
    page.locator("button[data-helpful=yes]").click()
    page.wait_for_selector("[data-do=opinions]", state="attached")
    page.evaluate("document.querySelector('.device').open = true")
    with page.expect_download() as saved:
        page.locator("[data-do=opinions]").click()
    saved.value.save_as(tmp_path / "opinions.jsonl")
    case = json.loads((tmp_path / "opinions.jsonl").read_text(encoding="utf-8"))
    assert (case["question"], case["expect"]) == (look.cost, ["answered"])


@ON_PHONE
def test_a_question_is_edited(look: Look, tab: Callable[..., Any]) -> None:
    page = tab(**look.options)
    send(page, look.cost)
    status(page)
    page.get_by_role("button", name=look.word("edit")).click()
    assert page.input_value("#question textarea") == look.cost


@ON_PHONE
def test_a_lost_connection_keeps_the_question(look: Look, tab: Callable[..., Any]) -> None:
    page = tab(**look.options)
    page.context.set_offline(True)
    send(page, look.cost)
    page.wait_for_function("document.querySelector('#question textarea').value !== '' && !document.querySelector('.waiting')")
    assert look.word("offline") in page.inner_text("#toast.shown")
    assert page.input_value("#question textarea") == look.cost
    with page.expect_navigation():  # Gradio's: it loads the page anew when the server is back
        page.context.set_offline(False)
    settled(page)
    page.wait_for_function("document.querySelector('#question textarea').value !== ''")
    assert page.input_value("#question textarea") == look.cost
    page.press("#question textarea", "Enter")
    assert status(page) == "answered"
