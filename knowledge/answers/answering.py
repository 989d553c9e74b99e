"""A question and its hits to an Answer, in quotations alone.

Wiring (the record calls it once a question):

    understood = questions.understand(query, glossary, known)
    hits = retrieval.retrieve(understood, ...)
    answer = answering.answer(query, understood, hits, documents=..., encode=..., ...)

Pure of storage: everything it reads comes in as an argument, and it is fast: at most
sentences.MAX_ENCODED sentences are encoded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from knowledge.answers import abstaining, composing, declining, premises
from knowledge.answers.definitions import definitions
from knowledge.answers.glossary import Glossary
from knowledge.answers.questions import Asks, Understood
from knowledge.answers.quoting import MAX_SPAN, MOST, ROOM, Excerpt, choose, excerpt, with_copies
from knowledge.answers.sentences import Candidate, Matrix, Rarity, candidates, score
from knowledge.answers.speakers import Status, core, same_name, voices, without_number
from knowledge.text import Span, stems
from knowledge.types import (
    Answer,
    Document,
    Entry,
    Hit,
    Kind,
    Outcome,
    Passage,
    Query,
    Searched,
)

Encode = Callable[[Sequence[str]], Matrix]


@dataclass(frozen=True, slots=True)
class Findings:
    """What reading the hits gave: shared by quotations and a language model's draft."""

    scored: tuple[Candidate, ...] = ()
    """Sentences with scores, best first."""
    score: float = 0.0
    """Confidence that the record answers, 0 to 1: the best sentence's score, cut to 1."""
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
    question: Matrix,
    rarity: Rarity | None = None,
    knows: Callable[[str], bool] | None = None,
    glossary: Glossary = Glossary(),  # noqa: B008  # frozen and empty
    entries: Callable[[], Sequence[Entry]] = tuple,
) -> Findings:
    """Score the sentences of the hits and look for the question's names in them.

    `encode` embeds sentences as documents, shape (n, dimensions); `question` is the
    question's vector, shape (dimensions,); both unit vectors of one model.
    """
    hits = [
        *hits,
        *_named(understood, hits, documents, entries),
        *definitions(understood, hits, documents),
    ]
    scored = score(candidates(understood, hits, documents, rarity), question, encode)
    absent = abstaining.absent(understood, hits, glossary, documents)
    missing = tuple(n for n in absent if knows is None or not _known(n, knows))
    best = min(1.0, max(0.0, *(c.score for c in scored[:3]), 0.0)) if scored else 0.0
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
    if not understood.names or not (understood.dates or understood.parties):
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
        dated = any(d.first <= (about.date or "") <= d.last for d in understood.dates)
        if authors[about.author] and (dated or not understood.dates):
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
    question: Matrix,
    searched: Searched,
    rarity: Rarity | None = None,
    knows: Callable[[str], bool] | None = None,
    glossary: Glossary = Glossary(),  # noqa: B008  # frozen and empty
    entries: Callable[[], Sequence[Entry]] = tuple,
) -> Answer:
    """Return the answer in quotations, or why there is none; every quotation is checked.

    `documents` gives a document by id; `encode` embeds sentences as documents, shape
    (n, dimensions), `question` is the question's vector, shape (dimensions,), all unit
    vectors of the generation's model; `rarity` is a stem's IDF in the record (crc32 of
    the stem is its number in the word index), without it the hits stand in;
    `knows` says whether a name stands anywhere in the libraries that may be read;
    `entries` lists their documents, also those newer than `as_of`: called only when a
    letter or a later document must be looked up. Raises nothing for an odd question.
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
        rarity=rarity, knows=knows, glossary=glossary, entries=entries,
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
    usable = tuple(_usable(understood, found.scored))
    silent = () if contradiction is not None else premises.silent(understood, found.scored)
    if not usable or silent:
        return declining.related(
            query, understood, searched, found.scored, found.missing, found.absent, found.score,
            silent,
        )  # fmt: skip
    chosen = with_copies(_choose(understood, usable, contradiction), hits, documents)
    chosen = _with_standing(understood, chosen)
    return composing.answered(
        query, understood, chosen, score=found.score, entries=entries,
        contradicted=contradiction is not None,
    )  # fmt: skip


def _with_standing(understood: Understood, chosen: Sequence[Excerpt]) -> list[Excerpt]:
    """Add whether the first quoted rule is in force, where the question asks it."""
    if not chosen:
        return []
    first = chosen[0]
    place = premises.standing(understood, first.document.text, first.span.start)
    shown = any(
        e.document is first.document and place and e.span.start <= place[0] < e.span.end
        for e in chosen
    )
    if place is None or shown or place[1] - place[0] > 300:
        return list(chosen)
    added = replace(first, span=Span(*place), also=(), lead=None)
    return [first, added, *chosen[1:2]]


def _usable(understood: Understood, scored: Sequence[Candidate]) -> list[Candidate]:
    """Keep, for a yes/no question about a party, what that party says or does itself."""
    if understood.asks is Asks.YES_NO and premises.parties_asked(understood):
        asked = premises.parties_asked(understood)
        return [c for c in scored if any(premises.speaks_or_acts(c, p) for p in asked)]
    return list(scored)


def _choose(
    understood: Understood, scored: Sequence[Candidate], contradiction: Candidate | None
) -> list[Excerpt]:
    if contradiction is not None:
        rest = [c for c in scored if c is not contradiction]
        denials = [c for c in rest if premises.denies(c, understood)]
        return choose([contradiction, *denials], most=2, share=0.5)
    # What a word means is said by its definition, however often others use the word.
    meanings = [c for c in scored if c.defines]
    if meanings:
        nearest = max(c.held for c in meanings)
        return choose([c for c in meanings if c.held == nearest])
    parties = premises.parties_asked(understood)
    if len(parties) > 1 and premises.compares(understood):
        chosen: list[Excerpt] = []
        for party in parties[:3]:
            own = [
                c
                for c in scored
                if premises.speaks_or_acts(c, party) and not any(c is e.candidate for e in chosen)
            ]
            own.sort(key=lambda c: (not premises.is_speaker(c, party), -c.score))
            chosen += choose(own, most=1, room=ROOM // len(parties))
        if chosen:
            return chosen
    if understood.asks is Asks.WHO and scored[0].voice.status is not Status.QUOTED:
        return choose(scored, spread=True, share=0.6)
    return _with_own_words(understood, scored, _primary_first(scored, choose(scored)))


REPORT_KINDS = (Kind.ARTICLE, Kind.SUMMARY)

SAME_WORDS = 0.5
"""Share of the shorter sentence's stems in the longer one, from which on both say the same ..."""

PRIMARY_SHARE = 0.6
"""... and share of the report's score that the document itself must have; by hand."""


def _primary_first(scored: Sequence[Candidate], chosen: list[Excerpt]) -> list[Excerpt]:
    """Put a document itself before a report that says the same and answers about as well.

    Words that the report quotes are the party's own already.
    """
    if not chosen or chosen[0].status is Status.QUOTED or not _reports(chosen[0].candidate):
        return chosen
    first = chosen[0]
    names = [first.speaker] if first.speaker else []
    itself = next(
        (
            c
            for c in scored
            if not _reports(c)
            and c.voice.status is Status.OWN
            and c.score >= PRIMARY_SHARE * first.score
            and c.document.entry.particulars.kind is not Kind.OTHER
            and not _is_of(c.voice.speaker, names)
            and _same_words(c.text, first.text) >= SAME_WORDS
        ),
        None,
    )
    if itself is None:
        return chosen
    new = excerpt(itself, scored, MAX_SPAN)
    kept = [e for e in chosen if not (e.document is new.document and e.span == new.span)]
    room = ROOM - len(new.text)
    found = [new]
    for one in kept:
        if len(found) < MOST and len(one.text) <= room:
            found.append(one)
            room -= len(one.text)
    return found


def _same_words(one: str, other: str) -> float:
    a, b = set(stems(one)), set(stems(other))
    return len(a & b) / max(1, min(len(a), len(b)))


def _reports(candidate: Candidate) -> bool:
    return candidate.document.entry.particulars.kind in REPORT_KINDS


def _with_own_words(
    understood: Understood, scored: Sequence[Candidate], chosen: list[Excerpt]
) -> list[Excerpt]:
    """Add what a document quotes of the party asked about, where only reports of it were chosen.

    "What did X tell Y?" is best answered by X's own words, which seldom name X or Y.
    """
    parties = understood.parties
    if not parties or any(
        e.status in (Status.QUOTED, Status.OWN) and _is_of(e.speaker, parties) for e in chosen
    ):
        return chosen
    documents = [e.document.entry.id for e in chosen]
    own = next(
        (
            c
            for c in scored
            if c.voice.status is Status.QUOTED
            and _is_of(c.voice.speaker, parties)
            and c.document.entry.id in documents
        ),
        None,
    )
    own = own or _quoted_nearby(chosen, parties)
    if own is None:
        return chosen
    new = excerpt(own, scored, MAX_SPAN)
    kept, room = [new], ROOM - len(new.text)
    # What brings these words in comes first, then what other documents say.
    for one in sorted(chosen, key=lambda e: e.document.entry.id != new.document.entry.id):
        if len(kept) < MOST and len(one.text) <= room:
            kept.append(one)
            room -= len(one.text)
    return kept


def _quoted_nearby(chosen: Sequence[Excerpt], parties: Sequence[str]) -> Candidate | None:
    """Return a quoted sentence of a party around what was chosen, though it was not encoded."""
    for one in chosen:
        end = min(len(one.document.text), one.span.end + 800)
        near = tuple(voices(one.document, one.span.start, end))
        for voice in near:
            if voice.status is Status.QUOTED and _is_of(voice.speaker, parties):
                return replace(one.candidate, voice=voice, around=near)
    return None


def _is_of(speaker: str | None, parties: Sequence[str]) -> bool:
    return bool(speaker) and any(same_name(party, speaker or "") for party in parties)
