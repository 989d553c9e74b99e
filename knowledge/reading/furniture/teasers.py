"""Teasers of other articles: headlines that stand twice, lines that give an age.

Feeds print each piece with its age ("15 min ago") and often its headline twice, once for
the picture. Both are rare in documents. What is left between the teasers and the end of the
page (labels, buttons, names of markets) is a widget.
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.reading.furniture.shapes import (
    ages,
    ends_sentence,
    is_label,
    is_prose,
    is_title,
    shared,
)
from knowledge.types import Block

REASON = "related articles"
REST = "widget"
REACH = 4
"""Blocks between two lines of one teaser (headline, summary, picture, age) at most."""
OTHER_MATTER = 0.6
"""Teasers without ages share fewer of their content words than this with the text before."""


def find(blocks: Sequence[Block]) -> dict[int, str]:
    """The teasers of a page, the label over them, and the scraps below them."""
    aged = ages(blocks)
    doubled = _doubled(blocks)
    anchors = sorted(aged | doubled.keys())
    found: dict[int, str] = {}
    for group in _groups(anchors):
        start, end = _stretch(blocks, group, aged, doubled)
        if not any(is_prose(block) for block in blocks[:start]):
            continue  # a byline over the article, not a feed below it
        if not _is_feed(blocks, group, aged, doubled, start, end):
            continue
        if start and is_label(blocks[start - 1]) and blocks[start - 1].role != "item":
            start -= 1
        found.update(dict.fromkeys(range(start, end + 1), REASON))
    if found:
        found.update(_scraps(blocks, max(found)))
    return found


def _doubled(blocks: Sequence[Block]) -> dict[int, int]:
    """Headlines that stand twice, within a few blocks: index of each, and of its twin.

    What stands three times is a label of the document's own ("Response code: 400").
    """
    places: dict[str, list[int]] = {}
    for index, block in enumerate(blocks):
        if block.page is None and is_title(block):
            places.setdefault(" ".join(block.text.casefold().split()), []).append(index)
    twins: dict[int, int] = {}
    for found in places.values():
        if len(found) == 2 and found[1] - found[0] <= REACH:
            twins[found[0]], twins[found[1]] = found[1], found[0]
    return twins


def _groups(anchors: Sequence[int]) -> list[list[int]]:
    groups: list[list[int]] = []
    for anchor in anchors:
        if groups and anchor - groups[-1][-1] <= REACH:
            groups[-1].append(anchor)
        else:
            groups.append([anchor])
    return groups


def _stretch(
    blocks: Sequence[Block], group: Sequence[int], aged: set[int], doubled: dict[int, int]
) -> tuple[int, int]:
    """From the first teaser's headline to the last line of the last one."""
    start, end = group[0], group[-1]
    if start in aged and start not in doubled:
        # Over an age stand a headline and perhaps a summary.
        for back in range(1, 3):
            above = start - back
            if above < 0:
                break
            if is_title(blocks[above]) and not is_prose(blocks[above]):
                start = above
                break
    return start, end


def _is_feed(
    blocks: Sequence[Block],
    group: Sequence[int],
    aged: set[int],
    doubled: dict[int, int],
    start: int,
    end: int,
) -> bool:
    ages_here = sum(index in aged for index in group)
    titles_here = len({blocks[index].text.casefold() for index in group if index in doubled})
    if ages_here >= 2 or (ages_here and titles_here):
        return True
    if titles_here < 2 or any(is_prose(block) for block in blocks[end + 1 :]):
        return False  # without ages only a feed at the end of the page is one
    before = [block.text for block in blocks[:start]]
    inside = " ".join(block.text for block in blocks[start : end + 1])
    return shared(inside, before) < OTHER_MATTER


def _scraps(blocks: Sequence[Block], last: int) -> dict[int, str]:
    """What follows the last teaser, if no line of it is a sentence."""
    rest = range(last + 1, len(blocks))
    lines = [line for index in rest for line in blocks[index].text.splitlines()]
    if all(
        len(line.split()) <= 5 and len(line) <= 60 and not ends_sentence(line) for line in lines
    ):
        return dict.fromkeys(rest, REST)
    return {}
