"""A question to its hits: words and vectors of every library asked, one order.

candidates   100 by words, 100 by vectors, 50 by pairs of words
filters      exact: what does not pass is dropped, and more is fetched until enough is left
scores       BM25 in three forms and cosines, each scaled to [0, 1], weighed and added
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from knowledge import filtering, ranking
from knowledge.filtering import Candidate, Filters
from knowledge.model_card import ModelCard
from knowledge.ranking import Asked, Means, Scores
from knowledge.terms import Numbers, Terms, terms
from knowledge.types import Hit
from knowledge.words import PAIRS, STEMS, SURFACE, WordIndex

if TYPE_CHECKING:
    from knowledge.embedding import Reading
    from knowledge.questions import Understood
    from knowledge.store import Store
    from knowledge.vectors import VectorIndex

# Their union holds .917 of the gold passages of ObliQA's development half; twice as many
# gain .012 of that and cost twice as much (our measurement, November 2026).
BY_WORDS, BY_VECTORS, BY_PAIRS = 100, 100, 50
# With filters: how many to fetch at first, how many at most, how few call for an exact scan.
FILTERED, FILTERED_MOST, FEW = 200, 2000, 50

# The sum that orders hits; see FACTORS in the README's "How good is it?".
WEIGHT_STEMS, WEIGHT_PAIRS, WEIGHT_SURFACE, WEIGHT_COSINE = 0.5, 0.2, 0.2, 0.5


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
    def folder(self) -> Path:
        """The folder of its vectors."""

    @property
    def vectors(self) -> VectorIndex:
        """Chroma."""

    @property
    def words(self) -> WordIndex:
        """tantivy."""


Encode = Callable[[ModelCard, str], "Reading"]
"""A question as a model reads it: `Encoders.encode`."""


@dataclass(slots=True)
class _Found:
    """Candidates of one library for one text."""

    live: Live
    candidates: list[Candidate] = field(default_factory=list)
    cosines: dict[str, float] = field(default_factory=dict)


def retrieve(
    question: Understood,
    indexes: Sequence[Live],
    store: Store,
    encode: Encode,
    *,
    k: int = 12,
    filters: Filters | None = None,
) -> list[Hit]:
    """The k passages that most likely answer, best first; fewer if fewer match.

    `filters` are those that the question names, unless others are given. A question
    about several parties is asked once as a whole and once for each of them; a passage
    keeps its best score. Libraries with different models are ordered together: words
    are weighed over all of them, cosines are scaled for each model.
    Raises ModelMissing if a library's recorded model is gone.
    """
    allowed = Filters.of(question) if filters is None else filters
    scores: dict[str, float] = {}
    cosines: dict[str, float] = {}
    for text in dict.fromkeys([question.text, *question.parts]):
        for id, score, cosine in _ranked(text, indexes, store, encode, allowed, k):
            scores[id] = max(score, scores.get(id, score))
            # The whole question's cosine comes first and is the one that is kept.
            cosines.setdefault(id, cosine)
    best = sorted(scores, key=lambda id: -scores[id])[:k]
    return _hits(best, scores, cosines, [live.library for live in indexes], store)


def _ranked(
    text: str,
    indexes: Sequence[Live],
    store: Store,
    encode: Encode,
    filters: Filters,
    k: int,
) -> list[tuple[str, float, float]]:
    """(id, score, cosine) of the best k passages for one text, best first."""
    question = terms(text)
    found = [
        gather(live, store, question, encode(live.card, text), filters)
        for live in sorted(indexes, key=lambda live: live.card.key)
    ]
    everything = [candidate for one in found for candidate in one.candidates]
    if not everything:
        return []
    asked, means = _weighed(question, indexes)
    total = _fuse(asked, means, [candidate.terms for candidate in everything], _scaled(found))
    order = np.argsort(-total, kind="stable")[:k].tolist()
    cosines = {id: cosine for one in found for id, cosine in one.cosines.items()}
    return [
        (everything[place].id, float(total[place]), cosines[everything[place].id])
        for place in order
    ]


def _fuse(asked: Asked, means: Means, passages: Sequence[Terms], cosines: Scores) -> Scores:
    """The weighted sum; `cosines` are scaled already. +.019 Recall@10 and +.049 MAP@10
    over .6 words + .4 vectors on ObliQA's development half (our measurement, November 2026).
    """
    words = (
        WEIGHT_STEMS * ranking.min_max(ranking.stem_scores(asked, passages, means))
        + WEIGHT_PAIRS * ranking.min_max(ranking.pair_scores(asked, passages, means))
        + WEIGHT_SURFACE * ranking.min_max(ranking.surface_scores(asked, passages, means))
    )
    return ranking.brevity(asked) * words + WEIGHT_COSINE * cosines


def gather(live: Live, store: Store, question: Terms, reading: Reading, filters: Filters) -> _Found:
    """Candidates of one library that pass the filters, each with its cosine."""
    found = _Found(live)
    most = BY_WORDS if filters.empty else FILTERED
    while True:
        near = live.vectors.query(reading.vector, most)
        by_words = live.words.search(question.stems, most)
        by_pairs = live.words.search(question.pairs, BY_PAIRS, field=PAIRS)
        ids = dict.fromkeys(id for id, _ in (*near, *by_words, *by_pairs))
        found.candidates = filtering.candidates(
            store, list(ids), library=live.library, filters=filters
        )
        found.cosines = dict(near)
        if filters.empty or len(found.candidates) >= FEW:
            break
        if most < FILTERED_MOST and len(ids) >= most:
            most = FILTERED_MOST
            continue
        _scan(found, store, reading, filters)
        break
    if not filters.empty:
        _trim(found, near, by_words, by_pairs)
    _complete(found, reading)
    return found


def _scan(found: _Found, store: Store, reading: Reading, filters: Filters) -> None:
    """Where few survive, compare the question with every passage that passes."""
    ids = filtering.passing(store, found.live.generation, filters)
    ids, matrix = store.vectors(found.live.card.key, ids)
    if not ids:
        return
    cosines = matrix @ reading.vector
    best = np.argsort(-cosines, kind="stable")[:BY_VECTORS].tolist()
    found.cosines |= {ids[place]: float(cosines[place]) for place in best}
    known = {candidate.id for candidate in found.candidates}
    new = [ids[place] for place in best if ids[place] not in known]
    found.candidates += filtering.candidates(
        store, new, library=found.live.library, filters=filters
    )


def _trim(found: _Found, *lists: Iterable[tuple[str, float]]) -> None:
    """Keep of each list as many survivors as an unfiltered question has candidates."""
    passing = {candidate.id for candidate in found.candidates}
    kept: set[str] = set()
    for rows, most in zip(lists, (BY_VECTORS, BY_WORDS, BY_PAIRS), strict=True):
        kept.update([id for id, _ in rows if id in passing][:most])
    seen = {id for rows in lists for id, _ in rows}
    found.candidates = [
        candidate
        for candidate in found.candidates
        if candidate.id in kept or candidate.id not in seen
    ]


def _complete(found: _Found, reading: Reading) -> None:
    """Cosines of candidates that only words found: exact ones gain .006 MAP@10 over none."""
    missing = [candidate.id for candidate in found.candidates if candidate.id not in found.cosines]
    if missing:
        vectors = found.live.vectors.vectors(missing)
        found.cosines |= {id: float(row @ reading.vector) for id, row in vectors.items()}
    for candidate in found.candidates:
        found.cosines.setdefault(candidate.id, 0.0)


def _scaled(found: Sequence[_Found]) -> Scores:
    """Cosines of all candidates in order, scaled to [0, 1] for each model by itself."""
    parts = []
    for _, group in groupby(found, key=lambda one: one.live.card.key):
        cosines = [one.cosines[candidate.id] for one in group for candidate in one.candidates]
        parts.append(ranking.min_max(np.array(cosines)))
    return np.concatenate(parts)


def _weighed(question: Terms, indexes: Sequence[Live]) -> tuple[Asked, Means]:
    """The question's terms, weighed by how rare they are in all libraries asked together."""
    sizes = [live.words.sizes() for live in indexes]
    passages = sum(size.passages for size in sizes)
    shares = np.array([size.passages for size in sizes]) / max(1, passages)
    stems, pairs, surface = ranking.asked_terms(question)

    def weights(name: str, numbers: Numbers) -> Scores:
        held = sum((live.words.frequencies(name, numbers) for live in indexes), np.zeros(1))
        return ranking.inverse_frequency(passages, held)

    asked = Asked(
        stems=stems,
        stem_weights=weights(STEMS, stems),
        pairs=pairs,
        pair_weights=weights(PAIRS, pairs),
        surface=surface,
        surface_weights=weights(SURFACE, surface),
        codes=question.codes,
    )
    means = Means(
        stems=max(1.0, float(shares @ [size.stems for size in sizes])),
        pairs=max(1.0, float(shares @ [size.pairs for size in sizes])),
        surface=max(1.0, float(shares @ [size.surface for size in sizes])),
    )
    return asked, means


def _hits(
    ids: Sequence[str],
    scores: dict[str, float],
    cosines: dict[str, float],
    libraries: Sequence[str],
    store: Store,
) -> list[Hit]:
    passages = store.passages(ids, libraries)
    documents = {passage.document_id for passage in passages.values()}
    entries = store.entries_by_id(list(documents), libraries)
    return [
        Hit(
            passage=passages[id],
            entry=entries[passages[id].document_id],
            score=scores[id],
            cosine=cosines[id],
        )
        for id in ids
        # Between the search and here a document may have been removed.
        if id in passages and passages[id].document_id in entries
    ]
