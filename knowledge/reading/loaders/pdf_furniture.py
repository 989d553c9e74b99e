"""What belongs to the pages of a PDF, not to its text: running lines and page numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from knowledge.reading.loaders.pdf_lines import Line, PageText

_PAGE_NUMBER = re.compile(
    r"[-–—\s|]*(?:page|seite|pagina|página|p\.)?\s*(?:\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*(?:/|of|von|di|de|sur)\s*\d{1,4})?[-–—\s|.]*$",
    re.IGNORECASE,
)
_PAGE_LABEL = re.compile(
    r"(?:page|seite|pagina|página)\s+\d{1,4}(?:\s+of\s+\d{1,4})?$", re.IGNORECASE
)

_EDGE_LINES = 4
"""Lines at the top and at the bottom of a page that may be a running header or footer."""


@dataclass(frozen=True, slots=True)
class Running:
    """The lines of pages that are not text."""

    lines: set[int]
    """Their identities, `id(line)`."""
    headers: tuple[Line, ...]
    """The first of each running header: a journal's volume and date, the stamp of a court."""
    texts: tuple[str, ...]
    """Their words: one text for each running line, with all its occurrences."""


def find(pages: Sequence[PageText]) -> Running:
    """The lines of the pages that belong to the page, not to the text."""
    dropped: set[int] = set()
    heads: list[Line] = []
    seen: dict[str, list[Line]] = defaultdict(list)
    for page in pages:
        for line in _edges(page):
            seen[letters(line.text)].append(line)
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
            if _is_header(running[0], pages):
                heads.append(running[0])
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
                kept[letters(line.text)].append(line.text)
    return Running(dropped, tuple(heads), tuple("\n".join(texts) for texts in kept.values()))


def _is_header(line: Line, pages: Sequence[PageText]) -> bool:
    """Whether a line says something at the head of its page; printers put their marks below."""
    height = next(page.height for page in pages if page.number == line.page)
    return line.y0 > 0.5 * height and len(line.text.split()) >= 3


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


def letters(text: str) -> str:
    """The letters of a line alone: page numbers, dates and rules differ from page to page."""
    return " ".join(re.sub(r"[\W\d_]+", " ", text.casefold()).split())
