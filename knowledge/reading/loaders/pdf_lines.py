"""The lines of a PDF page as PDFium sees them, with the ones that no reader sees kept apart."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as c  # type: ignore[import-untyped]

BREAK_HYPHEN = "\x02"
"""What PDFium writes for a hyphen at the end of a line; it then leaves out the line break."""

_NUMBERED = re.compile(r"(\d{1,2}) +(?=\S)")
_ENDS = re.compile("\r\n|\r|\n|(?<=\x02)")
_INVISIBLE_MODES = (c.FPDF_TEXTRENDERMODE_INVISIBLE, c.FPDF_TEXTRENDERMODE_CLIP)
_MAX_OBJECTS = 200_000
_WHITE = 245
"""Each of red, green and blue at least this, of 255: white on the white of a page."""
_TINY_POINTS = 1.0
"""Type smaller than this cannot be read at any usual zoom; a printed footnote has 6 to 8."""


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
        concealed = _concealed(page)
        hidden = ""
        if concealed:
            codes, hidden = _without(raw, codes, concealed)
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


# --- What no reader sees -------------------------------------------------------------------


def _concealed(page: pdfium.PdfPage) -> set[int]:
    """Addresses of the text objects that are drawn invisibly, off the page, too small, or
    white on white."""
    box = page.get_bbox()
    found: set[int] = set()
    white: list[tuple[int, tuple[float, float, float, float]]] = []
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    for obj, inside_form in _text_objects(page):
        address = ctypes.cast(obj, ctypes.c_void_p).value or 0
        mode = c.FPDFTextObj_GetTextRenderMode(obj)
        if mode in _INVISIBLE_MODES:
            found.add(address)
            continue
        c.FPDFPageObj_GetFillColor(obj, red, green, blue, alpha)
        filled = mode in (c.FPDF_TEXTRENDERMODE_FILL, c.FPDF_TEXTRENDERMODE_FILL_CLIP)
        if filled and alpha.value <= 8:
            found.add(address)
            continue
        bounds = _bounds(obj)
        if bounds is None or inside_form:
            # Inside a form the coordinates are the form's own; the two checks need the page's.
            continue
        left, bottom, right, top = bounds
        outside = right <= box[0] or left >= box[2] or top <= box[1] or bottom >= box[3]
        if outside or _points(obj) < _TINY_POINTS:
            found.add(address)
        elif filled and min(red.value, green.value, blue.value) >= _WHITE:
            white.append((address, bounds))
    if white:
        found |= _unseen(page, white)
    return found


def _text_objects(page: pdfium.PdfPage) -> Iterator[tuple[c.FPDF_PAGEOBJECT, bool]]:
    pending: list[tuple[c.FPDF_PAGEOBJECT, int]] = []
    seen = 0
    for index in range(c.FPDFPage_CountObjects(page.raw)):
        pending.append((c.FPDFPage_GetObject(page.raw, index), 0))
        while pending and seen < _MAX_OBJECTS:
            obj, depth = pending.pop()
            seen += 1
            kind = c.FPDFPageObj_GetType(obj)
            if kind == c.FPDF_PAGEOBJ_TEXT:
                yield obj, depth > 0
            elif kind == c.FPDF_PAGEOBJ_FORM and depth < 5:
                for child in range(c.FPDFFormObj_CountObjects(obj)):
                    pending.append((c.FPDFFormObj_GetObject(obj, child), depth + 1))


def _bounds(obj: c.FPDF_PAGEOBJECT) -> tuple[float, float, float, float] | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not c.FPDFPageObj_GetBounds(obj, left, bottom, right, top):
        return None
    return left.value, bottom.value, right.value, top.value


def _points(obj: c.FPDF_PAGEOBJECT) -> float:
    """The size of the type as it is drawn, in points."""
    size, matrix = ctypes.c_float(), c.FS_MATRIX()
    if not c.FPDFTextObj_GetFontSize(obj, size) or not c.FPDFPageObj_GetMatrix(obj, matrix):
        return 12.0
    area = abs(matrix.a * matrix.d - matrix.b * matrix.c)
    return float(abs(size.value) * area**0.5)


def _unseen(
    page: pdfium.PdfPage, objects: list[tuple[int, tuple[float, float, float, float]]]
) -> set[int]:
    """Those of the white objects whose place on the drawn page shows one single colour."""
    width, height = page.get_size()
    if page.get_rotation() or width <= 0 or height <= 0:
        return set()
    scale = min(1.5, 1600 / max(width, height))
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        pixels = bytes(bitmap.buffer)
        stride, columns, rows = bitmap.stride, bitmap.width, bitmap.height
    finally:
        bitmap.close()
    box = page.get_bbox()
    unseen = set()
    for address, (left, bottom, right, top) in objects:
        x0 = min(max(int((left - box[0]) * scale), 0), columns - 1)
        x1 = min(max(int((right - box[0]) * scale) + 1, x0 + 1), columns)
        y0 = min(max(int((box[3] - top) * scale), 0), rows - 1)
        y1 = min(max(int((box[3] - bottom) * scale) + 1, y0 + 1), rows)
        shades = {
            shade for y in range(y0, y1) for shade in set(pixels[y * stride + x0 : y * stride + x1])
        }
        if shades and max(shades) - min(shades) < 12:
            unseen.add(address)
    return unseen


def _without(raw: c.FPDF_TEXTPAGE, codes: list[int], concealed: set[int]) -> tuple[list[int], str]:
    """The codes with concealed characters blanked out, and the concealed text."""
    visible = list(codes)
    hidden: list[str] = []
    inside = False
    for index, code in enumerate(codes):
        if code in (10, 13):
            hidden.append(" ")
            continue
        obj = c.FPDFText_GetTextObject(raw, index)
        address = ctypes.cast(obj, ctypes.c_void_p).value if obj else None
        # A space that PDFium made up belongs to no object: it goes with what stands before it.
        inside = address in concealed if address else inside
        if inside:
            visible[index] = 0
            hidden.append(_character(code).replace(BREAK_HYPHEN, ""))
    return visible, " ".join("".join(hidden).replace("\x00", "").split())


def with_text(line: Line, text: str) -> Line:
    """The line with other words in the same place."""
    return replace(line, text=text)
