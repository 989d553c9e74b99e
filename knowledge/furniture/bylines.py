"""The line under a pasted page's title: publisher, label and date, run together by copying."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.furniture.shapes import count, is_prose
from knowledge.types import Block

REASON = "furniture"
_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{1,2}\.?\s[^\W\d_]{3,10}\.?,?\s\d{4}"
    r"|[^\W\d_]{3,10}\.?\s\d{1,2},?\s\d{4}|\d{4}年\d{1,2}月\d{1,2}日"
)
_GLUED = re.compile(r"[a-zà-ÿ0-9][A-ZÀ-Þ][a-zà-ÿ]|[a-zà-ÿ]\d{4}-|\d{4}[A-ZÀ-Þ]")


def find(blocks: Sequence[Block]) -> dict[int, str]:
    """The line, if it stands before the first paragraph and is run together or has two dates."""
    for index, block in enumerate(blocks[:6]):
        if is_prose(block):
            break
        if is_byline(block.text) and block.page is None:
            return {index: REASON}
    return {}


def is_byline(text: str) -> bool:
    """Whether a line is a page's byline: a date in a short line that copying ran together."""
    if "\n" in text.strip() or count(text) > 24:
        return False
    dates = _DATE.findall(text)
    if not dates:
        return False
    return len(dates) >= 2 or bool(_GLUED.search(text))
