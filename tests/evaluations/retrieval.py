"""Measure retrieval on questions with known passages, through the product's own index.

    python tests/evaluations/retrieval.py --passages passages.jsonl --questions dev.jsonl
        [--home FOLDER] [--run FILE] [--part NAME] [--skip N] [--limit N] [--json]

Passages: a JSON object a line with id, doc and text, as in ObliQA. Questions: qid,
question and relevant (ids of passages). Passages are indexed as they are, one each,
whatever their length; a folder given by --home keeps the index for the next run.
--run writes one JSON object a question: {"qid": ..., "ranked": [ids, best first]}.

Questions are reported together and in parts. `tuned` was looked at while weights were
set, `unseen` was not: a question belongs to one of them by the hash of its first
relevant passage. `fresh` are the unseen ones whose every relevant passage is relevant
to no tuned question; `several` have more than one relevant passage. --part asks one
part only; --skip and --limit cut what is asked into slices, whose --run files can be
joined: the figures of any run file come from `--score FILE` without asking again.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from knowledge.answers.questions import Understood
from knowledge.encoding.embedding import Encoders
from knowledge.encoding.terms import encode_terms
from knowledge.searching import retrieval
from knowledge.searching.words import WordIndex
from knowledge.settings import DEFAULT_MODEL
from knowledge.storing import adding
from knowledge.storing.adding import Provenance
from knowledge.storing.index import Index
from knowledge.storing.pouring import Making
from knowledge.storing.store import Store
from knowledge.types import Draft, Particulars, Passage, Section

LIBRARY = "evaluation"
DEPTH = 10
DOCUMENT_PASSAGES = 2000
"""Passages put into one document at most, so that a document is not a whole book."""
PROGRESS = 100
"""After so many questions a line on standard error says how far it has come."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one question: Recall@5, Recall@10, MAP@10, nDCG@10, each 0 to 1."""

    recall_5: float
    recall_10: float
    map_10: float
    ndcg_10: float


def figures(ranked: Sequence[str], relevant: set[str]) -> Figures:
    """Score a ranking; average precision is divided by min(relevant, 10), as TREC's is."""
    hits = [id in relevant for id in ranked[:DEPTH]]
    precisions = [sum(hits[: place + 1]) / (place + 1) for place, hit in enumerate(hits) if hit]
    gain = sum(1 / math.log2(place + 2) for place, hit in enumerate(hits) if hit)
    best = sum(1 / math.log2(place + 2) for place in range(min(len(relevant), DEPTH)))
    return Figures(
        recall_5=sum(hits[:5]) / len(relevant),
        recall_10=sum(hits) / len(relevant),
        map_10=sum(precisions) / min(len(relevant), DEPTH),
        ndcg_10=gain / best,
    )


def one_each(
    text: str, sections: Sequence[Section], *, document_id: str, **_: Any
) -> list[Passage]:
    """A passage for every section; its id in the data set travels as its locator."""
    return [
        Passage(
            id=f"{document_id}-{section.start}",
            document_id=document_id,
            start=section.start,
            end=section.end,
            text=text[section.start : section.end],
            locator=section.number,
        )
        for section in sections
    ]


def drafts(passages: Iterable[dict[str, Any]]) -> Iterable[tuple[str, Draft]]:
    """(name, draft) of each document of the data set, its passages as sections."""
    documents: dict[str, list[dict[str, Any]]] = {}
    for passage in passages:
        documents.setdefault(str(passage.get("doc", "")), []).append(passage)
    for name, rows in documents.items():
        for start in range(0, len(rows), DOCUMENT_PASSAGES):
            part = rows[start : start + DOCUMENT_PASSAGES]
            text, sections = "", []
            for row in part:
                sections.append(
                    Section(len(text), len(text) + len(row["text"]), number=str(row["id"]))
                )
                text += row["text"] + "\n\n"
            label = f"{name}-{start}"
            about = Particulars(title=part[0].get("title", name), author=part[0].get("author"))
            yield label, Draft(text, tuple(sections), about)


def build(home: Path, passages: Path) -> tuple[Store, Index, Encoders]:
    """The record in a folder, filled if it is new."""
    store, encoders = Store.open(home), Encoders(home)
    index = Index(
        store, encoders, Making(one_each, open_words=WordIndex.open, encode_terms=encode_terms)
    )
    if LIBRARY not in store.libraries():
        for name, draft in drafts(read(passages)):
            adding.add(
                index, draft, Provenance(name), library=LIBRARY, model=DEFAULT_MODEL, actor="run"
            )
            print(f"{name}: {len(draft.sections)} passages", file=sys.stderr)
    return store, index, encoders


def read(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON lines file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def measure(options: argparse.Namespace, home: Path) -> dict[str, Any]:
    """Ask every question and sum up."""
    store, index, encoders = build(home, options.passages)
    everything = read(options.questions)
    parts = parts_of(everything)
    stop = None if options.limit is None else options.skip + options.limit
    questions = [
        question
        for question in everything[options.skip : stop]
        if question["qid"] in parts[options.part]
    ]
    indexes = index.live([LIBRARY])
    retrieval.retrieve(  # the first opens everything
        Understood("warm", "warm"), indexes, store, encoders.encode
    )
    rows, seconds, cpu = [], [], []
    out = options.run.open("w", encoding="utf-8") if options.run else None
    for number, question in enumerate(questions):
        if number and number % PROGRESS == 0:
            print(f"{number} of {len(questions)} questions", file=sys.stderr, flush=True)
        text = question["question"]
        wall, process = time.perf_counter(), time.process_time()
        hits = retrieval.retrieve(Understood(text, text), indexes, store, encoders.encode, k=DEPTH)
        seconds.append(time.perf_counter() - wall)
        cpu.append(time.process_time() - process)
        ranked = [hit.passage.locator or "" for hit in hits]
        rows.append((question, figures(ranked, set(question["relevant"]))))
        if out:
            out.write(json.dumps({"qid": question["qid"], "ranked": ranked}) + "\n")
            out.flush()
    if out:
        out.close()
    index.close()
    store.close()
    return summary(rows, parts) | {
        "milliseconds": {
            "wall_p50": 1000 * statistics.median(seconds),
            "wall_p95": 1000 * float(np.quantile(seconds, 0.95)),
            "cpu_mean": 1000 * statistics.fmean(cpu),
            "cpu_p95": 1000 * float(np.quantile(cpu, 0.95)),
        },
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def parts_of(questions: Sequence[dict[str, Any]]) -> dict[str, set[str]]:
    """The qids of each part of a whole set of questions; see the head of this file."""
    parts: dict[str, set[str]] = {
        name: set() for name in ("all", "tuned", "unseen", "fresh", "several")
    }
    for question in questions:
        unseen = crc32(min(question["relevant"]).encode()) % 5 < 2
        for name in ("all", "unseen" if unseen else "tuned"):
            parts[name].add(question["qid"])
        if len(question["relevant"]) > 1:
            parts["several"].add(question["qid"])
    tuned = {id for one in questions if one["qid"] in parts["tuned"] for id in one["relevant"]}
    parts["fresh"] = {
        one["qid"]
        for one in questions
        if one["qid"] in parts["unseen"] and tuned.isdisjoint(one["relevant"])
    }
    return parts


def summary(
    rows: Sequence[tuple[dict[str, Any], Figures]], parts: dict[str, set[str]]
) -> dict[str, Any]:
    """Means over each part of the questions that has any."""
    found: dict[str, Any] = {}
    for name, qids in parts.items():
        some = [one for question, one in rows if question["qid"] in qids]
        if some:
            found[name] = {"questions": len(some)} | {
                field: round(statistics.fmean(getattr(one, field) for one in some), 4)
                for field in Figures.__dataclass_fields__
            }
    return found


def score(options: argparse.Namespace) -> dict[str, Any]:
    """The figures of a run that was written before; questions that it lacks are left out."""
    questions = {question["qid"]: question for question in read(options.questions)}
    rows = [
        (questions[line["qid"]], figures(line["ranked"], set(questions[line["qid"]]["relevant"])))
        for line in read(options.score)
    ]
    return summary(rows, parts_of(list(questions.values())))


def main() -> None:
    """Parse arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--passages", type=Path, help="needed unless --score is given")
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--home", type=Path, help="keeps the index; a temporary one otherwise")
    parser.add_argument("--run", type=Path, help="write the ranked ids here")
    parser.add_argument("--score", type=Path, help="only score this run file")
    parser.add_argument("--part", default="all", help="tuned, unseen, fresh or several")
    parser.add_argument("--skip", type=int, default=0, help="questions to leave out at first")
    parser.add_argument("--limit", type=int, help="ask only so many questions")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    if options.score:
        result = score(options)
    elif options.passages is None:
        parser.error("--passages is needed to ask; --score scores a run file without")
    else:
        with tempfile.TemporaryDirectory() as temporary:
            result = measure(options, options.home or Path(temporary))
    if options.json:
        print(json.dumps(result))
        return
    for name, values in result.items():
        shown = values.items() if isinstance(values, dict) else [("", values)]
        print(f"{name:15}", "  ".join(f"{key} {value:.4g}" for key, value in shown))


if __name__ == "__main__":
    main()
