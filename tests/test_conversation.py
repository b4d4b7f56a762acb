"""Follow-ups: what an earlier turn said that the present one leaves out."""

import pytest

from assistant.conversation import resolve
from assistant.records import Question, Turn

COST = "What does the integration course cost in Flanders?"
EAST = "german-speaking-community"


def after(text: str, *asked: str, **fields: object) -> Question:
    history = [turn for said in asked for turn in (Turn("user", said), Turn("assistant", "It depends on Namur and Ghent."))]
    return resolve(Question(text, history=tuple(history), **fields))  # type: ignore[arg-type]


def test_a_question_without_history_stays_as_it_is() -> None:
    question = Question("And in Brussels?")
    assert resolve(question) is question
    only_answers = Question("And in Brussels?", history=(Turn("assistant", "Hello"), Turn("user", "  ")))
    assert resolve(only_answers) is only_answers


@pytest.mark.parametrize(
    ("reply", "asked", "region", "language", "kept"),
    [
        ("Brussels", "What does the integration course cost?", "brussels", "en", "course cost"),
        ("in Eupen please", "What does the integration course cost?", EAST, "en", "course cost"),
        ("à Liège", "Combien coûte le parcours d'intégration ?", "wallonia", "fr", "parcours d'intégration"),
        ("Brussel", "Wat kost het inburgeringstraject?", "brussels", "nl", "inburgeringstraject"),
        ("Gent", "Wat kost het inburgeringstraject?", "flanders", "nl", "inburgeringstraject"),
        ("Eupen", "Was kostet der Integrationskurs?", EAST, "de", "Integrationskurs"),
        ("Brussels", "Combien coûte le parcours d'intégration ?", "brussels", "fr", "parcours d'intégration"),
    ],
)
def test_a_bare_place_completes_the_last_question_in_its_language(
    reply: str, asked: str, region: str, language: str, kept: str
) -> None:
    question = after(reply, asked)
    assert question.regions == (region,)
    assert question.language == language
    assert kept in question.text


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("And in Brussels?", COST),
        ("What about Brussels?", COST),
        ("Et à Bruxelles ?", "Combien coûte le parcours d'intégration en Flandre ?"),
        ("En in Brussel?", "Wat kost het inburgeringstraject in Vlaanderen?"),
        ("Und in Brüssel?", "Was kostet der Integrationskurs in Flandern?"),
    ],
)
def test_a_new_place_takes_the_place_of_the_old_one(text: str, asked: str) -> None:
    question = after(text, asked)
    assert question.regions == ("brussels",)
    assert not {"Flanders", "Flandre", "Vlaanderen", "Flandern"} & set(question.text.replace("?", " ").split())
    assert len(question.text) > len(text)


def test_a_short_follow_up_keeps_the_question_and_the_region() -> None:
    question = after("What was it before?", COST)
    assert question.regions == ("flanders",)
    assert "integration course" in question.text
    assert "before" in question.text


def test_a_new_year_takes_the_place_of_the_old_one() -> None:
    question = after("And in 2020?", "What did the course cost in Flanders in 2023?")
    assert "2020" in question.text
    assert "2023" not in question.text


def test_a_question_of_its_own_keeps_only_the_region() -> None:
    question = after("How many hours of Dutch must a newcomer follow?", "I live in Ghent. " + COST)
    assert question.text == "How many hours of Dutch must a newcomer follow?"
    assert question.regions == ("flanders",)


def test_a_region_of_its_own_wins_over_the_earlier_one() -> None:
    assert after("How many hours of French must a newcomer follow in Wallonia?", COST).regions == ("wallonia",)


def test_a_region_given_with_the_question_wins_over_all() -> None:
    assert after("And how long does it take?", COST, regions=("wallonia",)).regions == ("wallonia",)


def test_what_the_assistant_said_does_not_set_the_region() -> None:
    assert after("How long does the whole course take?", "What does the course cost?").regions == ()


def test_the_last_real_question_counts_even_after_a_bare_reply() -> None:
    question = after("and in Wallonia?", "What does the integration course cost?", "Brussels")
    assert question.regions == ("wallonia",)
    assert "integration course cost" in question.text


def test_the_other_fields_are_kept() -> None:
    question = after("Brussels", COST, id="q7", documents=("a",), length="full")
    assert (question.id, question.documents, question.length) == ("q7", ("a",), "full")
