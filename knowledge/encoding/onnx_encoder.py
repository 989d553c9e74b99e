"""The exported model, read through onnxruntime."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from knowledge.encoding.embedding import Matrix, Places, Reading, Vector
from knowledge.encoding.model_card import ModelCard
from knowledge.encoding.states import project
from knowledge.unit import unit

if TYPE_CHECKING:
    from tokenizers import Encoding

# Rows times the longest row: one full window, or several short texts. A batch's layers then
# stay in the processor's caches: 40 regulatory passages took 1.6 s CPU at 300 tokens, 1.7 s at
# 600, 2.0 s at 1,500 and 3.2 s at 4,096; and 16 windows took 81 MB beyond the model at 256,
# 166 MB at 512, 344 MB at 4,096 (our measurement, November 2026).
BATCH_TOKENS = 256
# Batches at a time, each on one thread of its own: a product this small, split between
# threads, costs more in their meetings than it saves.
WORKERS = 2
# Word pieces that a batch more costs as much as: padding beyond it is not worth one less.
A_BATCH = 8


class OnnxEncoder:
    """The exported model. Safe to use from several threads."""

    def __init__(self, folder: Path, card: ModelCard) -> None:
        """Load tokenizer.json and model.onnx from a folder that `exporting` wrote."""
        import onnxruntime  # type: ignore[import-untyped]
        import threadpoolctl  # type: ignore[import-untyped]
        from tokenizers import Tokenizer

        # numpy's products here are small, and its idle second thread spins: on a busy machine
        # a retrieval took 82 ms CPU with two threads and 30 with one. For the whole process.
        threadpoolctl.threadpool_limits(1, user_api="blas")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
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

    def offsets(self, texts: Sequence[str]) -> list[Places]:
        """Where the word pieces of each text stand that have a state as a document."""
        prompt = self._card.document_prompt
        encodings = self._tokenizer.encode_batch([prompt + text for text in texts])
        return [
            places[own]
            for places, own in (_placed(encoding, len(prompt)) for encoding in encodings)
        ]

    def vocabulary(self) -> list[str]:
        """The word pieces that the model knows, in order of their ids."""
        pieces: dict[str, int] = self._tokenizer.get_vocab()
        return sorted(pieces, key=lambda piece: pieces[piece])

    def _read(self, texts: Sequence[str], prompt: str) -> Iterator[Reading]:
        encodings = self._tokenizer.encode_batch([prompt + text for text in texts])
        # Sorted by length, a row is padded by little or nothing whatever it is batched with.
        order = sorted(range(len(texts)), key=lambda position: len(encodings[position]))
        batches = list(_batches(order, [len(encoding) for encoding in encodings]))

        def read(batch: Sequence[int]) -> list[Reading]:
            rows = [encodings[position] for position in batch]
            states = self._states([row.ids for row in rows])
            return [
                self._reading(position, row, len(prompt), state)
                for position, row, state in zip(batch, rows, states, strict=True)
            ]

        # Two threads share a core's caches: what one batch could hold is done by the caller.
        if sum(len(encoding) for encoding in encodings) <= BATCH_TOKENS:
            for batch in batches:
                yield from read(batch)
            return
        with ThreadPoolExecutor(WORKERS) as pool:
            waiting: deque[Future[list[Reading]]] = deque()
            for batch in batches:
                waiting.append(pool.submit(read, batch))
                # Those ahead of the reader hold their states: a few, not the whole text.
                if len(waiting) > 2 * WORKERS:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()

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
        self, position: int, encoding: Encoding, prompt_chars: int, padded_states: Matrix
    ) -> Reading:
        states = padded_states[: len(encoding)]
        pooled = states[0] if self._card.pooling == "cls" else states.mean(axis=0)
        places, own = _placed(encoding, prompt_chars)
        return Reading(
            position=position,
            vector=unit(pooled),
            pieces=np.asarray(encoding.ids, dtype=np.int32)[own],
            states=states[own],
            offsets=places[own],
            projected=None if self._projection is None else project(states[own], self._projection),
        )


def _placed(encoding: Encoding, prompt_chars: int) -> tuple[Places, npt.NDArray[np.bool_]]:
    """Where all pieces stand in the text behind the prompt, and which are the text's own."""
    places = np.asarray(encoding.offsets, dtype=np.int32).reshape(-1, 2) - prompt_chars
    return places, (np.asarray(encoding.special_tokens_mask) == 0) & (places[:, 0] >= 0)


def _batches(order: Sequence[int], lengths: Sequence[int]) -> Iterator[list[int]]:
    """Consecutive positions, shortest first, padded to BATCH_TOKENS and by A_BATCH at most."""
    batch: list[int] = []
    for position in order:
        length = lengths[position]
        if batch and (
            (len(batch) + 1) * length > BATCH_TOKENS
            or sum(length - lengths[other] for other in batch) > A_BATCH
        ):
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch
