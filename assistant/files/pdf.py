"""PDF files → shown text with its pages: by pypdfium2 (PDFium, BSD); scans by the program `tesseract`, where it is installed.

PDFium gives characters and drawn lines with their places; `layout` makes reading order of them. PDFium may run in
one thread at a time.
"""

from __future__ import annotations

import ctypes
import logging
import math
import re
import shutil
import subprocess
import threading
from typing import Any

from ..errors import InputError
from . import layout, shown
from .layout import Sheet
from .shown import Shown
from .tables import Rule, Word

MAX_PAGES = 3_000
MAX_SCANNED = 300  # pages; tesseract needs a second or two for each
OCR_DPI = 200
OCR_SECONDS, LISTED_SECONDS = 120, 30
LANGUAGES = ("nld", "fra", "deu", "eng", "ara", "ukr")

_ONE_AT_A_TIME = threading.Lock()
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st", 0xA0: " ", 0x202F: " "}
_INSTALL = "install the program tesseract (Debian: tesseract-ocr tesseract-ocr-nld tesseract-ocr-fra tesseract-ocr-deu)"
_log = logging.getLogger(__name__)


def pdf(data: bytes, name: str) -> Shown:
    """The shown text of a PDF. Raises InputError if it is damaged, locked, too long, or a scan that cannot be read here."""
    import pypdfium2

    with _ONE_AT_A_TIME:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise InputError(f"{name}: is a PDF locked with a password; save it without one") from error
            raise InputError(f"{name}: is a damaged PDF; open it in a viewer and save it again") from error
        try:
            return _read(document, name)
        finally:
            document.close()


def _read(document: Any, name: str) -> Shown:
    if len(document) > MAX_PAGES:
        raise InputError(f"{name}: has {len(document)} pages, more than {MAX_PAGES}; split it")
    if not len(document):
        raise InputError(f"{name}: is a damaged PDF without pages; open it in a viewer and save it again")
    sheets: list[Sheet] = []
    scans: list[int] = []
    broken: list[int] = []
    for number in range(1, len(document) + 1):
        try:
            sheet, scanned = _sheet(document, number)
        except Exception as error:  # PDFium's own errors, or a page object it cannot make sense of
            _log.debug("page %s of %s: %s", number, name, error)
            broken.append(number)
            continue
        sheets.append(sheet)
        if scanned:
            scans.append(number)
    if len(broken) == len(document):
        raise InputError(f"{name}: is a damaged PDF, no page can be opened; open it in a viewer and save it again")
    left = _recognise(document, name, sheets, scans)
    if not any(sheet.words for sheet in sheets):
        raise InputError(f"{name}: holds pages but no text; nothing to answer from")
    for pages, reason in ((broken, "are damaged"), (left, f"are pictures without text; {_INSTALL}")):
        if pages:
            _log.warning("%s: pages left out: %s %s", name, ", ".join(map(str, pages[:20])) + (" …" if pages[20:] else ""), reason)
    text = shown.lay_out(layout.arrange(sheets))
    title = (document.get_metadata_value("Title") or "").strip()
    return Shown(text, "pages", title if _names(title) else "")


def _names(title: str) -> bool:
    """Whether the title a PDF carries was written by a person, not left by a program."""
    return bool(re.search(r"[^\W\d_]{3}", title)) and not re.search(
        r"^(?:microsoft word|untitled|sans titre|naamloos|document\d*$|(?:un)?anonym)|\.(?:docx?|pdf|indd|odt|qxd|pptx?)$", title, re.IGNORECASE
    )


def _sheet(document: Any, number: int) -> tuple[Sheet, bool]:
    """A page's words and rules; and whether it is a picture with no readable text."""
    import pypdfium2.raw as raw

    page = document[number - 1]
    turned = page.get_rotation()
    width, height = page.get_size()
    textpage = page.get_textpage()
    try:
        words = _words(textpage, turned, width, height)
        rules, pictured = _rules(page, raw, turned, width, height)
    finally:
        textpage.close()
        page.close()
    odd = sum(len(re.findall(r"[\ufffd\ue000-\uf0b6\uf0d9-\uf8ff\x00-\x1f]", w.text)) for w in words)
    letters = sum(len(w.text) for w in words)
    unreadable = letters and odd * 3 > letters
    scanned = (pictured and letters < 20) or bool(unreadable)
    return Sheet(number, width, height, [] if unreadable else words, rules), scanned


def _place(turned: int, width: float, height: float, x: float, y: float) -> tuple[float, float]:
    """A point of PDF space (from the bottom left, before rotation) on the page as it is shown, from the top left."""
    if turned == 90:
        return y, x
    if turned == 180:
        return width - x, y
    if turned == 270:
        return width - y, height - x
    return x, height - y


def _words(textpage: Any, turned: int, width: float, height: float) -> list[Word]:
    import pypdfium2.raw as raw

    made: list[Word] = []
    box = raw.FS_RECTF()
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    text, edges, start = "", [0.0, 0.0, 0.0, 0.0], -1

    def finish() -> None:
        nonlocal text
        # Type that stands across the page is a stamp or a watermark.
        slant = math.sin(raw.FPDFText_GetCharAngle(textpage, start) - math.radians(turned)) if text.strip() else 0.0
        if text.strip() and abs(slant) < 0.2:
            size = raw.FPDFText_GetFontInfo(textpage, start, name, 128, flags)
            font = name.raw[: max(0, size - 1)].lower() if size <= 128 else b""
            heavy = any(x in font for x in (b"bold", b"black", b"heavy", b"semibold")) or raw.FPDFText_GetFontWeight(textpage, start) >= 600
            left, top, right, bottom = edges
            made.append(Word(text.strip(), left, top, right, bottom, bottom - top, heavy))
        text = ""

    for i in range(raw.FPDFText_CountChars(textpage)):
        code = raw.FPDFText_GetUnicode(textpage, i)
        char = _LIGATURES.get(code) or (chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " ")
        if code in (2, 0xFFFE):
            char = "-"  # PDFium's mark for a hyphen at a line's end
        if char.isspace():
            finish()
            continue
        if raw.FPDFText_IsGenerated(textpage, i) or not raw.FPDFText_GetLooseCharBox(textpage, i, box):
            continue
        x0, y0 = _place(turned, width, height, box.left, box.top)
        x1, y1 = _place(turned, width, height, box.right, box.bottom)
        left, right, top, bottom = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
        if right < -5 or bottom < -5 or left > width + 5 or top > height + 5:
            continue
        if text:
            high, low = edges[1], edges[3]
            apart = left - edges[2] > 0.25 * (low - high) or left < edges[0] - 0.5 * (low - high)
            if apart or min(low, bottom) - max(high, top) < 0.3 * min(low - high, bottom - top):
                finish()
            elif bottom - top < 0.75 * (low - high) and char.isdigit() and not text[-1].isdigit() and text not in ("m", "km", "cm"):
                continue  # a raised digit: the call of a footnote
        if not text:
            text, edges, start = char, [left, top, right, bottom], i
        else:
            text += char
            edges = [min(edges[0], left), min(edges[1], top), max(edges[2], right), max(edges[3], bottom)]
    finish()
    return [w for w in made if w.size > 1]


def _rules(page: Any, raw: Any, turned: int, width: float, height: float) -> tuple[list[Rule], bool]:
    """The straight lines on a page, and whether a picture covers half of it."""
    rules: list[Rule] = []
    pictured = False
    x, y = ctypes.c_float(), ctypes.c_float()
    for item in page.get_objects(max_depth=4):
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, low, right, high = item.get_bounds()
            pictured = pictured or (right - left) * (high - low) > 0.4 * width * height
        if item.type != raw.FPDF_PAGEOBJ_PATH or len(rules) > 4_000:
            continue
        count = raw.FPDFPath_CountSegments(item.raw)
        if count > 2_000:
            continue
        matrix = item.get_matrix()
        first = last = None
        for i in range(count):
            segment = raw.FPDFPath_GetPathSegment(item.raw, i)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            here = _place(turned, width, height, *matrix.on_point(x.value, y.value))
            kind = raw.FPDFPathSegment_GetType(segment)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                first = here
            elif kind == raw.FPDF_SEGMENT_LINETO and last:
                rules.extend(_rule(last, here))
            if raw.FPDFPathSegment_GetClose(segment) and first:
                rules.extend(_rule(here, first))
            last = here
    return rules, pictured


def _rule(a: tuple[float, float], b: tuple[float, float]) -> list[Rule]:
    x0, x1, y0, y1 = min(a[0], b[0]), max(a[0], b[0]), min(a[1], b[1]), max(a[1], b[1])
    return [Rule(x0, y0, x1, y1)] if (x1 - x0 < 1.5) != (y1 - y0 < 1.5) and max(x1 - x0, y1 - y0) > 6 else []


def _recognise(document: Any, name: str, sheets: list[Sheet], scans: list[int]) -> list[int]:
    """Puts what tesseract reads into the scanned sheets; gives the pages that were left. Raises InputError if all would be."""
    if not scans:
        return []
    program = shutil.which("tesseract")
    reason = ""
    if program is None:
        reason = f"holds pictures of pages and no text (a scan); {_INSTALL}, or give the text"
    elif len(scans) > MAX_SCANNED:
        reason = f"holds {len(scans)} scanned pages, more than {MAX_SCANNED}; split it"
    if reason or program is None:
        if not any(sheet.words for sheet in sheets):
            raise InputError(f"{name}: {reason}")
        return scans
    spoken = _spoken(program, name)
    by_number = {sheet.number: sheet for sheet in sheets}
    for number in scans:
        by_number[number].words = _read_picture(document, number, program, spoken, name)
    return []


def _spoken(program: str, name: str) -> str:
    try:
        listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=LISTED_SECONDS).stdout.split()  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise InputError(f"{name}: tesseract did not name its languages within {LISTED_SECONDS} s; check the program ({program})") from error
    return "+".join(x for x in LANGUAGES[:4] if x in listed) or "eng"


def _read_picture(document: Any, number: int, program: str, spoken: str, name: str) -> list[Word]:
    page = document[number - 1]
    scale = min(OCR_DPI / 72, 3_500 / max(page.get_size()))
    bitmap = page.render(scale=scale, grayscale=True)
    rows = b"".join(bytes(line) for line in bitmap.to_numpy()[:, : bitmap.width])
    picture = f"P5\n{bitmap.width} {bitmap.height}\n255\n".encode() + rows
    page.close()
    command = [program, "-", "-", "-l", spoken, "--psm", "1", "--dpi", str(round(72 * scale)), "tsv"]
    try:
        done = subprocess.run(command, input=picture, capture_output=True, timeout=OCR_SECONDS)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise InputError(f"{name}: page {number} took tesseract longer than {OCR_SECONDS} s; leave it out or make it smaller") from error
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:160]
        raise InputError(f"{name}: tesseract cannot read page {number} ({said}); check the program and its languages")
    return _recognised(done.stdout.decode("utf-8", "replace"), scale)


def _recognised(table: str, scale: float) -> list[Word]:
    """Words of tesseract's table: level 4 is a line, 5 a word; lengths in pixels. A word has the height of its line."""
    words, top, bottom = [], 0.0, 0.0
    for line in table.splitlines()[1:]:
        fields = line.split("\t", 11)
        if len(fields) < 12 or not fields[0].isdigit():
            continue
        x, y, w, h = (float(n) / scale for n in fields[6:10])
        if fields[0] == "4":
            top, bottom = y, y + h
        elif fields[0] == "5" and fields[11].strip() and float(fields[10]) > 20:
            words.append(Word(fields[11].strip(), x, top, x + w, bottom, bottom - top))
    sizes = sorted(w.size for w in words)
    usual = sizes[len(sizes) // 2] if sizes else 0.0
    for word in words:  # a line without tall letters is no smaller type
        if 0.6 * usual < word.size < 1.5 * usual:
            word.size = usual
    return words
