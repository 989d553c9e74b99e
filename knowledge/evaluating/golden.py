"""Golden questions: how a file of them is read, and how one is written.

A question is one JSON object a line:

    id, question            required
    type                    any word; figures are given by type ("fact" if absent)
    expected                answer | abstain | correct_premise ("answer" if absent)
    must_include            [[a, b], [c]]: one of a, b, and c, in the answer, case apart
    must_not_include        [a, b]: none of them
    evidence                [{"doc_id", "quote"}]: a document's id (or its beginning), its
                            source's file name or url, and the words that answer
    alt_evidence_docs       documents that are as good
    history                 [{"role", "text"}], oldest first
    as_of, lang, note       optional
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import BadQuestions
from knowledge.types import Turn


@dataclass(frozen=True, slots=True)
class Gold:
    """A question with what a right answer is."""

    id: str
    question: str
    type: str = "fact"
    expected: str = "answer"
    must_include: tuple[tuple[str, ...], ...] = ()
    must_not_include: tuple[str, ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()
    """Pairs of document and quote."""
    alternatives: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    as_of: str | None = None


def read_questions(path: Path) -> list[Gold]:
    """Return the questions of a JSON Lines file, in order.

    Raises BadQuestions with the line's number if one is no question.
    """
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadQuestions(f"{path}: cannot be read. Give a JSON Lines file in UTF-8.") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(_gold(json.loads(line), number))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise BadQuestions(
                    f"{path}: line {number} is no question ({error}). "
                    'Each line is a JSON object with at least "id" and "question".'
                ) from error
    if not found:
        raise BadQuestions(f"{path}: there is no question in it. Write one JSON object a line.")
    return found


def _gold(row: Mapping[str, Any], number: int) -> Gold:
    expected = row.get("expected") or ("answer" if row.get("answerable", True) else "abstain")
    if expected not in ("answer", "abstain", "correct_premise"):
        raise ValueError(f"expected: {expected}")
    return Gold(
        id=str(row.get("id") or number),
        question=str(row["question"]),
        type=str(row.get("type") or "fact"),
        expected=expected,
        must_include=tuple(tuple(map(str, group)) for group in row.get("must_include") or ()),
        must_not_include=tuple(map(str, row.get("must_not_include") or ())),
        evidence=tuple((str(e["doc_id"]), str(e["quote"])) for e in row.get("evidence") or ()),
        alternatives=tuple(map(str, row.get("alt_evidence_docs") or ())),
        history=tuple(Turn(str(t["role"]), str(t["text"])) for t in row.get("history") or ()),
        as_of=row.get("as_of"),
    )
