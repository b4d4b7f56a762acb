"""What the assistant itself says, in its four languages. Knows nothing else."""

from __future__ import annotations

_TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "which_region": "The rule differs by region. In which region do you live: Flanders, Brussels, Wallonia or the "
        "German-speaking Community?",
        "not_found": "The texts do not answer this question. Searched: {what}, known until {known}.",
        "not_found_documents": "The given documents do not answer this question. Searched: {what}.",
        "gap": "It was looked for and not found: “{heading}”",
        "prediction": "The outcome of a personal case cannot be predicted here. The bodies below can look at your situation.",
        "purpose": "This assistant only answers questions about integration rules and integration policy in Belgium.",
        "instruction": "This is an instruction, not a question about integration rules in Belgium. Ask a question and the "
        "texts will be searched.",
        "ignored_instruction": "Only the question was answered; the instructions in it were not followed.",
        "sections": "{n} sections",
        "changed": "changed on {date}",
        "superseded": "in force until {date}",
        "superseded_from": "in force from {start} until {date}",
        "future": "not yet in force, from {date}",
        "announced": "announced, not in force",
        "summary_of": "our summary of",
        "reply_in_english": "This assistant answers in English, French, Dutch and German.",
        "contacts": "Who can help:",
    },
    "fr": {
        "which_region": "La règle diffère selon la région. Dans quelle région habitez-vous : Flandre, Bruxelles, Wallonie ou "
        "Communauté germanophone ?",
        "not_found": "Les textes ne répondent pas à cette question. Recherche effectuée dans : {what}, connus jusqu'au {known}.",
        "not_found_documents": "Les documents donnés ne répondent pas à cette question. Recherche effectuée dans : {what}.",
        "gap": "Cherché et non trouvé : « {heading} »",
        "prediction": "L'issue d'un dossier personnel ne peut pas être prédite ici. Les organismes ci-dessous peuvent examiner "
        "votre situation.",
        "purpose": "Cet assistant répond uniquement aux questions sur les règles et la politique d'intégration en Belgique.",
        "instruction": "Ceci est une instruction, pas une question sur les règles d'intégration en Belgique. Posez une question "
        "et les textes seront consultés.",
        "ignored_instruction": "Seule la question a reçu une réponse ; les instructions qu'elle contenait n'ont pas été suivies.",
        "sections": "{n} sections",
        "changed": "modifié le {date}",
        "superseded": "en vigueur jusqu'au {date}",
        "superseded_from": "en vigueur du {start} au {date}",
        "future": "pas encore en vigueur, à partir du {date}",
        "announced": "annoncé, pas en vigueur",
        "summary_of": "notre résumé de",
        "reply_in_english": "Cet assistant répond en anglais, français, néerlandais et allemand.",
        "contacts": "Qui peut aider :",
    },
    "nl": {
        "which_region": "De regel verschilt per gewest. Waar woont u: Vlaanderen, Brussel, Wallonië of de Duitstalige Gemeenschap?",
        "not_found": "De teksten geven geen antwoord op deze vraag. Doorzocht: {what}, bekend tot {known}.",
        "not_found_documents": "De opgegeven documenten geven geen antwoord op deze vraag. Doorzocht: {what}.",
        "gap": "Gezocht en niet gevonden: “{heading}”",
        "prediction": "De uitkomst van een persoonlijk dossier kan hier niet worden voorspeld. De instanties hieronder kunnen uw "
        "situatie bekijken.",
        "purpose": "Deze assistent beantwoordt alleen vragen over integratieregels en integratiebeleid in België.",
        "instruction": "Dit is een opdracht, geen vraag over integratieregels in België. Stel een vraag en de teksten worden "
        "doorzocht.",
        "ignored_instruction": "Alleen de vraag is beantwoord; de opdrachten erin zijn niet uitgevoerd.",
        "sections": "{n} secties",
        "changed": "gewijzigd op {date}",
        "superseded": "van kracht tot {date}",
        "superseded_from": "van kracht van {start} tot {date}",
        "future": "nog niet van kracht, vanaf {date}",
        "announced": "aangekondigd, niet van kracht",
        "summary_of": "onze samenvatting van",
        "reply_in_english": "Deze assistent antwoordt in het Engels, Frans, Nederlands en Duits.",
        "contacts": "Wie kan helpen:",
    },
    "de": {
        "which_region": "Die Regel unterscheidet sich je nach Region. Wo wohnen Sie: Flandern, Brüssel, Wallonie oder "
        "Deutschsprachige Gemeinschaft?",
        "not_found": "Die Texte beantworten diese Frage nicht. Durchsucht: {what}, bekannt bis {known}.",
        "not_found_documents": "Die angegebenen Dokumente beantworten diese Frage nicht. Durchsucht: {what}.",
        "gap": "Gesucht und nicht gefunden: „{heading}“",
        "prediction": "Der Ausgang eines persönlichen Falls kann hier nicht vorhergesagt werden. Die Stellen unten können Ihre "
        "Situation prüfen.",
        "purpose": "Dieser Assistent beantwortet nur Fragen zu Integrationsregeln und Integrationspolitik in Belgien.",
        "instruction": "Das ist eine Anweisung, keine Frage zu Integrationsregeln in Belgien. Stellen Sie eine Frage, und die "
        "Texte werden durchsucht.",
        "ignored_instruction": "Nur die Frage wurde beantwortet; die Anweisungen darin wurden nicht befolgt.",
        "sections": "{n} Abschnitte",
        "changed": "geändert am {date}",
        "superseded": "in Kraft bis {date}",
        "superseded_from": "in Kraft vom {start} bis {date}",
        "future": "noch nicht in Kraft, ab {date}",
        "announced": "angekündigt, nicht in Kraft",
        "summary_of": "unsere Zusammenfassung von",
        "reply_in_english": "Dieser Assistent antwortet auf Englisch, Französisch, Niederländisch und Deutsch.",
        "contacts": "Wer helfen kann:",
    },
}

AUTHORITY_NAMES: dict[str, dict[str, str]] = {
    "federal": {"en": "Belgium (federal)", "fr": "Belgique (fédéral)", "nl": "België (federaal)", "de": "Belgien (föderal)"},
    "flanders": {"en": "Flanders", "fr": "Flandre", "nl": "Vlaanderen", "de": "Flandern"},
    "brussels": {"en": "Brussels", "fr": "Bruxelles", "nl": "Brussel", "de": "Brüssel"},
    "wallonia": {"en": "Wallonia", "fr": "Wallonie", "nl": "Wallonië", "de": "Wallonie"},
    "german-speaking-community": {
        "en": "German-speaking Community",
        "fr": "Communauté germanophone",
        "nl": "Duitstalige Gemeenschap",
        "de": "Deutschsprachige Gemeinschaft",
    },
    "french-community": {
        "en": "French Community",
        "fr": "Communauté française",
        "nl": "Franse Gemeenschap",
        "de": "Französische Gemeinschaft",
    },
    "research": {"en": "Research", "fr": "Recherche", "nl": "Onderzoek", "de": "Forschung"},
}


def say(key: str, language: str, **values: object) -> str:
    """A message in a language (English if we do not speak it)."""
    return _TEXTS.get(language, _TEXTS["en"])[key].format(**values)


def authority(name: str, language: str) -> str:
    """The name of an authority in a language."""
    return AUTHORITY_NAMES[name].get(language, AUTHORITY_NAMES[name]["en"])
