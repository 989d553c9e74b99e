"""A question and its hits to an Answer, in quotations alone.

Wiring (the record calls it once a question):

    understood = questions.understand(query, glossary, known)
    hits = retrieval.retrieve(understood, ...)
    answer = answering.answer(query, understood, hits, documents=..., encode=..., ...)

Pure of storage: everything it reads comes in as an argument, and it is fast: at most
scoring.BY_WORDS sentences are encoded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from knowledge.answers import abstaining, composing, declining, premises, roles
from knowledge.answers.calendar_words import fits
from knowledge.answers.choosing import choose_for, usable, with_standing
from knowledge.answers.definitions import definitions
from knowledge.answers.glossary import Glossary
from knowledge.answers.other_words import Reading
from knowledge.answers.questions import Understood
from knowledge.answers.quoting import with_copies
from knowledge.answers.scoring import Encode, Near, score
from knowledge.answers.sentences import Candidate, Rarity, candidates
from knowledge.answers.speakers import core, same_name, without_number
from knowledge.types import (
    Answer,
    Document,
    Entry,
    Hit,
    Outcome,
    Passage,
    Query,
    Searched,
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What reading the hits gave: shared by quotations and a language model's draft."""

    scored: tuple[Candidate, ...] = ()
    """Sentences with scores, best first."""
    score: float = 0.0
    """Confidence that the record answers, 0 to 1: the best sentence's, cut to 1."""
    absent: tuple[str, ...] = ()
    """Names of the question that no top passage holds."""
    missing: tuple[str, ...] = ()
    """Those of them that the whole record does not know."""
    expanded: dict[str, str] = field(default_factory=dict)


def read(
    understood: Understood,
    hits: Sequence[Hit],
    *,
    documents: Callable[[str], Document],
    encode: Encode,
    question: Reading,
    near: Near | None = None,
    rarity: Rarity | None = None,
    knows: Callable[[str], bool] | None = None,
    glossary: Glossary = Glossary(),  # noqa: B008  # frozen and empty
    entries: Callable[[], Sequence[Entry]] = tuple,
) -> Findings:
    """Score the sentences of the hits and look for the question's names in them.

    `encode` reads sentences as documents, `question` is the question's reading, both by one
    model; `near` estimates cosines of the two without encoding.
    """
    hits = [
        *hits,
        *_named(understood, hits, documents, entries),
        *definitions(understood, hits, documents),
    ]
    found = candidates(understood, hits, documents, rarity)
    scored = score(found, question, understood.text, encode, near)
    absent = abstaining.absent(understood, hits, glossary, documents)
    missing = tuple(n for n in absent if knows is None or not _known(n, knows))
    best = min(1.0, max(0.0, *(c.confidence for c in scored[:3]), 0.0)) if scored else 0.0
    return Findings(tuple(scored), best, absent, missing, dict(understood.expanded))


NAMED_MOST = 3
"""Documents that are read for their author's sake beside the hits."""

NAMED_CHARS = 6_000
"""The longest document that is read whole for its author's sake, in characters."""


def _named(
    understood: Understood,
    hits: Sequence[Hit],
    documents: Callable[[str], Document],
    entries: Callable[[], Sequence[Entry]],
) -> list[Hit]:
    """Return the short documents of an author and a day that the question names, as hits.

    A document seldom repeats its own author and date, so that search by its words
    misses "what did X ask on 21 April": its particulars say it.
    """
    days, months = understood.dates, understood.months
    if not understood.names or not (days or months or understood.parties):
        return []
    names = understood.parties or understood.names
    authors: dict[str, bool] = {}
    found = []
    for entry in entries():
        about = entry.particulars
        if not about.author or _outside(understood, about.date):
            continue
        if about.author not in authors:
            authors[about.author] = any(same_name(name, about.author) for name in names)
        if authors[about.author] and (fits(about.date, days, months) or not (days or months)):
            found.append(entry)
    if len(found) > NAMED_MOST:
        return []
    read = [documents(entry.id) for entry in found]
    return [
        Hit(Passage("", d.entry.id, 0, len(d.text), d.text), d.entry, hits[0].score, 0.0)
        for d in read
        if hits and len(d.text) <= NAMED_CHARS
    ]


def _outside(understood: Understood, date: str | None) -> bool:
    """Say whether a date is outside what the question may read."""
    day = date or ""
    late = understood.as_of or understood.until
    return bool(
        (late and day > late)
        or (understood.since and day < understood.since)
        or understood.publisher
        or understood.kind
    )


def _known(name: str, knows: Callable[[str], bool]) -> bool:
    bare = without_number(name)
    return knows(bare) or knows(core(bare))


def answer(
    query: Query,
    understood: Understood,
    hits: Sequence[Hit],
    *,
    documents: Callable[[str], Document],
    encode: Encode,
    question: Reading,
    searched: Searched,
    near: Near | None = None,
    rarity: Rarity | None = None,
    knows: Callable[[str], bool] | None = None,
    glossary: Glossary = Glossary(),  # noqa: B008  # frozen and empty
    entries: Callable[[], Sequence[Entry]] = tuple,
) -> Answer:
    """Return the answer in quotations, or why there is none; every quotation is checked.

    `documents` gives a document by id; `encode` reads sentences as documents, `question` is
    the question's reading, all by the generation's model; `near` estimates their cosines;
    `rarity` is a stem's IDF in the record (crc32 of the stem is its number in the word
    index), without it the hits stand in; `knows` says whether a name stands anywhere in the
    libraries that may be read; `entries` lists their documents, also those newer than
    `as_of`: called only when a letter or a later document must be looked up. Raises
    nothing for an odd question.
    """
    unclear = abstaining.unclear(query, understood, hits)
    if unclear is not None:
        return declining.unclear(query, understood, unclear)
    understood = abstaining.settle(understood, hits)
    later = premises.later_document(understood, entries) if understood.as_of else None
    if later is not None:
        return composing.dated_later(query, understood, documents(later.id), searched)
    found = read(
        understood, hits, documents=documents, encode=encode, question=question,
        near=near, rarity=rarity, knows=knows, glossary=glossary, entries=entries,
    )  # fmt: skip
    outcome = abstaining.decide(understood, hits, found.scored, found.absent, found.missing)
    contradiction = premises.contradicting(understood, found.scored)
    if contradiction is not None and not found.absent:
        outcome = Outcome.ANSWERED
    if outcome is Outcome.NOT_FOUND:
        return declining.not_found(
            query, understood, searched, found.missing, found.absent, found.score
        )
    if outcome is Outcome.RELATED:
        return declining.related(
            query, understood, searched, found.scored, found.missing, found.absent, found.score
        )
    allowed = tuple(usable(understood, found.scored))
    silent = () if contradiction is not None else premises.silent(understood, found.scored)
    office = roles.unheard(understood, found.scored)
    silent = (office,) if office is not None else silent
    if not allowed or silent:
        return declining.related(
            query, understood, searched, found.scored, found.missing, found.absent, found.score,
            silent,
        )  # fmt: skip
    chosen = with_copies(choose_for(understood, allowed, contradiction), hits, documents)
    chosen = with_standing(understood, chosen)
    return composing.answered(
        query, understood, chosen, score=found.score, entries=entries,
        contradicted=contradiction is not None,
    )  # fmt: skip
