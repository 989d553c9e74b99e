"""Text objects of a PDF page that are drawn so that no reader sees them.

Text inside a form (a drawing that pages call by name) is judged where the form puts it: the
matrices of the forms around it are multiplied out (PDF 32000-1:2008, 8.10).
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import NamedTuple

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as c  # type: ignore[import-untyped]

_INVISIBLE_MODES = (c.FPDF_TEXTRENDERMODE_INVISIBLE, c.FPDF_TEXTRENDERMODE_CLIP)
_MAX_OBJECTS = 200_000
_MAX_DEPTH = 8
"""Forms within forms that are followed; a real page has two or three."""
_MAX_CLIPS = 16
_WHITE = 245
"""Each of red, green and blue at least this, of 255: white on the white of a page."""
_FAINT = 8
"""Opacity up to this, of 255, cannot be seen."""
_TINY_POINTS = 1.0
"""Type smaller than this cannot be read at any usual zoom; a printed footnote has 6 to 8."""

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points."""
Matrix = tuple[float, float, float, float, float, float]
_AS_IT_IS: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class _Drawn(NamedTuple):  # a page has thousands, and a tuple is made in a third of the time
    """An object of a page, the matrix of the forms around it, and what these are clipped to."""

    obj: c.FPDF_PAGEOBJECT
    matrix: Matrix
    clips: tuple[Box, ...]
    faint: bool


def concealed(page: pdfium.PdfPage) -> set[int]:
    """Addresses of the text objects that are drawn invisibly, off the page, outside of what is
    shown of a form, too small, or white on white."""
    sheet: Box = page.get_bbox()
    found: set[int] = set()
    white: list[tuple[int, Box]] = []
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    for drawn in _text_objects(page):
        obj = drawn.obj
        address = address_of(obj)
        mode = c.FPDFTextObj_GetTextRenderMode(obj)
        if mode in _INVISIBLE_MODES or drawn.faint:
            found.add(address)
            continue
        c.FPDFPageObj_GetFillColor(obj, red, green, blue, alpha)
        filled = mode in (c.FPDF_TEXTRENDERMODE_FILL, c.FPDF_TEXTRENDERMODE_FILL_CLIP)
        if filled and alpha.value <= _FAINT:
            found.add(address)
            continue
        own = _bounds(obj)
        if own is None:
            continue
        bounds = _moved(own, drawn.matrix)
        outside = any(_apart(bounds, box) for box in (sheet, *drawn.clips))
        if outside or _points(obj, drawn.matrix) < _TINY_POINTS:
            found.add(address)
        elif filled and min(red.value, green.value, blue.value) >= _WHITE:
            white.append((address, bounds))
    if white:
        found |= _unseen(page, white)
    return found


def address_of(obj: c.FPDF_PAGEOBJECT) -> int:
    """Where an object is in memory, which tells it from all others of its page; 0 for none."""
    # A tenth of the time of `ctypes.cast`, for each character of a page.
    return ctypes.addressof(obj.contents) if obj else 0


def _text_objects(page: pdfium.PdfPage) -> Iterator[_Drawn]:
    pending: list[tuple[_Drawn, int]] = []
    seen = 0
    for index in range(c.FPDFPage_CountObjects(page.raw)):
        obj = c.FPDFPage_GetObject(page.raw, index)
        pending.append((_Drawn(obj, _AS_IT_IS, (), False), 0))
        while pending and seen < _MAX_OBJECTS:
            drawn, depth = pending.pop()
            seen += 1
            kind = c.FPDFPageObj_GetType(drawn.obj)
            if kind == c.FPDF_PAGEOBJ_TEXT:
                yield drawn._replace(clips=_clips(drawn))
            elif kind == c.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
                own = c.FS_MATRIX()
                c.FPDFPageObj_GetMatrix(drawn.obj, own)
                matrix = _product((own.a, own.b, own.c, own.d, own.e, own.f), drawn.matrix)
                clips = _clips(drawn)
                for child in range(c.FPDFFormObj_CountObjects(drawn.obj)):
                    inner = c.FPDFFormObj_GetObject(drawn.obj, child)
                    pending.append((_Drawn(inner, matrix, clips, drawn.faint), depth + 1))


def _clips(drawn: _Drawn) -> tuple[Box, ...]:
    """What the object is clipped to, on the page: the bounds of each path, its forms' included."""
    path = c.FPDFPageObj_GetClipPath(drawn.obj)
    count = c.FPDFClipPath_CountPaths(path) if path else 0
    found = list(drawn.clips)
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(min(max(count, 0), _MAX_CLIPS)):
        corners = []
        count_here = c.FPDFClipPath_CountPathSegments(path, index)
        # Of a rectangle, as nearly all are, two corners are enough.
        for number in (0, 2) if count_here in (4, 5) else range(max(count_here, 0)):
            segment = c.FPDFClipPath_GetPathSegment(path, index, number)
            if segment and c.FPDFPathSegment_GetPoint(segment, x, y):
                corners.append((x.value, y.value))
        if corners:
            across, up = zip(*corners, strict=True)
            found.append(_moved((min(across), min(up), max(across), max(up)), drawn.matrix))
    return tuple(found)


def _product(first: Matrix, then: Matrix) -> Matrix:
    a, b, d, e, x, y = first
    p, q, r, s, u, v = then
    return (
        a * p + b * r,
        a * q + b * s,
        d * p + e * r,
        d * q + e * s,
        x * p + y * r + u,
        x * q + y * s + v,
    )


def _moved(box: Box, matrix: Matrix) -> Box:
    """The upright box around a box after the matrix."""
    if matrix == _AS_IT_IS:
        return box
    a, b, d, e, x, y = matrix
    left, bottom, right, top = box
    corners = [(left, bottom), (left, top), (right, bottom), (right, top)]
    across = [a * h + d * v + x for h, v in corners]
    up = [b * h + e * v + y for h, v in corners]
    return min(across), min(up), max(across), max(up)


def _apart(one: Box, other: Box) -> bool:
    return one[2] <= other[0] or one[0] >= other[2] or one[3] <= other[1] or one[1] >= other[3]


def _bounds(obj: c.FPDF_PAGEOBJECT) -> Box | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not c.FPDFPageObj_GetBounds(obj, left, bottom, right, top):
        return None
    return left.value, bottom.value, right.value, top.value


def _points(obj: c.FPDF_PAGEOBJECT, around: Matrix) -> float:
    """The size of the type as it is drawn, in points."""
    size, own = ctypes.c_float(), c.FS_MATRIX()
    if not c.FPDFTextObj_GetFontSize(obj, size) or not c.FPDFPageObj_GetMatrix(obj, own):
        return 12.0
    area = abs(own.a * own.d - own.b * own.c)
    area *= abs(around[0] * around[3] - around[1] * around[2])
    return float(abs(size.value) * area**0.5)


def _unseen(page: pdfium.PdfPage, objects: list[tuple[int, Box]]) -> set[int]:
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
