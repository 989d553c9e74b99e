"""Candidates for a question from one library: what may answer it, not yet in order.

100 by words, 100 by vectors and 50 by pairs of words; each with its terms and its cosine.
Filters are exact: what does not pass is dropped, more is fetched until enough is left,
and where too few survive every passage that passes is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from knowledge.encoding.model_card import ModelCard
from knowledge.encoding.terms import Terms
from knowledge.searching import filtering
from knowledge.searching.filtering import Candidate, Filters
from knowledge.searching.words import PAIRS, WordIndex

if TYPE_CHECKING:
    from knowledge.encoding.embedding import Reading
    from knowledge.storing.store import Store
    from knowledge.storing.vectors import VectorIndex

# Their union holds .917 of the gold passages of ObliQA's development half
# (our measurement, November 2026).
BY_WORDS, BY_VECTORS, BY_PAIRS = 100, 100, 50
# With filters: how many are fetched at first and at most, and how many survivors are enough.
FILTERED, FILTERED_MOST, ENOUGH = 200, 2000, 50
# So many passages that pass are all scored, whatever words and vectors say of them.
SCANNED_WHOLE = 1000


class Live(Protocol):
    """What retrieval needs of the index that answers for one library."""

    @property
    def library(self) -> str:
        """Its name."""

    @property
    def generation(self) -> int:
        """The number of its generation."""

    @property
    def card(self) -> ModelCard:
        """The model that questions must be encoded with."""

    @property
    def vectors(self) -> VectorIndex:
        """Chroma."""

    @property
    def words(self) -> WordIndex:
        """tantivy."""


@dataclass(slots=True)
class Found:
    """Candidates of one library for one text."""

    live: Live
    reading: Reading
    """The text as the library's model reads it."""
    candidates: list[Candidate] = field(default_factory=list)
    cosines: dict[str, float] = field(default_factory=dict)
    """Of every candidate, by id; of others perhaps too."""


def gather(live: Live, store: Store, question: Terms, reading: Reading, filters: Filters) -> Found:
    """Candidates of one library that pass the filters, each with its cosine."""
    found = Found(live, reading)
    if filters.empty:
        _fetch(found, store, question, filters, (BY_VECTORS, BY_WORDS))
    elif not any(
        _fetch(found, store, question, filters, (most, most)) for most in (FILTERED, FILTERED_MOST)
    ):
        _scan(found, store, filters)
    _complete(found, store)
    return found


def _fetch(
    found: Found, store: Store, question: Terms, filters: Filters, most: tuple[int, int]
) -> bool:
    """Ask the indexes; say whether enough passes, or there is no more to be fetched."""
    live = found.live
    near = live.vectors.query(found.reading.vector, most[0])
    by_words = live.words.search(question.stems, most[1])
    by_pairs = live.words.search(question.pairs, BY_PAIRS, field=PAIRS)
    ids = dict.fromkeys(id for id, _ in (*near, *by_words, *by_pairs))
    passing = filtering.candidates(store, list(ids), library=live.library, filters=filters)
    found.cosines = dict(near)
    found.candidates = _longest(passing, near, by_words, by_pairs)
    survivors = {candidate.id for candidate in passing}
    return (
        len(near) < most[0]
        or sum(id in survivors for id, _ in near) >= ENOUGH
        # Unfiltered, nothing further is wanted.
        or filters.empty
    )


def _longest(passing: Sequence[Candidate], *lists: Iterable[tuple[str, float]]) -> list[Candidate]:
    """Of each list as many survivors, best first, as an unfiltered question has candidates."""
    ids = {candidate.id for candidate in passing}
    kept: set[str] = set()
    for rows, most in zip(lists, (BY_VECTORS, BY_WORDS, BY_PAIRS), strict=True):
        kept.update([id for id, _ in rows if id in ids][:most])
    return [candidate for candidate in passing if candidate.id in kept]


def _scan(found: Found, store: Store, filters: Filters) -> None:
    """Compare the question with every passage that passes; few of them are candidates all."""
    live = found.live
    passing = filtering.passing(store, live.generation, filters)
    ids, matrix = store.vectors(live.card.key, passing)
    if ids:
        cosines = matrix @ found.reading.vector
        found.cosines |= dict(zip(ids, cosines.tolist(), strict=True))
    wanted = passing
    if len(passing) > SCANNED_WHOLE:
        wanted = [ids[place] for place in np.argsort(-cosines, kind="stable")[:BY_VECTORS]]
    known = {candidate.id for candidate in found.candidates}
    new = [id for id in wanted if id not in known]
    found.candidates += filtering.candidates(store, new, library=live.library, filters=filters)


def _complete(found: Found, store: Store) -> None:
    """Cosines of candidates that only words found: exact ones gain .006 MAP@10 over none."""
    missing = [c.id for c in found.candidates if c.id not in found.cosines]
    if missing:
        # From SQLite: Chroma takes three times as long for rows by their ids.
        ids, matrix = store.vectors(found.live.card.key, missing)
        if ids:
            cosines = (matrix @ found.reading.vector).tolist()
            found.cosines |= dict(zip(ids, cosines, strict=True))
    for candidate in found.candidates:
        found.cosines.setdefault(candidate.id, 0.0)
