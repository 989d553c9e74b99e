"""The verbs of the record: what the command line and the bot call. Wiring, and only that."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from knowledge import chunking, glossary
from knowledge.asking import Asker
from knowledge.embedding import Encoders
from knowledge.index import Added, Index, Provenance
from knowledge.pouring import Making
from knowledge.settings import Settings
from knowledge.sources import Source
from knowledge.store import Store
from knowledge.terms import encode_terms
from knowledge.types import Answer, Document, Draft, Entry, Query
from knowledge.words import WordIndex

logger = logging.getLogger(__name__)


class Record:
    """A data folder, opened: documents, their indexes, and the model they were embedded with."""

    def __init__(self, settings: Settings, store: Store, *, wait_seconds: float) -> None:
        self.settings = settings
        self._store = store
        self._encoders = Encoders(settings.home, device=settings.embedding_device)
        making = Making(
            chunk=chunking.chunk,
            open_words=WordIndex.open,
            learn=glossary.learn,
            encode_terms=encode_terms,
        )
        self._index = Index(store, self._encoders, making, wait_seconds=wait_seconds)
        self._asker = Asker(store, self._index, self._encoders)

    @classmethod
    def open(cls, settings: Settings, *, wait_seconds: float = 30.0, create: bool = True) -> Record:
        """Open the data folder of the settings; what a crashed process began is settled first.

        `wait_seconds` is how long a writing verb waits for another writer.
        Raises FolderUnusable, NewerFolder or Damaged.
        """
        record = cls(settings, Store.open(settings.home, create=create), wait_seconds=wait_seconds)
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

    # --- Reading ---

    def ask(self, query: Query) -> Answer:
        """Answer a question; see `asking.Asker.ask`."""
        return self._asker.ask(query)

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

    # --- Writing ---

    def fetch(self, url: str) -> Source:
        """Fetch a page as a source. Raises FetchRefused."""
        from knowledge import fetching
        from knowledge.sources import display_name

        page = fetching.fetch(url, fetching.limits_of(self.settings))
        return Source(
            page.body,
            display_name(page.url.split("?")[0]),
            url=page.url,
            media_type=page.media_type,
            etag=page.etag,
            last_modified=page.last_modified,
        )

    def draft(
        self,
        source: Source,
        *,
        given: Mapping[str, Any] | None = None,
        password: str | None = None,
        excerpt: bool = False,
    ) -> Draft:
        """Read a source in a limited child process; `given` particulars win over what it states.

        Raises DocumentRefused.
        """
        from knowledge import parsing

        draft = parsing.parse(
            source.data,
            name=source.name,
            url=source.url,
            media_type=source.media_type,
            password=password,
        )
        stated = draft.particulars
        if source.url and not stated.url:
            stated = replace(stated, url=source.url)
        return replace(draft, particulars=replace(stated, **(given or {})))

    def add(
        self,
        source: Source,
        *,
        library: str,
        actor: str,
        given: Mapping[str, Any] | None = None,
        password: str | None = None,
        excerpt: bool = False,
    ) -> Addition:
        """Put a document into a library, or find that it is there.

        Raises DocumentRefused, StoreError or ModelError; nothing is kept then.
        """
        draft = self.draft(source, given=given, password=password, excerpt=excerpt)
        provenance = Provenance(
            source=source.url or source.name,
            original=source.data,
            url=source.url,
            media_type=source.media_type,
            etag=source.etag,
            last_modified=source.last_modified,
        )
        added = self._index.add(
            draft,
            provenance,
            library=library,
            model=self.settings.embedding_model,
            actor=actor,
        )
        return Addition(added, draft.warnings)

    def remove(
        self,
        ids: Sequence[str],
        *,
        library: str,
        actor: str,
        purge: bool = False,
        dry_run: bool = False,
    ) -> list[str]:
        """Remove documents for good, and say in lines what went (with `dry_run`: would go)."""
        full = [self._store.resolve(id, (library,)) for id in ids]
        removed = self._index.remove(
            full, library=library, actor=actor, purge=purge, dry_run=dry_run
        )
        verb = "Would remove" if dry_run else "Removed"
        lines = [
            f"{verb} {entry.id}: {entry.particulars.title or entry.source}"
            for entry in removed.entries
        ]
        if removed.versions:
            lines.append(f"{verb} {removed.versions} former versions with them.")
        if removed.backups:
            lines.append(f"{verb} automatic backups that held them: {', '.join(removed.backups)}")
        if removed.waiting:
            lines.append(f"{removed.waiting} vectors wait to be destroyed: footnote remove --purge")
        if not removed.finished:
            lines.append("A reader is busy; the deletion will be finished at the next start.")
        return lines

    # --- Care ---

    def status(self) -> dict[str, Any]:
        """Figures of the whole data folder; `bytes` is what it takes on disk."""
        names = self._store.libraries()
        entries = [entry for name in names for entry in self._store.entries(name)]
        live = self._index.live([self.settings.library])
        return {
            "documents": len(entries),
            "passages": sum(entry.passages for entry in entries),
            "libraries": names,
            "model": live[0].card.name if live else self.settings.embedding_model,
            "bytes": folder_size(self.settings.home),
            "healthy": True,
        }


@dataclass(frozen=True, slots=True)
class Addition:
    """A document that is in the record now, and what a person should know about it."""

    added: Added
    warnings: tuple[str, ...] = ()

    @property
    def entry(self) -> Entry:
        """The document."""
        return self.added.entry

    @property
    def already(self) -> bool:
        """True if the same text was there before."""
        return self.added.already

    def as_lines(self) -> list[str]:
        """What the command line says."""
        entry = self.entry
        title = entry.particulars.title or entry.source
        if self.already:
            return [f"{entry.id}: already in the record: {title}"]
        lines = [f"{entry.id}: added {title}, {entry.passages} passages"]
        return lines + [f"  {warning}" for warning in self.warnings]


def folder_size(folder: Path) -> int:
    """Bytes of all files below a folder; files that vanish meanwhile count nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            if path.is_file() and not path.is_symlink():
                total += path.stat().st_size
        except OSError:
            continue
    return total
