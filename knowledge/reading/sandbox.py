"""What a process gives up before it reads a stranger's file. Linux; elsewhere what POSIX has.

Standard library only, and no thread may run yet: a process with threads cannot leave its
user namespace.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


@dataclass(frozen=True, slots=True)
class Cage:
    """The limits of one process. Sizes in bytes, times in seconds."""

    cpu_seconds: int
    wall_seconds: float
    memory_bytes: int
    """Address space, so a little more than the memory it can really use."""
    file_bytes: int
    open_files: int


def enter(cage: Cage, *, keep: int, folder: str, parent: int) -> bool:
    """Take this process into the cage; return whether it has left the network.

    Every descriptor but `keep` is closed, standard ones lead nowhere, the environment is
    emptied, `folder` becomes the working directory. The process dies with `parent`, at the
    limits of computing time by SIGXCPU and at the limit of time by SIGALRM.
    """
    os.setsid()
    _die_with_parent(parent)
    _silence(keep)
    isolated = _leave_namespaces()
    os.chdir(folder)
    os.umask(0o077)
    os.environ.clear()
    for number in (signal.SIGALRM, signal.SIGXCPU, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, cage.open_files)
    _limit(resource.RLIMIT_FSIZE, cage.file_bytes)
    _limit(resource.RLIMIT_CPU, cage.cpu_seconds)
    if hasattr(resource, "RLIMIT_AS") and sys.platform.startswith("linux"):
        _limit(resource.RLIMIT_AS, cage.memory_bytes)
    signal.setitimer(signal.ITIMER_REAL, cage.wall_seconds)
    return isolated


def extend(seconds: float) -> Callable[[], None]:
    """A function that gives the process that many more seconds from the time it is called."""

    def more() -> None:
        left, _ = signal.getitimer(signal.ITIMER_REAL)
        signal.setitimer(signal.ITIMER_REAL, left + seconds)

    return more


def _limit(which: int, value: int) -> None:
    # The hard limit too: what the process runs must not raise it again.
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))


def _silence(keep: int) -> None:
    """Close every descriptor but `keep` and point the standard ones nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        if standard != keep:
            os.dup2(nowhere, standard)
    highest = min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 65536)
    os.closerange(3, keep)
    os.closerange(max(keep + 1, 3), highest)


def _library() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        return ctypes.CDLL(None, use_errno=True)
    except OSError:
        return None


def _die_with_parent(parent: int) -> None:
    library = _library()
    if library is None:
        return
    library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # it died before the request to die with it was made


def _leave_namespaces() -> bool:
    """Leave the user's rights and the network, where the kernel lets an ordinary user do so."""
    library = _library()
    if library is None:
        return False
    return bool(library.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)
