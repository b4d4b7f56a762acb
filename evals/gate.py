"""The gate: did a figure fall beyond the interval of the baseline, or a contrast cell fail that passed?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assistant.errors import InputError

from .figures import Figure
from .results import LESS, Results

PATH = Path(__file__).with_name("baseline.json")
HEADLINE = (
    "key facts right", "vital nugget recall", "nugget recall", "sentence precision", "citation precision", "citation recall",
    "wrong authority", "out of date", "forbidden statement", "refusal precision", "refusal recall", "refusal F",
    "recall@1", "recall@5", "recall@10", "nDCG@10", "MRR", "AURC", "ECE",
    "same sections across languages", "section overlap across languages",
)  # fmt: skip


def baseline(results: Results) -> dict[str, Any]:
    """What is kept of a run to compare later ones with."""
    kept = {name: figure for name in HEADLINE if isinstance(figure := results.figures[name], Figure)}
    return {
        "at": results.run.about["at"],
        "commit": results.run.about["commit"],
        "corpus": results.run.about["corpus"],
        "figures": {n: {"value": round(f.value, 4), "low": round(f.low, 4), "high": round(f.high, 4), "n": f.n} for n, f in kept.items()},
        "cells": {cell.name: cell.passed for cell in results.cells},
    }


def check(results: Results, kept: dict[str, Any]) -> list[str]:
    """One line for each way in which a run is worse than its baseline; empty: it passes."""
    if results.partial:
        return [f"{len(results.errors)} of {len(results.cases)} cases gave no answer, so there is no headline to judge"]
    out = []
    for name, old in kept["figures"].items():
        now = results.figures.get(name)
        if not isinstance(now, Figure):
            out.append(f"{name}: is no longer measured (was {old['value']:.3f})")
        elif (now.value > old["high"]) if name in LESS else (now.value < old["low"]):
            way = f"above {old['high']:.3f}" if name in LESS else f"below {old['low']:.3f}"
            out.append(f"{name}: {now.value:.3f} is {way}, the end of the baseline's interval (was {old['value']:.3f})")
    passed = {cell.name: cell.passed for cell in results.cells}
    out += [f"cell {name}: passed in the baseline, fails now" for name, was in kept["cells"].items() if was and not passed.get(name)]
    return out


def read(scope: str, path: Path = PATH) -> dict[str, Any]:
    """The baseline of a scope (fast, dev, test, all). Raises InputError if there is none."""
    stored = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if scope not in stored:
        raise InputError(f"{path.name}: has no baseline of '{scope}'; run with --write-baseline first")
    kept: dict[str, Any] = stored[scope]
    return kept


def write(results: Results, path: Path = PATH) -> None:
    """Keep a run as the baseline of its scope. Raises InputError if the run is partial."""
    if results.partial:
        raise InputError(f"{len(results.errors)} cases gave no answer: a partial run is no baseline; mend the errors first")
    stored = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    stored[results.scope] = baseline(results)
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
