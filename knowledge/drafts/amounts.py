"""Numbers, money, percentages, dates and rule numbers as values that can be compared. Pure.

"$1.5 million", "US$1,500,000" and "1.5m dollars" are one amount; "8 April 2026" and
"2026-04-08" one date. Nothing is guessed: what cannot be read as a value is not returned.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH_OF = {name: place for place, name in enumerate(MONTHS, 1)}
_MONTH_OF |= {name[:3]: place for place, name in enumerate(MONTHS, 1)} | {"sept": 9}
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"  # noqa: E501
_DAY = r"(?:[0-2]?\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?:1[6-9]|20|21)\d\d"

_UNITS = {
    w: n
    for n, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS = {
    w: 10 * n
    for n, w in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2
    )
}
_ORDINALS = {
    "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "twice": 2,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}  # fmt: skip  # noqa: E501
_SHORT_SCALES = {"k": 10**3, "m": 10**6, "mn": 10**6, "mm": 10**6, "b": 10**9, "bn": 10**9, "tn": 10**12}  # fmt: skip  # noqa: E501
_CURRENCIES = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD",
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR",
    "£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP",
    "¥": "JPY", "jpy": "JPY", "yen": "JPY", "chf": "CHF", "francs": "CHF",
    "c$": "CAD", "cad": "CAD", "a$": "AUD", "aud": "AUD", "cents": "cents", "cent": "cents",
}  # fmt: skip

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
# "10-K" is a form, "10k" ten thousand: a short scale must touch its figure.
_LONG_SCALE = r"(?:hundred|thousand|million|billion|trillion)"
_SCALE = rf"(?:[\s-]?{_LONG_SCALE}|(?:mn|mm|bn|tn|[kmb]))"
_WORD_NUMBER = "|".join([*sorted(_UNITS, key=len, reverse=True), *_TENS, "hundred", "thousand", "million", "billion", "trillion"])  # fmt: skip  # noqa: E501

_PATTERNS = re.compile(
    rf"""
    (?P<iso>\b{_YEAR}-\d\d(?:-\d\d)?\b)
  | (?P<mdy>\b{_MONTH}\s+{_DAY}(?:,?\s+{_YEAR})?\b)
  | (?P<dmy>\b{_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?(?!\w))
  | (?P<my>\b{_MONTH},?\s+{_YEAR}\b)
  | (?P<slash>\b\d{{1,2}}/\d{{1,2}}/(?:\d{{4}}|\d\d)\b)
  | (?P<rule>(?:§\s*)?\b[A-Za-z]?\d+[A-Za-z]?(?:[.-]\d*[A-Za-z]*\d+[A-Za-z]*)*(?:\([0-9A-Za-z]{{1,5}}\))+
      | \b\d+(?:\.\d+){{2,}}\b | \b\d+[A-Za-z]{{1,2}}\d*-\d+[A-Za-z]?\b | \b\d+-\d+(?:-\d+)+\b)
  | (?P<money>(?:(?:us|c|a)\$|[$€£¥]|\b(?:usd|eur|gbp|jpy|chf|cad|aud)\s)\s?(?:{_DIGITS})(?:{_SCALE}\b)?
      | \b(?:{_DIGITS})(?:{_SCALE})?\s?(?:(?:us\s)?dollars?|euros?|pounds|yen|francs|cents?|usd|eur|gbp|jpy|chf|€)(?!\w))
  | (?P<percent>\b(?:{_DIGITS})\s?(?:%|per\s?cent(?:age\s+points?)?\b|bps\b|basis\s+points?\b))
  | (?P<figure>(?<![\w.])(?:{_DIGITS})(?:{_SCALE}\b|st\b|nd\b|rd\b|th\b)?(?![\d]))
  | (?P<words>\b(?:{_WORD_NUMBER})(?:(?:[\s-]|\sand\s)(?:{_WORD_NUMBER}))*(?:\s+(?:per\s?cent|percent|dollars|euros))?\b)
  | (?P<ordinal>\b(?:{"|".join(_ORDINALS)})\b)
    """,  # noqa: E501
    re.IGNORECASE | re.VERBOSE,
)
_ABOUT = re.compile(
    r"\b(?:about|around|roughly|approximately|nearly|almost|some|over|more than|less than|under|circa)\s*(?:us)?[$€£¥]?\s*$",  # noqa: E501
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Amount:
    """One value of a text. `kind`: number | money | percent | date | rule."""

    kind: str
    value: Fraction
    """The number; for a date 0."""
    unit: str
    """Currency of money; a date as YYYY[-MM[-DD]] or --MM-DD; a rule number in lower case."""
    text: str
    start: int
    end: int
    about: bool = False
    """True after "about", "more than" and the like: a rounded value will do."""


def amounts(text: str) -> list[Amount]:
    """Return the amounts of a text in order. "one" and "first" alone are not amounts."""
    return list(_read(text))


def _read(text: str) -> Iterator[Amount]:
    for match in _PATTERNS.finditer(text):
        group = match.lastgroup or ""
        written = match.group(0)
        about = bool(_ABOUT.search(text, max(0, match.start() - 24), match.start()))
        for kind, value, unit in _values(group, written):
            yield Amount(kind, value, unit, written, match.start(), match.end(), about)


def _values(group: str, written: str) -> Iterator[tuple[str, Fraction, str]]:
    lower = written.lower()
    if group in ("iso", "mdy", "dmy", "my", "slash"):
        for date in _dates(group, lower):
            yield "date", Fraction(0), date
    elif group == "rule":
        yield "rule", Fraction(0), re.sub(r"[§\s]", "", lower)
    elif group == "money":
        yield "money", _figure(lower), _currency(lower)
    elif group == "percent":
        scale = Fraction(1, 100) if re.search(r"bps|basis", lower) else Fraction(1)
        yield "percent", _figure(lower) * scale, "%"
    elif group == "figure":
        yield "number", _figure(lower), ""
    elif group == "words":
        yield from _from_words(lower)
    elif group == "ordinal":
        yield "number", Fraction(_ORDINALS[lower]), ""


def _dates(group: str, written: str) -> Iterator[str]:
    if group == "iso":
        yield written
        return
    digits = [int(d) for d in re.findall(r"\d+", written)]
    if group == "slash":
        first, second, year = digits
        year += 2000 if year < 100 else 0
        # 4/8/2026 is April in the United States, August elsewhere: either reading holds.
        for month, day in sorted({(first, second), (second, first)}):
            if 1 <= month <= 12 and 1 <= day <= 31:
                yield f"{year}-{month:02d}-{day:02d}"
        return
    word = re.search(r"[a-z]{3,}", re.sub(r"\d+(?:st|nd|rd|th)", " ", written))
    month = _MONTH_OF[word.group(0)] if word and word.group(0) in _MONTH_OF else 0
    if not month:
        return
    if group == "my":
        yield f"{digits[-1]}-{month:02d}"
    elif len(digits) > 1:
        yield f"{digits[-1]}-{month:02d}-{digits[0]:02d}"
    else:
        yield f"--{month:02d}-{digits[0]:02d}"


def _figure(written: str) -> Fraction:
    digits = re.search(_DIGITS, written)
    assert digits is not None, "every pattern of figures holds digits"
    value = Fraction(digits.group(0).replace(",", ""))
    scale = re.match(rf"{_SCALE}(?![a-z])", written[digits.end() :])
    if scale:
        word = scale.group(0).strip(" -\n\t\u00a0")
        value *= _SCALES.get(word) or _SHORT_SCALES[word]
    return value


def _currency(written: str) -> str:
    for mark in re.findall(r"(?:us|c|a)\$|[$€£¥]|[a-z]+", written):
        if mark in _CURRENCIES:
            return _CURRENCIES[mark]
    return ""


def _from_words(written: str) -> Iterator[tuple[str, Fraction, str]]:
    words = re.findall(r"[a-z]+", written)
    total = current = 0
    for word in words:
        if word in _UNITS:
            current += _UNITS[word]
        elif word in _TENS:
            current += _TENS[word]
        elif word == "hundred":
            current = max(1, current) * 100
        elif word in _SCALES:
            total += max(1, current) * _SCALES[word]
            current = 0
    total += current
    if words == ["one"]:
        return
    if words[-1] in ("percent", "cent"):
        yield "percent", Fraction(total), "%"
    elif words[-1] in ("dollars", "euros"):
        yield "money", Fraction(total), _CURRENCIES[words[-1]]
    else:
        yield "number", Fraction(total), ""


def missing(
    claimed: Iterable[Amount], evidence: Sequence[Amount], dates: Iterable[str] = ()
) -> list[Amount]:
    """Return the claimed amounts that the evidence does not hold, in order.

    `dates` (YYYY[-MM[-DD]]) are further dates that may be named: the documents' own and
    those to which the cited sentences' relative dates resolve. A coarser date holds
    ("April 2026" for 8 April 2026), a finer one does not; a rounded value holds after
    "about"; a rule may be named without its last paragraphs; a year is a date or a number.
    """
    known = [a.unit for a in evidence if a.kind == "date"] + list(dates)
    return [amount for amount in claimed if not _held(amount, evidence, known)]


def _held(amount: Amount, evidence: Sequence[Amount], dates: Sequence[str]) -> bool:
    if amount.kind == "date":
        return any(_covers(date, amount.unit, dates) for date in dates)
    if amount.kind == "rule":
        bare = amount.unit
        return any(
            other.kind == "rule" and (other.unit == bare or other.unit.startswith(bare + "("))
            for other in evidence
        )
    for other in evidence:
        if other.kind in ("date", "rule"):
            continue
        same_kind = amount.kind in (other.kind, "number") and amount.unit in (other.unit, "")
        if same_kind and (other.value == amount.value or (amount.about and _rounds(other, amount))):
            return True
    if amount.kind == "number" and amount.value.denominator == 1:
        plain = str(amount.value)
        if any(date.startswith(plain + "-") or date == plain for date in dates):
            return True  # a year
        return any(other.kind == "rule" and re.match(rf"{plain}(?!\w)", other.unit) for other in evidence)  # fmt: skip  # noqa: E501
    return False


def _covers(known: str, claimed: str, dates: Sequence[str]) -> bool:
    if known == claimed or known.startswith(claimed + "-"):
        return True
    if claimed.startswith("--"):
        return known.endswith(claimed[1:])
    if known.startswith("--") and len(claimed) == 10 and claimed.endswith(known[1:]):
        # "April 8" in the source, "April 8, 2026" in the draft: the year must be stated somewhere.
        return any(date.startswith(claimed[:4]) for date in dates)
    return False


def _rounds(exact: Amount, rounded: Amount) -> bool:
    """True if `rounded` is `exact` rounded to its own last digit that is not zero.

    "about 1.5 million" for 1,523,000; not "about 29" for 28, nor "about 100" for 90: at
    most 5 % off, and a value that the source itself calls approximate is not rounded again
    (our own choice, November 2026).
    """
    value, unit = rounded.value, Fraction(1)
    if not value or exact.about or abs(exact.value - value) * 20 > exact.value:
        return False
    while (value / unit).denominator != 1:
        unit /= 10
    while (value / (unit * 10)).denominator == 1:
        unit *= 10
    return abs(exact.value - value) * 2 <= unit
