"""The process that forks one limited child for each document. Run by `parsing`, not by people.

It is started afresh, so it holds no model, no index and no thread, and it has imported
every loader before the first child is forked. Requests come over a socket: a line of JSON
with the limits, and two descriptors. Over the first the child receives the document and
answers; over the second the server tells how the child ended. It ends when its socket does.
"""

from __future__ import annotations

import gc
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.errors import DocumentRefused
from knowledge.reading import messages, preparing, sandbox
from knowledge.reading.loaders.types import LoadOptions
from knowledge.reading.plain_drafts import to_plain

GRACE_SECONDS = 5.0
"""A child that outlives its own alarm by this much is killed by the server."""
TELL_SECONDS = 0.1
"""Least time between two messages about the pages read."""
_MAX_REQUEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Child:
    status: int
    folder: str
    deadline: float


def main(descriptor: int, folder: str) -> None:
    """Serve requests on the socket until its other end is closed.

    `folder` is where the working directories of the children are made.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asked
    gc.collect()
    gc.freeze()
    control = socket.socket(fileno=descriptor)
    waking, woken = socket.socketpair()
    for end in (waking, woken):
        end.setblocking(False)
    signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    children: dict[int, _Child] = {}
    while True:
        soonest = min((child.deadline for child in children.values()), default=None)
        timeout = None if soonest is None else max(soonest - time.monotonic(), 0.0)
        readable, _, _ = select.select([control, waking], [], [], timeout)
        if waking in readable:
            waking.recv(4096)
        _reap(children)
        if control in readable and not _accept(control, children, folder):
            break
    for pid in children:
        _kill(pid)
    _reap(children, wait=True)


def _accept(control: socket.socket, children: dict[int, _Child], folder: str) -> bool:
    """Start a child for one request; False when nobody is there any more."""
    message, descriptors, _, _ = socket.recv_fds(control, _MAX_REQUEST, 2)
    if not message or len(descriptors) != 2:
        return False
    request = json.loads(message)
    channel, status = descriptors
    cage = sandbox.Cage(**request["cage"])
    home = tempfile.mkdtemp(prefix="footnote-", dir=folder)
    server = os.getpid()
    pid = os.fork()
    if pid == 0:
        _be_child(channel, request, cage, home, server)
    os.close(channel)
    longest = cage.wall_seconds + request["extra_seconds"] + GRACE_SECONDS
    children[pid] = _Child(status, home, time.monotonic() + longest)
    return True


def _reap(children: dict[int, _Child], *, wait: bool = False) -> None:
    """Tell how the children that have ended did so, and remove their folders."""
    for pid, child in list(children.items()):
        if time.monotonic() > child.deadline:
            _kill(pid)
        ended, code, used = os.wait4(pid, 0 if wait else os.WNOHANG)
        if not ended:
            continue
        del children[pid]
        _kill(pid)  # what it started itself, such as character recognition
        shutil.rmtree(child.folder, ignore_errors=True)
        number = os.WTERMSIG(code) if os.WIFSIGNALED(code) else 0
        told = {
            "signal": signal.Signals(number).name if number else None,
            "cpu_seconds": round(used.ru_utime + used.ru_stime, 3),
            "peak_bytes": used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        }
        try:
            os.write(child.status, json.dumps(told).encode())
        except OSError:
            pass  # nobody waits for it any more
        finally:
            os.close(child.status)


def _kill(pid: int) -> None:
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except OSError:
            continue


# --- In the child --------------------------------------------------------------------------


def _be_child(
    channel: int, request: Mapping[str, Any], cage: sandbox.Cage, home: str, server: int
) -> None:
    """Read the document, answer, and end. Never returns."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        isolated = sandbox.enter(cage, keep=channel, folder=home, parent=server)
        stream = socket.socket(fileno=channel)
        data = messages.receive(stream, request["input_bytes"])
        if data is None:
            os._exit(code)  # nobody asks any more
        more = sandbox.extend(request["extra_seconds"])
        options = LoadOptions(**request["options"], recognition_starts=more, tell=_telling(stream))
        answer = _answer(data, options, request["memory_shown"]) | {"isolated": isolated}
        payload = json.dumps(answer).encode()
        if len(payload) > request["output_bytes"]:
            reason = f"{options.name or 'The source'} holds more text than a document may have."
            payload = json.dumps({"refused": ["UnreadableDocument", reason]}).encode()
        del data, answer
        messages.send(stream, payload)
        stream.shutdown(socket.SHUT_RDWR)
        code = 0
    finally:
        os._exit(code)


def _telling(stream: socket.socket) -> Callable[[int, int], None]:
    """What sends how many pages of how many were read, at most some times a second."""
    due = time.monotonic()

    def tell(read: int, pages: int) -> None:
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + TELL_SECONDS
            messages.send(stream, json.dumps({"pages": [read, pages]}).encode())

    return tell


def _answer(data: bytes, options: LoadOptions, memory_shown: str) -> dict[str, Any]:
    """The draft as plain data, or the kind and the sentence of the refusal."""
    name = options.name or "The source"
    try:
        return {"draft": to_plain(preparing.prepare(data, options))}
    except DocumentRefused as error:
        return {"refused": [type(error).__name__, str(error)]}
    except MemoryError:
        reason = (
            f"{name} needs more than {memory_shown} of memory to read. Split it, or save it anew."
        )
    except RecursionError:
        reason = f"{name} is nested too deeply to be read. Save it as PDF or text and add that."
    except Exception as error:  # the outermost edge: a reader failed on a stranger's file
        reason = f"{name} is damaged, or is not what it seems to be: its reader failed."
        detail = f"{type(error).__name__}: {error}"[:300]
        return {"refused": ["UnreadableDocument", reason], "detail": detail}
    return {"refused": ["UnreadableDocument", reason]}


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
