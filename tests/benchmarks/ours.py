"""Our pipeline, measured: the product's own verbs over the texts of the benchmark.

    python tests/benchmarks/ours.py ingest CORPUS PASSAGES HOME [synthetic]
    python tests/benchmarks/ours.py warm CORPUS PASSAGES HOME COUNT

`synthetic` puts random unit vectors and token states into the embedding cache first, so
that 100,000 and more passages can be measured without encoding them. `ask` is the command line's.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from corpus import Text, documents, questions

from knowledge import Query, Record, Settings
from knowledge.answers.questions import Understood
from knowledge.encoding import states
from knowledge.searching import filtering, retrieval
from knowledge.settings import DEFAULT_MODEL
from knowledge.storing import adding, pouring
from knowledge.storing.adding import Provenance
from knowledge.types import Draft, Particulars, Passage, Section

LIBRARY = "benchmark"


def opened(home: Path) -> Record:
    """The record in a folder, with the bundled model whatever the environment says."""
    return Record.open(Settings(home=home, embedding_model=DEFAULT_MODEL))


def draft(text: Text) -> Draft:
    """A document with a section for each passage of the corpus."""
    sections, start = [], 0
    for passage in text.passages:
        sections.append(Section(start, start + len(passage)))
        start += len(passage) + 2
    particulars = Particulars(title=text.name, publisher=text.publisher, date=text.date)
    return Draft(text.text, tuple(sections), particulars)


def ingest(corpus: Path, passages: int, home: Path, synthetic: bool) -> dict[str, Any]:
    """Add every document, then all of them once more; loading of the model is not counted."""
    record = opened(home)
    index = record._index
    encoder = record._encoders.of_setting(DEFAULT_MODEL)
    encoder.embed_question("warm")
    if synthetic:
        index.making = _one_each(index.making)
        _fill_cache(record, corpus, passages)
    texts = list(documents(corpus, passages))

    def add_all() -> list[int]:
        return [
            adding.add(
                index,
                draft(text),
                Provenance(text.name),
                library=LIBRARY,
                model=DEFAULT_MODEL,
                actor="benchmark",
            ).entry.passages
            for text in texts
        ]

    wall, cpu = time.perf_counter(), time.process_time()
    count = sum(add_all())
    first = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    cpu = time.process_time()
    add_all()
    again = time.process_time() - cpu
    figures = {
        "passages": count,
        "characters": sum(len(t.text) for t in texts),
        **first,
        "again": first["cpu"] / again,
        "bare": 0.0 if synthetic else _bare(record, count) / first["cpu"],
    }
    record.close()
    return figures


def _bare(record: Record, count: int) -> float:
    """CPU seconds that the encoder alone would take for all passages: those of every fourth."""
    rows = record._store.rows("SELECT text FROM passages WHERE number % 4 = 0")
    encoder = record._encoders.of_setting(DEFAULT_MODEL)
    cpu = time.process_time()
    for start in range(0, len(rows), pouring.BATCH):
        encoder.embed_documents([row[0] for row in rows[start : start + pouring.BATCH]])
    return (time.process_time() - cpu) * count / len(rows)


def _one_each(making: pouring.Making) -> pouring.Making:
    """Passages as the corpus has them, so that the cache can be filled beforehand."""
    from dataclasses import replace

    def chunk(
        text: str,
        sections: Sequence[Section],
        *,
        document_id: str,
        count_tokens: Callable[[Sequence[str]], list[int]],
        max_tokens: int,
    ) -> list[Passage]:
        return [
            Passage(f"{document_id}-{s.start}", document_id, s.start, s.end, text[s.start : s.end])
            for s in sections
        ]

    return replace(making, chunk=chunk)


def _fill_cache(record: Record, corpus: Path, passages: int) -> None:
    card = record._encoders.of_setting(DEFAULT_MODEL).card
    random = np.random.default_rng(3)
    with record._store.write() as connection:
        connection.execute(
            "INSERT OR IGNORE INTO models (key, card) VALUES (?, ?)", (card.key, card.to_json())
        )
        (model,) = connection.execute(
            "SELECT number FROM models WHERE key = ?", (card.key,)
        ).fetchone()
        for text in documents(corpus, passages):
            hashes = [pouring.text_hash(passage) for passage in text.passages]
            matrix = _drawn(random, len(hashes), card.dimensions).astype("<f4")
            connection.executemany(
                "INSERT OR IGNORE INTO embeddings (model, hash, vector) VALUES (?, ?, ?)",
                [(model, hash, row.tobytes()) for hash, row in zip(hashes, matrix, strict=True)],
            )
            # A word piece is four characters of English long, about.
            sizes = [max(1, len(passage) // 4) for passage in text.passages]
            connection.executemany(
                "INSERT OR IGNORE INTO states "
                "SELECT number, ? FROM embeddings WHERE model = ? AND hash = ?",
                [
                    (states.pack(_drawn(random, size, states.DIMENSIONS)), model, hash)
                    for size, hash in zip(sizes, hashes, strict=True)
                ],
            )


def _drawn(random: np.random.Generator, count: int, width: int) -> states.Matrix:
    """Unit vectors in random directions, shape (count, width)."""
    rows = random.standard_normal((count, width), dtype=np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def warm(corpus: Path, passages: int, home: Path, count: int) -> dict[str, Any]:
    """Ask questions, no two alike: full answers, retrieval alone, retrieval through filters."""
    record = opened(home)
    index, store, encode = record._index, record._store, record._encoders.encode
    record.ask(Query("warm", libraries=(LIBRARY,)))
    filters = {
        "retrieval": filtering.Filters(),
        "publisher": filtering.Filters(publisher="Publisher 3"),
        "since": filtering.Filters(since="2021"),
        "both": filtering.Filters(publisher="Publisher 3", since="2025"),
    }
    asked = questions(corpus, passages, count * (len(filters) + 1))
    times: dict[str, Any] = {"answer": []}
    for question in asked[:count]:
        _timed(times["answer"], lambda: record.ask(Query(question, libraries=(LIBRARY,))))  # noqa: B023
    for number, (name, chosen) in enumerate(filters.items(), 1):
        rows: list[tuple[float, float]] = []
        for question in asked[number * count : (number + 1) * count]:
            understood = Understood(question, question)
            ask = partial(retrieval.retrieve, understood, store=store, encode=encode)
            _timed(rows, lambda: ask(index.live([LIBRARY]), filters=chosen))  # noqa: B023
        times[name] = rows
    record.close()
    return times


def _timed(rows: list[tuple[float, float]], work: Callable[[], Any]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    rows.append((time.perf_counter() - wall, time.process_time() - cpu))


def main() -> None:
    """Run one of the two and print JSON."""
    verb, corpus, passages, home, *rest = sys.argv[1:]
    if verb == "ingest":
        print(json.dumps(ingest(Path(corpus), int(passages), Path(home), "synthetic" in rest)))
    else:
        print(json.dumps(warm(Path(corpus), int(passages), Path(home), int(rest[0]))))


if __name__ == "__main__":
    main()
