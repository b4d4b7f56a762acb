"""Which sentences answer a question. No language model: it only picks.

Input are ranked sections and the vectors of their sentences; output are picks in reading order with a
confidence. Knows no screens and no stores.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np

from . import dates, lexical
from .embedding import Vectors
from .records import Document, Section, Sentence
from .retrieval import Found, Retriever
from .understanding import Understood

SHORT_LIMIT, MAIN_LIMIT = 4, 2
# Sections this far below the best (in fused score) may still add a sentence to a short answer.
SECTION_MARGIN, OTHER_TOPIC_MARGIN = 1.5, 0.6
SENTENCE_MARGIN = 1.5
LEAD_BONUS = 0.9

_FIGURE = re.compile(r"\d")
_MONEY = re.compile(r"€|\beuros?\b|\b(?:free|gratuit\w*|gratis|kostenlos|kosteloos)\b", re.IGNORECASE)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_EXPECTED = {"amount": _MONEY, "number": _FIGURE, "when": YEAR}


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
    passages: tuple[float, ...]


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
            overlap = np.array(overlaps(texts, asked, retriever))
    scores = 12.0 * cosine + overlap
    for i, sentence in enumerate(sentences):
        text = found.document.text[sentence.start : sentence.end]
        pattern = _EXPECTED.get(asked.wants)
        if pattern and pattern.search(text):
            scores[i] += 0.4
    around = [float(index.vectors[r] @ vector) for r in shown for _ in index.passages[r].sentences]
    return Scored(
        found, sentences, tuple(map(float, scores)), tuple(map(float, cosine)), tuple(map(float, overlap)), tuple(around)
    )


def overlaps(texts: Sequence[str], asked: Understood, retriever: Retriever) -> list[float]:
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


def wanted(asked: Understood) -> re.Pattern[str] | None:
    """How a text looks that has the kind of thing a question asks for; None if it asks for none in particular."""
    return _EXPECTED.get(asked.wants)


@lru_cache(maxsize=1)
def model() -> dict[str, dict[str, float]]:
    """The fitted weights, by model."""
    weights: dict[str, dict[str, float]] = json.loads(
        (Path(__file__).with_name("data") / "answerable.json").read_text(encoding="utf-8")
    )
    return weights


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
    # Corpus sections answer their heading in the first sentence.
    lead = max(main, key=lambda p: p.score + LEAD_BONUS * (p.ordinal == 0 and p.document.authority is not None))
    chosen = [lead]
    for pick in sorted(main, key=lambda p: -p.score):
        if pick is not lead and pick.score >= lead.score - SENTENCE_MARGIN and len(chosen) < MAIN_LIMIT:
            chosen.append(pick)
    if len(chosen) == 1:
        chosen += [p for p in main if p.ordinal == lead.ordinal + 1 and p.document.authority]
    chosen = [lead, *sorted(chosen[1:], key=lambda p: p.ordinal)]
    others: dict[tuple[str, str], Pick] = {}
    for pick in picks:
        margin = SECTION_MARGIN if pick.document.topic == lead.document.topic else OTHER_TOPIC_MARGIN
        if best_section - margin <= pick.section_score < best_section:
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


def latest_date(quote: str) -> date:
    """The latest day that a sentence names (the first of a month or year); date.min if none."""
    return max((p[0] for p in dates.periods(quote)), default=date.min)


SENTENCE_FEATURES = ("cosine", "above", "overlap", "passage", "neighbour", "led", "long", "best")


def sentence_features(scored: Sequence[Scored]) -> np.ndarray:
    """(sentences, features) of documents that a user named, in the order of `scored` and of reading.

    cosine; how far it is above the mean of the text; word overlap; cosine of its passage; the better neighbour's
    cosine; the line before, if that is short like a heading; length; the best cosine of all (does the text answer?).
    """
    rows = []
    cosines = np.array([c for s in scored for c in s.cosines])
    mean, best = float(cosines.mean()), float(cosines.max())
    for s in scored:
        texts = [s.found.document.text[x.start : x.end] for x in s.sentences]
        for i, cosine in enumerate(s.cosines):
            before = s.cosines[i - 1] if i else mean
            after = s.cosines[i + 1] if i + 1 < len(texts) else mean
            led = before if i and len(texts[i - 1]) < 60 and texts[i - 1][-1:] not in ".!:" else mean
            rows.append(
                (cosine, cosine - mean, s.overlaps[i], s.passages[i], max(before, after), led - mean,
                 min(len(texts[i]), 200) / 200, best)
            )  # fmt: skip
    return np.array(rows)


def full(scored: Sequence[Scored]) -> tuple[list[Pick], float]:
    """Every sentence that answers, in reading order, and how sure it is that any does; for named documents.

    Fitted on the train split of OMoS-QA (digitalfabrik/integreat-qa-dataset, CC BY 4.0) by `python -m evals omos --fit`.
    """
    picks = [
        Pick(s.found.document, s.found.section, x, i, s.scores[i], s.found.score) for s in scored for i, x in enumerate(s.sentences)
    ]
    if not picks:
        return [], 0.0
    weights = model()["sentence"]
    logits = weights["bias"] + sentence_features(scored) @ np.array([weights[name] for name in SENTENCE_FEATURES])
    chances = 1 / (1 + np.exp(-logits))
    sure = float(chances.max())
    if sure < weights["answers"]:
        return [], sure
    limit = min(weights["threshold"], sure)
    chosen = [p for p, chance in zip(picks, chances, strict=True) if chance >= limit]
    return sorted(chosen, key=lambda p: (p.document.id, p.sentence.start)), sure
