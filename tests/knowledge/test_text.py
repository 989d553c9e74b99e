import time

import pytest

from knowledge.text import DURATION, find, fold, sentences, stems


def split(text: str) -> list[str]:
    return [text[s.start : s.end] for s in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", ["One.", "Two."]),
        (
            "In a letter to the U.S. SEC on Monday. It said so.",
            ["In a letter to the U.S. SEC on Monday.", "It said so."],
        ),
        ("Under Sec. 4(a)(1) of the Act. Next.", ["Under Sec. 4(a)(1) of the Act.", "Next."]),
        (
            "He called it a “wrong approach.” Then he left.",
            ["He called it a “wrong approach.”", "Then he left."],
        ),
        (
            "Mr. J. P. Morgan of Acme Inc. Holdings wrote.",
            ["Mr. J. P. Morgan of Acme Inc. Holdings wrote."],
        ),
        ("It grew 4.5 percent. Fine.", ["It grew 4.5 percent.", "Fine."]),
        ("A line broken\nby a page. Next", ["A line broken\nby a page.", "Next"]),
        (
            "In the letter, the group wrote,\n\nLaws apply.",
            ["In the letter, the group wrote,", "Laws apply."],
        ),
        ("List:\n• first item\n• second item", ["List:", "first item", "second item"]),
        ("4. The Company shall report.", ["4. The Company shall report."]),
        (
            "It is based in the U.S. The rest follows.",
            ["It is based in the U.S.", "The rest follows."],
        ),
        (
            "id: rule-1 binding_status: pending last_checked: 2026-05-01",
            ["id: rule-1", "binding_status: pending", "last_checked: 2026-05-01"],
        ),
        (
            "It is law (Pub. L. 90-12, 3d Sess. 7) since May. So held 12 F. Supp. 3d 8. Next.",
            [
                "It is law (Pub. L. 90-12, 3d Sess. 7) since May.",
                "So held 12 F. Supp. 3d 8.",
                "Next.",
            ],
        ),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_sentences_keep_their_offsets_within_a_range() -> None:
    text = "Zero. One is here. Two is here."
    spans = sentences(text, 6, len(text))
    assert [text[s.start : s.end] for s in spans] == ["One is here.", "Two is here."]


def test_a_sentence_of_a_page_is_cut_at_semicolons_and_loses_nothing() -> None:
    text = "; ".join(f"clause number {n} of a very long rule" for n in range(60)) + "."
    pieces = split(text)
    assert max(map(len, pieces)) <= 700
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_typography_does_not_matter_when_quotes_are_compared() -> None:
    assert fold("Third‑party  “tokens”\u00ad") == fold('third-party "tokens"')
    assert fold("is asking") != fold("is not asking")


def test_a_quote_is_found_at_its_offsets_whatever_its_typography() -> None:
    text = "It said: the  sector is\nnot after a “free pass.” Good."
    span = find('the sector is not after a "free pass."', text)
    assert span is not None
    assert text[span.start : span.end] == "the  sector is\nnot after a “free pass.”"
    assert find("the sector is after a free pass", text) is None
    assert find("", text) is None


def test_stems_join_the_forms_of_a_word_and_drop_small_words() -> None:
    assert stems("The tokenized securities were regulated") == [
        *stems("tokenize security regulation")[:2],
        "regul",
    ]
    assert stems("1,000 non‑custodial wallets") == ["1000", "non", "custodi", "wallet"]


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("for a three‑year period", True),
        ("not to exceed 18 months", True),
        ("within five (5) business days", True),
        ("forty-five days after", True),
        ("a year and a half later", True),
        ("under Rule 5 each day", False),
        ("many years", False),
    ],
)
def test_a_length_of_time_is_told_however_it_is_written(text: str, duration: bool) -> None:
    assert bool(DURATION.search(text)) is duration


@pytest.mark.parametrize("piece", ["Mr. ", "4. ", "A.", ".", "word. ", "…", "!?"])
def test_hostile_text_is_parted_in_a_time_that_grows_with_its_length(piece: str) -> None:
    started = time.process_time()

    sentences(piece * (60_000 // len(piece)) + "x")

    assert time.process_time() - started < 3  # one of them took 38 s, growing with the square
