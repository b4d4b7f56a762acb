"""Several questions in one: "must I follow the course, and what does it cost?" is two, each answered by itself.

Knows how questions begin and are joined in the languages that people ask in; nothing of documents or stores.
"""

from __future__ import annotations

import re

MOST = 4  # questions answered at once; what is beyond stays with the last
LEAST = 3  # words that a first question has

# What a question begins with, when it follows "and". A modal verb needs somebody who must or may.
_BEGINS = {
    "en": r"(?:what|how|when|where|who|whom|which|why|whether)\b"
    r"|(?:can|could|may|must|do|does|did|is|are|will|should|am|have|has)\s+(?:i|you|he|she|we|they|it|there|my|the|one|people|someone)\b",
    "fr": r"(?:combien|comment|quand|où|pourquoi|quel(?:le)?s?|que\s+(?:faire|se|dois|doit|coûte)"
    r"|à\s+partir\s+de\s+quand|jusqu'à\s+quand|depuis\s+quand|est-ce)\b|qu'est-ce"
    r"|qui\s+(?:est|paie|paye|doit|peut|organise|décide|donne)\b|[\wé]+-(?:t-)?(?:je|on|il|elle|nous|vous|ils|elles)\b"
    r"|c'est\s+(?:payant|gratuit|obligatoire|combien|possible)\b|ça\s+(?:coûte|dure|prend)\b|je\s+(?:dois|peux)\b",
    "nl": r"(?:wat|hoe\w*|wanneer|waar\w*|welke?|waarom|vanaf\s+wanneer|tot\s+wanneer|sinds\s+wanneer)\b"
    r"|wie\s+(?:is|moet|mag|kan|betaalt|krijgt|organiseert)\b"
    r"|(?:moet|moeten|mag|mogen|kan|kunnen|is|zijn|heb|heeft|krijg|krijgt|kost|duurt|betaal)\s+(?:ik|je|u|hij|zij|ze|men|het|dat|we|wij|er|mijn|de|iemand)\b",
    "de": r"(?:was|wie|wann|wo(?:hin|her|für|mit|zu|bei|ran|nach|von|durch)?|wer|wen|wem|welche[rsnm]?|warum|ab\s+wann|bis\s+wann|seit\s+wann)\b"
    r"|(?:muss|müssen|kann|können|darf|dürfen|ist|sind|habe|hat|bekomme|bekommt|gibt|kostet|dauert)\s+(?:ich|man|er|sie|es|wir|ihr|mein\w*|der|die|das|jemand)\b",
    "tr": r"(?:ne|nasıl|kim\w*|nerede\w*|nereye|kaç|hangi|neden|niçin)\b",
    "uk": r"(?:що|скільки|коли|де|куди|хто|як\w*|чому|чи)(?!\w)",
    "ar": r"(?:كم|متى|أين|من|ما|ماذا|كيف|هل|لماذا|أي)(?!\w)",
}
# What a note in keywords asks for: "délai pour se présenter et durée du parcours". It goes on so only where it began so.
_THINGS = {
    "en": r"(?:cost|fee|fine|duration|deadline|time limit|threshold|conditions|documents|level|penalty|appeal)s?\b",
    "fr": r"(?:durée|délai|coût|prix|montant|amende|sanction|seuil|condition|document|niveau|frais|recours)s?\b",
    "nl": r"[^\W\d_]*(?:duur|termijn|kost|kosten|prijs|bedrag|boete|sancties?|grens|voorwaarden|documenten|niveau|beroep|toeslag)\b",
    "de": r"[^\W\d_]*(?:dauer|frist|kosten|preis|betrag|gebühr|bußgeld|strafe|grenze|bedingungen|unterlagen|niveau|zuschlag|beschwerde)\b",
}
_JOINS = {"en": r"and|or", "fr": r"et|ou", "nl": r"en|of", "de": r"und|oder", "tr": r"ve", "uk": r"і|та|й|або"}
_JOINED = {
    code: re.compile(
        rf",?\s+(?:{_JOINS[code]})\s+(?:also |aussi |ook |auch )?(?={begins})" if code in _JOINS else rf"[،,]?\s+و(?={begins})", re.IGNORECASE
    )
    for code, begins in _BEGINS.items()
}
_NOTED = {code: re.compile(rf",?\s+(?:{_JOINS[code]})\s+(?={things})", re.IGNORECASE) for code, things in _THINGS.items()}
_NOTES = {code: re.compile(rf"^\W*(?:{things})", re.IGNORECASE) for code, things in _THINGS.items()}
_STARTS = {code: re.compile(rf"^\W*(?:\w+\s+){{0,2}}?(?:{begins})", re.IGNORECASE) for code, begins in _BEGINS.items()}
_CLAUSE = re.compile(r"[,;:–]\s+")
_SENTENCE = re.compile(r"[^.?!؟\n]*(?:\.(?=\w)[^.?!؟\n]*)*[.?!؟]*\s*")


def split(text: str, language: str) -> tuple[str, list[str]]:
    """What is said before the questions of a text in that language, and the questions in order; "" and the text alone if it is one.

    What comes last without asking stays with the last question.
    """
    said: list[str] = []
    questions: list[str] = []
    for sentence in (s.strip() for s in _SENTENCE.findall(text)):
        if not sentence:
            continue
        pieces = _pieces(sentence, language)
        if not sentence.endswith(("?", "؟")) and not _starts(pieces[-1], language):
            if questions:
                questions[-1] += f" {sentence}"
            else:
                said.append(sentence)
            continue
        questions += pieces
    if len(questions) < 2:
        return "", [text]
    kept, rest = questions[: MOST - 1], questions[MOST - 1 :]
    return " ".join(said), [q for q in (*kept, " ".join(rest)) if q]


def _pieces(sentence: str, language: str) -> list[str]:
    """A sentence cut where a further question begins; each piece ends as the sentence does."""
    if language not in _JOINED:
        return [sentence]
    end = "?" if sentence.endswith("?") else "؟" if sentence.endswith("؟") else ""
    pieces: list[str] = []
    at = 0
    noted = _NOTES.get(language)
    gaps = [*_JOINED[language].finditer(sentence), *(_NOTED[language].finditer(sentence) if noted else ())]
    for gap in sorted(gaps, key=lambda gap: gap.start()):
        before = sentence[at : gap.start()]
        asks = _asks(before, language) if gap.re is _JOINED[language] else noted is not None and noted.search(_CLAUSE.split(before)[-1])
        if len(before.split()) >= (1 if pieces else LEAST) and (pieces or asks):
            pieces.append(before.strip(" ,") + end)
            at = gap.end()
    return [*pieces, sentence[at:]]


def _asks(text: str, language: str) -> bool:
    """Whether a piece asks, rather than telling who asks: it holds a question's beginning at a clause's head."""
    return any(_starts(clause, language) for clause in _CLAUSE.split(text)) or language == "tr"


def _starts(text: str, language: str) -> bool:
    found = _STARTS.get(language)
    return found is not None and found.search(text) is not None
