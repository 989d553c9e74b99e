from __future__ import annotations

import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from knowledge.errors import EmptyDocument, UnreadableDocument
from knowledge.reading.loaders import load
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.types import Kind
from tests.knowledge.office_files import container, docx_file, epub_file, mail, odt_file


def read(data: bytes, name: str = "a.bin") -> Loaded:
    return load(data, LoadOptions(name=name))


def texts(loaded: Loaded) -> list[str]:
    return [block.text for block in loaded.blocks]


# --- Word ----------------------------------------------------------------------------------


def test_a_word_file_is_read_in_the_order_of_its_body():
    def write(document):
        document.core_properties.title = "Letter"
        document.add_heading("On custody", 1)
        document.add_paragraph("First paragraph.")
        table = document.add_table(rows=2, cols=2)
        for row, cells in zip(table.rows, (("Name", "Fine"), ("Acme", "$5")), strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
        document.add_paragraph("An item", style="List Bullet")
        document.add_paragraph("Last\nline.")

    loaded = read(docx_file(write), "a.txt")

    assert [(b.role, b.level, b.text) for b in loaded.blocks] == [
        ("heading", 1, "On custody"),
        ("paragraph", 0, "First paragraph."),
        ("table", 0, "Name | Fine\nAcme | $5"),
        ("item", 0, "An item"),
        ("paragraph", 0, "Last\nline."),
    ]
    assert loaded.format == "docx"
    assert loaded.hints["title"] == "Letter"


def test_hidden_runs_of_a_word_file_are_set_aside():
    def write(document):
        paragraph = document.add_paragraph("Seen. ")
        paragraph.add_run("Vanished.").font.hidden = True
        paragraph.add_run("White.").font.color.rgb = RGBColor(255, 255, 255)
        paragraph.add_run("Tiny.").font.size = Pt(1)
        paragraph.add_run("Also seen.")

    loaded = read(docx_file(write))

    assert texts(loaded) == ["Seen. Also seen."]
    assert [(a.reason, a.text) for a in loaded.set_aside] == [("hidden", "Vanished.White.Tiny.")]
    assert loaded.warnings == ("1 passage hidden from readers was set aside.",)


def test_deleted_text_goes_and_inserted_text_stays():
    def write(document):
        paragraph = document.add_paragraph("Kept")
        for tag, inner, text in (("w:ins", "w:t", " inserted"), ("w:del", "w:delText", " deleted")):
            change, run, words = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(inner)
            words.text = text
            words.set(qn("xml:space"), "preserve")
            run.append(words)
            change.append(run)
            paragraph._p.append(change)

    assert texts(read(docx_file(write))) == ["Kept inserted"]


def test_the_header_of_a_word_file_is_furniture():
    def write(document):
        document.sections[0].header.paragraphs[0].text = "Acme Corp, Legal"
        document.add_paragraph("Body.")

    loaded = read(docx_file(write))

    assert texts(loaded) == ["Body."]
    assert [a.text for a in loaded.set_aside] == ["Acme Corp, Legal"]


def test_a_table_in_a_cell_is_part_of_the_cell():
    def write(document):
        outer = document.add_table(rows=1, cols=2)
        outer.cell(0, 0).text = "a"
        inner = outer.cell(0, 1).add_table(rows=1, cols=2)
        inner.cell(0, 0).text = "b"
        inner.cell(0, 1).text = "c"

    assert texts(read(docx_file(write))) == ["a | b | c"]


# --- OpenDocument, EPUB, rich text ---------------------------------------------------------


def test_opendocument_text_keeps_headings_items_and_tables():
    loaded = read(
        odt_file(
            '<text:h text:outline-level="2">Scope</text:h>'
            "<text:p>One<text:s/>two<text:line-break/>three<text:note><text:note-body>"
            "<text:p>A note.</text:p></text:note-body></text:note></text:p>"
            "<text:list><text:list-item><text:p>Item</text:p></text:list-item></text:list>"
            "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
            "<table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>"
        )
    )

    assert [(b.role, b.text) for b in loaded.blocks] == [
        ("heading", "Scope"),
        ("paragraph", "One two\nthree"),
        ("paragraph", "A note."),
        ("item", "Item"),
        ("table", "a | b"),
    ]


def test_an_encrypted_opendocument_file_is_refused():
    with pytest.raises(UnreadableDocument, match="encrypted with a password"):
        read(odt_file("<text:p>x</text:p>", "<manifest><encryption-data/></manifest>"))


def test_the_chapters_of_a_book_come_in_the_order_of_its_spine():
    loaded = read(
        epub_file(
            {
                "z.xhtml": "<h1>Chapter 1</h1><p>First.</p>",
                "a.xhtml": '<h1>Chapter 2</h1><p>Second.</p><p style="display:none">Secret.</p>',
            }
        )
    )

    assert texts(loaded) == ["Chapter 1", "First.", "Chapter 2", "Second."]
    assert loaded.blocks[0].role == "heading"
    known = loaded.particulars
    assert (known.title, known.author, known.date) == ("A Book", "Ann Author", "2026-05-01")
    assert ("hidden", "Secret.") in [(a.reason, a.text) for a in loaded.set_aside]


def test_rich_text_is_read_with_its_escapes():
    head = rb"{\rtf1\ansi\ansicpg1252{\info{\title A letter}}"
    loaded = read(head + rb"\b Caf\'e9\b0\par Second \u8212? dash.\par}")

    assert texts(loaded) == ["Café", "Second — dash."]
    assert loaded.hints["title"] == "A letter"


# --- E-mail --------------------------------------------------------------------------------


def test_an_e_mail_gives_its_text_its_people_and_offers_its_files():
    loaded = read(
        mail(
            text="Dear board,\n\nwe agree.\n\n> Earlier words.\n> More.\n", files={"a.pdf": b"%PDF"}
        )
    )

    assert [(b.role, b.text) for b in loaded.blocks] == [
        ("heading", "Custody of assets"),
        ("paragraph", "Dear board,"),
        ("paragraph", "we agree."),
        ("quote", "Earlier words.\nMore."),
    ]
    known = loaded.particulars
    assert (known.author, known.addressee) == ("Ann Author", "Board, c@example.org")
    assert (known.date, known.kind) == ("2026-04-08", Kind.LETTER)
    assert loaded.attachments == (("a.pdf", b"%PDF"),)
    assert "1 attached files" in loaded.warnings[0]


def test_an_e_mail_of_html_alone_is_read_as_text():
    message = (
        b"From: a@example.org\r\nTo: b@example.org\r\nDate: Wed, 08 Apr 2026 10:00:00 +0000\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        b"<p>Dear <b>board</b>,</p><p>we agree.</p><p style='display:none'>Secret.</p>"
    )
    loaded = read(message)

    assert texts(loaded) == ["Dear board,", "we agree."]
    assert [a.text for a in loaded.set_aside] == ["Secret."]


def test_a_mail_without_a_date_is_still_a_mail():
    message = (
        b"From: a@b.org\nSubject: On custody\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/mixed; boundary=m\n\n--m\n\nThe fee is ten dollars.\n"
        b"--m\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n"
        b'Content-Disposition: attachment; filename="a.pdf"\n\nJVBERg==\n--m--\n'
    )
    loaded = read(message)

    assert loaded.format == "email"
    assert "The fee is ten dollars." in [block.text for block in loaded.blocks]
    assert loaded.attachments == (("a.pdf", b"%PDF"),)


def test_a_letter_with_from_and_date_lines_is_no_e_mail():
    letter = b"From: Jane Doe\nTo: The Board\nDate: May 4, 2026\n\nDear all, we agree.\n"

    assert read(letter).format == "text"


def test_an_e_mail_without_text_names_the_files_it_brings():
    with pytest.raises(EmptyDocument, match="It brings 1 files"):
        read(mail(text="", files={"a.pdf": b"%PDF"}))


# --- XML -----------------------------------------------------------------------------------

RULE = """<RULE><PREAMB><PRTPAGE P="48015"/><AGENCY TYPE="F">OFFICE OF EXAMPLES</AGENCY>
<CFR>12 CFR Part 9</CFR><SUBJECT>Keeping of Examples</SUBJECT>
<AGY><HD SOURCE="HED">AGENCY:</HD><P>Office of Examples.</P></AGY></PREAMB>
<SUPLINF><HD SOURCE="HD1">I. Background</HD>
<P>It was amended in 2009.<E T="03">See</E>75 FR 1.<SU>1</SU><FTREF/> More.</P>
<FTNT><P><SU>1</SU> A note.</P></FTNT><PRTPAGE P="48016"/></SUPLINF>
<REGTEXT><SECTION><SECTNO>§ 9.2</SECTNO><SUBJECT>Definitions.</SUBJECT><P>Example means this.</P>
</SECTION></REGTEXT><BILCOD>BILLING CODE 1</BILCOD></RULE>"""


def test_a_rule_of_the_federal_register_keeps_headings_sections_and_pages():
    loaded = read(RULE.encode(), "rule.xml")

    assert [(b.role, b.text, b.number, b.page) for b in loaded.blocks] == [
        ("paragraph", "OFFICE OF EXAMPLES", None, 48015),
        ("paragraph", "12 CFR Part 9", None, 48015),
        ("heading", "Keeping of Examples", None, 48015),
        ("heading", "AGENCY:", None, 48015),
        ("paragraph", "Office of Examples.", None, 48015),
        ("heading", "I. Background", None, 48015),
        ("paragraph", "It was amended in 2009. See 75 FR 1. More.", None, 48015),
        ("paragraph", "1 A note.", None, 48015),
        ("heading", "§ 9.2 Definitions.", "§ 9.2", 48016),
        ("paragraph", "Example means this.", "§ 9.2", 48016),
    ]
    known = loaded.particulars
    assert (known.title, known.author) == ("Keeping of Examples", "Office of Examples")
    assert known.kind is Kind.RULE


RICH = (
    rb"{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}}"
    rb"{\colortbl;\red255\green255\blue255;\red0\green0\blue0;\red0\green0\blue120;}"
    rb"{\stylesheet{\s1\v Never shown;}}"
)


@pytest.mark.parametrize(
    ("body", "seen", "hidden"),
    [
        (rb"One. {\v secret} Two.", "One. Two.", ["secret"]),
        (rb"One. \v secret\par secret\v0  Two.", "One. Two.", ["secret secret"]),
        (rb"{\cf1 secret}One.", "One.", ["secret"]),
        (rb"{\cf1\highlight3 White on blue.}", "White on blue.", []),
        (rb"\intbl\clcbpat3 {\cf1 White on blue.}\cell\row", "White on blue.", []),
        (rb"{\cf1\highlight1 secret}One.", "One.", ["secret"]),
        (rb"One. {\fs1 secret} Two.", "One. Two.", ["secret"]),
        (rb"One. {\deleted secret} Two.", "One. Two.", ["secret"]),
        (rb"\v secret{\*\xx \v0 left out}\v0 One.", "One.", ["secret"]),
        (rb"\v secret \plain One.", "One.", ["secret"]),
        (rb"{\v \u8364?\'e9}One.", "One.", ["€é"]),
        (b"One \x01still\x02 seen.", "One still seen.", []),
    ],
)
def test_what_a_rich_text_hides_is_set_aside(body: bytes, seen: str, hidden: list[str]):
    loaded = read(RICH + body + rb"\par}", "a.rtf")

    assert " ".join(block.text for block in loaded.blocks) == seen
    assert [(a.text, a.reason) for a in loaded.set_aside] == [(one, "hidden") for one in hidden]


BILL = """<?xml version="1.0"?><bill xmlns="http://schemas.gpo.gov/xml/uslm"
xmlns:dc="http://purl.org/dc/elements/1.1/"><meta><dc:title>9 S 9</dc:title>
<docStage>Reported</docStage><processedBy>Generator 0.5</processedBy></meta>
<preface><dc:type>S. </dc:type><docNumber>9</docNumber></preface>
<main><longTitle><docTitle>A BILL</docTitle>
<officialTitle>To keep examples.</officialTitle></longTitle>
<title><num value="I">TITLE I—</num><heading>EXAMPLES</heading>
<section><num value="203">SEC. 203. </num><heading>KEEPING.</heading>
<subsection><num value="a">(a) </num><heading>In general.—</heading>
<content>Examples are kept.</content></subsection>
<subsection><num value="b">(b) </num><chapeau>The Act is amended—</chapeau>
<paragraph><num value="1">(1) </num><content>by adding the following:
<quotedContent><section><num value="5">“SEC. 5. </num><heading>NEW.</heading>
<content>New words.</content></section></quotedContent>”; and</content></paragraph></subsection>
</section></title></main></bill>"""


def test_a_bill_keeps_its_sections_down_to_the_subsection():
    loaded = read(BILL.encode(), "bill.xml")

    assert [(b.text, b.number) for b in loaded.blocks] == [
        ("9 S 9\nReported", None),
        ("S. 9", None),
        ("A BILL", None),
        ("To keep examples.", None),
        ("TITLE I— EXAMPLES", None),
        ("SEC. 203. KEEPING.", "Sec. 203"),
        ("(a) In general.—Examples are kept.", "Sec. 203(a)"),
        ("(b) The Act is amended—", "Sec. 203(b)"),
        ("(1) by adding the following:", "Sec. 203(b)"),
        ("“SEC. 5. NEW. New words.”; and", "Sec. 203(b)"),
    ]
    assert loaded.particulars.kind is Kind.BILL
    assert loaded.particulars.title == "To keep examples."
    assert [aside.text for aside in loaded.set_aside] == ["Generator 0.5"]


def test_other_xml_gives_the_text_of_its_elements():
    loaded = read(
        b"<?xml version='1.0'?><doc><title>T</title><p>One <i>two</i>.</p><p>Three.</p></doc>"
    )

    assert [(b.role, b.text) for b in loaded.blocks] == [
        ("heading", "T"),
        ("paragraph", "One two."),
        ("paragraph", "Three."),
    ]


# --- What is not read ----------------------------------------------------------------------

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "a picture (PNG)"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 40, "a picture (JPEG)"),
        (b"\x7fELF" + b"\x00" * 40, "a program"),
        (b"\x1f\x8b\x08\x00" + b"\x00" * 40, "a gzip archive"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"),
            "an old Word file",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "an encrypted Office file. Save it without a password",
        ),
        (container({"a.txt": "x"}), "a ZIP archive. Unpack it"),
        (container({"[Content_Types].xml": "x", "xl/workbook.xml": "x"}), "an Excel workbook"),
        (b"\x00\x01\x02\x03" * 20, "of a type that is not read here"),
    ],
)
def test_other_types_are_refused_by_their_name_whatever_the_file_is_called(data, what):
    with pytest.raises(UnreadableDocument) as refusal:
        read(data, "letter.pdf")

    assert str(refusal.value).startswith(f"letter.pdf is {what}")
