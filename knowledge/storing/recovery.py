"""What a crashed process began: finished or undone, from the row it left in `pending`.

| verb | means | done about it |
|---|---|---|
| add | a document is being put in and is not visible yet | undone |
| drop | a former version is out of use, its passages still indexed | finished |
| remove | a document is out of use, its bytes still there | finished |
| clean | rows are right; folders, originals or backups may be left over | finished |
| truncate | only SQLite's log may still hold deleted text | finished |
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from knowledge.errors import KnowledgeError
from knowledge.storing import generations, mending, originals, pending, removing, steps
from knowledge.storing.store import Store

if TYPE_CHECKING:
    from knowledge.storing.index import Index

logger = logging.getLogger(__name__)


def settle(index: Index) -> list[str]:
    """Finish or undo all that is pending; call it under the lock. One line for each."""
    said = []
    removing.drop_stale(index)
    for row in index.store.rows("SELECT * FROM pending ORDER BY number"):
        facts = json.loads(row["facts"])
        line = _SETTLE[row["verb"]](index, row["number"], facts)
        if line:
            logger.warning("%s", line)
            said.append(line)
    return said


def undo_add(index: Index, number: int, facts: dict[str, Any]) -> str:
    """Take a document that was never visible out again, wholly."""
    store = index.store
    document = store.row(
        "SELECT number, id FROM documents WHERE id = ? AND state = 'adding'", (facts["id"],)
    )
    generation = generations.get(store, facts["generation"])
    if document is not None:
        ids = [
            row[0]
            for row in store.rows(
                "SELECT id FROM passages WHERE document = ?", (document["number"],)
            )
        ]
        steps.step("undo:begun")
        if generation is not None:
            mending.withdraw(index, generation, ids)
        steps.step("undo:withdrawn")
        if facts.get("newer"):
            _become_former_again(store, document["number"], facts)
        else:
            originals.drop_unused(store, removing.delete_rows(store, [document["number"]]))
    originals.drop_unused(store, [facts["original"]] if facts.get("original") else [])
    with store.write() as connection:
        pending.end(connection, number)
    return f"Undone: adding {facts['id']} was interrupted. Add it again."


def _become_former_again(store: Store, number: int, facts: dict[str, Any]) -> None:
    with store.write() as connection:
        connection.execute(
            "UPDATE documents SET state = 'old', newer = ?, newer_on = ? WHERE number = ?",
            (facts["newer"], facts["newer_on"], number),
        )
        connection.execute(
            "DELETE FROM members WHERE passage IN (SELECT number FROM passages WHERE document = ?)",
            (number,),
        )


def undo_after_fault(index: Index, number: int) -> None:
    """Undo an addition that has just failed; what cannot be undone now, the next start does."""
    row = index.store.row("SELECT * FROM pending WHERE number = ? AND verb = 'add'", (number,))
    if row is None:
        return
    try:
        undo_add(index, number, json.loads(row["facts"]))
    except KnowledgeError as error:
        logger.warning("undoing will be finished at the next start: %s", error)


def finish_drop(index: Index, number: int, facts: dict[str, Any]) -> str:
    """Take the passages of a former version out of the index."""
    generation = generations.get(index.store, facts["generation"])
    if generation is not None:
        mending.withdraw(index, generation, facts["ids"])
    with index.store.write() as connection:
        pending.end(connection, number)
    return "" if facts.get("quiet") else "Finished: taking a former version out of the index."


_SETTLE = {
    "add": undo_add,
    "drop": finish_drop,
    "remove": removing.finish,
    "clean": removing.clean,
    "truncate": removing.truncate,
}
