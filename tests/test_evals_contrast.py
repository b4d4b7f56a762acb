"""Contrast cells: what passes, what agrees."""

from __future__ import annotations

from assistant.records import Question
from evals.cases import Case
from evals.contrast import agreement, cells
from evals.measures import Score


def scored(id: str, cited: str, must: str = "agree", right: bool = True, language: str = "en", cell: str = "c") -> Score:
    case = Case(
        id=id, question=Question("?"), language=language, set="contrast", split="dev", type="amount", topic="work", asker="",
        expect=("answered",), nuggets=(), forbidden=(), authorities=(), facts=(), cell=cell, must=must,
    )  # fmt: skip
    return Score(
        case=case, status="answered" if cited else "not_found", right_status=right, vital=None, nuggets=None, correct=right,
        citations_supported=1, claims=1, wrong_authority=False, forbidden=False, milliseconds=1.0, confidence=0.5,
        cited=frozenset(cited.split()),
    )  # fmt: skip


def passed(*scores: Score) -> bool:
    (cell,) = cells(scores)
    return cell.passed


def test_answers_that_must_agree_cite_the_very_same_sections() -> None:
    assert passed(scored("a", "x y"), scored("b", "y x"))
    assert not passed(scored("a", "x y"), scored("b", "x"))


def test_answers_that_must_differ_never_cite_the_same_sections() -> None:
    assert passed(scored("a", "x", "differ"), scored("b", "x y", "differ"), scored("c", "z", "differ"))
    assert not passed(scored("a", "x", "differ"), scored("b", "y", "differ"), scored("c", "x", "differ"))


def test_a_cell_fails_with_one_wrong_variant() -> None:
    assert not passed(scored("a", "x"), scored("b", "x", right=False))
    assert not passed(scored("a", "x", "differ"), scored("b", "y", "differ", right=False))


def test_two_refusals_agree_but_are_not_right() -> None:
    (cell,) = cells([scored("a", "", right=False), scored("b", "", right=False)])
    assert (cell.kept, cell.passed, cell.alike) == (True, False, 1.0)


def test_overlap_is_the_mean_over_pairs() -> None:
    (cell,) = cells([scored("a", "x y"), scored("b", "x"), scored("c", "z")])
    assert cell.alike == (0.5 + 0 + 0) / 3


def test_agreement_counts_pairs_of_two_languages_in_cells_that_must_agree() -> None:
    found = cells([
        scored("a", "x"), scored("b", "x", language="fr"), scored("c", "x y", language="nl"),
        scored("d", "q", cell="towns"), scored("e", "r", cell="towns"),
        scored("f", "q", "differ", cell="days"), scored("g", "r", "differ", language="fr", cell="days"),
    ])  # fmt: skip
    figures = agreement(found)
    same, alike = figures["same sections across languages"], figures["section overlap across languages"]
    assert same is not None
    assert alike is not None
    assert (same.n, round(same.value, 3), round(alike.value, 3)) == (3, 0.333, 0.667)
    assert agreement([])["same sections across languages"] is None
