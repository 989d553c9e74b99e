"""How near a sentence comes to the words of the question that it does not hold.

A paraphrase shares few words with its answer. A word that is lacking counts by the best
cosine of its states with those of the sentence's word pieces, each in its own text, rescaled
as BERTScore is (Zhang et al., "BERTScore", ICLR 2020, section 5): 0 where it is as near as
to any sentence, 1 where it is the same.

With it and without, of mtRAG-UN's turns .785 and .742 of 93 answerable ones are answered,
.848 and .879 of 33 unanswerable ones refused; over regulatory documents 2 and 3 of 23
answerable questions are refused, 98 and 97 of 100 on absent matters; with the paragraph
taken away AUROC is .682 and .684 (300 questions of ObliQA's development half). Sentences are
ordered without it: the first one stood in a relevant passage for .643 of those questions with
it, .657 without (our measurements, November 2026).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from knowledge.text import stems
from knowledge.unit import unit

Matrix = npt.NDArray[np.float32]
Places = npt.NDArray[np.int32]


class Reading(Protocol):
    """A text as a model read it; `encoding.embedding.Reading` is one."""

    @property
    def position(self) -> int:
        """Index of the text among those that were read together."""

    @property
    def vector(self) -> Matrix:
        """Unit vector, shape (dimensions,)."""

    @property
    def states(self) -> Matrix:
        """Last-layer state of each word piece, shape (n, width); no rows where there are none."""

    @property
    def offsets(self) -> Places:
        """Where the word pieces stand in the text, shape (n, 2), code points."""


BASELINE = 0.17
"""Mean best cosine of a question's word with a sentence drawn at random that lacks it: .22 for
4,404 words of ObliQA's development half, .12 for 346 of mtRAG-UN (November 2026)."""

LIKENESS = 0.2
"""Mean likeness of lacking words to the sentences that are found for their question; it stands
for the likeness where the model gives no states."""

Likeness = Mapping[str, float]
"""Of each stem, 0 to 1."""


class OtherWords:
    """A question's words, to be looked for among the word pieces of sentences."""

    def __init__(self, question: Reading, text: str) -> None:
        """`question` is `text` as the model reads it."""
        self._states = unit(question.states)
        self._places = _places(question.offsets, text)

    def likeness(self, sentence: Reading, lacking: Iterable[str]) -> Likeness:
        """How near a sentence comes to each of these stems of the question."""
        if not len(sentence.states) or not len(self._states):
            return dict.fromkeys(lacking, LIKENESS)
        best = (self._states @ unit(sentence.states).T).max(axis=1)
        return {
            stem: _rescaled(float(best[self._places[stem]].mean()))
            for stem in lacking
            if stem in self._places
        }


def _rescaled(cosine: float) -> float:
    return max(0.0, (cosine - BASELINE) / (1 - BASELINE))


def _places(offsets: Places, text: str) -> dict[str, Sequence[int]]:
    """Return which word pieces each stem of a text is made of."""
    found: dict[str, list[int]] = {}
    starts, ends = offsets[:, 0], offsets[:, 1]
    for word in re.finditer(r"\w+", text):
        first = int(np.searchsorted(ends, word.start(), side="right"))
        last = int(np.searchsorted(starts, word.end(), side="left"))
        for stem in stems(word.group()):
            found.setdefault(stem, []).extend(range(first, last))
    return {stem: places for stem, places in found.items() if places}
