"""The chat in a real browser, with the pages served by `python app.py`."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import app
from assistant import chat

COST = "What does the integration course cost in Flanders?"
OPEN = "How much does the integration course cost?"
SECRET = "zebra-4711"
ANSWER_MS = 30_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no chromium on this machine")
    with api.sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        started = playwright.chromium.launch(executable_path=program, args=arguments)
        yield started
        started.close()


@pytest.fixture(scope="module")
def outside() -> Iterator[socket.socket]:
    """A proxy that nobody should call: where the server's requests to the world would arrive."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


@pytest.fixture(scope="module")
def served(browser: Any, assistant: object, outside: socket.socket, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder in which the server of the chat runs; its address is in the file `url`."""
    folder = tmp_path_factory.mktemp("app")
    port = free_port()
    proxy = f"http://127.0.0.1:{outside.getsockname()[1]}"
    environment = {
        **os.environ, "GRADIO_SERVER_PORT": str(port), "GRADIO_TEMP_DIR": str(folder / "gradio"), "TMPDIR": str(folder),
        "CI": "", "http_proxy": proxy, "https_proxy": proxy, "no_proxy": "127.0.0.1,localhost",
    }  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, app.__file__], cwd=folder, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}/"
    (folder / "url").write_text(url)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(url, timeout=2).close()
                break
            except OSError:
                assert process.poll() is None, (folder / "log").read_text()
                time.sleep(0.1)
        yield folder
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def tab(browser: Any, served: Path) -> Iterator[Callable[..., Any]]:
    """`tab(locale=…)` opens the chat. Afterwards: no request left this machine, and no page complained."""
    url = (served / "url").read_text()
    contexts, faults = [], []

    def watch(page: Any) -> None:
        page.on("console", lambda m: faults.append(f"console: {m.text} {m.location}") if m.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(f"page: {error}"))

    def request(asked: Any) -> None:
        if asked.url.startswith("http") and urlsplit(asked.url).hostname not in ("127.0.0.1", "localhost"):
            faults.append(f"request to {asked.url}")

    def open_tab(context: Any = None, **options: Any) -> Any:
        if context is None:
            context = browser.new_context(**{"locale": "en-GB", **options})
            context.on("request", request)
            context.on("page", watch)
            contexts.append(context)
        page = context.new_page()
        page.goto(url)
        page.wait_for_selector("#question textarea")
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert not faults


def send(page: Any, text: str) -> None:
    page.fill("#question textarea", text)
    page.press("#question textarea", "Enter")


def status(page: Any, number: int = 1) -> Any:
    """The status of the nth answer, once it is there."""
    found = page.locator("#talk .status").nth(number - 1)
    found.wait_for(timeout=ANSWER_MS)
    return found


def test_a_question_is_answered_and_a_citation_leads_to_its_marked_passage(tab: Callable[..., Any]) -> None:
    page = tab()
    send(page, COST)
    assert status(page).inner_text().endswith("Answered")
    cite = page.locator("#talk a.cite").first
    cite.click()
    assert urlsplit(page.url).fragment == "passage-1-1"
    target = page.locator(".passage:has(mark:target)")
    assert target.is_visible()
    mark = target.locator("mark:target")
    assert mark.is_visible()
    box = mark.bounding_box()
    assert 0 <= box["y"] < page.viewport_size["height"]
    assert "€180" in mark.inner_text()
    assert page.input_value("#question textarea") == ""


def test_everything_can_be_done_from_the_keyboard(tab: Callable[..., Any]) -> None:
    page = tab()
    page.wait_for_function("document.activeElement && document.activeElement.matches('#question textarea')")
    page.keyboard.type(COST)
    page.keyboard.press("Enter")
    status(page)
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('#talk a.cite')"):
            break
    assert page.evaluate("document.activeElement.matches('#talk a.cite')")
    page.keyboard.press("Enter")
    assert page.locator(".passage mark:target").is_visible()


def test_a_region_asked_for_is_understood_and_each_turn_has_its_own_passages(tab: Callable[..., Any]) -> None:
    page = tab()
    send(page, OPEN)
    assert "needs_region" in status(page).get_attribute("class")
    send(page, "Brussels")
    assert status(page, 2).get_attribute("class") == "status answered"
    page.locator("#talk a.cite[href='#passage-2-1']").click()
    assert page.locator(".passage:has(mark:target) .badge").first.inner_text() == "Brussels"
    assert page.locator("#passage-1-1").count() == 1


def test_two_tabs_do_not_see_each_other(tab: Callable[..., Any]) -> None:
    one = tab()
    two = tab(one.context)
    send(one, OPEN)
    send(two, "Will my nationality application be approved?")
    assert "needs_region" in status(one).get_attribute("class")
    assert "declined" in status(two).get_attribute("class")
    send(two, "Brussels")
    send(one, "Brussels")
    assert status(one, 2).get_attribute("class") == "status answered"
    status(two, 2)
    assert "course" not in two.inner_text("#talk")
    assert "nationality application" not in one.inner_text("#talk")
    assert one.locator("#talk .status").count() == two.locator("#talk .status").count() == 2


HOSTILE = (
    f"<b>{COST}</b> <img src=/x onerror=\"document.title='owned'\"> <script>document.title='owned'</script> "
    "![a](/y) [click](javascript:alert(1)) <style>body{display:none}</style>"
)


def test_markup_in_a_question_shows_as_the_text_it_is(tab: Callable[..., Any]) -> None:
    page = tab()
    send(page, HOSTILE)
    status(page)
    shown = page.locator("#talk [data-testid=user]").first
    assert shown.inner_text().strip() == HOSTILE
    assert shown.locator("img, script, style, b, a").count() == 0
    assert page.title() == "Belgian Integration Assistant"
    assert "<b>" in page.inner_text("#sources h3")


def test_a_phone_needs_no_scrolling_sideways(tab: Callable[..., Any]) -> None:
    page = tab(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    send(page, OPEN)
    status(page)
    page.locator("#talk a.cite").last.tap()
    assert page.locator(".passage:has(mark:target)").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("innerWidth") == 390


@pytest.mark.parametrize(("locale", "language"), [("fr-BE", "fr"), ("nl-BE", "nl"), ("de-BE", "de"), ("uk-UA", "en")])
def test_the_page_speaks_the_language_of_the_browser(locale: str, language: str, tab: Callable[..., Any]) -> None:
    page = tab(locale=locale)
    page.get_by_label(chat.LABELS[language]["question"], exact=True).wait_for()
    shown = page.inner_text("body")
    for key in ("lead", "send", "region", "date", "privacy"):
        assert chat.LABELS[language][key] in shown


def test_a_wrong_date_is_said_in_the_chat_and_the_question_is_kept(tab: Callable[..., Any]) -> None:
    page = tab(locale="fr-BE")
    page.fill("#day input, #day textarea", "2026-13-40")
    send(page, COST)
    failed = page.locator("#talk .status.failed")
    failed.wait_for(timeout=ANSWER_MS)
    assert chat.LABELS["fr"]["failed"] in failed.inner_text()
    assert "2026-13-40" in page.inner_text("#talk .failed p")
    assert page.input_value("#question textarea") == COST
    page.fill("#day input, #day textarea", "2023-01-01")
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#talk .status.answered", timeout=ANSWER_MS)


@pytest.mark.parametrize("button", ["#clear", "#talk .top-panel button"])
def test_clearing_forgets_the_conversation(button: str, tab: Callable[..., Any]) -> None:
    page = tab()
    send(page, COST)
    status(page)
    page.locator(button).last.click()
    page.wait_for_function(
        "!document.querySelector('#talk .status') && !document.querySelector('#sources .passage')", timeout=5_000
    )
    send(page, "And in Brussels?")
    status(page)
    assert page.locator("#talk .status").count() == 1
    assert page.locator("[id^=passage-2]").count() == 0


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
    page.wait_for_selector("#question textarea")
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
    stage = app.Backstage(str(place))
    stage.load()

    def last() -> Any:
        *_, (box, shown, _, turns) = app.ask(stage, "When is the office open?", "", "", "", [], [], "nl")
        return box, shown[-1]["content"], turns

    box, said, turns = last()
    assert box == "When is the office open?"
    assert turns == []
    assert chat.LABELS["nl"]["failed"] in said
    assert "there is no index yet" in said
    (tmp_path / "office.txt").write_text("The office is open on Monday from 9 to 12.\n")
    assert run("ingest", str(tmp_path / "office.txt"), "--index", str(place))[0] == 0
    for _ in range(100):
        box, said, turns = last()
        if turns:
            break
        time.sleep(0.1)
    assert turns
    assert re.search(r'class="status \w+"', said)
