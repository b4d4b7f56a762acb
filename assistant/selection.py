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
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np

from . import dates, lexical
from .embedding import Vectors
from .records import Document, Section, Sentence
from .retrieval import Found, Retriever
from .understanding import Understood
from .verification import figures

SHORT_LIMIT, MAIN_LIMIT = 4, 3
# Sections this far below the best (in fused score) may still add a sentence to a short answer.
SECTION_MARGIN = 0.9
SENTENCE_MARGIN = 0.9
LEAD_BONUS = 0.9

_FIGURE = re.compile(r"\d")
_MONEY = re.compile(r"€|\beuros?\b|\b(?:free|gratuit\w*|gratis|kostenlos|kosteloos)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# What a question may ask for by name, and how a text looks that has it.
_DETAILS = tuple(
    (re.compile(ask, re.IGNORECASE), re.compile(have, re.IGNORECASE))
    for ask, have in (
        (r"\b(?:tele)?phone|t[ée]l[ée]phone|telefoon|telefon|num[ée]ro d'appel|call\b|هاتف|телефон", r"\b0\d{2,3}[ /]?\d{2}"),
        (r"\baddress|adresse\b|\badres\b|\bstreet\b|\brue\b|straat\b|straße\b|عنوان|адрес", r"\b\d{4} [A-Z]|straat|\brue\b|avenue"),
        (r"opening hours|heures? d'ouverture|openingsuren|öffnungszeiten|\bopen on\b|ouvert le|saturday|samedi|zaterdag|samstag",
         r"\d{1,2}[:.h]\d{2}"),
        (r"e-?mail|courriel", r"@|e-?mail|courriel"),
        (r"name of the (?:minister|director|judge|author|teacher|head)|who is the (?:minister|director|head)|comment s'appelle|"
         r"nom d[ue] (?:la |le )?(?:ministre|direct)|hoe heet de (?:minister|directeur)|wie hei(?:ß|ss)t de[r]? (?:minister|direktor)|"
         r"who (?:signed|proposed)|wie is de minister|qui est l[ea] ministre|wer ist (?:der|die) minister", r"\b[A-Z]\w+ [A-Z]\w+\b"),
        (r"which (?:form|annex)|number of the form|quel formulaire|welk formulier|welches formular", r"annex|form|bijlage|anlage"),
    )
)
_ABROAD = re.compile(
    r"\b(?:in|en|aux?|naar|nach|for|pour|voor|für) (?:the |les |de |het |la |l')?(?:netherlands|pays-bas|nederland|niederlanden?|"
    r"holland|france|frankrijk|frankreich|germany|allemagne|duitsland|deutschland|luxemb(?:o|u)ur?g|spain|espagne|spanje|spanien|"
    r"italy|italie|italien|sweden|suède|zweden|schweden|canada|kanada|portugal|austria|autriche|oostenrijk|österreich|"
    r"switzerland|suisse|zwitserland|schweiz|uk|united kingdom|royaume-uni|finland|finlande|finnland|denmark|danemark|"
    r"denemarken|dänemark|norway|norvège|noorwegen|norwegen|usa|united states|états-unis)\b",
    re.IGNORECASE,
)
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
        "detail": _lacks_detail(asked, best),
        "year": _lacks_year(asked, best),
        "abroad": float(bool(_ABROAD.search(asked.search)) and not _ABROAD.search(_text(best))),
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
    return float(pattern is None or pattern.search(_text(found)) is not None)


def _figures_known(asked: Understood, found: Found) -> float:
    """The share of the question's figures that the section has too; 1 if it has none."""
    wanted = figures(asked.search)
    known = figures(_text(found))
    return sum(number in known for number in wanted) / len(wanted) if wanted else 1.0


def _lacks_detail(asked: Understood, found: Found) -> float:
    """1 if a telephone number, an address, hours, a person's name or the like is asked and the section has none."""
    text = _text(found)
    return float(any(ask.search(asked.search) and not have.search(text) for ask, have in _DETAILS))


def _lacks_year(asked: Understood, found: Found) -> float:
    """1 if a year is asked about that the section neither names nor was in force in."""
    years = set(_YEAR.findall(asked.search))
    if not years or years & set(_YEAR.findall(_text(found))):
        return 0.0
    section = found.section
    return float(not (section.valid_from or section.valid_to) or bool(section.observed))


def wanted(asked: Understood) -> re.Pattern[str] | None:
    """How a text looks that has the kind of thing a question asks for; None if it asks for none in particular."""
    return _EXPECTED.get(asked.wants)


def _text(found: Found) -> str:
    return found.document.text[found.section.start : found.section.end]


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


def latest_date(quote: str) -> date:
    """The latest day that a sentence names (the first of a month or year); date.min if none."""
    return max((p[0] for p in dates.periods(quote)), default=date.min)


def full(scored: Sequence[Scored], asked: Understood) -> list[Pick]:
    """Every sentence of the sections that answers, in reading order: for documents that a user names."""
    picks = [p for s in scored for p in _picks(s)]
    if not picks:
        return []
    best = max(p.score for p in picks)
    chosen = [p for p in picks if p.score >= best - SENTENCE_MARGIN]
    return sorted(chosen, key=lambda p: (p.document.id, p.sentence.start))
