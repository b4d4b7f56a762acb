"""What sections an index has: their groups and versions, and which of them a question may use. Knows no store and no answering.

A section that exists in several languages is one group; each of its languages is a unit of the index's view.
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

from . import statutes
from .index import Index
from .places import competent, fold
from .records import ORIGINALS, Document, Section
from .view import heading_hash, number

# What lifts a section, in fused score; see evals/LOG.md for how they were chosen.
THEN, WANTED, RULE = 0.7, 0.5, 2.5
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


class Catalogue:
    """The sections of one index by group."""

    def __init__(self, index: Index) -> None:
        self.index = index
        view = index.view
        self.groups = view.groups
        self.members = Members(index)
        self._unit_group = view.unit_facts[:, 1].astype(np.int64)
        self._of_passage = np.repeat(self._unit_group, np.diff(view.unit_passages))
        # Originals must not move the scores of what is answered from: statistics are taken without them.
        origins = np.array(view.tables["origin"], dtype=object)
        self._document_original = origins[view.document_facts[:, 3]] == ORIGINALS
        self._originals = np.repeat(self._document_original, np.diff(view.document_passages))
        self._original = np.zeros(self.groups, dtype=bool)
        self._original[self._of_passage[self._originals]] = True
        self._codes: list[str] = sorted(view.tables["language"])
        column = np.array([self._codes.index(code) for code in view.tables["language"]], dtype=np.int64)
        self._unit_column = column[view.document_facts[view.unit_facts[:, 0], 0]]
        self._column = np.repeat(self._unit_column, np.diff(view.unit_passages))
        self._shown: dict[str, NDArray[np.int64]] = {}
        self._lock = threading.Lock()

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
