"""A question and the record to an Answer: the one place where search meets words.

What depends on the whole record (glossary, names, sizes) is read once and kept until
the record changes.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from knowledge.answers import answering, composing, glossary, questions
from knowledge.answers.glossary import Glossary
from knowledge.answers.sentences import HITS_READ
from knowledge.encoding.embedding import Encoders
from knowledge.encoding.terms import terms
from knowledge.errors import (
    DamagedDocument,
    EmptyQuestion,
    QuestionTooLong,
    UnknownDocument,
    UnknownLibrary,
)
from knowledge.searching import retrieval
from knowledge.searching.nearness import estimated_cosines
from knowledge.storing.handles import LiveIndex
from knowledge.storing.index import Index
from knowledge.storing.store import Store
from knowledge.types import Answer, Document, Entry, Hit, Mode, Outcome, Query, Searched, Shown

if TYPE_CHECKING:
    from knowledge.drafts.explaining import Explanation
    from knowledge.drafts.writing import Writer

logger = logging.getLogger(__name__)

MAX_QUESTION = 4_000
"""Characters: the longest message that Discord lets a member write."""

ASKED_AGAIN = 3
"""Times a question is asked anew because a document it found has been removed or is damaged."""


@dataclass(frozen=True, slots=True)
class View:
    """What is known about some libraries as a whole, as of one state of the record."""

    entries: tuple[Entry, ...]
    glossary: Glossary
    known: tuple[str, ...]
    """Publishers, authors and addressees."""
    searched: Searched


class Asker:
    """Answers questions over one record; safe to call from several threads."""

    def __init__(
        self, store: Store, index: Index, encoders: Encoders, writer: Writer | None = None
    ) -> None:
        """`writer` writes answers with a language model; None where none is set."""
        self._store = store
        self._writer = writer
        self._last = threading.local()
        self._index = index
        self._encoders = encoders
        self._views: dict[tuple[str, ...], tuple[tuple[tuple[str, int], ...], View]] = {}
        self._guard = threading.Lock()

    @property
    def explanation(self) -> Explanation | None:
        """How the model wrote this thread's last answer; None if it took no part."""
        return getattr(self._last, "explanation", None)

    def ask(self, query: Query, on_sentence: Callable[[Shown], None] | None = None) -> Answer:
        """Answer from the record, or say why not: in quotations, or written where a model is set.

        `on_sentence` gets each verified sentence of a written answer as it comes, in a
        thread of its own. The answer holds them all, in the same order; only when the whole
        draft fails (cut, refused, too late) do the quotations take their place.
        Raises EmptyQuestion, QuestionTooLong, UnknownLibrary, ModelMissing.
        """
        started = time.perf_counter()
        self._last.explanation = None
        check(query)
        asked, query = query, self._completed(query)
        unread: set[str] = set()
        for left in reversed(range(ASKED_AGAIN + 1)):
            try:
                answer = self._answer(query, on_sentence, unread)
                break
            except UnknownDocument:  # removed between being found and being read
                if not left:
                    raise
            except DamagedDocument as error:
                if not left:
                    raise
                logger.error("left out of an answer: %s", error)
                unread.add(error.document)
        if query is not asked:
            answer = replace(answer, question=asked.question, understood_as=query.question)
        return replace(answer, seconds=time.perf_counter() - started)

    def _answer(
        self,
        query: Query,
        on_sentence: Callable[[Shown], None] | None,
        unread: AbstractSet[str],
    ) -> Answer:
        indexes = self._index.live(query.libraries)
        view = self._view(query.libraries)
        if not view.entries:
            return empty_record(query)
        understood = questions.understand(query, view.glossary, view.known)
        # Search and the choice of sentences share one reading of the question a model.
        encode = cache(self._encoders.encode)
        found = retrieval.retrieve(understood, indexes, self._store, encode)
        hits = [hit for hit in found if hit.entry.id not in unread]
        card = next((i.card for i in indexes if hits and i.library == hits[0].entry.library), None)
        encoder = self._encoders.of_card(card or indexes[0].card)
        documents = self._documents(query.libraries, hits)
        reading = encode(encoder.card, understood.text)
        stored = partial(self._store.states, encoder.card.key)
        answer = answering.answer(
            query,
            understood,
            hits,
            documents=documents,
            encode=encoder.read_documents,
            question=reading,
            searched=view.searched,
            near=lambda parts: estimated_cosines(reading, encoder, stored, parts),
            rarity=lambda stem: rarity(stem, indexes),
            knows=lambda name: knows(name, indexes, view),
            glossary=view.glossary,
            entries=lambda: [entry for entry in view.entries if entry.id not in unread],
        )
        if self._writer is not None and self._writer.wanted(query, answer):
            written = self._writer.write(
                self._writer.job(
                    replace(query, question=understood.understood_as or query.question),
                    hits,
                    {h.passage.document_id: documents(h.passage.document_id) for h in hits},
                    answer,
                    glossary={s: longs[0] for s, longs in view.glossary.longs.items()},
                    embed=encoder.embed_documents,
                ),
                on_sentence,
            )
            answer, self._last.explanation = written.answer, written.explanation
        return composing.with_unread(answer, len(unread), composing.language(query, understood))

    def retrieve(self, query: Query, *, k: int) -> list[Hit]:
        """Return the passages that most likely answer, best first. Raises what `ask` raises."""
        check(query)
        indexes = self._index.live(query.libraries)
        view = self._view(query.libraries)
        if not view.entries:
            return []
        understood = questions.understand(query, view.glossary, view.known)
        return retrieval.retrieve(understood, indexes, self._store, self._encoders.encode, k=k)

    def _completed(self, query: Query) -> Query:
        """Return a follow-up question completed by the model, where one is set and manages."""
        if self._writer is None or not query.history or query.mode is Mode.QUOTES:
            return query
        question = self._writer.rewrite(query.question, query.history, query.member)
        return query if question is None else replace(query, question=question, history=())

    def _documents(
        self, libraries: Sequence[str], hits: Sequence[Hit]
    ) -> Callable[[str], Document]:
        """Documents by id, read when asked for; the first hits' together, by the first of them."""
        first = {hit.entry.id: hit.entry for hit in hits[:HITS_READ]}
        read: dict[str, Document] = {}

        def document(id: str) -> Document:
            if id in first:
                read.update(
                    (found.entry.id, found) for found in self._store.texts([*first.values()])
                )
                first.clear()
            if id not in read:
                read[id] = self._store.document(id, libraries)
            return read[id]

        return document

    def _view(self, libraries: tuple[str, ...]) -> View:
        state = tuple(sorted(self._store.sequences(libraries).items()))
        with self._guard:
            kept = self._views.get(libraries)
        if kept is not None and kept[0] == state:
            return kept[1]
        view = read_view(self._store, libraries)
        with self._guard:
            if len(self._views) > 64:
                self._views.clear()
            self._views[libraries] = (state, view)
        return view


def check(query: Query) -> None:
    """Raise EmptyQuestion or QuestionTooLong for what is no question."""
    if not any(c.isalnum() for c in query.question):
        raise EmptyQuestion("The question is empty. Ask something in words.")
    if len(query.question) > MAX_QUESTION:
        raise QuestionTooLong(
            f"The question has {len(query.question):,} characters, more than {MAX_QUESTION:,}. "
            "Ask a shorter one."
        )


def read_view(store: Store, libraries: Sequence[str]) -> View:
    """Read what is known about libraries as a whole.

    A library nobody has added to is empty if it is one of several or `shared`.
    Raises UnknownLibrary otherwise.
    """
    entries: list[Entry] = []
    for library in libraries:
        try:
            entries += store.entries(library)
        except UnknownLibrary:
            if len(libraries) == 1 and library != "shared":
                names = ", ".join(store.libraries()) or "none yet"
                raise UnknownLibrary(
                    f"{library}: there is no library of that name. Libraries: {names}."
                ) from None
    particulars = [entry.particulars for entry in entries]
    publishers = sorted({p.publisher for p in particulars if p.publisher})
    stated = dict.fromkeys(
        name for p in particulars for name in (p.publisher, p.author, p.addressee) if name
    )
    dates = [p.date for p in particulars if p.date]
    return View(
        entries=tuple(entries),
        glossary=glossary.merge(store.glossary(libraries)),
        known=tuple(stated),
        searched=Searched(len(entries), tuple(publishers), max(dates, default=None)),
    )


def rarity(stem: str, indexes: Sequence[LiveIndex]) -> float:
    """A stem's IDF over some indexes together, as BM25 counts it (Robertson, Zaragoza 2009)."""
    number = np.array([crc32(stem.encode())], dtype=np.uint32)
    passages = sum(index.words.sizes().passages for index in indexes)
    holding = sum(float(index.words.frequencies("stems", number)[0]) for index in indexes)
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))


def knows(name: str, indexes: Sequence[LiveIndex], view: View) -> bool:
    """Say whether a name stands in the documents: its words, and each two neighbours together."""
    folded = name.casefold()
    if any(folded in known.casefold() for known in view.known):
        return True
    found = terms(name)
    if not len(found.stems):
        return True
    for index in indexes:
        stems = index.words.frequencies("stems", found.stems)
        pairs = index.words.frequencies("pairs", found.pairs)
        if (stems > 0).all() and (pairs > 0).all():
            return True
    return False


def empty_record(query: Query) -> Answer:
    """The answer of a record that holds nothing yet."""
    library = query.libraries[-1]
    text = f"The library {library} is empty. Add documents: footnote add FILE"
    return Answer(
        query.question,
        Outcome.NOT_FOUND,
        text,
        lines=(),
        searched=Searched(0, (), None),
    )
