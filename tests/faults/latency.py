"""How long answers take while `footnote reindex` embeds a library anew, against before and after.

python -m tests.faults.latency --documents 20 --seconds 10

The reader is a process of its own with the real model, as the bot is; the reindex is the real
command line. The cached vectors are deleted first, so that every text is embedded again.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from knowledge import Query, Record, Settings
from tests.faults.children import start

VOCABULARY = """
agency letter proposal comment market broker dealer fund rule notice order exchange record custody
member guild council harbour port berth vessel owner licence fee penalty term date review board
filing statement report duty venue token asset reserve audit bank
"""
MOST = 2.0
"""Times the usual latency that answers may take during a reindex."""


def text_of(number: int, sentences: int = 400) -> str:
    """A letter of about thirty passages, with one line that a question is about."""
    draw = random.Random(number)
    said = [
        " ".join(["The", *draw.choices(VOCABULARY.split(), k=draw.randrange(8, 16))]) + "."
        for _ in range(sentences)
    ]
    said.insert(sentences // 2, line_of(number))
    return "\n\n".join(" ".join(said[n : n + 6]) for n in range(0, len(said), 6)) + "\n"


def line_of(number: int) -> str:
    return f"The Quay{number} Council will pay {number * 1000 + 17} crowns to owners of boats."


def reader(home: Path, documents: int, phase: Any, ready: Any, told: Any) -> None:
    """Ask until the phase is `end`; give (phase, seconds, right) of each answer."""
    with Record.open(Settings(home=home)) as record:
        record.ask(Query("What will the Quay1 Council pay?", libraries=("shared",)))
        ready.set()
        figures, number = [], 0
        while (now := phase.value) != b"end":
            number = (number + 7) % documents
            begun = time.perf_counter()
            question = f"What will the Quay{number} Council pay to owners of boats?"
            answer = record.ask(Query(question, libraries=("shared",)))
            seconds = time.perf_counter() - begun
            right = any(
                c.quote and f"{number * 1000 + 17} crowns" in c.quote
                for c in (*answer.citations, *answer.related)
            )
            figures.append((now.decode(), seconds, right))
            time.sleep(0.02)
    told.put(figures)


def measure(home: Path, documents: int, seconds: float) -> dict[str, Any]:
    """Median and 95th percentile of answers before, during and after, in milliseconds."""
    folder = home.parent / "letters"
    folder.mkdir()
    for number in range(documents):
        (folder / f"{number}.txt").write_text(text_of(number), encoding="utf-8")
    start(home, "add", str(folder)).communicate()
    with closing(sqlite3.connect(home / "record.sqlite3", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM embeddings")
    spawn = get_context("spawn")
    phase, ready, told = spawn.Array("c", b"before"), spawn.Event(), spawn.Queue()
    asking = spawn.Process(target=reader, args=(home, documents, phase, ready, told))
    asking.start()
    ready.wait()
    time.sleep(seconds)
    phase.value = b"during"
    begun = time.monotonic()
    work = start(home, "reindex")
    _, error = work.communicate()
    took = time.monotonic() - begun
    phase.value = b"after"
    time.sleep(seconds)
    phase.value = b"end"
    figures = told.get()
    asking.join()
    found: dict[str, Any] = {"reindex_seconds": round(took, 1), "status": work.returncode}
    if work.returncode:
        found["error"] = error[-500:]
    for name in ("before", "during", "after"):
        times = sorted(1000 * s for phase, s, _ in figures if phase == name)
        p95 = times[int(0.95 * (len(times) - 1))]
        found[name] = {
            "answers": len(times),
            "median_ms": round(statistics.median(times)),
            "p95_ms": round(p95),
        }
    usual = statistics.median(1000 * s for phase, s, _ in figures if phase != "during")
    found["ratio_of_medians"] = round(found["during"]["median_ms"] / usual, 2)
    found["wrong"] = sum(not right for *_, right in figures)
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10.0, help="asked before and after")
    parser.add_argument("--models", type=Path, help="exported models to use")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir(mode=0o700)
        if given.models is not None:
            (home / "models").symlink_to(given.models)
        figures = measure(home, given.documents, given.seconds)
    print(json.dumps(figures))
    bad = figures["wrong"] or figures["status"] or figures["ratio_of_medians"] > MOST
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
