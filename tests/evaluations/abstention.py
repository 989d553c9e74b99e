"""When to answer and when not: scores with the evidence in the record, and without it.

    python tests/evaluations/abstention.py --passages passages.jsonl --questions dev.jsonl
        [--tasks tasks.jsonl] [--home FOLDER] [--limit N]

Passages and questions as in ObliQA (see retrieval.py); each question is asked twice, the
second time as if its relevant passages were not there. Tasks are conversations with
`answerability` and `contexts`, as in mtRAG-UN; their contexts together are one record.
Prints AUROC and, for thresholds, the share of answerable questions that are kept and of
absent ones that are refused. Only the first half of the questions is used.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from retrieval import LIBRARY, build, read

from knowledge import asking
from knowledge.answers import answering, questions
from knowledge.searching import retrieval
from knowledge.searching.nearness import estimated_cosines
from knowledge.types import Document, Hit, Query, Turn

THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
FEATURES = (
    "confidence", "score", "cosine", "coverage", "coverage_with_previous", "passage_cosine"
)  # fmt: skip


class Reader:
    """Reads the hits of questions in one record, with chosen passages left out."""

    def __init__(self, home: Path, passages: Path) -> None:
        self.store, index, self.encoders = build(home, passages)
        self.indexes = index.live([LIBRARY])
        self.encoder = self.encoders.of_card(self.indexes[0].card)
        self.states = partial(self.store.states, self.encoder.card.key)
        self.kept: dict[str, Document] = {}
        self.view = asking.read_view(self.store, [LIBRARY])

    def document(self, id: str) -> Document:
        if id not in self.kept:
            self.kept[id] = self.store.document(id, [LIBRARY])
        return self.kept[id]

    def read(self, query: Query, left_out: set[str] | None) -> dict[str, Any]:
        understood = questions.understand(query, self.view.glossary, self.view.known)
        hits = retrieval.retrieve(understood, self.indexes, self.store, self.encoders.encode, k=40)
        if left_out is not None:
            hits = [hit for hit in hits if hit.passage.locator not in left_out]
        found = answering.read(
            understood,
            hits[:12],
            documents=self.document,
            encode=self.encoder.read_documents,
            question=(reading := self.encoder.read_question(understood.text)),
            near=lambda parts: estimated_cosines(reading, self.encoder, self.states, parts),
            rarity=lambda stem: asking.rarity(stem, self.indexes),
            knows=lambda name: asking.knows(name, self.indexes, self.view),
            glossary=self.view.glossary,
        )
        return features(hits, found) | {"unclear": understood.unclear is not None}


def features(hits: Sequence[Hit], found: answering.Findings) -> dict[str, Any]:
    best = found.scored[0] if found.scored else None
    return {
        "confidence": found.score,
        "score": best.score if best else 0.0,
        "cosine": best.cosine if best else 0.0,
        "coverage": best.coverage if best else 0.0,
        "coverage_with_previous": best.coverage_with_previous if best else 0.0,
        "passage_cosine": max((h.cosine for h in hits[:5]), default=0.0),
        "absent": len(found.absent),
        "missing": len(found.missing),
    }


def auroc(present: Sequence[float], absent: Sequence[float]) -> float:
    ranked = sorted([(v, 1) for v in present] + [(v, 0) for v in absent])
    ranks = sum(place for place, (_, good) in enumerate(ranked, 1) if good)
    return (ranks - len(present) * (len(present) + 1) / 2) / (len(present) * len(absent))


def curve(name: str, present: Sequence[dict[str, Any]], absent: Sequence[dict[str, Any]]) -> None:
    print(f"\n{name}: {len(present)} answerable, {len(absent)} absent")
    for feature in FEATURES:
        value = auroc([r[feature] for r in present], [r[feature] for r in absent])
        print(f"  AUROC {feature:<24} {value:.3f}")
    for kind, rows in (("answerable", present), ("absent", absent)):
        share = sum(r["absent"] > 0 for r in rows) / len(rows)
        unknown = sum(r["missing"] > 0 for r in rows) / len(rows)
        print(f"  {kind}: a name no top passage holds {share:.3f}, the record none {unknown:.3f}")
    for threshold in THRESHOLDS:
        kept = _answered(present, threshold)
        refused = 1 - _answered(absent, threshold)
        print(f"  at {threshold:.2f}: answerable kept {kept:.3f}, absent refused {refused:.3f}")


def _answered(rows: Sequence[dict[str, Any]], threshold: float) -> float:
    return sum(r["confidence"] >= threshold and not r["absent"] for r in rows) / len(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--tasks", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--limit", type=int, default=300)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder)
        reader = Reader(home, options.passages)
        asked = read(options.questions)
        asked = asked[: len(asked) // 2][: options.limit]
        ask: Callable[[str], Query] = lambda text: Query(text, (LIBRARY,))  # noqa: E731
        rows["obliqa present"] = [reader.read(ask(q["question"]), None) for q in asked]
        rows["obliqa absent"] = [reader.read(ask(q["question"]), set(q["relevant"])) for q in asked]
        curve("ObliQA, paragraph absent", rows["obliqa present"], rows["obliqa absent"])
        if options.tasks:
            tasks = read(options.tasks)
            contexts = home / "contexts.jsonl"
            seen = {c["id"]: c for task in tasks for c in task["contexts"]}
            contexts.write_text(
                "\n".join(
                    json.dumps({"id": c["id"], "doc": c.get("title") or "", "text": c["text"]})
                    for c in seen.values()
                )
            )
            reader = Reader(home / "tasks", contexts)
            for task in tasks[::2]:
                rows.setdefault(task["answerability"][0], []).append(
                    reader.read(conversation(task), None) | {"id": task["task_id"]}
                )
            curve("mtRAG-UN", rows["ANSWERABLE"], rows["UNANSWERABLE"])
    if options.json:
        options.json.write_text(json.dumps(rows))


def conversation(task: dict[str, Any]) -> Query:
    turns = [
        Turn("user" if t["speaker"] == "user" else "assistant", t["text"]) for t in task["turns"]
    ]
    return Query(turns[-1].text, (LIBRARY,), tuple(turns[:-1]))


if __name__ == "__main__":
    sys.exit(main())
