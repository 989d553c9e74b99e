"""Footnote's library: documents in, cited answers out. These are its public names.

    with Record.open(Settings()) as record:
        answer = record.ask(Query("What did the BA tell the SEC?", libraries=("shared",)))
        print(answer.text)

Importing this package reads no file and loads no model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from knowledge.errors import (
    Busy,
    DocumentRefused,
    EmptyQuestion,
    KnowledgeError,
    NotInRecord,
    QuestionTooLong,
    StoreError,
    UnknownDocument,
    UsageError,
)
from knowledge.memory import give_back_memory
from knowledge.settings import Settings
from knowledge.sources import Source
from knowledge.types import (
    Answer,
    Citation,
    Document,
    Entry,
    Kind,
    Line,
    Mode,
    Outcome,
    Particulars,
    Passage,
    Query,
    Searched,
    SetAside,
    Shown,
    Turn,
)

if TYPE_CHECKING:
    from knowledge.library import Record

__all__ = [
    "Answer",
    "Busy",
    "Citation",
    "Document",
    "DocumentRefused",
    "EmptyQuestion",
    "Entry",
    "Kind",
    "KnowledgeError",
    "Line",
    "Mode",
    "NotInRecord",
    "Outcome",
    "Particulars",
    "Passage",
    "Query",
    "QuestionTooLong",
    "Record",
    "Searched",
    "SetAside",
    "Settings",
    "Shown",
    "Source",
    "StoreError",
    "Turn",
    "UnknownDocument",
    "UsageError",
    "give_back_memory",
]


def __getattr__(name: str) -> Any:
    # Record brings Chroma and onnxruntime, a second of start: only to those who ask for it.
    if name == "Record":
        from knowledge.library import Record

        return Record
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
