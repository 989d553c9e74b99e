"""Size and hash of an index's files, as the last commit left them, to find damage by.

Chroma's SQLite file changes when it is merely opened, and so do the files of a
collection that has not reached Chroma's first thousand rows (seen in 1.5.9,
November 2026): they are made again from its log. Of these only presence counts;
`doctor` asks Chroma what is in them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import xxhash

from knowledge.storing import generations
from knowledge.storing.database import Database
from knowledge.storing.generations import Generation

SETTLED = "index_metadata.pickle"
"""Chroma writes it beside the files of a collection once these are more than a copy of its log."""
BLAKE_BYTES = 16
PASSING = frozenset({"chroma.sqlite3-journal", ".tantivy-writer.lock", ".tantivy-meta.lock"})
"""Files that come and go with a writer or a reader."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One file of an index."""

    path: str
    """Relative to the generation's folder."""
    size: int
    """In bytes."""
    changed: int
    hash: bytes


def take(home: Path, generation: Generation, known: dict[str, Fingerprint]) -> list[Fingerprint]:
    """The fingerprints of a generation's files; those unchanged since `known` are not read."""
    base = generations.folder(home, generation)
    found = []
    for path in _files(home, generation):
        name = path.relative_to(base).as_posix()
        size, changed = path.stat().st_size, path.stat().st_mtime_ns
        if _is_restless(path):
            found.append(Fingerprint(name, 0, 0, b""))
            continue
        before = known.get(name)
        if before is not None and (before.size, before.changed) == (size, changed):
            found.append(before)
        else:
            found.append(Fingerprint(name, size, changed, hash_of(path)))
    return found


def stored(store: Database, generation: Generation) -> dict[str, Fingerprint]:
    """The fingerprints of the last commit, by path."""
    rows = store.rows(
        "SELECT path, bytes, changed, hash FROM fingerprints WHERE generation = ?",
        (generation.number,),
    )
    return {row[0]: Fingerprint(*row) for row in rows}


def record(store: Database, generation: Generation) -> None:
    """Take and keep the fingerprints of a generation; only changed rows are written."""
    known = stored(store, generation)
    taken = {one.path: one for one in take(store.home, generation, known)}
    changed = [one for path, one in taken.items() if known.get(path) != one]
    gone = [path for path in known if path not in taken]
    if not changed and not gone:
        return
    with store.write() as connection:
        connection.executemany(
            "DELETE FROM fingerprints WHERE generation = ? AND path = ?",
            [(generation.number, path) for path in gone],
        )
        connection.executemany(
            "INSERT OR REPLACE INTO fingerprints VALUES (?, ?, ?, ?, ?)",
            [(generation.number, o.path, o.size, o.changed, o.hash) for o in changed],
        )


def differences(store: Database, generation: Generation) -> list[str]:
    """The files that are missing, or not as the last commit left them, in order of path."""
    base = generations.folder(store.home, generation)
    wrong = []
    for path, known in sorted(stored(store, generation).items()):
        file = base / path
        try:
            right = known.hash == b"" or (
                file.stat().st_size == known.size and hash_of(file, known.hash) == known.hash
            )
            if not right or not file.exists():
                wrong.append(path)
        except OSError:
            wrong.append(path)
    return wrong


def hash_of(path: Path, like: bytes = b"") -> bytes:
    """XXH3-64 of a file's bytes, read a piece at a time; BLAKE2b-128 where `like` is one.

    Against damage, not against forgers: whoever may write here may write the record, too.
    Every process hashes an index when it first opens it, and every addition what it changed:
    300 MB in 31 ms with XXH3 and 520 with BLAKE2b, which older records hold (our measurement,
    November 2026).
    """
    begin = _blake if len(like) == BLAKE_BYTES else xxhash.xxh3_64
    with path.open("rb") as file:
        return hashlib.file_digest(file, begin).digest()


def _blake() -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=BLAKE_BYTES)


def _is_restless(path: Path) -> bool:
    if path.name == "chroma.sqlite3":
        return True
    return path.suffix == ".bin" and not (path.parent / SETTLED).exists()


def _files(home: Path, generation: Generation) -> Iterator[Path]:
    for folder in (
        generations.vectors_folder(home, generation),
        generations.words_folder(home, generation),
    ):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name not in PASSING:
                yield path
