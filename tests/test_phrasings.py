"""How near a question is to the questions written for each section."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.phrasings import Nearest, Phrasings


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(st.integers(0, 30), st.integers(1, 6), st.integers(0, 10**6))
def test_the_nearest_of_each_group_are_those_found_one_by_one(count: int, groups: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    vectors = draw.integers(-2, 3, (count, 4)).astype(np.float32)  # few values: the same cosine comes twice
    of, answered = draw.integers(0, groups, count), draw.random(count) < 0.7
    asked = draw.integers(-2, 3, 4).astype(np.float32)
    mean, nearest, missed = Nearest(Phrasings(vectors, ("s",) * count, answered), of, groups).of(asked)
    for group in range(groups):
        best = sorted((float(vectors[n] @ asked) for n in range(count) if of[n] == group and answered[n]), reverse=True)[:2]
        none = [float(vectors[n] @ asked) for n in range(count) if of[n] == group and not answered[n]]
        assert mean[group] == (sum(best) / len(best) if best else 0)
        assert nearest[group] == (best[0] if best else 0)
        assert missed[group] == (max(none) if none else 0)


def test_without_questions_nothing_is_near() -> None:
    assert [list(v) for v in Nearest(None, np.zeros(0, dtype=np.int64), 2).of(np.ones(4, dtype=np.float32))] == [[0, 0]] * 3
