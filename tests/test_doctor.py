"""`assistant doctor`: each check in a line, what to mend, and an exit code that scripts can use."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from llm_server import MODEL, LLMServer, line, serving

KEY = "canary-key"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def server() -> Iterator[LLMServer]:
    with serving() as running:
        yield running


@pytest.fixture
def with_model(server: LLMServer, monkeypatch: pytest.MonkeyPatch) -> LLMServer:
    for name, value in (("LLM", f"{server.url}#{MODEL}"), ("LLM_KEY", KEY), ("LLM_TIMEOUT", "20")):
        monkeypatch.setenv(f"ASSISTANT_{name}", value)
    return server


def test_without_a_model_all_is_well_and_it_says_so(assistant: object, run: Run) -> None:
    code, out, _ = run("doctor")
    lines = out.splitlines()
    assert code == 0
    assert [one.split(":")[0] for one in lines] == ["✓ index", "✓ corpus", "✓ embedder", "✓ model"]
    assert "answers are made by selection" in lines[-1]


def test_a_model_that_works_is_called_and_its_form_tried(assistant: object, run: Run, with_model: LLMServer) -> None:
    with_model.reset(lambda messages: "ready" if len(messages) == 1 else line("The town hall opens at 9.", "s1"))
    code, out, err = run("doctor")
    assert code == 0
    assert [one.split(":")[0] for one in out.splitlines()][-2:] == ["✓ model", "✓ form"]
    assert [len(r["messages"]) for r in with_model.requests] == [1, 2]
    assert KEY not in out + err


def test_a_model_that_cites_nothing_fails_the_form(assistant: object, run: Run, with_model: LLMServer) -> None:
    with_model.reset(lambda _: "It opens at nine, I think.")
    code, out, _ = run("doctor")
    assert code == 1
    assert out.splitlines()[-1].startswith("✗ form: ")
    assert "set a larger model" in out


@pytest.mark.parametrize(("mode", "remedy"), [(401, "set ASSISTANT_LLM_KEY"), (404, "name a model that it lists"), ("html", "ends in /v1")])
def test_what_is_wrong_is_said_with_its_remedy(assistant: object, run: Run, with_model: LLMServer, mode: str | int, remedy: str) -> None:
    with_model.reset(lambda _: "ready", mode)
    code, out, err = run("doctor")
    assert code == 1
    assert out.splitlines()[-1].startswith("✗ model: ")
    assert remedy in out.splitlines()[-1]
    assert KEY not in out + err


def test_a_name_that_is_no_model_and_an_index_that_is_none(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("ASSISTANT_LLM", "gpt")
    code, out, _ = run("doctor", "--index", f"{tmp_path}/nothing-here")
    assert code == 1
    assert [one.split(":")[0] for one in out.splitlines()] == ["✗ index", "✓ embedder", "✗ model"]
    assert "write ollama/NAME" in out
