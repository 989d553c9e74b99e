"""Putting a document in: whole or not at all, and visible last."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knowledge.errors import Damaged, EmptyDocument, UsageError
from knowledge.progress import Tell
from knowledge.storing import (
    fingerprints,
    generations,
    journal,
    mending,
    originals,
    pending,
    pouring,
    recovery,
    rows,
    steps,
)
from knowledge.storing.generations import Generation
from knowledge.storing.pouring import Encoder
from knowledge.storing.rows import Provenance
from knowledge.storing.watched import Watched
from knowledge.types import Draft, Entry, Particulars, Passage

if TYPE_CHECKING:
    from knowledge.storing.index import Index

__all__ = ["Added", "Provenance", "add", "document_id"]

_LIBRARY = re.compile(r"[\w.@:-]{1,80}")


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
    tell: Tell | None = None,
) -> Added:
    """Put a document into a library, or find that it is there.

    `model` is the setting's, used if the library has no index yet; else its
    generation's model is. `instead_of` is the id of a document that this is a
    newer version of: it goes out of use in the same update. `tell` is told of
    the passages as they are embedded.
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
        watched = encoder if tell is None else Watched(encoder, len(passages), tell)
        _put(index, live, watched, id, draft, passages, provenance, actor, instead_of)
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
            rows.write_rows(connection, index.making, live, id, draft, passages, provenance)
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
            former["ids"] = rows.take_out_of_use(connection, live.number, instead_of, id)
            pending.turn(connection, number, "drop", former)
        else:
            pending.end(connection, number)
        verb = "add" if instead_of is None else "refresh"
        journal.note(connection, actor, verb, library=live.library, document=id)
        generations.raise_sequence(connection, live.library)
        steps.step("add:visible-not-committed")
    return former


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
        rows.write_source(connection, document, provenance, Particulars())
        pending.end(connection, number)
        journal.note(connection, actor, "source", library=library, document=id)
        generations.raise_sequence(connection, library)
    return Added(store.entry(id, [library]), already=True, further_source=True)
