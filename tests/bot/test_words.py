"""Every language says everything, with the same gaps to fill."""

from __future__ import annotations

import re

import pytest

from bot.words import date_in_words, language, languages, say

OTHERS = sorted(set(languages()) - {"en"})


def gaps(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("code", OTHERS)
def test_a_language_has_every_text_of_english_with_the_same_gaps(code: str) -> None:
    english, other = languages()["en"], languages()[code]

    assert set(other["texts"]) == set(english["texts"])
    assert set(other["commands"]) == set(english["commands"])
    for key, text in other["texts"].items():
        assert gaps(text) == gaps(english["texts"][key]), key


def test_nothing_is_said_with_an_emoji_or_a_moving_date() -> None:
    for texts in languages().values():
        for text in (*texts["texts"].values(), *texts["commands"].values()):
            assert "<t:" not in text
            assert all(ord(c) < 0x2190 or c == "…" for c in text), text


def test_one_and_many_are_told_apart() -> None:
    assert say("remove.done", "en", n=1, title="A") == "Removed “A”."
    assert say("remove.done", "en", n=2, title="A") == "Removed 2 documents."


def test_an_unknown_language_is_english() -> None:
    assert language("xx-YY") == "en"
    assert language("it") == "it"
    assert say("button.report", "pt-BR") == "Report"


@pytest.mark.parametrize(
    ("date", "locale", "words"),
    [
        ("2026-04-08", "en", "8 April 2026"),
        ("2026-04", "it", "aprile 2026"),
        ("2026", "en", "2026"),
        (None, "en", None),
        ("soon", "en", "soon"),
    ],
)
def test_dates_are_said_in_words(date: str | None, locale: str, words: str | None) -> None:
    assert date_in_words(date, locale) == words
