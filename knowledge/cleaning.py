"""Set aside what is not the document's own text: kept with its reason, never indexed or quoted.

The same rules serve pages and text pasted from them. They go by structure, in any language;
where they are not sure, the text stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from knowledge.furniture import abstracts, boxes, bylines, exchanges, shapes, teasers
from knowledge.loaders.types import Loaded
from knowledge.types import Block, SetAside

FORMATS = frozenset({"text", "markdown", "html"})
"""What comes from web pages or is pasted from them; other formats bring no furniture along."""


def clean(loaded: Loaded) -> Loaded:
    """The same document with furniture moved from its blocks to what is set aside.

    Never takes all: a document that would be left without a paragraph stays as it is.
    """
    if loaded.format not in FORMATS:
        return loaded
    blocks = loaded.blocks
    found: dict[int, str] = {}
    for finder in (exchanges.find, teasers.find, bylines.find):
        found = finder(blocks) | found
    sited = bool(found)
    found = boxes.find(blocks) | found
    if sited:
        found = _among_rest(blocks, found) | found
    left = [block for index, block in enumerate(blocks) if index not in found]
    if left and _has_title(blocks, found):
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


def _has_title(blocks: Sequence[Block], found: Mapping[int, str]) -> bool:
    """Whether the first line of a pasted page stands right over its byline."""
    return (
        len(blocks) > 1
        and 0 not in found
        and found.get(1) == bylines.REASON
        and bylines.is_byline(blocks[1].text)
        and blocks[0].role == "paragraph"
        and "\n" not in blocks[0].text
    )


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
