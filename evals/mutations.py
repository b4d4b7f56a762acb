"""Claims made from the corpus by rule: true ones (quotes, paraphrases, translations) and ones with one thing changed.

Every rule takes a random generator, a sentence and its language, and gives the changed sentence or None where it does
not apply. Nothing here knows how claims are verified.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from assistant import dates

Rule = Callable[[random.Random, str, str], str | None]

_AMOUNT = re.compile(r"€ ?\d[\d.,\u00a0\u202f ]*\d|€ ?\d|\d[\d.,\u00a0\u202f ]*(?= ?€)")
_PERCENT_OR_COUNT = re.compile(r"(?<![\d.,/€-])(?<!€ )\d+(?:[.,]\d+)?(?![\d.,/°]|\w|[ \u00a0\u202f](?:€|\d{3})| ?(?:[^\W\d_]+ (?:19|20)\d\d))")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LEVEL = re.compile(r"\b[ABC][12]\b")
_ARTICLE = re.compile(r"(?<=[aA]rticle )\d+|(?<=[aA]rtikel )\d+|(?<=[aA]rtikeln )\d+|(?<=articles )\d+|(?<=§)\d|\d(?=°)")
_MONTHS = {code: [dates.written(dates.parse(f"2000-{m:02d}-02"), code).split()[1] for m in range(1, 13)] for code in ("en", "fr", "nl", "de")}

_PLACES = {
    "en": [("Flanders", "Wallonia"), ("Flanders", "Brussels"), ("Wallonia", "Flanders"), ("Brussels", "Wallonia"), ("Flemish", "Walloon"),
           ("Walloon", "Flemish"), ("the German-speaking Community", "Wallonia"), ("Belgium", "Flanders"), ("Ghent", "Liège"), ("Antwerp", "Namur")],
    "fr": [("Flandre", "Wallonie"), ("Wallonie", "Flandre"), ("Bruxelles", "Wallonie"), ("flamand", "wallon"), ("wallon", "flamand"),
           ("flamande", "wallonne"), ("en Belgique", "en Flandre"), ("En Communauté germanophone", "En Wallonie"), ("Gand", "Liège")],
    "nl": [("Vlaanderen", "Wallonië"), ("Wallonië", "Vlaanderen"), ("Brussel", "Wallonië"), ("Vlaamse", "Waalse"), ("Waalse", "Vlaamse"),
           ("de Duitstalige Gemeenschap", "Wallonië"), ("België", "Vlaanderen"), ("Gent", "Luik"), ("Antwerpen", "Namen")],
    "de": [("Flandern", "Wallonien"), ("Wallonien", "Flandern"), ("Brüssel", "Flandern"), ("flämische", "wallonische"), ("wallonische", "flämische"),
           ("der Deutschsprachigen Gemeinschaft", "der Wallonie"), ("Belgien", "Flandern"), ("Gent", "Lüttich")],
}  # fmt: skip
_BODIES = {
    "en": ["CPAS", "Immigration Office", "Constitutional Court", "Unia", "VMRI", "VDAB", "Actiris", "BAPA", "Fedasil", "Myria", "VVSG", "CEPS",
           "Council of State", "Council of Ministers", "Agentschap Integratie en Inburgering", "NARIC", "OECD"],
    "fr": ["CPAS", "Office des étrangers", "Cour constitutionnelle", "Unia", "VMRI", "VDAB", "Actiris", "BAPA", "Fedasil", "Myria", "VVSG", "CEPS",
           "Conseil d'État", "Conseil des ministres", "Agentschap Integratie en Inburgering", "NARIC", "OCDE"],
    "nl": ["OCMW", "Dienst Vreemdelingenzaken", "Grondwettelijk Hof", "Unia", "VMRI", "VDAB", "Actiris", "BAPA", "Fedasil", "Myria", "VVSG", "CEPS",
           "Raad van State", "ministerraad", "Agentschap Integratie en Inburgering", "NARIC", "OESO"],
    "de": ["ÖSHZ", "Ausländeramt", "Verfassungsgerichtshof", "Unia", "VMRI", "VDAB", "Actiris", "BAPA", "Fedasil", "Myria", "VVSG", "CEPS",
           "Staatsrat", "Ministerrat", "Agentschap Integratie en Inburgering", "NARIC", "OECD"],
}  # fmt: skip
_NEGATED = {
    "en": [(r"\bdoes not (\w+)", r"does \1"), (r"\bdo not\b", "do"), (r"\bdid not\b", "did"), (r"\b(is|are|was|were|may|can|must|need)(?: ?not)\b", r"\1"),
           (r"\bcannot\b", "can"), (r"\b(must|may|can|is|are|was|were)\b", r"\1 not"), (r"\bhas no\b", "has a"), (r"\bneeds no\b", "needs a")],
    "fr": [(r"\b[Nn]e (\w+) pas\b", r"\1"), (r"\bn'(\w+) pas\b", r"\1"), (r"\b(doit|doivent|peut|peuvent|sont|comptent|reçoivent)\b", r"ne \1 pas"),
           (r"\b(est|était|a|ont)\b", r"n'\1 pas"), (r"\baucune? ", "une ")],
    "nl": [(r"\bniet ", ""), (r"\bgeen\b", "een"), (r"\b(moet|moeten|kan|kunnen|mag|mogen|is|zijn|was|krijgt)\b", r"\1 niet")],
    "de": [(r"\bnicht ", ""), (r"\bkeine(n|r|m|s)?\b", r"eine\1"), (r"\b(muss|müssen|kann|können|darf|dürfen|ist|sind|war|gilt)\b", r"\1 nicht")],
}  # fmt: skip
_MODAL = {
    "en": [("must", "may"), ("must", "need not"), ("may", "must"), ("can", "must"), ("is exempt", "is not exempt"), ("are exempt", "are obliged"),
           ("compulsory", "voluntary"), ("have to", "may"), ("is obliged", "is free"), ("are obliged", "are allowed"),
           ("exempts", "does not exempt")],
    "fr": [("doit", "peut"), ("doivent", "peuvent"), ("peut", "doit"), ("peuvent", "doivent"), ("obligatoire", "facultatif"),
           ("est dispensé", "est obligé"),
           ("sont dispensés", "sont obligés"), ("obligatoire", "volontaire"), ("doit", "n'est pas obligé de")],
    "nl": [("moet", "mag"), ("moeten", "mogen"), ("kan", "moet"), ("kunnen", "moeten"), ("mag", "moet"), ("verplicht", "vrijwillig"),
           ("vrijgesteld", "verplicht"), ("moet", "hoeft niet"), ("moeten", "hoeven niet")],
    "de": [("muss", "kann"), ("müssen", "können"), ("kann", "muss"), ("können", "müssen"), ("darf", "muss"), ("dürfen", "müssen"),
           ("verpflichtend", "freiwillig"), ("befreit", "verpflichtet"), ("muss", "braucht nicht"), ("verpflichtet", "befreit")],
}  # fmt: skip
_PERIODS = {
    "en": [("since", "until"), ("Since", "Until"), ("Until", "Since"), ("until", "since"), ("before", "after"), ("Before", "After"),
           ("after", "before"),
           ("years", "months"), ("months", "years"), ("months", "weeks"), ("from", "until"), ("From", "Until"), ("days", "months")],
    "fr": [("Depuis le", "Jusqu'au"), ("depuis le", "jusqu'au"), ("Jusqu'au", "Depuis le"), ("jusqu'au", "depuis le"), ("Avant le", "Après le"),
           ("à partir du", "jusqu'au"), ("ans", "mois"), ("mois", "ans"), ("jours", "mois"), ("avant le", "après le")],
    "nl": [("Sinds", "Tot"), ("sinds", "tot"), ("Tot en met", "Sinds"), ("tot", "sinds"), ("Vóór", "Na"), ("vanaf", "tot"), ("Vanaf", "Tot"),
           ("jaar", "maanden"), ("maanden", "jaar"), ("dagen", "maanden"), ("vóór", "na")],
    "de": [("Seit dem", "Bis zum"), ("seit dem", "bis zum"), ("Bis zum", "Seit dem"), ("bis zum", "seit dem"), ("Vor dem", "Nach dem"),
           ("ab dem", "bis zum"), ("Ab dem", "Bis zum"), ("Jahren", "Monaten"), ("Jahre", "Monate"), ("Monate", "Jahre"), ("Monaten", "Jahren"),
           ("Tagen", "Monaten"), ("vor dem", "nach dem")],
}  # fmt: skip
_SAME = {
    "en": [("must", "has to"), ("at most", "no more than"), ("since", "from"), ("people", "persons"), ("costs", "has a price of"),
           ("may", "is allowed to"),
           ("is exempt from", "does not have to follow"), ("compulsory", "mandatory"), ("According to press reports", "The press says that"),
           ("newcomers", "new arrivals"), ("cannot", "can't"), ("must not", "may not"), ("needs no", "does not need a"),
           ("for instance", "for example"),
           ("also", "too")],
    "fr": [("doit", "est tenu de"), ("au plus", "au maximum"), ("depuis", "à partir du"), ("obligatoire", "imposé"),
           ("primo-arrivants", "nouveaux arrivants"),
           ("peut", "a la possibilité de"), ("par exemple", "notamment"), ("coûte", "revient à"), ("aussi", "également"),
           ("Selon la presse", "D'après la presse")],
    "nl": [("hoogstens", "maximaal"), ("sinds", "vanaf"), ("verplicht", "een verplichting"), ("bijvoorbeeld", "onder meer"),
           ("nieuwkomers", "nieuwe inwoners"),
           ("moet", "is verplicht om te"), ("ook", "eveneens"), ("Volgens persberichten", "Volgens de pers"), ("mensen", "personen"),
           ("krijgt", "ontvangt")],
    "de": [("höchstens", "maximal"), ("seit dem", "ab dem"), ("verpflichtend", "Pflicht"), ("zum Beispiel", "etwa"),
           ("Neuankömmlinge", "neu Zugewanderte"),
           ("auch", "ebenfalls"), ("Laut Presseberichten", "Nach der Presse"), ("Menschen", "Personen"), ("erhält", "bekommt"),
           ("muss", "ist verpflichtet zu")],
}  # fmt: skip
_WORDS = {
    "en": "two three four five six seven eight nine ten eleven twelve", "fr": "deux trois quatre cinq six sept huit neuf dix onze douze",
    "nl": "twee drie vier vijf zes zeven acht negen tien elf twaalf", "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
}  # fmt: skip
_UNITS = r"years|months|weeks|ans|mois|semaines|jaar|maanden|weken|Jahre?n?|Monaten?|Wochen|hours|heures|uur|Stunden"


def _swap(random: random.Random, text: str, pairs: list[tuple[str, str]]) -> str | None:
    fits = [(old, new) for old, new in pairs if re.search(rf"(?<![\w-]){re.escape(old)}(?!\w)", text)]
    if not fits:
        return None
    old, new = random.choice(fits)
    return re.sub(rf"(?<![\w-]){re.escape(old)}(?!\w)", new, text)


def _at(random: random.Random, text: str, pattern: re.Pattern[str], change: Callable[[str], str]) -> str | None:
    found = list(pattern.finditer(text))
    if not found:
        return None
    m = random.choice(found)
    new = change(m.group())
    return None if new == m.group() or new in text else text[: m.start()] + new + text[m.end() :]


def _another(random: random.Random, written: str) -> str:
    """Another number of about the same size, written the same way."""
    digits = [i for i, c in enumerate(written) if c.isdigit()]
    if len(digits) == 1:
        old = int(written[digits[0]])
        return written.replace(str(old), str(random.choice([n for n in range(2, 10) if n != old])))
    at = digits[0] if random.random() < 0.5 else random.choice(digits)
    old = int(written[at])
    new = random.choice([n for n in range(1, 10) if n != old])
    return written[:at] + str(new) + written[at + 1 :]


def _number(random: random.Random, text: str, code: str) -> str | None:
    return _at(random, text, _PERCENT_OR_COUNT, lambda w: w if _YEAR.fullmatch(w) else _another(random, w))


def _amount(random: random.Random, text: str, code: str) -> str | None:
    return _at(random, text, _AMOUNT, lambda w: _another(random, w))


def _date(random: random.Random, text: str, code: str) -> str | None:
    months = _MONTHS[code]
    day = re.compile(rf"\b\d{{1,2}}(?:er|\.)? (?:{'|'.join(months)})\b")
    if random.random() < 0.4 and day.search(text):
        return _at(random, text, re.compile(rf"\b(?:{'|'.join(months)})\b(?= \d)"), lambda w: random.choice([m for m in months if m != w]))
    if random.random() < 0.4 and day.search(text):
        return _at(random, text, re.compile(rf"\b\d{{1,2}}(?=(?:er|\.)? (?:{'|'.join(months)})\b)"), 
                   lambda w: str((int(w) + random.randint(1, 20)) % 28 + 1))  # fmt: skip
    return _at(random, text, _YEAR, lambda w: str(int(w) + random.choice([-3, -2, -1, 1, 2, 3])))


def _level(random: random.Random, text: str, code: str) -> str | None:
    return _at(random, text, _LEVEL, lambda w: random.choice([level for level in ("A1", "A2", "B1", "B2", "C1") if level != w]))


def _article(random: random.Random, text: str, code: str) -> str | None:
    return _at(random, text, _ARTICLE, lambda w: str(int(w) + random.choice([1, 2, 3])))


def _authority(random: random.Random, text: str, code: str) -> str | None:
    return _swap(random, text, [(a, b) for a, b in _PLACES[code] if b not in text])


def _polarity(random: random.Random, text: str, code: str) -> str | None:
    fits = [(old, new) for old, new in _NEGATED[code] if re.search(old, text)]
    if not fits:
        return None
    old, new = random.choice(fits)
    # A removal applies where there is a negation; an insertion only where there is none beside the verb.
    if not re.search(r"not|pas|niet|nicht|geen|kein|aucun|no\b", old) and re.search(old + r" (?:not|pas|niet|nicht|no|geen|kein)", text):
        return None
    return re.sub(old, new, text, count=1)


def _modality(random: random.Random, text: str, code: str) -> str | None:
    # "must not" and "may not" say the same: what is negated is left to _polarity.
    if re.search(r"\b(?:must|may|can|have to) not\b|\b[Nn]e (?:doit|doivent|peut|peuvent) pas\b|\bniet\b|\bgeen\b|\bnicht\b|\bkein", text):
        return None
    return _swap(random, text, _MODAL[code])


def _body(random: random.Random, text: str, code: str) -> str | None:
    names = _BODIES[code]
    there = [n for n in names if re.search(rf"(?<![\w-]){re.escape(n)}(?!\w)", text)]
    if not there:
        return None
    old = random.choice(there)
    return re.sub(rf"(?<![\w-]){re.escape(old)}(?!\w)", random.choice([n for n in names if n not in there]), text)


def _period(random: random.Random, text: str, code: str) -> str | None:
    """A limit turned round ("since" to "until") or a unit changed; only beside a figure, where it tells something."""
    fits = [
        (old, new) for old, new in _PERIODS[code]
        if re.search(rf"(?<![\w-]){re.escape(old)} (?:[^\W\d]+ ){{0,4}}\d|\d {re.escape(old)}(?!\w)", text)
    ]  # fmt: skip
    return _swap(random, text, fits)


def paraphrase(random: random.Random, text: str, code: str) -> str | None:
    """The sentence with its words, figures and order changed by rules that keep the meaning."""
    made = text
    steps: list[Callable[[str], str]] = [
        lambda t: _swap(random, t, _SAME[code]) or t,
        lambda t: re.sub(r"€ ?(\d[\d.,]*\d|\d)", r"EUR \1", t) if "€" in t else t,
        lambda t: re.sub(rf"(?<![\d.,-])([2-9]|1[0-2]) (?={_UNITS})", lambda m: f"{_WORDS[code].split()[int(m.group(1)) - 2]} ", t),
        lambda t: re.sub(r"(?<=\d)[ .,\u00a0\u202f](?=000\b)", "", t),
        _iso,
        lambda t: re.sub(r"^((?:In|En|À|Au) [^,]{3,40}), (\w)(.*)\.$", lambda m: f"{m[2].upper()}{m[3]}, {m[1][0].lower()}{m[1][1:]}.", t),
        lambda t: re.sub(r" ?%", {"en": " percent", "fr": " pour cent", "nl": " procent", "de": " Prozent"}[code], t),
    ]
    for step in random.sample(steps, len(steps)):
        if random.random() < 0.6:
            made = step(made)
    return made if made != text else None


def _iso(text: str) -> str:
    months = "|".join(m for names in _MONTHS.values() for m in names)
    return re.sub(rf"\b\d{{1,2}}(?:er|\.)? (?:{months}) \d{{4}}\b", lambda m: dates.periods(m.group())[0][0].isoformat(), text)


MUTATIONS: dict[str, Rule] = {
    "number": _number, "amount": _amount, "date": _date, "level": _level, "article": _article, "authority": _authority,
    "polarity": _polarity, "modality": _modality, "body": _body, "period": _period,
}  # fmt: skip
