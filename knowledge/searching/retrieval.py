"""A question to its hits: words and vectors of every library asked, in one order.

Candidates (`gathering`) are scored by BM25 in three forms and by cosines, each scaled
to [0, 1], weighed and added; the best 50 once more with rule numbers and late interaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from knowledge.encoding import states
from knowledge.encoding.model_card import ModelCard
from knowledge.encoding.terms import Numbers, Terms, placed_stems, terms
from knowledge.searching import ranking
from knowledge.searching.filtering import Filters
from knowledge.searching.gathering import Found, Live, gather
from knowledge.searching.ranking import Asked, Means, Scores, min_max
from knowledge.searching.words import PAIRS, STEMS, SURFACE
from knowledge.types import Hit

if TYPE_CHECKING:
    from knowledge.answers.questions import Understood
    from knowledge.encoding.embedding import Reading
    from knowledge.storing.store import Store

Places = npt.NDArray[np.intp]
Encode = Callable[[ModelCard, str], "Reading"]
"""A question as a model reads it: `Encoders.encode`."""

# The sum that chooses candidates: +.017 Recall@10 and +.049 MAP@10 over .6 words + .4 vectors
# on ObliQA's development half (our measurement, November 2026).
BY_STEMS, BY_PAIRS, BY_SURFACE, BY_COSINE = 0.5, 0.2, 0.2, 0.5
# The sum that orders the best of them once more, if their token states are stored. Fitted by
# `tests/evaluations/weights.py` on questions of three kinds together (rulebooks, conversations,
# company filings; a listwise softmax of these six numbers) and rounded to .05.
AGAIN = 70
AGAIN_STEMS, AGAIN_PAIRS, AGAIN_SURFACE = 0.45, 0.15, 0.15
AGAIN_COSINE, BY_CODES, BY_STATES = 0.5, 0.3, 0.3
# Words count as the weights say where one passage holds so much of the question's words (the
# usual share in ObliQA), more where it holds all, less where no passage shares many: then the
# question says it in other words. +.001 MAP@10 on ObliQA, 0 on conversations, +.020 on filings.
COVERED = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What a score is made of: an array each, shape (candidates,), from 0 to 1."""

    stems: Scores
    pairs: Scores
    surface: Scores
    cosines: Scores
    codes: Scores
    brevity: float
    """How far words count in all: less for short questions."""
    coverage: float
    """How much of the question's words one passage holds at most, 0 to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The candidates for one text with all that they are ordered by."""

    ids: list[str]
    cosines: list[float]
    parts: Parts
    best: Places
    """Places of the candidates that are ordered once more, best first."""
    late: Scores | None
    """Their late interaction, shape (len(best),), 0 to 1; None if one of them has no states."""


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
    text: str, indexes: Sequence[Live], store: Store, encode: Encode, filters: Filters, k: int
) -> list[tuple[str, float, float]]:
    """(id, score, cosine) of the best k passages for one text, best first."""
    measured = measure(text, indexes, store, encode, filters, max(k, AGAIN))
    if measured is None:
        return []
    best, total = measured.best, fuse(measured.parts)
    if measured.late is not None:
        total[best] = fuse_again(measured.parts, best, measured.late)
        best = best[np.argsort(-total[best], kind="stable")]
    return [
        (measured.ids[place], float(total[place]), measured.cosines[place])
        for place in best[:k].tolist()
    ]


def measure(
    text: str, indexes: Sequence[Live], store: Store, encode: Encode, filters: Filters, most: int
) -> Measured | None:
    """What there is to order passages by for one text; `most` of them with late interaction.

    None if nothing is found.
    """
    question = terms(text)
    found = [
        gather(live, store, question, encode(live.card, text), filters)
        for live in sorted(indexes, key=lambda live: live.card.key)
    ]
    everything = [candidate for one in found for candidate in one.candidates]
    if not everything:
        return None
    asked, means = _weighed(question, indexes)
    parts = _parts(asked, means, [candidate.terms for candidate in everything], _scaled(found))
    best = np.argsort(-fuse(parts), kind="stable")[:most]
    return Measured(
        ids=[candidate.id for candidate in everything],
        cosines=[one.cosines[candidate.id] for one in found for candidate in one.candidates],
        parts=parts,
        best=best,
        late=_late(text, asked, found, best, store),
    )


def _parts(asked: Asked, means: Means, passages: Sequence[Terms], cosines: Scores) -> Parts:
    return Parts(
        stems=min_max(ranking.stem_scores(asked, passages, means)),
        pairs=min_max(ranking.pair_scores(asked, passages, means)),
        surface=min_max(ranking.surface_scores(asked, passages, means)),
        cosines=cosines,
        codes=ranking.code_scores(asked, passages),
        brevity=ranking.brevity(asked),
        coverage=ranking.coverage(asked, passages),
    )


def fuse(parts: Parts) -> Scores:
    """The sum that orders all candidates."""
    words = BY_STEMS * parts.stems + BY_PAIRS * parts.pairs + BY_SURFACE * parts.surface
    total: Scores = parts.brevity * words + BY_COSINE * parts.cosines
    return total


def fuse_again(parts: Parts, best: Places, late: Scores) -> Scores:
    """The sum that orders the candidates at the places `best` once more, shape (len(best),)."""
    words = AGAIN_STEMS * parts.stems + AGAIN_PAIRS * parts.pairs + AGAIN_SURFACE * parts.surface
    words = words * parts.brevity * parts.coverage / COVERED
    total: Scores = words + AGAIN_COSINE * parts.cosines + BY_CODES * parts.codes
    return np.asarray(total[best] + BY_STATES * late)


def _late(
    text: str, asked: Asked, found: Sequence[Found], best: Places, store: Store
) -> Scores | None:
    """Late interaction of the candidates at the places `best`, from 0 to 1.

    None unless every one of them has stored states, as those of models on torch,
    and of texts embedded by an earlier version, have not.
    """
    weights = dict(zip(asked.stems.tolist(), asked.stem_weights.tolist(), strict=True))
    places = set(best.tolist())
    scores: dict[int, float] = {}
    start = 0
    for one in found:
        stop = start + len(one.candidates)
        own = [place for place in range(start, stop) if place in places]
        ids = [one.candidates[place - start].id for place in own]
        packed = store.states(one.live.card.key, ids)
        if len(packed) < len(ids):
            return None
        likeness = states.likeness(
            one.reading, _piece_weights(text, one.reading, weights), [packed[id] for id in ids]
        )
        scores |= dict(zip(own, likeness.tolist(), strict=True))
        start = stop
    return min_max(np.array([scores[place] for place in best.tolist()]))


def _piece_weights(text: str, reading: Reading, weights: dict[int, float]) -> Scores:
    """The weight of each word piece of a question: the root of its word's; none for stopwords.

    The root gains .001 MAP@10 over the weight itself on each of three collections.
    """
    found = np.zeros(len(reading.pieces))
    for start, end, stem in placed_stems(text):
        inside = (reading.offsets[:, 0] >= start) & (reading.offsets[:, 0] < end)
        found[inside] = weights.get(stem, 0.0)
    return np.asarray(np.sqrt(found))


def _scaled(found: Sequence[Found]) -> Scores:
    """Cosines of all candidates in order, scaled to [0, 1] for each model by itself."""
    parts = []
    for _, group in groupby(found, key=lambda one: one.live.card.key):
        cosines = [one.cosines[candidate.id] for one in group for candidate in one.candidates]
        parts.append(min_max(np.array(cosines)))
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
