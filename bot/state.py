"""What the bot remembers between two clicks and two starts: one SQLite file of its own.

Answers are kept 7 days under an opaque key and their message id, reports and gaps 30 days, bytes
waiting for a moderator's decision one hour. People appear as keyed hashes only; the key lies in
a file beside the database. Nothing here is part of the record. Synchronous and thread-safe; the
bot calls it from its one state thread.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.kept import KeptAnswer, Report, Server, read_server

DAY = 86_400.0
ANSWER_DAYS = 7
REPORT_DAYS = 30
CHANGE_DAYS = 7
PREVIEW_SECONDS = 3_600.0
LEFT_DAYS = 30

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers(
  key TEXT PRIMARY KEY, message INTEGER, channel INTEGER, guild INTEGER, asker TEXT NOT NULL,
  at REAL NOT NULL, body TEXT NOT NULL, pages TEXT NOT NULL DEFAULT '[]');
CREATE INDEX IF NOT EXISTS answers_message ON answers(message);
CREATE TABLE IF NOT EXISTS reports(
  id INTEGER PRIMARY KEY, guild INTEGER, kind TEXT NOT NULL, sender TEXT NOT NULL, at REAL NOT NULL,
  question TEXT NOT NULL, reason TEXT NOT NULL, note TEXT NOT NULL, answer TEXT, resolved REAL);
CREATE TABLE IF NOT EXISTS events(name TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS events_name ON events(name, at);
CREATE TABLE IF NOT EXISTS servers(guild INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS pseudonyms(person TEXT PRIMARY KEY, pseudonym TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS blocked(guild INTEGER, person TEXT, PRIMARY KEY(guild, person));
CREATE TABLE IF NOT EXISTS previews(
  key TEXT PRIMARY KEY, guild INTEGER, at REAL NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS changes(
  key TEXT PRIMARY KEY, guild INTEGER, at REAL NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class State:
    """The open file. Reads of server settings come from memory; everything else from SQLite."""

    def __init__(self, home: Path, now: Callable[[], float] = time.time) -> None:
        """Open or make `home/bot.sqlite3`, readable by its owner only."""
        self._now = now
        self._lock = threading.RLock()
        self._secret = _secret(home / "bot.key")
        path = home / "bot.sqlite3"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.close(descriptor)
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        # A power cut may lose the last second of limits and buttons; never the record.
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute("PRAGMA secure_delete=ON")
        self._database.executescript(_SCHEMA)
        rows = self._database.execute("SELECT guild, body FROM servers")
        self._servers = {guild: read_server(guild, body) for guild, body in rows}

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def _run(self, sql: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._database.execute(sql, values).fetchall()

    # --- people ---------------------------------------------------------------------------

    def person(self, user_id: int) -> str:
        """Give the keyed hash under which a person is kept."""
        return hmac.new(self._secret, str(user_id).encode(), hashlib.sha256).hexdigest()[:32]

    def pseudonym(self, user_id: int) -> str:
        """Give the name that the record's journal holds for a person; made at first need."""
        person = self.person(user_id)
        with self._lock:
            rows = self._run("SELECT pseudonym FROM pseudonyms WHERE person=?", person)
            if rows:
                return str(rows[0][0])
            made = f"moderator-{secrets.token_hex(4)}"
            self._run("INSERT INTO pseudonyms VALUES(?, ?)", person, made)
            return made

    def forget(self, user_id: int) -> int:
        """Erase everything kept about a person, at once; give the number of rows."""
        person = self.person(user_id)
        erased = 0
        with self._lock:
            for sql in (
                "DELETE FROM answers WHERE asker=?",
                "DELETE FROM reports WHERE sender=?",
                "DELETE FROM pseudonyms WHERE person=?",
            ):
                erased += self._database.execute(sql, (person,)).rowcount
            # Limits stay until their window ends, or forgetting would be a way around them;
            # they hold a hash and a time, at most a day old.
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return erased

    # --- answers --------------------------------------------------------------------------

    def keep_answer(self, answer: KeptAnswer) -> None:
        """Keep what an answer's buttons need, or replace what is kept under its key."""
        body = asdict(answer)
        self._run(
            "INSERT OR REPLACE INTO answers VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
            answer.key,
            answer.message,
            answer.channel,
            answer.guild,
            answer.asker,
            answer.at or self._now(),
            json.dumps(body),
            json.dumps(answer.pages),
        )

    def place_answer(self, key: str, channel: int, messages: Sequence[int]) -> None:
        """Remember in which messages an answer stands; the last one holds the buttons."""
        *pages, last = messages
        sql = "UPDATE answers SET message=?, channel=?, pages=? WHERE key=?"
        self._run(sql, last, channel, json.dumps(pages), key)

    def answer(self, key: str) -> KeptAnswer | None:
        """Give a kept answer by its key; None if unknown or older than 7 days."""
        return self._answer("key=?", key)

    def answer_at(self, message: int) -> KeptAnswer | None:
        """Give the kept answer that stands in a message."""
        return self._answer("message=?", message)

    def _answer(self, where: str, value: Any) -> KeptAnswer | None:
        oldest = self._now() - ANSWER_DAYS * DAY
        sql = (
            f"SELECT body, message, channel, at, pages FROM answers WHERE {where} AND at>? LIMIT 1"
        )
        rows = self._run(sql, value, oldest)
        if not rows:
            return None
        body, message, channel, at, pages = rows[0]
        fields = json.loads(body) | {"message": message, "channel": channel, "at": at}
        fields["pages"] = tuple(json.loads(pages))
        for name in ("libraries", "citations", "related"):
            fields[name] = tuple(fields[name])
        fields["history"] = tuple((role, text) for role, text in fields["history"])
        return KeptAnswer(**fields)

    def drop_answer(self, key: str) -> None:
        self._run("DELETE FROM answers WHERE key=?", key)

    # --- limits ---------------------------------------------------------------------------

    def allow(self, name: str, limit: int, seconds: float) -> float:
        """Count an event unless `limit` of them happened within `seconds`.

        Gives 0.0 if it may happen, else the seconds until it may.
        """
        now = self._now()
        with self._lock:
            times = [
                row[0]
                for row in self._run(
                    "SELECT at FROM events WHERE name=? AND at>? ORDER BY at", name, now - seconds
                )
            ]
            if len(times) >= limit:
                return max(1.0, float(times[-limit]) + seconds - now)
            self._run("INSERT INTO events VALUES(?, ?)", name, now)
            return 0.0

    # --- reports and gaps -----------------------------------------------------------------

    def report(
        self,
        guild: int | None,
        kind: str,
        user_id: int,
        question: str,
        reason: str,
        note: str,
        answer: str | None,
    ) -> int | None:
        """Keep a report or a gap; None if its sender is blocked in that server."""
        sender = self.person(user_id)
        if self._run("SELECT 1 FROM blocked WHERE guild IS ? AND person=?", guild, sender):
            return None
        with self._lock:
            cursor = self._database.execute(
                "INSERT INTO reports(guild, kind, sender, at, question, reason, note, answer)"
                " VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
                (guild, kind, sender, self._now(), question, reason, note, answer),
            )
            return cursor.lastrowid

    def reports(self, guild: int) -> list[Report]:
        """Give a server's open reports and gaps, newest first."""
        rows = self._run(
            "SELECT id, kind, sender, at, question, reason, note, answer FROM reports"
            " WHERE guild=? AND resolved IS NULL AND at>? ORDER BY at DESC LIMIT 500",
            guild,
            self._now() - REPORT_DAYS * DAY,
        )
        return [Report(*row) for row in rows]

    def resolve(self, guild: int, ids: Iterable[int]) -> int:
        """Close reports of a server; give how many were open."""
        count = 0
        with self._lock:
            for number in ids:
                cursor = self._database.execute(
                    "UPDATE reports SET resolved=? WHERE id=? AND guild=? AND resolved IS NULL",
                    (self._now(), number, guild),
                )
                count += cursor.rowcount
        return count

    def sender(self, guild: int, number: int) -> str | None:
        rows = self._run("SELECT sender FROM reports WHERE guild=? AND id=?", guild, number)
        return str(rows[0][0]) if rows else None

    def block(self, guild: int, person: str) -> None:
        """Take no more reports of a person in a server."""
        self._run("INSERT OR IGNORE INTO blocked VALUES(?, ?)", guild, person)

    def erase_reports(self, guild: int, person: str) -> int:
        with self._lock:
            sql = "DELETE FROM reports WHERE guild=? AND sender=?"
            return self._database.execute(sql, (guild, person)).rowcount

    # --- servers --------------------------------------------------------------------------

    def server(self, guild: int) -> Server:
        """Give a server's choices; from memory, so that it may be asked anywhere."""
        return self._servers.get(guild) or Server(guild)

    def servers(self) -> list[Server]:
        return list(self._servers.values())

    def keep_server(self, server: Server) -> None:
        body = json.dumps(asdict(server))
        self._run("INSERT OR REPLACE INTO servers VALUES(?, ?)", server.guild, body)
        self._servers[server.guild] = server

    def drop_server(self, guild: int) -> None:
        """Erase everything kept for a server."""
        with self._lock:
            for table in ("servers", "answers", "reports", "blocked", "previews", "changes"):
                self._run(f"DELETE FROM {table} WHERE guild=?", guild)
            self._servers.pop(guild, None)

    # --- previews and changes ---------------------------------------------------------------

    def keep(self, table: str, key: str, guild: int, body: Mapping[str, Any]) -> None:
        """Keep a preview or a change under its opaque key."""
        assert table in ("previews", "changes")
        sql = f"INSERT OR REPLACE INTO {table} VALUES(?, ?, ?, ?)"
        self._run(sql, key, guild, self._now(), json.dumps(dict(body)))

    def kept(self, table: str, key: str, guild: int) -> dict[str, Any] | None:
        """Give a preview or a change of this server while it lasts."""
        assert table in ("previews", "changes")
        oldest = self._now() - (PREVIEW_SECONDS if table == "previews" else CHANGE_DAYS * DAY)
        sql = f"SELECT body, at FROM {table} WHERE key=? AND guild=? AND at>?"
        rows = self._run(sql, key, guild, oldest)
        return json.loads(rows[0][0]) | {"at": rows[0][1]} if rows else None

    def drop(self, table: str, key: str) -> None:
        assert table in ("previews", "changes")
        self._run(f"DELETE FROM {table} WHERE key=?", key)

    def changes(self, guild: int) -> list[dict[str, Any]]:
        """Give a server's changes of the last seven days, newest first."""
        sql = "SELECT key, body, at FROM changes WHERE guild=? AND at>? ORDER BY at DESC LIMIT 200"
        rows = self._run(sql, guild, self._now() - CHANGE_DAYS * DAY)
        return [json.loads(body) | {"key": key, "at": at} for key, body, at in rows]

    # --- housekeeping -----------------------------------------------------------------------

    def meta(self, name: str, value: str | None = None) -> str | None:
        """Read a note to ourselves, or write it."""
        if value is not None:
            self._run("INSERT OR REPLACE INTO meta VALUES(?, ?)", name, value)
            return value
        rows = self._run("SELECT value FROM meta WHERE name=?", name)
        return str(rows[0][0]) if rows else None

    def sweep(self) -> list[str]:
        """Erase what is past its time; give the keys of erased previews, whose bytes must go."""
        now = self._now()
        with self._lock:
            gone = self._run("SELECT key FROM previews WHERE at<=?", now - PREVIEW_SECONDS)
            self._run("DELETE FROM previews WHERE at<=?", now - PREVIEW_SECONDS)
            self._run("DELETE FROM answers WHERE at<=?", now - ANSWER_DAYS * DAY)
            self._run("DELETE FROM reports WHERE at<=?", now - REPORT_DAYS * DAY)
            self._run("DELETE FROM changes WHERE at<=?", now - CHANGE_DAYS * DAY)
            self._run("DELETE FROM events WHERE at<=?", now - DAY)
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return [str(row[0]) for row in gone]


def _secret(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        made = secrets.token_bytes(32)
        with os.fdopen(descriptor, "wb") as file:
            file.write(made)
        return made
