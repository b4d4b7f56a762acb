"""Whether a sentence that a model wrote may be shown: verified against the passages it cites, or against others that carry it.

Stricter than verification alone, which asks whether a claim follows from its quotes: words that no cited passage has make it suspect,
and so do links, markup and another language. Knows no model and no store.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from . import citing, lexical, messages, quantities, verification
from .embedding import Embedder, Vectors
from .material import Material, Offered, foreign
from .replies import Said

# Cosine (multilingual-e5-small) to its passages, or to a part of one, that a sentence needs which has words of its own: many, or
# less than this share of its words. Set on 61 paraphrases and 26 sentences that say something else, written by hand.
OWN_WORDS, FEW_OWN, FEW = 0.935, 0.92, 0.25
# … and to its own English: of sentences in Arabic, Turkish and Ukrainian, 12 translations had 0.878 or more, 12 of the same
# subject that say something else 0.843 or less.
RENDERED = 0.865
# Fewer words than this are no statement.
SHORTEST = 4
MOST_CITES, TRIED = 4, 8
_LINK = re.compile(
    r"(?:https?:|www\.|mailto:)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:be|com|org|net|eu|info|io|gov|int|brussels|vlaanderen)\b|\S+@\S+", re.IGNORECASE
)
_MARKUP = re.compile(r"<[^>]*>?|`|\]\(|!\[|^\s*#|\||\{|\}|\[(?!\d|…)")


@dataclass(frozen=True, slots=True)
class Kept:
    """A sentence to show, with the sentences of the passages that carry it. `recited` if others than the model named."""

    text: str
    cites: tuple[Offered, ...]
    recited: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """A sentence to withhold, and why; `cited` if it named passages, so that writing it again may help."""

    text: str
    reasons: tuple[str, ...]
    cited: bool


class Judge:
    """Judges the sentences of one answer; `day` is what validity is measured by, None if the question is about change."""

    def __init__(self, material: Material, embedder: Embedder, day: date | None) -> None:
        self._material, self._embedder, self._day = material, embedder, day
        self._vectors: dict[str, Vectors] = {}

    def judge(self, said: Said) -> Kept | Failed:
        """Keep it, with its own citations or better ones, or say what is against it."""
        text = citing.plain(said.text).strip("\"“”«» ")
        named = [self._material.offered[c] for c in said.cites if c in self._material.offered][:MOST_CITES]
        if against := self._form(text) or self._rendering(text, said.english):
            return Failed(text, against, bool(named))
        checked, tongue = (said.english, "en") if self._material.rendered else (text, self._material.language)
        reasons = self._against(checked, tongue, named) if named else ()
        if named and not reasons:
            return Kept(text, tuple(self._needed(checked, tongue, named)))
        for others in self._others(checked, named):
            against = self._against(checked, tongue, others)
            if not against:
                return Kept(text, tuple(others), recited=True)
            reasons = reasons or against  # of what names no passage: what is against the nearest one
        return Failed(text, reasons or ("content: no quote",), bool(named))

    def _rendering(self, text: str, english: str) -> tuple[str, ...]:
        """What speaks against a sentence in a language that is checked by its English: there is none, or it says something else."""
        if not self._material.rendered:
            return ()
        if len(english.split()) < SHORTEST:
            return ("form: no English",)
        reasons = verification.check(text, [english], languages=(self._material.language, "en")).reasons
        alike = self.similar(text, [english])
        return reasons if alike >= RENDERED else (*reasons, f"content: {alike:.2f} like its English")

    def _form(self, text: str) -> tuple[str, ...]:
        """What speaks against a sentence whatever its passages say."""
        if len(text.split()) < SHORTEST:
            return ("form: no sentence",)
        if text.rstrip().endswith(("?", "؟")):
            return ("form: a question",)  # a heading or the reader's own, given back
        given = " ".join(o.pick.quote for o in self._material.offered.values())
        labels = {messages.authority(o.pick.document.authority, "en") for o in self._material.offered.values() if o.pick.document.authority}
        if copied := [label for label in labels if "(" in label and label in text and label not in given]:
            return (f"form: the label {copied[0]}",)
        strange = [m.group().strip() for pattern in (_LINK, _MARKUP) for m in pattern.finditer(text) if m.group().strip() not in given]
        if strange:
            return (f"form: {strange[0][:40]}",)
        if other := foreign(text, self._material.language):
            return (f"language: {other}, not {self._material.language}",)
        return ()

    def _against(self, text: str, tongue: str, cites: Sequence[Offered]) -> tuple[str, ...]:
        quotes = [citing.plain(o.pick.quote) for o in cites]
        theirs = cites[0].pick.document.language
        verdict = verification.check(
            text, quotes, languages=(tongue, theirs), authorities=[o.pick.document.authority for o in cites],
            periods=[o.period for o in cites], as_of=self._day, similar=self.similar,
        )  # fmt: skip
        if not verdict.supported or theirs != tongue or any(text in quote for quote in quotes):
            return verdict.reasons
        around = {f"{o.pick.section.heading} {messages.authority(o.pick.document.authority, theirs) if o.pick.document.authority else ''}" for o in cites}
        known = {t for q in (*quotes, *around) for t in lexical.terms(q, theirs)}
        terms = lexical.terms(text, theirs)
        own = [t for t in terms if t not in known and not quantities.is_figure(t)]
        least = FEW_OWN if len(own) < FEW * len(terms) else OWN_WORDS
        whole = [*quotes, " ".join(quotes)]
        if not own or self.similar(text, whole) >= least:
            return ()
        parts = [part for quote in quotes for part in verification.parts(quote)]
        if parts and least == FEW_OWN and self.similar(text, parts) >= least:
            return ()
        return (f"content: {', '.join(own[:4])}",)

    def _needed(self, text: str, tongue: str, cites: list[Offered]) -> list[Offered]:
        """One passage where one carries it alone, else all."""
        if len(cites) > 1:
            for one in cites:
                if not self._against(text, tongue, [one]):
                    return [one]
        return cites

    def _others(self, text: str, named: Sequence[Offered]) -> list[list[Offered]]:
        """Single passages, the nearest first, and then the two nearest together."""
        offered = list(self._material.offered.values())
        near = self._embed([citing.plain(o.pick.quote) for o in offered]) @ self._embed([text])[0]
        order = [offered[i] for i in np.argsort(-near, kind="stable")[:TRIED]]
        singles = [[o] for o in order if [o] != list(named)]
        return [*singles, order[:2]] if len(order) > 1 else singles

    def similar(self, text: str, quotes: Sequence[str]) -> float:
        """The cosine of a text and the nearest of some quotes."""
        return float(np.max(self._embed(quotes) @ self._embed([text])[0]))

    def _embed(self, texts: Sequence[str]) -> Vectors:
        missing = [t for t in dict.fromkeys(texts) if t not in self._vectors]
        if missing:
            self._vectors |= dict(zip(missing, self._embedder.embed(missing), strict=True))
        found: Vectors = np.stack([self._vectors[t] for t in texts])
        return found
