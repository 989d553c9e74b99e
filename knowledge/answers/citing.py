"""Where a quotation can be looked up: links to the very words, dates and sources in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from knowledge.answers.phrases import MONTHS, say
from knowledge.types import Citation, Document, Kind, Particulars

MAX_LINK = 512
"""Longer links are cut to the bare address, in characters: a Discord button takes 512."""

FRAGMENT_WORDS = 5
"""Words of the quotation's beginning and end that the link names; five are nearly always unique."""


def link(url: str | None, text: str, locator: str | None = None) -> str | None:
    """Return the address of a quotation: `#page=` for a PDF, else `#:~:text=start,end`.

    None without an http(s) url; the bare url when the whole is longer than MAX_LINK.
    Browsers match fragments by whole words and ignore one that they do not find
    (https://wicg.github.io/scroll-to-text-fragment/).
    """
    if not url or urlsplit(url).scheme not in ("http", "https"):
        return None
    bare = url.split("#", 1)[0]
    page = re.search(r"\bpages? (\d+)", locator or "")
    path = urlsplit(bare).path.lower()
    if path.endswith(".pdf"):
        whole = f"{bare}#page={page.group(1)}" if page else bare
        return whole if len(whole) <= MAX_LINK else bare
    words = " ".join(text.split("\n\n")[0].split()).split(" ")
    last = " ".join(text.split("\n\n")[-1].split()).split(" ")
    if len(words) <= 2 * FRAGMENT_WORDS and "\n\n" not in text:
        fragment = _escaped(words)
    else:
        fragment = f"{_escaped(words[:FRAGMENT_WORDS])},{_escaped(last[-FRAGMENT_WORDS:])}"
    whole = f"{bare}#:~:text={fragment}"
    return whole if len(whole) <= MAX_LINK else bare


def _escaped(words: Sequence[str]) -> str:
    # "-" and "," have a meaning inside a text fragment.
    return quote(" ".join(words), safe="").replace("-", "%2D")


def date_in_words(date: str | None, locale: str = "en") -> str | None:
    """Return "8 April 2026" for 2026-04-08, "April 2026" for 2026-04; other text unchanged.

    A stretch `first/last` becomes "30 March to 5 April 2026".
    """
    if not date:
        return None
    if "/" in date:
        first, last = date.split("/", 1)
        one, other = date_in_words(first, locale) or "", date_in_words(last, locale) or ""
        if one[-4:] == other[-4:]:
            one = one[:-5]
        return say("from_to", locale, first=one, last=other)
    match = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", date)
    if not match or (match.group(2) and not 1 <= int(match.group(2)) <= 12):
        return date
    year, month, day = match.groups()
    if not month:
        return year
    name = MONTHS[locale if locale in MONTHS else "en"][int(month) - 1]
    return f"{int(day)} {name} {year}" if day else f"{name} {year}"


def locator_at(document: Document, start: int, end: int) -> str | None:
    """Return "page 3" or a section's number or heading for a span; None where there is neither."""
    inside = [s for s in document.sections if s.start < end and s.end > start]
    pages = sorted({s.page for s in inside if s.page is not None})
    if pages:
        return f"page {pages[0]}" if len(pages) == 1 else f"pages {pages[0]}-{pages[-1]}"
    for section in inside:
        if section.number or section.heading:
            return section.number or section.heading
    return None


def cite(document: Document, start: int, end: int, *, number: int, speaker: str | None) -> Citation:
    """Return the citation of `document.text[start:end]`, checked against the text.

    Raises AssertionError if the span is empty or out of range: a bug, never a user's fault.
    """
    words = document.text[start:end]
    assert 0 <= start < end <= len(document.text), "a quotation must be a span of its text"
    entry, about = document.entry, document.entry.particulars
    locator = locator_at(document, start, end)
    recognised = any(s.recognised for s in document.sections if s.start < end and s.end > start)
    return Citation(
        number=number,
        quote=words,
        speaker=speaker,
        document_id=entry.id,
        title=about.title,
        publisher=about.publisher,
        author=about.author,
        date=about.date,
        kind=str(about.kind),
        url=about.url,
        link=link(about.url, words, locator),
        locator=locator,
        start=start,
        end=end,
        replaced_by=entry.replaced_by,
        replaced_on=entry.replaced_on,
        recognised=recognised,
        excerpt=entry.excerpt,
    )


def source_line(
    about: Particulars,
    number: int,
    *,
    source: str | None = None,
    locator: str | None = None,
    letter_missing: bool = False,
    replaced_on: str | None = None,
    recognised: bool = False,
    excerpt: bool = False,
    locale: str = "en",
) -> str:
    """Return "[1] AMBCrypto, 8 April 2026, article; the letter itself is not in this record".

    `recognised` says that what is quoted was read from a picture, `excerpt` that the source
    showed only a part of the document. States metadata only. The title, else the file's
    name, stands in where neither publisher nor author is known.
    """
    who = about.publisher if about.kind is Kind.SUMMARY else None
    who = who or about.issuer or _short(about.title) or source or say("untitled", locale)
    kind = say(f"kind_{about.kind}", locale)
    if about.kind is Kind.SUMMARY and about.author and about.author != who:
        kind = say("summary_of", locale, author=about.author)
    elif about.kind in (Kind.LETTER, Kind.STATEMENT) and about.addressee:
        kind = say("kind_to", locale, kind=kind, addressee=about.addressee)
    elif (
        about.kind in (Kind.BILL, Kind.RULE, Kind.SPEECH, Kind.RELEASE)
        and about.title
        and who != _short(about.title)
    ):
        kind = f"{kind} “{_short(about.title)}”"
    if about.kind is Kind.OTHER:
        kind = f"“{_short(about.title)}”" if about.title and _short(about.title) != who else ""
    parts = [
        who,
        date_in_words(about.date, locale) or say("undated", locale),
        kind,
        _place(locator),
    ]
    line = f"[{number}] " + ", ".join(p for p in parts if p)
    if letter_missing:
        line += "; " + say("letter_missing", locale)
    if replaced_on:
        line += "; " + say("replaced", locale, date=date_in_words(replaced_on, locale) or "")
    if recognised:
        line += "; " + say("recognised", locale)
    if excerpt:
        line += "; " + say("excerpt", locale)
    return line


def document_line(citation: Citation, locale: str = "en") -> str | None:
    """Return "Comment on Release 34-1, The Digital Chamber, 20 April 2026"; None if untold."""
    facts = (_short(citation.title), citation.issuer, date_in_words(citation.date, locale))
    return ", ".join(dict.fromkeys(fact for fact in facts if fact)) or None


def frame(about: Particulars) -> str:
    """Return in whose name, to whom and when a document speaks: what its passages do not repeat."""
    facts = (about.title, about.author, about.publisher, about.addressee, date_in_words(about.date))
    return " | ".join(fact for fact in facts if fact)


def _place(locator: str | None) -> str | None:
    if locator and re.match(r"pages? \d|(?:Sec|Art|Rule|§)", locator):
        return locator
    return None


def _short(title: str | None, limit: int = 70) -> str | None:
    if not title or len(title) <= limit:
        return title
    return title[:limit].rsplit(" ", 1)[0].rstrip(",;: ") + "…"
