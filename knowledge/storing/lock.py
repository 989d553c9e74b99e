"""One writer at a time: a kernel lock on a file in the data folder.

The kernel drops the lock when its holder dies, so it is never broken by hand.
Beside it lies a note with the holder's process id, host, command and start; it
is shown to whoever waits and never used to decide anything.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from knowledge.errors import Busy

POLL_SECONDS = 0.02
NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs"}
)


class WriterLock:
    """The lock `home/lock`, or another of that folder; re-entrant within one thread."""

    def __init__(self, home: Path, name: str = "lock") -> None:
        self._path = home / name
        self._lock = FileLock(self._path, mode=0o600)

    @contextmanager
    def held(self, command: str, wait_seconds: float) -> Iterator[None]:
        """Hold the lock for a `with` block.

        `command` is what the note says about us. Raises Busy, naming the
        holder, when the lock is not free within wait_seconds (0: at once).
        """
        try:
            self._lock.acquire(timeout=wait_seconds, poll_interval=POLL_SECONDS)
        except Timeout as error:
            raise Busy(
                f"Another process is writing to this record: {self.holder()}. "
                "Try again when it is done, or wait longer with --wait SECONDS."
            ) from error
        try:
            if self._lock.lock_counter == 1:
                self._leave_note(command)
            yield
        finally:
            self._lock.release()

    def holder(self) -> str:
        """Who holds the lock, in words, as the note beside it says."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            return (
                f"{note['command']}, process {note['pid']} on {note['host']}, since {note['since']}"
            )
        except (OSError, ValueError, KeyError, TypeError):
            return "a process that left no note"

    def is_free(self) -> bool:
        """Whether nobody, ourselves included, holds the lock just now."""
        if self._lock.is_locked:
            return False
        probe = FileLock(self._path, mode=0o600)
        try:
            probe.acquire(timeout=0)
        except Timeout:
            return False
        probe.release()
        return True

    @property
    def _note(self) -> Path:
        return self._path.with_name(f"{self._path.name}.holder")

    def _leave_note(self, command: str) -> None:
        note = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "command": command,
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        try:
            self._note.write_text(json.dumps(note), encoding="utf-8")
        except OSError:
            # It is only shown: on a full disk what needs no room, a removal say, goes on.
            with suppress(OSError):
                self._note.unlink()


def own_command() -> str:
    """The command of this process, for the note: program and verb, never a document's name."""
    program = Path(sys.argv[0] or "python").name
    verb = next((word for word in sys.argv[1:2] if word.isalpha()), "")
    return f"{program} {verb}".strip()


def network_file_system(folder: Path) -> str | None:
    """The type of the network file system that `folder` is on; None if it is local.

    Kernel locks are not reliable on those. Known on Linux only (/proc/mounts).
    """
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    best, kind = "", None
    target = str(folder.resolve())
    for line in mounts:
        _, point, file_system, *_ = line.split(" ")
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, file_system
    return kind if kind in NETWORK_FILE_SYSTEMS else None
