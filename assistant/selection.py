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

from . import dates, lexical, statutes
from .embedding import Vectors
from .records import Document, Section, Sentence
from .retrieval import Found, Retriever
from .understanding import Understood

SHORT_LIMIT = 4
# Log odds that a further sentence needs to be added to a short answer: of the section that answers, and of another;
# and how far below the best section another may be: not far, or the same question put in two languages gets two answers.
MORE, ELSEWHERE, SECTION_MARGIN = -1.5, 1.0, 0.3

_FIGURE = re.compile(r"\d")
MONEY = re.compile(r"€|\beuros?\b|\b(?:free|gratuit\w*|gratis|kostenlos|kosteloos)\b", re.IGNORECASE)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_EXPECTED = {"amount": MONEY, "number": _FIGURE, "when": YEAR}


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
    odds: tuple[float, ...]


def score_sentences(found: Found, asked: Understood, vector: Vectors, retriever: Retriever) -> Scored:
    """Score the sentences of one section for a question.

    A sentence's cosine is the mean over its parallel versions where the section has the same number of
    sentences in each language.
    """
    index = retriever.index
    per_language: list[np.ndarray] = []
    for rows in retriever.members[found.group].values():
        parts = [index.sentence_cosines(r, vector) for r in rows]
        per_language.append(np.concatenate(parts))
    _, _, shown = retriever.version(found.group, found.document.language)
    sentences = tuple(s for r in shown for s in index.passages[r].sentences)
    same = [c for c in per_language if len(c) == len(sentences)]
    cosine = np.mean(same, axis=0) if same else np.zeros(len(sentences))
    overlap = np.zeros(len(sentences))
    language = asking(asked, retriever)[1]
    if language in retriever.members[found.group]:
        document, _section, own = retriever.version(found.group, language)
        texts = [document.text[s.start : s.end] for r in own for s in index.passages[r].sentences]
        if len(texts) == len(sentences):
            overlap = np.array(overlaps(texts, asked, retriever))
    texts = [found.document.text[x.start : x.end] for x in sentences]
    odds = np.array(found.odds) if found.odds else np.zeros(len(sentences))
    scores = _chosen(odds, cosine, overlap, texts, asked)
    near = dict(zip(shown, index.vectors_of(shown), strict=True))
    around = [float(near[r] @ vector) for r in shown for _ in index.passages[r].sentences]
    return Scored(
        found, sentences, tuple(map(float, scores)), tuple(map(float, cosine)), tuple(map(float, overlap)), tuple(around),
        found.odds or (0.0,) * len(sentences),
    )  # fmt: skip


CHOICE = ("odds", "below", "cosine", "overlap", "first", "wanted")


def choice_features(odds: np.ndarray, cosine: np.ndarray, overlap: np.ndarray, texts: Sequence[str], asked: Understood) -> np.ndarray:
    """(n, len(CHOICE)) for the n sentences of a corpus section: which of them would a short answer quote?"""
    pattern = wanted(asked)
    return np.stack(
        [
            odds,
            odds - odds.max(),
            cosine - cosine.mean(),
            overlap,
            np.arange(len(texts)) == 0,
            np.array([pattern is not None and pattern.search(t) is not None for t in texts]),
        ],
        axis=1,
    ).astype(float)


def _chosen(odds: np.ndarray, cosine: np.ndarray, overlap: np.ndarray, texts: Sequence[str], asked: Understood) -> np.ndarray:
    weights = model()["choice"]
    table = choice_features(odds, cosine, overlap, texts, asked)
    scores: np.ndarray = weights["bias"] + np.nan_to_num(table, neginf=-9.0) @ np.array([weights[name] for name in CHOICE])
    return scores


def asking(asked: Understood, retriever: Retriever) -> tuple[str, str]:
    """The text whose words are looked for, and its language: the gloss, unless the index has texts in the question's own."""
    return (asked.gloss, "en") if asked.gloss and retriever.words(asked.asked) is None else (asked.search, asked.asked)


def overlaps(texts: Sequence[str], asked: Understood, retriever: Retriever) -> list[float]:
    """Per sentence: the share of the question's word weight that it carries, 0..1."""
    text_asked, language = asking(asked, retriever)
    known = retriever.words(language)
    terms = list(dict.fromkeys(lexical.terms(text_asked, language)))
    if known is None or not terms:
        return [0.0] * len(texts)
    weights = {t: known[1].idf(t) for t in terms}
    total = sum(weights.values())
    out = []
    for text in texts:
        words = set(lexical.terms(text, language))
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


def short(scored: Sequence[Scored], keep: Callable[[Pick], bool], mixed: bool) -> list[Pick]:
    """The few sentences that answer: the likeliest of the best section first, then what adds to it.

    `keep` may veto a sentence (a later date than asked about, for instance). Sentences of a second authority are added only
    if `mixed`: a rule of one region beside that of another misleads whoever did not ask for both.
    """
    picks = [p for s in scored for p in _picks(s) if keep(p)]
    if not picks:
        return []
    best_section = max(p.section_score for p in picks)
    main = [p for p in picks if p.section_score == best_section]
    lead = max(main, key=lambda p: p.score)
    more = [p for p in sorted(main, key=lambda p: -p.score) if p is not lead and p.score >= MORE][: SHORT_LIMIT - 1]
    chosen = [lead, *sorted(more, key=lambda p: p.ordinal)]
    others: dict[tuple[str, str], Pick] = {}
    for pick in picks:
        near = best_section - SECTION_MARGIN <= pick.section_score < best_section and pick.score >= ELSEWHERE
        if near and (mixed or pick.document.authority == lead.document.authority):
            key = (pick.document.group, pick.section.id)
            if key not in others or pick.score > others[key].score:
                others[key] = pick
    for pick in sorted(others.values(), key=lambda p: -p.section_score):
        if len(chosen) < SHORT_LIMIT and not _repeats(pick, chosen):
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


SENTENCE = ("odds", "below", "around", "cosine", "above", "overlap", "passage", "neighbour", "led", "long", "heading")
PAGE = ("relevance", "best", "second", "chance", "cosine", "overlap")


def sentence_features(scored: Sequence[Scored]) -> np.ndarray:
    """(sentences, len(SENTENCE)) of documents that a user named, in the order of `scored` and of reading.

    The reader's odds, how far below the best, the better neighbour's; cosine; how far it is above the mean of the text; word
    overlap; cosine of its passage; the better neighbour's cosine; the line before, if that is short like a heading; length;
    whether it looks like a heading itself.
    """
    rows = []
    cosines = np.array([c for s in scored for c in s.cosines])
    mean = float(cosines.mean())
    top = max(o for s in scored for o in s.odds)
    for s in scored:
        texts = [s.found.document.text[x.start : x.end] for x in s.sentences]
        odds = np.maximum(np.array(s.odds), -9.0)
        for i, cosine in enumerate(s.cosines):
            before = s.cosines[i - 1] if i else mean
            after = s.cosines[i + 1] if i + 1 < len(texts) else mean
            led = before if i and len(texts[i - 1]) < 60 and texts[i - 1][-1:] not in ".!:" else mean
            rows.append(
                (odds[i], odds[i] - max(top, -9.0), max(odds[i - 1] if i else -9.0, odds[i + 1] if i + 1 < len(texts) else -9.0),
                 cosine, cosine - mean, s.overlaps[i], s.passages[i], max(before, after), led - mean, min(len(texts[i]), 200) / 200,
                 float(len(texts[i]) < 60 and texts[i][-1:] not in ".!:"))
            )  # fmt: skip
    return np.array(rows, dtype=float)


def page_features(scored: Sequence[Scored], chances: np.ndarray) -> np.ndarray:
    """(len(PAGE),): what tells whether the text that a user named answers at all."""
    odds = sorted((max(o, -9.0) for s in scored for o in s.odds), reverse=True)
    return np.array(
        [
            max(s.found.relevance if s.found.relevance is not None else -9.0 for s in scored),
            odds[0],
            odds[min(1, len(odds) - 1)],
            float(np.log(chances.max() / (1 - chances.max() + 1e-9))),
            max(c for s in scored for c in s.cosines),
            max(o for s in scored for o in s.overlaps),
        ]
    )


def full(scored: Sequence[Scored]) -> tuple[list[Pick], float]:
    """Every sentence that answers, in reading order, and how sure it is that any does; for named documents.

    Fitted on the dev split of OMoS-QA (digitalfabrik/integreat-qa-dataset, CC BY 4.0) by `python -m evals omos --fit`.
    """
    picks = [
        Pick(s.found.document, s.found.section, x, i, s.scores[i], s.found.score) for s in scored for i, x in enumerate(s.sentences)
    ]
    if not picks:
        return [], 0.0
    weights, whole = model()["sentence"], model()["page"]
    chances = logistic(weights, SENTENCE, sentence_features(scored))
    sure = float(logistic(whole, PAGE, page_features(scored, chances)[None])[0])
    if sure < whole["threshold"]:
        return [], sure
    limit = min(weights["threshold"], float(chances.max()))
    chosen = [p for p, chance in zip(picks, chances, strict=True) if chance >= limit]
    return sorted(chosen, key=lambda p: (p.document.id, p.sentence.start)), sure


def whole(scored: Sequence[Scored]) -> list[Pick]:
    """Every sentence of the sections, in reading order, without the notes a consolidated act carries."""
    made = [Pick(s.found.document, s.found.section, x, i, s.scores[i], s.found.score) for s in scored for i, x in enumerate(s.sentences)]
    return sorted((p for p in made if not statutes.is_note(p.quote)), key=lambda p: (p.document.id, p.sentence.start))


def logistic(weights: dict[str, float], names: Sequence[str], table: np.ndarray) -> np.ndarray:
    """Probabilities of the rows of a (n, len(names)) table."""
    odds = weights["bias"] + table @ np.array([weights[name] for name in names])
    out: np.ndarray = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    return out
