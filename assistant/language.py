"""Which language a text or question is in. Knows nothing of documents or answers.

py3langid (Lui & Baldwin 2012, langid.py) over the languages people ask in; each function word of English, French, Dutch
or German in a question adds to the log-probability of its language, since names and figures mislead in short ones.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from .records import LANGUAGES

# What people ask in; answers come in one of LANGUAGES.
ASKED = ("en", "fr", "nl", "de", "ar", "tr", "uk", "es", "ru", "fa", "it", "pt", "pl", "ro", "bg", "sq", "so", "ps")

# What a function word adds to a language's log-probability: 3 to 9 do equally well on 7,093 questions of the corpus.
VOTE = 5.0
_WORD = re.compile(r"[^\W\d_]+(?:'(?=[^\W\d_]))?")
# Frequent short words, each in every language that has it ("in", "was", "de" tell little apart), and names of places as
# each language spells them.
_FUNCTION_WORDS = {
    "en": "the what how much does do did can i must my is are in of for to and when which who where if you have has need "
    "become it with from not be long after before there an any get this that was were will would should they we "
    "or a at by as so without between per whose me our only more than fine fee cost "
    "brussels flanders wallonia ghent antwerp bruges belgium belgian walloon course exempt total score points date",
    "fr": "le la les de des du un une et est que qui quoi quel quelle quels quelles combien comment quand où pour dans dois "
    "doit faut il elle je j' l' d' qu' c' n' s' mon ma mes son sa ses ce cet cette avec pas ne sur sont être avoir ai a au aux "
    "puis peut peux suis si en vous nous par depuis après avant payer coûte y existe à sans entre leur leurs nos notre votre "
    "était étaient coûtait fallait faire chez existe examen inclus facultatif wallon belgique bruxelles flandre wallonie gand anvers",
    "nl": "de het een en is wat welke wie waar wanneer hoe hoeveel hoelang moet moeten mag kan ik mijn je jouw voor van met niet op "
    "om te naar zijn hebben heb heeft word worden wordt als of bij dan nog geen aan ook maar er kost lang kosten tot uit over na "
    "in was kon kostte moest waren duurde tussen geldt bestaan bestond bestaat zonder hij zij wij me u uw al deze dit die dat "
    "tegen door nodig mogen kunnen zal verplicht cursus gratis belgië belgische brussel vlaanderen wallonië antwerpen",
    "de": "der die das ein eine einen einem einer und ist was welche welcher welches wer wo wann wie viel muss müssen darf "
    "kann ich mein meine für von mit nicht auf um zu nach sein haben habe hat werden wird wenn oder bei dann noch kein keine "
    "an auch aber es kostet lange im dem den des zum zur seit gilt man sind in wir uns mir mich dir ihr ihre ihren sich kostete "
    "musste waren hatte gibt ohne zwischen als bis durch gegen dass damit etwa bin bedeutung belgien belgische brüssel flandern wallonie antwerpen",
}
_VOTES = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}
_SCRIPTS = (
    (re.compile(r"[\u0600-\u06ff]"), ("ar", "fa", "ps")),
    (re.compile(r"[\u0400-\u04ff]"), ("uk", "ru", "bg")),
)


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import _load_identifier  # one identifier of ours, not the module's shared one

    return _load_identifier(langs=list(ASKED))


def _rank(text: str, among: tuple[str, ...]) -> list[tuple[str, float]]:
    return [(code, score) for code, score in _identifier().rank(text) if code in among]


@lru_cache(maxsize=4096)
def of_question(text: str, default: str | None = None) -> str:
    """ISO 639-1 code of a question; `default` (or "en") where the text does not tell, as for "MIPEX 2019?"."""
    for script, codes in _SCRIPTS:
        if len(script.findall(text)) * 3 > len(re.findall(r"[^\W\d_]", text)):
            return _rank(text, codes)[0][0]
    if "¿" in text or "¡" in text:
        return "es"
    words = [w.lower() for w in _WORD.findall(text.replace("’", "'"))]
    if len(words) < 2 and (default or not words):
        return default or "en"
    votes = {code: sum(w in known for w in words) for code, known in _VOTES.items()}
    ranked = sorted(((score + VOTE * votes.get(code, 0), code) for code, score in _rank(text, ASKED)), reverse=True)
    told = ranked[0][1]
    if len(words) < 3 and told not in LANGUAGES and text.isascii():
        return default or "en"
    return told


def of_text(text: str) -> str:
    """ISO 639-1 code of a document, judged by its first 4,000 characters."""
    return _rank(text[:4000], ASKED)[0][0]


def reply_language(asked: str, wanted: str | None) -> str:
    """The language of the answer: the one wanted, else the asked one if we answer in it, else English."""
    if wanted in LANGUAGES:
        return wanted
    return asked if asked in LANGUAGES else "en"
