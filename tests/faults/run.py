"""Kill writers at every named step and at random moments, and look at what is left.

    python tests/faults/run.py --kills 500
    python tests/faults/run.py --kills 40 --hand cli
    python tests/faults/run.py --kills 20 --hand refresh

Each round begins a deed (add, refresh, remove, edit, reindex) in a child process, kills
it with SIGKILL, and asks: is the record as before or as after, whole? does every listed
document answer and no other? do store, vectors and words agree, is the doctor
content? Then the same command is repeated and must succeed.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tests.faults import record
from tests.faults.children import Ended, fork, preload

STEPS = {
    "add": [
        "add:begun",
        "add:original-kept",
        "add:rows-written",
        "add:embedded",
        "add:vectors-written",
        "add:words-written",
        "add:fingerprints-written",
        "add:visible-not-committed",
        "add:visible",
    ],
    "refresh": [
        "add:rows-written",
        "add:visible-not-committed",
        "add:visible",
        "add:former-dropped",
    ],
    "remove": [
        "remove:begun",
        "remove:out-of-use",
        "remove:vectors-written",
        "remove:rebuilt",
        "remove:rows-deleted",
        "remove:folders-dropped",
        "remove:files-dropped",
        "remove:log-emptied",
    ],
    "reindex": [
        "reindex:begun",
        "reindex:embedded",
        "reindex:vectors-written",
        "reindex:words-written",
        "reindex:documents-covered",
        "reindex:checked",
        "reindex:caught-up",
        "reindex:before-switch",
        "reindex:switch-not-committed",
        "reindex:switched",
    ],
    "edit": ["edit:not-committed"],
    "recover": ["undo:begun", "undo:withdrawn", "remove:rebuilt", "remove:rows-deleted"],
}
"""By deed. `recover` is a second kill, while what the first left is being settled."""
SHORT = [
    ("add", "add:rows-written"),
    ("add", "add:vectors-written"),
    ("add", "add:words-written"),
    ("add", "add:visible-not-committed"),
    ("refresh", "add:visible"),
    ("remove", "remove:out-of-use"),
    ("remove", "remove:rebuilt"),
    ("remove", "remove:rows-deleted"),
    ("remove", "remove:files-dropped"),
    ("reindex", "reindex:vectors-written"),
    ("reindex", "reindex:before-switch"),
    ("reindex", "reindex:switch-not-committed"),
]
SETTLED_SECONDS = 5.0


@dataclass(slots=True)
class Run:
    """A record under attack, and what came of it."""

    home: Path
    draw: random.Random
    texts: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str | None] = field(default_factory=dict)
    model: str | None = None
    used: list[str] = field(default_factory=list)
    number: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0
    seconds: dict[str, float] = field(default_factory=dict)
    keep: Path | None = None
    """Folder that receives a copy of the record whenever something is wrong with it."""

    def begin(self) -> None:
        """Put a few documents in."""
        preload(record.modules, self.home.with_name("first"))
        for _ in range(4):
            self.number += 1
            fork(record.add, self.home, self._text(record.text_of(self.number)))
        self.look(examine=True)

    def round(self, deed: str, kill_at: str | None) -> None:
        """One deed, killed; what is left; the same deed again."""
        second = None
        if deed == "recover":
            second = kill_at
            adds = second is not None and second.startswith("undo")
            deed, kill_at = (
                ("add", "add:vectors-written") if adds else ("remove", "remove:out-of-use")
            )
        function, arguments, after = self._prepare(deed)
        log = self.home.parent / "steps.log"
        before = (dict(self.texts), dict(self.titles), self.model)
        wait = None if kill_at else self.draw.uniform(0, 1.2 * self.seconds.get(deed, 0.5))
        ended = fork(function, self.home, *arguments, kill_at=kill_at, kill_after=wait, log=log)
        self._count(deed, kill_at, ended)
        if second is not None:
            ended = fork(record.judge, self.home, [], False, kill_at=second, log=log)
            self._count("recover", second, ended)
        self.look(examine=True)
        state = (self.texts, self.titles, self.model)
        if state not in (before, after):
            self.wrong.append(f"{deed} at {kill_at or wait}: neither as before nor as after")
        self.outcomes["as before" if state == before else "as after"] += 1
        if state != after:
            again = fork(function, self.home, *arguments)
            self.seconds[deed] = again.seconds
            if again.refusal or again.fault:
                self.wrong.append(f"{deed} repeated: {again.refusal or again.fault}")
            self.look(examine=False)
            if (self.texts, self.titles, self.model) != after:
                self.wrong.append(f"{deed} repeated after {kill_at or wait}: not as after")

    def look(self, *, examine: bool) -> None:
        """Judge the record, and take note of what it holds."""
        ended = fork(record.judge, self.home, self.used[-12:], examine)
        if ended.fault or ended.refusal:
            self.wrong.append(f"judging: {ended.fault or ended.refusal}")
            return
        self.texts, self.titles = ended.value["texts"], ended.value["titles"]
        self.model = ended.value["model"]
        self.wrong += ended.value["wrong"]
        if ended.value["wrong"] and self.keep is not None:
            shutil.copytree(self.home, self.keep / str(len(self.wrong)))
        self.slowest = max(self.slowest, ended.value["settled"])

    def _prepare(self, deed: str) -> tuple[Any, list[str], tuple[Any, Any, Any]]:
        texts, titles, model = dict(self.texts), dict(self.titles), self.model
        if deed == "add":
            self.number += 1
            text = self._text(record.text_of(self.number))
            texts[record.id_of(text)], titles[record.id_of(text)] = text, None
            return record.add, [text], (texts, titles, model)
        if deed == "reindex":
            model = "other" if self.model == "plain" else "plain"
            return record.reindex, [model], (texts, titles, model)
        id = self.draw.choice(sorted(texts))
        if deed == "edit":
            self.number += 1
            titles[id] = f"Title {self.number}"
            return record.edit, [id, f"Title {self.number}"], (texts, titles, model)
        former = texts.pop(id)
        del titles[id]
        if deed == "remove":
            return record.remove, [id], (texts, titles, model)
        text = self._text(former.replace("v", f"v{self.number}"))
        self.number += 1
        texts[record.id_of(text)], titles[record.id_of(text)] = text, None
        return record.refresh, [id, text], (texts, titles, model)

    def _text(self, text: str) -> str:
        self.used.append(text)
        return text

    def _count(self, deed: str, kill_at: str | None, ended: Ended) -> None:
        if ended.fault or ended.refusal:
            self.wrong.append(f"{deed} at {kill_at}: {ended.fault or ended.refusal}")
        where = kill_at if kill_at and ended.killed else None
        if where is None and ended.killed:
            where = f"after {ended.steps[-1]}" if ended.steps else "before any step"
        self.hits[f"{deed} {where or 'finished first'}"] += 1


def planned(kills: int, draw: random.Random) -> list[tuple[str, str | None]]:
    """The rounds: the short list, or every step once and then random moments and steps by turns."""
    if kills <= len(SHORT):
        return list(SHORT[:kills])
    every: list[tuple[str, str | None]] = [
        (deed, step) for deed, steps in STEPS.items() for step in steps
    ]
    rounds = list(every)
    while len(rounds) < kills:
        deed = draw.choice(["add", "add", "refresh", "remove", "remove", "edit", "reindex"])
        rounds.append((deed, None) if draw.random() < 0.6 else draw.choice(every))
    rounds = rounds[:kills]
    # The record neither empties nor grows without end: additions and removals take turns.
    draw.shuffle(rounds)
    return rounds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON only")
    parser.add_argument("--keep", type=Path, help="folder for copies of a record that is wrong")
    parser.add_argument("--hand", choices=["fork", "cli", "refresh"], default="fork")
    parser.add_argument("--models", type=Path, help="exported models to use (--hand refresh)")
    given = parser.parse_args()
    if given.hand == "cli":
        from tests.faults import by_command

        return by_command.main(given.kills, given.seed)
    if given.hand == "refresh":
        from tests.faults import by_web

        return by_web.main(given.kills, given.seed, given.models)
    draw = random.Random(given.seed)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder) / "home", draw, keep=given.keep)
        run.begin()
        rounds = planned(given.kills, draw)
        for place, (deed, step) in enumerate(rounds):
            if deed in ("remove", "refresh", "edit", "recover") and len(run.texts) < 3:
                run.round("add", None)
            if deed == "add" and len(run.texts) > 12:
                run.round("remove", None)
            known = len(run.wrong)
            run.round(deed, step)
            if not given.json and len(run.wrong) > known:
                print(f"round {place + 1}, {deed} {step}: {run.wrong[known:]}", flush=True)
            if not given.json and place % 25 == 24:
                print(f"{place + 1} rounds, {len(run.wrong)} wrong", flush=True)
    asked = {f"{deed} {step}" for deed, step in rounds if step is not None}
    never = sorted(asked - set(run.hits))
    slow = run.slowest > SETTLED_SECONDS
    figures = {
        "kills": sum(n for name, n in run.hits.items() if "finished" not in name),
        "finished_first": sum(n for name, n in run.hits.items() if "finished" in name),
        "steps": len(asked) - len(never),
        "never_hit": never,
        "outcomes": dict(run.outcomes),
        "slowest_start_seconds": round(run.slowest, 2),
        "wrong": run.wrong,
        "seconds": round(time.monotonic() - begun),
    }
    print(json.dumps(figures, indent=None if given.json else 1))
    return 1 if run.wrong or never or slow else 0


if __name__ == "__main__":
    sys.exit(main())
