"""Freed memory goes back to the system, and what stood in it goes nowhere."""

import ctypes
import subprocess
import sys

import pytest

GIVEN_BACK = """
from pathlib import Path
from knowledge import give_back_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

blocks = [bytearray(2000) for _ in range(30_000)]
last = bytearray(2000)  # it keeps what was freed before it from going by itself
del blocks
before = resident()
assert give_back_memory()
print(before - resident())
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="glibc alone has it")
def test_what_was_freed_is_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GIVEN_BACK], capture_output=True, text=True, check=True
    )

    assert int(done.stdout) > 40_000_000


LEFT_BEHIND = """
import ctypes, sys, tempfile
from pathlib import Path
from knowledge.storing.store import Store

library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
library.malloc.argtypes = [ctypes.c_size_t]
library.free.argtypes = [ctypes.c_void_p]

def left(size=50_000):
    first = library.malloc(size)
    ctypes.memset(first, 0x77, size)
    library.free(first)
    second = library.malloc(size)
    found = ctypes.string_at(second, size).count(b"w")
    library.free(second)
    return found

before = left()
Store.open(Path(tempfile.mkdtemp())).close()
print(before, left())
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="glibc alone has it")
def test_who_opens_a_record_leaves_nothing_in_memory_that_chroma_may_save() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEFT_BEHIND], capture_output=True, text=True, check=True
    )
    before, after = map(int, done.stdout.split())

    assert before > 40_000, "nothing is left behind in any case, so the test proves nothing"
    assert after == 0
