from __future__ import annotations

import pytest

from knowledge.reading import plain_drafts
from knowledge.reading.characters import one_line, tidy_text
from knowledge.reading.drafting import compose, draft
from knowledge.reading.loaders.types import Loaded
from knowledge.reading.preparing import tidy
from knowledge.types import Block, DateMention, Draft, Kind, Particulars, SetAside


def test_sections_cover_the_blocks_and_leave_out_only_the_separators():
    blocks = [
        Block("Title", role="heading", level=1),
        Block("One.", page=1),
        Block("Two.", page=1),
        Block("Part", role="heading", level=2, page=2),
        Block("Three.", page=2, number="Sec. 3"),
    ]
    text, sections = compose(blocks)

    assert text == "Title\n\nOne.\n\nTwo.\n\nPart\n\nThree."
    assert [(text[s.start : s.end], s.heading, s.page, s.number) for s in sections] == [
        ("Title", "Title", None, None),
        ("One.\n\nTwo.", "Title", 1, None),
        ("Part", "Title > Part", 2, None),
        ("Three.", "Title > Part", 2, "Sec. 3"),
    ]


def test_a_heading_of_the_same_depth_replaces_the_one_before():
    blocks = [
        Block("A", role="heading", level=2),
        Block("deep", role="heading", level=4),
        Block("B", role="heading", level=2),
        Block("Words."),
    ]
    _, sections = compose(blocks)

    assert [section.heading for section in sections] == ["A", "A > deep", "B"]


def test_a_block_that_continues_is_joined_by_a_space_into_a_section_of_its_own_page():
    text, sections = compose(
        [Block("It begins and", page=1), Block("ends.", page=2, continues=True)]
    )

    assert text == "It begins and ends."
    assert [(text[s.start : s.end], s.page) for s in sections] == [
        ("It begins and", 1),
        ("ends.", 2),
    ]


def test_recognised_text_has_sections_of_its_own():
    _, sections = compose([Block("Typed."), Block("Read.", recognised=True)])

    assert [section.recognised for section in sections] == [False, True]


def test_a_draft_survives_the_way_through_json():
    loaded = Loaded(
        blocks=(Block("Größe 🇩🇪", role="heading", level=1), Block("Words.", page=3)),
        set_aside=(SetAside("x", "hidden"),),
        warnings=("w",),
        format="pdf",
        excerpt=True,
        attachments=(("a.bin", b"\x00\xff"),),
    )
    made = draft(loaded, Particulars(title="T", kind=Kind.BILL, date="2026-05"))
    whole = Draft(**{**plain(made), "dates": (DateMention(0, 5, "2026-05-01"),)})

    assert plain_drafts.from_plain(plain_drafts.to_plain(whole)) == whole


def plain(made: Draft) -> dict[str, object]:
    return {name: getattr(made, name) for name in Draft.__slots__}


# --- Characters ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "seen", "removed"),
    [
        ("cus\u200btody", "custody", 1),
        ("\u202egnp.exe\u202c", "gnp.exe", 2),
        ("regu\u00adlation", "regulation", 0),
        ("10\u00a0000\u202f$", "10 000 $", 0),
        ("ﬁnal oﬃce", "final office", 0),
        ("e\u0301", "é", 0),
        ("a\x00b\x1b[31mc", "ab[31mc", 0),
        ("می\u200cخواهم", "می\u200cخواهم", 0),
        ("👩\u200d💻 works", "👩\u200d💻 works", 0),
        ("\ufeffstart", "start", 1),
        ("half \ud800 pair", "half  pair", 0),
        ("plain ASCII", "plain ASCII", 0),
    ],
)
def test_a_text_is_what_a_reader_sees(given, seen, removed):
    assert tidy_text(given)[:2] == (seen, removed)


def test_what_tag_characters_spell_is_set_aside_and_reported():
    spelled = "".join(chr(0xE0000 + ord(letter)) for letter in "obey me")
    loaded = tidy(Loaded(blocks=(Block(f"Seen.{spelled}"),)))

    assert [block.text for block in loaded.blocks] == ["Seen."]
    assert loaded.set_aside == (SetAside("obey me", "hidden"),)
    assert any("7 characters" in warning for warning in loaded.warnings)


def test_a_flag_spelled_in_tag_characters_stays():
    scotland = "🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in "gbsct") + "\U000e007f"

    assert tidy_text(f"Flag {scotland}.") == (f"Flag {scotland}.", 0, "")


def test_a_title_cannot_break_a_line():
    assert one_line("A\u2028title\nwith\x1b[0m \u202ebreaks") == "A title with[0m breaks"
