"""Models that cannot be exported: sentence-transformers itself, for questions and documents."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from knowledge.encoding.embedding import Matrix, Places, Reading, Vector
from knowledge.encoding.model_card import ModelCard
from knowledge.errors import ModelMissing
from knowledge.unit import unit


class TorchEncoder:
    """The original model on torch: slower to start and larger, but any architecture."""

    def __init__(self, folder: Path, card: ModelCard, *, device: str) -> None:
        """Load the model that `folder/source.json` names; nothing is downloaded."""
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer

        origin = json.loads((folder / "source.json").read_text())
        try:
            self._model = SentenceTransformer(
                origin["folder"],
                device=device,
                trust_remote_code=False,
                local_files_only=True,
                model_kwargs={"use_safetensors": True},
            )
        except Exception as error:
            raise ModelMissing(
                f"{card.name}: the embedding model could not be loaded from {origin['folder']}. "
                "Put it back, or build the index with another one: footnote reindex"
            ) from error
        self._model.max_seq_length = card.max_tokens
        self._card = card

    @property
    def card(self) -> ModelCard:
        """The model's identity."""
        return self._card

    @property
    def projection(self) -> Matrix | None:
        """None: late interaction is for exported models."""
        return None

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), dimensions), float32, in the order of the texts."""
        return self._embed(texts, self._card.document_prompt)

    def embed_question(self, text: str) -> Vector:
        """A unit vector, shape (dimensions,), float32."""
        vector: Vector = self._embed([text], self._card.question_prompt)[0]
        return vector

    def read_documents(self, texts: Sequence[str]) -> Iterator[Reading]:
        """Vectors without states: late interaction is for exported models."""
        for position, vector in enumerate(self.embed_documents(texts)):
            yield _without_states(position, vector)

    def read_question(self, text: str) -> Reading:
        """A question's vector without states."""
        return _without_states(0, self.embed_question(text))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each whole text as a document, prompt and special ones included."""
        prompt = self._card.document_prompt
        tokenizer = self._model.tokenizer
        return [len(tokenizer(prompt + text, truncation=False)["input_ids"]) for text in texts]

    def offsets(self, texts: Sequence[str]) -> list[Places]:
        """Empty: there are no states."""
        return [np.zeros((0, 2), dtype=np.int32)] * len(texts)

    def _embed(self, texts: Sequence[str], prompt: str) -> Matrix:
        if not texts:
            return np.zeros((0, self._card.dimensions), dtype=np.float32)
        return unit(np.asarray(self._model.encode(list(texts), prompt=prompt), dtype=np.float32))


def _without_states(position: int, vector: Vector) -> Reading:
    return Reading(
        position=position,
        vector=vector,
        pieces=np.zeros(0, dtype=np.int32),
        states=np.zeros((0, 0), dtype=np.float32),
        offsets=np.zeros((0, 2), dtype=np.int32),
    )
