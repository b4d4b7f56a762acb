"""Names of bodies, laws' owners and programmes in a text, one name for each in every language. Knows nothing else."""

from __future__ import annotations

import re
from functools import lru_cache

# Our name → how texts write it in English, French, Dutch and German.
_NAMES = {
    "social-welfare": r"cpas|ocmws?|öshz|(?:public )?(?:social )?welfare cent(?:er|re)s?|centres? publics? d'action sociale"
    r"|openbare? centr\w+ voor maatschappelijk welzijn|öffentliche\w* sozialhilfezentr\w+|sozialhilfezentr\w+",
    "immigration-office": r"immigration office|office des étrangers|dienst vreemdelingenzaken|dvz|ausländeramt\w*",
    "cgrs": r"cgrs|cgra|cgvs|gkfs|commissioner[ -]general for refugees|commissa(?:ire|riat) général aux réfugiés"
    r"|commissari(?:s|aat)-generaal voor de vluchtelingen|general[kK]ommissar\w* für flüchtlinge",
    "ccal": r"council for alien law litigation|conseil du contentieux des étrangers|raad voor vreemdelingenbetwistingen"
    r"|rat für ausländerstreitsachen"
    r"|cce|rvv",
    "fedasil": "fedasil",
    "unia": "unia",
    "myria": "myria",
    "vmri": r"vmri|vlaamse? mensenrechteninstituut|flemish human rights institute|institut flamand des droits (?:de l'homme"
    r"|humains)"
    r"|flämische\w* menschenrechtsinstitut\w*",
    "iefh": r"iefh|igvm|(?:institute|institut|instituut) (?:for|pour|voor|für) (?:the |l'|de |die )?(?:equality|égalité"
    r"|gelijkheid|gleichheit)",
    "vdab": "vdab",
    "actiris": "actiris",
    "forem": r"forem",
    "adg": r"adg|(?<!regionale )arbeitsamt\w*",
    "bapa": r"bapas?|bapa's|(?:welcome|reception) offices? for newcomers|bureaux? d'accueil pour primo-arrivants",
    "bon": r"bon(?= |,|\.|\)|$)(?! (?:de|d'|état|usage|nombre))",
    "agii": r"agii|agentschap integratie en inburgering|(?:flemish )?agency for integration and civic integration",
    "atlas": r"atlas",
    "amal": r"amal|in-gent",
    "cri": r"cris?(?!\w)|regional integration cent(?:er|re)s?|centres? régiona(?:l|ux) d'intégration"
    r"|regionale? integratiecentr\w+"
    r"|regionale\w* integrationszentr\w+",
    "info-integration": r"info-integration",
    "red-cross": r"red cross|croix-rouge|rode kruis|rote[sn]? kreuz\w*",
    "constitutional-court": r"constitutional court|cour constitutionnelle|grondwettelijk hof|verfassungsgericht(?:shof)?\w*",
    "council-of-state": r"council of state|conseil d'état|raad van state|staatsrat\w*",
    "council-of-ministers": r"council of ministers|conseil des ministres|ministerraad|ministerrat\w*",
    "court-of-justice": r"court of justice|cour de justice|hof van justitie|europäische\w* gerichtshof\w*"
    r"|gerichtshof\w* der eu\w*",
    "cocom": r"cocom|ggc|ggk|common community commission|commission communautaire commune|gemeenschappelijke gemeenschapscommissie"
    r"|gemeinsame\w* gemeinschaftskommission",
    "cocof": r"cocof|french community commission|commission communautaire française|franse gemeenschapscommissie"
    r"|französische\w* gemeinschaftskommission",
    "vgc": r"vgc|flemish community commission|commission communautaire flamande|vlaamse gemeenschapscommissie"
    r"|flämische\w* gemeinschaftskommission",
    "vivalis": r"vivalis\w*",
    "vvsg": "vvsg",
    "naric": r"naric(?:-vlaanderen)?",
    "mipex": r"mipex\w*",
    "ceps": r"ceps\w*",
    "oecd": r"oecd|ocde|oeso",
    "statbel": "statbel",
    "french-community": r"french community(?! commission)|french-speaking community|fédération wallonie-bruxelles"
    r"|communauté française"
    r"|franse gemeenschap|französische\w* gemeinschaft",
    "prosecutor": r"(?:public )?prosecutors?\b|procureurs?(?: du roi| des konings)?|parquets?|parket\w*|prokurator\w*"
    r"|staatsanwalt\w*",
    "health-fund": r"health insurance funds?|mutualités?|mutuelles?|ziekenfonds\w*|krankenkasse\w*",
    "eu": r"eu(?:-\w+)?|ue|europ\w+|europä\w+|unionsbürger\w*",
    "court-labour": r"labour (?:court|tribunal)|tribuna(?:l|ux) du travail|arbeidsrechtbank\w*|arbeitsgericht\w*",
    "court-family": r"family court|tribunal de la famille|familierechtbank|familiengericht\w*",
    "parliament-flemish": r"flemish parliament|parlement flamand|vlaams parlement\w*|flämische\w* parlament\w*",
    "eea": r"eea|eee|eer|ewr",
    "efta": r"efta|aele|eva(?:-\w+)?",
    "fps": r"fps|spf|fod|föd|federal public service|service public fédéral|federale overheidsdienst"
    r"|föderale\w* öffentliche\w* dienst\w*",
    "project": r"piis|gpmi|individualised project|projet individualisé|geïndividualiseerd project"
    r"|individualisierte\w* projekt\w*",
    "dna": r"dna|adn",
    "minors": r"mena|nbmv|unaccompanied|non accompagné\w*|niet-begeleide\w*|unbegleitete\w*",
    "ngo": r"ngos?|ongs?|ngo's|nro",
    "national-register": r"national register|registre national|rijksregister|nationalregister\w*",
}
_PATTERNS = {name: re.compile(rf"(?<![\w-])(?:{words})(?![\w])", re.IGNORECASE) for name, words in _NAMES.items()}
_ACRONYM = re.compile(r"(?<![\w-])[A-ZÀ-Ü]{3,}(?![\w])")
_NO_BODIES = frozenset({"EUR"})
# As capitalised names only: "bon" and "atlas" are also words.
_CAPITAL = {"bon": re.compile(r"(?<![\w-])Bon(?![\w])(?=\W*(?:\(|in|à|en|ou|or|of|oder|und|and|and|$|,"
r"|\.))"), "atlas": re.compile(r"\bAtlas\b")}


@lru_cache(maxsize=4096)
def bodies(text: str) -> frozenset[str]:
    """The bodies that a text names: ours by our name ("social-welfare" for CPAS, OCMW, ÖSHZ), other acronyms as written."""
    text = text.replace("’", "'")
    found = {name for name, pattern in _PATTERNS.items() if (_CAPITAL.get(name) or pattern).search(text)}
    others = set(_ACRONYM.findall(text)) - _NO_BODIES
    return frozenset(found | {a for a in others if not any(_PATTERNS[name].fullmatch(a) for name in found)})


# The offices that run the programme, by the region whose programme it is; as people name them. Amal is a first name too: as an office
# it is where a letter comes from.
_OFFICES = {
    "flanders": r"\b(?:[Bb]rief|[Ll]etter|[Ll]ettre|[Cc]onvocation|[Uu]itnodiging|[Ii]nvit\w+|Einladung|[Aa]gentschap|[Aa]gen\w+)\b[^.?!]{0,25}\bAmal\b"
    r"|\b(?:AMAL|Atlas|[Aa]gii|AGII|[Aa]gentschap (?:[Ii]ntegratie|[Ii]nburgering)(?: (?:en|&) [Ii]nburgering)?|IN-Gent)\b",
    "brussels": r"\b(?:BAPAs?|BON|Bon(?=\W*(?:$|[,.?!(]|in\b|Brus?s|heeft|wil|zegt|has|says|want|told)))\b",
    "wallonia": r"\b(?:CRIs?|CRIPEL|[Cc]ripel|CAI|CRIC|CRVI|CRIBW|CRILUX|[Cc]rilux|CeRAIC|CERAIC|CIMB|[Cc]entre [Rr]égional d['’][Ii]ntégration)\b",
    "german-speaking-community": r"\bInfo-?[Ii]ntegration\b",
}
_OFFICE = {region: re.compile(words) for region, words in _OFFICES.items()}


def programmes(text: str) -> tuple[str, ...]:
    """The regions whose integration offices a text names.

    >>> programmes("Ik heb een brief gekregen van Amal."), programmes("Le CRIPEL m'a écrit.")
    (('flanders',), ('wallonia',))
    """
    return tuple(region for region, office in _OFFICE.items() if office.search(text))
