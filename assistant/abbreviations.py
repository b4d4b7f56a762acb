"""What caseworkers shorten → what the texts write: "RIS", "GH", "LOI", "DG". Knows nothing else.

Capitals count: "loi" is a law, "LOI" in Dutch a place of reception. Each language has its own, and those of its neighbours where people
work with both (a CPAS is an OCMW in a Dutch question). What the texts use themselves (OKAN, DASPA, BAPA, NT2) stays.
"""

from __future__ import annotations

import re

_NAMES: dict[str, dict[str, str]] = {
    "en": {
        "OE DVZ": "Immigration Office",
        "RIS RMI": "integration income",
        "GH RF": "family reunification",
        "LOI ILA": "local reception initiative",
        "GPMI PIIS": "individualised project",
        "AMU DMH UMA": "urgent medical help",
        "TP": "temporary protection",
        "NBMV": "unaccompanied minor",
        "FWB": "French Community",
    },
    "fr": {
        "OE DVZ": "Office des étrangers",
        "RIS": "revenu d'intégration",
        "RF": "regroupement familial",
        "ILA": "initiative locale d'accueil",
        "PIIS GPMI": "projet individualisé d'intégration sociale",
        "AMU DMH": "aide médicale urgente",
        "MENA": "mineur étranger non accompagné",
        "DPI": "demandeur d'asile",
        "RMMMG": "revenu minimum mensuel moyen garanti",
        "CCE": "Conseil du contentieux des étrangers",
        "FLE": "cours de français",
        "FWB": "Fédération Wallonie-Bruxelles",
        "RW": "Wallonie",
        "RBC": "Bruxelles",
        "DG": "Communauté germanophone",
        "OCMW ÖSHZ": "CPAS",
    },
    "nl": {
        "DVZ OE": "Dienst Vreemdelingenzaken",
        "RMI RIS": "leefloon",
        "GH": "gezinshereniging",
        "LOI": "lokaal opvanginitiatief",
        "GPMI PIIS": "geïndividualiseerd project",
        "DMH AMU": "dringende medische hulp",
        "NBMV": "niet-begeleide minderjarige vreemdeling",
        "IB": "internationale bescherming",
        "TB": "tijdelijke bescherming",
        "SB": "subsidiaire bescherming",
        "GVVA": "gecombineerde vergunning",
        "GGMMI": "gewaarborgd gemiddeld minimummaandinkomen",
        "RvV": "Raad voor Vreemdelingenbetwistingen",
        "RvS": "Raad van State",
        "GwH": "Grondwettelijk Hof",
        "AII": "Agentschap Integratie en Inburgering",
        "FWB": "Fédération Wallonie-Bruxelles",
        "DG": "Duitstalige Gemeenschap",
        "CPAS ÖSHZ": "OCMW",
    },
    "de": {
        "DG": "Deutschsprachige Gemeinschaft",
        "FWB": "Fédération Wallonie-Bruxelles",
        "DVZ OE": "Ausländeramt",
        "CPAS OCMW": "ÖSHZ",
        "RIS": "Eingliederungseinkommen",
        "ILA LOI": "Aufnahmeinitiative",
        "AMU DMH": "dringende medizinische Hilfe",
    },
}
_SHORT = {language: {short: name for shorts, name in names.items() for short in shorts.split()} for language, names in _NAMES.items()}
# "DG" before a capitalised name is a directorate: "DG Personnes handicapées".
_AFTER = {"DG": r"(?! [A-ZÀ-Ý][a-zà-ÿ])"}
_PATTERNS = {
    language: re.compile("|".join(rf"\b{re.escape(s)}\b{_AFTER.get(s, '') if language in ('fr', 'nl') else ''}" for s in names))
    for language, names in _SHORT.items()
}


def written_out(text: str, language: str) -> str:
    """The text with abbreviations in capitals replaced by what the texts of its language write.

    A text that is all capitals is left alone.

    >>> written_out("PIIS obligatoire pour un bénéficiaire du RIS ?", "fr")
    "projet individualisé d'intégration sociale obligatoire pour un bénéficiaire du revenu d'intégration ?"
    """
    if language not in _PATTERNS or text.isupper():
        return text
    return _PATTERNS[language].sub(lambda m: _SHORT[language][m.group()], text)
