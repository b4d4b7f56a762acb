"""A language model behind one method: `reply(messages, until)` gives its text piece by piece, or one line that says why not.

Rests on the LLM classes of LlamaIndex, whatever server is behind one; `models.open` makes it. Time-outs, retries and hanging up
are ours. Knows no passages.
"""

from __future__ import annotations

import contextlib
import json
import queue
import random
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from .breaker import Breaker
from .errors import (
    ModelContextError,
    ModelError,
    ModelKeyError,
    ModelQuotaError,
    ModelReplyError,
    ModelSilentError,
    ModelUnknownError,
    ModelUnreachableError,
)

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

RETRIES, PAUSE = 2, 0.5  # further attempts, and seconds before the first of them, doubled each time
REPLY = 700  # tokens of one reply


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a model; `role` is system, user or assistant."""

    role: str
    content: str


class Reply:
    """The pieces of one reply; iterate once, `close` when the reader leaves. `tokens` is filled at the end, if the server tells."""

    def __init__(self, pieces: Callable[[Reply], Iterator[str]]) -> None:
        self.tokens: dict[str, int] = {}
        self._pieces = pieces(self)

    def __iter__(self) -> Iterator[str]:
        return self._pieces

    def close(self) -> None:
        """Hang up."""
        self._pieces.close()  # type: ignore[attr-defined]


class Model(Protocol):
    """Anything that writes. `context` is how many tokens it can read and write together; `breaker` tells whether to ask it now."""

    name: str
    context: int
    breaker: Breaker

    def reply(self, messages: Sequence[Message], until: float, schema: dict[str, Any] | None = None) -> Reply:
        """The reply, which ends by `until` (of `time.monotonic`). `schema` is a wish. Iterating raises a ModelError."""
        ...


class Line:
    """The connection of one call, to be cut from another thread: a blocked read then ends at once."""

    def __init__(self) -> None:
        self._streams: list[Any] = []
        self.cut = False

    def seen(self, event: str, info: dict[str, Any]) -> None:
        """What httpcore traces."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._streams.append(info["return_value"])
            if self.cut:
                self.hang_up()

    def hang_up(self) -> None:
        """Shut the sockets down."""
        self.cut = True
        for stream in self._streams[-1:]:
            with contextlib.suppress(OSError):  # it may be closed already
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


class Chat:
    """A model behind a LlamaIndex LLM. `make` gives one for a call: seconds it has, and the line to cut."""

    def __init__(self, name: str, context: int, make: Callable[[float, Line], LLM], where: str, key: str = "", plain: bool = False) -> None:
        self.name, self.context, self.breaker = name, context, Breaker()
        self._make, self._where, self._key = make, where, key
        # How many forms of the optional fields (schema, usage, length) its server has refused; all, if it is no server of that protocol.
        self._refused = len(_FORMS) if plain else 0
        # Servers of the protocol say why a reply ends; one that does not say was cut short.
        self._says_why = not plain

    def reply(self, messages: Sequence[Message], until: float, schema: dict[str, Any] | None = None) -> Reply:
        """See `Model`. What fails before the first piece and may pass is tried again with growing pauses."""
        return Reply(lambda reply: self._pieces(reply, messages, until, schema))

    def _pieces(self, reply: Reply, messages: Sequence[Message], until: float, schema: dict[str, Any] | None) -> Iterator[str]:
        attempt = 0
        while True:
            said = False
            try:
                for piece in self._once(reply, messages, until, schema):
                    said = True
                    yield piece
                return
            except Exception as caught:
                error = _root(caught)
                if self._refused < len(_FORMS) and _about_wishes(error):
                    self._refused = self._refused + 1 if schema is not None else len(_FORMS)
                    continue
                found = fault(error, self._where, self._key)
                pause = PAUSE * 2**attempt * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
                pause = max(pause, _wanted_pause(error))
                if said or attempt >= RETRIES or not _passing(error) or time.monotonic() + pause >= until:
                    raise found from None
            attempt += 1
            time.sleep(pause)

    def _once(self, reply: Reply, messages: Sequence[Message], until: float, schema: dict[str, Any] | None) -> Iterator[str]:
        """One attempt, read in a thread of its own: the deadline holds whatever the model's class does."""
        from llama_index.core.llms import ChatMessage

        pieces: queue.SimpleQueue[str | BaseException | None] = queue.SimpleQueue()
        line = Line()
        sent = [ChatMessage(role=m.role, content=m.content) for m in messages]

        def read() -> None:
            try:
                llm = self._make(max(0.1, until - time.monotonic()), line)
                ended = not self._says_why
                for part in llm.stream_chat(sent, **_wishes(schema, self.context, self._refused)):
                    if line.cut:
                        return
                    reply.tokens |= {k: int(part.additional_kwargs[k]) for k in ("prompt_tokens", "completion_tokens") if k in part.additional_kwargs}
                    ended = ended or any(choice.finish_reason for choice in getattr(part.raw, "choices", ()))
                    if part.delta:
                        pieces.put(part.delta)
                pieces.put(None if ended else ModelSilentError(f"{self._where}: broke off in its reply; see its log"))
            except Exception as error:
                pieces.put(error)

        threading.Thread(target=read, name="model", daemon=True).start()
        try:
            while True:
                try:
                    piece = pieces.get(timeout=max(0.0, until - time.monotonic()))
                except queue.Empty:
                    raise ModelSilentError(f"{self._where}: did not finish in time; raise ASSISTANT_LLM_TIMEOUT or set a faster model") from None
                if piece is None:
                    return
                if isinstance(piece, BaseException):
                    raise piece
                yield piece
        finally:
            line.hang_up()


# How a schema is asked for: as OpenAI has it, as llama-cpp-python has it, not at all.
_FORMS: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = (
    lambda schema: {"type": "json_schema", "json_schema": {"name": "claims", "strict": True, "schema": schema}},
    lambda schema: {"type": "json_object", "schema": schema},
    lambda _: {},
)


def _wishes(schema: dict[str, Any] | None, context: int, refused: int) -> dict[str, Any]:
    """The optional fields of a call to a server that has refused so many forms of them."""
    if refused == len(_FORMS):
        return {}
    form = _FORMS[refused](schema) if schema is not None else {}
    return {"max_tokens": min(REPLY, context // 3), "stream_options": {"include_usage": True}} | ({"response_format": form} if form else {})


def _root(error: BaseException) -> BaseException:
    """What we said ourselves inside a client that wrapped it, else the error."""
    return error.__cause__ if isinstance(error.__cause__, ModelError) else error


def _kinds(error: BaseException) -> set[str]:
    """The names of an error's classes and of its cause's: clients of many makes are told apart by them."""
    return {kind.__name__ for one in (error, error.__cause__) if one is not None for kind in type(one).__mro__}


def fault(error: BaseException, where: str, key: str = "") -> ModelError:
    """What went wrong, as one line without the key, whatever library it comes from."""
    if isinstance(error, ModelError):
        return error
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    said = scrubbed(error, key)
    names = _kinds(error)
    if _about_context(error):
        return ModelContextError(f"{where}: the question and its passages do not fit into its context window; set a larger one ({said})")
    if status in (401, 403):
        return ModelKeyError(f"{where}: refuses the key ({status}); set ASSISTANT_LLM_KEY")
    if status == 404:
        return ModelUnknownError(f"{where}: does not have the model, or is no such address (404); name a model that it lists")
    if status in (402, 429):
        return ModelQuotaError(f"{where}: has no quota left for now ({status}); wait, or raise it")
    if status and status >= 500:
        return ModelSilentError(f"{where}: fails ({status}: {said}); see its log")
    if "ConnectTimeout" in names:
        return ModelUnreachableError(f"{where}: cannot be reached; start it, or correct ASSISTANT_LLM")
    if any("Timeout" in name for name in names):
        return ModelSilentError(f"{where}: did not answer in time; raise ASSISTANT_LLM_TIMEOUT or set a faster model")
    if names & {"ReadError", "RemoteProtocolError", "IncompleteRead"}:
        return ModelSilentError(f"{where}: broke off in its reply; see its log")
    if names & {"ConnectError", "APIConnectionError", "ConnectionError"}:
        return ModelUnreachableError(f"{where}: cannot be reached; start it, or correct ASSISTANT_LLM")
    return ModelReplyError(f"{where}: gave no usable reply ({type(error).__name__}: {said}); check that it speaks OpenAI's protocol")


_CONTEXT = re.compile(
    r"context (?:length|window|size)|maximum context|context_length|exceed\w* .{0,30}context|too many tokens|prompt is too long", re.IGNORECASE
)


def _about_context(error: BaseException) -> bool:
    return isinstance(error, ModelContextError) or bool(getattr(error, "status_code", 0) in (400, 413, 422, 500) and _CONTEXT.search(str(error)))


def _about_wishes(error: BaseException) -> bool:
    """Whether a server may have refused optional fields. Some fail on them (500, seen in llama-cpp-python) instead of refusing."""
    status = getattr(error, "status_code", 0)
    return (status in (400, 422) and not _about_context(error)) or (status >= 500 and "response_format" in str(error))


def _passing(error: BaseException) -> bool:
    """Whether it may be over in a moment."""
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    if status:
        return (status in (408, 409, 429) and "insufficient_quota" not in str(error)) or status >= 500
    names = _kinds(error)
    return bool(names & {"ConnectError", "APIConnectionError", "RemoteProtocolError", "ReadError"}) and not any("Timeout" in n for n in names)


def _wanted_pause(error: BaseException) -> float:
    """Seconds that a server asks to wait."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return max(0.0, float(headers.get("retry-after", 0)))
    except ValueError:
        return 0.0


def scrubbed(error: BaseException, key: str) -> str:
    """What an error says, on one line, without the key."""
    body = getattr(error, "body", None)
    text = str(body.get("message") if isinstance(body, dict) and body.get("message") else error)
    text = " ".join((text.replace(key, "•••") if key else text).split())[:160]
    return re.sub(r"\bsk-[\w*.-]+", "•••", text) or json.dumps(type(error).__name__)
