"""Sentences to the quotations of an answer: spans with the neighbours they need, in one voice."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from knowledge.answers.sentences import HITS_READ, Candidate
from knowledge.answers.speakers import Status
from knowledge.text import Span, find, fold
from knowledge.types import Document, Hit

MAX_SPAN = 460
"""The longest quotation, in characters: two fit into 900 with their leads and sources."""

MOST = 3
"""Quotations of an answer, at most."""

ROOM = 640
"""Characters of all quotations together: leads, sources and notes take the rest of 900."""

SHORT_PARAGRAPH = 380
"""A paragraph up to this many characters is quoted whole: a numbered comment, a key point."""


# A rule must not be quoted without whether it is in force.
_STATUS = re.compile(r"(?:status|in force|effective)\b[^.]{0,40}", re.IGNORECASE)
_LEANS = re.compile(
    r"(?:they|it|this|these|those|that|such|he|she|however|but|instead|rather|therefore|thus|also|"
    r"moreover|in addition|accordingly|for instance|for example|as a result)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One quotation to be: a span of a document in one voice."""

    document: Document
    span: Span
    status: Status
    speaker: str | None
    lead: Span | None
    score: float
    candidate: Candidate
    also: tuple[tuple[Document, Span], ...] = ()
    """Where the same words stand in other documents."""

    @property
    def text(self) -> str:
        return self.document.text[self.span.start : self.span.end]


def excerpt(chosen: Candidate, others: Sequence[Candidate], limit: int = MAX_SPAN) -> Excerpt:
    """Return the span to show for a sentence: with the neighbours it needs, in one voice.

    A quoted paragraph is shown whole where it fits. A sentence that leans on the one
    before ("They do not ...") takes it along. A neighbour that itself scores well
    (.6 of the chosen one) joins. Never longer than `limit`, unless the sentence is.
    """
    document, voice = chosen.document, chosen.voice
    same = [
        v
        for v in chosen.around
        if v.paragraph == voice.paragraph and (v.status, v.speaker) == (voice.status, voice.speaker)
    ]
    places = [v.span for v in same]
    at = next((i for i, s in enumerate(places) if s.start == voice.span.start), None)
    first = last = voice.span
    if at is not None:
        scores = {
            c.voice.span.start: c.score for c in others if c.document.entry.id == document.entry.id
        }
        long = voice.paragraph.end - voice.paragraph.start
        whole = voice.status in (Status.QUOTED, Status.UNCLEAR) or long <= SHORT_PARAGRAPH
        low = high = at
        while low > 0 and places[high].end - places[low - 1].start <= limit:
            words = document.text[places[low].start : places[low].end]
            if not (
                whole
                or _LEANS.match(words)
                or scores.get(places[low - 1].start, 0.0) >= 0.6 * chosen.score
            ):
                break
            low -= 1
        while high + 1 < len(places) and places[high + 1].end - places[low].start <= limit:
            good = scores.get(places[high + 1].start, 0.0) >= 0.6 * chosen.score or (
                _STATUS.match(document.text, places[high + 1].start)
            )
            if not (whole or good):
                break
            high += 1
        first, last = places[low], places[high]
    span = Span(first.start, last.end)
    return Excerpt(document, span, voice.status, voice.speaker, voice.lead, chosen.score, chosen)


def choose(
    scored: Sequence[Candidate],
    *,
    most: int = MOST,
    room: int = ROOM,
    share: float = 0.72,
    share_within: float = 0.5,
    spread: bool = False,
) -> list[Excerpt]:
    """Return up to `most` excerpts, the best first, together at most `room` characters.

    Later ones score at least `share` of the best (`share_within` in its own document),
    say something else, and with `spread` each comes from another document.
    """
    kept: list[Excerpt] = []
    used = 0
    for candidate in scored:
        if len(kept) == most:
            break
        own = bool(kept) and candidate.document.entry.id == kept[0].document.entry.id
        if kept and candidate.score < (share_within if own else share) * kept[0].score:
            continue
        if any(_inside(candidate, e) for e in kept):
            continue
        if spread and any(candidate.document.entry.id == e.document.entry.id for e in kept):
            continue
        left = room - used
        new = excerpt(candidate, scored, min(MAX_SPAN, left))
        size = new.span.end - new.span.start
        if kept and (size > left or any(alike(new.text, e.text) for e in kept)):
            continue
        kept.append(new)
        used += size
    return kept


def with_copies(
    chosen: Sequence[Excerpt], hits: Sequence[Hit], documents: Callable[[str], Document]
) -> list[Excerpt]:
    """Return the excerpts, each with the other documents among the hits that hold its very words."""  # noqa: E501
    found = []
    for one in chosen:
        also: dict[str, tuple[Document, Span]] = {}
        plain = fold(one.text)
        for hit in hits[:HITS_READ]:
            other = hit.passage.document_id
            if (
                other == one.document.entry.id
                or other in also
                or plain not in fold(hit.passage.text)
            ):
                continue
            span = find(one.text, hit.passage.text)
            if span:
                at = hit.passage.start
                also[other] = (documents(other), Span(at + span.start, at + span.end))
        found.append(replace(one, also=tuple(also.values())))
    return found


def _inside(candidate: Candidate, chosen: Excerpt) -> bool:
    same = candidate.document.entry.id == chosen.document.entry.id
    span = candidate.voice.span
    return same and span.start < chosen.span.end and span.end > chosen.span.start


def alike(one: str, other: str) -> bool:
    """Say whether two spans are the same words, or one holds the other."""
    a, b = fold(one), fold(other)
    return a in b or b in a
