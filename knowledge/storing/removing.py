"""Taking documents out for good: out of answers at once, then every byte of them.

Three stages, each finished after a crash by the next start: out of use (one
update; readers see it at once), rows and vectors destroyed, files and SQLite's
log cleaned. What remains is the journal's line: id, time, actor.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knowledge.storing import (
    fingerprints,
    generations,
    journal,
    mending,
    originals,
    pending,
    pouring,
    steps,
)
from knowledge.storing.database import in_parts, in_plain_words, marks
from knowledge.storing.generations import Generation
from knowledge.storing.store import Store
from knowledge.types import Entry

if TYPE_CHECKING:
    from knowledge.storing.index import Index

logger = logging.getLogger(__name__)

REBUILD_BELOW = 20_000
"""Passages of a library: below, its vectors are destroyed at once by building the index anew
(about 4,000 passages a second from the cache; our measurement, November 2026)."""
LOG_WAIT_SECONDS = 10.0
AUTOMATIC_BACKUPS = "backups"


@dataclass(frozen=True, slots=True)
class Removed:
    """What went, or with a dry run what would go."""

    entries: tuple[Entry, ...]
    versions: int
    """Former versions of these pages, which go with them."""
    passages: int
    originals: int
    backups: tuple[str, ...] = ()
    """Automatic backups that were dropped, because they held the documents."""
    waiting: int = 0
    """Vectors of the library out of use, whose bytes are still there: `remove --purge`."""
    finished: bool = True
    """False if a reader kept SQLite's log in use: the next start finishes it."""


def look(store: Store, ids: Sequence[str], library: str) -> Removed:
    """What `remove` would take, without taking it. Raises UnknownDocument."""
    numbers, entries = _chosen(store, ids, library)
    digests = _originals_of(store, numbers)
    return Removed(
        entries=tuple(entries),
        versions=len(numbers) - len(entries),
        passages=sum(entry.passages for entry in entries),
        originals=len(_unshared(store, digests, numbers)),
        backups=tuple(path.name for path in _backups(store)),
    )


def remove(
    index: Index,
    ids: Sequence[str],
    *,
    library: str,
    actor: str,
    purge: bool = False,
    wait_seconds: float | None = None,
) -> Removed:
    """Remove documents with all their versions. With `purge`, destroy waiting vectors too.

    `ids` may be empty with `purge`. Raises UnknownDocument, before anything is
    changed, if one of them is not in the library.
    """
    store = index.store
    with index.writing(wait_seconds):
        seen = look(store, ids, library)
        numbers, entries = _chosen(store, ids, library)
        facts = {"numbers": numbers, "library": library, "purge": purge}
        steps.step("remove:begun")
        with store.write() as connection:
            for part in in_parts(numbers):
                connection.execute(
                    f"UPDATE documents SET state = 'removing' WHERE number IN ({marks(part)})", part
                )
            generations.raise_sequence(connection, library)
            number = pending.begin(connection, "remove", None, facts)
            for entry in entries:
                journal.note(connection, actor, "remove", library=library, document=entry.id)
        steps.step("remove:out-of-use")
        finish(index, number, facts)
        live = generations.live(store, library)
        unfinished = store.value("SELECT 1 FROM pending WHERE verb = 'truncate'")
    return Removed(
        entries=tuple(entries),
        versions=seen.versions,
        passages=seen.passages,
        originals=seen.originals,
        backups=seen.backups,
        waiting=live.waiting if live else 0,
        finished=unfinished is None,
    )


def finish(index: Index, number: int, facts: dict[str, Any]) -> str:
    """Destroy what is out of use: build the indexes without it, then delete its rows."""
    store, library = index.store, facts["library"]
    live = generations.live(store, library)
    built = _without(index, live, facts) if live is not None else None
    steps.step("remove:rebuilt")
    digests = delete_rows(store, facts["numbers"], (number, facts, live, built))
    steps.step("remove:rows-deleted")
    if live is not None and (switched := generations.get(store, live.number)) is not None:
        fingerprints.record(store, switched)
    clean(index, number, facts | {"digests": digests})
    return f"Finished: removing {len(facts['numbers'])} document(s) from {library}."


def clean(index: Index, number: int, facts: dict[str, Any]) -> str:
    """Delete folders, originals and automatic backups that no row needs; then SQLite's log."""
    store = index.store
    drop_stale(index)
    with in_plain_words(store.home):
        generations.drop_unused_folders(store, facts["library"])
        steps.step("remove:folders-dropped")
        originals.drop_unused(store, facts.get("digests"))
        for backup in _backups(store) if "numbers" in facts else ():
            backup.unlink()
    with store.write() as connection:
        pending.turn(connection, number, "truncate", {})
    steps.step("remove:files-dropped")
    truncate(index, number, {}, LOG_WAIT_SECONDS)
    return f"Finished: cleaning up after a removal from {facts['library']}."


def drop_stale(index: Index) -> None:
    """Drop half-built generations that hold a removed document and that nobody is building."""
    store = index.store
    sql = "FROM generations WHERE stale AND state = 'building'"
    if store.value(f"SELECT 1 {sql}") is not None and index.reindex_lock.is_free():
        with store.write() as connection:
            connection.execute(f"DELETE {sql}")


def truncate(index: Index, number: int, facts: dict[str, Any], wait_seconds: float = 0.0) -> str:
    """Empty SQLite's log, which holds pages as they were before; waits for readers."""
    if not index.store.truncate_log(wait_seconds):
        return ""
    steps.step("remove:log-emptied")
    with index.store.write() as connection:
        pending.end(connection, number)
    return "Finished: emptying the log after a removal."


def delete_rows(
    store: Store,
    numbers: Sequence[int],
    after: tuple[int, dict[str, Any], Generation | None, tuple[int, int] | None] | None = None,
) -> list[str]:
    """Delete documents' rows and vectors that only they need, in one transaction.

    Gives the SHA-256 of their originals, which may now be unused. `after` is the
    removal this belongs to: its index is switched in the same transaction.
    """
    digests = _originals_of(store, numbers)
    with store.write() as connection:
        for part in in_parts(numbers):
            inside = f"IN ({marks(part)})"
            # The vector of a text stays only while another document has the same text.
            connection.execute(
                "DELETE FROM embeddings WHERE "
                f"hash IN (SELECT hash FROM passages WHERE document {inside}) AND NOT EXISTS "
                "(SELECT 1 FROM passages p WHERE p.hash = embeddings.hash "
                f"AND p.document NOT {inside})",
                (*part, *part),
            )
            connection.execute(f"DELETE FROM documents WHERE number {inside}", part)
        if after is not None:
            number, facts, live, built = after
            library = facts["library"]
            if live is not None and built is not None:
                connection.execute(
                    "UPDATE generations SET vectors = ?, words = ?, waiting = waiting * ? "
                    "WHERE number = ?",
                    (*built, int(built[0] == live.vectors), live.number),
                )
                connection.execute("DELETE FROM fingerprints WHERE generation = ?", (live.number,))
            # What is kept for a rollback is built again from the cache when it is needed.
            connection.execute(
                "UPDATE generations SET vectors = 0, words = 0, waiting = 0 WHERE state = 'kept' "
                "AND library = (SELECT number FROM libraries WHERE name = ?)",
                (library,),
            )
            # A reindex that is at work builds anew before it switches; an interrupted one is
            # dropped at the next start.
            connection.execute(
                "UPDATE generations SET stale = 1 WHERE state = 'building' "
                "AND library = (SELECT number FROM libraries WHERE name = ?)",
                (library,),
            )
            generations.raise_sequence(connection, library)
            pending.turn(connection, number, "clean", facts | {"digests": digests})
    return digests


def _without(index: Index, live: Generation, facts: dict[str, Any]) -> tuple[int, int]:
    """New folders for the live generation without what is being removed."""
    store = index.store
    passages = int(store.value("SELECT count(*) FROM members WHERE generation = ?", (live.number,)))
    whole = passages < REBUILD_BELOW or bool(facts["purge"])
    built = pouring.rebuild(store, index.making, index.encoders, live, vectors=whole, verb="remove")
    if not whole:
        gone = [
            row[0]
            for part in in_parts(facts["numbers"])
            for row in store.rows(
                "SELECT p.id FROM passages p JOIN members m ON m.passage = p.number "
                f"WHERE m.generation = ? AND p.document IN ({marks(part)})",
                (live.number, *part),
            )
        ]
        with mending.open_for_writing(index, live) as (vectors, _):
            vectors.delete(gone)
        with store.write() as connection:
            connection.execute(
                "UPDATE generations SET waiting = waiting + ? WHERE number = ?",
                (len(gone), live.number),
            )
    return built


def _chosen(store: Store, ids: Sequence[str], library: str) -> tuple[list[int], list[Entry]]:
    """Row numbers of documents and of all their former versions, and the documents' entries."""
    entries = [store.entry(id, [library]) for id in dict.fromkeys(ids)]
    numbers: list[int] = []
    todo = [entry.id for entry in entries]
    while todo:
        id = todo.pop()
        number = store.value("SELECT number FROM documents WHERE id = ?", (id,))
        if number not in numbers:
            numbers.append(number)
            todo += [
                row[0] for row in store.rows("SELECT id FROM documents WHERE newer = ?", (id,))
            ]
    return numbers, entries


def _originals_of(store: Store, numbers: Sequence[int]) -> list[str]:
    return [
        row[0]
        for part in in_parts(numbers)
        for row in store.rows(
            "SELECT DISTINCT original FROM sources WHERE original IS NOT NULL "
            f"AND document IN ({marks(part)})",
            part,
        )
    ]


def _unshared(store: Store, digests: Sequence[str], numbers: Sequence[int]) -> set[str]:
    shared = {
        row[0]
        for row in store.rows("SELECT original, document FROM sources WHERE original IS NOT NULL")
        if row[1] not in set(numbers)
    }
    return set(digests) - shared


def _backups(store: Store) -> list[Any]:
    return sorted((store.home / AUTOMATIC_BACKUPS).glob("*"))


def waiting(store: Store) -> int:
    """Vectors out of use whose bytes are still in Chroma's files, over all libraries."""
    return int(store.value("SELECT coalesce(sum(waiting), 0) FROM generations"))
