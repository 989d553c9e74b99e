"""Sentences' cosines told from stored states, beside those of the real model."""

import numpy as np
import pytest

from knowledge.encoding import states
from knowledge.encoding.embedding import Encoder
from knowledge.searching.nearness import estimated_cosines
from knowledge.text import Span
from knowledge.types import Passage

SENTENCES = [
    "The harbour office — “naïve” as it is — opens at nine.",
    "Custodians hold the property of customers in separate accounts.",
    "Berths are let by the month.",
    "Each notice is filed in the registry.",
]
QUESTION = "How are client assets kept apart?"
START = 1_000


@pytest.fixture(scope="module")
def passage() -> Passage:
    text = " ".join(SENTENCES)
    return Passage("p", "d", START, START + len(text), text)


def spans(passage: Passage) -> list[Span]:
    begins = [START + passage.text.index(sentence) for sentence in SENTENCES]
    return [Span(b, b + len(s)) for b, s in zip(begins, SENTENCES, strict=True)]


def test_the_nearest_sentence_is_told_without_encoding_it(
    encoder: Encoder, passage: Passage
) -> None:
    packed = states.embed(encoder, [passage.text])[1][0]
    reading = encoder.read_question(QUESTION)
    true = encoder.embed_documents(SENTENCES) @ reading.vector

    estimates = estimated_cosines(
        reading, encoder, lambda ids: {"p": packed}, [(passage, s) for s in spans(passage)]
    )

    assert estimates.argmax() == true.argmax() == 1
    assert np.corrcoef(estimates, true)[0, 1] > 0.6


def test_each_sentence_is_read_from_its_own_place(encoder: Encoder, passage: Passage) -> None:
    packed = states.embed(encoder, [passage.text])[1][0]
    for place, span in enumerate(spans(passage)):
        # The very words of a sentence are nearest to itself.
        reading = encoder.read_question(SENTENCES[place])
        estimates = estimated_cosines(
            reading, encoder, lambda ids: {"p": packed}, [(passage, s) for s in spans(passage)]
        )
        assert estimates.argmax() == place, span


def test_what_has_no_states_has_no_estimate(encoder: Encoder, passage: Passage) -> None:
    packed = states.embed(encoder, [passage.text])[1][0]
    reading = encoder.read_question(QUESTION)
    beyond = Span(passage.end + 10, passage.end + 40)
    whole = Passage("", "e", 0, 20, "Read for its author.")
    parts = [(passage, spans(passage)[0]), (passage, beyond), (whole, Span(0, 20))]

    estimates = estimated_cosines(reading, encoder, lambda ids: {"p": packed}, parts)
    none = estimated_cosines(reading, encoder, lambda ids: {}, parts)

    assert np.isnan(estimates).tolist() == [False, True, True]
    assert np.isnan(none).all()
