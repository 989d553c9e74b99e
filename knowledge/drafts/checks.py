"""What a sentence of a draft must pass before anyone sees it. Pure; each check is a function.

A check returns a fault or None. A hard fault drops the sentence; a soft one marks it
"not literally in the source". Measured by tests/evaluations/verification.py on
corruptions made from documents held apart from those the limits were set on
(November 2026).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.drafts import names, parties, polarity
from knowledge.drafts.amounts import Amount, amounts, missing
from knowledge.drafts.claims import Claim, Ground, comparable
from knowledge.drafts.instructions import commands
from knowledge.text import stems

Similarity = Callable[[str, Sequence[str]], Sequence[float]]
"""Cosines of one text with several, -1 to 1."""

SUPPORTED = 0.50
"""Least share of a draft sentence's content stems in what it cites; below it, dropped."""
SUPPORTED_ALIKE = 0.34
"""The same where vectors say that both mean much the same (`ALIKE`)."""
LITERAL = 0.75
"""Below this share a sentence is marked: it says it in words of its own."""
ALIKE = 0.60
"""Cosine (all-MiniLM-L6-v2) of a paraphrase and its source, seldom lower."""
TITLE_WORDS = 3
"""A quotation of fewer words is not taken for a document's title."""
RELEVANT = 0.25
"""Least cosine of question and sentence (all-MiniLM-L6-v2). With the other checks none of 1,600
injected lines passes and 200 of 200 true ones do: tests/evaluations/injections.py."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a check found."""

    check: str
    hard: bool
    reason: str


def instruction(claim: Claim) -> Fault | None:
    """A sentence that commands the reader or a model, or cites one that does."""
    found = commands(claim.piece.text)
    if found:
        return Fault("instruction", True, f"it commands: “{found}”")
    if all(_commanded(ground) for ground in claim.grounds):
        return Fault("instruction", True, "what it cites is a command, not a statement")
    return None


SHORT_COMMAND = 8
"""Words up to which a command refers to the sentence before it: "Mention this in your answer."."""


def _commanded(ground: Ground) -> bool:
    """True if a cited sentence commands, or the short sentence after it makes a command of it."""
    if commands(ground.sentence.text):
        return True
    after = ground.following
    return bool(after and len(after.text.split()) <= SHORT_COMMAND and commands(after.text))


def quotation(claim: Claim) -> Fault | None:
    """Words in quotation marks that do not stand in the cited sentences, letter by letter."""
    texts = [comparable(ground.sentence.text) for ground in claim.grounds]
    texts.append(" ".join(texts))
    titles = [comparable(ground.entry.particulars.title or "") for ground in claim.grounds]
    for _, _, inner in claim.quotations:
        # A title may be quoted as such; one word of it is no title.
        places = texts + titles if len(inner.split()) >= TITLE_WORDS else texts
        if not any(_verbatim(inner, text) for text in places):
            return Fault("quotation", True, f"not in the cited sentence: “{inner}”")
    if len(re.findall(r"[“”„«»]|(?<![\w])\"|\"(?!\w)", claim.text)) > 2 * len(claim.quotations):
        return Fault("quotation", True, "a quotation without an end")
    return None


def _verbatim(quote: str, text: str) -> bool:
    """True if all parts of a quotation, "..." between them, stand in the text in this order."""
    at = 0
    for part in re.split(r"\s*(?:\[?\.\.\.\]?|\[?…\]?)\s*", quote):
        plain = comparable(re.sub(r"\[(\w)\]", r"\1", part)).strip(" .,;:!?\"'")
        if not plain:
            continue
        found = re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", text[at:])
        if not found:
            return False
        at += found.end()
    return True


def figures(claim: Claim) -> Fault | None:
    """Numbers, money, dates and rule numbers that the cited sentences do not hold."""
    claimed = amounts(claim.text)
    if not claimed:
        return None
    held = [a for ground in claim.grounds for a in amounts(ground.sentence.text)]
    dates = [day for ground in claim.grounds for day in ground.sentence.dates]
    for ground in claim.grounds:
        held += [a for a in amounts(_around(claim, ground.marker.hit)) if a.kind == "rule"]
        title = amounts(ground.entry.particulars.title or "")
        held += [a for a in title if a.kind == "rule" or a.value >= NAMING]
    lost = missing(claimed, held, dates)
    own = [d for d in (ground.entry.particulars.date for ground in claim.grounds) if d]
    stated = any(a.kind == "date" or (a.kind == "number" and 1900 <= a.value < 2100) for a in held)
    # "In its letter of 2 May ..." names the document's date; what it tells has dates of its own.
    lost = [a for a in lost if (stated and _in_content(claim, a)) or missing([a], held, own)]
    if not lost:
        return None
    kind = {"date": "date", "money": "money"}.get(lost[0].kind, "number")
    return Fault(kind, True, f"not in the cited sentence: “{lost[0].text}”")


def _around(claim: Claim, hit: int) -> str:
    """The locator of a hit: a section's number stands in its heading, not in each sentence."""
    return claim.context.sources[hit - 1].hit.passage.locator or ""


NAMING = 2100
"""A number of a title from here on is part of a name: "Executive Order 14178"; below, a year."""


def _in_content(claim: Claim, amount: Amount) -> bool:
    around = claim.frame
    return around is None or around.content <= amount.start < (around.stop or len(claim.text))


def strangers(claim: Claim) -> Fault | None:
    """Names that the cited sentences do not hold."""
    unknown, loose = parties.strangers(claim)
    if unknown:
        return Fault("name", True, f"not in the cited sentence: “{unknown[0].text}”")
    if loose:
        return Fault("name", False, f"not so in the cited sentence: “{loose[0].text}”")
    return None


def attribution(claim: Claim) -> Fault | None:
    """Words given to somebody else than who said them, or said to be told to somebody else."""
    for check, found in (("speaker", parties.speaker(claim)), ("addressee", parties.addressee(claim))):  # fmt: skip  # noqa: E501
        if found:
            return Fault(check, *found)
    return None


def polarity_kept(claim: Claim) -> Fault | None:
    """A denial that became an affirmation, an opposite, an obligation that was none."""
    # "X has not opposed ..." denies in the attribution itself.
    whole = any(ground.frame for ground in claim.grounds) or polarity.denies(
        claim.text.replace(claim.content, " ")
    )
    changed = polarity.changed(claim.text if whole else claim.content, claim.ground_text)
    return Fault("negation", True, changed) if changed else None


def support(claim: Claim, similarity: Similarity | None) -> Fault | None:
    """Too few of its words, and too little of its meaning, in what it cites."""
    share = coverage(claim)
    if share >= LITERAL:
        return None
    alike = max(similarity(claim.content, [claim.ground_text])) if similarity else 0.0
    least = SUPPORTED_ALIKE if alike >= ALIKE else SUPPORTED
    if share < least:
        return Fault("support", True, f"{share:.0%} of its words are in the cited sentence")
    return Fault("support", False, f"{share:.0%} of its words are in the cited sentence")


def coverage(claim: Claim) -> float:
    """Return the share of the claim's content stems that its cited sentences hold, 0 to 1.

    Acronyms count as their long forms; the attribution does not count.
    """
    mine = {stem for stem in stems(claim.content) if not stem.isdigit()}
    if not mine:
        return 1.0
    theirs = set(stems(claim.ground_text))
    for ground in claim.grounds:
        for written in (ground.entry.particulars.author, ground.entry.particulars.addressee):
            theirs.update(stems(written or "") if ground.widened else ())
    theirs.update(_other_forms(claim, theirs))
    return len(mine & theirs) / len(mine)


def _other_forms(claim: Claim, known: set[str]) -> set[str]:
    found: set[str] = set()
    for short, long in claim.context.longs.items():
        short_stems, long_stems = set(stems(short)), set(stems(long))
        if short_stems <= known or long_stems <= known:
            found |= short_stems | long_stems
    return found


def relevance(claim: Claim, similarity: Similarity | None) -> Fault | None:
    """A sentence that has nothing to do with the question."""
    asked = set(stems(claim.context.question))
    asked |= _other_forms(claim, asked)
    shared = asked & (set(stems(claim.text)) | set(stems(claim.ground_text)))
    if not asked or len(shared) >= min(2, len(asked)):
        return None
    if similarity is None:
        around = {s for g in claim.grounds for s in stems(_passage(claim, g.marker.hit))}
        if shared or asked & around:
            return None
        return Fault("relevance", True, "its passage shares no word with the question")
    # What is literally in its source has the source's meaning: one encoding less. Otherwise
    # `support` has asked about these two already: none more.
    literal = coverage(claim) >= LITERAL
    texts = [claim.text] if literal else [claim.content, claim.ground_text]
    alike = max(similarity(claim.context.question, texts))
    if alike >= RELEVANT:
        return None
    return Fault("relevance", True, f"cosine {alike:.2f} to the question")


def _passage(claim: Claim, hit: int) -> str:
    return claim.context.sources[hit - 1].hit.passage.text


def substance(claim: Claim) -> Fault | None:
    """A sentence that says nothing once links and mentions are gone."""
    if len(names.keys(claim.text)) < 2:
        return Fault("substance", True, "too little is left of it")
    return None
