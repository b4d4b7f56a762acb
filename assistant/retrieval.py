"""Which sections could answer: filters, dense and lexical scores, fusion over parallel languages.

A corpus section exists in four languages; its versions form one group and are scored together, so a
question finds it in any language and its rank hardly depends on the language asked. Word overlap counts
only within the language of the question: across languages it harms (measured on OMoS-QA). Questions written for a section
stand for it too (`phrasings`); so do its headings, which are questions in the corpus.
Knows nothing of answering, and no store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from . import lexical, statutes
from .catalogue import WANTED, Catalogue, Filters
from .embedding import Vectors
from .index import Index
from .phrasings import Nearest, Phrasings
from .records import Document, Passage, Section

# Weights of the fusion; see evals/LOG.md for how they were chosen.
LEXICAL, SENTENCE, HEADING, OWN, PHRASED = 2.5, 0.5, 0.5, 0.3, 1.25
# Passages that the store is asked for where an index is too large to be compared whole; so few sections are compared all.
NEAR, FEW = 300, 600
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Found:
    """A section (all its languages) with its scores for one question.

    `score` orders; `dense` is the cosine of its best passage, `heading` that of its heading, `lexical` the share (0..1
    and a little over) of the question's word weight that the section in the question's language carries. `phrased` is the
    cosine of the nearest question written for it, `missed` that of the nearest that no text answers; 0 if it has none.
    `relevance` and `odds` are what the reader says (log odds that it answers, and that each sentence does); None if unread.
    `sure` are the log odds that the question is answered at all, the same for all sections found for it.
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
    sure: float = 0.0


@dataclass(frozen=True, slots=True)
class _Considered:
    """Passages compared with a question: their groups (of the k there are), and per group what scoring needs.

    `numbers`: (k,) groups; `dense`, `heading`, `sentence`: (k,) pooled cosines; the same as standard scores in `scores` (3, k).
    """

    numbers: NDArray[np.int64]
    dense: Floats
    heading: Floats
    scores: tuple[Floats, Floats, Floats]


class Retriever(Catalogue):
    """Ranks the sections of one index. Built once per snapshot; safe to share between threads."""

    def __init__(self, index: Index, phrasings: Phrasings | None = None) -> None:
        super().__init__(index)
        if phrasings is not None:
            named = self._named(phrasings)
            phrasings = phrasings.only(np.array([s in named for s in phrasings.sections], dtype=bool))
            self._questions = Nearest(phrasings, np.array([named[s] for s in phrasings.sections], dtype=np.int64), self.groups)
        else:
            self._questions = Nearest(None, np.zeros(0, dtype=np.int64), self.groups)
        if self.groups and not index.exact:
            index.near(np.ones(index.view.dimensions, dtype=np.float32), 1)  # opens the store now, not at the first question
        self._words: dict[tuple[str, bool], tuple[NDArray[np.int64], lexical.BM25] | None] = {}

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
        phrased, nearest, missed = self._questions.of(vector)
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
        cosines, firsts = self.index.coded_cosines(rows, dense, vector)
        headings = cosines[firsts]
        cosines[firsts] = -1.0
        return dense, headings, np.maximum.reduceat(cosines, firsts)

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

    def versions(self, group: int) -> list[int]:
        """The groups that are versions of the same rule, itself among them."""
        found: list[int] = np.flatnonzero(self._versions == self._versions[group]).tolist()
        return found

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
