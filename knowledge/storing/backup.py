"""The record in one file and back: SQLite and the originals; indexes are built again from them.

The archive is a .tar.gz with `manifest.json` (layout, sizes and SHA-256 of every
member), `record.sqlite3` and `originals/<xx>/<sha256>`. Vectors travel in the
embedding cache, so a restored record needs no model to answer alike.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import shutil
import sqlite3
import tarfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from knowledge.errors import Damaged, FolderUnusable, NewerFolder
from knowledge.storing import database, generations, journal, mending, originals, schema
from knowledge.storing.database import FILE, in_plain_words
from knowledge.storing.store import Store

if TYPE_CHECKING:
    from knowledge.storing.index import Index

MANIFEST = "manifest.json"
MAX_MEMBERS = 1_000_000
MAX_BYTES = 1 << 40
"""1 TiB: an archive that says more is refused before anything is written."""
MAX_MANIFEST = 200_000_000
_MEMBER = re.compile(rf"{re.escape(FILE)}|{originals.FOLDER}/([0-9a-f]{{2}})/(\1[0-9a-f]{{62}})")
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds, or what was restored."""

    file: Path
    documents: int
    originals: int
    size: int
    """Of the archive, in bytes."""


def backup(index: Index, file: Path, *, wait_seconds: float | None = None) -> BackedUp:
    """Write the record to a new archive, while others read. Other writers wait.

    The file appears whole or not at all. Raises FolderUnusable, Busy, or
    Damaged if an original is not what it was.
    """
    with index.writing(wait_seconds):
        return save(index.store, file)


def save(store: Store, file: Path) -> BackedUp:
    """Write the archive; the caller holds the lock."""
    part = file.with_name(f"{file.name}.part")
    copy = file.with_name(f"{file.name}.sqlite3.part")
    try:
        with in_plain_words(file.parent):
            _copy_database(store, copy)
            digests = [
                row[0]
                for row in store.rows(
                    "SELECT DISTINCT original FROM sources WHERE original IS NOT NULL ORDER BY 1"
                )
            ]
            with part.open("wb") as raw:
                part.chmod(0o600)
                _write_archive(store, raw, copy, digests)
            part.replace(file)
            originals.sync_folder(file.resolve().parent)
    finally:
        part.unlink(missing_ok=True)
        copy.unlink(missing_ok=True)
    documents = store.value("SELECT count(*) FROM documents WHERE state = 'current'")
    return BackedUp(file, documents, len(digests), file.stat().st_size)


def _copy_database(store: Store, copy: Path) -> None:
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(store.path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        # A copy in one file: no log beside it.
        target.execute("PRAGMA journal_mode = DELETE")


def _write_archive(store: Store, raw: IO[bytes], copy: Path, digests: list[str]) -> None:
    home = store.home
    members = {FILE: copy}
    for digest in digests:
        path = originals.path_of(home, digest)
        members[path.relative_to(home).as_posix()] = path
    listing: dict[str, Any] = {}
    for name, path in members.items():
        listing[name] = {"bytes": path.stat().st_size, "sha256": _sha256(path)}
        if name != FILE and listing[name]["sha256"] != path.name:
            raise Damaged(f"{path}: the original is damaged. Look first: footnote doctor")
    manifest = {
        "format": 1,
        "layout": database.version(store),
        "made_at": journal.now(),
        "members": listing,
    }
    data = json.dumps(manifest).encode()
    with (
        gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        archive.addfile(_member(MANIFEST, len(data)), io.BytesIO(data))
        for name, path in members.items():
            with path.open("rb") as content:
                archive.addfile(_member(name, listing[name]["bytes"]), content)
    raw.flush()


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def unpack(file: Path, home: Path) -> BackedUp:
    """Write an archive's members into an empty folder, each checked; indexes are not there yet.

    Nothing is left behind if the archive is refused. Raises Damaged for one that is
    cut short, altered or not ours, NewerFolder, or FolderUnusable if `home` is not empty.
    """
    kept = {"models"}
    if home.exists() and any(path.name not in kept for path in home.iterdir()):
        raise FolderUnusable(
            f"{home}: the folder is not empty. Restore into an empty one, named by FOOTNOTE_HOME."
        )
    beside = home.with_name(f"{home.name}.restoring")
    shutil.rmtree(beside, ignore_errors=True)
    with in_plain_words(home):
        beside.mkdir(parents=True, mode=0o700)
    try:
        with in_plain_words(home):
            count = _read_archive(file, beside)
            with closing(sqlite3.connect(beside / FILE)) as copy:
                if copy.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                    raise _refused(file, "its database is damaged")
                documents = copy.execute(
                    "SELECT count(*) FROM documents WHERE state = 'current'"
                ).fetchone()[0]
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            # The database goes last: a folder without it is no record.
            for path in sorted(beside.iterdir(), key=lambda path: path.name == FILE):
                path.replace(home / path.name)
            originals.sync_folder(home)
    except sqlite3.DatabaseError as error:
        raise _refused(file, "its database is damaged") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return BackedUp(file, documents, count, file.stat().st_size)


def build_all(index: Index, *, actor: str) -> None:
    """Build the index of every library from a record that was just unpacked."""
    store = index.store
    with index.writing():
        with store.write() as connection:
            connection.execute("DELETE FROM generations WHERE state = 'building'")
            connection.execute("UPDATE generations SET vectors = 0, words = 0, waiting = 0")
            connection.execute("DELETE FROM fingerprints")
            journal.note(connection, actor, "restore")
        for one in generations.all_of(store):
            if one.state == "live":
                mending.renew(index, one, verb="restore")


def _read_archive(file: Path, target: Path) -> int:
    try:
        with gzip.open(file) as zipped, tarfile.open(fileobj=zipped, mode="r|") as archive:
            members = iter(archive)
            listing = _manifest(file, archive, next(members, None))
            seen = set()
            for member in members:
                facts = listing.get(member.name)
                if facts is None or not member.isreg() or member.name in seen:
                    raise _refused(file, f"it holds something that no backup has: {member.name!r}")
                content = archive.extractfile(member)
                assert content is not None
                _write_checked(file, content, target / member.name, facts)
                seen.add(member.name)
            # Reading to the very end checks gzip's own sum.
            while zipped.read(_PIECE):
                pass
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, ValueError, KeyError) as error:
        raise _refused(file, str(error) or type(error).__name__) from error
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise _refused(file, str(error)) from error
        raise
    if seen != set(listing):
        raise _refused(file, f"{len(set(listing) - seen)} of its files are missing")
    return len(seen) - 1


def _manifest(
    file: Path, archive: tarfile.TarFile, member: tarfile.TarInfo | None
) -> dict[str, dict[str, Any]]:
    if member is None or member.name != MANIFEST or not member.isreg():
        raise _refused(file, "it does not begin with a manifest")
    if member.size > MAX_MANIFEST:
        raise _refused(file, "its manifest is too long")
    content = archive.extractfile(member)
    assert content is not None
    manifest = json.loads(content.read())
    if manifest["format"] != 1 or manifest["layout"] > schema.VERSION:
        raise NewerFolder(
            f"{file}: this backup was made by a newer version of Footnote. Install that first."
        )
    listing: dict[str, dict[str, Any]] = manifest["members"]
    if len(listing) > MAX_MEMBERS or FILE not in listing:
        raise _refused(file, "it lists too many files, or no database")
    if any(not _MEMBER.fullmatch(name) for name in listing):
        raise _refused(file, "it lists a file that no backup has")
    if sum(int(facts["bytes"]) for facts in listing.values()) > MAX_BYTES:
        raise _refused(file, "it says it holds more than 1 TiB")
    return listing


def _write_checked(file: Path, content: IO[bytes], path: Path, facts: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as target:
        path.chmod(0o600)
        while piece := content.read(_PIECE):
            size += len(piece)
            if size > facts["bytes"]:
                break
            digest.update(piece)
            target.write(piece)
    if size != facts["bytes"] or digest.hexdigest() != facts["sha256"]:
        raise _refused(file, f"{path.name} is not what was backed up")


def _refused(file: Path, reason: str) -> Damaged:
    return Damaged(f"{file}: this backup is cut short or altered ({reason}). Nothing was restored.")


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
