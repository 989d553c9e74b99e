"""What goes into a loader and what comes out. Standard library only; frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from knowledge.types import Block, Particulars, SetAside


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """What is known about the bytes beside the bytes. Any of it may be wrong."""

    name: str | None = None
    """The display name of the file; never a path to open."""
    url: str | None = None
    """The address the bytes came from, after redirects."""
    media_type: str | None = None
    """As the server declared it, parameters included: `text/html; charset=windows-1252`."""
    password: str | None = None
    """Opens an encrypted PDF."""
    excerpt: bool = False
    """Whether the part that a page with a paywall shows is taken, marked as an excerpt."""
    recognise: bool = True
    """Whether pages without text go through character recognition, where it is installed."""
    recognise_pages: int = 60
    """At most this many pages of one document are recognised; the rest is named in a warning."""
    recognise_seconds: float = 120.0
    """Seconds that recognition may take for one document, all pages together."""
    recognition_starts: Callable[[], None] | None = None
    """Called once before the first page is recognised: it may extend a deadline."""
    tell: Callable[[int, int], None] | None = None
    """Told how many pages were read, and how many there are; often, so it must be quick."""
    max_pages: int = 5000
    """A document of more pages is refused."""
    max_characters: int = 20_000_000
    """A document of more text (code points) is refused: a bomb, or a data dump."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A source as its loader read it, in reading order, before anything is cleaned away."""

    blocks: tuple[Block, ...]
    particulars: Particulars = field(default_factory=Particulars)
    """What the format states explicitly (front matter, JSON-LD, the header of a bill)."""
    hints: Mapping[str, str] = field(default_factory=dict)
    """What the format states without much weight, by the format's own names in lower case
    (`title`, `author`, `creationdate` of a PDF or an office file): to be judged, often nonsense."""
    set_aside: tuple[SetAside, ...] = ()
    warnings: tuple[str, ...] = ()
    """Plain sentences for the person who adds the document."""
    format: str = "text"
    """The name of the loader's row."""
    excerpt: bool = False
    """True if the source showed only part of the document."""
    attachments: tuple[tuple[str, bytes], ...] = ()
    """Files that came inside, as (display name, bytes): offered, not added."""


@dataclass(frozen=True, slots=True)
class Loader:
    """One row of the registry: a format we read."""

    name: str
    """As shown to a person in lists: "pdf", "docx", "html"."""
    sniff: Callable[[bytes, str | None], bool]
    """Whether the content is of this format. The name may only settle a tie between
    formats that are all plain text (CSV, YAML, Markdown); it never overrules the content."""
    load: Callable[[bytes, LoadOptions], Loaded]
    """Raises UnreadableDocument or EmptyDocument, StubPage where a page shows only a part."""
