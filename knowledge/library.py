"""The record: a data folder, opened. Wiring, and only that."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from knowledge.answers import glossary
from knowledge.asking import Asker
from knowledge.encoding.embedding import Encoders
from knowledge.encoding.terms import encode_terms
from knowledge.reading import chunking
from knowledge.searching.words import WordIndex
from knowledge.settings import Settings
from knowledge.storing import backup
from knowledge.storing.index import Index
from knowledge.storing.pouring import Making
from knowledge.storing.store import Store
from knowledge.types import Answer, Document, Entry, Hit, Mode, Query, Shown

if TYPE_CHECKING:
    from knowledge.caring import Caretaker
    from knowledge.drafts.explaining import Explanation
    from knowledge.drafts.writing import Writer
    from knowledge.evaluating.evaluation import Gold, Report
    from knowledge.keeping import Keeper

logger = logging.getLogger(__name__)


class Record:
    """Documents, their indexes, and the model they were embedded with.

    Reading is here; `keeping` changes documents, `caring` looks after the folder.
    """

    def __init__(self, settings: Settings, store: Store, *, wait_seconds: float) -> None:
        self.settings = settings
        self._store = store
        self._encoders = Encoders(settings.home, device=settings.embedding_device)
        making = Making(
            chunk=chunking.chunk,
            open_words=WordIndex.open,
            learn=glossary.learn,
            encode_terms=encode_terms,
            signature=signature,
        )
        self._index = Index(store, self._encoders, making, wait_seconds=wait_seconds)
        self._writer = _writer(settings)
        self._asker = Asker(store, self._index, self._encoders, self._writer)

    @classmethod
    def open(cls, settings: Settings, *, wait_seconds: float = 30.0, create: bool = True) -> Record:
        """Open the data folder of the settings; what a crashed process began is settled first.

        `wait_seconds` is how long a writing verb waits for another writer.
        Raises FolderUnusable, NewerFolder or Damaged.
        """
        store = Store.open(settings.home, create=create)
        record = cls(settings, store, wait_seconds=wait_seconds)
        for line in record._index.recover():
            logger.warning(line)
        return record

    def close(self) -> None:
        """Let go of all files."""
        self._index.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def ask(self, query: Query, on_sentence: Callable[[Shown], None] | None = None) -> Answer:
        """Answer a question; see `asking.Asker.ask`."""
        return self._asker.ask(query, on_sentence)

    def retrieve(self, query: Query, *, k: int = 12) -> list[Hit]:
        """The passages that most likely answer, best first; see `asking.Asker.retrieve`."""
        return self._asker.retrieve(query, k=k)

    def evaluate(
        self, questions: Sequence[Gold], library: str, *, mode: Mode | None = None
    ) -> Report:
        """Ask golden questions of a library and judge the answers.

        A question's evidence names a document by id, source, or its file's name without ending.
        """
        from knowledge.evaluating import evaluation

        named: dict[str, set[str]] = {}
        for entry in self.entries(library):
            for source in (entry.id, entry.source, *entry.sources):
                name = source.rsplit("/", 1)[-1]
                for known in {source, name, name.rsplit(".", 1)[0]}:
                    named.setdefault(known, set()).add(entry.id)
        return evaluation.evaluate(
            questions,
            lambda query: self.ask(replace(query, mode=mode)),
            lambda id: self.document(id, (library,)),
            lambda name: frozenset(named.get(name, ())),
            libraries=(library,),
        )

    @property
    def explanation(self) -> Explanation | None:
        """How the model wrote this thread's last answer; None if it took no part."""
        return self._asker.explanation

    def libraries(self) -> list[str]:
        """The names of all libraries. For the admin."""
        return self._store.libraries()

    def entries(self, library: str) -> list[Entry]:
        """The documents of a library, oldest first; an unused library has none."""
        return self._store.entries(library) if library in self._store.libraries() else []

    def entry(self, id: str, libraries: Sequence[str]) -> Entry:
        """One document without its text, by the beginning of its id. Raises UnknownDocument."""
        return self._store.entry(self._store.resolve(id, libraries), libraries)

    def document(self, id: str, libraries: Sequence[str]) -> Document:
        """One document with its text, by the beginning of its id. Raises UnknownDocument."""
        return self._store.document(self._store.resolve(id, libraries), libraries)

    @property
    def keeping(self) -> Keeper:
        """The verbs that change documents: add, preview, edit, refresh, remove."""
        # Parsing and fetching cost half a second to import, which a question need not pay.
        from knowledge.keeping import Keeper

        return Keeper(self.settings, self._store, self._index, self._encoders)

    @property
    def caring(self) -> Caretaker:
        """The verbs that look after the folder: reindex, status, log, doctor, backup, export."""
        from knowledge.caring import Caretaker

        return Caretaker(self.settings, self._store, self._index, self.evaluate)


def signature(text: str) -> bytes:
    """What near-copies are found by; see `similarity.signature`."""
    from knowledge.web import similarity

    return similarity.signature(text)


def restore(file: Path, settings: Settings, *, actor: str) -> str:
    """Unpack a backup into the empty data folder of the settings and build its indexes.

    Says what was restored. Raises Damaged, NewerFolder or FolderUnusable; nothing is left
    behind then.
    """
    restored = backup.unpack(file, settings.home)
    with Record.open(settings) as record:
        backup.build_all(record._index, actor=actor)
    return f"Restored {restored.documents} documents from {file} into {settings.home}."


def _writer(settings: Settings) -> Writer | None:
    """Return who writes answers where a language model is set. Nothing is asked of it yet."""
    if not settings.chat_model:
        return None
    from knowledge.drafts.writing import Writer

    return Writer(settings)
