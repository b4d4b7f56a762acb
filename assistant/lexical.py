"""Words: tokens with stems per language, and BM25 over passages. Knows no vectors and no stores.

BM25 as in Robertson & Zaragoza (2009); stems by Snowball (PyStemmer). Compounds of Dutch and German are
met by prefixes: a query word also matches a longer word that begins with its stem, at half weight.
"""

from __future__ import annotations

import math
import re
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .places import fold

_STEMMERS = {
    "en": "english", "fr": "french", "nl": "dutch", "de": "german", "es": "spanish", "it": "italian", "pt": "portuguese",
    "ar": "arabic", "tr": "turkish", "ru": "russian", "ro": "romanian",
}  # fmt: skip
_STOP = {
    "en": "a an the of in on at to for from by with and or but is are was were be been am do does did have has had i you he "
    "she it we they my your his her its our their me him us them this that these those what which who whom when where why "
    "how can could may might must shall should will would not no if as than then there here so about into any some much "
    "many long get need just also say says tell please would like know",
    "fr": "le la les l un une des du de d à au aux en dans sur pour par avec et ou mais est sont était être été suis ai as a "
    "avons avez ont avoir je tu il elle on nous vous ils elles j me te se m t s mon ma mes ton ta tes son sa ses notre votre "
    "leur leurs ce cet cette ces c que qui quoi quel quelle quels quelles qu dont où quand comment combien pourquoi si ne n "
    "pas plus y faut dois doit peut peux puis est-ce fait faire dit",
    "nl": "de het een en of maar van in op aan te tot voor met door bij naar uit om is zijn was waren ben bent wordt worden "
    "werd heb hebt heeft hebben had ik jij je u hij zij ze wij we jullie mijn jouw uw haar hun ons onze dit dat deze die wat "
    "welke welk wie wanneer waar waarom hoe kan kunnen mag moet moeten zal zullen zou niet geen als dan er hier ook nog al "
    "veel lang hoeveel doen krijg krijgen zegt",
    "de": "der die das den dem des ein eine einen einem einer eines und oder aber von in im an am auf zu zum zur für mit "
    "durch bei nach aus um ist sind war waren bin bist sein wird werden wurde habe hast hat haben hatte ich du er sie es wir "
    "ihr mein meine dein seine ihre unser dies diese dieser dieses was welche welcher welches wer wen wem wann wo warum wie "
    "kann können darf muss müssen soll sollen will nicht kein keine wenn als dann da hier auch noch so viel viele lange man "
    "gibt sagt",
}
_STOPS = {language: frozenset(fold(words).split()) for language, words in _STOP.items()}
_local = threading.local()
# A year in a question says when, seldom what: it weighs less than its rarity.
YEAR = 0.3
_YEAR = re.compile(r"(?:19|20)\d\d")


def _stem(language: str, word: str) -> str:
    name = _STEMMERS.get(language)
    if name is None or len(word) < 4 or word.isdigit():
        return word
    stemmers: dict[str, Any] = _local.__dict__.setdefault("stemmers", {})
    if name not in stemmers:
        import Stemmer

        stemmers[name] = Stemmer.Stemmer(name)
    stem: str = stemmers[name].stemWord(word)
    return stem


@lru_cache(maxsize=100_000)
def _term(language: str, word: str) -> str:
    return "" if word in _STOPS.get(language, ()) else fold(_stem(language, word)) or word


def terms(text: str, language: str) -> list[str]:
    """The content words of a text as folded stems, in order, repeats kept."""
    return [t for w in fold(text).split() if (t := _term(language, w))]


class BM25:
    """An inverted index of texts in one language. Rows are those of `texts`."""

    K1, B, PREFIX = 1.2, 0.6, 0.5

    def __init__(self, texts: Iterable[str], language: str) -> None:
        self.language = language
        postings: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        lengths = []
        for row, text in enumerate(texts):
            found = terms(text, language)
            lengths.append(len(found))
            for term in found:
                postings[term][row] += 1
        self.size = len(lengths)
        self._lengths = np.asarray(lengths, dtype=np.float32)
        self._mean = float(self._lengths.mean()) if lengths else 1.0
        self._postings = {
            term: (np.fromiter(rows.keys(), np.int32, len(rows)), np.fromiter(rows.values(), np.float32, len(rows)))
            for term, rows in postings.items()
        }
        self._sorted = sorted(self._postings)

    def idf(self, term: str) -> float:
        """Robertson–Spärck Jones weight, never negative; the highest for a term that occurs nowhere."""
        found = len(self._postings[term][0]) if term in self._postings else 0
        return math.log(1 + (self.size - found + 0.5) / (found + 0.5))

    def _expanded(self, term: str) -> Iterable[tuple[str, float]]:
        import bisect

        if term in self._postings:
            yield term, 1.0
        if len(term) >= 5 and not term.isdigit():
            at = bisect.bisect_right(self._sorted, term)
            while at < len(self._sorted) and self._sorted[at].startswith(term):
                yield self._sorted[at], self.PREFIX
                at += 1

    def scores(self, query: Sequence[str]) -> tuple[NDArray[np.float32], float]:
        """BM25 of every row for query terms, and the sum of the terms' idf (what a full match is worth)."""
        out = np.zeros(self.size, dtype=np.float32)
        total = 0.0
        for term in dict.fromkeys(query):
            weight = self.idf(term) * (YEAR if _YEAR.fullmatch(term) else 1.0)
            total += weight
            best = np.zeros(self.size, dtype=np.float32)
            for form, share in self._expanded(term):
                rows, counts = self._postings[form]
                norm = self.K1 * (1 - self.B + self.B * self._lengths[rows] / self._mean)
                best[rows] = np.maximum(best[rows], share * weight * counts * (self.K1 + 1) / (counts + norm))
            out += best
        return out, total
