"""The tables of the record, with their version, and the steps from one version to the next."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

VERSION = 3
"""Kept in SQLite's user_version. Raised with every change below, with a step in MIGRATIONS."""

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;

CREATE TABLE libraries (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    live INTEGER,               -- the generation that answers
    previous INTEGER,           -- the one that `reindex --rollback` returns to
    sequence INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE models (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, card TEXT NOT NULL);

CREATE TABLE generations (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    library INTEGER NOT NULL REFERENCES libraries,
    model INTEGER NOT NULL REFERENCES models,
    state TEXT NOT NULL,        -- building | live | kept
    vectors INTEGER NOT NULL,   -- number of the folder v<n>; 0: none, to be built before use
    words INTEGER NOT NULL,     -- number of the folder w<n>; 0 as above
    waiting INTEGER NOT NULL DEFAULT 0,  -- vectors out of use whose bytes are still in v<n>
    stale INTEGER NOT NULL DEFAULT 0,    -- building only: a removed document is in its folders
    made_at TEXT NOT NULL
);

CREATE TABLE documents (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    library INTEGER NOT NULL REFERENCES libraries,
    state TEXT NOT NULL,        -- adding | current | old | removing
    text TEXT NOT NULL,
    checksum BLOB NOT NULL,     -- SHA-256 of the text
    title TEXT, publisher TEXT, author TEXT, addressee TEXT, date TEXT, modified TEXT,
    kind TEXT NOT NULL, url TEXT,
    source TEXT NOT NULL,
    format TEXT NOT NULL,
    excerpt INTEGER NOT NULL,
    added_at TEXT NOT NULL,
    sections TEXT NOT NULL, set_aside TEXT NOT NULL, dates TEXT NOT NULL, warnings TEXT NOT NULL,
    replaced_by TEXT, replaced_on TEXT,  -- another document that takes its place in the world
    newer TEXT, newer_on TEXT,           -- the version of this page that was fetched later
    signature BLOB                       -- for finding near-copies
);
-- All that filters look at: what is behind the text in a row is slow to come by.
CREATE INDEX documents_by_filters ON documents
    (library, state, publisher, kind, date, newer, newer_on, replaced_by, replaced_on);
CREATE INDEX documents_by_url ON documents (library, url);

CREATE TABLE sources (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    source TEXT NOT NULL,
    url TEXT,
    original TEXT,              -- SHA-256 of the bytes kept in originals/
    bytes INTEGER,
    media_type TEXT, etag TEXT, last_modified TEXT,
    added_at TEXT NOT NULL,
    PRIMARY KEY (document, source)
);
CREATE INDEX sources_by_original ON sources (original);

CREATE TABLE links (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    other INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    likeness REAL NOT NULL,
    PRIMARY KEY (document, other)
) WITHOUT ROWID;
CREATE INDEX links_by_other ON links (other);

CREATE TABLE glossary (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    short TEXT NOT NULL,
    long TEXT NOT NULL
);
CREATE INDEX glossary_by_document ON glossary (document);

CREATE TABLE passages (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    locator TEXT,
    text TEXT NOT NULL,
    hash BLOB NOT NULL          -- of the text: with the model, the key of its vector
);
CREATE INDEX passages_by_document ON passages (document);
CREATE INDEX passages_by_hash ON passages (hash);

CREATE TABLE passage_terms (
    passage INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE,
    terms BLOB NOT NULL
);

-- Which passages a generation is made of: models of other windows cut texts differently.
CREATE TABLE members (
    generation INTEGER NOT NULL REFERENCES generations ON DELETE CASCADE,
    passage INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE,
    PRIMARY KEY (generation, passage)
) WITHOUT ROWID;
CREATE INDEX members_by_passage ON members (passage);

-- Which documents are wholly in a generation: vectors, words and all.
CREATE TABLE coverage (
    generation INTEGER NOT NULL REFERENCES generations ON DELETE CASCADE,
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    PRIMARY KEY (generation, document)
) WITHOUT ROWID;
CREATE INDEX coverage_by_document ON coverage (document);

CREATE TABLE embeddings (
    number INTEGER PRIMARY KEY,
    model INTEGER NOT NULL REFERENCES models,
    hash BLOB NOT NULL,
    vector BLOB NOT NULL,       -- little-endian float32
    UNIQUE (model, hash)
);
CREATE INDEX embeddings_by_hash ON embeddings (hash);

-- The states of a text's word pieces, small, for late interaction; not every text has them.
CREATE TABLE states (
    embedding INTEGER PRIMARY KEY REFERENCES embeddings ON DELETE CASCADE,
    states BLOB NOT NULL        -- int8, see states.py
);

-- Size and hash of the files of an index, as the last commit left them.
CREATE TABLE fingerprints (
    generation INTEGER NOT NULL REFERENCES generations ON DELETE CASCADE,
    path TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    changed INTEGER NOT NULL,   -- modification time in nanoseconds
    hash BLOB NOT NULL,
    PRIMARY KEY (generation, path)
) WITHOUT ROWID;

-- Work that was begun: finished or undone at the next start.
CREATE TABLE pending (
    number INTEGER PRIMARY KEY,
    verb TEXT NOT NULL,         -- add | drop | remove | clean | truncate
    library INTEGER,
    facts TEXT NOT NULL,        -- JSON
    begun_at TEXT NOT NULL
);

CREATE TABLE journal (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    verb TEXT NOT NULL,
    library TEXT,
    document TEXT,
    detail TEXT
);
CREATE TRIGGER journal_is_append_only BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_forgets_nothing BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
"""


def _add_states(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE TABLE states (embedding INTEGER PRIMARY KEY "
        "REFERENCES embeddings ON DELETE CASCADE, states BLOB NOT NULL)"
    )


def _index_filters(connection: sqlite3.Connection) -> None:
    connection.execute("DROP INDEX documents_by_library")
    connection.execute(
        "CREATE INDEX documents_by_filters ON documents "
        "(library, state, publisher, kind, date, newer, newer_on, replaced_by, replaced_on)"
    )


MIGRATIONS: dict[int, Callable[[sqlite3.Connection], None]] = {1: _add_states, 2: _index_filters}
"""By the version they start from: each brings the tables to the version after it."""


def create(connection: sqlite3.Connection) -> None:
    """Make all tables in an empty file, within the caller's transaction."""
    for statement in statements(TABLES):
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('sequence', 0)")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring the tables from `version` to VERSION, within the caller's transaction."""
    while version < VERSION:
        MIGRATIONS[version](connection)
        version += 1
        connection.execute(f"PRAGMA user_version = {version}")


def statements(script: str) -> list[str]:
    """The statements of a script; `executescript` would commit the caller's transaction."""
    found, rest = [], ""
    for line in script.splitlines(keepends=True):
        rest += line
        if sqlite3.complete_statement(rest):
            found.append(rest.strip())
            rest = ""
    return found
