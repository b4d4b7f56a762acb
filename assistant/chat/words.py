"""Every word of the interface, in its four languages. Knows nothing else.

A row is `key: (English, French, Dutch, German)`. The page carries the keys as `data-t`, so that `chat.js` can change
the language without asking the server.
"""

from __future__ import annotations

import html
import json

from ..records import LANGUAGES

WORDS: dict[str, tuple[str, str, str, str]] = {
    # the head
    "title": ("Belgian Integration Assistant", "Assistant belge de l'intégration", "Belgische integratie-assistent",
              "Belgischer Integrationsassistent"),
    "skip": ("Go to the question", "Aller à la question", "Naar de vraag", "Zur Frage"),
    "views": ("Parts of this page", "Parties de cette page", "Onderdelen van deze pagina", "Teile dieser Seite"),
    "ask": ("Questions", "Questions", "Vragen", "Fragen"),
    "texts": ("Texts", "Textes", "Teksten", "Texte"),
    "own": ("Your document", "Votre document", "Uw document", "Ihr Dokument"),
    "interface": ("Language of this page", "Langue de cette page", "Taal van deze pagina", "Sprache dieser Seite"),
    "theme": ("Light or dark", "Clair ou sombre", "Licht of donker", "Hell oder dunkel"),
    # the beginning
    "hello": ("What would you like to know?", "Que voulez-vous savoir ?", "Wat wilt u weten?", "Was möchten Sie wissen?"),
    "lead": (
        "Ask about integration, nationality, family and residence in Belgium. Every sentence of an answer shows its source.",
        "Posez vos questions sur l'intégration, la nationalité, la famille et le séjour en Belgique. Chaque phrase d'une "
        "réponse montre sa source.",
        "Stel vragen over inburgering, nationaliteit, gezin en verblijf in België. Elke zin van een antwoord toont zijn bron.",
        "Fragen Sie zu Integration, Staatsangehörigkeit, Familie und Aufenthalt in Belgien. Jeder Satz einer Antwort zeigt "
        "seine Quelle.",
    ),
    "newcomer": ("I am new in Belgium", "Je viens d'arriver", "Ik ben nieuw in België", "Ich bin neu in Belgien"),
    "caseworker": ("I help others", "J'aide d'autres personnes", "Ik help anderen", "Ich helfe anderen"),
    "researcher": ("I do research", "Je fais de la recherche", "Ik doe onderzoek", "Ich forsche"),
    # the question
    "question": ("Your question", "Votre question", "Uw vraag", "Ihre Frage"),
    "placeholder": ("Ask in your own words", "Posez votre question", "Stel uw vraag", "Stellen Sie Ihre Frage"),
    "send": ("Ask", "Demander", "Vragen", "Fragen"),
    "stop": ("Stop", "Arrêter", "Stoppen", "Abbrechen"),
    "masked": (
        "A number that looks personal was hidden before the question was read.",
        "Un numéro qui semble personnel a été masqué avant la lecture de la question.",
        "Een nummer dat persoonlijk lijkt, werd verborgen voordat de vraag werd gelezen.",
        "Eine Nummer, die persönlich aussieht, wurde vor dem Lesen der Frage verborgen.",
    ),
    # what holds for the asker
    "context": ("Answers for", "Réponses pour", "Antwoorden voor", "Antworten für"),
    "region": ("Region", "Région", "Gewest", "Region"),
    "unknown": ("No region chosen", "Aucune région choisie", "Geen gewest gekozen", "Keine Region gewählt"),
    "choose_region": ("Choose your region", "Choisir votre région", "Kies uw gewest", "Region wählen"),
    "place": ("Or your municipality", "Ou votre commune", "Of uw gemeente", "Oder Ihre Gemeinde"),
    "done": ("Done", "Terminé", "Klaar", "Fertig"),
    "rules_today": ("Today's rules", "Règles d'aujourd'hui", "Regels van vandaag", "Heutige Regeln"),
    "date": ("Rules on", "Règles au", "Regels op", "Regeln am"),
    "today": ("Today", "Aujourd'hui", "Vandaag", "Heute"),
    "answer_in": ("Answer in", "Réponse en", "Antwoord in", "Antwort auf"),
    "same": ("Language of the question", "Langue de la question", "Taal van de vraag", "Sprache der Frage"),
    "place_unknown": (
        "No Belgian municipality by that name. Choose the region.",
        "Aucune commune belge de ce nom. Choisissez la région.",
        "Geen Belgische gemeente met die naam. Kies het gewest.",
        "Keine belgische Gemeinde mit diesem Namen. Wählen Sie die Region.",
    ),
    # what was understood
    "understood": ("Understood:", "Compris :", "Begrepen:", "Verstanden:"),
    "from_choice": ("your choice", "votre choix", "uw keuze", "Ihre Wahl"),
    "from_question": ("from the question", "d'après la question", "uit de vraag", "aus der Frage"),
    "from_earlier": ("from earlier questions", "d'après les questions précédentes", "uit eerdere vragen", "aus früheren Fragen"),
    "carried": ("From your earlier questions:", "De vos questions précédentes :", "Uit uw eerdere vragen:", "Aus Ihren früheren Fragen:"),
    "drop": ("Answer again without: {what}", "Répondre sans : {what}", "Opnieuw antwoorden zonder: {what}", "Neu antworten ohne: {what}"),
    "correct_region": ("Answer for another region", "Répondre pour une autre région", "Antwoord voor een ander gewest",
                       "Für eine andere Region antworten"),
    "correct_date": ("Answer for another day", "Répondre pour un autre jour", "Antwoord voor een andere dag",
                     "Für einen anderen Tag antworten"),
    "all_regions": ("all regions", "toutes les régions", "alle gewesten", "alle Regionen"),
    "unsure": (
        "This may not be what you asked. Read the passage before you rely on it.",
        "Cette réponse ne correspond peut-être pas à votre question. Lisez le passage avant de vous y fier.",
        "Misschien beantwoordt dit uw vraag niet. Lees de passage voordat u erop vertrouwt.",
        "Vielleicht beantwortet das Ihre Frage nicht. Lesen Sie die Textstelle, bevor Sie sich darauf verlassen.",
    ),
    "checking": (
        "Checking each sentence against the texts …",
        "Chaque phrase est vérifiée dans les textes …",
        "Elke zin wordt aan de teksten getoetst …",
        "Jeder Satz wird an den Texten geprüft …",
    ),
    "written_by": (
        "Written by {model}; each sentence was checked against its passage.",
        "Rédigé par {model} ; chaque phrase a été comparée à son passage.",
        "Geschreven door {model}; elke zin is aan zijn passage getoetst.",
        "Geschrieben von {model}; jeder Satz wurde an seiner Textstelle geprüft.",
    ),
    "follow_ups": ("Related questions", "Questions connexes", "Verwante vragen", "Verwandte Fragen"),
    # what can be done with an answer
    "actions": ("With this answer", "Avec cette réponse", "Met dit antwoord", "Mit dieser Antwort"),
    "copy": ("Copy with sources", "Copier avec les sources", "Kopiëren met bronnen", "Mit Quellen kopieren"),
    "link": ("Copy link", "Copier le lien", "Link kopiëren", "Link kopieren"),
    "copied": ("Copied", "Copié", "Gekopieerd", "Kopiert"),
    "comparing": ("Compare", "Comparer", "Vergelijken", "Vergleichen"),
    "compare": ("Compare regions", "Comparer les régions", "Gewesten vergelijken", "Regionen vergleichen"),
    "then": ("Compare with this day", "Comparer avec ce jour", "Vergelijken met deze dag", "Mit diesem Tag vergleichen"),
    "edit": ("Edit the question", "Modifier la question", "Vraag aanpassen", "Frage ändern"),
    "retry": ("Try again", "Réessayer", "Opnieuw proberen", "Erneut versuchen"),
    "note": ("Case note", "Note pour le dossier", "Dossiernota", "Aktennotiz"),
    "as_markdown": ("Markdown file", "Fichier Markdown", "Markdown-bestand", "Markdown-Datei"),
    "as_docx": ("Word file (DOCX)", "Fichier Word (DOCX)", "Word-bestand (DOCX)", "Word-Datei (DOCX)"),
    "print": ("Print or save as PDF", "Imprimer ou enregistrer en PDF", "Afdrukken of opslaan als pdf",
              "Drucken oder als PDF speichern"),
    "helpful": ("Helpful?", "Utile ?", "Nuttig?", "Hilfreich?"),
    "yes": ("Yes", "Oui", "Ja", "Ja"),
    "no": ("No", "Non", "Nee", "Nein"),
    "why": ("Why? (optional)", "Pourquoi ? (facultatif)", "Waarom? (niet verplicht)", "Warum? (freiwillig)"),
    "keep": ("Stays in this browser.", "Reste dans ce navigateur.", "Blijft in deze browser.", "Bleibt in diesem Browser."),
    "kept": ("Kept in this browser.", "Gardé dans ce navigateur.", "Bewaard in deze browser.", "In diesem Browser gespeichert."),
    "feedback_file": ("Download feedback ({n})", "Télécharger les avis ({n})", "Feedback downloaden ({n})",
                      "Rückmeldungen herunterladen ({n})"),
    # passages
    "passages": ("Passages", "Passages", "Passages", "Textstellen"),
    "open_passage": ("Source {n}, {whose}: open the passage", "Source {n}, {whose} : ouvrir le passage",
                     "Bron {n}, {whose}: passage openen", "Quelle {n}, {whose}: Textstelle öffnen"),
    "no_passages": (
        "The passages behind an answer appear here, with the cited words marked.",
        "Les passages qui fondent une réponse apparaissent ici, avec les mots cités surlignés.",
        "Hier verschijnen de passages achter een antwoord, met de geciteerde woorden gemarkeerd.",
        "Hier erscheinen die Textstellen hinter einer Antwort, mit den zitierten Wörtern markiert.",
    ),
    "close": ("Close", "Fermer", "Sluiten", "Schließen"),
    "versions": ("How this rule changed", "Comment cette règle a changé", "Hoe deze regel veranderde",
                 "Wie sich diese Regel geändert hat"),
    "whole": ("Read the whole text", "Lire le texte entier", "Hele tekst lezen", "Den ganzen Text lesen"),
    "always": ("no dates known", "dates inconnues", "geen data bekend", "keine Daten bekannt"),
    # comparing
    "by_region": ("By region", "Par région", "Per gewest", "Nach Region"),
    "by_day": ("Then and now", "Avant et maintenant", "Toen en nu", "Damals und heute"),
    "answer": ("Answer", "Réponse", "Antwoord", "Antwort"),
    "day": ("Day", "Jour", "Dag", "Tag"),
    "no_answer": ("The texts do not say.", "Les textes ne le disent pas.", "De teksten zeggen dit niet.", "Die Texte sagen es nicht."),
    # the texts
    "texts_lead": (
        "All answers come from these texts: written by us in plain language, with their sources and dates.",
        "Toutes les réponses viennent de ces textes : rédigés par nous en langage clair, avec leurs sources et leurs dates.",
        "Alle antwoorden komen uit deze teksten: door ons geschreven in klare taal, met hun bronnen en data.",
        "Alle Antworten stammen aus diesen Texten: von uns in klarer Sprache verfasst, mit Quellen und Daten.",
    ),
    "find": ("Search the texts", "Chercher dans les textes", "Zoeken in de teksten", "In den Texten suchen"),
    "topic": ("Topic", "Sujet", "Onderwerp", "Thema"),
    "all_topics": ("All topics", "Tous les sujets", "Alle onderwerpen", "Alle Themen"),
    "authority": ("Authority", "Autorité", "Overheid", "Behörde"),
    "all_authorities": ("All authorities", "Toutes les autorités", "Alle overheden", "Alle Behörden"),
    "text_language": ("Language of the texts", "Langue des textes", "Taal van de teksten", "Sprache der Texte"),
    "sections": ("{n} sections", "{n} sections", "{n} secties", "{n} Abschnitte"),
    "reviewed": ("reviewed on {date}", "relu le {date}", "nagelezen op {date}", "geprüft am {date}"),
    "nothing": (
        "No text matches. Choose another topic or authority, or fewer words.",
        "Aucun texte ne correspond. Choisissez un autre sujet ou une autre autorité, ou moins de mots.",
        "Geen tekst gevonden. Kies een ander onderwerp of een andere overheid, of minder woorden.",
        "Kein Text gefunden. Wählen Sie ein anderes Thema, eine andere Behörde oder weniger Wörter.",
    ),
    "back": ("All texts", "Tous les textes", "Alle teksten", "Alle Texte"),
    "contents": ("In this text", "Dans ce texte", "In deze tekst", "In diesem Text"),
    "section_link": ("Link to this section", "Lien vers cette section", "Link naar deze sectie", "Link zu diesem Abschnitt"),
    "loading": ("Loading …", "Chargement …", "Laden …", "Wird geladen …"),
    # own documents
    "own_lead": (
        "Ask about a letter or a text of your own. It is used in this conversation only, never enters the shared texts, and is deleted "
        "when you remove it or close the page.",
        "Posez des questions sur une lettre ou un texte à vous. Il ne sert qu'à cette conversation, n'entre jamais dans les textes communs et est "
        "supprimé quand vous le retirez ou fermez la page.",
        "Stel vragen over een eigen brief of tekst. Die wordt alleen in dit gesprek gebruikt, komt nooit bij de gedeelde teksten en "
        "wordt gewist als u hem verwijdert of de pagina sluit.",
        "Stellen Sie Fragen zu einem eigenen Brief oder Text. Er wird nur in diesem Gespräch benutzt, kommt nie zu den gemeinsamen Texten und "
        "wird gelöscht, wenn Sie ihn entfernen oder die Seite schließen.",
    ),
    "own_file": ("Choose or drop a file (PDF, Word, text or web page)", "Choisir ou déposer un fichier (PDF, Word, texte ou page web)",
                 "Kies of sleep een bestand (pdf, Word, tekst of webpagina)", "Datei wählen oder ablegen (PDF, Word, Text oder Webseite)"),
    "own_paste": ("Or paste a text", "Ou coller un texte", "Of plak een tekst", "Oder einen Text einfügen"),
    "own_use": ("Ask about this text", "Poser des questions sur ce texte", "Vragen stellen over deze tekst", "Fragen zu diesem Text stellen"),
    "own_reading": ("Reading “{name}” …", "Lecture de « {name} » …", "“{name}” wordt gelezen …", "„{name}“ wird gelesen …"),
    "own_ready": ("Your document: “{name}”", "Votre document : « {name} »", "Uw document: “{name}”", "Ihr Dokument: „{name}“"),
    "own_scope": ("Where to look", "Où chercher", "Waarin zoeken", "Wo gesucht wird"),
    "own_only": ("This document only", "Ce document seulement", "Alleen dit document", "Nur dieses Dokument"),
    "own_also": ("This document and the texts", "Ce document et les textes", "Dit document en de teksten",
                 "Dieses Dokument und die Texte"),
    "from_own": ("From your document", "D'après votre document", "Uit uw document", "Aus Ihrem Dokument"),
    "from_texts": ("From the texts on Belgian rules", "D'après les textes sur les règles belges", "Uit de teksten over Belgische regels",
                   "Aus den Texten über belgische Regeln"),
    "own_remove": ("Remove and delete", "Retirer et supprimer", "Verwijderen en wissen", "Entfernen und löschen"),
    "own_large": ("The text is too long: at most {n} characters.", "Le texte est trop long : {n} caractères au plus.",
                  "De tekst is te lang: hoogstens {n} tekens.", "Der Text ist zu lang: höchstens {n} Zeichen."),
    "own_kind": ("This file cannot be read. Use a PDF, Word or text file without a password, or paste the text.",
                 "Ce fichier ne peut pas être lu. Utilisez un fichier PDF, Word ou texte sans mot de passe, ou collez le texte.",
                 "Dit bestand kan niet worden gelezen. Gebruik een pdf-, Word- of tekstbestand zonder wachtwoord, of plak de tekst.",
                 "Diese Datei kann nicht gelesen werden. Verwenden Sie eine PDF-, Word- oder Textdatei ohne Kennwort, oder fügen Sie den "
                 "Text ein."),
    "own_heavy": ("The file is too large: at most {mb} MB.", "Le fichier est trop lourd : {mb} Mo au plus.",
                  "Het bestand is te groot: hoogstens {mb} MB.", "Die Datei ist zu groß: höchstens {mb} MB."),
    "own_locked": ("The file is locked with a password. Save it without one and try again.",
                   "Le fichier est protégé par un mot de passe. Enregistrez-le sans mot de passe et réessayez.",
                   "Het bestand is beveiligd met een wachtwoord. Bewaar het zonder wachtwoord en probeer opnieuw.",
                   "Die Datei ist mit einem Kennwort geschützt. Speichern Sie sie ohne Kennwort und versuchen Sie es erneut."),
    "own_damaged": ("The file is damaged. Open it, save it again, or paste the text.",
                    "Le fichier est endommagé. Ouvrez-le et enregistrez-le à nouveau, ou collez le texte.",
                    "Het bestand is beschadigd. Open het en bewaar het opnieuw, of plak de tekst.",
                    "Die Datei ist beschädigt. Öffnen und speichern Sie sie neu, oder fügen Sie den Text ein."),
    "own_scan": ("The file holds pictures of pages and no text. Type or paste the text instead.",
                 "Le fichier contient des images de pages, sans texte. Tapez ou collez le texte.",
                 "Het bestand bevat foto's van pagina's en geen tekst. Typ of plak de tekst.",
                 "Die Datei enthält Bilder von Seiten und keinen Text. Tippen Sie den Text ab oder fügen Sie ihn ein."),
    "own_empty": ("There is no text in it.", "Il ne contient pas de texte.", "Er staat geen tekst in.", "Es steht kein Text darin."),
    # this device
    "device": ("This device", "Cet appareil", "Dit toestel", "Dieses Gerät"),
    "remember": ("Keep my questions in this browser", "Garder mes questions dans ce navigateur",
                 "Mijn vragen bewaren in deze browser", "Meine Fragen in diesem Browser behalten"),
    "shared": ("Leave this off on a shared computer.", "À laisser désactivé sur un ordinateur partagé.",
               "Laat dit uit op een gedeelde computer.", "Auf einem gemeinsamen Computer ausgeschaltet lassen."),
    "earlier": ("Earlier questions", "Questions précédentes", "Eerdere vragen", "Frühere Fragen"),
    "clear": ("Clear everything", "Tout effacer", "Alles wissen", "Alles löschen"),
    # states
    "preparing": ("Preparing the texts. This happens once and takes a few seconds …",
                  "Préparation des textes. Cela se fait une seule fois et prend quelques secondes …",
                  "De teksten worden voorbereid. Dat gebeurt één keer en duurt enkele seconden …",
                  "Die Texte werden vorbereitet. Das geschieht einmal und dauert einige Sekunden …"),
    "searching": ("Searching the texts …", "Recherche dans les textes …", "De teksten worden doorzocht …",
                  "Die Texte werden durchsucht …"),
    "stopped": ("Stopped. Your question is kept.", "Arrêté. Votre question est conservée.", "Gestopt. Uw vraag is bewaard.",
                "Abgebrochen. Ihre Frage bleibt erhalten."),
    "failed": ("That did not work", "Cela n'a pas fonctionné", "Dat lukte niet", "Das hat nicht geklappt"),
    "too_long": ("The question is too long: at most {n} characters. Shorten it.",
                 "La question est trop longue : {n} caractères au plus. Raccourcissez-la.",
                 "De vraag is te lang: hoogstens {n} tekens. Maak ze korter.",
                 "Die Frage ist zu lang: höchstens {n} Zeichen. Kürzen Sie sie."),
    "too_old": ("The date {date} is too early: the texts begin in 1950.", "La date {date} est trop ancienne : les textes débutent en 1950.",
                "De datum {date} is te vroeg: de teksten beginnen in 1950.", "Das Datum {date} ist zu früh: Die Texte beginnen 1950."),
    "no_date": ("{date} is not a date.", "{date} n'est pas une date.", "{date} is geen datum.", "{date} ist kein Datum."),
    "no_words": ("The question has no words.", "La question ne contient pas de mots.", "De vraag bevat geen woorden.",
                 "Die Frage enthält keine Wörter."),
    "fault": ("The texts could not be read. Try again; if it stays so, tell whoever runs this page:",
              "Les textes n'ont pas pu être lus. Réessayez ; si cela persiste, prévenez le responsable de cette page :",
              "De teksten konden niet worden gelezen. Probeer opnieuw; blijft het zo, meld het de beheerder van deze pagina:",
              "Die Texte konnten nicht gelesen werden. Versuchen Sie es erneut; bleibt es so, melden Sie es dem Betreiber dieser Seite:"),
    "offline": ("The connection is lost. Your question is kept; try again in a moment.",
                "La connexion est perdue. Votre question est conservée ; réessayez dans un instant.",
                "De verbinding is weg. Uw vraag is bewaard; probeer straks opnieuw.",
                "Die Verbindung ist weg. Ihre Frage bleibt erhalten; versuchen Sie es gleich erneut."),
    "unanswered": ("No answer came. Your question is kept; try again in a moment.",
                   "Aucune réponse n'est arrivée. Votre question est conservée ; réessayez dans un instant.",
                   "Er kwam geen antwoord. Uw vraag is bewaard; probeer straks opnieuw.",
                   "Es kam keine Antwort. Ihre Frage bleibt erhalten; versuchen Sie es gleich erneut."),
    # the foot
    "privacy": ("Questions are not stored. Texts and answers stay on the machine that serves this page.",
                "Les questions ne sont pas conservées. Textes et réponses restent sur la machine qui sert cette page.",
                "Vragen worden niet bewaard. Teksten en antwoorden blijven op de machine die deze pagina levert.",
                "Fragen werden nicht gespeichert. Texte und Antworten bleiben auf dem Rechner, der diese Seite liefert."),
    "privacy_model": (
        "Questions are not stored. The language model {model} receives them with the passages, and nothing else.",
        "Les questions ne sont pas conservées. Le modèle de langue {model} les reçoit avec les passages, et rien d'autre.",
        "Vragen worden niet bewaard. Het taalmodel {model} krijgt ze met de passages, en niets anders.",
        "Fragen werden nicht gespeichert. Das Sprachmodell {model} erhält sie mit den Textstellen, sonst nichts.",
    ),
    "advice": ("It informs; it gives no legal advice.", "Il informe ; il ne donne pas de conseil juridique.",
               "Dit informeert; het is geen juridisch advies.", "Das informiert; es ist keine Rechtsberatung."),
    "version": ("Texts {version}, checked until {known}; newest source {newest}",
                "Textes {version}, vérifiés jusqu'au {known} ; source la plus récente : {newest}",
                "Teksten {version}, nagekeken tot {known}; nieuwste bron {newest}",
                "Texte {version}, geprüft bis {known}; neueste Quelle {newest}"),
    # the case note
    "facts": ("Facts given", "Éléments donnés", "Gegeven feiten", "Angegebene Tatsachen"),
    "asked_on": ("Asked on", "Demandé le", "Gevraagd op", "Gefragt am"),
    "quoted": ("Quoted passages", "Passages cités", "Geciteerde passages", "Zitierte Textstellen"),
    "sources": ("Sources", "Sources", "Bronnen", "Quellen"),
    "texts_version": ("Version of the texts", "Version des textes", "Versie van de teksten", "Version der Texte"),
}  # fmt: skip


def spoken(language: str) -> str:
    """The language itself if the interface speaks it, else English: a model may answer in others."""
    return language if language in LANGUAGES else "en"


def word(key: str, language: str, **values: object) -> str:
    """The text of `key` in a language (English if we do not speak it), its `{…}` filled in."""
    return WORDS[key][LANGUAGES.index(language) if language in LANGUAGES else 0].format(**values)


def tag(key: str, language: str, element: str = "span") -> str:
    """The text as an element whose language the page can change."""
    return f'<{element} data-t="{key}">{html.escape(word(key, language))}</{element}>'


def for_gradio() -> dict[str, dict[str, str]]:
    """Language → key → text, the form of `gr.I18n`."""
    return {code: {key: texts[row] for key, texts in WORDS.items()} for row, code in enumerate(LANGUAGES)}


def for_script() -> str:
    """The same as JSON, for `chat.js`."""
    return json.dumps(for_gradio(), ensure_ascii=False)
