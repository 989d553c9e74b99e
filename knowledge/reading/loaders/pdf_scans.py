"""Pages of a PDF whose text layer is missing or of no use, and their recognition."""

from __future__ import annotations

import os
import re
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as c  # type: ignore[import-untyped]

from knowledge.reading.loaders import recognition
from knowledge.reading.loaders.pdf_lines import PageText
from knowledge.reading.loaders.types import LoadOptions
from knowledge.types import Block

DOTS_PER_INCH = 200
"""Resolution of the picture for recognition; 300 took a quarter longer and was no surer of the
words, 150 was no faster (our measurement, November 2026)."""
_MAX_PIXELS = 12_000_000
_MOST_AT_ONCE = 4
"""Pages recognised at a time: one a processor, each in a process of tesseract with about 100 MB.
A dense page of 730 words takes 4 s of computing time, a third of a second of it to find which
way up it is (our measurement, November 2026)."""
_VOWELS = re.compile("[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýœ]", re.IGNORECASE)
_LATIN_WORD = re.compile("[A-Za-zÀ-ÖØ-öø-ÿ]{3,}")


@dataclass(frozen=True, slots=True)
class Scan:
    """What came of the pages that have no usable text."""

    pages: dict[int, tuple[Block, ...]]
    missed: tuple[int, ...]
    reason: str


def unusable(
    document: pdfium.PdfDocument, pages: Sequence[PageText]
) -> tuple[list[int], dict[int, str]]:
    """Pages to recognise, by number; and pages whose invisible text is that of a scan.

    A scanner's software puts the words it recognised invisibly over the picture: then the
    invisible layer is the text of the page.
    """
    scans: list[int] = []
    layers: dict[int, str] = {}
    for page in pages:
        garbled = _garbled(page)
        if page.characters >= 16 and not garbled:
            continue
        pictured = _pictured(document, page.number)
        if pictured and not page.characters and len(page.hidden) > 40:
            layers[page.number] = page.hidden
        elif garbled or (pictured and page.characters < 16):
            scans.append(page.number)
    return scans, layers


def _garbled(page: PageText) -> bool:
    """Whether the text layer is not what the page shows: no usable map from glyphs to letters."""
    text = " ".join(line.text for line in page.lines)
    solid = [character for character in text if not character.isspace()]
    if not solid:
        return False
    if page.unmapped > 0.2:
        return True
    letters = sum(character.isalnum() for character in solid)
    if letters < 0.5 * len(solid) and not any(ord(character) > 0x2FF for character in solid):
        return True
    words = _LATIN_WORD.findall(text)
    voiced = sum(1 for word in words if _VOWELS.search(word))
    # Real prose has a vowel in nearly every word of three letters; a shifted map does not.
    return len(words) >= 30 and voiced < 0.6 * len(words)


def _pictured(document: pdfium.PdfDocument, number: int) -> bool:
    """Whether pictures or drawn paths are on the page, so that there may be something to read."""
    page = document[number - 1]
    try:
        for index in range(min(c.FPDFPage_CountObjects(page.raw), 2000)):
            kind = c.FPDFPageObj_GetType(c.FPDFPage_GetObject(page.raw, index))
            if kind in (c.FPDF_PAGEOBJ_IMAGE, c.FPDF_PAGEOBJ_FORM, c.FPDF_PAGEOBJ_PATH):
                return True
        return False
    finally:
        page.close()


def recognise(document: pdfium.PdfDocument, numbers: Sequence[int], options: LoadOptions) -> Scan:
    if not numbers:
        return Scan({}, (), "")
    if not options.recognise or recognition.program() is None:
        return Scan({}, tuple(numbers), recognition.HOW_TO_INSTALL)
    if options.recognition_starts is not None:
        options.recognition_starts()
    ends = time.monotonic() + options.recognise_seconds
    chosen = numbers[: options.recognise_pages]

    def read(number: int, picture: recognition.Picture | None) -> tuple[Block, ...]:
        left = ends - time.monotonic()
        if picture is None or left <= 1:
            return ()
        text = recognition.recognise(picture, seconds=left)
        return tuple(
            Block(paragraph, page=number, recognised=True)
            for paragraph in (text.paragraphs if text is not None else ())
        )

    # PDFium draws on one thread; no more pictures wait in memory than are being read.
    found: dict[int, tuple[Block, ...]] = {}
    workers = max(2, min(_MOST_AT_ONCE, processors()))
    waiting: deque[tuple[int, Future[tuple[Block, ...]]]] = deque()
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for done, number in enumerate(chosen):
            if time.monotonic() >= ends:
                break
            if options.tell is not None:
                options.tell(done, len(chosen))
            if len(waiting) >= workers:
                _take(waiting, found)
            waiting.append((number, pool.submit(read, number, _picture(document, number))))
        while waiting:
            _take(waiting, found)
    missed = tuple(number for number in numbers if number not in found)
    late = time.monotonic() >= ends or len(numbers) > len(chosen)
    reason = (
        "Character recognition came to its limit; split the file."
        if late
        else "Character recognition found no words there."
    )
    return Scan(found, missed, reason)


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _take(
    waiting: deque[tuple[int, Future[tuple[Block, ...]]]], found: dict[int, tuple[Block, ...]]
) -> None:
    number, job = waiting.popleft()
    if blocks := job.result():
        found[number] = blocks


def _picture(document: pdfium.PdfDocument, number: int) -> recognition.Picture | None:
    """A page drawn in grey; None where it has no area."""
    page = document[number - 1]
    try:
        width, height = page.get_size()
        if width <= 0 or height <= 0:
            return None
        scale = min(DOTS_PER_INCH / 72, (_MAX_PIXELS / (width * height)) ** 0.5)
        bitmap = page.render(scale=scale, grayscale=True)
        try:
            stride, columns, rows = bitmap.stride, bitmap.width, bitmap.height
            pixels = bytes(bitmap.buffer)
        finally:
            bitmap.close()
    finally:
        page.close()
    if stride != columns:
        pixels = b"".join(pixels[y * stride : y * stride + columns] for y in range(rows))
    return recognition.Picture(pixels, columns, rows, round(72 * scale))
