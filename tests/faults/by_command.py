"""The same by the real command line and the real model: slower, so with fewer kills.

python tests/faults/run.py --kills 40 --hand cli
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from knowledge import Query, Settings
from tests.faults.children import Ended, command_line, fork

STEPS = {
    "add": ["begun", "rows-written", "embedded", "vectors-written", "words-written", "visible"],
    "remove": ["begun", "out-of-use", "rebuilt", "rows-deleted", "files-dropped"],
    "reindex": ["begun", "words-written", "checked", "before-switch", "switched"],
    "edit": ["not-committed"],
}
NAMES = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gorse", "Hazel", "Ivy", "Juniper")


def text_of(number: int) -> str:
    """A letter that one question is about."""
    name = f"{NAMES[number % len(NAMES)]}{number}"
    return (
        f"The {name} Council closed its harbour on {1 + number % 28} May 2026.\n\n"
        f"The {name} Council will pay {number * 1000 + 17} crowns to the owners of boats.\n"
    )


def judge(home: Path, numbers: list[int]) -> dict[str, Any]:
    """What is listed, what does not answer, what the doctor finds."""
    from knowledge.library import Record

    wrong = []
    with Record.open(Settings(home=home)) as record:
        listed = {e.source: e.id for e in record.entries("shared")}
        titles = {e.source: e.particulars.title for e in record.entries("shared")}
        for number in numbers:
            name = f"{NAMES[number % len(NAMES)]}{number}"
            question = f"What will the {name} Council pay to the owners of boats?"
            answer = record.ask(Query(question, libraries=("shared",)))
            quotes = [c.quote for c in (*answer.citations, *answer.related)]
            told = any(f"{number * 1000 + 17} crowns" in quote for quote in quotes)
            if told != (f"{number}.txt" in listed):
                wrong.append(f"{number}.txt: listed {not told}, answered {told}")
        index = record._index
        wrong += [finding.text for finding in index.doctor() if finding.bad]
        for live in index.live(["shared"]):
            ids = set(index.store.passage_ids(live.generation))
            if not ids == live.vectors.ids() == live.words.ids():
                wrong.append("store, vectors and words disagree")
        return {"listed": listed, "titles": titles, "wrong": wrong}


def main(kills: int, seed: int) -> int:
    """Kill the command line `kills` times, at every step first."""
    draw, begun = random.Random(seed), time.monotonic()
    every = [(deed, f"{deed}:{step}") for deed, steps in STEPS.items() for step in steps]
    rounds: list[tuple[str, str | None]] = list(every)
    draw.shuffle(rounds)
    while len(rounds) < kills:
        rounds.append((draw.choice(["add", "remove", "reindex", "edit"]), None))
    hits: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home, log = folder / "home", folder / "steps.log"
        for number in range(4):
            (folder / f"{number}.txt").write_text(text_of(number))
            command_line(home, "add", str(folder / f"{number}.txt"))
        known = fork(judge, home, [0, 1, 2, 3]).value
        number = 4
        for place, (deed, step) in enumerate(rounds[:kills]):
            file = folder / f"{number}.txt"
            file.write_text(text_of(number))
            source = draw.choice(sorted(known["listed"]))
            words = {
                "add": ["add", str(file)],
                "remove": ["remove", known["listed"][source], "--yes"],
                "reindex": ["reindex"],
                "edit": ["edit", known["listed"][source], "--title", f"Title {place}"],
            }[deed]
            wait = None if step else draw.uniform(0.8, 3.0)
            ended = command_line(home, *words, kill_at=step, kill_after=wait, log=log)
            _count(hits, wrong, deed, step, ended)
            looked = sorted({number, *range(max(0, number - 6), number)})
            found = fork(judge, home, looked)
            if found.value is None:
                wrong.append(f"{deed} {step}: {found.fault or found.refusal}")
                continue
            wrong += [f"{deed} {step}: {one}" for one in found.value["wrong"]]
            if deed == "reindex" or found.value == known:
                again = command_line(home, *words)
                if again.fault or again.refusal:
                    wrong.append(f"{deed} repeated: {again.fault or again.refusal}")
                found = fork(judge, home, looked)
                wrong += [f"{deed} repeated: {one}" for one in found.value["wrong"]]
            known = found.value
            number += deed == "add"
            while len(known["listed"]) < 3:
                (folder / f"{number}.txt").write_text(text_of(number))
                command_line(home, "add", str(folder / f"{number}.txt"))
                known, number = fork(judge, home, [number]).value, number + 1
            print(f"round {place + 1}, {deed} {step}: {len(wrong)} wrong", flush=True)
    never = sorted(f"{d} {s}" for d, s in rounds[:kills] if s and f"{d} {s}" not in hits)
    seconds = round(time.monotonic() - begun)
    print(json.dumps({"hits": hits, "never_hit": never, "wrong": wrong, "seconds": seconds}))
    return 1 if wrong or never else 0


def _count(hits: Counter[str], wrong: list[str], deed: str, step: str | None, ended: Ended) -> None:
    if ended.fault or ended.refusal:
        wrong.append(f"{deed} {step}: {ended.fault or ended.refusal}")
    last = ended.steps[-1] if ended.steps else "before any step"
    hits[f"{deed} {step or last}" if ended.killed else f"{deed} finished first"] += 1
