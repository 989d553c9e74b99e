"""The files that documents came from, byte for byte, named by their SHA-256."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from knowledge.errors import Damaged
from knowledge.storing.database import Database, in_plain_words

FOLDER = "originals"


def path_of(home: Path, digest: str) -> Path:
    """Where the bytes with that SHA-256 (hex) are kept."""
    return home / FOLDER / digest[:2] / digest


def keep(home: Path, data: bytes) -> str:
    """Write `data`, whole or not at all, and give its SHA-256 in hex."""
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(home, digest)
    with in_plain_words(home):
        if path.exists() and path.stat().st_size == len(data):
            return digest
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, data)
    return digest


def read(home: Path, digest: str) -> bytes:
    """The bytes of an original. Raises Damaged if they are gone or not what they were."""
    path = path_of(home, digest)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Damaged(f"{path}: the original file is missing. Restore it from a backup.") from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise Damaged(f"{path}: the original file is damaged. Restore it from a backup.")
    return data


def all_kept(home: Path) -> Iterator[Path]:
    """Every file in the folder of originals, half-written ones too."""
    for path in sorted((home / FOLDER).glob("*/*")):
        if path.is_file():
            yield path


def drop_unused(store: Database, digests: Iterable[str] | None = None) -> int:
    """Delete those originals (all, if None) that no document has, and say how many."""
    paths = (
        list(all_kept(store.home))
        if digests is None
        else [path_of(store.home, digest) for digest in digests]
    )
    dropped = 0
    with in_plain_words(store.home):
        for path in paths:
            used = store.value("SELECT 1 FROM sources WHERE original = ?", (path.name,))
            if used is None and path.exists():
                path.unlink()
                dropped += 1
            _beside(path).unlink(missing_ok=True)
    return dropped


def write_whole(path: Path, data: bytes) -> None:
    """Write a file beside its place, sync it, and move it there: whole or not at all."""
    beside = _beside(path)
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_folder(path.parent)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def sync_folder(folder: Path) -> None:
    """Make new names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
