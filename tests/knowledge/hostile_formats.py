"""More files made to harm who reads them: what one format allows and no honest file does."""

from __future__ import annotations

from collections.abc import Callable

from tests.knowledge.hostile_files import LAUGHS, PROSE, W, docx_of
from tests.knowledge.office_files import container, odt_file
from tests.knowledge.pdf_files import lines, pdf

MIXED = b"multipart/mixed; boundary=m"
MAIL = b"From: a@b.org\nSubject: On custody\nMIME-Version: 1.0\nContent-Type: " + MIXED + b"\n\n"


def _page_in(charset: str, body: bytes = b"") -> bytes:
    words = body or " ".join(PROSE).encode()
    return b"<html><head><meta charset='%s'></head><body><p>%s" % (charset.encode(), words)


def _pdf_previous_loop() -> bytes:
    data = pdf([lines(PROSE)])
    start = data.rindex(b"startxref")
    offset = data[start:].split()[1]
    return data.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev " + offset)


HOSTILE_FORMATS: dict[str, Callable[[], bytes]] = {
    "long declaration.xml": lambda: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "'
                                    + b"y" * 100_000 + b'">]><a>' + b"&x;" * 10_000 + b"</a>",
    "laughs in utf-32.xml": lambda: LAUGHS.encode("utf-32"),
    "from elsewhere.xml": lambda: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY % p SYSTEM '
                                  b'"http://127.0.0.1:9/x.dtd"> %p;]><a>words</a>',
    "includes.xml": lambda: b'<?xml version="1.0"?><a xmlns:xi="http://www.w3.org/2001/XInclude">'
                            b'<xi:include href="file:///etc/passwd" parse="text"/>words</a>',
    "many attributes.xml": lambda: b'<?xml version="1.0"?><a '
                                   + b" ".join(b"a%d='1'" % n for n in range(50_000))
                                   + b">words</a>",
    "giant number.json": lambda: b'{"a": ' + b"1" * 200_000 + b"}",
    "no numbers.json": lambda: b'{"a": NaN, "b": -Infinity, "c": 1e999999}',
    "null characters.json": lambda: b'{"a\\u0000b": "c\\u0000d \\u202e words"}',
    "command.yaml": lambda: b"a: !!python/object/apply:os.system ['touch stray']\nb: c\n",
    "many documents.yaml": lambda: b"---\na: b\n" * 5_000,
    "zip inside a PDF.pdf": lambda: pdf([lines(PROSE)]) + container({"word/document.xml": "x"}),
    "picture and page.html": lambda: b"GIF89a/*<html><body><p>" + " ".join(PROSE).encode(),
    "own previous table.pdf": _pdf_previous_loop,
    "two billion objects.pdf": lambda: pdf([lines(PROSE)]).replace(b"/Size ", b"/Size 2147483"),
    "clips in clips.pdf": lambda: pdf(
        ["q 0 0 500 500 re W n " * 5_000 + lines(PROSE) + "Q " * 5_000]
    ),
    "bytes as a charset.html": lambda: _page_in("zlib"),
    "escapes as a charset.html": lambda: _page_in("unicode_escape"),
    "a slow charset.html": lambda: _page_in("punycode", b"a-" * 20_000),
    "wide cells.html": lambda: b"<html><body><p>Words.</p><table><tr>"
                               b"<td colspan=999999999 rowspan=999999999>cell</td></tr></table>",
    "metadata inside.html": lambda: b"<html><frameset><frame src='http://169.254.169.254/'>",
    "nested script data.html": lambda: b"<html><head><script type='application/ld+json'>"
                                       + b"[" * 50_000 + b"</script></head><body><p>Words.</p>",
    "a billion spaces.odt": lambda: odt_file('<text:p>a<text:s text:c="1000000000"/>b</text:p>'),
    "a billion cells.odt": lambda: odt_file(
        '<table:table><table:table-row table:number-rows-repeated="100000000">'
        '<table:table-cell table:number-columns-repeated="100000000"><text:p>x</text:p>'
        "</table:table-cell></table:table-row></table:table>"
    ),
    "a wide cell.docx": lambda: docx_of(
        f'<w:document {W}><w:body><w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="999999999"/>'
        "</w:tcPr><w:p><w:r><w:t>Words.</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body>"
        "</w:document>"
    ),
    "two thousand parts.eml": lambda: MAIL + b"".join(
        b"--m\nContent-Type: text/plain\n\nPart %d.\n" % n for n in range(2_000)) + b"--m--\n",
    "two thousand files.eml": lambda: MAIL + b"--m\n\nWords.\n" + (
        b'--m\nContent-Disposition: attachment; filename="../../etc/passwd"\n\nabc\n'
    ) * 2_000 + b"--m--\n",
    "bytes as a charset.eml": lambda: (
        MAIL.replace(MIXED, b"text/plain; charset=zlib") + b"Words.\n"
    ),
    "mail in mail.eml": lambda: MAIL.replace(MIXED, b"message/rfc822") * 400,
    "null.csv": lambda: b"a,b\n1,\x002\n" * 50,
    "quotes.csv": lambda: b"a,b\n" + b'"' * 100_001 + b"\n",
    "addresses.md": lambda: b"# a\n\n[a](" + b"(a)" * 20_000,
    "aliases in front.md": lambda: b"---\na: &a [x,x]\n" + b"b: [*a,*a]\n" * 500
                                   + b"---\n# t\n\nWords.",
    "giant binary.rtf": lambda: b"{\\rtf1 {\\pict\\bin9999999999999 x} words}",
    "no such character.rtf": lambda: b"{\\rtf1 \\u9999999999 words \\u-99999999 \\u55296 words}",
    "hidden and seen.rtf": lambda: b"{\\rtf1 " + b"\\v a\\v0 b" * 5_000 + b"}",
    "combined.txt": lambda: ("a" + "\u0301\u0323" * 5_000).encode(),
    "tags.txt": lambda: ("words " + "".join(chr(0xE0020 + n % 90) for n in range(9_000))).encode(),
}  # fmt: skip
