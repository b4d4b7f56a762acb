"""Which sentences answer a question, and whether any does. No language model: it only picks.

Input are ranked sections and the vectors of their sentences; output are picks in reading order with a
confidence. Knows no screens and no stores.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from . import dates, lexical
from .embedding import Vectors
from .records import Document, Section, Sentence
from .retrieval import Found, Retriever
from .understanding import Understood
from .verification import figures

SHORT_LIMIT = 4
# Sections this far below the best (in fused score) may still add a sentence to a short answer.
SECTION_MARGIN = 0.9
SENTENCE_MARGIN = 0.9
LEAD_BONUS = 0.9

_FIGURE = re.compile(r"\d")
_MONEY = re.compile(r"€|\beuros?\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_EXPECTED = {"amount": _MONEY, "number": _FIGURE, "when": _YEAR}


@dataclass(frozen=True, slots=True)
class Pick:
    """A chosen sentence of a document, with the score that chose it and that of its section."""

    document: Document
    section: Section
    sentence: Sentence
    ordinal: int
    score: float
    section_score: float

    @property
    def quote(self) -> str:
        """The exact words."""
        return self.document.text[self.sentence.start : self.sentence.end]


@dataclass(frozen=True, slots=True)
class Scored:
    """The sentences of one section with their scores, in order."""

    found: Found
    sentences: tuple[Sentence, ...]
    scores: tuple[float, ...]
    cosines: tuple[float, ...]
    overlaps: tuple[float, ...]


def score_sentences(found: Found, asked: Understood, vector: Vectors, retriever: Retriever) -> Scored:
    """Score the sentences of one section for a question.

    A sentence's cosine is the mean over its parallel versions where the section has the same number of
    sentences in each language.
    """
    index = retriever.index
    per_language: list[np.ndarray] = []
    for rows in retriever.members[found.group].values():
        parts = [index.sentence_units[index.sentence_rows[r] + 1 : index.sentence_rows[r + 1]] @ vector for r in rows]
        per_language.append(np.concatenate(parts))
    _, _, shown = retriever.version(found.group, found.document.language)
    sentences = tuple(s for r in shown for s in index.passages[r].sentences)
    same = [c for c in per_language if len(c) == len(sentences)]
    cosine = np.mean(same, axis=0) if same else np.zeros(len(sentences))
    overlap = np.zeros(len(sentences))
    if asked.asked in retriever.members[found.group]:
        document, _section, own = retriever.version(found.group, asked.asked)
        texts = [document.text[s.start : s.end] for r in own for s in index.passages[r].sentences]
        if len(texts) == len(sentences):
            overlap = np.array(_overlaps(texts, asked, retriever))
    scores = 12.0 * cosine + overlap
    for i, sentence in enumerate(sentences):
        text = found.document.text[sentence.start : sentence.end]
        pattern = _EXPECTED.get(asked.wants)
        if pattern and pattern.search(text):
            scores[i] += 0.4
    if found.document.authority and len(scores):
        scores[0] += LEAD_BONUS
    return Scored(found, sentences, tuple(map(float, scores)), tuple(map(float, cosine)), tuple(map(float, overlap)))


def _overlaps(texts: Sequence[str], asked: Understood, retriever: Retriever) -> list[float]:
    """Per sentence: the share of the question's word weight that it carries, 0..1."""
    known = retriever.words(asked.asked)
    terms = list(dict.fromkeys(lexical.terms(asked.search, asked.asked)))
    if known is None or not terms:
        return [0.0] * len(texts)
    weights = {t: known[1].idf(t) for t in terms}
    total = sum(weights.values())
    out = []
    for text in texts:
        words = set(lexical.terms(text, asked.asked))
        out.append(sum(w for t, w in weights.items() if _in(t, words)) / total)
    return out


def _in(term: str, words: set[str]) -> bool:
    return term in words or (len(term) >= 5 and any(w.startswith(term) for w in words))


def features(asked: Understood, found: Sequence[Found], scored: Sequence[Scored], retriever: Retriever) -> dict[str, float]:
    """What tells whether the best section answers at all. Each about 0 to 1, see `data/answerable.json`."""
    best = found[0]
    section_words = _section_overlap(asked, best, retriever)
    cosines = [max(s.cosines, default=0.0) for s in scored]
    unknown = 0.0
    known = retriever.words(asked.asked)
    if known:
        terms = list(dict.fromkeys(lexical.terms(asked.search, asked.asked)))
        weights = [known[1].idf(t) for t in terms]
        if sum(weights):
            unknown = sum(w for t, w in zip(terms, weights, strict=True) if not known[1].scores([t])[0].any()) / sum(weights)
    return {
        "dense": best.dense,
        "heading": best.heading,
        "sentence": max(cosines, default=0.0),
        "lexical": min(best.lexical, 1.5),
        "coverage": max((max(s.overlaps, default=0.0) for s in scored[:1]), default=0.0),
        "section": section_words,
        "wanted": _holds_wanted(asked, best),
        "figures": _figures_known(asked, best),
        "margin": best.score - (found[1].score if len(found) > 1 else best.score - 1),
        "score": best.score / 5,
        "unknown": unknown,
        "spoken": float(known is not None),
        "length": min(len(asked.search.split()) / 20, 2.0),
    }


def _section_overlap(asked: Understood, found: Found, retriever: Retriever) -> float:
    """The share of the question's word weight that the whole section, heading included, carries in its language."""
    if asked.asked not in retriever.members[found.group]:
        return 0.5
    document, section, _ = retriever.version(found.group, asked.asked)
    return _overlaps([f"{document.title} {document.text[section.start : section.end]}"], asked, retriever)[0]


def _holds_wanted(asked: Understood, found: Found) -> float:
    """1 if the section has the kind of thing asked for (an amount, a figure, a date), or nothing special is asked."""
    pattern = _EXPECTED.get(asked.wants)
    text = found.document.text[found.section.start : found.section.end]
    return float(pattern is None or pattern.search(text) is not None)


def _figures_known(asked: Understood, found: Found) -> float:
    """The share of the question's figures that the section has too; 1 if it has none."""
    wanted = figures(asked.search)
    known = figures(found.document.text[found.section.start : found.section.end])
    return sum(number in known for number in wanted) / len(wanted) if wanted else 1.0


@lru_cache(maxsize=1)
def _model() -> dict[str, dict[str, float]]:
    model: dict[str, dict[str, float]] = json.loads(
        (Path(__file__).with_name("data") / "answerable.json").read_text(encoding="utf-8")
    )
    return model


def confidence(values: dict[str, float], model: str = "corpus") -> float:
    """Probability that the texts answer, by a logistic model fitted by `python -m evals fit`."""
    weights = _model()[model]
    logit = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in values.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def threshold(model: str = "corpus") -> float:
    """Below this confidence the answer is `not_found`."""
    return _model()[model]["threshold"]


def short(
    scored: Sequence[Scored], asked: Understood, keep: Callable[[Pick], bool]

) -> list[Pick]:
    """The few sentences that answer: the lead first, then what adds to it.

    `keep` may veto a sentence (a later date than asked about, for instance).
    """
    picks = [p for s in scored for p in _picks(s) if keep(p)]
    if not picks:
        return []
    best_section = max(p.section_score for p in picks)
    main = [p for p in picks if p.section_score == best_section]
    lead = max(main, key=lambda p: p.score)
    chosen = [lead]
    for pick in sorted(main, key=lambda p: -p.score):
        if pick is not lead and pick.score >= lead.score - SENTENCE_MARGIN and len(chosen) < SHORT_LIMIT - 1:
            chosen.append(pick)
    chosen = [lead, *sorted(chosen[1:], key=lambda p: p.ordinal)]
    others: dict[tuple[str, str], Pick] = {}
    for pick in picks:
        if pick.section_score < best_section and pick.section_score >= best_section - SECTION_MARGIN:
            key = (pick.document.group, pick.section.id)
            if key not in others or pick.score > others[key].score:
                others[key] = pick
    for pick in sorted(others.values(), key=lambda p: -p.section_score):
        if len(chosen) < SHORT_LIMIT and pick.score >= lead.score - SENTENCE_MARGIN and not _repeats(pick, chosen):
            chosen.append(pick)
    return chosen


def _picks(scored: Scored) -> list[Pick]:
    return [
        Pick(scored.found.document, scored.found.section, sentence, ordinal, score, scored.found.score)
        for ordinal, (sentence, score) in enumerate(zip(scored.sentences, scored.scores, strict=True))
        if not sentence.heading
    ]


def _repeats(pick: Pick, chosen: Sequence[Pick]) -> bool:
    """Whether the words of a pick mostly stand in an earlier one."""
    words = set(lexical.terms(pick.quote, pick.document.language))
    for other in chosen:
        theirs = set(lexical.terms(other.quote, other.document.language))
        if words and len(words & theirs) >= 0.8 * len(words):
            return True
    return False


def latest_date(quote: str) -> int:
    """The latest year, month and day that a sentence names as yyyymmdd; 0 if none."""
    return max((p[0].year * 10_000 + p[0].month * 100 + p[0].day for p in dates.periods(quote)), default=0)


def full(scored: Sequence[Scored], asked: Understood) -> list[Pick]:
    """Every sentence of the sections that answers, in reading order: for documents that a user names."""
    picks = [p for s in scored for p in _picks(s)]
    if not picks:
        return []
    best = max(p.score for p in picks)
    chosen = [p for p in picks if p.score >= best - SENTENCE_MARGIN]
    return sorted(chosen, key=lambda p: (p.document.id, p.sentence.start))
