"""SQLite files that lie beside the record and belong to others: the bot's state, the budgets.

No backup of the record holds them, on purpose: they say what members asked in the last days
and who they are to this installation. They are only looked at here, never mended.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from knowledge.storing.database import FILE


def damaged(home: Path) -> Iterator[tuple[Path, str]]:
    """Each such file that SQLite cannot read or finds damaged, and what it says."""
    for path in sorted(home.glob("*.sqlite3")):
        if path.name == FILE:
            continue
        try:
            # Not by `mode=ro`: a log that a crash has left is read only by who may write.
            with closing(sqlite3.connect(path)) as connection:
                said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            said = str(error)
        if said != "ok":
            yield path, said
