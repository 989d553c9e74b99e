"""What a language model may cost: counted before each call, settled after it.

A file of its own (`budgets.sqlite3` in the data folder) that several processes share.
The upper bound is reserved in one transaction before the call, so that twenty asks at
once cannot pass a limit together; a reservation whose process died stays and counts as
spent. A day is a day of UTC.
"""

from __future__ import annotations

import datetime
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import FolderUnusable

FILE = "budgets.sqlite3"
KEEP_DAYS = 35
"""Days for which figures stay; who asked is forgotten when the day has passed."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY,
    day TEXT NOT NULL,
    member TEXT NOT NULL,
    model TEXT NOT NULL,
    answers INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cost REAL NOT NULL,
    settled INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS calls_by_day ON calls (day, member);
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a day; 0 is no limit."""

    answers: int = 0
    member_answers: int = 0
    tokens: int = 0
    """Input and output together."""
    member_tokens: int = 0
    cost: float = 0.0
    """In the currency of the prices."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of a million tokens; 0 is unknown."""

    input: float = 0.0
    output: float = 0.0

    def cost(self, input_tokens: int, output_tokens: int) -> float:
        """Return what so many tokens cost."""
        return (input_tokens * self.input + output_tokens * self.output) / 1_000_000


@dataclass(frozen=True, slots=True)
class Bound:
    """The most that one call can take."""

    input_tokens: int
    output_tokens: int
    answers: int = 1
    """1 for a member's answer; 0 for a further attempt at it, or a rewriting."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What was taken on a day."""

    answers: int
    input_tokens: int
    output_tokens: int
    cost: float


class Budgets:
    """The account of one data folder. Safe to use from several threads and processes."""

    def __init__(self, home: Path, limits: Limits, prices: Prices) -> None:
        """Open the account, making its file on first use. Raises FolderUnusable."""
        self._path = home / FILE
        self._limits = limits
        self._prices = prices
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = not self._path.exists()
            with self._open() as database:
                database.execute("PRAGMA journal_mode=WAL")
                database.executescript(_SCHEMA)
            if new:
                self._path.chmod(0o600)
        except (OSError, sqlite3.Error) as error:
            raise FolderUnusable(
                f"{self._path.name} in the data folder cannot be written: model answers are not "
                "counted and therefore not given. Check the folder's permissions and free space."
            ) from error

    def reserve(self, member: str | None, model: str, bound: Bound) -> int | str:
        """Reserve the most a call can take, before it is made.

        Returns the number of the reservation, or which limit would be passed: "today's
        answers", "this member's answers", "today's tokens", "this member's tokens" or
        "today's cost". `member` is any text that tells members apart; only its hash is kept.
        """
        day, who = _today(), _hidden(member)
        cost = self._prices.cost(bound.input_tokens, bound.output_tokens)
        tokens = bound.input_tokens + bound.output_tokens
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            _forget(database, day)
            all_day = _sums(database, "day = ?", (day,))
            own = _sums(database, "day = ? AND member = ?", (day, who)) if who else Usage(0, 0, 0, 0)  # fmt: skip  # noqa: E501
            passed = self._passed(all_day, own, bound.answers, tokens, cost, known=bool(who))
            if passed:
                database.execute("ROLLBACK")
                return passed
            row = database.execute(
                "INSERT INTO calls (day, member, model, answers, input_tokens, output_tokens, cost)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (day, who, model, bound.answers, bound.input_tokens, bound.output_tokens, cost),
            )
            database.execute("COMMIT")
            return int(row.lastrowid or 0)

    def _passed(
        self, day: Usage, own: Usage, answers: int, tokens: int, cost: float, *, known: bool
    ) -> str | None:
        limits = self._limits
        checks = (
            (limits.answers, day.answers + answers, answers, "today's answers"),
            (limits.member_answers if known else 0, own.answers + answers, answers, "this member's answers"),  # noqa: E501
            (limits.tokens, day.input_tokens + day.output_tokens + tokens, tokens, "today's tokens"),  # noqa: E501
            (limits.member_tokens if known else 0, own.input_tokens + own.output_tokens + tokens, tokens, "this member's tokens"),  # noqa: E501
            (limits.cost, day.cost + cost, cost, "today's cost"),
        )  # fmt: skip
        for limit, wanted, part, name in checks:
            if limit and part and wanted > limit:
                return name
        return None

    def settle(self, reservation: int, input_tokens: int, output_tokens: int) -> None:
        """Put what a call really took in the place of its reservation."""
        cost = self._prices.cost(input_tokens, output_tokens)
        with self._open() as database:
            database.execute(
                "UPDATE calls SET input_tokens = ?, output_tokens = ?, cost = ?, settled = 1"
                " WHERE id = ?",
                (input_tokens, output_tokens, cost, reservation),
            )

    def release(self, reservation: int) -> None:
        """Take a reservation back: the provider refused the call and bills nothing."""
        with self._open() as database:
            database.execute("DELETE FROM calls WHERE id = ?", (reservation,))

    def used(self, member: str | None = None) -> Usage:
        """Return what was reserved or spent today, by one member or by all."""
        with self._open() as database:
            if member is None:
                return _sums(database, "day = ?", (_today(),))
            return _sums(database, "day = ? AND member = ?", (_today(), _hidden(member)))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # Autocommit: each caller says where its transaction begins. A reservation must
        # outlive a kill -9 of this process, which WAL with synchronous=NORMAL does.
        database = sqlite3.connect(self._path, timeout=10.0, isolation_level=None)
        try:
            database.execute("PRAGMA synchronous=NORMAL")
            yield database
        finally:
            database.close()


def _today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def _hidden(member: str | None) -> str:
    return hashlib.sha256(f"footnote {member}".encode()).hexdigest()[:24] if member else ""


def _forget(database: sqlite3.Connection, day: str) -> None:
    oldest = datetime.date.fromisoformat(day) - datetime.timedelta(days=KEEP_DAYS)
    database.execute("DELETE FROM calls WHERE day < ?", (oldest.isoformat(),))
    database.execute("UPDATE calls SET member = '' WHERE day < ? AND member != ''", (day,))


def _sums(database: sqlite3.Connection, where: str, values: tuple[str, ...]) -> Usage:
    row = database.execute(
        "SELECT coalesce(sum(answers), 0), coalesce(sum(input_tokens), 0),"
        f" coalesce(sum(output_tokens), 0), coalesce(sum(cost), 0) FROM calls WHERE {where}",
        values,
    ).fetchone()
    return Usage(int(row[0]), int(row[1]), int(row[2]), float(row[3]))
