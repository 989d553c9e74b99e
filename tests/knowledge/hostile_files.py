"""Files made to harm who reads them: bombs, deep nesting, torn, lying and broken ones.

Each is a function, so that a large one is only made when it is needed.
"""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections.abc import Callable

from tests.knowledge.office_files import container, docx_file, epub_file, mail, odt_file
from tests.knowledge.pdf_files import assemble, lines, pdf

Make = Callable[[], bytes]
PROSE = ["A rule on the custody of assets applies to every broker of the country."] * 6


def _zip_bomb(member: str, megabytes: int) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(member, "w", force_zip64=True) as stream,
    ):
        for _ in range(megabytes):
            stream.write(b" " * (1 << 20))
    return out.getvalue()


def _lying_zip(member: str, megabytes: int) -> bytes:
    """A ZIP whose directory says that its bomb is 100 bytes long."""
    data = bytearray(_zip_bomb(member, megabytes))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (100).to_bytes(4, "little")
    return bytes(data)


def _pdf_stream_bomb(megabytes: int, layers: int = 1) -> bytes:
    stream = b"BT /F1 12 Tf (x) Tj ET " * (megabytes * 45_000)
    for _ in range(layers):
        stream = zlib.compress(stream, 9)
    filters = "/FlateDecode " * layers
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
            b"<< /Filter [%s] /Length %d >>\nstream\n" % (filters.encode(), len(stream))
            + stream
            + b"\nendstream",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 3 0 R >>",
        ]
    )


def _pdf_of_pages(count: int) -> bytes:
    """So many pages that share one content, in a flat tree."""
    kids = b" ".join(b"%d 0 R" % (number + 4) for number in range(count))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 3 0 R >>"
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids),
            b"<< /Length 2 >>\nstream\nq \nendstream",
            *[page] * count,
        ]
    )


def _pdf_loop() -> bytes:
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1000000 /Kids [2 0 R 2 0 R] >>",
        ]
    )


def _pdf_giant_page() -> bytes:
    data = pdf([lines(PROSE)])
    return data.replace(b"[0 0 612 792]", b"[0 0 9e9 9e9]")


def _pdf_deep_arrays() -> bytes:
    deep = b"[" * 200_000 + b"]" * 200_000
    return assemble([b"<< /Type /Catalog /Pages 2 0 R /X " + deep + b" >>"])


def _pdf_form_loop() -> bytes:
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] "
            b"/Resources << /XObject << /F 3 0 R >> >> /Length 12 >>\nstream\n"
            b"/F Do /F Do \nendstream",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            b"/Resources << /XObject << /F 3 0 R >> >> /Contents 5 0 R >>",
            b"<< /Length 6 >>\nstream\n/F Do \nendstream",
        ]
    )


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY a{n} "{"&a;" * 10 if not n else f"&a{n - 1};" * 10}">' for n in range(9))
    + "]><l>&a8;</l>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>words &x;</l>'
)


def docx_of(body: str) -> bytes:
    whole = docx_file(lambda document: document.add_paragraph("x"))
    with zipfile.ZipFile(io.BytesIO(whole)) as source:
        members = {name: source.read(name) for name in source.namelist()}
    members["word/document.xml"] = body.encode()
    return container(members)


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _many_members(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(count):
            archive.writestr(f"word/{number}.xml", "")
    return out.getvalue()


def _noise(size: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(size)


def _mangled(data: bytes, seed: int) -> bytes:
    """The file with a hundredth of its bytes changed."""
    chance = random.Random(seed)
    mangled = bytearray(data)
    for _ in range(max(len(mangled) // 100, 8)):
        mangled[chance.randrange(len(mangled))] = chance.randrange(256)
    return bytes(mangled)


def _whole() -> dict[str, bytes]:
    return {
        "pdf": pdf([lines(PROSE)] * 3, compress=True),
        "docx": docx_file(lambda document: document.add_paragraph(" ".join(PROSE))),
        "odt": odt_file(f"<text:p>{' '.join(PROSE)}</text:p>"),
        "epub": epub_file({"a.xhtml": f"<p>{' '.join(PROSE)}</p>"}),
        "eml": mail(text=" ".join(PROSE), files={"a.pdf": b"%PDF" * 50}),
        "rtf": b"{\\rtf1\\ansi " + "\\par ".join(PROSE).encode() + b"}",
        "xml": b"<?xml version='1.0'?><RULE><P>" + " ".join(PROSE).encode() + b"</P></RULE>",
        "html": b"<html><body><p>" + " ".join(PROSE).encode() + b"</p></body></html>",
        "json": b'{"a": ["' + " ".join(PROSE).encode() + b'"]}',
        "yaml": b"a:\n  b: [" + ", ".join(PROSE).encode() + b"]\nc: d\n",
        "csv": b"a,b\n" + b"1,2\n" * 200,
    }


def _torn() -> dict[str, Make]:
    made: dict[str, Make] = {}
    for kind in _whole():
        made[f"cut in half.{kind}"] = lambda kind=kind: _half(_whole()[kind])  # type: ignore[misc]
        made[f"mangled.{kind}"] = lambda kind=kind: _mangled(_whole()[kind], 7)  # type: ignore[misc]
    return made


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


HOSTILE: dict[str, Make] = {
    # Bombs
    "bomb.docx": lambda: _zip_bomb("word/document.xml", 100),
    "bomb.odt": lambda: _zip_bomb("content.xml", 100),
    "bomb that lies.docx": lambda: _lying_zip("word/document.xml", 100),
    "many members.docx": lambda: _many_members(6000),
    "bomb.epub": lambda: epub_file({"a.xhtml": "<p>" + "x" * 90_000_000 + "</p>"}),
    "long chapter.epub": lambda: epub_file({"a.xhtml": "<p>a</p>" * 400_000}),
    "laughs.xml": lambda: LAUGHS.encode(),
    "laughs.docx": lambda: docx_of(LAUGHS),
    "laughs.odt": lambda: container(
        {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": LAUGHS}
    ),
    "laughs in utf-16.xml": lambda: LAUGHS.encode("utf-16"),
    "outside.xml": lambda: OUTSIDE.encode(),
    "stream bomb.pdf": lambda: _pdf_stream_bomb(60),
    "layered bomb.pdf": lambda: _pdf_stream_bomb(200, layers=3),
    "20,000 pages.pdf": lambda: _pdf_of_pages(20_000),
    "aliases.yaml": lambda: _aliases(),
    # Deep nesting
    "deep.html": lambda: b"<html><body>" + b"<div>" * 200_000 + b"words",
    "deep.xml": lambda: b"<?xml version='1.0'?>" + b"<a>" * 100_000 + b"x" + b"</a>" * 100_000,
    "deep.json": lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep list.json": lambda: b"[" * 500_000 + b"]" * 500_000,
    "deep.yaml": lambda: b"a: " + b"[" * 20_000 + b"]" * 20_000,
    "deep.docx": lambda: docx_of(f"<w:document {W}><w:body>" + "<w:tbl><w:tr><w:tc>" * 80 + "<w:p/>"
                               + "</w:tc></w:tr></w:tbl>" * 80 + "</w:body></w:document>"),
    "deep quotes.md": lambda: b">" * 50_000 + b" words",
    "deep.rtf": lambda: b"{\\rtf1 " + b"{" * 100_000 + b"x" + b"}" * 100_000,
    "deep arrays.pdf": _pdf_deep_arrays,
    "deep mail.eml": lambda: _deep_mail(300),
    # Loops and giants
    "page loop.pdf": _pdf_loop,
    "form loop.pdf": _pdf_form_loop,
    "giant page.pdf": _pdf_giant_page,
    "one long line.txt": lambda: b"x" * 3_000_000,
    "one long word.md": lambda: b"# a\n\n" + b"*" * 200_000,
    "brackets.md": lambda: b"# a\n\n" + b"[" * 100_000 + b"](" * 50_000,
    "ticks.md": lambda: b"# a\n\n" + b"`a" * 50_000,
    "wide.csv": lambda: b",".join([b"a"] * 100_000) + b"\n" + b",".join([b"1"] * 100_000),
    "open quote.csv": lambda: b'a,b\n"' + b"x,\n" * 100_000,
    "many rows.csv": lambda: b"a,b\n" + b"1,2\n" * 300_000,
    # Lies about the type
    "program.pdf": lambda: b"\x7fELF" + _noise(4000, 1),
    "noise.docx": lambda: _noise(4000, 2),
    "noise.txt": lambda: _noise(4000, 3),
    "archive.pdf": lambda: container({"a.txt": "x"}),
    "empty archive.docx": lambda: container({}),
    "web page.pdf": lambda: b"<html><body><p>A web page of some words, no PDF.</p></body></html>",
    "header alone.pdf": lambda: b"%PDF-1.7\n",
    "no document.docx": lambda: container({"word/none.xml": "x", "[Content_Types].xml": "x"}),
    "no chapters.epub": lambda: epub_file({}),
    "protected.epub": lambda: epub_file(
        {"a.xhtml": "x"}, encryption="<e><EncryptedData>a.xhtml</EncryptedData></e>"
    ),
    "zeros.txt": lambda: b"\x00" * 5000,
    "marks.txt": lambda: b"\xff\xfe",
    "odd.txt": lambda: b"\xff\xfea",
    "surrogates.json": lambda: b'{"a": "\\ud800 half \\udfff", "b": "whole"}',
    "controls.txt": lambda: b"a\x1b[31mred\x07\x08 words\x9b\n" * 20,
    "climbing.epub": lambda: epub_file({"../../../../etc/passwd": "<p>Words.</p>"}),
    **_torn(),
}  # fmt: skip


def _aliases() -> bytes:
    rows = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 25)]
    return "\n".join(rows).encode()


def _deep_mail(depth: int) -> bytes:
    head = b"From: a@b.org\nDate: Wed, 08 Apr 2026 10:00:00 +0000\nMIME-Version: 1.0\n"
    body = b"Content-Type: text/plain\n\nWords.\n"
    for number in range(depth):
        mark = b"m%d" % number
        body = (
            b'Content-Type: multipart/mixed; boundary="%s"\n\n--%s\n' % (mark, mark)
            + body
            + b"\n--%s--\n" % mark
        )
    return head + body
