"""Make each write, fsync, truncation and rename of a deed fail in turn, by a preloaded shim.

python -m tests.faults.failing_calls --calls 200
python -m tests.faults.failing_calls --calls 200 --deed refresh

The process runs with the shim preloaded and forks a child for each call that is to fail;
only the child's calls below its data folder count.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.faults import record
from tests.faults.children import Ended, fork, preload

SHIM = Path(__file__).parent / "shim.c"
ERRORS = {"no space left": "28", "input/output error": "5"}
DEEDS = ("add", "remove", "reindex", "refresh", "edit")
NEW = 9
"""Number of the text that `add` and `refresh` bring."""


def compiled(folder: Path) -> Path | None:
    """The shim as a shared library; None where there is no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    library = folder / "shim.so"
    command = [compiler, "-shared", "-fPIC", "-o", str(library), str(SHIM), "-ldl"]
    subprocess.run(command, check=True)
    return library


def run(home: Path, deed: str, fail: int, error: str) -> tuple[Ended, int]:
    """How a deed ended whose `fail`th call failed, and how many calls it made."""
    count = home.parent / "count"
    count.unlink(missing_ok=True)
    ended = fork(_faulty, home, deed, fail, error, count)
    return ended, int(count.read_text()) if count.exists() else 0


def _faulty(home: Path, deed: str, fail: int, error: str, count: Path) -> None:
    os.environ |= {"SHIM_FOLDER": str(home), "SHIM_FAIL": str(fail), "SHIM_ERROR": error}
    try:
        _do(home, deed)
    finally:
        seen = ctypes.CDLL(None).shim_calls()
        del os.environ["SHIM_FOLDER"]
        count.write_text(str(seen))


def _do(home: Path, deed: str) -> None:
    former, new = record.id_of(record.text_of(2)), record.text_of(NEW)
    if deed == "add":
        record.add(home, new)
    elif deed == "remove":
        record.remove(home, former)
    elif deed == "reindex":
        record.reindex(home, "other")
    elif deed == "refresh":
        record.refresh(home, former, new)
    else:
        record.edit(home, former, "New title")


def _again(home: Path, deed: str) -> None:
    """Repeat a deed that was refused, or done in spite of the fault."""
    present = record.id_of(record.text_of(2)) in record.judge(home, [], False)["texts"]
    if present or deed not in ("remove", "refresh"):
        _do(home, deed)


def attack(
    folder: Path, deed: str, calls: list[int], error: str
) -> tuple[list[str], Counter[str], int]:
    """What went wrong, how often the deed was refused or done all the same, its calls in all."""
    wrong: list[str] = []
    counted: Counter[str] = Counter()
    most = 0
    start = folder / f"{deed}-start"
    if not start.exists():
        for number in range(1, 4):
            fork(record.add, start, record.text_of(number))
    for fail in calls:
        home = folder / f"{deed}-home"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(start, home)
        ended, seen = run(home, deed, fail, error)
        most = max(most, seen)
        name = f"{deed}, call {fail} (errno {error})"
        if ended.fault or ended.killed:
            wrong.append(f"{name}: {ended.fault or 'killed'}")
        elif ended.refusal is not None and ": " not in ended.refusal:
            wrong.append(f"{name}: no sentence that names the thing: {ended.refusal!r}")
        if seen and seen < fail:
            counted["made fewer calls"] += 1
        else:
            counted["refused" if ended.refusal else "done in spite of it"] += 1
        unused = [record.text_of(NEW), record.text_of(2)]
        judged = fork(record.judge, home, unused, True)
        if judged.fault or judged.refusal:
            wrong.append(f"{name}: judging: {judged.fault or judged.refusal}")
            continue
        wrong += [f"{name}: {one}" for one in judged.value["wrong"]]
        again = fork(_again, home, deed)
        if again.fault or again.refusal:
            wrong.append(f"{name}: repeated: {again.fault or again.refusal}")
    return wrong, counted, most


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=200, help="of each deed: the first so many")
    parser.add_argument("--deed", choices=DEEDS, action="append")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = compiled(folder)
        if library is None:
            print("There is no C compiler (cc), so nothing was tried.")
            return 0
        if not hasattr(ctypes.CDLL(None), "shim_calls"):
            words = [sys.executable, "-m", "tests.faults.failing_calls", *sys.argv[1:]]
            environment = os.environ | {"LD_PRELOAD": str(library)}
            return subprocess.run(words, env=environment, check=False).returncode
        preload(record.modules, folder / "first")
        wrong: list[str] = []
        for deed in given.deed or DEEDS:
            for place, (kind, error) in enumerate(ERRORS.items()):
                calls = list(range(1 + place, given.calls + 1, len(ERRORS)))
                found, counted, most = attack(folder, deed, calls, error)
                wrong += found
                figures = {"deed": deed, "error": kind, "calls of the deed": most, **counted}
                print(json.dumps(figures | {"wrong": found}), flush=True)
        print(json.dumps({"wrong": len(wrong)}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
