"""Freed memory goes back to the system."""

import ctypes
import subprocess
import sys

import pytest

CODE = """
from pathlib import Path
from knowledge.storing import memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

blocks = [bytearray(2000) for _ in range(30_000)]
last = bytearray(2000)  # it keeps what was freed before it from going by itself
del blocks
before = resident()
assert memory.give_back()
print(before - resident())
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="glibc alone has it")
def test_what_was_freed_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)

    assert int(done.stdout) > 40_000_000
