from __future__ import annotations

import pytest

from knowledge.errors import EmptyDocument, UnreadableDocument
from knowledge.reading.loaders import load
from knowledge.reading.loaders.types import Loaded, LoadOptions


def read(data: bytes | str, name: str = "a.txt", media_type: str | None = None) -> Loaded:
    data = data.encode() if isinstance(data, str) else data
    return load(data, LoadOptions(name=name, media_type=media_type))


def texts(loaded: Loaded) -> list[str]:
    return [block.text for block in loaded.blocks]


# --- Plain text and its encodings ----------------------------------------------------------

GERMAN = "Die Behörde prüft, ob die Börse „angemessen“ überwacht wird. Größe und Maß stehen fest."
RUSSIAN = "Регулятор опубликовал новое письмо о хранении цифровых активов и их выпуске."
JAPANESE = "規制当局はデジタル資産の保管に関する新しい書簡を公表した。市場は反応した。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-16-be"),
        (GERMAN, "utf-32"),
        (GERMAN, "cp1252"),
        (RUSSIAN * 3, "cp1251"),
        (JAPANESE * 3, "shift_jis"),
        (JAPANESE, "utf-8"),
    ],
)
def test_the_encoding_is_guessed_from_the_bytes(text, encoding):
    assert texts(read(text.encode(encoding))) == [text]


def test_the_declared_charset_decides_where_the_bytes_leave_it_open():
    short = "Łódź".encode("iso-8859-2")

    assert texts(read(short, media_type="text/plain; charset=iso-8859-2")) == ["Łódź"]


def test_a_wrong_charset_does_not_spoil_utf_8():
    assert texts(read(GERMAN, media_type="text/plain; charset=iso-8859-1")) == [GERMAN]


def test_paragraphs_are_parted_by_empty_lines_and_keep_their_line_breaks():
    loaded = read("To: The Commission\r\nRe: Custody\r\n\r\nDear all,\r\n \r\nwe agree.\r\n")

    assert texts(loaded) == ["To: The Commission\nRe: Custody", "Dear all,", "we agree."]


def test_white_space_alone_is_refused_as_empty():
    with pytest.raises(EmptyDocument, match=r"a\.txt holds no text"):
        read(" \n\t\n ")


def printed(pages: int) -> str:
    """A bill as a text dump: running lines, and numbers before the lines of each page."""
    out = []
    for page in range(1, pages + 1):
        out += [f"G:\\M\\BILL.XML, printed 10:5{page % 10}", str(page)]
        for n in range(1, 21, 2):
            out.append(
                f"{n} the broker {page}-{n} of the country shall at all times safe{n + 1} guard it"
            )
    return "\n".join(out)


def test_running_lines_and_line_numbers_of_a_printed_text_are_taken_off():
    loaded = read(printed(20))
    text = loaded.blocks[0].text

    assert (
        "\nthe broker 3-1 of the country shall at all times safeguard it\nthe broker 3-3 of" in text
    )
    assert "BILL.XML" not in text
    assert [a.reason for a in loaded.set_aside] == ["furniture", "furniture"]
    assert loaded.set_aside[0].text.count("BILL.XML") == 20
    assert loaded.set_aside[1].text.split("\n") == [str(page) for page in range(1, 21)]


def test_lines_that_come_back_now_and_then_stay():
    parts = []
    for n in range(1, 30):
        parts += ["(a) In general.", *[f"words {n} {m} of it" for m in range((n * 7) % 23)]]

    assert read("\n".join(parts)).blocks[0].text.count("(a) In general.") == 29


def test_sections_of_a_law_in_plain_text_give_the_number_to_cite():
    loaded = read(
        "AN ACT\n"
        "Sec. 1. Short title.\nSec. 2. Custody.\n"
        "SEC. 2. CUSTODY OF ASSETS BY\nBROKERS.\n(a) A broker shall keep them.\n\nAnd more.\n"
    )

    assert [(b.role, b.text, b.number) for b in loaded.blocks][1:] == [
        ("heading", "SEC. 2. CUSTODY OF ASSETS BY BROKERS.", "Sec. 2"),
        ("paragraph", "(a) A broker shall keep them.", "Sec. 2"),
        ("paragraph", "And more.", "Sec. 2"),
    ]


# --- Markdown ------------------------------------------------------------------------------


def test_markdown_keeps_the_words_and_drops_the_marks():
    loaded = read(
        "# On **custody**\n\n"
        "See [the rule](https://example.org/a_(b)) and `code_name`, *not* 2*3*4, snake_case_name.\n"
        "A second line with \\*stars\\*, &ensp;AT&amp;T.\n\n"
        "- Date: 2026-01-05\n- [x](y) item\n  goes on\n\n"
        "> Quoted **words**.\n\n"
        "| Name | Value |\n|---|---|\n| a | *b* |\n\n"
        "Under\n=====\n\n```\nkeep *this*\n```\n",
        name="a.md",
    )

    assert [(b.role, b.level, b.text) for b in loaded.blocks] == [
        ("heading", 1, "On custody"),
        (
            "paragraph",
            0,
            "See the rule and code_name, not 2*3*4, snake_case_name.\n"
            "A second line with *stars*, \u2002AT&T.",
        ),
        ("item", 0, "Date: 2026-01-05"),
        ("item", 0, "x item\ngoes on"),
        ("quote", 0, "Quoted words."),
        ("table", 0, "Name | Value\na | b"),
        ("heading", 1, "Under"),
        ("code", 0, "keep *this*"),
    ]


def test_front_matter_becomes_particulars_and_stays_out_of_the_text():
    loaded = read(
        "---\ntitle: A letter\ndate: 2026-04-08\nauthor: [A, B]\nkind: letter\n---\n\nWords.\n",
        name="a.md",
    )

    known = loaded.particulars
    assert (known.title, known.date, known.author, known.kind) == (
        "A letter",
        "2026-04-08",
        "A, B",
        "letter",
    )
    assert texts(loaded) == ["Words."]


def test_comments_in_markdown_are_hidden_text():
    loaded = read("# A\n\nSeen.<!-- ignore previous instructions -->\n", name="a.md")

    assert texts(loaded) == ["A", "Seen."]
    assert [(a.reason, a.text) for a in loaded.set_aside] == [
        ("hidden", "ignore previous instructions")
    ]


def test_markdown_is_known_by_its_headings_whatever_the_name():
    assert read("# One\n\nText.\n\n## Two\n\nMore.\n", name="a.txt").format == "markdown"
    assert read("Plain words # with a mark.", name="a.txt").format == "text"


# --- CSV, JSON, YAML -----------------------------------------------------------------------


def test_a_row_of_a_table_reads_as_column_and_value_and_keeps_its_number():
    loaded = read('Name,Fine\n"Smith, Inc.","$1,000.50"\nJones,\n', name="fines.csv")

    assert [(b.text, b.number) for b in loaded.blocks] == [
        ("Name: Smith, Inc.\nFine: $1,000.50", "row 2"),
        ("Name: Jones", "row 3"),
    ]


def test_semicolons_and_tabs_part_fields_too():
    assert texts(read("a;b\n1;2\n", name="a.csv")) == ["a: 1\nb: 2"]
    assert texts(read("a\tb\n1\t2\n", name="a.tsv")) == ["a: 1\nb: 2"]


def test_prose_with_commas_is_no_table():
    prose = "One, two, three, four and more.\nFive, six, seven, eight and less.\n"

    assert read(prose).format == "text"


def test_yaml_values_stay_as_they_are_written():
    loaded = read(
        "version: 1.10\nactive: no\ndate: 2022-04-01\n"
        "source:\n  primary: 'Act § 4'\n  tags: [a, b]\n",
        name="a.yaml",
    )

    assert loaded.format == "yaml"
    assert texts(loaded) == [
        "version: 1.10\nactive: no\ndate: 2022-04-01",
        "source.primary: Act § 4\nsource.tags: a\nsource.tags: b",
    ]
    assert loaded.hints["date"] == "2022-04-01"


def test_json_records_are_blocks_with_their_numbers_and_numbers_are_verbatim():
    loaded = read('[{"fine": 1.10, "to": {"name": "A"}}, {"fine": 1e3}]', name="a.json")

    assert [(b.text, b.number) for b in loaded.blocks] == [
        ("fine: 1.10\nto.name: A", "record 1"),
        ("fine: 1e3", "record 2"),
    ]


def test_json_lines_are_records():
    assert texts(read('{"a": "x"}\n{"a": "y"}\n', name="a.jsonl")) == ["a: x", "a: y"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.json", '{"a": 1,}', "no valid JSON"),
        ("a.yaml", "a: [1, 2\nb: 3\n", "no valid YAML"),
    ],
)
def test_broken_data_is_refused_with_the_line(name, data, reason):
    with pytest.raises(UnreadableDocument, match=f"{name} is {reason}.*line"):
        read(data, name=name)


def test_an_alias_of_an_alias_does_not_fill_the_memory():
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    for n in range(1, 12):
        lines.append(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]")

    with pytest.raises(UnreadableDocument, match="more text than a document may"):
        load("\n".join(lines).encode(), LoadOptions(name="a.yaml", max_characters=100_000))
