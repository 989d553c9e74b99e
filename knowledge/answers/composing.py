"""An Answer from what was chosen: leads, quotations, sources and notes, at most 900 characters.

The only place that builds an Answer, so that every way to one (quotations, a model,
an abstention) reads alike and is checked alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from knowledge.answers.citing import cite, date_in_words, source_line
from knowledge.answers.glossary import initials
from knowledge.answers.phrases import capital, join, say, the
from knowledge.answers.premises import date_span, parties_asked
from knowledge.answers.questions import Asks, Understood
from knowledge.answers.quoting import Excerpt
from knowledge.answers.sourcing import notes, source_lines
from knowledge.answers.speakers import Status, own_speaker
from knowledge.text import Span, sentences
from knowledge.types import (
    Answer,
    Citation,
    Document,
    Entry,
    Kind,
    Line,
    Outcome,
    Query,
    Searched,
)

MAX_TEXT = 900
"""Characters of an answer: what a member reads at once, and half a Discord message."""

LEAST_QUOTE = 60
"""Characters below which a cut quotation says nothing."""


def language(query: Query, understood: Understood) -> str:
    """Return the language of our own words: the question's where we speak it, else the reader's."""
    return understood.language if understood.language != "en" else query.locale


def plain(lines: Sequence[Line]) -> str:
    """Return the lines as the text a member reads: quotations marked by "> ", markers after them."""  # noqa: E501
    out = []
    for line in lines:
        if line.role == "quote":
            body = " ".join(line.text.split())
            out.append(f"> {body} {''.join(f'[{n}]' for n in line.numbers)}")
        else:
            out.append(line.text)
    return "\n".join(out)


# --- Answers -------------------------------------------------------------------------------


def answered(
    query: Query,
    understood: Understood,
    chosen: Sequence[Excerpt],
    *,
    score: float,
    entries: Callable[[], Sequence[Entry]] = tuple,
    contradicted: bool = False,
) -> Answer:
    """Return the answer that shows the chosen excerpts, the least of them dropped until it fits."""
    kept = list(chosen)
    while True:
        answer = _answered(query, understood, kept, score, entries, contradicted)
        if len(answer.text) <= MAX_TEXT or not kept:
            return answer
        if len(kept) > 1:
            kept = kept[:-1]
        else:
            shorter = _shortened(kept[0], len(answer.text) - MAX_TEXT)
            if shorter is None:
                return replace(answer, text=answer.text[: MAX_TEXT - 1] + "…")
            kept = [shorter]


def _answered(
    query: Query,
    understood: Understood,
    kept: Sequence[Excerpt],
    score: float,
    entries: Callable[[], Sequence[Entry]],
    contradicted: bool,
) -> Answer:
    locale = language(query, understood)
    body, citations, shown = _quoted(_grouped(kept), locale)
    lines: list[Line] = []
    if contradicted:
        lines.append(Line("note", say("contradicts", locale)))
    elif understood.asks is Asks.YES_NO:
        who = parties_asked(understood) or understood.names[:2]
        about = join(
            [
                _with_article(called(n, understood), understood, locale)
                for n in dict.fromkeys([*who, *understood.names])
            ][:3],
            locale,
        )
        if about:
            lines.append(Line("note", say("not_yes_no", locale, who=about)))
    lines += body
    lines += source_lines(citations, shown, entries, locale)
    lines += notes(query, understood, shown, locale)
    return checked(
        Answer(
            question=query.question,
            outcome=Outcome.ANSWERED,
            text=plain(lines),
            lines=tuple(lines),
            citations=tuple(citations),
            expanded=dict(understood.expanded),
            premise="contradicted" if contradicted else None,
            score=round(score, 4),
            understood_as=understood.understood_as,
        ),
        {d.entry.id: d for e in kept for d in (e.document, *(a for a, _ in e.also))},
    )


def _grouped(kept: Sequence[Excerpt]) -> list[Excerpt]:
    """Put excerpts in reading order: documents by their best excerpt, spans by place."""
    order = list(dict.fromkeys(e.document.entry.id for e in kept))
    return sorted(kept, key=lambda e: (order.index(e.document.entry.id), e.span.start))


def _quoted(
    excerpts: Sequence[Excerpt], locale: str
) -> tuple[list[Line], list[Citation], list[tuple[Document, Span]]]:
    lines: list[Line] = []
    citations: list[Citation] = []
    shown: list[tuple[Document, Span]] = []
    numbers: dict[str, int] = {}
    last_lead: str | None = None
    for one in excerpts:
        numbers.setdefault(one.document.entry.id, len(numbers) + 1)
        first_of_document = not any(d is one.document for d, _ in shown)
        pieces: list[tuple[str, Span, str | None]] = []
        own = _own_lead(one.document, locale)
        if one.status is Status.QUOTED:
            if not _lead_shown(one, shown) and first_of_document and one.lead and _fits(one):
                pieces.append((own, one.lead, own_speaker(one.document.entry.particulars)))
            pieces.append(
                (say("quotes", locale, who=_the(one.speaker or "", locale)), one.span, one.speaker)
            )
        elif one.status is Status.UNCLEAR:
            if one.lead and not _lead_shown(one, shown):
                pieces.append((own, one.lead, own_speaker(one.document.entry.particulars)))
                pieces.append((say("names_nobody", locale), one.span, None))
            else:
                who = (
                    one.document.entry.particulars.publisher
                    or one.document.entry.particulars.author
                    or say("kind_other", locale)
                )
                pieces.append((say("someone_quoted", locale, who=who), one.span, None))
        else:
            pieces.append((own, one.span, one.speaker))
        for lead, span, speaker in pieces:
            if lead != last_lead:
                lines.append(Line("lead", lead))
                last_lead = lead
            places = [(one.document, span), *(one.also if span == one.span else ())]
            marks = []
            for document, place in places:
                mark = numbers.setdefault(document.entry.id, len(numbers) + 1)
                voice = speaker if document is one.document else None
                citations.append(cite(document, *place, number=mark, speaker=voice))
                shown.append((document, place))
                marks.append(mark)
            lines.append(Line("quote", one.document.text[span.start : span.end], tuple(marks)))
    return lines, citations, shown


def _fits(one: Excerpt) -> bool:
    return one.lead is not None and one.lead.end - one.lead.start <= 260


def _lead_shown(one: Excerpt, shown: Sequence[tuple[Document, Span]]) -> bool:
    return one.lead is not None and any(
        d.entry.id == one.document.entry.id and s.start <= one.lead.start and one.lead.end <= s.end
        for d, s in shown
    )


def _own_lead(document: Document, locale: str) -> str:
    about = document.entry.particulars
    if about.kind is Kind.SUMMARY:
        if about.author and about.publisher and about.author != about.publisher:
            one = _the(_short(about.publisher, document.text), locale)
            other = _the(about.author, locale)
            return capital(say("summary_says", locale, publisher=one, author=other))
        who = about.publisher or about.author
        if not who:
            return say("text_says", locale)
        return capital(say("own_summary_says", locale, publisher=_the(who, locale)))
    who = own_speaker(about)
    if about.kind is Kind.ARTICLE and who:
        return capital(say("reports", locale, who=_the(who, locale)))
    if about.kind is Kind.SPEECH and who:
        return capital(say("said", locale, who=_the(who, locale)))
    if about.kind in (Kind.BILL, Kind.RULE, Kind.OTHER) and about.title and len(about.title) <= 100:
        return say("document_says", locale, title=about.title)
    if who:
        return capital(say("writes", locale, who=_the(who, locale)))
    return say("document_says", locale, title=about.title or document.entry.source)


def _short(name: str, text: str) -> str:
    """Return a long name's initials where the text itself uses them: "SEC"."""
    short = initials(name)
    used = len(short) > 2 and re.search(rf"\b{short}\b", text)
    return f"the {short}" if used and len(name) > 20 else name


def _the(name: str, locale: str) -> str:
    return name if locale.startswith("it") else the(name)


def called(name: str, understood: Understood) -> str:
    """Return the name as the member wrote it."""
    return next((s for s, long in understood.expanded.items() if long == name), name)


def _with_article(name: str, understood: Understood, locale: str) -> str:
    """Return "the BA" where the member wrote it so."""
    written = re.search(rf"\bthe {re.escape(name)}\b", understood.question, re.IGNORECASE)
    return f"the {name}" if written and not locale.startswith("it") else name


def _shortened(one: Excerpt, over: int) -> Excerpt | None:
    """Return the excerpt cut to its chosen sentence, else at a clause's end, else None."""
    alone = one.candidate.voice.span
    if one.span != alone and one.span.start <= alone.start and alone.end <= one.span.end:
        return replace(one, span=alone, also=())
    words = one.text[: len(one.text) - over - 1]
    ends = [words.rfind(mark) + 1 for mark in (";", ",", ".")]
    cut = max(ends) if max(ends) > len(words) // 2 else words.rfind(" ")
    if cut < LEAST_QUOTE:
        return None
    end = one.span.start + len(words[:cut].rstrip())
    return replace(one, span=Span(one.span.start, end), also=())


def checked(answer: Answer, documents: dict[str, Document]) -> Answer:
    """Return the answer after making sure that each quotation is its document's very text."""
    for citation in (*answer.citations, *answer.related):
        text = documents[citation.document_id].text
        assert text[citation.start : citation.end] == citation.quote, "a quotation left its text"
    return answer


def with_unread(answer: Answer, documents: int, locale: str) -> Answer:
    """Return the answer with a note on how many documents it could not read; the same for none."""
    if not documents:
        return answer
    lines = (*answer.lines, Line("note", say("unread", locale, documents=documents)))
    text = f"{answer.text}\n{lines[-1].text}"
    return replace(answer, lines=lines, text=text if len(text) <= MAX_TEXT else answer.text)


def dated_later(
    query: Query, understood: Understood, document: Document, searched: Searched
) -> Answer:
    """Return "not before 1 April 2026", from the date of a document newer than `as_of`."""
    locale = language(query, understood)
    date = document.entry.particulars.date or ""
    place = date_span(document.text, date)
    if place is None:
        first = sentences(document.text)[0]
        place = (first.start, first.end)
    citation = cite(document, *place, number=1, speaker=None)
    note = say(
        "not_before",
        locale,
        date=date_in_words(date, locale),
        as_of=date_in_words(understood.as_of, locale),
    )
    lines = [
        Line("note", note),
        Line("quote", citation.quote, (1,)),
        Line("source", source_line(document.entry.particulars, 1, locale=locale), (1,)),
    ]
    return checked(
        Answer(
            question=query.question, outcome=Outcome.ANSWERED, text=plain(lines),
            lines=tuple(lines), citations=(citation,), expanded=dict(understood.expanded),
            score=1.0, understood_as=understood.understood_as,
        ),
        {document.entry.id: document},
    )  # fmt: skip
