"""Putting a document in: whole or not at all, and visible last."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from knowledge import (
    fingerprints,
    generations,
    journal,
    mending,
    originals,
    pending,
    pouring,
    recovery,
    steps,
)
from knowledge.errors import Damaged, EmptyDocument, UsageError
from knowledge.generations import Generation
from knowledge.pouring import Encoder
from knowledge.store import PARTICULARS
from knowledge.types import Draft, Entry, Particulars, Passage

if TYPE_CHECKING:
    from knowledge.index import Index

_LIBRARY = re.compile(r"[\w.@:-]{1,80}")


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


@dataclass(frozen=True, slots=True)
class Added:
    """A document that is in the record now."""

    entry: Entry
    already: bool = False
    """True if the same text was there before."""
    further_source: bool = False
    """True if it was there, and now has this source too."""


def document_id(library: str, text: str) -> str:
    """Twelve letters and digits that are the same for the same text in the same library.

    60 bits of BLAKE2b: two of a million documents collide with p < 1e-6. White
    space and Unicode's compositions do not count.
    """
    content = unicodedata.normalize("NFC", " ".join(text.split()))
    digest = hashlib.blake2b(f"{library}\0{content}".encode(), digest_size=8).digest()
    return base64.b32encode(digest).decode().lower()[:12]


def add(
    index: Index,
    draft: Draft,
    provenance: Provenance,
    *,
    library: str,
    model: str,
    actor: str,
    instead_of: str | None = None,
    wait_seconds: float | None = None,
) -> Added:
    """Put a document into a library, or find that it is there.

    `model` is the setting's, used if the library has no index yet; else its
    generation's model is. `instead_of` is the id of a document that this is a
    newer version of: it goes out of use in the same update.
    Raises EmptyDocument, ModelMissing, ModelMismatch, Busy, FolderUnusable.
    """
    if not draft.text.strip():
        raise EmptyDocument(f"{provenance.source}: there is no text in it.")
    if not _LIBRARY.fullmatch(library):
        raise UsageError(
            f"{library[:80]}: a library's name has up to 80 letters, digits, and . _ - @ :"
        )
    store = index.store
    id = document_id(library, draft.text)
    live = generations.live(store, library)
    # Loaded and cut before the lock is taken, so that others wait less.
    encoder = (
        index.encoders.of_setting(model)
        if live is None
        else pouring.encoder_of(index.encoders, live.card)
    )
    if store.value("SELECT 1 FROM documents WHERE id = ? AND state = 'current'", (id,)) is None:
        passages = _passages(index, encoder, id, draft)
    with index.writing(wait_seconds):
        state = store.value("SELECT state FROM documents WHERE id = ?", (id,))
        if state == "current":
            return _further_source(index, id, provenance, library, actor)
        live = generations.live(store, library)
        if live is None:
            live = _first_generation(index, library, encoder)
        if live.card.key != encoder.card.key:
            encoder = pouring.encoder_of(index.encoders, live.card)
            passages = _passages(index, encoder, id, draft)
        if instead_of is not None:
            store.entry(instead_of, [library])
        _put(index, live, encoder, id, draft, passages, provenance, actor, instead_of)
    return Added(store.entry(id, [library]))


def _passages(index: Index, encoder: Encoder, id: str, draft: Draft) -> list[Passage]:
    passages = index.making.chunk(
        draft.text,
        draft.sections,
        document_id=id,
        count_tokens=encoder.count_tokens,
        max_tokens=encoder.card.max_tokens,
    )
    for one in passages:
        if draft.text[one.start : one.end] != one.text:
            raise Damaged(
                f"{id}: a passage is not a span of its document. This is a fault of ours."
            )
    return passages


def _first_generation(index: Index, library: str, encoder: Encoder) -> Generation:
    with index.store.write() as connection:
        number = generations.begin(connection, library, encoder.card, "live")
        connection.execute("UPDATE libraries SET live = ? WHERE name = ?", (number, library))
        connection.execute(
            "UPDATE generations SET vectors = 1, words = 1 WHERE number = ?", (number,)
        )
    made = generations.get(index.store, number)
    assert made is not None
    return made


def _put(
    index: Index,
    live: Generation,
    encoder: Encoder,
    id: str,
    draft: Draft,
    passages: Sequence[Passage],
    provenance: Provenance,
    actor: str,
    instead_of: str | None,
) -> None:
    store = index.store
    facts: dict[str, Any] = {"id": id, "generation": live.number}
    former = store.row(
        "SELECT newer, newer_on FROM documents WHERE id = ? AND state = 'old'", (id,)
    )
    if former is not None:
        facts |= dict(former)
    if provenance.original is not None:
        facts["original"] = hashlib.sha256(provenance.original).hexdigest()
    with store.write() as connection:
        number = pending.begin(connection, "add", None, facts)
    try:
        steps.step("add:begun")
        if provenance.original is not None:
            originals.keep(index.home, provenance.original)
        steps.step("add:original-kept")
        with store.write() as connection:
            write_rows(connection, index, live, id, draft, passages, provenance)
        steps.step("add:rows-written")
        with mending.open_for_writing(index, live) as (vectors, words):
            pouring.pour(
                store,
                live,
                lambda: encoder,
                vectors,
                words,
                [(p.id, p.text) for p in passages],
                "add",
            )
            with pouring.words_in_plain_words(index.home):
                words.commit()
        steps.step("add:words-written")
        fingerprints.record(store, live)
        steps.step("add:fingerprints-written")
        left = _become_visible(index, live, number, id, actor, instead_of)
    except BaseException:
        recovery.undo_after_fault(index, number)
        raise
    steps.step("add:visible")
    if left is not None:
        recovery.finish_drop(index, number, left)
        steps.step("add:former-dropped")


def _become_visible(
    index: Index, live: Generation, number: int, id: str, actor: str, instead_of: str | None
) -> dict[str, Any] | None:
    """The one update that readers see; gives what is left to do about a former version."""
    former: dict[str, Any] | None = None
    with index.store.write() as connection:
        connection.execute("UPDATE documents SET state = 'current' WHERE id = ?", (id,))
        connection.execute(
            "INSERT OR IGNORE INTO coverage SELECT ?, number FROM documents WHERE id = ?",
            (live.number, id),
        )
        if instead_of is not None and instead_of != id:
            former = {"generation": live.number, "quiet": True}
            former["ids"] = take_out_of_use(connection, live.number, instead_of, id)
            pending.turn(connection, number, "drop", former)
        else:
            pending.end(connection, number)
        verb = "add" if instead_of is None else "refresh"
        journal.note(connection, actor, verb, library=live.library, document=id)
        generations.raise_sequence(connection, live.library)
        steps.step("add:visible-not-committed")
    return former


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


def write_rows(
    connection: sqlite3.Connection,
    index: Index,
    live: Generation,
    id: str,
    draft: Draft,
    passages: Sequence[Passage],
    provenance: Provenance,
) -> None:
    """Write a document's rows in state `adding`; a former version comes back with its rows anew."""
    making, known = index.making, draft.particulars
    row = {
        "id": id,
        "library": live.library_number,
        "state": "adding",
        "text": draft.text,
        "checksum": hashlib.sha256(draft.text.encode()).digest(),
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
    write_passages(connection, index, live.number, number, passages)


def write_passages(
    connection: sqlite3.Connection,
    index: Index,
    generation: int,
    document: int,
    passages: Sequence[Passage],
) -> None:
    """Write passages and their membership of a generation; those that are there stay."""
    encode = index.making.encode_terms
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


def _further_source(
    index: Index, id: str, provenance: Provenance, library: str, actor: str
) -> Added:
    store = index.store
    known = store.row(
        "SELECT 1 FROM sources s JOIN documents d ON d.number = s.document "
        "WHERE d.id = ? AND s.source = ?",
        (id, provenance.source),
    )
    if known is not None:
        return Added(store.entry(id, [library]), already=True)
    facts: dict[str, Any] = {"library": library}
    if provenance.original is not None:
        facts["digests"] = [hashlib.sha256(provenance.original).hexdigest()]
    with store.write() as connection:
        number = pending.begin(connection, "clean", None, facts)
    if provenance.original is not None:
        originals.keep(index.home, provenance.original)
    steps.step("source:original-kept")
    document = store.value("SELECT number FROM documents WHERE id = ?", (id,))
    with store.write() as connection:
        write_source(connection, document, provenance, Particulars())
        pending.end(connection, number)
        journal.note(connection, actor, "source", library=library, document=id)
        generations.raise_sequence(connection, library)
    return Added(store.entry(id, [library]), already=True, further_source=True)


def _as_json(values: Sequence[Any]) -> str:
    return json.dumps([asdict(value) for value in values], ensure_ascii=False)
