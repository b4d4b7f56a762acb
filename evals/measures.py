"""Scores of one answer to one case, and their means. A missing answer counts as wrong; an error is kept apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import calibration, ranking
from .cases import REFUSALS, Case
from .figures import Figure, estimate, mean

__all__ = ["Figure", "Score", "folded", "holds", "mean", "score", "summary"]

# How an answer says that a rule has ended. "bis" and "tot" alone also begin ranges, so a day or year must follow.
_PAST = re.compile(
    r"\b(?:was|were|had|until|before|earlier|formerly|previously|old|older|no longer|out of date|superseded|ended|rose from|used to)\b|"
    r"\b(?:était|étaient|avai(?:t|ent)|jusqu'|avant|ancien(?:ne)?s?|est passée? de|auparavant|n'est plus|ne sont plus|dépassée?s?|périmée?s?|coûtait)|"
    r"\b(?:waren|had(?:den)?|vroeger(?:e)?|steeg van|voorheen|vóór|oude?|niet meer|verouderd|kostte|bedroeg|tot (?:en met )?\d|tot (?:eind )?\d{4})\b|"
    r"\b(?:war|hatten?|früher(?:e[rns]?)?|stieg von|vorher|vor dem|alte[rns]?|nicht mehr|überholt|veraltet|kostete|betrug|bis (?:zum )?\d|bis \d{4})\b",
    re.IGNORECASE,
)


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
    citation_precision: float | None = None
    citation_recall: float | None = None
    sentence_precision: float | None = None
    outdated: bool | None = None
    ranking: dict[str, float] | None = None
    cited: frozenset[str] = frozenset()

    @property
    def answered(self) -> bool:
        """Whether it is no refusal."""
        return self.status not in REFUSALS

    @property
    def right(self) -> bool:
        """Whether the decision was right: key facts there, or a refusal where that is accepted."""
        return bool(self.correct) if not self.case.refusable else not self.answered


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


def section(citation: dict[str, Any]) -> str:
    """`topic/authority#section` of a citation or a search result, whatever its language; the form of gold sections."""
    return f"{re.sub(r'[.](?:en|fr|nl|de)$', '', citation['document'])}#{citation['section']}"


def score(
    case: Case, answer: dict[str, Any], texts: Callable[[str], str], ranked: Sequence[Collection[str]] | None = None
) -> Score:
    """Score an answer (the JSON of the contract). `texts` gives the shown text of a document; `ranked` the sections found,
    by rank.
    """
    text = folded(answer["answer"])
    got = [_any(text, n.any) for n in case.nuggets]
    vital = [g for g, n in zip(got, case.nuggets, strict=True) if n.vital]
    by_number = {c["number"]: c for c in answer["citations"]}
    exact = {number: c["quote"] == texts(c["document"])[c["start"] : c["end"]] for number, c in by_number.items()}
    permitted = {number: _permitted(case, c) for number, c in by_number.items()}
    supported = traced = telling = 0
    for claim in answer["claims"]:
        cited = [n for n in claim["citations"] if n in by_number]
        sound = bool(cited) and claim["verified"] and all(exact[n] for n in cited)
        traced += sound
        supported += sound and all(permitted[n] for n in cited)
        words = folded(claim["text"])
        telling += any(_any(words, n.any) for n in case.nuggets) or any(section(by_number[n]) in case.gold for n in cited)
    answered = answer["status"] not in REFUSALS
    right = answer["status"] in case.expect
    forbidden = answered and _any(text, case.forbidden)
    measured = answered and bool(case.gold)
    claims = len(answer["claims"])
    return Score(
        case=case,
        status=answer["status"],
        right_status=right,
        vital=sum(vital) / len(vital) if vital and not case.refusable else None,
        nuggets=sum(got) / len(got) if got and not case.refusable else None,
        correct=None if case.refusable else (all(vital) and not forbidden if answered else right),
        citations_supported=supported,
        claims=claims,
        wrong_authority=answered and not all(permitted.values()),
        forbidden=forbidden,
        milliseconds=float(answer["timings_ms"].get("total", 0)),
        confidence=answer["confidence"],
        citation_precision=_share([exact[n] and relevant(case, c) for n, c in by_number.items()]) if measured else None,
        citation_recall=traced / claims if measured and claims else None,
        sentence_precision=telling / claims if measured and claims else None,
        outdated=_outdated(case, answer) if answered and case.outdated else None,
        ranking=ranking.measures(ranked, case.gold) if ranked is not None and case.gold else None,
        cited=frozenset(section(c) for c in by_number.values()),
    )


def _any(text: str, forms: Collection[str]) -> bool:
    return any(holds(text, form) for form in forms)


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def _permitted(case: Case, citation: dict[str, Any]) -> bool:
    """Of an authority that may be cited, or from a gold section: a federal text may compare the regions' rules."""
    return not case.authorities or citation["authority"] in (*case.authorities, None) or section(citation) in case.gold


def relevant(case: Case, citation: dict[str, Any]) -> bool:
    """A citation is right if its section is gold, or if its quote itself holds a vital nugget of a permitted authority."""
    quote = folded(citation["quote"])
    return section(citation) in case.gold or (_permitted(case, citation) and any(_any(quote, n.any) for n in case.nuggets if n.vital))


def _outdated(case: Case, answer: dict[str, Any]) -> bool:
    """Whether a claim gives an outdated form and nowhere says that it has ended."""
    claims = [folded(claim["text"]) for claim in answer["claims"]] or [folded(answer["answer"])]
    return any(_any(claim, case.outdated) and not _PAST.search(claim) for claim in claims)


def refusal_f(scores: Sequence[Score]) -> float | None:
    """F (0..1) of refusing what cannot be answered; None where nothing is refusable."""
    refusable = sum(s.case.refusable for s in scores)
    refused = [s for s in scores if not s.answered]
    return 2 * sum(s.case.refusable for s in refused) / (len(refused) + refusable) if refusable else None


def pairs(scores: Sequence[Score], answers: bool = False) -> list[calibration.Pair]:
    """(confidence, right) of every decision, or of the answers alone."""
    return [(s.confidence, s.right) for s in scores if s.answered or not answers]


def _mean(value: Callable[[Score], float | None]) -> Callable[[Sequence[Score]], Figure | None]:
    return lambda scores: mean([float(v) for s in scores if (v := value(s)) is not None])


def _claims_supported(scores: Sequence[Score]) -> Figure | None:
    return mean([c for s in scores for c in [1.0] * s.citations_supported + [0.0] * (s.claims - s.citations_supported)])


def _claims(scores: Sequence[Score]) -> float | None:
    claims = [s.claims for s in scores if s.answered]
    return sum(claims) / len(claims) if claims else None


def _latency(share: int) -> Callable[[Sequence[Score]], float | None]:
    return lambda scores: float(np.percentile([s.milliseconds for s in scores], share)) if scores else None


# Each figure over the scores to which it applies; intervals are over cases, latency is of this run and this machine.
FIGURES: dict[str, Callable[[Sequence[Score]], Figure | float | None]] = {
    "key facts right": _mean(lambda s: s.correct),
    "vital nugget recall": _mean(lambda s: s.vital),
    "nugget recall": _mean(lambda s: s.nuggets),
    "sentence precision": _mean(lambda s: s.sentence_precision),
    "citation precision": _mean(lambda s: s.citation_precision),
    "citation recall": _mean(lambda s: s.citation_recall),
    "citation supports": _claims_supported,
    "wrong authority": _mean(lambda s: s.wrong_authority if s.answered and s.case.authorities else None),
    "out of date": _mean(lambda s: s.outdated),
    "forbidden statement": _mean(lambda s: s.forbidden if s.answered and s.case.forbidden else None),
    "status as expected": _mean(lambda s: s.right_status),
    "refusal precision": _mean(lambda s: None if s.answered else s.case.refusable),
    "refusal recall": _mean(lambda s: not s.answered if s.case.refusable else None),
    "refusal F": lambda scores: estimate(scores, refusal_f),
    **{name: _mean(lambda s, name=name: s.ranking[name] if s.ranking else None) for name in ranking.NAMES},  # type: ignore[misc]
    "AURC": lambda scores: estimate(scores, lambda x: calibration.aurc(pairs(x, answers=True))),
    "ECE": lambda scores: estimate(scores, lambda x: calibration.ece(pairs(x))),
    "claims per answer": _claims,
    **{f"latency p{share} ms": _latency(share) for share in (50, 90, 99)},
}


def summary(scores: Sequence[Score], names: Collection[str] = FIGURES) -> dict[str, Figure | float | None]:
    """The figures of these names; None where there is nothing to measure."""
    return {name: FIGURES[name](scores) for name in names}
