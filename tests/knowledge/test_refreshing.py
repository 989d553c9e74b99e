"""A page fetched again, what has changed in it, and which document may replace which."""

from __future__ import annotations

import time
from typing import Any

import pytest

from knowledge.errors import FetchRefused
from knowledge.types import Entry, Kind, Particulars
from knowledge.web import refreshing
from knowledge.web.fetching import FetchLimits, Validators
from knowledge.web.refreshing import difference, likely_replaced, likely_replacement
from knowledge.web.robots import Robots
from tests.web_server import Exchange, WebServer


def test_an_unchanged_page_is_not_sent_again_and_a_changed_one_is() -> None:
    with WebServer() as server:
        limits = FetchLimits(allowed_hosts=frozenset({server.host}))

        def behave(exchange: Exchange) -> None:
            same = exchange.request.headers.get("if-none-match") == '"2"'
            exchange.answer(b"" if same else b"<p>new</p>", 304 if same else 200, ETag='"2"')

        url = server.on("/rule", behave)

        changed = refreshing.fetch_again(url, Validators('"1"'), limits)
        unchanged = refreshing.fetch_again(url, Validators(changed.etag), limits)

    assert (changed.not_modified, changed.body) == (False, b"<p>new</p>")
    assert (unchanged.not_modified, unchanged.body) == (True, b"")


def test_a_run_over_many_pages_keeps_to_the_wishes_of_the_site() -> None:
    with WebServer() as server:
        limits = FetchLimits(allowed_hosts=frozenset({server.host}))
        server.page("/robots.txt", "User-agent: *\nDisallow: /rule")
        url = server.page("/rule", "<p>text</p>")
        robots = Robots(limits, sleep=lambda seconds: None)

        with pytest.raises(FetchRefused, match=r"robots\.txt"):
            refreshing.fetch_again(url, Validators(), limits, robots=robots)
        assert refreshing.fetch_again(url, Validators(), limits).body == b"<p>text</p>"


OLD = """The rule takes effect on 1 March.

Firms must file a report each quarter.

The fee is ten dollars.

Questions go to the secretary."""
NEW = """The rule takes effect on 1 April 2027.

Firms must file a  report
each quarter.

Questions go to the secretary.

Small firms are exempt."""


def test_a_difference_shows_words_changed_and_paragraphs_that_came_and_went() -> None:
    found = difference(OLD, NEW)

    assert found.lines == (
        "~ The rule takes effect on 1 [-March.-] {+April 2027.+}",
        "…",
        "- The fee is ten dollars.",
        "…",
        "+ Small firms are exempt.",
    )
    assert found.summary == "1 paragraph changed, 1 added, 1 removed"


def test_a_change_of_white_space_is_none() -> None:
    found = difference("One  line.\n\nAnother.", "One line.\n \n\nAnother.\n")

    assert not found
    assert (found.lines, found.summary) == ((), "no words changed")


def test_a_paragraph_put_before_a_changed_one_does_not_hide_what_changed() -> None:
    found = difference(
        "The fee is ten dollars a year.", "A note.\n\nThe fee is two dollars a year."
    )

    assert found.lines == ("+ A note.", "~ The fee is [-ten-] {+two+} dollars a year.")


def test_a_long_difference_is_cut_and_says_so() -> None:
    new = "\n\n".join(f"Paragraph number {number} is new." for number in range(500))

    found = difference("Old.", new)

    assert found.added == 500
    assert len(found.lines) == refreshing.MAX_LINES + 1
    assert found.lines[-1] == "… and 301 further lines"


def test_a_large_document_is_compared_in_time() -> None:
    old = "\n\n".join(
        f"Section {n}. " + f"Firm {n} shall keep its record. " * 5 for n in range(2000)
    )
    started = time.process_time()

    found = difference(old, old.replace("Firm 7 ", "Every firm "))

    assert found.changed == 1
    assert time.process_time() - started < 3


def entry(id: str, **known: Any) -> Entry:
    facts: dict[str, Any] = {
        "title": "Re: Custody of tokenized shares",
        "author": "Transfer Agents Association",
        "addressee": "Securities Commission",
        "date": "2026-03-02",
        "kind": Kind.LETTER,
    }
    outer = {key: known.pop(key) for key in ("library", "replaced_by") if key in known}
    return Entry(
        id=id,
        library=outer.get("library", "shared"),
        particulars=Particulars(**(facts | known)),
        source=id,
        passages=1,
        added_at="2026-11-01T00:00:00Z",
        replaced_by=outer.get("replaced_by"),
    )


FIRST = entry("first")

PAIRS = {
    "the same letter later": {},
    "marked as amended": {"title": "RE: Custody of Tokenized Shares (amended)"},
    "with a version": {"title": "Custody of tokenized shares, version 2"},
    "with a date": {"title": "Custody of tokenized shares, 12 May 2026"},
    "with a legal form": {"author": "The Transfer Agents Association, Inc."},
    "an exact date after a year": {"date": "2027"},
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_likely_pair_is_suggested(name: str) -> None:
    later = entry("later", **({"date": "2026-05-12"} | PAIRS[name]))

    assert likely_replacement(FIRST, [FIRST, later]) == later
    assert likely_replaced(later, [FIRST, later]) == FIRST
    assert likely_replacement(later, [FIRST, later]) is None


OTHERS = {
    "another subject": {"title": "Re: Registration of brokers"},
    "another author": {"author": "Brokers Association"},
    "another addressee": {"addressee": "Banking Authority"},
    "no addressee": {"addressee": None},
    "no author": {"author": None},
    "no subject": {"title": "Letter"},
    "no title": {"title": None},
    "the same day": {"date": "2026-03-02"},
    "an earlier day": {"date": "2026-02-01"},
    "no date": {"date": None},
    "a year that may be earlier": {"date": "2026"},
    "another kind": {"kind": Kind.SUMMARY},
    "another library": {"library": "guild"},
    "replaced already": {"replaced_by": "third"},
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_pairs_are_not(name: str) -> None:
    other = entry("other", **({"date": "2026-05-12"} | OTHERS[name]))

    assert likely_replacement(FIRST, [other]) is None


TAUGHT = {"TAA": ["Transfer Agents Association"], "SC": ["Securities Commission"]}
NAMES = {
    "author by acronym": {"author": "TAA"},
    "addressee by acronym": {"addressee": "the SC"},
    "both with the acronym behind": {
        "author": "Transfer Agents Association (TAA)",
        "addressee": "U.S. Securities Commission (SC)",
    },
}


@pytest.mark.parametrize("name", NAMES)
def test_a_pair_is_suggested_also_where_one_is_named_by_an_acronym(name: str) -> None:
    later = entry("later", **({"date": "2026-05-12"} | NAMES[name]))

    assert likely_replaced(later, [FIRST], TAUGHT) == FIRST
    assert likely_replacement(FIRST, [later], TAUGHT) == later


def test_an_acronym_that_nobody_explained_or_two_explained_differently_names_nobody() -> None:
    later = entry("later", date="2026-05-12", author="TAA")

    assert likely_replaced(later, [FIRST]) is None
    both = {"TAA": ["Transfer Agents Association", "Tower Anglers Alliance"]}
    assert likely_replaced(later, [FIRST], both) is None


def test_two_articles_of_one_paper_do_not_replace_each_other() -> None:
    one, other = (
        entry(id, kind=Kind.ARTICLE, addressee=None, date=date)
        for id, date in (("one", "2026-01-01"), ("other", "2026-02-01"))
    )

    assert likely_replacement(one, [other]) is None


def test_a_rule_without_addressee_may_be_replaced() -> None:
    one, other = (
        entry(id, kind=Kind.RULE, addressee=None, date=date)
        for id, date in (("one", "2026-01-01"), ("other", "2026-02-01"))
    )

    assert likely_replacement(one, [other]) == other


def test_the_newest_of_several_is_suggested() -> None:
    entries = [entry(f"v{month}", date=f"2026-0{month}-01") for month in (4, 6, 5)]

    newest = likely_replacement(FIRST, entries)
    before = likely_replaced(entries[1], [FIRST, *entries])

    assert newest is not None
    assert newest.id == "v6"
    assert before is not None
    assert before.id == "v5"
