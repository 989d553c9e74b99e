"""The texts of a benchmark: the same documents for every system that is measured."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path

PASSAGES_A_DOCUMENT = 20
DOCUMENTS_MOST = 1500
"""Of a larger corpus each document has more passages: every document added writes what it
changed of the graph's file, and that is all of it."""
PUBLISHERS = 10
SHIFT = 997  # passages between two that are joined; a prime


@dataclass(frozen=True, slots=True)
class Text:
    """A document of the benchmark."""

    name: str
    publisher: str
    """One of ten, in turn: a filter by publisher keeps a tenth."""
    date: str
    """From 2016 to 2025 in turn: `since 2021` keeps half."""
    passages: tuple[str, ...]

    @property
    def text(self) -> str:
        """The passages as paragraphs."""
        return "\n\n".join(self.passages)


def documents(path: Path, passages: int) -> Iterator[Text]:
    """The first passages of a JSON lines file ("text" in each; .gz or not) as documents.

    Where the file has fewer, halves of its passages are joined anew (`_joined`).
    """
    rows = islice(_texts(path), passages)
    each = max(PASSAGES_A_DOCUMENT, passages // DOCUMENTS_MOST)
    number = 0
    while part := tuple(islice(rows, each)):
        yield Text(
            name=f"document {number}",
            publisher=f"Publisher {number % PUBLISHERS}",
            date=f"{2016 + number // PUBLISHERS % 10}-06-01",
            passages=part,
        )
        number += 1


def questions(path: Path, passages: int, count: int) -> list[str]:
    """Questions that differ: eight words from the middle of passages, drawn with a fixed seed."""
    long = sum(1 for _ in _long(path, passages))
    order = random.Random(11).sample(range(long), min(count, long))
    drawn = set(order)
    asked = {}
    for number, words in enumerate(_long(path, passages)):
        if number in drawn:
            middle = len(words) // 2
            asked[number] = "What is said about " + " ".join(words[middle : middle + 8]) + "?"
    return [asked[number] for number in order]


def _long(path: Path, passages: int) -> Iterator[list[str]]:
    """The words of each passage that has more than thirty."""
    for text in islice(_texts(path), passages):
        if len(words := text.split()) > 30:
            yield words


def _texts(path: Path) -> Iterator[str]:
    """The passages of the file, then joined ones without end."""
    yield from _read(path)
    for turn in count(1):
        yield from _joined(path, turn * SHIFT)


def _joined(path: Path, shift: int) -> Iterator[str]:
    """Each passage's first half with the second half of the one `shift` further on."""
    further = chain(islice(_read(path), shift, None), islice(_read(path), shift))
    for first, second in zip(_read(path), further, strict=True):
        head, tail = first.split(), second.split()
        yield " ".join(head[: len(head) // 2] + tail[len(tail) // 2 :])


def _read(path: Path) -> Iterator[str]:
    with path.open("rb") as raw, gzip.open(raw) if path.suffix == ".gz" else raw as file:
        for line in file:
            text = json.loads(line)["text"].strip()
            if text:
                yield text
