"""The short form of the fault runs; the long one is tests/faults/run.py."""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults import failing_calls
from tests.faults.children import ROOT, command_line

# What forks does so in a process that has never opened Chroma, so not in pytest's own.


def python(code: str, *arguments: str, preloaded: Path | None = None) -> dict[str, object]:
    """Run code in a fresh process, and give the JSON of its last line."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=os.environ | ({"LD_PRELOAD": str(preloaded)} if preloaded else {}),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def figures_of(*words: str) -> dict[str, Any]:
    """Run a command of this folder with Python, and give the figures of its last line."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def test_twelve_kills_one_at_each_step_leave_the_record_whole() -> None:
    figures = figures_of("tests/faults/run.py", "--kills", "12", "--json")
    assert figures["wrong"] == []
    assert figures["never_hit"] == []
    assert (figures["kills"], figures["steps"]) == (12, 12)
    assert figures["slowest_start_seconds"] < 5


def test_the_real_command_line_is_killed_and_repeats_its_work(home: Path) -> None:
    note, log = home.parent / "note.txt", home.parent / "steps.log"
    note.write_text("The Harbour Office closes berth 12 on Monday.\n")

    killed = command_line(home, "add", str(note), kill_at="add:vectors-written", log=log)
    again = command_line(home, "add", str(note), log=log)

    assert killed.killed
    assert killed.steps[-1] == "add:vectors-written"
    assert not again.fault
    assert "Undone" in again.value + str(again.refusal) or "added" in again.value
    assert again.steps[-1] == "add:visible"


def test_a_killed_refresh_leaves_one_version_and_is_repeated(model_home: Path) -> None:
    words = ["--kills", "1", "--hand", "refresh", "--models", str(model_home / "models")]
    figures = figures_of("tests/faults/run.py", *words)
    assert (figures["wrong"], figures["never_hit"]) == ([], [])
    assert figures["hits"] == {"add:visible": 1}


FAILING = """
import json, sys
from pathlib import Path
from tests.faults import failing_calls, record
from tests.faults.children import preload
folder = Path(sys.argv[1])
preload(record.modules, folder / "first")
wrong, most = [], {}
for deed, calls in json.loads(sys.argv[2]).items():
    found, counted, most[deed] = failing_calls.attack(folder, deed, calls, "28")
    wrong += found
print(json.dumps({"wrong": wrong, "most": most}))
"""


def test_a_write_that_fails_is_said_in_a_sentence_and_harms_nothing(tmp_path: Path) -> None:
    shim = failing_calls.compiled(tmp_path)
    if shim is None:
        pytest.skip("there is no C compiler (cc)")
    draw = random.Random(time.time())
    calls = {d: draw.sample(range(1, 20 if d == "edit" else 170), 2) for d in failing_calls.DEEDS}

    found = python(FAILING, str(tmp_path), json.dumps(calls), preloaded=shim)

    assert found["wrong"] == [], calls
    assert all(found["most"].values()), "calls must be seen"  # type: ignore[attr-defined]


LIMITED = """
import json, os, resource, sys
from pathlib import Path
from tests.faults import record
from tests.faults.children import fork
home = Path(sys.argv[1])
def limited(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    record.add(home, record.text_of(9))
def owned(uid):
    if uid:
        os.setuid(uid)
    record.add(home, record.text_of(9))
for n in (1, 2, 3):
    fork(record.add, home, record.text_of(n))
before = fork(record.judge, home, [], True).value
told = []
for size in json.loads(sys.argv[2]):
    ended = fork(limited, size)
    told.append([ended.refusal, ended.fault, ended.killed])
if sys.argv[3:]:
    uid = int(sys.argv[3])
    for path in [home, *home.rglob("*")]:
        if uid:
            os.chown(path, uid, uid)
        path.chmod(0o500 if path.is_dir() else 0o400)
    ended = fork(owned, uid)
    told.append([ended.refusal, ended.fault, ended.killed])
    for path in [home, *home.rglob("*")]:
        if uid:
            os.chown(path, 0, 0)
        path.chmod(0o700 if path.is_dir() else 0o600)
after = fork(record.judge, home, [record.text_of(9)], True).value
print(json.dumps({"told": told, "same": before["texts"] == after["texts"],
                  "wrong": after["wrong"]}))
"""


def test_a_limit_on_file_sizes_is_refused_in_a_sentence(tmp_path: Path) -> None:
    sizes = [1, 20_000, 200_000, 400_000]

    found = python(LIMITED, str(tmp_path / "home"), json.dumps(sizes))

    assert (found["same"], found["wrong"]) == (True, [])
    for refusal, fault, killed in found["told"]:  # type: ignore[attr-defined]
        assert (fault, killed) == (None, False)
        assert "free space" in refusal


def test_a_folder_that_may_only_be_read_is_refused_in_a_sentence() -> None:
    # Root may write anywhere, so the child becomes nobody; hence a folder nobody can reach.
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        uid = 65534 if os.getuid() == 0 else 0

        found = python(LIMITED, str(Path(name) / "home"), "[]", str(uid))

    assert (found["same"], found["wrong"]) == (True, [])
    ((refusal, fault, killed),) = found["told"]  # type: ignore[misc]
    assert (fault, killed) == (None, False)
    assert "permissions" in refusal


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of three megabytes, where we may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("no file system may be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=False)


FULL = """
import json, sys
from pathlib import Path
from tests.faults import record
from tests.faults.children import fork
home = Path(sys.argv[1])
for n in (1, 2, 3):
    fork(record.add, home, record.text_of(n))
before = fork(record.judge, home, [], True).value
filler = home.parent / "filler"
with filler.open("wb", buffering=0) as file:
    try:
        while True:
            file.write(b"x" * 4096)
    except OSError:
        pass
told = []
for room in (0, 40_000, 200_000):
    with filler.open("r+b") as file:
        file.truncate(max(0, filler.stat().st_size - room))
    ended = fork(record.add, home, record.text_of(9))
    told.append([ended.refusal, ended.fault, ended.killed])
filler.unlink()
after = fork(record.judge, home, [record.text_of(9)], True).value
print(json.dumps({"told": told, "same": before["texts"] == after["texts"],
                  "wrong": after["wrong"]}))
"""


def test_a_full_disk_is_refused_in_a_sentence(small_disk: Path) -> None:
    found = python(FULL, str(small_disk / "home"))

    assert found["wrong"] == []
    for _, fault, killed in found["told"]:  # type: ignore[attr-defined]
        assert (fault, killed) == (None, False)
    assert any(refusal for refusal, *_ in found["told"])  # type: ignore[attr-defined]


def test_readers_and_writers_at_once_see_whole_documents_only() -> None:
    crowd = ["-m", "tests.faults.crowd", "--adders", "2", "--each", "6"]
    figures = figures_of(*crowd, "--askers", "2", "--questions", "50")
    assert (figures["wrong"], figures["wrong_answers"]) == ([], [])
    assert (figures["documents"], figures["exit"]) == (13, [0])


def test_other_processes_answer_from_a_document_within_a_second_of_its_commit() -> None:
    short = ["--documents", "5", "--readers", "1", "--before", "300"]
    figures = figures_of("-m", "tests.faults.freshness", *short)
    assert (figures["answered"], figures["misses"]) == (5, 0)
    assert figures["median_seconds"] < 1.0


def test_a_reindex_leaves_the_processor_to_readers(tmp_path: Path) -> None:
    code = "import os; from knowledge.cli import run; run(['reindex']); print(os.nice(0))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"FOOTNOTE_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert int(done.stdout.splitlines()[-1]) == min(19, os.nice(0) + 10)
