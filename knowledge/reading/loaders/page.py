"""A page's tree as pieces in reading order: text, role, and where in the page it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lxml import etree
from lxml.html import HtmlElement

from knowledge.reading.loaders.hidden import (
    Colour,
    Rules,
    colours,
    indistinct,
    is_hidden,
    rules,
    style_of,
)


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


SKIPPED = _tags(
    "script style noscript template svg math iframe object embed applet canvas audio video map "
    "head title meta link base param source track datalist"
)
LINES = _tags(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main "
    "menu nav ol optgroup p pre search section summary table tbody td tfoot th thead tr ul "
    "button select textarea option"
)
REGIONS = _tags("nav header footer aside form button select textarea menu dialog")
_ROLES = {
    "navigation": "nav",
    "banner": "header",
    "contentinfo": "footer",
    "complementary": "aside",
    "search": "form",
    "dialog": "dialog",
    "alertdialog": "dialog",
}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_BREAKS = re.compile(r"\n(?: *\n)+")
MARKER_CHARS = 8
"""A table cell up to this long beside a text cell is its number or bullet ("1.", "Re:")."""
CELL_CHARS = 300
"""A table with a cell longer than this lays out a page; it does not tabulate."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of text between two line-breaking tags."""

    text: str
    role: str = "paragraph"
    level: int = 0
    links: int = 0
    """How many of its characters are inside links."""
    region: str | None = None
    """nav, header, footer, aside, form ... where it stands in one of these."""
    hidden: bool = False
    place: str = ""
    """The kind of place: tags and classes around it, the same for all paragraphs of an article."""
    parents: tuple[int, ...] = ()
    """The line-breaking elements around it, outermost first, as running numbers of the page."""


@dataclass(slots=True)
class _Walk:
    """Where the walk is; one a page."""

    pieces: list[Piece] = field(default_factory=list)
    buffer: list[str] = field(default_factory=list)
    links: int = 0
    hidden: list[tuple[HtmlElement, list[str], int]] = field(default_factory=list)
    """Hidden elements we are in, each with what its line had said before it."""
    link: list[HtmlElement] = field(default_factory=list)
    code: list[HtmlElement] = field(default_factory=list)
    grounds: list[tuple[HtmlElement, Colour | None]] = field(default_factory=list)
    around: list[tuple[HtmlElement, int]] = field(default_factory=list)
    rows: dict[int, int] = field(default_factory=dict)
    """Table cells we have been in, by number, and the number of their row."""
    count: int = 0

    def say(self, text: str | None) -> None:
        if not text:
            return
        text = text if self.code else _SPACE.sub(" ", text)
        self.buffer.append(text)
        if self.link:
            self.links += len(text.strip())

    def flush(self) -> None:
        text = "".join(self.buffer)
        links, self.links = self.links, 0
        self.buffer.clear()
        if not text.strip():
            return
        role, level, region = self._place()
        parents = tuple(number for _, number in self.around)
        kind = "/".join(f"{element.tag}.{element.get('class') or ''}" for element, _ in self.around)
        if self.code:
            parts = [text.strip("\n")]
        else:
            parts = _BREAKS.split(re.sub(r" *\n *", "\n", re.sub(" +", " ", text)).strip())
        for part in parts:
            if part.strip():
                self.pieces.append(
                    Piece(part, role, level, links, region, bool(self.hidden), kind, parents)
                )

    def _place(self) -> tuple[str, int, str | None]:
        role, level, region = "paragraph", 0, None
        for element, _ in reversed(self.around):
            tag = str(element.tag)
            if role == "paragraph":
                if tag in _HEADINGS:
                    role, level = "heading", _HEADINGS[tag]
                elif tag in ("li", "dd", "dt"):
                    role = "item"
                elif tag == "blockquote":
                    role = "quote"
                elif tag == "pre":
                    role = "code"
            if region is None:
                region = _region(element)
        return role, level, region


def pieces(root: HtmlElement) -> list[Piece]:
    """All text of the page's body in reading order, the hidden parts marked."""
    body = root.find("body")
    body = root if body is None else body
    page_rules = rules(root)
    walk = _Walk()
    walker = etree.iterwalk(body, events=("start", "end"))
    for event, node in walker:
        tag = node.tag
        if not isinstance(tag, str) or tag in SKIPPED:
            if event == "start":
                walker.skip_subtree()
            elif node is not body:
                walk.say(node.tail)
            continue
        if event == "start":
            _enter(walk, node, page_rules, body)
            if tag == "table" and not walk.hidden and _tabulates(node, page_rules):
                walk.flush()
                _table(walk, node)
                walker.skip_subtree()
        else:
            _leave(walk, node, body)
    walk.flush()
    return _join_markers(walk.pieces, walk.rows)


def _join_markers(found: list[Piece], rows: dict[int, int]) -> list[Piece]:
    """Join a number or bullet in a cell of its own to the text of the cell beside it."""
    joined: list[Piece] = []
    for piece in found:
        last = joined[-1] if joined else None
        if last is not None and last.hidden == piece.hidden and _marks(last, piece, rows):
            joined[-1] = replace(
                piece, text=f"{last.text} {piece.text}", links=last.links + piece.links
            )
        else:
            joined.append(piece)
    return joined


def _marks(marker: Piece, piece: Piece, rows: dict[int, int]) -> bool:
    if len(marker.text) > MARKER_CHARS or "table" in (marker.role, piece.role):
        return False
    cells = [next((n for n in reversed(p.parents) if n in rows), 0) for p in (marker, piece)]
    return cells[0] != cells[1] and 0 not in cells and rows[cells[0]] == rows[cells[1]]


def _enter(walk: _Walk, node: HtmlElement, page_rules: Rules, body: HtmlElement) -> None:
    tag = str(node.tag)
    if tag in LINES:
        walk.flush()
        walk.count += 1
        if tag in ("td", "th"):
            row = next(
                (number for element, number in reversed(walk.around) if element.tag == "tr"), 0
            )
            walk.rows[walk.count] = row
        walk.around.append((node, walk.count))
    style = style_of(node, page_rules)
    # Pages hide their whole body until a script has run; only parts of it hide something.
    if node is not body and tag not in ("html", "main") and _unseen(walk, node, style):
        # Hidden words within a line do not part it: the line goes on where it was.
        walk.hidden.append((node, walk.buffer, walk.links))
        walk.buffer, walk.links = [], 0
    if tag == "br":
        walk.buffer.append("\n")
    elif tag == "a" and node.get("href"):
        walk.link.append(node)
    elif tag == "pre":
        walk.code.append(node)
    walk.say(node.text)


def _leave(walk: _Walk, node: HtmlElement, body: HtmlElement) -> None:
    tag = str(node.tag)
    ends_hidden = bool(walk.hidden) and walk.hidden[-1][0] is node
    if tag in LINES or ends_hidden:
        walk.flush()
    if ends_hidden:
        _, walk.buffer, walk.links = walk.hidden.pop()
    if tag in LINES:
        walk.around.pop()
    if walk.link and walk.link[-1] is node:
        walk.link.pop()
    if walk.code and walk.code[-1] is node:
        walk.code.pop()
    if walk.grounds and walk.grounds[-1][0] is node:
        walk.grounds.pop()
    if node is not body:
        walk.say(node.tail)


def _unseen(walk: _Walk, node: HtmlElement, style: dict[str, str]) -> bool:
    if is_hidden(node, style):
        return True
    if not style:
        return False
    text, ground, sets_ground = colours(style)
    if sets_ground:
        walk.grounds.append((node, ground))
    if text is None or node.tag in _HEADINGS or node.tag == "a":
        return False
    known = walk.grounds[-1][1] if walk.grounds else (255, 255, 255)
    return known is not None and indistinct(text, known)


def _region(element: HtmlElement) -> str | None:
    tag = str(element.tag)
    named = _ROLES.get(element.get("role") or "")
    if named:
        return named
    if tag == "header" and any(
        parent.tag in ("article", "main") for parent in element.iterancestors()
    ):
        return None
    return tag if tag in REGIONS else None


def _tabulates(table: HtmlElement, page_rules: Rules) -> bool:
    """Whether a table holds data, rather than laying out a page."""
    if table.find(".//table") is not None:
        return False
    for element in table.iterdescendants():
        if isinstance(element.tag, str) and element.tag not in SKIPPED:
            style = style_of(element, page_rules)
            if is_hidden(element, style) or "color" in style:
                return False  # walked like a layout, so that hidden words are told apart
    rows = table.findall(".//tr")
    wide = 0
    for row in rows:
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        filled = 0
        for cell in cells:
            length = len(_SPACE.sub(" ", "".join(cell.itertext())).strip())
            filled += length > 0
            if length > CELL_CHARS or sum(1 for _ in cell.iter("p", "li", "h1", "h2", "h3")) > 2:
                return False
        wide += filled > 1
    return wide >= 2


def _table(walk: _Walk, table: HtmlElement) -> None:
    """A data table as one piece: cells parted by tabs, rows by line ends."""
    rows: list[str] = []
    for row in table.iter("tr", "caption"):
        if row.tag == "caption":
            cells = [row]
        else:
            cells = [cell for cell in row if cell.tag in ("td", "th")]
        texts = [_SPACE.sub(" ", _spoken(cell)).strip() for cell in cells]
        line = "\t".join(text for text in texts if text)
        if line:
            rows.append(line)
    links = sum(len("".join(link.itertext()).strip()) for link in table.iter("a"))
    if rows:
        _, _, region = walk._place()
        parents = tuple(number for _, number in walk.around)
        walk.pieces.append(Piece("\n".join(rows), "table", 0, links, region, parents=parents))


def _spoken(element: HtmlElement) -> str:
    parts: list[str] = []
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, node in walker:
        if not isinstance(node.tag, str) or node.tag in SKIPPED:
            if event == "start":
                walker.skip_subtree()
            else:
                parts.append(node.tail or "")
        elif event == "start":
            parts.append(" " if node.tag in LINES or node.tag == "br" else "")
            parts.append(node.text or "")
        elif node is not element:
            parts.append(" " if node.tag in LINES else "")
            parts.append(node.tail or "")
    return "".join(parts)
