"""Chroma: the vectors of one generation of one library, by passage id, in a folder of its own.

Only ids and vectors are kept here, no text. Nobody writes without the writer's
lock: two writers corrupt Chroma's folder silently (our measurement, November
2026). A reader that learns of a newer sequence number calls `reopen`.

A reader loads the graph from Chroma's files at its first query, and Chroma then
writes, too: it empties the files of a collection whose graph was never saved, and
saves one that is behind its log (seen in 1.5.9). So whoever opens it, asks for the
first time or writes holds a kernel lock on the folder (`sharing`), alone for writing;
later queries load nothing and wait for nobody.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from knowledge.errors import Damaged, FolderUnusable, StoreError
from knowledge.storing import sharing
from knowledge.storing.chroma_faults import not_written, said_plainly

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

logger = logging.getLogger(__name__)

Vector = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float32]

COLLECTION = "passages"
MAX_BATCH = 5000
"""Rows a call: Chroma 1.5 refuses more than 5,461."""

SAVED_AFTER = 100
"""Changes after which Chroma saves its graph. What is not saved, each process that opens the
folder inserts again: up to 1 s for the 1,000 of Chroma's own setting. Building 10,000 rows
costs the same either way (our measurement, November 2026)."""

REACHED_MOST = 5_000
"""Vectors of a folder up to which each is known to be reached; asking for all takes 40 ms of
processor time for so many (our measurement, November 2026)."""

GRACE_SECONDS = 5.0
"""A query takes milliseconds: after so long nobody is reading from what was replaced."""

# Chroma keeps opened folders in a table of the process. `reopen` empties it, and
# an opening in another thread must not fall between the two.
_opening = threading.Lock()
_counting = threading.Lock()

# What was opened and replaced, of all folders, with the time: stopped once nobody can be
# reading from it. Chroma gives all back when it is stopped, or else when Python's collector
# comes by: 200 libraries asked in turn, twice, held 1,277 descriptors and 569 MB, and 156 and
# 274 MB since the fifth that waits is stopped (our measurements, November 2026).
_replaced: list[tuple[float, _Opened]] = []
MOST_REPLACED = 4
"""Where more libraries are asked than are kept open, the oldest that nobody reads is stopped."""


@dataclass(slots=True, eq=False)
class _Opened:
    """A folder as Chroma has it open."""

    collection: Collection
    system: Any
    """Chroma closes what it has opened only through this object."""
    users: int = 0
    """Calls that are at work on it."""


class VectorIndex:
    """The vectors in `folder`, cosine space. Opened at first use; safe for threads that read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opened: _Opened | None = None
        self._loaded = False

    @classmethod
    def open(cls, folder: Path) -> VectorIndex:
        """The index in `folder`, which is made, empty, if it is not there."""
        index = cls(folder)
        index._open(create=True)
        return index

    def reopen(self) -> None:
        """See what another process has written since. About 11 ms for 10,000 vectors."""
        self.close()
        self._open(create=False)

    def close(self) -> None:
        """Let go of Chroma's files; the next use opens them again.

        A query of another thread may still be at work, so descriptors are given back when
        any folder is closed five seconds later or more, or when MOST_REPLACED others wait.
        """
        with _opening:
            if self._opened is not None:
                _replaced.append((time.monotonic(), self._opened))
            self._opened = None
            self._loaded = False
            _forget_opened()
        _stop_replaced()

    def shut(self) -> None:
        """Close, and give descriptors and memory back at once. Nobody else may be using it."""
        opened = self._opened
        with _opening:
            self._opened = None
            self._loaded = False
            _forget_opened()
        if opened is not None:
            opened.system.stop()
        _stop_replaced()

    def add(self, ids: Sequence[str], matrix: Matrix) -> None:
        """Put unit vectors, shape (len(ids), dimensions), in place; an id that is there stays.

        An id stands for one text and one model, so its vector is the same. Chroma's
        `upsert` would move it in the graph, and 4 of 23,000 vectors written twice were then
        found by no query; with `add` none of 10,000 (our measurement, November 2026).
        """
        for start in range(0, len(ids), MAX_BATCH):
            stop = start + MAX_BATCH
            some, rows = list(ids[start:stop]), matrix[start:stop]
            self._write(lambda c, some=some, rows=rows: c.add(ids=some, embeddings=rows))  # type: ignore[misc]
        # A new row may take the last link to an older one: that is linked anew.
        lost = sorted(self.unreached())
        if lost:
            kept = self.vectors(lost)
            self.delete(lost)
            rows = np.stack([kept[id] for id in lost])
            self._write(lambda c: c.add(ids=lost, embeddings=rows))

    def unreached(self) -> set[str]:
        """Ids that are stored, but that no query finds: nothing in the graph leads to them.

        Chroma inserts what it has not saved in several threads whenever a folder is loaded,
        and a link may be lost: 1 of 41 vectors in 1 of some thousand loadings, and in none of
        the same folder loaded again (our measurement, November 2026). Not looked for among
        more than REACHED_MOST vectors, where the words find them still.
        """
        if not 0 < len(self) <= REACHED_MOST:
            return set()
        held = self.ids()
        some = next(iter(self.vectors([next(iter(held))]).values()))
        return held - {id for id, _ in self._query(some, len(held))}

    def delete(self, ids: Sequence[str]) -> None:
        """Drop vectors from answers; ids that are not there are ignored.

        The bytes stay in Chroma's files until the folder is built anew.
        """
        for start in range(0, len(ids), MAX_BATCH):
            some = list(ids[start : start + MAX_BATCH])
            self._write(lambda c, some=some: c.delete(ids=some))  # type: ignore[misc]

    def query(self, vector: Vector, k: int) -> list[tuple[str, float]]:
        """The k nearest as (id, cosine), best first; fewer if there are fewer.

        A folder that another process has just replaced is opened again, once.
        Raises Damaged if Chroma cannot read its folder.
        """
        try:
            if not self._loaded and self.unreached():
                logger.info("%s: loaded again, its graph had lost a vector", self.folder.name)
                self.close()
            return self._query(vector, k)
        except StoreError:
            self.close()
            return self._query(vector, k)

    def ids(self) -> set[str]:
        """All ids, in no order."""
        found: set[str] = set()
        while True:
            page = self._do(
                lambda c: c.get(include=[], limit=50_000, offset=len(found))["ids"],
            )
            found.update(page)
            if len(page) < 50_000:
                return found

    def vectors(self, ids: Sequence[str]) -> dict[str, Vector]:
        """The stored vectors of those ids that are there. Chroma may hold them normalised."""
        got: Any = self._do(lambda c: c.get(ids=list(ids), include=["embeddings"]))
        return {
            id: np.asarray(row, dtype=np.float32)
            for id, row in zip(got["ids"], got["embeddings"], strict=True)
        }

    def __len__(self) -> int:
        return int(self._do(lambda c: c.count()))

    def _query(self, vector: Vector, k: int) -> list[tuple[str, float]]:
        if k <= 0:
            return []
        row = np.asarray(vector, dtype=np.float32)[None]
        found = self._do(
            lambda c: c.query(query_embeddings=row, n_results=k, include=["distances"])
        )
        distances = found["distances"][0]
        # While there are none Chroma has loaded nothing, and the next query may.
        self._loaded = self._loaded or bool(distances)
        return [(id, 1.0 - float(d)) for id, d in zip(found["ids"][0], distances, strict=True)]

    def _do(self, call: Callable[[Collection], Any], *, writing: bool = False) -> Any:
        opened = self._opened or self._open(create=False)
        with _counting:
            opened.users += 1
        try:
            if self._loaded and not writing:
                with said_plainly(self.folder):
                    return call(opened.collection)
            with sharing.held(self.folder, alone=writing), said_plainly(self.folder):
                return call(opened.collection)
        finally:
            with _counting:
                opened.users -= 1

    def _write(self, call: Callable[[Collection], Any]) -> None:
        try:
            self._do(call, writing=True)
        except Damaged as error:
            # Chroma words a full disk in many ways; whatever it is, nothing was written.
            raise FolderUnusable(not_written(self.folder, str(error.__cause__ or error))) from error

    def _open(self, *, create: bool) -> _Opened:
        if not create and not (self.folder / "chroma.sqlite3").exists():
            raise Damaged(
                f"{self.folder}: the vectors are not there. "
                "Build them again from the record: footnote doctor --repair"
            )
        import chromadb
        from chromadb.config import Settings

        if create:
            with said_plainly(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Whoever opens a folder whose tables are not there yet makes them.
        with _opening, sharing.held(self.folder, alone=create), said_plainly(self.folder):
            # Another object may have opened this folder before somebody else wrote to it.
            _forget_opened()
            client = chromadb.PersistentClient(
                path=str(self.folder), settings=Settings(anonymized_telemetry=False)
            )
            if create:
                collection = client.get_or_create_collection(
                    COLLECTION,
                    configuration={
                        "hnsw": {
                            "space": "cosine",
                            "sync_threshold": SAVED_AFTER,
                            "batch_size": SAVED_AFTER,
                        }
                    },
                    embedding_function=None,
                )
            else:
                collection = client.get_collection(COLLECTION, embedding_function=None)
            opened = _Opened(collection, client._system)  # type: ignore[attr-defined]
            _forget_opened()
            self._opened = opened
        return opened


def _stop_replaced() -> None:
    until = time.monotonic() - GRACE_SECONDS
    with _opening, _counting:
        idle = [one for one in _replaced if not one[1].users]
        surplus = idle[: max(0, len(_replaced) - MOST_REPLACED)]
        old = [one for one in idle if one[0] < until or one in surplus]
        _replaced[:] = [one for one in _replaced if one not in old]
    for _, opened in old:
        opened.system.stop()


def _forget_opened() -> None:
    # The module is loaded before anything can have been opened.
    import sys

    if "chromadb" in sys.modules:
        from chromadb.api.shared_system_client import SharedSystemClient

        SharedSystemClient.clear_system_cache()
