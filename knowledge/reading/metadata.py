"""What a document is: title, publisher, author, addressee, dates and kind.

In this order: what the format states, labelled lines at the head, official heads, a letter's
parts, a pasted page's byline, the file's properties. Unknown stays unknown.
"""

from __future__ import annotations

from dataclasses import replace

from knowledge.reading import kinds, labelled, letterhead, official, properties, written_dates
from knowledge.reading.furniture import bylines
from knowledge.reading.loaders.types import Loaded
from knowledge.types import Block, Kind, Particulars

PAGES = frozenset({"html", "text", "markdown"})
TITLE_CHARS = 250


def read(loaded: Loaded, *, name: str | None, url: str | None) -> Particulars:
    """The particulars of a cleaned document; `name` is a display name, `url` where it came from.

    What the format states explicitly wins over everything read from the text.
    """
    blocks = loaded.blocks
    fields = labelled.read(blocks)
    known = labelled.fill(
        loaded.particulars,
        labelled.particulars(labelled.named(_stated(loaded))),
    )
    listed = "author" in fields and bool({"publisher", "url"} & fields.keys())
    head = official.read(blocks)
    letter = None if head or listed else letterhead.read(blocks)
    byline = _byline(loaded)
    sources = [source for source in (head, letter, byline) if source is not None]
    known = labelled.fill(known, _labelled(fields, letter is not None), *sources)
    known = labelled.fill(known, _speech(blocks), _properties(loaded))
    # A record without a title goes by the id it gives itself.
    title = known.title or _title(blocks) or _stated(loaded).get("id")
    known = replace(known, url=known.url or url, title=title)
    # Sites call every page an article; what its head says is more exact.
    unsure = known.kind is Kind.OTHER or (loaded.format == "html" and known.kind is Kind.ARTICLE)
    if unsure and head is None:
        known = replace(known, kind=_kind(loaded, known, listed, byline is not None))
    return known


def _stated(loaded: Loaded) -> dict[str, str]:
    """Front matter and records state what they say; properties of files only hint."""
    return dict(loaded.hints) if loaded.format in ("markdown", "yaml", "json", "csv") else {}


def _labelled(fields: dict[str, str], letter: bool) -> Particulars:
    """Labelled lines; in a letter "To" and "Re" are the letter's own."""
    if letter:
        fields = {name: value for name, value in fields.items() if name not in ("title", "url")}
    return labelled.particulars(fields)


def _byline(loaded: Loaded) -> Particulars | None:
    """What the byline of a pasted page says, which cleaning has set aside."""
    if loaded.format not in PAGES:
        return None
    site = False
    for part in loaded.set_aside:
        site = site or part.reason in ("related articles", "question and answer", "abstract")
        if part.reason == bylines.REASON and bylines.is_byline(part.text):
            found = bylines.read(part.text)
            first = loaded.blocks[0].text if loaded.blocks else ""
            title = first if first and "\n" not in first and len(first) <= TITLE_CHARS else None
            return replace(found, title=title, kind=Kind.ARTICLE)
    # Pasted with what a site puts around its articles, it is one, byline or not.
    return Particulars(kind=Kind.ARTICLE) if site and loaded.format != "html" else None


def _speech(blocks: tuple[Block, ...]) -> Particulars:
    speaker = kinds.speaker(blocks)
    if speaker is None:
        return Particulars()
    dates = (written_dates.only(block.text) for block in blocks[:12])
    return Particulars(
        author=speaker, date=next((date for date in dates if date), None), kind=Kind.SPEECH
    )


def _properties(loaded: Loaded) -> Particulars:
    hints = loaded.hints
    return Particulars(
        title=properties.title(hints.get("title")),
        author=properties.author(hints.get("author") or hints.get("company")),
        publisher=properties.author(hints.get("publisher") or hints.get("company")),
    )


def _title(blocks: tuple[Block, ...]) -> str | None:
    """The first heading, where it comes before the text."""
    for block in blocks[:8]:
        text = " ".join(block.text.split())
        if block.role == "heading" and 3 <= len(text) <= TITLE_CHARS:
            return text
    return None


def _kind(loaded: Loaded, known: Particulars, listed: bool, pasted: bool) -> Kind:
    kind = kinds.guess(loaded.blocks, known.title, listed)
    if kind is not Kind.OTHER:
        return kind
    dated = loaded.format == "html" and known.date and (known.publisher or known.author)
    return Kind.ARTICLE if pasted or dated else known.kind
