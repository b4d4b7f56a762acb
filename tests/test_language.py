"""Which language a question or text is in, and which the answer has."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import language
from assistant.records import LANGUAGES


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("What does the integration course cost?", "en"),
        ("How long must I live in Belgium to become Belgian?", "en"),
        ("Who pays?", "en"),
        ("Combien coûte le parcours d'intégration ?", "fr"),
        ("Où puis-je suivre un cours de français ?", "fr"),
        ("Qui paie ?", "fr"),
        ("Hoeveel kost het inburgeringstraject?", "nl"),
        ("Moet ik in Brussel inburgeren?", "nl"),
        ("Wat kost de cursus in Gent?", "nl"),
        ("Was kostet der Integrationskurs?", "de"),
        ("Wie lange muss man in Belgien leben?", "de"),
        ("Wer zahlt?", "de"),
        ("كم تكلفة دورة الاندماج؟", "ar"),
        ("Скільки коштує курс інтеграції?", "uk"),
        ("Entegrasyon kursu ne kadar?", "tr"),
        ("¿Cuánto cuesta el curso de integración?", "es"),
    ],
)
def test_the_language_of_a_question_is_told(text: str, code: str) -> None:
    assert language.of_question(text) == code


@pytest.mark.parametrize("text", ["MIPEX 2019?", "2019?", "§ 12", "🙂"])
def test_a_text_that_does_not_tell_takes_the_default_or_english(text: str) -> None:
    assert language.of_question(text, "nl") == "nl"
    assert language.of_question(text) == "en"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Integration in Flanders. " + "The municipality helps newcomers to find a course and a house. " * 3, "en"),
        ("La commune aide les primo-arrivants à trouver un cours et un logement. " * 3, "fr"),
        ("De gemeente helpt nieuwkomers om een cursus en een woning te vinden. " * 3, "nl"),
        ("Die Gemeinde hilft Neuankömmlingen, einen Kurs und eine Wohnung zu finden. " * 3, "de"),
    ],
)
def test_the_language_of_a_document_is_told(text: str, code: str) -> None:
    assert language.of_text(text) == code


@pytest.mark.parametrize(
    ("asked", "wanted", "reply"),
    [("fr", None, "fr"), ("fr", "de", "de"), ("ar", None, "en"), ("ar", "nl", "nl"), ("en", "xx", "en"), ("tr", "xx", "en")],
)
def test_the_answer_has_the_wanted_language_else_that_of_the_question_else_english(
    asked: str, wanted: str | None, reply: str
) -> None:
    assert language.reply_language(asked, wanted) == reply


@settings(max_examples=150, deadline=None, database=None, derandomize=True)
@given(st.text(max_size=60), st.sampled_from([None, *LANGUAGES]))
def test_any_text_has_a_language_that_people_ask_in(text: str, default: str | None) -> None:
    assert language.of_question(text, default) in language.ASKED
    assert language.of_text(text) in language.ASKED
