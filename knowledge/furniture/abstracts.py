"""Abstracts that a site sets over an article: a short label and a paragraph that tells it all.

A document's own introduction leads into what follows; a site's abstract retells the whole.
So its sentences match places all over the article. It is only looked for on pages that bear
other signs of a site (teasers, questions and answers, a byline run together).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.furniture.shapes import content, count, is_label, is_prose, shared
from knowledge.types import Block

REASON = "abstract"
TOLD_AGAIN = 0.6
"""Share of an abstract's content words that the article holds (our measurement, November 2026:
.7 to .9 on abstracts made from an article, .2 to .5 on its own first paragraph)."""
SPREAD = 0.4
"""An abstract's sentences match paragraphs over at least this share of the article."""
MOST = 0.5
"""An abstract is at most this share of the article's length."""

_SENTENCES = re.compile(r"(?<=[.!?。！？])[\"'”’»)\]]*\s*(?=\S)")


def find(blocks: Sequence[Block]) -> dict[int, str]:
    """The abstract before the first paragraph, with its label."""
    prose = [index for index, block in enumerate(blocks) if is_prose(block)]
    if len(prose) < 4:
        return {}
    first = prose[0]
    if first == 0 or not is_label(blocks[first - 1]):
        return {}
    if any(is_prose(block) for block in blocks[: first - 1]):
        return {}
    # The label is one over the abstract alone, not the heading of a longer section.
    if prose[1] != first + 1:
        return {}
    article = [blocks[index].text for index in prose[1:]]
    if count(blocks[first].text) > MOST * sum(count(text) for text in article):
        return {}
    if shared(blocks[first].text, article) < TOLD_AGAIN or not _tells_all(
        blocks[first].text, article
    ):
        return {}
    return {first - 1: REASON, first: REASON}


def _tells_all(text: str, article: Sequence[str]) -> bool:
    """Whether the sentences match paragraphs all over the article."""
    matter = [content(paragraph) for paragraph in article]
    places: list[int] = []
    for sentence in _SENTENCES.split(text):
        own = content(sentence)
        if len(own) < 4:
            continue
        places.append(max(range(len(matter)), key=lambda place: len(own & matter[place])))
    if len(places) < 3:
        return False
    return max(places) - min(places) >= SPREAD * len(article)
