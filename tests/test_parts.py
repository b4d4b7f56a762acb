"""Several questions in one: where they are cut, and that each gets its own answer, for the same place and day."""

from __future__ import annotations

import pytest

from assistant.parts import MOST, split
from assistant.pipeline import Assistant
from assistant.records import Question

TWO = [
    ("en", "Must I follow the course, and what does it cost?", ["Must I follow the course?", "what does it cost?"]),
    ("fr", "Dois-je suivre le parcours à Liège et combien ça coûte ?", ["Dois-je suivre le parcours à Liège?", "combien ça coûte ?"]),
    ("nl", "Wat kost inburgering in Gent en wie is vrijgesteld?", ["Wat kost inburgering in Gent?", "wie is vrijgesteld?"]),
    ("de", "Muss ich in Eupen den Kurs machen und was kostet er?", ["Muss ich in Eupen den Kurs machen?", "was kostet er?"]),
    ("tr", "Kurs ne kadar ve kim muaf?", ["Kurs ne kadar?", "kim muaf?"]),
    ("uk", "Чи можу я піти до лікаря і хто платить?", ["Чи можу я піти до лікаря?", "хто платить?"]),
    ("ar", "هل يمكنني رؤية طبيب في بلجيكا ومن يدفع؟", ["هل يمكنني رؤية طبيب في بلجيكا؟", "من يدفع؟"]),
    ("en", "I am a refugee. Must I pay? Who helps me?", ["Must I pay?", "Who helps me?"]),
    ("fr", "Liège : délai pour se présenter et durée du parcours ?", ["Liège : délai pour se présenter?", "durée du parcours ?"]),
    ("fr", "À Namur, dois-je suivre le parcours et c'est payant ?", ["À Namur, dois-je suivre le parcours?", "c'est payant ?"]),
    ("de", "Ich wohne in Eupen und komme aus Syrien. Muss ich zahlen und was kostet es?", ["Muss ich zahlen?", "was kostet es?"]),
]  # fmt: skip
ONE = [
    ("en", "I am a Spanish citizen and I live in Ghent. Do I have to follow the course?"),
    ("en", "Can a person who came in 2020 and is 67 be exempt?"),
    ("en", "What does the course cost in Flanders and in Wallonia?"),
    ("fr", "Quelles sont les personnes qui doivent suivre le parcours et qui peuvent être exemptées ?"),
    ("nl", "Wie is vrijgesteld in Vlaanderen en Brussel?"),
    ("nl", "Wat zijn de kosten en de duur van inburgering in Gent?"),
    ("en", "What are the cost and conditions of the course?"),
    ("de", "Ich bin 67 und wohne in Gent. Bin ich befreit?"),
    ("en", "tell me about the fee"),
    ("xx", "???"),
]


@pytest.mark.parametrize(("language", "text", "questions"), TWO)
def test_a_text_is_cut_where_a_further_question_begins(language: str, text: str, questions: list[str]) -> None:
    said, found = split(text, language)
    assert found == questions
    assert text.startswith(said)
    assert "?" not in said


@pytest.mark.parametrize(("language", "text"), ONE)
def test_one_question_stays_one(language: str, text: str) -> None:
    assert split(text, language) == ("", [text])


def test_no_word_is_lost_in_a_long_list_of_questions() -> None:
    asked = [f"What is rule {n}?" for n in range(MOST + 3)]
    said, found = split(" ".join(asked), "en")
    assert not said
    assert len(found) == MOST
    assert " ".join(found) == " ".join(asked)


def test_each_question_is_answered_for_the_place_that_the_text_names(assistant: Assistant) -> None:
    answer = assistant.answer("Muss ich in Eupen den Kurs machen und was kostet er?")
    assert answer.status == "answered"
    assert {c.section for c in answer.citations} >= {"obligation", "cost"}
    assert {c.authority for c in answer.citations} == {"german-speaking-community"}
    numbers = [c.number for c in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [c for claim in answer.claims for c in claim.citations] == numbers


def test_a_part_that_the_texts_do_not_answer_is_named_and_the_rest_is_answered(assistant: Assistant) -> None:
    answer = assistant.answer(Question("What does the integration course cost in Flanders? Who won the world cup in chess in 1985?"))
    assert answer.status == "partial"
    assert "€180" in answer.answer
    assert "Who won the world cup in chess in 1985?" in answer.answer
    assert answer.contacts


def test_a_year_in_one_question_gives_no_old_rule_for_another(assistant: Assistant) -> None:
    answer = assistant.answer("Must I follow the course in Namur? Who won the world cup in 1985?")
    assert answer.status == "partial"
    assert all(c.valid_to is None for c in answer.citations)
    assert "obligation" in {c.section for c in answer.citations}
