"""An encoder that tells how many of a document's passages it has read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knowledge.encoding.embedding import Reading
from knowledge.encoding.model_card import ModelCard
from knowledge.progress import Tell
from knowledge.storing.pouring import Encoder
from knowledge.storing.vectors import Matrix


class Watched:
    """Reads as the encoder it was made of does, and tells after each passage."""

    def __init__(self, encoder: Encoder, total: int, tell: Tell) -> None:
        """`total` is the number of passages that will be read, those in the cache included."""
        self._encoder, self._total, self._tell = encoder, total, tell
        self._read = 0

    @property
    def card(self) -> ModelCard:
        """The model's identity."""
        return self._encoder.card

    @property
    def projection(self) -> Matrix | None:
        """What states are projected with; None where the encoder gives none."""
        projection: Matrix | None = getattr(self._encoder, "projection", None)
        return projection

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text."""
        return self._encoder.count_tokens(texts)

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), dimensions), float32."""
        matrix = self._encoder.embed_documents(texts)
        self._told(len(texts))
        return matrix

    def read_documents(self, texts: Sequence[str]) -> Iterator[Reading]:
        """Vectors with states; only of an encoder that has a projection."""
        for reading in self._encoder.read_documents(texts):  # type: ignore[attr-defined]
            self._told(1)
            yield reading

    def _told(self, more: int) -> None:
        self._read += more
        self._tell("passages", self._read, self._total)
