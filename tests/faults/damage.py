"""Each file of a data folder cut short, emptied, deleted and bit-flipped in turn.

python -m tests.faults.damage
python -m tests.faults.damage --every 12 --models HOME/models     (a sample)

The folder is made with the real model: documents, a kept generation beside the live one, the
exported model, budgets. After each harm a question is asked, `doctor --repair` runs, and the
question is asked again, each in a process of its own. A quotation that is not in its document, an
unexplained fault, or a record that neither answers nor says why not, is wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from knowledge import Query, Record, Settings
from knowledge.drafts.budgets import Bound, Budgets, Limits, Prices
from knowledge.sources import Source
from tests.faults.children import Ended, fork, preload

QUESTION = "What will the Cedar2 Council pay to the owners of boats?"
RIGHT = "2017 crowns"


def text_of(number: int) -> str:
    """A letter that one question is about."""
    name = ("Alder", "Birch", "Cedar", "Dogwood")[number % 4]
    return (
        f"The {name}{number} Council closed its harbour on {1 + number} May 2026.\n\n"
        f"The {name}{number} Council will pay {number * 1000 + 17} crowns to the owners of boats.\n"
    )


def cut(data: bytes, draw: random.Random) -> bytes:
    return data[: len(data) // 2]


def empty(data: bytes, draw: random.Random) -> bytes:
    return b""


def flip(data: bytes, draw: random.Random) -> bytes:
    """One bit in each of eight places, drawn anew each time."""
    changed = bytearray(data)
    for _ in range(8):
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


HARMS: dict[str, Callable[[bytes, random.Random], bytes] | None] = {
    "cut short": cut,
    "emptied": empty,
    "bits flipped": flip,
    "deleted": None,
}


def begin(home: Path) -> list[str]:
    """A record with everything in it that a data folder may hold; gives the modules loaded."""
    with Record.open(Settings(home=home)) as record:
        for number in range(4):
            source = Source(text_of(number).encode(), f"{number}.txt")
            record.keeping.add(source, library="shared", actor="tester")
        record.caring.reindex("shared", actor="tester")
        look(home)
    return sorted(sys.modules)


def look(home: Path) -> dict[str, Any]:
    """Ask, and say whether the answer is right and every quotation is in its document."""
    with Record.open(Settings(home=home)) as record:
        answer = record.ask(Query(QUESTION, libraries=("shared",)))
        quotes = [c.quote for c in (*answer.citations, *answer.related)]
        true = " ".join(" ".join(text_of(number).split()) for number in range(4))
        invented = [quote for quote in quotes if " ".join(quote.split()) not in true]
        return {"right": any(RIGHT in quote for quote in quotes), "invented": invented}


def mend(home: Path) -> list[str]:
    with Record.open(Settings(home=home)) as record:
        return [f.text for f in record.caring.doctor(mend=True, actor="tester") if f.bad]


def files(home: Path) -> list[Path]:
    """Every file that is no lock or note of a lock, relative to the folder."""
    return sorted(
        path.relative_to(home)
        for path in home.rglob("*")
        if path.is_file() and not path.name.endswith(("lock", "lock.holder"))
    )


def harmed(start: Path, home: Path, file: Path, harm: str, draw: random.Random) -> bool:
    """A copy of the folder with one file harmed; False if the harm changes nothing."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(start, home, symlinks=True)
    path, change = home / file, HARMS[harm]
    if change is None:
        path.unlink()
        return True
    data = path.read_bytes()
    if not data:
        return False
    path.write_bytes(change(data, draw))
    return True


def judge(name: str, looked: Ended, mended: Ended, again: Ended) -> tuple[str, list[str]]:
    """What became of a harm in one word, and what is wrong about it."""
    wrong = []
    for when, ended in (("asked", looked), ("mended", mended), ("asked again", again)):
        if ended.fault or ended.killed:
            wrong.append(f"{name}, {when}: {ended.fault or 'killed'}")
        if ended.refusal and ": " not in ended.refusal:
            wrong.append(f"{name}, {when}: no sentence that names the thing: {ended.refusal!r}")
    for ended in (looked, again):
        if ended.value and ended.value["invented"]:
            wrong.append(f"{name}: quotes {ended.value['invented']}")
    if again.value and again.value["right"]:
        return ("unharmed" if looked.value and looked.value["right"] else "mended"), wrong
    said = again.refusal or mended.refusal or (mended.value or [None])[0]
    if said is None and not wrong:
        wrong.append(f"{name}: neither answered nor said why not")
    return "refused", wrong


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=1, help="only every so many-th harm")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--models", type=Path, help="exported models to begin with")
    given = parser.parse_args()
    draw = random.Random(given.seed)
    counted: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        start, home = Path(name) / "start", Path(name) / "home"
        start.mkdir(mode=0o700)
        if given.models is not None:
            shutil.copytree(given.models, start / "models")
        preload(begin, start)
        Budgets(start, Limits(), Prices()).reserve("member", "model", Bound(1, 1))
        with closing(sqlite3.connect(start / "bot.sqlite3")) as connection:
            connection.execute("CREATE TABLE servers (guild INTEGER, body TEXT)")
        cases = [(file, harm) for file in files(start) for harm in HARMS]
        chosen = cases[given.seed % given.every :: given.every]
        for file, harm in chosen:
            if not harmed(start, home, file, harm, draw):
                continue
            looked, mended, again = fork(look, home), fork(mend, home), fork(look, home)
            outcome, found = judge(f"{file}, {harm}", looked, mended, again)
            counted[outcome] += 1
            wrong += found
            for one in found:
                print(one, flush=True)
    print(
        json.dumps(
            {
                "files": len(cases) // len(HARMS),
                "harms": sum(counted.values()),
                **counted,
                "wrong": len(wrong),
            }
        )
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
