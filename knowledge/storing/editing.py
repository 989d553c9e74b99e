"""Changing what is known about a document, never its text: one transaction each."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from knowledge.errors import UsageError
from knowledge.storing import generations, journal, steps
from knowledge.storing.store import PARTICULARS
from knowledge.types import Entry, Kind

if TYPE_CHECKING:
    from knowledge.storing.index import Index

EDITABLE = frozenset({*PARTICULARS, "replaced_by", "replaced_on"})


def edit(
    index: Index,
    id: str,
    *,
    library: str,
    changes: Mapping[str, Any],
    actor: str,
    wait_seconds: float | None = None,
) -> Entry:
    """Set particulars, or the document that replaces this one; None clears a value.

    `replaced_by` is the full id of a document of the same library. Raises
    UnknownDocument, and UsageError for a name that is none or a circle.
    """
    if unknown := set(changes) - EDITABLE:
        raise UsageError(f"{', '.join(sorted(unknown))}: nothing of that name can be edited.")
    store = index.store
    with index.writing(wait_seconds):
        store.entry(id, [library])
        values = dict(changes)
        if "kind" in values:
            values["kind"] = str(Kind(values["kind"] or Kind.OTHER))
        if values.get("replaced_by") is not None:
            _refuse_circle(index, id, values["replaced_by"], library)
            values.setdefault("replaced_on", journal.now()[:10])
        elif "replaced_by" in values:
            values["replaced_on"] = None
        if values:
            with store.write() as connection:
                assignments = ", ".join(f"{name} = ?" for name in values)
                connection.execute(
                    f"UPDATE documents SET {assignments} WHERE id = ?", [*values.values(), id]
                )
                _done(connection, actor, "edit", library, id, ", ".join(sorted(values)))
    return store.entry(id, [library])


def link(index: Index, id: str, likenesses: Mapping[str, float], *, library: str) -> None:
    """Note near-copies of a document, both ways: {other id: share of likeness, 0 to 1}."""
    store = index.store
    if not likenesses:
        return
    with index.writing(), store.write() as connection:
        for other, likeness in likenesses.items():
            for one, two in ((id, other), (other, id)):
                connection.execute(
                    "INSERT OR REPLACE INTO links SELECT a.number, b.number, ? "
                    "FROM documents a, documents b, libraries l WHERE a.id = ? AND b.id = ? "
                    "AND l.name = ? AND a.library = l.number AND b.library = l.number",
                    (likeness, one, two, library),
                )
        generations.raise_sequence(connection, library)


def note_fetched(
    index: Index,
    id: str,
    source: str,
    *,
    library: str,
    actor: str,
    etag: str | None,
    last_modified: str | None,
) -> None:
    """Note that a page was fetched again and found unchanged, with its new validators."""
    with index.writing(), index.store.write() as connection:
        connection.execute(
            "UPDATE sources SET etag = ?, last_modified = ? WHERE source = ? "
            "AND document = (SELECT number FROM documents WHERE id = ?)",
            (etag, last_modified, source, id),
        )
        journal.note(connection, actor, "refresh", library=library, document=id, detail="unchanged")


def _refuse_circle(index: Index, id: str, other: str, library: str) -> None:
    store, seen = index.store, [id]
    step: str | None = other
    while step is not None:
        if step in seen:
            raise UsageError(f"{id}: it cannot be replaced by {other}, which it replaces itself.")
        seen.append(step)
        step = store.entry(step, [library]).replaced_by


def _done(
    connection: sqlite3.Connection, actor: str, verb: str, library: str, id: str, detail: str
) -> None:
    journal.note(connection, actor, verb, library=library, document=id, detail=detail)
    generations.raise_sequence(connection, library)
    steps.step("edit:not-committed")
