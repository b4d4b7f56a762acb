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
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from . import lexical, statutes
from .embedding import Vectors
from .index import Index
from .places import competent, fold
from .records import ORIGINALS, Document, Passage, Section
from .view import heading_hash, number

# Weights of the fusion; see evals/LOG.md for how they were chosen.
LEXICAL, SENTENCE, HEADING, OWN, THEN, WANTED, PHRASED, RULE = 2.5, 0.5, 0.5, 0.3, 0.7, 0.5, 2.0, 2.5
ARTICLE = 8.0  # above all else: who names an article or a heading wants that one
# Passages that the store is asked for where an index is too large to be compared whole; so few sections are compared all.
NEAR, FEW = 300, 600
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


class Members:
    """Group → language → rows of passages."""

    def __init__(self, index: Index) -> None:
        self._view = index.view
        self._units = np.argsort(index.view.unit_facts[:, 1], kind="stable")
        self._firsts = np.searchsorted(index.view.unit_facts[self._units, 1], np.arange(index.view.groups + 1))

    def units(self, group: int) -> list[int]:
        """The units of a group, in the order of their rows."""
        found: list[int] = self._units[self._firsts[group] : self._firsts[group + 1]].tolist()
        return found

    def __getitem__(self, group: int) -> dict[str, list[int]]:
        view = self._view
        out = {}
        for unit in self.units(group):
            language = view.tables["language"][view.document_facts[view.unit_facts[unit, 0], 0]]
            out[language] = list(range(int(view.unit_passages[unit]), int(view.unit_passages[unit + 1])))
        return out


@dataclass(frozen=True, slots=True)
class _Considered:
    """Passages compared with a question: their groups (of the k there are), and per group what scoring needs.

    `numbers`: (k,) groups; `dense`, `heading`, `sentence`: (k,) pooled cosines; the same as standard scores in `scores` (3, k).
    """

    numbers: NDArray[np.int64]
    dense: Floats
    heading: Floats
    scores: tuple[Floats, Floats, Floats]


class Retriever:
    """Ranks the sections of one index. Built once per snapshot; safe to share between threads."""

    def __init__(self, index: Index, phrasings: Phrasings | None = None) -> None:
        self.index = index
        view = index.view
        self.groups = view.groups
        self.members = Members(index)
        self._unit_group = view.unit_facts[:, 1].astype(np.int64)
        self._of_passage = np.repeat(self._unit_group, np.diff(view.unit_passages))
        if phrasings is not None:
            named = self._named(phrasings)
            phrasings = phrasings.only(np.array([s in named for s in phrasings.sections], dtype=bool))
            self._of_phrasing = np.array([named[s] for s in phrasings.sections], dtype=np.int64)
        else:
            self._of_phrasing = np.zeros(0, dtype=np.int64)
        self._phrasings = phrasings
        # Originals must not move the scores of what is answered from: statistics are taken without them.
        self._origins = np.array(view.tables["origin"], dtype=object)
        original = self._origins[view.document_facts[:, 3]] == ORIGINALS
        counts = np.diff(view.document_passages)
        self._document_original = original
        self._originals = np.repeat(original, counts)
        self._original = np.zeros(self.groups, dtype=bool)
        self._original[self._of_passage[self._originals]] = True
        self._codes: list[str] = sorted(view.tables["language"])
        column = np.array([self._codes.index(code) for code in view.tables["language"]], dtype=np.int64)
        self._unit_column = column[view.document_facts[view.unit_facts[:, 0], 0]]
        self._column = np.repeat(self._unit_column, np.diff(view.unit_passages))
        self._words: dict[tuple[str, bool], tuple[NDArray[np.int64], lexical.BM25] | None] = {}
        self._shown: dict[str, NDArray[np.int64]] = {}
        self._lock = threading.Lock()

    def _named(self, phrasings: Phrasings) -> dict[str, int]:
        """The group of each section for which a question was written, where it is in the index."""
        wanted = set(phrasings.sections)
        view, ids = self.index.view, list(self.index.documents)
        governed = np.array([a is not None for a in view.tables["authority"]], dtype=bool)[view.document_facts[:, 1]]
        languages = np.array(view.tables["language"], dtype=object)[view.document_facts[:, 0]].tolist()
        found: dict[str, int] = {}
        for unit in np.flatnonzero(governed[view.unit_facts[:, 0]]).tolist():
            document, group = view.unit_facts[unit, :2].tolist()
            name = f"{ids[document].removesuffix('.' + languages[document])}#{view.unit_ids[unit]}"
            if name in wanted:
                found.setdefault(name, group)
        return found

    def words(self, language: str, original: bool = False) -> tuple[NDArray[np.int64], lexical.BM25] | None:
        """The rows of the passages in a language (of originals, or of all else) and BM25 over them; None if there are none."""
        with self._lock:
            if (language, original) not in self._words:
                words = self.index.words(language, original)
                found = None
                if words is not None and words.size:
                    found = np.flatnonzero((self._column == self._codes.index(language)) & (self._originals == original)), words
                self._words[language, original] = found
            return self._words[language, original]

    def group(self, row: int) -> int:
        """The group of a passage row."""
        return int(self._of_passage[row])

    def _versions_in(self, language: str) -> NDArray[np.int64]:
        """Per group its unit in a language, or in English, or its first."""
        with self._lock:
            if language not in self._shown:
                firsts = self.members._units[self.members._firsts[:-1]]
                for code in ("en", language):
                    if code in self._codes:
                        units = np.flatnonzero(self._unit_column == self._codes.index(code))
                        firsts = firsts.copy()
                        firsts[self._unit_group[units]] = units
                self._shown[language] = firsts
            return self._shown[language]

    def version(self, group: int, language: str) -> tuple[Document, Section, list[int]]:
        """A group in a language, or in English, or in the one language it has: document, section, passage rows."""
        view = self.index.view
        rows = range(*view.unit_passages[(unit := int(self._versions_in(language)[group])) : unit + 2].tolist())
        opened = view.documents.opened(int(view.unit_facts[unit, 0]))
        return opened.document, opened.sections[opened.passages[rows[0] - int(view.document_passages[view.unit_facts[unit, 0]])].section], list(rows)

    @cached_property
    def governed(self) -> list[int]:
        """The groups that state a rule of an authority."""
        view = self.index.view
        authorities = np.array([a is not None for a in view.tables["authority"]], dtype=bool)
        rules = np.array([bool(r) for r in view.tables["rule"]], dtype=bool)
        units = authorities[view.document_facts[view.unit_facts[:, 0], 1]] & rules[view.unit_facts[:, 3]]
        return sorted(set(self._unit_group[units].tolist()))

    def _admitted(self, filters: Filters, units: NDArray[np.int64]) -> NDArray[np.bool_]:
        """`admits`, for many sections at once."""
        view = self.index.view
        facts = view.unit_facts[units]
        documents = facts[:, 0]
        if filters.documents:
            rows = [view.documents.row(id) for id in filters.documents if id in view.documents]
            named: NDArray[np.bool_] = np.isin(documents, rows)
            return named
        authority, topic = view.document_facts[documents, 1], view.document_facts[documents, 2]
        own = np.array([a is None for a in view.tables["authority"]], dtype=bool)[authority]
        allowed = np.ones(len(units), dtype=bool)
        if filters.regions:
            pairs, inverse = np.unique(authority.astype(np.int64) * len(view.tables["topic"]) + topic, return_inverse=True)
            fits = [
                view.tables["authority"][a] in {c for region in filters.regions for c in competent(region, view.tables["topic"][t])}
                for a, t in (divmod(int(pair), len(view.tables["topic"])) for pair in pairs)
            ]
            allowed &= np.array(fits, dtype=bool)[inverse]
        if filters.period:
            first, last = (number(day, 0) for day in filters.period)
            allowed &= (facts[:, 6] == 1) | ((facts[:, 4] <= last) & (facts[:, 5] > first))
        admitted: NDArray[np.bool_] = ~self._document_original[documents] & (own | allowed)
        return admitted

    def _prior(self, filters: Filters, language: str, articles: tuple[str, ...], holding: NDArray[np.bool_]) -> Floats:
        """Per group: 0, a penalty for its kind, or -inf if it may not be used; more if it is one of the `articles` named.

        `holding`: (groups,) whether it has what is wanted.
        """
        view, units = self.index.view, self._versions_in(language)
        facts = view.unit_facts[units]
        penalties = dict(filters.penalties)
        out: Floats = -np.array([penalties.get(kind, 0.0) for kind in view.tables["kind"]], dtype=np.float32)[facts[:, 2]]
        out[holding] += WANTED
        if filters.rule:
            out[np.array([rule == filters.rule for rule in view.tables["rule"]], dtype=bool)[facts[:, 3]]] += RULE
        if filters.heading:
            for same in np.flatnonzero(view.unit_heading[units] == heading_hash(filters.heading)).tolist():
                out[same] += ARTICLE * asks_heading(filters.heading, self.version(same, language)[1])
        if articles:
            for unit, fit in self._fitting(articles):
                group = int(self._unit_group[unit])
                if units[group] == unit:
                    out[group] += ARTICLE * fit
            if filters.period:
                first, last = (number(day, 0) for day in filters.period)
                out -= ~((facts[:, 4] <= last) & (facts[:, 5] > first))
        if filters.then:
            out[facts[:, 5] <= number(filters.then[0], 0)] += THEN
        out[~self._admitted(filters, units)] = -np.inf
        return out

    @cached_property
    def _articles(self) -> dict[str, list[int]]:
        """The units that may be articles or annexes of acts, by the id of their section."""
        found: dict[str, list[int]] = {}
        for unit, id in enumerate(self.index.view.unit_ids):
            if id.startswith(("art", "annex")):
                found.setdefault(id, []).append(unit)
        return found

    def _fitting(self, articles: tuple[str, ...]) -> Iterator[tuple[int, float]]:
        """The units that are one of the articles named, and how well each fits."""
        for id, units in self._articles.items():
            if fit := statutes.names(id, articles):
                yield from ((unit, fit) for unit in units)

    def search(
        self, vector: Vectors, text: str, language: str, filters: Filters, k: int = 12, reply: str | None = None
    ) -> list[Found]:
        """The k best sections for a question, given its vector (d,), best first, shown in `reply`'s language.

        Raises StoreError or ServiceError if the index is too large to be compared whole and its store cannot be asked.
        """
        if not self.groups:
            return []
        shown, articles = reply or language, statutes.articles(text)
        overlap = self._overlap(text, language)
        if filters.documents and self._original.any():
            overlap = np.maximum(overlap, self._overlap(text, language, original=True))
        phrased, nearest, missed = self._phrased(vector)
        if filters.then:
            phrased = self._of_any_version(phrased)
        nothing = np.zeros(self.groups, dtype=bool)
        prior = self._prior(filters, shown, articles, nothing)
        seen = self._all(vector, language) if self.index.exact else self._nearest(vector, language, overlap, phrased, prior)
        dense, heading, sentence = seen.scores
        score = dense + HEADING * heading + SENTENCE * sentence + LEXICAL * overlap[seen.numbers]
        about = self._z(phrased)[seen.numbers]
        if filters.wanted:
            hopeful = self._hopeful(score + PHRASED * about + prior[seen.numbers], k)
            holding = self._holding(filters.wanted, seen.numbers[hopeful], shown)
            prior = self._prior(filters, shown, articles, holding)
        score = score + PHRASED * about + prior[seen.numbers]
        found = []
        for place in np.argsort(-score, kind="stable")[:k]:
            if not np.isfinite(score[place]):
                break
            group = int(seen.numbers[place])
            document, section, members = self.version(group, shown)
            cosines = self.index.vectors_of(members) @ vector
            found.append(
                Found(
                    group=group,
                    document=document,
                    section=section,
                    passage=self.index.passages[members[int(np.argmax(cosines))]],
                    score=float(score[place]),
                    dense=float(seen.dense[place]),
                    heading=float(seen.heading[place]),
                    lexical=float(overlap[group]),
                    phrased=float(nearest[group]),
                    missed=float(missed[group]),
                )
            )
        return found

    @staticmethod
    def _hopeful(score: Floats, k: int) -> NDArray[np.int64]:
        """Those that can be among the k best if what is wanted lifts them."""
        if len(score) <= k:
            return np.arange(len(score))
        kth = np.partition(score, -k)[-k]
        return np.flatnonzero(score >= kth - WANTED - 0.01)

    def _holding(self, wanted: re.Pattern[str], groups: NDArray[np.int64], language: str) -> NDArray[np.bool_]:
        """Per group, whether its section has what is wanted; asked of `groups` only."""
        out = np.zeros(self.groups, dtype=bool)
        for group in groups:
            document, section, _ = self.version(int(group), language)
            out[group] = wanted.search(document.text, section.start, section.end) is not None
        return out

    def _all(self, vector: Vectors, language: str) -> _Considered:
        """Every passage of an exact index."""
        dense = self.index.vectors @ vector
        units = self.index.sentence_units @ vector
        firsts = self.index.sentence_rows[:-1]
        headings = units[firsts]
        units[firsts] = -1.0
        best_sentence = np.maximum.reduceat(units, firsts)
        group_dense = self._pooled(dense, language)
        group_heading = self._pooled(headings, language)
        scores = self._z(group_dense), self._z(group_heading), self._z(self._pooled(best_sentence, language))
        return _Considered(np.arange(self.groups), group_dense, group_heading, scores)

    def _nearest(self, vector: Vectors, language: str, overlap: Floats, phrased: Floats, prior: Floats) -> _Considered:
        """What may answer in a large index: what the store finds, and the best by words, by questions and by what is named.

        Standard scores are against a sample of the index.
        """
        near, _ = self.index.near(vector, NEAR)
        ways = [self._of_passage[near]]
        for values in (overlap, phrased, prior):
            usable = np.flatnonzero(np.isfinite(prior) & (values > 0))
            ways.append(usable[np.argsort(-values[usable], kind="stable")[: NEAR // 2]])
        numbers = np.flatnonzero(np.isfinite(prior))
        if len(numbers) > FEW:
            numbers = np.unique(np.concatenate(ways))
            numbers = numbers[np.isfinite(prior[numbers])]
        rows = [row for group in numbers.tolist() for own in self.members[group].values() for row in own]
        dense, heading, sentence = self._cosines(rows, self.index.vectors_of(rows), vector)
        places = np.searchsorted(numbers, self._of_passage[rows]), self._column[rows]
        pooled = [self._pooled(values, language, places, len(numbers)) for values in (dense, heading, sentence)]
        drawn, vectors = self.index.sample
        usual = [(v.mean(), v.std() + 1e-6) for v in self._cosines(drawn.tolist(), vectors, vector)]
        scores = [((values - mean) / deviation).astype(np.float32) for values, (mean, deviation) in zip(pooled, usual, strict=True)]
        return _Considered(numbers, pooled[0], pooled[1], (scores[0], scores[1], scores[2]))

    def _cosines(self, rows: list[int], vectors: Vectors, vector: Vectors) -> tuple[Floats, Floats, Floats]:
        """Of passages: their cosines, those of their headings, and of the best sentence of each."""
        dense = vectors @ vector
        parts = self.index.coded_cosines(rows, dense, vector)
        return dense, np.array([p[0] for p in parts], np.float32), np.array([p[1:].max(initial=-1.0) for p in parts], np.float32)

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
        out = np.arange(self.groups)
        numbers: dict[tuple[str, str], int] = {}
        for group in self.governed:
            document, section, _ = self.version(group, "en")
            if section.rule:
                out[group] = numbers.setdefault((document.group, section.rule), group)
        return out

    def _of_any_version(self, scores: Floats) -> Floats:
        """Per group the best score of its rule: what is asked of today's version is asked, of an earlier day, of that day's."""
        best = np.zeros(self.groups, dtype=np.float32)
        np.maximum.at(best, self._versions, scores)
        pooled: Floats = best[self._versions]
        return pooled

    def _pooled(
        self, scores: Floats, language: str, places: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None, groups: int = 0
    ) -> Floats:
        """Per group: the mean over languages of the best passage in each, that of the question weighing more.

        `places` of the scores: their group (of so many) and language; by default, those of all passages.
        """
        table = np.full((groups or self.groups, len(self._codes)), -np.inf, dtype=np.float32)
        np.maximum.at(table, places or (self._of_passage, self._column), scores)
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
