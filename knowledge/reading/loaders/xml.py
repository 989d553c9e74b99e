"""XML that is neither a web page nor of a format of its own: the text of its elements."""

from __future__ import annotations

import re
from typing import Any

from knowledge.errors import EmptyDocument
from knowledge.reading.loaders.archive import local, parse_xml
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.types import Block

_ROOT = re.compile(rb"<([A-Za-z_][\w.-]*(?::[\w.-]+)?)[\s>/]")
_PROLOGUE = re.compile(
    rb"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\])?\s*>|\s+)*", re.DOTALL
)
_WIDE = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_HEADINGS = frozenset({"title", "heading", "header", "head", "subject", "h1", "h2", "h3"})
_WHITE = re.compile(r"\s+")


def root_name(data: bytes) -> bytes | None:
    """The name of the root element, prefix dropped, without parsing; None for what is no XML."""
    head = _head(data)
    prologue = _PROLOGUE.match(head)
    match = _ROOT.match(head, prologue.end() if prologue else 0)
    return match.group(1).rpartition(b":")[2] if match else None


def _head(data: bytes) -> bytes:
    """The beginning of the file in UTF-8, where a mark says that it is in something wider."""
    head = data[:32_768]
    for mark, encoding in _WIDE:
        if head.startswith(mark):
            return head.decode(encoding, errors="replace").encode("utf-8").lstrip(b"\xef\xbb\xbf")
    return head.removeprefix(b"\xef\xbb\xbf")


def sniff(data: bytes, name: str | None) -> bool:
    """An XML declaration, whatever follows; or any root element in a file named .xml. No HTML."""
    root = root_name(data)
    if root is not None and root.lower() == b"html":
        return False
    # Where declarations are so long that no root is seen, they are not read as text either.
    declared = _head(data).lstrip().startswith(b"<?xml")
    return declared or (root is not None and (name or "").lower().endswith(".xml"))


def load(data: bytes, options: LoadOptions) -> Loaded:
    """The text of every element that has some, in order; titles and headings as such.

    Raises UnreadableDocument if it is not well-formed, EmptyDocument if it holds no text.
    """
    name = options.name or "The XML file"
    root = parse_xml(data, name)
    blocks: list[Block] = []
    _walk(root, blocks, 1)
    if not blocks:
        raise EmptyDocument(f"{name} holds no text. Nothing was added.")
    return Loaded(blocks=tuple(blocks), format="xml")


def _walk(element: Any, blocks: list[Block], depth: int) -> None:
    direct = [element.text or "", *((child.tail or "") for child in element)]
    if any(part.strip() for part in direct):
        text = words(element)
        role = "heading" if local(element).lower() in _HEADINGS else "paragraph"
        blocks.append(Block(text, role, min(depth, 6) if role == "heading" else 0))
        return
    for child in element:
        if local(child):
            _walk(child, blocks, depth + 1)


def words(element: Any) -> str:
    """All text of an element on one line."""
    return _WHITE.sub(" ", "".join(element.itertext())).strip()
