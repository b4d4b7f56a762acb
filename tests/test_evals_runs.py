"""A run from answering to the page and the gate: on a few real cases, with the assistant and with BM25 beside it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from llm_server import Messages, serving

from assistant import models
from assistant.errors import InputError
from assistant.pipeline import Assistant
from assistant.settings import Model
from evals import __main__ as command
from evals import gate, judge, page, report, results, runs, stock
from evals.cases import Case, load
from evals.results import Results

WANTED = ("nationality-fee-now-en", "civic-wal-free-fr", "mipex-comparable-en", "nit-fine-amount-dg-de", "fl-fine-in-four-en", "fl-fine-in-four-nl")
CASES = [c for c in load() if c.id in WANTED]


@pytest.fixture(scope="module")
def run(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> runs.Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "FOLDER", tmp_path_factory.mktemp("runs"))
        kept = {"sets": [], "engine": "selection", "compare": ["bm25"]}
        return runs.record(assistant, lambda: [stock.Words(assistant)], CASES, "dev", kept)


@pytest.fixture(scope="module")
def done(run: runs.Run) -> Results:
    return results.collect(run, CASES)


def test_a_run_says_what_it_rests_on(run: runs.Run, assistant: Assistant) -> None:
    about = run.about
    assert about["corpus"] == assistant.corpus.version
    assert about["fingerprint"] == assistant.library.fingerprint()
    assert about["packages"]["numpy"]
    assert about["today"] == "2026-11-25"
    assert about["peak_memory_mb"] > 50
    assert about["index_mb"] > 1
    assert isinstance(about["dirty"], bool)


def test_a_stored_run_scores_the_same_without_answering(run: runs.Run) -> None:
    again = runs.load(run.folder)
    assert again.scored(CASES) == run.scored(CASES)
    assert runs.load(run.folder / "answers.jsonl").about == run.about


def test_a_stored_run_keeps_its_texts_when_the_corpus_moves_on(run: runs.Run) -> None:
    scores, _ = run.scored(CASES)
    assert all(s.citation_recall == 1.0 for s in scores if s.citation_recall is not None)
    moved = replace(run, texts={id: "x" + text for id, text in run.texts.items()})
    assert all(not s.citation_recall for s in moved.scored(CASES)[0])


def test_each_system_is_timed_and_ranked(run: runs.Run) -> None:
    for system in ("assistant", "bm25"):
        rows = run.rows[system].values()
        assert len(rows) == len(CASES)
        assert all(row["find_ms"] > 0 for row in rows)
        assert all(0 < len(row["ranked"]) <= 10 for row in rows)


def test_a_missing_folder_is_named() -> None:
    with pytest.raises(InputError, match="--run no/such: holds no readable run"):
        runs.load(Path("no/such"))


def test_the_contrast_set_stays_out_of_the_headline_and_in_the_cells(done: Results) -> None:
    assert {s.case.set for s in done.scores} >= {"core"}
    assert not any(s.case.cell for s in done.scores)
    assert [(c.name, len(c.scores)) for c in done.cells] == [("fl-fine-in-four", 2)]


def test_systems_are_compared_over_the_same_cases(done: Results) -> None:
    found = {c.measure: c for c in done.compared["bm25"]}
    assert {"key facts right", "recall@1", "nDCG@10", "retrieval, median ms"} <= set(found)
    ratio = found["retrieval, median ms"].ratio
    assert ratio is not None
    assert ratio.n == len(done.scores)


def without(run: runs.Run, id: str) -> runs.Run:
    return replace(run, rows={**run.rows, "assistant": {k: v for k, v in run.rows["assistant"].items() if k != id}})


def test_a_partial_run_has_no_headline_no_gate_and_is_no_baseline(run: runs.Run, tmp_path: Path) -> None:
    partial = results.collect(without(run, CASES[0].id), CASES)
    text = report.markdown(partial)
    assert "this run is partial and has no headline" in text
    assert f"error: {CASES[0].id}: no answer stored" in text
    assert "| measure |" not in text
    assert "Beside bm25" not in text + page.html(partial)
    assert "no headline" in page.html(partial)
    assert gate.check(partial, {"figures": {}, "cells": {}}) != []
    with pytest.raises(InputError, match="partial run is no baseline"):
        gate.write(partial, tmp_path / "baseline.json")
    assert not (tmp_path / "baseline.json").exists()


def test_the_report_shows_figures_slices_cells_and_the_other_system(done: Results) -> None:
    text = report.markdown(done)
    parts = ("| key facts right |", "## By language", "## By region", "## Contrast cells", "fl-fine-in-four", "## Beside bm25")
    for part in (*parts, "without a language model"):
        assert part in text


class Opened(HTMLParser):
    """Collects what a browser would fetch, and checks that tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.fetched: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.fetched += [str(v) for k, v in attrs if k in ("src", "href")]
        if tag not in ("meta", "line", "circle", "rect", "polyline", "br"):
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.stack and self.stack[-1] == tag:
            self.stack.pop()


def test_the_page_is_whole_and_fetches_nothing(done: Results) -> None:
    html = page.html(done)
    opened = Opened()
    opened.feed(html)
    assert opened.stack == []
    assert opened.fetched == []
    assert {"svg", "table", "h2"} <= opened.tags
    assert "prefers-color-scheme: dark" in html
    assert not re.search(r"https?://|@import|url\(", html.split("</style>")[0])


def test_a_question_cannot_write_into_the_page(done: Results) -> None:
    bad = done.scores[0]
    evil = replace(bad.case, question=replace(bad.case.question, text="<script>alert(1)</script>"))
    spoilt = replace(done, scores=[replace(bad, case=evil, correct=False), *done.scores[1:]])
    assert "<script>" not in page.html(spoilt)
    assert "&lt;script&gt;" in page.html(spoilt)


def test_the_worst_come_first_and_sure_ones_before_unsure_ones(done: Results) -> None:
    base = replace(done.scores[0], correct=False)
    told = [replace(base, confidence=0.9, status="not_found"), replace(base, confidence=0.2), replace(base, confidence=0.8)]
    assert [s.confidence for s in replace(done, scores=told).worst(2)] == [0.8, 0.2]


def kept(done: Results, path: Path) -> dict[str, Any]:
    gate.write(done, path)
    return gate.read("dev", path)


def test_a_run_passes_its_own_baseline(done: Results, tmp_path: Path) -> None:
    old = kept(done, tmp_path / "b.json")
    assert gate.check(done, old) == []
    assert set(old["figures"]) <= set(gate.HEADLINE)


@pytest.mark.parametrize(
    ("name", "low", "high", "fails"),
    [
        ("citation recall", 1.01, 1.02, True),
        ("citation recall", 0.5, 0.6, False),  # better than the interval
        ("ECE", 0.0, 0.0, True),  # less is better
        ("ECE", 0.99, 1.0, False),
        ("a figure that went away", 0.1, 0.2, True),
    ],
)
def test_the_gate_judges_by_the_interval_and_the_direction(name: str, low: float, high: float, fails: bool, done: Results) -> None:
    old = {"figures": {name: {"value": (low + high) / 2, "low": low, "high": high, "n": 4}}, "cells": {}}
    assert bool(gate.check(done, old)) is fails


def test_a_cell_that_passed_must_pass_and_one_that_failed_may_fail(done: Results) -> None:
    broken = replace(done, cells=[replace(c, scores=tuple(replace(s, correct=False) for s in c.scores)) for c in done.cells])
    assert gate.check(broken, {"figures": {}, "cells": {"fl-fine-in-four": True}}) == ["cell fl-fine-in-four: passed in the baseline, fails now"]
    assert gate.check(broken, {"figures": {}, "cells": {"fl-fine-in-four": False}}) == []


def test_a_part_of_a_larger_run_is_judged_as_that_part(run: runs.Run, tmp_path: Path) -> None:
    part = results.collect(run, CASES[:3], "fast")
    gate.write(part, tmp_path / "b.json")
    assert set(json.loads((tmp_path / "b.json").read_text())) == {"fast"}
    assert report.heading(part).startswith("fast: 3 cases")


def test_a_run_of_some_sets_is_no_baseline(run: runs.Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    about = {**run.about, "options": {**run.about["options"], "sets": ["core"]}}
    for name in ("answers.jsonl", "texts.json"):
        (tmp_path / name).write_bytes((run.folder / name).read_bytes())
    (tmp_path / "about.json").write_text(json.dumps(about))
    assert command.main(["--run", str(tmp_path), "--write-baseline"]) != 0
    assert "holds the sets core only" in capsys.readouterr().err


def test_a_baseline_of_one_scope_leaves_the_others(done: Results, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text(json.dumps({"test": {"figures": {}, "cells": {}}}))
    gate.write(done, path)
    assert set(json.loads(path.read_text())) == {"dev", "test"}
    with pytest.raises(InputError, match="no baseline of 'fast'"):
        gate.read("fast", path)


@pytest.fixture(scope="module")
def fast() -> list[Case]:
    return command.chosen_cases("fast")


def test_the_committed_baseline_judges_the_fast_part_of_today(fast: list[Case]) -> None:
    old = gate.read("fast")
    assert set(old["cells"]) == {c.cell for c in fast if c.cell}
    assert {"key facts right", "citation recall", "refusal F", "wrong authority"} <= set(old["figures"])


def test_the_fast_part_is_fixed_small_and_never_of_the_test_split(fast: list[Case]) -> None:
    dev = command.chosen_cases("dev")
    assert fast == command.chosen_cases("fast")
    assert {c.id for c in fast} < {c.id for c in dev}
    assert len(fast) < len(dev) / 2
    plain = [c for c in fast if not c.cell]
    assert {"en", "fr", "nl", "de"} <= {c.language for c in plain}
    assert 10 <= sum(c.refusable for c in plain) <= len(plain) - 30


@pytest.mark.parametrize("wrong", [["--gate", "--set", "core"], ["--fast", "--split", "test"], ["--engine", "oracle"], ["omos"]])
def test_a_contradiction_is_used_wrongly(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        command.main(wrong)
    assert left.value.code == 2


def test_a_stored_run_is_reported_and_judged_by_the_command(run: runs.Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def chosen(scope: str, names: object = ()) -> list[Case]:
        return CASES

    monkeypatch.setattr(command, "chosen_cases", chosen)
    monkeypatch.setattr(gate, "read", lambda scope: {"figures": {}, "cells": {}})
    assert command.main(["--run", str(run.folder), "--gate"]) == 0
    assert "the dev part is not worse" in capsys.readouterr().out
    assert "Contrast cells" in (run.folder / "report.md").read_text(encoding="utf-8")
    assert (run.folder / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    monkeypatch.setattr(gate, "read", lambda scope: {"figures": {}, "cells": {"gone": True}})
    assert command.main(["--run", str(run.folder), "--gate"]) == 1
    assert "gate: cell gone: passed in the baseline, fails now" in capsys.readouterr().out


def _strict(messages: Messages) -> str:
    sentence, passage = re.findall(r"Sentence: (.+?)\n\nPassage:\n<passage>\n(.+?)\n</passage>", messages[1]["content"], re.DOTALL)[0]
    same = str(" ".join(passage.split())[:40] == sentence[:40]).lower()
    return f'Well: {{"supports": {same}, "answers": {same}}}'


def test_a_judge_that_reads_agrees_and_one_that_nods_does_not(run: runs.Run) -> None:
    with serving() as server:
        model = models.open(Model(server.url))
        chosen = judge.items(run, CASES, 6)
        assert {i.own for i in chosen} == {True, False}
        server.reset(_strict)
        careful = judge.ask(model, chosen, 10)
        assert judge.kappa([i.supports for i in chosen], [bool(v.supports) for v in careful]) == 1.0
        server.reset(lambda _: '{"supports": true, "answers": true}')
        nodding = judge.ask(model, chosen, 10)
        assert judge.kappa([i.supports for i in chosen], [bool(v.supports) for v in nodding]) == 0.0
        server.reset(lambda _: "I cannot say.")
        assert {(v.supports, v.answers) for v in judge.ask(model, chosen[:2], 10)} == {(None, None)}
        assert "2 of 2" in judge.markdown("silent", judge.ask(model, chosen[:2], 10))


def test_a_judge_that_is_missing_or_fails_is_one_line(run: runs.Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(command, "chosen_cases", lambda *_: CASES)
    arguments = ["--run", str(run.folder), "--judge", "2"]
    assert command.main(arguments) == 1
    assert capsys.readouterr().err.count("set ASSISTANT_LLM") == 1
    with serving() as server:
        monkeypatch.setenv("ASSISTANT_LLM", server.url)
        server.reset(_strict, 401)
        assert command.main(arguments) != 0
        assert "refuses the key" in capsys.readouterr().err
        server.reset(_strict)
        command.main(arguments)
        assert "## Citations judged by small-test-model" in capsys.readouterr().out
        assert "## Citations judged by" in (run.folder / "report.md").read_text(encoding="utf-8")
