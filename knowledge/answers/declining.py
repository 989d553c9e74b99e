"""Why there is no answer: what was searched, which names are unknown, what to ask back.

Nothing here is shown as an answer: what is possibly related stays apart.
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.answers.citing import cite, date_in_words, document_line
from knowledge.answers.composing import MAX_TEXT, called, checked, language, plain
from knowledge.answers.phrases import join, say
from knowledge.answers.questions import Understood
from knowledge.answers.quoting import Excerpt, alike, excerpt
from knowledge.answers.sentences import Candidate
from knowledge.answers.sourcing import in_english
from knowledge.types import Answer, Citation, Line, Outcome, Query, Searched

MAX_PUBLISHERS = 4
"""Publishers that an abstention names before "and n more"."""


def _searched_line(searched: Searched, locale: str) -> str:
    names = list(searched.publishers[:MAX_PUBLISHERS])
    publishers = ""
    if names:
        rest = len(searched.publishers) - len(names)
        listed = (
            ", ".join(names) + say("and_others", locale, count=rest)
            if rest > 0
            else join(names, locale)
        )
        publishers = say("from_publishers", locale, names=listed)
    newest = (
        say("newest", locale, date=date_in_words(searched.newest, locale))
        if searched.newest
        else ""
    )
    key = "searched_one" if searched.documents == 1 else "searched"
    return say(key, locale, documents=searched.documents, publishers=publishers, newest=newest)


def not_found(
    query: Query,
    understood: Understood,
    searched: Searched,
    missing: Sequence[str] = (),
    absent: Sequence[str] = (),
    score: float = 0.0,
) -> Answer:
    """Return "the record does not answer this": what was searched, which names it does not know."""
    return _abstention(query, understood, searched, (), missing, absent, score)


def related(
    query: Query,
    understood: Understood,
    searched: Searched,
    scored: Sequence[Candidate],
    missing: Sequence[str] = (),
    absent: Sequence[str] = (),
    score: float = 0.0,
    silent: Sequence[str] = (),
) -> Answer:
    """Return the same with up to three passages that are possibly related, never as an answer."""
    spans: list[Excerpt] = []
    for candidate in scored:
        one = excerpt(candidate, scored)
        if len(spans) < 3 and not any(alike(one.text, s.text) for s in spans):
            spans.append(one)
    documents = {e.document.entry.id: e.document for e in spans}
    cited = tuple(
        cite(e.document, e.span.start, e.span.end, number=n, speaker=e.speaker)
        for n, e in enumerate(spans, 1)
    )
    return checked(
        _abstention(query, understood, searched, cited, missing, absent, score, silent), documents
    )


def _abstention(
    query: Query,
    understood: Understood,
    searched: Searched,
    cited: tuple[Citation, ...],
    missing: Sequence[str],
    absent: Sequence[str],
    score: float,
    silent: Sequence[str] = (),
) -> Answer:
    locale = language(query, understood)
    if searched.documents == 0:
        lines = [Line("note", say("empty", locale))]
    else:
        lines = [Line("note", say("not_found", locale))]
        if missing:
            names = join([called(n, understood) for n in missing], locale)
            lines.append(Line("note", say("knows_not", locale, names=names)))
        elif absent:
            names = join([called(n, understood) for n in absent], locale)
            lines.append(Line("note", say("not_together", locale, names=names)))
        elif silent:
            names = join([called(n, understood) for n in silent], locale)
            lines.append(Line("note", say("nothing_from", locale, names=names)))
        if understood.language != "en":
            lines.append(Line("note", in_english(understood, locale)))
        lines.append(Line("note", _searched_line(searched, locale)))
        lines.append(Line("note", say("only_record", locale)))
    if cited:
        lines.append(Line("note", say("possibly_related", locale)))
        seen: dict[str, None] = {}
        for citation in cited:
            named = document_line(citation, locale) or citation.document_id[:8]
            seen.setdefault(f"• {named}")
        lines += [Line("related", text) for text in seen]
    return Answer(
        question=query.question,
        outcome=Outcome.RELATED if cited else Outcome.NOT_FOUND,
        text=plain(lines)[:MAX_TEXT],
        lines=tuple(lines),
        related=cited,
        expanded=dict(understood.expanded),
        score=round(score, 4),
        searched=searched,
        missing=tuple(missing),
        understood_as=understood.understood_as,
    )


def unclear(query: Query, understood: Understood, word: str) -> Answer:
    """Return a question back, with choices where there are some."""
    locale = language(query, understood)
    key = "which" if understood.choices else "who_is"
    lines = [Line("note", say(key, locale, word=word))]
    lines += [Line("choice", f"• {choice}") for choice in understood.choices]
    return Answer(
        question=query.question,
        outcome=Outcome.UNCLEAR,
        text=plain(lines),
        lines=tuple(lines),
        choices=understood.choices,
        expanded=dict(understood.expanded),
        understood_as=understood.understood_as,
    )
