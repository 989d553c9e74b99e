"""Hits as numbered sentences: what a model is shown, and what its draft is held against.

Marker [2.4] means `sources[1].sentences[3]`. All offsets are into the document's text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.answers.speakers import Status, Voice, voices
from knowledge.drafts.markers import Marker
from knowledge.text import sentences
from knowledge.types import Document, Hit

MAX_SENTENCES = 24
"""A passage has at most 256 word pieces; more sentences than this are a list of figures."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """One sentence of a hit: `document.text[start:end] == text`."""

    text: str
    start: int
    end: int
    speaker: str | None = None
    """Whose words it is, if somebody else's than the document's author."""
    dates: tuple[str, ...] = ()
    """To what its relative dates resolve, ISO."""


@dataclass(frozen=True, slots=True)
class Source:
    """One hit with its sentences, counted from 1 in markers."""

    hit: Hit
    sentences: tuple[Numbered, ...]


def gather(
    hits: Sequence[Hit],
    documents: Mapping[str, Document],
) -> tuple[Source, ...]:
    """Return the hits as sources, in order; one without sentences keeps its number.

    `documents` maps document ids to documents; a hit whose document is not there gives
    the sentences of its passage without speakers and dates.
    """
    return tuple(Source(hit, _sentences(hit, documents)) for hit in hits)


def _sentences(hit: Hit, documents: Mapping[str, Document]) -> tuple[Numbered, ...]:
    passage = hit.passage
    document = documents.get(passage.document_id)
    spoken = _spoken(document, passage.start, passage.end) if document else []
    found = []
    for start, end in sentences(passage.text)[:MAX_SENTENCES]:
        at, stop = passage.start + start, passage.start + end
        speaker, dates = None, ()  # type: str | None, tuple[str, ...]
        if document is not None:
            speaker = next(
                (v.speaker for v in spoken if v.span.start < stop and v.span.end > at), None
            )
            dates = tuple(
                day
                for mention in document.dates
                if mention.start < stop and mention.end > at
                for day in mention.date.split("/")
            )
        found.append(Numbered(passage.text[start:end], at, stop, speaker, dates))
    return tuple(found)


def _spoken(document: Document, start: int, end: int) -> list[Voice]:
    """Return the sentences that are surely somebody else's words than the document's own."""
    return [v for v in voices(document, start, end) if v.status is Status.QUOTED and v.speaker]


def cited(sources: Sequence[Source], marker: Marker) -> Numbered | None:
    """Return the sentence that a marker points at, or None if there is none."""
    if not 1 <= marker.hit <= len(sources):
        return None
    held = sources[marker.hit - 1].sentences
    return held[marker.sentence - 1] if 1 <= marker.sentence <= len(held) else None


def beside(sources: Sequence[Source], marker: Marker) -> tuple[Numbered | None, Numbered | None]:
    """Return the sentences before and after the one a marker points at, within the same hit."""
    hit, place = marker
    return cited(sources, Marker(hit, place - 1)), cited(sources, Marker(hit, place + 1))
