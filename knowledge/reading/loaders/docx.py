"""Word files (.docx): paragraphs, headings, lists and tables in the order of the body."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import docx
from docx.oxml.ns import qn

from knowledge.errors import EmptyDocument, UnreadableDocument
from knowledge.reading.loaders.archive import holds, local, open_container, refuse_entities, torn
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.types import Block, SetAside

_VALUE = qn("w:val")
_HEADING = re.compile(r"heading (\d)$", re.IGNORECASE)
_SKIPPED = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "commentReference"})
MAX_HEADING = 200
"""Longest heading in characters."""
_NOTES = ("footnotes", "endnotes")


@dataclass(slots=True)
class _Reading:
    """What a walk over the body gathers."""

    styles: Mapping[str, tuple[str, int]]
    """Role and level by the id of the style."""
    blocks: list[Block] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    """Text boxes met inside a paragraph, read after it."""


def sniff(data: bytes, name: str | None) -> bool:
    """A ZIP container with a Word document in it, or the torn beginning of an Office file."""
    return holds(data, "word/") or torn(data, "[Content_Types].xml")


def load(data: bytes, options: LoadOptions) -> Loaded:
    """The text of a Word file. Deleted text is left out, inserted text kept.

    Hidden text is set aside. Notes stand at the end. Raises UnreadableDocument if the
    container is broken, EmptyDocument if it holds no text.
    """
    name = options.name or "The Word file"
    container = open_container(data, name)
    refuse_entities(container.read("word/document.xml") or b"", name)
    try:
        document = docx.Document(io.BytesIO(data))
        reading = _Reading(_styles(document))
        _walk(document.element.body, reading)
    except (KeyError, ValueError, AttributeError, OSError, SyntaxError) as error:
        # python-docx fails in these ways on files that lack a part or a required element.
        raise UnreadableDocument(
            f"{name} is damaged or incomplete: Word's parts in it cannot be read. "
            "Save it anew and add it again."
        ) from error
    notes = _Reading(reading.styles)
    for root in _note_roots(document):
        _walk(root, notes)
    blocks = (*reading.blocks, *notes.blocks)
    if not blocks:
        raise EmptyDocument(f"{name} holds no text. Nothing was added.")
    hidden = reading.hidden + notes.hidden
    heads = tuple(dict.fromkeys(_margins(document, reading.styles)))
    return Loaded(
        blocks=blocks,
        hints=_properties(document),
        set_aside=(
            *(SetAside(text, "hidden") for text in hidden),
            *(SetAside(text, "furniture") for text in heads),
        ),
        warnings=_warnings(hidden),
        format="docx",
    )


def _walk(parent: Any, reading: _Reading) -> None:
    for element in parent:
        tag = local(element)
        if tag == "p":
            _paragraph(element, reading)
        elif tag == "tbl":
            _table(element, reading)
        elif tag not in _SKIPPED and tag not in ("sectPr", "tcPr", "sdtPr"):
            # Content controls, insertions and the like hold paragraphs of their own.
            _walk(element, reading)


def _paragraph(element: Any, reading: _Reading) -> None:
    shown, hidden = _runs(element, reading)
    text = _join(shown)
    secret = _join(hidden)
    if secret:
        reading.hidden.append(secret)
    if text:
        role, level = _role(element, reading.styles)
        if role == "heading" and len(text) > MAX_HEADING:
            role, level = "paragraph", 0  # a paragraph dressed as a heading
        reading.blocks.append(Block(text, role=role, level=level))
    boxes, reading.boxes = reading.boxes, []
    for box in boxes:
        _walk(box, reading)


def _table(element: Any, reading: _Reading) -> None:
    """One block a table, a line a row; tables in cells follow as part of the cell's text."""
    rows = []
    for row in element.iter(qn("w:tr")):
        if next(row.iterancestors(qn("w:tbl"))) is not element:
            continue  # a row of a table within a cell
        cells = []
        for cell in row.iterchildren(qn("w:tc"), qn("w:sdt")):
            inner = _Reading(reading.styles)
            _walk(cell, inner)
            reading.hidden += inner.hidden
            cells.append(" ".join(block.text.replace("\n", " ") for block in inner.blocks))
        if any(cells):
            rows.append(" | ".join(cells))
    if rows:
        # A table of one column is a frame around text, not data.
        role = "table" if any(" | " in row for row in rows) else "paragraph"
        reading.blocks.append(Block("\n".join(rows), role=role))


def _runs(element: Any, reading: _Reading) -> tuple[list[str], list[str]]:
    shown: list[str] = []
    hidden: list[str] = []
    pending = list(element)[::-1]
    secret = False
    while pending:
        node = pending.pop()
        tag = local(node)
        if tag in _SKIPPED or tag in ("pPr", "rPr"):
            continue
        target = hidden if secret else shown
        if tag == "t":
            target.append(node.text or "")
        elif tag == "tab":
            target.append("\t")
        elif tag in ("br", "cr"):
            target.append("\n")
        elif tag == "noBreakHyphen":
            target.append("-")
        elif tag == "txbxContent":
            reading.boxes.append(node)
        else:
            if tag == "r":
                secret = _hidden(node)
            pending.extend(list(node)[::-1])
    return shown, hidden


def _hidden(run: Any) -> bool:
    """Whether a run is marked as hidden, too small to see, or white on no ground."""
    properties = run.find(qn("w:rPr"))
    if properties is None:
        return False
    vanish = properties.find(qn("w:vanish"))
    if vanish is not None and vanish.get(_VALUE) not in ("0", "false", "off"):
        return True
    size = properties.find(qn("w:sz"))
    if size is not None and (size.get(_VALUE) or "").isdigit() and int(size.get(_VALUE)) <= 2:
        return True
    colour = properties.find(qn("w:color"))
    if colour is None or (colour.get(_VALUE) or "").upper() != "FFFFFF":
        return False
    shaded = [run, *run.iterancestors()]
    # In a table the ground may come from its style: white may be seen there.
    return not any(
        local(node) == "tbl" or any(local(child) == "shd" for child in _own_properties(node))
        for node in shaded
    )


def _own_properties(node: Any) -> Iterator[Any]:
    for child in node:
        if local(child) in ("rPr", "pPr", "tcPr", "tblPr"):
            yield from child


def _join(parts: list[str]) -> str:
    lines = "".join(parts).split("\n")
    return "\n".join(re.sub(r"[ \t\u00a0]+", " ", line).strip() for line in lines).strip()


def _role(element: Any, styles: Mapping[str, tuple[str, int]]) -> tuple[str, int]:
    properties = element.find(qn("w:pPr"))
    if properties is None:
        return "paragraph", 0
    outline = properties.find(qn("w:outlineLvl"))
    if outline is not None and (outline.get(_VALUE) or "9") < "9":
        return "heading", int(outline.get(_VALUE)) + 1
    style = properties.find(qn("w:pStyle"))
    role, level = styles.get(style.get(_VALUE) if style is not None else "", ("paragraph", 0))
    if role == "paragraph" and properties.find(qn("w:numPr")) is not None:
        return "item", 0
    return role, level


def _styles(document: Any) -> dict[str, tuple[str, int]]:
    """Role and level of each paragraph style, by id. The names in the file are English
    whatever language Word speaks."""
    found: dict[str, tuple[str, int]] = {}
    for style in document.styles.element.iter(qn("w:style")):
        identifier = style.get(qn("w:styleId")) or ""
        named = style.find(qn("w:name"))
        name = (named.get(_VALUE) or "").lower() if named is not None else ""
        if heading := _HEADING.match(name):
            found[identifier] = ("heading", int(heading.group(1)))
        elif name == "title":
            found[identifier] = ("heading", 1)
        elif name in ("quote", "intense quote"):
            found[identifier] = ("quote", 0)
        elif name.startswith(("list bullet", "list number", "list paragraph")):
            found[identifier] = ("item", 0)
    return found


def _note_roots(document: Any) -> Iterator[Any]:
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(_NOTES):
            continue
        part = relation.target_part
        root = getattr(part, "element", None)
        if root is None:
            from docx.oxml import parse_xml

            root = parse_xml(part.blob)
        for note in root:
            if note.get(qn("w:type")) is None:  # separators have a type, notes have none
                yield note


def _margins(document: Any, styles: Mapping[str, tuple[str, int]]) -> Iterator[str]:
    """The texts of headers and footers."""
    for section in document.sections:
        for margin in (section.first_page_header, section.header, section.footer):
            if margin.is_linked_to_previous:
                continue
            reading = _Reading(styles)
            _walk(margin._element, reading)
            if text := "\n".join(block.text for block in reading.blocks):
                yield text


def _properties(document: Any) -> dict[str, str]:
    core = document.core_properties
    found = {}
    for key in ("title", "author", "subject", "last_modified_by", "created", "modified"):
        try:
            value = getattr(core, key)
        except (ValueError, KeyError):
            continue  # a date that is none
        if value:
            found[key] = str(value)[:500]
    return found


def _warnings(hidden: list[str]) -> tuple[str, ...]:
    if not hidden:
        return ()
    noun, verb = ("passage", "was") if len(hidden) == 1 else ("passages", "were")
    return (f"{len(hidden)} {noun} hidden from readers {verb} set aside.",)
