"""An answer that a language model writes, each sentence verified before it is shown; failing that, selection's answer with a note.

What may be answered, for which region and day, and from which sections is decided before: this only puts it into words.
Knows no screens and no stores.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from . import citing, material, messages, replies
from .corpus import Corpus
from .embedding import Embedder
from .errors import ModelContextError, ModelError, ModelReplyError
from .judging import Failed, Judge, Kept
from .llm import REPLY, Message, Model
from .material import Material, Offered
from .records import AUTHORITIES, LANGUAGES, REGIONS, Answer, Claim, Question
from .retrieval import Retriever
from .selection import Pick
from .understanding import Understood

MOST_CLAIMS, MOST_REPEATS = 12, 3
# Seconds that must be left for withheld sentences to be written again.
AGAIN = 2.0


@dataclass
class _Draft:
    """What has come of an answer so far."""

    kept: list[Kept] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    calls: int = 0
    tokens: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Writer:
    """What writing needs besides the question; it ends by `until` (of `time.monotonic`)."""

    model: Model
    until: float
    retriever: Retriever
    corpus: Corpus
    embedder: Embedder
    today: date

    def write(self, question: Question, asked: Understood, chosen: Answer) -> Iterator[Answer]:
        """The answer as it grows, a verified sentence at a time, and last the whole one.

        `chosen` is selection's answer; it is the last one, with a note, if the model fails or nothing that it writes holds.
        A refusal stays as it is: the model is not asked.
        """
        if not chosen.citations:
            yield chosen
            return
        until = self.until
        draft = _Draft()
        if not self.model.breaker.allows():
            yield self._instead(chosen, "model_resting", "it failed several times in a row and is left alone for a while", draft)
            return
        try:
            given = material.of(question, asked, chosen, self.retriever, self.model.context - min(REPLY, self.model.context // 3), self.today)
            if not given.offered:
                yield chosen  # all that was chosen are orders to an assistant
                return
            judge = Judge(given, self.embedder, _day(asked))
            start = [Message("system", given.system), Message("user", given.user)]
            for _ in self._read(start, until, given, judge, draft, draft.failed):
                yield self._answer(given, asked, chosen, draft)
            self.model.breaker.worked()
            again = [f for f in draft.failed if f.cited]
            if again and until - time.monotonic() > AGAIN:
                with contextlib.suppress(ModelError):  # what holds is shown without it
                    for _ in self._again(start, until, given, judge, draft, again):
                        yield self._answer(given, asked, chosen, draft)
        except ModelError as error:
            if not isinstance(error, ModelContextError):  # that is a matter of the question
                self.model.breaker.failed()
            yield self._instead(chosen, error.why, str(error), draft)
            return
        if not draft.kept:
            yield self._instead(chosen, "model_unsupported", "nothing that it wrote is carried by the passages", draft)
            return
        self._complete(given, chosen, draft)
        yield self._answer(given, asked, chosen, draft)

    def _read(
        self, messages_: Sequence[Message], until: float, given: Material, judge: Judge, draft: _Draft, failed: list[Failed]
    ) -> Iterator[Kept]:
        """One call: the sentences that hold, as they come. The others go to `failed`."""
        reply = self.model.reply(messages_, until, replies.schema(list(given.offered), given.rendered))
        reading, seen, repeats = replies.Reading(), {k.text for k in draft.kept} | {f.text for f in draft.failed}, 0
        draft.calls += 1

        def judged(said: Iterator[replies.Said]) -> Iterator[Kept]:
            nonlocal repeats
            for one in said:
                verdict = judge.judge(one)
                if verdict.text in seen:
                    repeats += 1
                    if repeats >= MOST_REPEATS:
                        raise ModelReplyError("the model repeats itself; set another model")
                    continue
                seen.add(verdict.text)
                if len(seen) > 2 * MOST_CLAIMS:
                    raise ModelReplyError("the model's reply does not end; set another model")
                if isinstance(verdict, Failed):
                    failed.append(verdict)
                elif len(draft.kept) < MOST_CLAIMS:
                    draft.kept.append(verdict)
                    yield verdict

        try:
            for piece in reply:
                yield from judged(reading.feed(piece))
            yield from judged(reading.finish())
        finally:
            reply.close()
            draft.replies.append(reading.text)
            for name, count in reply.tokens.items():
                draft.tokens[name] = draft.tokens.get(name, 0) + count

    def _again(
        self, start: Sequence[Message], until: float, given: Material, judge: Judge, draft: _Draft, again: Sequence[Failed]
    ) -> Iterator[Kept]:
        """The withheld sentences written again, once, in one call."""
        listed = "\n".join(f"- {f.text} ({'; '.join(f.reasons)})" for f in again)
        still: list[Failed] = []
        turns = [*start, Message("assistant", draft.replies[-1]), Message("user", material.again(listed, given))]
        yield from self._read(turns, until, given, judge, draft, still)
        draft.failed += still

    def _complete(self, given: Material, chosen: Answer, draft: _Draft) -> None:
        """Nothing that the question turns on is left out: the sentence that selection put first, and each region that it gave."""
        quoted = [o for o in given.offered.values() if o.chosen]
        cited = {o.id for k in draft.kept for o in k.cites}
        regions = {c.authority for c in chosen.citations} & set(REGIONS)
        if chosen.status == "needs_region" or len(regions) > 1:
            said = {o.pick.document.authority for k in draft.kept for o in k.cites}
            missing, at = [o for o in quoted if o.pick.document.authority in regions - said], len(draft.kept)
        else:
            missing, at = [] if cited & {o.id for o in quoted} else quoted[:1], 0
        draft.kept[at:at] = [Kept(citing.plain(o.pick.quote), (o,)) for o in missing]
        draft.notes += [f"added: {o.id}" for o in missing]

    def _answer(self, given: Material, asked: Understood, chosen: Answer, draft: _Draft) -> Answer:
        """What is kept, as an answer with its citations numbered."""
        numbers: dict[str, int] = {}
        cited: list[Offered] = []
        claims, lines = [], []
        marked: set[tuple[str, str]] = set()
        for kept in draft.kept:
            for o in kept.cites:
                if o.id not in numbers:
                    numbers[o.id] = len(numbers) + 1
                    cited.append(o)
            whose = {o.pick.document.authority for o in kept.cites}
            authority = next(iter(whose)) if len(whose) == 1 else None
            refs = tuple(numbers[o.id] for o in kept.cites)
            claims.append(Claim(kept.text, refs, authority, verified=True))
            mark = self._mark(kept.cites[0].pick, given.language, marked)
            lines.append((authority, f"{citing.escape(kept.text)}{f' *({mark})*' if mark else ''} {' '.join(f'[{n}]' for n in refs)}"))
        return replace(
            chosen,
            language=given.language,
            answer=_laid_out(lines, given.language, asked, chosen),
            claims=tuple(claims),
            citations=tuple(citing.citation(numbers[o.id], o.pick, self.corpus) for o in cited),
            engine="llm",
            trace=self._trace(draft),
        )

    def _mark(self, pick: Pick, language: str, marked: set[tuple[str, str]]) -> str:
        place = (pick.document.id, pick.section.id)
        first = place not in marked
        marked.add(place)
        return citing.mark(pick, language if language in LANGUAGES else "en", self.today, first=first)

    def _instead(self, chosen: Answer, why: str, said: str, draft: _Draft) -> Answer:
        reason = messages.say(why, chosen.language)
        note = messages.say("model_failed", chosen.language, why=reason)
        return replace(chosen, note=note, trace={**self._trace(draft), "error": said})

    def _trace(self, draft: _Draft) -> dict[str, Any]:
        return {
            "model": self.model.name,
            "prompt": material.digest(),
            "calls": draft.calls,
            "tokens": dict(draft.tokens),
            "dropped": [{"claim": f.text, "reasons": list(f.reasons)} for f in draft.failed],
            "recited": sum(k.recited for k in draft.kept),
            "notes": list(draft.notes),
        }


def _day(asked: Understood) -> date | None:
    """By which day a rule must be in force; None where the question is about what was, or changed."""
    if asked.past or asked.change:
        return None
    first, last = asked.period
    return asked.as_of if first <= asked.as_of <= last else last


def _laid_out(lines: Sequence[tuple[str | None, str]], language: str, asked: Understood, chosen: Answer) -> str:
    """Claims as running text; as a list by region where the region is asked for; as a table where regions are compared."""
    parts = []
    regional = [(a, line) for a, line in lines if a in REGIONS]
    if material.compared(asked, chosen.citations) and len({a for a, _ in regional}) > 1:
        parts = [line for a, line in lines if a not in REGIONS]
        rows = [f"| {messages.say('region', language)} | {messages.say('rule', language)} |", "|---|---|"]
        for region in REGIONS:
            said = " ".join(line.replace("|", "/") for a, line in regional if a == region)
            rows += [f"| {messages.authority(region, language)} | {said} |"] if said else []
        parts.append("\n".join(rows))
    elif chosen.status == "needs_region":
        order = {a: n for n, a in enumerate(AUTHORITIES)}
        by_region = sorted(lines, key=lambda one: order.get(one[0] or "", len(order)))
        parts.append("\n".join(f"- **{messages.authority(a, language)}:** {line}" if a else f"- {line}" for a, line in by_region))
    else:
        parts.append(" ".join(line for _, line in lines))
    parts += [messages.say("part_missed", language, what=what) for what in chosen.missed]
    if chosen.status == "needs_region":
        parts.append(messages.say("which_region", language))
    if asked.instruction:
        parts.append(f"*{messages.say('ignored_instruction', language)}*")
    if asked.asked != language and asked.asked not in LANGUAGES:
        parts.append(f"*{messages.say('reply_in_english', language)}*")
    return "\n\n".join(parts)
