"""Who added, edited, removed or reindexed what, and when: append-only, never a word of a text.

An entry outlives its document on purpose. It holds the document's id, the time
and the actor (the command line's user, or a pseudonym), no title and no source.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from knowledge.storing.database import Database, marks


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the journal."""

    number: int
    at: str
    """ISO 8601, UTC, to the second."""
    actor: str
    verb: str
    """add | source | edit | remove | refresh | reindex | rollback | prune | repair | restore ..."""
    library: str | None
    document: str | None
    detail: str | None


def now() -> str:
    """This moment as the record writes it: ISO 8601, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def note(
    connection: sqlite3.Connection,
    actor: str,
    verb: str,
    *,
    library: str | None = None,
    document: str | None = None,
    detail: str | None = None,
) -> None:
    """Add a line within the caller's transaction. `detail` must hold nothing of a document."""
    connection.execute(
        "INSERT INTO journal (at, actor, verb, library, document, detail) VALUES (?,?,?,?,?,?)",
        (now(), actor, verb, library, document, detail),
    )


def events(
    store: Database, *, libraries: Sequence[str] | None = None, limit: int = 50
) -> list[Event]:
    """The newest `limit` lines, newest first; of these libraries, or all for the admin."""
    where, values = "", list[object]()
    if libraries is not None:
        where, values = f"WHERE library IN ({marks(libraries)})", list(libraries)
    rows = store.rows(
        f"SELECT * FROM journal {where} ORDER BY number DESC LIMIT ?", [*values, limit]
    )
    return [Event(*row) for row in rows]
