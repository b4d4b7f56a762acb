"""The chat for everybody: from the keyboard alone, and without serious findings of axe on any view, by day and by night."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsing import COST, OPEN, SIZES, in_menu, send, status

FOCUSED = "s => document.activeElement.matches(s)"


def reach(page: Any, selector: str, key: str = "Tab") -> None:
    """Press a key until the element has the focus; in view, since nobody can use what is focused unseen."""
    for _ in range(90):
        page.keyboard.press(key)
        if page.evaluate(FOCUSED, selector):
            assert page.locator(selector).first.is_visible()
            return
    raise AssertionError(f"{selector} is not reached by {key}")


def test_a_question_its_passage_and_the_way_back_from_the_keyboard(tab: Callable[..., Any]) -> None:
    page = tab()
    page.wait_for_function("document.activeElement && document.activeElement.matches('#question textarea')")
    page.keyboard.type(COST)
    page.keyboard.press("Enter")
    status(page)
    reach(page, "#talk a.cite", "Shift+Tab")
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert re.fullmatch(r"Source \d+, Flanders: open the passage", label)
    page.keyboard.press("Enter")
    assert page.locator("mark.here").is_visible()
    assert page.evaluate(FOCUSED, "mark.here")
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED, "#talk a.cite")


def test_each_flow_from_the_keyboard(tab: Callable[..., Any], tmp_path: Path) -> None:
    page = tab()
    page.wait_for_function("document.activeElement && document.activeElement.matches('#question textarea')")
    reach(page, ".context")
    page.keyboard.press("Enter")
    reach(page, "#region")
    page.keyboard.type("Wallonia")
    page.keyboard.press("Escape")
    page.locator(".context [data-t-region=wallonia]").wait_for()
    assert page.evaluate(FOCUSED, ".context")
    reach(page, "#question textarea", "Shift+Tab")
    page.keyboard.type(OPEN)
    page.keyboard.press("Enter")
    assert status(page) == "answered"
    reach(page, ".menu:not(.opinion) summary", "Shift+Tab")
    page.keyboard.press("Enter")
    reach(page, "[data-kind=docx]")
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    saved.value.save_as(tmp_path / "note.docx")
    assert (tmp_path / "note.docx").read_bytes().startswith(b"PK")
    page.keyboard.press("Escape")
    reach(page, ".opinion summary")
    page.keyboard.press("Enter")
    reach(page, "[data-helpful=no]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-do=opinions]", state="attached")
    reach(page, "#again-region-1", "Shift+Tab")
    page.keyboard.type("Brussels")
    page.wait_for_selector("#turn-1 .status .badge.brussels")
    reach(page, ".menu summary")
    page.keyboard.press("Enter")
    reach(page, "[data-do=compare]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".table tbody tr >> nth=3")
    reach(page, "[data-view=texts]", "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#texts .shelves")
    reach(page, "#find")
    page.keyboard.type("course cost Flanders")
    page.keyboard.press("Enter")
    page.wait_for_selector("#texts .found")
    reach(page, ".found a")
    page.keyboard.press("Enter")
    page.wait_for_selector("#texts .document .passage.here")
    reach(page, "[data-view=own]", "Shift+Tab")
    page.keyboard.press("Enter")
    reach(page, "#own-text")
    page.keyboard.type("You must appeal within 30 days after this letter.")
    reach(page, "[data-do=paste]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#own .using")
    reach(page, "#own [data-view=ask]")
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED, "#question textarea")
    page.keyboard.type("When must I appeal?")
    page.keyboard.press("Enter")
    status(page, 2)
    reach(page, "[data-language=nl]", "Shift+Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Alles wissen").wait_for()
    reach(page, "#clear", "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("!document.querySelector('.exchange') && !document.querySelector('#using .using')")


# What a bare page of Gradio has, too, and neither an option nor CSS mends. None is serious or critical now.
OF_GRADIO: set[str] = set()


@SIZES
def test_no_serious_fault_of_accessibility_on_any_view_by_day_and_by_night(options: dict[str, Any], tab: Callable[..., Any]) -> None:
    axe = pytest.importorskip("axe_core_python.sync_playwright", reason="axe-core-python is not installed").Axe()
    page = tab(color_scheme="light", **options)
    found = {}

    def check(name: str) -> None:
        for scheme, rules in (("light", {}), ("dark", {"runOnly": ["color-contrast"]})):
            page.wait_for_function("document.getAnimations().every(a => a.playState !== 'running')")
            assert page.get_attribute("html", "data-theme") == scheme
            for fault in axe.run(page, options=rules)["violations"]:
                if fault["impact"] in ("serious", "critical") and fault["id"] not in OF_GRADIO:
                    found[f"{name}, {scheme}: {fault['id']}"] = [node["html"][:160] + node["failureSummary"] for node in fault["nodes"]][:3]
            page.evaluate("document.querySelector('[data-do=theme]').click()")

    check("beginning")
    page.click(".context")
    check("choices")
    page.keyboard.press("Escape")
    send(page, OPEN)
    status(page)
    check("which region")
    page.locator("#talk a.cite").first.click()
    check("passage")
    page.keyboard.press("Escape")
    send(page, "Will my nationality application be approved?")
    status(page, 2)
    send(page, f"{COST} And who painted the Mona Lisa?")
    assert status(page, 3) == "partial"
    in_menu(page, "Compare", "Compare regions")
    page.wait_for_selector(".table tbody tr >> nth=3")
    page.evaluate("for (const at of document.querySelectorAll('details')) at.open = true")
    check("conversation")
    page.click("nav [data-view=texts]")
    page.wait_for_selector("#texts .library")
    check("texts")
    page.locator("#texts [data-document='civic-integration/federal.en']").click()
    page.wait_for_selector("#texts .document")
    check("document")
    page.click("nav [data-view=own]")
    page.fill("#own-text", " ")
    page.click("[data-do=paste]")
    page.wait_for_selector("#own-note:not(:empty)")
    check("own document")
    assert found == {}
