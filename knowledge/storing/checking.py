"""Vectors: how well an index finds what exact search finds, and whether the cached are sound."""

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

    A passage at the same distance as the tenth is as good. 1.0 for an empty index, 0.0 where
    the record has lost the vectors of the sample.
    """
    store = index.store
    ids = store.passage_ids(generation.number)
    if not ids:
        return 1.0
    sample = ids[:: max(1, len(ids) // SAMPLE)][:SAMPLE]
    _, questions = store.vectors(generation.card.key, sample)
    if not len(questions):
        return 0.0
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


def wrong_vectors(index: Index, generation: Generation) -> tuple[list[int], int]:
    """Row numbers of cached vectors that are no unit vectors, and how many are not there."""
    wrong, after, width = [], 0, generation.card.dimensions * 4
    while True:
        rows = index.store.rows(
            "SELECT number, vector FROM embeddings WHERE model = ? AND number > ? "
            "ORDER BY number LIMIT 2000",
            (generation.model, after),
        )
        for row in rows:
            right = len(row[1]) == width
            if right:
                length = float(np.linalg.norm(np.frombuffer(row[1], dtype="<f4").astype("f8")))
                right = abs(length - 1.0) < 1e-3
            if not right:
                wrong.append(row[0])
        if len(rows) < 2000:
            break
        after = rows[-1][0]
    lacking = index.store.value(
        "SELECT count(*) FROM members m JOIN passages p ON p.number = m.passage "
        "LEFT JOIN embeddings e ON e.hash = p.hash AND e.model = ? "
        "WHERE m.generation = ? AND e.number IS NULL",
        (generation.model, generation.number),
    )
    return wrong, int(lacking)


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
