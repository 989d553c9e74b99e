"""Fit the weights by which the best candidates are ordered, on several collections together.

    python tests/evaluations/weights.py --passages passages.jsonl --questions dev.jsonl
        --tasks tasks.jsonl --pages questions.jsonl [--distractors passages.jsonl.gz]
        [--home FOLDER] [--other-home FOLDER] [--limit N]

Three collections: rulebooks (ObliQA; only its tuned part, see retrieval.py), conversations
(mtRAG-UN: the last turn of answerable tasks, relevant are the task's contexts) and company
filings (FinanceBench: relevant are the parts of the evidence page). The last two and some
passages of --distractors are one record. Six numbers are fitted by a softmax over each
question's candidates whose target is its relevant ones, the collections counting 4 : 1 : .2
(as large, and as clean, as they are). Printed are Recall@10 and MAP@10 of the weights in
use and, on folds held out, of the fitted ones; the latter belong into
knowledge/searching/retrieval.py only if they gain on every collection.

November 2026, all 1,739 questions of the tuned part: .467 .145 .161 .5 .288 .306, which are
in use, rounded. With --limit 500 .392 .108 .135 .5 .201 .228: in use .818/.706, .924/.852 and
.495/.328 on the three collections, fitted .822/.704, .924/.854 and .495/.334: a plateau.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
from retrieval import DEPTH, LIBRARY, build, figures, parts_of, read
from scipy.optimize import minimize

from knowledge.searching import retrieval
from knowledge.searching.filtering import Filters

Matrix = npt.NDArray[np.float64]
NAMES = ("stems", "pairs", "surface", "cosine", "codes", "states")
IN_USE = np.array(
    [
        retrieval.AGAIN_STEMS,
        retrieval.AGAIN_PAIRS,
        retrieval.AGAIN_SURFACE,
        retrieval.AGAIN_COSINE,
        retrieval.BY_CODES,
        retrieval.BY_STATES,
    ]
)
SHARES = {"rulebooks": 4.0, "conversations": 1.0, "filings": 0.2}
FOLDS = 5
RIDGE = 1e-3  # keeps weights of codes, which few questions have, from running away
PAGE_CHARS = 900


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One question: its candidates as rows of six numbers, and which of them are relevant."""

    ids: list[str]
    rows: Matrix
    relevant: set[str]


def cases(home: Path, passages: Path, questions: Sequence[dict[str, Any]]) -> list[Case]:
    """Ask every question through the product's index, and keep what it orders by."""
    store, index, encoders = build(home, passages)
    indexes = index.live([LIBRARY])
    found = []
    for question in questions:
        measured = retrieval.measure(
            question["question"], indexes, store, encoders.encode, Filters(), retrieval.AGAIN
        )
        if measured is None or measured.late is None:
            continue
        parts, best = measured.parts, measured.best
        trust = parts.brevity * parts.coverage / retrieval.COVERED
        words = [trust * one[best] for one in (parts.stems, parts.pairs, parts.surface)]
        rows = np.stack([*words, parts.cosines[best], parts.codes[best], measured.late], axis=1)
        ids = [measured.ids[place] for place in best.tolist()]
        names = store.passages(ids, [LIBRARY])
        found.append(Case([names[id].locator or "" for id in ids], rows, set(question["relevant"])))
    index.close()
    store.close()
    return found


def fit(collections: dict[str, list[Case]]) -> Matrix:
    """The weights, scaled so that the cosine's is what it is now."""
    rows, owner, target, share = [], [], [], []
    number = 0
    for name, some in collections.items():
        usable = [one for one in some if one.relevant.intersection(one.ids)]
        for one in usable:
            right = np.array([id in one.relevant for id in one.ids], dtype=float)
            rows.append(one.rows)
            owner += [number] * len(right)
            target.append(right / right.sum())
            share.append(SHARES[name] / len(usable))
            number += 1
    x, y, of = np.concatenate(rows), np.concatenate(target), np.array(owner)
    starts = np.flatnonzero(np.diff(of, prepend=-1))
    weight = np.array(share) / sum(share)
    scale = x.std(axis=0)

    def loss(b: Matrix) -> tuple[float, Matrix]:
        z = x @ b
        z -= np.maximum.reduceat(z, starts)[of]
        total = np.add.reduceat(np.exp(z), starts)
        likely = np.exp(z) / total[of]
        value = -(weight[of] * y * (z - np.log(total)[of])).sum() + RIDGE * ((b * scale) ** 2).sum()
        return value, x.T @ (weight[of] * (likely - y)) + 2 * RIDGE * b * scale**2

    found = minimize(loss, np.zeros(len(NAMES)), jac=True, method="L-BFGS-B").x
    return np.asarray(found / found[3] * retrieval.AGAIN_COSINE)


def quality(some: Sequence[Case], weights: Matrix) -> tuple[float, float]:
    """Recall@10 and MAP@10."""
    found = []
    for one in some:
        order = np.argsort(-(one.rows @ weights), kind="stable")[:DEPTH]
        found.append(figures([one.ids[place] for place in order.tolist()], one.relevant))
    return (
        statistics.fmean(one.recall_10 for one in found),
        statistics.fmean(one.map_10 for one in found),
    )


def others(options: argparse.Namespace) -> tuple[list[dict[str, Any]], dict[str, list[Any]]]:
    """Passages of the second record, and the questions of its two collections."""
    passages: dict[str, dict[str, Any]] = {}
    asked: dict[str, list[Any]] = {"conversations": [], "filings": []}
    for task in read(options.tasks):
        for context in task["contexts"]:
            passages[context["id"]] = {"id": context["id"], "doc": "c", "text": context["text"]}
        if task["answerability"][0] in ("ANSWERABLE", "PARTIAL") and task["contexts"]:
            relevant = [context["id"] for context in task["contexts"]]
            asked["conversations"].append(
                {"question": task["turns"][-1]["text"], "relevant": relevant}
            )
    for question in read(options.pages):
        relevant = []
        for page in question["evidence"]:
            for place, part in enumerate(pieces(page["page_text"])):
                id = f"{page['doc']} {page['page']} {place}"
                passages[id] = {"id": id, "doc": page["doc"], "text": part}
                relevant.append(id)
        asked["filings"].append({"question": question["question"], "relevant": relevant})
    if options.distractors:
        with gzip.open(options.distractors, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file):
                if number % 200 == 0:
                    row = json.loads(line)
                    passages[row["id"]] = {"id": row["id"], "doc": "d", "text": row["text"]}
    return [one for one in passages.values() if one["text"].strip()], asked


def pieces(page: str) -> list[str]:
    """A page in parts of whole lines, about PAGE_CHARS long."""
    parts = [""]
    for line in page.split("\n"):
        if parts[-1] and len(parts[-1]) + len(line) > PAGE_CHARS:
            parts.append("")
        parts[-1] += line + "\n"
    return [part for part in parts if part.strip()]


def main() -> None:
    """Parse arguments, measure, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    for name in ("--passages", "--questions", "--tasks", "--pages"):
        parser.add_argument(name, type=Path, required=True)
    for name in ("--distractors", "--home", "--other-home"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--limit", type=int, help="take only the first questions on rulebooks")
    options = parser.parse_args()
    rules = read(options.questions)
    tuned = parts_of(rules)["tuned"]
    rules = [question for question in rules if question["qid"] in tuned][: options.limit]
    passages, asked = others(options)
    with tempfile.TemporaryDirectory() as temporary:
        second = Path(temporary) / "passages.jsonl"
        second.write_text("".join(json.dumps(one) + "\n" for one in passages), encoding="utf-8")
        home = options.home or Path(temporary) / "one"
        other = options.other_home or Path(temporary) / "two"
        collections = {"rulebooks": cases(home, options.passages, rules)}
        for name, questions in asked.items():
            collections[name] = cases(other, second, questions)
    weights = fit(collections)
    print("fitted  ", *(f"{name} {one:.3f}" for name, one in zip(NAMES, weights, strict=True)))
    print("in use  ", *(f"{name} {one:.3f}" for name, one in zip(NAMES, IN_USE, strict=True)))
    held: dict[str, list[tuple[int, float, float]]] = {name: [] for name in collections}
    for fold in range(FOLDS):
        learnt = fit({name: pick(some, fold, False) for name, some in collections.items()})
        for name, some in collections.items():
            rest = pick(some, fold, True)
            held[name].append((len(rest), *quality(rest, learnt)))
    for name, some in collections.items():
        recall, precision = (
            sum(one[0] * one[place] for one in held[name]) / len(some) for place in (1, 2)
        )
        now = quality(some, IN_USE)
        print(
            f"{name:14} {len(some):5} questions  in use {now[0]:.4f}/{now[1]:.4f}  "
            f"fitted, on folds held out {recall:.4f}/{precision:.4f}"
        )


def pick(some: Sequence[Case], fold: int, inside: bool) -> list[Case]:
    """Questions of one fold, or all others; by their first relevant passage."""
    return [
        one for one in some if (crc32(min(one.relevant).encode()) // 5 % FOLDS == fold) == inside
    ]


if __name__ == "__main__":
    main()
