"""The arithmetic of the retrieval evaluation, on rankings worked out by hand."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def evaluation() -> ModuleType:
    path = Path(__file__).parent / "evaluations" / "retrieval.py"
    spec = importlib.util.spec_from_file_location("evaluation_of_retrieval", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_a_perfect_ranking_scores_one(evaluation: ModuleType) -> None:
    found = evaluation.figures(["a", "b", "x"], {"a", "b"})

    assert (found.recall_5, found.recall_10, found.map_10, found.ndcg_10) == (1, 1, 1, 1)


def test_late_and_missing_passages_cost_what_the_formulas_say(evaluation: ModuleType) -> None:
    ranked = ["x", "a", "x", "x", "x", "b", *"xxxx", "c"]

    found = evaluation.figures(ranked, {"a", "b", "c"})

    assert found.recall_5 == pytest.approx(1 / 3)
    assert found.recall_10 == pytest.approx(2 / 3)
    assert found.map_10 == pytest.approx((1 / 2 + 2 / 6) / 3)


def test_more_relevant_passages_than_ten_can_still_score_one(evaluation: ModuleType) -> None:
    relevant = {str(number) for number in range(20)}

    found = evaluation.figures([str(number) for number in range(10)], relevant)

    assert (found.recall_10, found.map_10) == (0.5, 1)
