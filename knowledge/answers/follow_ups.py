"""A follow-up question, completed from the conversation so that it stands alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.answers.naming import names_in
from knowledge.answers.parties import parties_in
from knowledge.answers.phrases import the
from knowledge.text import STOPWORDS, fold, stems
from knowledge.types import Turn

PRONOUN = re.compile(
    r"\b(they|them|their|theirs|it|its|he|she|him|his|her|this|that|these|those|the (?:company|agency|letter|bill|group|association|firm|order|rule|proposal|document|author|court|same|above))\b",  # noqa: E501
    re.I,
)
_OPENS_LATER = re.compile(
    r"^(?:(?:oops|sorry|no|well)?[, ]*(?:i|we) mean(?:t)?|and|but|so|then|also|what about|"
    r"how about|e|ma|anche|invece)\b",
    re.I,
)


def hangs(text: str, names: Sequence[str]) -> bool:
    """Say whether a question leans on something said before: a pronoun and nothing to hold it."""
    match = PRONOUN.search(text)
    if not match or names:
        return False
    before = [s for s in stems(text[: match.start()]) if s]
    content = stems(text)
    return not before and len(content) <= 2


def complete(text: str, history: Sequence[Turn], known: Sequence[str]) -> str | None:
    """Return a follow-up as a question that stands alone, or None if it already does."""
    asked = [turn.text for turn in history if turn.role == "user" and turn.text.strip()]
    if not asked:
        return None
    bare = _OPENS_LATER.sub("", text).strip(" ,")
    content = stems(bare)
    opens = bool(_OPENS_LATER.match(text))
    pronoun = PRONOUN.search(bare)
    if not (opens or pronoun or len(content) < 3):
        return None
    previous = " ".join(asked[-1].split()).rstrip("?.! ")
    names_before = names_in(previous, {}, known)
    names_now = names_in(bare[:1].lower() + bare[1:], {}, known)
    parties_before, addressee = parties_in(previous, names_before, {})
    whole = bare[:1].upper() + bare[1:]
    new_party = (
        bool(names_now) and opens and len(content) - sum(len(stems(n)) for n in names_now) <= 1
    )
    if new_party and parties_before:
        swapped = re.sub(
            rf"(?:the )?{re.escape(parties_before[0])}", names_now[0], previous, count=1
        )
        return swapped + "?"
    stands = None
    if pronoun:
        word = pronoun.group(0).lower()
        stands = _stands_for(word, parties_before, addressee, names_before)
        if stands:
            owner = "’s" if word in {"their", "its", "his", "her"} else ""
            whole = re.sub(
                rf"\b{re.escape(pronoun.group(0))}\b", lambda _: the(stands) + owner, whole, count=1
            )
            if whole[0].islower():
                whole = whole[0].upper() + whole[1:]
    missing = [n for n in names_before if fold(n) not in fold(whole)]
    quoted = re.search(r"['\"‘“][^'\"’”]{4,}['\"’”]", whole)
    thin = not quoted and (
        len([s for s in stems(whole) if s])
        - sum(len(stems(n)) for n in names_before if fold(n) in fold(whole))
        < 2
    )
    if thin or not (names_now or stands) or PRONOUN.search(whole):
        first, _, rest = previous.partition(" ")
        if not any(name.startswith(first) for name in names_before):
            first = first.lower()  # a capital that only opens the sentence names nobody
        words = f"{first} {rest}".split()
        topic = " ".join(w for w in words if w.lower() not in STOPWORDS or w in missing)
        return f"{whole.rstrip('?.! ')} ({topic})?"
    return whole


def _stands_for(
    word: str, parties: Sequence[str], addressee: str | None, names: Sequence[str]
) -> str | None:
    if word in {"the company", "the firm"} and addressee:
        return addressee
    if word in {"this", "that", "these", "those", "the same", "the above"}:
        return None
    if parties:
        return " and ".join(parties) if word in {"they", "them", "their"} else parties[0]
    return names[0] if names else None
