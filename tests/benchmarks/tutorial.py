"""The pipeline of the usual tutorial, to be measured beside ours.

    python tests/benchmarks/tutorial.py ingest CORPUS PASSAGES FOLDER MODEL [synthetic]
    python tests/benchmarks/tutorial.py ask FOLDER MODEL QUESTION
    python tests/benchmarks/tutorial.py warm CORPUS PASSAGES FOLDER MODEL COUNT

RecursiveCharacterTextSplitter 1000/200, Chroma through langchain-chroma, the same
embedding model through HuggingFaceEmbeddings, k = 4; retrieval alone, no answer.
`synthetic` takes random unit vectors for documents instead of encoding them.
It needs `pip install langchain-chroma langchain-huggingface`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from corpus import documents, questions

ADD_BATCH = 5000  # Chroma takes 5,461 at most


def store(folder: str, model: str) -> Any:
    """The vector store as the tutorial makes it."""
    from langchain_chroma import Chroma
    from langchain_huggingface import HuggingFaceEmbeddings

    return Chroma(
        persist_directory=folder,
        embedding_function=HuggingFaceEmbeddings(model_name=model),
    )


def ingest(corpus: Path, passages: int, folder: str, model: str, synthetic: bool) -> dict[str, Any]:
    """Split, embed and keep; loading of the model is not counted."""
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    kept = store(folder, model)
    kept.embeddings.embed_query("warm")
    if synthetic:
        random = np.random.default_rng(3)

        def drawn(texts: list[str]) -> list[list[float]]:
            rows = random.standard_normal((len(texts), 384))
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            found: list[list[float]] = rows.tolist()
            return found

        object.__setattr__(kept.embeddings, "embed_documents", drawn)
    wall, cpu = time.perf_counter(), time.process_time()
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    texts = list(documents(corpus, passages))
    pieces = splitter.split_documents(
        [
            Document(t.text, metadata={"publisher": t.publisher, "date": int(t.date[:4])})
            for t in texts
        ]
    )
    for start in range(0, len(pieces), ADD_BATCH):
        kept.add_documents(pieces[start : start + ADD_BATCH])
    return {
        "passages": len(pieces),
        "characters": sum(len(t.text) for t in texts),
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
    }


def warm(corpus: Path, passages: int, folder: str, model: str, count: int) -> dict[str, Any]:
    """Ask questions, no two alike; plain, and through Chroma's own filters."""
    kept = store(folder, model)
    kept.similarity_search("warm", k=4)
    filters: dict[str, Any] = {
        "retrieval": None,
        "publisher": {"publisher": "Publisher 3"},
        "since": {"date": {"$gte": 2021}},
    }
    asked = questions(corpus, passages, count * len(filters))
    times: dict[str, Any] = {}
    for number, (name, chosen) in enumerate(filters.items()):
        rows = []
        for question in asked[number * count : (number + 1) * count]:
            wall, cpu = time.perf_counter(), time.process_time()
            kept.similarity_search(question, k=4, filter=chosen)
            rows.append((time.perf_counter() - wall, time.process_time() - cpu))
        times[name] = rows
    return times


def main() -> None:
    """Run one of the three and print JSON."""
    verb, *rest = sys.argv[1:]
    if verb == "ingest":
        print(
            json.dumps(ingest(Path(rest[0]), int(rest[1]), rest[2], rest[3], "synthetic" in rest))
        )
    elif verb == "ask":
        for found in store(rest[0], rest[1]).similarity_search(rest[2], k=4):
            print(found.page_content)
    else:
        print(json.dumps(warm(Path(rest[0]), int(rest[1]), rest[2], rest[3], int(rest[4]))))


if __name__ == "__main__":
    main()
