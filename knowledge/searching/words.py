"""tantivy: which passages share words with a question. Terms are numbers, no text is stored.

Three fields: stems find passages; pairs of stems find more; pairs of words as written
are there for their document frequencies. Final scores come from the stored terms
(`ranking`), because tantivy's saturation (k1 = 1.2) is fixed and too high for passages.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tantivy

from knowledge.encoding.terms import Numbers, distinct, terms
from knowledge.errors import Damaged

logger = logging.getLogger(__name__)

# tantivy's least is 15 MB a thread; 64 MB writes 10,000 passages as one segment.
HEAP_BYTES = 64_000_000
STEMS, PAIRS, SURFACE = "stems", "pairs", "surface"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the index is; for scores that weigh a passage's length."""

    passages: int
    stems: float
    """Mean number of stems in a passage."""
    pairs: float
    """Mean number of pairs of stems in a passage."""
    surface: float
    """Mean number of pairs of words in a passage."""


class WordIndex:
    """The words of one generation in a folder. Many may read; one writes, under the lock."""

    def __init__(self, folder: Path) -> None:
        """Open the folder, or begin an empty index in it. Raises Damaged if it cannot be read."""
        self._folder = folder
        self._writer: Any = None
        self._sizes: Sizes | None = None
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            self._index = tantivy.Index(_schema(), path=str(folder), reuse=True)
            self._index.register_tokenizer("numbers", _numbers())
            self._index.config_reader(reload_policy="manual")
            self._index.reload()
        except (ValueError, OSError) as error:
            raise Damaged(
                f"{folder}: the word index cannot be read. Build it again: footnote doctor --repair"
            ) from error
        self._searcher = self._index.searcher()

    @classmethod
    def open(cls, folder: Path) -> WordIndex:
        """The index in a folder, begun if there is none. Raises Damaged if it cannot be read."""
        return cls(folder)

    # --- Write ---

    def add(self, rows: Iterable[tuple[str, str]]) -> None:
        """Add passages as (id, text); found after `commit`. An id must be new."""
        writer = self._writing()
        for id, text in rows:
            found = terms(text)
            document = tantivy.Document()
            document.add_text("id", id)
            for field, numbers in (
                (STEMS, found.stems),
                (PAIRS, found.pairs),
                (SURFACE, found.surface),
            ):
                document.add_text(field, " ".join(map(_name, numbers.tolist())))
                document.add_unsigned(f"{field}_count", len(numbers))
            writer.add_document(document)

    def delete(self, ids: Iterable[str]) -> None:
        """Delete passages; they are gone after `commit`. Unknown ids are no fault."""
        writer = self._writing()
        for id in ids:
            writer.delete_documents_by_term("id", id)

    def commit(self) -> None:
        """Make additions and deletions durable and visible, and let the folder go."""
        if self._writer is not None:
            self._writer.commit()
            self._writer.wait_merging_threads()
            self._writer = None
        self.reload()

    def rollback(self) -> None:
        """Forget what was added and deleted since the last `commit`."""
        if self._writer is not None:
            self._writer.rollback()
            self._writer.wait_merging_threads()
            self._writer = None

    def _writing(self) -> Any:
        if self._writer is None:
            self._writer = self._index.writer(heap_size=HEAP_BYTES, num_threads=1)
        return self._writer

    # --- Read ---

    def reload(self) -> None:
        """See what another process has committed."""
        self._index.reload()
        self._searcher = self._index.searcher()
        self._sizes = None

    def close(self) -> None:
        """Forget what was not committed; nothing needs to be called on a reader."""
        self.rollback()

    def search(self, numbers: Numbers, k: int, *, field: str = STEMS) -> list[tuple[str, float]]:
        """Passages that hold any of the terms, best first, as (id, tantivy's BM25 score > 0).

        Terms count once, however often the question repeats them.
        """
        searcher, schema = self._searcher, self._index.schema
        option = "freq" if field == STEMS else "basic"
        queries = [
            (
                tantivy.Occur.Should,
                tantivy.Query.term_query(schema, field, _name(number), index_option=option),
            )
            for number in distinct(numbers).tolist()
        ]
        if not queries or k <= 0:
            return []
        found = searcher.search(tantivy.Query.boolean_query(queries), limit=k, count=False)
        return [(searcher.doc(place)["id"][0], float(score)) for score, place in found.hits]

    def frequencies(self, field: str, numbers: Numbers) -> np.ndarray[Any, np.dtype[np.float64]]:
        """How many passages hold each term, in the order given; deleted ones may still count."""
        searcher = self._searcher
        counts = [searcher.doc_freq(field, _name(number)) for number in numbers.tolist()]
        return np.minimum(np.array(counts, dtype=np.float64), searcher.num_docs)

    def sizes(self) -> Sizes:
        """How many passages there are and how long they are in the mean."""
        if self._sizes is None:
            searcher = self._searcher
            means = dict.fromkeys((STEMS, PAIRS, SURFACE), 1.0)
            if searcher.num_docs:
                wanted = {field: {"avg": {"field": f"{field}_count"}} for field in means}
                found = searcher.aggregate(tantivy.Query.all_query(), wanted)
                means = {field: max(1.0, float(found[field]["value"])) for field in means}
            self._sizes = Sizes(passages=searcher.num_docs, **means)
        return self._sizes

    def ids(self) -> set[str]:
        """All ids, in no order."""
        searcher = self._searcher
        everything = searcher.search(
            tantivy.Query.all_query(), limit=max(1, searcher.num_docs), count=False
        )
        return {searcher.doc(place)["id"][0] for _, place in everything.hits}

    def __len__(self) -> int:
        """How many passages it holds."""
        return int(self._searcher.num_docs)


def _name(number: int) -> str:
    return f"{number:x}"


def _numbers() -> tantivy.TextAnalyzer:
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for field, option in ((STEMS, "freq"), (PAIRS, "basic"), (SURFACE, "basic")):
        # Positions would keep the order of a deleted text until its segment is merged.
        builder.add_text_field(field, tokenizer_name="numbers", index_option=option)
        builder.add_unsigned_field(f"{field}_count", fast=True)
    return builder.build()
