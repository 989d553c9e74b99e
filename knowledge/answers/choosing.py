"""Which sentences make an answer: what the question may be answered with, and in what order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.answers import premises
from knowledge.answers.questions import Asks, Understood
from knowledge.answers.quoting import MAX_SPAN, MOST, ROOM, Excerpt, choose, excerpt
from knowledge.answers.sentences import Candidate
from knowledge.answers.speakers import Status, same_name, voices
from knowledge.text import Span, stems
from knowledge.types import Kind


def with_standing(understood: Understood, chosen: Sequence[Excerpt]) -> list[Excerpt]:
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


def usable(understood: Understood, scored: Sequence[Candidate]) -> list[Candidate]:
    """Keep, for a yes/no question about a party, what that party says or does itself."""
    if understood.asks is Asks.YES_NO and premises.parties_asked(understood):
        asked = premises.parties_asked(understood)
        return [c for c in scored if any(premises.speaks_or_acts(c, p) for p in asked)]
    return list(scored)


def choose_for(
    understood: Understood, scored: Sequence[Candidate], contradiction: Candidate | None
) -> list[Excerpt]:
    """Return what to quote: a denial, a definition, each party asked about, else the best."""
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
    return _with_own_words(
        understood, scored, _primary_first(scored, _without_heads(choose(scored)))
    )


def _without_heads(chosen: list[Excerpt]) -> list[Excerpt]:
    """Leave out heads of tables beside sentences: they hold names and dates, and say nothing."""
    return [one for one in chosen if not _heads_a_table(one.text)] or chosen


def _heads_a_table(words: str) -> bool:
    """Whether it is several short lines of names and dates: "Balance Sheets, Harbor Inc., 2025"."""
    lines = [line for line in words.split("\n") if line.strip()]
    if len(lines) < 3 or words.rstrip()[-1] in '.!?;:”"’':
        return False
    letters: list[str] = re.findall(r"[^\W\d_]+", words)
    return sum(word.islower() for word in letters) < len(letters) / 2


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
    if not parties:
        return chosen
    documents = [e.document.entry.id for e in chosen]
    if any(_own_document(e, parties) for e in chosen):
        # Where its own document answers, what merely mentions it adds nothing.
        chosen = [
            e
            for e in chosen
            if _own_document(e, parties)
            or any(premises.speaks_or_acts(e.candidate, party) for party in parties)
        ]
    if any(e.status in (Status.QUOTED, Status.OWN) and _is_of(e.speaker, parties) for e in chosen):
        return chosen
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


def _own_document(one: Excerpt, parties: Sequence[str]) -> bool:
    return one.status in (Status.OWN, Status.SUMMARY) and _is_of(
        one.document.entry.particulars.author, parties
    )


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
