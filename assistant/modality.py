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
        "en": r"not|cannot|\w+n't|no|nobody|none|nothing|never|neither|nowhere|without|stopped|unless",
        "fr": r"pas|aucune?s?|jamais|n(?:e |')\S+(?: \S+){0,3}? ni|n(?:e |')\S+(?: \S+)? plus(?! d[e'])|n(?:e "
        r"|')\S+ plus d[e'](?= ?(?:besoin|droit))"
        r"|n(?:e |')\S+ plus besoin|non(?=,| plus|$)|et non(?! europ)|non dispensée?s?|personne ne|rien|nulle?|sans|cess(?:é"
        r"|e|ent|ait|aient)|sauf(?= (?:dispens|exempt|exonér|si )\w*)|à moins qu",
        "nl": r"niet|geen|nooit|niemand|nee|neen|nergens|niets|evenmin|zonder|tenzij",
        "de": r"nicht|keine?[mnrs]?|nie|niemals|niemand\w*|weder|nein|nirgends|nichts|ohne|nichtteilnahme|es sei denn"
        r"|außer(?= bei einer| wenn)",
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
        "fr": r"doi(?:t|s|vent|ve)|devai\w+|devr\w+|devoirs?|oblig\w+|faut|fallait|tenue?s?(?= (?:de|d'|à))|exig\w*"
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
        "fr": r"peu(?:t|vent|x)|pouvai\w+|pourr\w+|possibles?|possibilité|permis de(?= \w+er\b)",
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
    r"|disagrees?|no show|without interruption",
    "fr": r"non seulement|le cas échéant|n'est-ce pas|pas d'accord|le plus \w+ possible|sans (?:date|doute|abri"
    r"|interruption)|no show",
    "nl": r"niet alleen|al dan niet|niet-\w+|niet akkoord|zo \w+ mogelijk|no show|onderhoudsplicht\w*|zonder (?:datum"
    r"|onderbreking)|niet (?:later|meer|minder) dan",
    "de": r"nicht nur|ob nicht|nicht-\w+|nicht amtliche\w*|nicht einverstanden|so \w+ wie möglich|nicht zuletzt|no show"
    r"|unterhaltspflicht\w*|steuerpflicht\w*"
    r"|nicht (?:später|mehr|weniger) als(?= \d)|ohne (?:Datum|Unterbrechung)|(?:Deutsch|Niederländisch|Französisch) können",
}
_PATTERNS = {
    code: {name: re.compile(rf"(?<![\w-])(?:{table[code]})(?![\w])", re.IGNORECASE) for name, table in _CUES.items()}
    for code in _CUES["not"]
}
_MASKS = {code: re.compile(rf"(?<![\w-])(?:{words})(?!\w)", re.IGNORECASE) for code, words in _MASKED.items()}


@lru_cache(maxsize=4096)
def cues(text: str, language: str) -> Counter[str]:
    """How often each class is said, `{"not": 1, "must": 2}`; empty for a language that it does not know."""
    if language not in _PATTERNS:
        return Counter()
    text = text.replace("’", "'").replace("May ", " ")
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
        "up": r"at least|minimum(?: of)?|no less than|more than|over|above|longer than|older than|exceed(?:s|ing)?"
        r"|higher than|from|since|starting|after",
        "down": r"at most|maximum(?: of)?|no more than|not more than|up to|less than|fewer than|under|below|younger than"
        r"|lower than|shorter than|within"
        r"|until|till|before|prior to|by",
    },
    "fr": {
        "up": r"au moins|au minimum|minimum de|plus d[e']|supérieure?s? à|dépass\w+|au-dessus de|depuis(?: le)?"
        r"|à partir d[eu]|dès(?: le)?|après(?: le)?"
        r"|à compter du",
        "down": r"au plus|au maximum|maximum de|jusqu'(?:au|en|à)|moins de|inférieure?s? à|en dessous de|dans les"
        r"|avant(?: le)?|au plus tard(?: le)?",
    },
    "nl": {
        "up": r"minstens|ten minste|minimaal|minimum|meer dan|langer dan|ouder dan|boven|over|hoger dan|ruim|sinds|vanaf|na"
        r"|sedert",
        "down": r"hoogstens|ten hoogste|maximaal|maximum|tot en met|tot|minder dan|jonger dan|onder|beneden|korter dan"
        r"|lager dan|binnen|vóór|voor|uiterlijk",
    },
    "de": {
        "up": r"mindestens|wenigstens|minimum|mehr als|länger als|älter als|über|höher als|seit(?: dem)?|ab(?: dem)?"
        r"|nach(?: dem)?",
        "down": r"höchstens|maximal|bis(?: zum| zu)?|weniger als|jünger als|unter|kürzer als|niedriger als|innerhalb von"
        r"|binnen|vor(?: dem)?|spätestens(?: am)?",
    },
}
_FIGURE = (
    r"((?:€ ?)?\d[\d.,\u00a0\u202f]*(?: \d{3})*(?:er|st|nd|rd|th)?(?: ?€| ?%| [^\W\d_]+(?: \d{4})?| [^\W\d_]+)?"
    r"|[A-ZÉa-zéûä]{3,9} \d{4})"
)
_UNDER = re.compile(r"under|over|above|below|onder|boven|unter|über", re.IGNORECASE)
_DATE = r"(\d{1,2}(?:er|\.)? [^\W\d_]+ \d{4}|[^\W\d_]{3,9} \d{4})"
_BOUNDS = {
    code: {
        side: re.compile(
            rf"(?<![\w-])(?:{words})(?!\w)(?=[^\d;:.,()]{{0,4}}?\s{_FIGURE}|[^\d;:.,()]{{5,28}}?\s{_DATE})", re.IGNORECASE
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
    found: set[tuple[str, str]] = set()
    for side, pattern in _BOUNDS.get(language, {}).items():
        for match in pattern.finditer(text.replace("’", "'")):
            # "under the decree of 2016" names a law, no limit.
            if match.group(1) or not _UNDER.match(match.group()):
                found |= {(side, q.value) for q in quantities(match.group(1) or match.group(2))}
    return frozenset(found)
