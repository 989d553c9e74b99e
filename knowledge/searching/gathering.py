"""Candidates for a question from one library: what may answer it, not yet in order.

100 by words, 100 by vectors and 50 by pairs of words; each with its terms and its cosine.
Filters are exact: what does not pass is dropped, more is fetched until enough is left,
and where too few survive every passage that passes is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from functools import partial
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
# With filters: how many are fetched at first and at most, and how many survivors are enough. At
# most 1,000: the first five hits hold .956 of those that 6,000 find, for questions about either
# half of 102,692 passages through a filter that keeps one; 2,000 hold .970 and cost a fifth
# more CPU at p95 (our measurement, November 2026).
FILTERED, FILTERED_MOST, ENOUGH = 200, 1000, 50
# Where the nearest that pass are fewer, and words find less than enough, all that pass are
# scanned.
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


@dataclass(slots=True)
class Search:
    """One way of searching, with what it has found so far."""

    ask: Callable[[int], list[tuple[str, float]]]
    keep: int
    """How many of what passes are candidates."""
    most: int
    """How many are asked for."""
    rows: list[tuple[str, float]] = field(default_factory=list)
    """Passages with their scores, best first."""

    def run(self) -> None:
        """Search."""
        self.rows = self.ask(self.most)

    def passing(self, allowed: Container[str]) -> list[str]:
        """Those of its passages that pass, best first."""
        return [id for id, _ in self.rows if id in allowed]

    def wanting(self, allowed: Container[str], enough: int) -> bool:
        """Whether fewer than `enough` of its passages pass, and it may find more."""
        return len(self.rows) >= self.most and len(self.passing(allowed)) < enough

    def needs(self, allowed: Container[str]) -> int:
        """How many to ask for instead: a fifth more than would bring ENOUGH if the rest of the
        list is like its beginning."""
        return self.most * 6 * ENOUGH // (5 * max(1, len(self.passing(allowed))))


def gather(live: Live, store: Store, question: Terms, reading: Reading, filters: Filters) -> Found:
    """Candidates of one library that pass the filters, each with its cosine."""
    found = Found(live, reading)
    if filters.empty:
        _unfiltered(found, store, question)
    elif filtering.no_more_than(SCANNED_WHOLE, store, live.generation, filters) or not _filtered(
        found, store, question, filters
    ):
        _scan(found, store, filters)
    _complete(found, store)
    return found


def _searches(
    live: Live, question: Terms, reading: Reading, by_vectors: int, by_words: int
) -> list[Search]:
    """By vectors, by words and by pairs of words, each for so many passages at first."""
    return [
        Search(partial(live.vectors.query, reading.vector), BY_VECTORS, by_vectors),
        Search(partial(live.words.search, question.stems), BY_WORDS, by_words),
        Search(partial(live.words.search, question.pairs, field=PAIRS), BY_PAIRS, BY_PAIRS),
    ]


def _unfiltered(found: Found, store: Store, question: Terms) -> None:
    searches = _searches(found.live, question, found.reading, BY_VECTORS, BY_WORDS)
    for search in searches:
        search.run()
    ids = dict.fromkeys(id for search in searches for id, _ in search.rows)
    found.cosines = dict(searches[0].rows)
    found.candidates = filtering.candidates(store, list(ids), library=found.live.library)


def _filtered(found: Found, store: Store, question: Terms, filters: Filters) -> bool:
    """Ask for more than is needed and keep what passes; False if that is too little.

    Each search by itself is asked once more, for as much as it then seems to need.
    """
    live = found.live
    searches = _searches(live, question, found.reading, FILTERED, FILTERED)
    by_vectors, by_words, _ = searches
    known: set[str] = set()
    allowed: set[str] = set()

    def run(some: Sequence[Search]) -> None:
        for search in some:
            search.run()
        new = list(dict.fromkeys(id for one in some for id, _ in one.rows if id not in known))
        known.update(new)
        allowed.update(filtering.survivors(store, new, library=live.library, filters=filters))

    run(searches)
    again = [one for one in (by_vectors, by_words) if one.wanting(allowed, ENOUGH)]
    few = (
        by_vectors in again
        and by_vectors.needs(allowed) > FILTERED_MOST
        and filtering.no_more_than(SCANNED, store, live.generation, filters)
    )
    if again and not few:
        for search in again:
            search.most = min(search.needs(allowed), FILTERED_MOST)
        run(again)
    kept = dict.fromkeys(id for one in searches for id in one.passing(allowed)[: one.keep])
    found.cosines = dict(by_vectors.rows)
    found.candidates = filtering.candidates(store, list(kept), library=live.library)
    # Where words have found enough, a scan of all that passes would be for the sake of
    # passages that share no word and are far away in meaning.
    return not few and (len(kept) >= ENOUGH or not by_vectors.wanting(allowed, FEWEST))


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
