"""HTML pages → shown text: main text, headings, lists, tables and link targets; menus, banners and scripts left out.

Parsed as browsers do, by selectolax (Lexbor, MIT), then walked without recursion. Boilerplate is told by element, role and
name, not by guessing at density: nothing that could be main text is lost, and where little would be left, all is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from ..errors import InputError
from .shown import Block, Shown, lay_out, row

SKIP = frozenset("script style noscript template svg head button select textarea iframe object canvas dialog datalist".split())
BREAK = frozenset(
    "p div section article main header footer nav aside ul ol dl dt dd blockquote pre figure figcaption hr address form fieldset details"
    " summary".split()
)
TABLE = frozenset("table thead tbody tfoot tr caption".split())
_FURNITURE_TAGS = frozenset({"nav", "footer"})
_FURNITURE_ROLES = frozenset("navigation banner contentinfo search dialog alertdialog menu menubar toolbar".split())
_FURNITURE_NAME = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|breadcrumbs?|nav|navbar|navigation|menu|submenu|sidebar|skip(?:-?link|-to)?|share|sharing|social(?:-media)?"
    r"|newsletter|pagination|pager|site-?header|site-?footer|language-?(?:switcher|selector)|print-?button|back-?to-?top|related(?:-links)?|visually-?hidden|sr-only|screen-reader-text|element-invisible)(?:$|[\s_-])",
    re.IGNORECASE,
)
_FOOTER = re.compile(r"(?:page-?|main-?|global-?)?footer|colophon", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_OPENED = re.compile(r"<(/?)(?:div|span|section|article|blockquote|b|i|u|em|strong|font|center|table|ul|ol|dl)\b[^<>]*>", re.IGNORECASE)
_HEADING = re.compile(r"h[1-6]")
# The call of a note: a raised number, letter or star that leads to a place on the same page.
_CALL = re.compile(r"\s*[\[(]?(?:\d{1,3}|[a-z]|\*{1,3})[\])]?\s*")
DEEPEST = 2_000  # elements within one another; parsers take time in the square of it
_KEPT = 0.25  # a page that would lose more than three quarters is kept whole


def page(html: str, name: str = "page", base: str = "") -> Shown:
    """The shown text of a page. Link targets are given if they are absolute, or if `base` or the page says what they rest on.

    Raises InputError if its elements are nested deeper than DEEPEST.
    """
    from selectolax.lexbor import LexborHTMLParser

    depth = 0
    for tag in _OPENED.finditer(html):
        depth = max(0, depth - 1) if tag.group(1) else depth + 1
        if depth > DEEPEST:
            raise InputError(f"{name}: is HTML nested more than {DEEPEST:,} deep; save it from a browser as text or PDF")
    tree = LexborHTMLParser(html)
    title = next((" ".join(t.text().split()) for t in tree.css("head > title, title") if not _inside_svg(t)), "")
    given = tree.css_first("base[href]") or tree.css_first('link[rel="canonical"][href]')
    base = urljoin(base, (given.attributes.get("href") or "") if given else "")
    root = tree.root
    if root is None:
        return Shown("", "markdown", title)
    every = _blocks(root, base, lambda node: False)
    main = _blocks(root, base, _furniture)
    size = _size(every)
    for region in tree.css("main, [role=main], article"):
        inner = _blocks(region, base, _furniture)
        if _size(inner) >= max(200, size // 2):
            main = inner if any(b.kind == "heading" and b.level == 1 for b in inner) else main
            break
    chosen = main if _size(main) >= _KEPT * size else every
    return Shown(lay_out(chosen), "markdown", title)


def _size(made: list[Block]) -> int:
    return sum(len(b.text) for b in made)


def _inside_svg(node: Any) -> bool:
    while node is not None:
        if node.tag == "svg":
            return True
        node = node.parent
    return False


def _opens(node: Any) -> bool:
    """Whether a button is the heading of what it unfolds, or holds it."""
    return node.tag == "button" and (bool(node.css_first("h1, h2, h3, h4, h5, h6")) or _within(node, _HEADING, 3))


def _within(node: Any, tag: re.Pattern[str], steps: int) -> bool:
    above = node.parent
    while above is not None and steps:
        if tag.fullmatch(above.tag):
            return True
        above, steps = above.parent, steps - 1
    return False


def _furniture(node: Any) -> bool:
    """Whether an element is a page's furniture: a menu, banner or footer; by its element, role or name."""
    if node.tag in _FURNITURE_TAGS:
        return True
    given = node.attributes
    if "hidden" in given or given.get("aria-hidden") == "true" or (given.get("role") or "") in _FURNITURE_ROLES:
        return True
    if _HIDDEN.search(given.get("style") or ""):
        return True
    if node.tag in ("html", "body", "main", "article", "table", "tbody", "tr", "td", "h1", "h2", "h3"):
        return False
    names = [given.get("id") or "", *(given.get("class") or "").split()]
    return any(_FURNITURE_NAME.search(name) or _FOOTER.fullmatch(name) for name in names)


def _blocks(root: Any, base: str, leave: Any) -> list[Block]:
    made = _Page(base)
    for event, value in _walk(root, leave):
        if event == "text":
            made.data(value)
        elif event == "start":
            made.start(value.tag, value.attributes)
        else:
            made.end(value.tag)
    return made.close()


def _walk(root: Any, leave: Any) -> Iterator[tuple[str, Any]]:
    """Starts, texts and ends of a tree in document order."""
    node, down = root, True
    while node is not None:
        if down:
            if node.tag == "-text":
                yield "text", node.text_content or ""
            elif not node.tag.startswith("-") and (node.tag not in SKIP or _opens(node)) and not leave(node):
                yield "start", node
                if node.child is not None:
                    node = node.child
                    continue
                yield "end", node
        if node.mem_id == root.mem_id:
            return
        if node.next is not None:
            node, down = node.next, True
        else:
            node, down = node.parent, False
            if node is not None:
                yield "end", node


class _Page:
    """Gathers blocks from starts, texts and ends."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._blocks: list[Block] = []
        self._line = ""
        self._kind: tuple[str, int, str] | None = None
        self._row: list[str] | None = None
        self._in_cell = False
        self._lists: list[int | None] = []
        self._links: list[tuple[int, str]] = []
        self._raised, self._calls = -1, False

    def start(self, tag: str, given: dict[str, str | None]) -> None:
        if tag in TABLE:
            self._end_row()
            self._row = [] if tag == "tr" else None
        elif tag in ("td", "th"):
            self._end_cell()
            self._row, self._in_cell = self._row or [], True
        elif tag == "a":
            self._links.append((len(self._line), given.get("href") or ""))
        elif tag == "sup":
            self._raised = len(self._line)
        elif tag in ("ul", "ol"):
            self._flush()
            self._lists.append(int(given.get("start") or 1) if tag == "ol" and (given.get("start") or "1").isdigit() else None)
        elif tag == "li":
            self._flush()
            number = self._lists[-1] if self._lists else None
            if self._lists and number is not None:
                self._lists[-1] = number + 1
            self._kind = ("item", max(0, len(self._lists) - 1), f"{number}." if number is not None else "-")
        elif _HEADING.fullmatch(tag):
            self._flush()
            self._kind = ("heading", int(tag[1]), "")
        elif tag == "br" or tag in BREAK:
            self._flush()

    def end(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in TABLE:
            self._end_row()
        elif tag == "a" and self._links:
            at, href = self._links.pop()
            self._target(at, href)
            self._calls = href.strip().startswith("#")
        elif tag == "sup":
            if self._calls and 0 <= self._raised <= len(self._line) and _CALL.fullmatch(self._line[self._raised :]):
                self._line = self._line[: self._raised]
            self._raised, self._calls = -1, False
        elif tag in BREAK or tag == "li" or _HEADING.fullmatch(tag):
            self._flush()
            if tag not in ("p", "div"):
                self._kind = None
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()

    def data(self, text: str) -> None:
        self._line += text

    def _target(self, at: int, href: str) -> None:
        """Writes a link with its address, if that says more than its words do."""
        words = self._line[at:]
        address = urljoin(self._base, href.strip()) if href.strip() and not href.strip().startswith("#") else ""
        bare = " ".join(words.split())
        if (self._kind and self._kind[0] == "heading") or not re.match(r"(?:https?://|mailto:|tel:)\S+$", address) or len(address) > 300:
            return
        if not re.search(r"[^\W\d_]", bare) or re.search(r"[\[\]]|https?://|www\.|@", bare) or len(bare) > 200 or "(" in address or ")" in address:
            return
        lead, tail = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
        self._line = f"{self._line[:at]}{lead}[{bare}]({address}){tail}"

    def _end_cell(self) -> None:
        if self._row is not None and (self._in_cell or self._line.strip()):
            self._row.append(self._line)
            self._line = ""
        self._in_cell = False

    def _end_row(self) -> None:
        self._end_cell()
        cells, self._row = self._row, None
        made = row(cells) if cells else None
        if made:
            self._blocks.append(made)
        self._flush()
        self._kind = None

    def _flush(self) -> None:
        self._links = [(0, "") for _ in self._links]
        if self._row is not None:
            self._line += " "
            return
        line = " ".join(self._line.replace("\u00ad", "").split())
        self._line = ""
        if not line:
            return
        kind, level, mark = self._kind or ("text", 0, "-")
        if kind == "heading":
            self._blocks.append(Block("heading", line, level))
        elif kind == "item":
            self._blocks.append(Block("item", line, level, mark))
            self._kind = None
        else:
            self._blocks.append(Block("text", line))

    def close(self) -> list[Block]:
        """The blocks gathered."""
        self._end_row()
        return self._blocks
