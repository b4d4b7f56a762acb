"""The verb of a question put into the past or the present, in the languages that people ask in. Knows nothing else."""

from __future__ import annotations

import re

# The present of a question, and its past: the texts tell what held before in the past tense.
_TENSES = {
    "en": (("do i", "did I"), ("does", "did"), ("do", "did"), ("is", "was"), ("are", "were"), ("must i", "did I have to")),
    "fr": (("coûte", "coûtait"), ("faut-il", "fallait-il"), ("dois-je", "devais-je"), ("est", "était"), ("sont", "étaient"), ("doit-il", "devait-il")),
    "nl": (("kost", "kostte"), ("moet", "moest"), ("is", "was"), ("zijn", "waren"), ("duurt", "duurde"), ("heb", "had")),
    "de": (("kostet", "kostete"), ("muss", "musste"), ("ist", "war"), ("sind", "waren"), ("brauche", "brauchte"), ("hat", "hatte"), ("habe", "hatte")),
    "uk": (("коштує", "коштувало"), ("потрібно", "було потрібно"), ("треба", "треба було"), ("має", "мав"), ("є", "було")),
    "tr": (("ne kadar", "ne kadardı"), ("zorunlu mu", "zorunlu muydu"), ("gerekiyor mu", "gerekiyor muydu")),
    "ar": (("تكلف", "كانت تكلف"), ("يجب", "كان يجب")),
}
# German and Dutch put "formerly" behind the verb.
_BEHIND_VERB = {"nl": re.compile(r"(?: (?:het|dat|ik|men))?", re.IGNORECASE), "de": re.compile(r"(?: (?:es|das|ich|man))?", re.IGNORECASE)}


def forms(tongue: str) -> list[str]:
    """The verbs of questions, in the present and in the past."""
    return [phrase for pair in _TENSES.get(tongue, ()) for phrase in pair]


def in_past(standing: str, tongue: str) -> tuple[str, int]:
    """A question with its verb in the past, and where "formerly" stands in a language that puts it behind the verb (else 0)."""
    for now, then in _TENSES.get(tongue, ()):
        found = re.search(rf"(?<![\w'-]){now}(?![\w'-])", standing, flags=re.IGNORECASE)
        if found:
            changed = standing[: found.start()] + then + standing[found.end() :]
            at = found.start() + len(then)
            behind = _BEHIND_VERB[tongue].match(changed, at) if tongue in _BEHIND_VERB else None
            return changed, behind.end() if behind else 0
    return standing, 0


def in_present(standing: str, tongue: str) -> str:
    """A question with its verb in the present."""
    for now, then in _TENSES.get(tongue, ()):
        changed, count = re.subn(rf"(?<![\w'-]){then}(?![\w'-])", now, standing, count=1, flags=re.IGNORECASE)
        if count:
            return changed
    return standing
