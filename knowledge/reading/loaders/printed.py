"""Plain text that was taken from printed pages: its running lines and line numbers.

Bills, transcripts and filings go about as text dumps of their pages. What belongs to the
page comes back at regular distances; line numbers count from 1 on every page. Both would
stand in the middle of sentences.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Sequence
from statistics import median

_LEAST_LINES = 150
_LEAST_TIMES = 10
_LEAST_GAP = 12
"""A running line comes back ten times and more, at least twelve lines apart, seven of ten
distances within a third of the usual one. "(a) In general" comes back often, but not
regularly (our measurement on bills and rules, November 2026)."""

_NUMBER = re.compile(r"\s*(\d{1,2})(?:\s+|$)")
_BARE = re.compile(r"\s*[-–—]?\s*\d{1,4}\s*[-–—]?\s*")
_HIGHEST = 50


def unprint(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without running lines and line numbers, and the running lines, each kind once.

    Text without such lines comes back as it is.
    """
    lines = text.split("\n")
    if len(lines) < _LEAST_LINES:
        return text, ()
    running = _running(lines)
    kept = [line for index, line in enumerate(lines) if index not in running]
    removed: dict[str, list[str]] = defaultdict(list)
    for index in sorted(running):
        removed[_key(lines[index])].append(lines[index].strip())
    numbered = _without_numbers(kept)
    return "\n".join(numbered), tuple("\n".join(found) for found in removed.values())


def _running(lines: Sequence[str]) -> set[int]:
    places: dict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        # Without letters only a bare number, a page's, can be a running line.
        if line.strip() and (_key(line) or _BARE.fullmatch(line)):
            places[_key(line)].append(index)
    running: set[int] = set()
    for key, found in places.items():
        if len(found) < _LEAST_TIMES or (len(key) < 4 and key):
            continue
        gaps = [after - before for before, after in itertools.pairwise(found)]
        usual = median(gaps)
        regular = sum(abs(gap - usual) <= usual / 3 for gap in gaps)
        if usual >= _LEAST_GAP and regular >= 0.7 * len(gaps):
            running |= set(found)
    return running


def _key(line: str) -> str:
    return " ".join(re.sub(r"[\W\d_]+", " ", line.casefold()).split())


def _without_numbers(lines: list[str]) -> list[str]:
    """The lines without the numbers that count them, where half of them bear one."""
    stripped: list[str] = []
    taken = 0
    expected = 1
    for line in lines:
        match = _NUMBER.match(line)
        number = int(match.group(1)) if match else 0
        # A page may begin anew at any line; a number may be missing now and then.
        if match and (expected <= number <= expected + 2 or number == 1):
            taken += 1
            rest, expected = _inside(line[match.end() :], number + 1)
            stripped.append(rest)
        else:
            stripped.append(line)
    full = sum(bool(line.strip()) for line in lines)
    return stripped if taken * 2 > full else lines


def _inside(line: str, expected: int) -> tuple[str, int]:
    """A line in which the next numbers stand where its words were broken: "EX19 CHANGE"."""
    while expected <= _HIGHEST:
        broken = re.search(rf"(?<=[^\W\d_]){expected} (?=[^\W\d_])", line)
        if broken is None:
            break
        line = line[: broken.start()] + line[broken.end() :]
        expected += 1
    return line, expected
