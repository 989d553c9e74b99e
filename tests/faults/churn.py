"""Documents added and removed over and over: size, descriptors and memory must stay as they are.

python -m tests.faults.churn --cycles 2000
python -m tests.faults.churn --cycles 40 --hand processes

In one process each cycle adds a document and removes it; every tenth asks for it between.
With `--hand processes` each deed is a child of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from tests.faults import record
from tests.faults.children import fork, preload
from tests.knowledge.shelf import add, ask, open_index

KEPT = 5
"""Documents that stay."""
MOST_TIMES = 3.0
"""The data folder may grow to so many times its size at rest."""
LOOKS = 100
"""Cycles at which figures are taken."""


def churn(home: Path, cycles: int) -> dict[str, Any]:
    """Figures of cycles in this process."""
    index = open_index(home)
    for number in range(KEPT):
        add(index, record.text_of(number), source=f"{number}.txt")
    rest, begun = _bytes(home), time.process_time()
    looks = []
    every = max(1, cycles // LOOKS)
    for cycle in range(cycles):
        text = record.text_of(10 + cycle)
        entry = add(index, text, source="passing.txt").entry
        if cycle % 10 == 0:
            found = ask(index, text.splitlines()[0], k=1)
            assert found, "what was added must answer"
            assert found[0].document_id == entry.id
        index.remove([entry.id], library="shared", actor="tester")
        if cycle % every == 0 or cycle == cycles - 1:
            looks.append((cycle, _bytes(home), _descriptors(), _resident()))
    seconds = time.process_time() - begun
    wrong = record.judge(home, [], True)["wrong"]
    return summary(rest, looks) | {"cpu_seconds": round(seconds), "wrong": wrong}


def churn_by_processes(home: Path, cycles: int) -> dict[str, Any]:
    """The same with a child for each deed; of the process itself there is nothing to see."""
    preload(record.modules, home.with_name("first"))
    for number in range(KEPT):
        fork(record.add, home, record.text_of(number))
    rest, wrong = _bytes(home), []
    looks = []
    for cycle in range(cycles):
        text = record.text_of(10 + cycle)
        for ended in (
            fork(record.add, home, text),
            fork(record.remove, home, record.id_of(text)),
        ):
            if ended.fault or ended.refusal:
                wrong.append(ended.fault or ended.refusal)
        looks.append((cycle, _bytes(home), 0, 0))
    judged = fork(record.judge, home, [], True)
    wrong += judged.value["wrong"] if judged.value else [judged.fault or judged.refusal]
    return summary(rest, looks) | {"wrong": wrong}


def summary(rest: int, looks: list[tuple[int, int, int, int]]) -> dict[str, Any]:
    """Most and last of each series, and its slope by least squares after the first tenth."""
    table = np.array(looks, dtype=np.float64)
    settled = table[len(table) // 10 :]
    found: dict[str, Any] = {"cycles": int(table[-1, 0]) + 1, "bytes_at_rest": rest}
    for place, name in enumerate(("bytes", "descriptors", "resident_kilobytes"), start=1):
        series = settled[:, place]
        slope = np.polyfit(settled[:, 0], series, 1)[0] if len(settled) > 1 else 0.0
        found[name] = {
            "first": int(table[0, place]),
            "most": int(table[:, place].max()),
            "last": int(table[-1, place]),
            "slope_in_1000_cycles": round(1000 * float(slope), 1),
        }
    found["times_at_rest"] = round(found["bytes"]["most"] / rest, 2)
    return found


def _bytes(home: Path) -> int:
    return sum(path.stat().st_size for path in home.rglob("*") if path.is_file())


def _descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def _resident() -> int:
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cycles", type=int, default=2000)
    parser.add_argument("--hand", choices=["one", "processes"], default="one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        act = churn if given.hand == "one" else churn_by_processes
        figures = act(Path(folder) / "home", given.cycles)
    print(json.dumps(figures))
    return 1 if figures["wrong"] or figures["times_at_rest"] > MOST_TIMES else 0


if __name__ == "__main__":
    sys.exit(main())
