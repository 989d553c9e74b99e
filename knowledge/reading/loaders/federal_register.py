"""Documents of the Federal Register in its XML: rules, proposed rules, notices, orders.

Tags and their meaning: "Federal Register document markup", Government Publishing Office.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from knowledge.errors import EmptyDocument
from knowledge.reading.loaders.archive import local, parse_xml
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.reading.loaders.xml import root_name
from knowledge.types import Block, Kind, Particulars, SetAside

_ROOTS = frozenset(
    {b"RULE", b"PRORULE", b"NOTICE", b"PRESDOC", b"PRESDOCU", b"PROCLA", b"EXECORD", b"CORRECT"}
)
_LEVELS = {"HED": 3, "HD1": 4, "HD2": 5, "HD3": 6, "HD4": 7, "HD5": 8, "HD6": 9}
_PARAGRAPHS = frozenset(
    {"P", "FP", "AMDPAR", "AUTH", "STARS", "CFR", "DEPDOC", "RIN", "DATED", "NAME", "TITLE"}
    | {"DATE", "ROLE", "FRDOC", "PSPACE", "AGENCY", "SUBAGY", "PRNOTE", "EDNOTE", "BILCOD", "PRES"}
)
_HEADINGS = {"SUBJECT": 2, "PART": 3, "SUBPART": 4, "LSTSUB": 3, "TNOTE": 4}
_NOT_TEXT = frozenset({"PRTPAGE", "GPH", "MATH", "FTREF", "GID"})
_FURNITURE = frozenset({"BILCOD"})
_WHITE = re.compile(r"\s+")
_SECTION = re.compile(r"§+\s*[\w.–-]+")


@dataclass(slots=True)
class _Reading:
    blocks: list[Block] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)
    page: int | None = None
    number: str | None = None


def sniff(data: bytes, name: str | None) -> bool:
    """One of the roots that the Federal Register has for a document."""
    root = root_name(data)
    return root in _ROOTS and b"<P" in data


def load(data: bytes, options: LoadOptions) -> Loaded:
    """The document with its headings; section numbers ("§ 1026.6") and pages as locators.

    Raises UnreadableDocument if it is not well-formed, EmptyDocument if it holds no text.
    """
    name = options.name or "The Federal Register document"
    root = parse_xml(data, name)
    reading = _Reading()
    _walk(root, reading)
    if not reading.blocks:
        raise EmptyDocument(f"{name} holds no text. Nothing was added.")
    return Loaded(
        blocks=tuple(reading.blocks),
        particulars=_particulars(root),
        set_aside=tuple(reading.aside),
        format="federal-register",
    )


def _walk(element: Any, reading: _Reading) -> None:
    for child in element:
        tag = local(child)
        if tag == "PRTPAGE":
            page = (child.get("P") or "").strip()
            reading.page = int(page) if page.isdigit() else reading.page
        elif tag in _NOT_TEXT or not tag:
            continue
        elif tag == "HD":
            _add(reading, _text(child), "heading", _LEVELS.get(child.get("SOURCE") or "", 4))
        elif tag == "SECTION":
            _section(child, reading)
        elif tag == "GPOTABLE":
            _table(child, reading)
        elif tag in _FURNITURE:
            reading.aside.append(SetAside(_text(child), "furniture"))
        elif tag in _PARAGRAPHS:
            _paragraph(child, reading)
        elif tag in _HEADINGS and not len(child.findall("HD")):
            _add(reading, _text(child), "heading", _HEADINGS[tag])
            _pages_within(child, reading)
        else:
            _walk(child, reading)


def _section(element: Any, reading: _Reading) -> None:
    """A section of the Code: its number and subject are one heading."""
    named = [child for child in element if local(child) in ("SECTNO", "SUBJECT")]
    heading = " ".join(filter(None, (_text(child) for child in named)))
    found = _SECTION.search(heading)
    reading.number = found.group() if found else None
    _add(reading, heading, "heading", 5)
    for child in named:
        element.remove(child)
    _walk(element, reading)
    reading.number = None


def _paragraph(element: Any, reading: _Reading) -> None:
    note = local(element.getparent()) == "FTNT"
    _add(reading, _text(element, keep_marks=note), "paragraph", 0)
    _pages_within(element, reading)


def _pages_within(element: Any, reading: _Reading) -> None:
    for mark in element.iter("PRTPAGE"):
        page = (mark.get("P") or "").strip()
        reading.page = int(page) if page.isdigit() else reading.page


def _table(element: Any, reading: _Reading) -> None:
    heads = [_text(head) for head in element.iter("CHED")]
    rows = [
        " | ".join(_text(cell) for cell in row if local(cell) == "ENT")
        for row in element.iter("ROW")
    ]
    for title in element.iter("TTITLE"):
        _add(reading, _text(title), "heading", 6)
    lines = ([" | ".join(heads)] if any(heads) else []) + [row for row in rows if row.strip(" |")]
    _add(reading, "\n".join(lines), "table", 0)


def _add(reading: _Reading, text: str, role: str, level: int) -> None:
    if text:
        reading.blocks.append(Block(text, role, level, page=reading.page, number=reading.number))


def _text(element: Any, *, keep_marks: bool = False) -> str:
    """The words of an element on one line; marks that refer to notes are left out.

    The markup drops the spaces around emphasis: "1734 (2009).<E>See</E>75 FR".
    """
    parts: list[str] = [element.text or ""]
    for child in element:
        tag = local(child)
        if tag == "SU" and not keep_marks and (child.text or "").strip(" ,").isdigit():
            inner = ""
        elif tag == "STARS":
            inner = "* * *"
        elif tag in _NOT_TEXT or not tag:
            inner = ""
        else:
            inner = _text(child, keep_marks=keep_marks)
        tail = child.tail or ""
        if inner:
            before = "".join(parts)[-1:]
            if before and (before.isalnum() or before in ".,;:)") and inner[0].isalnum():
                parts.append(" ")
            parts.append(inner)
            if (inner[-1].isalnum() or inner[-1] in ".,;") and tail[:1].isalnum():
                parts.append(" ")
        parts.append(tail)
    text = _WHITE.sub(" ", "".join(parts)).strip()
    return text or ("* * * * *" if local(element) == "STARS" else "")


def _particulars(root: Any) -> Particulars:
    def first(*paths: str) -> str | None:
        for path in paths:
            found = root.find(path)
            if found is not None and (text := _text(found)):
                return text
        return None

    agency = first(".//PREAMB/AGY/P", ".//PREAMB/AGENCY", ".//AGENCY")
    return Particulars(
        title=first(".//PREAMB/SUBJECT", ".//SUBJECT", ".//PRESDOCU//HD"),
        publisher="Federal Register",
        author=agency.rstrip(".") if agency else None,
        kind=Kind.RULE,
    )
