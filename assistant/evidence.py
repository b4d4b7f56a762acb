"""What speaks for a sentence answering a question: features of every sentence of a text, in the text's context.

Free of models and stores: it is handed cosines and word overlaps. `trees.py` weighs them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_FIGURE = re.compile(r"\d")
_MONEY = re.compile(r"€|\beuros?\b|\b(?:free|gratuit\w*|gratis|kostenlos|kosteloos)\b", re.IGNORECASE)
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[:.]\d{2}\b|\b(?:days?|weeks?|months?|years?|jours?|semaines?|mois|ans?|années?|dagen|dag|"
                   r"weken|maanden?|jaar|tage?|wochen?|monate?|jahre?|hours?|heures?|uur|uren|uhr|stunden?)\b", re.IGNORECASE)
_CONTACT = re.compile(r"@|https?:|www\.|\b0\d[\d /.-]{5,}|\+\d{2}|\b(?:tel|phone|telefon|téléphone|telefoon)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"\b\d{4,5} [A-ZÄÖÜ]|stra(?:ße|sse|at)\b|\bstr\. ?\d|\brue\b|\bplatz\b|\bavenue\b|\blaan\b", re.IGNORECASE)
_NEGATION = re.compile(r"\b(?:not?|never|without|n[e']|pas|jamais|sans|aucune?|niet|geen|nooit|zonder|nicht|keine?\w*|nie|ohne)\b", re.IGNORECASE)
_DUTY = re.compile(r"\b(?:must|need|required?|oblig\w+|compulsory|doi\w+|faut|moet\w*|verplicht\w*|muss|müssen|verpflicht\w*|pflicht)\b", re.IGNORECASE)
_HAVE = (_FIGURE, _MONEY, _DATE, _CONTACT, _ADDRESS, _NEGATION, _DUTY)
_ASKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:how (?:many|old|long|far|much)|combien|quel âge|hoeveel|hoe lang|hoe oud|wie ?viele?|wie lange|wie alt|كم|скільки|kaç)\b",
        r"\b(?:how much|costs?|price|fees?|pay|free|fine|coûte\w*|prix|payer|gratuit\w*|amende|kost\w*|prijs|betalen|gratis|boete|preis|zahlen|bezahlen|geldbuße|bußgeld)\b",
        r"\b(?:when|since|until|deadline|how long|quand|depuis|délai|jusqu|wanneer|sinds|termijn|wann|seit|frist|bis wann|wie lange|hoe lang)\b",
        r"\b(?:contact|phone|call|e-?mail|website|online|telefon\w*|téléphone|appeler|site|bellen|anrufen|erreichen)\b",
        r"\b(?:where|address|office|où|adresse|waar|adres|wo|wohin)\b",
        r"^(?:can|must|do|does|is|are|am|may|will|should|has|have|est-ce|peut|puis|dois|doit|faut|kan|mag|moet|ben|is|zijn|heeft|heb|kann|darf|muss|ist|sind|bin|gibt|habe|hat)\b",
        r"\b(?:who|which|qui|quel\w*|wie|welke?|wer|welche\w*)\b",
        r"\b(?:how|comment|hoe|wie|كيف|як|nasıl)\b",
        r"\b(?:why|pourquoi|waarom|warum|reason)\b",
        r"\b(?:documents?|papers?|need|bring|documents?|papiers|pièces|documenten|papieren|unterlagen|dokumente|brauche)\b",
    )
)  # fmt: skip
_STOP = re.compile(r"[.!?…:;]\s*$")


def heading_like(text: str) -> bool:
    """Whether a line of a plain text looks like a heading: short and without a full stop, or ending in a colon."""
    return text.rstrip().endswith((":", "?")) or (len(text) < 60 and not _STOP.search(text))


def features(
    question: str,
    texts: Sequence[str],
    cosines: Floats,
    around: Floats,
    overlaps: Floats,
    heading: tuple[float, float],
    unknown: float,
    spoken: bool,
) -> Floats:
    """(n, features) of the n sentences of a text in reading order.

    `cosines` (n,): of each sentence and the question; `around` (n,): of the passage it stands in; `overlaps` (n,): the share of
    the question's word weight it carries; `heading`: cosine and overlap of the section's heading; `unknown`: the share of the
    question's word weight that the whole text lacks; `spoken`: whether question and text share a language.
    """
    n = len(texts)
    mean, top, spread = cosines.mean(), cosines.max(), cosines.std() + 1e-3
    order = np.argsort(-cosines).argsort()
    ranked = np.sort(cosines)[::-1]
    words = np.sort(overlaps)[::-1]
    above = cosines - mean
    before, after = np.concatenate([[0.0], above[:-1]]), np.concatenate([above[1:], [0.0]])
    before2, after2 = np.concatenate([[0.0], before[:-1]]), np.concatenate([after[1:], [0.0]])
    words_before, words_after = np.concatenate([[0.0], overlaps[:-1]]), np.concatenate([overlaps[1:], [0.0]])
    led, led_words, far = np.zeros(n), np.zeros(n), np.full(n, 9.0)
    last = -1
    for i, text in enumerate(texts):
        if last >= 0:
            led[i], led_words[i], far[i] = above[last], overlaps[last], min(i - last, 9)
        if heading_like(text):
            last = i
    have = np.array([[float(bool(p.search(t))) for p in _HAVE] for t in texts])
    asks = np.array([float(bool(p.search(question))) for p in _ASKS])
    lengths = np.array([min(len(t), 400) for t in texts], dtype=float)
    same = np.ones(n)
    columns = [
        cosines, above, above / spread, order / n, cosines - top, overlaps, overlaps - words[0], around, around - around.max(),
        before, after, before2, after2, words_before, words_after, led, led_words, far, np.arange(n) / n,
        np.minimum(np.arange(n), 20), same * min(n, 60), lengths, np.array([float(heading_like(t)) for t in texts]),
        np.array([float(t.rstrip().endswith(":")) for t in texts]), same * top, same * mean, same * spread,
        same * (ranked[1] if n > 1 else 0), same * (ranked[2] if n > 2 else 0), same * words[0], same * (words[1] if n > 1 else 0),
        same * heading[0], same * heading[1], same * unknown, same * float(spoken), same * min(len(question), 300),
    ]  # fmt: skip
    matched = have[:, [0, 1, 2, 3, 4, 5, 6]] * np.array([asks[0], asks[1], asks[2], asks[3], asks[4], asks[5], asks[5]])
    return np.concatenate([np.stack(columns, axis=1), have, matched, np.tile(asks, (n, 1))], axis=1)


def answering(chances: Floats, table: Floats) -> Floats:
    """(features,) of a whole text from its sentences' chances (n,) and features: does it answer at all?"""
    ranked = np.sort(chances)[::-1]
    three = np.pad(ranked, (0, 3))[:3]
    best = table[int(chances.argmax())]
    sums = np.array([chances.sum(), chances.mean(), float((chances > 0.5).sum()), np.log(chances.max() / (1 - chances.max() + 1e-9) + 1e-9)])
    return np.concatenate([three, sums, best])
