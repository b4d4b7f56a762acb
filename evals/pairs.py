"""What the reader is fitted on: pairs of a question and a text, with which sentences answer.

Own: the questions of `corpus/*/questions.jsonl`, each with its section, sections that retrieval ranks high but that are
not named as answers, and near-misses that nothing answers. External: the train split of OMoS-QA
(digitalfabrik/integreat-qa-dataset, CC BY 4.0) and `training/omos.jsonl`, further questions of ours on its train pages.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import reading
from assistant.pipeline import Assistant
from assistant.reader import Text
from assistant.records import LANGUAGES, Question
from assistant.retrieval import Retriever

from . import omos
from .fit import held

EXTRA = Path(__file__).with_name("training") / "omos.jsonl"
NEGATIVES, CROSS = 6, 0.15
ALSO = 0.5  # of the further sections that answer, shown as such
WINDOWS = 0.4  # of the external questions in an epoch: their pages are three times as long as a section


@dataclass(frozen=True)
class Pair:
    """`marks` (sentences,): 1 where a sentence answers; None where a section answers and its sentences are not marked."""

    question: str
    text: Text
    answers: bool
    marks: NDArray[np.float32] | None


class Corpus:
    """The questions to the corpus, each with what retrieval finds for it."""

    def __init__(self, assistant: Assistant) -> None:
        self._retriever = assistant.retriever()
        self._groups = {key: number for number, key in enumerate(_keys(self._retriever))}
        self._rules = [self._retriever.version(g, "en")[1].rule for g in range(self._retriever.groups)]
        self._asked = []
        for phrasing in assistant.corpus.phrasings:
            found, _ = assistant.retrieve(*assistant.understand(Question(phrasing.question)))
            self._asked.append((phrasing, [f.group for f in found[:NEGATIVES]]))

    def pairs(self, rng: random.Random, kept: bool = False) -> Iterator[Pair]:
        """Pairs of one epoch: negatives and languages are drawn anew each time. `kept`: those kept from fitting, instead."""
        for phrasing, found in self._asked:
            if held(phrasing.section) is not kept:
                continue
            gold = self._groups[phrasing.section]
            good = {gold, *(self._groups[key] for key in phrasing.also if key in self._groups)}
            rule = self._rules[gold]
            others = [group for group in found if group not in good and not (rule and self._rules[group] == rule)]
            rng.shuffle(others)
            language = phrasing.language if phrasing.language in LANGUAGES and rng.random() >= CROSS else rng.choice(LANGUAGES)
            text = _section(self._retriever, gold, language)
            marks = np.zeros(len(text.spans), np.float32)
            marks[[a for a in phrasing.answers if a < len(marks)]] = 1
            yield Pair(phrasing.question, text, bool(phrasing.answers), marks)
            more = sorted(good - {gold})
            if more and phrasing.answers and rng.random() < ALSO:
                yield Pair(phrasing.question, _section(self._retriever, rng.choice(more), language), True, None)
            for group in others[: 1 + (rng.random() < 0.5)]:
                other = _section(self._retriever, group, language)
                yield Pair(phrasing.question, other, False, np.zeros(len(other.spans), np.float32))


def _keys(retriever: Retriever) -> Iterator[str]:
    for group in range(retriever.groups):
        document, section, _ = retriever.version(group, "en")
        yield f"{document.group}#{section.id}"


def _section(retriever: Retriever, group: int, language: str) -> Text:
    document, section, rows = retriever.version(group, language)
    sentences = [s for r in rows for s in retriever.index.passages[r].sentences]
    return reading.text(f"{document.title} – {section.heading}", document.text, sentences)


def of_omos(folder: Path, rng: random.Random) -> Iterator[Pair]:
    """Pairs of the train split: each window of the page is one, in another language now and then."""
    rows = [r for language in ("en", "de", "fr") for r in omos.rows(folder, "train", language)]
    pages = {omos.page_id(r): str(r["context"]) for r in rows}
    extra: list[dict[str, Any]] = [json.loads(line) for line in EXTRA.read_text(encoding="utf-8").splitlines()]
    asked = [(r["question"], r["language"], omos.page_id(r).split("/")[1], r["answers"]) for r in rows]
    asked += [(r["question"], r["language"], r["page"], r["answers"]) for r in extra]
    for question, language, page, answers in asked:
        if rng.random() >= WINDOWS:
            continue
        tongue = language if rng.random() >= 2 * CROSS else rng.choice(("en", "de", "fr"))
        lines = pages[f"{tongue}/{page}"].split("\n")
        for window in _windows(lines):
            head = lines[0] if window[0] else ""
            marks = np.array([float(i in answers) for i in window], np.float32)
            yield Pair(question, reading.lines(head, [lines[i] for i in window]), bool(marks.any()), marks)


def _windows(lines: list[str]) -> Iterator[list[int]]:
    window: list[int] = []
    for i, line in enumerate(lines):
        if not line.strip():
            continue
        if window and sum(len(lines[j]) for j in window) + len(line) > reading.WINDOW:
            yield window
            window = []
        window.append(i)
    if window:
        yield window
