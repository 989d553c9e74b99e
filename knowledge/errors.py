"""Everything that can go wrong, as a tree. Each message is one plain sentence or two:
what happened, to which thing, what to do next.

    KnowledgeError
    ├── UsageError              the caller asked for something that makes no sense
    │   ├── EmptyQuestion
    │   ├── QuestionTooLong
    │   └── BadQuestions        a file of questions or a baseline cannot be read
    ├── NotInRecord             no document or library of that name or id
    │   ├── UnknownDocument
    │   └── UnknownLibrary
    ├── DocumentRefused         a source cannot become a document; nothing was kept
    │   ├── UnreadableDocument  broken, encrypted, of an unknown type, beyond a limit
    │   ├── EmptyDocument       no text in it
    │   ├── StubPage            the page shows only part of the article
    │   └── FetchRefused        the address or the server's answer is not acceptable
    ├── StoreError              the data folder
    │   ├── FolderUnusable      missing, read-only, full
    │   ├── NewerFolder         written by a newer version
    │   ├── Damaged             a checksum does not hold
    │   │   └── DamagedDocument  a document's text is not what was stored
    │   └── Busy                another process is writing
    ├── ModelError              the embedding model
    │   ├── ModelMissing
    │   └── ModelMismatch       a write would mix two models
    └── ChatModelError          the language model; the answer falls back to quotations
"""

from __future__ import annotations


class KnowledgeError(Exception):
    """Base of all errors whose message may be shown to a person."""


class UsageError(KnowledgeError):
    """The caller asked for something that makes no sense."""


class EmptyQuestion(UsageError):
    """The question has no words."""


class QuestionTooLong(UsageError):
    """The question is longer than the limit."""


class BadQuestions(UsageError):
    """A file of evaluation questions, or a baseline, that cannot be read; names the line."""


class NotInRecord(KnowledgeError):
    """No document or library of that name or id."""


class UnknownDocument(NotInRecord):
    """No document with that id in the libraries that may be read."""


class UnknownLibrary(NotInRecord):
    """No library of that name."""


class DocumentRefused(KnowledgeError):
    """A source cannot become a document; nothing was kept of it."""


class UnreadableDocument(DocumentRefused):
    """Broken, encrypted, of an unknown type, or beyond a limit."""


class EmptyDocument(DocumentRefused):
    """There is no text in it."""


class StubPage(DocumentRefused):
    """The page shows only part of the article."""


class FetchRefused(DocumentRefused):
    """The address, or what its server answered, is not acceptable."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status that came; None where it did not come to an answer."""


class StoreError(KnowledgeError):
    """Something about the data folder."""


class FolderUnusable(StoreError):
    """The data folder is missing, read-only or full."""


class NewerFolder(StoreError):
    """The data folder was written by a newer version."""


class Damaged(StoreError):
    """A checksum does not hold."""


class DamagedDocument(Damaged):
    """A document's text is not what was stored."""

    def __init__(self, message: str, document: str) -> None:
        """`document` is its id."""
        super().__init__(message)
        self.document = document


class Busy(StoreError):
    """Another process is writing."""


class ModelError(KnowledgeError):
    """Something about the embedding model."""


class ModelMissing(ModelError):
    """The embedding model is not where it should be."""


class ModelMismatch(ModelError):
    """A write would mix the vectors of two models."""


class ChatModelError(KnowledgeError):
    """The language model did not give a usable answer."""
