"""Bytes to blocks: one module a format, chosen by content.

Adding a format is one module here and one row in `LOADERS`. Rows are tried in order, so
the ones with a clear signature come first and plain text, which accepts any text, last.
This package is imported by the parsing server only; it is where the heavy parsers live.
"""

from __future__ import annotations

from knowledge.errors import UnreadableDocument
from knowledge.reading.loaders import (
    bill,
    docx,
    epub,
    federal_register,
    html,
    mail,
    markdown,
    odt,
    pdf,
    rtf,
    structured,
    table,
    text,
    unknown,
    xml,
)
from knowledge.reading.loaders.types import Loaded, Loader, LoadOptions

LOADERS: tuple[Loader, ...] = (
    Loader("pdf", pdf.sniff, pdf.load),
    Loader("docx", docx.sniff, docx.load),
    Loader("odt", odt.sniff, odt.load),
    Loader("epub", epub.sniff, epub.load),
    Loader("rtf", rtf.sniff, rtf.load),
    Loader("email", mail.sniff, mail.load),
    Loader("federal-register", federal_register.sniff, federal_register.load),
    Loader("bill", bill.sniff, bill.load),
    Loader("html", html.sniff, html.load),
    Loader("xml", xml.sniff, xml.load),
    Loader("data", structured.sniff, structured.load),
    Loader("table", table.sniff, table.load),
    Loader("markdown", markdown.sniff, markdown.load),
    Loader("text", text.sniff, text.load),
)


def load(data: bytes, options: LoadOptions) -> Loaded:
    """Read the bytes with the first loader whose signature they bear.

    Raises UnreadableDocument, naming what they look like, if the bytes are of no format we
    read; and whatever the loader raises.
    """
    for loader in LOADERS:
        if loader.sniff(data, options.name):
            return loader.load(data, options)
    what, advice = unknown.looks_like(data)
    raise UnreadableDocument(f"{options.name or 'The source'} is {what}. {advice}")


__all__ = ["LOADERS", "LoadOptions", "Loaded", "Loader", "load"]
