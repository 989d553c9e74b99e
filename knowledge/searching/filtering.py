"""What a question may see: the documents that pass its filters, exactly.

Chroma's own filters read every vector (73 to 265 times an unfiltered search at
100,000 passages, our measurement, November 2026), so the indexes are asked for more
than is needed, and SQLite says which of it may stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from knowledge.encoding.terms import Terms, decode_terms
from knowledge.storing.database import in_parts, marks
from knowledge.types import Kind

if TYPE_CHECKING:
    from knowledge.answers.questions import Understood
    from knowledge.storing.store import Store


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may answer. Dates are YYYY, YYYY-MM or YYYY-MM-DD.

    Two dates are compared as far as both go: a document of "2026-03" passes
    `since="2026-03-15"` as well as `until="2026-03-15"`.
    """

    publisher: str | None = None
    """Compared without case and outer spaces."""
    kind: Kind | None = None
    since: str | None = None
    """No document before it, nor any without a date."""
    until: str | None = None
    """No document after it, nor any without a date."""
    as_of: str | None = None
    """As if asked on that day: documents dated later are left out, undated ones stay."""
    replaced: bool = True
    """False leaves out documents that another has replaced (by `as_of`, if it is given)."""

    @classmethod
    def of(cls, question: Understood) -> Filters:
        """The filters that a question itself names."""
        return cls(
            publisher=question.publisher,
            kind=question.kind,
            since=question.since,
            until=question.until,
            as_of=question.as_of,
        )

    @property
    def empty(self) -> bool:
        """Whether every document passes."""
        return self == Filters()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that passed, with what is needed to score it."""

    id: str
    document_id: str
    terms: Terms


def candidates(store: Store, ids: Sequence[str], *, library: str) -> list[Candidate]:
    """Those of the passages whose documents are current and of that library, in no order."""
    found: list[Candidate] = []
    for part in in_parts(ids):
        sql = (
            # CROSS: the ids come first. SQLite would go through the whole library else.
            "SELECT p.id, d.id, t.terms FROM passages p "
            "CROSS JOIN documents d ON d.number = p.document "
            "CROSS JOIN libraries l ON l.number = d.library "
            "LEFT JOIN passage_terms t ON t.passage = p.number "
            f"WHERE p.id IN ({marks(part)}) AND l.name = ? AND d.state = 'current'"
        )
        found += [
            Candidate(row[0], row[1], decode_terms(row[2] or _NO_TERMS))
            for row in store.rows(sql, (*part, library))
        ]
    return found


def survivors(store: Store, ids: Sequence[str], *, library: str, filters: Filters) -> set[str]:
    """Those of the passages whose documents are current, of that library, and pass."""
    conditions, values = _conditions(filters)
    sql = (
        "SELECT d.number FROM libraries l CROSS JOIN documents d "
        f"ON d.library = l.number AND d.state = 'current' WHERE l.name = ? {conditions}"
    )
    # First the documents, from an index: a row has its text before what filters look at.
    passing = {row[0] for row in store.rows(sql, (library, *values))}
    sql = "SELECT id, document FROM passages WHERE id IN ({})"
    return {id for id, document in store.by_key(ids, sql) if document in passing}


def passing(
    store: Store, generation: int, model_key: str, filters: Filters
) -> tuple[list[str], npt.NDArray[np.float32]]:
    """All passages of a generation whose documents pass: (ids, their unit vectors as rows).

    One statement reads both, document by document, so that the cost goes with what
    passes and not with what the library holds. Passages without a vector are left out.
    """
    conditions, values = _conditions(filters)
    sql = (
        # CROSS: from the few documents that pass to their passages, never the other way.
        "SELECT p.id, e.vector FROM generations g "
        "CROSS JOIN documents d ON d.library = g.library AND d.state = 'current' "
        "CROSS JOIN passages p ON p.document = d.number "
        "CROSS JOIN members m ON m.generation = g.number AND m.passage = p.number "
        "CROSS JOIN embeddings e ON e.hash = p.hash "
        "AND e.model = (SELECT number FROM models WHERE key = ?) "
        f"WHERE g.number = ? {conditions}"
    )
    rows = store.rows(sql, (model_key, generation, *values))
    if not rows:
        return [], np.zeros((0, 0), dtype=np.float32)
    ids = [row[0] for row in rows]
    return ids, np.frombuffer(b"".join(row[1] for row in rows), dtype="<f4").reshape(len(ids), -1)


def no_more_than(most: int, store: Store, generation: int, filters: Filters) -> bool:
    """Whether at most so many passages pass; counts no further, within 1 ms for thousands.

    Passages of documents that the generation does not hold yet count as well.
    """
    conditions, values = _conditions(filters)
    sql = (
        "SELECT count(*) FROM (SELECT 1 FROM generations g "
        "CROSS JOIN documents d ON d.library = g.library AND d.state = 'current' "
        "CROSS JOIN passages p ON p.document = d.number "
        f"WHERE g.number = ? {conditions} LIMIT ?)"
    )
    return int(store.rows(sql, (generation, *values, most + 1))[0][0]) <= most


_NO_TERMS = bytes(12)


def _conditions(filters: Filters) -> tuple[str, list[object]]:
    parts: list[str] = []
    values: list[object] = []
    if filters.publisher is not None:
        parts.append("lower(trim(d.publisher)) = lower(?)")
        values.append(filters.publisher.strip())
    if filters.kind is not None:
        parts.append("d.kind = ?")
        values.append(str(filters.kind))
    for sign, bound in ((">=", filters.since), ("<=", filters.until)):
        if bound is not None:
            parts.append(_compared("d.date", sign))
            values += [len(bound), bound, len(bound)]
    if filters.as_of is not None:
        parts.append(f"(d.date IS NULL OR {_compared('d.date', '<=')})")
        values += [len(filters.as_of), filters.as_of, len(filters.as_of)]
    if not filters.replaced:
        replaced = "coalesce(d.newer, d.replaced_by) IS NOT NULL"
        if filters.as_of is not None:
            day = "coalesce(d.newer_on, d.replaced_on)"
            replaced += f" AND ({day} IS NULL OR {_compared(day, '<=')})"
            values += [len(filters.as_of), filters.as_of, len(filters.as_of)]
        parts.append(f"NOT ({replaced})")
    return "".join(f"AND {part} " for part in parts), values


def _compared(column: str, sign: str) -> str:
    """Two dates compared as far as both go; takes length, date, length."""
    shorter = f"min(length({column}), ?)"
    return f"substr({column}, 1, {shorter}) {sign} substr(?, 1, {shorter})"
