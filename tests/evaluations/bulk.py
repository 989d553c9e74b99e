"""Many passages into a record at the encoder's rate: what real documents must be found among.

Neighbouring passages of one source become one document, each a passage of its own as the
file has it. Documents that are there already are skipped, so a run that was cut off, or
went only so far (`stop`), is taken up by the next.
"""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path

from knowledge import Record
from knowledge.storing import adding
from knowledge.storing.adding import Provenance
from knowledge.types import Draft, Particulars, Passage, Section

PASSAGES_A_DOCUMENT = 256
"""One batch of the index's: fewer cost a commit each, more make texts longer than any bill."""
GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring passages of one source."""

    first: int
    """The number of its first passage in the file."""
    source: str
    passages: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the record knows it by."""
        return f"passages-{self.first}.txt"

    def draft(self) -> Draft:
        """A document with a section for each passage."""
        sections, start = [], 0
        for passage in self.passages:
            sections.append(Section(start, start + len(passage)))
            start += len(passage) + len(GAP)
        particulars = Particulars(
            title=self.source.rsplit("/", 1)[-1], publisher=self.source.split("/", 1)[0]
        )
        return Draft(GAP.join(self.passages), tuple(sections), particulars)


def add_passages(
    record: Record,
    path: Path,
    library: str,
    *,
    stop: int | None = None,
    actor: str = "evaluation",
    say: Callable[[str], None] = print,
) -> int:
    """Add the first `stop` passages of JSON lines (`doc`, `text`), and those that share a
    document with the last of them; return how many were new."""
    index = record._index
    index.making = replace(index.making, chunk=one_each)
    held = {entry.source for entry in record.entries(library)}
    began, count = time.monotonic(), 0
    for group in groups(rows(path)):
        if stop is not None and group.first >= stop:
            break
        if group.name in held:
            continue
        adding.add(
            index,
            group.draft(),
            Provenance(group.name),
            library=library,
            model=record.settings.embedding_model,
            actor=actor,
        )
        count += len(group.passages)
        say(f"{group.name}: {count} passages, {count / (time.monotonic() - began):.1f} a second")
    return count


def groups(passages: Iterator[tuple[str, str]]) -> Iterator[Group]:
    """(source, text) in order as documents."""
    number = 0
    for source, of_source in groupby(passages, key=lambda passage: passage[0]):
        while texts := tuple(text for _, text in islice(of_source, PASSAGES_A_DOCUMENT)):
            yield Group(number, source, texts)
            number += len(texts)


def rows(path: Path) -> Iterator[tuple[str, str]]:
    """(doc, text) of a JSON lines file, .gz or not; empty texts are left out."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if text := row["text"].strip():
                yield row.get("doc", path.name), text


def one_each(
    text: str,
    sections: Sequence[Section],
    *,
    document_id: str,
    count_tokens: Callable[[Sequence[str]], list[int]],
    max_tokens: int,
) -> list[Passage]:
    """A passage for each section, instead of `chunking.chunk`."""
    return [
        Passage(f"{document_id}-{s.start}", document_id, s.start, s.end, text[s.start : s.end])
        for s in sections
    ]
