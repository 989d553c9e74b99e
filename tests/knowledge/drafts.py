"""A small record of our own as numbered sources, for tests of drafts and their verification."""

from __future__ import annotations

from knowledge.drafts.evidence import Source, gather
from knowledge.types import Document, Entry, Hit, Kind, Particulars, Passage, Section

LETTER = (
    "The Harbour Lending Council asks the Reserve Office to delay Rule 12.4(b) until 1 March 2027. "
    "Lenders would have to spend about $4.5 million each on new ledgers. "
    "The Council does not oppose reporting as such. "
    "Small lenders may report once a year; larger lenders shall report each quarter. "
    "The Reserve Office received 48 comments, 25% of them from credit unions."
)
ARTICLE = (
    "In a letter to the Reserve Office on Monday, the Harbour Lending Council (HLC) called the draft "  # noqa: E501
    "rule a “costly detour.” "
    "It said that most lenders keep paper ledgers. "
    "Northgate Bank supports the draft. "
    "“Paper is not a plan,” its chief economist Ada Brandt said."
)
RULE = (
    "A lender must keep its ledger for seven years. "
    "The Reserve Office may inspect a ledger without notice. "
    "A lender that serves fewer than 50 households is exempt."
)
QUESTION = "What did the HLC tell the Reserve Office about the draft rule and its ledgers?"


def document(id: str, text: str, particulars: Particulars, **fields: object) -> Document:
    entry = Entry(id, "shared", particulars, f"{id}.txt", 1, "2026-04-10T00:00:00+00:00")
    return Document(entry, text, (Section(0, len(text)),), **fields)  # type: ignore[arg-type]


LETTER_DOCUMENT = document(
    "letter",
    LETTER,
    Particulars(
        "Comment on Rule 12.4", None, "Harbour Lending Council", "Reserve Office", "2026-04-06",
        kind=Kind.LETTER, url="https://council.example/letter",
    ),
)  # fmt: skip
ARTICLE_DOCUMENT = document(
    "article",
    ARTICLE,
    Particulars(
        "Lenders against ledgers", "Quay Street Journal", "P. Marsh", None, "2026-04-08",
        kind=Kind.ARTICLE, url="https://quay.example/ledgers",
    ),
)  # fmt: skip
RULE_DOCUMENT = document(
    "rule",
    RULE,
    Particulars("Ledger Rule", None, "Reserve Office", None, "2025-11-03", kind=Kind.RULE),
)
DOCUMENTS = {d.entry.id: d for d in (LETTER_DOCUMENT, ARTICLE_DOCUMENT, RULE_DOCUMENT)}


def hit(held: Document) -> Hit:
    passage = Passage(f"{held.entry.id}:0", held.entry.id, 0, len(held.text), held.text)
    return Hit(passage, held.entry, 1.0, 0.6)


HITS = [hit(held) for held in DOCUMENTS.values()]


def sources(*held: Document) -> tuple[Source, ...]:
    """Numbered sources: 1 the letter, 2 the article, 3 the rule, unless others are given."""
    chosen = {d.entry.id: d for d in held} or DOCUMENTS
    return gather([hit(d) for d in chosen.values()], chosen)
