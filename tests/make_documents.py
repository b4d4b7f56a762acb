"""Files as they come, made by script: nine shapes, four languages, each with the sentences a reader must give exactly.

`make(folder, pages)` writes them and gives what is in each. Texts are made up; lines are broken here, with hyphens as a
typesetter would put them, so that what must come out is known.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from docx import Document as Word
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
WORDS = {
    "fr": (
        ["La commune", "Le bureau d'accueil", "L'administration régionale", "Le centre public d'action sociale", "Peut-être l'inspection"],
        ["examine", "transmet", "enregistre", "renouvelle", "communique ci-après"],
        ["la demande de regroupement familial", "l'attestation d'intégration", "le certificat", "le sous-titre de séjour électronique"],
        ["dans un délai de {} jours ouvrables", "avant le {} décembre 2024", "pour un montant de {} euros", "selon l'art. {} de la loi du 15 mai 1980"],
        ["sauf circonstances exceptionnelles", "après vérification des conditions", "sans frais supplémentaires pour l'intéressé"],
    ),
    "nl": (
        ["De gemeente", "Het agentschap Integratie", "De dienst Vreemdelingenzaken", "Het onthaalbureau", "De handhavingsambtenaar"],
        ["onderzoekt", "bezorgt", "registreert", "vernieuwt", "controleert zo nodig"],
        ["de aanvraag tot gezinshereniging", "het inburgeringsattest", "het bewijs van taalkennis", "de inburgerings- en taalcursussen"],
        ["binnen {} werkdagen", "vóór {} december 2024", "voor een bedrag van {} euro", "volgens art. {} van de wet van 15 december 1980"],
        ["behalve in uitzonderlijke omstandigheden", "na een onderzoek van de voorwaarden", "zonder bijkomende kosten voor de aanvrager"],
    ),
    "de": (
        ["Die Gemeinde", "Das Referenzzentrum", "Die Ausländerbehörde", "Der Fachbereich", "Das Ministerium"],
        ["prüft", "übermittelt", "registriert", "verlängert", "bescheinigt"],
        ["den Antrag auf Familienzusammenführung", "die Integrationsbescheinigung", "den Nachweis der Kenntnisse", "die Sprach- und Integrationskurse"],
        ["innerhalb von {} Werktagen", "vor dem {}. Dezember 2024", "für einen Betrag von {} Euro", "gemäß Art. {} des Gesetzes vom 15. Dezember 1980"],
        ["außer unter außergewöhnlichen Umständen", "nach Überprüfung der Voraussetzungen", "ohne zusätzliche Kosten für den Antragsteller"],
    ),
    "en": (
        ["The municipality", "The reception office", "The Immigration Office", "The enforcement officer", "The non-profit association"],
        ["examines", "forwards", "registers", "renews", "acknowledges"],
        ["the application for family reunification", "the integration certificate", "the proof of language knowledge", "the residence permit"],
        ["within {} working days", "before {} December 2024", "for an amount of {} euros", "under Art. {} of the Act of 15 December 1980"],
        ["except in exceptional circumstances", "after verification of the conditions", "without additional costs for the applicant"],
    ),
}
HEADS = {
    "fr": ["Votre demande", "Les conditions", "Les délais", "Le recours"],
    "nl": ["Uw aanvraag", "De voorwaarden", "De termijnen", "Het beroep"],
    "de": ["Ihr Antrag", "Die Bedingungen", "Die Fristen", "Der Einspruch"],
    "en": ["Your application", "The conditions", "The time limits", "The appeal"],
}
RUNNING = {"fr": "Guide de l'accueil", "nl": "Gids voor het onthaal", "de": "Leitfaden zur Aufnahme", "en": "Guide to reception"}
PAGE = {"fr": "Page {}", "nl": "Pagina {}", "de": "Seite {}", "en": "Page {}"}


@dataclass(frozen=True)
class Made:
    """A file: what must be read from it (sentence, page or None), or what must be said when it is refused."""

    path: Path
    shape: str
    language: str
    sentences: tuple[tuple[str, int | None], ...] = ()
    refused: str = ""


class Author:
    """Makes sentences, no two alike in a file."""

    def __init__(self, language: str, seed: int) -> None:
        self.language, self._random, self._used = language, random.Random(f"{language}{seed}"), set[str]()

    def sentence(self) -> str:
        """One sentence of prose."""
        while True:
            parts = [self._random.choice(part) for part in WORDS[self.language]]
            parts[3] = parts[3].format(self._random.randint(2, 31) if "ecember" in parts[3] or "zember" in parts[3] else self._random.randint(2, 999))
            made = " ".join(parts) + "."
            made = made.replace("ezember 1980 ", "ezember 1980, ").replace("  ", " ")
            if made not in self._used:
                self._used.add(made)
                return made

    def paragraph(self, count: int = 0) -> list[str]:
        """Two to five sentences."""
        return [self.sentence() for _ in range(count or self._random.randint(2, 5))]


def broken(text: str, width: float, font: str, size: float) -> list[str]:
    """Lines no wider than `width`; long words are parted with a hyphen, and words that have one may break there."""
    lines, line = [], ""
    for word in text.split():
        trial = f"{line} {word}".strip()
        if stringWidth(trial, font, size) <= width:
            line = trial
            continue
        for at in sorted(_breaks(word), reverse=True):
            head = word[:at] if word[at - 1] == "-" else word[:at] + "-"
            if stringWidth(f"{line} {head}".strip(), font, size) <= width:
                lines.append(f"{line} {head}".strip())
                line = word[at:]
                break
        else:
            lines.append(line)
            line = word
    return [*lines, line] if line else lines


def _breaks(word: str) -> Iterator[int]:
    for at in range(3, len(word) - 3):
        before, after = word[at - 1], word[at]
        if before == "-" or (before.lower() in "aeiouéèàäöüy" and after.isalpha() and after.lower() not in "aeiouéèàäöüy" and "-" not in word):
            yield at


class Press:
    """Prints pages in one or two columns, with running head and foot, and remembers what stands on which page."""

    def __init__(self, language: str, columns: int = 1, justified: bool = True, running: bool = True, encrypt: object = None) -> None:
        self._out = io.BytesIO()
        self.canvas = Canvas(self._out, pagesize=A4, encrypt=encrypt)
        self.language, self._columns, self._justified, self._running = language, columns, justified, running
        self._width = (WIDTH - 100 - (columns - 1) * 22) / columns
        self.page, self._column = 1, 0
        self._top = self._y = HEIGHT - 80
        self.told: list[tuple[str, int | None]] = []
        self._furniture()

    def _furniture(self) -> None:
        if self._running:
            self.canvas.setFont("Helvetica", 8)
            self.canvas.drawString(50, HEIGHT - 40, RUNNING[self.language])
            self.canvas.drawRightString(WIDTH - 50, 30, PAGE[self.language].format(self.page))

    def _need(self, height: float) -> None:
        if self._y - height > 60:
            return
        self._column += 1
        self._y = self._top
        if self._column == self._columns:
            self.canvas.showPage()
            self.page, self._column = self.page + 1, 0
            self._top = self._y = HEIGHT - 80
            self._furniture()

    @property
    def _left(self) -> float:
        return 50 + self._column * (self._width + 22)

    def title(self, text: str) -> None:
        """A title over all columns, at the top of the first page."""
        self.canvas.setFont("Helvetica-Bold", 20)
        self.canvas.drawString(50, self._y, text)
        self.told.append((text, self.page))
        self._top = self._y = self._y - 40

    def heading(self, text: str) -> None:
        """A heading of a column."""
        self._need(60)
        self._y -= 10
        self.canvas.setFont("Helvetica-Bold", 13)
        self.canvas.drawString(self._left, self._y, text)
        self.told.append((text, self.page))
        self._y -= 20

    def paragraph(self, sentences: list[str], mark: str = "") -> None:
        """A paragraph, or a list item after its mark."""
        indent = 14 if mark else 0
        lines = broken(" ".join(sentences), self._width - indent, "Helvetica", 10)
        places: list[int] = []
        for number, line in enumerate(lines):
            self._need(13)
            places.extend([self.page] * len(line.split()))
            text = self.canvas.beginText(self._left + indent, self._y)
            text.setFont("Helvetica", 10)
            gaps = line.count(" ")
            if self._justified and gaps and number + 1 < len(lines):
                text.setWordSpace((self._width - indent - stringWidth(line, "Helvetica", 10)) / gaps)
            text.textOut(line)
            self.canvas.drawText(text)
            if mark and not number:
                self.canvas.setFont("Helvetica", 10)
                self.canvas.drawString(self._left, self._y, mark)
            self._y -= 13
        self._y -= 7
        pieces = " ".join(lines).split()
        at = 0
        for sentence in sentences:
            self.told.append((sentence, places[at]))
            left = len(sentence.replace(" ", ""))
            while left > 0 and at < len(pieces):
                left -= len(pieces[at]) - (pieces[at].endswith("-") and not _kept(pieces[at], sentence))
                at += 1

    def table(self, rows: list[list[str]], ruled: bool) -> None:
        """A table over the width of a column."""
        pitch = self._width / len(rows[0])
        self._need(18 * len(rows) + 20)
        top = self._y + 6
        for row in rows:
            self.canvas.setFont("Helvetica", 10)
            for place, cell in enumerate(row):
                self.canvas.drawString(self._left + place * pitch + 4, self._y - 8, cell)
            self.told.append(("| " + " | ".join(row) + " |", self.page))
            self._y -= 18
        if ruled:
            xs = [self._left + i * pitch for i in range(len(rows[0]) + 1)]
            self.canvas.grid(xs, [top - i * 18 for i in range(len(rows) + 1)])
        self._y -= 16

    def bytes(self) -> bytes:
        """The finished file."""
        self.canvas.showPage()
        self.canvas.save()
        return self._out.getvalue()


def _kept(piece: str, sentence: str) -> bool:
    return piece in sentence.split() or piece in sentence


def printed(language: str, seed: int, pages: int, columns: int, justified: bool) -> Press:
    """A brochure with headings, paragraphs and lists."""
    author, press = Author(language, seed), Press(language, columns, justified)
    press.title(f"{RUNNING[language]} {seed}")
    number = 0
    while press.page <= pages:
        press.heading(f"{HEADS[language][number % 4]} {number + 1}")
        for _ in range(3):
            press.paragraph(author.paragraph())
        if number % 2:
            for _ in range(3):
                press.paragraph(author.paragraph(1), "•")
        number += 1
    return press


def tabled(language: str, seed: int, ruled: bool) -> Press:
    """Prose with a table in it."""
    author, press = Author(language, seed), Press(language)
    press.title(f"{RUNNING[language]} {seed}")
    for number in range(3):
        press.heading(f"{HEADS[language][number]}")
        press.paragraph(author.paragraph())
        rows = [[HEADS[language][k], f"{seed}{number}{k} €", f"{k + 1}.{number}00 €"] for k in range(3)]
        press.table([[f"{RUNNING[language]} {number}", "2023", "2024"], *rows], ruled)
        press.paragraph(author.paragraph())
    return press


def scan(language: str) -> tuple[bytes, list[str]]:
    """A page that is one picture of printed text."""
    import pypdfium2

    author, press = Author(language, 7), Press(language, justified=False, running=False)
    told = author.paragraph(4)
    press.paragraph(told)
    document = pypdfium2.PdfDocument(press.bytes())
    picture = document[0].render(scale=200 / 72, grayscale=True).to_pil()
    document.close()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.drawImage(ImageReader(picture), 0, 0, WIDTH, HEIGHT)
    canvas.showPage()
    canvas.save()
    return out.getvalue(), told


def word(language: str, seed: int) -> tuple[bytes, list[str]]:
    """A Word document with headings, nested lists and a table."""
    author, document, told = Author(language, seed), Word(), []
    for head in HEADS[language]:
        document.add_heading(head, 1)
        told.append(head)
        for style in (None, "List Bullet", "List Bullet 2", "List Number"):
            for _ in range(2):
                sentence = author.sentence()
                document.add_paragraph(sentence, style=style)
                told.append(sentence)
    table = document.add_table(2, 2)
    for line, cells in zip(table.rows, (("2023", "360 €"), ("2024", "380 €")), strict=True):
        for cell, text in zip(line.cells, cells, strict=True):
            cell.text = text
        told.append("| " + " | ".join(cells) + " |")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue(), told


def markup(language: str, seed: int, declared: str = "utf-8") -> tuple[str, list[str]]:
    """A web page with nested lists and a table between menus, a cookie notice and a footer."""
    author, told, body = Author(language, seed), [], []
    for head in HEADS[language]:
        lead, first, inner, last = (author.sentence() for _ in range(4))
        body.append(f"<h2>{head}</h2><p>{lead}</p><ul><li>{first}<ol><li><b>{inner[:9]}</b>{inner[9:]}</li></ol></li><li>{last}</li></ul>")
        told += [head, lead, first, inner, last]
    body.append("<table><tr><th>2023</th><td>360 €</td></tr></table>")
    told.append("| 2023 | 360 € |")
    return (
        f"<!DOCTYPE html><html><head><meta charset='{declared}'><title>{RUNNING[language]}</title><script>var a = '<p>x</p>'</script></head>"
        "<body>"
        f"<div class='cookie-banner'><p>Cookies.</p></div><nav><ul><li><a href='/'>Home</a></li></ul></nav>"
        "<div class='breadcrumb'>Home › Gids</div>"
        f"<main><h1>{RUNNING[language]}</h1>{''.join(body)}</main><footer><p>© 2024 Imprint</p></footer></body></html>",
        [RUNNING[language], *told],
    )


def open_document(language: str, seed: int) -> tuple[bytes, list[str]]:
    """An ODT with a nested list."""
    author = Author(language, seed)
    told = [RUNNING[language], *(author.sentence() for _ in range(4))]
    ns = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{ns}:office:1.0" xmlns:text="{ns}:text:1.0"><office:body><office:text>'
        f'<text:h text:outline-level="1">{told[0]}</text:h><text:p>{told[1].replace(" ", "<text:s/>", 1)}</text:p>'
        f"<text:list><text:list-item><text:p>{told[2]}</text:p><text:list><text:list-item><text:p>{told[3]}</text:p></text:list-item></text:list>"
        f"</text:list-item></text:list><text:p>{told[4]}</text:p></office:text></office:body></office:document-content>"
    )
    return archive({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()}), told


def book(language: str, seed: int) -> tuple[bytes, list[str]]:
    """An EPUB of two chapters."""
    pages = [markup(language, seed + n) for n in range(2)]
    container = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="in/b.opf"/></rootfiles></container>'
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="b" href="two.xhtml"/><item id="a" href="one.xhtml"/></manifest>'
        '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    parts = {"mimetype": b"application/epub+zip", "META-INF/container.xml": container.encode(), "in/b.opf": package.encode()}
    parts |= {"in/one.xhtml": pages[0][0].encode(), "in/two.xhtml": pages[1][0].encode()}
    return archive(parts), pages[0][1] + pages[1][1]


def archive(parts: dict[str, bytes]) -> bytes:
    """A ZIP of the parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return out.getvalue()


CYRILLIC = ["Громада розглядає заяву протягом 15 робочих днів.", "Курс інтеграції коштує 180 євро за модуль.", "Заявник отримує посвідку на проживання."]
ARABIC = ["تدرس البلدية الطلب خلال خمسة عشر يوما.", "تبلغ تكلفة دورة الاندماج 180 يورو.", "يحصل مقدم الطلب على بطاقة الإقامة."]


def make(folder: Path, pages: int = 24) -> list[Made]:
    """Writes all files into `folder`; the long one has `pages` pages."""
    made: list[Made] = []

    def put(name: str, shape: str, language: str, data: bytes, told: Sequence[str | tuple[str, int | None]] = (), refused: str = "") -> None:
        path = folder / name
        path.write_bytes(data)
        sentences = tuple((t, None) if isinstance(t, str) else t for t in told)
        made.append(Made(path, shape, language, sentences, refused))

    for language in HEADS:
        for seed, justified in ((1, True), (2, False)):
            press = printed(language, seed, 2, 2, justified)
            put(f"columns-{language}-{seed}.pdf", "columns", language, press.bytes(), press.told)
        press = printed(language, 3, 2, 1, True)
        put(f"letter-{language}.pdf", "columns", language, press.bytes(), press.told)
        for ruled in (True, False):
            press = tabled(language, 4 + ruled, ruled)
            put(f"table-{language}-{'ruled' if ruled else 'plain'}.pdf", "tables", language, press.bytes(), press.told)
        data, told = word(language, 6)
        put(f"lists-{language}.docx", "lists", language, data, told)
        page, told = markup(language, 8)
        put(f"lists-{language}.html", "lists", language, page.encode(), told)
        data, told = open_document(language, 9)
        put(f"lists-{language}.odt", "lists", language, data, told)
        data, _ = scan(language)
        put(f"scan-{language}.pdf", "scans", language, data, refused="tesseract")
        page, told = markup(language, 10)
        put(f"encoding-{language}.htm", "encoding", language, page.encode("cp1252"), told)
        lines = Author(language, 11).paragraph(12)
        for encoding in ("cp1252", "utf-16", "cp850"):
            put(f"encoding-{language}-{encoding}.txt", "encoding", language, "\r\n".join(lines).encode(encoding), lines)
    put("encoding-uk.txt", "encoding", "uk", "\n".join(CYRILLIC).encode("cp1251"), CYRILLIC)
    put("encoding-ar.txt", "encoding", "ar", "\n".join(ARABIC).encode("cp1256"), ARABIC)
    put("encoding-be.txt", "encoding", "uk", "\n".join(CYRILLIC).encode("utf-16-be"), CYRILLIC)
    data, told = book("fr", 12)
    put("book.epub", "lists", "fr", data, told)
    press = printed("nl", 13, pages, 1, True)
    put("long.pdf", "long", "nl", press.bytes(), press.told)

    put("empty-file.pdf", "empty", "", b"", refused="is empty")
    put("empty-space.txt", "empty", "", b" \n\t\n", refused="holds no text")
    put("empty-page.pdf", "empty", "", Press("fr", running=False).bytes(), refused="no text")
    blank = io.BytesIO()
    Word().save(blank)
    put("empty-word.docx", "empty", "", blank.getvalue(), refused="holds no text")
    press = Press("fr", encrypt=StandardEncryption("secret", canPrint=0))
    press.paragraph(["Un texte secret."])
    put("locked.pdf", "encrypted", "", press.bytes(), refused="locked with a password")
    put("locked.docx", "encrypted", "", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, refused="locked with a password")
    data = bytearray(archive({"word/document.xml": b"<w/>"}))
    for at in (data.index(b"PK\x03\x04") + 6, data.index(b"PK\x01\x02") + 8):
        data[at] |= 1
    put("locked-zip.docx", "encrypted", "", bytes(data), refused="locked with a password")
    press = printed("fr", 14, 1, 1, True)
    whole = press.bytes()
    put("damaged-half.pdf", "damaged", "", whole[:600], refused="damaged")
    put("damaged-noise.pdf", "damaged", "", b"%PDF-1.7\n" + random.Random(1).randbytes(3000), refused="damaged")
    put("damaged-word.docx", "damaged", "", word("fr", 15)[0][:4000], refused="damaged")
    put("damaged-xml.docx", "damaged", "", archive({"word/document.xml": b"<w:document"}), refused="damaged")
    put("bomb.docx", "damaged", "", archive({"word/document.xml": b" " * 30_000_000}), refused="unpacks to")
    put("picture.pdf", "damaged", "", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, refused="PNG")
    put("sheet.docx", "damaged", "", archive({"xl/workbook.xml": b"<x/>"}), refused="spreadsheet")
    put("misnamed.txt", "damaged", "fr", whole, press.told)
    data, told = word("de", 16)
    put("misnamed.pdf", "damaged", "de", data, told)
    return made
