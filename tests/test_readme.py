"""What the README says is true: its commands run, its table is the corpus's, its help is complete."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from assistant import cli, corpus, corpus_check, settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TERMINAL = re.search(r"## In the terminal\n```bash\n(.*?)```", README, re.DOTALL)
LINES = TERMINAL.group(1).strip().splitlines() if TERMINAL else []


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the README's examples name."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "letters").mkdir()
    (folder / "letters" / "decision.txt").write_text("You must appeal within 30 days after this letter.\nThe office is in Ghent.\n")
    (folder / "questions.jsonl").write_text('{"id": "q1", "question": "Is the course free in Brussels?"}\n')
    return folder


def test_the_examples_are_there() -> None:
    assert len(LINES) >= 8


@pytest.mark.parametrize("line", LINES)
def test_an_example_of_the_readme_runs(
    line: str, place: Path, assistant: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(place)
    words = shlex.split(line.split(" > ")[0])
    assert words[0] == "assistant"
    assert cli.main(words[1:]) == 0
    out = capsys.readouterr().out
    assert out.strip()
    if "--json" in words or words[1] == "batch":
        assert json.loads(out.splitlines()[0])["status"] == "answered"


def test_the_coverage_table_is_that_of_the_corpus() -> None:
    shown = re.search(r"<!-- coverage -->\n(.*?)\n<!-- /coverage -->", README, re.DOTALL)
    assert shown
    assert shown.group(1).strip() == corpus_check.coverage_table(corpus.load(settings.load().corpus))


def test_the_two_commands_name_what_exists() -> None:
    assert "python3 -m pip install . && python3 app.py" in README
    assert "python3 -m pip install -e '.[test]' && python3 -m pytest" in README
    assert (ROOT / "app.py").is_file()


def test_help_names_every_command_and_gives_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    shown = capsys.readouterr().out
    for command in ("ask", "search", "batch", "ingest", "show", "corpus"):
        assert f"assistant {command}" in shown
