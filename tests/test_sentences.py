"""Sentence spans: what must never be cut, what must be, and what holds for any text."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.sentences import spans

PROPERTY = settings(max_examples=250, deadline=None, database=None, derandomize=True)
# Random Unicode, and texts made of the pieces that make sentence splitting hard.
PIECES = [
    "art.", "12bis", "§", "1er", "1°", "M.B.", "18.05.2016", "z.", "B.", "bv.", "€", "1.000", "1.", "Januar", "J.", "Peeters",
    "(", ")", "()", "…", "...", ".", "?!", "»", "«", "“", "؟", "。", "\n", "\n\n", "\t", " ", "\u00a0", "\u2028", "\x1c",
    "\u200b", "https://x.be/a.b?c", "Hij", "komt", "’", "🙂", "é", "e\u0301", "am", "vom", "carte", "A.", "\ud800",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
)


def cut(text: str) -> list[str]:
    return [text[a:b] for a, b in spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Zie art. 12bis van het Wetboek van de Belgische nationaliteit.",
        "Artikel 5, § 1er, al. 2 de la loi fixe le délai.",
        "Voir l'art. 12 et l'art. 13 de la loi.",
        "Le délai de l'article 7, 1° et 2° est de 3 mois.",
        "Publié au M.B. 18.05.2016 et en vigueur depuis.",
        "Bekendgemaakt in het B.S. 18.05.2016, tweede editie.",
        "Das gilt z. B. für Studierende aus Drittstaaten.",
        "Das gilt z. B. Studierenden und d. h. Auszubildenden.",
        "Dat kan bv. Antwerpen of bijv. Gent zijn.",
        "Het traject kost € 1.000 en soms € 2.323,10 per persoon.",
        "Am 1. September 2023 trat das Dekret in Kraft.",
        "1. Januar 2024 ist der Stichtag.",
        "Die Frist beginnt am 3. Tag nach der Zustellung.",
        "Der 2. Teil dauert 60 Stunden.",
        "Das Gesetz vom 28. Juni 1984 regelt die Staatsangehörigkeit.",
        "Selon J. Dupont et M. Van Damme, le cours est gratuit.",
        "Selon J.-P. Dupont, le cours est gratuit.",
        "Volgens Prof. Dr. Peeters en dhr. Janssens is dat juist.",
        "Le Conseil d'État (arrêt nr. 123. Il est public.) a annulé la règle.",
        "Zie https://www.vlaanderen.be/inburgering.html?x=1.2&y=a.b voor meer.",
        "Meer op www.mipex.eu/belgium of op assistant@voorbeeld.be hierover.",
        "Ruf an: Tel. 087 59 59 59 oder Nr. 12.",
        "Gemäß Art. 3 Abs. 2 Nr. 1 des Dekrets gilt das nicht.",
        "It is possible, e.g. Ghent or i.e. Antwerp, cf. Table 2.",
        "In St. Vith und in St. Truiden gilt etwas anderes.",
        "Het gaat o.a. Gent en d.m.v. een attest m.b.t. Nederlands aan.",
        "Le coût … dépend de la commune.",
        "De wet van 28.06.1984 (B.S. 12.07.1984) blijft gelden.",
    ],
)
def test_a_sentence_is_not_cut_at_an_abbreviation_number_or_address(text: str) -> None:
    assert cut(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Het kost € 1.000.|Daarna is het gratis.",
        "Die Gebühr beträgt 16,8 %.|Danach steigt sie.",
        "Er gilt seit 2019.|Der Kurs ist Pflicht.",
        "Il faut avoir 18 ans.|Il faut aussi le niveau A2.|C'est tout.",
        "Zie artikel 12.|De wet geldt.",
        "It holds a residence card A.|The card is valid for a year.",
        "Qui paie ?|La commune paie !|C'est la règle.",
        "« Le cours est gratuit. »|L'agence le dit.",
        "Er sagte: „Der Kurs ist gratis.“|Das stimmt.",
        "(Dit geldt in Vlaanderen.)|In Brussel niet.",
        "من يدفع؟|البلدية تدفع.",
        "Das kostet nichts.|1. September ist der Stichtag.",
        "Vraag het aan de OCMW's.|In Brussel ook.",
        "Wait...|Then pay.",
    ],
)
def test_sentences_are_parted_where_one_ends(text: str) -> None:
    assert cut(text.replace("|", " ")) == text.split("|")


def test_a_sentence_that_goes_on_over_a_line_break_is_one() -> None:
    assert cut("The course is free\nfor all newcomers. It takes a year.") == [
        "The course is free\nfor all newcomers.",
        "It takes a year.",
    ]


def test_only_the_given_stretch_is_looked_at() -> None:
    text = "One here. Two here. Three here."
    assert [text[a:b] for a, b in spans(text, 10, 19)] == ["Two here."]


@pytest.mark.parametrize("text", ["", " ", "\n\t\u00a0\u2003\x1c"])
def test_blank_text_has_no_sentence(text: str) -> None:
    assert spans(text) == []


@PROPERTY
@given(TEXTS)
@example("(a. B")
@example(". . .")
@example("\u00a01. Januar")
@example("\u00a01. Der")
@example("\u2028.\u2028A")
def test_spans_are_ordered_trimmed_and_cover_all_but_white_space(text: str) -> None:
    found = spans(text)
    at = 0
    for a, b in found:
        assert at <= a < b <= len(text)
        assert text[at:a].strip() == ""
        assert text[a:b] == text[a:b].strip()
        at = b
    assert text[at:].strip() == ""


@PROPERTY
@given(TEXTS, st.data())
def test_spans_of_a_stretch_stay_inside_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = spans(text, start, end)
    assert all(start <= a < b <= end for a, b in found)
    assert sum(b - a for a, b in found) >= sum(not c.isspace() for c in text[start:end])


@pytest.mark.parametrize("piece", ["Hr. ", "art. 1 ", "(A. ", "J. ", "z. B. ", "1. Mai ", "word ", ". ", "(", ")\n"])
def test_the_time_grows_with_the_length_of_the_text_and_not_with_its_square(piece: str) -> None:
    text = piece * (40_000 // len(piece))
    began = time.thread_time()
    assert spans(text)
    assert time.thread_time() - began < 1.5
