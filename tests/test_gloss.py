"""English search words for questions in languages that the texts do not have."""

from datetime import date

import pytest
from conftest import text_document

from assistant import gloss, selection, understanding
from assistant.index import Library
from assistant.pipeline import Assistant
from assistant.records import Question
from assistant.retrieval import Retriever


@pytest.mark.parametrize(
    ("language", "question", "words"),
    [
        ("ar", "هل دورة الاندماج إلزامية في بروكسل؟", {"integration", "compulsory", "Brussels"}),
        ("ar", "وللدورات؟ كَم تُكلِّف", {"how much", "cost"}),  # joined words in front, vowel signs
        ("tr", "Brüksel'de uyum kursu zorunlu mu?", {"integration", "compulsory", "Brussels"}),
        ("tr", "IKAMET İZNİ ve Inburgering 2026, MIPEX", {"residence permit", "civic integration", "2026", "MIPEX"}),
        ("uk", "Чи обов’язковий курс інтеграції в Брюсселі?", {"integration", "compulsory", "Brussels"}),
        ("uk", "Декрет без дати", {"decree", "without"}),  # a short stem is a word, not the beginning of others
    ],
)
def test_words_of_the_field_are_glossed_whatever_is_joined_to_them(language: str, question: str, words: set[str]) -> None:
    found = gloss.english(question, language)
    assert [w for w in words if w not in found] == []


def test_where_is_no_beginning_of_other_words() -> None:
    assert "where" not in gloss.english("Декларація", "uk")
    assert "where" in gloss.english("Де?", "uk")


@pytest.mark.parametrize("language", ["en", "fr", "nl", "de", "es"])
def test_other_languages_have_no_gloss(language: str) -> None:
    assert gloss.english("What does the course cost in 2026?", language) == ""


def test_every_line_has_a_language_a_stem_as_it_is_matched_and_english() -> None:
    lines = (gloss.LEXICON).read_text(encoding="utf-8").splitlines()
    seen = set()
    for line in lines:
        language, stem, meaning = line.split("\t")
        assert language in ("ar", "tr", "uk"), line
        assert stem == " ".join(gloss.plain(w.rstrip("$"), language) + "$" * w.endswith("$") for w in stem.split()), line
        assert meaning.strip() == meaning != "", line
        assert max(map(ord, meaning)) < 0x250, line
        assert (language, stem) not in seen, line
        seen.add((language, stem))


@pytest.mark.parametrize(
    ("question", "region"),
    [
        ("هل دورة الاندماج إلزامية في بروكسل؟", "brussels"),
        ("Brüksel'de uyum kursu zorunlu mu?", "brussels"),
        ("Чи обов'язковий курс інтеграції в Брюсселі?", "brussels"),
        ("هل دورة الاندماج إلزامية في فلاندرز؟", "flanders"),
        ("Flaman bölgesinde uyum kursu zorunlu mu?", "flanders"),
        ("Чи обов'язковий курс інтеграції у Фландрії?", "flanders"),
    ],
)
def test_the_plainest_question_of_a_newcomer_is_answered(assistant: Assistant, question: str, region: str) -> None:
    answer = assistant.answer(Question(question))
    assert answer.status == "answered"
    assert {c.authority for c in answer.citations} == {region}
    assert any("obligation" in c.section or "start" in c.section or "compulsory" in c.quote or "obliged" in c.quote for c in answer.citations)


def test_a_document_in_the_language_of_the_question_is_found_by_its_own_words(library: Library) -> None:
    letter = text_document("mektup", "İtiraz süresi otuz gündür.\nOfis pazartesi günleri kapalıdır, randevu gerekmez.")
    library.update([text_document("fee", "The fee is 20 euros.")])
    asked = understanding.understand(Question("İtiraz süresi ne kadar?"), date(2026, 11, 26))
    assert selection.asking(asked, Retriever(library.current())) == (asked.gloss, "en")
    library.update([letter])
    assert letter.language == "tr"
    assert selection.asking(asked, Retriever(library.current())) == (asked.search, "tr")
    assert understanding.understand(Question("İtiraz süresi ne kadar?", documents=("mektup",)), date(2026, 11, 26)).gloss == ""
