"""Claims written by hand, as a good model puts them or as a careless one gets them wrong, judged as a model's sentences are.

`claims.jsonl` holds a sentence of the corpus in its four languages, and claims about it in seven: each is judged against the
sentence in its own language, and against the English one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant import citing, verification
from assistant.embedding import Embedder
from assistant.judging import Judge, Kept
from assistant.material import Material, Offered
from assistant.records import LANGUAGES, Document, Section, Sentence
from assistant.replies import Said
from assistant.selection import Pick

FILE = Path(__file__).with_name("claims.jsonl")


@dataclass(frozen=True, slots=True)
class Written:
    """One claim with the sentence that it cites: `true` if that carries it."""

    text: str
    language: str
    true: bool
    quote: str
    quoted: str
    authority: str


def load() -> list[Written]:
    """Every claim beside the sentence in its own language, if the corpus has it, and beside the English one."""
    found = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for claim in row["claims"]:
            for quoted in dict.fromkeys((claim["language"], "en")):
                if quoted in LANGUAGES:
                    found.append(Written(claim["text"], claim["language"], claim["true"], row["quote"][quoted], quoted, row["authority"]))
    return found


def shown(claim: Written, embedder: Embedder) -> tuple[bool, tuple[str, ...]]:
    """Whether the claim would be shown, and if not, why."""
    sentence = Sentence(0, len(claim.quote))
    section = Section("s", "", 0, len(claim.quote), (sentence,))
    document = Document(f"x/{claim.authority}.{claim.quoted}", "", claim.quote, claim.quoted, (section,), "x", claim.authority)
    offered = {"s1": Offered("s1", Pick(document, section, sentence, 0, 0.0, 0.0), True)}
    if claim.language not in LANGUAGES:  # shown only with its English; this is the check of the one against the other
        judge = Judge(Material(offered, "", "", "en"), embedder, None)
        verdict = verification.check(
            claim.text, [citing.plain(claim.quote)], languages=(claim.language, claim.quoted), authorities=[claim.authority], similar=judge.similar
        )
        return verdict.supported, verdict.reasons
    judged = Judge(Material(offered, "", "", claim.language), embedder, None).judge(Said(claim.text, ("s1",)))
    return (True, ()) if isinstance(judged, Kept) else (False, judged.reasons)


def lines(embedder: Embedder) -> Iterator[str]:
    """The figures, then each wrong verdict."""
    wrong: dict[tuple[bool, bool], list[str]] = {}
    counted: dict[tuple[bool, bool], int] = {}
    for claim in load():
        kept, why = shown(claim, embedder)
        kind = (claim.true, claim.language == claim.quoted)
        counted[kind] = counted.get(kind, 0) + 1
        if kept != claim.true:
            wrong.setdefault(kind, []).append(f"  {'rejected' if claim.true else 'passed'}: {claim.text} {list(why)}")
    for (true, same), n in sorted(counted.items(), reverse=True):
        what = f"{'rejected of true' if true else 'passed of false'}, {'same' if same else 'other'} language"
        yield f"written by hand, {what}: {len(wrong.get((true, same), ()))} of {n}"
    for listed in wrong.values():
        yield from listed
