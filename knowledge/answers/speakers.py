"""Whose words a sentence is: the document's own, a named speaker's whom it quotes, or unclear.

Verbatim is not enough: a publisher may print somebody's words without any quotation
marks, a company's answer may reprint the agency's questions. A wrong name is worse than
none, so every doubt ends as unclear, and no speaker is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from knowledge.answers.cues import REPORTS, brings_in, named_after, named_before
from knowledge.answers.glossary import learn
from knowledge.text import Span, fold, paragraphs, sentences
from knowledge.types import Document, Kind, Particulars


class Status(StrEnum):
    """How sure we are whose words a sentence is."""

    OWN = "own"
    """The words of the document's author, or of its publisher in an article."""
    QUOTED = "quoted"
    """Somebody else's words, whom the document names."""
    UNCLEAR = "unclear"
    """Perhaps somebody else's words; no name is given."""
    SUMMARY = "summary"
    """A published summary of the author's document, in words of the one or the other."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A sentence with whose words it is."""

    span: Span
    paragraph: Span
    status: Status
    speaker: str | None
    lead: Span | None = None
    """The sentence that leads in to words that are not the document's own."""


LOOK_BACK = 2500
"""How far before a passage quotations are followed, in characters: some six paragraphs of an
article; half of it elsewhere, where quotations are marked."""

EXPLAINED_CHARS = 8000
"""Characters of a text's beginning that say what it is and explain its short forms: a bill of
300,000 is not read whole."""

_QUOTED_PART = re.compile(r"“([^”]{4,60})”|\"([^\"\n]{4,60})\"")
_MARKS = re.compile(r"[“”\"]")
_FIRST_PERSON = re.compile(r"\b(?:[Ww]e|[Oo]urs?|us|I|[Mm]y)\b")
_REPRINTS = re.compile(
    r"reproduced|repeated below|comments? (?:is|are) set forth|responses? of .{0,200}?comment"
    r"|(?:submits?|responds?|responding|in response) (?:this letter )?(?:in response )?to .{0,160}?comment",  # noqa: E501
    re.DOTALL,
)
_COMMENTS = re.compile(r"please respond|we (?:have|may have) (?:reviewed|limited|the following)")
_COMMENT = re.compile(
    r"(?:Staff )?Comment(?: No\.?)? ?#?\d+|Comment:|\d{1,2}\.(?=\s|$)", re.IGNORECASE
)
_RESPONSE = re.compile(
    r"(?:Company(?:['’]s)? )?Response\b|Answer:|(?:The Company|We|In response|As requested|Pursuant to)\b",  # noqa: E501
    re.IGNORECASE,
)
_SECOND_PERSON = re.compile(
    r"\byou(?:r|rs)?\b|\b(?:tell|explain to|advise|provide) us\b|\bWe note\b|\bPlease (?:tell|describe|revise|explain|clarify|provide|disclose)\b",  # noqa: E501
    re.IGNORECASE,
)


def own_speaker(particulars: Particulars) -> str | None:
    """Return whose words a document is: its issuer's, or a summary's, nobody's."""
    return None if particulars.kind is Kind.SUMMARY else particulars.issuer


_RANKS = re.compile(
    r"^(?:the|commissioner|chair(?:man|woman)?|president|senator|representative|governor|secretary|"
    r"director|judge|justice|mr\.?|mrs\.?|ms\.?|dr\.?)\s+",
    re.IGNORECASE,
)
_FORMS = re.compile(
    r",?\s+(?:inc|llc|ltd|corp|corporation|company|co|plc|group|securities|global|holdings)\.?$",
    re.IGNORECASE,
)


def core(name: str) -> str:
    """Return a name without rank, article and form of company: what other texts call it by."""
    short = _RANKS.sub("", name)
    while _FORMS.search(short) and len(short.split()) > 1:
        short = _FORMS.sub("", short)
    return short


def without_number(name: str) -> str:
    """Return a name without the number at its end: "Order 14178", "Harbor 2.0"."""
    return re.sub(r" (?:No\. )?\d[\d.()a-z-]*$", "", name)


def stands_in(name: str, text: str, low: str | None = None) -> bool:
    """Say whether a text holds a name, case apart: its core, and the number that belongs to it.

    One word may stand between two of its own: "Token Safe Harbor Proposal 2.0". Who asks for
    several names hands in `low`, the text in lower case.
    """
    bare = without_number(name)
    number = name[len(bare) :].replace("No.", "").strip()
    plain = core(bare).split()
    low = text.lower() if low is None else low
    if not all(word.lower() in low for word in plain):
        return False  # most often, and in a third of the pattern's time
    between = r"\W+(?:\w+\W+)?"
    pattern = re.compile(
        rf"(?<!\w){between.join(re.escape(word) for word in plain)}(?!\w)", re.IGNORECASE
    )
    if not any(pattern.match(text, at) for at in _places(plain, text, low)):
        return False
    return not number or bool(re.search(rf"(?<![\d.]){re.escape(number)}(?!\.?\d)", text))


def _places(words: Sequence[str], text: str, low: str) -> Iterator[int]:
    """Where the first of some words stands: a pattern that is tried everywhere is slow."""
    if not words or len(low) != len(text):  # "İ" is two letters in lower case
        yield from range(len(text) + 1)
        return
    first = words[0].lower()
    at = low.find(first)
    while at >= 0:
        yield at
        at = low.find(first, at + 1)


def same_name(one: str, other: str) -> bool:
    """Say whether two names are of one organisation or person: one holds the other's own words."""
    generic = {"inc", "llc", "ltd", "corp", "co", "the", "u", "s", "global", "group", "company"}
    a = {s for s in re.findall(r"[^\W_]+", fold(one)) if s not in generic}
    b = {s for s in re.findall(r"[^\W_]+", fold(other)) if s not in generic}
    return bool(a and b) and (a <= b or b <= a)


def voices(document: Document, start: int, end: int) -> list[Voice]:
    """Return the sentences of `document.text[start:end]` in order, each with whose words it is.

    Sentences that only touch the range are returned whole. The text before it is
    read as far as LOOK_BACK, so that an open quotation is known.
    """
    text, particulars = document.text, document.entry.particulars
    if particulars.kind is Kind.SUMMARY:
        return [
            Voice(s, p, Status.SUMMARY, None)
            for p in paragraphs(text, start, end)
            for s in sentences(text, p.start, p.end)
        ]
    article = particulars.kind is Kind.ARTICLE
    begin = _paragraph_start(text, max(0, start - (LOOK_BACK if article else LOOK_BACK // 2)))
    stop = _paragraph_end(text, end)
    reading = _Reading(text, particulars, Span(begin, stop))
    if not (article or reading.reprints or _MARKS.search(text, begin, start)):
        begin = _settled(text, begin, start)
    found = [v for p in paragraphs(text, begin, stop) for v in reading.paragraph(p)]
    return [v for v in found if v.span.end > start and v.span.start < end]


def _settled(text: str, begin: int, start: int) -> int:
    """Return where to begin reading instead of `begin`, where no quotation can be open.

    That is the last paragraph before `start` that leads in to nothing: what stands before
    it changes nothing behind it, and reading it is half the work.
    """
    at = _paragraph_start(text, start)
    while at > begin:
        end = begin + len(text[begin:at].rstrip())
        at = _paragraph_start(text, end)
        # A note that an editor puts between a lead-in and its quotation does not part them.
        if end > begin and text[end - 1] not in ",:" and not _ANNOTATION.match(text, at):
            break
    return max(begin, at)


def _paragraph_start(text: str, at: int) -> int:
    found = text.rfind("\n\n", 0, at)
    return found + 2 if found >= 0 else 0


def _paragraph_end(text: str, at: int) -> int:
    found = text.find("\n\n", at)
    return found if found >= 0 else len(text)


def _reprints(text: str, particulars: Particulars) -> bool:
    if particulars.kind not in (Kind.LETTER, Kind.OTHER):
        return False
    head = text[:EXPLAINED_CHARS].lower()
    # What every form of it holds is looked for first: the patterns are slow.
    if "comment" not in head and "reproduced" not in head:
        return False
    return bool(_REPRINTS.search(head) and not _COMMENTS.search(head))


_ANNOTATION = re.compile(
    r"[\[(*_]{0,2}(?:editor(?:['’]s|ial)? (?:note|comment)|ed\. ?note|annotat(?:ion|or)|note by|"
    r"comment by|commentary|critic(?:ism|['’]s note))\b[^.\n]{0,60}[:.\])]",
    re.IGNORECASE,
)
"""How a paragraph begins that somebody else put into a document."""


class _Reading:
    """Reads paragraphs in order and remembers what is open. Lives for one call of `voices`."""

    def __init__(self, text: str, particulars: Particulars, near: Span) -> None:
        self.text = text
        self.near = near
        self.own = own_speaker(particulars)
        self.article = particulars.kind is Kind.ARTICLE
        self.reprints = _reprints(text, particulars)
        self.in_comment = False
        self.open_quote = False
        self.open_speaker: str | None = None
        self.lead: Span | None = None  # a lead-in that waits for its block quotation
        self.lead_speaker: str | None = None
        self.block = False  # the paragraph before was a block quotation, or may have been
        self.bare_blocks = False  # this publisher prints block quotations without marks
        self.fragments: set[str] = set()  # words quoted in the paragraph before
        self.last: Span | None = None  # the last sentence of the paragraph before
        self.reported = False  # ... and it reports somebody's words

    @cached_property
    def names(self) -> dict[str, str]:
        """Short forms that the text explains early or near by; few paragraphs need them."""
        near = self.text[max(EXPLAINED_CHARS, self.near.start) : self.near.end]
        return learn(self.text[:EXPLAINED_CHARS]) | learn(near)

    def paragraph(self, place: Span) -> list[Voice]:
        spans = sentences(self.text, place.start, place.end)
        whole = self.text[place.start : place.end]
        marked = place.start and self.text[max(0, place.start - 2) : place.start] == "> "
        if self.reprints and self._comment(whole):
            return [Voice(s, place, Status.UNCLEAR, None, self.last) for s in spans]
        if _ANNOTATION.match(whole):
            return [Voice(s, place, Status.UNCLEAR, None, None) for s in spans]
        led = self.lead
        if led is not None and not self.open_quote and (not _opens(whole) or marked):
            found = self._block(spans, place)
        elif not self.open_quote and self._may_be_block(whole):
            found = [Voice(s, place, Status.UNCLEAR, None, self._lead_in()) for s in spans]
            self.block = True
        else:
            found = self._sentences(spans, place)
            self.block = bool(found) and all(v.status is not Status.OWN for v in found)
        self._remember(spans, whole, found)
        return found

    def _comment(self, whole: str) -> bool:
        """Follow a letter that reprints comments: between a comment's number and its answer."""
        if re.match(r"(?:Company(?:['’]s)? )?Response\b", whole, re.IGNORECASE):
            self.in_comment = False
        elif _COMMENT.match(whole):
            self.in_comment = True
        elif self.in_comment and not _SECOND_PERSON.search(whole) and _RESPONSE.match(whole):
            self.in_comment = False
        return self.in_comment or bool(_SECOND_PERSON.search(whole))

    def _block(self, spans: list[Span], place: Span) -> list[Voice]:
        status = Status.QUOTED if self.lead_speaker else Status.UNCLEAR
        found = [Voice(s, place, status, self.lead_speaker, self.lead) for s in spans]
        self.block = self.bare_blocks = True
        return found

    def _lead_in(self) -> Span | None:
        return self.last

    def _may_be_block(self, whole: str) -> bool:
        """Say whether a paragraph of an article may be quoted although nothing marks it."""
        if not self.article or len(whole.split()) < 6 or REPORTS.search(whole):
            return False
        plain = fold(whole)
        if any(part in plain for part in self.fragments) and "“" not in whole and '"' not in whole:
            return True
        if _opens(whole) or "“" in whole or '"' in whole:
            return False
        if _FIRST_PERSON.search(whole):
            return True
        return self.block or (self.bare_blocks and self.reported)

    def _sentences(self, spans: list[Span], place: Span) -> list[Voice]:
        found: list[Voice] = []
        before = self.last
        for index, span in enumerate(spans):
            began_inside = self.open_quote
            inside = self._inside(span, first=index == 0)
            if not inside:
                found.append(Voice(span, place, Status.OWN, self.own))
                if not self.open_quote:
                    self.open_speaker = None
                else:
                    self.open_speaker = named_before(self.text, span, self.names)
                before = span
                continue
            speaker = self.open_speaker if began_inside else None
            if speaker is None:
                speaker = self._speaker_nearby(spans, index, before)
            self.open_speaker = speaker
            status = Status.QUOTED if speaker else Status.UNCLEAR
            found.append(Voice(span, place, status, speaker, before))
        return found

    def _inside(self, span: Span, *, first: bool) -> bool:
        """Say whether all letters of a sentence are within quotation marks; follow the marks."""
        if not self.open_quote and not _MARKS.search(self.text, span.start, span.end):
            return False
        within = without = 0
        at = span.start
        if first and self.open_quote and self.text[at] in '“"':
            at += 1  # a quotation over several paragraphs opens its mark again in each
        for place in range(at, span.end):
            mark = self.text[place]
            if mark == "“" or (mark == '"' and not self.open_quote):
                self.open_quote = True
            elif mark in '”"':
                self.open_quote = False
            elif mark.isalnum():
                within, without = within + self.open_quote, without + (not self.open_quote)
        return within > 0 and without == 0

    def _speaker_nearby(self, spans: list[Span], index: int, before: Span | None) -> str | None:
        """Name the speaker of quoted sentences from the sentence before or the tag after."""
        if before is not None and brings_in(self.text[before.start : before.end]):
            return named_before(self.text, before, self.names)
        for later in spans[index + 1 :]:
            words = self.text[later.start : later.end]
            if "”" in words or '"' in words:
                return named_after(self.text, later, self.names)
        return None

    def _remember(self, spans: list[Span], whole: str, found: list[Voice]) -> None:
        self.lead, self.lead_speaker, self.reported = None, None, False
        if self.article:  # elsewhere quotations have marks
            self.fragments = {
                fold(a or b).strip(".,;:!? ")
                for a, b in _QUOTED_PART.findall(whole)
                if len((a or b).split()) >= 2
            }
        if not spans:
            return
        self.last = spans[-1]
        if found[-1].status is not Status.OWN:
            return
        words = self.text[self.last.start : self.last.end]
        self.reported = self.article and bool(REPORTS.search(words))
        if brings_in(words):
            self.lead = self.last
            self.lead_speaker = named_before(self.text, self.last, self.names)


def _opens(words: str) -> bool:
    return words.lstrip("> ")[:1] in '“"«„'
