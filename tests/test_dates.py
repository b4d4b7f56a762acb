"""Dates as people write them in four languages."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import dates
from assistant.errors import UsageError
from assistant.records import LANGUAGES

PROPERTY = settings(max_examples=150, deadline=None, database=None, derandomize=True)
DAY = (date(2023, 9, 1), date(2023, 9, 1))
MONTH = (date(2023, 9, 1), date(2023, 9, 30))
YEAR = (date(2023, 1, 1), date(2023, 12, 31))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("on 2023-09-01", DAY),
        ("le 1/9/2023", DAY),
        ("am 01.09.2023", DAY),
        ("on 1 September 2023", DAY),
        ("on the 1st of September 2023", DAY),
        ("September 1, 2023", DAY),
        ("le 1er septembre 2023", DAY),
        ("op 1 september 2023", DAY),
        ("am 1. September 2023", DAY),
        ("in September 2023", MONTH),
        ("en septembre 2023", MONTH),
        ("in sept. 2023", MONTH),
        ("in 2023", YEAR),
        ("What did it cost in 2023?", YEAR),
        ("2023", YEAR),
        ("im Jahr 2023 (neu)", YEAR),
        ("in February 2024", (date(2024, 2, 1), date(2024, 2, 29))),
        ("au mois d'août 2023", (date(2023, 8, 1), date(2023, 8, 31))),
        ("im März 2023", (date(2023, 3, 1), date(2023, 3, 31))),
        ("in maart 2023", (date(2023, 3, 1), date(2023, 3, 31))),
        ("en décembre 2023", (date(2023, 12, 1), date(2023, 12, 31))),
    ],
)
def test_a_day_month_or_year_is_found_once(text: str, period: dates.Period) -> None:
    assert dates.periods(text) == [period]


@pytest.mark.parametrize(
    "text",
    [
        "", "no date", "It costs €2000.", "a fine of € 2000", "une amende de 2000 €", "2000 euro boete", "2.000 uur", "1999,50",
        "31 February", "on 31/02/2023", "law 2023/45 of someone", "nr. 20231", "in 1066", "3023", "A2 and B1",
        "may 18 people come",
    ],
)  # fmt: skip
def test_amounts_and_impossible_dates_are_none(text: str) -> None:
    assert dates.periods(text) == []


def test_several_years_are_all_found() -> None:
    assert [p[0].year for p in dates.periods("What changed between 2019 and 2023?")] == [2019, 2023]


def test_a_named_month_wins_over_its_year() -> None:
    assert dates.periods("the rules of March 2020 and 2021") == [
        (date(2020, 3, 1), date(2020, 3, 31)),
        (date(2021, 1, 1), date(2021, 12, 31)),
    ]


@pytest.mark.parametrize(
    "value", ["", "2026", "2026-13-01", "2026-02-30", "01-02-2026", "tomorrow", "20260101", "2026-W01-1", "2026-01-01 "]
)
def test_what_is_no_iso_date_is_a_usage_error_that_names_the_option(value: str) -> None:
    with pytest.raises(UsageError, match="--as-of") as error:
        dates.parse(value, "--as-of")
    assert "2026-01-31" in str(error.value)


@PROPERTY
@given(st.dates())
def test_an_iso_date_is_read_back(day: date) -> None:
    assert dates.parse(day.isoformat()) == day


@PROPERTY
@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)), st.sampled_from(LANGUAGES))
def test_a_date_in_words_is_read_back_in_each_language(day: date, language: str) -> None:
    assert dates.periods(f"x {dates.written(day, language)} x") == [(day, day)]


def test_dates_are_written_as_each_language_does() -> None:
    assert [dates.written(DAY[0], x) for x in LANGUAGES] == [
        "1 September 2023", "1er septembre 2023", "1 september 2023", "1. September 2023",
    ]  # fmt: skip


@PROPERTY
@given(st.text(st.sampled_from("0123456789 .-/maijn€er,"), max_size=30) | st.text(max_size=30))
def test_any_text_gives_ordered_periods(text: str) -> None:
    assert all(a <= b for a, b in dates.periods(text))
