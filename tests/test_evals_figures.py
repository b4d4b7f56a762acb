"""Rankings, intervals, risk and reliability: known values, and the corners that flatter."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evals import calibration, ranking
from evals.figures import estimate, mean, ratio


def ranks(*sections: str) -> list[set[str]]:
    return [{s} for s in sections]


def test_a_ranking_with_all_gold_on_top_is_perfect() -> None:
    assert set(ranking.measures(ranks("a", "b", "x"), {"a", "b"}).values()) == {1.0}


def test_the_values_of_a_mixed_ranking() -> None:
    found = ranking.measures(ranks("x", "a", "y", "z", "w", "b"), {"a", "b", "c"})
    assert found["recall@1"] == 0.0
    assert found["recall@5"] == pytest.approx(1 / 3)
    assert found["recall@10"] == pytest.approx(2 / 3)
    assert found["MRR"] == 0.5
    gain, ideal = 1 / math.log2(3) + 1 / math.log2(7), 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert found["nDCG@10"] == pytest.approx(gain / ideal)


def test_what_is_not_found_or_found_too_late_counts_nothing() -> None:
    late = ranks(*"0123456789", "a")
    assert set(ranking.measures(late, {"a"}).values()) == {0.0}
    assert set(ranking.measures([], {"a"}).values()) == {0.0}


def test_a_section_counts_once_however_often_it_is_found() -> None:
    assert ranking.measures(ranks("a", "a", "a"), {"a", "b"})["recall@5"] == 0.5


def test_a_long_passage_covers_several_sections() -> None:
    found = ranking.measures([{"a", "b", "x"}], {"a", "b"})
    assert (found["recall@5"], found["nDCG@10"]) == (1.0, 1.0)


def test_without_gold_there_is_nothing_to_measure() -> None:
    with pytest.raises(ValueError, match="no gold"):
        ranking.measures(ranks("a"), set())


def test_a_statistic_has_its_interval_and_none_stays_none() -> None:
    figure = estimate([0.0, 1.0] * 50, lambda x: max(x) - sum(x) / len(x))
    assert figure is not None
    assert figure.value == 0.5
    assert figure.low < 0.5 < figure.high
    assert estimate([1.0], lambda x: None) is None
    assert estimate([], lambda x: 1.0) is None


def test_a_paired_ratio_is_sure_where_each_pair_agrees_and_the_values_do_not() -> None:
    theirs = [float(x) for x in range(1, 60)]
    figure = ratio([1.5 * x for x in theirs], theirs)
    assert figure is not None
    assert (figure.value, figure.low, figure.high) == pytest.approx((1.5, 1.5, 1.5))
    spread = mean(theirs)
    assert spread is not None
    assert spread.high - spread.low > 5


def test_a_ratio_of_medians_leaves_one_slow_answer_out() -> None:
    figure = ratio([10.0] * 20 + [9_000.0], [5.0] * 21, lambda x: float(np.median(x)))
    assert figure is not None
    assert figure.value == 2.0


def test_a_ratio_to_nothing_is_none_and_unpaired_values_are_an_error() -> None:
    assert ratio([1.0], [0.0]) is None
    assert ratio([], []) is None
    with pytest.raises(ValueError, match="1 against 2"):
        ratio([1.0], [1.0, 2.0])


def test_risk_rises_where_sure_answers_are_wrong() -> None:
    good = [(0.9, True), (0.8, True), (0.2, False)]
    bad = [(0.9, False), (0.8, True), (0.2, True)]
    assert calibration.risk_coverage(good, 6) == [(1 / 6, 0.0), (2 / 6, 0.0), (3 / 6, 1 / 3)]
    assert calibration.aurc(good) == pytest.approx(1 / 9)
    assert calibration.aurc(bad) == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert calibration.aurc([]) is None


def test_ties_do_not_flatter() -> None:
    assert calibration.aurc([(0.5, True), (0.5, False)]) == calibration.aurc([(0.5, False), (0.5, True)]) == 0.75


def test_the_calibration_error_is_the_gap_between_confidence_and_being_right() -> None:
    assert calibration.ece([(1.0, True)] * 5) == 0.0
    assert calibration.ece([(0.95, False)] * 3) == pytest.approx(0.95)
    assert calibration.ece([(0.75, True)] * 3 + [(0.75, False)]) == pytest.approx(0.0)
    assert calibration.ece([]) is None


def test_bins_hold_all_decisions_the_surest_included() -> None:
    bins = calibration.reliability([(0.0, False), (0.31, True), (0.39, False), (1.0, True)])
    assert [(b.n, b.right) for b in bins] == [(1, 0.0), (2, 0.5), (1, 1.0)]
    assert bins[1].confidence == pytest.approx(0.35)
