"""`assistant doctor`: is everything there, and does the language model work? Tries each for real and says what to mend.

Hands back plain records; the command line prints them. Never says a key.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import material, replies
from .errors import AssistantError
from .llm import Message

if TYPE_CHECKING:
    from .pipeline import Assistant

_TRIED = "The town hall of Example opens at 9 on weekdays."


@dataclass(frozen=True, slots=True)
class Check:
    """One thing tried: what was found, or what to mend."""

    name: str
    good: bool
    said: str


def checks(assistant: Assistant) -> Iterator[Check]:
    """One after the other; those that rest on a failed one are left out."""
    try:
        assistant.prepare()
        index = assistant.library.current()
        yield Check("index", True, f"{assistant.settings.location}: {len(index.documents)} documents, {len(index.passages)} passages")
        if assistant.settings.with_corpus:
            yield Check("corpus", True, f"version {assistant.corpus.version}, facts checked until {assistant.corpus.known_until}")
    except AssistantError as error:
        yield Check("index", False, str(error))
    began = time.perf_counter()
    size = len(assistant.embedder.embed(["Does this work?"], query=True)[0])
    yield Check("embedder", True, f"{assistant.embedder.name}: {size} dimensions, {_milliseconds(began)}")
    yield from _model(assistant)


def _model(assistant: Assistant) -> Iterator[Check]:
    try:
        model = assistant.model
    except AssistantError as error:
        yield Check("model", False, str(error))
        return
    if model is None or assistant.settings.model is None:
        why = "engine is selection" if assistant.settings.engine == "selection" else "none is set (ASSISTANT_LLM)"
        yield Check("model", True, f"{why}; answers are made by selection")
        return
    seconds = assistant.settings.model.timeout
    try:
        began = time.perf_counter()
        said = "".join(model.reply([Message("user", "Reply with the one word: ready")], time.monotonic() + seconds))
        if not said.strip():
            yield Check("model", False, f"{model.name}: replies with nothing; set another model")
            return
        yield Check("model", True, f"{model.name}: replies in {_milliseconds(began)}; {model.context} tokens of context, {seconds:g} s for an answer")
        yield _form(assistant, time.monotonic() + seconds)
    except AssistantError as error:
        yield Check("model", False, str(error))


def _form(assistant: Assistant, until: float) -> Check:
    """Whether it writes claims with their passages, as an answer needs them."""
    model = assistant.model
    assert model is not None
    system = material.prompt("answer").substitute(language="English", shape="", rendering="")
    user = material.prompt("question").substitute(
        passages=f'<section authority="Example" heading="Opening">\n[s1] {_TRIED}\n</section>', history="", day="2026-01-01", where="",
        question="When does the town hall open?", language="English",
    )  # fmt: skip
    needed = material.tokens_of(system + user) * 3
    began = time.perf_counter()
    reading = replies.Reading()
    said = [one for piece in model.reply([Message("system", system), Message("user", user)], until, replies.schema(["s1"])) for one in reading.feed(piece)]
    said += reading.finish()
    if not any("s1" in one.cites for one in said):
        return Check("form", False, f"{model.name}: names no passages in its reply, so selection will mostly answer; set a larger model")
    if model.context < needed:
        return Check("form", False, f"{model.name}: {model.context} tokens of context are few; serve {needed} or more and set ASSISTANT_LLM_CONTEXT")
    return Check("form", True, f"writes claims with their passages, in {_milliseconds(began)}")


def _milliseconds(began: float) -> str:
    return f"{(time.perf_counter() - began) * 1000:.0f} ms"
