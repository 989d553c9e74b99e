"""The rows of a document, written within transactions of the verbs."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from knowledge.storing import journal, pouring
from knowledge.storing.generations import Generation
from knowledge.storing.pouring import Making
from knowledge.storing.store import PARTICULARS, text_checksum
from knowledge.types import Draft, Particulars, Passage


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a document's bytes came from."""

    source: str
    """The file's display name, or the URL."""
    original: bytes | None = None
    """The bytes themselves, kept as they are; None for a text that had no file."""
    url: str | None = None
    media_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None


def write_rows(
    connection: sqlite3.Connection,
    making: Making,
    live: Generation,
    id: str,
    draft: Draft,
    passages: Sequence[Passage],
    provenance: Provenance,
) -> None:
    """Write a document's rows in state `adding`; a former version comes back with its rows anew."""
    known = draft.particulars
    row = {
        "id": id,
        "library": live.library_number,
        "state": "adding",
        "text": draft.text,
        "checksum": text_checksum(draft.text),
        **{name: getattr(known, name) for name in PARTICULARS},
        "kind": str(known.kind),
        "source": provenance.source,
        "format": draft.format,
        "excerpt": draft.excerpt,
        "added_at": journal.now(),
        "sections": _as_json(draft.sections),
        "set_aside": _as_json(draft.set_aside),
        "dates": _as_json(draft.dates),
        "warnings": json.dumps(draft.warnings),
        "signature": making.signature(draft.text) if making.signature else None,
    }
    names = ", ".join(row)
    updates = ", ".join(f"{name} = excluded.{name}" for name in row if name != "id")
    connection.execute(
        f"INSERT INTO documents ({names}) VALUES ({', '.join(':' + name for name in row)}) "
        f"ON CONFLICT (id) DO UPDATE SET {updates}, newer = NULL, newer_on = NULL",
        row,
    )
    number = connection.execute("SELECT number FROM documents WHERE id = ?", (id,)).fetchone()[0]
    write_source(connection, number, provenance, known)
    connection.execute("DELETE FROM glossary WHERE document = ?", (number,))
    connection.executemany(
        "INSERT INTO glossary VALUES (?, ?, ?)",
        [(number, short, long) for short, long in making.learn(draft.text).items()],
    )
    write_passages(connection, making, live.number, number, passages)


def write_passages(
    connection: sqlite3.Connection,
    making: Making,
    generation: int,
    document: int,
    passages: Sequence[Passage],
) -> None:
    """Write passages and their membership of a generation; those that are there stay."""
    encode = making.encode_terms
    connection.executemany(
        "INSERT OR IGNORE INTO passages VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",
        (
            (p.id, document, p.start, p.end, p.locator, p.text, pouring.text_hash(p.text))
            for p in passages
        ),
    )
    if encode is not None:
        connection.executemany(
            "INSERT OR IGNORE INTO passage_terms SELECT number, ? FROM passages WHERE id = ?",
            ((encode(p.text), p.id) for p in passages),
        )
    connection.executemany(
        "INSERT OR IGNORE INTO members SELECT ?, number FROM passages WHERE id = ?",
        ((generation, p.id) for p in passages),
    )


def write_source(
    connection: sqlite3.Connection, document: int, provenance: Provenance, known: Particulars
) -> None:
    """Note where a document came from; the same source again brings its figures up to date."""
    digest = (
        None if provenance.original is None else hashlib.sha256(provenance.original).hexdigest()
    )
    size = None if provenance.original is None else len(provenance.original)
    connection.execute(
        "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document,
            provenance.source,
            provenance.url or known.url,
            digest,
            size,
            provenance.media_type,
            provenance.etag,
            provenance.last_modified,
            journal.now(),
        ),
    )


def take_out_of_use(
    connection: sqlite3.Connection, generation: int, former: str, newer: str
) -> list[str]:
    """Make a document a former version of another, and give its passages' ids."""
    number = connection.execute("SELECT number FROM documents WHERE id = ?", (former,)).fetchone()[
        0
    ]
    rows = connection.execute("SELECT id FROM passages WHERE document = ?", (number,)).fetchall()
    connection.execute(
        "UPDATE documents SET state = 'old', newer = ?, newer_on = ? WHERE number = ?",
        (newer, journal.now()[:10], number),
    )
    connection.execute(
        "DELETE FROM members WHERE passage IN (SELECT number FROM passages WHERE document = ?)",
        (number,),
    )
    connection.execute("DELETE FROM coverage WHERE document = ?", (number,))
    return [row[0] for row in rows]


def _as_json(values: Sequence[Any]) -> str:
    return json.dumps([asdict(value) for value in values], ensure_ascii=False)
