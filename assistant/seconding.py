"""Beside our summary, the sentence of the original that says the same: a second citation for a claim, or none.

After `corpus fetch`, the pages behind the corpus are in the index. A claim that cites our summary is looked for in the pages
that its section rests on, and nowhere else. A sentence of theirs is added only if it carries the whole claim by
`verification` (figures, dates, places, bodies, negation, duty) and is near to it; better none than a wrong one. The answer's
words stay as they are. Knows no screens and no store; without originals it does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from . import citing, lexical, places, statutes, verification
from .corpus import Corpus
from .embedding import Embedder, Vectors
from .modality import cues
from .quantities import quantities
from .records import ORIGINALS, REGIONS, Answer, Citation, Claim, Document, Question, Section, Sentence
from .selection import Pick

if TYPE_CHECKING:
    from .index import Index

# Least cosine (multilingual-e5-small) of a claim and the sentence beside it, and where SEVERAL figures must agree besides; within
# one language also the least share of the claim's content words that the sentence must have, and of the sentence's that the claim
# must. Set on sentences of the corpus, looked for in the whole text that they are from, in another language (613 claims): the true
# one is found in 66 of 100; where it is taken out, another passes in 4 of 100, most of which say the same. Within one language
# (467 claims, itself taken out) 4 of 100 pass by NEAR and SHARED; NO_WIDER keeps out those that say much more.
NEAR, NEAR_FIGURES, SEVERAL = 0.92, 0.88, 3
SHARED, NO_WIDER = 0.75, 0.5
TRIED = 6
# Fewer words than this are a heading or a label.
SHORTEST = 5

Record = Callable[[str], dict[str, Any]]


@dataclass(frozen=True)
class _Page:
    """The sentences of an original, passage by passage: its document, the rows of its passages, and of each its section and sentences."""

    document: Document
    rows: range
    sentences: list[tuple[Section, Sentence]]


class Seconder:
    """Adds originals to the answers of one index. `record` gives what is known of the fetch of a source."""

    def __init__(self, index: Index, corpus: Corpus, embedder: Embedder, record: Record) -> None:
        self.index = index
        self._corpus, self._embedder, self._record = corpus, embedder, record
        held = [id for id in index.documents if id.startswith(f"{ORIGINALS}/")]
        self._fetched = {id.removeprefix(f"{ORIGINALS}/") for id in held if index.origin(id) == ORIGINALS}
        self._pages: dict[str, _Page] = {}
        self._vectors: dict[tuple[str, int], Vectors] = {}

    def second(self, question: Question, answer: Answer, today: date) -> Answer:
        """The answer with what the originals add, itself if that is nothing. A question of named documents stays with them."""
        if not self._fetched or question.documents or not answer.claims:
            return answer
        cited = {c.number: self._dated(c) for c in answer.citations}
        text, claims, extra = answer.answer, [], dict[tuple[str, int], Citation]()
        for claim in answer.claims:
            found = self._beside(claim, [cited[n] for n in claim.citations], today)
            at = _after(text, claim) if found else None
            if found is None or at is None:
                claims.append(claim)
                continue
            place = (found.document.id, found.sentence.start)
            if place not in extra:
                whose = cited[claim.citations[0]].authority
                made = replace(citing.citation(len(cited) + len(extra) + 1, found, self._corpus), authority=whose)
                extra[place] = self._dated(made)
            number = extra[place].number
            text = f"{text[:at]} [{number}]{text[at:]}"
            claims.append(replace(claim, citations=(*claim.citations, number)))
        citations = (*cited.values(), *extra.values())
        return answer if citations == answer.citations else replace(answer, answer=text, claims=tuple(claims), citations=citations)

    def _dated(self, citation: Citation) -> Citation:
        """A citation of an original with the day it was read last; one of our summary with that on which a page behind it changed since."""
        if citation.original:
            return replace(citation, fetched=_day(self._record(citation.sources[0]).get("seen")))
        sources = [s for s in citation.sources if s in self._fetched] if citation.authority else []
        days = [day for s in sources if (day := _day(self._record(s).get("changed")))]
        return replace(citation, changed=max(days)) if days and max(days).isoformat() > self.index.documents[citation.document].reviewed else citation

    def _beside(self, claim: Claim, cited: Sequence[Citation], today: date) -> Pick | None:
        """The sentence of an original that carries a claim: in the claim's language if there is one, else the nearest."""
        if not cited or any(c.authority is None or (c.valid_to and c.valid_to <= today) for c in cited):
            return None
        if any(self.index.sections[c.document, c.section].kind not in ("rule", "comparison") for c in cited):
            return None  # what was not found, is planned or was so once
        sources = dict.fromkeys(s for c in cited for s in c.sources if s in self._fetched)
        if not sources:
            return None
        authority, language = cited[0].authority, cited[0].language
        vector = self._embedder.embed([claim.text])[0]
        found: list[tuple[bool, float, Pick]] = []
        for source in sources:
            page = self._page(source)
            scores = np.concatenate([self.index.sentence_cosines(row, vector) for row in page.rows])
            tried = [int(r) for r in np.argsort(-scores, kind="stable") if self._says(page, r)][:TRIED]
            near = [float(self._alone(source, row) @ vector) for row in tried]
            for row, score in sorted(zip(tried, near, strict=True), key=lambda t: -t[1]):
                section, sentence = page.sentences[row]
                pick = Pick(page.document, section, sentence, row, score, score)
                if self._carries(claim, pick, score, authority, language, source, today):
                    found.append((page.document.language == language, score, pick))
                    break
        return max(found, key=lambda f: f[:2])[2] if found else None

    def _alone(self, source: str, row: int) -> Vectors:
        """The vector of a sentence by itself; the index has those of sentences in their passages, good to find what to try."""
        if (source, row) not in self._vectors:
            page = self._page(source)
            sentence = page.sentences[row][1]
            self._vectors[source, row] = self._embedder.embed([page.document.text[sentence.start : sentence.end]])[0]
        return self._vectors[source, row]

    def _carries(self, claim: Claim, pick: Pick, near: float, authority: str | None, language: str, source: str, today: date) -> bool:
        quote = citing.plain(pick.quote)
        exact = {(q.kind, q.value) for q in quantities(claim.text) if not q.soft}
        if near < (NEAR_FIGURES if len(exact) >= SEVERAL else NEAR) or (language == pick.document.language and not _shared(claim.text, quote, language)):
            return False
        if cues(quote, pick.document.language)["only"] and not cues(claim.text, language)["only"]:
            return False
        named = set(places.regions(f"{pick.section.heading} {quote}"))
        if authority in REGIONS and authority not in named and (named or len(self._resting.get(source, ())) > 1):
            return False
        return verification.check(
            claim.text, [quote], languages=(language, pick.document.language), authorities=[authority],
            periods=[(pick.section.valid_from, pick.section.valid_to)], as_of=today, similar=lambda *_: near,
        ).supported  # fmt: skip

    @cached_property
    def _resting(self) -> dict[str, set[str]]:
        """Source → the authorities whose sections rest on it."""
        found: dict[str, set[str]] = {}
        for id in self.index.documents:
            document = self.index.documents[id]
            for source in {s for section in document.sections for s in section.sources} if document.authority else ():
                found.setdefault(source, set()).add(str(document.authority))
        return found

    @staticmethod
    def _says(page: _Page, row: int) -> bool:
        sentence = page.sentences[row][1]
        words = page.document.text[sentence.start : sentence.end]
        return not sentence.heading and len(words.split()) >= SHORTEST and not statutes.is_note(words)

    def _page(self, source: str) -> _Page:
        if source not in self._pages:
            document = self.index.documents[f"{ORIGINALS}/{source}"]
            at = self.index.documents.row(document.id)
            rows = range(int(self.index.view.document_passages[at]), int(self.index.view.document_passages[at + 1]))
            passages = [self.index.passages[row] for row in rows]
            sentences = [(self.index.sections[document.id, p.section], s) for p in passages for s in p.sentences]
            self._pages[source] = _Page(document, rows, sentences)
        return self._pages[source]


def growing(answers: Iterator[Answer], better: Callable[[Answer], Answer]) -> Iterator[Answer]:
    """Answers as they grow, and once more the last one if it can be `better`."""
    last: Answer | None = None
    for answer in answers:
        yield answer
        last = answer
    if last is not None and (after := better(last)) is not last:
        yield after


def _shared(claim: str, quote: str, language: str) -> bool:
    mine, theirs = set(lexical.terms(claim, language)), set(lexical.terms(quote, language))
    return len(mine & theirs) >= max(SHARED * len(mine), NO_WIDER * len(theirs))


def _after(text: str, claim: Claim) -> int | None:
    """Where the markers of a claim end in an answer's text; None if the claim does not stand there as it is."""
    at = text.find(citing.escape(claim.text))
    marks = re.compile(r"(?<!\\)" + r"\s*".join(rf"\[{n}\]" for n in claim.citations)).search(text, at) if at >= 0 else None
    return marks.end() if marks else None


def _day(stamp: str | None) -> date | None:
    try:
        return date.fromisoformat((stamp or "")[:10])
    except ValueError:
        return None
