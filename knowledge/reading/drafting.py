"""Blocks to a draft: one text, and the sections that address it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from knowledge.types import Block, Draft, Particulars, Section

if TYPE_CHECKING:  # the loaders are for the parsing process alone
    from knowledge.reading.loaders.types import Loaded

SEPARATOR = "\n\n"
PATH = " > "
HEADING_CHARS = 120
"""Longest heading, in characters, in the path of a section; longer ones end in an ellipsis."""


def draft(loaded: Loaded, particulars: Particulars) -> Draft:
    """Join the blocks into one text and cut it into addressable sections.

    Blocks are joined by an empty line, or by a space where a block continues the one
    before over a page break. A section ends before a heading and where page, section
    number or recognition change, so that one section has one locator. Offsets are code
    points; sections are in order, do not overlap, and leave out only the separators.
    """
    text, sections = compose(loaded.blocks)
    return Draft(
        text=text,
        sections=sections,
        particulars=particulars,
        set_aside=loaded.set_aside,
        warnings=loaded.warnings,
        format=loaded.format,
        excerpt=loaded.excerpt,
        attachments=loaded.attachments,
    )


def compose(blocks: Iterable[Block]) -> tuple[str, tuple[Section, ...]]:
    """The text of the blocks and its sections."""
    parts: list[str] = []
    sections: list[Section] = []
    length = 0
    path: list[tuple[int, str]] = []
    key: tuple[object, ...] | None = None
    for block in blocks:
        text = block.text.strip()
        if not text:
            continue
        if parts:
            separator = " " if block.continues else SEPARATOR
            parts.append(separator)
            length += len(separator)
        starts = block.role == "heading"
        if starts:
            level = max(block.level, 1)
            path = [*((depth, title) for depth, title in path if depth < level)]
            path.append((level, _title(text)))
        heading = PATH.join(title for _, title in path) or None
        start, length = length, length + len(text)
        parts.append(text)
        here = (heading, block.page, block.number, block.recognised)
        if starts or here != key:
            sections.append(
                Section(
                    start=start,
                    end=length,
                    heading=heading,
                    page=block.page,
                    number=block.number,
                    recognised=block.recognised,
                )
            )
            key = here
        else:
            last = sections[-1]
            sections[-1] = Section(
                last.start, length, last.heading, last.page, last.number, last.recognised
            )
    return "".join(parts), tuple(sections)


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= HEADING_CHARS else line[: HEADING_CHARS - 1].rstrip() + "…"
