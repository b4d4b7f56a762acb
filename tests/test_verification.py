"""Figures written one way in every language, and whether a quote carries a claim."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.verification import figures, supports

PROPERTY = settings(max_examples=200, deadline=None, database=None, derandomize=True)


@pytest.mark.parametrize(
    ("texts", "number"),
    [
        (("€1,000", "1 000 €", "€ 1.000", "1.000 €", "1\u00a0000 €", "1\u202f000 €", "1000 euro"), "1000"),
        (("€2,323.10", "2 323,10 €", "€ 2.323,10", "2.323,10 €"), "2323.10"),
        (("16.8%", "16,8 %", "16,8%"), "16.8"),
        (("1,234,567", "1 234 567", "1.234.567"), "1234567"),
        (("the 1st day", "le 1er jour", "de 1ste dag", "de 1e dag", "der 1. Tag"), "1"),
        (("5 years", "5 ans", "05"), "5"),
        (("art. 12bis", "Article 12bis"), "12"),
    ],
)
def test_a_figure_is_the_same_in_every_way_of_writing(texts: tuple[str, ...], number: str) -> None:
    assert [dict(figures(text)) for text in texts] == [{number: 1}] * len(texts)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", []),
        ("no figure", []),
        ("1 January 2026", ["1", "2026"]),
        ("1er janvier 2026", ["1", "2026"]),
        ("In 2019, 114,578 permits", ["2019", "114578"]),
        ("en 2019, 114 578 titres", ["2019", "114578"]),
        ("in 2019 114.578 Titel", ["2019", "114578"]),
        ("65 of 100, then 65 again", ["65", "65", "100"]),
        ("between 3.5 and 4.5", ["3.5", "4.5"]),
        ("2009-2018", ["2009", "2018"]),
    ],
)
def test_all_figures_of_a_text_are_counted(text: str, numbers: list[str]) -> None:
    assert figures(text) == Counter(numbers)


@PROPERTY
@given(st.integers(0, 10**9))
def test_a_whole_number_is_the_same_with_any_separator(number: int) -> None:
    written = {f"{number:,}".replace(",", mark) for mark in (",", ".", " ", "\u00a0", "\u202f")} | {str(number)}
    assert {next(iter(figures(f"x {text} y"))) for text in written} == {str(number)}


@PROPERTY
@given(st.text(max_size=60))
def test_any_text_has_figures_and_supports_itself(text: str) -> None:
    assert supports(text, [text])
    assert all(number.replace(".", "").isdigit() for number in figures(text))


QUOTE = "In Flanders, the programme costs at most €360 since 1 September 2023."


@pytest.mark.parametrize(
    "claim", [QUOTE, "The programme costs at most 360 € in Flanders.", "In Flanders the programme costs at most € 360"]
)
def test_a_quote_supports_what_it_says(claim: str) -> None:
    assert supports(claim, [QUOTE])


@pytest.mark.parametrize(
    "claim",
    [
        "In Flanders, the programme costs at most €180 since 1 September 2023.",
        "In Flanders, the programme costs at most €360 since 1 September 2024.",
        "In Flanders, 2 programmes cost at most €360.",
        "Children must attend school until they are adults.",
    ],
)
def test_a_quote_does_not_support_another_figure_or_another_matter(claim: str) -> None:
    assert not supports(claim, [QUOTE])


def test_several_quotes_support_a_claim_together_and_none_supports_nothing() -> None:
    assert supports("It costs 360 and lasts 60 hours.", ["It costs 360.", "It lasts 60 hours and more."])
    assert not supports("It costs 360.", [])
