"""`python -m evals verify`: does verification catch what was changed, and let pass what is true?

Claims are made from the corpus by rule, with a seed; half of the documents are for tuning, the other half is reported.
"""

from __future__ import annotations

import hashlib
import random
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from assistant import bodies, corpus, modality, quantities, settings, verification
from assistant.embedding import Embedder
from assistant.pipeline import Assistant
from assistant.records import LANGUAGES, Document, Section
from assistant.verification import Period, Verdict, check

from . import written
from .mutations import MUTATIONS, paraphrase

SEED = 20261125
TODAY = date(2026, 11, 25)
# Claims wanted per kind; fewer where the texts do not hold that many.
TRUE = {"quote": 300, "paraphrase": 1200, "translation": 1500}
EACH = 320
# What must be reached: share of mutated claims caught, and of true claims rejected.
TARGETS = dict.fromkeys(("number", "date", "amount", "level", "article"), 0.97) | {"authority": 0.95, "polarity": 0.95, "modality": 0.95}
REST, REJECTED = 0.85, 0.03


@dataclass(frozen=True, slots=True)
class Item:
    """A claim with its quotes: `kind` is how it was made, `true` whether the quotes support it, `languages` claim's and quotes'."""

    kind: str
    true: bool
    claim: str
    quotes: tuple[str, ...]
    languages: tuple[str, str]
    authority: str
    period: Period


@dataclass(frozen=True, slots=True)
class _Row:
    group: str
    authority: str
    section: Section
    at: int
    texts: dict[str, str]


def tuned(group: str) -> bool:
    """Whether a document belongs to the half that is tuned on."""
    return int(hashlib.sha1(group.encode(), usedforsecurity=False).hexdigest(), 16) % 2 == 0


def items(half: str, documents: Iterable[Document], share: float = 1.0) -> list[Item]:
    """The claims of one half ("tune" or "report") or "all"; `share` of them for a quick look."""
    dice = random.Random(SEED)  # noqa: S311 - a benchmark, not a secret
    rows = [r for r in _rows(documents) if half == "all" or tuned(r.group) == (half == "tune")]
    beside = defaultdict(list)
    for row in rows:
        beside[row.group, row.section.id].append(row)
    made: list[Item] = []

    def add(kind: str, true: bool, row: _Row, claim: str, quote: str, pair: tuple[str, str]) -> None:
        made.append(Item(kind, true, claim, (quote,), pair, row.authority, (row.section.valid_from, row.section.valid_to)))

    def fill(kind: str, true: bool, wanted: int, make: Callable[[_Row, str], tuple[str, str, str] | None]) -> None:
        count = 0
        for row in dice.sample(rows, len(rows)) * 3:
            if count >= wanted * share:
                return
            code = dice.choice(LANGUAGES)
            if (found := make(row, code)) is not None:
                claim, quote, other = found
                add(kind, true, row, claim, quote, (code, other))
                count += 1

    def changed(name: str, foreign: bool) -> Callable[[_Row, str], tuple[str, str, str] | None]:
        def make(row: _Row, code: str) -> tuple[str, str, str] | None:
            claim = MUTATIONS[name](dice, row.texts[code], code)
            other = dice.choice([c for c in LANGUAGES if c != code]) if foreign else code
            return None if claim is None else (claim, row.texts[other], other)

        return make

    def moved(near: bool, foreign: bool) -> Callable[[_Row, str], tuple[str, str, str] | None]:
        def make(row: _Row, code: str) -> tuple[str, str, str] | None:
            others = [r for r in (beside[row.group, row.section.id] if near else rows) if r.section is not row.section or r.at != row.at]
            if not others:
                return None
            chosen = dice.choice(others).texts
            words = set(re.findall(r"\w+", row.texts[code].lower()))
            if len(words & set(re.findall(r"\w+", chosen[code].lower()))) > 0.7 * len(words):
                return None  # it may say the same
            other = dice.choice([c for c in LANGUAGES if c != code]) if foreign else code
            return row.texts[code], chosen[other], other

        return make

    def translated(row: _Row, code: str) -> tuple[str, str, str]:
        other = dice.choice([c for c in LANGUAGES if c != code])
        return row.texts[code], row.texts[other], other

    def reworded(row: _Row, code: str) -> tuple[str, str, str] | None:
        claim = paraphrase(dice, row.texts[code], code)
        return None if claim is None else (claim, row.texts[code], code)

    fill("quote", True, TRUE["quote"], lambda row, code: (row.texts[code], row.texts[code], code))
    fill("paraphrase", True, TRUE["paraphrase"], reworded)
    fill("translation", True, TRUE["translation"], translated)
    for name in MUTATIONS:
        fill(name, False, EACH, changed(name, foreign=False))
        fill(f"{name}, other language", False, EACH // 2, changed(name, foreign=True))
    for foreign in (False, True):
        tail = ", other language" if foreign else ""
        fill(f"citation of another section{tail}", False, EACH, moved(near=False, foreign=foreign))
        fill(f"citation of the same section{tail}", False, EACH, moved(near=True, foreign=foreign))
    return made


def _rows(documents: Iterable[Document]) -> list[_Row]:
    groups: dict[str, dict[str, Document]] = defaultdict(dict)
    for document in documents:
        groups[document.group][document.language] = document
    rows = []
    for group, versions in sorted(groups.items()):
        for section in versions["en"].sections:
            texts = {
                code: [d.text[s.start : s.end] for x in d.sections if x.id == section.id for s in x.sentences if not s.heading]
                for code, d in versions.items()
            }
            if len({len(sentences) for sentences in texts.values()}) > 1:
                continue  # not parallel: `assistant corpus check` says so
            for at, sentences in enumerate(zip(*(texts[code] for code in LANGUAGES), strict=True)):
                rows.append(_Row(group, versions["en"].authority or "", section, at, dict(zip(LANGUAGES, sentences, strict=True))))
    return rows


def main(half: str = "report", share: float = 1.0, content: bool = True, worst: int = 0) -> int:
    """Print the benchmark; 0 if every target is reached, 1 otherwise. `content` compares vectors, too."""
    made = items(half, corpus.load(settings.load().corpus).documents.values(), share)
    embedder = Assistant().embedder
    similar = _similar(embedder) if content else None
    verdicts = [judge(item, similar) for item in made]
    print(table(made, verdicts))
    print(f"\nmedian of the rules: {_milliseconds(made, None):.2f} ms a claim", end="")
    print(f"; with content: {_milliseconds(made, similar):.1f} ms" if similar else "")
    print("\n".join(written.lines(embedder)))
    wrong = [(i, v) for i, v in zip(made, verdicts, strict=True) if i.true != v.supported]
    for item, verdict in random.Random(1).sample(wrong, min(worst, len(wrong))):  # noqa: S311
        print(f"\n{item.kind} {item.languages} {verdict.reasons}\n  claim: {item.claim}\n  quote: {item.quotes[0]}")
    return 0 if all(reached for *_, reached in lines(made, verdicts)) else 1


def judge(item: Item, similar: verification.Similar | None) -> Verdict:
    """The verdict on one item, as the pipeline would ask for it."""
    return check(
        item.claim, item.quotes, languages=item.languages, authorities=(item.authority,), periods=(item.period,), as_of=TODAY,
        similar=similar,
    )  # fmt: skip


def table(made: Sequence[Item], verdicts: Sequence[Verdict]) -> str:
    """Per kind: claims, share right, target; and precision and recall of "not supported" over all."""
    rows = ["| claims | n | | target | |", "|---|---|---|---|---|"]
    for kind, n, share, target, reached in lines(made, verdicts):
        rows.append(f"| {kind} | {n} | {share:.1%} | {target} | {'' if reached else 'missed'} |")
    caught = sum(not i.true and not v.supported for i, v in zip(made, verdicts, strict=True))
    flagged = sum(not v.supported for v in verdicts)
    false = sum(not i.true for i in made)
    precision, recall = caught / max(flagged, 1), caught / max(false, 1)
    return "\n".join([*rows, "", f"{len(made)} claims; not supported: precision {precision:.3f}, recall {recall:.3f}"])


def lines(made: Sequence[Item], verdicts: Sequence[Verdict]) -> list[tuple[str, int, float, str, bool]]:
    """Per kind: what was counted, how many, the share, the target, whether it was reached."""
    supported: dict[str, list[bool]] = defaultdict(list)
    for item, verdict in zip(made, verdicts, strict=True):
        supported[item.kind].append(verdict.supported)
    true = {item.kind for item in made if item.true}
    everything = [s for kind in true for s in supported[kind]]
    out = []
    for kind, found in supported.items():
        if kind in true:
            share = 1 - sum(found) / len(found)
            out.append((f"rejected of {kind}", len(found), share, "", True))
        else:
            share = 1 - sum(found) / len(found)
            least = TARGETS.get(kind.split(",")[0], REST)
            out.append((f"caught of {kind}", len(found), share, f"≥ {least:.0%}", share >= least))
    share = 1 - sum(everything) / len(everything)
    out.insert(len(true), ("rejected of all true", len(everything), share, f"≤ {REJECTED:.0%}", share <= REJECTED))
    return out


def _similar(embedder: Embedder) -> verification.Similar:
    def similar(claim: str, quotes: Sequence[str]) -> float:
        vectors = embedder.embed([claim, *quotes])
        return float(np.max(vectors[1:] @ vectors[0]))

    return similar


def _milliseconds(made: Sequence[Item], similar: verification.Similar | None) -> float:
    """Median processor time of one check with nothing remembered."""
    times = []
    for item in made[:: max(1, len(made) // 200)]:
        for remembered in (quantities.quantities, bodies.bodies, modality.cues, modality.bounds):
            remembered.cache_clear()
        began = time.thread_time()
        judge(item, similar)
        times.append((time.thread_time() - began) * 1000)
    return statistics.median(times)
