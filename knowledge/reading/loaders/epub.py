"""EPUB books: the chapters in reading order."""

from __future__ import annotations

import posixpath
from typing import Any
from urllib.parse import unquote

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from knowledge.errors import EmptyDocument, UnreadableDocument
from knowledge.reading.loaders.archive import Container, holds, is_zip, local, open_container
from knowledge.reading.loaders.page import pieces
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.types import Block, Particulars, SetAside

_PARSER = HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")


def sniff(data: bytes, name: str | None) -> bool:
    """A ZIP container that says it is an EPUB, or has an EPUB's table of packages."""
    return is_zip(data) and (
        b"application/epub+zip" in data[:256] or holds(data, "META-INF/container.xml")
    )


def load(data: bytes, options: LoadOptions) -> Loaded:
    """The text of the chapters, title and author from the package.

    Raises UnreadableDocument if it is broken or protected, EmptyDocument without text.
    """
    name = options.name or "The book"
    container = open_container(data, name)
    encrypted = container.read("META-INF/encryption.xml") or b""
    # Some encrypt only their fonts; then the chapters can still be read.
    if b"EncryptedData" in encrypted and b"html" in encrypted:
        raise UnreadableDocument(f"{name} is protected against copying and cannot be read.")
    package_path = _package(container)
    package = container.tree(package_path)
    blocks: list[Block] = []
    hidden: list[SetAside] = []
    for path in _spine(package, posixpath.dirname(package_path)):
        chapter = container.read(path)
        if not chapter or not chapter.strip():
            continue
        try:
            root = document_fromstring(chapter, parser=_PARSER)
        except (etree.ParserError, etree.XMLSyntaxError, ValueError):
            continue
        for piece in pieces(root):
            if piece.hidden:
                hidden.append(SetAside(piece.text, "hidden"))
            else:
                blocks.append(Block(piece.text, piece.role, piece.level))
    if not blocks:
        raise EmptyDocument(f"{name} holds no text. Nothing was added.")
    return Loaded(
        blocks=tuple(blocks),
        particulars=_particulars(package),
        set_aside=(*hidden, *_contents(container, package, posixpath.dirname(package_path))),
        format="epub",
    )


def _package(container: Container) -> str:
    for element in container.tree("META-INF/container.xml").iter():
        if local(element) == "rootfile" and element.get("full-path"):
            return str(element.get("full-path"))
    raise UnreadableDocument(f"{container.name} is no complete EPUB: it names no package.")


def _spine(package: Any, folder: str) -> list[str]:
    """The paths of the chapters in reading order."""
    items = {}
    order = []
    for element in package.iter():
        tag = local(element)
        if tag == "item":
            items[element.get("id")] = (element.get("href") or "", element.get("media-type") or "")
        elif tag == "itemref":
            order.append(element.get("idref"))
    paths = []
    for identifier in order:
        href, media_type = items.get(identifier, ("", ""))
        if "html" in media_type or href.lower().endswith((".xhtml", ".html", ".htm")):
            paths.append(posixpath.normpath(posixpath.join(folder, unquote(href))))
    return list(dict.fromkeys(paths))


def _contents(container: Container, package: Any, folder: str) -> list[SetAside]:
    """The book's own navigation: the same headings again, so it is furniture."""
    for element in package.iter():
        if local(element) == "item" and "dtbncx" in (element.get("media-type") or ""):
            path = posixpath.normpath(posixpath.join(folder, unquote(element.get("href") or "")))
            if container.read(path) is None:
                return []
            labels = [
                " ".join(label.text.split())
                for label in container.tree(path).iter()
                if local(label) == "text" and label.text and label.text.strip()
            ]
            return [SetAside("\n".join(labels), "furniture")] if labels else []
    return []


def _particulars(package: Any) -> Particulars:
    found: dict[str, str] = {}
    for element in package.iter():
        tag = local(element)
        text = " ".join((element.text or "").split())
        if tag in ("title", "creator", "publisher", "date") and text and tag not in found:
            found[tag] = text
    date = found.get("date", "")[:10]
    return Particulars(
        title=found.get("title"),
        author=found.get("creator"),
        publisher=found.get("publisher"),
        date=date if date[:4].isdigit() and len(date) in (4, 7, 10) else None,
    )
