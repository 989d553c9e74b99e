"""Where a document says what one of its words means.

A definition stands apart from what is said with the word, and often shares nothing else
with the question: "How does the order define X?" is answered by "The term “X” means ...",
wherever in the documents found that stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from knowledge.answers.questions import Asks, Understood
from knowledge.text import fold, sentences
from knowledge.types import Document, Hit, Passage

DOCUMENTS_READ = 4
"""Documents among the hits whose whole text is searched for the definition."""

AROUND = 1_500
"""Characters around a definition in which its sentence is looked for; a bill's are long."""

_TERM = (
    re.compile(r"\b(?:definition|meaning) of (?:an? |the )?(?:term |word )?(?P<term>[\w -]{2,60})"),
    re.compile(r"\bdefines? (?:an? |the )?(?:term |word )?(?P<term>[\w -]{2,60})"),
    re.compile(
        r"\bwhat does (?:an? |the )?(?:term |word )?(?P<term>[\w -]{2,60}?) mean\b|"
        r"\bwhat is meant by (?:an? |the )?(?P<other>[\w -]{2,60})"
    ),
    re.compile(r"\bwhat is (?:an? )(?P<term>[\w -]{2,60})"),
)
_ENDS = re.compile(
    r"\s+(?:according|under|in|by|for|of|as|at|when|that|which|who|and|the|with|on|to|from)\b.*"
)
_MARKS = "\"'“”‘’`«»"


def term(understood: Understood) -> str | None:
    """Return the word whose meaning is asked for, folded: "digital asset"; None if none is."""
    if understood.asks is not Asks.DEFINITION:
        return None
    if understood.phrases:
        return understood.phrases[0]
    text = fold(understood.question if understood.language == "en" else understood.text)
    for pattern in _TERM:
        found = pattern.search(text)
        if found:
            word = next(group for group in found.groups() if group)
            return _ENDS.sub("", word).strip(" -") or None
    return None


@lru_cache(maxsize=32)
def _pattern(word: str) -> re.Pattern[str]:
    """The words that define: "the term ‘‘X’’ (or ‘‘Xs’’) means", and without any marks."""
    own = r"[\s-]+".join(re.escape(part) for part in re.split(r"[\s-]+", word))
    return re.compile(
        rf"(?<!\w)[{_MARKS}]{{0,2}}{own}s?[{_MARKS}]{{0,2}}"
        r"(?:,? (?:as used|for (?:the )?purposes? of) [^,.;]{2,60},|\s*\([^()]{2,60}\))?"
        r"\s+(?:means?|refers? to|shall mean|(?:is|are) defined as|has the meaning)(?!\w)",
        re.IGNORECASE,
    )


def defines(word: str, words: str) -> bool:
    """Say whether a sentence says what a word means."""
    return bool(_pattern(word).search(words))


def definitions(
    understood: Understood, hits: Sequence[Hit], documents: Callable[[str], Document]
) -> list[Hit]:
    """Return the sentences of the documents found that define the word asked for, as hits."""
    word = term(understood)
    if word is None or not hits:
        return []
    found = []
    for id in list(dict.fromkeys(hit.passage.document_id for hit in hits))[:DOCUMENTS_READ]:
        document = documents(id)
        match = _pattern(word).search(document.text)
        if match is None:
            continue
        start, end = max(0, match.start() - AROUND), min(len(document.text), match.end() + AROUND)
        place = next(
            (s for s in sentences(document.text, start, end) if s.start <= match.start() < s.end),
            None,
        )
        if place is not None:
            text = document.text[place.start : place.end]
            passage = Passage("", document.entry.id, place.start, place.end, text)
            found.append(Hit(passage, document.entry, hits[0].score, 0.0))
    return found
