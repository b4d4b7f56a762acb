"""Questions in languages that the texts do not have, word by word in English search words. Knows nothing else.

Arabic, Turkish and Ukrainian: `data/gloss.tsv` has stems of each with what the texts say for them. A stem is matched at the
beginning of a word, which covers endings ("$": of the whole word); the longest wins. What is glossed is no translation: it helps to find and to read.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

LEXICON = Path(__file__).with_name("data") / "gloss.tsv"
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_MARKS = re.compile(r"[\u064b-\u065f\u0670\u0640]")  # vowel signs and the stretching line
_ARABIC = str.maketrans("أإآٱىئؤة", "ااااييوه")
# What Arabic writes in front of a word and joined to it: and, so; in, for, as; the.
_JOINED = re.compile(r"^(?:[وف]?(?:ال|لل|[بك]ال|[بلك])|[وف])(?=..)")

Lexicon = dict[str, list[tuple[tuple[str, ...], str]]]


def english(text: str, language: str) -> str:
    """English search words for a text in Arabic, Turkish or Ukrainian; "" for any other, or if no word is known.

    >>> english("Brüksel'de uyum kursu zorunlu mu?", "tr")
    'Brussels civic integration programme course compulsory obliged'
    """
    lexicon = _lexicons().get(language)
    if not lexicon:
        return ""
    written = _WORD.findall(_MARKS.sub("", text))
    words = [_forms(w, language) for w in written]
    out: list[str] = []
    at = 0
    while at < len(words):
        length, meaning = _longest(words, at, lexicon)
        meaning = meaning or (written[at] if _passes(written[at], language) else "")
        if meaning and meaning not in out:
            out.append(meaning)
        at += length
    return " ".join(out)


def _passes(word: str, language: str) -> bool:
    """Whether a word stands in the gloss as it is: figures, names in Latin letters (in Turkish, in capitals)."""
    return word.isascii() and (word[0].isdigit() or language != "tr" or (word.isupper() and len(word) > 1))


def _longest(words: list[list[str]], at: int, lexicon: Lexicon) -> tuple[int, str]:
    """How many words from `at` on the longest stem covers (one, if there is none), and what it means."""
    best, found = (0, 0), (1, "")
    for form in words[at]:
        for end in range(len(form), 1, -1):
            for stem, meaning in (*lexicon.get(form[:end], ()), *(lexicon.get(f"{form}$", ()) if end == len(form) else ())):
                rest = words[at + 1 : at + len(stem)]
                if len(rest) == len(stem) - 1 and all(any(_fits(f, s) for f in forms) for s, forms in zip(stem[1:], rest, strict=True)):
                    size = (len(stem), sum(map(len, stem)))
                    if size > best:
                        best, found = size, (len(stem), meaning)
    return found


def _fits(word: str, stem: str) -> bool:
    return word == stem[:-1] if stem.endswith("$") else word.startswith(stem)


def _forms(word: str, language: str) -> list[str]:
    """A word as stems are written; an Arabic one also without what is joined to its front."""
    forms = [plain(word, language)]
    if language == "tr" and "I" in word:  # the dotless letter, or the first of a foreign name
        forms.append(plain(word.replace("I", "i"), language))
    while language == "ar" and (shorter := _JOINED.sub("", forms[-1], count=1)) != forms[-1]:
        forms.append(shorter)
    return forms


def plain(word: str, language: str) -> str:
    """A word as stems are written: lower case, Arabic without vowel signs and with one form of each letter, Turkish without what follows '."""
    if language == "tr":
        return word.replace("I", "ı").replace("İ", "i").lower().replace("’", "'").split("'")[0]
    composed = unicodedata.normalize("NFC", word.lower()).replace("’", "'")
    return _MARKS.sub("", composed).translate(_ARABIC) if language == "ar" else composed


@cache
def _lexicons() -> dict[str, Lexicon]:
    """Language → first word of a stem → (its words, English)."""
    out: dict[str, Lexicon] = {}
    for line in LEXICON.read_text(encoding="utf-8").splitlines():
        language, stem, meaning = line.split("\t")
        words = tuple(stem.split())
        out.setdefault(language, {}).setdefault(words[0], []).append((words, meaning))
    return out
