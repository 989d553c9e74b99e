"""Set aside what is not the document's own text: kept with its reason, never indexed or quoted.

The same rules serve pages and text pasted from them. They go by structure, in any language;
where they are not sure, the text stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from knowledge.reading.furniture import abstracts, boxes, bylines, exchanges, shapes, teasers
from knowledge.reading.loaders.types import Loaded
from knowledge.types import Block, SetAside

FORMATS = frozenset({"text", "markdown", "html"})
"""What comes from web pages or is pasted from them; other formats bring no furniture along."""

LONG_LINE = 160
"""Longer lines than this are paragraphs; text is wrapped at 60 to 120 characters."""


def clean(loaded: Loaded) -> Loaded:
    """The same document with furniture moved from its blocks to what is set aside.

    Never takes all: a document that would be left without a paragraph stays as it is.
    """
    if loaded.format not in FORMATS:
        return loaded
    blocks = _apart(loaded) if loaded.format == "text" else loaded.blocks
    if blocks != loaded.blocks:
        loaded = replace(loaded, blocks=blocks)
    found: dict[int, str] = {}
    for finder in (exchanges.find, teasers.find, bylines.find):
        found = finder(blocks) | found
    sited = bool(found)
    found = boxes.find(blocks) | found
    if sited:
        found = _among_rest(blocks, found) | found
    left = [block for index, block in enumerate(blocks) if index not in found]
    if left and sited and _has_title(blocks, found):
        left[0] = replace(left[0], role="heading", level=1)
    if not found or not any(shapes.is_prose(block) for block in left):
        return loaded
    return replace(
        loaded, blocks=tuple(left), set_aside=loaded.set_aside + _set_aside(blocks, found)
    )


def _among_rest(blocks: Sequence[Block], found: Mapping[int, str]) -> dict[int, str]:
    """The abstract, looked for in what is left of a page that shows other signs of a site."""
    rest = [index for index in range(len(blocks)) if index not in found]
    inside = abstracts.find([blocks[index] for index in rest])
    return {rest[index]: reason for index, reason in inside.items()}


def _apart(loaded: Loaded) -> tuple[Block, ...]:
    """Text pasted with a paragraph a line: where lines are that long, each is a block."""
    blocks: list[Block] = []
    for block in loaded.blocks:
        lines = [line.strip() for line in block.text.splitlines() if line.strip()]
        long = sum(len(line) for line in lines if len(line) > LONG_LINE)
        if len(lines) >= 4 and long >= 0.5 * len(block.text):
            blocks += [replace(block, text=line) for line in lines]
        else:
            blocks.append(block)
    return tuple(blocks)


def _has_title(blocks: Sequence[Block], found: Mapping[int, str]) -> bool:
    """Whether the first line of a pasted page is its title: over the byline or the text."""
    first = blocks[0]
    if 0 in found or first.role != "paragraph" or not shapes.is_title(first) or len(blocks) < 2:
        return False
    return 1 in found or shapes.is_prose(blocks[1])


def _set_aside(blocks: Sequence[Block], found: Mapping[int, str]) -> tuple[SetAside, ...]:
    """What was found, in order, neighbours of one reason together."""
    parts: list[tuple[list[str], str, int]] = []
    for index in sorted(found):
        if parts and parts[-1][1:] == (found[index], index - 1):
            texts, reason, _ = parts.pop()
            parts.append(([*texts, blocks[index].text], reason, index))
        else:
            parts.append(([blocks[index].text], found[index], index))
    return tuple(SetAside("\n\n".join(texts), reason) for texts, reason, _ in parts)
