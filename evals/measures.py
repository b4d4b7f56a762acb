"""Scores of one answer to one case, and their means. A missing answer counts as wrong; an error is kept apart."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from .cases import REFUSALS, Case


@dataclass(frozen=True, slots=True)
class Score:
    """Of one case. Shares are 0..1; None where the measure does not apply."""

    case: Case
    status: str
    right_status: bool
    vital: float | None
    nuggets: float | None
    correct: bool | None
    citations_supported: int
    claims: int
    wrong_authority: bool
    forbidden: bool
    milliseconds: float
    confidence: float


def folded(text: str) -> str:
    """Lower case, every kind of blank as one space, Markdown emphasis and citation marks gone."""
    text = re.sub(r"\[\d+\]|[*_]", "", text)
    text = re.sub(r"[\s\u00a0\u202f]+", " ", text)
    return text.replace("’", "'").casefold()


def holds(text: str, form: str) -> bool:
    """Whether an accepted form occurs in a folded text."""
    if form.startswith("re:"):
        return re.search(form[3:].replace("’", "'"), text, re.IGNORECASE) is not None
    wanted = folded(form)
    if re.fullmatch(r"[\w.,]+", wanted) and wanted[0].isdigit():
        return re.search(rf"(?<![\d.,]){re.escape(wanted)}(?!\d|[.,]\d)", text) is not None
    return wanted in text


def score(case: Case, answer: dict[str, Any], texts: Callable[[str], str]) -> Score:
    """Score an answer (the JSON of the contract). `texts` gives the shown text of a document."""
    text = folded(answer["answer"])
    vital = [n for n in case.nuggets if n.vital]
    got = [any(holds(text, form) for form in n.any) for n in case.nuggets]
    got_vital = [g for g, n in zip(got, case.nuggets, strict=True) if n.vital]
    by_number = {c["number"]: c for c in answer["citations"]}
    supported = 0
    for claim in answer["claims"]:
        cited = [by_number[n] for n in claim["citations"] if n in by_number]
        exact = all(c["quote"] == texts(c["document"])[c["start"] : c["end"]] for c in cited)
        allowed = not case.authorities or all(c["authority"] in case.authorities for c in cited)
        supported += bool(cited) and exact and claim["verified"] and allowed
    answered = answer["status"] not in REFUSALS
    wrong = answered and bool(case.authorities) and any(
        c["authority"] not in (*case.authorities, None) for c in answer["citations"]
    )
    forbidden = answered and any(holds(text, form) for form in case.forbidden)
    right = answer["status"] in case.expect
    correct = None
    if not case.refusable:
        correct = answered and all(got_vital) and not forbidden
    return Score(
        case=case,
        status=answer["status"],
        right_status=right,
        vital=sum(got_vital) / len(vital) if vital and not case.refusable else None,
        nuggets=sum(got) / len(got) if got and not case.refusable else None,
        correct=correct,
        citations_supported=supported,
        claims=len(answer["claims"]),
        wrong_authority=wrong,
        forbidden=forbidden,
        milliseconds=float(answer["timings_ms"].get("total", 0)),
        confidence=answer["confidence"],
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over cases with its 95% bootstrap interval."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}] (n={self.n})"


def mean(values: Sequence[float], seed: int = 7, rounds: int = 1_000) -> Figure | None:
    """Mean and percentile bootstrap interval (Efron & Tibshirani 1993); None for no values."""
    if not values:
        return None
    rng = random.Random(seed)  # noqa: S311 - resampling, no secret
    n = len(values)
    means = sorted(sum(rng.choices(values, k=n)) / n for _ in range(rounds))
    return Figure(sum(values) / n, means[int(0.025 * rounds)], means[int(0.975 * rounds) - 1], n)


def summary(scores: Sequence[Score]) -> dict[str, Figure | float | None]:
    """The headline figures."""
    answerable = [s for s in scores if not s.case.refusable]
    refusable = [s for s in scores if s.case.refusable]
    refused = [s for s in scores if s.status in REFUSALS]
    claims = [c for s in scores for c in [1.0] * s.citations_supported + [0.0] * (s.claims - s.citations_supported)]
    return {
        "key facts right": mean([float(bool(s.correct)) for s in answerable]),
        "vital nugget recall": mean([s.vital for s in answerable if s.vital is not None]),
        "nugget recall": mean([s.nuggets for s in answerable if s.nuggets is not None]),
        "status as expected": mean([float(s.right_status) for s in scores]),
        "citation supports": mean(claims),
        "refused of unanswerable": mean([float(s.status in REFUSALS) for s in refusable]),
        "refusal precision": mean([float(s.case.refusable) for s in refused]),
        "wrong authority": mean([float(s.wrong_authority) for s in scores]),
        "forbidden statement": mean([float(s.forbidden) for s in scores]),
        "claims per answer": sum(s.claims for s in answerable) / len(answerable) if answerable else None,
        "median ms": median([s.milliseconds for s in scores]) if scores else None,
    }
