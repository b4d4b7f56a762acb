"""Which language a question or text is in, and which the answer has."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import language
from assistant import settings as options
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


# Short questions full of names and figures, which say little of their language.
SHORT = {
    "nl": (
        "Wat kostte inburgering in Vlaanderen in 2022?", "Inburgering Gent prijs?", "Boete in Antwerpen?", "En in Brussel?",
        "Leefloon 2026 alleenstaande?", "Wachttijd sociale woning Leuven?", "Nederlands leren in Aalst?", "Verblijf na scheiding?",
        "Werken met F-kaart?", "Stemmen in 2024 als Marokkaan?", "Kindergeld Mechelen 2025?", "Gezinshereniging partner inkomen?",
        "Mag asielzoeker werken?", "Atlas Antwerpen inschrijven?", "Hoelang duurde inburgering in 2021?",
    ),
    "fr": (
        "Coût parcours Namur 2023?", "Amende à Bruxelles ?", "Délai d'inscription à Namur ?", "Et en Wallonie ?",
        "Nationalité belge prix 2026 ?", "Revenu minimum regroupement familial ?", "Cours français gratuit Liège ?",
        "Voter à Ixelles en 2024 ?", "Permis unique Wallonie salaire ?", "Équivalence diplôme Sénégal ?",
        "Aide médicale urgente Schaerbeek ?", "Vivaqua BAPA Molenbeek inscription ?", "Combien coûtait la nationalité en 2012 ?",
        "Durée du parcours à Charleroi ?", "Inburgering Bruxelles gratuit ?",
    ),
    "de": (
        "Kosten Integrationskurs Eupen 2023?", "Frist in Sankt Vith?", "Strafe in Flandern?", "Und in Namur?", "Sozialhilfe Eupen Höhe?",
        "Staatsangehörigkeit Gebühr 2025?", "Was kostete es 2012?", "Sprachkurs A2 Kelmis?", "Arbeiten als Asylbewerber?",
        "Familiennachzug Einkommen 2026?", "Wählen in Raeren 2024?", "Diplom aus Syrien anerkennen?",
    ),
    "en": (
        "Course fee Ghent 2022?", "Fine in Brussels?", "And in Wallonia?", "Cost of nationality 2026?",
        "Family reunification income 2025?", "Living wage Antwerp?", "Voting in Gent as American?", "Did inburgering cost money in 2022?",
    ),
    "tr": (
        "Anvers'te uyum kursu kaç euro?", "Brüksel'de kurs ücreti 2024?", "Belçika vatandaşlığı 2026 ücreti?", "Gent'te ceza ne kadar?",
        "Mülteci çalışabilir mi?", "Inburgering zorunlu mu?", "Kurs kaç saat?", "Leuven'de sosyal konut?", "Ne zaman başlamalıyım?",
        "Kurs ücretsiz mi?", "Oturma izni nasıl alınır", "Flaman bölgesinde kurs kaç para",
    ),
    "uk": (
        "Курс в Генті 2022?", "Скільки коштує inburgering?",
    ),
    "es": (
        "Cuánto cuesta el curso de integración?", "Donde puedo inscribirme en Bruselas?", "Puedo votar en Gante en 2024?",
        "multa por no hacer el curso", "Que es el inburgering?", "Es obligatorio el curso en Flandes?",
    ),
    "it": (
        "Quanto costa il corso di integrazione?", "Posso lavorare a Bruxelles?",
    ),
    "pt": (
        "Quanto custa o curso em Antuérpia?", "Posso votar na Bélgica?",
    ),
    "pl": (
        "Ile kosztuje kurs integracyjny?", "Czy mogę głosować w Gandawie?",
    ),
    "ro": (
        "Cât costă cursul de integrare?", "Pot să lucrez în Belgia?",
    ),
    "ru": (
        "Сколько стоит курс в Брюсселе?",
    ),
    "sq": (
        "Sa kushton kursi i integrimit?",
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", SHORT)
def test_names_and_figures_do_not_hide_the_language_of_a_short_question(code: str) -> None:
    assert {text: language.of_question(text) for text in SHORT[code]} == dict.fromkeys(SHORT[code], code)


def test_the_short_questions_written_for_the_corpus_are_told_apart_in_seven_languages() -> None:
    lines = (line for path in options.load().corpus.glob("*/questions.jsonl") for line in path.read_text(encoding="utf-8").splitlines())
    asked = {(row["question"], row["language"]) for row in map(json.loads, lines) if len(row["question"].split()) <= 8}
    assert len(asked) > 1500
    wrong = [(text, code, told) for text, code in sorted(asked) if (told := language.of_question(text)) != code]
    assert len(wrong) <= len(asked) / 100, wrong
