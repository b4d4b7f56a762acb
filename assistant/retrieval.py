"""Which sections could answer: filters, dense and lexical scores, fusion over parallel languages.

A corpus section exists in four languages; its versions form one group and are scored together, so a
question finds it in any language and its rank hardly depends on the language asked. Word overlap counts
only within the language of the question: across languages it harms (measured on OMoS-QA). Questions written for a section
stand for it too, after docT5query (Nogueira & Lin 2019), but people wrote ours and they are matched as questions.
Knows nothing of answering, and no store.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from . import lexical, statutes
from .embedding import Vectors
from .index import Index
from .places import competent, fold
from .records import Document, Passage, Section

# Weights of the fusion; see evals/LOG.md for how they were chosen.
LEXICAL, SENTENCE, HEADING, OWN, THEN, WANTED, PHRASED, RULE = 2.5, 0.5, 0.5, 0.3, 0.7, 0.5, 2.0, 2.5
ARTICLE = 8.0  # above all else: who names an article or a heading wants that one
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Filters:
    """What may be looked at, and what each kind of section is marked down by.

    `period` is the time asked about, both ends inclusive; `then` holds today if that time is past, which lifts
    the versions of rules that have ended since. Sections that match `wanted` (an amount, a figure, a date) are lifted,
    and so are those of the `rule` that the question plainly asks for, and the section whose `heading` (`folded`) it is.
    """

    regions: tuple[str, ...] = ()
    period: tuple[date, date] | None = None
    documents: tuple[str, ...] = ()
    penalties: tuple[tuple[str, float], ...] = ()
    then: tuple[date, ...] = ()
    wanted: re.Pattern[str] | None = None
    rule: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A section (all its languages) with its scores for one question.

    `score` orders; `dense` is the cosine of its best passage, `heading` that of its heading, `lexical` the share (0..1
    and a little over) of the question's word weight that the section in the question's language carries. `phrased` is the
    cosine of the nearest question written for it, `missed` that of the nearest that no text answers; 0 if it has none.
    `relevance` and `odds` are what the reader says (log odds that it answers, and that each sentence does); None if unread.
    """

    group: int
    document: Document
    section: Section
    passage: Passage
    score: float
    dense: float
    heading: float
    lexical: float
    phrased: float = 0.0
    missed: float = 0.0
    relevance: float | None = None
    odds: tuple[float, ...] = ()


@dataclass(frozen=True)
class Phrasings:
    """Questions written for sections: (n, d) unit rows, the sections (`topic/authority#id`), whether a text answers."""

    vectors: Vectors
    sections: tuple[str, ...]
    answered: NDArray[np.bool_]

    def only(self, kept: NDArray[np.bool_]) -> Phrasings:
        """Those at which `kept` (n,) is true."""
        sections = tuple(s for s, keep in zip(self.sections, kept, strict=True) if keep)
        return Phrasings(self.vectors[kept], sections, self.answered[kept])


class Retriever:
    """Ranks the sections of one index. Built once per snapshot; safe to share between threads."""

    def __init__(self, index: Index, phrasings: Phrasings | None = None) -> None:
        self.index = index
        keys: dict[tuple[str, str], int] = {}
        self._of_passage = np.empty(len(index.passages), dtype=np.int64)
        self.members: list[dict[str, list[int]]] = []
        for row, passage in enumerate(index.passages):
            document = index.documents[passage.document]
            group = keys.setdefault((document.group, passage.section), len(keys))
            if group == len(self.members):
                self.members.append({})
            self._of_passage[row] = group
            self.members[group].setdefault(document.language, []).append(row)
        self.groups = len(keys)
        named = {f"{group}#{section}": number for (group, section), number in keys.items()}
        if phrasings is not None:
            phrasings = phrasings.only(np.array([s in named for s in phrasings.sections], dtype=bool))
        self._phrasings = phrasings
        self._of_phrasing = np.array([named[s] for s in phrasings.sections] if phrasings else [], dtype=np.int64)
        # Originals must not move the scores of what is answered from: statistics are taken without them.
        originals = np.array([index.documents[p.document].original for p in index.passages], dtype=bool)
        self._original = np.zeros(self.groups, dtype=bool)
        self._original[self._of_passage[originals]] = True
        self._originals = originals
        self._languages = np.array([index.documents[p.document].language for p in index.passages])
        codes, self._column = np.unique(self._languages, return_inverse=True)
        self._codes: list[str] = codes.tolist()
        self._words: dict[tuple[str, bool], tuple[NDArray[np.int64], lexical.BM25]] = {}
        self._lock = threading.Lock()

    def words(self, language: str, original: bool = False) -> tuple[NDArray[np.int64], lexical.BM25] | None:
        """The rows of the passages in a language (of originals, or of all else) and BM25 over them; None if there are none."""
        with self._lock:
            if (language, original) not in self._words:
                rows = np.flatnonzero((self._languages == language) & (self._originals == original))
                passages = [self.index.passages[r] for r in rows]
                self._words[language, original] = (rows, lexical.BM25((f"{p.context} {p.text}" for p in passages), language))
            rows, words = self._words[language, original]
        return (rows, words) if len(rows) else None

    def group(self, row: int) -> int:
        """The group of a passage row."""
        return int(self._of_passage[row])

    def version(self, group: int, language: str) -> tuple[Document, Section, list[int]]:
        """A group in a language, or in English, or in the one language it has: document, section, passage rows."""
        members = self.members[group]
        rows = members.get(language) or members.get("en") or next(iter(members.values()))
        document = self.index.documents[self.index.passages[rows[0]].document]
        return document, self.index.sections[document.id, self.index.passages[rows[0]].section], rows

    def _prior(self, filters: Filters, language: str, articles: tuple[str, ...] = ()) -> Floats:
        """Per group: 0, a penalty for its kind, or -inf if it may not be used; more if it is one of the `articles` named."""
        out = np.zeros(self.groups, dtype=np.float32)
        penalties = dict(filters.penalties)
        for group in range(self.groups):
            document, section, _ = self.version(group, language)
            if not admits(filters, document, section):
                out[group] = -np.inf
                continue
            out[group] = -penalties.get(section.kind, 0.0)
            if filters.wanted and filters.wanted.search(document.text, section.start, section.end):
                out[group] += WANTED
            if filters.rule and section.rule == filters.rule:
                out[group] += RULE
            if filters.heading and asks_heading(filters.heading, section):
                out[group] += ARTICLE
            if articles:
                out[group] += ARTICLE * statutes.names(section.id, articles) - (not statutes.in_force(section, filters.period))
            if filters.then and section.valid_to and section.valid_to <= filters.then[0]:
                out[group] += THEN
        return out

    def search(
        self, vector: Vectors, text: str, language: str, filters: Filters, k: int = 12, reply: str | None = None
    ) -> list[Found]:
        """The k best sections for a question, given its vector (d,), best first, shown in `reply`'s language."""
        if not self.groups:
            return []
        dense = self.index.vectors @ vector
        units = self.index.sentence_units @ vector
        firsts = self.index.sentence_rows[:-1]
        headings = units[firsts]
        units[firsts] = -1.0
        best_sentence = np.maximum.reduceat(units, firsts)
        group_dense = self._pooled(dense, language)
        group_heading = self._pooled(headings, language)
        overlap = self._overlap(text, language)
        if filters.documents and self._original.any():
            overlap = np.maximum(overlap, self._overlap(text, language, original=True))
        phrased, nearest, missed = self._phrased(vector)
        if filters.then:
            phrased = self._of_any_version(phrased)
        score = (
            self._z(group_dense)
            + HEADING * self._z(group_heading)
            + SENTENCE * self._z(self._pooled(best_sentence, language))
            + LEXICAL * overlap
        )
        score = score + PHRASED * self._z(phrased) + self._prior(filters, reply or language, statutes.articles(text))
        order = np.argsort(-score, kind="stable")[:k]
        found = []
        for group in order:
            if not np.isfinite(score[group]):
                break
            document, section, members = self.version(int(group), reply or language)
            best = max(members, key=lambda r: dense[r])
            found.append(
                Found(
                    group=int(group),
                    document=document,
                    section=section,
                    passage=self.index.passages[best],
                    score=float(score[group]),
                    dense=float(group_dense[group]),
                    heading=float(group_heading[group]),
                    lexical=float(overlap[group]),
                    phrased=float(nearest[group]),
                    missed=float(missed[group]),
                )
            )
        return found

    def _phrased(self, vector: Vectors) -> tuple[Floats, Floats, Floats]:
        """Per group: mean cosine of its two nearest questions, that of the nearest, and of the nearest that none answers."""
        best, second, missed = (np.zeros(self.groups, dtype=np.float32) for _ in range(3))
        if self._phrasings is None or not len(self._of_phrasing):
            return best, best, missed
        cosines = self._phrasings.vectors @ vector
        answered = self._phrasings.answered
        np.maximum.at(missed, self._of_phrasing[~answered], cosines[~answered])
        order = np.argsort(-cosines)
        ranked = self._of_phrasing[order][answered[order]]
        values = cosines[order][answered[order]]
        groups, first = np.unique(ranked, return_index=True)
        best[groups] = second[groups] = values[first]
        rest = np.ones(len(ranked), dtype=bool)
        rest[first] = False
        groups, first = np.unique(ranked[rest], return_index=True)
        second[groups] = values[rest][first]
        return ((best + second) / 2).astype(np.float32), best, missed

    @cached_property
    def _versions(self) -> NDArray[np.int64]:
        """Per group, a number that it shares with the other versions of its rule."""
        numbers: dict[tuple[str, str], int] = {}
        out = []
        for group in range(self.groups):
            document, section, _ = self.version(group, "en")
            key = (document.group, section.rule or f"#{section.id}")
            out.append(numbers.setdefault(key, len(numbers)))
        return np.array(out, dtype=np.int64)

    def _of_any_version(self, scores: Floats) -> Floats:
        """Per group the best score of its rule: what is asked of today's version is asked, of an earlier day, of that day's."""
        best = np.zeros(self.groups, dtype=np.float32)
        np.maximum.at(best, self._versions, scores)
        pooled: Floats = best[self._versions]
        return pooled

    def _pooled(self, scores: Floats, language: str) -> Floats:
        """Per group: the mean over languages of the best passage in each, that of the question weighing more."""
        table = np.full((self.groups, len(self._codes)), -np.inf, dtype=np.float32)
        np.maximum.at(table, (self._of_passage, self._column), scores)
        present = np.isfinite(table)
        pooled: Floats = np.where(present, table, 0).sum(axis=1) / present.sum(axis=1)
        if language in self._codes:
            own = table[:, self._codes.index(language)]
            pooled = np.where(np.isfinite(own), (1 - OWN) * pooled + OWN * own, pooled)
        return pooled

    def _overlap(self, text: str, language: str, original: bool = False) -> Floats:
        out = np.zeros(self.groups, dtype=np.float32)
        found = self.words(language, original)
        if found is None:
            return out
        rows, words = found
        scores, total = words.scores(lexical.terms(text, language))
        if total > 0:
            np.maximum.at(out, self._of_passage[rows], scores / total)
        return out

    def _z(self, values: Floats) -> Floats:
        usual = values[~self._original] if self._original.any() and not self._original.all() else values
        scores: Floats = (values - usual.mean()) / (usual.std() + 1e-6)
        return scores


def asks_heading(asked: str, section: Section) -> bool:
    """Whether a question (as `folded` gives it) is the heading of a section word for word."""
    return folded(section.heading) == asked


# A question by its words alone: no case, accents or punctuation.
folded = lru_cache(maxsize=10_000)(fold)


def admits(filters: Filters, document: Document, section: Section) -> bool:
    """Whether a section may be used: named document, competent authority, in force in the period."""
    if filters.documents:
        return document.id in filters.documents
    if document.original:
        return False
    if document.authority is None:
        return True
    if filters.regions:
        wanted = {a for region in filters.regions for a in competent(region, document.topic)}
        if document.authority not in wanted:
            return False
    if filters.period and not section.observed:
        first, last = filters.period
        if section.valid_from and section.valid_from > last:
            return False
        if section.valid_to and section.valid_to <= first:
            return False
    return True
