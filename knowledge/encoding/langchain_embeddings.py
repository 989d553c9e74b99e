"""Our encoder as LangChain's `Embeddings`, for vector stores and chains of one's own."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings

from knowledge.encoding.embedding import Encoder


class EncoderEmbeddings(Embeddings):
    """Unit vectors as lists of floats; a model's prompts are added as it wants them."""

    def __init__(self, encoder: Encoder) -> None:
        """`encoder` comes from `embedding.open_encoder`."""
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector of `encoder.card.dimensions` floats a text, in order."""
        return [[float(value) for value in row] for row in self._encoder.embed_documents(texts)]

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        return [float(value) for value in self._encoder.embed_question(text)]
