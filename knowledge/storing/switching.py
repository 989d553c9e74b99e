"""From a generation that was built to the one that answers: checks, then one update."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from knowledge.errors import Damaged
from knowledge.storing import checking, generations, journal, mending, pending, removing, steps
from knowledge.storing.generations import Generation

if TYPE_CHECKING:
    from knowledge.storing.index import Index


def check(index: Index, built: Generation, say: Callable[[str], None]) -> None:
    """Raise Damaged if the new index is not as good as exact search over the same vectors."""
    recall = checking.recall(index, built)
    say(f"{built.library}: recall against exact search {recall:.3f}")
    if recall < checking.RECALL:
        with index.writing():
            built = rebuilt(index, built, "reindex")
        if (recall := checking.recall(index, built)) < checking.RECALL:
            raise Damaged(
                f"{built.library}: the new index finds only {recall:.2f} of what exact search "
                "finds, so the old one stays. Run the same command again."
            )


def without_what_left(index: Index, built: Generation) -> Generation:
    """The generation, built anew from the cache if it holds what is no longer in the record."""
    current = generations.get(index.store, built.number)
    assert current is not None
    if not current.stale and mending.is_sound(index, current):
        return current
    return rebuilt(index, current, "reindex")


def rebuilt(index: Index, built: Generation, verb: str) -> Generation:
    """The generation, built anew from the record, and found sound. Raises Damaged if it is not."""
    mending.renew(index, built, verb=verb)
    with index.store.write() as connection:
        connection.execute("UPDATE generations SET stale = 0 WHERE number = ?", (built.number,))
    renewed = generations.get(index.store, built.number)
    assert renewed is not None
    if not mending.is_sound(index, renewed):
        raise Damaged(
            f"{built.library}: the new index does not hold what the record holds, so the old one "
            "stays. Look for the cause: footnote doctor"
        )
    return renewed


def switch(index: Index, built: Generation, actor: str, verb: str) -> None:
    """Make a generation answer, by one update; the one that answered is kept, others go."""
    with index.store.write() as connection:
        number = pending.begin(connection, "clean", None, {"library": built.library})
        connection.execute(
            "UPDATE libraries SET previous = live, live = ? WHERE name = ?",
            (built.number, built.library),
        )
        connection.execute(
            "DELETE FROM generations WHERE library = ? AND state = 'kept' AND number != ?",
            (built.library_number, built.number),
        )
        connection.execute(
            "UPDATE generations SET state = CASE WHEN number = ? THEN 'live' ELSE 'kept' END "
            "WHERE library = ? AND (number = ? OR state = 'live')",
            (built.number, built.library_number, built.number),
        )
        drop_what_no_generation_uses(connection)
        journal.note(connection, actor, verb, library=built.library, detail=built.card.name)
        generations.raise_sequence(connection, built.library)
        steps.step(f"{verb}:switch-not-committed")
    removing.clean(index, number, {"library": built.library, "digests": []})


def drop_what_no_generation_uses(connection: sqlite3.Connection) -> None:
    """Passages cut for a model that is no longer used, and vectors that nothing needs."""
    connection.execute(
        "DELETE FROM passages WHERE number NOT IN (SELECT passage FROM members) AND document IN "
        "(SELECT number FROM documents WHERE state = 'current')"
    )
    connection.execute("DELETE FROM embeddings WHERE model NOT IN (SELECT model FROM generations)")
    connection.execute(
        "DELETE FROM embeddings WHERE NOT EXISTS "
        "(SELECT 1 FROM passages p WHERE p.hash = embeddings.hash)"
    )
