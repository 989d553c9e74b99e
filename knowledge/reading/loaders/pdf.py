"""PDF: pages as text, scanned pages recognised, hidden text set aside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as c  # type: ignore[import-untyped]

from knowledge.errors import EmptyDocument, UnreadableDocument
from knowledge.reading.loaders.pdf_layout import lay_out
from knowledge.reading.loaders.pdf_lines import PageText, read_page
from knowledge.reading.loaders.pdf_scans import Scan, recognise, unusable
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.types import Block, SetAside

_MAX_ATTACHMENT_BYTES = 25_000_000


def sniff(data: bytes, name: str | None) -> bool:
    """The signature stands within the first kilobyte, as viewers accept it."""
    return b"%PDF-" in data[:1024]


def load(data: bytes, options: LoadOptions) -> Loaded:
    """The text of a PDF with page numbers.

    Pages without text, or with text whose characters are not mapped, are recognised where
    tesseract is installed. Raises UnreadableDocument if the file is broken, needs a
    password, or has too many pages; EmptyDocument if no page gives text.
    """
    name = options.name or "The PDF"
    document = _open(data, options, name)
    try:
        count = len(document)
        if count > options.max_pages:
            raise UnreadableDocument(
                f"{name} has {count:,} pages, more than the {options.max_pages:,} allowed. "
                "Split it and add the parts you need."
            )
        pages, broken = _read(document, options, name)
        if not pages:
            raise UnreadableDocument(f"{name} is a damaged PDF: no page can be read.")
        scans, layers = unusable(document, pages)
        scan = recognise(document, scans, options)
        return _loaded(document, pages, scan, layers, broken, name)
    finally:
        document.close()


def _open(data: bytes, options: LoadOptions, name: str) -> pdfium.PdfDocument:
    password = options.password or None
    try:
        return pdfium.PdfDocument(data, password=password)
    except pdfium.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code == c.FPDF_ERR_PASSWORD:
            if password:
                raise UnreadableDocument(
                    f"{name} is encrypted and the password does not open it."
                ) from error
            raise UnreadableDocument(
                f"{name} is encrypted. Add it with its password: --password."
            ) from error
        if code == c.FPDF_ERR_SECURITY:
            raise UnreadableDocument(
                f"{name} is encrypted in a way that is not supported. Save it without encryption."
            ) from error
        raise UnreadableDocument(
            f"{name} is a damaged or incomplete PDF and cannot be opened."
        ) from error


def _read(
    document: pdfium.PdfDocument, options: LoadOptions, name: str
) -> tuple[list[PageText], list[int]]:
    pages: list[PageText] = []
    broken: list[int] = []
    characters = 0
    for index in range(len(document)):
        if options.tell is not None:
            options.tell(index, len(document))
        try:
            page = document[index]
        except pdfium.PdfiumError:
            broken.append(index + 1)
            continue
        try:
            text = read_page(page, index + 1)
        except pdfium.PdfiumError:
            broken.append(index + 1)
            continue
        finally:
            page.close()
        characters += text.characters + len(text.hidden)
        if characters > options.max_characters:
            raise UnreadableDocument(
                f"{name} holds more than {options.max_characters:,} characters of text. "
                "Split it and add the parts you need."
            )
        pages.append(text)
    if sum(page.numbered for page in pages) * 3 > len(pages):
        pages = [page if page.numbered else _again(document, page, numbered=True) for page in pages]
    return pages, broken


def _again(document: pdfium.PdfDocument, text: PageText, *, numbered: bool) -> PageText:
    page = document[text.number - 1]
    try:
        return read_page(page, text.number, numbered=numbered)
    finally:
        page.close()


# --- Putting it together -------------------------------------------------------------------


def _loaded(
    document: pdfium.PdfDocument,
    pages: Sequence[PageText],
    scan: Scan,
    layers: dict[int, str],
    broken: Sequence[int],
    name: str,
) -> Loaded:
    unread = set(scan.pages) | set(scan.missed) | set(layers)
    layout = lay_out([page for page in pages if page.number not in unread])
    recognised = dict(scan.pages)
    for number, layer in layers.items():
        recognised[number] = (Block(layer, page=number, recognised=True),)
    blocks = _in_order(layout.blocks, recognised)
    if not blocks:
        _refuse(name, len(document), scan)
    warnings: list[str] = []
    if recognised:
        warnings.append(f"{_pages(sorted(recognised))} recognised from a picture (OCR).")
    if scan.missed:
        verb = "has" if len(scan.missed) == 1 else "have"
        warnings.append(
            f"{_pages(scan.missed)} {verb} no usable text: nothing was taken from there. "
            f"{scan.reason}"
        )
    if broken:
        warnings.append(f"{_pages(broken)} cannot be read: the file is damaged there.")
    hidden, furniture = _hidden([page for page in pages if page.number not in layers])
    if hidden:
        noun, verb = ("passage", "was") if len(hidden) == 1 else ("passages", "were")
        warnings.append(f"{len(hidden)} {noun} hidden from readers {verb} set aside.")
    return Loaded(
        blocks=blocks,
        hints=_properties(document),
        set_aside=(
            *(SetAside(text, "hidden") for text in hidden),
            *(SetAside(text, "furniture") for text in (*layout.furniture, *furniture)),
        ),
        warnings=tuple(warnings),
        format="pdf",
        attachments=tuple(_attachments(document)),
    )


def _refuse(name: str, count: int, scan: Scan) -> None:
    pages = "its page" if count == 1 else f"any of its {count} pages"
    if scan.missed:
        raise EmptyDocument(f"{name}: no usable text on {pages}; it may be a scan. {scan.reason}")
    raise EmptyDocument(f"{name} holds no text on {pages}. Nothing was added.")


def _in_order(
    blocks: Sequence[Block], recognised: dict[int, tuple[Block, ...]]
) -> tuple[Block, ...]:
    """Text pages and recognised pages in the order of the file."""
    merged: list[Block] = []
    waiting = sorted(recognised)
    for block in blocks:
        while waiting and waiting[0] < (block.page or 0):
            merged += recognised[waiting.pop(0)]
            block = replace(block, continues=False)
        merged.append(block)
    for number in waiting:
        merged += recognised[number]
    return tuple(merged)


def _hidden(pages: Sequence[PageText]) -> tuple[list[str], list[str]]:
    """Hidden texts, each once, and those that printers put outside the trimmed page."""
    by_key: dict[str, list[str]] = {}
    for page in pages:
        if page.hidden.strip():
            key = re.sub(r"[\W\d_]+", " ", page.hidden.casefold())[:60]
            by_key.setdefault(key, []).append(page.hidden)
    repeated = max(2, len(pages) // 2)
    hidden = [texts[0] for texts in by_key.values() if len(texts) < repeated]
    slugs = ["\n".join(texts) for texts in by_key.values() if len(texts) >= repeated]
    return hidden, slugs


def _properties(document: pdfium.PdfDocument) -> dict[str, str]:
    try:
        found = document.get_metadata_dict(skip_empty=True)
    except pdfium.PdfiumError:
        return {}
    return {key.lower(): value[:1000] for key, value in found.items() if value.strip()}


def _attachments(document: pdfium.PdfDocument) -> Iterator[tuple[str, bytes]]:
    total = 0
    for index in range(min(document.count_attachments(), 50)):
        try:
            attachment = document.get_attachment(index)
            data = bytes(attachment.get_data())
            title = attachment.get_name()
        except pdfium.PdfiumError:
            continue
        total += len(data)
        if total > _MAX_ATTACHMENT_BYTES:
            return
        yield title or f"attachment {index + 1}", data


def _pages(numbers: Sequence[int]) -> str:
    """ "Page 3", "Pages 3, 5-9" for a person; "was" and "were" follow in the caller's words."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    listed = ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in spans[:8])
    more = ", …" if len(spans) > 8 else ""
    return f"Page {listed}" if len(numbers) == 1 else f"Pages {listed}{more}"
