"""How well an index finds what exact search over the same vectors finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from knowledge.storing import generations, mending
from knowledge.storing.generations import Generation

if TYPE_CHECKING:
    from knowledge.storing.index import Index

RECALL = 0.97
"""Least share of the exact ten nearest that an index must find. Chroma's own is .997 at 10,000
and .981 at 100,000 passages (our measurement, November 2026)."""
SAMPLE = 50
NEAREST = 10
PART = 5_000
"""Vectors read at a time: 8 MB of 384 floats."""


def recall(index: Index, generation: Generation) -> float:
    """Share of the exact nearest ten of a sample of passages that the index gives, 0 to 1.

    A passage at the same distance as the tenth is as good. 1.0 for an empty index.
    """
    store = index.store
    ids = store.passage_ids(generation.number)
    if not ids:
        return 1.0
    sample = ids[:: max(1, len(ids) // SAMPLE)][:SAMPLE]
    _, questions = store.vectors(generation.card.key, sample)
    k = min(NEAREST, len(ids))
    best = np.full((len(questions), 0), -1.0, dtype=np.float32)
    for start in range(0, len(ids), PART):
        _, rows = store.vectors(generation.card.key, ids[start : start + PART])
        best = np.sort(np.hstack([best, questions @ rows.T]), axis=1)[:, -k:]
    found = 0
    with mending.open_for_writing(index, generation) as (vectors, _words):
        for question, cosines in zip(questions, best, strict=True):
            near = [cosine for _, cosine in vectors.query(question, k)]
            found += sum(cosine >= cosines[0] - 1e-4 for cosine in near)
    return found / (k * len(questions))


def waiting_work(index: Index) -> list[str]:
    """In words, what was begun and is not finished: a reindex, vectors to be destroyed."""
    said = []
    for one in generations.all_of(index.store):
        if one.state == "building":
            said.append(f"{one.library}: a reindex was begun; run it again to finish it")
        if one.waiting:
            said.append(
                f"{one.library}: {one.waiting} vectors of removed passages wait to be destroyed; "
                "footnote remove --purge does it"
            )
    return said
