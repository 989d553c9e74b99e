"""A question with an ambiguous short form is asked again as the asker meant it."""

from __future__ import annotations

import pytest

from bot.commands.answers import reading


@pytest.mark.parametrize(
    ("question", "choice", "asked"),
    [
        (
            "What did the BA say?",
            "Blockchain Association (4 documents)",
            "What did the Blockchain Association say?",
        ),
        ("What did the BA say?", "Bank of America", "What did the Bank of America say?"),
        ("What did they say?", "The Harbour Club", "What did they say (The Harbour Club)?"),
    ],
)
def test_the_meaning_takes_the_place_of_the_short_form(
    question: str, choice: str, asked: str
) -> None:
    assert reading(question, choice) == asked
