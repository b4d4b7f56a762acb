"""The chat: `python app.py`. Gradio around the pipeline; what is shown is made in `assistant/chat.py`.

GRADIO_SERVER_NAME and GRADIO_SERVER_PORT are Gradio's. Nothing typed is kept: the conversation lives in the
memory of one browser tab's session.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant import chat, dates, messages, settings  # first: it switches telemetry off  # isort: skip
import gradio as gr

from assistant.errors import AssistantError, UsageError
from assistant.records import LANGUAGES, REGIONS, Answer, Question, Turn

CSS = Path(chat.__file__).with_name("data") / "chat.css"
ASKERS_AT_ONCE = 8
LANGUAGE_NAMES = {"en": "English", "fr": "Français", "nl": "Nederlands", "de": "Deutsch"}

text = gr.I18n(**chat.LABELS)


class Backstage:
    """The assistant, loaded behind the page: heavy imports wait until the page is served."""

    def __init__(self, index: str | None) -> None:
        self.index = index
        self.ready = threading.Event()
        self.failure: AssistantError | None = None
        self.assistant: Any = None

    def start(self) -> None:
        """Load in a thread."""
        threading.Thread(target=self.load, name="backstage", daemon=True).start()

    def load(self) -> None:
        """Open the assistant and answer once, so that the first question is warm. A failure can be tried again."""
        from assistant.pipeline import Assistant

        try:
            assistant = Assistant(settings.load(self.index))
            assistant.prepare(lambda line: print(line, file=sys.stderr))
            assistant.answer("What is civic integration?")
            self.assistant, self.failure = assistant, None
            self.ready.set()
        except AssistantError as error:
            self.failure = error

    def wait(self, seconds: float) -> bool:
        """Whether it is ready after at most so long; raises what made loading fail."""
        if self.ready.wait(seconds):
            return True
        if self.failure is not None:
            error, self.failure = self.failure, None
            self.start()
            raise error
        return False


def ask(
    backstage: Backstage, typed: str, language: str, region: str, day: str, shown: list[Any], turns: list[Any], reader: str
) -> Iterator[tuple[Any, ...]]:
    """One question: yields (box, messages, sources, turns) as the answer comes about.

    `turns` are the (question, answer) pairs of this tab; `reader` is the language of the interface.
    """
    if not typed.strip():
        yield typed, shown, gr.skip(), turns
        return
    label = chat.LABELS[reader]
    shown = [*shown, {"role": "user", "content": chat.question_html(typed)}]

    def showing(content: str) -> list[Any]:
        return [*shown, {"role": "assistant", "content": content}]

    yield "", showing(chat.notice_html(label["searching"])), gr.skip(), turns
    try:
        while not backstage.wait(0.5):
            yield "", showing(chat.notice_html(label["preparing"])), gr.skip(), turns
        assistant = backstage.assistant
        question = Question(
            text=typed,
            language=language or None,
            regions=(region,) if region else (),
            as_of=_day(day),
            history=tuple(t for asked, said in turns for t in (Turn("user", asked), Turn("assistant", said.answer))),
        )
        answer: Answer = assistant.answer(question)
    except AssistantError as error:
        yield typed, showing(chat.error_html(str(error), reader)), gr.skip(), turns
        return
    turns = [*turns, (typed, answer)]
    number = len(turns)
    documents = assistant.library.current().documents
    source_dates = {id: source.date for id, source in assistant.corpus.sources.items()}
    panel = chat.sources_html(answer, documents, number, source_dates)
    yield "", showing(chat.answer_html(answer, number)), panel, turns


def _day(value: str) -> Any:
    if not (value or "").strip():
        return None
    day = dates.parse(value.strip(), "date")
    if day.year < 1950:
        raise UsageError(f"date '{value}': is before 1950; the texts begin later")
    return day


def reader_language(request: gr.Request | None) -> str:
    """The language of the interface: the first of the browser's that we have."""
    accepted = (request.headers.get("accept-language", "") if request else "").lower()
    for part in accepted.split(","):
        code = part.split(";")[0].strip()[:2]
        if code in LANGUAGES:
            return code
    return "en"


def build(backstage: Backstage) -> gr.Blocks:
    """The page."""
    page: gr.Blocks
    with gr.Blocks(title="Belgian Integration Assistant", analytics_enabled=False) as page:
        turns, panels = gr.State([]), gr.State([])
        gr.HTML('<h1 id="title">Belgian Integration Assistant</h1>', elem_id="head")
        gr.Markdown(text("lead"))
        with gr.Row(equal_height=False):
            with gr.Column(scale=3, min_width=320):
                talk = gr.Chatbot(
                    label=text("title"), show_label=False, elem_id="talk", height="58vh", sanitize_html=True,
                    buttons=["copy"], layout="bubble", feedback_options=None,
                )  # fmt: skip
                with gr.Row():
                    box = gr.Textbox(
                        label=text("question"), placeholder=text("placeholder"), elem_id="question", lines=1, max_lines=6,
                        max_length=20_000, autofocus=True, scale=5,
                    )  # fmt: skip
                    send = gr.Button(text("send"), variant="primary", elem_id="send", scale=1, min_width=90)
                with gr.Accordion(text("settings"), open=True), gr.Row():
                    region = gr.Dropdown(
                        [(text("unknown"), ""), *((messages.authority(r, "en"), r) for r in REGIONS)],
                        value="", label=text("region"), elem_id="region", min_width=150,
                    )  # fmt: skip
                    day = gr.Textbox(label=text("date"), placeholder="2023-01-01", elem_id="day", max_length=10, min_width=150)
                    language = gr.Dropdown(
                        [(text("same"), ""), *((name, code) for code, name in LANGUAGE_NAMES.items())],
                        value="", label=text("language"), elem_id="language", min_width=150,
                    )  # fmt: skip
                clear = gr.Button(text("clear"), size="sm", elem_id="clear")
                for kind, questions in chat.EXAMPLES.items():
                    gr.Examples([[q] for q in questions], inputs=[box], label=text(kind), elem_id=f"examples-{kind}")
            with gr.Column(scale=2, min_width=320, elem_id="side"):
                gr.Markdown(text("sources"), elem_id="sources-title")
                sources = gr.HTML("", elem_id="sources", padding=False)
        gr.Markdown(text("privacy"), elem_id="foot")

        def on_ask(
            typed: str, language: str, region: str, day: str, shown: list[Any], turns: list[Any], panels: list[str],
            request: gr.Request,
        ) -> Iterator[tuple[Any, ...]]:  # fmt: skip
            reader = reader_language(request)
            for box, messages, panel, after in ask(backstage, typed, language, region, day, shown, turns, reader):
                if isinstance(panel, str):
                    panels = [panel, *panels] if panel else panels
                    yield box, messages, "".join(panels), after, panels
                else:
                    yield box, messages, gr.skip(), after, panels

        inputs = [box, language, region, day, talk, turns, panels]
        outputs = [box, talk, sources, turns, panels]
        for trigger in (box.submit, send.click):
            trigger(
                on_ask, inputs, outputs, concurrency_limit=ASKERS_AT_ONCE, concurrency_id="ask", show_progress="hidden",
                api_visibility="private",
            )  # fmt: skip
        for wipe in (clear.click, talk.clear):
            wipe(lambda: ("", [], "", [], []), None, outputs, api_visibility="private")
    return page


def main(argv: list[str] | None = None) -> int:
    """Serve the chat until interrupted."""
    parser = argparse.ArgumentParser(prog="app.py", description="The chat of the Belgian Integration Assistant, on this machine.")
    parser.add_argument("--index", help="folder or Chroma server URL of the index to use (default: the shipped corpus)")
    options = parser.parse_args(argv)
    backstage = Backstage(options.index)
    page = build(backstage)
    page.launch(
        css_paths=[CSS], i18n=text, prevent_thread_lock=True, footer_links=[], theme=theme(), quiet=False, share=False, pwa=False
    )
    backstage.start()
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        page.close()
    return 0


def theme() -> gr.Theme:
    """The look: system fonts, so that nothing is fetched."""
    fonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
    return gr.themes.Soft(primary_hue="blue", neutral_hue="slate", font=fonts, font_mono=["ui-monospace", "monospace"])


if __name__ == "__main__":
    sys.exit(main())
