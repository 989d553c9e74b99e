"""PDF files made by hand, as small as the format allows, for the tests of its loader."""

from __future__ import annotations

import zlib
from collections.abc import Sequence


def escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def show(
    text: str, x: float, y: float, *, size: float = 12, font: str = "F1", extra: str = ""
) -> str:
    """Operators that draw one line of text; `extra` comes first: a colour, a render mode."""
    return f"BT {extra} /{font} {size} Tf {x} {y} Td ({escape(text)}) Tj ET\n"


def lines(texts: Sequence[str], *, x: float = 72, top: float = 700, size: float = 12) -> str:
    """Operators that draw lines one below the other."""
    return "".join(show(text, x, top - 1.2 * size * i, size=size) for i, text in enumerate(texts))


def pdf(
    pages: Sequence[str],
    *,
    info: dict[str, str] | None = None,
    images: Sequence[tuple[bytes, int, int] | None] = (),
    compress: bool = False,
) -> bytes:
    """A PDF of pages given as operators, each 612 x 792 points, with F1 Helvetica and F2 bold.

    An image (grey pixels, width, height) is drawn over the whole of its page.
    """
    objects: list[bytes] = [b"", b""]  # the catalogue and the pages, filled in below
    objects.append(
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    )
    objects.append(
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>"
    )
    kids = []
    for index, operators in enumerate(pages):
        image = images[index] if index < len(images) else None
        resources = b"/Font << /F1 3 0 R /F2 4 0 R >>"
        if image is not None:
            pixels, width, height = image
            packed = zlib.compress(pixels)
            head = (
                f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} "
                f"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode "
                f"/Length {len(packed)} >>"
            )
            objects.append(head.encode() + b"\nstream\n" + packed + b"\nendstream")
            resources += f" /XObject << /I {len(objects)} 0 R >>".encode()
            operators = f"q 612 0 0 792 0 0 cm /I Do Q\n{operators}"
        stream = operators.encode("cp1252")
        filters = b""
        if compress:
            stream, filters = zlib.compress(stream, 9), b"/Filter /FlateDecode "
        objects.append(
            b"<< %s/Length %d >>\nstream\n" % (filters, len(stream)) + stream + b"\nendstream"
        )
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << %s >> "
            b"/Contents %d 0 R >>" % (resources, len(objects))
        )
        kids.append(len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    listed = " ".join(f"{kid} 0 R" for kid in kids)
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{listed}] >>".encode()
    trailer = b""
    if info:
        entries = " ".join(f"/{key} ({escape(value)})" for key, value in info.items())
        objects.append(f"<< {entries} >>".encode("cp1252"))
        trailer = b" /Info %d 0 R" % len(objects)
    return assemble(objects, trailer)


def with_form(
    operators: str,
    form: str,
    *,
    matrix: str = "1 0 0 1 0 0",
    box: str = "-2000 -2000 2000 2000",
    states: str = "",
) -> bytes:
    """A PDF of one page, whose operators may draw the form /Fm of its own operators."""
    font = "/Font << /F1 3 0 R >>"
    page, inside = operators.encode("cp1252"), form.encode("cp1252")
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            (
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R "
                f"/Resources << {font} /XObject << /Fm 6 0 R >> /ExtGState << {states} >> >> >>"
            ).encode(),
            b"<< /Length %d >>\nstream\n" % len(page) + page + b"\nendstream",
            (
                f"<< /Type /XObject /Subtype /Form /BBox [{box}] /Matrix [{matrix}] "
                f"/Resources << {font} >> /Length {len(inside)} >>\nstream\n"
            ).encode()
            + inside
            + b"\nendstream",
        ]
    )


def assemble(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """Objects numbered from 1 as a file; the first is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<< /Size %d /Root 1 0 R%s >>\n" % (len(objects) + 1, trailer)
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % start
