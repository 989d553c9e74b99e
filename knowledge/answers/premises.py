"""What a question takes for granted: who acts, what is said to have happened, and when.

A question may presuppose what the record denies ("Why did A ask for X?" where A opposed
it). Then the passage that denies it is the answer, and it is marked as contradicting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from knowledge.answers.citing import date_in_words
from knowledge.answers.questions import Asks, Understood
from knowledge.answers.sentences import Candidate
from knowledge.answers.speakers import Status, core, same_name, stands_in
from knowledge.text import NEGATION, sentences, stems
from knowledge.types import Entry, Kind

_DENIES = re.compile(
    r"\b(?:not|cannot|never|neither|nor|no|prohibit(?:s|ed|ing)?|forbid(?:s|den)?|bans?|banned|barred|denie[ds]|"
    r"rejects?|rejected|refuse[ds]|oppose[ds]|without)\b|n['’]t\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[;:,]|\b(?:but|and therefore|however|although|while|whereas)\b")
_NOT_SUBJECT = re.compile(
    r"\b(?:of|by|for|from|against|with|to|on|in|about|that|than|like|at|over)(?: the| a| an)?\s*$",
    re.I,
)


# Before a subject stands nothing, a mark, a conjunction, a name or date ("On Monday the BA"),
# or a verb of saying ("..., said Acme"); another verb makes the name its object ("joined Acme").
_OPENS_CLAUSE = re.compile(
    r"(?:^|[^\w\s’'.%-]|\b(?:and|or|but|nor|while|whereas|that|because|as|when|where|if|which|who|what|how|"
    r"why|whether|however|although|though|since|until|so|then|than|also|both|did|does|do|has|had|have|"
    r"can|could|will|would|should|may|must|is|are|was|were|sa(?:id|ys)|wrote|writes|added|argued|noted|told|"
    r"asked|replied|answered|wants?)|\b[A-Z][\w.’'&-]*|\d)\s*(?:\b(?:the|an?)\s*)?$",
)
_COMPARES = re.compile(
    r"\b(?:compare[ds]?|differ\w*|agree\w*|disagree\w*|both|versus|vs|in common|same|than)\b",
    re.IGNORECASE,
)


def parties_asked(understood: Understood) -> tuple[str, ...]:
    """Return whose position a question asks about: its subject, or both that are compared."""
    if understood.asks is not Asks.YES_NO:
        return understood.parties
    text = understood.text
    match = re.match(
        r"(?:and |but |so |as of [^,]+, )*(?:did|do|does|is|are|was|were|has|have|had|will|would|can|could|should)(?:n['’]t)?\s+(.+)",  # noqa: E501
        text, re.IGNORECASE,
    )  # fmt: skip
    if not match:
        return understood.parties
    rest = match.group(1)
    found: list[str] = []
    for name in understood.names:
        at = _place(name, rest, understood)
        if at < 0:
            continue
        before = rest[:at].strip().lower()
        if (not found and before in ("", "the")) or (
            found
            and re.search(r"(?:^|[ )])(?:and|or)(?: the)?$", before)
            and _near(found[-1], rest, at)
        ):
            found.append(name)
    return tuple(found) or understood.parties


def compares(understood: Understood) -> bool:
    """Say whether each of several parties must be quoted: a yes/no question, or a comparison."""
    return understood.asks is Asks.YES_NO or bool(_COMPARES.search(understood.text))


def _place(name: str, text: str, understood: Understood) -> int:
    low = text.lower()
    at = low.find(name.lower())
    if at < 0:
        for short, long in understood.expanded.items():
            if long == name:
                at = low.find(short.lower())
    return at


def _near(name: str, text: str, at: int) -> bool:
    end = text.lower().find(name.lower()) + len(name)
    return 0 <= at - end <= 24


def is_speaker(candidate: Candidate, party: str) -> bool:
    """Say whether a sentence is the party's own words, or a summary of its document."""
    voice, about = candidate.voice, candidate.document.entry.particulars
    if voice.status is Status.UNCLEAR:
        return False
    speaker = about.author if voice.status is Status.SUMMARY else voice.speaker
    return bool(speaker) and same_name(party, speaker or "")


def speaks_or_acts(candidate: Candidate, party: str) -> bool:
    """Say whether the party speaks in a sentence or is its subject, not only mentioned in it."""
    if is_speaker(candidate, party):
        return True
    if candidate.voice.status is Status.UNCLEAR:
        return False
    words = candidate.text
    return _is_subject(party, words[: max(60, len(words) // 2)])


def _is_subject(party: str, words: str) -> bool:
    """Say whether a name stands in some words otherwise than as owner or after a preposition."""
    for match in re.finditer(_pattern(party), words, re.IGNORECASE):
        after, before = words[match.end() :], words[: match.start()]
        if re.match(r"['’]s?\b", after) or _NOT_SUBJECT.search(before):
            continue
        if _OPENS_CLAUSE.search(before):
            return True
    return False


def silent(understood: Understood, scored: Sequence[Candidate]) -> tuple[str, ...]:
    """Return the parties asked about when none of them says or does anything in what was read.

    "What did X tell Y?" is not answered by what others told X. Empty as soon as one of
    them is heard: in a sentence around those that were scored, as a document's author
    or publisher, or as the document itself ("What does the Act say ...?").
    """
    parties = understood.parties
    if understood.asks is Asks.YES_NO or not parties or not scored:
        return ()
    return () if any(_heard(party, scored) for party in parties) else parties


def _heard(party: str, scored: Sequence[Candidate]) -> bool:
    for candidate in scored:
        document, about = candidate.document, candidate.document.entry.particulars
        names = (about.author, about.title, None if about.kind is Kind.ARTICLE else about.publisher)
        if any(name and same_name(party, name) for name in names):
            return True
        frame = f"{about.title} {document.entry.source}"
        if about.kind is not Kind.ARTICLE:
            frame += f" {document.text[:OPENING_CHARS]}"
        if stands_in(party, frame):
            return True
    # "The group" and "it" speak for a party that is named near by.
    return any(
        speaks_or_acts(replace(candidate, voice=voice), party)
        or _is_subject(party, candidate.document.text[voice.span.start : voice.span.end])
        for candidate in scored
        for voice in candidate.around
    )


OPENING_CHARS = 600
"""Where a law or a rule names itself, in characters of its text."""


def _pattern(party: str) -> str:
    return rf"(?<!\w){re.escape(core(party))}(?!\w)"


def contradicting(understood: Understood, scored: Sequence[Candidate]) -> Candidate | None:
    """Return the sentence that denies what the question takes for granted, or None.

    Only why-, when- and how-questions presuppose; the question itself must hold no
    denial; the sentence must be among the best and deny what the question is about:
    a denial followed, in its clause, by the question's own words.
    """
    if understood.asks not in (Asks.WHY, Asks.WHEN, Asks.HOW) or NEGATION.search(understood.text):
        return None
    for candidate in scored[:4]:
        if candidate.score < 0.75 * scored[0].score:
            continue
        if denies(candidate, understood):
            return candidate
    return None


def denies(candidate: Candidate, understood: Understood) -> bool:
    """Say whether a sentence denies or forbids what the question is about.

    A denial counts when two of the question's own words other than names follow it in its
    clause; a ban already when the question's subject follows.
    """
    names = {s for n in understood.names for s in stems(n)}
    asked = set(stems(understood.text))
    for match in _DENIES.finditer(candidate.text):
        rest = candidate.text[match.end() :]
        near = set(stems(_CLAUSE.split(rest, maxsplit=1)[0]))
        if len(near & (asked - names)) >= 2:
            return True
        # "CBDCs" keeps its s as a stem: short forms are looked for as they are.
        said = set(stems(rest[:160])) & asked or any(s in rest[:160] for s in understood.expanded)
        if _BANS.match(match.group(0)) and said:
            return True
    return False


_BANS = re.compile(r"prohibit|forbid|ban|barred|reject|refuse|oppose", re.IGNORECASE)

_ASKS_STANDING = re.compile(
    r"\b(?:in force|in effect|effective|binding|final|finali[sz]ed|adopted|enacted|passed|become law|a law|proposed|"  # noqa: E501
    r"approved|status)\b",
    re.IGNORECASE,
)
_STANDING = re.compile(
    r"(?:binding_|legal_)?status: ?\w+(?: \w+)?|\b(?:is|are|was|were|remains?) (?:only |still |not yet |now )?"  # noqa: E501
    r"(?:a proposal|proposed|pending|in force|effective|adopted|enacted|not in force)\b|"
    r"\b(?:proposed rule|proposal|final rule|effective date|takes? effect)\b",
    re.IGNORECASE,
)


def standing(understood: Understood, text: str, near: int) -> tuple[int, int] | None:
    """Return the words that say whether a rule is in force, where the question asks that.

    The nearest place to `near` in the document: a "status: ..." entry as it is, or the
    sentence that holds the words.
    """
    if not _ASKS_STANDING.search(understood.text):
        return None
    found = sorted(
        _STANDING.finditer(text), key=lambda m: ("status" not in m.group(0), abs(m.start() - near))
    )
    if not found:
        return None
    match = found[0]
    if "status" in match.group(0):
        return match.span()
    window = sentences(text, max(0, match.start() - 700), min(len(text), match.end() + 700))
    return next(((s.start, s.end) for s in window if s.start <= match.start() < s.end), None)


def later_document(understood: Understood, entries: Callable[[], Sequence[Entry]]) -> Entry | None:
    """Return the document that shows something had not happened yet, or None.

    Only for "had X already ...?" with a day: the earliest document of a party that is
    dated after it and shares the question's words with its title; and no earlier one does.
    """
    if understood.asks is not Asks.YES_NO or not understood.as_of:
        return None
    if not re.search(
        r"\b(?:already|yet|by then|before|ever|filed|sent|submitted|published|issued)\b",
        understood.text,
        re.I,
    ):
        return None
    parties = parties_asked(understood)
    asked = set(stems(understood.text)) - {s for n in understood.names for s in stems(n)}
    fitting = [
        e
        for e in entries()
        if e.particulars.date
        and any(same_name(p, e.particulars.author or "") for p in parties)
        and len(asked & set(stems(e.particulars.title or ""))) >= 2
    ]
    if not fitting or any((e.particulars.date or "") <= understood.as_of for e in fitting):
        return None
    return min(fitting, key=lambda e: e.particulars.date or "")


def date_span(text: str, date: str) -> tuple[int, int] | None:
    """Return where a document states its date: the line that holds it, in its first 3,000 characters."""  # noqa: E501
    forms = [date, date_in_words(date) or ""]
    words = (date_in_words(date) or "").split()
    if len(words) == 3:
        forms.append(f"{words[1]} {words[0]}, {words[2]}")
    for form in forms:
        at = text[:3000].find(form) if form else -1
        if at >= 0:
            start = text.rfind("\n", 0, at) + 1
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            while start < end and text[start] in "-*• \t":
                start += 1
            return start, end
    return None
