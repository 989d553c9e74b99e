"""What a letter says about itself: sender, addressee, date, subject, in the places letters have.

From the top: sender's letterhead or the date, "Via e-mail", the addressee with their address,
"Re:", the salutation; at the end a closing, the signature and copies.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.reading import organisations, written_dates
from knowledge.types import Block, Kind, Particulars

HEAD_LINES = 60
"""A salutation stands within this many lines of the start."""
TAIL_LINES = 40

_SALUTATION = re.compile(
    r"^(?:dear\b.{0,120}|ladies and gentlemen|to whom it may concern|gentlemen|to the (?:members"
    r"|staff)\b.*"
    r"|sehr geehrte.{0,120}|liebe[rs]?\b.{0,80}|madame,? monsieur|mesdames,? messieurs"
    r"|monsieur le .{0,80}"
    r"|cher.{0,80}|egregi.{0,80}|gentil.{0,80}|spettabil.{0,80}|estimad.{0,80}|prezad.{0,80}"
    r"|geachte.{0,80})\s*[:,]?$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^(?:very truly yours|yours (?:very )?(?:truly|sincerely|faithfully)|sincerely(?: yours)?"
    r"|respectfully(?: submitted| yours)?|(?:kind|best|warm)(?:est)? regards|regards|faithfully"
    r"|mit freundlichen grüßen|hochachtungsvoll|cordiali saluti|distinti saluti|cordialement"
    r"|atentamente|saludos cordiales|atenciosamente|met vriendelijke groet)\s*,?$",
    re.IGNORECASE,
)
_RE = re.compile(
    r"^(?:re|regarding|subject|betreff|betr|oggetto|objet|asunto|ref)\b\s*\.?\s*[:：]\s*(.*)$",
    re.IGNORECASE,
)
_VIA = re.compile(
    r"\b(?:via|by|per)\s+(?:e-?mail|edgar|fax|facsimile|courier|hand|post|electronic|overnight)\b"
    r"|^(?:confidential|vertraulich|riservato|personal)\b|@",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\d|^(?:p\.?\s?o\.?\s)?box\b|\b(?:street|avenue|road|suite|floor|boulevard|straße|strasse"
    r"|platz"
    r"|via|piazza|rue|calle|plaza)\b",
    re.IGNORECASE,
)
_ATTENTION = re.compile(r"^(?:attn|attention|c/o|z\.\s?hd|all['’]attenzione)\b", re.IGNORECASE)
_TITLE_OF = re.compile(
    r"^(?:chief|president|vice|senior|general|secretary|chair|director|mr|ms|mrs|dr)\b", re.I
)
_COMPANY = re.compile(r"\b(?:inc|corp|co|ltd|llc|plc|company|ag|corporation|limited)\b", re.I)
_BEHALF = re.compile(
    r"\b[Oo]n behalf of (?:our client,?\s+|its client,?\s+)?(?:the\s+)?"
    r"([A-Z][\w&.’' -]{1,60}?(?:,? (?:Inc|Corp|LLC|Ltd|LP|L\.P|plc|N\.V|S\.A|Co)\b\.?)?)"
    r"\s*(?:,|\(|“|\"| (?:we|I)\b| in response\b| to\b)"
)
_COPIES = re.compile(r"^(?:cc|enclosures?|encl|anlagen?|allegati?|annexe)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts of a letter's head and foot, each as its lines."""

    above: tuple[str, ...]
    """Before the date: the letterhead."""
    date: str | None
    to: tuple[str, ...]
    subject: tuple[str, ...]
    signature: tuple[str, ...]


def read(blocks: Sequence[Block]) -> Particulars | None:
    """The particulars of a letter; None where the text is none."""
    letter = parts(blocks)
    if letter is None:
        return None
    addressee = _addressee(letter.to)
    return Particulars(
        title=_title(letter.subject),
        author=_client(blocks) or _sender(letter, addressee),
        addressee=addressee,
        date=letter.date,
        kind=Kind.LETTER,
    )


def parts(blocks: Sequence[Block]) -> Letter | None:
    """The parts of a letter: a salutation with a date, an addressee or a subject above it."""
    lines = _lines(blocks, HEAD_LINES)
    hello = next((place for place, line in enumerate(lines) if _SALUTATION.match(line)), None)
    reference = next((place for place, line in enumerate(lines) if _RE.match(line)), None)
    signature = _signature(blocks)
    if hello is None:
        # Clerks write without a salutation; then subject and closing have to be there.
        if reference is None or not signature:
            return None
        hello = len(lines)
    head = lines[:hello]
    dated = [(place, date) for place, line in enumerate(head) if (date := written_dates.only(line))]
    if not dated and reference is None and not signature:
        return None
    place, date = dated[0] if dated else (-1, None)
    end = reference if reference is not None and reference < hello else hello
    return Letter(
        above=tuple(head[:place]) if place > 0 else (),
        date=date,
        to=tuple(head[place + 1 : end]) if end > place else (),
        subject=_subject(lines, end, hello),
        signature=signature,
    )


def _lines(blocks: Sequence[Block], most: int) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        lines += [" ".join(line.split()) for line in block.text.splitlines() if line.strip()]
        if len(lines) >= most:
            break
    return lines[:most]


def _subject(lines: Sequence[str], start: int, end: int) -> tuple[str, ...]:
    if start >= end or start >= len(lines):
        return ()
    match = _RE.match(lines[start])
    if match is None:
        return ()
    first = (match.group(1),) if match.group(1) else ()
    return first + tuple(lines[start + 1 : min(end, start + 8)])


def _signature(blocks: Sequence[Block]) -> tuple[str, ...]:
    """The lines below the closing, without copies."""
    lines = [
        " ".join(line.split())
        for block in blocks[-TAIL_LINES:]
        for line in block.text.splitlines()
        if line.strip()
    ]
    closing = next(
        (place for place in range(len(lines) - 1, -1, -1) if _CLOSING.match(lines[place])), None
    )
    if closing is None:
        return ()
    below: list[str] = []
    for line in lines[closing + 1 : closing + 10]:
        if _COPIES.match(line):
            break
        below.append(line)
    return tuple(below)


def _addressee(lines: Sequence[str]) -> str | None:
    """The organisation written to, else the person."""
    kept = [
        line.strip(" ,")
        for line in lines
        if not _VIA.search(line) and not _ADDRESS.search(line) and not _ATTENTION.match(line)
    ]
    for line in kept:
        if organisations.is_organisation(line) and not _is_office(line):
            return line
    for line in kept:
        if organisations.is_person(line) or organisations.is_organisation(line):
            return line
    return None


def _is_office(line: str) -> bool:
    """Whether a line is a person's office ("Chief Executive Officer") or a unit of a house."""
    if re.match(r"(?:division|office|department|bureau|branch) (?:of|for)\b", line, re.IGNORECASE):
        return True
    return (
        bool(_TITLE_OF.match(line)) and "," not in line and not re.search(r"\binc|corp", line, re.I)
    )


def _sender(letter: Letter, addressee: str | None) -> str | None:
    """The organisation that writes: on the letterhead, in the signature, or in the subject."""
    for line in letter.above:
        if _names_house(line):
            return organisations.in_small_letters(line.strip(" ,"))
    for line in letter.signature:
        name = re.sub(r"^(?:by|for)\s*:\s*", "", line, flags=re.IGNORECASE)
        if _ADDRESS.search(name) or name.startswith("/s/"):
            continue
        named = organisations.speaks_for(name)
        if organisations.is_organisation(named) and not _TITLE_OF.match(named):
            return organisations.first_unit(named)
    # Who answers an authority about its own filings writes under its own name.
    if letter.subject:
        about = re.split(r"\s(?=form\b|file\b)", letter.subject[0], maxsplit=1, flags=re.I)[0]
        about = about.strip(" ,;")
        other = addressee is not None and not _same(about, addressee)
        if other and len(about) < 80 and _COMPANY.search(about):
            return about
    for line in letter.signature:
        name = line.removeprefix("/s/").strip(" ,")
        if organisations.is_person(name):
            return name
    return None


def _client(blocks: Sequence[Block]) -> str | None:
    """For whom somebody writes, as the first sentences say: "On behalf of our client, X, Inc."."""
    seen = 0
    for block in blocks[:HEAD_LINES]:
        if len(block.text) < 80:
            continue
        match = _BEHALF.search(" ".join(block.text.split()))
        if match and organisations.is_organisation(match.group(1)):
            return match.group(1).rstrip(" ,")
        seen += 1
        if seen == 3:
            break
    return None


def _names_house(line: str) -> bool:
    return (
        organisations.is_organisation(line)
        and not _VIA.search(line)
        and not _ADDRESS.search(line)
        and not _TITLE_OF.match(line)
        and len(line) <= 80
    )


def _same(one: str, other: str) -> bool:
    first, second = (set(re.findall(r"\w{3,}", text.casefold())) for text in (one, other))
    return bool(first & second) and len(first & second) * 2 >= min(len(first), len(second))


def _title(subject: Sequence[str]) -> str | None:
    """The subject on one line: its first lines up to a file number."""
    kept: list[str] = []
    for line in subject:
        if re.match(r"(?:file|case|our ref|docket)\b", line, re.IGNORECASE) and kept:
            break
        kept.append(line.strip(" ,"))
        if len(" ".join(kept)) > 100:
            break
    return ", ".join(kept)[:300] or None
