"""The tables of `assistant corpus check|list`: coverage, sourcing and readability. Knows no store and no model."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from . import corpus
from .records import AUTHORITIES, LANGUAGES, Document, Section

MAX_AGE_MONTHS = 24
LONG_SENTENCE_WORDS = 30
_LONG_WORD_LETTERS = 6
_YEAR_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:-(0[1-9]|1[0-2])(?!\d))?(?!\d)")


def coverage(loaded: corpus.Corpus) -> dict[str, dict[str, dict[str, int]]]:
    """Topic → authority → language → number of sections."""
    table: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for document in loaded.documents.values():
        table[document.topic][document.authority or ""][document.language] = len(document.sections)
    return {topic: {authority: dict(n) for authority, n in table[topic].items()} for topic in sorted(table)}


def coverage_table(loaded: corpus.Corpus) -> str:
    """The coverage as a Markdown table; a cell lists the languages' numbers (en/fr/nl/de) only where they differ."""
    table = coverage(loaded)
    names = [a for a in AUTHORITIES if any(a in row for row in table.values())]
    rows = [[topic, *(_cell([row.get(name, {})]) for name in names), _cell(row.values())] for topic, row in table.items()]
    whole = ["**all**", *(_cell(row.get(name, {}) for row in table.values()) for name in names)]
    return markdown(["topic", *names, "sum"], [*rows, [*whole, f"**{_cell(n for row in table.values() for n in row.values())}**"]])


def _cell(counts: Iterable[dict[str, int]]) -> str:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    numbers = [total[language] for language in LANGUAGES]
    if not any(numbers):
        return "·"
    return str(numbers[0]) if len(set(numbers)) == 1 else "/".join(map(str, numbers))


def markdown(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    return "\n".join([_row(head), "|---" * len(head) + "|", *map(_row, rows)])


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


@dataclass(slots=True)
class Sourcing:
    """Sections by what is known of their sources, as `topic/authority#section`; `total` counts sections per topic."""

    total: dict[str, int] = field(default_factory=dict)
    no_primary: list[str] = field(default_factory=list)
    old: list[str] = field(default_factory=list)
    undated: list[str] = field(default_factory=list)


def sourcing(loaded: corpus.Corpus) -> Sourcing:
    """Which sections lack an official source, rest on old sources, or only on undated ones. Gaps do not count.

    Age is that of the newest source on the day the file was last reviewed. It is asked only of what is in force then:
    a superseded rule, a history and a figure of a past year do not grow old.
    """
    found = Sourcing()
    for document in loaded.documents.values():
        if document.language != LANGUAGES[0]:
            continue
        for section in document.sections:
            if section.kind == "gap":
                continue
            where = f"{document.group}#{section.id}"
            found.total[document.topic] = found.total.get(document.topic, 0) + 1
            sources = [loaded.sources[id] for id in section.sources if id in loaded.sources]
            if all(source.reliability != "official" for source in sources):
                found.no_primary.append(where)
            reviewed = _reviewed(document)
            if reviewed and _in_force(section, reviewed):
                newest = max((month for source in sources for month in _months(source.date)), default=None)
                if newest is None:
                    found.undated.append(where)
                elif reviewed.year * 12 + reviewed.month - newest > MAX_AGE_MONTHS:
                    found.old.append(where)
    return found


def _reviewed(document: Document) -> date | None:
    try:
        return date.fromisoformat(document.reviewed)
    except ValueError:
        return None


def _in_force(section: Section, day: date) -> bool:
    return section.kind != "history" and not section.observed and (section.valid_to is None or section.valid_to > day)


def _months(text: str) -> list[int]:
    """The dates that a source's free text names, in months; a bare year counts as its December."""
    return [int(year) * 12 + int(month or 12) for year, month in _YEAR_MONTH.findall(text)]


def sourcing_table(found: Sourcing) -> str:
    """Numbers of sections per topic as a Markdown table."""
    head = ["topic", "sections", "without a primary source", f"newest source older than {MAX_AGE_MONTHS} months", "only undated sources"]
    lists = (found.no_primary, found.old, found.undated)
    rows = []
    for topic in sorted(found.total):
        rows.append([topic, str(found.total[topic]), *(str(sum(x.startswith(f"{topic}/") for x in ids)) for ids in lists)])
    rows.append(["**all**", str(sum(found.total.values())), *(str(len(ids)) for ids in lists)])
    return markdown(head, rows)


@dataclass(frozen=True, slots=True)
class Readability:
    """How one language reads: mean words a sentence, share of sentences over 30 words (0 to 1), LIX (higher is harder)."""

    sentences: int
    words: float
    long: float
    lix: float


def readability(loaded: corpus.Corpus) -> dict[str, Readability]:
    """Language → figures over all sentences that are neither headings nor table rows.

    LIX is mean words a sentence plus the percentage of words of more than six letters. It compares texts of one
    language; languages with long words, German above all, score higher for the same text.
    """
    lengths: dict[str, list[int]] = defaultdict(list)
    long_words: Counter[str] = Counter()
    for document in loaded.documents.values():
        for section in document.sections:
            for sentence in section.sentences:
                text = document.text[sentence.start : sentence.end]
                if sentence.heading or text.startswith("|"):
                    continue
                words = re.findall(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*|\d[\d.,]*", text)
                lengths[document.language].append(len(words))
                long_words[document.language] += sum(len(w) > _LONG_WORD_LETTERS for w in words)
    figures = {}
    for language in LANGUAGES:
        counts = lengths.get(language)
        if counts:
            mean = sum(counts) / len(counts)
            over = sum(n > LONG_SENTENCE_WORDS for n in counts) / len(counts)
            figures[language] = Readability(len(counts), mean, over, mean + 100 * long_words[language] / sum(counts))
    return figures


def readability_table(figures: dict[str, Readability]) -> str:
    """The figures per language as a Markdown table."""
    rows = [[name, str(r.sentences), f"{r.words:.1f}", f"{r.long:.1%}", f"{r.lix:.0f}"] for name, r in figures.items()]
    return markdown(["language", "sentences", "words a sentence", f"over {LONG_SENTENCE_WORDS} words", "LIX"], rows)
