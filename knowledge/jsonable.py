"""The JSON that other tools rely on: absent values are null, never missing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from knowledge.types import Answer, Citation, Document, Entry

Json = dict[str, Any]


def entry_json(entry: Entry) -> Json:
    """A document as `list` and `add` show it."""
    particulars = entry.particulars
    return {
        "id": entry.id,
        "title": particulars.title,
        "publisher": particulars.publisher,
        "author": particulars.author,
        "addressee": particulars.addressee,
        "date": particulars.date,
        "modified": particulars.modified,
        "kind": str(particulars.kind),
        "url": particulars.url,
        "source": entry.source,
        "sources": list(entry.sources),
        "library": entry.library,
        "passages": entry.passages,
        "added_at": entry.added_at,
        "format": entry.format,
        "excerpt": entry.excerpt,
        "replaced_by": entry.replaced_by,
        "replaced_on": entry.replaced_on,
        "linked": list(entry.linked),
    }


def document_json(document: Document) -> Json:
    """A document with its text, what was set aside, and what its relative dates mean."""
    return {
        **entry_json(document.entry),
        "text": document.text,
        "set_aside": [asdict(aside) for aside in document.set_aside],
        "dates": [asdict(mention) for mention in document.dates],
    }


def citation_json(citation: Citation) -> Json:
    """A numbered reference; `start` and `end` are code points into the document's text."""
    return asdict(citation)


def answer_json(answer: Answer) -> Json:
    """An answer with everything a reader could want to check."""
    searched = answer.searched
    return {
        "question": answer.question,
        "outcome": str(answer.outcome),
        "text": answer.text,
        "expanded": dict(answer.expanded),
        "citations": [citation_json(citation) for citation in answer.citations],
        "related": [citation_json(citation) for citation in answer.related],
        "choices": list(answer.choices),
        "premise": answer.premise,
        "score": round(answer.score, 4),
        "mode": str(answer.mode),
        "seconds": round(answer.seconds, 3),
        "model": answer.model,
        "missing": list(answer.missing),
        "understood_as": answer.understood_as,
        "searched": asdict(searched) if searched else None,
    }
