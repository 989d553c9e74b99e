"""Answers to gold questions over real documents, by the product end to end.

    python tests/evaluations/answers.py --manifest M --questions Q [--distractors D [--first N]]

The manifest names the documents (`doc_id`, `file`, relative to it); distractors are
passages (`doc`, `text`, perhaps gzip), see `bulk`. The record is built in --home (kept if
given, so that a second run is quick), else in a temporary folder. With --build nothing is
asked: a large record grows run by run, by a larger --first each time.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bulk import add_passages

from knowledge import Record, Settings
from knowledge.errors import DocumentRefused
from knowledge.evaluating.evaluation import as_json, compare, evaluate, read_questions, table
from knowledge.evaluating.evaluation_page import page
from knowledge.sources import Source
from knowledge.types import Query

LIBRARY = "evaluation"


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
            result = evaluate(
                read_questions(options.questions),
                record.ask,
                lambda id: record.document(id, (LIBRARY,)),
                lambda name: ids.get(name, frozenset()),
                libraries=(LIBRARY,),
            )
            record.ask(Query("What is this?", (LIBRARY,)))
    if options.json:
        options.json.write_text(json.dumps(as_json(result), indent=1, ensure_ascii=False))
    if options.html:
        options.html.write_text(page(result), encoding="utf-8")
    print(table(result))
    if options.baseline:
        changes = compare(result, json.loads(options.baseline.read_text(encoding="utf-8")))
        for change in changes:
            print(f"{change.measure}: {change.before:.3f} to {change.now:.3f}, p {change.p:.3f}")
        return int(any(change.alarming for change in changes))
    return 0


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
