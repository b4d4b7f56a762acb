"""The command line: results on stdout, one line per failure on stderr, exit codes 0, 1 and 2."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant import __version__, cli
from assistant.pipeline import Assistant
from assistant.understanding import MAX_CHARACTERS

Run = Callable[..., tuple[int, str, str]]
LETTER = (
    "Decision of the municipality\n"
    "\n"
    "Your application for a residence card was received on 3 March 2026.\n"
    "The residence card costs €25 and is paid at the counter.\n"
    "An appeal against this decision must be sent within 30 days.\n"
    "The appeal is sent by registered letter to the Council in Namur [12].\n"
)
RULES = (
    "# House rules\n\n## Quiet hours\n\nThe house is quiet from 22 h to 7 h 🌙.\n\n## Waste\n\n- Paper is collected on Monday.\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("files")
    (made / "letters").mkdir()
    (made / "letters" / "decision.txt").write_text(LETTER, encoding="utf-8", newline="\n")
    (made / "rules.md").write_text(RULES, encoding="utf-8", newline="\n")
    (made / "picture.png").write_bytes(b"\x89PNG")
    return made


@pytest.fixture(scope="module")
def place(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An index that holds the folder."""
    made = str(tmp_path_factory.mktemp("place") / "index")
    assert cli.main(["ingest", str(folder), "--index", made]) == 0
    return made


def program(*argv: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "assistant", *argv], capture_output=True, check=False)


def answers(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.removesuffix("\n").split("\n")]


def test_ingest_reports_what_changed(folder: Path, tmp_path: Path, run: Run) -> None:
    place = str(tmp_path / "index")
    code, out, err = run("ingest", str(folder), "--index", place)
    assert code == 0
    assert out.splitlines()[:2] == ["added: letters/decision", "added: rules"]
    assert "2 added, 0 changed, 0 removed, 0 unchanged, 0 failed" in out
    assert "passages" in err
    report = json.loads(run("ingest", str(folder), "--index", place, "--json")[1])
    assert (report["unchanged"], report["embedded"]) == (["letters/decision", "rules"], 0)


def test_a_file_that_cannot_be_read_fails_alone(tmp_path: Path, run: Run) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "good.txt").write_text("The office is open on Monday.\n")
    (tmp_path / "files" / "bad.txt").write_bytes(b"%PDF-1.7 ...")
    (tmp_path / "files" / "empty.txt").touch()
    code, out, err = run("ingest", str(tmp_path / "files"), "--index", str(tmp_path / "index"))
    assert code == 1
    assert "added: good" in out
    assert "2 failed" in out
    reasons = [line for line in err.splitlines() if line.startswith("assistant: ")]
    assert len(reasons) == 2
    assert "bad.txt: is a damaged PDF" in err
    assert "empty.txt: is empty" in err


def test_a_file_of_another_kind_is_named_with_what_to_do(folder: Path, tmp_path: Path, run: Run) -> None:
    code, _, err = run("ingest", str(folder / "picture.png"), "--index", str(tmp_path / "index"))
    assert code == 1
    assert "picture.png: files of type '.png' are not read; use .docx" in err


def test_two_files_with_one_id_are_an_error_that_names_both(tmp_path: Path, run: Run) -> None:
    for name in ("same.txt", "same.md"):
        (tmp_path / name).write_text("The office is open on Monday.\n")
    code, out, err = run("ingest", str(tmp_path), "--index", str(tmp_path / "index"))
    assert (code, out) == (1, "")
    assert "same.txt" in err
    assert "same.md" in err


def test_an_ingested_document_answers_with_exact_quotes(place: str, run: Run) -> None:
    code, out, _ = run("ask", "When must I appeal?", "--document", "letters/decision", "--index", place, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["status"] == "answered"
    assert "within 30 days" in found["answer"]
    assert found["known_until"] is None
    for citation in found["citations"]:
        assert citation["document"] == "letters/decision"
        assert citation["quote"] == LETTER[citation["start"] : citation["end"]]
        assert (citation["authority"], citation["title"], citation["url"], citation["sources"]) == (None, None, None, [])


def test_an_index_by_name_holds_only_what_was_ingested(place: str, run: Run) -> None:
    results = json.loads(run("search", "integration course in Flanders", "--index", place, "--json")[1])["results"]
    assert {r["document"] for r in results} == {"letters/decision", "rules"}


def test_documents_that_do_not_answer_are_not_found(place: str, run: Run) -> None:
    code, out, _ = run("ask", "What does MIPEX say?", "--document", "rules", "--index", place, "--json")
    found = json.loads(out)
    assert (code, found["status"], found["citations"]) == (0, "not_found", [])
    assert "rules" in found["answer"]


@pytest.mark.parametrize("first", [True, False])
def test_index_is_taken_before_and_after_the_command(first: bool, place: str, run: Run) -> None:
    command = ["show", "rules"]
    assert run(*(["--index", place, *command] if first else [*command, "--index", place])) == (0, RULES, "")


def test_the_index_of_the_environment_is_used_and_the_option_wins(
    place: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_INDEX", place)
    assert run("show", "rules")[0] == 0
    code, _, err = run("show", "rules", "--index", str(tmp_path / "other"))
    assert code == 1
    assert "there is no index yet" in err


def test_show_writes_exactly_the_file(place: str) -> None:
    done = program("show", "letters/decision", "--index", place)
    assert (done.returncode, done.stdout, done.stderr) == (0, LETTER.encode(), b"")


def test_show_of_a_corpus_document_has_no_front_matter_and_no_attributes(assistant: Assistant, run: Run) -> None:
    code, out, _ = run("show", "civic-integration/wallonia.fr")
    assert code == 0
    assert out.startswith("# ")
    assert "<!--" not in out
    assert out == assistant.document("civic-integration/wallonia.fr").text


def test_every_citation_of_an_answer_is_found_in_what_show_prints(assistant: Assistant, run: Run) -> None:
    found = json.loads(run("ask", "How much does the integration course cost?", "--json")[1])
    assert len({c["document"] for c in found["citations"]}) > 1
    for citation in found["citations"][:2]:
        shown = run("show", citation["document"])[1]
        assert shown[citation["start"] : citation["end"]] == citation["quote"]


def test_ask_as_text_gives_the_answer_and_its_sources(assistant: Assistant, run: Run) -> None:
    code, out, err = run("ask", "What does the integration course cost?", "--region", "flanders", "--language", "nl")
    assert (code, err) == (0, "")
    assert "€" in out
    assert "\n[1] " in out
    assert "<http" in out


def test_search_gives_ranked_passages_with_offsets(assistant: Assistant, run: Run) -> None:
    code, out, _ = run("search", "MIPEX health", "--k", "5", "--json")
    found = json.loads(out)
    assert code == 0
    assert set(found) == {"id", "results"}
    assert [r["rank"] for r in found["results"]] == [1, 2, 3, 4, 5]
    assert [r["score"] for r in found["results"]] == sorted((r["score"] for r in found["results"]), reverse=True)
    documents = assistant.library.current().documents
    for result in found["results"]:
        assert set(result) == {"rank", "document", "section", "start", "end", "text", "score"}
        assert result["text"] == documents[result["document"]].text[result["start"] : result["end"]]
    assert found["results"][0]["document"].startswith(("mipex/", "health/"))


def test_search_as_text_names_documents_and_offsets(place: str, run: Run) -> None:
    code, out, _ = run("search", "appeal", "--k", "1", "--index", place)
    assert code == 0
    assert out.startswith(" 1. letters/decision#")


BAD_LINES: dict[str, str] = {
    "no json": "{",
    "no object": '["a question"]',
    "no question": '{"id": "x"}',
    "question is no text": '{"id": "x", "question": 5}',
    "empty question": '{"id": "x", "question": "  ?! "}',
    "too long": json.dumps({"id": "x", "question": "why " * MAX_CHARACTERS}),
    "region": '{"id": "x", "question": "Why?", "regions": ["mars"]}',
    "regions are no list": '{"id": "x", "question": "Why?", "regions": "brussels"}',
    "date": '{"id": "x", "question": "Why?", "as_of": "2026-13-40"}',
    "language": '{"id": "x", "question": "Why?", "language": "xx"}',
    "length": '{"id": "x", "question": "Why?", "length": "long"}',
    "document": '{"id": "x", "question": "Why?", "documents": ["nowhere"]}',
    "history": '{"id": "x", "question": "Why?", "history": [{"role": "system", "content": "a"}]}',
    "deep": "[" * 100_000,
    "number with too many digits": '{"id": "x", "question": ' + "9" * 5_000 + "}",
}


def test_a_bad_line_of_a_batch_gives_an_error_and_the_rest_goes_on(place: str, run: Run, tmp_path: Path) -> None:
    good = '{"id": "good", "question": "When must I appeal?", "documents": ["letters/decision"]}'
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(["\ufeff" + good, "", *BAD_LINES.values(), good]) + "\n", encoding="utf-8")
    code, out, err = run("batch", str(file), "--index", place)
    rows = answers(out)
    assert code == 1
    assert len(rows) == len(BAD_LINES) + 2
    assert rows[0]["status"] == rows[-1]["status"] == "answered"
    assert rows[-1]["id"] == "good"
    for (name, line), row in zip(BAD_LINES.items(), rows[1:-1], strict=True):
        assert set(row) == {"id", "error"}, name
        assert row["id"] == ("x" if line.startswith('{"id"') and name != "number with too many digits" else None), name
        assert row["error"], name
        assert "\n" not in row["error"], name
    assert err.splitlines()[-1].startswith(f"assistant: {len(BAD_LINES)} of the lines")


def test_a_line_that_is_not_utf8_fails_alone(place: str, run: Run, tmp_path: Path) -> None:
    good = b'{"id": "good", "question": "When must I appeal?"}\n'
    file = tmp_path / "questions.jsonl"
    file.write_bytes(good + b'{"id": "bad", "question": "\xe9t\xe9 ?"}\n' + good)
    code, out, _ = run("batch", str(file), "--index", place)
    rows = answers(out)
    assert code == 1
    assert ["error" in row for row in rows] == [False, True, False]


def test_odd_characters_in_a_batch_are_no_failure(place: str, run: Run, tmp_path: Path) -> None:
    odd = "When must I appeal? \ud800 \0 \u2028 🇧🇪"
    file = tmp_path / "questions.jsonl"
    rows = [
        {"id": "q", "question": odd},
        {
            "id": "h",
            "question": "and the cost?",
            "history": [{"role": "user", "content": odd}, {"role": "assistant", "content": odd}],
        },
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    code, out, _ = run("batch", str(file), "--index", place)
    assert code == 0
    assert [row["id"] for row in answers(out)] == ["q", "h"]


def test_a_batch_reads_stdin_and_can_search(place: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"id": "q1", "question": "appeal"}\n{"id": "q2", "question": "waste"}\n'))
    code, out, err = run("batch", "-", "--search", "--k", "1", "--index", place)
    first, second = answers(out)
    assert (code, err) == (0, "")
    assert (first["id"], first["results"][0]["document"]) == ("q1", "letters/decision")
    assert (second["id"], second["results"][0]["document"]) == ("q2", "rules")


WRONG: dict[str, list[str]] = {
    "no command": [],
    "unknown command": ["translate"],
    "unknown region": ["ask", "Why?", "--region", "mars"],
    "unknown language": ["ask", "Why?", "--language", "xx"],
    "unknown option": ["ask", "Why?", "--fast"],
    "bad date": ["ask", "Why?", "--as-of", "2026-13-40"],
    "date in words": ["ask", "Why?", "--as-of", "tomorrow"],
    "empty question": ["ask", "  "],
    "only signs": ["ask", "?!"],
    "too long question": ["ask", "why " * MAX_CHARACTERS],
    "k too small": ["search", "Why?", "--k", "0"],
    "k is no number": ["search", "Why?", "--k", "many"],
    "ingest without path": ["ingest"],
    "wrong address": ["show", "rules", "--index", "http://"],
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_use_is_one_line_and_exit_code_2(name: str, place: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_INDEX", place)
    code, out, err = run(*WRONG[name])
    assert (code, out) == (2, "")
    assert err.startswith("assistant: ")
    assert err.count("\n") == 1
    assert len(err) < 400


FAILED: dict[str, tuple[list[str], str]] = {
    "missing file": (["ingest", "{tmp}/nowhere"], "nowhere"),
    "empty folder": (["ingest", "{tmp}/empty"], "empty"),
    "missing batch": (["batch", "{tmp}/nowhere.jsonl"], "nowhere.jsonl"),
    "batch is a folder": (["batch", "{tmp}/empty"], "empty"),
    "unknown document to show": (["show", "nowhere"], "'nowhere'"),
    "unknown document to ask": (["ask", "Why?", "--document", "nowhere"], "'nowhere'"),
    "unknown document to search": (["search", "Why?", "--document", "nowhere"], "'nowhere'"),
}


@pytest.mark.parametrize("name", FAILED)
def test_a_failure_is_one_line_that_names_the_thing_and_exit_code_1(name: str, place: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "empty").mkdir()
    argv, named = FAILED[name]
    code, out, err = run(*(part.replace("{tmp}", str(tmp_path)) for part in argv), "--index", place)
    reasons = [line for line in err.splitlines() if line.startswith("assistant: ")]
    assert (code, out) == (1, "")
    assert len(reasons) == len(err.splitlines()) == 1
    assert named in reasons[0]


def test_an_index_that_does_not_exist_says_how_to_make_one(tmp_path: Path, run: Run) -> None:
    code, out, err = run("ask", "Why?", "--index", str(tmp_path / "nothing"))
    assert (code, out) == (1, "")
    assert "assistant ingest PATH --index" in err
    assert not (tmp_path / "nothing").exists()


def test_corpus_list_names_every_document(assistant: Assistant, run: Run) -> None:
    code, out, _ = run("corpus", "list")
    assert code == 0
    for document in assistant.corpus.documents.values():
        assert document.group in out


def test_help_and_version_end_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    for argv, expected in ((["--help"], "corpus check"), (["ask", "--help"], "--as-of"), (["--version"], __version__)):
        with pytest.raises(SystemExit) as ended:
            cli.main(argv)
        assert ended.value.code == 0
        assert expected in capsys.readouterr().out


def test_the_program_writes_results_to_stdout_and_progress_to_stderr(folder: Path, tmp_path: Path) -> None:
    done = program("ingest", str(folder), "--index", str(tmp_path / "index"), "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["added"] == ["letters/decision", "rules"]
    assert b"passages" in done.stderr
    failed = program("show", "nowhere", "--index", str(tmp_path / "index"))
    assert (failed.returncode, failed.stdout) == (1, b"")
    assert failed.stderr.startswith(b"assistant: document 'nowhere'")
    assert failed.stderr.count(b"\n") == 1
