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
_HEADINGS = frozenset({"title", "heading", "header", "head", "subject", "h1", "h2", "h3"})
_WHITE = re.compile(r"\s+")


def root_name(data: bytes) -> bytes | None:
    """The name of the root element, prefix dropped, without parsing; None for what is no XML."""
    head = data[:32_768].lstrip(b"\xef\xbb\xbf")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.decode("utf-16", errors="replace").encode("utf-8")
    prologue = _PROLOGUE.match(head)
    match = _ROOT.match(head, prologue.end() if prologue else 0)
    return match.group(1).rpartition(b":")[2] if match else None


def sniff(data: bytes, name: str | None) -> bool:
    """A root element after an XML declaration, or any in a file named .xml; no HTML."""
    root = root_name(data)
    if root is None or root.lower() == b"html":
        return False
    declared = data[:256].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml")
    return (
        declared or (name or "").lower().endswith(".xml") or data[:2] in (b"\xff\xfe", b"\xfe\xff")
    )


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
