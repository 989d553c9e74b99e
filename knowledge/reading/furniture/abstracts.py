"""Abstracts that a site sets over an article: a short label and a paragraph that tells it all.

A document's own introduction leads into what follows; a site's abstract retells the whole.
So its sentences match places all over the article. It is only looked for on pages that bear
other signs of a site (teasers, questions and answers, a byline run together).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.reading.furniture.shapes import content, count, is_label, is_prose, shared
from knowledge.types import Block

REASON = "abstract"
TOLD_AGAIN = 0.5
"""Share of an abstract's content words that the article holds. The first paragraphs of 56
annotated articles reach .54 at the median, abstracts made from an article .63 and more (our
measurement, November 2026): a floor only; what tells is the spread."""
SPREAD, SENTENCES = 0.5, 3
"""An abstract's sentences, at least so many, match paragraphs over at least this share of the
article: .85 on a site's abstract, under .6 on all of those first paragraphs."""
BARE_SPREAD, BARE_SENTENCES = 0.6, 4
"""The same two for an abstract without a label over it."""
MOST = 0.5
"""An abstract is at most this share of the article's length."""

_SENTENCES = re.compile(r"(?<=[.!?。！？])[\"'”’»)\]]*\s*(?=\S)")


def find(blocks: Sequence[Block]) -> dict[int, str]:
    """The abstract before the first paragraph, with its label if it has one."""
    prose = [index for index, block in enumerate(blocks) if is_prose(block)]
    if len(prose) < 4:
        return {}
    first = prose[0]
    # The label is one over the abstract alone, not the heading of a longer section.
    labelled = first > 0 and is_label(blocks[first - 1]) and prose[1] == first + 1
    article = [blocks[index].text for index in prose[1:]]
    text = blocks[first].text
    if count(text) > MOST * sum(count(one) for one in article):
        return {}
    spread, least = (SPREAD, SENTENCES) if labelled else (BARE_SPREAD, BARE_SENTENCES)
    if shared(text, article) < TOLD_AGAIN or not _tells_all(text, article, spread, least):
        return {}
    return dict.fromkeys((first - 1, first) if labelled else (first,), REASON)


def _tells_all(text: str, article: Sequence[str], spread: float, least: int) -> bool:
    """Whether at least so many sentences match paragraphs over such a share of the article."""
    matter = [content(paragraph) for paragraph in article]
    places: list[int] = []
    for sentence in _SENTENCES.split(text):
        own = content(sentence)
        if len(own) < 4:
            continue
        places.append(max(range(len(matter)), key=lambda place: len(own & matter[place])))
    if len(places) < least:
        return False
    return max(places) - min(places) >= spread * len(article)
