"""How fast the chat is, and whether it holds under many: `python -m evals chat`.

    from Enter to the first answer in sight   warm, selection engine, one browser, the conversation cleared before each question
    page ready in a cold browser              beside a page with one text box of Gradio alone, by turns in the same run
    many people at once                       over HTTP, each thinking between questions; beside one person in the same run

Needs the extras `test` and a Chromium. Asks only this machine.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import InputError

from . import cases as case_files

PEOPLE = 25
THINKING_SECONDS = 4.0
FIRST_ANSWER_MS, TIMES_BARE, TIMES_ALONE = 300, 1.3, 3.0
ASKED, OPENED = 20, 5
PATIENCE_SECONDS = 60
BARE = "import gradio as gr\nwith gr.Blocks(analytics_enabled=False) as page: gr.Textbox(elem_id='question')\npage.launch(quiet=True)"
APP = Path(__file__).resolve().parents[1] / "app.py"

# Notes when Enter was pressed and when an answer had been drawn.
WATCH = """() => { addEventListener("keydown", e => { if (e.key === "Enter") { window.pressed = performance.now(); window.seen = 0; } }, true);
  new MutationObserver(() => { if (!window.seen && document.querySelector("#talk .answer > .status"))
    requestAnimationFrame(() => { window.seen ||= performance.now(); }); }).observe(document.body, { childList: true, subtree: true }); }"""


@dataclass
class Crowd:
    """What many people found: milliseconds from sending to the answer, and what went wrong."""

    milliseconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)

    @property
    def p95(self) -> float:
        """95th percentile of the milliseconds."""
        return statistics.quantiles(self.milliseconds, n=20, method="inclusive")[-1]


def main(seconds: float) -> int:
    """Measure and print; 0 if every goal is reached. Raises InputError if there is no browser."""
    # One set by name: a new set would make the figures those of other questions.
    cases = [c for c in case_files.load(names=("contrast",)) if c.split == "dev" and c.expect == ("answered",) and not c.question.history]
    questions = [c.question.text for c in cases[: 2 * ASKED]]
    with served([str(APP)]) as chat, served(["-c", BARE]) as bare:
        ready(chat)
        first = statistics.median(first_answers(chat, questions[:ASKED]))
        own, plain = openings(chat, bare)
        alone = crowd(chat, 1, max(20.0, seconds / 6), questions, thinking=1.0)
        many = crowd(chat, PEOPLE, seconds, questions)
    rows = [
        ("first answer in sight, median", f"{first:.0f} ms", f"{FIRST_ANSWER_MS} ms", first <= FIRST_ANSWER_MS),
        ("page ready in a cold browser, median", f"{own:.0f} ms, bare Gradio {plain:.0f} ms: {own / plain:.2f} ×", f"{TIMES_BARE} ×",
         own <= TIMES_BARE * plain),
        (f"{PEOPLE} people for {seconds:.0f} s, 95th percentile",
         f"{many.p95:.0f} ms of {len(many.milliseconds)}, alone {alone.p95:.0f} ms: {many.p95 / alone.p95:.1f} ×", f"{TIMES_ALONE} ×",
         many.p95 <= TIMES_ALONE * alone.p95),
        ("errors, answers of somebody else", f"{len(many.errors)}, {len(many.mixed)}", "0, 0", not many.errors and not many.mixed),
    ]  # fmt: skip
    print("| what | measured | goal | reached |\n|---|---|---|---|")
    for what, measured, goal, reached in rows:
        print(f"| {what} | {measured} | {goal} | {'yes' if reached else 'no'} |")
    print(*many.errors[:5], *many.mixed[:5], sep="\n", file=sys.stderr)
    return 0 if all(reached for *_, reached in rows) else 1


@contextmanager
def served(arguments: Sequence[str]) -> Iterator[str]:
    """A Python program that serves a Gradio page: its address, once it listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "GRADIO_SERVER_PORT": str(port), "GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_ANALYTICS_ENABLED": "False"}
    process = subprocess.Popen([sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    url = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(10 * PATIENCE_SECONDS):
            try:
                urllib.request.urlopen(url, timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def ready(url: str) -> None:
    """Until the assistant behind the page answers: the first answer of all waits for it."""
    found = crowd(url, 1, 0.0, ["What is civic integration?"], thinking=0)
    if found.errors:
        raise InputError(f"{url}: the chat does not answer ({found.errors[0]}); try `python app.py` by hand")


@contextmanager
def browser() -> Iterator[Any]:
    """A new Chromium. Raises InputError if there is none."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        raise InputError("chromium: is not installed; install it to measure the chat (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


def first_answers(url: str, questions: Sequence[str]) -> list[float]:
    """Milliseconds from Enter to an answer in sight, a question each, in one warm page."""
    found = []
    with browser() as started:
        page = started.new_page(locale="en-GB")
        page.goto(url)
        page.wait_for_function("/[0-9a-f]{12}/.test(document.querySelector('#foot')?.textContent || '')")
        page.evaluate(WATCH)
        for question in questions:
            page.click("#clear")
            page.wait_for_selector("#talk .exchange", state="detached")
            page.fill("#question textarea", question)
            page.press("#question textarea", "Enter")
            page.wait_for_function("window.seen > 0")
            found.append(float(page.evaluate("window.seen - window.pressed")))
            page.wait_for_selector("#stop", state="hidden")
    return found


def openings(chat: str, bare: str) -> tuple[float, float]:
    """Median milliseconds until one can type, in a browser that was never used: the chat, and a bare page."""
    found: dict[str, list[float]] = {chat: [], bare: []}
    for _ in range(OPENED):
        for url, times in found.items():
            with browser() as started:
                page = started.new_page()
                begin = time.perf_counter()
                page.goto(url, wait_until="commit")
                page.wait_for_selector("#question textarea")
                times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(found[chat]), statistics.median(found[bare])


def crowd(url: str, people: int, seconds: float, questions: Sequence[str], thinking: float = THINKING_SECONDS) -> Crowd:
    """So many people ask for so long, each at least once, in sessions of their own; nobody may see what another typed."""
    with urllib.request.urlopen(f"{url}config", timeout=PATIENCE_SECONDS) as reply:  # noqa: S310
        config = json.load(reply)
    box = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "question")
    function = next(d["id"] for d in config["dependencies"] if [box, "submit"] in [list(t) for t in d["targets"]])
    sessions = [uuid.uuid4().hex for _ in range(people)]
    found, end = Crowd(), time.monotonic() + seconds

    def person(number: int) -> None:
        time.sleep(thinking * number / people)
        asked = answered = 0
        while not asked or time.monotonic() < end:
            question = questions[(number * 7 + asked) % len(questions)]
            try:
                taken, said = ask(url, function, sessions[number], f"{question} (person{number:03})", answered + 1)
                answered += 1
                found.milliseconds.append(taken)
                others = [f"person{other:03}" for other in range(people) if other != number]
                found.mixed.extend(f"{other} seen by person{number:03}" for other in others if other in said)
                if f"person{number:03}" not in said:
                    found.mixed.append(f"person{number:03} saw no question of their own")
            except (OSError, ValueError) as error:
                found.errors.append(f"person{number:03}: {question}: {error}")
            asked += 1
            time.sleep(thinking)

    threads = [threading.Thread(target=person, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def ask(url: str, function: int, session: str, question: str, number: int) -> tuple[float, str]:
    """The nth question of a session as the page sends it: milliseconds until its answer, and all that the session was sent.

    Raises OSError if the connection fails or takes too long, ValueError if the server reports a failure or no answer comes.
    """
    body = json.dumps({"data": [question, {"language": "en"}, None], "fn_index": function, "session_hash": session}).encode()
    begin = time.perf_counter()
    request = urllib.request.Request(f"{url}gradio_api/queue/join", body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as reply:  # noqa: S310
        event = json.load(reply)["event_id"]
    taken, said = 0.0, []
    with urllib.request.urlopen(f"{url}gradio_api/queue/data?session_hash={session}", timeout=PATIENCE_SECONDS) as stream:  # noqa: S310
        for line in stream:
            if not line.startswith(b"data:"):
                continue
            message = json.loads(line[5:])
            if message.get("event_id") != event:
                continue
            said.append(json.dumps(message, ensure_ascii=False))
            if not taken and f'id=\\"turn-{number}\\"' in said[-1]:
                taken = 1000 * (time.perf_counter() - begin)
            if message["msg"] == "process_completed":
                if not message["success"]:
                    raise ValueError(message["output"])
                break
    if not taken:
        raise ValueError("no answer was sent")
    return taken, "".join(said)
