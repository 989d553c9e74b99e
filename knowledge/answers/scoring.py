"""Sentences that may answer to their scores: which are encoded, and in what order they stand.

    score = cosine * (.3 + .5 coverage + .5 coverage_with_previous) + .1 type + .05 / (1 + position)

Cosine is question against sentence; the others are `sentences.Candidate`'s. On the SQuAD
development half (1,600 questions over 646 paragraphs) the first choice is right in
.778, cosine alone .639; on WikiQA MRR .758 (our measurements, November 2026).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np
import numpy.typing as npt

from knowledge.answers.other_words import OtherWords, Reading
from knowledge.answers.sentences import Candidate
from knowledge.answers.speakers import Status
from knowledge.text import Span
from knowledge.types import Passage

Near = Callable[[Sequence[tuple[Passage, Span]]], npt.NDArray[np.float64]]
"""Estimated cosines of parts of passages with the question; NaN where there is none."""

Encode = Callable[[Sequence[str]], Iterable[Reading]]
"""Sentences as the model reads documents, in any order, each with its position."""

BY_ESTIMATES = 5
"""Sentences encoded a question where cosines can be estimated (`searching.nearness`): ten whole
ones of a bill cost 184 ms of one core, the budget is 100 ms."""

BY_WORDS = 8
"""Sentences encoded where they cannot. Eight beginnings answered as many gold questions as ten
longer ones (November 2026)."""

ENCODED_CHARS = 180
"""Characters of a sentence that are encoded: some forty word pieces; the cost is linear in them."""

ENCODED_PIECES = 40
"""Word pieces that are encoded, about: a row of figures has as many in half the characters. At
10,000 passages p95 of an answer fell from 168 to 142 ms of CPU (November 2026)."""

_PIECE = re.compile(r"[^\W\d_]{1,7}|\d{1,3}|[^\w\s]|_")

DEFINES = 0.2
"""For the sentence that says what the very word asked for means."""

HELD_LEAST = 0.7
"""What is left of a score where the document holds none of the question's names."""

PASSAGE = 0.2
"""For the best passage; others in proportion to their fused score."""

PROCEDURE = 0.5
"""What is left of the score of a letter's formalities."""

_PROCEDURE = re.compile(
    r"submits? this letter|sets? forth (?:below )?(?:the|our) responses?|(?:please|do not hesitate to) (?:contact|call)|"  # noqa: E501
    r"if you have any (?:further )?questions|you may contact|letter of comments dated|we have reviewed your",  # noqa: E501
    re.IGNORECASE,
)


def score(
    found: Sequence[Candidate],
    question: Reading,
    asked: str,
    encode: Encode,
    near: Near | None = None,
) -> list[Candidate]:
    """Return the candidates that are worth encoding with their scores, best first.

    `question` is how the model reads `asked`, `encode` how it reads documents; `near`
    estimates cosines without encoding, so that fewer need it.
    """
    chosen = _told_by_estimates(found, near) or _told_by_words(found)
    if not chosen:
        return []
    readings = sorted(encode([_beginning(c.text) for c in chosen]), key=lambda r: r.position)
    return _in_order(chosen, readings, question, OtherWords(question, asked))


def _beginning(sentence: str) -> str:
    """Return the part of a sentence that is encoded."""
    words = " ".join(sentence.split())[:ENCODED_CHARS]
    last = next(islice(_PIECE.finditer(words), ENCODED_PIECES - 1, None), None)
    return words[: last.end()] if last else words


def _told_by_estimates(found: Sequence[Candidate], near: Near | None) -> list[Candidate]:
    """Return the BY_ESTIMATES best candidates as cosines are estimated; none if none can be."""
    if near is None:
        return []
    starts = [c.voice.span.start for c in found]
    cosines = near(
        [
            (c.hit.passage, Span(start, min(c.voice.span.end, start + ENCODED_CHARS)))
            for c, start in zip(found, starts, strict=True)
        ]
    )
    known = ~np.isnan(cosines)
    if not known.any():
        return []
    cosines = np.where(known, cosines, cosines[known].mean())
    orders = _orders(found, _scores(found, cosines))
    best = sorted(range(len(found)), key=lambda place: -orders[place])[:BY_ESTIMATES]
    return [found[place] for place in best]


def _told_by_words(found: Sequence[Candidate]) -> list[Candidate]:
    """Return at most BY_WORDS candidates: by coverage, and one of each passage by meaning.

    A paraphrase shares no word with its answer: three places go to the passages nearest
    in meaning that coverage would leave out.
    """
    kept = list(found[: BY_WORDS - 3])
    # Words of the very party that is asked about often share no word with the question.
    said = [c for c in found[BY_WORDS - 3 :] if c.voice.status is Status.QUOTED and c.bonus > 0]
    kept += said[:2]
    ranks = {c.rank for c in kept}
    near = sorted(found[BY_WORDS - 3 :], key=lambda c: -c.hit.cosine)
    for candidate in near:
        if len(kept) == BY_WORDS:
            break
        if candidate.rank not in ranks and candidate not in kept:
            ranks.add(candidate.rank)
            kept.append(candidate)
    return kept + [c for c in found[BY_WORDS - 3 :] if c not in kept][: BY_WORDS - len(kept)]


def _in_order(
    found: Sequence[Candidate], readings: Sequence[Reading], question: Reading, words: OtherWords
) -> list[Candidate]:
    """Return candidates with their cosines and the scores from them, best first."""
    cosines = np.stack([reading.vector for reading in readings]) @ question.vector
    softened = [_softened(c, words, reading) for c, reading in zip(found, readings, strict=True)]
    scores, confidences = _scores(found, cosines), _scores(softened, cosines)
    orders = _orders(found, scores)
    scored = [
        replace(
            candidate,
            cosine=float(cosines[place]),
            score=scores[place],
            order=orders[place],
            confidence=confidences[place],
            topic=softened[place].topic,
        )
        for place, candidate in enumerate(found)
    ]
    return sorted(scored, key=lambda c: c.order, reverse=True)


def _softened(candidate: Candidate, words: OtherWords, reading: Reading) -> Candidate:
    """Return a candidate whose shares also count what it says in other words."""
    wanted, here, nearby = candidate.wanted, candidate.here, candidate.nearby
    likeness = words.likeness(reading, wanted.shares.keys() - here)

    def added(shares: Mapping[str, float], held: frozenset[str]) -> float:
        return sum(share * likeness.get(s, 0.0) for s, share in shares.items() if s not in held)

    return replace(
        candidate,
        coverage=candidate.coverage + added(wanted.shares, here),
        coverage_with_previous=candidate.coverage_with_previous + added(wanted.shares, nearby),
        topic=candidate.topic + added(wanted.topic, nearby),
    )


def _scores(found: Sequence[Candidate], cosines: npt.NDArray[np.floating]) -> list[float]:
    """Return how well each candidate answers by itself, with these cosines."""
    return [
        (
            float(cosine) * (0.3 + 0.5 * c.coverage + 0.5 * c.coverage_with_previous)
            + c.fits
            + c.bonus
            + DEFINES * c.defines
            + 0.05 / (1 + c.position)
        )
        * (HELD_LEAST + (1 - HELD_LEAST) * c.held)
        * (PROCEDURE if _PROCEDURE.search(c.text) else 1.0)
        for c, cosine in zip(found, cosines, strict=True)
    ]


def _orders(found: Sequence[Candidate], scores: Sequence[float]) -> list[float]:
    """Return what candidates are ordered by: their scores, with how good their passages are."""
    best = max(c.hit.score for c in found) or 1.0
    return [score + PASSAGE * c.hit.score / best for c, score in zip(found, scores, strict=True)]
