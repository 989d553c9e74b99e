"""Whether a draft names the right speaker, the right addressee, and nobody else. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from knowledge.drafts import names
from knowledge.drafts.claims import GENERIC, Claim, Ground
from knowledge.drafts.names import Name

Keys = Sequence[str]


def _parties(written: str | None) -> list[list[str]]:
    """Return the persons and organisations in "Pete Eskew, Blockaid", each as comparable words."""
    if not written:
        return []
    parts = re.split(r",\s*(?!Inc|LLC|Ltd|L\.P)|;|\s\+\s|\sand\s(?=[A-Z])", written)
    return [keys for keys in map(names.keys, [written, *parts]) if keys]


def _same(claim: Claim, name: Name, party: Keys) -> bool:
    """True if a name and a party are one: either holds the other, or an alias does."""
    forms = [name.keys, *names.aliases(name.keys, claim.context.longs)]
    # "United States" is no part of "U.S. Securities and Exchange Commission".
    forms = [form for form in forms if tuple(form) not in names.COUNTRIES or form == tuple(party)]
    small = [k for k in party if k not in ("the", "inc", "llc", "ltd", "corp")]
    return any(names.holds(form, party) or (small and names.holds(small, form)) for form in forms)


def _is_one_of(claim: Claim, found: Iterable[Name], parties: Iterable[Keys]) -> bool:
    known = list(parties)
    return any(_same(claim, name, party) for name in found for party in known)


def _named(claim: Claim, text: str) -> list[Name]:
    """Return the names in a part of a frame; "the Company" and "the staff" name nobody."""
    return [
        name
        for name in names.names(text, claim.context.ordinary)
        if not (len(name.keys) == 1 and name.keys[0] in GENERIC)
    ]


def speaker(claim: Claim) -> tuple[bool, str] | None:
    """Return (hard, reason) if the draft gives the words to somebody whose they are not.

    The speaker may be the document's author or publisher, somebody to whom the cited
    sentence itself gives the words, or its known speaker; never the addressee.
    """
    around = claim.frame
    said_by = _named(claim, around.speaker) if around else []
    if not said_by:
        return None
    faults = [_misattributed(claim, said_by, ground) for ground in claim.grounds]
    return None if any(fault is None for fault in faults) else faults[0]


def _misattributed(claim: Claim, said_by: list[Name], ground: Ground) -> tuple[bool, str] | None:
    who = ", ".join(name.text for name in said_by)
    author = _parties(ground.entry.particulars.author)
    publisher = _parties(ground.entry.particulars.publisher)
    addressee = _parties(ground.entry.particulars.addressee)
    known = ground.sentence.speaker
    if known is not None:
        if _is_one_of(claim, said_by, _parties(known)):
            return None
        if _is_one_of(claim, said_by, [*author, *publisher]):
            return False, f"the words are {known}’s, in a document of {who}"
    own = ground.frame
    if own is not None:
        spoken = names.names(own.speaker, claim.context.ordinary)
        told = names.names(own.addressee, claim.context.ordinary)
        if _is_one_of(claim, said_by, [name.keys for name in spoken]):
            return None
        told_it = _is_one_of(claim, said_by, [name.keys for name in told])
        if told_it and not _is_one_of(claim, said_by, author):
            return True, f"{who} is told this, and does not say it"
    elif _opens(claim, said_by, ground):
        return None
    if _is_title(said_by, ground):
        return None
    is_addressee = _is_one_of(claim, said_by, addressee)
    is_author = _is_one_of(claim, said_by, author)
    if is_addressee and not is_author:
        return True, f"{who} is the addressee, not the speaker"
    if is_author or _is_one_of(claim, said_by, publisher):
        return None
    if (own is None or not _named(claim, own.speaker)) and _in_window(claim, said_by, ground):
        return None
    return True, f"the words are not {who}’s"


_WRITINGS = frozenset(
    [
        "act",
        "bill",
        "rule",
        "order",
        "statement",
        "letter",
        "report",
        "notice",
        "proposal",
        "regulation",
        "guidance",
        "framework",
        "resolution",
        "directive",
        "article",
        "release",
        "speech",
        "memorandum",
        "circular",
        "law",
        "code",
        "plan",
    ]
)


def _is_title(said_by: list[Name], ground: Ground) -> bool:
    """True if a document is said to say it: "the Clarity Act", by a part of its title."""
    title = names.keys(ground.entry.particulars.title or "")
    return all(name.keys[-1] in _WRITINGS and names.holds(name.keys, title) for name in said_by)


def _opens(claim: Claim, said_by: list[Name], ground: Ground) -> bool:
    """True if the name opens the cited sentence, as its subject does."""
    first = names.names(ground.sentence.text, claim.context.ordinary)[:1]
    return (
        bool(first)
        and first[0].start <= len("The ")
        and _is_one_of(claim, said_by, [first[0].keys])
    )


def _in_window(claim: Claim, said_by: list[Name], ground: Ground) -> bool:
    """True if a pronoun may stand for the name, which the sentence before has, not as addressee."""
    if not ground.widened or ground.previous is None:
        return False
    text = ground.previous.text
    for name in names.names(text, claim.context.ordinary)[:2]:
        led = re.search(r"\b(?:to|told|asked|urged|against|at)\s(?:the\s)?(?:U\.?S\.?\s)?$", text[: name.start])  # fmt: skip  # noqa: E501
        if not led and _is_one_of(claim, said_by, [name.keys]):
            return True
    return False


def addressee(claim: Claim) -> tuple[bool, str] | None:
    """Return (hard, reason) if the draft says it was told to somebody to whom it was not."""
    around = claim.frame
    told = _named(claim, around.addressee) if around else []
    if not told:
        return None
    who = ", ".join(name.text for name in told)
    for ground in claim.grounds:
        stated = _parties(ground.entry.particulars.addressee)
        if _is_one_of(claim, told, stated):
            return None
        author = _parties(ground.entry.particulars.author)
        own = ground.frame
        if own and _is_one_of(claim, told, [n.keys for n in names.names(own.speaker)]):
            return True, f"{who} says this, and is not told it"
        if _is_one_of(claim, told, [ground.keys]) or _in_previous(claim, told, ground):
            return None
        if _is_one_of(claim, told, author):
            return True, f"{who} is the author, not the addressee"
        if _is_one_of(claim, told, [names.keys(ground.entry.particulars.title or "")]):
            return None
    return True, f"nothing says that {who} was told this"


def _in_previous(claim: Claim, told: list[Name], ground: Ground) -> bool:
    return bool(
        ground.widened
        and ground.previous
        and _is_one_of(claim, told, [names.keys(ground.previous.text)])
    )


def strangers(claim: Claim) -> tuple[list[Name], list[Name]]:
    """Return the names of the draft that the cited sentences do not hold, and those held in pieces.

    Names in quotation marks are checked with the quotation. In the attribution the
    document's own parties and its title may be named, and so may they where a pronoun or
    "the Company" stands for them; the title may also open the sentence.
    """
    unknown: list[Name] = []
    loose: list[Name] = []
    around = claim.frame
    for name in names.names(claim.text, claim.context.ordinary):
        if claim.quoted(name.start):
            continue
        framed = bool(around) and not (
            around.content <= name.start < (around.stop or len(claim.text))  # type: ignore[union-attr]
        )
        if any(_knows(claim, name, ground, framed) for ground in claim.grounds):
            continue
        everything = {key for ground in claim.grounds for key in ground.keys}
        (loose if set(name.keys) <= everything else unknown).append(name)
    return unknown, loose


def _knows(claim: Claim, name: Name, ground: Ground, framed: bool) -> bool:
    particulars = ground.entry.particulars
    places: list[Keys] = [ground.keys]
    if ground.widened and ground.previous:
        places.append(names.keys(ground.previous.text))
    if ground.sentence.speaker:
        places.append(names.keys(ground.sentence.speaker))
    parties = [*_parties(particulars.author), *_parties(particulars.addressee)]
    title = names.keys(particulars.title or "")
    forms = [name.keys, *names.aliases(name.keys, claim.context.longs)]
    if any(names.holds(form, place) for form in forms for place in places):
        return True
    if framed or ground.widened:
        publisher = _parties(particulars.publisher)
        if _is_one_of(claim, [name], [*parties, *publisher]):
            return True
    party = framed and any(name.text in part for part in _parts(claim))
    if party and name.keys[-1] not in _WRITINGS:
        return _full_name(claim, forms, ground)
    if (framed or name.start < TITLE_WITHIN) and any(names.holds(form, title) for form in forms):
        return True
    return _full_name(claim, forms, ground)


def _parts(claim: Claim) -> tuple[str, ...]:
    around = claim.frame
    return (around.speaker, around.addressee) if around else ()


TITLE_WITHIN = 12
"""A document's title may be the subject of a sentence, within its first characters."""


def _full_name(claim: Claim, forms: Sequence[Keys], ground: Ground) -> bool:
    """True if the sentence has the last word of a name that its document writes out elsewhere.

    "Peirce" stands for "Hester Peirce", "the Association" for "Blockchain Association".
    """
    known = claim.context.known.get(ground.entry.id, ())
    return any(
        len(form) > 1 and form[-1] in ground.keys and names.holds(form, known) for form in forms
    )
