"""URL to bytes: the only way out to the web.

Every hop is read by addresses.py, looked up once, and connected to the very address that was
checked; certificates are verified against the name. Nothing of the environment is used (no
proxies, no .netrc), no cookie is kept, and no Referer is sent. One clock runs over the whole
fetch, redirects included, and is looked at before each read, so a slow drip ends on time.

A redirect from https to http is followed, as browsers do: link shorteners need it, the request
carries no secret, and `Page.url` says where the bytes came from.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge.errors import FetchRefused
from knowledge.settings import Settings
from knowledge.web import addresses
from knowledge.web.addresses import Target, show
from knowledge.web.connecting import (
    USUAL_LIMITS,
    Clock,
    FetchLimits,
    Resolve,
    Response,
    look_up,
    request,
)
from knowledge.web.decoding import Decoder

USER_AGENT = "Footnote/0.1 (a record of documents with cited answers; fetches on request)"
_ACCEPT = "text/html,application/xhtml+xml,application/pdf,application/xml;q=0.9,*/*;q=0.8"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said about a page's version, to ask whether it has changed."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What was fetched."""

    url: str
    """Where the bytes came from, after redirects, without a fragment."""
    body: bytes
    media_type: str | None
    """As declared, parameters included. May be wrong."""
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False
    """True where the validators still hold; the body is empty then."""


def limits_of(settings: Settings) -> FetchLimits:
    """The limits that an admin has set.

    Raises FetchRefused if FETCH_PORTS is no list of numbers.
    """
    try:
        ports = frozenset(int(part) for part in settings.fetch_ports.split(",") if part.strip())
    except ValueError as error:
        raise FetchRefused(
            f"FETCH_PORTS is {show(settings.fetch_ports)}. Give numbers with commas between them."
        ) from error
    hosts = frozenset(part.strip() for part in settings.fetch_allowed_hosts.split(","))
    return FetchLimits(ports=ports, allowed_hosts=hosts - {""})


def fetch(
    url: str,
    limits: FetchLimits = USUAL_LIMITS,
    *,
    conditional: Validators | None = None,
    resolve: Resolve = look_up,
) -> Page:
    """Fetch a page with GET, following redirects.

    With conditional, a page that is as it was comes back with not_modified.

    Raises FetchRefused with a sentence for a person; it names the host and the reason, and
    never an address that was looked up.
    """
    clock = Clock(time.monotonic() + limits.seconds, limits.seconds)
    here = addresses.target(url, ports=limits.ports, allowed_hosts=limits.allowed_hosts)
    for _ in range(limits.max_redirects + 1):
        answer = _get(here, limits, clock, conditional, resolve)
        if isinstance(answer, Page):
            return answer
        # The host's word leads on, so the next hop is checked like the first.
        here = addresses.target(
            addresses.follow(here, answer), ports=limits.ports, allowed_hosts=limits.allowed_hosts
        )
    raise FetchRefused(
        f"{show(here.host)}: the address was passed on more than {limits.max_redirects} times. "
        "Open it in a browser and give the address it ends at."
    )


def _get(
    here: Target,
    limits: FetchLimits,
    clock: Clock,
    conditional: Validators | None,
    resolve: Resolve,
) -> Page | str:
    """One request: the page, or the Location it is redirected to."""
    headers = {"User-Agent": USER_AGENT, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate"}
    if conditional and conditional.etag:
        headers["If-None-Match"] = conditional.etag
    if conditional and conditional.last_modified:
        headers["If-Modified-Since"] = conditional.last_modified
    with request(here, headers, limits, clock, resolve) as response:
        return _read(here, response, limits, clock, conditional)


def _read(
    here: Target,
    response: Response,
    limits: FetchLimits,
    clock: Clock,
    conditional: Validators | None,
) -> Page | str:
    """Judge an answer's head, then read its body within the limits."""
    head = _head(response.headers)
    status = response.status
    if status in _REDIRECTS and "location" in head:
        return head["location"]
    etag, last_modified = _validator(head.get("etag")), _validator(head.get("last-modified"))
    media_type = show(head["content-type"]) if head.get("content-type") else None
    if status == 304 and conditional and (conditional.etag or conditional.last_modified):
        return Page(
            here.url,
            b"",
            media_type,
            etag or conditional.etag,
            last_modified or conditional.last_modified,
            not_modified=True,
        )
    if status not in (200, 203):
        raise FetchRefused(f"{show(here.host)}: {_status(status)}", status=status)
    length = head.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > limits.max_bytes:
        raise _too_large(here, limits)
    decoder = Decoder(head.get("content-encoding", ""), limits.max_bytes)
    parts: list[bytes] = []
    size = 0
    try:
        for chunk in response.iter_stream():
            clock.check(here)
            part = decoder.feed(chunk)
            size += len(part)
            if size > limits.max_bytes:
                raise _too_large(here, limits)
            parts.append(part)
        decoder.finish()
    except ValueError as error:
        raise FetchRefused(
            f"{show(here.host)}: {error}. Save the page in a browser and add the file.",
            status=status,
        ) from error
    if not size:
        raise FetchRefused(
            f"{show(here.host)}: the page is empty. Check it in a browser.", status=status
        )
    return Page(here.url, b"".join(parts), media_type, etag, last_modified)


def _head(rows: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """Headers by lower-case name; the first of a name counts, encodings are joined."""
    head: dict[str, str] = {}
    for raw_name, raw_value in rows:
        name = raw_name.decode("ascii", "replace").lower()
        try:
            value = raw_value.decode("utf-8").strip()
        except UnicodeDecodeError:
            value = raw_value.decode("latin-1").strip()
        if name == "content-encoding" and name in head:
            head[name] += f", {value}"
        head.setdefault(name, value)
    return head


def _validator(value: str | None) -> str | None:
    """A validator that can be sent back as it is; anything odd is forgotten."""
    if not value or len(value) > 500 or not value.isascii() or not value.isprintable():
        return None
    return value


def _too_large(here: Target, limits: FetchLimits) -> FetchRefused:
    return FetchRefused(
        f"{show(here.host)}: the page is larger than {limits.max_bytes / 1e6:.0f} MB. "
        "Add the part you need as a file.",
        status=200,
    )


def _status(status: int) -> str:
    """What an answer without a page means, and what to do."""
    match status:
        case 204 | 205:
            return "the server sent no content. Check the address in a browser."
        case 401 | 407:
            return "the page asks for a log-in. Save it as PDF and add the file."
        case 402:
            return "the page must be paid for. Save it as PDF and add the file."
        case 403 | 451:
            return (
                "the server does not show this page to us. Save it as PDF in a browser and add "
                "the file, or paste the text."
            )
        case 404 | 410:
            return "there is no such page (any more). Check the address."
        case 429:
            return "the server asks us to slow down. Try again in some minutes."
        case 304:
            return "the server says that nothing has changed, though it was not asked."
        case _ if 300 <= status < 400:
            return "the server passes the address on without saying where to."
        case _ if 500 <= status < 600:
            return f"the server has a fault of its own ({status}). Try again later."
        case _:
            return f"the server answered with status {status} and no page."
