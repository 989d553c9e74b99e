"""Lines of pages to blocks: furniture apart, paragraphs joined, words whole again.

Geometry alone decides, in units of the line's own height, so it works in any language.
The thresholds were set on rules, bills, court orders and letters in one, two and three
columns (our measurement, November 2026).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from knowledge.reading.loaders.numbering import SECTION, is_heading, numbered
from knowledge.reading.loaders.pdf_furniture import find, letters
from knowledge.reading.loaders.pdf_lines import Line, PageText
from knowledge.types import Block

_TERMINAL = tuple(".!?:;”’\"'»)]。！？；：…")
_ITEM = re.compile(r"(?:[•▪‣◦·●○*–—-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])\s+\S")
_GLUED = re.compile(r"\w[-–]$|\w[/@]$|://$")
"""Line ends that no space follows: "Rule 5-" and "03", addresses cut after a stroke."""
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
Reach = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """The blocks of a document in reading order, and what was taken from the page edges."""

    blocks: tuple[Block, ...]
    furniture: tuple[str, ...]


def lay_out(pages: Sequence[PageText]) -> Layout:
    """Join the lines of the pages into blocks.

    Running headers, footers and page numbers are left out and listed apart, so that they
    never stand in a sentence; a header that says what no block says (a journal's volume,
    the stamp of a court) comes once, as the last block, with the page where it stood first.
    A paragraph that goes on over the page break becomes a block that continues the one
    before. A word broken by a hyphen is made whole.
    """
    running = find(pages)
    kept = [[line for line in page.lines if id(line) not in running.lines] for page in pages]
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
    known = letters(" ".join(block.text for block in blocks))
    once = [
        Block(head.text, page=head.page)
        for head in running.headers
        if blocks and f" {letters(head.text)} " not in f" {known} "
    ]
    return Layout((*numbered(blocks), *once), running.texts)


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
    lettered = any(character.isalpha() for line in group for character in line.text)
    plain_end = not group[-1].text.endswith((".", ",", ";", "!", "?")) or SECTION.match(
        group[0].text
    )
    if lettered and len(group) <= 3 and total <= 160 and plain_end:
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
