"""A page fetched again: has it changed, in what, and does a later document replace an earlier?

What is suggested here is never done by itself: a person decides what replaces what.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from knowledge.types import Entry, Kind
from knowledge.web.connecting import USUAL_LIMITS, FetchLimits, Resolve, look_up
from knowledge.web.fetching import Page, Validators, fetch
from knowledge.web.robots import Robots

MAX_LINES = 200
"""Longest difference shown, in lines."""

_MAX_WORDS = 2_000  # difflib's time grows with the square of a paragraph's words


def fetch_again(
    url: str,
    known: Validators,
    limits: FetchLimits = USUAL_LIMITS,
    *,
    robots: Robots | None = None,
    resolve: Resolve = look_up,
) -> Page:
    """Fetch a page unless it is as it was: then `not_modified` is true and the body empty.

    With robots, the site's robots.txt is respected and its host not visited too often: for a
    run over many pages. Raises FetchRefused.
    """
    if robots is not None:
        robots.admit(url)
    return fetch(url, limits, conditional=known, resolve=resolve)


# --- What has changed ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """What is new in a text, by paragraphs."""

    added: int
    removed: int
    changed: int
    lines: tuple[str, ...]
    """"+ new paragraph", "- old paragraph", "~ words [-gone-] and {+new+}"; "…" stands for
    paragraphs in between that are the same."""

    @property
    def summary(self) -> str:
        """One line: "2 paragraphs changed, 1 added"."""
        counts = ((self.changed, "changed"), (self.added, "added"), (self.removed, "removed"))
        told = [f"{count} {verb}" for count, verb in counts if count]
        if not told:
            return "no words changed"
        first = next(count for count, _ in counts if count)
        noun = "paragraph" if first == 1 else "paragraphs"
        return ", ".join([told[0].replace(" ", f" {noun} ", 1), *told[1:]])

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def difference(old: str, new: str) -> Difference:
    """Compare two texts paragraph by paragraph, changed ones word by word. White space is equal."""
    before, after = _paragraphs(old), _paragraphs(new)
    added = removed = changed = 0
    lines: list[str] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            if lines and lines[-1] != "…":
                lines.append("…")
            continue
        for one, other in _pairs(before[i:j], after[k:m]):
            if one is None:
                added += 1
                lines.append(f"+ {other}")
            elif other is None:
                removed += 1
                lines.append(f"- {one}")
            else:
                changed += 1
                lines.append(f"~ {_words(one, other)}")
    while lines and lines[-1] == "…":
        lines.pop()
    if len(lines) > MAX_LINES:
        rest = len(lines) - MAX_LINES
        lines = [*lines[:MAX_LINES], f"… and {rest} further lines"]
    return Difference(added, removed, changed, tuple(lines))


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def _pairs(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
    """Changed paragraphs beside what they became; those without a partner beside None.

    Partners are looked for in order; half of the words must be the same.
    """
    waiting = list(after)
    for one in before:
        words = set(one.split())
        partner = next(
            (
                at
                for at, other in enumerate(waiting[:5])
                if 2 * len(words & set(other.split())) >= max(len(words), len(set(other.split())))
            ),
            None,
        )
        if partner is None:
            yield one, None
            continue
        for other in waiting[:partner]:
            yield None, other
        yield one, waiting[partner]
        waiting = waiting[partner + 1 :]
    for other in waiting:
        yield None, other


def _words(one: str, other: str) -> str:
    """One paragraph with what went in [-...-] and what came in {+...+}."""
    before, after = one.split(), other.split()
    if len(before) > _MAX_WORDS or len(after) > _MAX_WORDS:
        return other
    parts: list[str] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            parts.extend(before[i:j])
            continue
        if i < j:
            parts.append(f"[-{' '.join(before[i:j])}-]")
        if k < m:
            parts.append(f"{{+{' '.join(after[k:m])}+}}")
    return " ".join(parts)


# --- What may replace what -------------------------------------------------------------------

_ONE_OF_MANY = frozenset({Kind.ARTICLE, Kind.SPEECH})
"""Kinds whose author writes many beside each other; none replaces another."""

_NOT_CORE = re.compile(
    r"""^(?:re|subject|betreff|oggetto|objet|asunto)\s*:
    |\b(?:as\ )?(?:amended|revised|updated|corrected|final|draft|supplement(?:al|ary)?
      |resubmitted)\b
    |\b(?:amendment|revision|version|draft|v)\s*(?:no\.?|number)?\s*\d+(?:\.\d+)*\b
    |\b(?:on\ |of\ |dated\ )?(?:\d{1,2}\.?\s+)?(?:january|february|march|april|may|june|july|august
      |september|october|november|december)(?:\s+\d{1,2})?,?\s+\d{4}\b
    |\b\d{4}-\d{2}-\d{2}\b|\.(?:pdf|docx?|html?|txt|md)$""",
    re.IGNORECASE | re.VERBOSE,
)
_LEGAL_FORM = re.compile(
    r"\b(?:the|inc|incorporated|llc|llp|ltd|limited|corp|corporation|co|company|plc|gmbh|ag|sa|nv)\b"
)
_COUNTRY = re.compile(r"^(?:us|usa|united states)\s+")

Names = Mapping[str, Sequence[str]]
"""Acronyms that the documents explained, with what they stand for: {"BA": ["Bridge Alliance"]}.
One that stands for several things is not resolved."""
NO_NAMES: Names = MappingProxyType({})


def likely_replacement(
    entry: Entry, entries: Iterable[Entry], names: Names = NO_NAMES
) -> Entry | None:
    """The document that likely replaces an entry: the newest of those that may; else None.

    Same library, author, addressee and subject, and a later date. `names` are what the
    documents taught. Suggest it; do not set it.
    """
    newer = [other for other in entries if _may_replace(other, entry, names)]
    return max(newer, key=_order, default=None)


def likely_replaced(
    entry: Entry, entries: Iterable[Entry], names: Names = NO_NAMES
) -> Entry | None:
    """The document that an entry likely replaces: the newest of those that it may; else None."""
    older = [other for other in entries if _may_replace(entry, other, names)]
    return max(older, key=_order, default=None)


def _may_replace(newer: Entry, older: Entry, names: Names) -> bool:
    new, old = newer.particulars, older.particulars
    if newer.id == older.id or newer.library != older.library:
        return False
    if newer.replaced_by or older.replaced_by or new.kind in _ONE_OF_MANY or new.kind != old.kind:
        return False
    if new.kind is Kind.LETTER and not (new.addressee and old.addressee):
        return False
    core = _core(new.title)
    return (
        bool(_name(new.author, names))
        and _name(new.author, names) == _name(old.author, names)
        and _name(new.addressee, names) == _name(old.addressee, names)
        and len(core) >= 2  # "Letter" alone says nothing about its subject
        and core == _core(old.title)
        and _is_later(new.date, old.date)
    )


def _core(title: str | None) -> list[str]:
    """The words of a title that name its subject: without "Re:", dates and version marks."""
    core = _NOT_CORE.sub(" ", (title or "").strip())
    return re.findall(r"\w+", _NOT_CORE.sub(" ", core.strip()).casefold())


def _name(name: str | None, names: Names) -> str:
    """A name in full, without legal form, country, marks or the acronym in brackets behind it."""
    short = re.sub(r"^the\s+", "", (name or "").strip(), flags=re.IGNORECASE)
    known = names.get(short, ())
    if len({_plain(long) for long in known}) == 1:
        short = known[0]
    return _plain(re.sub(r"\s*\([^()]*\)$", "", short) or short)


def _plain(name: str) -> str:
    plain = re.sub(r"[^\w\s]", "", name.casefold())
    return " ".join(_COUNTRY.sub("", " ".join(_LEGAL_FORM.sub(" ", plain).split())).split())


def _is_later(date: str | None, other: str | None) -> bool:
    """Whether a date is later for certain: "2026" is not later than "2026-03"."""
    if not date or not other:
        return False
    digits = min(len(date), len(other))
    return date[:digits] > other[:digits]


def _order(entry: Entry) -> tuple[str, str]:
    return entry.particulars.date or "", entry.id
