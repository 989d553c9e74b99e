"""Open indexes of a process: opened once, looked at again when the record has changed."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from knowledge.encoding.model_card import ModelCard
from knowledge.errors import Damaged, StoreError
from knowledge.storing import fingerprints, generations
from knowledge.storing.generations import Generation
from knowledge.storing.store import Store
from knowledge.storing.vectors import VectorIndex

logger = logging.getLogger(__name__)

OPEN_HANDLES = 8
"""Libraries kept open. Chroma takes about 10 descriptors for each, and memory for its vectors."""


@dataclass(frozen=True, slots=True)
class LiveIndex:
    """The index that answers for one library, as of `sequence`."""

    library: str
    generation: int
    card: ModelCard
    """The model that questions must be encoded with."""
    folder: Path
    """v<n>: `chroma`, and what else belongs to these vectors."""
    vectors: VectorIndex
    words: Any
    """A `words.WordIndex`."""
    sequence: int
    place: tuple[int, int, int]
    """Generation, number of vectors' folder, number of words' folder."""


class Handles:
    """The indexes that answer, for as many threads as like; a few libraries at a time."""

    def __init__(
        self,
        store: Store,
        open_words: Callable[[Path], Any],
        may_check: Callable[[], bool],
        mend: Callable[[Generation, str], None],
    ) -> None:
        """`may_check()` says that nobody is writing; `mend` builds a damaged index again."""
        self._store = store
        self._open_words = open_words
        self._may_check = may_check
        self._mend = mend
        self._handles: OrderedDict[str, LiveIndex] = OrderedDict()
        self._checked: set[tuple[int, int, int]] = set()
        self._trial: Generation | None = None
        self._guard = threading.RLock()

    def close(self) -> None:
        """Let go of all of them; the next question opens them again."""
        with self._guard:
            for library in list(self._handles):
                self._drop(library)

    def live(self, libraries: Sequence[str]) -> list[LiveIndex]:
        """The indexes of those libraries that have one, as of their last commit.

        An index whose files are damaged is built again from the record first,
        unless another process is writing.
        """
        sequences = self._store.sequences(libraries)
        found = []
        for library in libraries:
            if library not in sequences:
                continue
            with self._guard:
                handle = self._fresh(library, sequences[library])
            if handle is not None:
                found.append(handle)
        return found

    def _fresh(self, library: str, sequence: int) -> LiveIndex | None:
        handle = self._handles.get(library)
        if handle is not None and handle.sequence == sequence:
            self._handles.move_to_end(library)
            return handle
        for attempt in range(3):
            generation = self._chosen(library)
            if generation is None:
                return None
            try:
                handle = self._open(generation, handle, sequence)
                break
            except (StoreError, OSError, ValueError) as error:
                self._drop(library)
                handle = None
                if attempt == 2:
                    raise
                # Either its folder was replaced just now, or it is damaged.
                if self._chosen(library) == generation:
                    self._mend(generation, str(error))
        assert handle is not None
        self._handles[library] = handle
        self._handles.move_to_end(library)
        while len(self._handles) > OPEN_HANDLES:
            self._drop(next(iter(self._handles)))
        return handle

    def _open(self, generation: Generation, known: LiveIndex | None, sequence: int) -> LiveIndex:
        place = (generation.number, generation.vectors, generation.words)
        if known is not None and known.place == place:
            known.vectors.reopen()
            known.words.reload()
            return replace(known, sequence=sequence)
        if known is not None:
            self._drop(generation.library)
        if place not in self._checked:
            self._checked.add(place)
            self._check_files(generation)
        folder = generations.vectors_folder(self._store.home, generation)
        words_folder = generations.words_folder(self._store.home, generation)
        if not words_folder.exists():
            raise Damaged(f"{words_folder}: the words are not there.")
        vectors = VectorIndex(folder / "chroma")
        vectors.reopen()
        return LiveIndex(
            library=generation.library,
            generation=generation.number,
            card=generation.card,
            folder=folder,
            vectors=vectors,
            words=self._open_words(words_folder),
            sequence=sequence,
            place=place,
        )

    def _check_files(self, generation: Generation) -> None:
        """Raise Damaged if files differ from the last commit and nobody is at work on them."""
        before = self._store.sequence()
        wrong = fingerprints.differences(self._store, generation)
        if not wrong or not self._may_check():
            return
        if self._store.sequence() == before:
            base = generations.folder(self._store.home, generation)
            raise Damaged(f"{base / wrong[0]}: the file is not as it was written.")

    @contextmanager
    def trial(self, generation: Generation) -> Iterator[None]:
        """For a `with` block, answer from another generation of its library, in this process."""
        with self._guard:
            self._trial = generation
            self._drop(generation.library)
        try:
            yield
        finally:
            with self._guard:
                self._trial = None
                self._drop(generation.library)

    def _chosen(self, library: str) -> Generation | None:
        trial = self._trial
        if trial is not None and trial.library == library:
            return generations.get(self._store, trial.number)
        return generations.live(self._store, library)

    def _drop(self, library: str) -> None:
        handle = self._handles.pop(library, None)
        if handle is not None:
            handle.vectors.close()
