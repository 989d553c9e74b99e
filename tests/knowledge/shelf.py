"""A small record for tests: real SQLite, Chroma and tantivy, a quick deterministic encoder."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.encoding.model_card import ModelCard
from knowledge.encoding.terms import encode_terms
from knowledge.searching.words import WordIndex
from knowledge.storing.adding import Added, Provenance
from knowledge.storing.index import Index
from knowledge.storing.pouring import Making
from knowledge.storing.store import Store
from knowledge.types import Draft, Particulars, Passage, Section

Matrix = npt.NDArray[np.float32]


class WordsEncoder:
    """Each word is a fixed random direction; a text is the sum of its words."""

    def __init__(self, name: str = "plain", dimensions: int = 32) -> None:
        self.card = ModelCard(
            name=name,
            sha256=hashlib.sha256(name.encode()).hexdigest(),
            tokenizer_sha256="",
            dimensions=dimensions,
            pooling="mean",
            max_tokens=64,
        )
        self.embedded: list[str] = []

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        self.embedded += texts
        return np.stack([self.embed_question(text) for text in texts])

    def embed_question(self, text: str) -> Matrix:
        total = np.zeros(self.card.dimensions, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            seed = hashlib.sha256(f"{self.card.name} {word}".encode()).digest()[:8]
            generator = np.random.default_rng(int.from_bytes(seed, "little"))
            total += generator.standard_normal(self.card.dimensions).astype(np.float32)
        length = float(np.linalg.norm(total))
        return total / length if length else total

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


class PlainEncoders:
    """Encoders by name, without files."""

    def __init__(self) -> None:
        self.known: dict[str, WordsEncoder] = {}

    def of_setting(self, model: str) -> WordsEncoder:
        return self.known.setdefault(model, WordsEncoder(model))

    def of_card(self, card: ModelCard) -> WordsEncoder:
        return self.of_setting(card.name)


def chunk(
    text: str, sections: object, *, document_id: str, count_tokens: object, max_tokens: int
) -> list[Passage]:
    """A passage a paragraph."""
    found = []
    for match in re.finditer(r"[^\n]+", text):
        start, end = match.span()
        key = f"{document_id} {start} {end} {match.group()}"
        id = hashlib.sha256(key.encode()).hexdigest()[:20]
        found.append(Passage(id, document_id, start, end, match.group()))
    return found


def learn(text: str) -> dict[str, str]:
    """Only what these tests' texts explain."""
    return {short: long for long, short in re.findall(r"((?:[A-Z]\w+ )+)\(([A-Z]{2,})\)", text)}


MAKING = Making(chunk=chunk, open_words=WordIndex.open, learn=learn, encode_terms=encode_terms)


def open_index(home: Path, *, making: Making = MAKING, wait_seconds: float = 30.0) -> Index:
    """A record in `home` as a process has it."""
    return Index(Store.open(home), PlainEncoders(), making, wait_seconds=wait_seconds)


def draft(text: str, **particulars: str) -> Draft:
    """A document of one section."""
    return Draft(
        text=text,
        sections=(Section(0, len(text)),),
        particulars=Particulars(**particulars),  # type: ignore[arg-type]
    )


def add(
    index: Index, text: str, *, library: str = "shared", source: str = "a.txt", **more: str
) -> Added:
    """Add a text as if it came from a file of that name."""
    return index.add(
        draft(text, **more),
        Provenance(source, original=text.encode()),
        library=library,
        model="plain",
        actor="tester",
    )


def ask(index: Index, question: str, library: str = "shared", k: int = 3) -> list[Passage]:
    """The visible passages nearest to a question, best first."""
    found: list[Passage] = []
    for live in index.live([library]):
        encoder = index.encoders.of_card(live.card)
        vector = encoder.embed_question(question)  # type: ignore[attr-defined]
        hits = live.vectors.query(vector, k)
        passages = index.store.passages([id for id, _ in hits], [library])
        found += [passages[id] for id, _ in hits if id in passages]
    return found
