"""The scores of the evaluation: a missing answer counts as wrong, a wrong span supports nothing."""

from typing import Any

import pytest

from assistant.records import Question
from evals.cases import Case, Nugget
from evals.measures import folded, holds, mean, score, summary

TEXT = "Intro. In Flanders, the course costs €360. The end."
QUOTE = "In Flanders, the course costs €360."
START = TEXT.index(QUOTE)


def case(**fields: Any) -> Case:
    given: dict[str, Any] = {
        "id": "c1", "question": Question("What does it cost?"), "language": "en", "set": "s", "split": "dev", "type": "fact",
        "topic": "civic-integration", "asker": "", "expect": ("answered",),
        "nuggets": (Nugget(True, ("€360", "360 euro")), Nugget(False, ("since 2023",))),
        "forbidden": ("€180",), "authorities": ("flanders", "federal"), "facts": (), **fields,
    }  # fmt: skip
    return Case(**given)


def answer(text: str = QUOTE + " [1]", status: str = "answered", **cited: Any) -> dict[str, Any]:
    span = {"quote": QUOTE, "start": START, "end": START + len(QUOTE)}
    citation = {"number": 1, "document": "d", "section": "s", "authority": "flanders", **span, **cited}
    return {
        "status": status, "answer": text, "confidence": 0.9, "timings_ms": {"total": 12},
        "claims": [{"text": QUOTE, "citations": [1], "verified": True}], "citations": [citation],
    }  # fmt: skip


def refusal(status: str = "not_found") -> dict[str, Any]:
    text = "The texts do not answer €360."
    return {"status": status, "answer": text, "claims": [], "citations": [], "confidence": 0.1, "timings_ms": {}}


def texts(document: str) -> str:
    return {"d": TEXT}[document]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("It costs **€360** [1].", "€360"),
        ("Cela coûte 1\u202f000 € par an", "1 000 €"),
        ("L’âge est de 18 ans", "l'âge est de 18 ans"),
        ("a score of 360.", "360"),
        ("on 1 September 2023", r"re:1 sept\w* 2023"),
        ("GRATUIT", "gratuit"),
    ],
)
def test_an_accepted_form_is_found(text: str, form: str) -> None:
    assert holds(folded(text), form)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("1360 people", "360"),
        ("3600", "360"),
        ("360.5 euro", "360"),
        ("2,360 euro", "360"),
        ("[360]", "360"),
        ("nothing", "re:^some"),
    ],
)
def test_a_figure_is_not_found_inside_another(text: str, form: str) -> None:
    assert not holds(folded(text), form)


def test_a_right_answer_scores_in_full() -> None:
    s = score(case(), answer(), texts)
    assert (s.right_status, s.correct, s.vital, s.nuggets) == (True, True, 1.0, 0.5)
    assert (s.citations_supported, s.claims, s.wrong_authority, s.forbidden) == (1, 1, False, False)
    assert (s.milliseconds, s.confidence) == (12.0, 0.9)


def test_a_missing_answer_is_wrong_and_not_left_out() -> None:
    s = score(case(), refusal(), texts)
    assert (s.right_status, s.correct) == (False, False)
    assert s.forbidden is False


def test_a_missing_key_fact_is_wrong() -> None:
    s = score(case(), answer("It is not free. [1]"), texts)
    assert (s.correct, s.vital) == (False, 0.0)


def test_a_forbidden_statement_makes_a_right_answer_wrong() -> None:
    s = score(case(), answer(QUOTE + " Before it was €180. [1]"), texts)
    assert (s.forbidden, s.correct) == (True, False)


@pytest.mark.parametrize(
    "spoilt", [{"start": START + 1}, {"end": START + 3}, {"quote": "Something else."}, {"authority": "wallonia"}, {"number": 2}]
)
def test_a_wrong_span_authority_or_number_supports_nothing(spoilt: dict[str, Any]) -> None:
    assert score(case(), answer(**spoilt), texts).citations_supported == 0


def test_the_rule_of_another_authority_is_counted_but_an_ingested_text_is_not() -> None:
    assert score(case(), answer(authority="wallonia"), texts).wrong_authority
    assert not score(case(), answer(authority=None), texts).wrong_authority
    assert not score(case(authorities=()), answer(authority="wallonia"), texts).wrong_authority


def test_a_refusal_is_right_where_the_texts_do_not_answer() -> None:
    unanswerable = case(expect=("not_found", "declined"), nuggets=())
    assert unanswerable.refusable
    right, wrong = score(unanswerable, refusal(), texts), score(unanswerable, answer(), texts)
    assert (right.right_status, right.correct, right.vital) == (True, None, None)
    assert not wrong.right_status


def test_a_case_that_may_be_answered_or_refused_is_right_either_way() -> None:
    either = case(expect=("partial", "not_found"), nuggets=())
    assert not either.refusable
    assert score(either, refusal(), texts).correct
    assert not score(either, refusal("declined"), texts).correct


@pytest.mark.parametrize(
    ("changed", "precision"),
    [
        ({}, 1.0),  # the quote holds a vital nugget
        ({"gold": ("t/flanders#cost",), "nuggets": ()}, 1.0),
        ({"gold": ("t/flanders#fine",), "nuggets": ()}, 0.0),
        ({"authorities": ("wallonia",)}, 0.0),  # a nugget in the text of another authority
        ({"authorities": ("wallonia",), "gold": ("t/flanders#cost",)}, 1.0),
    ],
)
def test_a_citation_is_right_if_its_section_is_gold_or_its_quote_holds_a_vital_nugget(changed: dict[str, Any], precision: float) -> None:
    measured = score(case(**{"gold": ("t/flanders#other",), **changed}), answer(document="t/flanders.en", section="cost"), lambda _: TEXT)
    assert measured.citation_precision == precision
    assert measured.cited == {"t/flanders#cost"}
    assert measured.wrong_authority is (changed.get("authorities") == ("wallonia",) and "gold" not in changed)


def test_a_moved_span_is_no_citation_and_traces_no_claim() -> None:
    moved = score(case(gold=("t/flanders#cost",)), answer(document="t/flanders.en", section="cost", start=0), lambda _: TEXT)
    assert (moved.citation_precision, moved.citation_recall, moved.sentence_precision) == (0.0, 0.0, 1.0)


def test_a_claim_tells_if_it_has_a_nugget_or_stands_in_a_gold_section() -> None:
    beside = answer(document="t/flanders.en", section="cost")
    beside["claims"].append({"text": "The end.", "citations": [1], "verified": True})
    assert score(case(gold=("t/flanders#fine",)), beside, lambda _: TEXT).sentence_precision == 0.5
    assert score(case(gold=("t/flanders#cost",)), beside, lambda _: TEXT).sentence_precision == 1.0


def test_a_refusal_has_no_citations_to_measure() -> None:
    s = score(case(gold=("t/flanders#cost",)), refusal(), texts)
    assert (s.citation_precision, s.citation_recall, s.sentence_precision, s.outdated) == (None, None, None, None)


@pytest.mark.parametrize(
    ("claim", "outdated"),
    [
        ("In Flanders, the course is free.", True),
        ("Until 31 August 2023 the course in Flanders was free.", False),
        ("Jusqu'au 31 août 2023, le parcours était gratuit en Flandre: free.", False),
        ("Tot en met 31 augustus 2023 kostte inburgering niets: free.", False),
        ("Bis zum 31. August 2023 war es kostenlos: free.", False),
        ("In Flanders, the course costs €360.", False),
    ],
)
def test_an_outdated_form_counts_unless_its_own_claim_says_that_it_has_ended(claim: str, outdated: bool) -> None:
    given = answer(claim)
    given["claims"] = [{"text": claim, "citations": [1], "verified": True}]
    assert score(case(outdated=("free",)), given, texts).outdated is outdated
    assert score(case(), given, texts).outdated is None


def test_the_ranking_is_measured_over_gold() -> None:
    ranked = [{"t/flanders#fine"}, {"t/flanders#cost"}]
    measured = score(case(gold=("t/flanders#cost",)), answer(), texts, ranked).ranking
    assert measured is not None
    assert (measured["recall@1"], measured["recall@5"], measured["MRR"]) == (0.0, 1.0, 0.5)
    assert score(case(), answer(), texts, ranked).ranking is None


def test_a_mean_has_an_interval_around_it_and_is_repeatable() -> None:
    figure = mean([0.0, 1.0] * 50)
    assert figure is not None
    assert (figure.value, figure.n) == (0.5, 100)
    assert 0.35 < figure.low < 0.5 < figure.high < 0.65
    assert mean([0.0, 1.0] * 50) == figure


def test_the_mean_of_nothing_is_none_and_of_one_value_is_it() -> None:
    assert mean([]) is None
    assert str(mean([1.0])) == "1.000 [1.000, 1.000] (n=1)"


def test_the_summary_counts_every_answerable_case() -> None:
    unanswerable = case(expect=("not_found",), nuggets=())
    figures = summary([score(c, a, texts) for c in (case(), unanswerable) for a in (answer(), refusal())])
    values = {name: getattr(figure, "value", figure) for name, figure in figures.items()}
    assert values["key facts right"] == 0.5
    assert [values[f"refusal {x}"] for x in ("precision", "recall", "F")] == [0.5, 0.5, 0.5]
    assert values["status as expected"] == 0.5
    assert values["citation supports"] == 1.0
    assert values["claims per answer"] == 1.0


def test_the_summary_of_no_case_is_empty_and_no_zero() -> None:
    assert set(summary([]).values()) == {None}
