"""Relative dates, resolved against the day of publication (a Wednesday, unless told otherwise)."""

import pytest

from knowledge.reading.dates import mentions

WEDNESDAY = "2031-03-05"


def found(text: str, published: str = WEDNESDAY) -> list[tuple[str, str]]:
    return [(text[one.start : one.end], one.date) for one in mentions(text, published)]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("The board met on Monday in Lindholm.", "2031-03-03"),
        ("The board met on Wednesday in Lindholm.", "2031-03-05"),
        ("The board met on Thursday in Lindholm.", "2031-02-27"),
        ("The board met last Wednesday.", "2031-02-26"),
        ("The board will meet on Thursday.", "2031-03-06"),
        ("The hearing is scheduled for Friday.", "2031-03-07"),
        ("She said on Friday that it will appeal.", "2031-02-28"),
        ("The board meets next Monday.", "2031-03-10"),
        ("It resigned last week.", "2031-02-24/2031-03-02"),
        ("It resigns next week.", "2031-03-10/2031-03-16"),
        ("It was sold last month.", "2031-02"),
        ("The rule comes next month.", "2031-04"),
        ("It was sold last year.", "2030"),
        ("Sales fell last quarter.", "2030-10/2030-12"),
        ("It burned yesterday.", "2031-03-04"),
        ("It opens tomorrow.", "2031-03-06"),
        ("It opened three days ago.", "2031-03-02"),
        ("It opened two weeks ago.", "2031-02-17/2031-02-23"),
        ("It opened 170 years ago.", "1861"),
        ("The fund opened last October.", "2030-10"),
        ("Outages began in February.", "2031-02"),
        ("She said so in an Oct. 26 letter.", "2030-10-26"),
        ("It rained over the weekend.", "2031-03-01/2031-03-02"),
        ("It voted earlier this week.", "2031-03-03/2031-03-05"),
        ("Please respond to this letter within ten business days.", "2031-03-19"),
        ("Within 90 days of the date of this order, each agency shall report.", "2031-06-03"),
        ("It is due on the first business day after March 7, 2031.", "2031-03-10"),
        ("It spent much in the first nine months of 2030.", "2030-01/2030-09"),
    ],
)
def test_words_for_days_become_dates(text: str, date: str):
    assert [day for _, day in found(text)] == [date]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Die Behörde hat am Montag entschieden, dass der Hafen schließt.", "2031-03-03"),
        (
            "Das Gericht hat die Klage in der vergangenen Woche nicht zugelassen.",
            "2031-02-24/2031-03-02",
        ),
        ("L'autorità ha deciso lunedì che il porto non apre con la nave.", "2031-03-03"),
        ("La banca ha chiuso la sede la settimana scorsa per il vento.", "2031-02-24/2031-03-02"),
        ("Le conseil a voté hier sur le port et les navires de la ville.", "2031-03-04"),
        ("El consejo votó el lunes que los barcos no entran en el puerto.", "2031-03-03"),
    ],
)
def test_four_more_languages_are_understood(text: str, date: str):
    assert [day for _, day in found(text)] == [date]


@pytest.mark.parametrize(
    "text",
    [
        "Decisions are expected in the coming weeks.",
        "It happened several years ago, or recently.",
        "The comment period closed on March 13, 2015.",
        "It closed on Thursday, August 6, 2020.",
        "The shop opens every Friday and on Sundays.",
        "Black Friday was loud; the office opens Monday through Friday.",
        "You may march in august company.",
        "A person shall file within 30 days of the notice.",
        "Today's markets are calm.",
        "It fell three days after last Monday.",
        "The list ends with 2\n\nJune was wet.",
    ],
)
def test_what_names_no_day_or_is_a_date_already_stays_undated(text: str):
    assert found(text) == []


def test_mentions_are_in_order_and_point_at_the_words():
    text = "On Monday it sued; last week it had asked for talks, and on Tuesday it lost."

    assert [words for words, _ in found(text)] == ["On Monday", "last week", "on Tuesday"]


@pytest.mark.parametrize("published", [None, "2031", "2031-03", "yesterday"])
def test_without_a_full_date_of_publication_nothing_is_resolved(published: str | None):
    assert mentions("The board met on Monday.", published) == ()


def test_a_german_word_is_not_read_as_french():
    assert found("Der Hafen ist hier nicht das Problem, und die Stadt ist es auch nicht.") == []
