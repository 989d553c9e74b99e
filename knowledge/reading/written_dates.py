"""Absolute dates as documents write them, in seven languages, as YYYY, YYYY-MM or YYYY-MM-DD."""

from __future__ import annotations

import calendar
import re
from typing import NamedTuple

_MONTH_NAMES = {
    1: "january jan januar jänner janvier janv gennaio gen enero ene janeiro januari",
    2: "february feb februar février fevrier févr febbraio febrero fevereiro fev februari",
    3: "march mar märz maerz mars marzo março maart mrt",
    4: "april apr avril avr aprile abril abr",
    5: "may mai maggio mag mayo maio mei",
    6: "june jun juni juin giugno giu junio junho",
    7: "july jul juli juillet juil luglio lug julio julho",
    8: "august aug août aout agosto ago augustus",
    9: "september sep sept septembre settembre set septiembre setembro",
    10: "october oct oktober okt octobre ottobre ott octubre outubro out",
    11: "november nov novembre noviembre novembro",
    12: "december dec dezember dez décembre déc decembre dicembre dic diciembre dezembro",
}
MONTHS = {name: number for number, names in _MONTH_NAMES.items() for name in names.split()}
_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = r"(?P<{}>\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?"
PATTERN = re.compile(
    r"(?<![\w./-])(?:"
    r"(?P<y0>\d{4})[-/.](?P<m0>\d{1,2})[-/.](?P<d0>\d{1,2})(?!\d)(?:[T ]\d{1,2}:\d{2}\S*)?"
    rf"|(?P<n1>{_NAME})\.?\s+{_DAY.format('d1')},?\s+(?:de\s+)?(?P<y1>\d{{4}})\b"
    rf"|{_DAY.format('d2')}\s*(?:of\s+|de\s+|d[’'])?(?P<n2>{_NAME})\.?,?\s+(?:de\s+|del\s+)?"
    r"(?P<y2>\d{4})\b"
    r"|(?P<a3>\d{1,2})[./](?P<b3>\d{1,2})[./](?P<y3>\d{4})(?!\d)"
    r"|(?P<y4>\d{4})\s?年\s?(?P<m4>\d{1,2})\s?月\s?(?P<d4>\d{1,2})\s?日"
    rf"|(?P<n5>{_NAME})\.?,?\s+(?:de\s+)?(?P<y5>\d{{4}})\b"
    r")",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_COMPACT = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})(?:\d{6})?(?!\d)")


class Written(NamedTuple):
    """A date at `text[start:end]`."""

    start: int
    end: int
    date: str


def find(text: str) -> list[Written]:
    """The dates of a text in order; impossible and ambiguous ones (4/5/2026) are left out."""
    found = []
    for match in PATTERN.finditer(text):
        date = _read(match)
        if date:
            found.append(Written(match.start(), match.end(), date))
    return found


def only(text: str) -> str | None:
    """The date, if a line says a date and nothing else but a weekday or a place before it."""
    line = " ".join(text.split()).strip(" .,;()")
    found = find(line)
    if len(found) != 1 or found[0].end < len(line):
        return None
    before = line[: found[0].start].strip(" ,")
    words = before.split()
    if len(words) > 4 or any(character.isdigit() for character in before) or ":" in before:
        return None
    if words and not all(word[0].isupper() or len(word) <= 3 for word in words):
        return None
    return found[0].date


def stated(text: str | None) -> str | None:
    """The date that a field of a format states: ISO with or without time, compact, or written."""
    if not text:
        return None
    text = text.strip()
    if _PLAIN.fullmatch(text):
        parts = [int(part) for part in text.split("-")]
        return iso(*parts)
    compact = _COMPACT.match(text)
    if compact:
        date = iso(*(int(part) for part in compact.groups()))
        if date:
            return date
    found = find(text)
    return found[0].date if found else None


def iso(year: int, month: int | None = None, day: int | None = None) -> str | None:
    """The date as text, as exact as it is given; None where there is no such day."""
    if not 1000 <= year <= 9999:
        return None
    if month is None:
        return f"{year:04d}"
    if not 1 <= month <= 12:
        return None
    if day is None:
        return f"{year:04d}-{month:02d}"
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return f"{year:04d}-{month:02d}-{day:02d}"


def _read(match: re.Match[str]) -> str | None:
    parts = match.groupdict()
    if parts["y0"]:
        return iso(int(parts["y0"]), int(parts["m0"]), int(parts["d0"]))
    if parts["n1"]:
        return iso(int(parts["y1"]), MONTHS[parts["n1"].casefold()], int(parts["d1"]))
    if parts["n2"]:
        return iso(int(parts["y2"]), MONTHS[parts["n2"].casefold()], int(parts["d2"]))
    if parts["y3"]:
        return _numeric(int(parts["a3"]), int(parts["b3"]), int(parts["y3"]), match.group())
    if parts["y4"]:
        return iso(int(parts["y4"]), int(parts["m4"]), int(parts["d4"]))
    return iso(int(parts["y5"]), MONTHS[parts["n5"].casefold()])


def _numeric(first: int, second: int, year: int, written: str) -> str | None:
    """Day and month in figures: dots put the day first; with slashes only one may be a month."""
    if "." in written or first > 12:
        return iso(year, second, first)
    if second > 12 or first == second:
        return iso(year, first, second)
    return None
