"""Who a question is about: a relative, a group that rules speak of, an age, a nationality. No language model.

Knows the words of English, French, Dutch and German; nothing of documents, stores and screens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Groups of people that rules speak of, with an article: a new one takes the place of the old one.
_GROUP = re.compile(
    r"(?:(?<=\s)|^)(?:(?:an?|the|une?|les?|la|een|de|der|die|das|eine?n?) |l'|d')?(?:recognised |erkende? |anerkannte[rn]? )?(?:refugees?"
    r"|asylum seekers?|eu citizens?|turk(?:s|ish (?:citizens?|nationals?))?|students?|moroccans?|cohabitants?|single (?:persons?|people)"
    r"|réfugiée?s?(?: reconnue?s?)?|demandeu(?:rs?|ses?) d'asile|citoyen(?:ne)?s? (?:européen(?:ne)?s?|de l'ue)|turcs?|étudiante?s?"
    r"|marocaine?s?|cohabitante?s?|personnes? (?:isolée?s?|seule?s?)"
    r"|vluchteling(?:en)?|asielzoekers?|eu-burgers?|turken|studenten?|marokkanen|marokkaan|samenwonenden?|alleenstaanden?"
    r"|flüchtlinge?n?|asylbewerber\w*|asylsuchende\w*|eu-bürger\w*|türken|türkische bürger|studierende\w*|zusammenlebende\w*"
    r"|alleinstehende\w*)(?!\w)",
    re.IGNORECASE,
)
_KIN = (
    r"husband|wife|partner|spouse|mother|father|mum|mom|dad|parents?|sons?|daughters?|child(?:ren)?|brothers?|sisters?|family|friends?|cousins?|grand\w+"
    r"|mari|femme|épou(?:x|se)|conjointe?|compagn\w+|mère|père|fils|filles?|enfants?|frères?|sœurs?|soeurs?|famille|amie?s?"
    r"|man|vrouw|echtgeno\w+|moeder|vader|ouders|zoon|zonen|dochters?|kind(?:eren)?|broers?|zus(?:sen)?|gezin|familie|vriend\w*"
    r"|mann|frau|ehe\w+|mutter|vater|eltern|sohn|söhne|töchter|tochter|kinder|bruder|brüder|schwestern?|geschwister|freund\w*|partnerin|oma|opa"
)
_RELATIVE = re.compile(
    rf"(?<!\w)(?:my|our|mon|ma|mes|notre|nos|mijn|onze?|mein(?:e[nrms]?)?|unser(?:e[nrms]?)?) (?:{_KIN})(?!\w)", re.IGNORECASE
)
_PREPOSITION = re.compile(r"(?:(?:for|about|with|pour|avec|de|voor|met|over|für|mit|bei|von|i'm|i am|je suis|ik ben|ich bin)\s+)$", re.IGNORECASE)
_SINGULAR = re.compile(r"^(?:(?:an?|une?|een|eine?n?|mon|ma|notre) |l')", re.IGNORECASE)
_PLURAL = re.compile(r"(?:s|children|kinderen|ouders|eltern|kinder|geschwister|people|[^\W\d_]{4,}en|linge|bewerber|bürger|ende)$", re.IGNORECASE)
# Verbs beside "I" or "who", with their forms for one other and for several others.
_VERBS = {
    "en": {"must": ("must", "must"), "can": ("can", "can"), "may": ("may", "may"), "should": ("should", "should"), "did": ("did", "did"),
           "do": ("does", "do"), "am": ("is", "are"), "have": ("has", "have"), "has": ("has", "have"), "is": ("is", "are")},
    "fr": {"dois": ("doit", "doivent"), "doit": ("doit", "doivent"), "peux": ("peut", "peuvent"), "puis": ("peut", "peuvent"),
           "peut": ("peut", "peuvent"), "ai": ("a", "ont"), "a": ("a", "ont"), "suis": ("est", "sont"), "est": ("est", "sont")},
    "nl": {"moet": ("moet", "moeten"), "mag": ("mag", "mogen"), "kan": ("kan", "kunnen"), "ben": ("is", "zijn"), "is": ("is", "zijn"),
           "heb": ("heeft", "hebben"), "heeft": ("heeft", "hebben"), "krijg": ("krijgt", "krijgen"), "krijgt": ("krijgt", "krijgen"),
           "betaal": ("betaalt", "betalen")},
    "de": {"muss": ("muss", "müssen"), "darf": ("darf", "dürfen"), "kann": ("kann", "können"), "soll": ("soll", "sollen"),
           "bin": ("ist", "sind"), "ist": ("ist", "sind"), "habe": ("hat", "haben"), "hat": ("hat", "haben"),
           "brauche": ("braucht", "brauchen"), "bekomme": ("bekommt", "bekommen"), "bekommt": ("bekommt", "bekommen"), "zahle": ("zahlt", "zahlen")},
}  # fmt: skip
_I = {"en": ("i", "who"), "nl": ("ik", "wie"), "de": ("ich", "wer")}
ANYONE = {"en": "someone", "fr": "quelqu'un", "nl": "iemand", "de": "jemand"}

# Who is of an age or a nationality: a figure or a name behind "is"; a language that is learnt is none.
_AGE = re.compile(
    r"\b(?:am|is|are|aged|age|be|ben|bent|wordt|van|bin|ist|sind|von|werde)\s+(?:now |nu |jetzt |al |schon )?(?P<a>\d{2})"
    r"(?![\w%€]|[.,]\d|\s*(?:%|€|eur|hour|uur|uren|stund|heure|month|maand|monat|mois|week|woche|day|dag|tag|punt|point|punkt|of|van|von|out|km|m²"
    r"|jaar in|years in|[^\W\d_]+\.? \d{4}|bis \d|tot \d|to \d|à \d))"
    r"|\b(?:ai|a|ans? de|âgée?s? de|de) (?P<b>\d{2}) ans\b(?! de| en| dans| que| d')"
    r"|\b(?P<c>\d{2})(?:[ -]?(?:jarige|jährige[rnms]?)\b|[ -]years?[ -]old\b| jaar oud\b| jahre alt\b)",
    re.IGNORECASE,
)
OLD, GROWN = 65, 18
_IS = r"(?<!\w)(?:am|is|are|i'm|he's|she's|suis|est|sont|ben|bin|ist|sind|zijn)\s+(?:an? |une? |een |eine? )?"
_EU = re.compile(
    _IS + r"(?:(?:french|german|spanish|italian|polish|portuguese|romanian|bulgarian|greek|irish|hungarian|swedish|danish|austrian|croatian"
    r"|czech|slovak|dutch|finnish|luxembourgish|lithuanian|latvian|estonian|slovenian|maltese|cypriot)"
    r"(?=\W*$|[,.;?!]| (?:citizen|national|and|must|does|do|but|too)))"
    r"|(?<!c')" + _IS + r"(?:français|allemand|espagnol|italien|polonais|portugais|roumain|bulgare|grec"
    r"|irlandais|hongrois|suédois|danois|autrichien|croate"
    r"|tchèque|slovaque|néerlandais|finlandais|luxembourgeois|lituanien|letton|estonien|slovène)(?:ne|que|e)?s?(?!\w)"
    r"|" + _IS + r"(?:frans|duits|spaans|italiaans|pools|portugees|roemeens|bulgaars|grieks|iers|hongaars|zweeds|deens|oostenrijks|kroatisch"
    r"|nederlands)e?(?!\w)"
    r"|(?<=une )française(?!\w)|(?-i:(?<!\w)Deutsche[rn]?(?!\w))|(?<!\w)(?:fransman|duitser|spanjaard|italiaan|pool|portugees|roemeen|bulgaar|griek"
    r"|nederlander|franzose|französin"
    r"|spanier(?:in)?|italiener(?:in)?|pole|polin|portugiese|portugiesin|rumäne|rumänin|bulgare|bulgarin|grieche|griechin|ungar(?:in)?"
    r"|niederländer(?:in)?|österreicher(?:in)?|kroate|kroatin)(?!\w)",
    re.IGNORECASE,
)
_SAID = {
    "eu": {"en": "EU citizen", "fr": "citoyen de l'UE", "nl": "EU-burger", "de": "EU-Bürger"},
    "old": {"en": "65 or older", "fr": "65 ans ou plus", "nl": "65 jaar of ouder", "de": "65 Jahre oder älter"},
    "young": {"en": "under 18, minor", "fr": "moins de 18 ans, mineur", "nl": "jonger dan 18, minderjarig", "de": "unter 18, minderjährig"},
}


@dataclass(frozen=True, slots=True)
class Who:
    """A person or group named in a text: where, and whether a relative of the asker."""

    start: int
    end: int
    text: str
    relative: bool


def named(text: str) -> Who | None:
    """The first relative or group that a text names.

    >>> named("I meant my husband, he is 67").text, named("und für einen Flüchtling?").text
    ('my husband', 'einen Flüchtling')
    """
    found = [Who(m.start(), m.end(), m.group(), relative) for pattern, relative in ((_RELATIVE, True), (_GROUP, False)) if (m := pattern.search(text))]
    return min(found, key=lambda who: (not who.relative, who.start), default=None)


def bare(who: Who) -> str:
    """Who without the article: "an asylum seeker" → "asylum seeker"."""
    return re.sub(r"^(?:(?:an?|the|une?|les?|la|een|de|der|die|das|eine?n?) |l'|d')", "", who.text, flags=re.IGNORECASE)


def instead(standing: str, text: str, language: str) -> str | None:
    """A question with its asker, its "who" or its group exchanged for whom `text` names; None if there is nothing to exchange.

    >>> instead("Must I follow the course?", "my husband, he is 67", "en")
    'Must my husband follow the course, he is 67?'
    >>> instead("Wer muss den Kurs machen?", "Asylbewerber", "de")
    'Müssen Asylbewerber den Kurs machen?'
    """
    old, who = _GROUP.search(standing), named(text)
    if old and (tie := _PREPOSITION.search(standing[: old.start()])) and text.lower().startswith(tie.group().lower()):
        return standing[: tie.start()] + text.strip(" ?!.") + standing[old.end() :]
    if who is None:
        return None
    rest = (_PREPOSITION.sub("", text[: who.start]) + text[who.end :]).strip(" ,?!.;")
    if not who.relative and old and len(rest) < 3:
        return standing[: old.start()] + who.text + standing[old.end() :]
    kin = _RELATIVE.search(standing) if who.relative else None
    if kin and len(rest) < 3:
        return standing[: kin.start()] + who.text + standing[kin.end() :]
    changed = _in_place_of_i(standing, _subject(who.text), language)
    if changed is None:
        return None
    asked, mark = re.fullmatch(r"(.*?)(\s*[?!.]*)", changed, re.DOTALL).groups()  # type: ignore[union-attr]
    before, named_, after = asked.partition(_subject(who.text))
    asked = before + named_ + (after if _MYSELF.search(text) else _of_others(after, language))
    return f"{asked}, {rest}{mark}" if rest else f"{asked}{mark}"


_MYSELF = re.compile(r"\b(?:i'm|i am|je suis|ik ben|ich bin)\b", re.IGNORECASE)
# "My", said of somebody else.
_THEIR = {
    "en": [(r"my", "their")], "fr": [(r"mon", "son"), (r"ma", "sa"), (r"mes", "ses")], "nl": [(r"mijn", "hun")],
    "de": [(r"mein((?:e[nrms]?)?)", r"ihr\1")],
}  # fmt: skip


def _of_others(text: str, language: str) -> str:
    for mine, theirs in _THEIR.get(language, ()):
        text = re.sub(rf"(?<!\w){mine}(?!\w)", theirs, text)
    return text


def _subject(who: str) -> str:
    """As the subject of a sentence: "meinen Mann" → "mein Mann", "einen Flüchtling" → "ein Flüchtling"."""
    return re.sub(r"^(mein|unser|ein)(?:en|em)(?= )|^(meine|unsere|eine)r(?= )", lambda m: m.group(1) or m.group(2), who, flags=re.IGNORECASE)


def _in_place_of_i(standing: str, who: str, language: str) -> str | None:
    verbs = _VERBS.get(language)
    if not verbs:
        return None
    several = bool(_PLURAL.search(who)) and not _SINGULAR.match(who)
    form = "|".join(verbs)
    if language == "fr":
        il = "il" if several or not re.match(r"(?:ma|une) |.*e(?: reconnue)?$", who, re.IGNORECASE) else "elle"
        pattern = rf"(?<![\w'-])(?:(?P<a>{form})-je|(?P<b>est-ce que je) (?P<v>{form})|qui (?P<c>{form}))(?!\w)"

        def french(m: re.Match[str]) -> str:
            if m["b"]:
                return f"est-ce que {who} {verbs[m['v'].lower()][several]}"
            verb = verbs[str(m["a"] or m["c"]).lower()][several]
            return f"{who} {verb}-{'t-' if verb[-1] not in 'dt' else ''}{il}{'s' if several else ''}"

        changed, count = re.subn(pattern, french, standing, count=1, flags=re.IGNORECASE)
    else:
        i, whom = _I[language]
        pattern = rf"(?<![\w'-])(?:(?P<a>{form}) {i}|{whom} (?P<c>{form}))(?!\w)"
        changed, count = re.subn(pattern, lambda m: f"{verbs[str(m['a'] or m['c']).lower()][several]} {who}", standing, count=1, flags=re.IGNORECASE)
    return (changed[0].upper() + changed[1:] if standing[:1].isupper() else changed) if count else None


def facts(text: str, language: str) -> tuple[str, ...]:
    """What an age or nationality in a question means in the words of the rules.

    >>> facts("Mijn moeder is 67. Moet zij inburgeren?", "nl"), facts("Muss mein Mann, er ist Franzose, den Kurs machen?", "de")
    (('65 jaar of ouder',), ('EU-Bürger',))
    """
    found = ["eu"] if _EU.search(text) else []
    for m in _AGE.finditer(text):
        age = int(m["a"] or m["b"] or m["c"])
        found += ["old"] if age >= OLD else ["young"] if 10 <= age < GROWN else []
    return tuple(_SAID[name][language] for name in dict.fromkeys(found) if language in _SAID[name])


def replaced_by_anyone(text: str, language: str) -> str:
    """A question with the relative or group that it names exchanged for anyone."""
    who = named(text)
    return text if who is None else text[: who.start] + ANYONE.get(language, ANYONE["en"]) + text[who.end :]
