"""Files in layouts that are drawn by seed, so that what readers are tuned on and what they are measured on can be kept apart.

`make(folder, seeds)` writes for each seed two PDFs, a DOCX and an HTML page: fonts, sizes, margins, columns and their gaps, heads and
page numbers, hyphens, turned pages, notes, boxes and forms; tracked changes, text boxes, nested tables, fields, hidden text; menus,
consent walls, asides, accordions and calls of notes. Each file comes with what must be read from it and what must not.
"""

from __future__ import annotations

import html
import io
import random
from dataclasses import dataclass
from pathlib import Path

from make_documents import HEADS, RUNNING, WORDS, Author, archive, broken
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
FAMILIES = (("Times-Roman", "Times-Bold"), ("Helvetica", "Helvetica-Bold"), ("Courier", "Courier-Bold"))
BOXED = {"fr": "À retenir : le guichet {} répond.", "nl": "Onthoud: loket {} antwoordt.", "de": "Merken: Schalter {} antwortet.", "en": "Remember: desk {} answers."}


@dataclass(frozen=True)
class Variant:
    """A file, what must be read from it as sentences of their own (a note with or without its number), and what must not."""

    path: Path
    kind: str
    told: tuple[str, ...]
    gone: tuple[str, ...]


class Sheets:
    """Prints pages in a layout drawn by its seed."""

    def __init__(self, language: str, seed: int) -> None:
        draw = self.draw = random.Random(f"sheets {language} {seed}")
        self.language = language
        self.font, self.bold = draw.choice(FAMILIES)
        self.columns = draw.choice([1, 1, 2, 2, 3])
        self.size = draw.uniform(8.5, 11.5) if self.columns < 3 else draw.uniform(7.5, 8.5)
        if self.font == "Courier":
            self.size, self.columns = min(self.size, 9.5), min(self.columns, 2)
        self.leading = self.size * draw.uniform(1.15, 1.5)
        self.left, self.right = draw.uniform(40, 80), draw.uniform(40, 80)
        self.gap = draw.uniform(14, 36)
        self.width = (WIDTH - self.left - self.right - (self.columns - 1) * self.gap) / self.columns
        self.justified, self.hyphens = draw.random() < 0.5, draw.random() < 0.6
        self.indented = draw.random() < 0.3  # paragraphs by an indent, with no space between
        self.turned = draw.random() < 0.25
        self.head_style = draw.choice(["larger", "bold", "capitals", "numbered"])
        self.running = draw.choice(["none", "title", "alternating", "ruled", "two lines"])
        self.numbers = draw.choice(["– {} –", "{}/12", "{}", "p. {}", "[{}]"])
        self.told: list[str] = []
        self.gone: list[str] = []
        self._out = io.BytesIO()
        self.canvas = Canvas(self._out, pagesize=A4)
        self.page, self.column, self._notes, self._number = 0, 0, list[str](), 0
        self._turn()

    def _turn(self) -> None:
        if self.page:
            self._foot()
            self.canvas.showPage()
        self.page, self.column = self.page + 1, 0
        if self.turned:  # drawn on its side, and shown upright
            self.canvas.setPageRotation(90)
            self.canvas.transform(0, 1, -1, 0, HEIGHT, 0)
        title = f"{RUNNING[self.language]} 2024"
        self.canvas.setFont(self.font, 8)
        if self.running != "none":
            right = self.running == "alternating" and self.page % 2 == 0
            (self.canvas.drawRightString if right else self.canvas.drawString)(WIDTH - self.right if right else self.left, HEIGHT - 36, title)
            if self.running == "two lines":
                self.canvas.drawString(self.left, HEIGHT - 46, f"{HEADS[self.language][0]} | version 3.{self.language}")
            if self.running == "ruled":
                self.canvas.line(self.left, HEIGHT - 42, WIDTH - self.right, HEIGHT - 42)
            self.gone.append(title)
        self.canvas.drawCentredString(WIDTH / 2, 26, self.numbers.format(self.page))
        self.y, self.low = HEIGHT - 75, 110.0 if self.columns == 1 else 60.0

    def _foot(self) -> None:
        y = self.low - 10
        for note in self._notes:
            self.canvas.setFont(self.font, self.size * 0.75)
            for line in self._lines(note, 0, self.size * 0.75):
                self.canvas.drawString(self.left, y, line)
                y -= self.size
        self._notes.clear()

    def need(self, height: float) -> None:
        """Goes on in the next column or page if so much does not fit."""
        if self.y - height < self.low:
            self.column += 1
            self.y = HEIGHT - 75
            if self.column == self.columns:
                self._turn()

    @property
    def x(self) -> float:
        """The left edge of the column."""
        return self.left + self.column * (self.width + self.gap)

    def heading(self, text: str) -> None:
        """A heading in the style of the file."""
        self._number += 1
        shown = {"capitals": text.upper(), "numbered": f"{self._number}. {text}"}.get(self.head_style, text)
        size = self.size * (1.35 if self.head_style in ("larger", "numbered") else 1.0)
        self.need(self.leading * 4 + size)
        self.y -= self.leading * 0.8
        self.canvas.setFont(self.bold, size)
        self.canvas.drawString(self.x, self.y, shown)
        self.told.append(shown)
        self.y -= size + self.leading * 0.6

    def paragraph(self, sentences: list[str], note: str = "") -> None:
        """A paragraph; with a note, its last sentence has a raised number that calls it."""
        first = 12.0 if self.indented else 0.0
        lines = self._lines(" ".join(sentences), first)
        for number, line in enumerate(lines):
            self.need(self.leading)
            indent = first if number == 0 else 0.0
            text = self.canvas.beginText(self.x + indent, self.y)
            text.setFont(self.font, self.size)
            gaps = line.count(" ")
            if self.justified and gaps and number + 1 < len(lines):
                text.setWordSpace((self.width - indent - stringWidth(line, self.font, self.size)) / gaps)
            text.textOut(line)
            self.canvas.drawText(text)
            if note and number + 1 == len(lines):
                mark = str(len(self._notes) + 1)
                self.canvas.setFont(self.font, self.size * 0.6)
                self.canvas.drawString(self.x + indent + stringWidth(line, self.font, self.size) + 0.5, self.y + self.size * 0.35, mark)
                self._notes.append(f"{mark} {note}")
                self.told.append(note)
            self.y -= self.leading
        if not self.indented:
            self.y -= self.leading * 0.6
        self.told += sentences

    def _lines(self, text: str, first: float, size: float = 0.0) -> list[str]:
        size = size or self.size
        if self.hyphens:
            return broken(text, self.width - first, self.font, size)
        lines = [""]
        for word in text.split():
            trial = f"{lines[-1]} {word}".strip()
            if stringWidth(trial, self.font, size) <= self.width - first or not lines[-1]:
                lines[-1] = trial
            else:
                lines.append(word)
        return lines

    def box(self, text: str) -> None:
        """A sentence in a frame of its own."""
        lines = self._lines(text, 12)
        height = self.leading * (len(lines) + 1.2)
        self.need(height + self.leading * 1.5)
        self.canvas.rect(self.x, self.y + self.leading * 0.6 - height, self.width, height)
        self.canvas.setFont(self.font, self.size)
        for number, line in enumerate(lines):
            self.canvas.drawString(self.x + 6, self.y - self.leading * (number + 0.7), line)
        self.told.append(text)
        self.y -= height + self.leading

    def form(self, labels: list[str]) -> None:
        """Labels with dots to write on."""
        for label in labels:
            self.need(self.leading * 1.6)
            self.canvas.setFont(self.font, self.size)
            dots = int((self.width - stringWidth(f"{label} : ", self.font, self.size)) / stringWidth(".", self.font, self.size)) - 2
            self.canvas.drawString(self.x, self.y, f"{label} : {'.' * dots}")
            self.y -= self.leading * 1.6

    def bytes(self) -> bytes:
        """The finished file."""
        self._foot()
        self.canvas.showPage()
        self.canvas.save()
        return self._out.getvalue()


def printed(language: str, seed: int) -> Sheets:
    """Two to four pages of prose with notes, a frame and a form."""
    author, sheets = Author(language, 1000 + seed), Sheets(language, seed)
    notes = sheets.columns == 1
    if notes:
        sheets.low = 110.0
    while sheets.page < 3:
        if notes:
            sheets.low = 110.0
        sheets.heading(f"{HEADS[language][sheets._number % 4]} {sheets._number + 1}")
        for k in range(3):
            note = author.sentence() if notes and k == 1 and len(sheets._notes) < 2 else ""
            sheets.paragraph(author.paragraph(), note)
        if sheets._number % 3 == 1:
            sheets.box(BOXED[language].format(sheets._number))
    sheets.form(["Nom", "Prénom", "Date"] if language == "fr" else ["Naam", "Datum"])
    return sheets


_NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def word(language: str, seed: int) -> tuple[bytes, list[str], list[str]]:
    """A Word document as offices leave them: changes not yet accepted, fields, boxes, tables in tables, hidden and commented text."""
    author, draw = Author(language, 2000 + seed), random.Random(f"word {language} {seed}")
    told: list[str] = []
    gone: list[str] = []
    body: list[str] = []

    def run(text: str, properties: str = "") -> str:
        return f'<w:r>{f"<w:rPr>{properties}</w:rPr>" if properties else ""}<w:t xml:space="preserve">{html.escape(text, quote=False)}</w:t></w:r>'

    def split(text: str) -> str:
        """Runs as Word leaves them: cut anywhere."""
        at = sorted(draw.sample(range(1, len(text)), 3))
        return "".join(run(text[a:b], draw.choice(["", "<w:b/>", '<w:lang w:val="fr-BE"/>'])) for a, b in zip([0, *at], [*at, len(text)], strict=True))

    def p(inner: str, style: str = "") -> str:
        return f'<w:p>{f"<w:pPr><w:pStyle w:val={chr(34)}{style}{chr(34)}/></w:pPr>" if style else ""}{inner}</w:p>'

    def plain() -> str:
        told.append(author.sentence())
        return p(split(told[-1]))

    def changed() -> str:
        new, old = author.sentence(), author.sentence()
        told.append(new)
        gone.append(old)
        half = len(new) // 2
        return p(
            f'{run(new[:half])}<w:del w:id="1" w:author="x"><w:r><w:delText xml:space="preserve">{old}</w:delText></w:r></w:del>'
            f'<w:ins w:id="2" w:author="x">{run(new[half:])}</w:ins>'
        )

    def moved() -> str:
        text = author.sentence()
        told.append(text)
        return p(f'<w:moveFrom w:id="3">{run(text)}</w:moveFrom>') + p(f'<w:moveTo w:id="3">{run(text)}</w:moveTo>')

    def boxed() -> str:
        inside, around = author.sentence(), author.sentence()
        told.extend([around, inside])
        box = f"<w:txbxContent>{p(run(inside))}</w:txbxContent>"
        return p(
            f"{run(around)}<w:r><mc:AlternateContent><mc:Choice Requires='wps'><wps:txbx>{box}</wps:txbx></mc:Choice>"
            f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )

    def hidden() -> str:
        shown, not_shown = author.sentence(), author.sentence()
        told.append(shown)
        gone.append(not_shown)
        return p(run(shown) + run(f" {not_shown}", "<w:vanish/>"))

    def field() -> str:
        text = author.sentence()
        told.append(text)
        gone.append("HYPERLINK")
        half = text.rindex(" ")
        return p(
            f'{run(text[:half])}<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "https://x.be" </w:instrText></w:r>'
            f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:hyperlink r:id="r1">{run(text[half:])}</w:hyperlink><w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )

    def controlled() -> str:
        text = author.sentence()
        told.append(text)
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{p(f'<w:smartTag>{run(text)}</w:smartTag>')}</w:sdtContent></w:sdt>"

    def hyphened() -> str:
        text = author.sentence()
        told.append(text)
        at = text.index(max(text.split(), key=len)) + 4
        return p(f"<w:r><w:t>{text[:at]}</w:t><w:softHyphen/><w:t xml:space='preserve'>{text[at:]}</w:t></w:r>")

    def table() -> str:
        year, fee, inner = str(draw.randint(2001, 2030)), f"{draw.randint(11, 999)} €", author.sentence()
        told.append(f"| {year} | {fee} |")
        told.append(inner)
        nested = f"<w:tbl><w:tr><w:tc>{p(run(inner))}</w:tc></w:tr></w:tbl>"
        return (
            f"<w:tbl><w:tr><w:tc>{p(run(year))}</w:tc><w:tc>{p(run(fee))}</w:tc></w:tr></w:tbl>{p('')}"
            f"<w:tbl><w:tr><w:tc>{nested}{p('')}</w:tc></w:tr></w:tbl>"
        )

    makers = [plain, changed, moved, boxed, hidden, field, controlled, hyphened, table]
    for head in HEADS[language]:
        told.append(head)
        body.append(p(run(head), "Heading1"))
        body += [maker() for maker in draw.sample(makers, 5)] + [plain()]
    document = f"<w:document {_NS}><w:body>{''.join(body)}<w:sectPr/></w:body></w:document>"
    styles = f'<w:styles {_NS}><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style></w:styles>'
    head = f"<w:hdr {_NS}>{p(run('Intern dossier 7'))}</w:hdr>"
    gone.append("Intern dossier 7")
    return archive({"word/document.xml": document.encode(), "word/styles.xml": styles.encode(), "word/header1.xml": head.encode()}), told, gone


WALLS = (
    '<div id="onetrust-consent-sdk"><div class="otFlat"><p>{}</p><button>OK</button></div></div>',
    '<div id="CybotCookiebotDialog" role="dialog"><p>{}</p></div>',
    '<div class="cookie-wall__overlay"><div class="modal"><p>{}</p></div></div>',
    '<section aria-label="Cookies" class="eu-cookie-compliance-banner"><p>{}</p></section>',
    '<div class="cc-window cc-banner" role="dialog" aria-live="polite"><span>{}</span></div>',
)
CONSENT = {"fr": "Ce site utilise des cookies pour fonctionner.", "nl": "Deze site gebruikt cookies om te werken.", "de": "Diese Seite verwendet Cookies, um zu funktionieren.", "en": "This site uses cookies to work."}


def page(language: str, seed: int) -> tuple[str, list[str], list[str]]:
    """A web page as authorities build them."""
    author, draw = Author(language, 3000 + seed), random.Random(f"page {language} {seed}")
    told: list[str] = []
    gone = [CONSENT[language]]
    body: list[str] = []

    def say() -> str:
        told.append(author.sentence())
        return html.escape(told[-1], quote=False)

    def leave() -> str:
        gone.append(author.sentence())
        return html.escape(gone[-1], quote=False)

    def soft(text: str) -> str:
        longest = max(text.split(), key=len)
        return text.replace(longest, f"{longest[:4]}&shy;{longest[4:]}", 1)

    blocks = [
        lambda: f"<p>{say()} {say()}</p>",
        lambda: f"<p>{say()}<br><br>{say()}</p>",
        lambda: f"<p>{soft(say())}</p>",
        lambda: f"<p>{say()}<sup><a href='#n1'>1</a></sup> {say()}</p>",
        lambda: f"<details><summary>{say()}</summary><div><p>{say()}</p></div></details>",
        lambda: f"<dl><dt>{say()}</dt><dd>{say()}</dd></dl>",
        lambda: f"<div>{say()}</div><div><span>{say()}</span></div>",
        lambda: f"<ul><li><p>{say()}</p><ul><li>{say()}</li></ul></li></ul>",
        lambda: f"<blockquote><p>{say()}</p></blockquote><figure><img src='x.png' alt='x'><figcaption>{say()}</figcaption></figure>",
        lambda: f"<table><caption>{say()}</caption><tr><td>2023</td><td><p>360 €</p></td></tr></table>",
        lambda: f"<p>{say()}</p><p hidden>{leave()}</p><span class='visually-hidden'>{leave()}</span>",
        lambda: f"<aside class='related'><p>{leave()}</p></aside><p>{say()}</p>",
        lambda: f"<div class='share-buttons'><a href='#'>{leave()}</a></div><p>{say()}</p>",
    ]
    accordion = draw.random() < 0.5
    for number, head in enumerate(HEADS[language]):
        told.append(head)
        inner = f"<button aria-expanded='true' aria-controls='c{number}'>{head}</button>" if accordion else head
        body.append(f"<h2>{inner}</h2><div id='c{number}'>{''.join(block() for block in draw.sample(blocks, 4))}</div>")
    told = [t for t in told if t]
    title = f"{RUNNING[language]} {seed}"
    told.append(title)
    menu = "".join(f"<li><a href='/{n}'>{w}</a></li>" for n, w in enumerate(WORDS[language][1]))
    start = draw.choice(["<header><nav><ul>{}</ul></nav></header>", "<div class='site-header'><ul class='menu'>{}</ul></div>", "<div role='navigation'><ul>{}</ul></div>"])
    main = draw.choice(["<main><h1>{}</h1>{}</main>", "<div id='content'><h1>{}</h1>{}</div>", "<form method='post'><div class='region-content'><h1>{}</h1>{}</div></form>", "<article><h1>{}</h1>{}</article>"])
    end = draw.choice(["<footer><p>{}</p></footer>", "<div id='footer'><p>{}</p></div>", "<div class='site-footer'><p>{}</p></div>", "<div role='contentinfo'><p>{}</p></div>"])
    return (
        f"<!doctype html><html lang='{language}'><head><meta charset='utf-8'><title>{title}</title></head><body>"
        f"{draw.choice(WALLS).format(CONSENT[language])}{start.format(menu)}{main.format(title, ''.join(body))}{end.format(leave())}</body></html>",
        told,
        gone,
    )


def make(folder: Path, seeds: range) -> list[Variant]:
    """Writes the files of the seeds; the language goes round."""
    made = []
    for seed in seeds:
        language = ("fr", "nl", "de", "en")[seed % 4]
        for part in (0, 1):
            sheets = printed(language, 2 * seed + part)
            path = folder / f"sheets-{seed}-{part}.pdf"
            path.write_bytes(sheets.bytes())
            made.append(Variant(path, "pdf", tuple(sheets.told), tuple(dict.fromkeys(sheets.gone))))
        data, told, gone = word(language, seed)
        (folder / f"word-{seed}.docx").write_bytes(data)
        made.append(Variant(folder / f"word-{seed}.docx", "docx", tuple(told), tuple(gone)))
        text, told, gone = page(language, seed)
        (folder / f"page-{seed}.html").write_text(text, encoding="utf-8")
        made.append(Variant(folder / f"page-{seed}.html", "html", tuple(told), tuple(gone)))
    return made
