"""Late interaction: a passage is scored by how near its word pieces come to the question's.

Every piece's last-layer state is projected to 64 dimensions, scaled to length one and
kept as int8 beside the passage's vector, 4 to 7 KB a passage; the encoder gives the
states with the vector, so they cost no further encoding. Nothing is trained: the
projection is an uncentred principal component analysis of the model's own states of
its own vocabulary, fitted when the model is exported, so that what is stored stays
valid through every reindex. (Fitted on a library's own passages instead, it gains
.003 MAP@10 on ObliQA's development half; our measurement, November 2026.)

States are rows of the record, not a file of a generation that is mapped into memory: only
those of the passages that are ordered once more are read, so neither form is in the heap,
and a row goes with its document by the record's own secure deletion and backup. Reading and
comparing them takes 3.2 ms of CPU a question with 44,927 passages and 2.7 ms with 1,382; the
whole process takes 415 MB and 294 MB (our measurement, November 2026).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from knowledge.unit import unit

if TYPE_CHECKING:
    from knowledge.encoding.embedding import Reading

Matrix = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]

DIMENSIONS = 64
# 4,000 states span the 64 dimensions; more change nothing that we could measure.
FITTED_WORDS, WORDS_A_LINE, SEED = 4000, 40, 5
# Half a stretch in which a question's words are looked for together, in word pieces. 32 at a
# time instead of whole passages gain .005 Recall@10 and .005 MAP@10 on 1,739 questions of
# ObliQA's development half; 24, 40, 48 and 64 gain less (our measurement, November 2026).
BLOCK = 16


class Embeds(Protocol):
    """The least that an encoder can do."""

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), dimensions)."""


class Reads(Embeds, Protocol):
    """An encoder that also gives states."""

    @property
    def projection(self) -> Matrix | None:
        """Shape (width, DIMENSIONS)."""

    def read_documents(self, texts: Sequence[str]) -> Iterator[Reading]:
        """Vectors with states, in any order."""


def fit(encoder: Reads, vocabulary: Sequence[str]) -> Matrix:
    """The projection for a model, shape (width, DIMENSIONS), from lines of its own words."""
    words = [piece for piece in vocabulary if piece.isalpha() and len(piece) > 2]
    drawn = random.Random(SEED).sample(words, min(FITTED_WORDS, len(words)))
    lines = [
        " ".join(drawn[start : start + WORDS_A_LINE])
        for start in range(0, len(drawn), WORDS_A_LINE)
    ]
    rows = unit(np.concatenate([reading.states for reading in encoder.read_documents(lines)]))
    _, directions = np.linalg.eigh(rows.T @ rows)
    chosen = directions[:, ::-1][:, :DIMENSIONS]
    # A direction's sign is the solver's choice; fixed, another machine fits the same.
    largest = np.take_along_axis(chosen, np.abs(chosen).argmax(axis=0)[None], axis=0)
    return np.ascontiguousarray(chosen * np.sign(largest), dtype=np.float32)


def embed(encoder: Embeds, texts: Sequence[str]) -> tuple[Matrix, list[bytes]]:
    """Vectors as `embed_documents` gives them, and each text's packed states.

    States are empty where the encoder has none to give.
    """
    if getattr(encoder, "projection", None) is None:
        return encoder.embed_documents(texts), [b""] * len(texts)
    reader: Reads = encoder  # type: ignore[assignment]  # who has a projection reads
    vectors: list[Matrix] = [np.zeros(0, dtype=np.float32)] * len(texts)
    packed = [b""] * len(texts)
    for reading in reader.read_documents(texts):
        # A copy: the row would keep its whole batch in memory.
        vectors[reading.position] = reading.vector.copy()
        if reading.projected is not None:
            packed[reading.position] = pack(reading.projected)
    return np.stack(vectors), packed


def pack(projected: Matrix) -> bytes:
    """States as they are stored: a row of DIMENSIONS int8 for each piece."""
    return np.rint(projected * 127).astype(np.int8).tobytes()


def project(states: Matrix, projection: Matrix) -> Matrix:
    """States of length one in the few dimensions, shape (n, DIMENSIONS)."""
    return unit(unit(states) @ projection)


def likeness(reading: Reading, weights: Scores, passages: Sequence[bytes]) -> Scores:
    """Of each passage, the weighed mean over a question's pieces of their best cosine, -1 to 1.

    The best is looked for within a stretch of 2 * BLOCK pieces, and a passage has the
    score of its best stretch: a long one does not win by holding a word here and a word
    there. `passages` are packed by the model that read the question; `weights` has a row
    for each of its pieces. A passage without states, and a question without weight, gives 0.
    """
    scores = np.zeros(len(passages))
    lengths = np.array([len(passage) // DIMENSIONS for passage in passages], dtype=np.int64)
    used = weights > 0
    if reading.projected is None or not used.any() or not lengths.any():
        return scores
    rows = np.frombuffer(b"".join(passages), dtype=np.int8).reshape(-1, DIMENSIONS)
    cosines = reading.projected[used] @ rows.astype(np.float32).T / 127
    blocks = -(-lengths // BLOCK)
    owner = np.repeat(np.arange(len(passages)), blocks)
    place = np.arange(len(owner)) - (np.cumsum(blocks) - blocks)[owner]
    starts = (np.cumsum(lengths) - lengths)[owner] + BLOCK * place
    best = np.maximum.reduceat(cosines, starts, axis=1)
    # A stretch is a block with the next one of the same passage, if there is one.
    joined = owner[1:] == owner[:-1]
    best[:, :-1][:, joined] = np.maximum(best[:, :-1], best[:, 1:])[:, joined]
    stretches = weights[used] @ best / weights[used].sum()
    held = lengths > 0
    scores[held] = np.maximum.reduceat(stretches, (np.cumsum(blocks) - blocks)[held])
    return scores
