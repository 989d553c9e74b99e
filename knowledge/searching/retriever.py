"""The record as a LangChain retriever, for chains of one's own."""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from knowledge.library import Record
from knowledge.types import Query


class RecordRetriever(BaseRetriever):
    """Passages of some libraries for a question, best first.

    A document's `page_content` is the passage, verbatim; its `metadata` holds
    `document_id`, `start` and `end` (code points into that document's text), `score`,
    `title`, `publisher`, `author`, `date`, `kind`, `url` and `locator`. Raises what
    `Record.ask` raises.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    record: Record
    libraries: tuple[str, ...]
    k: int = 6

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        hits = self.record.retrieve(Query(query, libraries=self.libraries), k=self.k)
        return [
            Document(
                id=hit.passage.id,
                page_content=hit.passage.text,
                metadata={
                    "document_id": hit.entry.id,
                    "start": hit.passage.start,
                    "end": hit.passage.end,
                    "score": hit.score,
                    "title": hit.entry.particulars.title,
                    "publisher": hit.entry.particulars.publisher,
                    "author": hit.entry.particulars.author,
                    "date": hit.entry.particulars.date,
                    "kind": str(hit.entry.particulars.kind),
                    "url": hit.entry.particulars.url,
                    "locator": hit.passage.locator,
                },
            )
            for hit in hits
        ]
