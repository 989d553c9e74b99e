"""Near-copies and copies of one page."""

from __future__ import annotations

import subprocess
import sys

import pytest

from knowledge.web import similarity

LETTER = (
    "Thank you for your letter of {day}. We have read what you say about transfer agents and we "
    "agree that the record of holders should be kept by one office. {point} We ask that the "
    "office be told of each change within {days} days, in writing, and that a copy be kept for "
    "six years. We remain at your disposal for any question that may arise from this letter."
)
ONE = LETTER.format(day="2 March", point="Electronic records should be allowed.", days="ten")
TWO = LETTER.format(day="9 June", point="Paper records should be ended.", days="five")
OTHER = (
    "The court found that the notice had been served on time and that the appeal was late. It "
    "dismissed the appeal, ordered the applicant to bear the costs and fixed a new hearing."
)


def test_a_signature_is_the_same_each_time_and_as_long_as_the_store_expects() -> None:
    assert similarity.signature(ONE) == similarity.signature("  " + ONE.upper())
    assert len(similarity.signature(ONE)) == 512


def test_the_estimate_is_close_to_the_exact_likeness() -> None:
    estimate = similarity.similarity(similarity.signature(ONE), similarity.signature(TWO))

    assert similarity.likeness(ONE, ONE) == 1
    assert estimate == pytest.approx(similarity.likeness(ONE, TWO), abs=similarity.MARGIN)


def test_near_copies_are_found_the_most_alike_first_and_others_are_not() -> None:
    texts = {"other": OTHER, "form": TWO, "same": ONE + " Yours faithfully,"}
    signatures = {id: similarity.signature(text) for id, text in texts.items()}
    asked: list[str] = []

    def text_of(id: str) -> str:
        asked.append(id)
        return texts[id]

    found = similarity.near_copies(ONE, signatures, text_of)

    assert [copy.id for copy in found] == ["same", "form"]
    assert found[0].likeness > found[1].likeness >= similarity.NEAR
    assert "other" not in asked


def test_a_candidate_whose_text_is_gone_or_less_alike_is_left_out() -> None:
    signatures = {"gone": similarity.signature(ONE), "changed": similarity.signature(ONE)}
    texts = {"gone": None, "changed": OTHER}

    assert similarity.near_copies(ONE, signatures, texts.get) == []


@pytest.mark.parametrize("text", ["", "  ", "— … !"])
def test_a_text_without_words_is_like_nothing(text: str) -> None:
    assert similarity.signature(text) == b""
    assert similarity.near_copies(text, {"a": b"", "b": similarity.signature(ONE)}, str) == []
    assert similarity.likeness(text, text) == 0


def test_a_short_text_is_like_itself() -> None:
    assert similarity.similarity(similarity.signature("Yes."), similarity.signature("yes")) == 1


def test_a_signature_of_another_length_is_like_nothing() -> None:
    assert similarity.similarity(similarity.signature(ONE), b"\0" * 64) == 0


def test_a_long_text_needs_no_more_memory_than_a_batch() -> None:
    text = " ".join(f"word{number}" for number in range(20_000))

    assert len(similarity.signature(text)) == 512


def test_importing_it_does_not_import_datasketch() -> None:
    code = "import sys, knowledge.web.similarity; print({'datasketch', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


SAME = [
    "https://news.example/2026/rule",
    "http://www.news.example/2026/rule/",
    "https://NEWS.example:443/2026/rule/?utm_source=x&utm_medium=social&fbclid=123",
    "https://news.example/2026/rule/amp/#:~:text=adopted",
    "https://news.example/2026/rule?mc_cid=1&mc_eid=2#comments",
    "https://news.example./2026/r%75le/index.html",
]


@pytest.mark.parametrize("url", SAME)
def test_addresses_of_one_page_are_one(url: str) -> None:
    assert similarity.canonical_url(url) == "https://news.example/2026/rule"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.org/?id=1", "https://a.org/?id=2"),
        ("https://a.org/?p=1", "https://a.org/"),
        ("https://a.org/Rule", "https://a.org/rule"),
        ("https://a.org:8443/", "https://a.org/"),
        ("https://a.org/#/rule/1", "https://a.org/#/rule/2"),
        ("https://a.org/#!rule", "https://a.org/"),
        ("https://b.a.org/", "https://a.org/"),
        ("https://a.org/a%2Fb", "https://a.org/a/b"),
        ("https://a.org/?ref=main", "https://a.org/?ref=next"),
        ("https://a.org/?q=a%26b", "https://a.org/?q=a&b="),
    ],
)
def test_addresses_of_different_pages_stay_apart(one: str, other: str) -> None:
    assert similarity.canonical_url(one) != similarity.canonical_url(other)


def test_the_order_of_parameters_does_not_matter() -> None:
    one, other = "https://a.org/?b=2&a=1", "https://a.org/?a=1&b=2"

    assert similarity.canonical_url(one) == similarity.canonical_url(other)


@pytest.mark.parametrize("text", ["http://[::1", "not a url", "", "file:///a", "http://a:b:c/"])
def test_what_is_no_address_stays_as_it_is(text: str) -> None:
    assert similarity.canonical_url(text) == text
