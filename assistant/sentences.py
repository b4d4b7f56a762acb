"""Sentence spans in legal and administrative prose (English, French, Dutch, German and beyond).

`spans(text, start, end)` gives exact, ordered, non-overlapping code-point spans; every character that
is not white space lies in one. Rules rather than a model: statistical splitters cut "art. 12bis",
"§ 1er", "M.B. 18.05.2016" and "z. B." apart. Knows nothing of documents.
"""

from __future__ import annotations

import re

_END = re.compile(r"[.!?…؟۔。]+(?:[\"'»”“’)\]]|[ \u00a0\u202f]»)*(?=\s|$)|[。]")
_WORD_BEFORE = re.compile(r"\S+$")

# Never end a sentence.
_ALWAYS = frozenset(
    """
    dr prof mr mrs ms mme mlle mgr me dhr mevr mw hr fr st ste jr sr geb
    bv bijv bvb vb d.w.z dwz d.h dh z.b zb p.ex p.e e.g eg i.e ie o.a oa u.a ua m.b.t mbt i.v.m ivm
    t.e.m tem m.i.v m.a.w i.p.v t.a.v n.a.v t.o.v c.q resp bzw ggf evtl inkl exkl sog insb vgl cf vs
    j.l jl eerw e.d v.u vzw.d a.u.b s.v.p i.d.r z.g zgn gew
    """.split()
)
# End no sentence when a number (or a roman numeral, or another abbreviation) follows.
_BEFORE_NUMBER = frozenset(
    """
    art artt artikel arts al alin nr nrs no nos num par § §§ abs ziff lit kap chap cap hfst hoofdst titel tit
    pp blz bl ff fol vol ed éd bd jg bijl ann annexe tel tél fax gsm ca approx env max min
    m.b mb b.s bs a.r ar k.b kb a.m m.b.w r.d st.bl d.d dd av
    jan janv jän feb fév févr mrt mär apr avr jun jul juil aug sep sept okt oct nov dec déc dez
    """.split()
)
_MONTHS = frozenset(
    """
    januar februar märz april mai juni juli august september oktober november dezember jänner
    januari februari maart mei augustus december january february march may june july october
    janvier février mars avril juin juillet août septembre octobre novembre décembre
    """.split()
)
_ORDINAL_CUES = frozenset("am vom zum der des dem den die das im ab bis seit zur beim und jeden".split())
# "a residence card A. The card …": here a single letter is the name of a thing, not of a person.
_LETTERED = frozenset(
    """
    card carte kaart karte type typ category catégorie categorie kategorie permit permis group groupe groep gruppe
    letter lettre annex annexe bijlage anhang point punt punkt model modèle title titre ausweis titel option
    """.split()
)
_INITIALS = re.compile(r"(?:[^\W\d_]\.-?)*[^\W\d_]")
_WINDOW = 60
_OPENERS = "\"'«»“”‘’„([{¿¡*_-–—•"


def spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Sentence spans of `text[start:end]`, where line breaks inside are plain white space.

    >>> t = "See art. 12bis of the Code. It costs € 1.000."
    >>> [t[a:b] for a, b in spans(t)]
    ['See art. 12bis of the Code.', 'It costs € 1.000.']
    """
    end = len(text) if end is None else end
    found: list[tuple[int, int]] = []
    first = start
    for mark in _END.finditer(text, start, end):
        if mark.start() < first or not _ends_sentence(text, first, mark, end):
            continue
        _keep(text, first, mark.end(), found)
        first = mark.end()
    _keep(text, first, end, found)
    return found


def _keep(text: str, first: int, last: int, found: list[tuple[int, int]]) -> None:
    while first < last and text[first].isspace():
        first += 1
    while last > first and text[last - 1].isspace():
        last -= 1
    if first < last:
        found.append((first, last))


def _ends_sentence(text: str, first: int, mark: re.Match[str], end: int) -> bool:
    after = text[mark.end() : min(end, mark.end() + 60)].lstrip()
    if not after:
        return True
    following = after.lstrip(_OPENERS)
    nxt = following[:1]
    if nxt.islower():
        return False
    if _inside_brackets(text, max(first, mark.start() - 400), mark.end(), end):
        return False
    if mark.group()[0] != "." or mark.group().startswith(".."):
        return True
    before = _WORD_BEFORE.search(text, max(first, mark.start() - _WINDOW), mark.start())
    word = re.sub(r"^(?:[cdjlmnst]|qu)['’]", "", before.group().lstrip(_OPENERS).lower()) if before else ""
    if not word:
        return True
    if word in _ALWAYS:
        return False
    if word in _BEFORE_NUMBER:
        return not (nxt.isdigit() or nxt == "§" or re.match(r"(?:[IVXLC]+|[A-Z])\b", following))
    if word.isdigit():
        return not _ordinal(text, first, before.start() if before else first, word, following)
    if _INITIALS.fullmatch(word):
        lead = text[max(first, before.start() - _WINDOW) : before.start()].split() if before else []
        return len(word) == 1 and bool(lead) and lead[-1].lower() in _LETTERED
    return True


def _ordinal(text: str, first: int, at: int, number: str, following: str) -> bool:
    if len(number) > 2:
        return False
    head = re.match(r"\w+", following)
    if head and head.group().lower() in _MONTHS:
        return True
    lead = text[max(first, at - _WINDOW) : at].strip(" \t\n" + _OPENERS)
    return not lead.split() or lead.split()[-1].lower() in _ORDINAL_CUES


def _inside_brackets(text: str, first: int, at: int, end: int) -> bool:
    if text.rfind("(", first, at) <= text.rfind(")", first, at):
        return False
    close = text.find(")", at, min(end, at + 120))
    return close >= 0 and "\n\n" not in text[at:close] and "(" not in text[at:close]


def asking(text: str) -> str:
    """The sentences of a question that end with a question mark; "" if none does."""
    return " ".join(part for part in re.split(r"(?<=[.!?؟])\s+", text) if part.endswith(("?", "؟")))
