"""Language models over real sockets: replies, failures in one line, time-outs, retries, hanging up, and keys that stay secret."""

from __future__ import annotations

import json
import logging
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from llm_server import MODEL, LLMServer, line, serving

from assistant import models, settings
from assistant.breaker import FAILURES, REST, Breaker
from assistant.errors import (
    InputError,
    ModelContextError,
    ModelError,
    ModelKeyError,
    ModelQuotaError,
    ModelReplyError,
    ModelSilentError,
    ModelUnknownError,
    ModelUnreachableError,
)
from assistant.llm import Chat, Message
from assistant.replies import MOST, Reading, Said

KEY = "canary-key"
ASK = [Message("system", "Be brief."), Message("user", "<passages>\n[s1] It is free.\n</passages>\n<question>?</question>")]


@pytest.fixture(scope="module")
def server() -> Iterator[LLMServer]:
    with serving() as running:
        yield running


def opened(server: LLMServer, name: str = "") -> Chat:
    return models.open(settings.Model(f"{server.url}{name}", KEY))


def said(model: Chat, seconds: float = 30) -> str:
    return "".join(model.reply(ASK, time.monotonic() + seconds))


def test_a_reply_comes_in_pieces_from_the_first_model_that_is_none_for_embedding(server: LLMServer) -> None:
    server.reset(lambda _: line("It is free.", "s1"))
    model = opened(server)
    reply = model.reply(ASK, time.monotonic() + 30, {"type": "object"})
    pieces = list(reply)
    assert len(pieces) > 2
    assert "".join(pieces) == line("It is free.", "s1")
    assert model.name == server.requests[0]["model"] == MODEL
    assert server.requests[0]["messages"] == [{"role": m.role, "content": m.content} for m in ASK]
    assert server.requests[0]["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert reply.tokens == {"prompt_tokens": 100, "completion_tokens": 20}
    assert server.keys == [f"Bearer {KEY}"]


def test_a_named_model_is_the_one_asked(server: LLMServer) -> None:
    server.reset(lambda _: "yes")
    assert said(opened(server, "#other:4b")) == "yes"
    assert server.requests[0]["model"] == "other:4b"


@pytest.mark.parametrize("mode", ["refuses extras", "fails on extras"])
def test_a_server_that_refuses_optional_fields_is_asked_without_them_from_then_on(server: LLMServer, mode: str) -> None:
    server.reset(lambda _: "yes", mode)
    model = opened(server)
    schema = {"type": "object"}
    for _ in range(2):
        assert "".join(model.reply(ASK, time.monotonic() + 30, schema)) == "yes"
    assert [r.get("response_format", {}).get("type") for r in server.requests] == ["json_schema", "json_object", None, None]
    assert "max_tokens" in server.requests[-1]


def test_a_server_that_knows_another_form_of_a_schema_gets_that(server: LLMServer) -> None:
    server.reset(lambda _: "yes", "knows json_object")
    model = opened(server)
    for _ in range(2):
        assert "".join(model.reply(ASK, time.monotonic() + 30, {"type": "object"})) == "yes"
    assert [r["response_format"]["type"] for r in server.requests] == ["json_schema", "json_object", "json_object"]
    assert server.requests[-1]["response_format"]["schema"] == {"type": "object"}


def test_a_passing_failure_is_tried_again_after_a_pause(server: LLMServer) -> None:
    server.reset(lambda _: "yes", "429 then well")
    assert said(opened(server)) == "yes"
    assert len(server.requests) == 2
    assert server.times[1] - server.times[0] > 0.3


FAULTS = [
    (401, ModelKeyError, 1), (404, ModelUnknownError, 1), (429, ModelQuotaError, 3), (500, ModelSilentError, 3), ("context", ModelContextError, 1),
    ("html", ModelReplyError, 1), ("no json", ModelReplyError, 1), ("kill", ModelSilentError, 1),
]  # fmt: skip


@pytest.mark.parametrize(("mode", "kind", "attempts"), FAULTS)
def test_a_failure_is_one_line_that_names_the_server_and_not_the_key(
    server: LLMServer, mode: str | int, kind: type[ModelError], attempts: int, caplog: pytest.LogCaptureFixture
) -> None:
    server.reset(lambda _: "It is free. " * 20, mode)
    with caplog.at_level(logging.DEBUG), pytest.raises(kind) as caught:
        said(opened(server, f"#{MODEL}"))
    assert len(server.requests) == attempts
    assert "\n" not in str(caught.value)
    assert server.url in str(caught.value)
    assert KEY not in str(caught.value) + repr(caught.value) + caplog.text
    assert caught.value.__cause__ is None  # what a library says may hold the key


@pytest.mark.parametrize("mode", ["slow", "stall"])
def test_the_deadline_holds_whatever_the_server_does(server: LLMServer, mode: str) -> None:
    server.reset(lambda _: "It is free. " * 20, mode)
    model = opened(server, f"#{MODEL}")
    began = time.monotonic()
    with pytest.raises(ModelSilentError, match="ASSISTANT_LLM_TIMEOUT"):
        said(model, seconds=1)
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("mode", ["stall", "endless"])
def test_the_connection_is_closed_when_the_reader_leaves(server: LLMServer, mode: str) -> None:
    server.reset(lambda _: "It is free. " * 20, mode)
    reply = opened(server, f"#{MODEL}").reply(ASK, time.monotonic() + 60)
    assert next(iter(reply))
    reply.close()
    assert server.left.wait(10)


def test_a_host_that_is_not_there_is_unreachable_soon() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.monotonic()
    with pytest.raises(ModelUnreachableError, match=f"127.0.0.1:{port}.*cannot be reached"):
        said(models.open(settings.Model(f"http://127.0.0.1:{port}/v1#m")))
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gpt-4", "is no model; write ollama/NAME"),
        ("http:///v1", "is no address"),
        (f"http://me:{KEY}@127.0.0.1/v1", "leave it out and set ASSISTANT_LLM_KEY"),
        (f"sk-{KEY}", "holds a key; set that as ASSISTANT_LLM_KEY"),
        ("openai/gpt-4o", "needs a key; set ASSISTANT_LLM_KEY"),
        ("llama_index.llms.nowhere.Model/x", "pip install llama-index-llms-nowhere"),
        ("llama_index.llms.openai.Nothing/x", "has no Nothing"),
        ("pathlib.Path/x", "is no LLM class"),
    ],
)
def test_a_name_that_is_no_model_is_said_in_one_line(name: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        models.open(settings.Model(name))
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value)


def test_any_class_of_llamaindex_can_write() -> None:
    model = models.open(settings.Model("llama_index.core.llms.mock.MockLLM/any"))
    assert "It is free." in said(model)  # it says what it is asked


def test_ollama_is_found_where_it_listens_and_does_not_think() -> None:
    made = models.open(settings.Model("ollama/qwen3:4b"))
    assert (made.name, made.context) == ("qwen3:4b", models.CONTEXT)


# ---- a model that keeps failing


def test_a_failing_model_is_left_alone_then_tried_by_one() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(FAILURES - 1):
        breaker.failed()
    assert breaker.allows()
    breaker.worked()  # what failed before it worked no longer counts
    for _ in range(FAILURES):
        assert breaker.allows()
        breaker.failed()
    assert not breaker.allows()
    now[0] += REST
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.failed()
    now[0] += REST - 1
    assert not breaker.allows()
    now[0] += 1
    assert breaker.allows()
    breaker.worked()
    assert [breaker.allows(), breaker.allows()] == [True, True]


# ---- settings


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "assistant.toml"
    monkeypatch.setenv("ASSISTANT_CONFIG", str(path))
    for name in ("ENGINE", "LLM", "LLM_KEY", "LLM_TIMEOUT", "LLM_CONTEXT"):
        monkeypatch.delenv(f"ASSISTANT_{name}", raising=False)
    return path


def test_the_environment_wins_over_the_file_and_an_option_over_both(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text(f'llm = "ollama/a"\nllm_key = "{KEY}"\nllm_timeout = 12\nllm_context = 8192\nengine = "llm"\n', encoding="utf-8")
    found = settings.load()
    assert (found.engine, found.model) == ("llm", settings.Model("ollama/a", KEY, 12.0, 8192))
    monkeypatch.setenv("ASSISTANT_LLM", "ollama/b")
    monkeypatch.setenv("ASSISTANT_ENGINE", "auto")
    again = settings.load(engine="selection")
    assert (again.engine, again.model and again.model.name, again.model and again.model.timeout) == ("selection", "ollama/b", 12.0)
    assert KEY not in repr(again) + str(again.model)


@pytest.mark.parametrize(
    ("text", "message"),
    [('llm = canary-key"', "is no TOML"), ('model = "x"', "'model' is no setting; use engine, llm"), ("llm_timeout = 0", "no number from 1 to 600"),
     ('engine = "magic"', "is no engine; use selection, llm, auto")],
)  # fmt: skip
def test_a_wrong_setting_is_said_in_one_line(config: Path, text: str, message: str) -> None:
    config.write_text('llm = "ollama/a"\n' * (not text.startswith("llm =")) + text, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        settings.load()
    assert KEY not in str(caught.value)


def test_a_named_file_that_is_not_there_is_an_error(config: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        settings.load()


def test_without_a_model_no_client_is_imported(config: Path, tmp_path: Path) -> None:
    import subprocess

    config.write_text("", encoding="utf-8")
    code = "import sys; from assistant.pipeline import Assistant; assert Assistant().model is None; print(sorted({'openai'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---- what was written → claims


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        (line("A is b.", "s1") + line("C is d.", "s2", "s3"), [("A is b.", "s1"), ("C is d.", "s2 s3")]),
        ('```json\n[{"claim": "A is b.", "cites": "s1, S2"}]\n```', [("A is b.", "s1 s2")]),
        ('{"claims": [{"claim": "A is {b}.", "cites": [3]}, {"text": "C", "citations": ["[s4]"]}]}', [("A is {b}.", "s3"), ("C", "s4")]),
        ('{"claims": [{"claim": "A is b.", "cites": ["s3"]}, {"claim": "C', [("A is b.", "s3")]),
        ("<think>{\"claim\": \"no\", \"cites\": []}</think>" + line("yes", "s1"), [("yes", "s1")]),
        ("Sure:\n- It is 5. [s1]\n- It rose (s2, s3). Then it fell.", [("Sure:", ""), ("It is 5.", "s1"), ("It rose.", "s2 s3"), ("Then it fell.", "")]),
        ("{'claim': 'It is so', 'cites': ['s2']}\n{'claim': 'And so', 'cites': ['s3']}", [("It is so", "s2"), ("And so", "s3")]),
        ('{"claims": []}', []),
    ],
)  # fmt: skip
def test_a_reply_is_read_however_it_keeps_the_form(text: str, claims: list[tuple[str, str]]) -> None:
    for size in (1, 7, len(text)):
        reading = Reading()
        found = [one for at in range(0, len(text), size) for one in reading.feed(text[at : at + size])]
        found += reading.finish()
        assert found == [Said(claim, tuple(ids.split())) for claim, ids in claims]


@pytest.mark.parametrize("text", ["", "<think>and so on", "<html><body>Hello</body></html>", '{"answer_is": 3}', "[1, 2]"])
def test_what_is_no_reply_is_said_to_be_none(text: str) -> None:
    reading = Reading()
    assert list(reading.feed(text)) == []
    with pytest.raises(ModelReplyError):
        list(reading.finish())


def test_claims_are_there_before_the_reply_ends_and_it_must_end() -> None:
    reading = Reading()
    assert [s.text for s in reading.feed('{"claims": [' + json.dumps({"claim": "A", "cites": ["s1"]}))] == ["A"]
    with pytest.raises(ModelReplyError, match="does not end"):
        list(reading.feed("and so on " * MOST))
