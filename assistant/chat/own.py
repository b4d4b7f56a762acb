"""A reader's own document: an index of its own in a temporary folder, for one tab, deleted after. No Gradio.

The assistant that reads it is made like the one handed in, so that this module knows no pipeline and no store.
"""

from __future__ import annotations

import html
import tempfile
import textwrap
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import documents
from ..errors import InputError
from ..records import Answer, Document, Question
from .words import tag, word

MOST_CHARACTERS = 200_000
MOST_BYTES = 10_000_000
MOST_AT_ONCE = 40
KEPT_SECONDS = 4 * 3600


# What a reader of files says → the key of the reason that the page gives.
_REASONS = {"password": "own_locked", "pages but no text": "own_scan", "no text": "own_empty", "is empty": "own_empty", "damaged": "own_damaged",
            "unpacks to": "own_large", "more than": "own_large", "larger than": "own_large"}  # fmt: skip


class RefusedError(InputError):
    """A document that cannot be used; `key` is the reason's key in `words`."""

    def __init__(self, key: str, name: str) -> None:
        super().__init__(f"{name}: {key}; paste the text instead")
        self.key = key


@dataclass(frozen=True)
class Held:
    """One reader's document with its assistant and folder; `also`: the texts are asked as well."""

    document: Document
    assistant: Any
    folder: tempfile.TemporaryDirectory[str]
    since: float
    also: bool = False


class Shelf:
    """The own documents of all open tabs, each reachable by its own tab alone."""

    def __init__(self) -> None:
        self._held: dict[str, Held] = {}
        self._lock = threading.Lock()

    def put(self, tab: str, name: str, data: bytes, assistant: Any) -> Document:
        """Index a document for a tab, in place of the one it had. Raises RefusedError or AssistantError."""
        folder = tempfile.TemporaryDirectory(prefix="own-", ignore_cleanup_errors=True)
        try:
            document = read(name, data, Path(folder.name))
            # A reader's own document goes to no model, wherever that may be served.
            options = replace(assistant.settings, index=str(Path(folder.name) / "index"), engine="selection")
            reading = type(assistant)(options, assistant.embedder)
            reading.update([document])
        except BaseException:
            folder.cleanup()
            raise
        self.remove(tab)
        with self._lock:
            self._held[tab] = Held(document, reading, folder, time.monotonic())
        self._tidy()
        return document

    def document(self, tab: str) -> Document | None:
        """The document of a tab."""
        held = self._held.get(tab)
        return held.document if held else None

    def also(self, tab: str) -> bool:
        """Whether a tab asks the texts as well as its document."""
        held = self._held.get(tab)
        return held.also if held else False

    def choose(self, tab: str, also: bool) -> None:
        """Ask the texts as well from now on, or the document alone."""
        with self._lock:
            if held := self._held.get(tab):
                self._held[tab] = replace(held, also=also)

    def answer(self, tab: str, question: Question) -> Answer:
        """The answer from a tab's document alone; region and day do not matter there."""
        held = self._held[tab]
        answer: Answer = held.assistant.answer(replace(question, documents=(held.document.id,), regions=(), as_of=None, history=()))
        return answer

    def remove(self, tab: str) -> None:
        """Forget a tab's document and delete its folder."""
        with self._lock:
            held = self._held.pop(tab, None)
        if held:
            held.folder.cleanup()

    def clear(self) -> None:
        """Forget all."""
        for tab in list(self._held):
            self.remove(tab)

    def _tidy(self) -> None:
        now = time.monotonic()
        held = sorted(self._held.items(), key=lambda item: item[1].since)
        for place, (tab, one) in enumerate(held):
            if now - one.since > KEPT_SECONDS or place < len(held) - MOST_AT_ONCE:
                self.remove(tab)


def read(name: str, data: bytes, folder: Path) -> Document:
    """A document from bytes: a file by its ending, a pasted text without a name. Raises RefusedError with the reason.

    The file lies in `folder` only while it is read.
    """
    ending = Path(name).suffix.lower() if name else ".txt"
    if len(data) > MOST_BYTES:
        raise RefusedError("own_heavy", name)
    if not data.strip():
        raise RefusedError("own_empty", name)
    if ending not in documents.READERS:
        raise RefusedError("own_kind", name)
    path = folder / f"own{ending}"
    try:
        path.write_bytes(data)
        read = documents.read(path, Path(name).stem[:80] or "text")
    except InputError as error:
        raise RefusedError(next((key for said, key in _REASONS.items() if said in str(error)), "own_kind"), name) from error
    finally:
        path.unlink(missing_ok=True)
    if len(read.text) > MOST_CHARACTERS:
        raise RefusedError("own_large", name)
    return replace(read, title=Path(name).stem[:80] if name else textwrap.shorten(read.text, 44, placeholder=" …"))


def own_html(reader: str, document: Document | None, note: str = "") -> str:
    """Where a document is handed over; or, once it is, its name and the way to delete it."""
    if document:
        return (
            f'<div class="own"><h2>{tag("own", reader)}</h2>'
            f'<p class="using" role="status">{html.escape(word("own_ready", reader, name=document.title))}</p>'
            f'<div class="actions"><button type="button" data-do="view" data-view="ask">{tag("ask", reader)}</button>'
            f'<button type="button" data-do="leave">{tag("own_remove", reader)}</button></div></div>'
        )
    return (
        f'<div class="own"><h2>{tag("own", reader)}</h2><p class="lead">{tag("own_lead", reader)}</p>'
        f'<label class="drop">{tag("own_file", reader)}<input type="file" id="own-file" accept="{",".join(sorted(documents.READERS))}"></label>'
        f'<label>{tag("own_paste", reader)}<textarea id="own-text" rows="8" dir="auto" maxlength="{MOST_CHARACTERS}"></textarea></label>'
        f'<p id="own-note" class="hint" role="status">{html.escape(note)}</p>'
        f'<div class="actions"><button type="button" data-do="paste">{tag("own_use", reader)}</button></div></div>'
    )


def using_html(reader: str, document: Document | None, also: bool = False) -> str:
    """Above the question: the own document, whether the texts are asked as well, and the way out."""
    if document is None:
        return ""
    options = "".join(
        f'<option value="{value}" data-t="{key}"{" selected" if also == bool(value) else ""}>{html.escape(word(key, reader))}</option>'
        for value, key in (("", "own_only"), ("yes", "own_also"))
    )
    return (
        f'<div class="using"><span class="name">{html.escape(word("own_ready", reader, name=document.title))}</span>'
        f'<select id="own-scope" data-do="also" data-t-label="own_scope" aria-label="{html.escape(word("own_scope", reader))}">{options}</select>'
        f'<button type="button" class="quiet" data-do="leave">{tag("own_remove", reader)}</button></div>'
    )
