"""Work done in child processes that may be killed: forked, or the real command line.

This process never opens Chroma itself, so that a forked child starts clean and
costs a tenth of a second instead of more than one.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import KnowledgeError
from knowledge.storing import steps

HOOK = Path(__file__).parent / "hook"
ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended."""

    killed: bool
    value: Any = None
    """What the function returned, through JSON."""
    refusal: str | None = None
    """The sentence of a KnowledgeError."""
    fault: str | None = None
    """The traceback of anything else."""
    steps: tuple[str, ...] = ()
    seconds: float = 0.0


def fork(
    function: Callable[..., Any],
    *arguments: Any,
    kill_at: str | None = None,
    kill_after: float | None = None,
    log: Path | None = None,
) -> Ended:
    """Run a function in a forked child, killed at a named step, after some seconds, or not."""
    reading, writing = os.pipe()
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _act(function, arguments, writing, kill_at, log)
    os.close(writing)
    if kill_after is not None:
        _kill_later(child, kill_after)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    seconds = time.monotonic() - begun
    hit = _steps(log)
    if killed or not told:
        return Ended(
            killed, fault=None if killed else f"status {status}", steps=hit, seconds=seconds
        )
    facts = json.loads(told)
    return Ended(False, facts["value"], facts["refusal"], facts["fault"], hit, seconds)


def preload(function: Callable[..., list[str]], *arguments: Any) -> None:
    """Import here what a first child had to import, so that the next ones need not."""
    for name in fork(function, *arguments).value or []:
        if name not in sys.modules and name != "__mp_main__":
            with suppress(ImportError):
                importlib.import_module(name)


def _act(
    function: Callable[..., Any],
    arguments: Sequence[Any],
    writing: int,
    kill_at: str | None,
    log: Path | None,
) -> None:
    def step(name: str) -> None:
        if log is not None:
            with log.open("a", encoding="utf-8") as file:
                file.write(name + "\n")
        if name == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    steps.step = step
    told: dict[str, Any] = {"value": None, "refusal": None, "fault": None}
    try:
        told["value"] = function(*arguments)
    except KnowledgeError as error:
        told["refusal"] = str(error)
    except BaseException:
        told["fault"] = traceback.format_exc()
    data = json.dumps(told).encode()
    while data:
        data = data[os.write(writing, data) :]
    os._exit(0)


def _kill_later(child: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        # WNOWAIT leaves the child for the caller to collect.
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return
        time.sleep(min(0.002, seconds))
    os.kill(child, signal.SIGKILL)


def command_line(
    home: Path,
    *words: str,
    kill_at: str | None = None,
    kill_after: float | None = None,
    log: Path | None = None,
    environment: dict[str, str] | None = None,
) -> Ended:
    """Run `footnote WORDS` on a data folder, killed at a named step, after some seconds, or not."""
    path = os.pathsep.join([str(HOOK), str(ROOT)]) if log or kill_at else str(ROOT)
    variables = {"PYTHONPATH": path}
    if log is not None:
        variables["FOOTNOTE_FAULT_LOG"] = str(log)
    if kill_at is not None:
        variables["FOOTNOTE_FAULT_STEP"] = kill_at
    begun = time.monotonic()
    process = start(home, *words, environment=variables | (environment or {}))
    try:
        out, error = process.communicate(timeout=kill_after or 300)
    except subprocess.TimeoutExpired:
        process.kill()
        out, error = process.communicate()
    seconds = time.monotonic() - begun
    killed = process.returncode == -signal.SIGKILL
    refusal = error.strip() if process.returncode == 1 else None
    wrong = "Traceback" in error or process.returncode not in (0, 1, -signal.SIGKILL)
    fault = f"status {process.returncode}: {error}" if wrong else None
    return Ended(killed, out, refusal, fault, _steps(log), seconds)


def start(
    home: Path, *words: str, environment: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    """`footnote WORDS` on a data folder, begun."""
    variables = {"FOOTNOTE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "knowledge.cli", *words],
        env=os.environ | variables | (environment or {}),
        cwd=home.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _steps(log: Path | None) -> tuple[str, ...]:
    if log is None or not log.exists():
        return ()
    names = tuple(log.read_text(encoding="utf-8").split())
    log.unlink()
    return names


def moment(draw: random.Random, typical_seconds: float) -> float:
    """A random moment within a run that usually takes as long."""
    return draw.uniform(0.0, typical_seconds)
