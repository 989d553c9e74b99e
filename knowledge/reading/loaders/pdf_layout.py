"""Lines of pages to blocks: furniture apart, paragraphs joined, words whole again.

Geometry alone decides, in units of the line's own height, so it works in any language.
The thresholds were set on rules, bills, court orders and letters in one, two and three
columns (our measurement, November 2026).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from knowledge.reading.loaders.numbering import SECTION, is_heading, numbered
from knowledge.reading.loaders.pdf_lines import Line, PageText
from knowledge.types import Block

_TERMINAL = tuple(".!?:;”’\"'»)]。！？；：…")
_PAGE_NUMBER = re.compile(
    r"[-–—\s|]*(?:page|seite|pagina|página|p\.)?\s*(?:\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*(?:/|of|von|di|de|sur)\s*\d{1,4})?[-–—\s|.]*$",
    re.IGNORECASE,
)
_PAGE_LABEL = re.compile(
    r"(?:page|seite|pagina|página)\s+\d{1,4}(?:\s+of\s+\d{1,4})?$", re.IGNORECASE
)
_ITEM = re.compile(r"(?:[•▪‣◦·●○*–—-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])\s+\S")
_GLUED = re.compile(r"\w[-–]$|\w[/@]$|://$")
"""Line ends that no space follows: "Rule 5-" and "03", addresses cut after a stroke."""
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
Reach = Mapping[int, float]

_EDGE_LINES = 4
"""Lines at the top and at the bottom of a page that may be a running header or footer."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The blocks of a document in reading order, and what was taken from the page edges."""

    blocks: tuple[Block, ...]
    furniture: tuple[str, ...]


def lay_out(pages: Sequence[PageText]) -> Layout:
    """Join the lines of the pages into blocks.

    Running headers, footers and page numbers are left out and listed apart. A
    paragraph that goes on over the page break becomes a block that continues the one
    before. A word broken by a hyphen is made whole.
    """
    dropped, furniture = _furniture(pages)
    kept = [[line for line in page.lines if id(line) not in dropped] for page in pages]
    words = _vocabulary(line for lines in kept for line in lines)
    body = _body_size(line for lines in kept for line in lines)
    leading = median(_leadings(kept) or [1.2 * body])
    blocks: list[Block] = []
    for lines in kept:
        reach = _reach(lines)
        for group in _paragraphs(lines, reach, leading):
            _append(blocks, _block(group, reach, body, words))
    if sum(len(b.text) for b in blocks if b.role == "heading") * 5 > 2 * sum(
        len(b.text) for b in blocks
    ):
        # Where nearly everything looks like a heading, nothing is one.
        blocks = [
            replace(b, role="paragraph", level=0) if b.role == "heading" else b for b in blocks
        ]
    return Layout(tuple(numbered(blocks)), furniture)


# --- Furniture -----------------------------------------------------------------------------


def _furniture(pages: Sequence[PageText]) -> tuple[set[int], tuple[str, ...]]:
    """Identities of the lines that belong to the page, not to the text, and their words:
    one text for each running line, with all its occurrences."""
    dropped: set[int] = set()
    seen: dict[str, list[Line]] = defaultdict(list)
    for page in pages:
        for line in _edges(page):
            seen[_key(line.text)].append(line)
    enough = max(2, round(0.15 * len(pages)))
    for key, lines in seen.items():
        usual = median(line.size for line in lines)
        height = median(line.y0 for line in lines)
        # A running line stands at one height; an address that comes back as a header does not.
        # And the title of a document may run along its pages: the large one is the title.
        running = [
            line for line in lines if abs(line.y0 - height) <= 8 and line.size <= 1.2 * usual
        ]
        if key and len({line.page for line in running}) >= enough:
            dropped |= {id(line) for line in running}
    for page in pages:
        if len(pages) > 1:
            for line in _edges(page, count=2):
                if _PAGE_NUMBER.fullmatch(line.text.strip()):
                    dropped.add(id(line))
            dropped |= _continuation_header(page)
        for line in page.lines:
            if line.rotated and (line.x1 < 0.07 * page.width or line.x0 > 0.93 * page.width):
                dropped.add(id(line))
    kept: dict[str, list[str]] = defaultdict(list)
    for page in pages:
        for line in page.lines:
            if id(line) in dropped:
                kept[_key(line.text)].append(line.text)
    return dropped, tuple("\n".join(texts) for texts in kept.values())


def _continuation_header(page: PageText) -> set[int]:
    """The lines above and with "Page 2" at the top of a letter's further page."""
    if page.number < 2:
        return set()
    top = sorted(page.lines, key=lambda line: -line.y1)[: _EDGE_LINES + 1]
    for index, line in enumerate(top):
        if _PAGE_LABEL.fullmatch(line.text.strip()):
            head = top[: index + 1]
            if all(len(other.text) <= 60 for other in head):
                return {id(other) for other in head}
    return set()


def _edges(page: PageText, count: int = _EDGE_LINES) -> list[Line]:
    lines = sorted(page.lines, key=lambda line: -line.y1)
    count = min(count, max(len(lines) // 2, 1))  # the edges of a page leave a middle
    chosen = lines[:count] + lines[max(count, len(lines) - count) :]
    return [line for line in chosen if not line.rotated]


def _key(text: str) -> str:
    """The letters of a line alone: page numbers, dates and rules differ from page to page."""
    return " ".join(re.sub(r"[\W\d_]+", " ", text.casefold()).split())


# --- Paragraphs ----------------------------------------------------------------------------


def _paragraphs(lines: Sequence[Line], reach: Reach, leading: float) -> Iterator[list[Line]]:
    group: list[Line] = []
    for line in lines:
        if group and _starts(group, line, lines, reach, leading):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _reach(lines: Sequence[Line]) -> Reach:
    """How far to the right a line could go, by the identity of the line.

    On a page of one column, as far as nearly all lines go; else as far as the lines go
    that begin where this one does.
    """
    upright = [line for line in lines if not line.rotated]
    if not upright:
        return {id(line): line.x1 for line in lines}
    ends = sorted(line.x1 for line in upright)
    far, near = ends[int(0.97 * (len(ends) - 1))], min(line.x0 for line in upright)
    # Weighed by their characters, lines of one column are wide.
    wide = sum(len(line.text) for line in upright if line.x1 - line.x0 > 0.55 * (far - near))
    if 2 * wide > sum(len(line.text) for line in upright):
        return {id(line): max(far, line.x1) for line in lines}
    return {
        id(line): max(
            (other.x1 for other in upright if abs(other.x0 - line.x0) < 5 * line.size),
            default=line.x1,
        )
        for line in lines
    }


def _starts(
    group: Sequence[Line], line: Line, lines: Sequence[Line], reach: Reach, leading: float
) -> bool:
    """Whether a line begins a paragraph after the lines that the group holds."""
    before = group[-1]
    size = max(before.size, line.size, 1.0)
    if before.broken:
        return False
    if abs(before.size - line.size) > 0.18 * size or before.bold != line.bold:
        return True
    if before.rotated != line.rotated:
        return True
    ended = before.text.endswith(_TERMINAL)
    drop = before.y0 - line.y0
    if drop < -0.5 * size or drop > 12 * size:
        # Another column: the paragraph goes on unless it had come to its end.
        return ended or not line.text[:1].islower()
    if drop > 1.3 * max(leading, size):
        return True
    short = _short(before, line, reach)
    if _ITEM.match(line.text) and (ended or short):
        return True
    indent = line.x0 - before.x0
    if ended and indent > 0.6 * size and (short or _first_of_indented(line, lines)):
        return True
    if ended and indent < -0.6 * size and (len(group) > 1 or _ITEM.match(group[0].text)):
        return True
    return ended and short and not line.text[:1].islower()


def _first_of_indented(line: Line, lines: Sequence[Line]) -> bool:
    """Whether the line stands to the right of the left edge that its column has."""
    column = [other.x0 for other in lines if abs(other.x0 - line.x0) < 5 * line.size]
    return line.x0 > min(column) + 0.6 * line.size


def _short(before: Line, line: Line, reach: Reach) -> bool:
    """Whether the first word of the line would have had room at the end of the one before."""
    width = (before.x1 - before.x0) / max(len(before.text), 1)
    first = len(line.text.split(" ", 1)[0])
    return reach[id(before)] - before.x1 > 1.25 * width * (first + 1) + 0.5 * before.size


def _block(group: Sequence[Line], reach: Reach, body: float, words: Counter[str]) -> Block:
    """One paragraph, heading or item of consecutive lines."""
    role, level = "paragraph", 0
    size = min(line.size for line in group)
    total = sum(len(line.text) for line in group)
    letters = any(character.isalpha() for line in group for character in line.text)
    plain_end = not group[-1].text.endswith((".", ",", ";", "!", "?")) or SECTION.match(
        group[0].text
    )
    if letters and len(group) <= 3 and total <= 160 and plain_end:
        titled = is_heading(group[0].text)
        if size >= 1.45 * body:
            role, level = "heading", 1
        elif size >= 1.15 * body:
            role, level = "heading", 2
        elif titled or all(line.bold for line in group):
            role, level = "heading", 3
    if role == "paragraph" and _ITEM.match(group[0].text):
        role = "item"
    text = group[0].text
    for before, line in pairwise(group):
        if before.broken:
            text = _mend(text, line.text, words)
        elif _GLUED.search(text):
            text += line.text
        elif role != "heading" and _short(before, line, reach):
            text = f"{text}\n{line.text}"
        else:
            text = f"{text} {line.text}"
    return Block(text.strip(), role=role, level=level, page=group[0].page)


def _append(blocks: list[Block], block: Block) -> None:
    """Add a block, marked as continuing where the text ran over the page break."""
    last = blocks[-1] if blocks else None
    over = (
        last is not None
        and last.page != block.page
        and {last.role, block.role} <= {"paragraph", "item"}
        and not last.text.endswith(_TERMINAL)
        and block.role == "paragraph"
        and len(last.text) > 40
        and (block.text[:1].islower() or last.text.endswith((",", "-")))
    )
    blocks.append(replace(block, continues=True) if over else block)


# --- Words and sizes -----------------------------------------------------------------------


def _vocabulary(lines: Iterable[Line]) -> Counter[str]:
    words: Counter[str] = Counter()
    broken = False
    for line in lines:
        found = _WORD.findall(line.text.casefold())
        # The last word of a broken line and the first of the next are halves of one.
        words.update(found[1 if broken else 0 : -1 if line.broken else None])
        broken = line.broken
    return words


def _mend(text: str, following: str, words: Counter[str]) -> str:
    """Two lines as one, the hyphen between them kept only where the word has one."""
    left = re.search(r"[^\W_]+$", text)
    right = re.match(r"[^\W_]+", following)
    if left is None or right is None:
        return f"{text}-{following}"
    a, b = left.group().casefold(), right.group().casefold()
    if words[a + b]:
        return text + following
    keeps = words[f"{a}-{b}"] or (words[a] > 1 and words[b] > 1) or not following[:1].isalpha()
    return f"{text}-{following}" if keeps else text + following


def _body_size(lines: Iterable[Line]) -> float:
    """The height that most characters have, in points."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _leadings(pages: Iterable[Sequence[Line]]) -> list[float]:
    return [
        before.y0 - line.y0
        for lines in pages
        for before, line in pairwise(lines)
        if 0.5 * line.size < before.y0 - line.y0 < 3 * line.size
    ]
