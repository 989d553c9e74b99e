"""Whether a name is an organisation's or a person's, by its own words."""

from __future__ import annotations

import re

_MARKS = re.compile(
    r"\b(?:inc|corp|corporation|company|co|ltd|limited|llc|llp|lp|plc|gmbh|ag|se|sa|s\.a|spa|s\.p\.a|srl"
    r"|bv|nv|oy|ab|kg|pty|foundation|association|institute|council|chamber|committee|commission"
    r"|department|division|office|bureau|agency|authority|administration|ministry|board|bank|fund"
    r"|university|college|school|society|union|federation|alliance|coalition|group|holdings|partners"
    r"|center|centre|court|congress|senate|parliament|house|service|services|trust|exchange"
    r"|network|labs|systems|technologies|media|press|initiative|organization|organisation"
    r"|stiftung|verband|verein|amt|ministerium|behörde|gesellschaft|universität"
    r"|fondazione|associazione|ministero|autorità|banca|commissione|consiglio|università|istituto"
    r"|fondation|association|ministère|autorité|banque|conseil|université|institut"
    r"|fundación|asociación|ministerio|autoridad|banco|consejo|universidad|instituto"
    r"|treasury|task force|reserve|republic|government|city|county|state of)\b",
    re.IGNORECASE,
)
SUFFIX = re.compile(
    r"^(?:inc|llc|l\.l\.c|ltd|limited|corp|co|plc|llp|lp|n\.?a|gmbh|ag|s\.?a|s\.p\.a|jr|sr|esq|ph\.?d)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?:(?:mr|mrs|ms|dr|prof|hon|sir|herr|frau|sig|dott|mme|m|sra?|dña?)\.?\s+)?"
    r"[^\W\d_a-z][\w’'.-]*(?:\s+(?:[^\W\d_a-z][\w’'.-]*|de|von|van|der|den|di|da|del|la|le|bin|al)){1,4}"
)
_UNIT = re.compile(
    r"\s(?=(?:Office|Division|Department|Bureau|Branch|Section|Directorate|Unit)\s(?:of|for)\b"
    r"|Disclosure\sReview\b)"
)


def is_organisation(name: str) -> bool:
    """Whether a word of the name marks it as an organisation's, or it is an acronym."""
    name = name.strip()
    return bool(_MARKS.search(name)) or bool(re.fullmatch(r"[A-Z][A-Z.&-]{1,7}", name))


def is_person(name: str) -> bool:
    """Whether a name has the shape of a person's, and no mark of an organisation."""
    name = " ".join(name.split())
    return not is_organisation(name) and bool(_PERSON.fullmatch(name))


def parts(text: str) -> list[str]:
    """The names in a list with commas; legal suffixes stay with their name."""
    names: list[str] = []
    for part in re.split(r"\s*[,;]\s+", text.strip()):
        if names and SUFFIX.match(part):
            names[-1] = f"{names[-1]}, {part}"
        elif part:
            names.append(part)
    return names


def speaks_for(text: str) -> str:
    """The organisation named behind its people ("A. Person, Chair, Some Institute"), else the text.

    The last name counts as the organisation if it bears an organisation's mark, or is a
    single word behind names of people.
    """
    text = " ".join(text.split()).strip(" ,;")
    names = parts(text)
    if len(names) < 2:
        return text
    last = names[-1]
    if last.casefold().startswith("and "):
        return text
    people = re.split(r"\s+and\s+|\s+&\s+", names[0])
    if not all(is_person(person) for person in people):
        return text
    if is_organisation(last) or len(last.split()) == 1:
        return last
    return text


def first_unit(text: str) -> str:
    """The first of several units run together on one line ("Division of A Office of B")."""
    return _UNIT.split(" ".join(text.split()), maxsplit=1)[0].strip(" ,")


def listed(text: str) -> str:
    """Several units run together on one line, parted by commas; other names as they are."""
    return ", ".join(part.strip(" ,") for part in _UNIT.split(" ".join(text.split())))


def in_small_letters(name: str) -> str:
    """A name set in capitals, as names are written elsewhere; other names as they are."""
    if not name.isupper() or " " not in name:
        return name
    name = re.sub(r"(?<=\s)(?:Of|And|The|For|On|In)\b", lambda m: m.group().lower(), name.title())
    return re.sub(r"\b(?:Llp|Llc|Lp|Plc|Gmbh|Usa|Us|Eu)\b", lambda m: m.group().upper(), name)
