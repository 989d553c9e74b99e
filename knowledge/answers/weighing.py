"""What speaks for a sentence beyond its words: whose it is, what it holds, whom it names."""

from __future__ import annotations

import re

from knowledge.answers.glossary import initials
from knowledge.answers.questions import Asks, Understood
from knowledge.answers.speakers import Status, Voice, same_name, stands_in
from knowledge.text import DATE, DURATION, NAME, NUMBER, fold
from knowledge.types import Document, Particulars


def held_share(understood: Understood, document: Document, frame: str) -> float:
    """Return the share of the question's names that a document holds; 1 where there are none.

    Of several parties whose positions are compared, one is enough.
    """
    names = [n for n in understood.names if n != understood.addressee] or list(understood.names)
    if not names:
        return 1.0
    text = f"{frame}\n{document.text}"
    low = text.lower()
    held = sum(_holds_name(name, text, low, frame, understood) for name in names)
    if len(understood.parts) > 1 and held:
        return 1.0
    return held / len(names)


def _holds_name(name: str, text: str, low: str, frame: str, understood: Understood) -> bool:
    forms = [name, *(s for s, long in understood.expanded.items() if long in name)]
    if any(stands_in(form, text, low) for form in forms):
        return True
    if not name.isupper():
        return False
    # "JPM" begins "JPMorgan"; "SEC" does not begin "SECURITIES" or "Second".
    begun = any(w.startswith(name) and not w.isupper() for w in re.findall(r"\w+", frame))
    return begun or name in {initials(part) for part in frame.split(" | ")}


OWN_WORDS = 0.1
"""For a sentence in the own words of the party whose words are asked for."""

PHRASE = 0.1
"""For a sentence that holds what the question puts between quotation marks."""


def bonus(voice: Voice, words: str, document: Document, understood: Understood) -> float:
    """Return what speaks for a sentence beyond its own words; chosen by hand, November 2026."""
    about = document.entry.particulars
    author = about.author if voice.status is Status.SUMMARY else voice.speaker
    own = bool(author) and any(same_name(party, author or "") for party in understood.parties)
    plain = fold(words)
    quoted = any(_loose(phrase) in _loose(plain) for phrase in understood.phrases)
    told = OWN_WORDS * _told(understood, about)
    return OWN_WORDS * own + PHRASE * quoted + told


def _told(understood: Understood, about: Particulars) -> int:
    """Say of a document whether it goes to the one addressed in the question (1), or comes from it (-1)."""  # noqa: E501
    to = understood.addressee
    if to is None:
        return 0
    if about.author and same_name(to, about.author):
        return -1
    return int(bool(about.addressee) and same_name(to, about.addressee or ""))


def _loose(words: str) -> str:
    return words.replace("-", " ")


def holds(words: str, asks: Asks) -> bool:
    """Say whether a sentence holds the sort of thing that is asked for."""
    if asks is Asks.WHEN:
        return bool(DATE.search(words) or DURATION.search(words))
    if asks is Asks.DURATION:
        return bool(DURATION.search(words))
    if asks is Asks.NUMBER:
        return bool(NUMBER.search(words))
    if asks is Asks.WHO:
        return bool(NAME.search(words[1:]))
    if asks is Asks.DEFINITION:
        return bool(re.search(r"\b(?:means?|refers? to|is defined|defined as|is an?)\b", words))
    if asks is Asks.WHY:
        return bool(
            re.search(
                r"\b(?:because|since|therefore|so that|due to|reason|in order)\b", words, re.I
            )
        )
    return False
