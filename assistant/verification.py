"""Does the cited span support the claim? Offline, by figures and words. Knows no model and no store.

For selected sentences the claim is the quote itself, and the check guards against a wrong span; it is
the same check that generated sentences will have to pass.
"""

from __future__ import annotations

import re
from collections import Counter

_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d{3})*(?:[.,]\d+)?")
_ORDINAL = re.compile(r"(?<=\d)(?:er|re|e|ste|de|st|nd|rd|th)\b|(?<=\d)°")


def figures(text: str) -> Counter[str]:
    """The numbers in a text, written one way: "1.000 €", "€1,000" and "1 000" are "1000"; "16,8" is "16.8"."""
    found: Counter[str] = Counter()
    for match in _NUMBER.finditer(_ORDINAL.sub("", text)):
        found[_plain(match.group())] += 1
    return found


def _plain(number: str) -> str:
    digits = re.sub(r"[\u00a0\u202f ]", "", number)
    fraction = re.search(r"[.,](\d+)$", digits)
    if fraction and (len(fraction.group(1)) != 3 or re.search(r"[.,].*[.,]", digits) and digits[-4] != digits[re.search(r"[.,]", digits).start()]):  # type: ignore[union-attr]
        whole = re.sub(r"[.,]", "", digits[: fraction.start()])
        return f"{int(whole or '0')}.{fraction.group(1)}"
    return str(int(re.sub(r"[.,]", "", digits)))


def supports(claim: str, quotes: list[str]) -> bool:
    """Whether every figure of a claim stands in its quotes, and its words mostly do."""
    joined = " ".join(quotes)
    if any(number not in figures(joined) for number in figures(claim)):
        return False
    words = set(re.findall(r"\w+", claim.lower()))
    return len(words & set(re.findall(r"\w+", joined.lower()))) >= 0.6 * len(words)
