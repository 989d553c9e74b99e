"""Question-and-answer blocks that a site makes from the article beside them.

Told by structure: questions and answers take turns, and the answers say again what the
article has said. A page that is mostly questions and answers (an FAQ, an interview, a
hearing) is its own text and stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.reading.furniture.shapes import count, is_label, is_prose, shared
from knowledge.types import Block

REASON = "question and answer"
LEAST_PAIRS = 2
MOST = 0.5
"""A page whose words are in questions and answers to a larger share is about them."""
SAID_BEFORE = 0.6
"""Share of the answers' content words that the article holds: .83 on a block made by a site
(our measurement, November 2026); answers of interviews and hearings bring matter of their own."""

_QUESTION = re.compile(r"[?？؟;][\"'”’»)\]]*$")
_MARK = re.compile(r"^([^\W\d_]{1,8})\s?[.:)–—-]\s*\S|^([^\W\d_])(?=[^\W\d_])(?!\s)")


def find(blocks: Sequence[Block]) -> dict[int, str]:
    """The blocks of site-made questions and answers, with the label over them."""
    runs = _runs(blocks)
    if not runs:
        return {}
    total = sum(count(block.text) for block in blocks)
    inside = {index for run in runs for index in run}
    rest = [block.text for index, block in enumerate(blocks) if index not in inside]
    if sum(count(blocks[index].text) for index in inside) > MOST * total:
        return {}
    found: dict[int, str] = {}
    for run in runs:
        answers = " ".join(blocks[index].text for index in run if not _asks(blocks[index]))
        if shared(answers, rest) < SAID_BEFORE:
            continue
        first = run[0]
        if first and is_label(blocks[first - 1]) and not _asks(blocks[first - 1]):
            found[first - 1] = REASON
        found.update(dict.fromkeys(run, REASON))
    return found


def _runs(blocks: Sequence[Block]) -> list[list[int]]:
    """Stretches in which questions and answers take turns, at least two pairs each."""
    runs: list[list[int]] = []
    index = 0
    while index + 1 < len(blocks):
        run: list[int] = []
        while index + 1 < len(blocks) and _asks(blocks[index]):
            answer = index + 1
            if _asks(blocks[answer]):
                break
            run += [index, answer]
            index = answer + 1
        if len(run) >= 2 * LEAST_PAIRS and _is_exchange(blocks, run):
            runs.append(run)
        elif not run:
            index += 1
        elif len(run) < 2 * LEAST_PAIRS:
            index = run[0] + 1
    return runs


def _is_exchange(blocks: Sequence[Block], run: Sequence[int]) -> bool:
    """Marked in the same way throughout (Q and A, in any language), or bare in three pairs."""
    asked = {_mark(blocks[index].text) for index in run[::2]}
    answered = {_mark(blocks[index].text) for index in run[1::2]}
    if len(asked) == len(answered) == 1 and None not in asked | answered:
        return asked != answered
    return len(run) >= 6 and all(is_prose(blocks[index]) for index in run[1::2])


def _asks(block: Block) -> bool:
    text = block.text.strip()
    return bool(_QUESTION.search(text)) and not text.endswith(";") and 3 <= count(text) <= 60


def _mark(text: str) -> str | None:
    """The letter or word that marks a line as question or answer: "Q: ", or "Q" glued on."""
    match = _MARK.match(text.strip())
    if match is None:
        return None
    if match.group(1):
        return match.group(1).casefold()
    letter, after = text.strip()[0], text.strip()[1]
    return letter if letter.isupper() and (after.isupper() or not after.islower()) else None
