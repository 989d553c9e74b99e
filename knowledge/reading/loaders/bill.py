"""Bills of the United States Congress in XML: USLM, and the older mark-up of bills.

"United States Legislative Markup: user guide", Government Publishing Office. A section's
number and heading become a heading; the locator goes down to the subsection: "Sec. 2(a)".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from knowledge.errors import EmptyDocument
from knowledge.reading.loaders.archive import local, parse_xml
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.reading.loaders.xml import root_name
from knowledge.types import Block, Kind, Particulars, SetAside

_ROOTS = frozenset(
    {
        b"bill",
        b"resolution",
        b"amendment",
        b"pLaw",
        b"statuteCompilation",
        b"amendment-doc",
        b"lawDoc",
    }
)
_PARTS = {"division": 2, "title": 2, "subtitle": 3, "chapter": 4, "subchapter": 5, "part": 4}
_PARTS |= {"subpart": 5, "section": 6, "appendix": 2}
_LEVELS = frozenset(
    {"subsection", "paragraph", "subparagraph", "clause", "subclause", "item", "subitem", "level"}
)
_NUMBERS = frozenset({"num", "enum"})
_NAMES = frozenset({"heading", "header"})
_PLAIN = frozenset(
    {"chapeau", "content", "continuation", "text", "p", "officialTitle", "official-title"}
    | {"enactingFormula", "enacting-clause", "proviso", "note", "docTitle", "recital"}
    | {"signature", "continuation-text", "endMarker", "legis-type", "legis-num", "preamble"}
)
_FRAMES = frozenset(
    {"main", "body", "longTitle", "legis-body", "signatures", "resolution-body", "toc"}
)
_QUOTED = frozenset({"quotedContent", "quoted-block"})
_SKIPPED = frozenset({"meta", "metadata", "distributionCode", "distribution-code", "endorsement"})
_PRODUCTION = frozenset(
    {"processedBy", "processedDate", "format", "language", "publicPrivate", "relatedDocument"}
)
"""What a bill's `meta` says of the file rather than of the bill; set aside."""
_WHITE = re.compile(r"\s+")


@dataclass(slots=True)
class _Reading:
    blocks: list[Block] = field(default_factory=list)
    number: str | None = None
    quoted: int = 0


def sniff(data: bytes, name: str | None) -> bool:
    """The root of a bill, resolution or law, with sections in it."""
    return root_name(data) in _ROOTS and b"section" in data


def load(data: bytes, options: LoadOptions) -> Loaded:
    """The bill from its preface to its last section.

    Raises UnreadableDocument if it is not well-formed, EmptyDocument if it holds no text.
    """
    name = options.name or "The bill"
    root = parse_xml(data, name)
    reading = _Reading()
    _walk(list(root), reading)
    if not reading.blocks:
        raise EmptyDocument(f"{name} holds no text. Nothing was added.")
    stated, production = _about(root)
    return Loaded(
        blocks=(*((Block(stated),) if stated else ()), *reading.blocks),
        particulars=_particulars(root),
        set_aside=(SetAside(production, "furniture"),) if production else (),
        format="bill",
    )


def _about(root: Any) -> tuple[str, str]:
    """What the bill's `meta` says of the bill (title, citation, stage, chamber, rights), a line
    each as it stands there; and what it says of the file."""
    stated: list[str] = []
    production: list[str] = []
    for element in root:
        if local(element) in ("meta", "metadata"):
            for part in element.iter():
                if len(part) or not (text := _text(part)):
                    continue
                (production if local(part) in _PRODUCTION else stated).append(text)
    return "\n".join(stated), "\n".join(production)


def _walk(elements: Iterable[Any], reading: _Reading) -> None:
    for element in elements:
        tag = local(element)
        if not tag or tag in _SKIPPED:
            continue
        if tag in ("preface", "form"):
            _preface(element, reading)
        elif tag == "toc":
            _contents(element, reading)
        elif tag in _PARTS or tag in _LEVELS:
            _level(element, reading, tag)
        elif tag in _QUOTED:
            reading.quoted += 1
            _mixed(element, reading)
            reading.quoted -= 1
        else:
            _mixed(element, reading)


def _mixed(element: Any, reading: _Reading, lead: str = "") -> None:
    """Words and, between them, parts that are paragraphs of their own, in order."""
    line = [lead, "" if not lead or lead.endswith("—") else " ", element.text or ""]
    for child in element:
        if _parts_from_line(child):
            _add(reading, "".join(line), "paragraph", 0)
            _walk([child], reading)
            line = []
        else:
            line.append("".join(child.itertext()) if local(child) else "")
        line.append(child.tail or "")
    _add(reading, "".join(line), "paragraph", 0)


def _parts_from_line(element: Any) -> bool:
    tag = local(element)
    return tag in _PARTS or tag in _LEVELS or tag in _QUOTED or tag in _PLAIN or tag in _FRAMES


def _preface(element: Any, reading: _Reading) -> None:
    """The head of the bill; its small parts stand on one line: "S. 2062"."""
    line: list[str] = []
    for child in element:
        tag = local(child)
        if tag in _SKIPPED or not tag:
            continue
        if tag in ("type", "docNumber"):
            line.append(_text(child))
            continue
        _add(reading, " ".join(line), "paragraph", 0)
        line = []
        text = " ".join(filter(None, map(_text, child))) if tag == "action" else _text(child)
        _add(reading, text, "paragraph", 0)
    _add(reading, " ".join(line), "paragraph", 0)


def _contents(element: Any, reading: _Reading) -> None:
    lines = []
    for item in element.iter():
        if local(item) in ("referenceItem", "toc-entry", "headingItem"):
            lines.append(" ".join(filter(None, (_text(part) for part in item))) or _text(item))
    _add(reading, "\n".join(filter(None, lines)), "table", 0)


def _level(element: Any, reading: _Reading, tag: str) -> None:
    """A section or one of its levels: number and heading first, then what it holds."""
    number, heading = _child(element, _NUMBERS), _child(element, _NAMES)
    lead = " ".join(filter(None, (_text(number), _text(heading))))
    before = reading.number
    if not reading.quoted:
        reading.number = _locator(tag, number, before)
        if tag in _PARTS:
            _add(reading, lead, "heading", _PARTS[tag])
            lead = ""
    for part in element:
        if part is number or part is heading:
            continue
        if lead and local(part) in _PLAIN:
            # The first words stand on the line of their number: "(a) Short title.—This Act"
            _mixed(part, reading, lead)
        else:
            _add(reading, lead, "paragraph", 0)
            _walk([part], reading)
        lead = ""
    _add(reading, lead, "paragraph", 0)
    reading.number = before


def _locator(tag: str, number: Any, above: str | None) -> str | None:
    value = (number.get("value") or "") if number is not None else ""
    value = value or re.sub(r"(?i)\b(?:section|sec)\b|[^\w-]", "", _text(number))
    if tag == "section":
        return f"Sec. {value}" if value else above
    if tag == "subsection" and above and value:
        return f"{above}({value})"
    return None if tag in _PARTS else above


def _add(reading: _Reading, text: str, role: str, level: int) -> None:
    text = (
        "\n".join(" ".join(line.split()) for line in text.split("\n"))
        if role == "table"
        else (" ".join(text.split()))
    )
    if not text:
        return
    if text[0].isalnum() or (text[0] not in ";,.:”’)" and len(text) > 2) or not reading.blocks:
        role = "quote" if reading.quoted and role == "paragraph" else role
        reading.blocks.append(Block(text, role, level, number=reading.number))
    else:
        # Marks after a quotation, as in "”; and", belong to the words before them.
        last = reading.blocks[-1]
        reading.blocks[-1] = replace(last, text=last.text + text)


def _child(element: Any, names: frozenset[str]) -> Any:
    return next((child for child in element if local(child) in names), None)


def _text(element: Any) -> str:
    if element is None:
        return ""
    return _WHITE.sub(" ", "".join(element.itertext())).strip()


def _particulars(root: Any) -> Particulars:
    title = next(
        (
            text
            for names in (("officialTitle", "official-title"), ("title",))
            for element in root.iter()
            if local(element) in names and (text := _text(element)) and len(text) < 500
        ),
        None,
    )
    dates = [
        element.get("date")
        for element in root.iter()
        if local(element) in ("date", "action-date") and element.get("date")
    ]
    stated = [date for date in dates if re.fullmatch(r"\d{4}-\d{2}-\d{2}", date or "")]
    return Particulars(title=title, date=stated[-1] if stated else None, kind=Kind.BILL)
