"""The values that flow from step to step. Standard library only; all frozen.

Offsets are Unicode code points into `Document.text` everywhere. Dates are text,
`YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as exact as the source is; unknown is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What sort of document it is."""

    ARTICLE = "article"
    LETTER = "letter"
    STATEMENT = "statement"
    SPEECH = "speech"
    BILL = "bill"
    RULE = "rule"
    RELEASE = "release"
    SUMMARY = "summary"
    OTHER = "other"


class Outcome(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    RELATED = "related"
    NOT_FOUND = "not_found"
    UNCLEAR = "unclear"


class Mode(StrEnum):
    """Who wrote the words of an answer: the sources alone, or a model from the sources."""

    QUOTES = "quotes"
    MODEL = "model"


# --- From a file to a document -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is known about a document beside its text. Unknown stays None."""

    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    """The organisation, or else the person, whose words the document is."""
    addressee: str | None = None
    date: str | None = None
    modified: str | None = None
    kind: Kind = Kind.OTHER
    url: str | None = None

    @property
    def issuer(self) -> str | None:
        """Whose document a reader looks for: the author's; an article, its publisher's."""
        return _issuer(self.kind, self.author, self.publisher)


def _issuer(kind: str, author: str | None, publisher: str | None) -> str | None:
    return publisher or author if kind == Kind.ARTICLE else author or publisher


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item, table or quotation, as a loader read it."""

    text: str
    role: str = "paragraph"
    """paragraph | heading | item | table | quote | code"""
    level: int = 0
    """Depth of a heading, 1 the highest; 0 for everything else."""
    page: int | None = None
    """Counted from 1; None where the format has no pages."""
    number: str | None = None
    """The section number a person would cite, as in "Sec. 203(b)"."""
    recognised: bool = False
    """True where the text came from optical character recognition."""
    continues: bool = False
    """True where it goes on in the middle of a sentence from the block before, over a page
    break: the two are joined by a space."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """Text that stood in the source and is kept, never indexed, never quoted."""

    text: str
    reason: str
    """One of: abstract, question and answer, related articles, widget, furniture, hidden."""


@dataclass(frozen=True, slots=True)
class Section:
    """An addressable stretch of a document: `text[start:end]`. Sections cover the text in order."""

    start: int
    end: int
    heading: str | None = None
    """The path of headings, outermost first, joined by " > "."""
    page: int | None = None
    number: str | None = None
    recognised: bool = False


@dataclass(frozen=True, slots=True)
class DateMention:
    """A relative date in the text, resolved against the publication date, kept beside it."""

    start: int
    end: int
    date: str
    """YYYY, YYYY-MM or YYYY-MM-DD, as exact as the words are; two of them parted by a slash for
    a stretch, ends included."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document before it has an id: what parsing, cleaning and reading of metadata give."""

    text: str
    sections: tuple[Section, ...]
    particulars: Particulars
    set_aside: tuple[SetAside, ...] = ()
    dates: tuple[DateMention, ...] = ()
    warnings: tuple[str, ...] = ()
    format: str = "text"
    excerpt: bool = False
    """True if the source showed only part of the document."""
    attachments: tuple[tuple[str, bytes], ...] = ()
    """Files that came inside, as (display name, bytes): offered, not added."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document of a library as a list shows it: everything but its text."""

    id: str
    library: str
    particulars: Particulars
    source: str
    """The display name of the file, or the URL, it came from."""
    passages: int
    added_at: str
    """ISO 8601, UTC, to the second."""
    format: str = "text"
    excerpt: bool = False
    replaced_by: str | None = None
    replaced_on: str | None = None
    sources: tuple[str, ...] = ()
    """Further sources of the same text: file names or URLs."""
    linked: tuple[str, ...] = ()
    """Ids of near-copies."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document with its text."""

    entry: Entry
    text: str
    sections: tuple[Section, ...]
    set_aside: tuple[SetAside, ...] = ()
    dates: tuple[DateMention, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit we embed, retrieve and cite: `document.text[start:end] == text`."""

    id: str
    document_id: str
    start: int
    end: int
    text: str
    locator: str | None = None
    """For a person: "page 3", "pages 3-4", "Sec. 203(b)", "Findings > Scope"."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its scores for one question, best first in every list of hits."""

    passage: Passage
    entry: Entry
    score: float
    """The fused score the list is ordered by; comparable within one question only."""
    cosine: float
    """Cosine of question and passage, -1 to 1; comparable between questions."""


# --- From a question to an answer ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation, oldest first in every history."""

    role: str
    """user | assistant"""
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question with everything that narrows it."""

    question: str
    libraries: tuple[str, ...]
    """The libraries it may read; there is no value that means all."""
    history: tuple[Turn, ...] = ()
    as_of: str | None = None
    publisher: str | None = None
    since: str | None = None
    until: str | None = None
    kind: Kind | None = None
    mode: Mode | None = None
    """None: a model when one is configured, quotations otherwise."""
    locale: str = "en"
    """The language of our own words; quotations stay in theirs."""
    member: str | None = None
    """Tells members apart for the budget of written answers; None for the admin."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered reference from an answer to a span of a document: `text[start:end] == quote`."""

    number: int
    quote: str
    speaker: str | None
    """Whose words the quotation is; None where that is not certain."""
    document_id: str
    title: str | None
    publisher: str | None
    author: str | None
    date: str | None
    kind: str
    url: str | None
    link: str | None
    """The url with a text fragment or a page; None for a file without address."""
    locator: str | None
    start: int
    end: int
    replaced_by: str | None = None
    replaced_on: str | None = None
    recognised: bool = False
    excerpt: bool = False

    @property
    def issuer(self) -> str | None:
        """As `Particulars.issuer`."""
        return _issuer(self.kind, self.author, self.publisher)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an answer, for a renderer to dress.

    `lead` introduces the quotations below it; `quote` is verbatim, without added
    marks; `written` comes from a model and has been verified; `source` describes
    one citation; `note` is ours (what was searched, what a date means ...).
    """

    role: str
    text: str
    numbers: tuple[int, ...] = ()
    """The citations it carries, or the one that a `source` line describes."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One verified sentence of an answer that is still being written.

    What has been shown stays in the whole answer, unless the whole draft fails afterwards.
    """

    text: str
    """Without markers; what is not literally in the source says so."""
    numbers: tuple[int, ...]
    """The citations it carries; they stay as the answer grows."""
    model: str = ""
    """Who writes: the fallback model, where the first one failed."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What an abstention looked through."""

    documents: int
    publishers: tuple[str, ...]
    newest: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question, or why there is none."""

    question: str
    outcome: Outcome
    text: str
    """All lines as plain text: what a member reads, at most 900 characters."""
    lines: tuple[Line, ...]
    citations: tuple[Citation, ...] = ()
    related: tuple[Citation, ...] = ()
    expanded: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    premise: str | None = None
    """"contradicted" where the question takes for granted what the record denies."""
    score: float = 0.0
    """Confidence that the record answers, 0 to 1."""
    mode: Mode = Mode.QUOTES
    model: str | None = None
    """Who wrote; with QUOTES, the model that was sent question and passages in vain."""
    seconds: float = 0.0
    searched: Searched | None = None
    missing: tuple[str, ...] = ()
    """Names in the question that the record does not know."""
    understood_as: str | None = None
    """The question as completed from the conversation; None if it stood alone."""
