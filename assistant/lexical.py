"""Words: tokens with stems per language, and BM25 over passages. Knows no vectors and no stores.

BM25 as in Robertson & Zaragoza (2009); stems by Snowball (PyStemmer). Compounds of Dutch and German are
met by prefixes: a query word also matches a longer word that begins with its stem, at half weight.
"""

from __future__ import annotations

import math
import re
import threading
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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


class Counts:
    """What BM25 needs of texts in one language, gathered text by text."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._rows: dict[str, array[int]] = {}
        self._counts: dict[str, array[int]] = {}
        self._lengths = array("i")

    def add(self, text: str) -> None:
        """The next text."""
        found = terms(text, self.language)
        row = len(self._lengths)
        self._lengths.append(len(found))
        for term, count in Counter(found).items():
            if term not in self._rows:
                self._rows[term], self._counts[term] = array("i"), array("i")
            self._rows[term].append(row)
            self._counts[term].append(count)

    def columns(self) -> dict[str, NDArray[Any]]:
        """`terms` (UTF-8, a line each, sorted), `firsts` (where each term's postings begin), `rows`, `counts`, `lengths`."""
        ordered = sorted(self._rows)
        counts = np.concatenate([np.asarray(self._counts[t], dtype=np.int32) for t in ordered]) if ordered else np.zeros(0, np.int32)
        lengths = np.asarray(self._lengths, dtype=np.int32)
        return {
            "terms": np.frombuffer("\n".join(ordered).encode("utf-8", "surrogatepass"), dtype=np.uint8),
            "firsts": np.cumsum([0, *(len(self._rows[t]) for t in ordered)], dtype=np.int64),
            "rows": np.concatenate([np.asarray(self._rows[t], dtype=np.int32) for t in ordered]) if ordered else np.zeros(0, np.int32),
            "counts": counts.astype(np.min_scalar_type(counts.max(initial=0))),
            "lengths": lengths.astype(np.min_scalar_type(lengths.max(initial=0))),
        }


class BM25:
    """An inverted index of texts in one language. Rows are those of `texts`."""

    K1, B, PREFIX = 1.2, 0.6, 0.5

    def __init__(self, texts: Iterable[str] | Mapping[str, NDArray[Any]], language: str) -> None:
        """From texts, or from the columns of `Counts`, which may be mapped files."""
        self.language = language
        if isinstance(texts, Mapping):
            columns = texts
        else:
            counts = Counts(language)
            for text in texts:
                counts.add(text)
            columns = counts.columns()
        self._firsts, self._rows, self._counts = columns["firsts"], columns["rows"], columns["counts"]
        blob = columns["terms"].tobytes().decode("utf-8", "surrogatepass")
        self._terms = blob.split("\n") if blob else []
        self._lengths = columns["lengths"].astype(np.float32)
        self.size = len(self._lengths)
        self._mean = float(self._lengths.mean()) if self.size else 1.0

    def _at(self, term: str) -> int | None:
        """The number of a term, if any text has it."""
        at = bisect_left(self._terms, term)
        return at if at < len(self._terms) and self._terms[at] == term else None

    def idf(self, term: str) -> float:
        """Robertson–Spärck Jones weight, never negative; the highest for a term that occurs nowhere."""
        at = self._at(term)
        found = 0 if at is None else int(self._firsts[at + 1] - self._firsts[at])
        return math.log(1 + (self.size - found + 0.5) / (found + 0.5))

    def knows(self, term: str) -> bool:
        """Whether any text matches the term."""
        return next(iter(self._expanded(term)), None) is not None

    def _expanded(self, term: str) -> Iterable[tuple[int, float]]:
        """The numbers of the terms that a query term matches, each with its share of the weight."""
        at = bisect_left(self._terms, term)
        if at < len(self._terms) and self._terms[at] == term:
            yield at, 1.0
            at += 1
        if len(term) >= 5 and not term.isdigit():
            while at < len(self._terms) and self._terms[at].startswith(term):
                yield at, self.PREFIX
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
                place = slice(int(self._firsts[form]), int(self._firsts[form + 1]))
                rows, counts = self._rows[place], self._counts[place].astype(np.float32)
                norm = self.K1 * (1 - self.B + self.B * self._lengths[rows] / self._mean)
                best[rows] = np.maximum(best[rows], share * weight * counts * (self.K1 + 1) / (counts + norm))
            out += best
        return out, total
