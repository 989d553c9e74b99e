"""A folder that many may load from at a time, or one may write to: a kernel lock on itself.

Held for as long as one call to Chroma takes. It orders readers and the one writer; that
there is one writer is the affair of `lock`.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WAIT_SECONDS = 5.0
"""A call that writes 256 rows takes .3 s; a holder that takes longer is stopped or stuck."""
POLL_SECONDS = 0.002


@contextmanager
def held(folder: Path, *, alone: bool) -> Iterator[bool]:
    """Have a folder for a `with` block, with other loaders or `alone`; gives whether we have it.

    After 5 s, or where the folder is gone or its file system knows no locks, the block
    runs without: an answer must not wait for a process that hangs. The kernel drops the
    lock when its holder dies.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        yield False
        return
    try:
        yield _locked(descriptor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _locked(descriptor: int, kind: int) -> bool:
    end = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > end:
                return False
            time.sleep(POLL_SECONDS)
        except OSError:
            return False
