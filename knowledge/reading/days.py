"""Reckoning with days: weeks from Monday to Sunday, working days, months and years as text."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def weekday_before(anchor: date, weekday: int, *, strictly: bool = False) -> date:
    """The latest such weekday (Monday 0) up to the anchor, or before it."""
    back = (anchor.weekday() - weekday) % 7
    return anchor - timedelta(days=back or (7 if strictly else 0))


def weekday_after(anchor: date, weekday: int, *, strictly: bool = False) -> date:
    """The first such weekday from the anchor on, or after it."""
    ahead = (weekday - anchor.weekday()) % 7
    return anchor + timedelta(days=ahead or (7 if strictly else 0))


def week(anchor: date, shift: int = 0) -> str:
    """The week of the anchor, or one `shift` weeks away, as its first and last day."""
    monday = anchor - timedelta(days=anchor.weekday()) + timedelta(weeks=shift)
    return f"{monday}/{monday + timedelta(days=6)}"


def weekend(anchor: date, shift: int = 0) -> str:
    """Saturday and Sunday of the anchor's week, or of one `shift` weeks away."""
    monday = anchor - timedelta(days=anchor.weekday()) + timedelta(weeks=shift)
    return f"{monday + timedelta(days=5)}/{monday + timedelta(days=6)}"


def month(anchor: date, shift: int = 0) -> str:
    """The month of the anchor, or one `shift` months away, as YYYY-MM."""
    count = anchor.year * 12 + anchor.month - 1 + shift
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def quarter(anchor: date, shift: int = 0) -> str:
    """The quarter of the anchor, or one `shift` quarters away, as first and last month."""
    count = anchor.year * 4 + (anchor.month - 1) // 3 + shift
    return months(count // 4, count % 4 * 3 + 1, count % 4 * 3 + 3)


def months(year: int, first: int, last: int) -> str:
    """A stretch of months of one year."""
    return f"{year:04d}-{first:02d}/{year:04d}-{last:02d}"


def working_days_after(anchor: date, count: int) -> date:
    """The day `count` working days (Monday to Friday) after the anchor; holidays not reckoned."""
    day = anchor
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def nearest_year(anchor: date, month_number: int, day: int | None, *, ahead: bool | None) -> int:
    """The year that a month or day without one means: the nearest, the past one of two as near.

    `ahead` True asks for the next, False for the last one, None for the nearest.
    """
    best: list[tuple[int, bool, int]] = []
    for year in (anchor.year - 1, anchor.year, anchor.year + 1):
        last = calendar.monthrange(year, month_number)[1]
        when = date(year, month_number, min(day or 1, last))
        distance = (when - anchor).days
        if day is None and (year, month_number) == (anchor.year, anchor.month):
            distance = 0
        if (ahead is True and distance < 0) or (ahead is False and distance >= 0):
            continue
        best.append((abs(distance), distance > 0, year))
    return min(best)[2]
