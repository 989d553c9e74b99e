"""Answers to gold questions over real documents, by the product end to end.

    python tests/evaluations/answers.py --manifest M --questions Q [--distractors D [--first N]]

The manifest names the documents (`doc_id`, `file`, relative to it); distractors are
passages (`doc`, `text`, perhaps gzip), see `bulk`. The record is built in --home (kept if
given, so that a second run is quick), else in a temporary folder. With --build nothing is
asked: a large record grows run by run, by a larger --first each time.

Beside the judgement of the answers: for how many answerable questions an evidence document
is among the first five hits, CPU seconds of an answer, and the peak of memory.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bulk import add_passages

from knowledge import Record, Settings
from knowledge.errors import DocumentRefused
from knowledge.evaluating.evaluation import as_json, compare, evaluate, read_questions, table
from knowledge.evaluating.evaluation_page import page
from knowledge.evaluating.golden import Gold
from knowledge.sources import Source
from knowledge.types import Answer, Query

LIBRARY = "evaluation"
FIRST = 5


def main() -> int:
    options = parse()
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder)
        with Record.open(Settings(home=home)) as record:  # type: ignore[call-arg]
            names = build(record, options.manifest)
            if options.distractors:
                add_passages(record, options.distractors, LIBRARY, stop=options.first, say=tell)
            if options.build:
                return 0
            ids = {name: frozenset(found) for name, found in names.items()}
            questions = read_questions(options.questions)
            record.ask(Query("What is this?", (LIBRARY,)))
            seconds: list[float] = []

            def ask(query: Query) -> Answer:
                started = time.process_time()
                answer = record.ask(query)
                seconds.append(time.process_time() - started)
                return answer

            result = evaluate(
                questions,
                ask,
                lambda id: record.document(id, (LIBRARY,)),
                lambda name: ids.get(name, frozenset()),
                libraries=(LIBRARY,),
            )
            hits = first_hits(record, questions, ids)
            size = sum(entry.passages for entry in entries(record))
    if options.json:
        options.json.write_text(json.dumps(as_json(result), indent=1, ensure_ascii=False))
    if options.html:
        options.html.write_text(page(result), encoding="utf-8")
    print(table(result))
    lost = [id for id, found in hits.items() if not found]
    print(f"\n{size} passages; an evidence document among the first {FIRST} hits for")
    print(f"{len(hits) - len(lost)} of {len(hits)} answerable questions; not for {', '.join(lost)}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    middle, high = (statistics.quantiles(seconds, n=20)[place] for place in (9, 18))
    print(f"an answer: {middle:.3f} s of CPU at the median, {high:.3f} s at p95; {peak} MB at most")
    if options.baseline:
        changes = compare(result, json.loads(options.baseline.read_text(encoding="utf-8")))
        for change in changes:
            print(f"{change.measure}: {change.before:.3f} to {change.now:.3f}, p {change.p:.3f}")
        return int(any(change.alarming for change in changes))
    return 0


def first_hits(
    record: Record, questions: Sequence[Gold], ids: Mapping[str, frozenset[str]]
) -> dict[str, bool]:
    """Of each answerable question with evidence, whether one of its documents is found early."""
    found = {}
    for gold in questions:
        names = [*(name for name, _ in gold.evidence), *gold.alternatives]
        if gold.expected != "abstain" and gold.evidence:
            query = Query(gold.question, (LIBRARY,), gold.history, gold.as_of)
            documents = {hit.entry.id for hit in record.retrieve(query, k=FIRST)}
            found[gold.id] = any(documents & ids.get(name, frozenset()) for name in names)
    return found


def build(record: Record, manifest: Path) -> dict[str, set[str]]:
    """Add what is not there yet; return the ids that each doc_id has in the record."""
    held = {source: e.id for e in entries(record) for source in (e.source, *e.sources)}
    names: dict[str, set[str]] = {}
    for row in rows(manifest):
        path = manifest.parent / row["file"]
        if path.name not in held:
            try:
                added = record.keeping.add(
                    Source(path.read_bytes(), path.name), library=LIBRARY, actor="evaluation"
                )
            except DocumentRefused as refused:
                print(f"refused: {refused}", file=sys.stderr)
                continue
            held[path.name] = added.entry.id
        names.setdefault(row["doc_id"], set()).add(held[path.name])
    return names


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def entries(record: Record) -> list:  # type: ignore[type-arg]
    return record.entries(LIBRARY) if LIBRARY in record.libraries() else []


def rows(path: Path) -> Iterator[dict]:  # type: ignore[type-arg]
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    for name in ("distractors", "home", "json", "html", "baseline"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--first", type=int, help="how many of the distractors")
    parser.add_argument("--build", action="store_true", help="build the record and ask nothing")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
