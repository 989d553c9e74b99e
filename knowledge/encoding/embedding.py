"""Texts become unit vectors: one encoder for questions and documents alike.

A sentence-transformers model is exported once, by a child process (`exporting`),
and read through onnxruntime from then on, so that whoever adds or asks never
imports torch: 0.5 s and 195 MB instead of 6.0 s and 493 MB to the first vector,
with the same vectors (our measurement, November 2026).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np
import numpy.typing as npt

from knowledge.encoding import exported
from knowledge.encoding.model_card import ModelCard
from knowledge.encoding.model_source import locate
from knowledge.encoding.states import project
from knowledge.errors import ModelMissing

logger = logging.getLogger(__name__)

Vector = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float32]

# Rows times the longest row: 16 full windows. Larger batches gain nothing on two cores
# and cost memory (our measurement, November 2026).
BATCH_TOKENS = 4096
THREADS = 2
OPEN_ENCODERS = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """One text as a model read it."""

    position: int
    """Index of the text in what was handed in."""
    vector: Vector
    """Unit vector, shape (dimensions,)."""
    pieces: npt.NDArray[np.int32]
    """Ids of its word pieces without special ones and prompt, shape (n,)."""
    states: Matrix
    """Last-layer state of each of these pieces, shape (n, width), not normalised."""
    offsets: npt.NDArray[np.int32]
    """Where each of these pieces stands in the text, shape (n, 2), code points."""
    projected: Matrix | None = None
    """The states as late interaction compares them, shape (n, `states.DIMENSIONS`)."""


class Encoder(Protocol):
    """What turns texts into unit vectors."""

    @property
    def card(self) -> ModelCard:
        """The model's identity."""

    @property
    def projection(self) -> Matrix | None:
        """From states to the few dimensions that are stored (`states`); None: none are."""

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), dimensions), float32, in the order of the texts."""

    def embed_question(self, text: str) -> Vector:
        """A unit vector, shape (dimensions,), float32."""

    def read_documents(self, texts: Sequence[str]) -> Iterator[Reading]:
        """Vectors with the states of the word pieces; shortest texts first, not in order."""

    def read_question(self, text: str) -> Reading:
        """A question's vector with the states of its word pieces."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each whole text as a document, prompt and special ones included."""


class OnnxEncoder:
    """The exported model. Safe to use from several threads."""

    def __init__(self, folder: Path, card: ModelCard, *, threads: int = THREADS) -> None:
        """Load tokenizer.json and model.onnx from a folder that `exporting` wrote."""
        import onnxruntime  # type: ignore[import-untyped]
        import threadpoolctl  # type: ignore[import-untyped]
        from tokenizers import Tokenizer

        # numpy's products here are small, and its idle second thread spins: on a busy machine
        # a retrieval took 82 ms CPU with two threads and 30 with one. For the whole process.
        threadpoolctl.threadpool_limits(1, user_api="blas")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Without arena and patterns the peak of a long batch goes back to the system.
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {entry.name for entry in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._counter = Tokenizer.from_str(self._tokenizer.to_str())
        self._tokenizer.enable_truncation(card.max_tokens)
        self._card = card
        fitted = folder / "projection.npy"
        self._projection = np.load(fitted) if fitted.is_file() else None

    @property
    def card(self) -> ModelCard:
        """The model's identity."""
        return self._card

    @property
    def projection(self) -> Matrix | None:
        """From states to the few dimensions that are stored (`states`); None: none are."""
        return self._projection

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), dimensions), float32, in the order of the texts."""
        matrix = np.zeros((len(texts), self._card.dimensions), dtype=np.float32)
        for reading in self.read_documents(texts):
            matrix[reading.position] = reading.vector
        return matrix

    def embed_question(self, text: str) -> Vector:
        """A unit vector, shape (dimensions,), float32."""
        return self.read_question(text).vector

    def read_documents(self, texts: Sequence[str]) -> Iterator[Reading]:
        """Vectors with the states of the word pieces; shortest texts first, not in order."""
        return self._read(texts, self._card.document_prompt)

    def read_question(self, text: str) -> Reading:
        """A question's vector with the states of its word pieces."""
        return next(self._read([text], self._card.question_prompt))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each whole text as a document, prompt and special ones included."""
        prompt = self._card.document_prompt
        encodings = self._counter.encode_batch_fast([prompt + text for text in texts])
        return [len(encoding) for encoding in encodings]

    def vocabulary(self) -> list[str]:
        """The word pieces that the model knows, in order of their ids."""
        pieces: dict[str, int] = self._tokenizer.get_vocab()
        return sorted(pieces, key=lambda piece: pieces[piece])

    def _read(self, texts: Sequence[str], prompt: str) -> Iterator[Reading]:
        encodings = self._tokenizer.encode_batch([prompt + text for text in texts])
        # Sorted by length, a row is padded by little or nothing whatever it is batched with.
        order = sorted(range(len(texts)), key=lambda position: len(encodings[position]))
        for batch in _batches(order, [len(encoding) for encoding in encodings]):
            rows = [encodings[position] for position in batch]
            states = self._states([row.ids for row in rows])
            for position, row, state in zip(batch, rows, states, strict=True):
                yield self._reading(
                    position, row.ids, row.special_tokens_mask, row.offsets, len(prompt), state
                )

    def _states(self, ids: Sequence[Sequence[int]]) -> Matrix:
        """Last-layer states, shape (rows, longest row, width)."""
        width = max(len(row) for row in ids)
        padded = np.zeros((len(ids), width), dtype=np.int64)
        mask = np.zeros((len(ids), width), dtype=np.int64)
        for number, row in enumerate(ids):
            padded[number, : len(row)] = row
            mask[number, : len(row)] = 1
        feeds = {"input_ids": padded, "attention_mask": mask}
        if "token_type_ids" in self._inputs:
            feeds["token_type_ids"] = np.zeros_like(padded)
        (states,) = self._session.run(None, feeds)
        return np.asarray(states, dtype=np.float32)

    def _reading(
        self,
        position: int,
        ids: Sequence[int],
        special: Sequence[int],
        offsets: Sequence[tuple[int, int]],
        prompt_chars: int,
        padded_states: Matrix,
    ) -> Reading:
        states = padded_states[: len(ids)]
        pooled = states[0] if self._card.pooling == "cls" else states.mean(axis=0)
        places = np.asarray(offsets, dtype=np.int32).reshape(-1, 2) - prompt_chars
        own = (np.asarray(special) == 0) & (places[:, 0] >= 0)
        return Reading(
            position=position,
            vector=unit(pooled),
            pieces=np.asarray(ids, dtype=np.int32)[own],
            states=states[own],
            offsets=places[own],
            projected=None if self._projection is None else project(states[own], self._projection),
        )


def _batches(order: Sequence[int], lengths: Sequence[int]) -> Iterator[list[int]]:
    """Consecutive positions whose padded size stays within BATCH_TOKENS."""
    batch: list[int] = []
    for position in order:
        if batch and (len(batch) + 1) * lengths[position] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch


def unit(vector: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Scale vectors to length one along the last axis; zeros stay zeros."""
    length = np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.asarray(vector / np.maximum(length, 1e-12), dtype=np.float32)


def open_encoder(model: str, *, home: Path, device: str = "cpu") -> Encoder:
    """The encoder of a model by setting: the bundled name, a folder or a hub name.

    The first time a child process exports it to `home/models/<key>/` (about ten
    seconds; a hub name is downloaded first). `device` (cpu, cuda, mps) counts for
    models that cannot be exported and run on torch.

    Raises ModelMissing if it cannot be found or loaded, or is not what it should be.
    """
    source = locate(model)
    found = exported.find(home, source)
    if found is None:
        logger.info("preparing the embedding model %s, once", source.name)
        found = exported.export(model, home=home, device=device)
    return _load(*found, device=device)


def open_recorded(card: ModelCard, *, home: Path, device: str = "cpu") -> Encoder:
    """The encoder that a generation was built with, whatever the setting says now.

    Raises ModelMissing if it is neither exported here nor to be found under its
    name any more, unchanged.
    """
    found = exported.find_key(home, card.key)
    if found is None:
        try:
            encoder = open_encoder(card.name, home=home, device=device)
        except ModelMissing as error:
            raise ModelMissing(_gone(card)) from error
        if encoder.card.key != card.key:
            raise ModelMissing(_gone(card))
        return encoder
    return _load(*found, device=device)


def _gone(card: ModelCard) -> str:
    return (
        f"{card.name}: the embedding model that this index was built with is gone or has changed. "
        "Put it back, or build the index with another one: footnote reindex"
    )


def _load(folder: Path, card: ModelCard, *, device: str) -> Encoder:
    if card.backend == "torch":
        from knowledge.encoding.torch_encoder import TorchEncoder

        logger.warning("%s runs on torch: %s", card.name, card.note)
        return TorchEncoder(folder, card, device=device)
    return OnnxEncoder(folder, card)


class Encoders:
    """Open encoders by model, a few at a time, shared by all threads of a process."""

    def __init__(self, home: Path, *, device: str = "cpu") -> None:
        """Nothing is loaded before it is asked for. `home` is the data folder."""
        self._home = home
        self._device = device
        self._open: dict[str, Encoder] = {}
        self._lock = Lock()

    def of_setting(self, model: str) -> Encoder:
        """The encoder of a model by setting, as `open_encoder`."""
        with self._lock:
            for encoder in self._open.values():
                if encoder.card.name == model:
                    return encoder
            return self._keep(open_encoder(model, home=self._home, device=self._device))

    def of_card(self, card: ModelCard) -> Encoder:
        """The encoder that a generation was built with, as `open_recorded`."""
        with self._lock:
            if card.key not in self._open:
                self._keep(open_recorded(card, home=self._home, device=self._device))
            encoder = self._open.pop(card.key)
            self._open[card.key] = encoder
            return encoder

    def encode(self, card: ModelCard, question: str) -> Reading:
        """A question as the model of a generation reads it."""
        return self.of_card(card).read_question(question)

    def _keep(self, encoder: Encoder) -> Encoder:
        while len(self._open) >= OPEN_ENCODERS:
            self._open.pop(next(iter(self._open)))
        self._open[encoder.card.key] = encoder
        return encoder
