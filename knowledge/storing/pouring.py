"""Passages into an index: vectors from the cache or the model, words, in bounded memory.

Everything here can be repeated: a passage that is already there is not put in twice.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np

from knowledge.encoding import states
from knowledge.encoding.model_card import ModelCard
from knowledge.errors import FolderUnusable, ModelMismatch
from knowledge.storing import generations, steps
from knowledge.storing.database import Database, in_plain_words, unusable
from knowledge.storing.generations import Generation
from knowledge.storing.vectors import Matrix, VectorIndex
from knowledge.types import Passage, Section

BATCH = 256
"""Passages at a time: 256 x 384 floats and their texts are under 1 MB."""


class Encoder(Protocol):
    """What pouring needs of an embedding model."""

    @property
    def card(self) -> ModelCard:
        """The model's identity."""

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), dimensions), float32."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text."""


class Encoders(Protocol):
    """Where encoders come from; they are loaded at the first call."""

    def of_setting(self, model: str) -> Encoder:
        """The encoder of a model by its setting."""

    def of_card(self, card: ModelCard) -> Encoder:
        """The encoder that a generation was built with. Raises ModelMissing."""


class Words(Protocol):
    """What pouring needs of the index of words."""

    def add(self, rows: Iterable[tuple[str, str]]) -> None:
        """Add passages as (id, text); seen by searches after `commit`."""

    def delete(self, ids: Iterable[str]) -> None:
        """Drop passages; unknown ids are ignored."""

    def commit(self) -> None:
        """Make what was added and deleted last, and let go of the writer."""

    def rollback(self) -> None:
        """Forget what was not committed, and let go of the writer."""

    def reload(self) -> None:
        """See what another process has committed."""

    def ids(self) -> set[str]:
        """All ids."""


class Chunk(Protocol):
    """`chunking.chunk`."""

    def __call__(
        self,
        text: str,
        sections: Sequence[Section],
        *,
        document_id: str,
        count_tokens: Callable[[Sequence[str]], list[int]],
        max_tokens: int,
    ) -> list[Passage]:
        """Passages of a text, in order."""


@dataclass(frozen=True, slots=True)
class Making:
    """How a text becomes what an index holds; each function is another module's."""

    chunk: Chunk
    open_words: Callable[[Path], Words]
    learn: Callable[[str], Mapping[str, str]] = lambda text: {}
    """Acronyms that a text explains: {short: long}."""
    encode_terms: Callable[[str], bytes] | None = None
    """The stored form of a passage's words."""
    signature: Callable[[str], bytes] | None = None
    """What near-copies are found by."""


def text_hash(text: str) -> bytes:
    """With the model, the key of a text's vector in the cache."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def cut(
    making: Making, encoder: Encoder, document_id: str, text: str, sections: str
) -> list[Passage]:
    """A document's passages for a model; `sections` is the JSON that the record keeps."""
    return making.chunk(
        text,
        [Section(**facts) for facts in json.loads(sections)],
        document_id=document_id,
        count_tokens=encoder.count_tokens,
        max_tokens=encoder.card.max_tokens,
    )


def embed(
    store: Database, model: int, encoder: Callable[[], Encoder], texts: Sequence[str]
) -> Matrix:
    """Unit vectors of texts, shape (len(texts), dimensions), from the cache where it has them.

    What is new is written to the cache. `encoder` is called, and so the model
    loaded, only if something is.
    """
    hashes = [text_hash(text) for text in texts]
    sql = "SELECT hash, vector FROM embeddings WHERE model = ? AND hash IN ({})"
    known: dict[bytes, bytes] = dict(store.by_key(hashes, sql, model))
    new = {hash: text for hash, text in zip(hashes, texts, strict=True) if hash not in known}
    if new:
        matrix, packed = states.embed(encoder(), list(new.values()))
        fresh = {hash: row.astype("<f4").tobytes() for hash, row in zip(new, matrix, strict=True)}
        with store.write() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO embeddings (model, hash, vector) VALUES (?, ?, ?)",
                [(model, hash, vector) for hash, vector in fresh.items()],
            )
            connection.executemany(
                "INSERT OR IGNORE INTO states "
                "SELECT number, ? FROM embeddings WHERE model = ? AND hash = ?",
                [(one, model, hash) for hash, one in zip(new, packed, strict=True) if one],
            )
        known |= fresh
    rows = b"".join(known[hash] for hash in hashes)
    return np.frombuffer(rows, dtype="<f4").reshape(len(texts), -1)


def pour(
    store: Database,
    generation: Generation,
    encoder: Callable[[], Encoder],
    vectors: VectorIndex | None,
    words: Words | None,
    passages: Iterable[tuple[str, str]],
    verb: str,
) -> int:
    """Put passages, as (id, text), into the vectors and words that are given; say how many.

    Words are not committed: the caller does, once.
    """
    count = 0
    for batch in _batches(passages, BATCH):
        ids = [id for id, _ in batch]
        if vectors is not None:
            matrix = embed(store, generation.model, encoder, [text for _, text in batch])
            steps.step(f"{verb}:embedded")
            vectors.add(ids, matrix)
            steps.step(f"{verb}:vectors-written")
        if words is not None:
            with words_in_plain_words(store.home):
                words.delete(ids)
                words.add(batch)
        count += len(batch)
    return count


def members(store: Database, generation: int) -> Iterator[tuple[str, str]]:
    """(id, text) of a generation's passages whose documents are not being removed, in order.

    Fetched some at a time, each in a read of its own.
    """
    after = -1
    while True:
        rows = store.rows(
            "SELECT m.passage, p.id, p.text FROM members m JOIN passages p ON p.number = m.passage "
            "JOIN documents d ON d.number = p.document "
            "WHERE m.generation = ? AND m.passage > ? AND d.state = 'current' "
            "ORDER BY m.passage LIMIT ?",
            (generation, after, BATCH),
        )
        yield from ((row[1], row[2]) for row in rows)
        if len(rows) < BATCH:
            return
        after = rows[-1][0]


def rebuild(
    store: Database,
    making: Making,
    encoders: Encoders,
    generation: Generation,
    *,
    vectors: bool = True,
    words: bool = True,
    verb: str,
) -> tuple[int, int]:
    """Build new folders for a generation from the record: (number of v<n>, number of w<n>).

    Nothing points to them yet; a part that is not asked for keeps its number.
    The model is loaded only if the cache lacks a vector.
    """
    home = store.home
    number = _free_number(home, generation)
    base = generations.folder(home, generation)
    with in_plain_words(home):
        base.mkdir(parents=True, exist_ok=True, mode=0o700)
    into = VectorIndex.open(base / f"v{number}" / "chroma") if vectors else None
    terms = making.open_words(base / f"w{number}") if words else None
    try:
        pour(
            store,
            generation,
            lambda: encoder_of(encoders, generation.card),
            into,
            terms,
            members(store, generation.number),
            verb,
        )
        if terms is not None:
            with words_in_plain_words(home):
                terms.commit()
        steps.step(f"{verb}:rebuilt")
    except BaseException:
        if terms is not None:
            terms.rollback()
        shutil.rmtree(base / f"v{number}", ignore_errors=True)
        shutil.rmtree(base / f"w{number}", ignore_errors=True)
        raise
    finally:
        if into is not None:
            into.shut()
    return (number if vectors else generation.vectors, number if words else generation.words)


@contextmanager
def words_in_plain_words(home: Path) -> Iterator[None]:
    """Turn what tantivy raises when it cannot write into FolderUnusable."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise FolderUnusable(unusable(home, str(error)[:200])) from error


def encoder_of(encoders: Encoders, card: ModelCard) -> Encoder:
    """The encoder of a card. Raises ModelMissing, or ModelMismatch if it became another model."""
    encoder = encoders.of_card(card)
    if encoder.card.key != card.key:
        raise ModelMismatch(
            f"{card.name}: this embedding model is not the one that the index was built with. "
            "Build the index anew: footnote reindex"
        )
    return encoder


def _free_number(home: Path, generation: Generation) -> int:
    used = {generation.vectors, generation.words}
    for path in generations.folder(home, generation).glob("[vw]*"):
        if path.name[1:].isdigit():
            used.add(int(path.name[1:]))
    return max(used) + 1


def _batches(items: Iterable[tuple[str, str]], size: int) -> Iterator[list[tuple[str, str]]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
