"""robots.txt as RFC 9309 wants it read."""

from __future__ import annotations

import pytest

from knowledge.errors import FetchRefused
from knowledge.web.fetching import FetchLimits
from knowledge.web.robots import MAX_PAUSE, PAUSE, Robots, read
from tests.web_server import WebServer

RULES = """\ufeff# a comment
User-agent: *
Disallow: /private/
Allow: /private/open  # longer, so it wins
Disallow: /*.pdf$
Disallow: /search?*q=
Disallow: /%C3%BCber
Disallow:

User-agent: badbot
User-agent: footnote-like
Disallow: /
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/private/a", False),
        ("/private/open/a", True),
        ("/private", True),
        ("/PRIVATE/a", True),
        ("/a/b.pdf", False),
        ("/a.pdf.pdf", False),
        ("/a/b.pdf?x=1", True),
        ("/search?a=b&q=c", False),
        ("/search?a=b", True),
        ("/%c3%bcber-uns", False),
        ("/über-uns", False),
        ("/robots.txt", True),
    ],
)
def test_the_longest_rule_that_matches_decides(path: str, allowed: bool) -> None:
    assert read(RULES).allows(path) is allowed


def test_a_group_of_our_own_is_read_instead_of_the_one_for_all() -> None:
    text = "User-agent: *\nDisallow: /\n\nUser-Agent: Footnote/1.0\nDisallow: /a\nCrawl-delay: 3"

    assert read(text).allows("/b")
    assert not read(text).allows("/a")
    assert read(text).pause == 3


@pytest.mark.parametrize("text", ["", "<html>no robots here</html>", "Disallow: /", "\0" * 99])
def test_a_file_without_rules_allows_everything(text: str) -> None:
    assert read(text).allows("/a")
    assert read(text).pause == PAUSE


@pytest.mark.parametrize("delay", ["99999", "1e9", "-1", "soon", "999999999999"])
def test_a_strange_delay_does_not_stop_the_run(delay: str) -> None:
    assert read(f"User-agent: *\nCrawl-delay: {delay}").pause <= MAX_PAUSE


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    assert read("User-agent: *\nDisallow: /" + "*a" * 1_000 + "$").allows("/" + "a" * 900 + "b")


def robots(server: WebServer, waits: list[float]) -> Robots:
    limits = FetchLimits(allowed_hosts=frozenset({server.host}), seconds=2)
    return Robots(limits, sleep=waits.append)


def test_a_forbidden_page_is_refused_and_the_file_read_once() -> None:
    with WebServer() as server:
        server.page("/robots.txt", "User-agent: *\nDisallow: /no", Content_Type="text/plain")
        waits: list[float] = []
        asked = robots(server, waits)

        asked.admit(server.url("/yes"))
        asked.admit(server.url("/yes"))
        with pytest.raises(FetchRefused, match=r"robots\.txt"):
            asked.admit(server.url("/no/1"))

        assert [request.path for request in server.requests] == ["/robots.txt"]
        assert len(waits) == 1
        assert 0 < waits[0] <= PAUSE


@pytest.mark.parametrize(
    ("status", "allowed"), [(404, True), (403, True), (410, True), (503, False)]
)
def test_a_missing_file_allows_and_a_broken_server_does_not(status: int, allowed: bool) -> None:
    with WebServer() as server:
        server.page("/robots.txt", "x", status)
        asked = robots(server, [])
        if allowed:
            asked.admit(server.url("/a"))
        else:
            with pytest.raises(FetchRefused, match=r"robots\.txt"):
                asked.admit(server.url("/a"))


def test_an_address_inside_is_refused_before_its_rules_are_asked_for() -> None:
    with pytest.raises(FetchRefused, match="public web"):
        Robots(FetchLimits(), resolve=lambda host: pytest.fail("looked up")).admit(
            "http://10.0.0.1/"
        )
