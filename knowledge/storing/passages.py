"""What the record holds of passages: their text, words, vectors and states, by passage id."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from knowledge.storing.database import Database, in_parts, marks
from knowledge.types import Kind, Passage


class Passages(Database):
    """The part of the record's file that search reads."""

    def passages(self, ids: Sequence[str], libraries: Sequence[str]) -> dict[str, Passage]:
        """The passages of current documents among `ids`, by id; the others are left out."""
        found: dict[str, Passage] = {}
        for part in in_parts(ids):
            sql = (
                'SELECT p.id, d.id, p.start, p."end", p.text, p.locator '
                # CROSS: the ids come first. SQLite would go through the whole library else.
                "FROM passages p CROSS JOIN documents d ON d.number = p.document "
                "CROSS JOIN libraries l ON l.number = d.library "
                f"WHERE p.id IN ({marks(part)}) AND d.state = 'current' "
                f"AND l.name IN ({marks(libraries)})"
            )
            for row in self.rows(sql, (*part, *libraries)):
                found[row[0]] = Passage(*row)
        return found

    def passage_terms(self, ids: Sequence[str]) -> dict[str, bytes]:
        """The stored form of the words of passages, by passage id; see `ranking.encode_terms`."""
        sql = (
            "SELECT p.id, t.terms FROM passages p JOIN passage_terms t ON t.passage = p.number "
            "WHERE p.id IN ({})"
        )
        return dict(self.by_key(ids, sql))

    def passage_ids(
        self,
        generation: int,
        *,
        publisher: str | None = None,
        kind: Kind | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> list[str]:
        """Ids of a generation's passages whose documents pass the filters, in reading order.

        A publisher is compared without case. `since` and `until` are compared as
        far as both dates go; a document without date passes neither.
        """
        sql = (
            "SELECT p.id FROM members m JOIN passages p ON p.number = m.passage "
            "JOIN documents d ON d.number = p.document "
            "WHERE m.generation = ? AND d.state = 'current'"
        )
        values: list[object] = [generation]
        if publisher is not None:
            sql += " AND lower(d.publisher) = lower(?)"
            values.append(publisher)
        if kind is not None:
            sql += " AND d.kind = ?"
            values.append(str(kind))
        for sign, bound in ((">=", since), ("<=", until)):
            if bound is not None:
                shorter = "min(length(d.date), ?)"
                sql += f" AND substr(d.date, 1, {shorter}) {sign} substr(?, 1, {shorter})"
                values += [len(bound), bound, len(bound)]
        return [row[0] for row in self.rows(f"{sql} ORDER BY d.number, p.start", values)]

    def vectors(
        self, model_key: str, ids: Sequence[str]
    ) -> tuple[list[str], npt.NDArray[np.float32]]:
        """Cached unit vectors of passages for exact search: (ids, matrix of as many rows).

        Passages without a vector of that model are left out.
        """
        sql = (
            "SELECT p.id, e.vector FROM passages p CROSS JOIN embeddings e "
            "ON e.hash = p.hash AND e.model = (SELECT number FROM models WHERE key = ?) "
            "WHERE p.id IN ({})"
        )
        found = list(self.by_key(ids, sql, model_key))
        if not found:
            return [], np.zeros((0, 0), dtype=np.float32)
        rows = b"".join(vector for _, vector in found)
        return [id for id, _ in found], np.frombuffer(rows, dtype="<f4").reshape(len(found), -1)

    def states(self, model_key: str, ids: Sequence[str]) -> dict[str, bytes]:
        """Stored states of passages by that model, by passage id; see `states.pack`."""
        sql = (
            # CROSS: the ids come first. Else all states are gone through: 77 ms for .4.
            "SELECT p.id, s.states FROM passages p CROSS JOIN embeddings e "
            "ON e.hash = p.hash AND e.model = (SELECT number FROM models WHERE key = ?) "
            "CROSS JOIN states s ON s.embedding = e.number "
            "WHERE p.id IN ({})"
        )
        return dict(self.by_key(ids, sql, model_key))
