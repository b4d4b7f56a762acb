"""What is decided to be said where the texts answer only in part, or of several regions."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.pipeline import Assistant
from assistant.records import Question, Turn


@pytest.mark.parametrize(
    ("text", "missing", "known"),
    [
        ("What is the income threshold for family reunification in 2026?", "was not found", "€2,323.10"),
        ("Quel est le montant de l'amende si on ne suit pas le parcours d'intégration en Wallonie ?", "pas été trouvé", "de 100 € à"),
    ],
)
def test_what_was_not_found_comes_with_the_last_figure_known(assistant: Assistant, text: str, missing: str, known: str) -> None:
    answer = assistant.answer(Question(text))
    assert answer.status == "partial"
    assert missing in answer.answer
    assert known in answer.answer
    assert len({c.section for c in answer.citations}) == 1


def test_a_question_about_two_regions_is_looked_for_in_each(assistant: Assistant) -> None:
    answer = assistant.answer(Question("Wie viele Abschlüsse des Integrationsparcours 2024 in der Wallonie und in Brüssel?"))
    assert answer.status == "answered"
    assert {c.authority for c in answer.citations} == {"wallonia", "brussels"}
    assert "3.498" in answer.answer
    assert "1.077" in answer.answer


def test_what_it_was_before_names_each_version_the_latest_first(assistant: Assistant) -> None:
    history = (Turn("user", "How much does it cost to become Belgian?"), Turn("assistant", "€1,030."))
    answer = assistant.answer(Question("what was it before?", history=history))
    sections = [c.section for c in answer.citations]
    assert sections[:3] == ["fee", "fee-1000", "fee-150"]


def test_what_changed_before_a_past_day_names_no_later_version(assistant: Assistant) -> None:
    day = date(2025, 6, 1)
    answer = assistant.answer(Question("What changed in the number of months that a refugee's family has to apply?", as_of=day))
    assert answer.citations
    assert all(c.valid_from is None or c.valid_from <= day for c in answer.citations)
