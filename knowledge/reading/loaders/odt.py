"""OpenDocument text (.odt): headings, paragraphs, lists and tables of content.xml."""

from __future__ import annotations

import re
from typing import Any

from knowledge.errors import EmptyDocument, UnreadableDocument
from knowledge.reading.loaders.archive import Container, holds, is_zip, local, open_container
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.types import Block

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_SKIPPED = frozenset({"tracked-changes", "annotation", "annotation-end", "sequence-decls"})


def sniff(data: bytes, name: str | None) -> bool:
    """A ZIP container that says it is OpenDocument text."""
    return is_zip(data) and (
        b"application/vnd.oasis.opendocument.text" in data[:256]
        or (holds(data, "content.xml") and holds(data, "META-INF/manifest.xml"))
    )


def load(data: bytes, options: LoadOptions) -> Loaded:
    """The text of an OpenDocument file; notes follow the paragraph they belong to.

    Raises UnreadableDocument if it is broken or encrypted, EmptyDocument without text.
    """
    name = options.name or "The OpenDocument file"
    container = open_container(data, name)
    manifest = container.read("META-INF/manifest.xml") or b""
    if b"encryption-data" in manifest:
        raise UnreadableDocument(
            f"{name} is encrypted with a password. Save it without one and add that."
        )
    blocks: list[Block] = []
    body = container.tree("content.xml")
    for element in body.iter():
        if local(element) == "body":
            _walk(element, blocks, item=False)
    if not blocks:
        raise EmptyDocument(f"{name} holds no text. Nothing was added.")
    return Loaded(blocks=tuple(blocks), hints=_properties(container), format="odt")


def _walk(parent: Any, blocks: list[Block], *, item: bool) -> None:
    for element in parent:
        tag = local(element)
        if tag in _SKIPPED:
            continue
        if tag in ("h", "p"):
            notes: list[str] = []
            text = _words(element, notes)
            level = element.get(f"{_TEXT}outline-level") or "1"
            if text and tag == "h":
                blocks.append(Block(text, "heading", int(level) if level.isdigit() else 1))
            elif text:
                blocks.append(Block(text, "item" if item else "paragraph"))
            blocks += [Block(note) for note in notes if note]
        elif tag == "table":
            rows = []
            for row in element.iter():
                if local(row) == "table-row":
                    cells = [_cell(cell) for cell in row if local(cell) == "table-cell"]
                    rows += [" | ".join(cells)] if any(cells) else []
            if rows:
                blocks.append(Block("\n".join(rows), "table"))
        else:
            _walk(element, blocks, item=item or tag == "list-item")


def _cell(element: Any) -> str:
    inner: list[Block] = []
    _walk(element, inner, item=False)
    return " ".join(block.text.replace("\n", " ") for block in inner)


def _words(element: Any, notes: list[str]) -> str:
    parts: list[str] = [element.text or ""]
    for child in element:
        tag = local(child)
        if tag in ("s", "tab"):
            parts.append(" ")
        elif tag == "line-break":
            parts.append("\n")
        elif tag == "note":
            notes.append(" ".join(_words(child, notes).split()))
        elif tag not in _SKIPPED and tag:
            parts.append(_words(child, notes))
        parts.append(child.tail or "")
    lines = "".join(parts).split("\n")
    return "\n".join(re.sub(r"[ \t\u00a0]+", " ", line).strip() for line in lines).strip()


def _properties(container: Container) -> dict[str, str]:
    data = container.read("meta.xml")
    if data is None:
        return {}
    names = {
        "title": "title",
        "initial-creator": "author",
        "creator": "last_modified_by",
        "subject": "subject",
        "creation-date": "created",
        "date": "modified",
    }
    found = {}
    for element in container.tree("meta.xml").iter():
        key = names.get(local(element))
        if key and (element.text or "").strip():
            found[key] = element.text.strip()[:500]
    return found
