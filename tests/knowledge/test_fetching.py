"""Servers as they are, and as they should not be, over real sockets."""

from __future__ import annotations

import gzip
import os
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from knowledge.errors import FetchRefused
from knowledge.settings import Settings
from knowledge.web.fetching import FetchLimits, Page, Validators, fetch, limits_of
from tests.web_server import Exchange, WebServer

BODY = b"<html><body><p>The Commission adopted the rule.</p></body></html>"
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def server() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


def quick(server: WebServer, **changes: object) -> FetchLimits:
    """Limits small enough to be met at once; only the stand-in's own port is open."""
    values: dict[str, object] = {"max_bytes": MEGABYTE, "seconds": 1.0, **changes}
    return FetchLimits(allowed_hosts=frozenset({server.host}), **values)  # type: ignore[arg-type]


def get(server: WebServer, path: str, **changes: object) -> Page:
    return fetch(server.url(path), quick(server, **changes))


# --- Misbehaviour: each is refused, on time, with a sentence ---------------------------------


def raw(*pieces: bytes, pause: float = 0.0) -> Callable[[Exchange], None]:
    """Send the pieces as they are, then close."""

    def behave(exchange: Exchange) -> None:
        for piece in pieces:
            exchange.send(piece)
            if pause and exchange.wait(pause):
                return

    return behave


def answer(body: bytes = BODY, status: int = 200, **headers: str) -> Callable[[Exchange], None]:
    return lambda exchange: exchange.answer(body, status, **headers)


def endless(head: bytes, piece: bytes, pause: float = 0.0) -> Callable[[Exchange], None]:
    """Send a piece again and again until the client hangs up."""

    def behave(exchange: Exchange) -> None:
        exchange.send(head)
        while not exchange.wait(pause):
            exchange.send(piece)

    return behave


def redirect(location: str, status: int = 302) -> Callable[[Exchange], None]:
    return answer(b"", status, Location=location)


def hold(exchange: Exchange) -> None:
    exchange.wait(20)


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(b"\0" * 60 * MEGABYTE, 9)
NESTED_BOMB = gzip.compress(BOMB, 9)

MISBEHAVIOUR: dict[str, tuple[Callable[[Exchange], None], str]] = {
    "no content": (answer(b"", 204), "no content"),
    "reset content": (answer(b"", 205), "no content"),
    "part of the content": (answer(BODY, 206), "status 206"),
    "not modified without being asked": (answer(b"", 304), "nothing has changed"),
    "bad request": (answer(BODY, 400), "status 400"),
    "log in": (answer(BODY, 401, WWW_Authenticate="Basic"), "log-in"),
    "pay": (answer(BODY, 402), "paid"),
    "forbidden": (answer(BODY, 403), "does not show"),
    "missing": (answer(BODY, 404), "no such page"),
    "proxy log in": (answer(BODY, 407), "log-in"),
    "gone": (answer(BODY, 410), "no such page"),
    "slow down": (answer(BODY, 429, Retry_After="99999999"), "slow down"),
    "withheld for legal reasons": (answer(BODY, 451), "does not show"),
    "fault": (answer(BODY, 500), "fault of its own"),
    "bad gateway": (answer(BODY, 502), "fault of its own"),
    "unavailable": (answer(BODY, 503), "fault of its own"),
    "a status of its own": (answer(BODY, 799), "status 799"),
    "a status that is no number": (raw(b"HTTP/1.1 abc OK\r\n\r\n"), "not proper HTTP"),
    "a status below 100": (raw(b"HTTP/1.1 007 Bond\r\n\r\n"), "not proper HTTP"),
    "switching protocols": (raw(b"HTTP/1.1 101 Up\r\nUpgrade: x\r\n\r\n"), "status 101|proper"),
    "redirect to itself": (lambda e: redirect(e.request.path)(e), "more than 5 times"),
    "redirect without an address": (answer(BODY, 302), "without saying"),
    "many choices": (answer(BODY, 300), "without saying"),
    "redirect to an empty address": (redirect(""), "more than 5 times"),
    "redirect inside": (redirect("http://127.0.0.1/"), "not on the public web"),
    "redirect to metadata": (redirect("http://169.254.169.254/latest/"), "not on the public web"),
    "redirect to metadata in disguise": (redirect("http://0xa9fea9fe/"), "unusual spelling"),
    "redirect to mapped loopback": (redirect("//[::ffff:127.0.0.1]/"), "not on the public web"),
    "redirect to a name inside": (redirect("http://metadata.google.internal/"), "public web"),
    "redirect to another port": (redirect("http://127.0.0.1:22/"), "port 22"),
    "redirect to a file": (redirect("file:///etc/passwd"), "not a web address"),
    "redirect to a script": (redirect("javascript:alert(1)"), "not a web address"),
    "redirect to data": (redirect("data:text/html,hello"), "not a web address"),
    "redirect with a password": (redirect("http://a:b@127.0.0.1/"), "password"),
    "redirect to half an address": (redirect("http://[::1"), "malformed"),
    "redirect with a backslash": (redirect("http://127.0.0.1\\@a.org/"), "password|malformed"),
    "redirect to a very long address": (redirect("/" + "a" * 9_000), "longer than"),
    "redirect in 308 to the inside": (redirect("http://10.0.0.1/", 308), "not on the public web"),
    "hangs up at once": (raw(), "broke off"),
    "hangs up in the head": (raw(OK + b"Content-Type: te"), "broke off"),
    "hangs up before the body": (raw(OK + b"Content-Length: 10\r\n\r\n"), "broke off"),
    "hangs up in the body": (raw(OK + b"Content-Length: 999\r\n\r\n" + BODY), "broke off"),
    "hangs up in a chunk": (raw(CHUNKED + b"ff\r\nabc"), "broke off"),
    "hangs up before the last chunk": (raw(CHUNKED + b"3\r\nabc\r\n"), "broke off"),
    "an empty page": (answer(b""), "empty"),
    "an empty page in chunks": (raw(CHUNKED + b"0\r\n\r\n"), "empty"),
    "a chunk size that is no number": (raw(CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n"), "not proper HTTP"),
    "a negative chunk size": (raw(CHUNKED + b"-1\r\nabc\r\n0\r\n\r\n"), "not proper HTTP"),
    "a huge chunk size": (raw(CHUNKED + b"f" * 40 + b"\r\nabc"), "broke off|proper|larger"),
    "two lengths": (
        raw(OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"), "not proper HTTP",
    ),
    "a negative length": (raw(OK + b"Content-Length: -5\r\n\r\nabc"), "not proper HTTP"),
    "a length that is no number": (raw(OK + b"Content-Length: ten\r\n\r\nabc"), "not proper HTTP"),
    "a length above the limit": (raw(OK + b"Content-Length: 99999999999\r\n\r\n"), "larger than"),
    "no HTTP at all": (raw(b"SSH-2.0-OpenSSH_9.6\r\n" * 3), "not proper HTTP"),
    "binary noise": (raw(bytes(range(256)) * 20), "not proper HTTP"),
    "HTTP 0.9": (raw(b"<html>hello</html>"), "not proper HTTP"),
    "HTTP 2": (raw(b"HTTP/2 200 OK\r\n\r\nhello"), "not proper HTTP"),
    "a header without a colon": (raw(OK + b"nonsense\r\n\r\nabc"), "not proper HTTP"),
    "a header with a null byte": (raw(OK + b"X: a\0b\r\n\r\nabc"), "not proper HTTP"),
    "one enormous header": (
        raw(OK + b"X: " + b"a" * 300_000 + b"\r\n\r\n" + BODY), "not proper HTTP",
    ),
    "a flood of headers": (endless(OK, b"X-Flood: aaaaaaaaaaaa\r\n" * 500), "not proper HTTP"),
    "a flood of hints": (endless(b"", b"HTTP/1.1 103 Early\r\n\r\n" * 500), "not proper HTTP"),
    "an endless body": (endless(OK + b"\r\n", b"a" * 65_536), "larger than"),
    "an endless body in chunks": (
        endless(CHUNKED, b"8000\r\n" + b"a" * 0x8000 + b"\r\n"), "larger than",
    ),
    "an endless body in tiny chunks": (
        endless(CHUNKED, b"1;" + b"x" * 999 + b"\r\na\r\n"), "not proper HTTP|within",
    ),
    "trailers without end": (endless(CHUNKED + b"3\r\nabc\r\n0\r\n", b"T: x\r\n" * 999), "proper"),
    "a silent server": (hold, "within 1 seconds"),
    "a slow head": (endless(b"", b"H", 0.05), "within 1 seconds"),
    "a slow header": (endless(OK, b"X: y\r\n", 0.05), "within 1 seconds"),
    "a slow body": (endless(OK + b"\r\n", b"a", 0.05), "within 1 seconds"),
    "a slow body in chunks": (endless(CHUNKED, b"1\r\na\r\n", 0.05), "within 1 seconds"),
    "a slow compressed body": (
        endless(OK + b"Content-Encoding: gzip\r\n\r\n" + BOMB[:10], b"", 0.05), "within 1 seconds",
    ),
    "a compressed bomb": (answer(BOMB, Content_Encoding="gzip"), "larger than"),
    "a deflated bomb": (
        answer(zlib.compress(b"\0" * 60 * MEGABYTE, 9), Content_Encoding="deflate"), "larger than",
    ),
    "a bomb in a bomb": (answer(NESTED_BOMB, Content_Encoding="gzip, gzip"), "encoding"),
    "a bomb in two headers": (
        raw(OK + b"Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\n" + NESTED_BOMB),
        "encoding",
    ),
    "brotli that nobody asked for": (answer(BODY, Content_Encoding="br"), "encoding"),
    "zstd that nobody asked for": (answer(BODY, Content_Encoding="zstd"), "encoding"),
    "an encoding of its own": (answer(BODY, Content_Encoding="rot13\x7f"), "encoding|proper"),
    "plain text called gzip": (answer(BODY, Content_Encoding="gzip"), "not the gzip data"),
    "plain text called deflate": (answer(BODY, Content_Encoding="deflate"), "not the deflate"),
    "gzip cut short": (answer(gzip.compress(BODY)[:-20], Content_Encoding="gzip"), "middle"),
    "gzip with a wrong checksum": (
        answer(gzip.compress(BODY)[:-8] + b"\0" * 8, Content_Encoding="gzip"), "not the gzip data",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISBEHAVIOUR)
def test_a_misbehaving_server_is_refused_in_one_sentence_and_on_time(
    server: WebServer, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    behaviour, reason = MISBEHAVIOUR[name]
    path = "/" + name.replace(" ", "-")
    server.on(path, behaviour)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    started = time.monotonic()

    with pytest.raises(FetchRefused, match=reason) as refused:
        get(server, path)

    assert time.monotonic() - started < 3
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 500
    assert os.listdir(tmp_path) == []


def test_the_table_is_as_long_as_it_should_be() -> None:
    assert len(MISBEHAVIOUR) >= 60


# --- Ordinary servers keep working -----------------------------------------------------------


def test_a_page_comes_with_its_type_and_validators(server: WebServer) -> None:
    server.page("/page", BODY, ETag='W/"1"', Last_Modified="Mon, 02 Nov 2026 10:00:00 GMT")

    page = fetch(server.url("/page#:~:text=adopted"), quick(server))

    assert page == Page(
        server.url("/page"),
        BODY,
        "text/html; charset=utf-8",
        'W/"1"',
        "Mon, 02 Nov 2026 10:00:00 GMT",
    )


def test_the_request_says_who_asks_and_nothing_else(
    server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    server.page("/asked", BODY, Set_Cookie="id=1")

    get(server, "/asked")
    get(server, "/asked")

    request = server.requests[-1]
    assert request.method == "GET"
    assert request.headers["user-agent"].startswith("Footnote/")
    assert set(request.headers) == {
        "host", "user-agent", "accept", "accept-encoding", "connection",
    }  # fmt: skip


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_the_last_address_is_told(
    server: WebServer, status: int
) -> None:
    server.page("/end", BODY)
    server.on("/one", redirect("../two?x=1#part", status))
    server.on("/two?x=1", redirect(server.url("/end"), status))

    assert get(server, "/one").url == server.url("/end")


def test_five_redirects_are_followed_and_a_sixth_is_not(server: WebServer) -> None:
    server.page("/step0", BODY)
    for step in range(1, 7):
        server.on(f"/step{step}", redirect(f"/step{step - 1}"))

    assert get(server, "/step5").body == BODY
    with pytest.raises(FetchRefused, match="more than 5 times"):
        get(server, "/step6")


def test_a_redirect_to_an_address_in_another_alphabet_is_followed(server: WebServer) -> None:
    server.page("/b%C3%BCcher%20hier", BODY)
    server.on("/alphabet", raw("HTTP/1.1 302 F\r\nLocation: /bücher hier\r\n\r\n".encode()))

    assert get(server, "/alphabet").body == BODY


ORDINARY: dict[str, Callable[[Exchange], None]] = {
    "gzip": answer(gzip.compress(BODY), Content_Encoding="gzip"),
    "x-gzip in capitals": answer(gzip.compress(BODY), Content_Encoding="X-GZIP"),
    "gzip in two members": answer(
        gzip.compress(BODY[:9]) + gzip.compress(BODY[9:]), Content_Encoding="gzip"
    ),
    "gzip byte by byte": raw(
        CHUNKED[:-2] + b"Content-Encoding: gzip\r\n\r\n"
        + b"".join(
            b"1\r\n%c\r\n" % byte for byte in gzip.compress(BODY[:9]) + gzip.compress(BODY[9:])
        )
        + b"0\r\n\r\n"
    ),
    "gzip with padding": answer(gzip.compress(BODY) + b"\0" * 50, Content_Encoding="gzip"),
    "deflate": answer(zlib.compress(BODY), Content_Encoding="deflate"),
    "bare deflate": answer(zlib.compress(BODY)[2:-4], Content_Encoding="deflate"),
    "identity": answer(BODY, Content_Encoding="identity"),
    "no length": raw(OK + b"\r\n" + BODY),
    "chunks with names and trailers": raw(
        CHUNKED + b"5;a=b\r\n" + BODY[:5] + b"\r\n%x\r\n" % (len(BODY) - 5) + BODY[5:]
        + b"\r\n0\r\nX: y\r\n\r\n"
    ),
    "more than it said": raw(OK + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY + b"more"),
    "early hints first": raw(b"HTTP/1.1 103 E\r\nLink: x\r\n\r\n" + OK + b"\r\n" + BODY),
    "old HTTP": raw(b"HTTP/1.0 200 OK\r\n\r\n" + BODY),
    "bare line feeds": raw(b"HTTP/1.1 200 OK\nX: y\n\n" + BODY),
    "a page in pieces": raw(OK + b"\r\n", BODY[:20], BODY[20:], pause=0.05),
    "no reason phrase": raw(b"HTTP/1.1 200\r\n\r\n" + BODY),
    "a head of 40 KB": answer(BODY, **{f"X_{number}": "a" * 400 for number in range(100)}),
    "non-authoritative": answer(BODY, 203),
    "a hostile file name": answer(
        BODY, Content_Disposition='attachment; filename="../../etc/cron.d/x\x7f"'
    ),
    "a type that is nonsense": answer(BODY, Content_Type="\x7f;;;charset"),
    "a length in capitals": raw(OK + b"CONTENT-LENGTH: %d\r\n\r\n" % len(BODY) + BODY),
    "a refresh header": answer(BODY, Refresh="0; url=http://127.0.0.1/"),
}  # fmt: skip


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_answer_arrives_whole(
    server: WebServer, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/ordinary-" + name.replace(" ", "-")
    server.on(path, ORDINARY[name])
    monkeypatch.chdir(tmp_path)

    page = get(server, path)

    assert page.body == BODY
    assert page.media_type is None or page.media_type.isprintable()
    assert os.listdir(tmp_path) == []


def test_a_refresh_inside_a_page_is_not_followed(server: WebServer) -> None:
    body = '<meta http-equiv="refresh" content="0; url=http://169.254.169.254/"><p>Wait</p>'
    server.page("/refresh", body)

    assert get(server, "/refresh").body == body.encode()


def test_a_page_at_the_limit_is_taken_and_one_byte_more_is_not(server: WebServer) -> None:
    server.page("/full", b"a" * 1000)
    server.page("/over", gzip.compress(b"a" * 1001), Content_Encoding="gzip")

    assert len(get(server, "/full", max_bytes=1000).body) == 1000
    with pytest.raises(FetchRefused, match="larger than"):
        get(server, "/over", max_bytes=1000)


def test_an_unchanged_page_is_not_sent_again(server: WebServer) -> None:
    def behave(exchange: Exchange) -> None:
        same = exchange.request.headers.get("if-none-match") == '"1"'
        exchange.answer(b"" if same else BODY, 304 if same else 200, ETag='"1"')

    url = server.on("/same", behave)
    first = fetch(url, quick(server))

    again = fetch(url, quick(server), conditional=Validators(first.etag, "Mon, 02 Nov 2026"))

    assert (again.not_modified, again.body, again.etag) == (True, b"", '"1"')
    assert server.requests[-1].headers["if-modified-since"] == "Mon, 02 Nov 2026"


def test_a_validator_that_could_not_be_sent_back_is_forgotten(server: WebServer) -> None:
    server.page("/odd", BODY, ETag='"ü"', Last_Modified="x" * 9_000)

    page = get(server, "/odd")

    assert (page.etag, page.last_modified) == (None, None)


# --- Names, pins and certificates --------------------------------------------------------------


def test_the_connection_goes_to_the_address_that_was_checked(server: WebServer) -> None:
    server.page("/pinned", BODY)
    asked: list[str] = []

    def resolve(host: str) -> Sequence[str]:
        asked.append(host)
        # The second answer would lead elsewhere; there must be no second question.
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    limits = FetchLimits(allowed_hosts=frozenset({f"wiki.lan:{server.port}"}))
    page = fetch(server.url("/pinned", "wiki.lan"), limits, resolve=resolve)

    assert (page.body, asked) == (BODY, ["wiki.lan"])
    assert server.requests[-1].headers["host"] == f"wiki.lan:{server.port}"


def test_each_hop_is_checked_again(server: WebServer) -> None:
    server.on("/hop", redirect("http://news.org/"))
    limits = quick(server)

    with pytest.raises(FetchRefused, match=r"news\.org: this host is not on the public web"):
        fetch(server.url("/hop"), limits, resolve=lambda host: ["192.168.0.1"])


def test_a_public_name_is_not_looked_up_inside_search_domains() -> None:
    asked: list[str] = []

    def resolve(host: str) -> Sequence[str]:
        asked.append(host)
        raise OSError("no such host")

    with pytest.raises(FetchRefused, match="no host of that name"):
        fetch("https://www.news.org/", resolve=resolve)

    assert asked == ["www.news.org."]


def test_a_name_without_addresses_is_refused() -> None:
    with pytest.raises(FetchRefused, match="no address"):
        fetch("https://news.org/", resolve=lambda host: [])


def test_a_look_up_that_hangs_ends_on_time() -> None:
    release = threading.Event()

    def resolve(host: str) -> Sequence[str]:
        release.wait(10)
        return []

    started = time.monotonic()
    with pytest.raises(FetchRefused, match="within"):
        fetch("https://news.org/", FetchLimits(seconds=0.3), resolve=resolve)
    assert time.monotonic() - started < 2
    release.set()


def test_the_next_address_is_tried_when_the_first_does_not_answer(server: WebServer) -> None:
    server.page("/second", BODY)
    limits = FetchLimits(allowed_hosts=frozenset({f"wiki.lan:{server.port}"}))
    url = server.url("/second", "wiki.lan")

    # Nothing listens on ::1 at this port; 127.0.0.1 is the stand-in.
    assert fetch(url, limits, resolve=lambda host: ["::1", "127.0.0.1"]).body == BODY


def test_a_closed_port_is_told_plainly() -> None:
    with WebServer() as gone:
        limits = quick(gone)
    with pytest.raises(FetchRefused, match="cannot be reached"):
        fetch(gone.url("/"), limits)


def test_settings_become_limits() -> None:
    settings = Settings(fetch_ports="443, 8000", fetch_allowed_hosts="wiki.lan, 10.0.0.5:81 ,")

    limits = limits_of(settings)

    assert limits.ports == {443, 8000}
    assert limits.allowed_hosts == {"wiki.lan", "10.0.0.5:81"}
    with pytest.raises(FetchRefused, match="FETCH_PORTS"):
        limits_of(Settings(fetch_ports="https"))
