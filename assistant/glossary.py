"""What people call the integration programme → the term that the texts use. Knows nothing else.

"integration course", "newcomer classes", "inburgeringscursus", "parcours d'accueil", "Integrationskurs" are one
thing in Belgium; in this assistant "the course" without more is that thing too.
"""

from __future__ import annotations

import re

_TERMS = {
    "en": "civic integration programme",
    "fr": "parcours d'intégration",
    "nl": "inburgering",
    "de": "Integrationsparcours",
}
_NAMES = {
    "en": r"(?:civic[ -])?(?:integration|newcomers?'?|settling-in|welcome)[ -](?:courses?|class(?:es)?|lessons?|programmes?|programs?|track|path|"
    r"trajectory|training)|civic[ -]integration|inburgering(?:s?cursus|straject)?(?: course| programme)?",
    "fr": r"(?:cours|programmes?|trajets?|parcours|formations?) d['’](?:intégration|integration|accueil|insertion)(?: pour primo-arrivants)?|"
    r"(?:(?:trajet|cours) )?inburgering",
    "nl": r"(?:inburgerings|integratie)-?(?:cursus(?:sen)?|trajecten|traject|programma|lessen|parcours|opleiding|plicht)",
    "de": r"(?:integrations|einbürgerungs)-?(?:kurse?|kurses|programme?|programms|lehrgang|weg)|inburgering",
}
_BARE = {
    "en": r"(?<=\bthe )(?:course|programme|program|classes)(?=\W*$|\s+(?:in|at|if|when|for|and|or|mandatory|compulsory|obligatory|free|cost)\b)",
    "fr": r"(?<=\ble )(?:parcours|cours|programme)(?=\W*$|\s+(?:à|a|en|au|si|est|pour|et|ou|obligatoire|gratuit|coûte|wallon|bruxellois|flamand)\b)",
    "nl": r"(?:(?<=\bde )(?:cursus|lessen)|(?<=\bhet )traject)(?=\W*$|\s+(?:in|te|als|voor|en|of|verplicht|gratis|volgen|kost)\b)",
    "de": r"(?:(?<=\bder )|(?<=\bden )|(?<=\bdem ))(?:kurs)(?=\W*$|\s+(?:in|wenn|für|und|oder|pflicht|verpflichtend|kostenlos|gratis|machen|besuchen)\b)",
}
# The programme as a verb.
_FOLLOWING = {"nl": (re.compile(r"\binburger(?:en|t)\b", re.IGNORECASE), "inburgering volgen")}
# A person asks "must I?"; the texts say who must.
_OWN_DUTY = {
    "en": (re.compile(r"\b(?:must|should|do|does|am|is) (?:i|my \w+|he|she|we)(?: have| need| obliged| required)?(?: to)?\b", re.I), "who must"),
    "fr": (re.compile(r"\b(?:dois-je|est-ce que je dois|je dois|faut-il que je|suis-je obligée? de)\b", re.I), "qui doit"),
    "nl": (re.compile(r"\b(?:moet|ben) (?:ik|mijn \w+|hij|zij|we)(?: verplicht)?\b", re.I), "wie moet"),
    "de": (re.compile(r"\b(?:muss|bin|soll) (?:ich|mein\w* \w+|er|sie|wir)(?: verpflichtet)?\b", re.I), "wer muss"),
}
# "What must I pay?" asks for a price, not for a duty.
_PRICE = re.compile(r"\b(?:pay|costs?|fees?|paye[rz]?|coûte\w*|prix|betal\w*|betaal\w*|kost(?:en|et|te)?|(?:be)?zahl\w*|gebühr\w*)\b", re.IGNORECASE)
# What it costs, or whether it is free; and what else may cost or bring money, of which other sections tell.
_PAID = re.compile(r"\b(?:free|price|gratuite?s?|payante?s?|gratis|prijs|kostenlos|kostenfrei|umsonst|preis)\b", re.IGNORECASE)
_OTHER_MONEY = re.compile(
    r"\b(?:exempt\w*|reduc\w+|réduction|discount|refund\w*|reimburs\w*|back|fine[sd]?|penalt\w+|sanction\w*|exams?|tests?|books?|materials?|travel|transport"
    r"|child ?care|amendes?|dispens\w+|exonér\w+|rembours\w+|examens?|matériel|livres?|crèche|trajets? en|boetes?|vrij(?:gesteld|stelling)\w*|korting"
    r"|terug\w*|toets\w*|materiaal|boek\w*|kinderopvang|vervoer|geldbuße\w*|bußgeld\w*|strafe\w*|befrei\w+|ermäßig\w+|erstatt\w+|zurück|prüfung\w*|bücher"
    r"|kinderbetreuung|fahrt\w*)\b",
    re.IGNORECASE,
)
# Somebody is hurt by a partner: what the texts say to victims comes first.
_HURT = re.compile(
    r"\b(?:(?:hit|hits|hitting|beat|beats|beating) (?:me|her|him|us)|beaten|violen\w+|abus(?:e|es|ed|ive)|frapp\w+|battue?s?|me bat|slaat|sloeg"
    r"|(?:partner)?geweld\w*|mishandel\w+|schlägt|gewalt\w*|misshandel\w+|şiddet\w*|dövüyor|насильств\w+|б['’]є)\b|يضرب|العنف",
    re.IGNORECASE,
)
_PARTNER = re.compile(
    r"\b(?:husband|wife|partner|spouse|ex|domestic|mari|femme|épou\w+|conjoint\w*|conjugal\w*|compagn\w+|man|vrouw|echtgeno\w+|huiselijk\w*|partner\w*"
    r"|mann|frau|ehe\w+|häuslich\w*|koca\w*|eşi\w*|aile içi|чоловік\w*|дружин\w*|домашн\w+)\b|زوج|المنزلي",
    re.IGNORECASE,
)
# French asks for another by inversion, the person first.
_INVERTED = re.compile(r"\b(?:mon|ma|mes) \w+\b.{0,60}\b(?:doit|doivent)-(?:il|elle)s?\b", re.IGNORECASE)
_PATTERNS = {
    code: [re.compile(rf"\b(?:{_NAMES[code]})\b", re.IGNORECASE), re.compile(_BARE[code], re.IGNORECASE)] for code in _TERMS
}
# The index by its long name; every text calls it MIPEX.
_INDEX = re.compile(
    r"(?:\b(?:the|de|der|den|dem) |\bl['’])?(?:migrant integration policy index|"
    r"indice (?:de la |des )?politiques? d['’]intégration des (?:migrants|immigrés)|"
    r"index (?:van|voor|over) (?:het )?(?:migranten)?integratiebeleid|index (?:der|zur|für) (?:die )?integrationspolitik)"
    r"(?:,? \(?MIPEX\)?)?",
    re.IGNORECASE,
)


def spoken(text: str) -> str:
    """The text with the long name of MIPEX replaced by the short one.

    >>> spoken("What is Belgium's score in the Migrant Integration Policy Index (MIPEX)?")
    "What is Belgium's score in MIPEX?"
    """
    return _INDEX.sub("MIPEX", text)


def duty(text: str, language: str) -> bool:
    """Whether somebody asks if they must follow the programme: answered by who must.

    >>> duty("Must I follow the integration course?", "en"), duty("What must I pay for the integration course?", "en")
    (True, False)
    """
    if language not in _OWN_DUTY or _PRICE.search(text) or not (_OWN_DUTY[language][0].search(text) or (language == "fr" and _INVERTED.search(text))):
        return False
    named = (*_PATTERNS[language], *(pattern for code, (pattern, _) in _FOLLOWING.items() if code == language))
    return _TERMS[language].lower() in text.lower() or any(p.search(text) for p in named)


def glossed_duty(gloss: str) -> bool:
    """The same of a question in a language without texts, by its English search words.

    >>> glossed_duty("must follow civic integration course Flanders"), glossed_duty("how much must pay civic integration course")
    (True, False)
    """
    return bool(re.search(r"\b(?:must|obliged)\b", gloss) and "integration" in gloss and not _PRICE.search(gloss))


def price(text: str, language: str, gloss: str = "") -> bool:
    """Whether somebody asks what the programme costs, or if it is free; `gloss` are the English search words of other languages.

    >>> price("Do I have to pay for the inburgering course?", "en"), price("Who is exempt from the fee for the integration course?", "en")
    (True, False)
    """
    if gloss:
        return bool("integr" in gloss and re.search(r"\b(?:pay|cost|price|fee|free)", gloss) and not _OTHER_MONEY.search(gloss))
    named = language in _TERMS and _TERMS[language].lower() in termed(text, language).lower()
    return bool(named and (_PRICE.search(text) or _PAID.search(text)) and not _OTHER_MONEY.search(text))


_BECOMING = re.compile(
    r"\b(?:becom(?:e|es|ing) (?:a )?belgian|dev(?:enir|iens|ient|enu\w*) belge|belg (?:te )?word\w*|word(?:en|t)? (?:\w+ )?belg\b|"
    r"belgier(?:in)? (?:zu )?w[eiü]rd\w*|w[eiü]rd\w* (?:\w+ )?belgier)|belçikalı ol|belçika vatandaş|стати бельгі|"
    r"бельгійськ\w+ громадянств|громадянств\w+ бельгії|أصبح بلجيكي|الجنسية البلجيكية",
    re.IGNORECASE,
)


def becoming(text: str) -> bool:
    """Whether a question speaks of becoming Belgian.

    >>> becoming("When can I become Belgian?"), becoming("Ich bin Belgier. Muss ich den Kurs machen?")
    (True, False)
    """
    return bool(_BECOMING.search(text))


def violence(text: str) -> bool:
    """Whether somebody is hurt by a partner.

    >>> violence("My husband hits me, will I lose my permit if I leave?"), violence("Is my husband's course free?")
    (True, False)
    """
    return bool(_HURT.search(text) and _PARTNER.search(text))


def programme(text: str, language: str) -> str:
    """The programme's term in the question's language (or English); "" if the text names the programme itself."""
    term = _TERMS.get(language, _TERMS["en"])
    return "" if term.lower() in termed(text, language).lower() else term


def termed(text: str, language: str) -> str:
    """The text with every name of the programme replaced by the term of its language.

    >>> termed("Must I follow the course?", "en"), termed("Wat kost de inburgeringscursus?", "nl")
    ('who must follow the civic integration programme?', 'Wat kost de inburgering?')
    """
    text = spoken(text)
    if language in _FOLLOWING:
        pattern, following = _FOLLOWING[language]
        text = pattern.sub(following, text)
    for pattern in _PATTERNS.get(language, ()):
        text = pattern.sub(_TERMS[language], text)
    if language in _OWN_DUTY and _TERMS[language] in text and not _PRICE.search(text):
        text = _OWN_DUTY[language][0].sub(_OWN_DUTY[language][1], text)
    return text
