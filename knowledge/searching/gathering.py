"""Candidates for a question from one library: what may answer it, not yet in order.

100 by words, 100 by vectors and 50 by pairs of words; each with its terms and its cosine.
Filters are exact: what does not pass is dropped, more is fetched until enough is left,
and where too few survive every passage that passes is looked at.
"""

from __future__ import annotations

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
# Of the 2,000 nearest those that pass are the nearest that pass: so many do without a scan.
FEWEST = 12
# Up to so many passages that pass are compared one by one at once: 5,000 take about as long as
# asking for 2,000 more; 50,000 took 700 ms CPU (our measurement, November 2026).
SCANNED = 5000
# So many passages that pass are all scored, whatever words and vectors say of them, and neither
# is asked: with 741 of 44,927 passing p95 fell from 74 to 42 ms CPU (27 to 31 without a filter;
# our measurement, November 2026).
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
        _unfiltered(found, store, question)
    elif filtering.no_more_than(SCANNED_WHOLE, store, live.generation, filters):
        _scan(found, store, filters)
    else:
        promised = _filtered(found, store, question, filters, FILTERED, ENOUGH)
        if promised is not None:
            few = promised > FILTERED_MOST and filtering.no_more_than(
                SCANNED, store, live.generation, filters
            )
            more = min(promised, FILTERED_MOST)
            if few or _filtered(found, store, question, filters, more, FEWEST) is not None:
                _scan(found, store, filters)
    _complete(found, store)
    return found


def _unfiltered(found: Found, store: Store, question: Terms) -> None:
    near, *by_words = _asked(found.live, question, found.reading, BY_VECTORS, BY_WORDS)
    ids = dict.fromkeys(id for rows in (near, *by_words) for id, _ in rows)
    found.cosines = dict(near)
    found.candidates = filtering.candidates(store, list(ids), library=found.live.library)


def _filtered(
    found: Found, store: Store, question: Terms, filters: Filters, most: int, enough: int
) -> int | None:
    """Ask for so many and keep what passes; how many to ask for instead, None if it was enough."""
    live = found.live
    lists = _asked(live, question, found.reading, most, most)
    near = lists[0]
    ids = list(dict.fromkeys(id for rows in lists for id, _ in rows))
    passing = filtering.survivors(store, ids, library=live.library, filters=filters)
    kept = {
        id
        for rows, limit in zip(lists, (BY_VECTORS, BY_WORDS, BY_PAIRS), strict=True)
        for id in [id for id, _ in rows if id in passing][:limit]
    }
    found.cosines = dict(near)
    found.candidates = filtering.candidates(store, list(kept), library=live.library)
    survived = sum(id in passing for id, _ in near)
    if len(near) < most or survived >= enough:
        return None
    # As many more as would bring enough if the rest of the list is like its beginning.
    # A fifth more than would bring enough if the rest of the list is like its beginning.
    return most * 6 * ENOUGH // (5 * max(1, survived))


def _asked(
    live: Live, question: Terms, reading: Reading, by_vectors: int, by_words: int
) -> tuple[list[tuple[str, float]], ...]:
    """What vectors, words and pairs of words find, each best first."""
    return (
        live.vectors.query(reading.vector, by_vectors),
        live.words.search(question.stems, by_words),
        live.words.search(question.pairs, BY_PAIRS, field=PAIRS),
    )


def _scan(found: Found, store: Store, filters: Filters) -> None:
    """Compare the question with every passage that passes; few of them are candidates all."""
    live = found.live
    ids, matrix = filtering.passing(store, live.generation, live.card.key, filters)
    if not ids:
        return
    cosines = matrix @ found.reading.vector
    found.cosines |= dict(zip(ids, cosines.tolist(), strict=True))
    if len(ids) > SCANNED_WHOLE:
        ids = [ids[place] for place in np.argsort(-cosines, kind="stable")[:BY_VECTORS]]
    known = {candidate.id for candidate in found.candidates}
    new = [id for id in ids if id not in known]
    found.candidates += filtering.candidates(store, new, library=live.library)


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
