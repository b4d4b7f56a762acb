"""Place names in five scripts → region; region and topic → the competent authorities."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import places
from assistant.records import AUTHORITIES, REGIONS

EAST = "german-speaking-community"


@pytest.mark.parametrize(
    ("names", "region"),
    [
        ("Flanders Vlaanderen Flandre Flandern Flandes فلاندرز Фландрія", "flanders"),
        ("Brussels Brussel Bruxelles Brüssel Brüksel Bruselas بروكسل Брюссель", "brussels"),
        ("Wallonia Wallonië Wallonie Wallonien Valonya والونيا Валлонія Валлонии", "wallonia"),
        ("Ostbelgien Oostkantons", EAST),
        ("Ghent Gent Gand Antwerp Antwerpen Anvers Leuven Louvain Mechelen Malines Kortrijk Courtrai Bruges Brugge", "flanders"),
        ("Molenbeek Laeken Laken Schaerbeek Schaarbeek Anderlecht Ixelles Elsene Uccle Ukkel", "brussels"),
        ("Liège Luik Lüttich Namur Charleroi Mons Verviers Doornik Tournai Nivelles Nijvel", "wallonia"),
        ("Amel Büllingen Burg-Reuland Bütgenbach Eupen Kelmis Lontzen Raeren Sankt-Vith Amblève Bullange Saint-Vith", EAST),
    ],
)
def test_a_place_is_known_by_each_of_its_names(names: str, region: str) -> None:
    for name in names.split():
        name = name.replace("Sankt-Vith", "Sankt Vith")
        assert places.regions(f"in {name}") == (region,), name
        assert places.regions(f"Ich wohne in {name}, was gilt?") == (region,), name


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("Ik woon in Sint-Jans-Molenbeek", "brussels"),
        ("J'habite à La Louvière.", "wallonia"),
        ("dans la région de Bruxelles-Capitale", "brussels"),
        ("in the German-speaking Community", EAST),
        ("en Communauté germanophone", EAST),
        ("in de Duitstalige Gemeenschap", EAST),
        ("in der Deutschsprachigen Gemeinschaft", EAST),
        ("the Flemish programme", "flanders"),
        ("les règles wallonnes", "wallonia"),
        ("LIÈGE", "wallonia"),
        ("Я живу в Генті", "flanders"),
        ("أسكن في بروكسل", "brussels"),
        ("وصلتني شهادة من بلدية مولنبيك.", "brussels"),
        ("أعيش في غنت", "flanders"),
        ("Я живу в Моленбеку", "brussels"),
        ("Genk'te oturuyorum", "flanders"),
        ("I live in As", "flanders"),
        ("Ik woon in Boom", "flanders"),
        ("Ich wohne in Essen", "flanders"),
        ("Boom", "flanders"),
    ],
)
def test_a_place_in_a_sentence_gives_its_region(text: str, region: str) -> None:
    assert places.regions(text) == (region,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "What does it cost in Belgium?",
        "As a student, must I follow the course?",
        "Er staat een boom in de tuin.",
        "Een peer of een ham?",
        "Das Essen ist gut.",
        "Il a trois ans et dix mois.",
        "The spa is closed.",
        "Ab welchem Alter darf man wählen?",
        "Muss man ab 65 Jahren oder älter einen Kurs machen?",
        "Mag mijn familie naar België komen?",
        "Hoeveel uur lessen zijn er?",
        "Waar kan ik mijn attest halen?",
        "Welke namen mag mijn kind hebben?",
        "Met wie moet ik een gesprek voeren?",
        "La période va d'avril à mai.",
        "How do I manage my permit?",
        "Le Luxembourg est un pays voisin.",
        "Frankreich, Nederland and the Netherlands",
        "la forêt",
    ],
)
def test_a_word_or_another_country_is_no_place(text: str) -> None:
    assert places.regions(text) == ()


def test_several_places_come_in_order_and_once() -> None:
    assert places.regions("Gent, Namur, Antwerpen and Eupen") == ("flanders", "wallonia", EAST)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("I live in Zaventem but work in Brussels.", "flanders"),
        ("Werk in Brussel, woon in Halle.", "flanders"),
        ("Cliënt wil van Molenbeek naar Vilvoorde verhuizen.", "flanders"),
        ("Wenn ich von Lüttich nach Eupen umziehe", EAST),
        ("J'ai suivi le parcours à Gand, je viens de déménager à Bruxelles.", "brussels"),
        ("I moved from Ghent to Brussels.", "brussels"),
    ],
)
def test_where_one_lives_or_moves_to_decides(text: str, region: str) -> None:
    assert places.lived(text) == (region,)


@pytest.mark.parametrize(
    "text",
    [
        "Difference between Flanders and Brussels?",
        "Ik woon in Gent, mijn broer woont in Luik en werkt in Brussel.",
        "I live in Ghent, not in Brussels.",
        "From Ghent and Liège we often move.",
    ],
)
def test_two_homes_or_none_decide_nothing(text: str) -> None:
    assert places.lived(text) == ()


def test_where_one_works_may_decide_elsewhere_than_for_the_programme() -> None:
    assert places.lived("I live in Zaventem but work in Brussels.", working=True) == ()


def test_a_municipality_is_replaced_by_its_region_and_a_region_stays() -> None:
    names = {region: region.upper() for region in REGIONS}
    assert places.generalised("Courses in Gent and in Flanders?", names) == "Courses in FLANDERS and in Flanders?"


def test_places_are_cut_out() -> None:
    assert places.without("in Gent and Liège?").split() == ["in", "and", "?"]


WORDS = ["Gent", "in", "La Louvière", "İstanbul", "ß", "Sint-Niklaas", "e\u0301", "Ль", "\x00", "🙂", "-", "بروكسل"]


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=8).map(" ".join))
def test_mentions_are_ordered_slices_of_any_text(text: str) -> None:
    at = 0
    for mention in places.mentions(text):
        assert at <= mention.start < mention.end <= len(text)
        assert mention.region in REGIONS
        at = mention.end


@pytest.mark.parametrize(
    ("region", "topic", "first"),
    [
        ("flanders", "civic-integration", "flanders"),
        ("brussels", "civic-integration", "brussels"),
        ("wallonia", "civic-integration", "wallonia"),
        (EAST, "civic-integration", EAST),
        ("flanders", "nationality", "federal"),
        ("wallonia", "residence", "federal"),
        (EAST, "family-reunification", "federal"),
    ],
)
def test_the_nearest_competent_authority_comes_first(region: str, topic: str, first: str) -> None:
    assert places.competent(region, topic)[0] == first


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize(
    "topic", ["", "civic-integration", "nationality", "school", "diplomas", "housing", "mipex", "unheard-of"]
)
def test_federal_rules_and_research_hold_everywhere(region: str, topic: str) -> None:
    found = places.competent(region, topic)
    assert {"federal", "research"} <= set(found) <= set(AUTHORITIES)
    assert len(set(found)) == len(found)


def test_no_region_gets_the_integration_rules_of_another() -> None:
    for region in REGIONS:
        assert not set(places.competent(region, "civic-integration")) & set(REGIONS) - {region}


def test_a_diploma_is_recognised_by_a_community_in_brussels_and_wallonia() -> None:
    assert "french-community" in places.competent("wallonia", "diplomas")
    assert {"french-community", "flanders"} <= set(places.competent("brussels", "diplomas"))
