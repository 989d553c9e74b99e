"""Relative dates in a text ("on Monday", "last week"), resolved against its publication date.

They are kept beside the text, never written into it. Reports look back: a weekday is the
latest one up to the day of publication, unless the words before it speak of the future.
What names no day ("in the coming weeks", "recently") stays undated, and so does what is a
date already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache

from knowledge.reading import days, relative_words, written_dates
from knowledge.reading.relative_words import Language
from knowledge.types import DateMention

Resolve = Callable[["re.Match[str]", date, Language], str | None]

FUTURE_REACH = 60
"""Characters before an expression in which a word of the future still governs it."""
MAX_MENTIONS = 5000
"""A document with more relative dates than this is a log; the rest is left undated."""


def mentions(text: str, published: str | None) -> tuple[DateMention, ...]:
    """The relative dates of a text in order, none overlapping; none without a full date.

    Dates are YYYY, YYYY-MM or YYYY-MM-DD as exact as the words are, or two of them parted
    by a slash for a stretch, ends included. A week is Monday to Sunday.
    """
    try:
        anchor = date.fromisoformat(published or "")
    except ValueError:
        return ()
    if not 1000 < anchor.year < 9990:
        return ()
    language = relative_words.language_of(text)
    found = sorted(_candidates(text, anchor, language), key=lambda one: (one.start, -one.end))
    kept: list[DateMention] = []
    for mention in found:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return tuple(mention for mention in kept if mention.date)[:MAX_MENTIONS]


def _candidates(text: str, anchor: date, language: Language) -> Iterator[DateMention]:
    """All readings; one with an empty date takes its place without being a mention."""
    for absolute in written_dates.PATTERN.finditer(text):
        yield DateMention(absolute.start(), absolute.end(), "")
    for pattern, resolve in _rules(language.name):
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 24) : match.start()]
            reckoned = _RECKONED.search(before)
            if reckoned and (reckoned.group().split()[1:] or _STARTS.match(match.group())):
                day: str | None = ""
            else:
                day = resolve(match, anchor, language)
            if day is not None and "\n\n" not in match.group():
                yield DateMention(match.start(), match.end(), day)


@cache
def _rules(name: str) -> tuple[tuple[re.Pattern[str], Resolve], ...]:
    language = relative_words.LANGUAGES[name]
    rows: tuple[tuple[str, Resolve, bool], ...] = (
        (language.weekday, _weekday, False),
        (language.unit, _unit, True),
        (language.day, _day, True),
        (language.ago, _ago, True),
        (language.month_day, _month_day, False),
        (language.month, _month, False),
    )
    rules = [
        (re.compile(pattern, re.IGNORECASE if loose else 0), resolve)
        for pattern, resolve, loose in rows
        if pattern
    ]
    if name == "en":
        rules += [(re.compile(pattern, re.IGNORECASE), resolve) for pattern, resolve in _ENGLISH]
    return tuple(rules)


def _speaks_of_future(match: re.Match[str], language: Language) -> bool:
    """Whether a word of the future stands before the expression in its own clause."""
    before = match.string[max(0, match.start() - FUTURE_REACH) : match.start()]
    clause = re.split(r"[.;:!?,\n]", before)[-1]
    found = list(re.finditer(language.future, clause, re.IGNORECASE))
    if not found:
        return False
    return re.search(language.told, clause[found[-1].end() :], re.IGNORECASE) is None


def _weekday(match: re.Match[str], anchor: date, language: Language) -> str | None:
    parts = match.groupdict()
    weekday = language.weekdays[parts["day"].casefold()]
    word = " ".join((parts.get("which") or parts.get("which2") or "").casefold().split())
    before = match.string[max(0, match.start() - 24) : match.start()]
    if re.search(language.no_weekday, before, re.IGNORECASE):
        return None
    if language.no_weekday_after and re.match(
        language.no_weekday_after, match.string[match.end() : match.end() + 24], re.IGNORECASE
    ):
        return None
    if word in language.last:
        return days.weekday_before(anchor, weekday, strictly=True).isoformat()
    if word in language.next:
        return days.weekday_after(anchor, weekday, strictly=True).isoformat()
    if word in language.this or _speaks_of_future(match, language):
        return days.weekday_after(anchor, weekday).isoformat()
    return days.weekday_before(anchor, weekday).isoformat()


def _unit(match: re.Match[str], anchor: date, language: Language) -> str | None:
    parts = match.groupdict()
    unit = language.units[(parts["unit"] or parts.get("unit_") or "").casefold()]
    word = " ".join((parts.get("which") or parts.get("which2") or "").casefold().split())
    shift = -1 if word in language.last else 1 if word in language.next else 0
    if unit == "week":
        return days.week(anchor, shift)
    if unit == "weekend":
        # Before its Saturday "the weekend" that was is the one before.
        back = -1 if shift == 0 and word not in language.this and anchor.weekday() < 5 else shift
        return days.weekend(anchor, back)
    if unit == "month":
        return days.month(anchor, shift)
    if unit == "quarter":
        return days.quarter(anchor, shift)
    return f"{anchor.year + shift:04d}"


def _day(match: re.Match[str], anchor: date, language: Language) -> str | None:
    return (anchor + timedelta(days=language.days[match.group().casefold()])).isoformat()


def _ago(match: re.Match[str], anchor: date, language: Language) -> str | None:
    """So many days ago is a day; weeks, months and years ago are no more exact than that."""
    count = language.number(match.group("count"))
    if count is None:
        return None
    unit = language.units.get(match.group("unit").casefold())
    if unit == "day":
        return (anchor - timedelta(days=count)).isoformat() if count < 400 else None
    if unit == "week":
        return days.week(anchor, -count)
    if unit == "month":
        return days.month(anchor, -count)
    if unit == "year" and count < anchor.year - 1000:
        return f"{anchor.year - count:04d}"
    return None


def _month_day(match: re.Match[str], anchor: date, language: Language) -> str | None:
    parts = match.groupdict()
    month = written_dates.MONTHS[(parts["m1"] or parts["m2"]).casefold()]
    day = int(parts["d1"] or parts["d2"])
    ahead = True if _speaks_of_future(match, language) else None
    if not 1 <= day <= 31:
        return None
    year = days.nearest_year(anchor, month, day, ahead=ahead)
    return written_dates.iso(year, month, day)


def _month(match: re.Match[str], anchor: date, language: Language) -> str | None:
    parts = match.groupdict()
    month = written_dates.MONTHS[(parts["month"] or parts.get("month_") or "").casefold()]
    word = " ".join((parts.get("which") or parts.get("which2") or "").casefold().split())
    if word in language.last:
        year = anchor.year if month < anchor.month else anchor.year - 1
    elif word in language.next:
        year = anchor.year if month > anchor.month else anchor.year + 1
    else:
        ahead = True if _speaks_of_future(match, language) else None
        year = days.nearest_year(anchor, month, None, ahead=ahead)
    return f"{year:04d}-{month:02d}"


# --- Deadlines and stretches, as English law and business write them ------------------------


def _day_of_week(match: re.Match[str], anchor: date, language: Language) -> str | None:
    parts = match.groupdict()
    shift = {"last": -1, "this": 0, "next": 1}[(parts["w1"] or parts["w2"]).casefold()]
    monday = date.fromisoformat(days.week(anchor, shift).split("/")[0])
    weekday = language.weekdays[(parts["d1"] or parts["d2"]).casefold()]
    return (monday + timedelta(days=weekday)).isoformat()


def _within(match: re.Match[str], anchor: date, language: Language) -> str | None:
    count = language.number(match.group("count"))
    if count is None or count > 3660:
        return None
    if match.group("working"):
        return days.working_days_after(anchor, count).isoformat()
    return (anchor + timedelta(days=count)).isoformat()


def _asked_within(match: re.Match[str], anchor: date, language: Language) -> str | None:
    """A letter's own deadline runs from its date; a rule's ("within 30 days of ...") does not."""
    before = match.string[max(0, match.start() - FUTURE_REACH) : match.start()]
    after = match.string[match.end() : match.end() + 12]
    if not _ASKS.search(before) or re.match(r"\s+(?:of|from|after|following)\b", after, re.I):
        return None
    return _within(match, anchor, language)


def _first_working_day(match: re.Match[str], anchor: date, language: Language) -> str | None:
    found = written_dates.find(match.group("date"))
    if not found or len(found[0].date) != 10:
        return None
    day = date.fromisoformat(found[0].date)
    strictly = match.group("after").casefold() == "after"
    start = day if strictly else day - timedelta(days=1)
    return days.working_days_after(start, 1).isoformat()


def _part_of_year(match: re.Match[str], anchor: date, language: Language) -> str | None:
    year, which = int(match.group("year")), match.group("which").casefold()
    count = language.number(match.group("count") or "1") or 0
    unit = match.group("unit").casefold().rstrip("s")
    if unit == "month":
        if not 1 <= count <= 12:
            return None
        return (
            days.months(year, 1, count) if which == "first" else days.months(year, 13 - count, 12)
        )
    size = 6 if unit == "half" else 3
    order = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": 12 // size - 1}[which]
    if count != 1 or (order + 1) * size > 12:
        return None
    return days.months(year, order * size + 1, (order + 1) * size)


def _this_part(match: re.Match[str], anchor: date, language: Language) -> str | None:
    """ "Earlier this week" ends on the day of publication, "later this week" begins there."""
    unit = match.group("unit").casefold()
    whole = {"week": days.week(anchor), "month": days.month(anchor), "year": f"{anchor.year:04d}"}
    if unit != "week":
        return whole[unit]
    first, last = whole[unit].split("/")
    return (
        f"{first}/{anchor}" if match.group("part").casefold() == "earlier" else f"{anchor}/{last}"
    )


_ASKS = re.compile(r"\bplease\s+(?:respond|reply|answer|write|provide)\b[^.;]*$", re.I)
_RECKONED = re.compile(
    r"\b(?:days?|weeks?|months?|years?)\s+"
    r"(?:(?:after|before|from|prior to|following)\s+(?:the\s+)?)?$",
    re.I,
)
"""Words that make a date the start of a reckoning, which we do not follow."""
_STARTS = re.compile(r"(?:after|before|from)\b", re.I)
_COUNT = r"(?P<count>\d{1,4}|[a-z]+(?:-[a-z]+)?)"
_ENGLISH: tuple[tuple[str, Resolve], ...] = (
    (
        rf"\bwithin\s+{_COUNT}\s+(?P<working>business\s+|working\s+)?(?:calendar\s+)?days\s+"
        r"(?:of|from|after)\s+(?:the\s+)?date\s+of\s+this\s+\w+",
        _within,
    ),
    (rf"\bwithin\s+{_COUNT}\s+(?P<working>business\s+|working\s+)?days\b", _asked_within),
    (
        r"\b(?:the\s+)?first\s+(?:business|working)\s+day\s+(?P<after>on\s+or\s+after|after)"
        r"\s+(?P<date>[^\W\d_]{3,9}\.?\s+\d{1,2},?\s+\d{4}|\d{1,2}\s+[^\W\d_]{3,9}\s+\d{4})",
        _first_working_day,
    ),
    (
        r"\b(?:in\s+|during\s+)?the\s+(?P<which>first|second|third|fourth|last)\s+"
        r"(?:(?P<count>\d{1,2}|[a-z]+)\s+)?(?P<unit>months?|half|quarter)\s+of\s+(?P<year>\d{4})\b",
        _part_of_year,
    ),
    (
        rf"\b(?P<w1>last|this|next)\s+week\s+(?:on\s+)?(?P<d1>{relative_words.EN_DAYS})\b"
        rf"|\b(?:on\s+)?(?P<d2>{relative_words.EN_DAYS})\s+(?:of\s+)?(?P<w2>last|this|next)\s+week\b",
        _day_of_week,
    ),
    (r"\b(?P<part>earlier|later)\s+this\s+(?P<unit>week|month|year)\b", _this_part),
)
