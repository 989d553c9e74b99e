"""Measure ours and the tutorial pipeline in one run, alternating, on the same texts.

    python tests/benchmarks/run.py CORPUS [--sizes 1000 10000] [--synthetic 100000]
        [--folder FOLDER] [--asks 7] [--questions 100] [--ours-only] [--json FILE]

CORPUS is JSON lines (.gz or not) with "text" in each. Every measurement runs in a
process of its own; CPU seconds and peak memory are the kernel's count of it. A cold
ask is from process start to printed answer: ours is the whole answer, the tutorial's
retrieval alone. Sizes under --synthetic have random vectors, so their ingestion is
that of all but the encoder.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from corpus import questions

from knowledge.encoding.model_source import locate
from knowledge.settings import DEFAULT_MODEL

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that has ended."""

    output: str
    wall: float
    cpu: float
    megabytes: float


def run(command: list[str], home: Path) -> Ran:
    """Run a command to its end; its own output is kept, its errors are shown."""
    environment = os.environ | {
        "FOOTNOTE_HOME": str(home),
        "HF_HUB_OFFLINE": "1",
        "ANONYMIZED_TELEMETRY": "False",
        "TOKENIZERS_PARALLELISM": "false",
    }
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=output, env=environment)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} failed with status {child.returncode}")
    return Ran(text, wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


class Ours:
    """Commands of our pipeline."""

    name = "ours"

    def __init__(self, corpus: Path, size: int, folder: Path, synthetic: bool) -> None:
        """`folder` becomes the data folder."""
        self.home = folder
        script = str(HERE / "ours.py")
        facts = [str(corpus), str(size), str(folder)]
        self.ingest = [sys.executable, script, "ingest", *facts]
        self.ingest += ["synthetic"] if synthetic else []
        self.warm = [sys.executable, script, "warm", *facts]

    def ask(self, question: str) -> list[str]:
        """The command line's own ask."""
        return [sys.executable, "-m", "knowledge.cli", "ask", "--library", "benchmark", question]


class Tutorial:
    """Commands of the tutorial pipeline."""

    name = "tutorial"

    def __init__(self, corpus: Path, size: int, folder: Path, synthetic: bool) -> None:
        """`folder` becomes Chroma's."""
        self.home = folder
        self._model = str(locate(DEFAULT_MODEL).folder)
        self._script = [sys.executable, str(HERE / "tutorial.py")]
        facts = [str(corpus), str(size), str(folder), self._model]
        self.ingest = [*self._script, "ingest", *facts, *(["synthetic"] if synthetic else [])]
        self.warm = [*self._script, "warm", *facts]

    def ask(self, question: str) -> list[str]:
        """Retrieval in a new process."""
        return [*self._script, "ask", str(self.home), self._model, question]


def measure(
    systems: list[Ours | Tutorial], corpus: Path, size: int, asks: int, count: int
) -> dict[str, dict[str, Any]]:
    """Figures of all systems at one size, by system."""
    found: dict[str, dict[str, Any]] = {}
    for system in systems:
        done = run(system.ingest, system.home)
        figures = json.loads(done.output.splitlines()[-1])
        found[system.name] = {
            "passages": figures["passages"],
            "ingest passages/s of CPU": figures["passages"] / figures["cpu"],
            "ingest characters/s of CPU": figures["characters"] / figures["cpu"],
            "ingest MB": done.megabytes,
            "disk MB": sum(p.stat().st_size for p in _data(system.home)) / 1e6,
        }
        if "again" in figures:
            found[system.name]["unchanged text, times faster"] = figures["again"]
        if figures.get("bare"):
            found[system.name]["encoder's share of ingest CPU"] = figures["bare"]
        print(f"{size} {system.name}: indexed in {done.wall:.0f} s", file=sys.stderr)
    cold: dict[str, list[Ran]] = {system.name: [] for system in systems}
    for question in questions(corpus, size, asks + 1):
        for system in systems:
            cold[system.name].append(run(system.ask(question), system.home))
    for system in systems:
        rows = cold[system.name][1:]  # the first one fills the page cache
        found[system.name] |= {
            "cold ask wall s": statistics.median(ran.wall for ran in rows),
            "cold ask CPU s": statistics.median(ran.cpu for ran in rows),
            "cold ask MB": max(ran.megabytes for ran in rows),
        }
        done = run([*system.warm, str(count)], system.home)
        found[system.name]["warm MB"] = done.megabytes
        for name, times in json.loads(done.output.splitlines()[-1]).items():
            wall, cpu = np.array(times).T * 1000
            found[system.name] |= {
                f"{name} p50 ms": float(np.quantile(wall, 0.5)),
                f"{name} p95 ms": float(np.quantile(wall, 0.95)),
                f"{name} CPU p95 ms": float(np.quantile(cpu, 0.95)),
            }
    return found


def _data(home: Path) -> list[Path]:
    """Files of an index; the model, which both need, is not counted."""
    return [p for p in home.rglob("*") if p.is_file() and "models" not in p.parts]


def show(size: int, found: dict[str, dict[str, Any]]) -> None:
    """Print a table."""
    names = list(found)
    print(f"\n{size} passages of the corpus")
    print(f"{'':32}", "".join(f"{name:>14}" for name in names))
    for row in dict.fromkeys(key for figures in found.values() for key in figures):
        cells = [found[name].get(row) for name in names]
        print(f"{row:32}", "".join("             -" if c is None else f"{c:14.5g}" for c in cells))


def main() -> None:
    """Parse arguments, measure size after size, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1000, 10000])
    parser.add_argument("--synthetic", type=int, nargs="*", default=[])
    parser.add_argument("--folder", type=Path, help="where the indexes go; kept afterwards")
    parser.add_argument("--asks", type=int, default=7, help="cold asks of each system")
    parser.add_argument("--questions", type=int, default=100, help="warm questions of each kind")
    parser.add_argument("--ours-only", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    everything = {}
    with tempfile.TemporaryDirectory() as temporary:
        base = options.folder or Path(temporary)
        for size in [*options.sizes, *options.synthetic]:
            synthetic = size in options.synthetic
            systems: list[Ours | Tutorial] = [
                Ours(options.corpus, size, base / f"ours-{size}", synthetic)
            ]
            if not options.ours_only:
                folder = base / f"tutorial-{size}"
                systems.append(Tutorial(options.corpus, size, folder, synthetic))
            for system in systems:
                system.home.mkdir(parents=True)
            found = measure(systems, options.corpus, size, options.asks, options.questions)
            show(size, found)
            everything[size] = found
    if options.json:
        options.json.write_text(json.dumps(everything, indent=1))


if __name__ == "__main__":
    main()
