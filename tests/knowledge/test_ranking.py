"""Scores against their formulas, worked out by hand."""

import math

import numpy as np
import pytest

from knowledge.encoding.terms import Numbers, distinct, terms
from knowledge.searching import ranking
from knowledge.searching.ranking import Asked, Form, Means, Scores

TEXTS = (
    "Custodians keep client assets apart.",
    "Assets, assets and more assets of an exchange under Rule 4.2.1(b).",
    "Holders vote under Rule 4.2.1(c).",
    "",
)
PASSAGES = [terms(text) for text in TEXTS]


def ones(numbers: Numbers) -> Scores:
    return np.ones(len(numbers))


def asked(text: str) -> Asked:
    question = terms(text)
    stems, pairs, surface = ranking.asked_terms(question)
    return Asked(stems, ones(stems), pairs, ones(pairs), surface, ones(surface), question.codes)


def test_bm25_follows_its_formula() -> None:
    passages = [np.array(p, dtype=np.uint32) for p in ([7, 8, 7], [9], [8])]
    weights = np.array([2.0, 1.0])

    scores = ranking.bm25(
        np.array([7, 8], dtype=np.uint32), weights, passages, form=Form(k1=0.3, b=0.75), mean=2.0
    )

    room = [0.3 * (0.25 + 0.75 * length / 2) for length in (3, 1, 1)]
    first = 2 * 2 * 1.3 / (2 + room[0]) + 1 * 1.3 / (1 + room[0])
    assert scores == pytest.approx([first, 0, 1.3 / (1 + room[2])])


def test_a_word_named_thrice_counts_hardly_more_than_once() -> None:
    means = Means(4, 3, 5)

    once, thrice, none, empty = ranking.stem_scores(asked("assets"), PASSAGES, means)

    assert none == empty == 0
    assert once < thrice < 1.3 * once


def test_coverage_is_the_share_of_the_question_that_one_passage_holds() -> None:
    question = asked("Do custodians of an exchange hold assets?")  # custodians exchange hold assets

    assert ranking.coverage(question, PASSAGES) == pytest.approx(2 / 4)
    assert ranking.coverage(asked("nothing shared"), PASSAGES) == 0
    assert ranking.coverage(question, [PASSAGES[3]]) == 0


def test_pairs_do_not_reach_from_one_passage_into_the_next() -> None:
    passages = [terms("custodians keep"), terms("client assets")]

    scores = ranking.pair_scores(asked("keep client"), passages, Means(2, 1, 1))

    assert scores.tolist() == [0, 0]
    assert ranking.pair_scores(asked("client's assets"), passages, Means(2, 1, 1))[1] > 0


def test_surface_pairs_tell_whom_from_to_whom() -> None:
    passages = [terms("the letter from brokers"), terms("the letter to brokers")]

    scores = ranking.surface_scores(asked("Who wrote to brokers?"), passages, Means(2, 1, 2))

    assert scores[1] > scores[0]


def test_rule_numbers_count_in_full_or_half_for_their_base() -> None:
    scores = ranking.code_scores(asked("What does Rule 4.2.1(b) say?"), PASSAGES)

    assert scores.tolist() == [0, 1, 0.5, 0]
    assert ranking.code_scores(asked("What is custody?"), PASSAGES).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("text", ["", "the of and", "?"])
def test_a_question_without_content_scores_nothing(text: str) -> None:
    question, means = asked(text), Means(1, 1, 1)

    for scores in (ranking.stem_scores, ranking.pair_scores, ranking.surface_scores):
        assert scores(question, PASSAGES, means).tolist() == [0, 0, 0, 0]
        assert scores(question, [], means).shape == (0,)
    assert ranking.brevity(question) == 0


def test_rarer_terms_weigh_more_and_none_weighs_nothing() -> None:
    weights = ranking.inverse_frequency(100, np.array([1.0, 50.0, 100.0, 120.0]))

    assert weights[0] == pytest.approx(math.log(1 + 99.5 / 1.5))
    assert weights[0] > weights[1] > weights[2] > 0
    assert weights[3] == weights[2]  # deleted passages may still be counted


def test_lists_are_scaled_from_zero_to_one_and_constant_ones_to_zero() -> None:
    assert ranking.min_max(np.array([2.0, 4.0, 3.0])).tolist() == [0, 1, 0.5]
    assert ranking.min_max(np.array([2.0, 2.0])).tolist() == [0, 0]
    assert ranking.min_max(np.zeros(0)).shape == (0,)


def test_terms_of_a_question_are_distinct_and_ascending() -> None:
    stems, _, _ = ranking.asked_terms(terms("vote, votes and voting holders"))

    assert stems.tolist() == sorted(set(stems.tolist()))
    assert len(stems) == len(distinct(stems)) == 2
