"""CSV and its kin as text a person can read: a block a row, "column: value" in each line."""

from __future__ import annotations

import csv
import io

from knowledge.errors import EmptyDocument, UnreadableDocument
from knowledge.reading.loaders import text as plain
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.types import Block

_DELIMITERS = (",", ";", "\t", "|")
_FIELD_CHARS = 1_000_000


def sniff(data: bytes, name: str | None) -> bool:
    """Rows with the same number of fields: two in a file so named, four otherwise."""
    if not plain.sniff(data, name):
        return False
    named = (name or "").lower().endswith((".csv", ".tsv", ".tab"))
    head = plain.decode(data[: plain.SAMPLE_BYTES], LoadOptions())
    if len(data) > plain.SAMPLE_BYTES:
        head = head.rpartition("\n")[0]
    return _delimiter(head, fields=2 if named else 4, rows=2 if named else 5) is not None


def load(data: bytes, options: LoadOptions) -> Loaded:
    """The rows; the first gives the names of the columns.

    Raises UnreadableDocument if it cannot be taken apart, EmptyDocument without a row.
    """
    name = options.name or "The table"
    text = plain.decode(data, options)
    delimiter = _delimiter(text[: plain.SAMPLE_BYTES], fields=2, rows=2) or ","
    csv.field_size_limit(_FIELD_CHARS)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise UnreadableDocument(
            f"{name} is no readable table ({error}). Save it anew and add it again."
        ) from error
    rows = [row for row in rows if any(field.strip() for field in row)]
    if not rows:
        raise EmptyDocument(f"{name} holds no rows. Nothing was added.")
    heads = [field.strip() for field in rows[0]]
    if len(rows) == 1:
        return Loaded(blocks=(Block(" | ".join(heads), role="table"),), format="csv")
    blocks = []
    for number, row in enumerate(rows[1:], start=2):
        lines = []
        for position, field in enumerate(row):
            head = heads[position] if position < len(heads) else ""
            if field.strip():
                lines.append(f"{head}: {field.strip()}" if head else field.strip())
        blocks.append(Block("\n".join(lines), role="table", number=f"row {number}"))
    return Loaded(blocks=tuple(blocks), format="csv")


def _delimiter(text: str, *, fields: int, rows: int) -> str | None:
    """The sign that parts every one of the first rows into the same number of fields."""
    for delimiter in _DELIMITERS:
        try:
            found = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row][:40]
        except csv.Error:
            continue
        counts = {len(row) for row in found}
        if len(found) >= rows and len(counts) == 1 and counts.pop() >= fields:
            return delimiter
    return None
