"""What a sentence does to a rule, read off its words: negates, obliges, allows, exempts, bounds a figure, begins or ends.

Knows the cue words of English, French, Dutch and German, and fewer of Arabic, Turkish and Ukrainian; nothing of documents,
models and stores.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from .quantities import quantities

# Class → language → cue words. An exemption counts as a duty and its negation, so that "is exempt" meets "need not".
_CUES: dict[str, dict[str, str]] = {
    "not": {
        "en": r"not|cannot|\w+n't|no|nobody|none|nothing|never|neither|nowhere|without|stopped|unless"
        r"|out of date|outdated|breach(?:es|ed)|violate[sd]?"
        r"|breaks? (?:the|an?|your|their|his|her) (?:\w+ )?(?:project|rules?|contract|agreement|dut(?:y|ies))",
        "fr": r"pas|aucune?s?|jamais|n(?:e |')\S+(?: \S+){0,3}? ni|n(?:e |')\S+(?: \S+)? plus(?! d[e'])|n(?:e "
        r"|')\S+ plus d[e'](?= ?(?:besoin|droit))"
        r"|n(?:e |')\S+ plus besoin|non(?=,| plus|$)|et non(?! europ)|non dispensée?s?|personne ne|rien|nulle?|sans|cess(?:é"
        r"|e|ent|ait|aient)|sauf(?= (?:dispens|exempt|exonér|si )\w*)|à moins qu|dépassée?s?(?! (?:de|par)\b)|périmée?s?|enfrei\w+",
        "nl": r"niet|geen|nooit|niemand|nee|neen|nergens|niets|evenmin|zonder|tenzij|verouderde?|achterhaalde?|schendt|overtreedt",
        "de": r"nicht|keine?[mnrs]?|nie|niemals|niemand\w*|weder|nein|nirgends|nichts|ohne|nichtteilnahme|es sei denn"
        r"|außer(?= bei einer| wenn)|überholte?n?|veraltete?n?|verstößt",
        "ar": r"[وف]?(?:لا|لم|لن|ليس(?:ت|وا)?|غير|دون|بدون|عدم)",
        "tr": r"değil\w*|yok\w*|hiçbir\w*|asla|hayır"
        r"|\w+(?:m[ae]z|m[ıiuü]yor|m[ae]d[ıi]|m[ae]y[ae]c[ae][kğ])\w*",
        "uk": r"не|ні|немає|жодн\w+|без|ніколи|ніхто|нічого",
    },
    "exempt": {
        "en": r"exempt\w*|waived?|waiver",
        "fr": r"(?<!non )dispens\w*|exempt\w*|exonér\w*",
        "nl": r"vrijgestelde?n?|vrijstelling\w*|ontheffing\w*|vrijstellen|vrijstelt|stel(?:t|len)\b.{3,90}? vrij",
        "de": r"befrei(?:t|ung|en)\w*|ausgenommen|freigestellt\w*|freistellung\w*|stellt\b.{3,90}? frei",
        "ar": r"(?:[وفبل]?ال|[وفبل])?(?:معف(?:ى|اة|يون|يين|ي)|إعفاء\w*|[يت]عفى)",
        "tr": r"muaf\w*|istisna\w*",
        "uk": r"звільн\w+|винят\w+",
    },
    "must": {
        "en": r"must|ha(?:ve|s|d) to|oblige[ds]?|obligations?|obligatory|compulsory|mandatory|required?|requires|dut(?:y"
        r"|ies)|needs?|needed|necessary",
        "fr": r"doi(?:t|s|vent|ve)|dev(?:ez|ons)|devai\w+|devr\w+|devoirs?|oblig\w+|faut|fallait|tenue?s?(?= (?:de|d'|à))|exig\w*"
        r"|requi(?:s|se|ses|ert|èrent)"
        r"|imposé\w*|impos(?:e|ent|ait|aient)|besoin|nécessaires?",
        "nl": r"moet(?:en)?|moest(?:en)?|plicht\w*|vereis\w*|hoe(?:ft|ven)|dien(?:t|en) te|(?:\w+)?verplicht\w*|\w+plicht"
        r"|nodig|oplegt|oplegde",
        "de": r"muss|müssen|musste\w*|verpflicht\w*|pflicht\w*|obligatorisch\w*|erforder\w*|vorgeschrieben\w*|\w+pflicht"
        r"|brauch(?:t|en)|nötig\w*|notwendig\w*"
        r"|hat zu|haben zu|benötig\w*",
        "ar": r"[وف]?(?:يجب|يتعين|يلزم|عليك|ملزم\w*|مطلوب\w*|[يت]حتاج|واجب\w*)|(?:ال)?(?:إلزامي|إجباري)\w*",
        "tr": r"zorunlu\w*|zorunda\w*|gerek\w*|şart\w*|mecbur\w*|yükümlü\w*"
        r"|\w{2,}m[ae]l[ıi](?:s[ıi]n\w*|d[ıi]r\w*|y[ıi]z)",
        "uk": r"повин\w+|мус\w+|зобов'яза\w+|обов'язк\w+|потрібн\w+|необхідн\w+|треба|слід"
        r"|вимага\w+|мають",
    },
    "may": {
        "en": r"may|can|could|might|cannot|can't|allowed|permitted|possible|able to",
        "fr": r"peu(?:t|vent|x)|pouv(?:ez|ons)|pouvai\w+|pourr\w+|possibles?|possibilité|permis de(?= \w+er\b)",
        "nl": r"kan|kunnen|kon(?:den)?|mag|mogen|mocht\w*|mogelijk|toegestaan",
        "de": r"kann|können|konnte\w*|könnte\w*|darf|dürfen|durfte\w*|möglich|erlaubt",
        "ar": r"[وف]?(?:يمكن\w*|يجوز|بإمكان\w*|[يت]ستطيع\w*|يحق|مسموح\w*)",
        "tr": r"\w+[ae]bil\w+|mümkün\w*|izin verilir",
        "uk": r"може\w*|можуть|можна|можлив\w+|дозвол\w+",
    },
    "free": {
        "en": r"voluntar\w+|optional\w*", "fr": r"volontaire\w*|facultati\w+", "nl": r"vrijwillig\w*|facultatief|facultatieve",
        "de": r"freiwillig\w*|fakultativ\w*",
        "ar": r"(?:ال)?(?:طوعي|اختياري)\w*",
        "tr": r"gönüllü\w*|isteğe bağlı",
        "uk": r"добровільн\w+",
    },
    "only": {
        "en": r"only|just|alone|solely|merely", "fr": r"seul\w*|uniquement|n(?:e |')\S+(?: \S+){0,4}? que?\b|simple",
        "nl": r"alleen|enkel|slechts|louter", "de": r"nur|allein\w*|ausschließlich|lediglich|bloße?\w*",
        "ar": r"فقط|سوى",
        "tr": r"yalnızca|sadece",
        "uk": r"лише|тільки",
    },
}
# Words that look like cues and are none.
_MASKED = {
    "en": r"not only|whether or not|if not|no \d|(?:no|not) (?:more|less|fewer|later|earlier) than|as \w+ as possible"
    r"|disagrees?|no show|without interruption|(?:only|just|merely) one of",
    "fr": r"non seulement|le cas échéant|n'est-ce pas|pas d'accord|le plus \w+ possible|sans (?:date|doute|abri"
    r"|interruption)|no show|qu'une? (?:des|de|parmi)|(?:seulement|uniquement) une? des",
    "nl": r"niet alleen|al dan niet|niet-\w+|niet akkoord|zo \w+ mogelijk|no show|onderhoudsplicht\w*|zonder (?:datum"
    r"|onderbreking)|niet (?:later|meer|minder) dan|(?:slechts|maar|alleen) (?:een|één) van",
    "de": r"nicht nur|ob nicht|nicht-\w+|nicht amtliche\w*|nicht einverstanden|so \w+ wie möglich|nicht zuletzt|no show"
    r"|unterhaltspflicht\w*|steuerpflicht\w*"
    r"|nicht (?:später|mehr|weniger) als(?= \d)|ohne (?:Datum|Unterbrechung)|(?:Deutsch|Niederländisch|Französisch) können"
    r"|nur eine?[rs]? (?:von|der|unter)",
}
# A yes or no that answers a heading negates nothing in its sentence.
_ANSWER = re.compile(r"^\W*(?:yes|no|oui|non|ja|nee|neen|nein)\s*,\s+", re.IGNORECASE)
# What begins and what ends, what is before and what is after: the one is not the other.
_TURNS: dict[str, dict[str, str]] = {
    "foreign": {"en": r"foreign\w*", "fr": r"étrang\w+", "nl": r"buitenland\w*|vreemdeling\w*", "de": r"ausländ\w*"},
    "belgian": {"en": r"belgian", "fr": r"belges?", "nl": r"belgische?", "de": r"belgisch\w*"},
    "begin": {
        "en": r"begin(?:s|ning)?|began|start(?:s|ed|ing)?|runs? from|ran from|counted from|arises?", "fr": r"commenc\w+|début\w*|naît|court (?:à|dès)",
        "nl": r"begin(?:t|nen)|begon(?:nen)?|start(?:t|en|te)?|ontsta\w+|ontstond\w*", "de": r"beginn\w*|begann\w*|starte[tn]|entsteh\w*|entstand\w*",
    },
    "end": {
        "en": r"ends?|ended|expire[sd]?|stop(?:s|ped)?", "fr": r"se termin\w+|prend fin|prit fin|expir\w+|finit|cess\w+",
        "nl": r"eindig\w*|verstrijk\w*|verloopt|stopt(?:e|en)?", "de": r"ende[tn]\w*|erlisch\w*|erlosch\w*",
    },
    "before": {"en": r"before|prior to", "fr": r"avant", "nl": r"vóór|voordat|vooraleer|voorafgaand", "de": r"vor|bevor|ehe"},
    "after": {"en": r"after|following", "fr": r"après|à l'issue", "nl": r"na|nadat|nadien", "de": r"nach|nachdem"},
}  # fmt: skip
_OTHER_TURN = {"foreign": "belgian", "belgian": "foreign", "begin": "end", "end": "begin", "before": "after", "after": "before"}
_TURN = {
    code: {name: re.compile(rf"(?<![\w-])(?:{table[code]})(?![\w-])", re.IGNORECASE) for name, table in _TURNS.items()} for code in _TURNS["begin"]
}
_PATTERNS = {
    code: {name: re.compile(rf"(?<![\w-])(?:{table[code]})(?![\w])", re.IGNORECASE) for name, table in _CUES.items()}
    for code in _CUES["not"]
}
_MASKS = {code: re.compile(rf"(?<![\w-])(?:{words})(?!\w)", re.IGNORECASE) for code, words in _MASKED.items()}


_AGAIN = re.compile(r"\b(and|et|en|und|or|ou|of|oder) (?:no|aucune?|geen|keine?[mnrs]?)\b", re.IGNORECASE)
# An upper limit that is written as a negation.
_AT_MOST = {
    "en": (
        r"(?:(?:may|can|must|does|do|will|is|are) not|cannot) (?:be )?(?:more|longer|higher|older) than|(?:(?:may|can|must|does|do) not|cannot) exceed",
        "is at most",
    ),
    "fr": (r"ne (?:peu(?:t|vent)|doi(?:t|vent)) (?:pas )?dépasser|ne dépass\w+ pas|n'excèd\w+ pas", "est au plus"),
    "nl": (r"(?:mag|kan|mogen) niet (?:meer|langer|hoger|ouder) (?:zijn |duren )?dan|is niet (?:meer|langer|hoger) dan", "is hoogstens"),
    "de": (r"(?:darf|dürfen|kann) nicht (?:mehr|länger|höher) (?:sein )?als|ist nicht (?:mehr|länger|höher) als", "ist höchstens"),
}  # fmt: skip
_LIMITS = {code: (re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE), plain) for code, (words, plain) in _AT_MOST.items()}


def _bounded(text: str, language: str) -> str:
    """A text whose upper limits are no negations: "may not be more than 2" is "is at most 2"."""
    if language not in _LIMITS:
        return text
    pattern, plain = _LIMITS[language]
    return pattern.sub(plain, text)


@lru_cache(maxsize=4096)
def cues(text: str, language: str) -> Counter[str]:
    """How often each class is said, `{"not": 1, "must": 2}`; empty for a language that it does not know."""
    if language not in _PATTERNS:
        return Counter()
    text = _ANSWER.sub("", _bounded(text.replace("’", "'"), language).replace("May ", " "))
    first = _PATTERNS[language]["not"].search(text)
    if first:  # "no A and no B" denies once, and "A and no B" too
        text = text[: first.end()] + _AGAIN.sub(r"\1", text[first.end() :])
    if language in _MASKS:
        text = _MASKS[language].sub(" ; ", text)
    if language == "en":
        text = re.sub(r"\bmust not\b", "may not", text, flags=re.IGNORECASE)
    found = Counter({name: n for name, pattern in _PATTERNS[language].items() if (n := len(pattern.findall(text)))})
    if exempt := found.get("exempt", 0):
        found["not"] += exempt
        found["must"] += exempt
    return found


# Words before a figure that make it a lower or an upper bound, or a day a beginning or an end.
_BEFORE: dict[str, dict[str, str]] = {
    "en": {
        "up": r"at least|minimum(?: of)?|no less than|(?<!no )(?<!not )more than|over|above|longer than|older than|exceed(?:s|ing)?"
        r"|higher than|from|since|starting|after",
        "down": r"at most|maximum(?: of)?|no more than|not more than|up to|(?<!no )(?<!not )less than|fewer than|under|below|younger than"
        r"|lower than|shorter than|within"
        r"|until|till|before|prior to|by",
    },
    "fr": {
        "up": r"au moins|au minimum|minimum de|(?<!pas )plus d[e']|supérieure?s? à|dépass\w+|au-dessus de|depuis(?: le)?"
        r"|à partir d[eu]|dès(?: le)?|après(?: le)?"
        r"|à compter du",
        "down": r"au plus|pas plus d[e']|au maximum|maximum de|jusqu'(?:au|en|à)|moins de|inférieure?s? à|en dessous de|dans les"
        r"|avant(?: le)?|au plus tard(?: le)?",
    },
    "nl": {
        "up": r"minstens|ten minste|minimaal|minimum|(?<!niet )meer dan|langer dan|ouder dan|boven|over|hoger dan|ruim|sinds|vanaf|na"
        r"|sedert",
        "down": r"hoogstens|ten hoogste|niet meer dan|maximaal|maximum|tot en met|tot|minder dan|jonger dan|onder|beneden|korter dan"
        r"|lager dan|binnen|vóór|voor|uiterlijk",
    },
    "de": {
        "up": r"mindestens|wenigstens|minimum|(?<!nicht )mehr als|länger als|älter als|über|höher als|seit(?: dem)?|ab(?: dem)?"
        r"|nach(?: dem)?",
        "down": r"höchstens|maximal|nicht mehr als|bis(?: zum| zu)?|weniger als|jünger als|unter|kürzer als|niedriger als|innerhalb von"
        r"|binnen|vor(?: dem)?|spätestens(?: am)?",
    },
}
_FIGURE = (
    r"((?:€ ?)?\d[\d.,\u00a0\u202f]*(?: \d{3})*(?:er|st|nd|rd|th)?(?: ?€| ?%| [^\W\d_]+(?: \d{4})?| [^\W\d_]+)?"
    r"|[A-ZÉa-zéûä]{3,9} \d{4})"
)
_UNDER = re.compile(r"under|over|above|below|onder|boven|unter|über", re.IGNORECASE)
_DATE = r"(\d{1,2}(?:er|\.)? [^\W\d_]+ \d{4}|[^\W\d_]{3,9} \d{4})"
_AGE = r"(?:the age of|l'âge de|(?:de )?leeftijd van|(?:dem |das |zum )?Alter von)"
# "From May 2024 to 31 January 2025": a day or month that begins, and one that ends.
_RANGE = re.compile(
    rf"(?<!\w)(?:from|de|du|van|vanaf|von|vom|ab)\s{_DATE}(?:\s|,\s)(?:to|until|till|au|à|jusqu'(?:au|en|à)|tot(?: en met)?|bis(?: zum)?)"
    rf"(?: (?:the end of|fin|eind|ende))?\s(?:{_DATE}|(\d{{4}}))(?!\w)",
    re.IGNORECASE,
)
_BOUNDS = {
    code: {
        side: re.compile(
            rf"(?<![\w-])(?:{words})(?![\w-])(?=(?: {_AGE}|[^\d;:.,()]{{0,4}}?)\s{_FIGURE}|[^\d;:.,()]{{5,28}}?\s{_DATE})", re.IGNORECASE
        )
        for side, words in sides.items()
    }
    for code, sides in _BEFORE.items()
}


@lru_cache(maxsize=4096)
def bounds(text: str, language: str) -> frozenset[tuple[str, str]]:
    """Which side each bounded figure is bounded on: {("up", "5 years" as "60"), ("down", "2025-08-17")}.

    "up" is at least, more than, since, after; "down" is at most, under, within, until, before.
    """
    text = _bounded(text.replace("’", "'"), language)
    nearest: dict[int, tuple[int, str, str]] = {}  # where a figure stands → its last bounding word, side, and the figure
    for side, pattern in _BOUNDS.get(language, {}).items():
        for match in pattern.finditer(text):
            # "under the decree of 2016" names a law, no limit.
            if match.group(1) or not _UNDER.match(match.group()):
                at = match.start(1) if match.group(1) else match.start(2)
                nearest[at] = max(nearest.get(at, (-1, "", "")), (match.start(), side, match.group(1) or match.group(2)))
    found = {(side, q.value) for _, side, figure in nearest.values() for q in quantities(figure)}
    for match in _RANGE.finditer(text):
        found |= {("up", q.value) for q in quantities(match.group(1))} | {("down", q.value) for q in quantities(match.group(2) or match.group(3))}
    return frozenset(found)


@lru_cache(maxsize=4096)
def denied(text: str, language: str) -> frozenset[str]:
    """The two words behind each negation, articles aside: what is denied."""
    if language not in _PATTERNS:
        return frozenset()
    text = _ANSWER.sub("", text.replace("’", "'"))
    found: set[str] = set()
    for match in _PATTERNS[language]["not"].finditer(text):
        words = [w for w in re.findall(r"\w+", text[match.end() :].lower()) if len(w) > 3 or w.isdigit()]
        found |= set(words[:2])
    return frozenset(found)


def turned(claim: str, quote: str, language: str, other: str) -> list[str]:
    """What a claim lets begin or end, or sets before or after, where its quote only has the opposite: ["end"]."""
    mine, theirs = ({name for name, p in _TURN.get(code, {}).items() if p.search(text)} for text, code in ((claim, language), (quote, other)))
    return sorted(name for name in mine if (back := _OTHER_TURN[name]) in theirs and name not in theirs and back not in mine)
