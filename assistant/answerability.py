"""Does a section answer, and is the question answered at all? Features of the read sections and two logistic models over them.

The first orders the sections; the second sees the best of them beside the others, and decides whether to answer.
Weights are in `data/answerable.json`, fitted by `python -m evals fit`. Knows no screens and no stores.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from . import lexical, places, statutes
from .catalogue import asks_heading, folded
from .reading import of_now
from .records import LANGUAGES
from .retrieval import Found, Retriever
from .selection import YEAR, asking, model, overlaps, wanted
from .understanding import Understood
from .verification import figures

Floats = NDArray[np.float64]

# What a question may ask for by name, and how a text looks that has it.
_DETAILS = tuple(
    (re.compile(ask, re.IGNORECASE), re.compile(have, re.IGNORECASE))
    for ask, have in (
        (r"\b(?:tele)?phone|t[ée]l[ée]phone|telefoon|telefon|num[ée]ro d'appel|call\b|هاتف|телефон", r"\b0\d{2,3}[ /]?\d{2}"),
        (r"\baddress|adresse\b|\badres\b|\bstreet\b|\brue\b|straat\b|straße\b|عنوان|адрес", r"\b\d{4} [A-Z]|straat|\brue\b|avenue"),
        (r"opening hours|heures? d'ouverture|openingsuren|öffnungszeiten|\bopen on\b|ouvert le|saturday|samedi|zaterdag|samstag",
         r"\d{1,2}[:.h]\d{2}"),
        (r"e-?mail|courriel", r"@|e-?mail|courriel"),
        (r"name of the (?:minister|director|judge|author|teacher|head)|who is the (?:minister|director|head)|comment s'appelle|"
         r"nom d[ue] (?:la |le )?(?:ministre|direct)|hoe heet de (?:minister|directeur)|wie hei(?:ß|ss)t de[r]? (?:minister|direktor)|"
         r"who (?:signed|proposed)|wie is de minister|qui est l[ea] ministre|wer ist (?:der|die) minister", r"\b[A-Z]\w+ [A-Z]\w+\b"),
        (r"which (?:form|annex)|number of the form|quel formulaire|welk formulier|welches formular", r"annex|form|bijlage|anlage"),
    )
)
_ABROAD = re.compile(
    r"\b(?:in|en|aux?|naar|nach|for|pour|voor|für) (?:the |les |de |het |la |l')?(?:netherlands|pays-bas|nederland|niederlanden?|"
    r"holland|france|frankrijk|frankreich|germany|allemagne|duitsland|deutschland|luxemb(?:o|u)ur?g|spain|espagne|spanje|spanien|"
    r"italy|italie|italien|sweden|suède|zweden|schweden|canada|kanada|portugal|austria|autriche|oostenrijk|österreich|"
    r"switzerland|suisse|zwitserland|schweiz|uk|united kingdom|royaume-uni|finland|finlande|finnland|denmark|danemark|"
    r"denemarken|dänemark|norway|norvège|noorwegen|norwegen|usa|united states|états-unis)\b",
    re.IGNORECASE,
)


# The rules that answer "must I follow the programme?", "what does it cost?" and whoever is hurt, and what that is worth in log odds.
DUTY, COST, VIOLENCE, PLAIN = "civic-integration-obligation", "civic-integration-cost", "family-violence", 1.5
# The topics of a question that names an office of the programme, and of one about becoming Belgian; worth as much.
PROGRAMME, NATIONALITY = "civic-integration", "nationality"
FOREIGN = 0.03  # cosine: so much farther from the texts is a question in a language that they do not have
GLOSSED = 0.6  # log odds: words of a gloss are found more easily than those of a question
NAMED = 12.0  # log odds: who names an article of law, or asks what a heading asks or was written down for it, wants that one
SAME = 0.99  # cosine of two questions that are the same but for a sign or an ending
NAMES = (
    "relevance", "sentence", "score", "behind", "dense", "heading", "lexical", "phrased", "missed", "wanted", "figures", "detail",
    "year", "abroad", "section", "title", "gap", "history", "announced", "comparison", "unknown", "spoken", "length", "regions",
    "local",
)  # fmt: skip
# Of the whole question: log odds of the first section and how far ahead it is, what tells of it and of the next, and the most among all.
MOST = ("missed", "phrased", "relevance", "dense", "sentence")
QUESTION = (
    "first", "ahead", "farther", *(f"first {n}" for n in NAMES), *(f"next {n}" for n in NAMES[:9]), *(f"most {n}" for n in MOST), "mean relevance",
)  # fmt: skip
LEAST, HIGHEST = -12.0, 6.0  # log odds of a section: of one that was not read, and beyond which it is no surer
ALONE = (-6.0, -6.0, -1.0, 1.0, 0.7, 0.7, 0.0, 0.7, 0.0)  # what tells of the next section where only one was read


def features(asked: Understood, found: Sequence[Found], retriever: Retriever) -> Floats:
    """(sections read, len(NAMES)): what tells whether each of the read sections answers. Each is about 0 to 1, or log odds."""
    text, language = asking(asked, retriever)
    known = retriever.words(language)
    unknown = 0.0
    if known:
        terms = list(dict.fromkeys(lexical.terms(text, language)))
        weights = [known[1].idf(t) for t in terms]
        if sum(weights):
            unknown = sum(w for t, w in zip(terms, weights, strict=True) if not known[1].knows(t)) / sum(weights)
    read = [f for f in found if f.relevance is not None]
    best = max((f.score for f in read), default=0.0)
    rows = [
        [
            f.relevance or 0.0,
            max(f.odds, default=0.0),
            f.score / 5,
            (best - f.score) / 5,
            f.dense,
            f.heading,
            min(f.lexical, 1.5),
            f.phrased,
            f.missed,
            _holds_wanted(asked, f),
            _figures_known(asked, f),
            _lacks_detail(asked, f),
            _lacks_year(asked, f),
            float(bool(_ABROAD.search(asked.search)) and not _ABROAD.search(_text(f))),
            _section_overlap(asked, f, retriever),
            _title_overlap(asked, f, retriever),
            *(float(f.section.kind == kind) for kind in ("gap", "history", "announced", "comparison")),
            unknown,
            float(known is not None),
            min(len(asked.search.split()) / 20, 2.0),
            float(len(asked.regions) == 1),
            _lacks_place(asked, f),
        ]
        for f in read
    ]
    return np.array(rows, dtype=float).reshape(-1, len(NAMES))


def question_features(table: Floats, odds: Floats) -> Floats:
    """(len(QUESTION),) of the read sections: their `features` (k, len(NAMES)) and log odds (k,), k at least 1."""
    order = np.argsort(-odds, kind="stable")
    best = np.clip(np.append(odds[order], [LEAST, LEAST])[:3], LEAST, HIGHEST)
    following = table[order[1]][: len(ALONE)] if len(order) > 1 else np.array(ALONE)
    most = table[:, [NAMES.index(n) for n in MOST]].max(axis=0)
    mean = table[:, NAMES.index("relevance")].mean()
    return np.concatenate([[best[0], best[0] - best[1], best[0] - best[2]], table[order[0]], following, most, [mean]])


def plain_rule(asked: Understood) -> str:
    """The rule that a question plainly asks for by its form; "" if none."""
    duty = asked.duty and not asked.becoming  # what the nationality wants is not what the programme wants
    return VIOLENCE if asked.violence else DUTY if duty else COST if asked.price else ""


def plain(asked: Understood, read: Sequence[Found]) -> Floats:
    """(k,): what the form of a question adds to the log odds of each read section."""
    rule = plain_rule(asked)
    topic = NATIONALITY if asked.becoming else PROGRAMME if asked.office else ""
    forms = [PLAIN * (bool(rule and f.section.rule == rule) + bool(topic and f.document.topic == topic)) for f in read]
    return np.array(forms, dtype=float) - GLOSSED * bool(asked.gloss)


def ranked(asked: Understood, found: Sequence[Found], retriever: Retriever) -> list[Found]:
    """The found sections, best first, each read one with its log odds of answering as score; unread ones stay below.

    `sure` of each is that the question is answered.
    """
    table = features(asked, found, retriever)
    read = [f for f in found if f.relevance is not None]
    odds = _weighed("section", NAMES, table) + plain(asked, read)
    named, words = statutes.articles(asked.search), folded(asked.text)
    wanted = [max(statutes.names(f.section.id, named), asks_heading(words, f.section), f.phrased >= SAME) for f in read]
    sure = LEAST
    if read:
        sure = float(_weighed("question", QUESTION, question_features(table, odds))) + NAMED * max(wanted) - GLOSSED * bool(asked.gloss)
    judged = [replace(f, score=float(o) + NAMED * w, sure=sure) for f, o, w in zip(read, odds, wanted, strict=True)]
    judged.sort(key=lambda f: -f.score)
    rest = [f for f in found if f.relevance is None]
    drop = max(0.0, rest[0].score - judged[-1].score) + 1.0 if rest and judged else 0.0
    return [*judged, *(replace(f, score=f.score - drop) for f in rest)]


def _weighed(name: str, names: Sequence[str], table: Floats) -> Floats:
    """Log odds of a model of `data/answerable.json`, of a row of features or of each of several."""
    weights = model()[name]
    out: Floats = weights["bias"] + table @ np.array([weights[n] for n in names])
    return out


def _section_overlap(asked: Understood, found: Found, retriever: Retriever) -> float:
    """The share of the question's word weight that the whole section, heading included, carries in its language."""
    language = asking(asked, retriever)[1]
    if language not in retriever.members[found.group]:
        return 0.5
    document, section, _ = retriever.version(found.group, language)
    return overlaps([f"{document.title} {document.text[section.start : section.end]}"], asked, retriever)[0]


def _title_overlap(asked: Understood, found: Found, retriever: Retriever) -> float:
    """The share of the question's word weight that the heading carries: is it nearly the same question?"""
    language = asking(asked, retriever)[1]
    if language not in retriever.members[found.group]:
        return 0.3
    _, section, _ = retriever.version(found.group, language)
    return overlaps([section.heading], asked, retriever)[0]


def _holds_wanted(asked: Understood, found: Found) -> float:
    """1 if the section has the kind of thing asked for (an amount, a figure, a date), or nothing special is asked."""
    pattern = wanted(asked)
    return float(pattern is None or pattern.search(_text(found)) is not None)


def _figures_known(asked: Understood, found: Found) -> float:
    """The share of the question's figures that the section has too; 1 if it has none."""
    wanted = figures(asked.search)
    known = figures(_text(found))
    return sum(number in known for number in wanted) / len(wanted) if wanted else 1.0


def _lacks_detail(asked: Understood, found: Found) -> float:
    """1 if a telephone number, an address, hours, a person's name or the like is asked and the section has none."""
    text = _text(found)
    return float(any(ask.search(asked.search) and not have.search(text) for ask, have in _DETAILS))


def _lacks_year(asked: Understood, found: Found) -> float:
    """The share of the years asked about that the section neither names nor was in force in."""
    years = set(YEAR.findall(asked.search))
    section = found.section
    if not years or of_now(asked, found) or ((section.valid_from or section.valid_to) and not section.observed):
        return 0.0
    return len(years - set(YEAR.findall(_text(found)))) / len(years)


def _lacks_place(asked: Understood, found: Found) -> float:
    """1 if a municipality is named and the section has figures or findings of a time that do not name it."""
    if not found.section.observed:
        return 0.0
    text = places.fold(_text(found))
    named = [asked.text[m.start : m.end] for m in places.mentions(asked.text) if not m.own_name]
    return float(any(places.fold(name) not in text for name in named))


def _text(found: Found) -> str:
    return found.document.text[found.section.start : found.section.end]


def penalties(asked: Understood) -> tuple[tuple[str, float], ...]:
    """What kinds of sections a question does not ask for, in fused score."""
    found = {}
    if len(asked.regions) == 1 and not asked.compare:
        found["comparison"] = 2.0
    if asked.dated and asked.as_of < asked.today:
        found["history"] = 2.0  # it tells what came later
    elif not (asked.change or asked.past):
        found["history"] = 0.4
    if not asked.future:
        found["announced"] = 0.8
    return tuple(found.items())


def answered(found: Sequence[Found]) -> bool:
    """Whether the question is likely enough to be answered by the ranked sections; else the answer is `not_found`."""
    return bool(found) and found[0].relevance is not None and found[0].sure >= _odds(model()["question"]["threshold"])


def confidence(found: Sequence[Found]) -> float:
    """Probability that the best of the ranked sections answers, by what tells of it alone and of the whole question."""
    if not found or found[0].relevance is None:
        return 0.0
    return chance((found[0].score + found[0].sure - _odds(model()["question"]["threshold"])) / 2)


def likely(found: Found) -> bool:
    """Whether a section, taken alone, is likely to answer."""
    return found.relevance is not None and chance(found.score) >= model()["section"]["threshold"]


def in_purpose(found: Sequence[Found], asked: Understood) -> bool:
    """Whether a question that is not answered at least belongs to the field."""
    weights = model()["purpose"]
    away = FOREIGN * (asked.asked not in LANGUAGES)
    return bool(found) and chance(weights["bias"] + weights["dense"] * (away + max(f.dense for f in found))) >= weights["threshold"]


def _odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def chance(odds: float) -> float:
    """Log odds as a probability."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
