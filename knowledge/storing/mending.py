"""An index brought back into step with the record: passages taken out, folders built anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from knowledge.errors import Damaged, FolderUnusable
from knowledge.memory import give_back_memory
from knowledge.storing import fingerprints, generations, pouring
from knowledge.storing.generations import Generation

if TYPE_CHECKING:
    from knowledge.storing.index import Index

SAMPLE = 8
"""Passages that must find themselves before an index that was written to is trusted again."""


def withdraw(index: Index, generation: Generation, ids: Sequence[str]) -> None:
    """Delete passages from a generation's vectors and words; build both anew if unsound.

    Their vectors' bytes stay in Chroma's files until the folder is built anew,
    and are counted as waiting.
    """
    try:
        with open_for_writing(index, generation) as (vectors, words):
            held = set(ids) & vectors.ids()
            vectors.delete(sorted(held))
            with pouring.words_in_plain_words(index.home):
                words.delete(list(ids))
                words.commit()
        with index.store.write() as connection:
            connection.execute(
                "UPDATE generations SET waiting = waiting + ? WHERE number = ?",
                (len(held), generation.number),
            )
        sound = is_sound(index, generation, without=frozenset(ids))
    except (Damaged, FolderUnusable):
        # On a full disk building anew fails too, and the next start tries again.
        sound = False
    if sound:
        fingerprints.record(index.store, generation)
    else:
        renew(index, generation, verb="recover")


@contextmanager
def open_for_writing(index: Index, generation: Generation) -> Iterator[tuple[Any, Any]]:
    """A generation's vectors and words as they are on disk now; let go of at the end."""
    vectors, words = index.opened(generation)
    try:
        yield vectors, words
    finally:
        words.rollback()
        vectors.shut()
        give_back_memory()


def is_sound(index: Index, generation: Generation, without: frozenset[str] = frozenset()) -> bool:
    """Whether `fault` finds nothing."""
    return fault(index, generation, without) is None


def fault(
    index: Index, generation: Generation, without: frozenset[str] = frozenset()
) -> str | None:
    """What is wrong with a generation's vectors and words, in words; None if they are sound.

    They must hold just the generation's passages, all within reach, and a few must find themselves.
    """
    store = index.store
    expected = {
        row[0]
        for row in store.rows(
            "SELECT p.id FROM members m JOIN passages p ON p.number = m.passage "
            "JOIN documents d ON d.number = p.document "
            "WHERE m.generation = ? AND d.state = 'current'",
            (generation.number,),
        )
    } - without
    try:
        with open_for_writing(index, generation) as (vectors, words):
            for name, held in (("vectors", vectors.ids()), ("words", words.ids())):
                if held != expected:
                    lacking, too_many = len(expected - held), len(held - expected)
                    return f"the {name} lack {lacking} passages and have {too_many} too many"
            if lost := len(vectors.unreached()):
                return f"{lost} passages are among the vectors and found by no query"
            sample = sorted(expected)[:: max(1, len(expected) // SAMPLE)][:SAMPLE]
            ids, matrix = store.vectors(generation.card.key, sample)
            for id, row in zip(ids, matrix, strict=True):
                found = vectors.query(row, 1)
                # Another passage of the same text is as near.
                if not found or found[0][1] < 0.999:
                    return f"passage {id} is not found by its own vector"
    except (Damaged, FolderUnusable, OSError, ValueError) as error:
        return str(error)
    return None


def renew(index: Index, generation: Generation, *, verb: str) -> None:
    """Build the folders of a generation anew from the record, switch to them, drop the old ones."""
    store = index.store
    vectors, words = pouring.rebuild(store, index.making, index.encoders, generation, verb=verb)
    point_to(index, generation, vectors, words)
    generations.drop_unused_folders(store, generation.library)


def point_to(index: Index, generation: Generation, vectors: int, words: int) -> None:
    """Make a generation use other folders, by one update."""
    with index.store.write() as connection:
        connection.execute(
            "UPDATE generations SET vectors = ?, words = ?, "
            "waiting = CASE WHEN vectors = ? THEN waiting ELSE 0 END WHERE number = ?",
            (vectors, words, vectors, generation.number),
        )
        connection.execute("DELETE FROM fingerprints WHERE generation = ?", (generation.number,))
        generations.raise_sequence(connection, generation.library)
    switched = generations.get(index.store, generation.number)
    assert switched is not None
    fingerprints.record(index.store, switched)
