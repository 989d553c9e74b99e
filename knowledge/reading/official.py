"""What official papers say about themselves at their head: bills, rules, orders, court papers."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from knowledge.reading import written_dates
from knowledge.types import Block, Kind, Particulars

HEAD_CHARS = 6000
"""How far into a text an official head reaches."""
TAIL_CHARS = 1500
HEAD_LINES = 80

_BILL = re.compile(r"\bbe it enacted by the senate and house\b|^\s*a bill\s*$", re.I | re.M)
_CHAMBER = re.compile(
    r"in the (house of representatives|senate) of the united states"
    r"|in the (house of representatives|senate)\b",
    re.I,
)
_RESOLUTION = re.compile(r"\b(?:joint|concurrent) resolution\b", re.I)
_SHORT_TITLE = re.compile(
    r"may be cited as\s+(?:the\s+)?(?:\d{1,2}\s+)?"
    r"[‘’“”\"'`]{1,2}\s*(?:the\s+)?([^<>]{5,150}?)\s*[‘’“”\"'`]{1,2}",
    re.S | re.I,
)
_ORDER = re.compile(
    r"\b(executive order|proclamation|memorandum)\s+(?:no\.\s*)?(\d{4,6})?\s*of\s+", re.I
)
_REGISTER = re.compile(r"federal register|\[?FR Doc\.?\s", re.I)
_VOLUME = re.compile(r"vol\.\s*\d+,\s*no\.\s*\d+", re.I)
_FILED = re.compile(
    r"FR Doc\.?\s[\d–-]+\s+Filed\s+(\d{1,2})[–-](\d{1,2})[–-](\d{2,4});"
    r"\s*(\d{1,2}):(\d{2})\s*([ap])\.?m",
    re.I,
)
_AGENCY = re.compile(r"^\s*agency:\s*(.+?)\s*$", re.I | re.S)
_ACTION = re.compile(r"^\s*action:\s*(.+)", re.I | re.S)
_COURT = re.compile(
    r"\b(united states (?:court of appeals|district court|bankruptcy court)"
    r"|supreme court of .{3,40}"
    r"|court of justice|tribunal|bundesgerichtshof)\b",
    re.I,
)
_ROLE = re.compile(r"(?:plaintiff|defendant|appell|petitioner|respondent|claimant)", re.I)
_CASE = re.compile(
    r"\bcase (?:number|no\.?)?\s*:?\s*\d|\bplaintiff|\bappell(?:ant|ee)|\bdocket", re.I
)


def read(blocks: Sequence[Block]) -> Particulars | None:
    """The particulars of a bill, a rule, an order or a court paper; None where it is none."""
    head, tail = _head(blocks), _tail(blocks)
    for reader in (_bill, _order, _register, _court):
        found = reader(blocks, head, tail)
        if found is not None:
            return found
    return None


def publication_day(tail: str) -> str | None:
    """The day a Federal Register document came out, told by when it was filed.

    Filed at 8:45 a.m. means regular filing, published the next working day; filed later in
    the day, the one after (1 CFR 17.2 and the Federal Register's Document Drafting Handbook).
    Holidays are not reckoned with.
    """
    match = _FILED.search(tail)
    if match is None:
        return None
    month, day, year, hour, _, half = match.groups()
    full = int(year) + 2000 if int(year) < 100 else int(year)
    try:
        filed = datetime.date(full, int(month), int(day))
    except ValueError:
        return None
    days = 1 if half.lower() == "a" and int(hour) <= 9 else 2
    while days:
        filed += datetime.timedelta(days=1)
        days -= filed.weekday() < 5
    return filed.isoformat()


def _head(blocks: Sequence[Block]) -> str:
    parts: list[str] = []
    length = 0
    for block in blocks:
        parts.append(block.text)
        length += len(block.text)
        if length > HEAD_CHARS:
            break
    return "\n".join(parts)[: 2 * HEAD_CHARS]


def _tail(blocks: Sequence[Block]) -> str:
    parts: list[str] = []
    length = 0
    for block in reversed(blocks):
        parts.append(block.text)
        length += len(block.text)
        if length > TAIL_CHARS:
            break
    return "\n".join(reversed(parts))[-2 * TAIL_CHARS :]


def _bill(blocks: Sequence[Block], head: str, tail: str) -> Particulars | None:
    chamber = _CHAMBER.search(head)
    if not _BILL.search(head) or not (chamber or _RESOLUTION.search(head)):
        return None
    title = _SHORT_TITLE.search(head)
    name = (chamber.group(1) or chamber.group(2)).title() if chamber else "Congress"
    return Particulars(
        title=" ".join(title.group(1).split()).rstrip(".,") if title else None,
        publisher="U.S. Congress",
        author=f"U.S. {name}".replace(" Of ", " of "),
        kind=Kind.BILL,
    )


def _order(blocks: Sequence[Block], head: str, tail: str) -> Particulars | None:
    match = _ORDER.search(head[:2000])
    if match is None or not re.search(
        r"\bhereby order|\bhereby proclaim|authority vested in me", head, re.I
    ):
        return None
    line = head[match.start() : match.start() + 120].split("\n")[0].strip()
    dates = written_dates.find(line)
    return Particulars(
        title=_heading_after(blocks, match.group()) or line,
        publisher="Federal Register" if _REGISTER.search(head + tail) else None,
        author="The President",
        date=dates[0].date if dates else None,
        kind=Kind.RULE,
    )


def _heading_after(blocks: Sequence[Block], words: str) -> str | None:
    """The heading below the block that holds the words."""
    for index, block in enumerate(blocks[:20]):
        if words in block.text and index + 1 < len(blocks):
            below = blocks[index + 1]
            return " ".join(below.text.split()) if len(below.text) < 200 else None
    return None


def _register(blocks: Sequence[Block], head: str, tail: str) -> Particulars | None:
    agency = next((m.group(1) for b in blocks[:60] if (m := _AGENCY.match(b.text))), None)
    if agency is None:
        agency = _below(blocks, "agency")
    action = any(_ACTION.match(block.text) for block in blocks[:60]) or _below(blocks, "action")
    if not agency or not action:
        return None
    if not _REGISTER.search(head) and not _REGISTER.search(tail):
        return None
    date = publication_day(tail)
    volume = _VOLUME.search(head)
    if date is None and volume is not None:
        dates = written_dates.find(head[volume.start() : volume.start() + 200])
        date = dates[0].date if dates else None
    return Particulars(
        title=_rule_title(blocks),
        publisher="Federal Register",
        author=re.sub(r"\s*\([^()]*\)", "", " ".join(agency.split())).rstrip(" .").split(", ")[0],
        date=date,
        kind=Kind.RULE,
    )


def _below(blocks: Sequence[Block], label: str) -> str | None:
    for index, block in enumerate(blocks[:60]):
        if block.text.strip(" :").casefold() == label and index + 1 < len(blocks):
            return blocks[index + 1].text
    return None


def _rule_title(blocks: Sequence[Block]) -> str | None:
    """The last line over "AGENCY:" that is no number of a docket or part."""
    for index, block in enumerate(blocks[:60]):
        if re.match(r"\s*agency\b", block.text, re.I):
            for above in reversed(blocks[:index]):
                text = " ".join(above.text.split())
                if not re.match(r"\[|RIN\b|\d+ CFR\b", text) and len(text) < 250:
                    return text
    return None


def _court(blocks: Sequence[Block], head: str, tail: str) -> Particulars | None:
    match = _COURT.search(head)
    if match is None or not _CASE.search(head):
        return None
    name = " ".join(match.group(1).split())
    dates = (written_dates.only(line) for line in head.splitlines()[:HEAD_LINES])
    return Particulars(
        title=_parties(head),
        author=name.title().replace(" Of ", " of "),
        date=next((date for date in dates if date and len(date) == 10), None),
        kind=Kind.OTHER,
    )


def _parties(head: str) -> str | None:
    """Who is against whom: the lines before and after "v."."""
    lines = [" ".join(line.split()) for line in head.splitlines()[:HEAD_LINES] if line.strip()]
    for place, line in enumerate(lines):
        inside = re.search(r"\w[^:]* v\.? [A-Z].+", re.sub(r"^re:\s*", "", line, flags=re.I))
        if inside and len(inside.group()) < 150:
            return inside.group()
        if re.fullmatch(r"(?:v|vs|versus)\.?", line, re.I) and 1 < place < len(lines) - 1:
            names = [one for one in lines[place - 2 : place] if not _ROLE.match(one)]
            after = lines[place + 1].split(", in ")[0]
            if names:
                return f"{names[-1].rstrip(' ,')} v. {after.rstrip(' ,')}"
    return None
