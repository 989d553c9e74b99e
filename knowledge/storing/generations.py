"""Generations: one model's index of one library, as rows in the record and folders beside it.

`home/libraries/<key>/<generation>/v<n>` holds the vectors, `.../w<n>` the words.
A folder is never emptied in place: what must go is left out of a new folder,
one update of the row points to it, and the old one is deleted.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from knowledge.encoding.model_card import ModelCard
from knowledge.storing.database import Database, Row
from knowledge.storing.journal import now

FOLDER = "libraries"
_SELECT = (
    "SELECT g.number, l.name AS library, l.number AS library_number, g.model, m.card, g.state, "
    "g.vectors, g.words, g.waiting, g.stale, g.made_at FROM generations g "
    "JOIN libraries l ON l.number = g.library JOIN models m ON m.number = g.model "
)


@dataclass(frozen=True, slots=True)
class Generation:
    """A row of the table, with its library's name and its model's card."""

    number: int
    library: str
    library_number: int
    model: int
    card: ModelCard
    state: str
    """building | live | kept"""
    vectors: int
    """The number of its folder of vectors; 0: there is none, it is built before use."""
    words: int
    waiting: int
    """Vectors out of use whose bytes are still in the folder."""
    stale: bool
    made_at: str


def live(store: Database, library: str) -> Generation | None:
    """The generation that answers for a library; None before its first document."""
    return _one(store.row(_SELECT + "WHERE g.number = l.live AND l.name = ?", (library,)))


def previous(store: Database, library: str) -> Generation | None:
    """The generation that a rollback returns to, if one is kept."""
    return _one(store.row(_SELECT + "WHERE g.number = l.previous AND l.name = ?", (library,)))


def get(store: Database, number: int) -> Generation | None:
    """A generation by its number; None if there is none any more."""
    return _one(store.row(_SELECT + "WHERE g.number = ?", (number,)))


def all_of(store: Database, library: str | None = None) -> list[Generation]:
    """Every generation of a library, or of all, oldest first."""
    if library is None:
        rows = store.rows(_SELECT + "ORDER BY g.number")
    else:
        rows = store.rows(_SELECT + "WHERE l.name = ? ORDER BY g.number", (library,))
    return [_generation(row) for row in rows]


def begin(
    connection: sqlite3.Connection, library: str, card: ModelCard, state: str = "building"
) -> int:
    """Make a generation without folders within the caller's transaction, and give its number."""
    connection.execute("INSERT OR IGNORE INTO libraries (name) VALUES (?)", (library,))
    connection.execute(
        "INSERT INTO models (key, card) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET card = ?",
        (card.key, card.to_json(), card.to_json()),
    )
    made = connection.execute(
        "INSERT INTO generations (library, model, state, vectors, words, made_at) "
        "SELECT l.number, m.number, ?, 0, 0, ? FROM libraries l, models m "
        "WHERE l.name = ? AND m.key = ?",
        (state, now(), library, card.key),
    )
    assert made.lastrowid is not None
    return made.lastrowid


def raise_sequence(connection: sqlite3.Connection, library: str) -> int:
    """Tell readers that the library has changed, within the caller's transaction."""
    connection.execute("UPDATE meta SET value = value + 1 WHERE name = 'sequence'")
    connection.execute(
        "UPDATE libraries SET sequence = (SELECT value FROM meta WHERE name = 'sequence') "
        "WHERE name = ?",
        (library,),
    )
    return int(connection.execute("SELECT value FROM meta WHERE name = 'sequence'").fetchone()[0])


def library_folder(home: Path, library: str) -> Path:
    """The folder of a library's indexes. Its name is a hash: a library's name may be private."""
    digest = hashlib.sha256(library.encode()).digest()
    return home / FOLDER / base64.b32encode(digest).decode().lower()[:16]


def folder(home: Path, generation: Generation) -> Path:
    """The folder of a generation, with its v<n> and w<n>."""
    return library_folder(home, generation.library) / str(generation.number)


def vectors_folder(home: Path, generation: Generation) -> Path:
    """The folder of its vectors: `chroma`, and beside it what else is made by the model."""
    return folder(home, generation) / f"v{generation.vectors}"


def words_folder(home: Path, generation: Generation) -> Path:
    """The folder of its words."""
    return folder(home, generation) / f"w{generation.words}"


def drop_unused_folders(store: Database, library: str) -> int:
    """Delete every folder of a library that no row points to, and say how many.

    Only under the writer's lock, and not while a reindex is building.
    """
    home = store.home
    used = set()
    for generation in all_of(store, library):
        used |= {vectors_folder(home, generation), words_folder(home, generation)}
    dropped = 0
    for one in sorted(library_folder(home, library).glob("*")):
        inside = list(one.glob("*"))
        unused = [path for path in inside if path not in used]
        for path in unused:
            shutil.rmtree(path)
            dropped += 1
        if len(unused) == len(inside):
            one.rmdir()
    return dropped


def _one(row: Row | None) -> Generation | None:
    return None if row is None else _generation(row)


def _generation(row: Row) -> Generation:
    facts = dict(row) | {"card": ModelCard.from_json(row["card"]), "stale": bool(row["stale"])}
    return Generation(**facts)
