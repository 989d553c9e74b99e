"""The SQLite file of the record: connections, transactions, faults in plain words.

A read opens no transaction that lasts: rows are fetched whole, so that the log
can be truncated between any two questions. Everything that writes does so
within `write`, which takes SQLite's own write lock at once.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from knowledge.errors import Busy, Damaged, FolderUnusable, NewerFolder
from knowledge.storing import schema

FILE = "record.sqlite3"
BUSY_SECONDS = 30.0
"""How long SQLite waits for another process's transaction; ours last milliseconds."""
PAGE_BYTES = 8192
"""Five vectors of 384 floats a page, where 4,096 would hold two."""
MAX_VARIABLES = 900
"""Question marks a statement: old builds of SQLite stop at 999."""

Row = sqlite3.Row


class Database:
    """Connections to `home/record.sqlite3`, one a thread."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / FILE
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._guard = threading.Lock()

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._guard:
            opened, self._opened = self._opened, []
        for connection in opened:
            connection.close()
        self._local = threading.local()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query, fetched at once."""
        with in_plain_words(self.home):
            found: list[Row] = self._connection().execute(sql, values).fetchall()
        return found

    def by_key(self, keys: Sequence[Any], sql: str, *first: Any) -> Iterator[tuple[Any, Any]]:
        """The first two columns of a query over many keys, some keys at a time.

        `sql` has {} where the marks of the keys go, after those of the values in `first`.
        """
        for part in in_parts(keys):
            for row in self.rows(sql.format(marks(part)), (*first, *part)):
                yield row[0], row[1]

    def row(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        """The first row of a query; None if there is none."""
        found = self.rows(sql, values)
        return found[0] if found else None

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first column of the first row; None if there is none."""
        found = self.row(sql, values)
        return found[0] if found else None

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction for a `with` block: committed whole at its end, or nothing of it."""
        with in_plain_words(self.home):
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # SQLite has rolled back by itself after some faults, as on a full disk.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def truncate_log(self, wait_seconds: float) -> bool:
        """Empty the write-ahead log, waiting for readers; False if one kept it in use."""
        with in_plain_words(self.home):
            connection = self._connection()
            connection.execute(f"PRAGMA busy_timeout = {int(wait_seconds * 1000)}")
            try:
                busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        return not busy

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = connect(self.path)
            self._local.connection = found
            with self._guard:
                self._opened.append(found)
        return found


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit, with our pragmas. Makes the file if it is not there."""
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    # A text with a damaged byte is read all the same: its checksum says which document it is.
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    try:
        for pragma in (
            f"page_size = {PAGE_BYTES}",
            "journal_mode = WAL",
            "synchronous = FULL",
            # Deleted text is overwritten with zeros, not merely forgotten.
            "secure_delete = ON",
            "foreign_keys = ON",
            # No text in temporary files.
            "temp_store = MEMORY",
            "journal_size_limit = 4194304",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except UnicodeDecodeError as error:  # SQLite names what is damaged by its damaged name
        connection.close()
        raise Damaged(_damaged(path, "its tables cannot be read")) from error
    except BaseException:
        connection.close()
        raise
    return connection


def is_lost(home: Path) -> bool:
    """Whether the file is not there, or empty, in a folder that has held documents.

    A new one in its place would be a record that answers nothing and says nothing.
    """
    files = (home / FILE, home / f"{FILE}-wal")
    if any(file.exists() and file.stat().st_size for file in files):
        return False
    return any(True for name in ("originals", "libraries") for _ in (home / name).glob("*/*"))


def version(database: Database) -> int:
    """The version of the file's tables; 0 for an empty file."""
    return int(database.value("PRAGMA user_version"))


def is_older(database: Database) -> bool:
    """Whether the tables must be made or migrated. Raises NewerFolder if they are newer."""
    found = version(database)
    if found > schema.VERSION:
        raise NewerFolder(
            f"{database.home}: written by a newer version of Footnote (layout {found}, "
            f"this one reads up to {schema.VERSION}). Install the newer version again, "
            "or restore the backup made before the upgrade."
        )
    return found < schema.VERSION


def migrate(database: Database) -> None:
    """Make the tables, or bring those of an older version up to ours, in one transaction."""
    with database.write() as connection:
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found == 0:
            schema.create(connection)
        elif found < schema.VERSION:
            schema.migrate(connection, found)


@contextmanager
def in_plain_words(home: Path) -> Iterator[None]:
    """Turn the faults of SQLite and of the file system into a StoreError with a next step."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise Busy(
                f"{home}: another process is writing to the record. Try again in a minute."
            ) from error
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise Damaged(_damaged(home / FILE, str(error))) from error
        if code in (
            sqlite3.SQLITE_FULL,
            sqlite3.SQLITE_IOERR,
            sqlite3.SQLITE_READONLY,
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_PERM,
        ):
            raise FolderUnusable(unusable(home, str(error))) from error
        raise
    except OSError as error:
        if error.errno in WRITING_FAILED:
            raise FolderUnusable(unusable(home, error.strerror or str(error))) from error
        raise


def _damaged(path: Path, reason: str) -> str:
    return (
        f"{path}: the file is damaged ({reason}). Restore a backup into an empty folder: "
        "footnote restore FILE"
    )


WRITING_FAILED = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.EIO,
        errno.EMFILE,
        errno.ENOENT,
        errno.ENOTDIR,
    }
)


def unusable(home: Path, reason: str) -> str:
    """The sentence for a folder that cannot be read or written, with what to look at."""
    try:
        room = os.statvfs(home)
        free = f", {room.f_bavail * room.f_frsize / 1e6:,.0f} MB free"
    except OSError:
        free = ""
    return (
        f"{home}: the data folder cannot be used ({reason}{free}). What was in the record is as "
        "it was. Check free space and permissions, then repeat the command."
    )


def marks(values: Sequence[Any]) -> str:
    """As many question marks as values, for `IN (...)`."""
    return ",".join("?" * len(values))


def in_parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """`values` in order, as many at a time as a statement may hold."""
    for start in range(0, len(values), MAX_VARIABLES):
        yield values[start : start + MAX_VARIABLES]
