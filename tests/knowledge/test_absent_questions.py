"""The questions that measure abstention: they can be read, and the samples do not answer them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from knowledge.evaluating.golden import read_questions
from knowledge.samples import sample_files

PATH = Path(__file__).parent.parent / "evaluations" / "absent.jsonl"


def test_a_hundred_different_questions_expect_an_abstention() -> None:
    golden = read_questions(PATH)
    assert len({gold.question for gold in golden}) == 100
    assert {gold.expected for gold in golden} == {"abstain"}
    assert Counter(gold.type for gold in golden) == {
        "far": 30,
        "unknown_party": 30,
        "known_party": 40,
    }


def test_the_samples_hold_none_of_the_words_that_each_question_turns_on() -> None:
    samples = " ".join(b.data.decode() for b in sample_files()).lower()
    words = re.findall(r'"note": "“([^”]+)”', PATH.read_text(encoding="utf-8"))
    assert len(words) == 100
    assert [word for word in words if re.search(rf"\b{re.escape(word.lower())}", samples)] == []
