"""A few documents of our own, read whole by exact cosine: enough record to answer from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge.answers import answering, glossary, questions
from knowledge.encoding.embedding import Encoder
from knowledge.text import paragraphs
from knowledge.types import (
    Answer,
    DateMention,
    Document,
    Entry,
    Hit,
    Kind,
    Particulars,
    Passage,
    Query,
    Searched,
    Section,
)


def document(
    text: str,
    kind: Kind = Kind.ARTICLE,
    *,
    publisher: str | None = "Harbour Wire",
    author: str | None = None,
    title: str | None = None,
    date: str | None = "2026-04-08",
    dates: tuple[DateMention, ...] = (),
    url: str | None = None,
    addressee: str | None = None,
) -> Document:
    about = Particulars(title, publisher, author, addressee, date, None, kind, url)
    name = title or author or publisher or "document"
    entry = Entry(f"id-{name}", "shared", about, name, 1, "2026-01-01T00:00:00Z")
    return Document(entry, text, (Section(0, len(text)),), (), dates)


class SmallRecord:
    """Documents and the real encoder; every stretch of four paragraphs is a passage."""

    def __init__(self, encoder: Encoder, documents: Sequence[Document]) -> None:
        self.encoder = encoder
        self.documents = {d.entry.id: d for d in documents}
        self.glossary = glossary.merge(
            row for d in documents for row in glossary.learn(d.text).items()
        )
        self.passages = [p for d in documents for p in _passages(d)]
        self.vectors = encoder.embed_documents([p.text for p in self.passages])

    def hits(self, text: str, as_of: str | None = None) -> list[Hit]:
        cosines = self.vectors @ self.encoder.embed_question(text)
        hits = []
        for place in np.argsort(-cosines):
            passage, cosine = self.passages[int(place)], float(cosines[place])
            entry = self.documents[passage.document_id].entry
            if as_of and (entry.particulars.date or "") > as_of:
                continue
            hits.append(Hit(passage, entry, cosine, cosine))
        return hits[:12]

    def ask(self, question: str, **particulars: object) -> Answer:
        query = Query(question, ("shared",), **particulars)  # type: ignore[arg-type]
        about = [d.entry.particulars for d in self.documents.values()]
        known = [n for a in about for n in (a.author, a.publisher) if n]
        understood = questions.understand(query, self.glossary, known)
        everything = " ".join(
            f"{d.text} {d.entry.particulars.author} {d.entry.particulars.publisher}"
            for d in self.documents.values()
        ).lower()
        answer = answering.answer(
            query,
            understood,
            self.hits(understood.text, understood.as_of),
            documents=self.documents.__getitem__,
            encode=self.encoder.read_documents,
            question=self.encoder.read_question(understood.text),
            searched=Searched(
                len(self.documents),
                tuple(dict.fromkeys(a.publisher for a in about if a.publisher)),
                max((a.date for a in about if a.date), default=None),
            ),
            knows=lambda name: name.lower() in everything,
            glossary=self.glossary,
            entries=lambda: [d.entry for d in self.documents.values()],
        )
        for citation in (*answer.citations, *answer.related):
            text = self.documents[citation.document_id].text
            assert text[citation.start : citation.end] == citation.quote
        assert len(answer.text) <= 900
        return answer


def _passages(one: Document) -> list[Passage]:
    places = list(paragraphs(one.text))
    found = []
    for at in range(0, len(places), 4):
        start, end = places[at].start, places[min(at + 3, len(places) - 1)].end
        identity = f"{one.entry.id}:{start}"
        found.append(Passage(identity, one.entry.id, start, end, one.text[start:end]))
    return found
