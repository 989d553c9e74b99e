"""How soon another process answers from what was just committed.

python -m tests.faults.freshness --documents 150 --readers 2 --before 2000

A writer adds documents one by one and notes the moment after the update that makes each
visible. Readers that were open before ask, again and again, for the newest listed document
that they have not had yet, and note when its own line was answered.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from knowledge.storing import steps
from tests.faults import record
from tests.knowledge.shelf import add, ask, open_index

STALE_SECONDS = 1.0
PAUSE_SECONDS = 0.02
"""Between two questions of a reader, and between two additions."""


def writer(home: Path, numbers: list[int], told: Any) -> None:
    """Add documents, and give {number: time of its commit}."""
    index = open_index(home)
    committed: dict[int, float] = {}

    def step(name: str) -> None:
        if name == "add:visible":
            committed[number] = time.time()

    steps.step = step
    for number in numbers:
        add(index, record.text_of(number), source=f"{number}.txt")
        time.sleep(PAUSE_SECONDS)
    told.put(committed)


def reader(home: Path, numbers: list[int], ready: Any, told: Any) -> None:
    """Ask for each document as it becomes listed; give ({number: time answered}, misses)."""
    index = open_index(home)
    ask(index, record.text_of(0).splitlines()[0])
    ready.put(True)
    waiting = {record.id_of(record.text_of(number)): number for number in numbers}
    had: dict[int, float] = {}
    misses = 0
    end = time.monotonic() + 300
    while waiting and time.monotonic() < end:
        listed = index.store.entries_by_id(list(waiting), ["shared"])
        for id in listed:
            line = index.store.document(id, ["shared"]).text.splitlines()[1]
            found = ask(index, line, k=1)
            if found and found[0].text == line:
                had[waiting.pop(id)] = time.time()
            else:
                misses += 1
        time.sleep(PAUSE_SECONDS)
    told.put((had, misses))


def measure(home: Path, documents: int, readers: int, before: int) -> dict[str, Any]:
    """Seconds from commit to answer over all documents and readers: median, p95, most."""
    index = open_index(home)
    many = "\n".join(line for n in range(before // 3) for line in record.text_of(n).splitlines())
    add(index, many or record.text_of(0))
    index.close()
    numbers = list(range(10_000, 10_000 + documents))
    spawn = get_context("spawn")
    ready, had, committed = spawn.Queue(), spawn.Queue(), spawn.Queue()
    asking = [
        spawn.Process(target=reader, args=(home, numbers, ready, had)) for _ in range(readers)
    ]
    for process in asking:
        process.start()
    for _ in asking:
        ready.get()
    writing = spawn.Process(target=writer, args=(home, numbers, committed))
    writing.start()
    times = committed.get()
    answers = [had.get() for _ in asking]
    for process in (writing, *asking):
        process.join()
    late = sorted(max(0.0, one[n] - times[n]) for one, _ in answers for n in one)
    return {
        "answered": len(late),
        "expected": documents * readers,
        "misses": sum(misses for _, misses in answers),
        "median_seconds": round(late[len(late) // 2], 3),
        "p95_seconds": round(late[int(0.95 * (len(late) - 1))], 3),
        "most_seconds": round(late[-1], 3),
    }


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=150)
    parser.add_argument("--readers", type=int, default=2)
    parser.add_argument("--before", type=int, default=2000, help="passages that are there already")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder) / "home", given.documents, given.readers, given.before)
    print(json.dumps(figures))
    missing = figures["answered"] < figures["expected"]
    return 1 if missing or figures["misses"] or figures["most_seconds"] > STALE_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
