"""What of a sentence is encoded."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from knowledge.answers import scoring
from knowledge.answers.questions import Understood
from knowledge.answers.sentences import candidates
from knowledge.encoding.embedding import Reading
from knowledge.types import Hit, Kind, Passage
from tests.knowledge.small_record import document

NOTHING = np.zeros((0, 2), dtype=np.float32)
READING = Reading(
    0, np.ones(2, dtype=np.float32), np.zeros(0, np.int32), NOTHING, np.zeros((0, 2), np.int32)
)
PLAIN = "An exchange must keep a record of every order that it receives from a broker or a client."
FIGURES = "Total net revenue was " + " ".join(f"${n},{n}45.{n}" for n in range(10, 40)) + " in all."


@pytest.mark.parametrize(
    ("sentence", "encoded"),
    [
        (PLAIN, PLAIN),
        (f"{PLAIN[:-1]}, {PLAIN.lower()[:-1]}, {PLAIN.lower()}", None),
        (
            FIGURES,
            "Total net revenue was $10,1045.10 $11,1145.11 $12,1245.12 $13,1345.13 $14,1445.14 $",
        ),
    ],
)
def test_a_long_or_dense_sentence_is_encoded_to_its_fortieth_piece(
    sentence: str, encoded: str | None
) -> None:
    one = document(sentence, Kind.RULE)
    hit = Hit(Passage("p", one.entry.id, 0, len(sentence), sentence), one.entry, 1.0, 0.5)
    question = Understood("What must an exchange record?", "exchange record revenue")
    seen: list[str] = []

    def encode(texts: Sequence[str]) -> list[Reading]:
        seen.extend(texts)
        return [replace(READING, position=place) for place in range(len(texts))]

    found = candidates(question, [hit], lambda _: one)
    scoring.score(found, READING, question.text, encode)

    assert len(seen) == 1
    assert sentence.startswith(seen[0])
    assert len(seen[0]) <= scoring.ENCODED_CHARS
    assert encoded is None or seen[0] == encoded
