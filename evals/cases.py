"""Evaluation cases: what they hold, and how they are read. See `evals/README.md` for the fields."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from assistant import dates
from assistant.errors import InputError
from assistant.records import Question, Turn

FOLDER = Path(__file__).with_name("cases")
SCHEMA = Path(__file__).with_name("case.schema.json")
REFUSALS = ("not_found", "declined")


@dataclass(frozen=True, slots=True)
class Nugget:
    """A key fact: any one of the accepted forms counts; `re:` begins a regular expression."""

    vital: bool
    any: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what a right answer holds.

    `gold` are the sections that a right answer may cite (`topic/authority#section`); `outdated` the forms that are
    out of date for this question and date; `cell` names a contrast cell whose answers `must` "differ" or "agree".
    `full` is a follow-up asked in full; `attack` what is left of the question without the attack that it holds ("" for nothing).
    """

    id: str
    question: Question
    language: str
    set: str
    split: str
    type: str
    topic: str
    asker: str
    expect: tuple[str, ...]
    nuggets: tuple[Nugget, ...]
    forbidden: tuple[str, ...]
    authorities: tuple[str, ...]
    facts: tuple[str, ...]
    gold: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    cell: str = ""
    must: str = ""
    full: str = ""
    attack: str | None = None

    @property
    def refusable(self) -> bool:
        """Whether a refusal is the right answer."""
        return all(status in REFUSALS for status in self.expect)


def load(folder: Path = FOLDER, names: Iterable[str] = ()) -> list[Case]:
    """The cases of all files (or those named), in order. Raises InputError that names file and line."""
    wanted = set(names)
    paths = sorted(folder.glob("*.jsonl"))
    if unknown := wanted - {path.stem for path in paths}:
        raise InputError(f"--set {sorted(unknown)[0]}: no such set; there are {', '.join(p.stem for p in paths)}")
    cases: list[Case] = []
    seen: set[str] = set()
    for path in paths:
        if wanted and path.stem not in wanted:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                if wrong := next(_validator().iter_errors(row), None):
                    raise ValueError(f"{wrong.json_path}: {wrong.message}")
                case = _case(row, path.stem)
            except (ValueError, re.error) as error:
                raise InputError(f"{path.name}:{number}: {error}; mend the case (evals/case.schema.json says how)") from error
            if case.id in seen:
                raise InputError(f"{path.name}:{number}: id '{case.id}' occurs twice; give the case another id")
            seen.add(case.id)
            cases.append(case)
    _check_cells(cases)
    return cases


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _case(row: dict[str, Any], name: str) -> Case:
    nuggets = tuple(Nugget(n["vital"], tuple(n["any"])) for n in row.get("nuggets") or ())
    forbidden, outdated = tuple(row.get("forbidden") or ()), tuple(row.get("outdated") or ())
    for form in (*forbidden, *outdated, *(form for n in nuggets for form in n.any)):
        if form.startswith("re:"):
            re.compile(form[3:])
    return Case(
        id=row["id"],
        question=Question(
            text=row["question"],
            id=row["id"],
            regions=tuple(row.get("regions") or ()),
            as_of=dates.parse(row["as_of"]) if row.get("as_of") else None,
            history=tuple(Turn(t["role"], t["content"]) for t in row.get("history") or ()),
        ),
        language=row["language"],
        set=name,
        split=row["split"],
        type=row["type"],
        topic=row["topic"],
        asker=row.get("asker", ""),
        expect=tuple(row["expect"]),
        nuggets=nuggets,
        forbidden=forbidden,
        authorities=tuple(row.get("authorities") or ()),
        facts=tuple(row.get("facts") or ()),
        gold=tuple(row.get("gold") or ()),
        outdated=outdated,
        cell=row.get("cell", ""),
        must=row.get("must", ""),
        full=row.get("full", ""),
        attack=row.get("attack"),
    )


def _check_cells(cases: Iterable[Case]) -> None:
    cells: dict[str, list[Case]] = {}
    for case in cases:
        if case.cell:
            cells.setdefault(case.cell, []).append(case)
    for name, members in cells.items():
        if len(members) < 2 or len({(c.must, c.split) for c in members}) > 1:
            raise InputError(f"cell '{name}': needs two cases or more, of one `must` and one split; mend {members[0].set}.jsonl")
