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
from knowledge.errors import KnowledgeError, ModelMissing

logger = logging.getLogger(__name__)

Vector = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float32]
Places = npt.NDArray[np.int32]
"""Where word pieces stand in a text, shape (n, 2), code points."""

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
    offsets: Places
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

    def offsets(self, texts: Sequence[str]) -> list[Places]:
        """Where the word pieces of each text stand that have a state as a document."""


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
    try:
        return _loaded(folder, card, device=device)
    except KnowledgeError:
        raise
    except Exception as error:
        # onnxruntime, tokenizers and numpy each have their own way to say it.
        raise exported.unreadable(folder, error) from error


def _loaded(folder: Path, card: ModelCard, *, device: str) -> Encoder:
    if card.backend == "torch":
        from knowledge.encoding.torch_encoder import TorchEncoder

        logger.warning("%s runs on torch: %s", card.name, card.note)
        return TorchEncoder(folder, card, device=device)
    from knowledge.encoding.onnx_encoder import OnnxEncoder

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
