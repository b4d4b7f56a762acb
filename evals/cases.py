"""Evaluation cases: what they hold, and how they are read. See `evals/README.md` for the fields."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant import dates
from assistant.errors import InputError
from assistant.records import Question, Turn

FOLDER = Path(__file__).with_name("cases")
STATUSES = ("answered", "partial", "needs_region", "not_found", "declined")
REFUSALS = ("not_found", "declined")


@dataclass(frozen=True, slots=True)
class Nugget:
    """A key fact: any one of the accepted forms counts; `re:` begins a regular expression."""

    vital: bool
    any: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what a right answer holds."""

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

    @property
    def refusable(self) -> bool:
        """Whether a refusal is the right answer."""
        return all(status in REFUSALS for status in self.expect)


def load(folder: Path = FOLDER, names: Iterable[str] = ()) -> list[Case]:
    """The cases of all files (or those named), in order. Raises InputError that names file and line."""
    wanted = set(names)
    cases: list[Case] = []
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.jsonl")):
        if wanted and path.stem not in wanted:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                case = _case(json.loads(line), path.stem)
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f"{path.name}:{number}: {type(error).__name__}: {error}; mend the case") from error
            if case.id in seen:
                raise InputError(f"{path.name}:{number}: id '{case.id}' occurs twice")
            seen[case.id] = path.stem
            cases.append(case)
    return cases


def _case(row: dict[str, Any], name: str) -> Case:
    unknown = set(row["expect"]) - set(STATUSES)
    if unknown or row["split"] not in ("dev", "test"):
        raise ValueError(f"unknown status {sorted(unknown)} or split {row['split']!r}")
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
        nuggets=tuple(Nugget(n["vital"], tuple(n["any"])) for n in row.get("nuggets") or ()),
        forbidden=tuple(row.get("forbidden") or ()),
        authorities=tuple(row.get("authorities") or ()),
        facts=tuple(row.get("facts") or ()),
    )
