"""Measures of a ranking over gold sections, as ir_measures and trec_eval define them; own code, to need no compiled package.

A rank holds the sections that the passage at that rank covers: one with our passages, several with the long
chunks of the stock pipeline. Each gold section counts where it is first covered.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

CUTS = (1, 5, 10)
DEPTH = 10
NAMES = (*(f"recall@{k}" for k in CUTS), f"nDCG@{DEPTH}", "MRR")


def measures(ranked: Sequence[Collection[str]], gold: Collection[str]) -> dict[str, float]:
    """`recall@k`, `nDCG@10` and `MRR` (0..1) of a ranking for one question.

    recall@k is the share of the gold sections among the first k ranks, of the k at most that fit there (so recall@1 says
    whether the first passage is gold). Raises ValueError without gold.
    """
    if not gold:
        raise ValueError("no gold sections: the ranking cannot be measured")
    left = set(gold)
    first: list[int] = []
    for rank, sections in enumerate(ranked[:DEPTH], 1):
        found = left & set(sections)
        first += [rank] * len(found)
        left -= found
    out = {f"recall@{k}": min(1.0, sum(rank <= k for rank in first) / min(k, len(gold))) for k in CUTS}
    ideal = sum(1 / math.log2(1 + i) for i in range(1, min(len(gold), DEPTH) + 1))
    out[f"nDCG@{DEPTH}"] = min(1.0, sum(1 / math.log2(1 + rank) for rank in first) / ideal)
    out["MRR"] = 1 / first[0] if first else 0.0
    return out
