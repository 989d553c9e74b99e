"""The lines of a PDF page as PDFium sees them, with the ones that no reader sees kept apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as c  # type: ignore[import-untyped]

from knowledge.reading.loaders.pdf_hidden import address_of, concealed

BREAK_HYPHEN = "\x02"
"""What PDFium writes for a hyphen at the end of a line; it then leaves out the line break."""

_NUMBERED = re.compile(r"(\d{1,2}) +(?=\S)")
_ENDS = re.compile("\r\n|\r|\n|(?<=\x02)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page. Coordinates in points, y upwards, as the file has them."""

    text: str
    x0: float
    x1: float
    y0: float
    y1: float
    page: int
    bold: bool = False
    rotated: bool = False
    broken: bool = False
    """Whether it ends within a word, at a hyphen that the text leaves out."""

    @property
    def size(self) -> float:
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class PageText:
    """A page: its lines in the order of the file, and what is drawn so that no one sees it."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    hidden: str = ""
    unmapped: float = 0.0
    """Share of the characters that have no sound place in Unicode."""
    numbered: bool = False
    """Whether line numbers, as bills have them, were taken off."""

    @property
    def characters(self) -> int:
        return sum(len(line.text) for line in self.lines)


def read_page(page: pdfium.PdfPage, number: int, *, numbered: bool = False) -> PageText:
    """The visible lines of a page, counted from 1, and its hidden text.

    `numbered` says that the lines of the document are known to bear numbers, so that three
    of them on a page are enough to take them off.
    """
    width, height = page.get_size()
    textpage = page.get_textpage()
    try:
        raw = textpage.raw
        count = max(textpage.count_chars(), 0)
        codes = [c.FPDFText_GetUnicode(raw, index) for index in range(count)]
        _pair(codes)
        unseen = concealed(page)
        hidden = ""
        if unseen:
            codes, hidden = _without(raw, codes, unseen)
        # One string with one character a code, so that its offsets stay PDFium's.
        text = "".join(map(_character, codes))
        spans = list(_spans(text))
        starts = _after_line_numbers(text, spans, numbered)
        lines = tuple(
            _line(raw, text, start, end, number)
            for start, (_, end) in zip(starts, spans, strict=True)
        )
        errors = sum(
            1
            for index, code in enumerate(codes)
            if code == 0xFFFD
            or 0xE000 <= code <= 0xF8FF
            or (code and code < 32 and code not in (2, 9, 10, 13))
        )
        return PageText(
            number,
            width,
            height,
            lines,
            hidden,
            unmapped=errors / max(count, 1),
            numbered=any(start != span[0] for start, span in zip(starts, spans, strict=True)),
        )
    finally:
        textpage.close()


def _pair(codes: list[int]) -> None:
    """Join the halves of characters beyond the first plane, in place; the second becomes null."""
    for index in range(len(codes) - 1):
        high, low = codes[index], codes[index + 1]
        if 0xD800 <= high < 0xDC00 <= low < 0xE000:
            codes[index] = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
            codes[index + 1] = 0


def _character(code: int) -> str:
    # Null marks a removed character; lone surrogates cannot be written anywhere.
    return chr(code) if 0 < code < 0xD800 or 0xE000 <= code <= 0x10FFFF else "\x00"


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each line without the white space around it."""
    position = 0
    for match in _ENDS.finditer(text):
        yield from _trimmed(text, position, match.start())
        position = match.end()
    yield from _trimmed(text, position, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and (text[start].isspace() or text[start] == "\x00"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] == "\x00"):
        end -= 1
    if end > start:
        yield start, end


def _after_line_numbers(text: str, spans: list[tuple[int, int]], numbered: bool) -> list[int]:
    """Where each line begins after the line number that bills and transcripts print before it.

    Numbers count as line numbers where five or more follow each other by one, from 1, and
    half of the lines of the page bear one; three are enough in a document known for them.
    """
    starts = [start for start, _ in spans]
    found = [
        (index, int(match.group(1)), match.end())
        for index, (start, end) in enumerate(spans)
        if (match := _NUMBERED.match(text, start, end))
    ]
    expected, kept = 1, []
    for index, number, after in found:
        if number == expected:
            kept.append((index, after))
            expected += 1
    enough = len(kept) >= 5 and len(kept) * 2 >= len(spans)
    if enough or (numbered and len(kept) >= 3):
        for index, after in kept:
            starts[index] = after
    return starts


def _line(raw: c.FPDF_TEXTPAGE, text: str, start: int, end: int, page: int) -> Line:
    broken = text[end - 1] == BREAK_HYPHEN
    left, right = c.FS_RECTF(), c.FS_RECTF()
    c.FPDFText_GetLooseCharBox(raw, start, left)
    last = max(end - (2 if broken else 1), start)
    c.FPDFText_GetLooseCharBox(raw, last, right)
    # A raised number of a note at either end is lower than the line.
    tall = max(left, right, key=lambda box: box.top - box.bottom)
    angle = c.FPDFText_GetCharAngle(raw, start)
    bold = all(c.FPDFText_GetFontWeight(raw, index) >= 600 for index in (start, last))
    words = text[start:end].replace(BREAK_HYPHEN, "").replace("\x00", "")
    return Line(
        text=re.sub(r"[ \t\u00a0]+", " ", words),
        x0=min(left.left, right.left),
        x1=max(left.right, right.right),
        y0=tall.bottom,
        y1=tall.top,
        page=page,
        bold=bold,
        rotated=0.2 < angle % 6.2832 < 6.0832,
        broken=broken,
    )


def _without(raw: c.FPDF_TEXTPAGE, codes: list[int], unseen: set[int]) -> tuple[list[int], str]:
    """The codes with concealed characters blanked out, and the concealed text."""
    visible = list(codes)
    hidden: list[str] = []
    inside = False
    for index, code in enumerate(codes):
        if code in (10, 13):
            hidden.append(" ")
            continue
        obj = c.FPDFText_GetTextObject(raw, index)
        address = address_of(obj)
        # A space that PDFium made up belongs to no object: it goes with what stands before it.
        inside = address in unseen if address else inside
        if inside:
            visible[index] = 0
            hidden.append(_character(code).replace(BREAK_HYPHEN, ""))
    return visible, " ".join("".join(hidden).replace("\x00", "").split())


def with_text(line: Line, text: str) -> Line:
    """The line with other words in the same place."""
    return replace(line, text=text)
