"""A made-up law on allotment gardens as consolidated texts on the web show one, in French, Dutch and German, and questions on it.

The words are ours; the shape is that of such texts: a head with dates and notes, a table of contents that names articles, the marks
of amendments ("[1 …]1" with "(1)<L 2012-12-04/04, art. 5, 003; En vigueur : 01-01-2013>" below), inserted, repealed, regional and
future versions. The readers of law were written before it; `act` and `page` take a seed that moves all of that about.
"""

from __future__ import annotations

import html
import itertools
import random

NUMBERS = "1 1/1 2 3 4 4bis 5 6 7 8 9 10 10/1 11 12 13 13quater 14 15 16".split()

# For each article: its paragraphs, and a question that names no article.
TOPICS: dict[str, list[tuple[list[str], str]]] = {
    "fr": [
        (["La présente loi règle une matière visée à l'article 74 de la Constitution."], "Quelle matière constitutionnelle la loi règle-t-elle ?"),
        (["La présente loi transpose partiellement la directive sur les espaces verts."], "Quelle directive est transposée ?"),
        (["Pour l'application de la présente loi, on entend par :\n1° parcelle : le terrain de moins de trois ares mis à disposition d'un jardinier ;\n2° association : la personne morale qui gère un site ;\n3° registre : la liste des jardiniers tenue par l'association."], "Qu'entend-on par parcelle ?"),
        (["Toute personne majeure qui habite à moins de cinq kilomètres du site peut demander une parcelle.", "La demande est adressée à l'association par lettre ou par voie électronique."], "Qui peut demander une parcelle ?"),
        (["Le loyer annuel s'élève à quarante-cinq euros par are.", "Il est dû au plus tard le 31 mars."], "À combien s'élève le loyer annuel ?"),
        (["Les bénéficiaires d'une allocation sociale paient la moitié du loyer."], "Les bénéficiaires d'une allocation sociale ont-ils une réduction ?"),
        (["L'eau de pluie est récoltée dans des citernes communes ; l'usage de l'eau de distribution est interdit entre dix et dix-huit heures."], "Quand ne peut-on pas utiliser l'eau de distribution ?"),
        (["Les pesticides de synthèse sont interdits sur toutes les parcelles."], "Les pesticides sont-ils autorisés ?"),
        (["Un abri de jardin ne peut dépasser six mètres carrés ni deux mètres cinquante de haut."], "Quelle surface un abri de jardin peut-il avoir ?"),
        (["Les poules sont admises à raison de quatre par parcelle ; les coqs ne le sont pas."], "Combien de poules peut-on tenir ?"),
        (["Le jardinier qui laisse sa parcelle en friche pendant six mois reçoit un avertissement.", "Sans suite dans les soixante jours, l'association met fin à l'attribution."], "Que se passe-t-il si une parcelle reste en friche ?"),
        (["L'association tient une liste d'attente publique, classée par date de demande."], "Comment la liste d'attente est-elle classée ?"),
        (["Une priorité est donnée aux écoles qui projettent un potager pédagogique."], "Les écoles ont-elles une priorité ?"),
        (["L'assemblée des jardiniers se réunit deux fois par an et élit un comité de sept personnes."], "Combien de personnes le comité compte-t-il ?"),
        (["Le comité règle les litiges entre voisins par conciliation."], "Qui règle les litiges entre voisins ?"),
        (["Une plainte contre l'association est portée devant le médiateur fédéral des espaces verts dans les vingt jours."], "Dans quel délai porter plainte contre l'association ?"),
        (["Le compost est fourni gratuitement par l'intercommunale une fois par saison."], "Le compost est-il gratuit ?"),
        (["Celui qui abat un arbre fruitier sans accord est puni d'une amende de vingt-six à cinq cents euros."], "Quelle amende pour l'abattage d'un arbre fruitier ?"),
        (["Le Roi fixe le modèle du contrat d'occupation."], "Qui fixe le modèle du contrat ?"),
        (["La présente loi entre en vigueur le premier jour du mois qui suit sa publication."], "Quand la loi entre-t-elle en vigueur ?"),
    ],
    "nl": [
        (["Deze wet regelt een aangelegenheid als bedoeld in artikel 74 van de Grondwet."], "Welke grondwettelijke aangelegenheid regelt de wet?"),
        (["Deze wet voorziet in de gedeeltelijke omzetting van de richtlijn over groene ruimten."], "Welke richtlijn wordt omgezet?"),
        (["Voor de toepassing van deze wet wordt verstaan onder:\n1° perceel: het stuk grond van minder dan drie are dat een tuinder ter beschikking krijgt;\n2° vereniging: de rechtspersoon die een terrein beheert;\n3° register: de lijst van tuinders die de vereniging bijhoudt."], "Wat wordt verstaan onder perceel?"),
        (["Iedere meerderjarige die op minder dan vijf kilometer van het terrein woont, kan een perceel aanvragen.", "De aanvraag wordt per brief of elektronisch aan de vereniging gericht."], "Wie kan een perceel aanvragen?"),
        (["De jaarlijkse huur bedraagt vijfenveertig euro per are.", "Ze is uiterlijk op 31 maart verschuldigd."], "Hoeveel bedraagt de jaarlijkse huur?"),
        (["Wie een sociale uitkering geniet, betaalt de helft van de huur."], "Krijgt iemand met een sociale uitkering korting?"),
        (["Regenwater wordt opgevangen in gemeenschappelijke putten; leidingwater gebruiken is verboden tussen tien en achttien uur."], "Wanneer mag men geen leidingwater gebruiken?"),
        (["Synthetische pesticiden zijn op alle percelen verboden."], "Zijn pesticiden toegelaten?"),
        (["Een tuinhuis mag niet groter zijn dan zes vierkante meter en niet hoger dan twee meter vijftig."], "Hoe groot mag een tuinhuis zijn?"),
        (["Per perceel zijn vier kippen toegelaten; hanen niet."], "Hoeveel kippen mag men houden?"),
        (["De tuinder die zijn perceel zes maanden laat verwilderen, krijgt een waarschuwing.", "Zonder gevolg binnen zestig dagen beëindigt de vereniging de toewijzing."], "Wat gebeurt er als een perceel verwildert?"),
        (["De vereniging houdt een openbare wachtlijst bij, gerangschikt volgens de datum van aanvraag."], "Hoe is de wachtlijst gerangschikt?"),
        (["Voorrang gaat naar scholen die een educatieve moestuin plannen."], "Krijgen scholen voorrang?"),
        (["De vergadering van tuinders komt twee keer per jaar samen en verkiest een comité van zeven personen."], "Uit hoeveel personen bestaat het comité?"),
        (["Het comité regelt geschillen tussen buren door bemiddeling."], "Wie regelt geschillen tussen buren?"),
        (["Een klacht tegen de vereniging wordt binnen twintig dagen ingediend bij de federale ombudsman voor groene ruimten."], "Binnen welke termijn dient men een klacht tegen de vereniging in?"),
        (["De intercommunale levert één keer per seizoen gratis compost."], "Is compost gratis?"),
        (["Wie zonder akkoord een fruitboom velt, wordt gestraft met een geldboete van zesentwintig tot vijfhonderd euro."], "Welke geldboete staat op het vellen van een fruitboom?"),
        (["De Koning bepaalt het model van de gebruiksovereenkomst."], "Wie bepaalt het model van de overeenkomst?"),
        (["Deze wet treedt in werking op de eerste dag van de maand na haar bekendmaking."], "Wanneer treedt de wet in werking?"),
    ],
    "de": [
        (["Vorliegendes Gesetz regelt eine in Artikel 74 der Verfassung erwähnte Angelegenheit."], "Welche Angelegenheit der Verfassung regelt das Gesetz?"),
        (["Vorliegendes Gesetz setzt die Richtlinie über Grünflächen teilweise um."], "Welche Richtlinie wird umgesetzt?"),
        (["Für die Anwendung des vorliegenden Gesetzes versteht man unter:\n1. Parzelle: das Grundstück von weniger als drei Ar, das einem Gärtner zur Verfügung gestellt wird,\n2. Verein: die juristische Person, die ein Gelände verwaltet,\n3. Register: die vom Verein geführte Liste der Gärtner."], "Was versteht man unter Parzelle?"),
        (["Jede volljährige Person, die weniger als fünf Kilometer vom Gelände entfernt wohnt, kann eine Parzelle beantragen.", "Der Antrag wird per Brief oder elektronisch an den Verein gerichtet."], "Wer kann eine Parzelle beantragen?"),
        (["Die Jahrespacht beträgt fünfundvierzig Euro pro Ar.", "Sie ist spätestens am 31. März zu zahlen."], "Wie hoch ist die Jahrespacht?"),
        (["Empfänger einer Sozialleistung zahlen die Hälfte der Pacht."], "Bekommen Empfänger einer Sozialleistung eine Ermäßigung?"),
        (["Regenwasser wird in gemeinsamen Zisternen gesammelt; die Nutzung von Leitungswasser ist zwischen zehn und achtzehn Uhr verboten."], "Wann darf man kein Leitungswasser nutzen?"),
        (["Synthetische Pestizide sind auf allen Parzellen verboten."], "Sind Pestizide erlaubt?"),
        (["Ein Gartenhaus darf höchstens sechs Quadratmeter groß und zwei Meter fünfzig hoch sein."], "Wie groß darf ein Gartenhaus sein?"),
        (["Pro Parzelle sind vier Hühner zugelassen, Hähne jedoch nicht."], "Wie viele Hühner darf man halten?"),
        (["Ein Gärtner, der seine Parzelle sechs Monate brachliegen lässt, erhält eine Verwarnung.", "Bleibt sie sechzig Tage ohne Folge, beendet der Verein die Zuteilung."], "Was geschieht, wenn eine Parzelle brachliegt?"),
        (["Der Verein führt eine öffentliche Warteliste, geordnet nach dem Datum des Antrags."], "Wie ist die Warteliste geordnet?"),
        (["Vorrang haben Schulen, die einen pädagogischen Gemüsegarten planen."], "Haben Schulen Vorrang?"),
        (["Die Versammlung der Gärtner tritt zweimal im Jahr zusammen und wählt einen Ausschuss von sieben Personen."], "Aus wie vielen Personen besteht der Ausschuss?"),
        (["Der Ausschuss schlichtet Streitigkeiten zwischen Nachbarn."], "Wer schlichtet Streitigkeiten zwischen Nachbarn?"),
        (["Eine Beschwerde gegen den Verein wird binnen zwanzig Tagen beim Föderalen Ombudsmann für Grünflächen eingereicht."], "Binnen welcher Frist reicht man eine Beschwerde gegen den Verein ein?"),
        (["Die Interkommunale liefert einmal pro Saison kostenlos Kompost."], "Ist Kompost kostenlos?"),
        (["Wer ohne Zustimmung einen Obstbaum fällt, wird mit einer Geldbuße von sechsundzwanzig bis fünfhundert Euro bestraft."], "Welche Geldbuße droht für das Fällen eines Obstbaums?"),
        (["Der König legt das Muster des Nutzungsvertrags fest."], "Wer legt das Muster des Vertrags fest?"),
        (["Vorliegendes Gesetz tritt am ersten Tag des Monats nach seiner Veröffentlichung in Kraft."], "Wann tritt das Gesetz in Kraft?"),
    ],
}  # fmt: skip
HEADS = {
    "fr": ("12 MARS 1998. - Loi relative aux jardins collectifs", "(NOTE : Consultation des versions antérieures à partir du 03-02-2001 et mise à jour au 14-09-2025)",
           "Source : INTERIEUR", "Publication : 02-04-1998 numéro : 1998000123 page : 9876", "Dossier numéro : 1998-03-12/41", "Entrée en vigueur : 01-05-1998", "Table des matières", "Texte"),
    "nl": ("12 MAART 1998. - Wet betreffende de volkstuinen", "(NOTA : Raadpleging van vroegere versies vanaf 03-02-2001 en tekstbijwerking tot 14-09-2025)",
           "Bron : BINNENLANDSE ZAKEN", "Publicatie : 02-04-1998 nummer : 1998000123 bladzijde : 9876", "Dossiernummer : 1998-03-12/41", "Inwerkingtreding : 01-05-1998", "Inhoudstafel", "Tekst"),
    "de": ("12. MÄRZ 1998 - Gesetz über die Kleingärten", "(ANMERKUNG: inoffizielle koordinierte Fassung, letzte Änderung 14-09-2025)",
           "Quelle : INNERES", "Veröffentlichung : 02-04-1998 Nummer : 1998000123", "Akte Nummer : 1998-03-12/41", "Inkrafttreten : 01-05-1998", "Inhaltsverzeichnis", "Text"),
}  # fmt: skip
CHAPTERS = {
    0: ("CHAPITRE Ier. - Dispositions générales", "HOOFDSTUK I. - Algemene bepalingen", "KAPITEL I - Allgemeine Bestimmungen"),
    3: ("CHAPITRE II. - De l'attribution", "HOOFDSTUK II. - De toewijzing", "KAPITEL II - Zuteilung"),
    6: ("CHAPITRE III. - De l'usage", "HOOFDSTUK III. - Het gebruik", "KAPITEL III - Nutzung"),
    13: ("CHAPITRE IV. - Des organes", "HOOFDSTUK IV. - De organen", "KAPITEL IV - Organe"),
    17: ("CHAPITRE V. - Dispositions finales", "HOOFDSTUK V. - Slotbepalingen", "KAPITEL V - Schlussbestimmungen"),
}
_WORDS = {
    "fr": ("L", "art.", "En vigueur", "Inséré par", "Remplacé par", "Abrogé par", "DROIT FUTUR"),
    "nl": ("W", "art.", "Inwerkingtreding", "Ingevoegd bij", "Vervangen bij", "Opgeheven bij", "TOEKOMSTIG RECHT"),
    "de": ("G", "Art.", "In Kraft", "Eingefügt durch", "Ersetzt durch", "Aufgehoben durch", "KÜNFTIGES RECHT"),
}
# {a} is the article, {p} a paragraph.
NAMING = {
    "fr": ["Que dispose l'article {a} ?", "art {a}", "Contenu de l'art. {a} svp", "C'est quoi l'article {a} de la loi sur les jardins ?", "Expliquez-moi l'article {a} de la loi du 12 mars 1998.",
           "article {a} §{p}", "Que veut dire le paragraphe {p} de l'article {a} ?"],
    "nl": ["Wat zegt artikel {a}?", "art {a}", "Inhoud van art. {a} aub", "Wat houdt artikel {a} van de wet op de volkstuinen in?", "Leg artikel {a} van de wet van 12 maart 1998 uit.",
           "artikel {a} §{p}", "Wat betekent paragraaf {p} van artikel {a}?"],
    "de": ["Was besagt Artikel {a}?", "Art {a}", "Inhalt von Art. {a} bitte", "Was steht in Artikel {a} des Gesetzes über die Kleingärten?", "Erklären Sie Artikel {a} des Gesetzes vom 12. März 1998.",
           "Artikel {a} §{p}", "Was bedeutet Paragraph {p} von Artikel {a}?"],
}  # fmt: skip


def _shown(language: str, number: str) -> str:
    return number.replace("1/1", "1er/1") if language == "fr" and number == "1/1" else "1er" if (language, number) == ("fr", "1") else number


def act(language: str, seed: int = 0) -> str:
    """The text; the seed chooses which articles were inserted, replaced, repealed or have a version to come, and how marks are set."""
    draw, at = random.Random(f"{language} {seed}"), ("fr", "nl", "de").index(language)
    law, article, force, inserted, replaced, repealed, future = _WORDS[language]
    title, *lines, contents, text = HEADS[language]
    lines = ["Titre" if language == "fr" else "Titel", title, *lines[:1], "", *lines[1:], "", contents]
    starts = [*sorted(CHAPTERS), len(NUMBERS)]
    for begin, end in itertools.pairwise(starts):
        inside = [_shown(language, n) for n in NUMBERS[begin:end]]
        lines += [CHAPTERS[begin][at], f"Art. {inside[0]}" if len(inside) == 1 else f"Art. {inside[0]}-{inside[-1]}" if draw.random() < 0.5 else f"Art. {', '.join(inside)}"]
    lines += ["", text, ""]

    def note(mark: int, what: str = "") -> str:
        day = f"{draw.randint(1, 28):02}-{draw.randint(1, 12):02}-{draw.randint(2002, 2024)}"
        by = f"{what} " if what else ""
        return f"<{by}{law} {draw.randint(2001, 2023)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}/{draw.randint(1, 99):02}, {article} {draw.randint(1, 60)}, {mark:03}; {force} : {day}>"

    for place, (number, (paragraphs, _)) in enumerate(zip(NUMBERS, TOPICS[language], strict=True)):
        if place in CHAPTERS:
            lines += [CHAPTERS[place][at], ""]
        name = _shown(language, number)
        head = (f"{'Artikel' if place == 0 else 'Art.'} {name} - " if language == "de" else f"{('Article' if language == 'fr' else 'Artikel') if place == 0 else 'Art.'} {name}. ")
        told = list(paragraphs)
        if len(told) > 1:
            sign = "§ {} - " if language == "de" else "§ {}. "
            told = [sign.format("1er" if language == "fr" and n == 1 else n) + p for n, p in enumerate(told, 1)]
        kind = draw.choice(["plain", "plain", "marked", "replaced", "old"]) if number.isdigit() else "inserted"
        below: list[str] = []
        if kind in ("marked", "replaced", "inserted"):
            mark = draw.randint(1, 3)
            told[0] = f"[{mark} {told[0]}"
            told[-1] = f"{told[-1]}]{mark}"
            below = ["----------", f"({mark}){note(mark, {'inserted': inserted, 'replaced': replaced}.get(kind, ''))}"]
            head = head.rstrip() + draw.choice(["", " "]) if language != "de" else head
        elif kind == "old":
            told[0] = f"{note(2)} {told[0]}"
        lines += [f"{head}{told[0]}", *told[1:], *below, ""]
        if number == "9" and seed % 2 == 0:
            dated = f"{article.upper()[0]}{article[1:]} {number} {future}{' -' if language == 'de' else '.'}"
            lines += [f"{dated} {paragraphs[0]} <{law} 2025-05-05/02, {article} 9, 017; {force} : 01-01-2031>", ""]
        if number == "12":
            gone = f"{article.upper()[0]}{article[1:]} 12bis{' -' if language == 'de' else '.'}"
            lines += [f"{gone} <{repealed} {law} 2010-02-02/10, {article} 4, 006; {force} : 01-03-2010>", ""]
    return "\n".join(lines)


def page(language: str, seed: int = 0) -> str:
    """The same as a web page of such a site: line breaks instead of paragraphs, links on each number, a bar of buttons."""
    body = []
    for line in act(language, seed).split("\n"):
        safe = html.escape(line, quote=False)
        if line.startswith(("Art. ", "Article ", "Artikel ")):
            word, number, rest = safe.split(" ", 2) if safe.count(" ") > 1 else (*safe.split(" "), "")
            safe = f'<A NAME="Art.{number}" HREF="#LNK">{word}</A> <A NAME="n">{number}</A> {rest}'
        body.append(f"&nbsp;&nbsp;{safe}<BR>")
    return (
        f"<html><head><title>{HEADS[language][0]}</title></head><body><table width='100%'><tr><td><input type='button' value='Print'></td></tr></table>"
        f"<h1>JUSTEL</h1><div id='list-title-3'>{''.join(body)}</div></body></html>"
    )


def questions(language: str, seed: int = 0) -> list[tuple[str, str]]:
    """Sixty questions, each with the id of the article (or of its paragraph) that must come first: 40 name one, 20 name none."""
    draw, made = random.Random(f"questions {language} {seed}"), list[tuple[str, str]]()
    for at in range(40):
        number = NUMBERS[at % len(NUMBERS)]
        paragraphs = len(TOPICS[language][at % len(NUMBERS)][0])
        form = draw.choice([f for f in NAMING[language] if paragraphs > 1 or "{p}" not in f])
        paragraph = draw.randint(1, paragraphs)
        id = "art-" + number.replace("/", ".")
        made.append((form.format(a=_shown(language, number), p=paragraph), f"{id}-{paragraph}" if "{p}" in form else id))
    asked = zip(NUMBERS, TOPICS[language], strict=True)
    return made + [(question, "art-" + number.replace("/", ".")) for number, (_, question) in asked]
