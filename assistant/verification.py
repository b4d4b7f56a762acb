"""Does the cited span support the claim? Offline, by figures and words. Knows no model and no store.

For selected sentences the claim is the quote itself, and the check guards against a wrong span; it is
the same check that generated sentences will have to pass.
"""

from __future__ import annotations

import re
from collections import Counter

_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?")
_ORDINAL = re.compile(r"(?<=\d)(?:er|re|e|ste|de|st|nd|rd|th)\b|(?<=\d)°")


def figures(text: str) -> Counter[str]:
    """The numbers in a text, written one way: "1.000 €", "€1,000" and "1 000" are "1000"; "16,8" is "16.8"."""
    found: Counter[str] = Counter()
    for match in _NUMBER.finditer(_ORDINAL.sub("", text)):
        found[_plain(match.group())] += 1
    return found


def _plain(number: str) -> str:
    digits = re.sub(r"[\u00a0\u202f ]", "", number)
    marks = re.findall(r"[.,]", digits)
    last = re.search(r"[.,](\d+)$", digits)
    fraction = ""
    if last and (len(last.group(1)) != 3 or len(set(marks)) == 2):
        fraction = f".{last.group(1)}"
        digits = digits[: last.start()]
    return str(int(re.sub(r"[.,]", "", digits) or "0")) + fraction


def supports(claim: str, quotes: list[str]) -> bool:
    """Whether every figure of a claim stands in its quotes, and its words mostly do."""
    joined = " ".join(quotes)
    if any(number not in figures(joined) for number in figures(claim)):
        return False
    words = set(re.findall(r"\w+", claim.lower()))
    return len(words & set(re.findall(r"\w+", joined.lower()))) >= 0.6 * len(words)
