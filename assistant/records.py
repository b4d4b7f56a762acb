"""The value records that the stages hand to one another.

Knows nothing of stores, models, files or screens. All records are frozen; offsets are code points in
the shown text of a document (what `assistant show` prints), end-exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

LANGUAGES = ("en", "fr", "nl", "de")
# With a language model, answers are also written in these.
WRITTEN = (*LANGUAGES, "ar", "tr", "uk")
REGIONS = ("flanders", "brussels", "wallonia", "german-speaking-community")
AUTHORITIES = ("federal", *REGIONS, "french-community", "research")
# The origin of documents that were fetched from the sources of the corpus, and the first part of their ids.
ORIGINALS = "originals"

Status = Literal["answered", "partial", "needs_region", "not_found", "declined"]
Length = Literal["short", "full"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation, oldest first in a history."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what the asker has fixed. None or empty means: not given."""

    text: str
    id: str = ""
    language: str | None = None
    regions: tuple[str, ...] = ()
    as_of: date | None = None
    documents: tuple[str, ...] = ()
    length: Length | None = None
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """An entry of `corpus/sources.yaml`."""

    id: str
    title: str
    publisher: str
    url: str | None
    languages: tuple[str, ...] = ()
    date: str = ""
    reliability: str = "press"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A citable unit: one sentence, list item, table row or heading line."""

    start: int
    end: int
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document under one heading.

    `start` is where its heading begins (or the text, if it has none), `end` where the next section begins.
    `valid_from` is inclusive, `valid_to` exclusive; None means open. `kind` is `rule`, `comparison`
    (of several authorities), `history`, `announced` or `gap`. `page` is the page it starts on, where a file has pages.
    """

    id: str
    heading: str
    start: int
    end: int
    sentences: tuple[Sentence, ...]
    rule: str = ""
    kind: str = "rule"
    observed: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    sources: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A question as people ask it, written for a section (`topic/authority#id`).

    `answers` are the ordinals of the sentences, headings not counted, that answer it; empty for a near-miss: a question
    about the section's subject that no text of the corpus answers. `also` names further sections that answer it.
    """

    section: str
    language: str
    question: str
    answers: tuple[int, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its sections. `authority` is None for files that a user ingested."""

    id: str
    title: str
    text: str
    language: str
    sections: tuple[Section, ...]
    topic: str = ""
    authority: str | None = None
    reviewed: str = ""
    origin: str = ""
    digest: str = ""
    layout: str = "markdown"

    @property
    def group(self) -> str:
        """The id that the parallel versions of a corpus document share (`civic-integration/flanders`)."""
        return self.id.removesuffix(f".{self.language}") if self.authority else self.id

    @property
    def original(self) -> bool:
        """Whether it was fetched from a source of the corpus; such a document is used only where a question names it."""
        return self.origin == ORIGINALS


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded and retrieved: whole sentences of one section, at most about 600 characters."""

    id: str
    document: str
    section: str
    start: int
    end: int
    text: str
    heading: str
    context: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """A quoted sentence: `quote == text[start:end]` of the document's shown text.

    Of an original, `fetched` is the day it was read last; of our summary, `changed` is the day since its review on which a page behind
    it was found to have changed. Both are None, and not in the JSON, where no originals were fetched.
    """

    number: int
    document: str
    section: str
    quote: str
    start: int
    end: int
    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    sources: tuple[str, ...] = ()
    page: int | None = None
    authority: str | None = None
    language: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    fetched: date | None = None
    changed: date | None = None

    @property
    def original(self) -> bool:
        """Whether it quotes a page that was fetched from a source of the corpus, and not our summary."""
        return bool(self.sources) and self.document == f"{ORIGINALS}/{self.sources[0]}"


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of the answer, with the numbers of the citations that carry it."""

    text: str
    citations: tuple[int, ...]
    authority: str | None = None
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Carried:
    """What an answer took from earlier turns: a region, a date ("2022", "2022-06", "2022-06-01"), a topic or a person in their words."""

    kind: Literal["region", "date", "topic", "person"]
    value: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A body to turn to."""

    id: str
    name: str
    url: str
    does: str
    authorities: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


# Fields of an answer's JSON that are there only when they say something.
OCCASIONAL = ("note", "trace", "carried", "missed")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the pipeline returns; `to_json` is the contract of the command line and of batches.

    `engine` is `selection` or `llm`: what made it. `note` says in its language, where a language model was to write it, that it
    did not; "" otherwise. `trace` is how a model's answer came about: model, prompt hash, calls, tokens, what was dropped and why.
    `missed` are the questions within the question that the texts do not answer, in the asker's words.
    """

    id: str
    question: str
    language: str
    as_of: date
    regions: tuple[str, ...]
    status: Status
    answer: str
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    confidence: float = 0.0
    engine: str = "selection"
    corpus_version: str = ""
    known_until: str | None = None
    contacts: tuple[Contact, ...] = ()
    follow_ups: tuple[str, ...] = ()
    timings_ms: dict[str, int] = field(default_factory=dict)
    note: str = ""
    trace: dict[str, Any] = field(default_factory=dict)
    carried: tuple[Carried, ...] = ()
    missed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The answer as plain JSON types; dates as ISO strings, tuples as lists. What only some answers have is left out of others."""
        plain: dict[str, Any] = _plain(self)
        plain["citations"] = [{k: v for k, v in c.items() if v or k not in ("fetched", "changed")} for c in plain["citations"]]
        return {name: value for name, value in plain.items() if value or name not in OCCASIONAL}


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value
