"""The arithmetic of the retrieval evaluation, on rankings worked out by hand."""

import importlib.util
import math
import sys
from argparse import Namespace
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


def test_parts_share_no_evidence_where_they_say_so(evaluation: ModuleType) -> None:
    ids = [f"passage {number}" for number in range(60)]
    questions = [
        {"qid": f"q{number}", "relevant": [ids[number], *ids[number + 1 : number + 1 + number % 2]]}
        for number in range(0, 58)
    ]

    parts = evaluation.parts_of(questions)

    assert parts["all"] == parts["tuned"] | parts["unseen"] == {q["qid"] for q in questions}
    assert parts["tuned"].isdisjoint(parts["unseen"])
    assert set() < parts["fresh"] < parts["unseen"]
    relevant = {q["qid"]: set(q["relevant"]) for q in questions}
    tuned = set().union(*(relevant[qid] for qid in parts["tuned"]))
    assert all(tuned.isdisjoint(relevant[qid]) for qid in parts["fresh"])
    assert parts["several"] == {qid for qid, some in relevant.items() if len(some) > 1}


def test_a_run_file_is_scored_without_asking_again(evaluation: ModuleType, tmp_path: Path) -> None:
    questions, run = tmp_path / "questions.jsonl", tmp_path / "run.jsonl"
    questions.write_text(
        '{"qid": "1", "relevant": ["a"]}\n{"qid": "2", "relevant": ["b", "c"]}\n'
        '{"qid": "3", "relevant": ["d"]}\n'
    )
    run.write_text('{"qid": "1", "ranked": ["x", "a"]}\n{"qid": "2", "ranked": ["c"]}\n')

    found = evaluation.score(Namespace(questions=questions, score=run))

    assert found["all"]["questions"] == 2
    assert found["all"]["recall_10"] == pytest.approx((1 + 1 / 2) / 2)
    assert found["all"]["map_10"] == pytest.approx((1 / 2 + 1 / 2) / 2)
    assert found["several"] == {
        "questions": 1,
        "recall_5": 0.5,
        "recall_10": 0.5,
        "map_10": 0.5,
        "ndcg_10": pytest.approx(1 / (1 + 1 / math.log2(3)), abs=1e-4),
    }
