"""Follow-ups: what an earlier turn said that the present one leaves out. No language model.

Folds a conversation into one question that stands alone: a new place, date or person takes the place of the old one; a
new matter keeps the subject; a question of its own starts afresh. Knows the words of follow-ups in the languages that
people ask in; nothing of screens and stores.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from . import cues, dates, glossary, language, lexical, people, places, pruning, tenses
from .records import LANGUAGES, Carried, Question
from .understanding import without_instructions

FOLLOW_UP, FRAGMENT = 10, 3
KEPT = 8192
# The integration programme as the texts call it.
_PROGRAMME = {
    code: glossary.termed(name, code)
    for code, name in (("en", "integration course"), ("fr", "parcours d'intégration"), ("nl", "inburgeringscursus"), ("de", "Integrationskurs"))
}


def resolve(question: Question, today: date, written: str = "") -> Question:
    """A question that stands alone: what the history supplies is written into its text, regions and language.

    A fragment ("in Eupen", "and in 2023?", "I meant my husband") changes the last question asked; a short question about
    something else ("how high is the fine?") takes its subject, place and day; a question of its own only keeps the region said
    earlier. What the assistant said is never read: it adds nothing to what is asked. Before `today` is the past.
    """
    asked = said(question)
    if not asked:
        return question
    standing = standing_question(asked, today)
    text = written or _completed(question.text, standing, today)
    regions = question.regions or places.asked(text) or _carried(text, asked)
    return replace(question, text=text, regions=regions, language=question.language or _tongue(question.text, text, standing))


def carried(question: Question, standing: Question, today: date) -> tuple[Carried, ...]:
    """What `standing`, the question resolved, holds that its own words and fields do not."""
    if standing.text == question.text and standing.regions == question.regions:
        return ()
    found = []
    if not question.regions:
        found += [Carried("region", r) for r in standing.regions if r not in places.regions(question.text)]
    own = dates.periods(question.text)
    found += [Carried("date", dates.short(p)) for p in dict.fromkeys(dates.periods(standing.text)) if p not in own]
    if (who := _who(question.text, standing.text)) is not None:
        found.append(Carried("person", who.text))
    if standing.text != question.text and (asked := said(question)):
        before = standing_question(asked, today)
        tongue = language.of_question(before)
        named = _PROGRAMME[tongue] if _named(before) else pruning.dateless(pruning.placeless(_last(before)))
        found.append(Carried("topic", pruning.tidy(named).strip(" ?!.,؟")))
    return tuple(found)


def without(text: str, standing: Question, kind: str) -> Question:
    """A resolved question as its own words (`text`) leave it when something carried over is taken off; it stands alone.

    Without its topic a question is its own words, with the regions it had.
    """
    alone = replace(standing, history=())
    if kind == "topic":
        return replace(alone, text=text)
    if kind == "region":
        own = places.regions(text)
        return replace(alone, text=pruning.placeless(standing.text, own), regions=own)
    if kind == "person":
        return replace(alone, text=people.replaced_by_anyone(standing.text, language.of_question(standing.text)))
    kept = dates.periods(text)
    left = standing.text
    for start, end, period in reversed(dates.spans(left)):
        if period not in kept:
            left = left[: start - len(pruning.since(left, start))] + left[end:]
    return replace(alone, text=pruning.tidy(left))


def said(question: Question) -> list[str]:
    """What was asked before; what commanded, greeted or thanked is nothing to go on with."""
    return [left for turn in question.history if turn.role == "user" and (left := _asked(turn.content.strip()))]


# Each turn of a conversation reads all those before it again: what was made of them is kept, or the thirtieth takes a tenth of a second.
# Many conversations at once read theirs in turn, so that a cache smaller than all of them together keeps nothing.
@lru_cache(maxsize=KEPT)
def _asked(turn: str) -> str:
    left = without_instructions(turn)[0]
    return left if left and (_content(left) or places.mentions(left)) else ""


def standing_question(asked: Sequence[str], today: date) -> str:
    """The question that earlier turns come to."""
    standing = asked[0]
    for turn in asked[1:]:
        standing = _completed(turn, standing, today)
    return standing


def _who(text: str, standing: str) -> people.Who | None:
    who = people.named(standing)
    return None if who is None or who.text.split()[-1].lower() in text.lower() else who


def _carried(text: str, asked: list[str]) -> tuple[str, ...]:
    """The region said earlier, for a question that depends on it: of one who lives there, or on the same subject."""
    if text and not (_named(text) or set(_terms(text)) & {t for turn in asked for t in _terms(turn)}):
        asked = [turn for turn in asked if cues.LIVES.search(turn)]
    return next((r for turn in reversed(asked) if (r := places.regions(turn))), ())


def _terms(text: str) -> list[str]:
    return lexical.terms(dates.without(places.without(text)), language.of_question(text))


@lru_cache(maxsize=KEPT)
def _completed(text: str, standing: str, today: date) -> str:
    """A turn written out with what it leaves out of the question that stood before it."""
    kind = _kind(text, standing)
    if kind == "own":
        return text
    own = cues.OPENING.sub("", text, count=1).strip()
    if kind == "matter":
        return _matter(own, standing)
    if dates.periods(own) or cues.PAST.search(own):
        own = pruning.tidy(cues.COMPARED.sub("", own)).lstrip(" ,")
    before = pruning.dateless(standing) if dates.periods(text) or cues.NOW.search(own) else standing
    if cues.DURING.match(own):
        before = cues.WHEN.sub("", before, count=1)
    tongue = language.of_question(standing)
    if not (places.mentions(own) or cues.ROLE.match(own)) and (changed := people.instead(before, own, tongue)):
        return changed
    if (past := cues.PAST.search(own)) or any(end < today for _, end in dates.periods(own)):
        before, behind = tenses.in_past(before, tongue)
        if past and not dates.periods(own) and not _content(cues.PAST.sub(" ", own)):
            purpose = cues.PURPOSE.search(before)
            at = behind or (len(before[: purpose.start()].rstrip(" ,")) if purpose else len(before.rstrip(" ?!.؟")))
            return f"{before[:at]} {past.group()}{before[at:]}"
    if cues.NOW.search(own) and before != standing:
        before = tenses.in_present(before, tongue)
    if found := places.mentions(own):
        if _content(text) <= 1 and not dates.periods(text):
            return _moved(before, pruning.behind(own, found[0].start) + own[found[0].start : found[-1].end], own)
        before = pruning.placeless(before)
    if changed := _exchanged(before, own):
        return changed
    asked = " ".join(before.split()).rstrip(" ?!.؟")
    alone = cues.NOW.fullmatch(own.rstrip(" ?!.؟")) or not re.search(r"[^\W\d_]", dates.without(own))
    tied = alone or (cues.GOES_ON.match(own) and not cues.CLAUSE.match(own))
    return f"{asked}{'' if tied else ','} {own}"


def _exchanged(before: str, own: str) -> str:
    """The question with another role in it ("as a student"), or another area that MIPEX rates; "" if the turn names none."""
    rated = "mipex" in before.lower()
    new, old = (cues.AREA.search(own), cues.AREA.search(before)) if rated else (cues.ROLE.match(own), cues.ROLE.search(before))
    if not new or not old or (rated and _content(own.replace(new.group(), " "))):
        return ""
    return before[: old.start()] + new.group() + before[old.end() :]


def _matter(own: str, standing: str) -> str:
    """A question about another side of what was asked, with its subject, place and day: "how high is the fine" "for the course in Namur"."""
    tongue = language.of_question(standing)
    mark = "?" if "?" in own or cues.ASKING.search(own) else ""
    found = [] if places.mentions(own) else places.mentions(standing)
    where = " ".join(_there(standing, m, tongue) for m in found)
    spans = dates.spans(standing) if not (dates.periods(own) or cues.NOW.search(own) or cues.PAST.search(own)) else []
    when = " ".join(standing[start - len(pruning.since(standing, start)) : end] for start, end, _ in spans)
    asked = own.rstrip(" ?!.؟")
    named = _named(standing)
    if named and (pattern := cues.POINTED.get(tongue)):
        pointed = pattern.sub(lambda m: f"{m.group(1)} {cues.SUBJECT[tongue]}" if m.groups() else f"{cues.SUBJECT[tongue]} ", asked, count=1)
        if pointed != asked:
            return " ".join(f"{cues.THERE.sub('', pointed) if found else pointed} {where} {when}".split()) + mark
    if found and (there := cues.THERE.search(asked)):
        asked = (cues.STRANDED.sub("", asked) if there.group().lower() == "daar" else asked).replace(there.group(), "", 1).rstrip()
    clause = next((m.start() for m in cues.CONDITION.finditer(asked) if m.start() and not cues.ELLIPTIC.search(asked)), len(asked))
    if named:
        subject = f" {cues.TIE[tongue]} {_PROGRAMME[tongue]}"
    else:
        last = _last(standing)
        subject = pruning.dateless(pruning.placeless(cues.ASKED.sub("", cues.WHETHER.sub("", last)))).strip(" ,?!.؟")
        purpose = cues.PURPOSE.search(subject)
        if purpose and not cues.OBJECT.search(asked):
            subject = f" {purpose.group()}"
        else:
            if tongue == "de" and re.search(r"\bzu \w+$", subject) and not subject.startswith("um "):
                subject = f"um {subject}"
            subject = (", " if cues.POINTING.search(asked) or cues.WHETHER.match(last) else " ") + subject
    return pruning.tidy(f"{asked[:clause].rstrip()}{subject}{_asker(own, standing, tongue)} {where} {when} {asked[clause:]}") + mark


def _there(standing: str, place: places.Mention, tongue: str) -> str:
    """A place as where somebody is: "in Hasselt", also where he moved to Hasselt."""
    before = pruning.behind(standing, place.start)
    name = standing[place.start : place.end]
    return f"{cues.IN.get(tongue, '')}{name}" if not before or cues.TOWARDS.match(before) else f"{before}{name}"


def _asker(own: str, standing: str, tongue: str) -> str:
    """Whom the statements before a question were about, if the turn names nobody else."""
    who = people.named(standing[: len(standing) - len(_last(standing))])
    if who is None or people.named(own):
        return ""
    return f", {who.text}," if who.relative else f" {cues.AS.get(tongue, '')}{people.bare(who)}"


def _last(standing: str) -> str:
    """Of a question with statements before it, what it asks."""
    asking = [part for part in re.split(r"(?<=[.!?؟])\s+", standing.strip()) if part.endswith(("?", "؟"))]
    return asking[-1] if asking else standing


def _kind(text: str, standing: str) -> str:
    """"fragment" (changes the question), "matter" (asks something else of its subject) or "own" (stands alone)."""
    words, content = len(text.split()), _content(text)
    opened = bool(cues.OPENING.match(text))
    own = cues.OPENING.sub("", text, count=1).strip()
    asking = bool(cues.ASKING.search(cues.OF_WHOM.sub(" ", own)))
    pointing = bool(cues.POINTING.search(text))
    if words > FOLLOW_UP + 4 or (content > FRAGMENT + 2 and not opened):
        return "own"
    if places.mentions(text) and content <= 1 and words <= 6:
        return "fragment"
    if not (opened or cues.GOES_ON.match(text) or cues.THERE.search(text)) and _elsewhere(text, standing):
        return "own"
    if cues.COMPARED.search(text) and (cues.PAST.search(text) or dates.periods(text)):
        return "fragment"
    if cues.ELLIPTIC.search(text) and words <= FOLLOW_UP:
        return "matter"
    if cues.WHETHER.match(own) and (content == 1 or (content and cues.THERE.search(own))) and content <= FRAGMENT and words <= FOLLOW_UP:
        return "matter"
    if asking and not (pointing and (cues.PAST.search(text) or dates.periods(text)) and content <= 1):
        same = set(_terms(text)) & set(_terms(standing))
        if content <= 1 and cues.PAST.search(text):
            return "fragment"
        side = bool(cues.SIDE.search(text) or cues.GOES_ON.match(text))
        tied = content < FRAGMENT - 1 or opened or side or bool(cues.THERE.search(text) or cues.ABOUT_IT.search(text))
        return "matter" if (tied and content < FRAGMENT + side and words <= FOLLOW_UP and not _named(text)) or (opened and not same) else "own"
    if cues.SIDE.search(text) and content <= FRAGMENT and words <= FOLLOW_UP:
        return "matter"
    if opened and words <= FOLLOW_UP + 4:
        return "fragment"
    if pointing and content <= FRAGMENT and words <= FOLLOW_UP:
        return "matter" if content and (cues.ABOUT_IT.search(text) or cues.WHETHER.match(text)) else "fragment"
    known = language.of_question(text) in LANGUAGES
    return "fragment" if content == 0 or words <= (3 if known else 4) else "own"


def substance(text: str) -> str:
    """What a turn says, its places, dates and opening aside, and what only points to something."""
    left = dates.without(places.without(cues.HELLO.sub("", cues.OPENING.sub("", text, count=1))))
    return cues.NOW.sub(" ", cues.POINTING.sub(" ", left))


def _content(text: str) -> int:
    """How many content words a turn has, of its substance."""
    return len([t for t in lexical.terms(substance(text), language.of_question(text)) if len(t) > 1])


def _named(text: str) -> bool:
    """Whether a turn names the integration programme itself."""
    tongue = language.of_question(text)
    return tongue in _PROGRAMME and _PROGRAMME[tongue] in glossary.termed(text, tongue)


def _moved(standing: str, place: str, own: str) -> str:
    """The standing question with its place exchanged, preposition and all, or the place behind it."""
    found = places.mentions(standing)
    if not found:
        return f"{standing} {own}"
    if suffix := cues.SUFFIX.match(standing[found[0].end :]):
        return f"{standing[: found[0].start]}{own.rstrip(' ?!.')}{standing[found[0].end + suffix.end() :]}"
    for m in reversed(found):
        old = pruning.behind(standing, m.start)
        new = "" if m is not found[0] else place if old and pruning.behind(place, len(place.rsplit(" ", 1)[0]) + 1) else old + place.rsplit(" ", 1)[-1]
        standing = standing[: m.start - len(old)] + new + standing[m.end :]
    return standing


def _elsewhere(text: str, standing: str) -> bool:
    """Whether a turn names a matter that the question before does not."""
    return any(matter.search(text) and not matter.search(standing) for matter in cues.MATTERS)


def _tongue(text: str, whole: str, standing: str) -> str | None:
    """The language of a turn, or of the question before where the turn is too short to tell."""
    before = language.of_question(standing)
    guess = language.of_question(text, before)
    tongue = before if len(text.split()) <= 3 or guess not in LANGUAGES else guess
    return tongue if tongue in LANGUAGES else None
