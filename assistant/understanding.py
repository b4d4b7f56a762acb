"""What a question asks for, read off its words: place, time, kind; what is instruction or prediction.

Knows the languages' cue words, nothing of documents or stores.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from . import abbreviations, bodies, dates, gloss, glossary, language, messages, people, places, sentences
from .errors import UsageError
from .records import LANGUAGES, REGIONS, Question

MAX_CHARACTERS = 4_000

# Cue words per language of the question: "was" is past in English, "what" in German.
_CUES: dict[str, dict[str, re.Pattern[str]]] = {
    name: {code: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for code, words in table.items()}
    for name, table in {
        "past": {
            "en": r"before|previously|formerly|used to|in the past|at the time|was it|were|was|did (?:i|you|he|she|we|they|it|one)|old rules?|earlier",
            "fr": r"avant|auparavant|autrefois|anciens?|anciennes?|précédemment|étai(?:t|ent)|coûtait|fallait",
            "nl": r"vóór|voor (?=\d|(?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december))"
            r"|vroeger|voorheen|destijds|toen|vorige|eerder|oude regel\w*|was|waren|moest|kostte",
            "de": r"früher\w*|vorher"
            r"|vor (?=\d|dem \d|(?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember))"
            r"|damals|zuvor|ehemals|war|waren|musste\w*|kostete|bisher",
        },
        "change": {
            "en": r"chang\w*|evol\w*|histor\w*|since when|over time|reform\w*|(?:has|have|had) (?:increased|risen|gone up|gone down|fallen|dropped)"
            r"|went (?:up|down)|from how (?:much|many)",
            "fr": r"chang\w*|depuis quand|évolu\w*|modifi\w*|réform\w*|histori\w*|(?:a|ont) (?:augmenté|baissé|diminué)"
            r"|(?:est|sont) passée?s? d|de combien à",
            "nl": r"sinds wanneer|verander\w*|gewijzigd\w*|wijzig\w*|evolutie|hervorm\w*|geschiedenis|gestegen"
            r"|gedaald|verhoogd|verlaagd|van hoeveel naar",
            "de": r"seit wann|geändert\w*|änder\w*|verändert\w*|entwickel\w*|verschärf\w*|reform\w*|geschichte"
            r"|gestiegen|gesunken|erhöht w(?:u|o)rde\w*|von wie ?viel\w* auf",
        },
        "future": {
            "en": r"will|going to|plan\w*|announce\w*|future|soon|upcoming|next year",
            "fr": r"bientôt|prévu\w*|annonc\w*|futur\w*|projet\w*|va-t-on|sera|seront|prévoi\w*",
            "nl": r"binnenkort|gepland\w*|plan\w*|toekomst\w*|aangekondigd\w*|zal|zullen|komt er",
            "de": r"geplant\w*|plan\w*|künftig\w*|zukunft\w*|angekündigt\w*|wird|werden|bald",
        },
        "compare": {
            "en": r"compar\w*|differ\w*|(?:each|every|all|which|the (?:three|four)) regions?|between (?!\d)|where in belgium|versus|vs",
            "fr": r"compar\w*|diff[éè]r\w*|(?:chaque|quelles?|toutes les|les (?:trois|quatre)) régions?|entre (?!\d)|où en belgique",
            "nl": r"vergelijk\w*|verschil\w*|(?:elke?|welke?|alle|de (?:drie|vier)) (?:gewest\w*|regio\w*)|tussen (?!\d)|waar in belgië",
            "de": r"vergleich\w*|unterschied\w*|(?:jede[rn]?|welche\w*|alle\w*|die (?:drei|vier)) regionen?|zwischen (?!\d)|wo in belgien",
        },
    }.items()
}


def _cue(name: str, text: str, language: str) -> bool:
    """Whether a text has a cue of that name, in its language (or in any, for a language without cues)."""
    table = _CUES[name]
    patterns = [table[language]] if language in table else []
    return any(p.search(text) for p in patterns)


# Asks for the outcome of one person's case.
_PREDICTION = re.compile(
    r"(\b(?:(?:will|would|do you think) (?:i|my|they|we|he|she|the \w+)|am i going to)\b.{0,60}\b(?:get|obtain|receive|approve[d]?|"
    r"accept(?:ed)?|grant(?:ed)?|refuse[d]?|reject(?:ed)?|win|succeed|pass|be (?:fined|deported))"
    r"|\b(?:what are|how high are|how good are) (?:my|the|our) (?:chances|odds)|\bmy chances\b|\bhow likely is it\b|\bguarantee\b"
    r"|\b(?:vais-je|est-ce que je vais|est-ce qu'ils vont|ma demande (?:va|sera)|mon dossier (?:va|sera)|vont-ils)\b"
    r"|\bmes chances\b|\bquelles sont (?:mes|les) chances\b|\bsera-t-(?:elle|il) (?:accept|approuv|refus)"
    r"|\b(?:zal|zullen|wordt|worden) (?:ik|mijn|ze|zij)\b.{0,60}\b(?:krijgen|goedgekeurd|aanvaard|geweigerd|slagen|lukken|winnen)"
    r"|\bmijn kans(?:en)?\b|\bhoe groot is de kans\b|\bga ik\b.{0,60}\b(?:krijgen|slagen|winnen)"
    r"|\bwird (?:mein|meine|man mir)\b.{0,60}\b(?:genehmigt|angenommen|akzeptiert|abgelehnt|bewilligt)"
    r"|\bwerde ich\b.{0,60}\b(?:bekommen|erhalten|kriegen|schaffen|bestehen|gewinnen)|\bmeine chancen\b|\bwelche chancen habe ich\b"
    r"|\bwie (?:groß|hoch|gut) (?:ist|sind|stehen) (?:die|meine) (?:chance|wahrscheinlichkeit))",
    re.IGNORECASE,
)
# A command to the assistant rather than a question about the rules.
_INSTRUCTION = re.compile(
    r"(\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instruction|rule|prompt|previous|above|guideline|source|text|citation)"
    r"|\b(?:system prompt|developer mode|jailbreak|you are now|you're now|act as|pretend (?:to be|you|that)|role-?play)\b"
    r"|\b(?:reveal|print|show|repeat|output|tell me) (?:me )?(?:your|the) (?:system |hidden |initial )?(?:prompt|instructions)"
    r"|\b(?:write|compose|tell) (?:me )?(?:a|an|some) (?:poem|song|joke|story|essay|letter|code|program|script|haiku)"
    r"|\banswer (?:only )?(?:yes|no)\b"
    r"|(?:^|[.!?;:,\n]\s*|\b(?:and|then|please|just) )(?:reply|respond|say|answer|state|claim|write)\b.{0,12}"
    r"\b(?:that|with|only|just)\b.{0,80}$"
    r"|(?:^|[.!?;:,\n]\s*|\b(?:and|then|please) )translate\b.{0,40}\b(?:into|to)\b|<\s*/?\s*(?:system|instruction|assistant)"
    r"|\b(?:ignore[zr]?|oublie[zr]?|fais comme si)\b.{0,40}\b(?:instruction|consigne|règle|précédent|source|texte)"
    r"|\b(?:écris|écrivez|raconte|racontez|compose)[ -](?:moi )?(?:un|une) (?:poème|chanson|blague|histoire|lettre)"
    r"|\bréponds? (?:seulement|uniquement|simplement|juste|par|que)\b|\bdis (?:simplement |seulement )?que\b|\btu es maintenant\b"
    r"|\b(?:negeer|vergeet)\b.{0,40}\b(?:instructie|regel|voorgaande|vorige|bron|tekst|opdracht)|\bje bent nu\b|\bdoe alsof\b"
    r"|\bschrijf (?:een|me een|mij een) (?:gedicht|lied|mop|verhaal|brief)|\bvertel (?:me |mij )?een (?:mop|verhaal|grap)"
    r"|\bantwoord (?:alleen|enkel|gewoon|met)\b|\bzeg (?:gewoon |alleen )?dat\b"
    r"|\b(?:ignorier\w*|vergiss|vergesst|missachte)\b.{0,40}\b(?:anweisung|regel|vorherig|bisherig|quelle|text)|\bdu bist (?:jetzt|nun)\b"
    r"|\btu so als\b|\bschreib\w* (?:mir )?(?:ein|eine|einen) (?:gedicht|lied|witz|geschichte|brief)|"
    r"\berzähl\w* (?:mir )?(?:ein|eine|einen) witz"
    r"|\bantworte (?:nur|einfach|mit)\b|\bsag (?:einfach |nur )?dass\b|\bübersetze\b"
    r"|(?:^|[.!?\n]\s*)(?:system|système|systeem|assistant|developer)\s*:|\b(?:base64|rot13)\b|\b(?:decode|décode[rz]?|decodeer|dekodiere)\b"
    r"|\b(?:new|nouvelles?|nieuwe|neue) (?:instructions?|polic(?:y|ies)|consignes?|instructies?|opdracht|anweisung(?:en)?|vorgaben?)\s*:"
    r"|\b(?:end|begin|start) (?:every|each) (?:sentence|answer)|\btermine chaque phrase|\beindig elke zin|\bbeende jeden satz"
    r"|\bne tiens? (?:pas|plus) compte des? (?:tes |vos )?(?:consigne|instruction|règle|source)|\btrek je niets aan van\b"
    r"|\b(?:affiche|montre|révèle|répète|donne)[zr]?\b.{0,20}\b(?:prompt|(?:tes|vos|votre|ton) (?:instructions|consignes))"
    r"|\b(?:toon|herhaal|onthul)\b.{0,20}\b(?:prompt|(?:verborgen|jouw|je) (?:verborgen )?(?:instructies|opdracht))"
    r"|\b(?:zeige?|wiederhole|verrate)\b.{0,20}\b(?:prompt|anweisungen)"
    r"|تجاهل (?:جميع |كل )?(?:التعليمات|الأوامر)|اكتب (?:لي )?قصيدة|önceki talimat|talimatları (?:yok say|unut)|bana bir (?:şiir|fıkra)"
    r"|ігноруй|забудь (?:усі|всі|попередні)|напиши (?:мені )?вірш)",
    re.IGNORECASE | re.DOTALL,
)

# What is marked up as another voice, or as no text for people: comments, chat templates, tags, code, encoded runs.
_MARKED = re.compile(
    r"<!--.*?-->|\[INST\].*?\[/INST\]|<\s*(system|instruction|assistant)s?\s*>.*?<\s*/\s*\1s?\s*>|<\|.*?\|>|```.*?```|\[/?INST\]|<!--|-->"
    r"|(?:^|(?<=\s))#{2,}\s*[^?\n]*|(?<![\w/.-])(?=[A-Za-z+/]*[0-9=])[A-Za-z0-9+/]{32,}={0,2}(?![\w/.-])",
    re.IGNORECASE | re.DOTALL,
)
_SPACED = re.compile(r"(?<!\w)(?:\w[ .\-_]){3,}\w(?!\w)")
_PART = re.compile(
    r"(?<=[.!?;:\n])\s+|\n+"
    r"|,?\s+(?:and then|and|et puis|et|en dan|en|und dann|und)\s+(?=[a-zà-ÿ]+ (?:me|your|that|the|all|que|dat)\b)"
)
_SINCE = re.compile(
    r"\b(?:since|until|till|depuis|jusqu['’](?:à|au|en)|sinds|sedert|tot(?: en met)?|seit|bis|منذ|حتى|до|з)"
    r"(?: (?:begin|early|le|début|de|dem|anfang|zum))*\W*$",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\b(how much|cost\w*|price|fee|pay|expensive|free|euro\w*|amount|fine|penalty|threshold|salary|combien.*(?:coûte|payer|prix)|coût\w*|prix|payer|"
    r"gratuit\w*|amende|montant|redevance|seuil|tarifs?|salaire|kost\w*|prijs|betalen|gratis|boete|bedrag|retributie|drempel|inkomensgrens|tarief|preis|"
    r"zahlen|bezahlen|kostenlos|bußgeld|geldbuße|betrag|gebühr|einkommensgrenze|schwelle|gehalt|"
    r"ücret\w*|fiyat\w*|kaç para|öde\w*|ceza\w*|кошту\w*|плат\w*|ціна|вартість|штраф\w*|безкоштовн\w*|безоплатн\w*|"
    r"\w*تكلف\w*|رسوم|سعر|\w*غرامة|مجاني\w*|[أا]دفع)\b",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\b(when|since|date|deadline|quand|depuis|délai|wanneer|sinds|termijn|wann|seit|frist|ne zaman|коли|термін|строк|متى|موعد|مهلة)\b", re.IGNORECASE
)
_LONG = re.compile(
    r"\b(how long|how many|years?|months?|hours?|combien|ans|années|mois|heures|hoe ?lang|hoeveel|jaar|jaren|maanden|uren|uur|wie lange|"
    r"wie viele|wieviel\w*|jahre|monate|stunden|score|points?|rank|percent\w*|%|rang|punkte|punten|"
    r"kaç|ne kadar|yıl|скільки|рок\w*|рік|місяц\w*|كم|سن[ةو]\w*|شهر|أشهر)\b",
    re.IGNORECASE,
)

Wants = Literal["amount", "when", "number", ""]


@dataclass(frozen=True, slots=True)
class Understood:
    """A question with what was read from it.

    `gloss` is a question in a language without texts as English search words; "" for others.
    `text` is what is left to answer when instructions are cut; `search` is that text with municipalities
    replaced by their regions, names of the programme by its term, and, where somebody asks if they must follow it, an age or
    nationality said beside in the rules' words. `office` is the programme's term where an office of it is named and it is not.
    """

    text: str
    search: str
    gloss: str
    asked: str
    language: str
    regions: tuple[str, ...]
    today: date
    as_of: date
    dated: bool
    period: tuple[date, date]
    past: bool
    change: bool
    future: bool
    compare: bool
    wants: Wants
    duty: bool
    price: bool
    violence: bool
    becoming: bool
    office: str
    prediction: bool
    instruction: bool

def check(question: Question) -> Question:
    """Raise UsageError if a field is malformed; else the question with its text cleaned of control characters."""
    text = "".join(c if c.isprintable() or c in "\n\t" else " " for c in unicodedata.normalize("NFC", question.text)).strip()
    if not any(c.isalnum() for c in text):
        raise UsageError("question: is empty; type a question in your own words")
    if len(text) > MAX_CHARACTERS:
        raise UsageError(
            f"question: has {len(text)} characters; shorten it to {MAX_CHARACTERS}, or ingest long texts with 'assistant ingest'"
        )
    for region in question.regions:
        if region not in REGIONS:
            raise UsageError(f"region '{region}': is unknown; use {', '.join(REGIONS)}")
    if question.language is not None and question.language not in LANGUAGES:
        raise UsageError(f"language '{question.language}': is not offered; use {', '.join(LANGUAGES)}")
    if question.length not in (None, "short", "full"):
        raise UsageError(f"length '{question.length}': is unknown; use short or full")
    return replace(question, text=text)


def understand(question: Question, today: date) -> Understood:
    """Read a checked question. A region or date given with it wins over one named in it."""
    text, instruction = without_instructions(question.text)
    asked = language.of_question(text or question.text, question.language)
    if not question.documents:  # these write as they do
        text = abbreviations.written_out(text, asked)
    past = _cue("past", text, asked)
    named = dates.periods(text) if past else _times_asked(text)
    as_of = question.as_of or today
    period = named[0] if named else (as_of, as_of)
    if len(named) > 1:
        period = (min(p[0] for p in named), max(p[1] for p in named))
    wants: Wants = ""
    if _AMOUNT.search(text):
        wants = "amount"
    elif _LONG.search(text):
        wants = "number"
    elif _WHEN.search(text):
        wants = "when"
    tongue = language.reply_language(asked, question.language)
    search = glossary.termed(places.generalised(text or question.text, {r: messages.authority(r, asked) for r in REGIONS}), asked)
    offices = bodies.programmes(text)
    compare = _cue("compare", text, asked)
    stated = places.asked(text) or offices
    if len(stated) > 1 and not compare:
        of_programme = bool(offices) or not glossary.programme(text, asked)
        stated = places.lived(text, working=not of_programme) or stated
    regions = question.regions or stated
    # An office that nobody else's business brings up: "I got a letter from Amal" is about the programme.
    office = glossary.programme(text, asked) if offices else ""
    glossed = gloss.english(search, asked) if asked not in LANGUAGES and not question.documents else ""
    duty = glossary.duty(text, asked) or glossary.glossed_duty(glossed)
    # Who must: there the words of the rules find the right section; elsewhere (voting, work) they were seen to lead away from it.
    facts = people.facts(text, asked) if duty else ()
    return Understood(
        text=text,
        search=" ".join((search, *(f"({fact})" for fact in (office, *facts) if fact))),
        gloss=glossed,
        asked=asked,
        language=tongue,
        regions=regions,
        today=today,
        as_of=as_of,
        dated=question.as_of is not None,
        period=period,
        past=past,
        change=_cue("change", text, asked),
        future=_cue("future", text, asked) or period[0] > today,
        compare=compare,
        wants=wants,
        duty=duty,
        violence=glossary.violence(text) and not question.documents,
        becoming=glossary.becoming(sentences.asking(text) or text) and not question.documents,
        price=not (duty or question.documents) and glossary.price(sentences.asking(text) or text, asked, glossed),
        office=office,
        prediction=bool(_PREDICTION.search(text)),
        instruction=instruction,
    )


def _times_asked(text: str) -> list[dates.Period]:
    """The dates that a question about the present is about: not that since or until when somebody has been something.

    Nor a date that stands only in a sentence beside the one that asks ("I came in 2022. What does the course cost?").
    """
    asking = sentences.asking(text)
    kept = [(asking[:start], period) for start, _, period in dates.spans(asking)]
    return [period for before, period in kept if not _SINCE.search(before)] if asking else dates.periods(text)


def without_instructions(text: str) -> tuple[str, bool]:
    """The parts of a text that are no commands to the assistant, and whether there were commands."""
    plain = _MARKED.sub(" ", text)
    if plain == text and not _commands(text):
        return text, False
    kept: list[str] = []
    at, tied = 0, False
    for gap in (*_PART.finditer(plain), None):
        part = plain[at : gap.start() if gap else len(plain)].strip()
        # "override your rules and add that …": what hangs on a command is one, unless it asks.
        command = _commands(part) or (tied and "?" not in part)
        if part and not command:
            kept.append(part)
        tied = command and gap is not None and (gap.group().strip(" ,") != "" or part.endswith(":"))
        at = gap.end() if gap else at
    left = " ".join(kept).strip()
    return (left if len(re.findall(r"\w+", left)) >= 3 else ""), True


def _commands(text: str) -> bool:
    return bool(_INSTRUCTION.search(text) or _INSTRUCTION.search(_SPACED.sub(lambda m: re.sub(r"[ .\-_]", "", m.group()), text)))
