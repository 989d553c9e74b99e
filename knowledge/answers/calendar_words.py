"""Absolute dates written in a question or a passage: "1 April 2026", "in April 2026", "2026"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from typing import NamedTuple

_NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")  # fmt: skip  # noqa: E501
_MONTHS = {name.lower(): number for number, name in enumerate(_NAMES, 1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"\b(?:(?P<iso>\d{{4}}-\d\d(?:-\d\d)?)"
    rf"|(?P<m1>{_MONTH})\.? (?P<d1>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y1>\d{{4}})"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m2>{_MONTH})\.?,? (?P<y2>\d{{4}})"
    rf"|(?P<m3>{_MONTH})\.?,? (?P<y3>\d{{4}})"
    rf"|(?<![\w.,$-])(?P<y4>(?:19|20)\d\d)(?![\w,%-]|\.\d))",
    re.IGNORECASE,
)


class Days(NamedTuple):
    """A stretch of days written at `text[start:end]`; first and last are YYYY-MM-DD, ends included."""  # noqa: E501

    start: int
    end: int
    first: str
    last: str


_BARE = re.compile(
    r"\b(?:in|during|of|since|until|by|last|this|early|late|mid)[ -]"
    rf"(?P<month>{'|'.join(_NAMES)})\b(?!,? ?\d)"
)


def months_in(text: str) -> tuple[int, ...]:
    """Return the months that a text names without day and year ("in April"), 1 to 12."""
    return tuple(dict.fromkeys(_MONTHS[m.group("month").lower()] for m in _BARE.finditer(text)))


def fits(date: str | None, days: Sequence[Days], months: Sequence[int]) -> bool:
    """Say whether a document's date is one of the days, or in one of the months of any year."""
    if not date:
        return False
    month = int(date[5:7]) if date[5:7].isdigit() else 0
    return month in months or any(d.first <= date <= d.last for d in days)


def days_in(text: str) -> tuple[Days, ...]:
    """Return the absolute dates of a text in order; a month or a year is all its days."""
    found = []
    for match in _DATE.finditer(text):
        parts = match.groupdict()
        if parts["iso"]:
            pieces = [int(p) for p in parts["iso"].split("-")]
            year, month, day = pieces[0], pieces[1], pieces[2] if len(pieces) == 3 else None
        elif parts["y4"]:
            year, month, day = int(parts["y4"]), None, None
        else:
            year = int(parts["y1"] or parts["y2"] or parts["y3"])
            month = _MONTHS[(parts["m1"] or parts["m2"] or parts["m3"]).lower()]
            number = parts["d1"] or parts["d2"]
            day = int(number) if number else None
        days = _stretch(year, month, day)
        if days:
            found.append(Days(match.start(), match.end(), *days))
    return tuple(found)


def _stretch(year: int, month: int | None, day: int | None) -> tuple[str, str] | None:
    if not 1000 <= year <= 9999:
        return None
    if month is None:
        return f"{year:04d}-01-01", f"{year:04d}-12-31"
    if not 1 <= month <= 12:
        return None
    length = calendar.monthrange(year, month)[1]
    if day is None:
        return f"{year:04d}-{month:02d}-01", f"{year:04d}-{month:02d}-{length:02d}"
    if not 1 <= day <= length:
        return None
    whole = f"{year:04d}-{month:02d}-{day:02d}"
    return whole, whole


_QUARTERS = ("first", "second", "third", "fourth")
_FISCAL = re.compile(
    r"\bFY[ -]?['’]?(?P<year>(?:19|20)?\d\d)(?:[ -]?Q(?P<inner>[1-4]))?\b|"
    r"\b(?:Q(?P<before>[1-4])|(?P<after>[1-4])Q)[ -]?(?P<of>(?:19|20)\d\d|['’]?\d\d\b)?"
)


def spell_periods(text: str) -> str:
    """Spell out how reports name their periods: "FY22" is "fiscal year 2022", "Q2" a quarter."""
    return _FISCAL.sub(lambda match: _period(match), text)


_SPELT = re.compile(
    rf"\b(?:(?:{'|'.join(_QUARTERS)}) quarter|fiscal years?|(?:19|20)\d\d)\b", re.IGNORECASE
)


def periods(text: str) -> list[str]:
    """Return the words of a text that name years and their parts, spelt out as above."""
    return [match.group(0) for match in _SPELT.finditer(text)]


def _period(match: re.Match[str]) -> str:
    parts = match.groupdict()
    year = (parts["year"] or parts["of"] or "").strip("'’")
    year = f"20{year}" if len(year) == 2 else year
    quarter = parts["inner"] or parts["before"] or parts["after"]
    words = [f"{_QUARTERS[int(quarter) - 1]} quarter"] if quarter else []
    if parts["year"]:
        words.append(f"fiscal year {year}")
    elif year:
        words.append(year)
    return " ".join(words)
