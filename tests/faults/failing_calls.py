"""Make each write, fsync, truncation and rename of a deed fail in turn, by a preloaded shim.

python -m tests.faults.failing_calls --calls 200
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.faults import record
from tests.faults.children import ROOT, fork, preload

SHIM = Path(__file__).parent / "shim.c"
ERRORS = {"no space left": "28", "input/output error": "5"}


def compiled(folder: Path) -> Path | None:
    """The shim as a shared library; None where there is no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    library = folder / "shim.so"
    command = [compiler, "-shared", "-fPIC", "-o", str(library), str(SHIM), "-ldl"]
    subprocess.run(command, check=True)
    return library


def run(
    library: Path, home: Path, deed: str, what: str, fail: int, error: str = "28"
) -> tuple[int, str, int]:
    """(status, standard error, calls seen) of a deed whose `fail`th call fails."""
    count = home.parent / "count"
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.one_deed", str(home), deed, what],
        env=os.environ
        | {
            "LD_PRELOAD": str(library),
            "SHIM_FOLDER": str(home),
            "SHIM_FAIL": str(fail),
            "SHIM_COUNT": str(count),
            "SHIM_ERROR": error,
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    seen = int(count.read_text()) if count.exists() else 0
    return done.returncode, done.stderr.strip(), seen


def attack(
    library: Path, folder: Path, deed: str, calls: list[int], error: str
) -> tuple[list[str], Counter[str]]:
    """What went wrong, and how often a deed was refused or done in spite of the fault."""
    wrong: list[str] = []
    counted: Counter[str] = Counter()
    start = folder / f"{deed}-start"
    for number in range(1, 4):
        fork(record.add, start, record.text_of(number))
    what = {"add": "9", "remove": record.id_of(record.text_of(2)), "reindex": "other"}[deed]
    for fail in calls:
        home = folder / f"{deed}-home"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(start, home)
        status, said, _ = run(library, home, deed, what, fail, error)
        lines = [line for line in said.splitlines() if line]
        sentence = lines[-1] if lines else ""
        name = f"{deed}, call {fail} ({error})"
        if status not in (0, 1) or "Traceback" in said or "panicked" in sentence:
            wrong.append(f"{name}: status {status}: {said[-300:]}")
        elif status == 1 and ": " not in sentence:
            wrong.append(f"{name}: no sentence that names the thing: {sentence!r}")
        counted["refused" if status else "done in spite of it"] += 1
        unused = [record.text_of(9), record.text_of(2)]
        judged = fork(record.judge, home, unused, True)
        if judged.fault or judged.refusal:
            wrong.append(f"{name}: judging: {judged.fault or judged.refusal}")
            continue
        wrong += [f"{name}: {one}" for one in judged.value["wrong"]]
        again = fork(_again, home, deed, what)
        if again.fault or again.refusal:
            wrong.append(f"{name}: repeated: {again.fault or again.refusal}")
    return wrong, counted


def _again(home: Path, deed: str, what: str) -> None:
    if deed == "add":
        record.add(home, record.text_of(int(what)))
    elif deed == "reindex":
        record.reindex(home, what)
    elif what in record.judge(home, [], False)["texts"]:
        record.remove(home, what)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=200, help="of each deed, evenly chosen")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = compiled(folder)
        if library is None:
            print("There is no C compiler (cc), so nothing was tried.")
            return 0
        preload(record.modules, folder / "first")
        wrong: list[str] = []
        figures = {}
        for deed in ("add", "remove", "reindex"):
            fork(record.add, folder / f"{deed}-start", record.text_of(1))
            for place, (kind, error) in enumerate(ERRORS.items()):
                calls = list(range(1 + place, given.calls + 1, len(ERRORS)))
                found, counted = attack(library, folder, deed, calls, error)
                wrong += found
                figures[f"{deed}, {kind}"] = dict(counted)
                print(json.dumps({f"{deed}, {kind}": dict(counted), "wrong": found}), flush=True)
        print(json.dumps({"wrong": len(wrong), **figures}, indent=1))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
