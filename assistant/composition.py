"""From what was decided to an `Answer`: text, claims, citations, contacts. Knows no screens and no stores."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from . import answerability, citing, lexical, messages, sentences, verification
from .corpus import Corpus
from .dates import written
from .decision import Decider, Decision
from .embedding import Vectors
from .places import competent
from .records import REGIONS, Answer, Claim, Contact, Question, Status
from .retrieval import Found, Retriever
from .selection import Pick
from .understanding import Understood

# The word that answers yes or no at the head of a sentence, with the "but" that follows on it.
_YES_NO = re.compile(r"^(?:yes|no|oui|non|ja|nee|nein)\s*,\s+(?:(?:but|mais|maar|aber)\s+)?", re.IGNORECASE)
# A question so near to the heading of a section (cosine) asks what the heading asks, and the same way round.
SAME_QUESTION = 0.97
# Content words that make a part of a text a question of its own.
OWN_WORDS = 3


@dataclass(frozen=True)
class Part:
    """One question within what was asked: its sections, best first, and what was decided."""

    asked: Understood
    found: Sequence[Found]
    decision: Decision


@dataclass(frozen=True)
class Composer:
    """What composing needs besides the question: sections, their vectors, the corpus's sources and contacts."""

    retriever: Retriever
    corpus: Corpus
    with_corpus: bool
    today: date

    @cached_property
    def _decider(self) -> Decider:
        return Decider(self.retriever, self.today)

    def part(self, question: Question, asked: Understood, found: Sequence[Found], vector: Vectors) -> Part:
        """What is decided for one question. `found` are its sections, best first."""
        return Part(asked, found, self._decider.decide(question, asked, found, vector))

    def compose(self, question: Question, asked: Understood, parts: Sequence[Part]) -> Answer:
        """The answer to all that was asked: one part, for most questions."""
        answered = [p for p in parts if p.decision.picks]
        if not answered:
            return self._refuse(question, asked, parts[0])
        return self._answer(question, asked, answered, [p for p in parts if not p.decision.picks])

    def _answer(self, question: Question, asked: Understood, parts: Sequence[Part], missed: Sequence[Part]) -> Answer:
        tongue = asked.language
        numbers: dict[Pick, int] = {}
        claims, blocks = [], []
        authorities = {pick.document.authority for part in parts for pick in part.decision.picks}
        status = _status(parts, bool(missed) or asked.instruction)
        for part in parts:
            lines = []
            for pick in part.decision.picks:
                if any(_same(pick, other) for other in numbers):
                    continue
                number = len(numbers) + 1
                first = pick.section not in [p.section for p in numbers]
                numbers[pick] = number
                whole, text = citing.plain(pick.quote), _told(pick, part)
                # A "no" that answered the heading negates nothing in its sentence.
                sound = verification.supports(whole, [pick.quote]) and whole.casefold().endswith(text.casefold())
                claim = Claim(text=text, citations=(number,), authority=pick.document.authority, verified=sound)
                claims.append(claim)
                mark = citing.mark(pick, tongue, self.today, first)
                line = f"{citing.escape(claim.text)}{f' *({mark})*' if mark else ''} [{number}]"
                if len(authorities) > 1 and pick.document.authority:
                    line = f"**{messages.authority(pick.document.authority, tongue)}:** {line}"
                lines.append(line)
            if part.decision.status != "needs_region" and len(authorities) == 1:
                blocks += lines[:1]
                del lines[:1]
            if lines:
                blocks.append("\n".join(f"- {line}" for line in lines))
        unanswered = tuple(_capital(_asking(part).strip(" .?!؟")) for part in missed)
        blocks += [messages.say("part_missed", tongue, what=what) for what in unanswered]
        if status == "needs_region":
            blocks.append(messages.say("which_region", tongue))
        if asked.instruction:
            blocks.append(f"*{messages.say('ignored_instruction', tongue)}*")
        if asked.asked not in messages.AUTHORITY_NAMES["federal"] and not question.documents:
            blocks.append(f"*{messages.say('reply_in_english', tongue)}*")
        return self._make(
            question,
            asked,
            status,
            "\n\n".join(blocks),
            claims=tuple(claims),
            citations=tuple(citing.citation(number, pick, self.corpus) for pick, number in numbers.items()),
            confidence=round(min(part.decision.sure for part in parts), 3),
            contacts=self._contacts(asked, missed[0].found) if missed else (),
            missed=unanswered,
            follow_ups=_follow_ups(asked, parts),
        )

    def _refuse(self, question: Question, asked: Understood, part: Part) -> Answer:
        tongue, decision = asked.language, part.decision
        status, found = decision.status, part.found
        if decision.refusal in ("instruction", "prediction"):
            text = messages.say(decision.refusal, tongue)
        elif question.documents:
            what = ", ".join(question.documents[:3]) + (" …" if len(question.documents) > 3 else "")
            text = messages.say("not_found_documents", tongue, what=what)
        elif not self.with_corpus:
            text = messages.say("not_found_documents", tongue, what=messages.say("sections", tongue, n=self.retriever.groups))
        elif not answerability.in_purpose(found, asked):
            status, text, found = "declined", messages.say("purpose", tongue), ()
        else:
            day = date.fromisoformat(self.corpus.known_until) if self.corpus.known_until else self.today
            what = messages.say("sections", tongue, n=self.retriever.groups)
            text = messages.say("not_found", tongue, what=what, known=written(day, tongue))
        if decision.gap:
            text = f"{messages.say('gap', tongue, heading=decision.gap.section.heading)} {text}"
        contacts = self._contacts(asked, found)
        return self._make(question, asked, status, text, contacts=contacts, confidence=round(1 - decision.sure, 3))

    def _contacts(self, asked: Understood, found: Sequence[Found]) -> tuple[Contact, ...]:
        topic = next((f.document.topic for f in found if f.document.topic), "civic-integration")
        regions = asked.regions or REGIONS
        authorities = tuple(dict.fromkeys(a for r in regions for a in competent(r, topic)))
        contacts = self.corpus.contacts_for(authorities, topic, asked.language)
        return contacts[:4] or self.corpus.contacts_for((), "civic-integration", asked.language)[:4]

    def _make(self, question: Question, asked: Understood, status: Status, text: str, **rest: object) -> Answer:
        return Answer(
            id=question.id,
            question=question.text,
            language=asked.language,
            as_of=asked.as_of,
            regions=asked.regions,
            status=status,
            answer=text,
            corpus_version=self.retriever.index.fingerprint.get("corpus", ""),
            known_until=self.corpus.known_until if self.with_corpus else None,
            **rest,  # type: ignore[arg-type]
        )


def together(whole: Part, parts: Sequence[Part]) -> list[Part]:
    """What to show of a text of several questions: its parts, and the whole too where a part cannot stand alone.

    A part counts as answered by a section that the whole text finds as well: what is left of a question taken out of its text
    ("where does it go wrong?") finds something somewhere. Unanswered parts of a few words are left to the whole.
    """
    # A year that one part names is read into the whole, but not into the other parts.
    alone = not whole.decision.picks or any(p.asked.period != whole.asked.period for p in parts)
    known = {f.group for f in whole.found}
    open_ = whole.decision.status == "needs_region"
    fit = [p for p in parts if p.decision.picks and (alone or p.found[0].group in known) and (alone or open_ or p.decision.status != "needs_region")]
    missed = [p for p in parts if not p.decision.picks and len(lexical.terms(_asking(p), p.asked.asked)) >= OWN_WORDS]
    if not fit:
        return [whole]
    if alone or len(fit) == len(parts):
        return [*fit, *missed]
    return [whole, *fit, *missed]


def _status(parts: Sequence[Part], short: bool) -> Status:
    """That of the whole: open regions first; `partial` if any part is, or if something is left unanswered (`short`)."""
    held = [part.decision.status for part in parts]
    if "needs_region" in held:
        return "needs_region"
    return "partial" if short or "partial" in held else "answered"


def _asking(part: Part) -> str:
    """What a part asks, without what was said before it."""
    return sentences.asking(part.asked.text) or part.asked.text


def _same(pick: Pick, other: Pick) -> bool:
    return (pick.document.id, pick.sentence.start) == (other.document.id, other.sentence.start)


def _told(pick: Pick, part: Part) -> str:
    """The sentence on one line. Its "yes" or "no" answers the heading: it stays only where the question is that of the heading."""
    text = citing.plain(pick.quote)
    head = _YES_NO.match(text)
    if head is None or pick.document.authority is None:
        return text
    own = next((f for f in part.found if f.section is pick.section), None)
    if own is not None and own is part.found[0] and max(own.heading, own.phrased) >= SAME_QUESTION:
        return text
    return _capital(text[head.end() :])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _follow_ups(asked: Understood, parts: Sequence[Part]) -> tuple[str, ...]:
    """Headings of found sections that were not used, where they are questions in the language of the answer."""
    used = {(p.document.group, p.section.id) for part in parts for p in part.decision.picks}
    headings = [
        f.section.heading
        for part in parts
        for f in part.found
        if (f.document.group, f.section.id) not in used
        and f.section.kind in ("rule", "history")
        and f.section.heading.rstrip().endswith("?")
        and f.document.language == asked.language
    ]
    return tuple(dict.fromkeys(headings))[:3]
