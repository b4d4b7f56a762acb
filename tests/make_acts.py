"""A made-up act on reception in French, Dutch and German, each in the form its gazette prints, and questions on it.

`act(language)` is the text; `questions(language)` are 60 with the article that answers: 40 by script that name an article in
the ways people do, 20 by hand, half of which name none.
"""

from __future__ import annotations

import random

NUMBERS = "1 2 3 3bis 4 5 5/1 6 7 8 9 9ter 10 11 12 12bis 13 14 15 16".split()

# Number → paragraphs, in each language.
TEXTS: dict[str, dict[str, list[str]]] = {
    "fr": {
        "1": ["Le présent décret règle une matière visée à l'article 128 de la Constitution."],
        "2": ["Pour l'application du présent décret, on entend par :\n1° nouvel arrivant : la personne étrangère inscrite depuis moins de trois ans ;\n2° opérateur : l'association agréée en vertu de l'article 11 ;\n3° commune : la commune de résidence."],
        "3": ["Le nouvel arrivant suit le parcours d'accueil dans les dix-huit mois de son inscription.", "La commune l'informe par écrit de cette obligation dans les huit jours ouvrables."],
        "3bis": ["Le bilan social porte sur le logement, la santé et les qualifications. Il est gratuit et confidentiel."],
        "4": ["Sont dispensés du parcours :\n1° les personnes de plus de soixante-cinq ans ;\n2° les personnes gravement malades ou handicapées ;\n3° les titulaires d'une attestation délivrée par une autre Communauté.", "La dispense se demande au moyen d'un certificat médical.", "La commune statue dans les trente jours."],
        "5": ["La formation linguistique compte quatre cents heures et vise le niveau A2."],
        "5/1": ["La formation à la citoyenneté compte quarante heures. Elle est donnée dans une langue que le participant comprend."],
        "6": ["Le participant qui travaille à temps plein suit les cours le soir ou le samedi."],
        "7": ["Les frais de garde des enfants en bas âge sont remboursés à concurrence de douze euros par demi-journée.", "La demande de remboursement est introduite avant la fin du trimestre."],
        "8": ["Le test final comprend une épreuve orale et une épreuve écrite. Il peut être présenté deux fois."],
        "9": ["L'attestation de fréquentation est délivrée au participant qui a assisté à quatre-vingts pour cent des heures."],
        "9ter": ["L'attestation perdue est remplacée par un duplicata contre paiement de cinq euros."],
        "10": ["Celui qui ne se présente pas reçoit un rappel. À défaut de réaction dans les deux mois, une amende administrative de cent à deux mille euros lui est infligée.", "L'amende est doublée en cas de récidive."],
        "11": ["Le Gouvernement agrée les opérateurs pour une durée de cinq ans.", "L'agrément est retiré si les conditions ne sont plus remplies."],
        "12": ["Les opérateurs reçoivent une subvention annuelle composée d'une part fixe et d'une part variable selon le nombre de dossiers."],
        "12bis": ["Les interprètes en milieu social interviennent gratuitement pour les usagers.", "Ils sont tenus au secret professionnel."],
        "13": ["Un recours contre la décision de la commune peut être introduit auprès du Ministre dans les quarante-cinq jours. Le recours est suspensif."],
        "14": ["Les données à caractère personnel sont conservées dix ans après la clôture du dossier puis détruites."],
        "15": ["Un comité de concertation composé de douze membres évalue le dispositif tous les deux ans."],
        "16": ["Le présent décret entre en vigueur le 1er septembre 2025."],
    },
    "nl": {
        "1": ["Dit decreet regelt een gemeenschapsaangelegenheid."],
        "2": ["In dit decreet wordt verstaan onder:\n1° nieuwkomer: de vreemdeling die sinds minder dan drie jaar is ingeschreven;\n2° organisator: de vereniging die erkend is op grond van artikel 11;\n3° gemeente: de gemeente van de woonplaats."],
        "3": ["De nieuwkomer volgt het onthaaltraject binnen achttien maanden na zijn inschrijving.", "De gemeente brengt hem binnen acht werkdagen schriftelijk op de hoogte van die verplichting."],
        "3bis": ["De sociale balans gaat over huisvesting, gezondheid en kwalificaties. Ze is gratis en vertrouwelijk."],
        "4": ["Zijn vrijgesteld van het traject:\n1° personen ouder dan vijfenzestig jaar;\n2° ernstig zieke personen of personen met een handicap;\n3° houders van een attest van een andere gemeenschap.", "De vrijstelling wordt gevraagd met een medisch attest.", "De gemeente beslist binnen dertig dagen."],
        "5": ["De taalopleiding telt vierhonderd uren en is gericht op niveau A2."],
        "5/1": ["De opleiding burgerschap telt veertig uren. Ze wordt gegeven in een taal die de deelnemer begrijpt."],
        "6": ["De deelnemer die voltijds werkt, volgt de lessen 's avonds of op zaterdag."],
        "7": ["De kosten van opvang van jonge kinderen worden terugbetaald tot twaalf euro per halve dag.", "De aanvraag tot terugbetaling wordt ingediend voor het einde van het kwartaal."],
        "8": ["De eindtest bestaat uit een mondelinge en een schriftelijke proef. Hij mag twee keer worden afgelegd."],
        "9": ["Het attest van aanwezigheid wordt uitgereikt aan de deelnemer die tachtig procent van de uren heeft bijgewoond."],
        "9ter": ["Een verloren attest wordt vervangen door een duplicaat tegen betaling van vijf euro."],
        "10": ["Wie niet komt opdagen, krijgt een herinnering. Zonder reactie binnen twee maanden wordt een administratieve geldboete van honderd tot tweeduizend euro opgelegd.", "De boete wordt verdubbeld bij herhaling."],
        "11": ["De Regering erkent de organisatoren voor een duur van vijf jaar.", "De erkenning wordt ingetrokken als de voorwaarden niet meer vervuld zijn."],
        "12": ["De organisatoren ontvangen jaarlijks een subsidie met een vast deel en een variabel deel volgens het aantal dossiers."],
        "12bis": ["Sociaal tolken werken gratis voor de gebruikers.", "Ze zijn gebonden door het beroepsgeheim."],
        "13": ["Tegen de beslissing van de gemeente kan binnen vijfenveertig dagen beroep worden ingesteld bij de minister. Het beroep werkt schorsend."],
        "14": ["Persoonsgegevens worden tien jaar na het afsluiten van het dossier bewaard en daarna vernietigd."],
        "15": ["Een overlegcomité van twaalf leden evalueert het beleid om de twee jaar."],
        "16": ["Dit decreet treedt in werking op 1 september 2025."],
    },
    "de": {
        "1": ["Vorliegendes Dekret regelt eine Gemeinschaftsangelegenheit."],
        "2": ["Für die Anwendung dieses Dekrets versteht man unter:\n1. Neuankömmling: der Ausländer, der seit weniger als drei Jahren eingetragen ist;\n2. Träger: die aufgrund von Artikel 11 anerkannte Vereinigung;\n3. Gemeinde: die Wohnsitzgemeinde."],
        "3": ["Der Neuankömmling absolviert den Aufnahmeparcours binnen achtzehn Monaten nach seiner Eintragung.", "Die Gemeinde informiert ihn binnen acht Werktagen schriftlich über diese Pflicht."],
        "3bis": ["Die Sozialbilanz betrifft Wohnung, Gesundheit und Qualifikationen. Sie ist kostenlos und vertraulich."],
        "4": ["Vom Parcours befreit sind:\n1. Personen über fünfundsechzig Jahre;\n2. schwer kranke Personen oder Personen mit Behinderung;\n3. Inhaber einer Bescheinigung einer anderen Gemeinschaft.", "Die Befreiung wird mit einem ärztlichen Attest beantragt.", "Die Gemeinde entscheidet binnen dreißig Tagen."],
        "5": ["Der Sprachkurs umfasst vierhundert Stunden und zielt auf das Niveau A2."],
        "5/1": ["Der Staatsbürgerschaftskurs umfasst vierzig Stunden. Er wird in einer Sprache erteilt, die der Teilnehmer versteht."],
        "6": ["Der Teilnehmer, der Vollzeit arbeitet, besucht die Kurse abends oder samstags."],
        "7": ["Die Kosten für die Betreuung von Kleinkindern werden bis zu zwölf Euro pro Halbtag erstattet.", "Der Antrag auf Erstattung wird vor Ende des Quartals eingereicht."],
        "8": ["Die Abschlussprüfung besteht aus einem mündlichen und einem schriftlichen Teil. Sie darf zweimal abgelegt werden."],
        "9": ["Die Teilnahmebescheinigung erhält, wer achtzig Prozent der Stunden besucht hat."],
        "9ter": ["Eine verlorene Bescheinigung wird gegen Zahlung von fünf Euro durch ein Duplikat ersetzt."],
        "10": ["Wer nicht erscheint, erhält eine Mahnung. Bleibt sie zwei Monate ohne Reaktion, wird eine administrative Geldbuße von hundert bis zweitausend Euro verhängt.", "Im Wiederholungsfall wird die Geldbuße verdoppelt."],
        "11": ["Die Regierung erkennt die Träger für die Dauer von fünf Jahren an.", "Die Anerkennung wird entzogen, wenn die Bedingungen nicht mehr erfüllt sind."],
        "12": ["Die Träger erhalten jährlich einen Zuschuss aus einem festen Teil und einem variablen Teil je nach Anzahl der Akten."],
        "12bis": ["Sozialdolmetscher arbeiten für die Nutzer kostenlos.", "Sie unterliegen dem Berufsgeheimnis."],
        "13": ["Gegen die Entscheidung der Gemeinde kann binnen fünfundvierzig Tagen beim Minister Einspruch eingelegt werden. Der Einspruch hat aufschiebende Wirkung."],
        "14": ["Personenbezogene Daten werden zehn Jahre nach Abschluss der Akte aufbewahrt und dann vernichtet."],
        "15": ["Ein Konzertierungsausschuss mit zwölf Mitgliedern bewertet die Maßnahmen alle zwei Jahre."],
        "16": ["Vorliegendes Dekret tritt am 1. September 2025 in Kraft."],
    },
}  # fmt: skip
CHAPTERS = {
    "1": ("CHAPITRE Ier. - Dispositions générales", "HOOFDSTUK 1. Algemene bepalingen", "KAPITEL 1 - ALLGEMEINE BESTIMMUNGEN"),
    "3": ("CHAPITRE II. - Du parcours d'accueil", "HOOFDSTUK 2. Het onthaaltraject", "KAPITEL 2 - AUFNAHMEPARCOURS"),
    "8": ("CHAPITRE III. - Du test et de l'attestation", "HOOFDSTUK 3. Test en attest", "KAPITEL 3 - PRÜFUNG UND BESCHEINIGUNG"),
    "11": ("CHAPITRE IV. - Des opérateurs", "HOOFDSTUK 4. Organisatoren", "KAPITEL 4 - TRÄGER"),
    "13": ("CHAPITRE V. - Dispositions finales", "HOOFDSTUK 5. Slotbepalingen", "KAPITEL 5 - SCHLUSSBESTIMMUNGEN"),
}
TITLES = {"fr": "Décret relatif à l'accueil des nouveaux arrivants", "nl": "Decreet over het onthaal van nieuwkomers", "de": "Dekret über die Aufnahme von Neuankömmlingen"}

# Questions by script: {a} is the article, {p} the paragraph.
NAMING = {
    "fr": ["Que prévoit l'article {a} ?", "Que dit l'art. {a} du décret ?", "Résumez l'article {a}, s'il vous plaît.", "À qui s'applique l'art. {a} ?", "Quelle est la règle de l'article {a}, § {p} ?", "Selon l'art. {a}, § {p}, que doit-on faire ?", "Que signifie le § {p} de l'article {a} ?"],
    "nl": ["Wat bepaalt artikel {a}?", "Wat staat er in art. {a} van het decreet?", "Vat artikel {a} samen.", "Voor wie geldt art. {a}?", "Welke regel staat in artikel {a}, § {p}?", "Wat moet er gebeuren volgens art. {a}, § {p}?", "Wat betekent § {p} van artikel {a}?"],
    "de": ["Was bestimmt Artikel {a}?", "Was steht in Art. {a} des Dekrets?", "Fassen Sie Artikel {a} zusammen.", "Für wen gilt Art. {a}?", "Welche Regel enthält Artikel {a} § {p}?", "Was ist laut Art. {a}, § {p} zu tun?", "Was bedeutet § {p} von Artikel {a}?"],
}  # fmt: skip
# Questions by hand, with the article that answers.
ASKED = {
    "fr": [
        ("Le cours de langue de l'article 5 dure combien d'heures ?", "5"), ("Je lis à l'article 9ter qu'un duplicata coûte quelque chose : combien ?", "9ter"),
        ("Peut-on doubler l'amende (article 10, § 2) ?", "10"), ("Qui est nouvel arrivant au sens de l'article 2, 1° ?", "2"),
        ("Le recours de l'article 13 suspend-il la décision ?", "13"), ("L'art. 12 bis vise-t-il les interprètes ?", "12bis"),
        ("La formation de l'article 5/1 est donnée dans quelle langue ?", "5/1"), ("Depuis quand l'article 16 s'applique-t-il ?", "16"),
        ("Faut-il un certificat médical selon l'article 4 ?", "4"), ("Le bilan social dont parle l'article 3bis est-il gratuit ?", "3bis"),
        ("Combien coûte le remplacement d'une attestation perdue ?", "9ter"), ("Quelle amende risque celui qui ne se présente pas ?", "10"),
        ("Combien de fois peut-on présenter le test final ?", "8"), ("Combien de temps les données personnelles sont-elles conservées ?", "14"),
        ("Les frais de garde d'enfants sont-ils remboursés ?", "7"), ("Qui est dispensé du parcours ?", "4"),
        ("Pour combien d'années un opérateur est-il agréé ?", "11"), ("Les interprètes sociaux sont-ils gratuits ?", "12bis"),
        ("Dans quel délai introduire un recours contre la décision de la commune ?", "13"), ("Quand suit-on les cours si on travaille à temps plein ?", "6"),
    ],
    "nl": [
        ("Hoeveel uren duurt de taalopleiding van artikel 5?", "5"), ("In artikel 9ter lees ik dat een duplicaat geld kost: hoeveel?", "9ter"),
        ("Kan de boete verdubbeld worden (artikel 10, § 2)?", "10"), ("Wie is nieuwkomer in de zin van artikel 2, 1°?", "2"),
        ("Schorst het beroep van artikel 13 de beslissing?", "13"), ("Gaat art. 12 bis over tolken?", "12bis"),
        ("In welke taal wordt de opleiding van artikel 5/1 gegeven?", "5/1"), ("Sinds wanneer geldt artikel 16?", "16"),
        ("Is een medisch attest nodig volgens artikel 4?", "4"), ("Is de sociale balans van artikel 3bis gratis?", "3bis"),
        ("Wat kost de vervanging van een verloren attest?", "9ter"), ("Welke boete krijgt wie niet komt opdagen?", "10"),
        ("Hoe vaak mag je de eindtest afleggen?", "8"), ("Hoelang worden persoonsgegevens bewaard?", "14"),
        ("Wordt kinderopvang terugbetaald?", "7"), ("Wie is vrijgesteld van het traject?", "4"),
        ("Voor hoeveel jaar wordt een organisator erkend?", "11"), ("Zijn sociaal tolken gratis?", "12bis"),
        ("Binnen welke termijn kan ik beroep instellen tegen de beslissing van de gemeente?", "13"), ("Wanneer volg je les als je voltijds werkt?", "6"),
    ],
    "de": [
        ("Wie viele Stunden dauert der Sprachkurs aus Artikel 5?", "5"), ("Laut Artikel 9ter kostet ein Duplikat etwas: wie viel?", "9ter"),
        ("Kann die Geldbuße verdoppelt werden (Artikel 10 § 2)?", "10"), ("Wer ist Neuankömmling im Sinne von Artikel 2 Nr. 1?", "2"),
        ("Hat der Einspruch nach Artikel 13 aufschiebende Wirkung?", "13"), ("Geht es in Art. 12 bis um Dolmetscher?", "12bis"),
        ("In welcher Sprache wird der Kurs aus Artikel 5/1 erteilt?", "5/1"), ("Seit wann gilt Artikel 16?", "16"),
        ("Braucht man nach Artikel 4 ein ärztliches Attest?", "4"), ("Ist die Sozialbilanz nach Artikel 3bis kostenlos?", "3bis"),
        ("Was kostet der Ersatz einer verlorenen Bescheinigung?", "9ter"), ("Welche Geldbuße droht, wenn man nicht erscheint?", "10"),
        ("Wie oft darf man die Abschlussprüfung ablegen?", "8"), ("Wie lange werden personenbezogene Daten aufbewahrt?", "14"),
        ("Werden die Kosten der Kinderbetreuung erstattet?", "7"), ("Wer ist vom Parcours befreit?", "4"),
        ("Für wie viele Jahre wird ein Träger anerkannt?", "11"), ("Sind Sozialdolmetscher kostenlos?", "12bis"),
        ("Binnen welcher Frist kann ich gegen die Entscheidung der Gemeinde Einspruch einlegen?", "13"), ("Wann besucht man die Kurse, wenn man Vollzeit arbeitet?", "6"),
    ],
}  # fmt: skip


def act(language: str) -> str:
    """The text of the act, as its gazette prints it."""
    lines = [TITLES[language], ""]
    for number in NUMBERS:
        if number in CHAPTERS:
            lines += [CHAPTERS[number][("fr", "nl", "de").index(language)], ""]
        paragraphs = TEXTS[language][number]
        if language == "fr":
            head, sign = ("Article 1er." if number == "1" else f"Art. {number}."), "§ {}."
        elif language == "nl":
            head, sign = (f"Artikel {number}. (01/09/2025 - ...)\n" if len(paragraphs) > 1 else f"Artikel {number}. (01/09/2025 - ...)"), "§ {}."
        else:
            head, sign = f"{'Artikel' if number == '1' else 'Art.'} {number} -", "§ {} -"
        if len(paragraphs) == 1:
            lines += [f"{head} {paragraphs[0]}", ""]
        else:
            told = [f"{sign.format('1er' if language == 'fr' and n == 1 else n)} {p}" for n, p in enumerate(paragraphs, 1)]
            lines += [f"{head} {told[0]}".replace("\n ", "\n"), *told[1:], ""]
    return "\n".join(lines)


def questions(language: str) -> list[tuple[str, str]]:
    """Sixty questions, each with the id of the article (or of its paragraph) that must come first."""
    chosen = random.Random(f"questions {language}")
    made: list[tuple[str, str]] = []
    while len(made) < 40:
        number = NUMBERS[len(made) % len(NUMBERS)]
        paragraphs = len(TEXTS[language][number])
        form = chosen.choice([f for f in NAMING[language] if paragraphs > 1 or "{p}" not in f])
        paragraph = chosen.randint(1, paragraphs)
        shown = "1er" if (language, paragraph) == ("fr", 1) else str(paragraph)
        id = "art-" + number.replace("/", ".")
        made.append((form.format(a="1er" if (language, number) == ("fr", "1") else number, p=shown), f"{id}-{paragraph}" if "{p}" in form else id))
    return made + [(question, "art-" + number.replace("/", ".")) for question, number in ASKED[language]]
