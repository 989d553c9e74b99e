"""How near parts of passages come to a question, from states that are stored: nothing is encoded.

The late interaction of a sentence's word pieces with the question's goes with the cosine of
the two, encoded apart, at r = .75 (1,334 sentences, ObliQA's development half) and .77 (698,
regulatory letters; the sentence's mean state: .65 and .66). So the sentences that are worth
encoding are told from the others: the five first by it hold the sentence that is best by
its true cosine for .98 and .93 of questions, as did the eight first by shared words (.98
and .96; five of those .93 and .93; our measurements, November 2026).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from knowledge.encoding import states
from knowledge.text import Span
from knowledge.types import Passage

if TYPE_CHECKING:
    from knowledge.encoding.embedding import Encoder, Places, Reading

Scores = npt.NDArray[np.float64]

# The line through those 1,334 pairs and the one through the 698, rounded between them.
SLOPE, START = 1.3, -0.33


def estimated_cosines(
    reading: Reading,
    encoder: Encoder,
    stored: Callable[[Sequence[str]], Mapping[str, bytes]],
    parts: Sequence[tuple[Passage, Span]],
) -> Scores:
    """Estimates of the cosine of each part with the question, shape (len(parts),).

    `parts` have places in their documents; `reading` is the question as `encoder` reads it;
    `stored` gives packed states by passage id, for those that this encoder has made.
    NaN where a part has none: its passage is another model's, or it is beyond the window.
    """
    estimates = np.full(len(parts), np.nan)
    passages = {passage.id: passage for passage, _ in parts}
    packed = stored(list(passages))
    ids = [id for id in passages if packed.get(id)]
    if not ids or reading.projected is None or not len(reading.projected):
        return estimates
    offsets = dict(zip(ids, encoder.offsets([passages[id].text for id in ids]), strict=True))
    inside = [_rows(packed, offsets, passage, span) for passage, span in parts]
    found = [place for place, rows in enumerate(inside) if rows]
    weights = np.ones(len(reading.projected))
    likeness = states.likeness(reading, weights, [inside[place] for place in found])
    estimates[found] = START + SLOPE * likeness
    return estimates


def _rows(
    packed: Mapping[str, bytes],
    offsets: Mapping[str, Places],
    passage: Passage,
    span: Span,
) -> bytes:
    """The stored states of one part of a passage; none if there are none."""
    starts = offsets[passage.id][:, 0] + passage.start if passage.id in offsets else np.zeros(0)
    first, last = np.searchsorted(starts, (span.start, span.end))
    return packed.get(passage.id, b"")[first * states.DIMENSIONS : last * states.DIMENSIONS]
