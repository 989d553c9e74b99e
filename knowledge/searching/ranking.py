"""Scores of candidate passages for one question, from numbers alone.

BM25 in three forms over the terms that are stored with each passage. `retrieval` adds
cosines, rule numbers and late interaction. What each step brought, Recall@10/MAP@10 on
1,739 questions of ObliQA's development half (our measurement, November 2026):

    stems alone                                          .76 / .61 (on every fourth question)
    stems, pairs, surface pairs, cosines                 .801 / .682
    and rule numbers and late interaction                .799 / .683
    late interaction in stretches, six weights fitted    .807 / .688
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.encoding.terms import Numbers, Terms, distinct, mix
from knowledge.encoding.terms import (
    encode_terms as encode_terms,  # what a passage's terms are stored as
)

Scores = npt.NDArray[np.float64]
Lengths = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Form:
    """One form of BM25: a saturation, and how far a long passage is marked down."""

    k1: float
    b: float


# A passage of a few sentences that names a word twice is hardly more about it than one that
# names it once: the low k1 is most of the gain over tantivy's 1.2 (our measurement on ObliQA
# and on SQuAD, WikiQA and small regulatory sets, November 2026).
STEMS = Form(k1=0.3, b=0.75)
PAIRS = Form(k1=0.3, b=0.4)
SURFACE = Form(k1=0.5, b=0.5)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The distinct terms of a question, ascending, with their weights in the libraries asked."""

    stems: Numbers
    stem_weights: Scores
    pairs: Numbers
    pair_weights: Scores
    surface: Numbers
    surface_weights: Scores
    codes: Numbers
    """Shape (n, 2), as in `Terms`."""


@dataclass(frozen=True, slots=True)
class Means:
    """Mean number of terms in a passage of the libraries asked."""

    stems: float
    pairs: float
    surface: float


def inverse_frequency(passages: int, frequencies: Scores) -> Scores:
    """BM25's weight of terms that so many of all passages hold; always above zero."""
    held = np.minimum(frequencies, passages)
    return np.log1p((passages - held + 0.5) / (held + 0.5))


def min_max(scores: Scores) -> Scores:
    """Scale scores to [0, 1], shape kept; a constant list becomes zeros.

    Used to fuse words and vectors: .6 / .4 beat reciprocal rank fusion by .047
    MAP@10 on ObliQA (our measurement, November 2026).
    """
    if scores.size == 0:
        return scores
    low, high = float(scores.min()), float(scores.max())
    return np.zeros_like(scores) if high <= low else (scores - low) / (high - low)


def bm25(
    asked: Numbers,
    weights: Scores,
    passages: Sequence[Numbers],
    *,
    form: Form,
    mean: float,
) -> Scores:
    """BM25 of each passage, shape (len(passages),). `asked` ascends and has no repeats."""
    lengths = np.fromiter(map(len, passages), dtype=np.int64, count=len(passages))
    if not len(asked) or not lengths.sum():
        return np.zeros(len(passages))
    times = _times(asked, passages, lengths)
    room = form.k1 * (1 - form.b + form.b * lengths / mean)
    scores: Scores = (weights * times * (form.k1 + 1) / (times + room[:, None])).sum(axis=1)
    return scores


def _times(asked: Numbers, passages: Sequence[Numbers], lengths: Lengths) -> Lengths:
    """How often each passage holds each term, shape (len(passages), len(asked))."""
    every = np.concatenate(passages)
    owner = np.repeat(np.arange(len(passages)), lengths)
    place = np.minimum(np.searchsorted(asked, every), len(asked) - 1)
    same = asked[place] == every
    cells = owner[same] * len(asked) + place[same]
    count = np.bincount(cells, minlength=len(passages) * len(asked))
    return np.asarray(count.reshape(len(passages), len(asked)))


def coverage(asked: Asked, passages: Sequence[Terms]) -> float:
    """How much of a question's weight the one passage holds that holds most of it, 0 to 1."""
    lengths = np.fromiter((len(passage.stems) for passage in passages), dtype=np.int64)
    if not asked.stem_weights.sum() or not lengths.sum():
        return 0.0
    held = _times(asked.stems, [passage.stems for passage in passages], lengths) > 0
    return float((held @ asked.stem_weights).max() / asked.stem_weights.sum())


def stem_scores(asked: Asked, passages: Sequence[Terms], means: Means) -> Scores:
    """How well passages match the single words of a question."""
    stems = [passage.stems for passage in passages]
    return bm25(asked.stems, asked.stem_weights, stems, form=STEMS, mean=means.stems)


def pair_scores(asked: Asked, passages: Sequence[Terms], means: Means) -> Scores:
    """How well passages match its pairs of content words."""
    pairs = _pairs([passage.stems for passage in passages])
    return bm25(asked.pairs, asked.pair_weights, pairs, form=PAIRS, mean=means.pairs)


def surface_scores(asked: Asked, passages: Sequence[Terms], means: Means) -> Scores:
    """How well passages match its pairs of words as they stand."""
    surface = [passage.surface for passage in passages]
    return bm25(asked.surface, asked.surface_weights, surface, form=SURFACE, mean=means.surface)


def code_scores(asked: Asked, passages: Sequence[Terms]) -> Scores:
    """The share of the question's rule numbers that a passage names; half for the base alone."""
    scores = np.zeros(len(passages))
    lengths = np.fromiter((len(passage.codes) for passage in passages), dtype=np.int64)
    if not len(asked.codes) or not lengths.any():
        return scores
    every = np.concatenate([passage.codes for passage in passages])
    owner = np.repeat(np.arange(len(passages)), lengths)
    for whole, base in asked.codes:
        named = np.zeros(len(passages))
        named[owner[every[:, 1] == base]] = 0.5
        named[owner[every[:, 0] == whole]] = 1.0
        scores += named
    return np.asarray(scores / len(asked.codes))


def _pairs(stems: Sequence[Numbers]) -> list[Numbers]:
    """Pairs of neighbouring stems in each passage, made in one go."""
    if not stems:
        return []
    every = np.concatenate(stems)
    pairs = mix(every[:-1], every[1:])
    ends = np.cumsum([len(passage) for passage in stems])
    starts = ends - [len(passage) for passage in stems]
    return [pairs[start : max(start, end - 1)] for start, end in zip(starts, ends, strict=True)]


def brevity(asked: Asked) -> float:
    """How far words may be trusted, 0 to 1: short questions lean on vectors.

    1 from six distinct content words on (our measurement, November 2026).
    """
    return min(1.0, float(np.sqrt(len(asked.stems) / 6)))


def asked_terms(question: Terms) -> tuple[Numbers, Numbers, Numbers]:
    """The distinct stems, pairs and surface pairs of a question, each ascending."""
    return distinct(question.stems), distinct(question.pairs), distinct(question.surface)
