"""What the assistant itself says, in its four languages and, beside what a model writes, in three more. Knows nothing else."""

from __future__ import annotations

_TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "which_region": "The rule differs by region. In which region do you live: Flanders, Brussels, Wallonia or the "
        "German-speaking Community?",
        "not_found": "The texts do not answer this question. Searched: {what}, known until {known}.",
        "not_found_documents": "The given documents do not answer this question. Searched: {what}.",
        "part_missed": "The texts do not say: {what}?",
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
        "page_of": "the page itself, read on {date}:",
        "page_changed": "this page has changed: {date}",
        "reply_in_english": "This assistant answers in English, French, Dutch and German.",
        "contacts": "Who can help:",
        "model_failed": "The language model did not answer: {why}. These sentences were taken from the texts as they stand.",
        "model_unreachable": "its server cannot be reached",
        "model_key": "its server refuses the key",
        "model_unknown": "its server does not have the model",
        "model_quota": "its quota is used up",
        "model_context": "its context window is too small",
        "model_silent": "it gave no whole reply in time",
        "model_reply": "its reply cannot be used",
        "model_unsupported": "the texts carry nothing that it wrote",
        "region": "Region",
        "rule": "Rule",
    },
    "fr": {
        "which_region": "La règle diffère selon la région. Dans quelle région habitez-vous : Flandre, Bruxelles, Wallonie ou "
        "Communauté germanophone ?",
        "not_found": "Les textes ne répondent pas à cette question. Recherche effectuée dans : {what}, connus jusqu'au {known}.",
        "not_found_documents": "Les documents donnés ne répondent pas à cette question. Recherche effectuée dans : {what}.",
        "part_missed": "Les textes ne le disent pas : {what} ?",
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
        "page_of": "la page elle-même, lue le {date} :",
        "page_changed": "cette page a changé : {date}",
        "reply_in_english": "Cet assistant répond en anglais, français, néerlandais et allemand.",
        "contacts": "Qui peut aider :",
        "model_failed": "Le modèle de langage n'a pas répondu : {why}. Ces phrases sont reprises telles quelles des textes.",
        "model_unreachable": "son serveur est injoignable",
        "model_key": "son serveur refuse la clé",
        "model_unknown": "son serveur n'a pas ce modèle",
        "model_quota": "son quota est épuisé",
        "model_context": "sa fenêtre de contexte est trop petite",
        "model_silent": "il n'a pas donné de réponse complète à temps",
        "model_reply": "sa réponse est inutilisable",
        "model_unsupported": "les textes ne confirment rien de ce qu'il a écrit",
        "region": "Région",
        "rule": "Règle",
    },
    "nl": {
        "which_region": "De regel verschilt per gewest. Waar woont u: Vlaanderen, Brussel, Wallonië of de Duitstalige Gemeenschap?",
        "not_found": "De teksten geven geen antwoord op deze vraag. Doorzocht: {what}, bekend tot {known}.",
        "not_found_documents": "De opgegeven documenten geven geen antwoord op deze vraag. Doorzocht: {what}.",
        "part_missed": "De teksten zeggen dit niet: {what}?",
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
        "page_of": "de pagina zelf, gelezen op {date}:",
        "page_changed": "deze pagina is gewijzigd: {date}",
        "reply_in_english": "Deze assistent antwoordt in het Engels, Frans, Nederlands en Duits.",
        "contacts": "Wie kan helpen:",
        "model_failed": "Het taalmodel heeft niet geantwoord: {why}. Deze zinnen komen letterlijk uit de teksten.",
        "model_unreachable": "de server is niet bereikbaar",
        "model_key": "de server weigert de sleutel",
        "model_unknown": "de server heeft dit model niet",
        "model_quota": "het quotum is op",
        "model_context": "het contextvenster is te klein",
        "model_silent": "er kwam geen volledig antwoord op tijd",
        "model_reply": "het antwoord is onbruikbaar",
        "model_unsupported": "de teksten bevestigen niets van wat het schreef",
        "region": "Gewest",
        "rule": "Regel",
    },
    "de": {
        "which_region": "Die Regel unterscheidet sich je nach Region. Wo wohnen Sie: Flandern, Brüssel, Wallonie oder "
        "Deutschsprachige Gemeinschaft?",
        "not_found": "Die Texte beantworten diese Frage nicht. Durchsucht: {what}, bekannt bis {known}.",
        "not_found_documents": "Die angegebenen Dokumente beantworten diese Frage nicht. Durchsucht: {what}.",
        "part_missed": "Die Texte sagen dazu nichts: {what}?",
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
        "page_of": "die Seite selbst, gelesen am {date}:",
        "page_changed": "diese Seite hat sich geändert: {date}",
        "reply_in_english": "Dieser Assistent antwortet auf Englisch, Französisch, Niederländisch und Deutsch.",
        "contacts": "Wer helfen kann:",
        "model_failed": "Das Sprachmodell hat nicht geantwortet: {why}. Diese Sätze stehen so in den Texten.",
        "model_unreachable": "der Server ist nicht erreichbar",
        "model_key": "der Server lehnt den Schlüssel ab",
        "model_unknown": "der Server hat dieses Modell nicht",
        "model_quota": "das Kontingent ist aufgebraucht",
        "model_context": "das Kontextfenster ist zu klein",
        "model_silent": "es kam rechtzeitig keine vollständige Antwort",
        "model_reply": "die Antwort ist unbrauchbar",
        "model_unsupported": "die Texte tragen nichts von dem, was es schrieb",
        "region": "Region",
        "rule": "Regel",
    },
    # What stands in answers that a language model writes in these; the rest is in English.
    "ar": {
        "which_region": "تختلف القاعدة حسب المنطقة. في أي منطقة تسكن: فلاندرز أم بروكسل أم والونيا أم الجماعة الناطقة بالألمانية؟",
        "ignored_instruction": "تمت الإجابة عن السؤال فقط؛ ولم تُتَّبع التعليمات الواردة فيه.",
        "region": "المنطقة",
        "rule": "القاعدة",
    },
    "tr": {
        "which_region": "Kural bölgeye göre değişir. Hangi bölgede yaşıyorsunuz: Flandre, Brüksel, Valonya veya Almanca Konuşan Topluluk?",
        "ignored_instruction": "Yalnızca soru yanıtlandı; içindeki talimatlara uyulmadı.",
        "region": "Bölge",
        "rule": "Kural",
    },
    "uk": {
        "which_region": "Правило залежить від регіону. У якому регіоні ви живете: Фландрія, Брюссель, Валлонія чи Німецькомовна спільнота?",
        "ignored_instruction": "Надано відповідь лише на запитання; вказівки в ньому не виконано.",
        "region": "Регіон",
        "rule": "Правило",
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
    return (_TEXTS.get(language, {}).get(key) or _TEXTS["en"][key]).format(**values)


def authority(name: str, language: str) -> str:
    """The name of an authority in a language."""
    return AUTHORITY_NAMES[name].get(language, AUTHORITY_NAMES[name]["en"])
