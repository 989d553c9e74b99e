"""How far long work has come, told to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[str, int, int], None]
"""Told what is counted ("pages", "passages"), how many of them are done, and how many there are.
Called in the thread that works, some times a second; it must be quick and raise nothing."""
