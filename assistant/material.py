"""What a language model is given to write from: sentences with ids, marked off as data, and the prompts around them.

The sections are those that selection chose for the answer, so region, day and kind are already decided. The prompts are the
files in `prompts/`; `digest()` tells which version made an answer. Knows no model and no store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from string import Template

from . import language, messages, selection, verification
from .errors import ModelContextError
from .records import LANGUAGES, REGIONS, WRITTEN, Answer, Citation, Question
from .retrieval import Retriever
from .selection import Pick
from .understanding import Understood, without_instructions

FOLDER = Path(__file__).with_name("prompts")
# Characters that a token holds at least, in prose of our languages: an estimate that rather says too many tokens.
PER_TOKEN = 3.0
# Characters around a cited sentence that are given of a document of the user's.
AROUND = 1_500
NAMES = {"en": "English", "fr": "French", "nl": "Dutch", "de": "German", "ar": "Arabic", "tr": "Turkish", "uk": "Ukrainian"}
# Asked for in languages whose words verification hardly reads: it reads the English, and whether both say the same.
_ENGLISH = ' "english": the same in English,'
_SHAPES = {
    "english": '\n- "english" holds the same sentence in English, with the same figures, dates, places and conditions.',
    "regions": "\n- The rule differs by region: write at least one sentence for each region in the passages, and name the region in it.",
    "table": "\n- Regions are compared: write one sentence for each region in the passages, and name the region in it.",
}


@dataclass(frozen=True, slots=True)
class Offered:
    """A sentence that may be cited. `chosen` if selection's answer quotes it."""

    id: str
    pick: Pick
    chosen: bool

    @property
    def period(self) -> verification.Period:
        """When its section is in force."""
        return self.pick.section.valid_from, self.pick.section.valid_to


@dataclass(frozen=True, slots=True)
class Material:
    """The sentences by id, the system's and the user's message, and the language to write in."""

    offered: dict[str, Offered]
    system: str
    user: str
    language: str

    @property
    def rendered(self) -> bool:
        """Whether each claim also comes in English."""
        return self.language not in LANGUAGES


@lru_cache(maxsize=8)
def prompt(name: str) -> Template:
    """One of the files of `prompts/`."""
    return Template((FOLDER / f"{name}.md").read_text(encoding="utf-8").strip())


@lru_cache(maxsize=1)
def digest() -> str:
    """Twelve hexadecimal digits of all prompts."""
    parts = [path.name + "\n" + path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def tongue(question: Question, asked: Understood) -> str:
    """The language to write in: the one wanted, else that of the question if verification reads it, else selection's."""
    return asked.asked if question.language is None and asked.asked in WRITTEN else asked.language


def of(question: Question, asked: Understood, chosen: Answer, retriever: Retriever, tokens: int, today: date) -> Material:
    """What to give for a question that selection has answered with `chosen`, in at most so many tokens.

    What does not fit is left out: first the sentences that selection did not choose, the last ones first. Raises
    ModelContextError if not even the chosen ones fit.
    """
    written = tongue(question, asked)
    shape = _SHAPES["regions"] if chosen.status == "needs_region" else _SHAPES["table"] if compared(asked, chosen.citations) else ""
    english = _ENGLISH if written not in LANGUAGES else ""
    system = prompt("answer").substitute(language=NAMES[written], shape=shape + (_SHAPES["english"] if english else ""), rendering=english)
    sentences = _sentences(asked, chosen, retriever, today)
    while True:
        offered = {f"s{n}": Offered(f"s{n}", pick, first) for n, (pick, first) in enumerate(sentences, 1)}
        user = prompt("question").substitute(
            passages=_passages(list(offered.values()), today), day=asked.as_of.isoformat(),
            where="".join(f' region="{messages.authority(r, "en")}"' for r in asked.regions[:1] if len(asked.regions) == 1),
            question=_data(asked.text), language=NAMES[written],
        )  # fmt: skip
        if tokens_of(system) + tokens_of(user) <= tokens:
            return Material(offered, system, user, written)
        spare = [at for at, (_, first) in enumerate(sentences) if not first]
        if not spare:
            raise ModelContextError(f"the question and its passages need about {tokens_of(system) + tokens_of(user)} tokens, the model has {tokens}")
        del sentences[spare[-1]]


def again(failed: str, given: Material) -> str:
    """What asks for withheld sentences once more."""
    return prompt("again").substitute(failed=failed, language=NAMES[given.language])


def tokens_of(text: str) -> int:
    """About how many tokens a text has, rather too many."""
    wide = sum(ord(c) > 0x24F for c in text)
    return int((len(text) - wide) / PER_TOKEN + wide) + 4


def compared(asked: Understood, citations: Sequence[Citation]) -> bool:
    """Whether the answer sets regions side by side because the question does."""
    return (asked.compare or len(asked.regions) > 1) and len({c.authority for c in citations} & set(REGIONS)) > 1


def _sentences(asked: Understood, chosen: Answer, retriever: Retriever, today: date) -> list[tuple[Pick, bool]]:
    """The sentences of the cited sections in reading order, each with whether selection quotes it."""
    found: list[tuple[Pick, bool]] = []
    quoted = {(c.document, c.start) for c in chosen.citations}
    for document_id, section_id in dict.fromkeys((c.document, c.section) for c in chosen.citations):
        document, section = retriever.index.documents[document_id], retriever.index.sections[document_id, section_id]
        starts = [c.start for c in chosen.citations if (c.document, c.section) == (document_id, section_id)]
        for ordinal, sentence in enumerate(s for s in section.sentences if not s.heading):
            pick = Pick(document, section, sentence, ordinal, 0.0, 0.0)
            first = (document_id, sentence.start) in quoted
            if (first and not _order(pick)) or _may_be_given(pick, asked, starts, today):
                found.append((pick, first))
    return found


def _may_be_given(pick: Pick, asked: Understood, starts: Sequence[int], today: date) -> bool:
    if asked.as_of < today and selection.latest_date(pick.quote) > max(asked.as_of, pick.section.valid_to or date.min):
        return False  # it tells of a later day than the one asked about
    return pick.document.authority is not None or (not _order(pick) and any(abs(pick.sentence.start - start) <= AROUND for start in starts))


def _order(pick: Pick) -> bool:
    """Whether a sentence of a user's document is an order to an assistant."""
    return pick.document.authority is None and without_instructions(pick.quote)[1]


def _passages(offered: Sequence[Offered], today: date) -> str:
    lines: list[str] = []
    last = None
    for o in offered:
        section, document = o.pick.section, o.pick.document
        if (document.id, section.id) != last:
            if last:
                lines.append("</section>")
            last = (document.id, section.id)
            whose = messages.authority(document.authority, "en") if document.authority else f"document {document.id}"
            lines.append(f'<section authority="{_data(whose)}" {_validity(o, today)}heading="{_data(section.heading or document.title)}">')
        lines.append(f"[{o.id}] {_data(' '.join(o.pick.quote.split()))}")
    return "\n".join([*lines, "</section>"])


def _validity(offered: Offered, today: date) -> str:
    first, end = offered.period
    since = f'from="{first.isoformat()}" ' if first else ""
    until = f'until="{(end - timedelta(days=1)).isoformat()}" ' if end else ""
    state = 'state="ended" ' if end and end <= today else 'state="not yet in force" ' if first and first > today else ""
    return since + until + state


def _data(text: str) -> str:
    """A text that cannot close what marks it off."""
    return text.replace("<", "‹").replace(">", "›").replace('"', "”")


def foreign(text: str, written: str) -> str:
    """The language that a sentence is in, if it is plainly not the one to write in; "" otherwise."""
    if len(text.split()) < 4:
        return ""
    guess = language.of_question(text, written)
    same_script = {"uk", "ru", "bg"}
    if guess == written or {guess, written} <= same_script:
        return ""
    if written in LANGUAGES and guess not in LANGUAGES and text.isascii():
        return ""  # names and figures mislead the guess
    return guess
