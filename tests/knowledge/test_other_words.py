"""A question's words that a sentence lacks, and an answer that shares almost none of them."""

import dataclasses

import numpy as np
import pytest

from knowledge.answers.other_words import LIKENESS, OtherWords
from knowledge.encoding.embedding import Encoder
from knowledge.text import stems
from knowledge.types import Kind, Outcome
from tests.knowledge.small_record import SmallRecord, document

QUESTION = "Where do boats wait that come in at night?"
PARAPHRASE = "Ships that arrive after dark must anchor outside the breakwater until the morning."
OTHER = "The fee for a mooring is set each spring by the council."
ASKED = ("boat", "night")


@pytest.fixture(scope="module")
def harbour(encoder: Encoder) -> SmallRecord:
    return SmallRecord(
        encoder, [document(f"{PARAPHRASE}\n\n{OTHER}", Kind.RULE, title="Harbour rules")]
    )


def test_a_word_is_nearer_to_the_sentence_that_says_it_otherwise(encoder: Encoder) -> None:
    words = OtherWords(encoder.read_question(QUESTION), QUESTION)
    lacking = [stem for word in ASKED for stem in stems(word)]

    said, not_said = (
        words.likeness(next(iter(encoder.read_documents([sentence]))), lacking)
        for sentence in (PARAPHRASE, OTHER)
    )

    assert said.keys() == set(lacking)
    assert all(0 <= not_said[stem] < said[stem] < 1 for stem in lacking)


def test_the_same_text_holds_each_of_its_words_fully(encoder: Encoder) -> None:
    reading = encoder.read_question(QUESTION)
    found = OtherWords(reading, QUESTION).likeness(reading, stems(QUESTION))
    assert found == pytest.approx(dict.fromkeys(stems(QUESTION), 1.0))


def test_without_states_every_word_is_as_near_as_usual(encoder: Encoder) -> None:
    reading = encoder.read_question(QUESTION)
    bare = dataclasses.replace(reading, states=np.zeros((0, 0), dtype=np.float32))
    for words, sentence in (
        (OtherWords(bare, QUESTION), reading),
        (OtherWords(reading, QUESTION), bare),
    ):
        assert words.likeness(sentence, ["boat"]) == {"boat": LIKENESS}


def test_a_paraphrase_is_answered(harbour: SmallRecord) -> None:
    answer = harbour.ask(QUESTION)
    assert answer.outcome is Outcome.ANSWERED
    assert answer.citations[0].quote == PARAPHRASE


@pytest.mark.parametrize(
    "question",
    ["What is the penalty for smoking on a quay?", "Who was elected to the council in spring?"],
)
def test_what_is_not_said_in_other_words_either_is_not_answered(
    harbour: SmallRecord, question: str
) -> None:
    assert harbour.ask(question).outcome is not Outcome.ANSWERED
