from dataclasses import replace

import pytest

from knowledge.answers.citing import (
    cite,
    date_in_words,
    document_line,
    link,
    locator_at,
    source_line,
)
from knowledge.answers.phrases import _TABLE, join, say
from knowledge.types import Document, Kind, Particulars, Section
from tests.knowledge.small_record import document


@pytest.mark.parametrize(
    ("url", "text", "locator", "expected"),
    [
        ("https://a.org/x", "Short words.", None, "https://a.org/x#:~:text=Short%20words."),
        (
            "https://a.org/x#top",
            "One two three four five six seven eight nine ten eleven twelve.",
            None,
            "https://a.org/x#:~:text=One%20two%20three%20four%20five,eight%20nine%20ten%20eleven%20twelve.",
        ),
        (
            "https://a.org/x",
            "Non-custodial, free",
            None,
            "https://a.org/x#:~:text=Non%2Dcustodial%2C%20free",
        ),
        ("https://a.org/x.pdf", "Any words", "page 3", "https://a.org/x.pdf#page=3"),
        ("https://a.org/x.pdf", "Any words", "pages 3-4", "https://a.org/x.pdf#page=3"),
        ("https://a.org/x.PDF", "Any words", None, "https://a.org/x.PDF"),
        ("https://a.org/" + "y" * 500, "Any words", None, "https://a.org/" + "y" * 500),
        ("javascript:alert(1)", "Any words", None, None),
        (None, "Any words", None, None),
    ],
)
def test_a_link_leads_to_the_very_words_or_page(
    url: str | None, text: str, locator: str | None, expected: str | None
) -> None:
    assert link(url, text, locator) == expected


@pytest.mark.parametrize(
    ("date", "locale", "expected"),
    [
        ("2026-04-08", "en", "8 April 2026"),
        ("2026-04", "it", "aprile 2026"),
        ("2026", "en", "2026"),
        ("2026-03-30/2026-04-05", "en", "30 March to 5 April 2026"),
        ("2026-04-08", "xx", "8 April 2026"),
        ("2026-13-01", "en", "2026-13-01"),
        (None, "en", None),
    ],
)
def test_dates_are_in_words(date: str | None, locale: str, expected: str | None) -> None:
    assert date_in_words(date, locale) == expected


def test_a_source_line_states_metadata_only() -> None:
    article = Particulars("T", "Harbour Wire", date="2026-04-08", kind=Kind.ARTICLE)
    assert (
        source_line(article, 1, letter_missing=True)
        == "[1] Harbour Wire, 8 April 2026, article; the letter itself is not in this record"
    )
    summary = Particulars("T", "Agency", "Acme", date="2026-04", kind=Kind.SUMMARY)
    assert source_line(summary, 2) == "[2] Agency, April 2026, summary of a document by Acme"
    letter = Particulars("T", None, "Acme", "Agency", kind=Kind.LETTER)
    assert source_line(letter, 3, locator="page 2") == "[3] Acme, undated, letter to Agency, page 2"
    assert source_line(Particulars(), 4) == "[4] untitled document, undated"
    assert source_line(letter, 5, recognised=True, excerpt=True) == (
        "[5] Acme, undated, letter to Agency; recognised from a picture (OCR); "
        "an excerpt: the page shows no more"
    )


@pytest.mark.parametrize(
    ("about", "line"),
    [
        (
            Particulars(f"Comment on {'the Release ' * 9}", "Agency", "Acme", date="2026-04-20"),
            f"Comment on {'the Release ' * 4}the…, Acme, 20 April 2026",
        ),
        (Particulars("Acme writes", "Wire", "J. Doe", kind=Kind.ARTICLE), "Acme writes, Wire"),
        (Particulars("Note", "Agency", "Acme", kind=Kind.SUMMARY), "Note, Acme"),
        (Particulars(None, "Agency", kind=Kind.RULE), "Agency"),
        (Particulars("Acme", author="Acme"), "Acme"),
        (Particulars(), None),
    ],
)
def test_a_document_is_named_by_title_and_by_whose_it_is(
    about: Particulars, line: str | None
) -> None:
    one = document("The rule is broad.")
    one = replace(one, entry=replace(one.entry, particulars=about))
    assert document_line(cite(one, 0, 18, number=1, speaker=None)) == line


def test_a_citation_is_a_span_of_its_text() -> None:
    one = document("Zero. The rule is broad.", url="https://a.org/x")
    citation = cite(one, 6, 24, number=1, speaker="Acme")
    assert citation.quote == "The rule is broad."
    assert citation.link == "https://a.org/x#:~:text=The%20rule%20is%20broad."
    with pytest.raises(AssertionError):
        cite(one, 6, 99, number=1, speaker=None)


def test_pages_are_told_before_headings() -> None:
    one = document("abcdef")
    sections = (Section(0, 3, heading="A > B", page=1), Section(3, 6, page=2))
    two = Document(one.entry, one.text, sections)
    assert locator_at(two, 0, 2) == "page 1"
    assert locator_at(two, 1, 5) == "pages 1-2"
    assert locator_at(Document(one.entry, one.text, (Section(0, 6, "A > B"),)), 0, 2) == "A > B"


def test_every_phrase_exists_in_every_language_with_the_same_values() -> None:
    import string

    for key, phrases in _TABLE.items():
        fields = [{f for _, f, _, _ in string.Formatter().parse(p) if f} for p in phrases]
        if key != "in_english":
            assert fields[0] == fields[1], key
    assert say("newest", "it-IT", date="oggi") == ", il più recente del oggi"
    assert join(("A", "B", "C"), "it") == "A, B e C"
