"""The lines under an answer: its sources, what its dates mean, in which language it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from knowledge.answers.citing import date_in_words, source_line
from knowledge.answers.phrases import say
from knowledge.answers.questions import Understood
from knowledge.answers.speakers import own_speaker, same_name
from knowledge.text import Span
from knowledge.types import Citation, Document, Entry, Kind, Line, Query


def source_lines(
    citations: Sequence[Citation],
    shown: Sequence[tuple[Document, Span]],
    entries: Callable[[], Sequence[Entry]],
    locale: str,
) -> list[Line]:
    """Return the line of each numbered source."""
    lines = []
    for number in sorted({c.number for c in citations}):
        document = next(d for (d, _), c in zip(shown, citations, strict=True) if c.number == number)
        places = list(
            dict.fromkeys(c.locator for c in citations if c.number == number and c.locator)
        )
        line = source_line(
            document.entry.particulars, number, source=document.entry.source,
            locator=places[0] if len(places) == 1 else None,
            letter_missing=_letter_missing(document, citations, number, entries),
            replaced_on=document.entry.replaced_on,
            recognised=any(c.recognised for c in citations if c.number == number),
            excerpt=document.entry.excerpt,
            locale=locale,
        )  # fmt: skip
        lines.append(Line("source", line, (number,)))
    return lines


def _letter_missing(
    document: Document,
    citations: Sequence[Citation],
    number: int,
    entries: Callable[[], Sequence[Entry]],
) -> bool:
    """Say whether an article reports a letter that the record does not hold."""
    if document.entry.particulars.kind is not Kind.ARTICLE:
        return False
    own = own_speaker(document.entry.particulars)
    mine = [c for c in citations if c.number == number]
    if not any("letter" in c.quote.lower() for c in mine):
        return False
    writers = {c.speaker for c in mine if c.speaker and c.speaker != own}
    letters = [e for e in entries() if e.particulars.kind is Kind.LETTER and e.particulars.author]
    return not any(
        same_name(w, e.particulars.author or "") for e in letters for w in writers
    ) and not any(
        (e.particulars.author or "").lower() in c.quote.lower() for e in letters for c in mine
    )


def notes(
    query: Query, understood: Understood, shown: Sequence[tuple[Document, Span]], locale: str
) -> list[Line]:
    """Return what a relative date in the quotations means, and that they are in English."""
    meant = []
    for document, span in shown:
        for mention in document.dates:
            if span.start <= mention.start and mention.end <= span.end:
                key = (
                    "date_means_article"
                    if document.entry.particulars.kind is Kind.ARTICLE
                    else "date_means"
                )
                words = document.text[mention.start : mention.end]
                meant.append(
                    say(key, locale, words=words, date=date_in_words(mention.date, locale))
                )
    lines = [Line("note", note) for note in dict.fromkeys(meant)]
    if understood.language != "en":
        lines.append(Line("note", in_english(understood, locale)))
    return lines


def in_english(understood: Understood, locale: str) -> str:
    """Return that the record is in English, with what was searched for."""
    return say("in_english", locale, names=", ".join(understood.names) or understood.text)
