"""The texts of a benchmark: the same documents for every system that is measured."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

PASSAGES_A_DOCUMENT = 20
PUBLISHERS = 10


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
    """The first passages of a JSON lines file ("text" in each; .gz or not) as documents."""
    rows = islice(_texts(path), passages)
    number = 0
    while part := tuple(islice(rows, PASSAGES_A_DOCUMENT)):
        yield Text(
            name=f"document {number}",
            publisher=f"Publisher {number % PUBLISHERS}",
            date=f"{2016 + number // PUBLISHERS % 10}-06-01",
            passages=part,
        )
        number += 1


def questions(path: Path, passages: int, count: int) -> list[str]:
    """Questions that differ: eight words from the middle of passages, drawn with a fixed seed."""
    texts = [text for text in islice(_texts(path), passages) if len(text.split()) > 30]
    drawn = random.Random(11).sample(texts, min(count, len(texts)))
    asked = []
    for text in drawn:
        words = text.split()
        middle = len(words) // 2
        asked.append("What is said about " + " ".join(words[middle : middle + 8]) + "?")
    return asked


def _texts(path: Path) -> Iterator[str]:
    with path.open("rb") as raw, gzip.open(raw) if path.suffix == ".gz" else raw as file:
        for line in file:
            text = json.loads(line)["text"].strip()
            if text:
                yield text
