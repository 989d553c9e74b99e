"""Hits to the sentences that may answer, with all that their scores are made of.

Coverage is the share of the question's IDF mass in a sentence; a second one also counts the
sentence before and the document's title and author; a sentence that holds what the question
asks for (a date, a number, a name, a meaning) gets more. `scoring` adds the cosine.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from knowledge.answers.calendar_words import fits, periods
from knowledge.answers.citing import date_in_words, frame
from knowledge.answers.definitions import defines, term
from knowledge.answers.questions import Asks, Understood, asking
from knowledge.answers.speakers import Voice, same_name, voices
from knowledge.answers.weighing import bonus, held_share, holds
from knowledge.text import Span, fold, stems
from knowledge.types import Document, Hit

Rarity = Callable[[str], float]
"""A stem's IDF in the record; higher is rarer."""

HITS_READ = 8
"""Passages whose sentences compete; later ones held the best sentence in under 2 % of cases."""

_WORDS_LEAST = 4


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question asks for, in stems, each with its share of the IDF mass."""

    shares: Mapping[str, float]
    topic: Mapping[str, float]
    """The shares without names and dates; empty if the question holds nothing else."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, with all that its score is made of."""

    document: Document
    hit: Hit
    voice: Voice
    previous: Span | None
    position: int
    """Sentences before it in its passage."""
    rank: int
    """Rank of its passage, 0 the best."""
    around: tuple[Voice, ...]
    """All sentences of its passage's paragraphs, in order."""
    wanted: Wanted
    here: frozenset[str]
    """Stems asked for that it holds."""
    nearby: frozenset[str]
    """The same with the sentence before, the title, the author and the like."""
    coverage: float
    coverage_with_previous: float
    fits: float
    """For holding what is asked for: FITS, twice that for a definition."""
    bonus: float
    held: float
    """Share of the question's names that its document holds."""
    topic: float
    """Share of the question's IDF mass without names and dates, with the sentence before; 1 if
    the question holds nothing else ("What did X tell Y?"). Once it is scored, with what it says
    in other words."""
    defines: bool = False
    """It says what the word means whose meaning is asked for."""
    cosine: float = 0.0
    score: float = 0.0
    """How well it answers by itself."""
    confidence: float = 0.0
    """The same with what it says in other words (`other_words`): comparable between questions."""
    order: float = 0.0
    """The same with how good its passage is: what candidates are ordered by."""

    @property
    def text(self) -> str:
        return self.document.text[self.voice.span.start : self.voice.span.end]


def candidates(
    understood: Understood,
    hits: Sequence[Hit],
    documents: Callable[[str], Document],
    rarity: Rarity | None = None,
) -> list[Candidate]:
    """Return the sentences of the best passages, unscored, best coverage first, duplicates kept."""
    asked = _asked(understood)
    question = frozenset(stems(asked))
    if not question:
        return []
    weights = _weights(question, hits, rarity)
    longs = {short: set(stems(long)) & question for short, long in understood.expanded.items()}
    word = term(understood)
    wanted = Wanted(
        _shares(weights, question), _shares(weights, question - _named_stems(understood))
    )
    found: list[Candidate] = []
    seen: set[tuple[str, int]] = set()
    shares: dict[str, float] = {}
    for rank, hit in enumerate(_read(hits)):
        document = documents(hit.passage.document_id)
        about = document.entry.particulars
        framing = frame(about)
        framed = _asked_in(framing, weights)
        if document.entry.id not in shares:
            framing = f"{framing} | {document.entry.source}"
            shares[document.entry.id] = held_share(understood, document, framing)
        dated = DATED * fits(about.date, understood.dates, understood.months)
        if about.author and any(same_name(name, about.author) for name in understood.names):
            dated *= 2  # the very document that is asked about
        headings = _headings(document)
        previous: Span | None = None
        before: set[str] = set()
        start, end = _paragraphs_around(document.text, hit.passage.start, hit.passage.end)
        around = tuple(voices(document, start, end))
        inside = [
            v for v in around if v.span.end > hit.passage.start and v.span.start < hit.passage.end
        ]
        for position, voice in enumerate(inside):
            words = document.text[voice.span.start : voice.span.end]
            here = _asked_in(words, weights)
            for short, long in longs.items():
                if short in words:
                    here |= long
            key = (document.entry.id, voice.span.start)
            if key not in seen and _is_sentence(words) and fold(words) not in headings:
                seen.add(key)
                nearby = frozenset(here | before | framed)
                found.append(
                    Candidate(
                        document,
                        hit,
                        voice,
                        previous,
                        position,
                        rank,
                        around,
                        wanted,
                        frozenset(here),
                        nearby,
                        sum(wanted.shares[s] for s in here),
                        sum(wanted.shares[s] for s in nearby),
                        FITS * holds(words, understood.asks) * (1 + _defines(understood)),
                        bonus(voice, words, document, understood) + dated,
                        shares[document.entry.id],
                        sum(share for s, share in wanted.topic.items() if s in nearby)
                        if wanted.topic
                        else 1.0,
                        word is not None and defines(word, words),
                    )
                )
            previous, before = voice.span, here
    # Without any vector yet: what the sentence covers, and how good its passage is.
    best = max((h.score for h in hits[:HITS_READ]), default=1.0) or 1.0
    found.sort(
        key=lambda c: (
            c.defines,
            (c.coverage + 0.5 * c.coverage_with_previous + 0.4 * c.hit.score / best + 2 * c.bonus)
            * c.held,
        ),
        reverse=True,
    )
    return found


def _read(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits whose sentences compete: the best, and those read for their author's sake."""
    return [*hits[:HITS_READ], *(hit for hit in hits[HITS_READ:] if not hit.passage.id)]


def _paragraphs_around(text: str, start: int, end: int, most: int = 600) -> tuple[int, int]:
    """Widen a passage to whole paragraphs, by at most `most` characters on either side."""
    before = text.rfind("\n\n", max(0, start - most), start)
    after = text.find("\n\n", end, end + most)
    return (before + 2 if before >= 0 else start), (after if after >= 0 else end)


def _weights(
    question: frozenset[str], hits: Sequence[Hit], rarity: Rarity | None
) -> dict[str, float]:
    if rarity is not None:
        return {stem: rarity(stem) for stem in question}
    texts = [frozenset(stems(hit.passage.text)) for hit in hits]
    count = len(texts)
    # Without figures of the whole record the hits stand in for it.
    return {
        stem: math.log(1 + (count - n + 0.5) / (n + 0.5)) + 0.3
        for stem in question
        for n in [sum(stem in text for text in texts)]
    }


def _shares(weights: Mapping[str, float], asked: Collection[str]) -> dict[str, float]:
    mass = sum(weights[stem] for stem in asked) or 1.0
    return {stem: weights[stem] / mass for stem in asked}


def _asked_in(words: str, weights: Mapping[str, float]) -> set[str]:
    return {stem for stem in stems(words) if stem in weights}


_LABEL = re.compile(
    r"(?:submitted by|issued by|listed by|source|date|from|to|cc|re|subject|title|author|url|citation|pinpoint|contact|tel|fax|via)\b[^.]{0,20}:",  # noqa: E501
    re.IGNORECASE,
)


_NOTE = re.compile(r"(?:\[?\d{1,3}[\].]?\s+)?(?:See|Cf\.|Id\.|Ibid)\b")


def _is_sentence(words: str) -> bool:
    """Leave out headings, signatures, table rows and "Source: ..." lines."""
    count = len(words.split())
    if _LABEL.match(words) or _NOTE.match(words) or ("http" in words and count < 12):
        return False
    if count < 10 and words[-1] not in '.!?;:”"’)]' and ": " not in words:
        return False  # a heading
    return len(re.findall(r"[^\W\d_]{2,}", words)) >= _WORDS_LEAST and bool(
        re.search(r"\s[a-z]{2,}", words)
    )


def _headings(document: Document) -> frozenset[str]:
    """Return the title and the headings of a document, folded: names of texts, no statements."""
    parts = {part for s in document.sections if s.heading for part in s.heading.split(" > ")}
    return frozenset(fold(part) for part in {*parts, document.entry.particulars.title or ""})


FITS = 0.1
"""For holding what the question asks for: a date, a number, a name."""

DATED = 0.1
"""For a document of the very day, month or year that the question names."""


def _defines(understood: Understood) -> bool:
    return understood.asks is Asks.DEFINITION


def _named_stems(understood: Understood) -> set[str]:
    """Return the stems of the question's names and dates: what it is about, not what it asks."""
    named = {s for name in understood.names for s in stems(name)}
    named |= {s for short in understood.expanded for s in stems(short)}
    named |= {s for words in periods(understood.text) for s in stems(words)}
    for days in understood.dates:
        for date in {days.first, days.last}:
            named |= set(stems(date_in_words(date) or ""))
    return named


ASKING_LEAST = 4
"""Content words that the asking sentences must have to stand for the whole question."""


def _asked(understood: Understood) -> str:
    """Return what is asked for, without the short forms that it spells out."""
    text = understood.text
    for short in understood.expanded:
        text = text.replace(f" ({short})", "")
    inner = asking(text)
    return inner if len(set(stems(inner))) >= ASKING_LEAST else text
