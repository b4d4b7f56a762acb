"""A browser and a served chat for the tests of the page: fixtures, and what they have in common."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from assistant.chat.words import word

APP = Path(__file__).resolve().parents[1] / "app.py"
COST = "What does the integration course cost in Flanders?"
OPEN = "How much does the integration course cost?"
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
ANSWER_MS = 60_000


@dataclass(frozen=True)
class Look:
    """A size and a language that the page is seen in, and what is asked there."""

    language: str
    options: dict[str, Any]
    cost: str
    open: str

    def word(self, key: str, **values: object) -> str:
        return word(key, self.language, **values)


# The other look of each flow is tested with `-m ""`, as `.ci/run` does.
EN = Look("en", {**DESK, "locale": "en-GB"}, COST, OPEN)
NL = Look("nl", {**PHONE, "locale": "nl-BE"}, "Wat kost het inburgeringstraject in Vlaanderen?", "Hoeveel kost het inburgeringstraject?")
AT_DESK = pytest.mark.parametrize("look", [EN, pytest.param(NL, marks=pytest.mark.slow)], ids=["desk-en", "phone-nl"])
ON_PHONE = pytest.mark.parametrize("look", [pytest.param(EN, marks=pytest.mark.slow), NL], ids=["desk-en", "phone-nl"])
SIZES = pytest.mark.parametrize("options", [pytest.param(DESK, marks=pytest.mark.slow), PHONE], ids=["desk", "phone"])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program."""
    program = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no chromium on this machine")
    return program


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """A browser; for a module only, since playwright keeps a running event loop, in which other tests could start none."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        started = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield started
        started.close()


@pytest.fixture(scope="session")
def outside() -> Iterator[socket.socket]:
    """A proxy that nobody should call: where the server's requests to the world would arrive."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


@pytest.fixture(scope="session")
def served(chromium: str, assistant: object, outside: socket.socket, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder in which the server of the chat runs; its address is in the file `url`."""
    folder = tmp_path_factory.mktemp("app")
    port = free_port()
    proxy = f"http://127.0.0.1:{outside.getsockname()[1]}"
    environment = {
        **os.environ, "GRADIO_SERVER_PORT": str(port), "GRADIO_TEMP_DIR": str(folder / "gradio"), "TMPDIR": str(folder),
        "CI": "", "http_proxy": proxy, "https_proxy": proxy, "no_proxy": "127.0.0.1,localhost",
    }  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, str(APP)], cwd=folder, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}/"
    (folder / "url").write_text(url)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(url, timeout=2).close()
                break
            except OSError:
                assert process.poll() is None, (folder / "log").read_text()
                time.sleep(0.1)
        else:
            pytest.fail(f"the chat did not open within a minute:\n{(folder / 'log').read_text()}")
        yield folder
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def tab(browser: Any, served: Path) -> Iterator[Callable[..., Any]]:
    """`tab(query, locale=…)` opens the chat. Afterwards: no request left this machine, and no page complained."""
    url = (served / "url").read_text()
    contexts, faults = [], []

    def watch(page: Any) -> None:
        def said(m: Any) -> None:
            if m.type == "error" and "ERR_INTERNET_DISCONNECTED" not in m.text:  # that is the browser's own line, when a test cuts it off
                faults.append(f"console: {m.text} {m.location}")

        page.on("console", said)
        page.on("pageerror", lambda error: faults.append(f"page: {error}"))

    def request(asked: Any) -> None:
        if asked.url.startswith("http") and urlsplit(asked.url).hostname not in ("127.0.0.1", "localhost"):
            faults.append(f"request to {asked.url}")

    def open_tab(query: str = "", context: Any = None, **options: Any) -> Any:
        if context is None:
            context = browser.new_context(**{"locale": "en-GB", **DESK, **options})
            context.set_default_timeout(ANSWER_MS)
            context.on("request", request)
            context.on("page", watch)
            contexts.append(context)
        page = context.new_page()
        page.goto(url + query)
        settled(page)
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert not faults


def settled(page: Any) -> None:
    """Until the page speaks its language and the server has said what it knows of the texts."""
    page.wait_for_selector("#question textarea", state="attached")
    page.wait_for_function("/[0-9a-f]{12}/.test(document.querySelector('#foot')?.textContent || '')")


def send(page: Any, text: str) -> None:
    page.fill("#question textarea", text)
    page.press("#question textarea", "Enter")


def in_menu(page: Any, name: str, pressed: str) -> None:
    """Open the menu of that name below the last answer, and press a button in it."""
    menu = page.locator("#talk .menu", has=page.locator("summary", has_text=name)).last
    menu.locator("summary").click()
    menu.get_by_role("button", name=pressed, exact=True).click()


def status(page: Any, number: int = 1) -> str:
    """The status of the nth answer, once it is there."""
    found = page.locator(f"#turn-{number} .answer > .status")
    found.wait_for()
    return str(found.get_attribute("class")).removeprefix("status ")
