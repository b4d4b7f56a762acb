"""The cases: each follows the schema, its gold sections exist, and a bad one is refused with file and line."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from assistant import corpus, settings
from assistant.errors import InputError
from assistant.records import LANGUAGES
from evals import cases

CASES = cases.load()
GOOD: dict[str, Any] = {
    "id": "a-1", "question": "What?", "language": "en", "type": "amount", "topic": "work", "expect": ["answered"],
    "nuggets": [{"vital": True, "any": ["€1"]}], "gold": ["work/federal#permit-c"], "split": "dev",
}  # fmt: skip


def written(folder: Path, *rows: dict[str, Any]) -> Path:
    (folder / "some.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json.loads(cases.SCHEMA.read_text(encoding="utf-8")))


def test_a_good_case_is_read(tmp_path: Path) -> None:
    (case,) = cases.load(written(tmp_path, GOOD))
    assert (case.gold, case.outdated, case.cell, case.refusable) == (("work/federal#permit-c",), (), "", False)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"expect": ["maybe"]},
        {"expect": []},
        {"split": "train"},
        {"gold": ["permit-c"]},
        {"gold": []},
        {"nuggets": [{"vital": True, "any": []}]},
        {"nuggets": [{"vital": True, "any": ["re:("]}]},
        {"authorities": ["belgium"]},
        {"as_of": "2025"},
        {"remark": "x"},
        {"cell": "x"},
        {"must": "agree"},
    ],
)
def test_a_bad_case_is_refused_with_file_and_line(spoilt: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"some\.jsonl:2: .*mend"):
        cases.load(written(tmp_path, GOOD, {**GOOD, "id": "a-2", **spoilt}))


def test_an_id_occurs_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="occurs twice"):
        cases.load(written(tmp_path, GOOD, GOOD))


@pytest.mark.parametrize("other", [[], [{"must": "differ"}], [{"split": "test"}]])
def test_a_cell_has_two_cases_of_one_kind_and_split(other: list[dict[str, Any]], tmp_path: Path) -> None:
    first = {**GOOD, "cell": "c", "must": "agree"}
    with pytest.raises(InputError, match="cell 'c'"):
        cases.load(written(tmp_path, first, *({**first, "id": "a-2", **changed} for changed in other)))


def test_an_unknown_set_is_named() -> None:
    with pytest.raises(InputError, match="--set nothing: no such set; there are "):
        cases.load(names=["nothing"])


def test_every_gold_section_is_in_the_corpus_in_every_language() -> None:
    documents = corpus.load(settings.load().corpus).documents.values()
    there = Counter(f"{d.group}#{s.id}" for d in documents for s in d.sections)
    missing = {(c.id, section) for c in CASES for section in c.gold if there[section] != len(LANGUAGES)}
    assert missing == set()


def test_what_can_be_answered_has_gold_and_what_cannot_has_none() -> None:
    assert [c.id for c in CASES if c.refusable == bool(c.gold)] == []


def test_the_sets_are_as_large_as_they_must_be() -> None:
    answered_in = Counter(c.language for c in CASES)
    assert all(answered_in[language] >= 60 for language in LANGUAGES)
    assert all(answered_in[language] >= 20 for language in ("ar", "tr", "uk"))
    assert sum(c.refusable for c in CASES) >= 100
    assert sum(c.type == "false-premise" for c in CASES) >= 30
    assert sum(bool(c.question.history) for c in CASES) >= 20
    assert len({c.cell for c in CASES if c.cell}) >= 30
    assert 0.25 < sum(c.split == "test" for c in CASES if c.set != "blind") / sum(c.set != "blind" for c in CASES) < 0.45


def test_gold_stands_in_a_permitted_authority_or_in_a_text_that_covers_all_of_them() -> None:
    """A federal document may speak of the regions' rules (comparisons, the topic of asylum)."""
    odd = [
        c.id for c in CASES if c.authorities
        and not any(section.split("#")[0].split("/")[1] in c.authorities for section in c.gold)
        and c.gold
    ]  # fmt: skip
    assert odd == []
