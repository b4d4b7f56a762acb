"""The words by which a turn ties itself to the one before, in the languages that people ask in. Knows nothing else."""

from __future__ import annotations

import re

# Greetings and the like before a turn, and words that only tie it to what was said.
GREETING = (
    r"(?:(?:ok(?:ay)?|ah|oh|so|thanks?|thank you|hello|hi|bonjour|salut|hallo|hoi|goedendag|guten tag|مرحبا|merhaba|привіт|merci|dank(?:e| je| u)?"
    r"|bedankt|donc|alors|dus|also|no|non|nee|nein|sorry|pardon)\b[,.!]?\s*)*"
)
OPENING = re.compile(
    rf"^\s*{GREETING}(?:"
    r"(?:(?:and|but|or|et|mais|ou|en|maar|of|und|aber|oder) )?(?:(?:i|we) mean[t]?|what about|what(?= if)|how about|same(?: question)?(?= for)"
    r"|does (?:that|it|this) (?:also )?(?:apply|hold)(?: also)?(?= (?:to|in|for|if)\b)"
    r"|je veux dire|je parlais de|qu'en est-il(?: de| des| du)?|pareil(?= pour)"
    r"|(?:la )?même (?:chose|question)(?= (?:pour|à|en)\b)|(?:de)?zelfde (?:vraag)?(?= ?(?:voor|in)\b)"
    r"|(?:die )?(?:gleiche|selbe) frage(?= (?:für|in)\b)|ik bedoel(?:de)?"
    r"|geldt (?:dat|dit|het) ook(?= (?:voor|in|als)\b)|hoe zit (?:het|dat)(?: met)?|wat met|wat(?= als)|ich mein(?:e|te)|was ist mit"
    r"|was ist(?= wenn)"
    r"|wie (?:ist|sieht) es(?: aus)?(?: mit)?|gilt das auch(?= (?:für|in|wenn)\b)"
    r"|ماذا عن|أقصد|demek istediğim|як щодо|я мав на увазі|я мала на увазі)"
    r"|and|but|or|et|mais|ou|en|maar|of|und|aber|oder|peki(?: ya)?|ya|а|і|та|й|але"
    r")(?!\w)[,:]?\s*|^\s*و(?=\w{2})",
    re.IGNORECASE,
)
HELLO = re.compile(rf"^\s*{GREETING}", re.IGNORECASE)
# A fragment that goes on with the question before it: "for a refugee", "if I work", "in 2023".
GOES_ON = re.compile(
    r"^(?:in|on|at|before|after|since|during|for|with|without|if|when|as|pendant|avant|après|depuis|en|au|à|pour|avec|sans|si|quand|voor"
    r"|tijdens|met|zonder"
    r"|als|na|sinds|vóór|te|vor|während|für|mit|ohne|wenn|nach|seit|bei|im|у|в|до|для|якщо|في|قبل|بعد|من)\b",
    re.IGNORECASE,
)
# Points to something said before.
POINTING = re.compile(
    r"\b(?:it|that|this|they|them|there|then|those|same|ça|c'est|cela|ceci|celui-ci|celle-ci|là(?:-bas)?|y|en|ils|elles|alors|dat|dit"
    r"|daar\w*|het|dan|die"
    r"|ervoor|daarna|das|dies|dort|dafür|davon|danach|es|sie|dann|sonst|o|bu|şu|orada|orası|це|там|тоді|він|вона|воно|ذلك|هذا|هناك)\b",
    re.IGNORECASE,
)
# The same, where the word can be nothing else (no article, no empty subject).
THERE = re.compile(
    r"\b(?:(?<!is )(?<!are )(?<!was )there|that|those|ça|cela|là(?:-bas)?|daar\w*|ervoor|dort|dafür|davon|danach|orada|там|هناك)\b", re.IGNORECASE
)
# Asks for something by its own words: then only the subject is missing.
ASKING = re.compile(
    r"(?:^|\b)(?:how (?:much|many|long|high|old|do|can)|what|which|who|where|when|why|since when|until when|combien|quel(?:le)?s?|qui"
    r"|où|quand|comment"
    r"|pourquoi|depuis quand|jusqu'à quand|hoe(?:veel| ?lang| hoog)?|wat|welke?|wie|waar|wanneer|waarom|sinds wanneer|wie (?:viel"
    r"|lange|hoch)|was|welche[rns]?"
    r"|wo|wann|wer|warum|seit wann|bis wann|kaç|ne kadar|ne zaman|nerede|hangi|kim|скільки|який|яка|яке|які|де|коли|хто|чому|як|كم|متى"
    r"|أين|من|ما|كيف)\b",
    re.IGNORECASE,
)
PAST = re.compile(
    r"\b(?:before|earlier|previously|in the past|used to|avant|auparavant|autrefois|vroeger|voorheen|ervoor|früher|vorher|davor"
    r"|önceden|eskiden|раніше"
    r"|до того|قبل ذلك|سابقا)\b",
    re.IGNORECASE,
)
# Names a side of the subject ("and the fine?") rather than another person, place or time.
SIDE = re.compile(
    r"\b(?:by when|until when|bis wann|tegen wanneer|avant quand|regist\w+|enrol\w*|sign up|inscri\w+|inschrijv\w*|aanmeld\w*|anmeld\w*|melde ich mich"
    r"|fine|penalty|cost|costs|price|fee|deadline|exam|test|(?:language )?level|certificate|duration|hours|exemptions?|amende|sanctions?|coût"
    r"|prix|frais|délai|durée"
    r"|examen|(?:sprach|taal)?niveau|attestation|heures|dispenses?|boete|kost(?:en|prijs)?|prijs|termijn|duur|attest|uren|vrijstelling(?:en)?|geldbuße"
    r"|strafe|kosten|preis"
    r"|frist|dauer|prüfung|bescheinigung|stunden|befreiung(?:en)?|ceza|ücret|süre|sınav|штраф|ціна|вартість|термін|іспит|рівень"
    r"|الغرامة|الرسوم|التكلفة|المدة)\b",
    re.IGNORECASE,
)
PREPOSITION = re.compile(
    r"(?:(?<=\s)|^)(?:(?:in|at|to|for|à|a|au|en|dans|te|naar|voor|nach|für|bei|у|в)\s+(?:the |la |de |het |der |die |den )?|en "
    r"|en région )$", re.IGNORECASE
)
# A question about the subject that only points to it: "is it free for refugees?"
ABOUT_IT = re.compile(
    r"^(?:c'est|est-ce (?:que c'est )?|puis-je|peut-on|is (?:it|that)|are (?:they|those)|can (?:i|we)|do i|is (?:het|dat)|kan (?:ik"
    r"|dat)|mag (?:ik|dat)"
    r"|ist (?:das|es)|kann (?:ich|man)|darf ich)\b",
    re.IGNORECASE,
)
# How a question begins: what is left behind it is what it is about.
ASKED = re.compile(
    r"^(?:how (?:much|many|long|high)|what|which|when|combien(?: de temps)?|quel(?:le)?s?|quand|hoe(?:veel| lang| hoog)?|wat|welke?"
    r"|wanneer|wie (?:viel|lange|hoch)"
    r"|was|welche[rns]?|wann)\b(?: (?:does|do|is|are|must|can|i|it|het|es|ça|cost|coûte(?:nt)?|est|sont|faut-il|dois-je|kost|is|zijn|moet|kan|ik"
    r"|kostet|ist|sind|muss"
    r"|kann|ich|man|the fee for|la|le)(?!\w))*\s*",
    re.IGNORECASE,
)
LIVES = re.compile(
    r"\b(?:i (?:live|moved|am living|reside)|j'habite|je (?:vis|réside)|ik woon|ich (?:wohne|lebe)|أسكن|أعيش|yaşıyorum|oturuyorum|я живу)\b",
    re.IGNORECASE,
)
# What the programme is called as the subject of a sentence, and what ties another question to it.
SUBJECT = {"en": "the civic integration programme", "fr": "le parcours d'intégration", "nl": "inburgering", "de": "der Integrationsparcours"}
TIE = {"en": "for the", "fr": "pour le", "nl": "voor", "de": "für den"}
# A verb with a subject that only points: "is it", "c'est", "kost het", "ist das".
POINTED = {
    "en": re.compile(r"\b(is|was|does|did|will|must) (?:it|that|this)\b", re.IGNORECASE),
    "fr": re.compile(r"\b(?:est-ce que )?(?:c'(?=est|était)|(?:ça|cela) (?=\w))", re.IGNORECASE),
    "nl": re.compile(r"\b(is|was|kost|kostte|duurt|duurde) (?:het|dat|dit)\b", re.IGNORECASE),
    "de": re.compile(r"\b(ist|war|kostet|kostete|dauert|dauerte) (?:das|es|dies)\b", re.IGNORECASE),
}
NOW = re.compile(
    r"\b(?:now|today|currently|nowadays|maintenant|aujourd'hui|actuellement|désormais|nu|vandaag|momenteel|tegenwoordig|jetzt|heute|aktuell"
    r"|derzeit|şimdi|bugün|зараз|сьогодні|الآن|اليوم)\b",
    re.IGNORECASE,
)
# Matters that the texts treat apart: a question that names another one than the last does not go on with it.
MATTERS = tuple(
    re.compile(rf"\b(?:{words})", re.IGNORECASE)
    for words in (
        r"nationalit|citizenship|staatsangehörig|staatsbürger|einbürger|naturali|vatandaşlık|громадянств|الجنسية",
        r"vot(?:e|er|ing|es|ons)\b|élections?|elections?|stemmen|stemrecht|stemplicht|verkiezing|wählen|wahl(?:en|recht)?\b|oy kullan|голосува",
        r"work|travail|permis unique|werken\b|arbeid|arbeit|beroepskaart|çalış|працю|العمل",
        r"family reunification|regroupement|gezinshereniging|familien(?:nachzug|zusammen)|aile birleş",
        r"living wage|leefloon|revenu d'intégration|eingliederungseinkommen|sozialhilfe|cpas|ocmw|öshz",
        r"social (?:housing|flat)|rent(?:al)?\b|logement|loyer|sociale (?:woning|huur)|huur|sozialwohnung|miete",
        r"mipex|asylum|asile|asiel|asyl|iltica|притул|اللجوء",
        r"doctor|health insurance|mutuali|médecin|ziekenfonds|arts\b|krankenkasse|arzt\b",
        r"school|école|schule|schul|diploma|diplôme|diplom\b|kindergarten",
    )
)
# What a question asked was for: "to become Belgian", "um meine Frau nachzuholen".
PURPOSE = re.compile(
    r"(?<!\w)(?:to (?:become|bring|get|be|vote|work|apply|live|obtain)|pour (?=\w+(?:er|ir|re)\b)|om (?=.* te )"
    r"|um (?=.* zu)).*", re.IGNORECASE,
)
# What stands behind a comma, and before what a side of the matter is tied to it.
CLAUSE = re.compile(r"(?:wenn|falls|ob|da)\b", re.IGNORECASE)
CONDITION = re.compile(
    r"(?<= )(?<!since )(?<!until )(?<!from )(?<!by )(?<!depuis )(?<!avant )(?<!jusqu'à )"
    r"(?:if|when|unless|si|quand|als|indien|tenzij|wenn|falls)\b", re.IGNORECASE,
)
# Before a date.
SINCE = re.compile(
    r"(?:(?<=\s)|^)(?:in|before|after|since|until|on|from|avant|après|depuis|en|le|du|vóór|voor|na|sinds|tot|op|vanaf|im|vor|nach|seit|bis|am|ab|у|в|до|з)"
    r"\s+(?:(?:the|het|dem|den|der)\s+)?(?:(?:year|jaar|jahr|année)\s+)?$",
    re.IGNORECASE,
)
# As what somebody asks: "as an American".
ROLE = re.compile(r"(?<!\w)(?:as|als|comme|en tant que) (?:an? |een |une? |eine? )?[^\W\d_]+", re.IGNORECASE)
# How a question begins that asks whether.
WHETHER = re.compile(
    r"^(?:(?:can|may|must|do|does|did|is|are|am|have|has) (?:i |we |they |it )?|(?:puis|dois|peut|faut|suis|ai)-(?:je|on|il) "
    r"|est-ce que (?:c'|je |on )?|y a-t-il |(?:mag|mogen|kan|kunnen|moet|moeten|ben|is|zijn|heb|betaal|krijg|verlies|bestaat) (?:ik |men |we |er )?"
    r"|(?:darf|dürfen|kann|können|muss|müssen|bin|ist|sind|habe|zahle|bezahle|bekomme|brauche|verliere|gibt) (?:ich |man |wir |es )?|чи )",
    re.IGNORECASE,
)
# Asks what somebody has to do, and leaves out what: "when does she have to?", "muss er das?"
ELLIPTIC = re.compile(
    r"\b(?:(?:have|has|need|needs) to|(?:must|may|can|should) (?:i|he|she|they|we)|doi(?:t|vent)-(?:il|elle)s?"
    r"|(?:dois|puis)-je|peu(?:t|vent)-(?:il|elle)s?"
    r"|(?:moet|mag|kan|moeten|mogen|kunnen) (?:ik|hij|zij|ze|we)(?: dat| het)?"
    r"|(?:muss|darf|kann|müssen|dürfen|können) (?:ich|er|sie|wir)(?: das| es)?)\W*$",
    re.IGNORECASE,
)
# Somebody does something with what was said, which is then the object: "how can I prove it?"
OBJECT = re.compile(
    r"\b(?:i|one|we|you|they|he|she)\b.*\b(?:it|that|them)$|\b(?:ich|man|wir|er) (?:das|es|sie)\b|\b(?:ik|men|we|je|hij) (?:dat|het|ze|die)\b"
    r"|\b(?:le |la |les |l')\w+(?:er|ir|re)$|\b(?:je|on) (?:le|la|les) \w+",
    re.IGNORECASE,
)
# "Was it lower", "c'était combien": beside a time it asks the same of that time.
COMPARED = re.compile(
    r"\b(?:was|were) (?:it|that|they) (?:(?:any |much )?(?:lower|higher|cheaper|dearer|shorter|longer|less|more(?: expensive)?)"
    r"|the same|different(?:ly)?)\b|\bhow (?:much|long|high) was (?:it|that)\b"
    r"|\b(?:c'était|était-ce|est-ce que c'était) (?:combien|(?:plus|moins)(?: \w+)?|pareil|différent|la même chose)\b"
    r"|\bcombien (?:c'était|était-ce)\b|\bwas (?:het|dat) (?:lager|hoger|goedkoper|duurder|korter|langer|minder|meer|anders|hetzelfde)\b"
    r"|\bhoeveel was (?:het|dat)\b|\bwar(?:en)? (?:es|das|sie) (?:niedriger|höher|billiger|teurer|kürzer|länger|weniger|mehr|anders|gleich|dasselbe)\b"
    r"|\bwie (?:viel|hoch|lange) war (?:es|das)\b",
    re.IGNORECASE,
)
# "When may …" beside "during …" asks whether.
WHEN = re.compile(r"^(?:when|quand|wanneer|wann) (?=\w)", re.IGNORECASE)
DURING = re.compile(r"^(?:during|while|pendant|durant|tijdens|terwijl|während)\b", re.IGNORECASE)
# Where somebody moved to is where he lives.
TOWARDS = re.compile(r"^(?:to|naar|nach|vers)\s", re.IGNORECASE)
# As whom somebody asks.
AS = {"en": "as a ", "fr": "en tant que ", "nl": "als ", "de": "als "}
# What is left of "daarvoor" when its first half is taken out: "betaal ik iets voor?"
STRANDED = re.compile(r"\s(?:voor|over|mee|aan|op)$", re.IGNORECASE)
IN = {"en": "in ", "fr": "à ", "nl": "in ", "de": "in "}
# The ending of a Turkish place: "Brüksel'de".
SUFFIX = re.compile(r"['’](?:[dt][ea](?:n|ki)?|y[ea]|n?[ıiuü]n)\b")
# The areas that MIPEX rates: another one takes the place of the last.
AREA = re.compile(
    r"\b(?:health(?: ?care| policy)?|education|labou?r market(?: mobility)?|family (?:reunification|reunion)|political participation"
    r"|permanent residence|(?:access to )?nationality|anti-?discrimination"
    r"|(?:la |l')?(?:politique de )?santé|(?:l')?éducation|(?:la mobilité sur )?le marché du travail|(?:le )?regroupement familial"
    r"|(?:la )?participation politique|(?:le )?séjour permanent|(?:l'accès à )?la nationalité"
    r"|(?:la )?(?:lutte contre les discriminations|non-discrimination)"
    r"|gezondheid(?:szorg|sbeleid)?|onderwijs|(?:de )?arbeidsmarkt(?:mobiliteit)?|gezinshereniging|politieke participatie|permanent verblijf"
    r"|(?:toegang tot (?:de )?)?nationaliteit|antidiscriminatie"
    r"|(?:die )?gesundheit(?:spolitik|swesen)?|(?:die )?bildung|(?:den |der )?arbeitsmarkt(?:mobilität)?|(?:die )?familien(?:zusammenführung|nachzug)"
    r"|(?:die )?politische teilhabe|(?:der |den )?(?:daueraufenthalt|dauerhaften? aufenthalt)|(?:den |der )?(?:zugang zur )?staatsangehörigkeit"
    r"|(?:die )?antidiskriminierung)(?!\w)",
    re.IGNORECASE,
)
# Of whom something is said, which asks nothing: "for someone who is over 65".
OF_WHOM = re.compile(
    r"\b(?:(?:some|any)(?:one|body)|people|those|quelqu'un|personnes|gens|ceux|celles|iemand|mensen|personen|degenen|jemand(?:en|em)?|leute|menschen)"
    r",? (?:who|that|qui|die|der|das|denen)\b",
    re.IGNORECASE,
)
