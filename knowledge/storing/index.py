"""The indexes kept in step with the record: one writer, many readers, always fresh.

Readers ask `live` before each question. Every verb that changes something works
under the lock, where what a crashed process began is first finished or undone.
The verbs themselves are in modules of their names.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.errors import Busy, FolderUnusable
from knowledge.progress import Tell
from knowledge.storing import (
    adding,
    database,
    editing,
    generations,
    mending,
    recovery,
    reindexing,
    removing,
)
from knowledge.storing.adding import Added
from knowledge.storing.generations import Generation
from knowledge.storing.handles import Handles, LiveIndex
from knowledge.storing.lock import WriterLock, own_command
from knowledge.storing.pouring import Encoders, Making
from knowledge.storing.reindexing import Gate, Reindexed
from knowledge.storing.removing import Removed
from knowledge.storing.rows import Provenance
from knowledge.storing.store import Store
from knowledge.storing.vectors import VectorIndex
from knowledge.types import Draft, Entry

if TYPE_CHECKING:
    from knowledge.storing.backup import BackedUp
    from knowledge.storing.doctor import Finding

__all__ = ["Added", "Index", "LiveIndex", "Provenance", "Reindexed", "Removed"]

logger = logging.getLogger(__name__)

WAIT_SECONDS = 30.0


class Index:
    """The indexes of all libraries of one data folder."""

    def __init__(
        self,
        store: Store,
        encoders: Encoders,
        making: Making,
        *,
        wait_seconds: float = WAIT_SECONDS,
        command: str | None = None,
    ) -> None:
        """`command` is what others read while they wait for us; by default the program's name."""
        self.store = store
        self.home = store.home
        self.encoders = encoders
        self.making = making
        self.wait_seconds = wait_seconds
        self.command = command or own_command()
        self.lock = WriterLock(store.home)
        self.reindex_lock = WriterLock(store.home, "reindex.lock")
        self._handles = Handles(store, making.open_words, self._is_quiet, self._mend)

    def close(self) -> None:
        """Let go of all open indexes; the store stays open."""
        self._handles.close()

    # --- Reading ---

    def live(self, libraries: Sequence[str]) -> list[LiveIndex]:
        """The indexes of those libraries that have one, as of their last commit.

        An index whose files are damaged is built again from the record first,
        unless another process is writing.
        """
        return self._handles.live(libraries)

    def trial(self, generation: Generation) -> AbstractContextManager[None]:
        """For a `with` block, make `live` answer from another generation, in this process."""
        return self._handles.trial(generation)

    # --- Writing ---

    @contextmanager
    def writing(self, wait_seconds: float | None = None) -> Iterator[None]:
        """Be the one writer for a `with` block.

        What a crashed process began is finished or undone first. Raises Busy,
        FolderUnusable or Damaged.
        """
        wait = self.wait_seconds if wait_seconds is None else wait_seconds
        with database.in_plain_words(self.home), self.lock.held(self.command, wait):
            recovery.settle(self)
            yield

    def recover(self) -> list[str]:
        """Finish or undo what a crashed process began, if nobody else is writing.

        Says in one line each what was done; an empty list, at the cost of one
        read, if there was nothing. Call it at every start.
        """
        waiting = "SELECT 1 FROM pending UNION ALL SELECT 1 FROM generations WHERE stale"
        if self.store.value(waiting) is None:
            return []
        try:
            with database.in_plain_words(self.home), self.lock.held(self.command, 0):
                return recovery.settle(self)
        except (Busy, FolderUnusable):
            return []

    def add(
        self,
        draft: Draft,
        provenance: Provenance,
        *,
        library: str,
        model: str,
        actor: str,
        instead_of: str | None = None,
        wait_seconds: float | None = None,
        tell: Tell | None = None,
    ) -> Added:
        """Put a document in; see `adding.add`."""
        return adding.add(
            self,
            draft,
            provenance,
            library=library,
            model=model,
            actor=actor,
            instead_of=instead_of,
            wait_seconds=wait_seconds,
            tell=tell,
        )

    def remove(
        self,
        ids: Sequence[str],
        *,
        library: str,
        actor: str,
        purge: bool = False,
        dry_run: bool = False,
        wait_seconds: float | None = None,
    ) -> Removed:
        """Take documents out for good, or with `dry_run` say what would go; see `removing`."""
        if dry_run:
            return removing.look(self.store, ids, library)
        return removing.remove(
            self, ids, library=library, actor=actor, purge=purge, wait_seconds=wait_seconds
        )

    def edit(self, id: str, *, library: str, changes: Mapping[str, Any], actor: str) -> Entry:
        """Set particulars, `replaced_by` or `replaced_on` of a document; see `editing.edit`."""
        return editing.edit(self, id, library=library, changes=changes, actor=actor)

    def link(self, id: str, likenesses: Mapping[str, float], *, library: str) -> None:
        """Note near-copies of a document, both ways: {other id: likeness, 0 to 1}."""
        editing.link(self, id, likenesses, library=library)

    def reindex(
        self,
        library: str,
        *,
        model: str,
        actor: str,
        gate: Gate | None = None,
        say: Callable[[str], None] | None = None,
    ) -> Reindexed:
        """Build a new generation beside the live one and switch; see `reindexing.reindex`."""
        return reindexing.reindex(
            self, library=library, model=model, actor=actor, gate=gate, say=say
        )

    def rollback(self, library: str, *, actor: str) -> Reindexed:
        """Return to the generation before; see `reindexing.rollback`."""
        return reindexing.rollback(self, library=library, actor=actor)

    def prune(self, library: str, *, actor: str) -> Reindexed:
        """Drop the generation before; see `reindexing.prune`."""
        return reindexing.prune(self, library=library, actor=actor)

    def doctor(self) -> list[Finding]:
        """Check everything and say what it means; see `doctor.examine`."""
        from knowledge.storing import doctor

        return doctor.examine(self)

    def repair(self, *, actor: str) -> list[Finding]:
        """Mend from the record what can be mended, and check again; see `repair.repair`."""
        from knowledge.storing import repair

        return repair.repair(self, actor=actor)

    def backup(self, file: Path) -> BackedUp:
        """Write the record to a new .tar.gz; see `backup.backup`."""
        from knowledge.storing import backup

        return backup.backup(self, file)

    def build_all(self, *, actor: str) -> None:
        """After `backup.unpack`: build every library's index from the restored record."""
        from knowledge.storing import backup

        backup.build_all(self, actor=actor)

    # --- For the verbs ---

    def opened(self, generation: Generation) -> tuple[VectorIndex, Any]:
        """The vectors and words of a generation for writing, opened as they are on disk now."""
        vectors = VectorIndex.open(generations.vectors_folder(self.home, generation) / "chroma")
        words = self.making.open_words(generations.words_folder(self.home, generation))
        return vectors, words

    def _is_quiet(self) -> bool:
        return self.store.value("SELECT 1 FROM pending") is None and self.lock.is_free()

    def _mend(self, generation: Generation, reason: str) -> None:
        try:
            with self.writing(wait_seconds=0):
                if generations.live(self.store, generation.library) == generation:
                    mending.renew(self, generation, verb="repair")
        except (Busy, FolderUnusable):
            return
        logger.warning(
            "the index of %s was damaged and has been built again from the record: %s",
            generation.library,
            reason,
        )
