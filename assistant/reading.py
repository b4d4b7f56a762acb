"""Which found texts are read together with the question, and what the reader says of them.

A corpus section is read whole, in the language of the question where it exists in it. A document of the user's is read
in windows of whole passages. Knows no screens and no stores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

import numpy as np

from . import dates, glossary
from .embedding import Vectors
from .reader import Reading, Text
from .records import Section, Sentence
from .retrieval import Found, Retriever
from .understanding import Understood

# Sections or windows read for a question: what two cores read in about a fifth of a second.
READ, OWN = 5, 6
# In fused score: a section so far behind the first has led 2 of 447 development answers when read.
FAR = 4.0
UNSURE = -1.0  # log odds: where the reader finds nothing better among the near ones, it reads the far ones too
WINDOW = 1_300  # characters: about 380 tokens


class Reads(Protocol):
    """Anything that reads texts with a question; the default is `reader.Reader`."""

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        """One reading for each text, in order."""
        ...


def read(
    reader: Reads, asked: Understood, vector: Vectors, found: Sequence[Found], retriever: Retriever
) -> list[Found]:
    """The found sections, the first of them with what the reader says.

    `vector` (d,), the question's, chooses the windows of a document too long to be read whole. A version of a rule that has
    ended is as relevant as the version of today, if that is more.
    """
    most = READ if found and found[0].document.authority else OWN
    near = [f for f in found[:most] if not f.document.authority or found[0].score - f.score <= FAR]
    seen = _seen(reader, asked, vector, near, most, retriever)
    if len(near) < min(most, len(found)) and max((f.relevance or 0.0 for f in seen), default=0.0) < UNSURE:
        seen += _seen(reader, asked, vector, found[len(near) : most], most - len(near), retriever)
    return [*seen, *found[len(seen) :]]


def _seen(reader: Reads, asked: Understood, vector: Vectors, found: Sequence[Found], most: int, retriever: Retriever) -> list[Found]:
    """Sections with what the reader says of them; the first of `found`, as far as `most` texts reach."""
    texts: list[Text] = []
    parts: list[list[tuple[int, list[int]]]] = []
    for f in found:
        if len(texts) >= most:
            break
        windows = _windows(f, asked, vector, retriever, most - len(texts))
        parts.append([])
        for window, ordinals in windows:
            parts[-1].append((len(texts), ordinals))
            texts.append(window)
    timed = [_of_its_time(f) or of_now(asked, f) for f, windows in zip(found, parts, strict=False) for _ in windows]
    # "What does it cost?", asked for a day in the past: a heading in the past tense is read as another question.
    today = [_of_today(f.group, asked.today, retriever) for f, _ in zip(found, parts, strict=False)]
    newer = {place: len(texts) + n for n, place in enumerate(p for p, group in enumerate(today) if group is not None)}
    texts += [_section(group, asked.asked, retriever) for group in today if group is not None]
    readings = _readings(reader, asked, texts, [*timed, *(True for _ in newer)])
    seen = []
    for place, (f, windows_read) in enumerate(zip(found, parts, strict=False)):
        odds = np.full(sum(len(retriever.index.passages[r].sentences) for r in _rows(f, retriever)), -np.inf)
        for number, ordinals in windows_read:
            odds[ordinals] = readings[number].sentences
        judging = [number for number, _ in windows_read] + [newer[n] for n in (place,) if n in newer]
        relevance = max(readings[number].relevance for number in judging)
        seen.append(replace(f, relevance=relevance, odds=tuple(map(float, odds))))
    return seen


def _of_today(group: int, today: date, retriever: Retriever) -> int | None:
    """The version in force today of a group's rule, if the group is one that has ended and there is one such version."""
    _, section, _ = retriever.version(group, "en")
    if not (section.rule and section.valid_to and section.valid_to <= today):
        return None
    now = [g for g in retriever.versions(group) if _in_force(retriever.version(g, "en")[1], today)]
    return now[0] if len(now) == 1 else None


def _in_force(section: Section, today: date) -> bool:
    begun = section.valid_from is None or section.valid_from <= today
    return begun and (section.valid_to is None or section.valid_to > today) and section.kind == "rule"


def _section(group: int, language: str, retriever: Retriever) -> Text:
    document, section, rows = retriever.version(group, language)
    return text(f"{document.title} – {section.heading}", document.text, [s for r in rows for s in retriever.index.passages[r].sentences])


def _of_its_time(found: Found) -> bool:
    """Whether a section is a rule's version of some time, chosen by its dates: it need not name the year asked about."""
    return bool(found.section.valid_from or found.section.valid_to) and not found.section.observed


def of_now(asked: Understood, found: Found) -> bool:
    """Whether today or this year is asked about, and a section of the corpus states a rule in force: it need not name the year either."""
    first, last = asked.period
    now = first <= asked.today <= last and first.year == last.year
    return now and bool(found.document.authority) and _in_force(found.section, asked.today) and not found.section.observed


def _readings(reader: Reads, asked: Understood, texts: Sequence[Text], timed: Sequence[bool]) -> list[Reading]:
    """What the reader says of each text; those that are chosen by their dates are asked the question without its dates."""
    text = " ".join((glossary.spoken(asked.text), *(f"({more})" for more in (asked.office, asked.gloss) if more)))
    timeless = dates.without(text) or text
    if timeless == text or not any(timed):
        return reader.read(text, texts) if texts else []
    out: dict[int, Reading] = {}
    for question, of_time in ((timeless, True), (text, False)):
        places = [n for n, t in enumerate(timed) if t is of_time]
        out |= zip(places, reader.read(question, [texts[n] for n in places]), strict=True) if places else ()
    return [out[n] for n in range(len(texts))]


def _rows(found: Found, retriever: Retriever) -> list[int]:
    return retriever.version(found.group, found.document.language)[2]


def _windows(found: Found, asked: Understood, vector: Vectors, retriever: Retriever, most: int) -> list[tuple[Text, list[int]]]:
    """What to read of a section, and which of its sentences (ordinals) each text holds."""
    if found.document.authority:
        document, section, rows = retriever.version(found.group, asked.asked)
        sentences = [s for r in rows for s in retriever.index.passages[r].sentences]
        if len(sentences) != sum(len(retriever.index.passages[r].sentences) for r in _rows(found, retriever)):
            document, section, rows = retriever.version(found.group, found.document.language)
            sentences = [s for r in rows for s in retriever.index.passages[r].sentences]
        return [(text(f"{document.title} – {section.heading}", document.text, sentences), list(range(len(sentences))))]
    rows = _rows(found, retriever)
    passages = [retriever.index.passages[r] for r in rows]
    groups: list[list[int]] = []
    for i, passage in enumerate(passages):
        if groups and passage.end - passages[groups[-1][0]].start <= WINDOW:
            groups[-1].append(i)
        else:
            groups.append([i])
    if len(groups) > most:
        dense = retriever.index.vectors_of(rows) @ vector
        groups = sorted(sorted(groups, key=lambda g: -max(dense[i] for i in g))[:most])
    firsts = np.cumsum([0, *(len(p.sentences) for p in passages)])
    out = []
    title = passages[0].sentences[0]
    for group in groups[:most]:
        head = passages[group[0]].heading or (found.document.text[title.start : title.end] if group[0] else "")
        sentences = [s for i in group for s in passages[i].sentences]
        out.append((text(head, found.document.text, sentences), list(range(firsts[group[0]], firsts[group[-1] + 1]))))
    return out


def text(head: str, shown: str, sentences: Sequence[Sentence]) -> Text:
    """The sentences of a shown text on a line each, below the heading."""
    return lines(head, [" ".join(shown[s.start : s.end].split()) for s in sentences])


def lines(head: str, sentences: Sequence[str]) -> Text:
    """Sentences on a line each, below a heading if there is one."""
    spans, at = [], len(head) + 1 if head else 0
    for sentence in sentences:
        spans.append((at, at + len(sentence)))
        at += len(sentence) + 1
    return Text("\n".join([head, *sentences] if head else sentences), tuple(spans))
