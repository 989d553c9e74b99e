"""Acronyms that the documents themselves explain: "Blockchain Association (BA)".

Learned one document at a time, kept with it, merged per library. The long form is
found by matching letters from the right (Schwartz and Hearst, PSB 2003).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from knowledge.text import bag, stems

_SHORT = r"[A-Z][A-Za-z0-9&./-]{0,10}[A-Z0-9]s?|[a-z]{1,2}[A-Z][A-Za-z0-9]*[A-Z]"
_IN_BRACKETS = re.compile(
    rf"\((?:the |or |together, )?[“\"'‘]?({_SHORT})[”\"'’]?(?:[,;] [^()]{{0,60}})?\)"
)
_EXPLAINED = re.compile(rf"(?<!\w)({_SHORT}) \(((?:[\w’'&.-]+ ){{1,8}}[\w’'&.-]+)\)")
_WORDS = re.compile(r"[\w’'&./-]+")
_ROMAN = re.compile(r"[IVX]+")
_LEADING = bag(
    """the a an of and for in on at by to from with under through between via our its their his
    another so-called called as or that this these those both either each new said while"""
)

_COMMON = {
    "EO": "Executive Order",
    "ATS": "alternative trading system",
    "RFI": "request for information",
    "NPRM": "notice of proposed rulemaking",
    "P&L": "profit and loss",
    "SG&A": "selling, general and administrative",
    "D&A": "depreciation and amortization",
    "R&D": "research and development",
    "COGS": "cost of goods sold",
    "EPS": "earnings per share",
    "ROA": "return on assets",
    "ROE": "return on equity",
    "AGM": "annual general meeting",
    "YoY": "year over year",
    "EBITDA": "earnings before interest, taxes, depreciation and amortization",
}
"""Legal and financial English that documents take for granted.

No organisations: those the documents teach."""

MAX_LONG_WORDS = 10
"""A long form has at most min(|short| + 5, 2 |short|) words in the paper; ten bounds both."""


def learn(text: str) -> dict[str, str]:
    """Return the acronyms a text explains, as {short: long}, the first explanation of each.

    Only forms with two capitals count: "(the “Company”)" holds in one letter alone and
    would mislead a library. A plural "AMMs" is kept in the singular.
    """
    found: dict[str, str] = {}
    for short, long in _explanations(text):
        if short not in found and not _ROMAN.fullmatch(short):
            found[short] = long
    return found


def _explanations(text: str) -> Iterator[tuple[str, str]]:
    for match in _IN_BRACKETS.finditer(text):
        short = _singular(match.group(1))
        if sum(c.isupper() for c in short) < 2:
            continue
        before = text[max(0, match.start() - 160) : match.start()].rstrip().rstrip(",")
        before = re.split(r"\n\s*\n|[;:!?•]|\. (?=[A-Z][a-z])", before)[-1]
        long = _long_form(short, _WORDS.findall(before))
        if long:
            yield short, long
    for match in _EXPLAINED.finditer(text):
        short = _singular(match.group(1))
        if sum(c.isupper() for c in short) < 2:
            continue
        long = _long_form(short, _WORDS.findall(match.group(2)))
        if long and long == " ".join(_WORDS.findall(match.group(2))):
            yield short, _singular_phrase(long) if match.group(1).endswith("s") else long


def _singular(short: str) -> str:
    return short[:-1] if short.endswith("s") and short[:-1].isupper() else short


def _singular_phrase(long: str) -> str:
    return long[:-1] if long.endswith("s") and not long.endswith("ss") else long


def _long_form(short: str, words: list[str]) -> str | None:
    """Match the letters of `short` from the right; the first letter must begin a word."""
    letters = [c.lower() for c in short if c.isalnum()]
    if len(letters) < 2:
        return None
    window = words[-min(len(letters) + 5, 2 * len(letters), MAX_LONG_WORDS) :]
    initials = _by_initials(letters, window)
    if initials:
        return initials
    joined = " ".join(window)
    at = len(joined) - 1
    for index in range(len(letters) - 1, -1, -1):
        while at >= 0 and (
            joined[at].lower() != letters[index]
            or (index == 0 and at > 0 and joined[at - 1].isalnum())
        ):
            at -= 1
        if at < 0:
            return None
        at -= 1
    long = joined[at + 1 :]
    first = long.split(" ")[0]
    if (
        first.lower() in _LEADING
        or len(long) <= len(short)
        or short.lower() in long.lower().split()
    ):
        return None
    # Letters picked from the middle of words are chance more often than not in prose:
    # most of the capitals must begin words.
    starts = [w[0].lower() for w in re.split(r"[ /-]", long) if w]
    hits = sum(1 for c in set(letters) if c in starts)
    return long if hits * 3 >= len(set(letters)) * 2 else None


def _by_initials(letters: list[str], words: list[str]) -> str | None:
    """Return the ending of `words` whose initials are `letters`: first with every word, then
    without the small ones ("Freedom of Information Act", "Office of Management and Budget")."""
    for skips in (False, True):
        at = len(letters) - 1
        for place in range(len(words) - 1, -1, -1):
            word = words[place]
            if skips and word.lower() in _LEADING:
                continue
            initials = [part[0].lower() for part in re.split(r"[-/]", word) if part]
            count = len(initials)
            if at >= count - 1 and letters[at - count + 1 : at + 1] == initials:
                at -= count
            elif initials and initials[0] == letters[at]:
                at -= 1
            else:
                break
            if at < 0:
                return " ".join(words[place:])
    return None


@dataclass(frozen=True)
class Glossary:
    """What the visible libraries explain; one short form may have several long ones."""

    longs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Short form to long forms, the most often explained first."""

    def expansions(self, short: str) -> tuple[str, ...]:
        """Return the long forms of an acronym, exactly as written or in capitals; often empty."""
        longs = self.longs.get(short) or self.longs.get(_singular(short))
        return longs or ((_COMMON[short],) if short in _COMMON else ())

    def shorts(self, long: str) -> tuple[str, ...]:
        """Return the acronyms of a full name, sorted."""
        return self._shorts.get(_key(long), ())

    @cached_property
    def _shorts(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """By the stems of a long form; a thousand forms take 30 ms, so once a glossary."""
        found: dict[tuple[str, ...], set[str]] = {}
        for short, longs in self.longs.items():
            for long in longs:
                found.setdefault(_key(long), set()).add(short)
        return {key: tuple(sorted(shorts)) for key, shorts in found.items()}


def merge(rows: Iterable[tuple[str, str]]) -> Glossary:
    """Join the (short, long) rows of many documents into one glossary.

    "U.S. Securities and Exchange Commission" and "Securities and Exchange Commission"
    are one long form: the more frequent spelling stays. Really different ones all stay.
    """
    counts: dict[str, dict[str, int]] = {}
    for short, long in rows:
        forms = counts.setdefault(short, {})
        forms[long] = forms.get(long, 0) + 1
    longs: dict[str, tuple[str, ...]] = {}
    for short, forms in counts.items():
        kept: list[str] = []
        for form in sorted(forms, key=lambda f: (-forms[f], f)):
            if not any(_same(form, other) for other in kept):
                kept.append(form)
        longs[short] = tuple(kept)
    return Glossary(longs)


def initials(name: str) -> str:
    """Return the initials of a name, small words and "U.S." left out: "SEC", "STA"."""
    words = [w for w in _WORDS.findall(name) if w.lower() not in _LEADING and "." not in w]
    return "".join(w[0] for w in words if w[0].isupper())


def _key(long: str) -> tuple[str, ...]:
    return tuple(stems(long))


def _same(one: str, other: str) -> bool:
    a, b = set(_key(one)), set(_key(other))
    return a <= b or b <= a
