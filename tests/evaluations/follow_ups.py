"""Follow-up questions: completed from the conversation, answered, refused or asked back.

    python tests/evaluations/follow_ups.py --tasks tasks.jsonl [--home FOLDER] [--limit N]

Tasks as in mtRAG-UN: `turns` (the last is the question), `contexts`, `answerability`
(ANSWERABLE, PARTIAL, UNANSWERABLE, UNDERSPECIFIED). The contexts of all tasks together
are one record. Prints how each sort ended, and for answerable ones whether a quotation
comes from the task's own contexts.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from abstention import Reader, conversation
from retrieval import read

from knowledge import asking
from knowledge.answers import answering, questions
from knowledge.searching import retrieval
from knowledge.searching.nearness import estimated_cosines
from knowledge.types import Answer, Outcome

EXPECTED = {
    "ANSWERABLE": {Outcome.ANSWERED},
    "PARTIAL": {Outcome.ANSWERED},
    "UNANSWERABLE": {Outcome.NOT_FOUND, Outcome.RELATED},
    "UNDERSPECIFIED": {Outcome.UNCLEAR},
}


def ask(reader: Reader, task: dict[str, Any]) -> tuple[Answer, str | None]:
    query = conversation(task)
    understood = questions.understand(query, reader.view.glossary, reader.view.known)
    hits = retrieval.retrieve(understood, reader.indexes, reader.store, reader.encoders.encode)
    answer = answering.answer(
        query,
        understood,
        hits,
        documents=reader.document,
        encode=reader.encoder.read_documents,
        question=(reading := reader.encoder.read_question(understood.text)),
        near=lambda parts: estimated_cosines(reading, reader.encoder, reader.states, parts),
        searched=reader.view.searched,
        rarity=lambda stem: asking.rarity(stem, reader.indexes),
        knows=lambda name: asking.knows(name, reader.indexes, reader.view),
        glossary=reader.view.glossary,
    )
    return answer, understood.understood_as


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=Path, required=True)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    tasks = read(options.tasks)
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        passages = home / "contexts.jsonl"
        seen = {c["id"]: c for task in tasks for c in task["contexts"]}
        rows = [
            {"id": c["id"], "doc": c.get("title") or "", "text": c["text"]} for c in seen.values()
        ]
        passages.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        reader = Reader(home / "record", passages)
        ended: dict[str, Counter[str]] = {}
        right: Counter[str] = Counter()
        own = 0
        for task in tasks[: options.limit]:
            sort = task["answerability"][0]
            answer, _ = ask(reader, task)
            ended.setdefault(sort, Counter())[str(answer.outcome)] += 1
            right[sort] += answer.outcome in EXPECTED[sort]
            texts = " ".join(c["text"] for c in task["contexts"])
            own += sort == "ANSWERABLE" and any(c.quote in texts for c in answer.citations)
    for sort, outcomes in sorted(ended.items()):
        count = sum(outcomes.values())
        print(f"{sort:<15} {right[sort] / count:.3f} of {count}: {dict(outcomes)}")
    if ended.get("ANSWERABLE"):
        print(
            f"answerable, quoted from own contexts: {own / sum(ended['ANSWERABLE'].values()):.3f}"
        )


if __name__ == "__main__":
    sys.exit(main())
