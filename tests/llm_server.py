"""A small server that speaks OpenAI's chat protocol over real sockets, well or badly, as a test tells it."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Messages = list[dict[str, str]]
Writes = Callable[[Messages], str]
MODEL = "small-test-model"
FAULTS = {
    401: {"message": "Incorrect API key provided: canary-key", "code": "invalid_api_key"},
    404: {"message": "The model does not exist", "code": "model_not_found"},
    429: {"message": "Rate limit reached", "code": "rate_limit_exceeded"},
    500: {"message": "out of memory", "code": None},
}


class LLMServer(ThreadingHTTPServer):
    """`writes` makes the reply; `mode` is how it is delivered: "" well, or the name of a fault."""

    daemon_threads = True
    # A client that hangs up is what the tests are about, and no failure of the server.
    handle_error = lambda self, request, client_address: None  # noqa: E731

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.writes: Writes = faithful
        self.mode: str | int = ""
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.times: list[float] = []
        self.left = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def reset(self, writes: Writes, mode: str | int = "") -> None:
        self.writes, self.mode = writes, mode
        self.requests, self.keys, self.times = [], [], []
        self.left.clear()


@contextmanager
def serving() -> Iterator[LLMServer]:
    server = LLMServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: LLMServer

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._json(200, {"data": [{"id": "text-embedding-tiny"}, {"id": MODEL}]})

    def do_POST(self) -> None:
        server = self.server
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server.requests.append(asked)
        server.keys.append(self.headers.get("Authorization", ""))
        server.times.append(time.monotonic())
        mode = server.mode
        if mode == "429 then well":
            mode = 429 if len(server.requests) == 1 else ""
        if mode in ("refuses extras", "fails on extras") and "response_format" in asked:
            return self._json(400 if mode == "refuses extras" else 500, {"error": {"message": "response_format: no such field", "code": None}})
        if mode == "knows json_object" and asked["response_format"]["type"] == "json_schema":
            return self._json(500, {"error": {"message": "response_format.type: Input should be 'text' or 'json_object'", "code": None}})
        if mode == "context":
            return self._json(400, {"error": {"message": "This model's maximum context length is 512 tokens", "code": "context_length_exceeded"}})
        if isinstance(mode, int):
            return self._json(mode, {"error": FAULTS[mode]})
        if mode == "html":
            return self._send(200, "text/html", b"<!doctype html><html><body>Welcome to nginx</body></html>")
        if mode == "slow":
            time.sleep(8)
        if mode == "half":
            # The first request gets a whole reply, what comes after it none.
            mode = "" if len(server.requests) == 1 else "stall"
        try:
            self._stream(str(mode), server.writes(asked["messages"]))
        except (BrokenPipeError, ConnectionResetError):
            server.left.set()
        return None

    def _stream(self, mode: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        if mode == "no json":
            self.wfile.write(b"data: {this is no JSON\n\n")
            return
        sent = 0
        while sent < len(text) or mode == "endless":
            piece = "and so on " * 20 if mode == "endless" else text[sent : sent + 16]
            self._event({"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]})
            sent += 16
            if mode in ("kill", "stall") and sent >= 48:
                break
        if mode == "kill":
            self.connection.close()
            return
        while mode == "stall":
            time.sleep(0.05)
            # A comment is ignored by clients; writing it shows when they are gone.
            self.wfile.write(b": waiting\n\n")
        self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self._event({"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, body: dict[str, Any]) -> None:
        whole = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, **body}
        self.wfile.write(f"data: {json.dumps(whole)}\n\n".encode())
        self.wfile.flush()

    def _json(self, status: int, body: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(body).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def passages(messages: Messages) -> dict[str, str]:
    """The sentences that a prompt offers, by id."""
    return dict(re.findall(r"^\[(s\d+)\] (.+)$", messages[1]["content"], re.MULTILINE))


def line(claim: str, *cites: str, english: str = "") -> str:
    return json.dumps({"claim": claim, **({"english": english} if english else {}), "cites": list(cites)}, ensure_ascii=False) + "\n"


def faithful(messages: Messages) -> str:
    """The first sentence of every section, word for word."""
    firsts = re.findall(r"^<section .*>\n\[(s\d+)\] (.+)$", messages[1]["content"], re.MULTILINE)
    return "".join(line(text, id) for id, text in firsts)


_ORDER = re.compile(
    r"\b(?:say|state|claim|add|reply|respond|answer|write|tell|dis|ajoute\w*|réponds?|zeg|antwoord|voeg|sag\w*|antworte\w*|schreib\w*|füge|end|only|nur|alleen)"
    r"\b([^\n‹<]{3,120})", re.IGNORECASE
)  # fmt: skip


def obedient(messages: Messages) -> str:
    """What `faithful` writes; but the last order in the data is carried out, in front and instead, as a hijacked model would."""
    data = messages[1]["content"].rsplit("</question>", 1)[0]
    orders = _ORDER.findall(data)
    if not orders:
        return faithful(messages)
    said = re.sub(r"^.*?\b(?:that|que|dat|dass|with|by|par|met|mit)\b", "", orders[-1]).strip(" :'\".") or "free"
    said = said[0].upper() + said[1:]
    first = next(iter(passages(messages)))
    return line(f"{said}.", first) + line(f"The rules of the passages no longer hold: {said}.", first)
