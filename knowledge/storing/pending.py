"""Work that was begun, as rows that outlive a crash: see `recovery` for what becomes of them."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from knowledge.storing.journal import now


def begin(
    connection: sqlite3.Connection, verb: str, library: int | None, facts: dict[str, Any]
) -> int:
    """Write down, within the caller's transaction, what is about to be done."""
    made = connection.execute(
        "INSERT INTO pending (verb, library, facts, begun_at) VALUES (?, ?, ?, ?)",
        (verb, library, json.dumps(facts), now()),
    )
    assert made.lastrowid is not None
    return made.lastrowid


def turn(connection: sqlite3.Connection, number: int, verb: str, facts: dict[str, Any]) -> None:
    """Go on to the next stage of the same work, within the caller's transaction."""
    connection.execute(
        "UPDATE pending SET verb = ?, facts = ? WHERE number = ?", (verb, json.dumps(facts), number)
    )


def end(connection: sqlite3.Connection, number: int) -> None:
    """The work is done, within the caller's transaction."""
    connection.execute("DELETE FROM pending WHERE number = ?", (number,))
