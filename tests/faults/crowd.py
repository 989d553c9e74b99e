"""Many at once: adders beside askers, and askers while one index after another is built.

python -m tests.faults.crowd --adders 4 --each 50 --askers 4 --questions 1000
python -m tests.faults.crowd --reindexing --askers 2 --questions 500
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from tests.faults import record
from tests.knowledge.shelf import add, ask, open_index


def adder(home: Path, numbers: list[int], told: Any) -> None:
    """Add documents one by one, and tell of each that is in."""
    index = open_index(home, wait_seconds=300)
    for number in numbers:
        text = record.text_of(number)
        add(index, text, source=f"{number}.txt")
        told.put(number)


def asker(home: Path, questions: int, place: int, told: Any) -> None:
    """Ask about the newest listed documents, and note what is wrong.

    Each is asked for as soon as it is listed, so that a stale answer counts as wrong;
    `freshness` measures how soon that is.
    """
    index = open_index(home)
    wrong: list[str] = []
    listed: list[str] = []
    asked = 0
    while asked < questions:
        listed = [entry.id for entry in index.store.entries("shared")]
        asked += 1
        id = listed[-1 - (asked * (place + 3)) % min(len(listed), 5)]
        try:
            text = index.store.document(id, ["shared"]).text
            line = text.splitlines()[asked % 3]
            found = ask(index, line, k=1)
            if not found or found[0].text != line:
                wrong.append(f"{line!r} is listed and does not answer")
            elif text[found[0].start : found[0].end] != line:
                wrong.append(f"{line!r} is not where it says")
        except Exception as error:  # what failed is the figure
            wrong.append(f"{type(error).__name__}: {error}")
    told.put((asked, wrong))


def crowd(home: Path, adders: int, each: int, askers: int, questions: int) -> dict[str, Any]:
    """Figures of adders and askers at work on one record."""
    spawn = multiprocessing.get_context("spawn")
    added, asked = spawn.Queue(), spawn.Queue()
    add(open_index(home), record.text_of(0))
    begun = time.monotonic()
    writers = [
        spawn.Process(
            target=adder, args=(home, list(range(1 + n * each, 1 + (n + 1) * each)), added)
        )
        for n in range(adders)
    ]
    readers = [spawn.Process(target=asker, args=(home, questions, n, asked)) for n in range(askers)]
    for process in (*readers, *writers):
        process.start()
    for _ in range(adders * each):
        added.get()
    answers = [asked.get() for _ in readers]
    for process in (*readers, *writers):
        process.join()
    judged = record.judge(home, [], True)
    return {
        "documents": len(judged["texts"]),
        "expected": adders * each + 1,
        "asked": sum(count for count, _ in answers),
        "wrong_answers": [one for _, wrong in answers for one in wrong][:5],
        "wrong": judged["wrong"],
        "exit": sorted({process.exitcode for process in (*readers, *writers)}),
        "seconds": round(time.monotonic() - begun),
    }


def rebuilder(home: Path, done: Event, told: Any) -> None:
    """Reindex with one model and the other by turns until told to stop."""
    index = open_index(home)
    count = 0
    while not done.is_set():
        count += 1
        index.reindex("shared", model=("other", "plain")[count % 2], actor="tester")
    told.put(count)


def during_reindexing(home: Path, askers: int, questions: int) -> dict[str, Any]:
    """Figures of askers while one index after another is built and switched to."""
    spawn = multiprocessing.get_context("spawn")
    asked, built = spawn.Queue(), spawn.Queue()
    done = spawn.Event()
    index = open_index(home)
    for number in range(30):
        add(index, record.text_of(number), source=f"{number}.txt")
    index.close()
    worker = spawn.Process(target=rebuilder, args=(home, done, built))
    readers = [spawn.Process(target=asker, args=(home, questions, n, asked)) for n in range(askers)]
    for process in (worker, *readers):
        process.start()
    answers = [asked.get() for _ in readers]
    done.set()
    count = built.get()
    for process in (worker, *readers):
        process.join()
    return {
        "asked": sum(one[0] for one in answers),
        "reindexes": count,
        "wrong_answers": [one for _, wrong in answers for one in wrong][:5],
        "wrong": record.judge(home, [], True)["wrong"],
    }


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--adders", type=int, default=4)
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--askers", type=int, default=4)
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--reindexing", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        if given.reindexing:
            figures = during_reindexing(home, given.askers, given.questions)
            print(json.dumps(figures))
            return 1 if figures["wrong"] or figures["wrong_answers"] else 0
        figures = crowd(home, given.adders, given.each, given.askers, given.questions)
        print(json.dumps(figures))
        bad = figures["wrong"] or figures["wrong_answers"]
        return 1 if bad or figures["documents"] != figures["expected"] else 0


if __name__ == "__main__":
    sys.exit(main())
