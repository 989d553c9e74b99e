"""Web pages and HTML files: the main text in order, the rest set aside with its reason.

The page's own tree gives the blocks, verbatim and in order; trafilatura's extraction says
which of them are the main text. So structure survives (headings, items, quotations, tables)
and nothing of the page is lost. A bare document (a letter or filing saved as HTML, without
menus or bars) is kept whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from knowledge.errors import EmptyDocument, UnreadableDocument
from knowledge.reading import html_metadata, written_dates
from knowledge.reading.loaders import main_text
from knowledge.reading.loaders import text as plain
from knowledge.reading.loaders.page import Piece, pieces
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.types import Block, Particulars, SetAside

_TAGS = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|div|p|table|article|h[1-6]|span|font|meta|center)\b",
    re.IGNORECASE,
)
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENDS = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
"""Browsers show what stands after these; libxml2 drops it."""
_WORD = re.compile(r"\w+")

HEAD_BYTES = 64 * 1024
"""How far into the file its charset and its first tags are looked for."""

NEAR = 8
"""A page's dateline stands within so many pieces over its main text, or begins it."""
DATELINE_CHARS = 120


def sniff(data: bytes, name: str | None) -> bool:
    """Whether the bytes are HTML: several of its tags, early, and no other format's mark."""
    head = data[:HEAD_BYTES]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", errors="replace").encode("utf-8")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1024].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return True
    if not start.startswith((b"<", b"<!--")) and not (name or "").lower().endswith(
        (".html", ".htm")
    ):
        return False
    if start.startswith(b"<?xml") and b"<html" not in head[:4096].lower():
        return False
    return len({tag.lower() for tag in _TAGS.findall(head)}) >= 2


def load(data: bytes, options: LoadOptions) -> Loaded:
    """Read a page as blocks of its main text, with what it states about itself.

    Raises EmptyDocument if the page shows no text, UnreadableDocument if it cannot be parsed.
    """
    name = options.name or options.url or "The page"
    root, too_deep = _parse(data, options, name)
    found = pieces(root)
    if sum(len(piece.text) for piece in found) > options.max_characters:
        raise UnreadableDocument(
            f"{name} holds more than {options.max_characters:,} characters of text. "
            "Add the part you need."
        )
    seen = [piece for piece in found if not piece.hidden]
    if not any(_WORD.search(piece.text) for piece in seen):
        if too_deep:
            raise UnreadableDocument(f"{name}: its elements are nested too deeply to be read.")
        raise EmptyDocument(f"{name} shows no text. Nothing was added.")
    stated, _ = html_metadata.read(root, url=options.url)
    kept = main_text.choose(root, seen, _titles(root, stated))
    dateline = _dateline(seen, kept)
    particulars, hints = html_metadata.read(root, url=options.url, dateline=dateline)
    main = [piece for index, piece in enumerate(seen) if index in kept]
    return Loaded(
        blocks=tuple(Block(piece.text, piece.role, piece.level) for piece in main),
        particulars=particulars,
        hints=hints,
        set_aside=_set_aside(found, seen, kept),
        warnings=_warnings(found, too_deep),
        format="html",
    )


def _parse(data: bytes, options: LoadOptions, name: str) -> tuple[HtmlElement, bool]:
    """The page's tree, and whether it was cut off where it is nested too deeply."""
    declared = _META_CHARSET.search(data[:HEAD_BYTES])
    if declared and "charset" not in (options.media_type or "").lower():
        charset = declared.group(1).decode("ascii")
        options = replace(options, media_type=f"text/html; charset={charset}")
    source = _ENDS.sub("", _DECLARATION.sub("", plain.decode(data, options)))
    # libxml2 stops at 256 levels, and at 2,048 when told that trees may be huge.
    parser = HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = document_fromstring(source, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        if not source.strip():
            raise EmptyDocument(f"{name} holds no text. Nothing was added.") from error
        raise UnreadableDocument(f"{name} is not readable as HTML.") from error
    return root, any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)


def _dateline(seen: Sequence[Piece], kept: set[int]) -> str | None:
    """The date of a short line between the last heading and the main text, or just over both."""
    first = min(kept)
    if len(kept) == len(seen):
        return None  # a bare document: its own head says what its dates are
    for index in [first, *range(first - 1, max(-1, first - NEAR), -1)]:
        piece = seen[index]
        if piece.region in ("nav", "aside", "footer") or len(piece.text) > DATELINE_CHARS:
            continue
        dates = [found.date for found in written_dates.find(piece.text) if len(found.date) == 10]
        if dates and piece.links < 0.8 * len(piece.text):
            return dates[0]
    return None


def _titles(root: HtmlElement, particulars: Particulars) -> list[str]:
    titles = [particulars.title or ""]
    titles += ["".join(element.itertext()) for element in root.iter("title", "h1")]
    return [title for title in titles if title.strip()]


def _set_aside(
    found: Sequence[Piece], seen: Sequence[Piece], kept: set[int]
) -> tuple[SetAside, ...]:
    """What is not main text, neighbours of one reason together."""
    parts: list[tuple[list[str], str]] = []
    index = -1
    open_run = False
    for piece in found:
        index += not piece.hidden
        if not piece.hidden and index in kept:
            open_run = False
            continue
        reason = _reason(piece)
        if open_run and parts[-1][1] == reason:
            parts[-1][0].append(piece.text)
        else:
            parts.append(([piece.text], reason))
        open_run = True
    return tuple(SetAside("\n".join(texts), reason) for texts, reason in parts)


def _reason(piece: Piece) -> str:
    if piece.hidden:
        return "hidden"
    if piece.region in ("form", "button", "select", "textarea", "dialog"):
        return "widget"
    if piece.region is None and piece.links > 0.5 * len(piece.text) and len(piece.text) > 30:
        return "related articles"
    return "furniture"


def _warnings(found: Sequence[Piece], too_deep: bool) -> tuple[str, ...]:
    warnings: list[str] = []
    count = sum(piece.hidden for piece in found)
    if count:
        noun, verb = ("passage", "was") if count == 1 else ("passages", "were")
        warnings.append(f"{count} {noun} hidden from readers {verb} set aside.")
    if too_deep:
        warnings.append("The page is nested too deeply; what follows that place was not read.")
    return tuple(warnings)
