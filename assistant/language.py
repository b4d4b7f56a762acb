"""Which language a text or question is in. Knows nothing of documents or answers.

Short questions are decided by their function words where those tell English, French, Dutch and German
apart; everything else by py3langid (Lui & Baldwin 2012, langid.py) over the languages people ask in.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from .records import LANGUAGES

# What people ask in; answers come in one of LANGUAGES.
ASKED = ("en", "fr", "nl", "de", "ar", "tr", "uk", "es", "ru", "fa", "it", "pt", "pl", "ro", "bg", "sq", "so", "ps")

_WORD = re.compile(r"[^\W\d_]+(?:'(?=[^\W\d_]))?")
# Words that are frequent in one of the four languages and rare in the other three.
_FUNCTION_WORDS = {
    "en": "the what how much does do did can i must my is are in of for to and when which who where if you have has need "
    "become it with from not be long after before there an any get this that was were will would should they we",
    "fr": "le la les des du un une et est que qui quoi quel quelle quels quelles combien comment quand où pour dans dois "
    "doit faut il elle je j' l' d' qu' c' n' s' mon ma mes son sa ses ce cette avec pas ne sur sont être avoir ai a au aux "
    "puis peut peux suis si en vous nous par depuis après avant payer coûte y",
    "nl": "de het een en is wat welke wie waar wanneer hoe hoeveel moet moeten mag kan ik mijn je jouw voor van met niet op "
    "om te naar zijn hebben heb heeft word worden wordt als of bij dan nog geen aan ook maar er kost lang kosten tot uit over na",
    "de": "der die das ein eine einen einem einer und ist was welche welcher welches wer wo wann wie viel muss müssen darf "
    "kann ich mein meine für von mit nicht auf um zu nach sein haben habe hat werden wird wenn oder bei dann noch kein keine "
    "an auch aber es kostet lange im dem den des zum zur seit gilt man sind",
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


def of_question(text: str, default: str | None = None) -> str:
    """ISO 639-1 code of a question; `default` (or "en") where the text does not tell, as for "MIPEX 2019?"."""
    for script, codes in _SCRIPTS:
        if len(script.findall(text)) * 3 > len(re.findall(r"[^\W\d_]", text)):
            return _rank(text, codes)[0][0]
    if "¿" in text or "¡" in text:
        return "es"
    words = [w.lower() for w in _WORD.findall(text.replace("’", "'"))]
    votes = {code: sum(w in known for w in words) for code, known in _VOTES.items()}
    best, second = sorted(votes.values(), reverse=True)[:2]
    if best > second and (best >= 2 or len(words) <= 3):
        likely = max(votes, key=votes.__getitem__)
        ranked = _rank(text, ASKED)
        if ranked[0][0] == likely or ranked[0][0] in LANGUAGES or best * 3 >= len(words):
            return likely
    if len(words) < 2 and (default or not words):
        return default or "en"
    ranked = _rank(text, ASKED)
    if len(words) < 3 and ranked[0][0] not in LANGUAGES and text.isascii():
        return default or "en"
    return ranked[0][0]


def of_text(text: str) -> str:
    """ISO 639-1 code of a document, judged by its first 4,000 characters."""
    return _rank(text[:4000], ASKED)[0][0]


def reply_language(asked: str, wanted: str | None) -> str:
    """The language of the answer: the one wanted, else the asked one if we answer in it, else English."""
    if wanted in LANGUAGES:
        return wanted
    return asked if asked in LANGUAGES else "en"
