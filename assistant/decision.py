"""From ranked sections to what is answered: the status and the sentences, or why not. Knows no screens and no stores."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from . import answerability, selection, statutes
from .catalogue import Filters, admits
from .embedding import Vectors
from .records import REGIONS, Question, Section, Sentence, Status
from .retrieval import Found, Retriever
from .selection import Pick, Scored
from .understanding import Understood

# Two regions' sections for one rule this near (in fused score): the question left the region open.
REGION_MARGIN = 1.6
# So near must a rule of several regions be to the best section, where that is of a region that nobody named.
OPEN_MARGIN, OPEN_REGION = 2.0, 0.5  # … and what each further region found with it speaks for it
GAP_MARGIN = 0.35
NAMED_SURE = 0.9  # that an article answers a question that names it
KNOWN_MARGIN = 4.5
PLAINLY = 1.0  # log odds


Refusal = Literal["", "instruction", "prediction", "gap", "texts"]


@dataclass(frozen=True)
class Decision:
    """What is answered: `picks` with the probability `sure` that they answer; without picks, why not (`refusal`).

    `gap` is the section that says that something was looked for and not found.
    """

    status: Status
    sure: float = 0.0
    picks: tuple[Pick, ...] = ()
    refusal: Refusal = ""
    gap: Found | None = None


@dataclass(frozen=True)
class Decider:
    """What deciding needs besides the question: sections with their vectors, and the day."""

    retriever: Retriever
    today: date

    def decide(self, question: Question, asked: Understood, found: Sequence[Found], vector: Vectors) -> Decision:
        """What to answer to one question. `found` are its sections, best first."""
        if asked.instruction and not asked.text:
            return Decision("declined", refusal="instruction")
        if asked.prediction and not question.documents:
            return Decision("declined", refusal="prediction")
        answered: Status = "partial" if asked.instruction else "answered"
        scored = [selection.score_sentences(f, asked, vector, self.retriever) for f in found if f.relevance is not None]
        if not scored:
            return _refused(0.0)
        if all(s.found.document.authority is None for s in scored):
            article = _article(asked, scored)
            picks, sure = selection.full(article or scored)
            if article and not picks:
                picks, sure = selection.whole(article), NAMED_SURE
            if question.length == "short" or (question.length is None and not question.documents):
                picks = sorted(sorted(picks, key=lambda p: -p.score)[: selection.SHORT_LIMIT], key=lambda p: p.sentence.start)
            return Decision(answered, sure, tuple(picks)) if picks else _refused(sure)
        if len(asked.regions) == 1 and not asked.compare and not question.documents:
            # A table of all regions is no answer about one, where that one has texts of its own.
            scored = [s for s in scored if s.found.section.kind != "comparison"] or scored
            found = [s.found for s in scored]
        sure = answerability.confidence(found)
        if not (question.documents or answerability.answered(found)):
            return _refused(sure)
        mixed = asked.compare or len(asked.regions) > 1
        if not question.documents and (picks := self._by_region(asked, found, scored)):
            if not mixed:
                answered = "needs_region"
        elif found[0].section.kind == "gap" and (picks := _known_beside(scored) or _last_known(scored[0], asked)):
            answered = "partial"
        else:
            if found[0].section.kind == "gap":
                rival = next((f for f in found[1:] if f.section.kind != "gap"), None)
                if rival is None or rival.score < found[0].score - GAP_MARGIN:
                    return Decision("not_found", sure, refusal="gap", gap=found[0])
            usable = [s for s in scored if s.found.section.kind != "gap"]
            picks = _each_region(selection.short(usable, self._timely(asked), mixed), usable, asked)
            undated = asked.past and not asked.dated and asked.period == (asked.as_of, asked.as_of)
            if picks and (asked.change or undated):
                picks = self._as_it_was(picks, usable, asked)
        return Decision(answered, sure, tuple(picks)) if picks else _refused(sure)

    @cached_property
    def _shared(self) -> frozenset[str]:
        """The rules that two regions or more have each for themselves."""
        regions: dict[str, set[str]] = {}
        for group in self.retriever.governed:
            document, section, _ = self.retriever.version(group, "en")
            if section.rule and section.kind == "rule" and document.authority in REGIONS:
                regions.setdefault(section.rule, set()).add(document.authority)
        return frozenset(rule for rule, having in regions.items() if len(having) > 1)

    def _timely(self, asked: Understood) -> Callable[[Pick], bool]:
        """No sentence that speaks of a later day than the one asked about, where that is in the past.

        A version that has ended may name its own end.
        """
        if asked.as_of >= self.today:
            return lambda pick: True

        def timely(pick: Pick) -> bool:
            return selection.latest_date(pick.quote) <= max(asked.as_of, pick.section.valid_to or date.min)

        return timely

    def _as_it_was(self, picks: list[Pick], scored: Sequence[Scored], asked: Understood) -> list[Pick]:
        """The picks, and the sentence that tells each other version of the leading rule: what was, and what is; nearest in time first.

        A version is told whether or not it was found: the one before last in the place of the last misleads.
        """
        lead = picks[0]
        known = {s.found.group: s for s in scored}
        own = next((g for g, s in known.items() if s.found.section is lead.section), None)
        if own is None or not lead.section.rule:
            return picks
        timely, told = self._timely(asked), []
        for group in self.retriever.versions(own):
            document, section, _ = self.retriever.version(group, asked.language)
            begun = section.valid_from is None or asked.future or section.valid_from <= asked.as_of
            if group != own and begun and section.kind == lead.section.kind:
                pick = Pick(document, section, _telling(section, known.get(group)), 0, lead.score, lead.section_score)
                told += [pick] if timely(pick) else []
        since = lead.section.valid_from or date.min
        told.sort(key=lambda p: abs(((p.section.valid_from or date.min) - since).days))
        told = sorted(told[: selection.SHORT_LIMIT - 1], key=lambda p: p.section.valid_from or date.min, reverse=True)
        beside = [p for p in picks[1:] if p.section.id not in {q.section.id for q in told}]
        return [lead, *told, *beside][: selection.SHORT_LIMIT]

    def _by_region(self, asked: Understood, found: Sequence[Found], scored: Sequence[Scored]) -> list[Pick]:
        """One sentence per region, if the best section's rule differs by region and the question leaves it open.

        Empty if it does not. Open means: no region named, or several, or a comparison asked for.
        """
        if len(asked.regions) == 1 and not asked.compare:
            return []
        rule = _open_rule(asked, found, self._shared)
        if not rule or (asked.compare and found[0].section.kind == "comparison"):
            return []
        wanted = asked.regions or REGIONS
        scores = {(s.found.document.group, s.found.section.id): s for s in scored}
        filters = Filters(period=asked.period)
        picks = []
        for region in REGIONS:
            if region not in wanted:
                continue
            options = []
            for group in self.retriever.governed:
                document, section, _ = self.retriever.version(group, asked.language)
                if (document.authority, section.rule, section.kind) != (region, rule, "rule"):
                    continue
                if admits(filters, document, section):
                    known = scores.get((document.group, section.id))
                    options.append((known.found.score if known else 0.0, -group, document, section))
            if options:
                score, _, document, section = max(options, key=lambda o: (o[0], o[1]))
                lead = _telling(section, scores.get((document.group, section.id)))
                picks.append(Pick(document, section, lead, 0, score, score))
        timely = self._timely(asked)
        picks = [p for p in picks if timely(p)]
        return picks if len(picks) > 1 else []


def _telling(section: Section, scored: Scored | None) -> Sentence:
    """The sentence that tells a region's rule: its first, unless another plainly answers better (an age asked about, say)."""
    first = next(s for s in section.sentences if not s.heading)
    if scored is None:
        return first
    odds = {s: score for s, score in zip(scored.sentences, scored.scores, strict=True) if not s.heading}
    best = max(odds, key=odds.__getitem__)
    return best if odds[best] > odds.get(first, 0.0) + PLAINLY else first


def _article(asked: Understood, scored: Sequence[Scored]) -> list[Scored]:
    """The sections of the article that a question names, in the best document that has it; empty if none is named or has it."""
    wanted = statutes.articles(asked.search)
    having = [s for s in scored if statutes.names(s.found.section.id, wanted) >= statutes.WHOLE]
    return [s for s in having if s.found.document.id == having[0].found.document.id]


def _refused(sure: float) -> Decision:
    return Decision("not_found", sure, refusal="texts")


def _regional(found: Found) -> bool:
    """Whether a section states a rule that regions have each for themselves, or compares them."""
    section = found.section
    return bool(section.rule) and (
        section.kind == "comparison" or (section.kind in ("rule", "gap") and found.document.authority in REGIONS)
    )


# Rules about one group of people, and how a question looks that asks about that group.
_GROUPS = {
    "eu-citizens": re.compile(r"\beu\b|\bue\b|europ|\bews|\bee[ar]\b|union", re.IGNORECASE),
    "turkish-nationals": re.compile(r"t[uü]r[kc]|туре", re.IGNORECASE),
    "asylum-seekers": re.compile(r"asyl|asiel|asile|refug|réfug|vlucht|flücht|لجوء|притул|sığınma", re.IGNORECASE),
}


def _open_rule(asked: Understood, found: Sequence[Found], shared: frozenset[str]) -> str:
    """The rule that a question asks of no region in particular; "" if it asks of something else.

    A comparison of regions at the top names it. Else, where the best section is of a region that nobody named, it is the
    best rule near it that other regions have too (`shared`); else the rule with the best mean of its two best regions, if
    that is near the best section. With several regions named one found region is enough.
    """
    if not found:
        return ""
    several = len(asked.regions) > 1
    others = {group for group, cue in _GROUPS.items() if not cue.search(asked.search)}
    top = found[0]
    if top.section.kind == "comparison" and top.section.rule:
        return top.section.rule
    if not asked.regions and top.document.authority in REGIONS:
        near: dict[str, dict[str, float]] = {}
        for f in found:
            if f.section.rule in shared and f.section.rule.removeprefix(f"{f.document.topic}-") not in others and f.document.authority:
                near.setdefault(f.section.rule, {}).setdefault(f.document.authority, f.score)
        likely = {rule: max(s.values()) + OPEN_REGION * (len(s) - 1) for rule, s in near.items() if max(s.values()) >= top.score - OPEN_MARGIN}
        if likely:
            return max(likely, key=likely.__getitem__)
    best: dict[str, dict[str, float]] = {}
    for f in found:
        if f.section.rule.removeprefix(f"{f.document.topic}-") in others:
            continue
        if _regional(f) and f.section.kind != "comparison" and f.document.authority:
            scores = best.setdefault(f.section.rule, {})
            scores[f.document.authority] = max(f.score, scores.get(f.document.authority, f.score))
    ranked = []
    for rule, scores in best.items():
        two = sorted(scores.values(), reverse=True)[:2]
        if len(two) == 2 or several:
            ranked.append((sum(two) / len(two), rule))
    if not ranked or max(ranked)[0] < top.score - REGION_MARGIN:
        return ""
    rule = max(ranked)[1]
    same = any(f.section.rule == rule and f.document.topic == top.document.topic for f in found)
    return rule if same else ""


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


def _last_known(scored: Scored, asked: Understood) -> list[Pick]:
    """Where a section says that something was not found: that, and its sentence with the last figure or date known, if one is asked for.

    "What is the living wage?" asks for an amount without saying so: an amount last known is told to whoever asks for nothing else.
    """
    pattern = selection.wanted(asked) or selection.MONEY
    found = scored.found
    first, *rest = (i for i, s in enumerate(scored.sentences) if not s.heading)
    known = [i for i in rest if pattern and pattern.search(found.document.text, scored.sentences[i].start, scored.sentences[i].end)]
    if not known:
        return []
    best = max(known, key=lambda i: scored.scores[i])
    return [Pick(found.document, found.section, scored.sentences[i], i, scored.scores[i], found.score) for i in (first, best)]


def _each_region(picks: list[Pick], scored: Sequence[Scored], asked: Understood) -> list[Pick]:
    """The picks, and where several regions are named the best sentence for each that has none, if its section is likely to answer."""
    added = []
    for region in asked.regions if len(asked.regions) > 1 and picks else ():
        if any(p.document.authority == region for p in picks):
            continue
        own = [s for s in scored if s.found.document.authority == region and answerability.likely(s.found)]
        if own:
            best = max(own, key=lambda s: s.found.score)
            i = max((i for i, s in enumerate(best.sentences) if not s.heading), key=lambda i: best.scores[i])
            added.append(Pick(best.found.document, best.found.section, best.sentences[i], i, best.scores[i], best.found.score))
    return [*picks[: max(1, selection.SHORT_LIMIT - len(added))], *added] if added else picks
