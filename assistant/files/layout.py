"""Words and rules of printed pages → blocks in reading order: columns, ruled and unruled tables, running heads and feet.

Geometry alone; knows no PDF and no OCR. Columns by the recursive cutting of a page at its gutters (after Nagy & Seth 1984,
the XY cut), gutters tried before gaps, so that paragraphs of two columns that end at one height are not woven together.
Points from the top left corner.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from . import tables
from .lines import Joiner, Line, blocks, joined, usual, words_of
from .shown import Block, row
from .tables import Rule, Table, Word, segments

MARGIN = 0.16  # share of a page's height in which a head or foot may stand
GUTTER = 6.0  # points between two columns, at least
_LONE_NUMBER = re.compile(
    r"[-–—|\s]*(?:(?:page|pagina|seite|blz\.?|p\.|pag\.?|s\.)\s*)?\d{1,4}(?:\s*(?:/|of|van|sur|von|de|\|)\s*\d{1,4})?[-–—|\s]*", re.IGNORECASE
)


@dataclass(slots=True)
class Sheet:
    """A page as it is printed: its words, and the straight lines drawn on it."""

    number: int
    width: float
    height: float
    words: list[Word]
    rules: list[Rule] = field(default_factory=list)


def arrange(sheets: Sequence[Sheet]) -> list[Block]:
    """The blocks of a document in reading order, without running heads, feet and page numbers."""
    ruled = {s.number: tables.ruled(s.words, s.rules) for s in sheets}
    for sheet in sheets:
        inside = {id(w) for t in ruled[sheet.number] for w in t.words}
        sheet.words = [w for w in sheet.words if id(w) not in inside]
    _drop_running(sheets)
    columns: dict[int, list[list[Line] | Table]] = {}
    for sheet in sheets:
        pieces = segments(sheet.words, [r for r in sheet.rules if r.upright])
        columns[sheet.number] = list(_ordered([*pieces, *ruled[sheet.number]], sheet.number))
    lines = [line for parts in columns.values() for part in parts if not isinstance(part, Table) for line in part]
    usually = usual(lines)
    joiner = Joiner(words_of(line.text for line in lines))
    parts: list[list[Block]] = []
    for sheet in sheets:
        page: list[list[Block]] = []
        notes: list[Block] = []
        for part in columns[sheet.number]:
            if isinstance(part, Table):
                page.append(_rows(part, joiner, sheet.number))
            elif max(line.size for line in part) < 0.9 * usually.size and part[0].top > 0.5 * sheet.height:
                notes.extend(blocks(part, usually, joiner))
            else:
                page.append(blocks(part, usually, joiner))
        # A footnote must not stand between the two halves of a paragraph that goes on overleaf.
        parts.extend([*page[:-1], notes, *page[-1:]])
    return joined([part for part in parts if part], joiner)


def _rows(table: Table, joiner: Joiner, page: int) -> list[Block]:
    made = []
    for cells in table.cells:
        joined = []
        for lines in cells:
            text = ""
            for line in lines:
                text = joiner.join(text, line) if text else line
            joined.append(text)
        made.append(row(joined, page))
    return [block for block in made if block]


def _drop_running(sheets: Sequence[Sheet]) -> None:
    """Takes running heads and feet, and page numbers, from the sheets.

    They stand at the edge of pages near one another, in the same words or with a number that grows with the page. The end of
    a sentence that several pages happen to begin with is none.
    """
    edges = {sheet.number: list(_edges(sheet)) for sheet in sheets}
    having: dict[str, set[int]] = defaultdict(set)
    offsets: dict[str, Counter[int]] = defaultdict(Counter)
    for page, found in edges.items():
        for text, _, _ in found:
            having[text].add(page)
        for key, offset in {(_unnumbered(text), n - page) for text, _, _ in found for n in _ends(text)}:
            offsets[key][offset] += 1
    enough = min(3, len(sheets))
    for sheet in sheets:
        gone: set[int] = set()
        for text, y, words in edges[sheet.number]:
            near = sum(sheet.number + step in having[text] for step in (-2, -1, 1, 2))
            same = len(having[text]) >= enough and near >= min(2, len(sheets) - 1) and not re.search(r" [a-zà-ÿ].*[.;,]$", text[:6] + text[-1])
            counted = max((offsets[_unnumbered(text)][n - sheet.number] for n in _ends(text)), default=0)
            outermost = y < 0.09 * sheet.height or y > 0.9 * sheet.height
            if (len(sheets) > 1 and (same or counted >= enough)) or (outermost and _LONE_NUMBER.fullmatch(text.split(" ", 1)[1])):
                gone.update(id(w) for w in words)
        sheet.words = [w for w in sheet.words if id(w) not in gone]


def _edges(sheet: Sheet) -> Iterable[tuple[str, float, list[Word]]]:
    """The lines at the head and foot of a page: "head" or "foot" and the text, where it stands, its words."""
    found: dict[float, list[Word]] = {}
    for piece in segments(sheet.words, []):
        if piece.bottom < MARGIN * sheet.height or piece.top > (1 - MARGIN) * sheet.height:
            place = next((y for y in found if abs(y - piece.bottom) < 2), piece.bottom)
            found.setdefault(place, []).extend(piece.words)
    ordered = sorted(found.items())
    upper = [x for x in ordered if x[0] < sheet.height / 2][:3]
    for y, words in [*upper, *[x for x in ordered if x[0] >= sheet.height / 2][-3:]]:
        text = " ".join(w.text for w in sorted(words, key=lambda w: w.x0))
        yield f"{'head' if y < sheet.height / 2 else 'foot'} {text}", y, words


def _unnumbered(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def _ends(text: str) -> set[int]:
    """The first and the last number of a line."""
    numbers = [int(n) for n in re.findall(r"\d{1,6}", text)]
    return {numbers[0], numbers[-1]} if numbers else set()


Piece = tables.Segment | Table


def _ordered(pieces: Sequence[Piece], page: int) -> Iterable[list[Line] | Table]:
    if not pieces:
        return
    gutter = _gutter(pieces)
    if gutter is None:
        yield from _leaf(pieces, page)
        return
    waiting: list[Piece] = []
    for band, split in _bands(pieces, gutter):
        if not split:
            waiting.extend(band)
            continue
        if waiting:
            yield from _ordered(waiting, page) if len(waiting) < len(pieces) else _leaf(waiting, page)
            waiting = []
        yield from _ordered([p for p in band if p.x1 <= gutter], page)
        yield from _ordered([p for p in band if p.x1 > gutter], page)
    if waiting:
        yield from _ordered(waiting, page) if len(waiting) < len(pieces) else _leaf(waiting, page)


def _bands(pieces: Sequence[Piece], gutter: float) -> list[tuple[list[Piece], bool]]:
    """Stretches of a page from top to bottom, each with whether it has two columns at `gutter`."""
    across = sorted((p for p in pieces if p.x0 < gutter - 1 < p.x1 - 2), key=lambda p: p.top)
    beside = sorted((p for p in pieces if not p.x0 < gutter - 1 < p.x1 - 2), key=lambda p: p.top)
    out: list[tuple[list[Piece], bool]] = []
    at = 0
    for stop in [*across, None]:
        band: list[Piece] = []
        while at < len(beside) and (stop is None or beside[at].top + beside[at].bottom < stop.top + stop.bottom):
            band.append(beside[at])
            at += 1
        if band:
            out.append((band, _two_columns(band, gutter)))
        if stop is not None:
            out.append(([stop], False))
    return out


def _two_columns(band: Sequence[Piece], gutter: float) -> bool:
    left = [p for p in band if p.x1 <= gutter]
    right = [p for p in band if p.x1 > gutter]
    if len(left) < 3 or len(right) < 3 or min(p.x0 for p in right) - max(p.x1 for p in left) < GUTTER:
        return False
    sides = []
    for side in (left, right):
        lines = _merged([p for p in side if not isinstance(p, Table)], 0)
        if len(lines) < 3:
            return False
        width = max(line.x1 for line in lines) - min(line.x0 for line in lines)
        full = sum(line.x1 - line.x0 > 0.7 * width for line in lines) / len(lines)
        # A column of a table is short or has holes; one of prose is neither.
        inked = sum(p.x1 - p.x0 for p in side) / sum(line.x1 - line.x0 for line in lines)
        if inked < 0.75 or sorted(len(line.text) for line in lines)[len(lines) // 2] < 16:
            return False
        sides.append((width, full, min(line.top for line in lines), max(line.bottom for line in lines)))
    (w1, full, top1, low1), (w2, full2, top2, low2) = sides
    if min(w1, w2) < 80 or max(full, full2) < 0.4 or min(full, full2) < 0.25:
        return False
    return min(low1, low2) - max(top1, top2) > 0.4 * min(low1 - top1, low2 - top2)


def _gutter(pieces: Sequence[Piece]) -> float | None:
    """Where a page is best cut in columns; None if it has one column."""
    starts: Counter[int] = Counter(round(p.x0 / 2) for p in pieces)
    leftmost = min(p.x0 for p in pieces)
    best, most = None, 0
    likely = [s for s, n in starts.most_common(12) if n >= 3 and s * 2 > leftmost + 60]
    for start in likely:
        gutter = min(p.x0 for p in pieces if round(p.x0 / 2) == start) - 0.5
        count = sum(len(band) for band, split in _bands(pieces, gutter) if split)
        if count > most:
            best, most = gutter, count
    return best


def _leaf(pieces: Sequence[Piece], page: int) -> Iterable[list[Line] | Table]:
    """One column: its lines, parted where a table stands."""
    waiting: list[tables.Segment] = []
    for piece in sorted(pieces, key=lambda p: (p.top + p.bottom, p.x0)):
        if isinstance(piece, Table):
            yield from _plain(waiting, page)
            waiting = []
            yield piece
        else:
            waiting.append(piece)
    yield from _plain(waiting, page)


def _plain(pieces: list[tables.Segment], page: int) -> Iterable[list[Line] | Table]:
    for part in tables.unruled(pieces):
        if isinstance(part, Table):
            yield part
        elif part:
            yield from _by_note(_merged(part, page))


def _by_note(lines: list[Line]) -> Iterable[list[Line]]:
    """Lines parted where the small type of footnotes begins."""
    start = 0
    for i in range(1, len(lines)):
        if lines[i].size < 0.9 * lines[i - 1].size and all(line.size <= lines[i].size * 1.06 for line in lines[i:]):
            yield lines[start:i]
            start = i
            break
    yield lines[start:]


def _merged(pieces: Sequence[tables.Segment], page: int) -> list[Line]:
    """Segments on one baseline as one line, top to bottom."""
    made = []
    for group in tables.baselines(pieces):
        words = [w for piece in group for w in piece.words]
        made.append(
            Line(
                text=tables.text_of(words),
                x0=group[0].x0,
                x1=group[-1].x1,
                top=min(p.top for p in group),
                bottom=max(p.bottom for p in group),
                size=max(p.size for p in group),
                bold=all(w.bold for w in words),
                first=words[0].x1 - words[0].x0,
                page=page,
            )
        )
    return made
