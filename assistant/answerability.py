"""Do the texts answer at all? Features of the best sections and a logistic model over them.

Weights are in `data/answerable.json`, fitted by `python -m evals fit`. Knows no screens and no stores.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from . import lexical
from .retrieval import Found, Retriever
from .selection import YEAR, Scored, model, overlaps, wanted
from .understanding import Understood
from .verification import figures

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


def features(asked: Understood, found: Sequence[Found], scored: Sequence[Scored], retriever: Retriever) -> dict[str, float]:
    """What tells whether the best section answers at all. Each about 0 to 1, see `data/answerable.json`."""
    best = found[0]
    section_words = _section_overlap(asked, best, retriever)
    cosines = [max(s.cosines, default=0.0) for s in scored]
    unknown = 0.0
    known = retriever.words(asked.asked)
    if known:
        terms = list(dict.fromkeys(lexical.terms(asked.search, asked.asked)))
        weights = [known[1].idf(t) for t in terms]
        if sum(weights):
            unknown = sum(w for t, w in zip(terms, weights, strict=True) if not known[1].scores([t])[0].any()) / sum(weights)
    return {
        "dense": best.dense,
        "heading": best.heading,
        "sentence": max(cosines, default=0.0),
        "lexical": min(best.lexical, 1.5),
        "coverage": max((max(s.overlaps, default=0.0) for s in scored[:1]), default=0.0),
        "section": section_words,
        "title": _title_overlap(asked, best, retriever),
        "wanted": _holds_wanted(asked, best),
        "figures": _figures_known(asked, best),
        "detail": _lacks_detail(asked, best),
        "year": _lacks_year(asked, best),
        "abroad": float(bool(_ABROAD.search(asked.search)) and not _ABROAD.search(_text(best))),
        "margin": best.score - (found[1].score if len(found) > 1 else best.score - 1),
        "score": best.score / 5,
        "unknown": unknown,
        "spoken": float(known is not None),
        "length": min(len(asked.search.split()) / 20, 2.0),
    }


def _section_overlap(asked: Understood, found: Found, retriever: Retriever) -> float:
    """The share of the question's word weight that the whole section, heading included, carries in its language."""
    if asked.asked not in retriever.members[found.group]:
        return 0.5
    document, section, _ = retriever.version(found.group, asked.asked)
    return overlaps([f"{document.title} {document.text[section.start : section.end]}"], asked, retriever)[0]


def _title_overlap(asked: Understood, found: Found, retriever: Retriever) -> float:
    """The share of the question's word weight that the heading carries: is it nearly the same question?"""
    if asked.asked not in retriever.members[found.group]:
        return 0.3
    _, section, _ = retriever.version(found.group, asked.asked)
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
    """1 if a year is asked about that the section neither names nor was in force in."""
    years = set(YEAR.findall(asked.search))
    if not years or years & set(YEAR.findall(_text(found))):
        return 0.0
    section = found.section
    return float(not (section.valid_from or section.valid_to) or bool(section.observed))


def _text(found: Found) -> str:
    return found.document.text[found.section.start : found.section.end]


def confidence(values: dict[str, float], name: str = "corpus") -> float:
    """Probability that the texts answer, by a logistic model fitted by `python -m evals fit`."""
    weights = model()[name]
    logit = weights["bias"] + sum(weights.get(key, 0.0) * value for key, value in values.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def threshold(name: str = "corpus") -> float:
    """Below this confidence the answer is `not_found`."""
    return model()[name]["threshold"]
