"""From ranked sections to an `Answer`: status, picks, claims, citations, contacts. Knows no screens and no stores."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from . import messages, selection, verification
from .corpus import Corpus
from .dates import written
from .embedding import Vectors
from .places import competent
from .records import REGIONS, Answer, Citation, Claim, Contact, Question, Status
from .retrieval import Filters, Found, Retriever, admits
from .selection import Pick, Scored
from .understanding import Understood

READ = 6
# Two regions' sections for one rule this near (in fused score): the question left the region open.
REGION_MARGIN = 1.3
GAP_MARGIN = 0.35
KNOWN_MARGIN = 2.5
RECENT = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Composer:
    """What composing needs besides the question: sections, their vectors, the corpus's sources and contacts."""

    retriever: Retriever
    corpus: Corpus
    with_corpus: bool
    today: date

    def compose(self, question: Question, asked: Understood, found: Sequence[Found], vector: Vectors) -> Answer:
        """The answer to one question. `found` are its sections, best first."""
        if asked.instruction and not asked.text:
            return self._refuse(question, asked, found, "declined", messages.say("instruction", asked.language))
        if asked.prediction and not question.documents:
            return self._refuse(question, asked, found, "declined", messages.say("prediction", asked.language))
        scored = [selection.score_sentences(f, asked, vector, self.retriever) for f in found[:READ]]
        if not scored:
            return self._not_found(question, asked, found, 0.0)
        model = "document" if scored[0].found.document.authority is None else "corpus"
        values = selection.features(asked, found, scored, self.retriever)
        sure = selection.confidence(values, model)
        if sure < selection.threshold(model):
            return self._not_found(question, asked, found, sure)
        status: Status = "answered"
        if question.documents and (question.length or "full") == "full":
            picks = selection.full(scored, asked)
        elif regional := self._by_region(asked, found, scored):
            picks = regional
            if not asked.compare and len(asked.regions) < 2:
                status = "needs_region"
        elif found[0].section.kind == "gap" and (known := _known_beside(scored)):
            picks, status = known, "partial"
        elif found[0].section.kind == "gap":
            rival = next((f for f in found[1:] if f.section.kind != "gap"), None)
            if rival is None or rival.score < found[0].score - GAP_MARGIN:
                return self._not_found(question, asked, found, sure, found[0])
            picks = selection.short([s for s in scored if s.found.section.kind != "gap"], asked, self._timely(asked))
        else:
            usable = [s for s in scored if s.found.section.kind != "gap"]
            picks = selection.short(usable, asked, self._timely(asked))
        if not picks:
            return self._not_found(question, asked, found, sure)
        if status == "answered" and asked.instruction:
            status = "partial"
        return self._answer(question, asked, found, picks, status, sure)

    def _timely(self, asked: Understood) -> Callable[[Pick], bool]:
        """No sentence that speaks of a later day than the one asked about, where that is in the past.

        A version that has ended may name its own end.
        """
        if asked.as_of >= self.today:
            return lambda pick: True

        def timely(pick: Pick) -> bool:
            return selection.latest_date(pick.quote) <= max(asked.as_of, pick.section.valid_to or date.min)

        return timely

    def _by_region(self, asked: Understood, found: Sequence[Found], scored: Sequence[Scored]) -> list[Pick]:
        """One sentence per region, if the best section's rule differs by region and the question leaves it open.

        Empty if it does not. Open means: no region named, or several, or a comparison asked for.
        """
        if len(asked.regions) == 1 and not asked.compare:
            return []
        best = next((f for f in found if _regional(f)), None)
        if best is None or best.score < found[0].score - REGION_MARGIN:
            return []
        if best is not found[0] and found[0].document.topic != best.document.topic:
            return []
        rule = best.section.rule
        if asked.compare and best.section.kind == "comparison":
            return []
        if len(asked.regions) < 2 and best.section.kind != "comparison":
            near = {
                f.document.authority
                for f in found
                if f.section.rule == rule and f.document.authority in REGIONS and f.score >= best.score - REGION_MARGIN
            }
            if len(near) < 2:
                return []
        wanted = asked.regions or REGIONS
        scores = {(s.found.document.group, s.found.section.id): s for s in scored}
        filters = Filters(period=asked.period)
        picks = []
        for region in REGIONS:
            if region not in wanted:
                continue
            options = []
            for group in range(self.retriever.groups):
                document, section, _ = self.retriever.version(group, asked.language)
                if (document.authority, section.rule, section.kind) != (region, rule, "rule"):
                    continue
                if admits(filters, document, section):
                    known = scores.get((document.group, section.id))
                    options.append((known.found.score if known else 0.0, -group, document, section))
            if options:
                score, _, document, section = max(options, key=lambda o: (o[0], o[1]))
                lead = next(s for s in section.sentences if not s.heading)
                picks.append(Pick(document, section, lead, 0, score, score))
        timely = self._timely(asked)
        picks = [p for p in picks if timely(p)]
        return picks if len(picks) > 1 else []

    def _answer(
        self, question: Question, asked: Understood, found: Sequence[Found], picks: Sequence[Pick], status: Status, sure: float
    ) -> Answer:
        claims, citations, lines = [], [], []
        grouped = len({p.document.authority for p in picks}) > 1
        for number, pick in enumerate(picks, 1):
            quote = pick.quote
            text = _plain(quote)
            citations.append(self._citation(number, pick))
            claims.append(
                Claim(
                    text=text,
                    citations=(number,),
                    authority=pick.document.authority,
                    verified=verification.supports(text, [quote]),
                )
            )
            mark = self._mark(pick, asked)
            line = f"{_escape(text)}{f' *({mark})*' if mark else ''} [{number}]"
            if grouped and pick.document.authority:
                line = f"**{messages.authority(pick.document.authority, asked.language)}:** {line}"
            lines.append(line)
        head, rest = (lines[0], lines[1:]) if status != "needs_region" else ("", lines)
        parts = [head] if head else []
        if rest:
            parts.append("\n".join(f"- {line}" for line in rest))
        if status == "needs_region":
            parts.append(messages.say("which_region", asked.language))
        if asked.instruction:
            parts.append(f"*{messages.say('ignored_instruction', asked.language)}*")
        if asked.asked not in messages.AUTHORITY_NAMES["federal"] and not question.documents:
            parts.append(f"*{messages.say('reply_in_english', asked.language)}*")
        used = {(p.document.group, p.section.id) for p in picks}
        return self._make(
            question,
            asked,
            status,
            "\n\n".join(parts),
            claims=tuple(claims),
            citations=tuple(citations),
            confidence=round(sure, 3),
            follow_ups=tuple(
                f.section.heading
                for f in found
                if (f.document.group, f.section.id) not in used
                and f.section.kind in ("rule", "history")
                and f.section.heading.rstrip().endswith("?")
                and f.document.language == asked.language
            )[:3],
        )

    def _mark(self, pick: Pick, asked: Understood) -> str:
        section, tongue = pick.section, asked.language
        if section.kind == "announced":
            return messages.say("announced", tongue)
        if section.observed:
            return ""
        if section.valid_from and section.valid_from > self.today:
            return messages.say("future", tongue, date=written(section.valid_from, tongue))
        if section.valid_to and section.valid_to <= self.today:
            last = written(section.valid_to - timedelta(days=1), tongue)
            if section.valid_from:
                return messages.say("superseded_from", tongue, start=written(section.valid_from, tongue), date=last)
            return messages.say("superseded", tongue, date=last)
        since = section.valid_from
        if since and self.today - since < RECENT and self._replaced(pick, since):
            day = written(since, tongue)
            return "" if day in pick.quote else messages.say("changed", tongue, date=day).rstrip(".").lower()
        return ""

    def _replaced(self, pick: Pick, since: date) -> bool:
        """Whether the section took the place of another version of its rule on that day."""
        return bool(pick.section.rule) and any(
            s.rule == pick.section.rule and s.valid_to == since for s in pick.document.sections
        )

    def _citation(self, number: int, pick: Pick) -> Citation:
        section, document = pick.section, pick.document
        source = self.corpus.sources.get(section.sources[0]) if section.sources else None
        return Citation(
            number=number,
            document=document.id,
            section=section.id,
            quote=pick.quote,
            start=pick.sentence.start,
            end=pick.sentence.end,
            title=source.title if source else None,
            publisher=source.publisher if source else None,
            url=source.url if source else None,
            sources=section.sources,
            page=section.page,
            authority=document.authority,
            language=document.language,
            valid_from=section.valid_from,
            valid_to=section.valid_to,
        )

    def _not_found(
        self, question: Question, asked: Understood, found: Sequence[Found], sure: float, gap: Found | None = None
    ) -> Answer:
        tongue = asked.language
        if question.documents:
            what = ", ".join(question.documents[:3]) + (" …" if len(question.documents) > 3 else "")
            text = messages.say("not_found_documents", tongue, what=what)
        elif not self.with_corpus:
            text = messages.say("not_found_documents", tongue, what=messages.say("sections", tongue, n=self.retriever.groups))
        else:
            if asked.asked and not _in_purpose(found, sure):
                return self._refuse(question, asked, found, "declined", messages.say("purpose", tongue), sure)
            day = date.fromisoformat(self.corpus.known_until) if self.corpus.known_until else self.today
            what = messages.say("sections", tongue, n=self.retriever.groups)
            text = messages.say("not_found", tongue, what=what, known=written(day, tongue))
        if gap:
            text = f"{messages.say('gap', tongue, heading=gap.section.heading)} {text}"
        return self._refuse(question, asked, found, "not_found", text, sure)

    def _refuse(
        self,
        question: Question,
        asked: Understood,
        found: Sequence[Found],
        status: Status,
        text: str,
        sure: float = 0.0,
    ) -> Answer:
        contacts = self._contacts(asked, found)
        return self._make(question, asked, status, text, contacts=contacts, confidence=round(1 - sure, 3))

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


def _regional(found: Found) -> bool:
    """Whether a section states a rule that regions have each for themselves, or compares them."""
    section = found.section
    return bool(section.rule) and (
        section.kind == "comparison" or (section.kind in ("rule", "gap") and found.document.authority in REGIONS)
    )


def _known_beside(scored: Sequence[Scored]) -> list[Pick]:
    """Where the best section says that something was not found: that, and what is known of the same rule."""
    gap = scored[0].found
    beside = next(
        (
            s
            for s in scored[1:]
            if s.found.section.kind == "rule"
            and s.found.section.rule == gap.section.rule != ""
            and s.found.document.group == gap.document.group
            and s.found.score >= gap.score - KNOWN_MARGIN
        ),
        None,
    )
    if beside is None:
        return []
    return [
        Pick(s.found.document, s.found.section, s.sentences[0], 0, s.scores[0], s.found.score) for s in (scored[0], beside)
    ]


def _in_purpose(found: Sequence[Found], sure: float) -> bool:
    """Whether a question that is not answered at least belongs to the field."""
    return bool(found) and selection.confidence({"dense": found[0].dense, "lexical": found[0].lexical}, "purpose") >= selection.threshold("purpose")


def _plain(quote: str) -> str:
    """A quote on one line, without the marks of Markdown emphasis."""
    return " ".join(re.sub(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)", "", quote).split())


def _escape(text: str) -> str:
    """Bracketed numbers of a quoted text are not citations."""
    return re.sub(r"\[(\d+)\]", r"\\[\1\\]", text)
