"""Late interaction by the real model, and its arithmetic by hand."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoding import states
from knowledge.encoding.embedding import Encoder, Reading
from knowledge.storing import database, schema
from knowledge.storing.store import Store

NEAR = "Custodians hold the property of customers in separate accounts."
FAR = "The exchange opens at nine and closes at five."


def reading(rows: list[list[float]]) -> Reading:
    projected = np.zeros((len(rows), states.DIMENSIONS), dtype=np.float32)
    projected[:, :2] = rows
    zeros = np.zeros(len(rows), dtype=np.int32)
    return Reading(
        0, projected[0], zeros, projected, np.stack([zeros, zeros], axis=1), projected=projected
    )


def test_a_question_is_nearer_to_the_passage_that_answers_it(encoder: Encoder) -> None:
    _, packed = states.embed(encoder, [FAR, NEAR])
    question = encoder.read_question("How are client assets kept apart?")

    far, near = states.likeness(question, np.ones(len(question.pieces)), packed)

    assert -1 <= far < near <= 1


def test_each_piece_takes_its_best_match_and_counts_by_its_weight() -> None:
    question = reading([[1, 0], [0, 1]])
    passages = [
        states.pack(reading([[1, 0], [0.6, 0.8]]).projected),
        states.pack(reading([[0, 1]]).projected),
    ]

    scores = states.likeness(question, np.array([3.0, 1.0]), passages)

    assert scores == pytest.approx([(3 * 1 + 1 * 0.8) / 4, 1 / 4], abs=0.01)


def test_words_count_where_they_stand_together() -> None:
    """A passage is as good as its best 32 pieces, so one word here and one there is not both."""
    question = reading([[1, 0], [0, 1]])
    filler = [[0.0, 0.0]] * 40
    apart = states.pack(reading([[1, 0], *filler, [0, 1]]).projected)
    together = states.pack(reading([*filler, [1, 0], [0, 0], [0, 1]]).projected)
    over_the_edge = states.pack(reading([*filler[:15], [1, 0], [0, 1], *filler]).projected)

    scores = states.likeness(question, np.ones(2), [apart, b"", together, over_the_edge])

    assert scores == pytest.approx([0.5, 0, 1, 1], abs=0.01)


def test_nothing_to_compare_is_zero() -> None:
    question = reading([[1, 0]])
    packed = states.pack(question.projected)

    assert states.likeness(question, np.ones(1), [b"", packed]).tolist() == [0, 1]
    assert states.likeness(question, np.ones(1), [b""]).tolist() == [0]
    assert states.likeness(question, np.zeros(1), [packed]).tolist() == [0]
    assert states.likeness(replace(question, projected=None), np.ones(1), [packed]).tolist() == [0]


def test_vectors_come_with_states_and_are_the_same_as_without(encoder: Encoder) -> None:
    texts = [NEAR, "", FAR * 60]

    matrix, packed = states.embed(encoder, texts)

    assert np.allclose(matrix, encoder.embed_documents(texts), atol=1e-6)
    pieces = [len(one) / states.DIMENSIONS for one in packed]
    assert pieces == [count - 2 for count in encoder.count_tokens(texts[:2])] + [254]


def test_an_encoder_without_states_gives_its_vectors(encoder: Encoder) -> None:
    class Plain:
        def embed_documents(self, texts: list[str]) -> np.ndarray:
            return encoder.embed_documents(texts)

    matrix, packed = states.embed(Plain(), [NEAR, FAR])

    assert matrix.shape == (2, 384)
    assert packed == [b"", b""]


def test_the_projection_keeps_what_tells_states_apart(encoder: Encoder) -> None:
    assert encoder.projection is not None
    assert encoder.projection.shape == (384, states.DIMENSIONS)
    product = encoder.projection.T @ encoder.projection
    assert np.allclose(product, np.eye(states.DIMENSIONS), atol=1e-4)

    rows = encoder.read_question(NEAR).states
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    small = states.project(rows, encoder.projection)
    assert np.corrcoef((rows @ rows.T).ravel(), (small @ small.T).ravel())[0, 1] > 0.9


def test_a_record_of_the_first_layout_gets_the_table(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    store = database.Database(tmp_path)
    with store.write() as connection:
        connection.execute("DROP TABLE states")
        connection.execute("DROP INDEX documents_by_filters")
        connection.execute("CREATE INDEX documents_by_library ON documents (library, state)")
        connection.execute("PRAGMA user_version = 1")
    store.close()

    store = Store.open(tmp_path)

    assert store.value("PRAGMA user_version") == schema.VERSION
    assert store.value("SELECT count(*) FROM states") == 0
    store.close()
