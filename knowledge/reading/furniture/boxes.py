"""Bars and boxes between the paragraphs: sharing, newsletters, cookies, prices that run along."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.reading.furniture.shapes import count, ends_sentence, is_prose
from knowledge.types import Block

REASON = "furniture"
PRICES = "widget"
NETWORKS = (
    "facebook|twitter|x|linkedin|whatsapp|telegram|reddit|pinterest|instagram|youtube|tiktok|mastodon"
    "|bluesky|threads|flipboard|xing|weibo|wechat|line|vk|e-?mail|rss"
)
BOX_WORDS = 45
"""A box that asks for an address or consent is short; paragraphs about such boxes are not."""

_NETWORK = re.compile(rf"\b(?:{NETWORKS})\b", re.IGNORECASE)
_CHANGE = re.compile(r"[-+−▲▼]\s?\d+(?:[.,]\d+)?\s?%")
_PRICE = re.compile(r"[$€£¥₿]\s?\d|\d\s?[$€£¥₿]")


def find(blocks: Sequence[Block]) -> dict[int, str]:
    """Bars and boxes at the edges of the text and between its paragraphs."""
    found: dict[int, str] = {}
    for index in _bars(blocks):
        found[index] = REASON
    prose = [index for index, block in enumerate(blocks) if is_prose(block)]
    mentions = sum(bool(_box(block.text)) for block in blocks)
    for index, block in enumerate(blocks):
        if block.page is not None or block.role in ("table", "heading", "code"):
            continue
        edge = not prose or index < prose[0] or index > prose[-1] - 1
        # A text about newsletters or cookies speaks of them more than twice.
        if _box(block.text) and count(block.text) <= BOX_WORDS and edge and mentions <= 2:
            found[index] = REASON
        elif edge and _is_ticker(block):
            found[index] = PRICES
    return found


def _bars(blocks: Sequence[Block]) -> list[int]:
    """Runs of at least three lines that are names of networks and little else."""
    found: list[int] = []
    run: list[int] = []
    lines = 0
    for index, block in enumerate([*blocks, Block("")]):
        own = [line for line in block.text.splitlines() if line.strip()]
        names = block.page is None and own and all(_is_network(line) for line in own)
        if names:
            run.append(index)
            lines += sum(len(_NETWORK.findall(line)) for line in own)
            continue
        if lines >= 3:
            found += run
        run, lines = [], 0
    return found


def _is_network(line: str) -> bool:
    names = _NETWORK.findall(line)
    return bool(names) and count(line) - len(names) <= 3 * len(names) and count(line) <= 16


def _box(text: str) -> bool:
    lowered = text.casefold()
    if "newsletter" in lowered:
        return "@" in lowered or "mail" in lowered or not ends_sentence(text) or count(text) <= 25
    return bool(re.search(r"\bcookies?\b", lowered))


def _is_ticker(block: Block) -> bool:
    """Prices with their change, without a sentence."""
    text = block.text
    changes = len(_CHANGE.findall(text))
    return changes >= 2 and not ends_sentence(text) and changes + len(_PRICE.findall(text)) >= 3
