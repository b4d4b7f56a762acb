"""Figures written one way in every language, and whether a quote carries a claim."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.bodies import bodies
from assistant.modality import bounds, cues
from assistant.quantities import computed, quantities
from assistant.verification import Verdict, check, figures, supports

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


def pairs(text: str) -> set[tuple[str, str]]:
    return {(q.kind, q.value) for q in quantities(text)}


@pytest.mark.parametrize(
    ("texts", "quantity"),
    [
        (("1.000 €", "EUR 1,000", "mille euros", "1 000 €", "€1000", "duizend euro", "tausend Euro"), ("euro", "1000")),
        (("€4.8 million", "4,8 millions €", "€ 4,8 miljoen", "4,8 Millionen €"), ("euro", "4800000")),
        (("5 years", "five years", "5 ans", "cinq ans", "vijf jaar", "fünf Jahre", "60 months"), ("month", "60")),
        (("sixty hours", "soixante heures", "zestig uur", "sechzig Stunden"), ("hour", "60")),
        (("vijfentwintig uur", "fünfundzwanzig Stunden", "twenty-five hours", "vingt-cinq heures"), ("hour", "25")),
        (("1er septembre 2023", "2023-09-01", "1 September 2023", "1. September 2023", "September 1, 2023"), ("date", "2023-09-01")),
        (("every 1 January", "chaque 1er janvier", "elke 1 januari", "jeden 1. Januar"), ("date", "--01-01")),
        (("16.8%", "16,8 %", "16,8 Prozent", "16,80 pour cent"), ("percent", "16.8")),
        (("level A2", "niveau A2", "A2-niveau"), ("level", "A2")),
        (("art. 12bis", "article 12bis", "artikel 12bis", "Artikel 12bis"), ("article", "12bis")),
        (("§ 1er", "§1", "paragraph 1"), ("paragraph", "1")),
        (("A card", "carte A", "A-kaart", "A-Karte"), ("card", "a")),
    ],
)
def test_a_quantity_is_one_in_every_language_and_way_of_writing(texts: tuple[str, ...], quantity: tuple[str, str]) -> None:
    assert [pairs(text) for text in texts] == [{quantity}] * len(texts)


def test_words_that_look_like_quantities_are_none() -> None:
    assert pairs("People under 18 may follow onze lessen") == {("number", "18")}
    assert pairs("Artikel 20 bis 25") == {("article", "20"), ("number", "25")}


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Le parcours coûte au plus 360 € depuis le 1er septembre 2023 en Flandre.", QUOTE),
        ("In Vlaanderen kost het traject hoogstens € 360 sinds 1 september 2023.", QUOTE),
        ("In Flandern kostet der Parcours seit dem 1. September 2023 höchstens 360 €.", QUOTE),
        ("In 2023 the programme in Flanders came to cost at most 360 euros.", QUOTE),
        ("The programme in Ghent costs at most €360.", QUOTE),
        ("The declaration takes 12 months.", "The declaration takes 1 year."),
        ("Turkish nationals are exempt.", "Turkish nationals need not follow the programme: Turkish nationals are exempt from it."),
        ("Le CPAS paie les soins.", "Het OCMW betaalt de zorg."),
        ("The fee is €180 for 2 parts, so 2 × 180 = 360 euros.", "The fee is €180 for each of the 2 parts."),
    ],
)
def test_a_claim_that_follows_is_supported_in_any_language(claim: str, quote: str) -> None:
    assert check(claim, [quote]) == Verdict(True, (), check(claim, [quote]).score)


@pytest.mark.parametrize(
    ("claim", "quote", "reason"),
    [
        ("In Flanders, the programme costs at most €350 since 1 September 2023.", QUOTE, "amount: 350 €"),
        ("Le parcours flamand coûte au plus 360 € depuis le 1er octobre 2023.", QUOTE, "date: 2023-10-01"),
        ("In Wallonia, the programme costs at most €360 since 1 September 2023.", QUOTE, "place: wallonia"),
        ("In Belgium, the programme costs at most €360 since 1 September 2023.", QUOTE, "place: belgium"),
        ("In Flanders, the programme costs at least €360 since 1 September 2023.", QUOTE, "limit: up 360"),
        ("In Flanders, the programme costs at most €360 until 1 September 2023.", QUOTE, "limit: down 2023-09-01"),
        ("Tot 1 september 2023 kostte het traject in Vlaanderen hoogstens € 360.", QUOTE, "limit: down 2023-09-01"),
        ("In Flanders, the programme does not cost at most €360 since 1 September 2023.", QUOTE, "polarity: not"),
        ("Newcomers may follow the course.", "Newcomers must follow the course.", "modality: may"),
        ("Les primo-arrivants peuvent suivre le cours.", "Nieuwkomers moeten de cursus volgen.", "modality: may"),
        ("Refugees are obliged to follow the course.", "Refugees are exempt from the course.", "polarity: not"),
        ("Réfugiés : le cours est volontaire.", "Flüchtlinge: der Kurs ist verpflichtend.", "modality: free"),
        ("The CPAS decides on the card.", "The Immigration Office decides on the card.", "body: social-welfare"),
        ("Level B1 is required.", "Level A2 is required.", "level: B1"),
        ("Article 12 applies.", "Article 12bis applies.", "article: 12"),
        ("It is €360 a month.", "It is €360 a year.", "duration: per month"),
        ("It takes 5 months.", "It takes 5 years.", "duration: 5 month"),
        ("9% of 54,000 is 9% × 54,000 = 5,860.", "9% of 54,000 people took part.", "sum: 9% × 54,000 = 5,860"),
    ],
)
def test_a_claim_with_one_thing_changed_is_refused_with_the_reason(claim: str, quote: str, reason: str) -> None:
    verdict = check(claim, [quote])
    assert not verdict.supported
    assert reason in verdict.reasons


def test_a_sum_that_is_shown_and_right_needs_no_quote_for_its_result() -> None:
    assert computed("9% of 54,000 ≈ 4,860") == (frozenset({"4860"}), ())
    assert check("9% of 54,000 ≈ 4,860 people took part.", ["9% of 54,000 people took part."]).supported
    assert not check("4,860 people took part.", ["9% of 54,000 people took part."]).supported


def test_the_authority_of_a_section_counts_as_its_place() -> None:
    claim, quote = "In Wallonia, the course is free.", "The course is free."
    assert "place: wallonia" in check(claim, [quote]).reasons
    assert check(claim, [quote], authorities=["wallonia"]).supported


def test_what_is_no_longer_in_force_must_be_told_as_past() -> None:
    quote, ended, today = "The fee is €150 for each declaration of nationality.", (None, date(2025, 7, 29)), date(2026, 1, 1)
    now, then = "A declaration of nationality has a fee of €150.", "A declaration of nationality had a fee of €150."
    assert check(now, [quote], periods=[ended], as_of=today).reasons == ("period: not in force on 2026-01-01",)
    assert check(then, [quote], periods=[ended], as_of=today).supported
    assert check(now, [quote], periods=[ended], as_of=date(2024, 1, 1)).supported
    assert check(now, [quote], periods=[ended, (date(2025, 7, 29), None)], as_of=today).supported


def test_a_comparison_of_content_decides_between_languages() -> None:
    claim, quote = "Le parcours est gratuit à Bruxelles.", "The programme is free in Brussels."
    assert check(claim, [quote], similar=lambda *_: 0.95).score > 0.9
    other = check(claim, [quote], similar=lambda *_: 0.80)
    assert (other.supported, other.reasons) == (False, ("content: 0.80 alike",))
    assert check(claim, [quote]).supported


def test_cues_bounds_and_bodies_are_read_alike_in_four_languages() -> None:
    same = {
        "en": "Turkish nationals need not follow the course before 1 January 2024, says the CPAS.",
        "fr": "Les Turcs ne doivent pas suivre le cours avant le 1er janvier 2024, dit le CPAS.",
        "nl": "Turken moeten de cursus niet volgen vóór 1 januari 2024, zegt het OCMW.",
        "de": "Türken müssen den Kurs vor dem 1. Januar 2024 nicht besuchen, sagt das ÖSHZ.",
    }
    for code, text in same.items():
        assert (cues(text, code)["not"], cues(text, code)["must"]) == (1, 1), code
        assert bounds(text, code) == {("down", "2024-01-01")}, code
        assert bodies(text) == {"social-welfare"}, code


@pytest.fixture(scope="module")
def lines() -> dict[str, tuple[float, str]]:
    from assistant import corpus, settings
    from evals import verify

    made = verify.items("report", corpus.load(settings.load().corpus).documents.values(), share=0.2)
    verdicts = [verify.judge(item, None) for item in made]
    return {kind: (share, target) for kind, _, share, target, _ in verify.lines(made, verdicts)}


def test_true_claims_from_the_corpus_pass_and_changed_ones_are_caught(lines: dict[str, tuple[float, str]]) -> None:
    """A fifth of the benchmark, so with room for chance; `python -m evals verify` holds the targets themselves."""
    from evals.verify import REJECTED

    assert len(lines) >= 25
    assert lines["rejected of all true"][0] <= REJECTED + 0.01
    caught = {kind: share for kind, (share, target) in lines.items() if kind.startswith("caught") and "same section, other" not in kind}
    assert {kind: share for kind, share in caught.items() if share < float(lines[kind][1].strip("≥ %")) / 100 - 0.1} == {}


@pytest.mark.parametrize(
    ("text", "code", "sides"),
    [
        ("De mai 2024 au 31 janvier 2025, le revenu était de 858,97 €.", "fr", {("up", "2024-05"), ("down", "2025-01-31")}),
        ("Van januari 2017 tot eind 2017 liep het traject.", "nl", {("up", "2017-01"), ("down", "2017")}),
        ("Het is verplicht voor nieuwkomers sinds 19 mei 2016.", "nl", {("up", "2016-05-19")}),
        ("Children can go until the age of 2.5 years.", "en", {("down", "30")}),
        ("Selon l'avant-projet belge du 24 décembre 2025, il y a une sanction.", "fr", set()),
    ],
)
def test_the_nearest_word_bounds_a_figure_and_a_range_is_bounded_on_both_sides(text: str, code: str, sides: set[tuple[str, str]]) -> None:
    assert bounds(text, code) == sides


@pytest.mark.parametrize(("claim", "holds"), [("People of 18 years may come.", True), ("People of 18 months may come.", False)])
def test_an_age_without_a_unit_is_years(claim: str, holds: bool) -> None:
    assert check(claim, ["People aged 18 may come."]).supported is holds


def test_and_no_denies_where_nothing_before_it_does() -> None:
    assert cues("The report is of 2020, and no later change was found.", "en")["not"] == 1
    assert cues("There is no fee and no exam.", "en")["not"] == 1
