"""Offices that a question names by whose they are: "the SEC's chair", "the president of the Bank".

What an organisation says is not what its chair says: an answer about the office holder
must come from words that name the office.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.answers.questions import Understood
from knowledge.answers.sentences import Candidate

_FAMILIES = (
    r"chair(?:man|woman|person|s)?",
    r"vice[- ]chair(?:man|woman|person)?",
    r"president",
    r"commissioners?",
    r"governors?",
    r"secretary",
    r"(?:chief executive(?: officer)?|CEO)",
    r"(?:general counsel|chief legal officer|GC|CLO)",
    r"(?:chief financial officer|CFO)",
    r"(?:chief accountant|chief economist)",
    r"directors?",
    r"(?:spokes(?:man|woman|person))",
)
_WORD = "|".join(_FAMILIES)
_ASKED = re.compile(
    rf"(?-i:(?:[A-Z][\w.&-]* )*)[\w.)]+['’]s? (?:\w+ )?(?P<role>{_WORD})(?!\w)|"
    rf"\bthe (?P<office>{_WORD}) of (?:the )?(?P<body>[A-Z]\w*)",
    re.IGNORECASE,
)


def asked(understood: Understood) -> tuple[str, str] | None:
    """Return the office asked about as it was written, and the pattern of its names; or None."""
    if not understood.parties:
        return None
    found = _ASKED.search(understood.question)
    if found is None:
        return None
    role = found.group("role") or found.group("office")
    family = next(f for f in _FAMILIES if re.fullmatch(f, role, re.IGNORECASE))
    return found.group(0), family


def unheard(understood: Understood, scored: Sequence[Candidate]) -> str | None:
    """Return the office asked about when no sentence and no author found bears its name."""
    office = asked(understood)
    if office is None:
        return None
    written, family = office
    pattern = re.compile(rf"(?<!\w)(?:{family})(?!\w)", re.IGNORECASE)
    for candidate in scored:
        about = candidate.document.entry.particulars
        frame = f"{about.author} | {about.title} | {candidate.voice.speaker}"
        if pattern.search(candidate.text) or pattern.search(frame):
            return None
    return written
