"""The chat: `python app.py`. Gradio around `assistant/chat/stage.py`; what is shown is made in `assistant/chat/`.

GRADIO_SERVER_NAME and GRADIO_SERVER_PORT are Gradio's. Nothing typed is kept here: the conversation lives in the memory of
one browser tab's session, and what a reader chooses to keep lives in the browser.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from assistant.chat import page as chat_page  # first: the package switches telemetry off  # isort: skip
import gradio as gr

from assistant import messages
from assistant.chat import export, stage, turns
from assistant.chat import own as chat_own
from assistant.chat.stage import Backstage, Drawn
from assistant.chat.turns import Context, Exchange
from assistant.chat.words import for_gradio, word
from assistant.errors import AssistantError

ASKERS_AT_ONCE = 8
# Of the browser's own store; it keeps others' scripts from reading it by accident, it is no secret.
KEY, SECRET = "assistant-context", "belgian-integration-assistant"

# Run in the browser (see `chat.js`): when something is asked, when its answer is whole, and when none came.
ASKED = "(typed, ...others) => { window.assistantAsked?.(typed); return [typed, ...others]; }"
ANSWERED, FAILED = "() => window.assistantAnswered()", "() => window.assistantFailed()"

text = gr.I18n(**for_gradio())
Exchanges = tuple[Exchange, ...]


def build(backstage: Backstage) -> gr.Blocks:
    """The page: still parts, the parts that are drawn again, and who draws them."""
    page: gr.Blocks
    with gr.Blocks(title="Belgian Integration Assistant", analytics_enabled=False) as page:
        exchanges = gr.State(())
        kept = gr.BrowserState({}, storage_key=KEY, secret=SECRET)
        gr.HTML(chat_page.head_html(), elem_id="head", js_on_load=None, apply_default_css=False)
        with gr.Column(elem_id="view-ask"), gr.Row(elem_id="desk", equal_height=False):
            with gr.Column(elem_id="main", min_width=0):
                gr.HTML(chat_page.hello_html(), elem_id="hello", js_on_load=None, apply_default_css=False)
                talk = gr.HTML("", elem_id="talk", js_on_load=None, apply_default_css=False)
                with gr.Column(elem_id="composer", scale=0, min_width=0):
                    using = gr.HTML("", elem_id="using", js_on_load=None, apply_default_css=False)
                    with gr.Row(elem_id="line"):
                        box = gr.Textbox(
                            label=text("question"), placeholder=text("placeholder"), elem_id="question", lines=1, max_lines=6,
                            max_length=turns.TYPED_LIMIT, container=False, scale=1, min_width=0,
                        )  # fmt: skip
                        send = gr.Button(text("send"), variant="primary", elem_id="send", scale=0, min_width=88)
                        stop = gr.Button(text("stop"), variant="stop", elem_id="stop", scale=0, min_width=88)
                    context = gr.HTML(chat_page.context_html(Context()), elem_id="context", js_on_load=None, apply_default_css=False)
                gr.HTML(chat_page.examples_html(), elem_id="examples", js_on_load=None, apply_default_css=False)
            with gr.Column(elem_id="side", min_width=0):
                gr.HTML(chat_page.side_html(), elem_id="side-head", js_on_load=None, apply_default_css=False)
                panel = gr.HTML("", elem_id="panel", js_on_load=None, apply_default_css=False)
        with gr.Column(elem_id="view-texts"):
            texts = gr.HTML(chat_page.loading_html(), elem_id="texts", js_on_load=None, apply_default_css=False)
        with gr.Column(elem_id="view-own"):
            own = gr.HTML(chat_own.own_html("en", None), elem_id="own", js_on_load=None, apply_default_css=False)
        device = gr.HTML(chat_page.device_html(Context()), elem_id="device", js_on_load=None, apply_default_css=False)
        foot = gr.HTML(chat_page.foot_html("…", "…", "…"), elem_id="foot", js_on_load=None, apply_default_css=False)
        bridge = gr.HTML(
            None, html_template="", js_on_load=chat_page.script(), elem_id="bridge", words=for_gradio(),
            authorities=messages.AUTHORITY_NAMES, own_bytes=chat_own.MOST_BYTES,
        )  # fmt: skip

        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        busy: dict[str, Any] = {**quiet, "concurrency_limit": ASKERS_AT_ONCE, "concurrency_id": "ask"}

        def drawn(made: Drawn) -> dict[Any, Any]:
            found: dict[Any, Any] = {talk: made.talk, exchanges: made.exchanges}
            if made.box is not None:
                found[box] = made.box
            if made.panel is not None:
                found[panel] = made.panel
            return found

        def of(known: Any, event: gr.EventData) -> Context:
            return Context.of({**Context.of(known).plain(), "language": event._data.get("reader")})

        def on_ask(typed: str, known: Any, done: Exchanges, request: gr.Request) -> Iterator[dict[Any, Any]]:
            asker = Context.of({"language": reader_language(request), **known})
            for made in backstage.ask(typed, asker, done, request.session_hash or ""):
                yield drawn(made)

        def asks(trigger: Any) -> Any:
            event = trigger(on_ask, [box, kept, exchanges], [box, talk, panel, exchanges], js=ASKED, **busy)
            event.success(None, js=ANSWERED)
            event.failure(None, js=FAILED)
            return event

        asking: list[Any] = [asks(box.submit), asks(send.click)]

        def on_remember(known: Any, done: Exchanges, event: gr.EventData) -> dict[Any, Any]:
            asker = of(known, event)
            if asker.remember and done and done[-1].own is None:
                asker = asker.with_question(done[-1].typed)
            return {kept: asker.plain(), device: chat_page.device_html(asker)}

        bridge.remember(on_remember, [kept, exchanges], [kept, device], **quiet)

        def on_stop(known: Any, done: Exchanges) -> str:
            reader = Context.of(known).language
            return backstage.talk(done, reader, chat_page.notice_html(word("stopped", reader)))

        stop.click(on_stop, [kept, exchanges], [talk], cancels=asking, **quiet)

        def on_linked(known: Any, event: gr.EventData) -> dict[Any, Any]:
            data = event._data
            asker = Context.of({**of(known, event).plain(), "region": data["region"], "day": data["day"], "answer_in": data["answer"]})
            return {kept: asker.plain(), context: chat_page.context_html(asker), box: str(data["q"])[: turns.TYPED_LIMIT]}

        asks(bridge.linked(on_linked, [kept], [kept, context, box], **quiet).then)

        def on_context(known: Any, event: gr.EventData) -> dict[Any, Any]:
            asker, note, data = of(known, event), "", event._data
            if "place" in data:
                asker, note = stage.placed(asker, str(data["place"]))
            else:
                asker = Context.of({**asker.plain(), **data})
                if "region" in data:
                    asker = replace(asker, place="")
                if data.get("remember") is False:
                    asker = replace(asker, history=())
            return {kept: asker.plain(), context: chat_page.context_html(asker, note), device: chat_page.device_html(asker)}

        bridge.context(on_context, [kept], [kept, context, device], **quiet)

        def labelled(reader: str) -> dict[Any, Any]:
            return {
                box: gr.update(label=word("question", reader), placeholder=word("placeholder", reader)),
                send: gr.update(value=word("send", reader)),
                stop: gr.update(value=word("stop", reader)),
            }

        def on_language(known: Any, done: Exchanges, event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
            asker = Context.of({**Context.of(known).plain(), "language": event._data["language"]})
            reader, tab = asker.language, request.session_hash or ""
            found = {
                kept: asker.plain(),
                context: chat_page.context_html(asker),
                device: chat_page.device_html(asker),
                using: backstage.using(tab, reader),
                **labelled(reader),
                texts: chat_page.loading_html(),
            }
            if done:
                found |= {talk: backstage.talk(done, reader), panel: backstage.panel(done, reader)}
            return found

        bridge.language(on_language, [kept, exchanges], [kept, context, device, using, box, send, stop, texts, talk, panel], **quiet)

        def on_again(known: Any, done: Exchanges, event: gr.EventData) -> dict[Any, Any]:
            data, reader = event._data, of(known, event).language
            try:
                if data.get("drop"):
                    done = backstage.without(done, int(data["turn"]), str(data["drop"]))
                else:
                    done = backstage.again(done, int(data["turn"]), str(data.get("region") or ""), str(data.get("day") or ""))
            except AssistantError as error:
                gr.Warning(stage.explained(error, "", replace(Context.of(known), day=str(data.get("day"))))[0])
            return {talk: backstage.talk(done, reader), panel: backstage.panel(done, reader), exchanges: done}

        bridge.again(on_again, [kept, exchanges], [talk, panel, exchanges], **busy)

        def on_compare(known: Any, done: Exchanges, event: gr.EventData) -> dict[Any, Any]:
            data, reader = event._data, of(known, event).language
            try:
                done = backstage.compare(done, int(data["turn"]), str(data.get("day") or ""))
            except AssistantError as error:
                gr.Warning(stage.explained(error, "", replace(Context.of(known), day=str(data.get("day"))))[0])
            return {talk: backstage.talk(done, reader), panel: backstage.panel(done, reader), exchanges: done}

        bridge.compare(on_compare, [kept, exchanges], [talk, panel, exchanges], **busy)

        def on_note(done: Exchanges, event: gr.EventData) -> Any:
            found = next((e for e in done if e.number == event._data["turn"]), None)
            if found is None:
                return gr.skip()
            name, mime, data = export.file(found, event._data["kind"], backstage.assistant.corpus.sources, date.today())
            return download(name, mime, data)

        bridge.note(on_note, [exchanges], [bridge], **quiet)

        def on_opinion(known: Any, done: Exchanges, event: gr.EventData) -> dict[Any, Any]:
            asker, data = of(known, event), event._data
            found = next((e for e in done if e.number == data["turn"]), None)
            if found is None:
                return {kept: gr.skip()}
            why = turns.masked(str(data.get("why") or "").strip()[:400])
            asker = replace(asker, opinions=(*asker.opinions, export.opinion(found, data["helpful"] is True, why)))
            gr.Info(word("kept", asker.language), duration=3, title="")
            return {kept: asker.plain(), device: chat_page.device_html(asker)}

        bridge.opinion(on_opinion, [kept, exchanges], [kept, device], **quiet)

        def on_opinions(known: Any) -> Any:
            lines = "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in Context.of(known).opinions)
            return download("opinions.jsonl", "application/x-ndjson", lines.encode())

        bridge.opinions(on_opinions, [kept], [bridge], **quiet)

        def on_browse(known: Any, event: gr.EventData) -> str:
            asker = of(known, event)
            try:
                return backstage.texts(event._data, asker.language)
            except AssistantError as error:
                return chat_page.failed_html(*stage.explained(error, "", asker), asker.language)

        bridge.browse(on_browse, [kept], [texts], trigger_mode="always_last", **busy)

        def on_own(known: Any, event: gr.EventData, request: gr.Request) -> Iterator[dict[Any, Any]]:
            asker, tab, data = of(known, event), request.session_hash or "", event._data
            reader, name = asker.language, str(data.get("name") or "")[:200]
            yield {own: chat_page.notice_html(word("own_reading", reader, name=name or word("own_paste", reader)))}
            try:
                while not backstage.wait(5):
                    pass
                backstage.shelf.put(tab, name, base64.b64decode(str(data.get("data") or ""), validate=True), backstage.assistant)
            except (AssistantError, binascii.Error) as error:
                fault = error if isinstance(error, AssistantError) else chat_own.RefusedError("own_kind", name)
                said, detail = stage.explained(fault, "", asker)
                yield {own: chat_own.own_html(reader, None, f"{said} {detail}".strip())}
                return
            yield {own: chat_own.own_html(reader, backstage.shelf.document(tab)), using: backstage.using(tab, reader)}

        bridge.own(on_own, [kept], [own, using], **busy)

        def on_also(known: Any, event: gr.EventData, request: gr.Request) -> str:
            tab = request.session_hash or ""
            backstage.shelf.choose(tab, event._data.get("also") is True)
            return backstage.using(tab, of(known, event).language)

        bridge.also(on_also, [kept], [using], **quiet)

        def on_leave(known: Any, done: Exchanges, request: gr.Request) -> dict[Any, Any]:
            backstage.shelf.remove(request.session_hash or "")
            reader, done = Context.of(known).language, tuple(e for e in done if e.own is None)
            return {own: chat_own.own_html(reader, None), using: "", talk: backstage.talk(done, reader),
                    panel: backstage.panel(done, reader), exchanges: done}  # fmt: skip

        bridge.leave(on_leave, [kept, exchanges], [own, using, talk, panel, exchanges], **quiet)

        def on_clear(known: Any, request: gr.Request) -> dict[Any, Any]:
            backstage.shelf.remove(request.session_hash or "")
            fresh = Context(language=Context.of(known).language)
            return {kept: fresh.plain(), context: chat_page.context_html(fresh), device: chat_page.device_html(fresh), box: "", talk: "",
                    panel: "", exchanges: (), own: chat_own.own_html(fresh.language, None), using: ""}  # fmt: skip

        bridge.clear(on_clear, [kept], [kept, context, device, box, talk, panel, exchanges, own, using], cancels=asking, **quiet)

        def on_load(known: Any) -> dict[Any, Any]:
            asker = Context.of(known)
            return {kept: asker.plain(), context: chat_page.context_html(asker), device: chat_page.device_html(asker),
                    own: chat_own.own_html(asker.language, None), **labelled(asker.language)}  # fmt: skip

        page.load(
            on_load, [kept], [kept, context, device, own, box, send, stop], js="(kept) => [{...kept, language: document.documentElement.lang}]", **quiet
        )
        page.load(lambda: chat_page.foot_html(*backstage.foot()), None, [foot], **{**busy, "concurrency_id": "foot"})

        def on_unload(request: gr.Request) -> None:
            backstage.shelf.remove(request.session_hash or "")

        page.unload(on_unload)
    return page


def reader_language(request: gr.Request) -> str:
    """The first of the browser's languages that we have: what a page shows before it has said which."""
    accepted: str = request.headers.get("accept-language", "")
    for part in accepted.lower().split(","):
        if (code := part.split(";")[0].strip()[:2]) in chat_page.LANGUAGE_NAMES:
            return code
    return "en"


def download(name: str, mime: str, data: bytes) -> dict[str, str]:
    """A file for the page to save: it never lies on this machine's disk."""
    return {"name": name, "mime": mime, "data": base64.b64encode(data).decode()}


def main(argv: list[str] | None = None) -> int:
    """Serve the chat until interrupted."""
    parser = argparse.ArgumentParser(prog="app.py", description="The chat of the Belgian Integration Assistant, on this machine.")
    parser.add_argument("--index", help="folder or Chroma server URL of the index to use (default: the shipped corpus)")
    options = parser.parse_args(argv)
    backstage = Backstage(options.index)
    page = build(backstage)
    page.launch(
        head=chat_page.early(), i18n=text, prevent_thread_lock=True, footer_links=[], theme=theme(), quiet=False, share=False, pwa=False
    )  # fmt: skip
    backstage.start()
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        page.close()
        backstage.shelf.clear()
    return 0


def theme() -> gr.Theme:
    """Gradio's barest look with fonts of the reader's own device, so that nothing is fetched; the rest is in `chat.css`."""
    fonts = ["-apple-system", "Segoe UI Variable Text", "Segoe UI", "Roboto", "Inter", "Noto Sans", "Liberation Sans", "system-ui", "sans-serif"]
    return gr.themes.Base(primary_hue="teal", neutral_hue="stone", font=fonts, font_mono=["ui-monospace", "monospace"])


if __name__ == "__main__":
    sys.exit(main())
