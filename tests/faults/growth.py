"""Most memory that an addition takes, by the size of the document and by what is there already.

python -m tests.faults.growth --passages 2500 20000 --documents 200 800

Each size is a process of its own, on a quick encoder: what is measured is the way into the
record, not the model. A page of a rule is about four passages.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tests.faults import record
from tests.knowledge.shelf import add, ask, open_index


def one_document(home: Path, passages: int, told: Any) -> None:
    """Add one document of so many passages."""
    index = open_index(home)
    add(index, record.text_of(0))
    base = _peak()
    lines = [line for n in range(1, passages // 3 + 1) for line in record.text_of(n).splitlines()]
    add(index, "\n".join(lines))
    told.put((base, _peak(), bool(ask(index, lines[-1], k=1))))


def many_documents(home: Path, documents: int, told: Any) -> None:
    """Add so many documents of three passages, one by one, in one process."""
    index = open_index(home)
    add(index, record.text_of(0))
    base = _peak()
    for number in range(1, documents + 1):
        add(index, record.text_of(number), source=f"{number}.txt")
    line = record.text_of(documents).splitlines()[0]
    told.put((base, _peak(), bool(ask(index, line, k=1))))


def _peak() -> float:
    """Most resident memory of this process so far, in MB (Linux counts in kilobytes)."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, 1)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--passages", type=int, nargs="*", default=[2_500, 20_000])
    parser.add_argument("--documents", type=int, nargs="*", default=[200, 800])
    given = parser.parse_args()
    spawn = get_context("spawn")
    right = True
    for function, sizes in ((one_document, given.passages), (many_documents, given.documents)):
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                told = spawn.Queue()
                child = spawn.Process(target=function, args=(Path(folder) / "home", size, told))
                child.start()
                base, peak, found = told.get()
                child.join()
            right = right and found
            figures = {"what": function.__name__, "size": size, "first_mb": base, "most_mb": peak}
            print(json.dumps(figures | {"answers": found}), flush=True)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
