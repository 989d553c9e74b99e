"""How fast and how small the bot is: acknowledgement, answers, the event loop, memory.

    python -m tests.evaluations.discord_latency [--home FOLDER] [--asks 60] [--passages 0]

The real bot process answers through the stand-in for Discord on loopback. Without --home it
builds a record of the bundled samples in a temporary folder; with it, it works on a copy of that
data folder (library `shared`), to measure a larger record. --passages adds documents of random
words until there are so many, which takes minutes of processor time for 10,000. Prints a table;
status 1 if a bound of the table does not hold.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

from knowledge import Record, Settings, Source
from tests.bot.running import ROOT, Town, build_home, copy_home, resident
from tests.discord_server import Talk
from tests.knowledge import pdf_files

QUESTIONS = (
    "What did the BA tell the SEC?",
    "What did the Harbour Association tell the Port Authority?",
    "For how long would the token safe harbor apply?",
    "What does the River Union say about pilot boats?",
    "Who are brokers in tokenized shares?",
    "What does the CLARITY Act say about brokers?",
)


A_DOCUMENT = 250
"""Paragraphs of a document that `enlarge` makes; most become a passage each."""

BUSY_QUESTIONS = 200
"""Questions asked, twenty at a time, while the PDF is added."""


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of the values do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def long_pdf(pages: int = 200) -> bytes:
    """A document of our own with as many pages, about 400 words each."""
    sentence = "The keeper of lock {n} writes that gate {m} was opened at dawn and shut at dusk."
    made = []
    for page in range(pages):
        texts = [sentence.format(n=page, m=page * 40 + line) for line in range(40)]
        made.append(pdf_files.lines(texts, size=9))
    return pdf_files.pdf(made, info={"Title": "The book of the locks"}, compress=True)


def enlarge(home: Path, passages: int) -> int:
    """Add documents of our own to `shared` until it has so many passages; gives how many."""
    chosen = random.Random(7)
    samples = (ROOT / "knowledge" / "samples").glob("*.md")
    words = sorted({word for path in samples for word in path.read_text().split()})
    with Record.open(Settings(FOOTNOTE_HOME=home)) as record:
        have = sum(entry.passages for entry in record.entries("shared"))
        while have < passages:
            parts = [f"{' '.join(chosen.choices(words, k=90))}.\n" for _ in range(A_DOCUMENT)]
            source = Source("\n".join(parts).encode(), f"parts-{have}.txt")
            added = record.keeping.add(source, library="shared", actor="evaluation")
            have += added.entry.passages
        return have


def family(pid: int) -> float:
    """Resident memory of a process and everything below it, in MB."""
    total, waiting = 0.0, [pid]
    while waiting:
        current = waiting.pop()
        total += resident(current)
        for task in Path(f"/proc/{current}/task").glob("*/children"):
            try:
                waiting += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return total


class Watch(threading.Thread):
    """Follows the memory of the bot and its children until told to stop."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.alone, self.together, self.going = pid, 0.0, 0.0, True

    def run(self) -> None:
        while self.going:
            self.alone = max(self.alone, resident(self.pid))
            self.together = max(self.together, family(self.pid))
            time.sleep(0.1)


def settled(talk: Talk) -> float:
    """Seconds from the question to its complete answer."""
    talk.answer(120)
    assert talk.completed_after is not None
    return talk.completed_after


def add_pdf(town: Town) -> tuple[float, str]:
    """Let a moderator add the long PDF; gives the seconds it took and the bot's last word."""
    mod = town.person(town.mod)
    started = time.monotonic()
    talk = mod.command("source add", file=("locks.pdf", long_pdf()))
    card = talk.wait(
        lambda: next((m for m in talk.said() if "Add" in m.buttons or "Not" in m.text), None), 900
    )
    click = mod.click(card, "Add")
    done = click.wait(lambda: next((m for m in click.said() if "Undo" in m.buttons), None), 900)
    return time.monotonic() - started, done.text


def measure(home: Path, asks: int, folder: Path) -> bool:
    """Run everything and print the table; gives whether every bound holds."""
    probe = folder / "late.json"
    unlimited = {"QUESTIONS_PER_MEMBER": "1000000", "QUESTIONS_PER_CHANNEL": "1000000"}
    town = Town(home, EVENT_LOOP_PROBE=str(probe), **unlimited)
    rows: list[tuple[str, float, float, str]] = []
    try:
        town.bot.start()
        assert town.bot.process is not None
        pid = town.bot.process.pid
        ada = town.person(town.ada)
        cold = ada.command("ask", question=QUESTIONS[0])
        settled(cold)
        rows.append(
            ("first acknowledgement after the start", cold.acknowledged_after or 9, 1.5, "s")
        )
        talks, answers = [], []
        for number in range(asks):
            talk = ada.command("ask", question=f"{QUESTIONS[number % len(QUESTIONS)]} ({number})")
            answers.append(settled(talk))
            talks.append(talk)
        waits = [t.acknowledged_after or 9 for t in talks]
        rows.append(("acknowledgement, one by one, p95", percentile(waits, 0.95), 0.5, "s"))
        rows.append(("acknowledgement, one by one, max", max(waits), 1.5, "s"))
        rows.append(("complete answer, one by one, p95", percentile(answers, 0.95), 2.0, "s"))

        watch = Watch(pid)
        watch.start()
        result: list[tuple[float, str]] = []
        adding = threading.Thread(target=lambda: result.append(add_pdf(town)))
        adding.start()
        together: list[float] = []
        acknowledged: list[float] = []
        while len(together) < BUSY_QUESTIONS:
            batch = [
                ada.command("ask", question=f"{QUESTIONS[n % len(QUESTIONS)]} (busy {time.time()})")
                for n in range(20)
            ]
            together += [settled(talk) for talk in batch]
            acknowledged += [talk.acknowledged_after or 9 for talk in batch]
            time.sleep(1)  # twenty people at once, again and again, but not without end
        adding.join()
        rows.append(
            ("acknowledgement, 20 at once and a PDF, p95", percentile(acknowledged, 0.95), 0.5, "s")
        )
        rows.append(("acknowledgement, 20 at once and a PDF, max", max(acknowledged), 1.5, "s"))
        rows.append(
            ("complete answer, 20 at once and a PDF, p95", percentile(together, 0.95), 5.0, "s")
        )
        found = ada.command("ask", question="Who opened gate 4001 at dawn?").answer(60)
        time.sleep(10)
        watch.going = False
        late = json.loads(probe.read_text())
        rows.append(("event loop late, p99", percentile(late, 0.99), 0.2, "s"))
        rows.append(("bot alone, at most", watch.alone, 450, "MB"))
        rows.append(("bot alone, 10 s after the add", resident(pid), 450, "MB"))
        rows.append(("bot and children, at most", watch.together, 1200, "MB"))
        seconds, said = result[0]
        print(f"{len(together)} answers while a 200-page PDF was added in {seconds:.1f} s: {said}")
        print("asked of it:", "an answer" if not found.ephemeral else found.text)
    finally:
        town.close()
    rows.append(("violations of Discord's rules", len(town.server.violations), 0, ""))
    print(*town.server.violations[:5], sep="\n")
    for name, value, bound, unit in rows:
        mark = "" if value <= bound else "   <- above"
        print(f"{name:45} {value:8.3f} {unit:3} (<= {bound:g}){mark}")
    return all(value <= bound for _, value, bound, _ in rows)


def main() -> int:
    """Parse the arguments and measure on a copy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a data folder to copy; default: the samples")
    parser.add_argument("--asks", type=int, default=60, help="questions asked one by one")
    parser.add_argument("--passages", type=int, default=0, help="passages of our own to add")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="footnote-latency-"))
    try:
        if options.home is not None:
            home = copy_home(options.home, folder / "home")
        else:
            models = folder / "models"
            models.mkdir()
            home = build_home(folder / "home", models)
        if options.passages:
            print(f"{enlarge(home, options.passages):,} passages in the library shared")
        return 0 if measure(home, options.asks, folder) else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
