"""Understanding a question without a language model.

One function, `understand`, serves the command line, Discord and the evaluation: acronyms
expanded by what the documents explain, names, dates, who-to-whom, follow-ups completed
from the conversation, Italian over English documents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.answers import italian
from knowledge.answers.calendar_words import Days, days_in, months_in, spell_periods
from knowledge.answers.follow_ups import PRONOUN, complete, hangs
from knowledge.answers.glossary import Glossary
from knowledge.answers.naming import expand, meanings, names_in
from knowledge.answers.parties import parties_in, parts
from knowledge.text import fold, sentences
from knowledge.types import Kind, Query


class Asks(StrEnum):
    """What a question wants to hear."""

    FACT = "fact"
    WHEN = "when"
    NUMBER = "number"
    DURATION = "duration"
    WHO = "who"
    WHY = "why"
    HOW = "how"
    DEFINITION = "definition"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Understood:
    """A question made ready for search. Everything that was changed can be shown."""

    question: str
    """As asked, or as completed from the conversation; in its own language."""
    text: str
    """What to search with: completed, acronyms expanded, in English where we can."""
    asks: Asks = Asks.FACT
    language: str = "en"
    names: tuple[str, ...] = ()
    """Organisations, persons, acronyms and titles in the question, expanded, in order."""
    parties: tuple[str, ...] = ()
    """The names whose words or deeds the question asks about."""
    addressee: str | None = None
    phrases: tuple[str, ...] = ()
    """What the question puts between quotation marks, folded."""
    parts: tuple[str, ...] = ()
    """One search text for each party when several are asked about; else empty."""
    expanded: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[Days, ...] = ()
    months: tuple[int, ...] = ()
    """Months without a year ("in April"), 1 to 12: those of any year."""
    as_of: str | None = None
    since: str | None = None
    until: str | None = None
    publisher: str | None = None
    kind: Kind | None = None
    choices: tuple[str, ...] = ()
    """Non-empty when one must ask back: what the member may have meant."""
    unclear: str | None = None
    """The word that is unclear; None when the question is clear."""
    understood_as: str | None = None


_AS_OF = re.compile(r"\b(?:as of|as at|by the end of|al)\s+", re.I)
_PHRASE = re.compile(r"(?<!\w)['\"‘“]([^'\"‘’“”]{3,80})['\"’”](?!\w)")


def understand(
    query: Query,
    glossary: Glossary = Glossary(),  # noqa: B008  # frozen and empty
    known: Sequence[str] = (),
) -> Understood:
    """Return the question made ready for search; never raises for odd input.

    `known` are organisations and persons the record knows (authors, publishers,
    addressees), used to tell names from words. History is `query.history`, oldest first.
    """
    question = " ".join(query.question.split())
    language = "it" if italian.is_italian(question) else "en"
    english = italian.to_english(question) if language == "it" else question
    english = spell_periods(english)
    completed = complete(english, query.history, known)
    text = completed or english
    expanded, choices, unclear = expand(text, glossary, known)
    search = text
    for short, long in expanded.items():
        search = re.sub(rf"\b{re.escape(short)}\b", f"{long} ({short})", search)
    # Italian loses the small words between two names on the way to English.
    own = question[:1].lower() + question[1:] if language == "it" and not completed else text
    spelt = meanings(text, glossary, known) | expanded
    names = names_in(own, spelt, known)
    parties, addressee = parties_in(text, names, spelt)
    if not completed and not query.history and not unclear and hangs(text, names):
        unclear = PRONOUN.search(text).group(0)  # type: ignore[union-attr]
    yes_no = language == "it" and italian.asks_yes_no(question)
    dates = days_in(text)
    as_of = query.as_of or _as_of(text, dates)
    return Understood(
        question=(completed if language == "en" else None) or question,
        text=search,
        asks=Asks.YES_NO if yes_no else asks(asking(text)),
        language=language,
        names=names,
        parties=parties,
        addressee=addressee,
        phrases=tuple(fold(p) for p in _PHRASE.findall(text)),
        parts=parts(text, parties, expanded),
        expanded=expanded,
        dates=dates,
        months=months_in(text),
        as_of=as_of,
        since=query.since,
        until=query.until,
        publisher=query.publisher,
        kind=query.kind,
        choices=choices,
        unclear=unclear,
        understood_as=completed,
    )


def asking(question: str) -> str:
    """Return the sentences of a question that ask; all of it where none has a question mark.

    The others greet, tell the story or say how to answer, and are in no passage.
    """
    spans = sentences(question)
    found = [question[s.start : s.end] for s in spans if question[: s.end].endswith("?")]
    return " ".join(found) or question


_BEFORE = re.compile(
    r"^(?:and|but|so|as of [^,]+,|according to [^,]+,|under [^,]+,|in [^,]+,)\s*", re.I
)

_OPENINGS: tuple[tuple[Asks, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            Asks.DURATION,
            r"\b(?:how long|how many (?:days|weeks|months|years)"
            r"|(?:what|which) (?:time limit|deadline|period))\b",
        ),
        (
            Asks.NUMBER,
            r"\b(?:how (?:many|much|long|old|large|big|high|often)"
            r"|what (?:percentage|share|amount|number|minimum|maximum|fee|penalty|deadline))\b",
        ),
        (
            Asks.WHEN,
            r"^(?:on |by |since |until )?(?:when|(?:what|which) (?:date|day|year|month))\b",
        ),
        (
            Asks.WHO,
            r"^(?:who|whose|whom|which (?:\w+ ){0,3}(?:company|companies|organi[sz]ations?"
            r"|submitters?|lobby|group|agency|agencies|firms?|person|letters?|authors?"
            r"|association|court|banks?))\b",
        ),
        (
            Asks.DEFINITION,
            r"\b(?:definition of|define[ds]?|mean by|meaning of|what does .* mean|what is an?)\b",
        ),
        (Asks.WHY, r"^why"),
        (Asks.HOW, r"^how"),
        (
            Asks.YES_NO,
            r"^(?:and |but |so )?(?:did|do|does|is|are|was|were|has|have|had|can|could|should|would"
            r"|will|must|may)(?:n['’]t)?\b",
        ),
    )
)
"""What a question wants to hear by how it opens; the first that fits holds."""


def asks(question: str) -> Asks:
    """Say what a question wants to hear, from its opening words."""
    low = _BEFORE.sub("", fold(question))
    return next((kind for kind, opening in _OPENINGS if opening.search(low)), Asks.FACT)


def _as_of(text: str, dates: Sequence[Days]) -> str | None:
    for match in _AS_OF.finditer(text):
        for days in dates:
            if days.start == match.end():
                return days.last
    return None
