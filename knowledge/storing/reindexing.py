"""A new generation beside the live one: built, checked, then switched to by one update.

Building needs only the lock `reindex.lock`: documents may be added and removed
meanwhile. What they changed is caught up with under the writer's lock, just
before the switch. An interrupted run is resumed by the next.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.encoding.model_card import ModelCard
from knowledge.errors import UnknownLibrary, UsageError
from knowledge.storing import (
    fingerprints,
    generations,
    journal,
    mending,
    pending,
    pouring,
    removing,
    rows,
    steps,
    switching,
)
from knowledge.storing.generations import Generation
from knowledge.storing.pouring import Encoder

if TYPE_CHECKING:
    from knowledge.storing.index import Index

logger = logging.getLogger(__name__)

COMMIT_PASSAGES = 2_000
"""Passages between two commits of the words: what an interruption may cost to do again."""

Trial = Callable[[], AbstractContextManager[None]]
Gate = Callable[[Trial], str | None]
"""Asks golden questions, before and `with trial():`, and says why to keep the old one, or None."""


@dataclass(frozen=True, slots=True)
class Reindexed:
    """What became of a reindex, a rollback or a pruning."""

    library: str
    generation: int
    """The one that answers now."""
    model: str
    passages: int
    switched: bool
    reason: str = ""
    """Why it was not switched; or what was done."""
    seconds: float = 0.0


def reindex(
    index: Index,
    *,
    library: str,
    model: str,
    actor: str,
    gate: Gate | None = None,
    say: Callable[[str], None] | None = None,
    wait_seconds: float | None = None,
) -> Reindexed:
    """Build a library's index anew with a model, by its setting, and switch to it.

    Texts that the cache knows are not embedded again. On any failure the old
    index goes on answering and the next run resumes.
    Raises UnknownLibrary, ModelMissing, Busy, FolderUnusable, or Damaged if the
    new index does not pass its checks.
    """
    started = time.monotonic()
    _live(index, library)
    say = say or (lambda line: None)
    with index.reindex_lock.held(index.command, 0):
        encoder = index.encoders.of_setting(model)
        with index.writing(wait_seconds):
            built = _begin(index, library, encoder.card)
        steps.step("reindex:begun")
        _fill(index, built, encoder, say)
        switching.check(index, built, say)
        steps.step("reindex:checked")
        reason = gate(lambda: index.trial(built)) if gate is not None else None
        if reason is not None:
            with index.writing(wait_seconds):
                _forget(index, built)
            live = _live(index, library)
            return _told(index, live, False, reason, started)
        with index.writing(wait_seconds):
            _fill(index, built, encoder, say)
            steps.step("reindex:caught-up")
            built = switching.without_what_left(index, built)
            fingerprints.record(index.store, built)
            steps.step("reindex:before-switch")
            switching.switch(index, built, actor, "reindex")
            steps.step("reindex:switched")
    return _told(index, _live(index, library), True, "", started)


def rollback(
    index: Index, *, library: str, actor: str, wait_seconds: float | None = None
) -> Reindexed:
    """Return to the generation before; documents added since are added to it first.

    Its folders are built again from the cache where a removal has dropped them.
    Raises UsageError if none is kept, ModelMissing if its model is needed and gone.
    """
    started = time.monotonic()
    _live(index, library)
    with index.reindex_lock.held(index.command, 0), index.writing(wait_seconds):
        before = generations.previous(index.store, library)
        if before is None:
            raise UsageError(f"{library}: no earlier index is kept, so there is none to return to.")
        missing = _uncovered(index, before, limit=1)
        if before.vectors == 0 or before.words == 0:
            if missing:
                _note_members(index, before, _encoder(index, before))
            before = switching.rebuilt(index, before, "rollback")
        else:
            if missing:
                _fill(index, before, _encoder(index, before), lambda line: None)
            before = switching.without_what_left(index, before)
        fingerprints.record(index.store, before)
        steps.step("rollback:before-switch")
        switching.switch(index, before, actor, "rollback")
        steps.step("rollback:switched")
    return _told(index, _live(index, library), True, "", started)


def prune(
    index: Index, *, library: str, actor: str, wait_seconds: float | None = None
) -> Reindexed:
    """Drop the generation before the live one, with the vectors that only it used."""
    started = time.monotonic()
    with index.writing(wait_seconds):
        live = _live(index, library)
        with index.store.write() as connection:
            number = pending.begin(connection, "clean", None, {"library": library})
            connection.execute("UPDATE libraries SET previous = NULL WHERE name = ?", (library,))
            connection.execute(
                "DELETE FROM generations WHERE state = 'kept' AND library = ?",
                (live.library_number,),
            )
            switching.drop_what_no_generation_uses(connection)
            journal.note(connection, actor, "prune", library=library)
        steps.step("prune:rows-deleted")
        removing.clean(index, number, {"library": library, "digests": []})
    return _told(index, live, False, "The generation before was dropped.", started)


# --- Building ------------------------------------------------------------------------------


def _begin(index: Index, library: str, card: ModelCard) -> Generation:
    """The generation to build in: one that was interrupted, if it is of use, or a new one."""
    for one in generations.all_of(index.store, library):
        if one.state == "building":
            if one.card.key == card.key and not one.stale:
                return one
            _forget(index, one)
    with index.store.write() as connection:
        number = generations.begin(connection, library, card)
        connection.execute(
            "UPDATE generations SET vectors = 1, words = 1 WHERE number = ?", (number,)
        )
    made = generations.get(index.store, number)
    assert made is not None
    return made


def _forget(index: Index, built: Generation) -> None:
    with index.store.write() as connection:
        connection.execute("DELETE FROM generations WHERE number = ?", (built.number,))
        switching.drop_what_no_generation_uses(connection)
    generations.drop_unused_folders(index.store, built.library)


def _fill(index: Index, built: Generation, encoder: Encoder, say: Callable[[str], None]) -> None:
    """Put in every document that the generation lacks."""
    if not _uncovered(index, built, limit=1):
        return
    store = index.store
    total = store.value(
        "SELECT count(*) FROM documents WHERE library = ? AND state = 'current'",
        (built.library_number,),
    )
    with mending.open_for_writing(index, built) as (vectors, words):
        while numbers := _uncovered(index, built, limit=200):
            done: list[int] = []
            poured = 0
            for number in numbers:
                passages = _noted(index, built, encoder, number)
                poured += pouring.pour(
                    store, built, lambda: encoder, vectors, words, passages, "reindex"
                )
                done.append(number)
                if poured >= COMMIT_PASSAGES:
                    break
            with pouring.words_in_plain_words(index.home):
                words.commit()
            steps.step("reindex:words-written")
            with store.write() as connection:
                connection.executemany(
                    "INSERT OR IGNORE INTO coverage SELECT ?, number FROM documents "
                    "WHERE number = ? AND state = 'current'",
                    [(built.number, number) for number in done],
                )
            steps.step("reindex:documents-covered")
            covered = store.value(
                "SELECT count(*) FROM coverage WHERE generation = ?", (built.number,)
            )
            say(f"{built.library}: {covered} of {total} documents")


def _uncovered(index: Index, built: Generation, *, limit: int) -> list[int]:
    rows = index.store.rows(
        "SELECT number FROM documents d WHERE library = ? AND state = 'current' AND NOT EXISTS "
        "(SELECT 1 FROM coverage c WHERE c.generation = ? AND c.document = d.number) "
        "ORDER BY number LIMIT ?",
        (built.library_number, built.number, limit),
    )
    return [row[0] for row in rows]


def _noted(index: Index, built: Generation, encoder: Encoder, number: int) -> list[tuple[str, str]]:
    """Cut a document for this generation, write down its passages, and give (id, text)."""
    store = index.store
    row = store.row("SELECT id, text, sections FROM documents WHERE number = ?", (number,))
    if row is None:
        return []
    passages = pouring.cut(index.making, encoder, row["id"], row["text"], row["sections"])
    with store.write() as connection:
        current = connection.execute(
            "SELECT 1 FROM documents WHERE number = ? AND state = 'current'", (number,)
        ).fetchone()
        if current is None:
            return []
        rows.write_passages(connection, index.making, built.number, number, passages)
    return [(one.id, one.text) for one in passages]


def _note_members(index: Index, built: Generation, encoder: Encoder) -> None:
    while numbers := _uncovered(index, built, limit=200):
        for number in numbers:
            _noted(index, built, encoder, number)
            with index.store.write() as connection:
                connection.execute("INSERT INTO coverage VALUES (?, ?)", (built.number, number))


def _live(index: Index, library: str) -> Generation:
    live = generations.live(index.store, library)
    if live is None:
        raise UnknownLibrary(f"{library}: there is no library of that name with documents in it.")
    return live


def _encoder(index: Index, generation: Generation) -> Encoder:
    return pouring.encoder_of(index.encoders, generation.card)


def _told(index: Index, live: Generation, switched: bool, reason: str, started: float) -> Reindexed:
    passages = index.store.value(
        "SELECT count(*) FROM members WHERE generation = ?", (live.number,)
    )
    seconds = time.monotonic() - started
    logger.info(
        "%s: generation %d, %d passages, %.1f s", live.library, live.number, passages, seconds
    )
    return Reindexed(live.library, live.number, live.card.name, passages, switched, reason, seconds)
