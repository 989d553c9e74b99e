"""SQLite, the truth: what the record holds, read with the libraries one may see.

Writing is done by the verbs beside this file (adding, removing, reindexing ...),
each in transactions of its own. Every read takes the libraries it may touch, and
a document of another library is unknown, not forbidden.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from knowledge.errors import (
    Damaged,
    DamagedDocument,
    FolderUnusable,
    UnknownDocument,
    UnknownLibrary,
    UsageError,
)
from knowledge.memory import overwrite_freed_memory
from knowledge.storing import database, schema
from knowledge.storing.database import Row, in_parts, marks
from knowledge.storing.lock import WriterLock
from knowledge.storing.passages import Passages
from knowledge.types import (
    DateMention,
    Document,
    Entry,
    Kind,
    Particulars,
    Section,
    SetAside,
)

PARTICULARS = ("title", "publisher", "author", "addressee", "date", "modified", "kind", "url")
COLUMNS = (
    "d.number, d.id, l.name AS library, d.state, d.title, d.publisher, d.author, d.addressee, "
    "d.date, d.modified, d.kind, d.url, d.source, d.format, d.excerpt, d.added_at, "
    "d.replaced_by, d.replaced_on, d.newer, d.newer_on"
)
TEXTS = ", d.text, d.checksum, d.sections, d.set_aside, d.dates"
FROM = "FROM documents d JOIN libraries l ON l.number = d.library"
_ID = re.compile(r"[a-z2-7]{1,12}")


class Store(Passages):
    """The record's SQLite file, opened, of the right version, readable by its owner only."""

    @classmethod
    def open(cls, home: Path, *, create: bool = True, wait_seconds: float = 30.0) -> Store:
        """The record in folder `home`, made if `create`.

        A record of an older version is brought up to ours, after an automatic backup
        in `home/backups`, under the writer's lock. Sets the process's umask to 077, and
        has freed memory overwritten: Chroma and tantivy make their files themselves.
        Raises FolderUnusable, NewerFolder, Damaged, or Busy while migrating.
        """
        os.umask(0o077)
        overwrite_freed_memory()
        with database.in_plain_words(home):
            if create:
                home.mkdir(parents=True, exist_ok=True, mode=0o700)
            elif not (home / database.FILE).exists():
                raise FolderUnusable(
                    f"{home}: there is no record here. Add a document: footnote add FILE"
                )
            if database.is_lost(home):
                raise Damaged(
                    f"{home / database.FILE}: the database is gone or empty, but files of its "
                    "documents are here. Restore a backup into an empty folder: footnote restore "
                    "FILE"
                )
        store = cls(home)
        try:
            if database.is_older(store):
                with WriterLock(home).held("an upgrade", wait_seconds):
                    store._migrate()
        except BaseException:
            store.close()
            raise
        return store

    def _migrate(self) -> None:
        version = database.version(self)
        if 0 < version < schema.VERSION:
            # Only here, and rarely: a backup needs much that reading does not.
            from knowledge.storing import backup

            folder = self.home / "backups"
            folder.mkdir(exist_ok=True, mode=0o700)
            backup.save(self, folder / f"before-layout-{schema.VERSION}.tar.gz")
        database.migrate(self)

    # --- Libraries and freshness ---

    def libraries(self) -> list[str]:
        """The names of all libraries that hold or held a document, in order. For the admin."""
        return [row[0] for row in self.rows("SELECT name FROM libraries ORDER BY name")]

    def sequence(self) -> int:
        """A number that every commit raises: equal numbers, equal content."""
        return int(self.value("SELECT value FROM meta WHERE name = 'sequence'"))

    def sequences(self, libraries: Sequence[str]) -> dict[str, int]:
        """The number as it was at each library's last commit; unknown ones are left out."""
        sql = f"SELECT name, sequence FROM libraries WHERE name IN ({marks(libraries)})"
        return {row[0]: row[1] for row in self.rows(sql, libraries)}

    # --- Documents ---

    def entries(self, library: str) -> list[Entry]:
        """The documents of a library, oldest first; former versions are left out.

        Raises UnknownLibrary if nothing was ever added to it.
        """
        if self.value("SELECT 1 FROM libraries WHERE name = ?", (library,)) is None:
            raise UnknownLibrary(f"{library}: there is no library of that name.")
        sql = f"SELECT {COLUMNS} {FROM} WHERE l.name = ? AND d.state = 'current' ORDER BY d.number"
        return self._as_entries(self.rows(sql, (library,)))

    def entries_by_id(self, ids: Sequence[str], libraries: Sequence[str]) -> dict[str, Entry]:
        """The current documents among `ids`, in those libraries, by id."""
        found: list[Row] = []
        for part in in_parts(ids):
            sql = (
                f"SELECT {COLUMNS} {FROM} WHERE d.state = 'current' "
                f"AND d.id IN ({marks(part)}) AND l.name IN ({marks(libraries)})"
            )
            found += self.rows(sql, (*part, *libraries))
        return {entry.id: entry for entry in self._as_entries(found)}

    def entry(self, id: str, libraries: Sequence[str]) -> Entry:
        """One document without its text, former versions too. Raises UnknownDocument."""
        return self._as_entries([self._document_row(id, libraries, COLUMNS)])[0]

    def document(self, id: str, libraries: Sequence[str]) -> Document:
        """A document with its text, former versions too.

        Raises UnknownDocument, or DamagedDocument if the text is not what was stored.
        """
        row = self._document_row(id, libraries, COLUMNS + TEXTS)
        return _with_text(self._as_entries([row])[0], row)

    def texts(self, entries: Sequence[Entry]) -> Iterator[Document]:
        """Current documents with their texts, in no order; what is gone by now is left out.

        Raises DamagedDocument at the first text that is not what was stored.
        """
        known = {entry.id: entry for entry in entries}
        for part in in_parts(list(known)):
            sql = (
                f"SELECT d.id {TEXTS} {FROM} WHERE d.state = 'current' AND d.id IN ({marks(part)})"
            )
            for row in self.rows(sql, part):
                yield _with_text(known[row["id"]], row)

    def resolve(self, prefix: str, libraries: Sequence[str]) -> str:
        """The one id that begins with `prefix`.

        Raises UnknownDocument if none does, UsageError if several do.
        """
        found: list[Row] = []
        if _ID.fullmatch(prefix.lower()):
            sql = (
                f"SELECT d.id {FROM} WHERE d.state IN ('current', 'old') AND d.id LIKE ? || '%' "
                f"AND l.name IN ({marks(libraries)}) LIMIT 2"
            )
            found = self.rows(sql, (prefix.lower(), *libraries))
        if not found:
            raise _unknown(prefix)
        if len(found) > 1:
            raise UsageError(
                f"{prefix}: several documents have ids that begin so. Give more of it."
            )
        return str(found[0]["id"])

    # --- Of whole libraries ---

    def glossary(self, libraries: Sequence[str]) -> list[tuple[str, str]]:
        """(short, long) pairs that the current documents of these libraries explain."""
        sql = (
            "SELECT g.short, g.long FROM glossary g JOIN documents d ON d.number = g.document "
            "JOIN libraries l ON l.number = d.library "
            f"WHERE d.state = 'current' AND l.name IN ({marks(libraries)}) ORDER BY g.rowid"
        )
        return [(row[0], row[1]) for row in self.rows(sql, libraries)]

    def signatures(self, library: str) -> dict[str, bytes]:
        """What near-copies are found by, of the current documents of a library, by id."""
        sql = f"SELECT d.id, d.signature {FROM} WHERE l.name = ? AND d.state = 'current'"
        return {row[0]: row[1] for row in self.rows(sql, (library,)) if row[1] is not None}

    # --- Inside ---

    def _document_row(self, id: str, libraries: Sequence[str], columns: str) -> Row:
        sql = (
            f"SELECT {columns} {FROM} WHERE d.id = ? AND d.state IN ('current', 'old') "
            f"AND l.name IN ({marks(libraries)})"
        )
        row = self.row(sql, (id, *libraries))
        if row is None:
            raise _unknown(id)
        return row

    def _as_entries(self, rows: Sequence[Row]) -> list[Entry]:
        numbers = [row["number"] for row in rows]
        passages: dict[int, int] = dict(
            self.by_key(
                numbers,
                "SELECT p.document, count(*) FROM passages p "
                "JOIN members m ON m.passage = p.number "
                "JOIN libraries l ON l.live = m.generation WHERE p.document IN ({}) "
                "GROUP BY p.document",
            )
        )
        sources = _grouped(
            self.by_key(
                numbers,
                "SELECT document, source FROM sources WHERE document IN ({}) ORDER BY rowid",
            )
        )
        linked = _grouped(
            self.by_key(
                numbers,
                "SELECT k.document, d.id FROM links k JOIN documents d ON d.number = k.other "
                "WHERE d.state = 'current' AND k.document IN ({}) ORDER BY k.likeness DESC",
            )
        )
        return [
            Entry(
                id=row["id"],
                library=row["library"],
                particulars=Particulars(
                    **{name: row[name] for name in PARTICULARS if name != "kind"},
                    kind=Kind(row["kind"]) if row["kind"] in _KINDS else Kind.OTHER,
                ),
                source=row["source"],
                passages=passages.get(row["number"], 0),
                added_at=row["added_at"],
                format=row["format"],
                excerpt=bool(row["excerpt"]),
                # A page that was fetched again is out of date, whatever was said of it before.
                replaced_by=row["newer"] or row["replaced_by"],
                replaced_on=row["newer_on"] or row["replaced_on"],
                sources=tuple(
                    source for source in sources.get(row["number"], ()) if source != row["source"]
                ),
                linked=tuple(linked.get(row["number"], ())),
            )
            for row in rows
        ]


_KINDS = frozenset(Kind)
"""Any other is damage: the doctor names it, and it must not keep the others from answering."""


def text_checksum(text: object) -> bytes:
    """SHA-256 of a document's text, stored beside it; none where damage has left no text."""
    return hashlib.sha256(text.encode()).digest() if isinstance(text, str) else b""


def _with_text(entry: Entry, row: Row) -> Document:
    """The document of a row with TEXTS. Raises DamagedDocument if they are not what was stored."""
    try:
        if text_checksum(row["text"]) != row["checksum"]:
            raise ValueError("not the text that was stored")
        return Document(
            entry=entry,
            text=row["text"],
            sections=tuple(Section(**facts) for facts in json.loads(row["sections"])),
            set_aside=tuple(SetAside(**facts) for facts in json.loads(row["set_aside"])),
            dates=tuple(DateMention(**facts) for facts in json.loads(row["dates"])),
        )
    except (AttributeError, TypeError, ValueError) as error:
        raise DamagedDocument(
            f"{entry.id}: the stored text is damaged and is not shown. Restore a backup, "
            f"or remove it and add it again: footnote remove {entry.id}",
            entry.id,
        ) from error


def _grouped(pairs: Iterable[tuple[int, str]]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    for number, value in pairs:
        found.setdefault(number, []).append(value)
    return found


def _unknown(id: str) -> UnknownDocument:
    return UnknownDocument(f"{id}: no document has that id. See them: footnote list")
