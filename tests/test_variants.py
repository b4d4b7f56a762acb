"""Layouts drawn by seed, not those the readers were made with: what must be read is read, and what must not is not."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import make_variants
from make_variants import Variant

from assistant.documents import read

# More by option: `VARIANTS=100:130 pytest tests/test_variants.py`, seeds that nothing was tuned on.
FIRST, LAST = map(int, os.environ.get("VARIANTS", "100:104").split(":"))


def lacking(file: Variant) -> tuple[list[str], list[str]]:
    """Sentences that are not read as such, a note with or without its number; and text that should not be there."""
    document = read(file.path, "x")
    units = [" ".join(document.text[x.start : x.end].split()) for s in document.sections for x in s.sentences]
    found = {*units, *(re.sub(r"^\d{1,2} (?=\D)", "", u) for u in units)}
    cells = " ".join(u for u in units if u.startswith("| "))  # what stands in a table within a table is in its row
    lost = [t for t in file.told if " ".join(t.split()) not in found and not (file.kind == "docx" and t in cells)]
    return lost, [t for t in file.gone if t in " ".join(document.text.split())]


def test_sentences_are_exact_and_furniture_is_gone(tmp_path: Path) -> None:
    total: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for file in make_variants.make(tmp_path, range(FIRST, LAST)):
        missing, kept = lacking(file)
        assert kept == [], file.path.name
        total[file.kind] += len(file.told)
        lost[file.kind] += len(missing)
    shares = {kind: 1 - lost[kind] / total[kind] for kind in total}
    assert 1 - lost.total() / total.total() >= 0.98, shares
    assert min(shares.values()) >= 0.97, shares
