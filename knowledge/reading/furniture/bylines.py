"""The line under a pasted page's title: publisher, label and date, run together by copying."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.reading import written_dates
from knowledge.reading.furniture.shapes import count, is_prose
from knowledge.types import Block, Particulars

REASON = "furniture"
_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{1,2}\.?\s[^\W\d_]{3,10}\.?,?\s\d{4}"
    r"|[^\W\d_]{3,10}\.?\s\d{1,2},?\s\d{4}|\d{4}年\d{1,2}月\d{1,2}日"
)
_GLUED = re.compile(r"[a-zà-ÿ0-9][A-ZÀ-Þ][a-zà-ÿ]|[a-zà-ÿ]\d{4}-|\d{4}[A-ZÀ-Þ]")


_SEAM = re.compile(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ][a-zà-ÿ])")
_BY = re.compile(r"(?:by|von|di|da|par|por|de|door|av|af)\s+", re.IGNORECASE)
_FIGURES = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


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


def read(text: str) -> Particulars:
    """Publisher and dates of a byline that copying ran together.

    "kystpostenPublished 2031-03-04Updated 2031-03-05": a new word begins where a capital
    follows a small letter or a figure; what stands before the first label is the publisher.
    """
    line = " ".join(text.split())
    dates = [date.date for date in written_dates.find(_FIGURES.sub(" ", line))]
    before = line[: _first_date(line)]
    # The last seam parts the label from the name; the name may have seams of its own.
    seams = [match.start() for match in _SEAM.finditer(before)]
    parted = re.split(r"\s*[|·•—–]\s*|\s+-\s+", before[: seams[-1]] if seams else before)
    name = parted[0].strip(" ,:;-|·•") if seams or len(parted) > 1 else ""
    person = _BY.match(name)
    return Particulars(
        publisher=name if 2 <= len(name) <= 60 and not person else None,
        author=name[person.end() :].strip() or None if person else None,
        date=dates[0] if dates else None,
        modified=dates[-1] if len(dates) > 1 and dates[-1] > dates[0] else None,
    )


def _first_date(line: str) -> int:
    match = _DATE.search(line)
    return match.start() if match else len(line)
