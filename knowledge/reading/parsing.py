"""Bytes to a draft, read where a hostile file can do no harm.

Each document is read in a child process of its own: limited in computing time, memory,
files and time, without environment, network or other descriptors, in an empty folder that
is removed afterwards. A clean server process forks these children (`parse_server`); it is
started when first needed and ends with this process. This process never forks itself.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge import errors
from knowledge.progress import Tell
from knowledge.reading import messages
from knowledge.reading.characters import one_line
from knowledge.reading.plain_drafts import from_plain
from knowledge.types import Draft

logger = logging.getLogger(__name__)

_MIB = 1024 * 1024
# The server loads the modules of this package, but not its front door: that would bring
# along the settings and, by and by, the indexes.
_START = """
import sys, types
package = types.ModuleType("knowledge")
package.__path__ = [sys.argv[3]]
sys.modules["knowledge"] = package
from knowledge.reading.parse_server import main
main(int(sys.argv[1]), sys.argv[2])
"""


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """What reading one document may cost.

    A bill of 236 pages takes 2.8 s and 53 MB, a scan of four dense pages 17 s of tesseract on
    two threads and 101 MB (our measurement, November 2026).
    """

    seconds: float = 40.0
    """Time on the clock, without character recognition."""
    cpu_seconds: int = 15
    """Computing time of the child; character recognition has as much again for each page."""
    memory_bytes: int = 480 * _MIB
    """Address space of the child, and of each run of character recognition."""
    file_bytes: int = _MIB
    """Size of any file it writes; no loader writes one."""
    open_files: int = 64
    input_bytes: int = 64 * _MIB
    output_bytes: int = 96 * _MIB
    """Size of the answer: text, sections, what was set aside, attachments."""
    pages: int = 5000
    characters: int = 20_000_000
    recognise: bool = True
    """Whether pages without text go through character recognition, where it is installed."""
    recognise_pages: int = 60
    recognise_seconds: float = 120.0
    """Time on the clock for character recognition, all pages together."""


DEFAULT_LIMITS = ParseLimits()


@dataclass(frozen=True, slots=True)
class Cost:
    """What reading a document took, character recognition included."""

    cpu_seconds: float
    peak_bytes: int
    """The most memory that one process held."""


def parse(
    data: bytes,
    *,
    name: str | None,
    url: str | None = None,
    media_type: str | None = None,
    password: str | None = None,
    excerpt: bool = False,
    limits: ParseLimits = DEFAULT_LIMITS,
    report: Callable[[Cost], None] | None = None,
    tell: Tell | None = None,
) -> Draft:
    """Read the bytes as a document, whatever their name or declared type says.

    `name` is shown to people, never opened; `media_type` is used for its charset. With
    `excerpt`, the part that a page with a paywall shows is taken and marked. Safe to
    call from several threads: each call has a child of its own. `report` is told what the
    reading cost, also when it is refused; `tell`, of the pages read so far. Raises
    UnreadableDocument, EmptyDocument or StubPage with one sentence that names the file and the
    reason; nothing is left behind.
    """
    shown = (one_line(name)[:200] or None) if name else None
    if not data:
        raise errors.EmptyDocument(f"{shown or 'The source'} is empty. Nothing was added.")
    if len(data) > limits.input_bytes:
        raise errors.UnreadableDocument(
            f"{shown or 'The source'} has {len(data) / _MIB:.0f} MB, "
            f"more than the {limits.input_bytes / _MIB:.0f} MB allowed. Split it."
        )
    options = {
        "name": shown,
        "url": url,
        "media_type": media_type,
        "password": password,
        "excerpt": excerpt,
        "recognise": limits.recognise,
        "recognise_pages": limits.recognise_pages,
        "recognise_seconds": limits.recognise_seconds,
        "max_pages": limits.pages,
        "max_characters": limits.characters,
    }
    answer = _ask(data, options, limits, shown or "The source", tell)
    if report is not None and "cost" in answer:
        report(Cost(**answer["cost"]))
    if "refused" in answer:
        kind, reason = answer["refused"]
        logger.info("refused: %s (%s)", reason, answer.get("detail", kind))
        refused = getattr(errors, kind, errors.UnreadableDocument)
        raise refused(reason)
    return from_plain(answer["draft"])


def isolated() -> bool:
    """Whether children leave the network here. Some kernels and containers forbid it."""
    answer = _ask(b"Is this isolated?", {"name": None}, DEFAULT_LIMITS, "The test")
    return bool(answer.get("isolated"))


def close() -> None:
    """End the server process; the next call of `parse` starts another."""
    with _lock:
        _stop()


# --- The server and its children -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Server:
    process: subprocess.Popen[bytes]
    control: socket.socket
    owner: int


_lock = threading.Lock()
_server: _Server | None = None


def _ask(
    data: bytes,
    options: Mapping[str, object],
    limits: ParseLimits,
    name: str,
    tell: Tell | None = None,
) -> dict[str, Any]:
    """The child's answer, or the refusal that its end amounts to."""
    extra = limits.recognise_seconds if limits.recognise else 0.0
    request = {
        "options": dict(options),
        "cage": {
            "cpu_seconds": limits.cpu_seconds,
            "wall_seconds": limits.seconds,
            "memory_bytes": limits.memory_bytes,
            "file_bytes": limits.file_bytes,
            "open_files": limits.open_files,
        },
        "extra_seconds": extra,
        "input_bytes": limits.input_bytes,
        "output_bytes": limits.output_bytes,
        "memory_shown": f"{limits.memory_bytes // _MIB} MB",
    }
    try:
        channel, status = _start_child(json.dumps(request).encode())
    except OSError as error:
        return {"refused": ["UnreadableDocument", _unavailable(name)], "detail": str(error)}
    with channel, status:
        # The child and the server end it long before; this is for a server that hangs.
        patience = limits.seconds + extra + 15.0
        channel.settimeout(patience)
        status.settimeout(patience)
        try:
            answer = _exchange(channel, data, limits.output_bytes, tell)
            # The news comes when the child and its folder are gone: nothing is left behind.
            ended = status.recv(4096)
        except TimeoutError:
            close()
            answer, ended = None, b'{"signal": "SIGALRM", "cpu_seconds": 0, "peak_bytes": 0}'
        except OSError:
            answer, ended = None, b""
    news: dict[str, Any] = json.loads(ended) if ended else {}
    signal = news.pop("signal", None)
    if answer is not None:
        return answer | ({"cost": news} if news else {})
    reason = _why(name, signal, limits) if news else _unavailable(name)
    return ({"cost": news} if news else {}) | {
        "refused": ["UnreadableDocument", reason],
        "detail": f"the child ended by {signal}",
    }


def _unavailable(name: str) -> str:
    return (
        f"{name} could not be read: the process that reads documents does not run. "
        "Try again; if it stays so, see footnote doctor."
    )


def _why(name: str, signal: str | None, limits: ParseLimits) -> str:
    if signal == "SIGALRM":
        return f"{name} took longer than {limits.seconds:.0f} s to read and was given up. Split it."
    if signal in ("SIGXCPU", "SIGKILL"):
        return (
            f"{name} took more than {limits.cpu_seconds} s of computing time to read "
            "and was given up. Split it, or save it anew."
        )
    return (
        f"{name} is damaged, or needs more than {limits.memory_bytes // _MIB} MB to read: "
        "its reader broke off. Save it anew and add it again."
    )


def _start_child(request: bytes) -> tuple[socket.socket, socket.socket]:
    """Ask the server for a child: the sockets to the child and to the news of its end."""
    channel, theirs = socket.socketpair()
    status, told = socket.socketpair()
    with theirs, told:
        for attempt in (1, 2):
            with _lock:
                server = _running()
                try:
                    sent = [theirs.fileno(), told.fileno()]
                    socket.send_fds(server.control, [request], sent)
                    break
                except OSError:
                    # It was killed since; one more try with a new one.
                    _stop()
                    if attempt == 2:
                        channel.close()
                        status.close()
                        raise
    return channel, status


def _exchange(
    channel: socket.socket, data: bytes, most: int, tell: Tell | None
) -> dict[str, Any] | None:
    """Send the document and read the answer, up to `most` bytes; None if there is none.

    Before the answer come messages of how many pages were read.
    """
    try:
        messages.send(channel, data)
    except TimeoutError:
        raise
    except OSError:
        return None
    while (message := messages.receive(channel, most)) is not None:
        answer: dict[str, Any] = json.loads(message)
        if "pages" not in answer:
            return answer
        if tell is not None:
            read, pages = answer["pages"]
            tell("pages", int(read), int(pages))
    return None


def _running() -> _Server:
    """The server, started if there is none. The lock must be held."""
    global _server
    if _server is not None and _server.owner == os.getpid() and _server.process.poll() is None:
        return _server
    _stop()
    # Messages keep their borders, so that one request never runs into the next.
    try:
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    except OSError:  # not on macOS, where the descriptors keep the borders
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with theirs:
        command = [sys.executable, "-I", "-c", _START, str(theirs.fileno()), tempfile.gettempdir()]
        process = subprocess.Popen(
            [*command, str(Path(__file__).parents[1])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            env={},
            cwd="/",
        )
    _server = _Server(process, mine, os.getpid())
    return _server


@atexit.register
def _stop() -> None:
    """End the server. The lock must be held, or no other thread run any more."""
    global _server
    server, _server = _server, None
    if server is None:
        return
    server.control.close()
    if server.owner != os.getpid():
        return
    try:
        server.process.wait(timeout=2.0)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()
