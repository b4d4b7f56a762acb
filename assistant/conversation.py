"""Follow-ups: what an earlier turn said that the present one leaves out. No language model.

Folds a conversation into one question that stands alone: a new place, date or person takes the place of the old one; a
new matter keeps the subject; a question of its own starts afresh. Knows the words of follow-ups in the languages that
people ask in; nothing of screens and stores.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from . import dates, glossary, language, lexical, places
from .records import LANGUAGES, Question
from .understanding import without_instructions

# Greetings and the like before a turn, and words that only tie it to what was said.
_GREETING = (
    r"(?:(?:ok(?:ay)?|ah|oh|so|thanks?|thank you|hello|hi|bonjour|salut|hallo|hoi|goedendag|guten tag|مرحبا|merhaba|привіт|merci|dank(?:e| je| u)?"
    r"|bedankt|donc|alors|dus|also|no|non|nee|nein|sorry|pardon)\b[,.!]?\s*)*"
)
_OPENING = re.compile(
    rf"^\s*{_GREETING}(?:"
    r"(?:(?:and|but|or|et|mais|ou|en|maar|of|und|aber|oder) )?(?:(?:i|we) mean[t]?|what about|what(?= if)|how about|same(?: question)?(?= for)"
    r"|what happens(?= if| when)|je veux dire|je parlais de|qu'en est-il(?: de| des| du)?|que se passe-t-il(?= si)|pareil(?= pour)"
    r"|même (?:chose|question)(?= pour)|ik bedoel(?:de)?|hoe zit (?:het|dat)(?: met)?|wat met|wat(?= als)|ich mein(?:e|te)|was ist mit"
    r"|was ist(?= wenn)"
    r"|wie (?:ist|sieht) es(?: aus)?(?: mit)?|gilt das auch(?= für)"
    r"|ماذا عن|أقصد|demek istediğim|як щодо|я мав на увазі|я мала на увазі)"
    r"|and|but|or|et|mais|ou|en|maar|of|und|aber|oder|peki(?: ya)?|ya|а|і|та|й|але"
    r")(?!\w)[,:]?\s*|^\s*و(?=\w{2})",
    re.IGNORECASE,
)
_HELLO = re.compile(rf"^\s*{_GREETING}", re.IGNORECASE)
# A fragment that goes on with the question before it: "for a refugee", "if I work", "in 2023".
_GOES_ON = re.compile(
    r"^(?:in|on|at|before|after|since|during|for|with|without|if|when|as|pendant|avant|après|depuis|en|au|à|pour|avec|sans|si|quand|voor"
    r"|tijdens|met|zonder"
    r"|als|na|sinds|vóór|te|vor|während|für|mit|ohne|wenn|nach|seit|bei|im|у|в|до|для|якщо|في|قبل|بعد|من)\b",
    re.IGNORECASE,
)
# Points to something said before.
_POINTING = re.compile(
    r"\b(?:it|that|this|they|them|there|then|those|same|ça|c'est|cela|ceci|celui-ci|celle-ci|là(?:-bas)?|y|en|ils|elles|alors|dat|dit"
    r"|daar\w*|het|dan|die"
    r"|ervoor|daarna|das|dies|dort|dafür|davon|danach|es|sie|dann|sonst|o|bu|şu|orada|orası|це|там|тоді|він|вона|воно|ذلك|هذا|هناك)\b",
    re.IGNORECASE,
)
# The same, where the word can be nothing else (no article, no empty subject).
_THERE = re.compile(
    r"\b(?:there|that|those|ça|cela|là(?:-bas)?|daar\w*|ervoor|dort|dafür|davon|danach|orada|там|هناك)\b", re.IGNORECASE
)
# Asks for something by its own words: then only the subject is missing.
_ASKING = re.compile(
    r"(?:^|\b)(?:how (?:much|many|long|high|old|do|can)|what|which|who|where|when|why|since when|until when|combien|quel(?:le)?s?|qui"
    r"|où|quand|comment"
    r"|pourquoi|depuis quand|jusqu'à quand|hoe(?:veel| ?lang| hoog)?|wat|welke?|wie|waar|wanneer|waarom|sinds wanneer|wie (?:viel"
    r"|lange|hoch)|was|welche[rns]?"
    r"|wo|wann|wer|warum|seit wann|bis wann|kaç|ne kadar|ne zaman|nerede|hangi|kim|скільки|який|яка|яке|які|де|коли|хто|чому|як|كم|متى"
    r"|أين|من|ما|كيف)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:before|earlier|previously|in the past|used to|avant|auparavant|autrefois|vroeger|voorheen|ervoor|früher|vorher|davor"
    r"|önceden|eskiden|раніше"
    r"|до того|قبل ذلك|سابقا)\b",
    re.IGNORECASE,
)
# Names a side of the subject ("and the fine?") rather than another person, place or time.
_SIDE = re.compile(
    r"\b(?:regist\w+|enrol\w*|sign up|inscri\w+|inschrijv\w*|aanmeld\w*|anmeld\w*|melde ich mich"
    r"|fine|penalty|cost|costs|price|fee|deadline|exam|test|level|certificate|duration|hours|exemptions?|amende|sanctions?|coût"
    r"|prix|frais|délai|durée"
    r"|examen|niveau|attestation|heures|dispenses?|boete|kost(?:en|prijs)?|prijs|termijn|duur|attest|uren|vrijstelling(?:en)?|geldbuße"
    r"|strafe|kosten|preis"
    r"|frist|dauer|prüfung|bescheinigung|stunden|befreiung(?:en)?|ceza|ücret|süre|sınav|штраф|ціна|вартість|термін|іспит|рівень"
    r"|الغرامة|الرسوم|التكلفة|المدة)\b",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"(?:(?<=\s)|^)(?:(?:in|at|for|à|a|au|en|dans|te|naar|voor|nach|für|bei|у|в)\s+(?:the |la |de |het |der |die |den )?|en "
    r"|en région )$", re.IGNORECASE
)
# A question about the subject that only points to it: "is it free for refugees?"
_ABOUT_IT = re.compile(
    r"^(?:c'est|est-ce (?:que c'est )?|puis-je|peut-on|is (?:it|that)|are (?:they|those)|can (?:i|we)|do i|is (?:het|dat)|kan (?:ik"
    r"|dat)|mag (?:ik|dat)"
    r"|ist (?:das|es)|kann (?:ich|man)|darf ich)\b",
    re.IGNORECASE,
)
# Groups of people that rules speak of, with an article: a new one takes the place of the old one.
_PERSON = re.compile(
    r"(?:(?<=\s)|^)(?:(?:an?|the|une?|les?|la|een|de|der|die|das|eine?n?) |l'|d')?(?:recognised |erkende |anerkannte[rn]? )?(?:refugees?"
    r"|asylum seekers?|eu citizens?"
    r"|turk(?:s|ish (?:citizens?|nationals?))?|students?|moroccans?|réfugiée?s?(?: reconnue?s?)?|demandeu(?:rs?|ses?) d'asile"
    r"|citoyen(?:ne)?s? (?:européen(?:ne)?s?|de l'ue)"
    r"|turcs?|étudiante?s?|marocaine?s?|vluchtelingen?|asielzoekers?|eu-burgers?|turken|studenten?|marokkanen|marokkaan|flüchtlinge?n?"
    r"|asylbewerber\w*"
    r"|asylsuchende\w*|eu-bürger\w*|türken|türkische bürger|studierende\w*)(?!\w)",
    re.IGNORECASE,
)
# How a question begins: what is left behind it is what it is about.
_ASKED = re.compile(
    r"^(?:how (?:much|many|long|high)|what|which|when|combien(?: de temps)?|quel(?:le)?s?|quand|hoe(?:veel| lang| hoog)?|wat|welke?"
    r"|wanneer|wie (?:viel|lange|hoch)"
    r"|was|welche[rns]?|wann)\b(?: (?:does|do|is|are|must|can|i|it|cost|coûte(?:nt)?|est|sont|faut-il|dois-je|kost|is|zijn|moet|kan|ik"
    r"|kostet|ist|sind|muss"
    r"|kann|ich|man|the fee for|la|le)(?!\w))*\s*",
    re.IGNORECASE,
)
_LIVES = re.compile(
    r"\b(?:i (?:live|moved|am living|reside)|j'habite|je (?:vis|réside)|ik woon|ich (?:wohne|lebe)|أسكن|أعيش|yaşıyorum|oturuyorum|я живу)\b",
    re.IGNORECASE,
)
# The present of a question, and its past: the texts tell what held before in the past tense.
_TENSES = {
    "en": (("do i", "did I"), ("does", "did"), ("do", "did"), ("is", "was"), ("are", "were"), ("must i", "did I have to")),
    "fr": (("coûte", "coûtait"), ("faut-il", "fallait-il"), ("dois-je", "devais-je"), ("est", "était"), ("sont", "étaient"), ("doit-il", "devait-il")),
    "nl": (("kost", "kostte"), ("moet", "moest"), ("is", "was"), ("zijn", "waren"), ("duurt", "duurde"), ("heb", "had")),
    "de": (("kostet", "kostete"), ("muss", "musste"), ("ist", "war"), ("sind", "waren"), ("brauche", "brauchte"), ("hat", "hatte"), ("habe", "hatte")),
}
FOLLOW_UP, FRAGMENT = 10, 3
# The integration programme as the texts call it.
_PROGRAMME = {
    code: glossary.termed(name, code)
    for code, name in (("en", "integration course"), ("fr", "parcours d'intégration"), ("nl", "inburgeringscursus"), ("de", "Integrationskurs"))
}


def resolve(question: Question) -> Question:
    """A question that stands alone: what the history supplies is written into its text, regions and language.

    A fragment ("in Eupen", "and in 2023?", "I meant my husband") changes the last question asked; a short question about
    something else ("how high is the fine?") takes its subject; a question of its own only keeps the region said earlier.
    """
    said = [turn.content.strip() for turn in question.history if turn.role == "user"]
    # What commanded, greeted or thanked is nothing to go on with.
    asked = [left for turn in said if (left := without_instructions(turn)[0]) and (_content(left) or places.mentions(left))]
    if not asked:
        return question
    standing = asked[0]
    for turn in asked[1:]:
        standing = _completed(turn, standing)
    text = _completed(question.text, standing)
    regions = question.regions or places.regions(text) or _carried(text, asked)
    return replace(question, text=text, regions=regions, language=question.language or _tongue(question.text, text, standing))


def _carried(text: str, asked: list[str]) -> tuple[str, ...]:
    """The region said earlier, for a question that depends on it: of one who lives there, or on the same subject."""
    if text and not (_named(text) or set(_terms(text)) & {t for turn in asked for t in _terms(turn)}):
        asked = [turn for turn in asked if _LIVES.search(turn)]
    return next((r for turn in reversed(asked) if (r := places.regions(turn))), ())


def _terms(text: str) -> list[str]:
    return lexical.terms(dates.without(places.without(text)), language.of_question(text))


def _completed(text: str, standing: str) -> str:
    """A turn written out with what it leaves out of the question that stood before it."""
    kind = _kind(text, standing)
    if kind == "own":
        return text
    own = _OPENING.sub("", text, count=1).strip()
    if kind == "matter":
        return f"{own} {_subject(standing, text)}".strip()
    before = dates.without(standing) if dates.periods(text) else standing
    if _PAST.search(own) or any(end < date.today() for _, end in dates.periods(own)):
        before = _in_past(before)
    if found := places.mentions(own):
        if _content(text) <= 1 and not dates.periods(text):
            return _moved(before, _behind(own, found[0].start) + own[found[0].start : found[-1].end], own)
        before = places.without(before)
    if (new := _PERSON.search(own)) and (old := _PERSON.search(before)) and len(own) - len(new.group()) < 3:
        return before[: old.start()] + new.group() + before[old.end() :]
    asked = " ".join(before.split()).rstrip(" ?!.؟")
    return f"{asked}{'' if _GOES_ON.match(own) else ','} {own}"


def _in_past(standing: str) -> str:
    for now, then in _TENSES.get(language.of_question(standing), ()):
        changed = re.sub(rf"(?<![\w'-]){now}(?![\w'-])", then, standing, count=1, flags=re.IGNORECASE)
        if changed != standing:
            return changed
    return standing


def _kind(text: str, standing: str) -> str:
    """"fragment" (changes the question), "matter" (asks something else of its subject) or "own" (stands alone)."""
    words, content = len(text.split()), _content(text)
    opened = bool(_OPENING.match(text))
    asking = bool(_ASKING.search(_OPENING.sub("", text, count=1)))
    pointing = bool(_POINTING.search(text))
    if words > FOLLOW_UP + 4 or (content > FRAGMENT + 2 and not opened):
        return "own"
    if places.mentions(text) and content <= 1 and words <= 6:
        return "fragment"
    if asking and not (pointing and (_PAST.search(text) or dates.periods(text)) and content <= 1):
        same = set(_terms(text)) & set(_terms(standing))
        if content <= 1 and _PAST.search(text):
            return "fragment"
        tied = content < FRAGMENT - 1 or opened or bool(_SIDE.search(text) or _THERE.search(text) or _ABOUT_IT.search(text))
        return "matter" if (tied and content < FRAGMENT and words <= FOLLOW_UP and not _named(text)) or (opened and not same) else "own"
    if _SIDE.search(text) and content <= FRAGMENT and words <= FOLLOW_UP:
        return "matter"
    if opened and words <= FOLLOW_UP + 4:
        return "fragment"
    if pointing and content <= FRAGMENT and words <= FOLLOW_UP:
        return "matter" if content and _ABOUT_IT.search(text) else "fragment"
    known = language.of_question(text) in LANGUAGES
    return "fragment" if content == 0 or words <= (3 if known else 4) else "own"


def _content(text: str) -> int:
    """How many content words a turn has, places, dates and its opening aside."""
    left = dates.without(places.without(_HELLO.sub("", _OPENING.sub("", text, count=1))))
    return len([t for t in lexical.terms(_POINTING.sub(" ", left), language.of_question(text)) if len(t) > 1])


def _named(text: str) -> bool:
    """Whether a turn names the integration programme itself."""
    tongue = language.of_question(text)
    return tongue in _PROGRAMME and _PROGRAMME[tongue] in glossary.termed(text, tongue)


def _behind(text: str, at: int) -> str:
    """The preposition that stands before a place, with its article: "in der "."""
    found = _PREPOSITION.search(text[:at])
    return found.group() if found else ""


def _moved(standing: str, place: str, own: str) -> str:
    """The standing question with its place exchanged, preposition and all, or the place behind it."""
    found = places.mentions(standing)
    if not found:
        return f"{standing} {own}"
    for m in reversed(found):
        old = _behind(standing, m.start)
        new = "" if m is not found[0] else place if old and _behind(place, len(place.rsplit(" ", 1)[0]) + 1) else old + place.rsplit(" ", 1)[-1]
        standing = standing[: m.start - len(old)] + new + standing[m.end :]
    return standing


def _subject(standing: str, text: str) -> str:
    """What the standing question was about: the integration programme by its term, else its own words; with its place."""
    tongue = language.of_question(standing)
    where = "" if places.mentions(text) else " ".join(standing[m.start : m.end] for m in places.mentions(standing))
    if _named(standing):
        return f"{_PROGRAMME[tongue]} {where}".strip()
    return " ".join(_ASKED.sub("", places.without(standing) if places.mentions(text) else standing).split())


def _tongue(text: str, whole: str, standing: str) -> str | None:
    """The language of a turn, or of the question before where the turn is too short to tell."""
    before = language.of_question(standing)
    guess = language.of_question(text, before)
    tongue = before if len(text.split()) <= 3 or guess not in LANGUAGES else guess
    return tongue if tongue in LANGUAGES else None
