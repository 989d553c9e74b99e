"""One HTTP request over one connection to an address that was checked. httpcore lives here alone.

httpcore is used without httpx around it: no proxies, no .netrc, no cookies, no redirects of its
own, and the connection is made by a backend of ours.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpcore
from httpcore import Response as Response

from knowledge.errors import FetchRefused
from knowledge.web import addresses
from knowledge.web.addresses import Target, show

Resolve = Callable[[str], Sequence[str]]
"""A host name to its addresses, as text. May raise OSError."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one fetch may cost and where it may go."""

    max_bytes: int = 25_000_000
    """Of the page after decoding: the same as for files."""
    max_header_bytes: int = 65_536
    """Of one answer's head. Servers send below 8 KB, browsers take 256 KB."""
    seconds: float = 30.0
    """For everything together, redirects included."""
    connect_seconds: float = 10.0
    """For one address of a host; the next one is tried after it."""
    max_redirects: int = 5
    ports: frozenset[int] = addresses.PORTS
    allowed_hosts: frozenset[str] = frozenset()
    """Hosts, or host:port, that may be on a local network."""


USUAL_LIMITS = FetchLimits()


@dataclass(frozen=True, slots=True)
class Clock:
    """The end of a fetch, in seconds of the monotonic clock."""

    end: float
    allowed: float

    def left(self) -> float:
        """Seconds left, negative when over."""
        return self.end - time.monotonic()

    def check(self, here: Target) -> None:
        """Raise FetchRefused when the time is over."""
        if self.left() <= 0:
            raise self.refusal(here)

    def refusal(self, here: Target) -> FetchRefused:
        """What to raise when something took too long: the whole fetch, or one server."""
        if self.left() > 0:
            return FetchRefused(f"{show(here.host)}: the server does not answer. Try again later.")
        return FetchRefused(
            f"{show(here.host)}: the page did not arrive within {self.allowed:.0f} seconds. "
            "Try again later, or save it and add the file."
        )


def look_up(host: str) -> list[str]:
    """All addresses of a host, in the system's order of preference."""
    rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


@contextmanager
def request(
    here: Target, headers: Mapping[str, str], limits: FetchLimits, clock: Clock, resolve: Resolve
) -> Iterator[Response]:
    """Send a GET request and give its response, whose body is read inside the block.

    Raises FetchRefused, also for faults while the body is read.
    """
    scheme, host = here.scheme.encode("ascii"), here.host.encode("ascii")
    rows: dict[str | bytes, str | bytes] = {"Host": here.netloc, "Connection": "close"}
    rows.update(headers)
    backend = _Pinned(here, limits, clock, resolve)
    try:
        with (
            httpcore.HTTPConnection(
                httpcore.Origin(scheme, host, here.port),
                ssl_context=_trust() if here.scheme == "https" else None,
                network_backend=backend,
            ) as connection,
            connection.stream(
                "GET",
                httpcore.URL(
                    scheme=scheme, host=host, port=here.port, target=here.path.encode("ascii")
                ),
                headers=rows,
            ) as response,
        ):
            backend.head_is_read()
            yield response
    except httpcore.TimeoutException as error:
        raise clock.refusal(here) from error
    except (httpcore.ConnectError, ssl.SSLError) as error:
        raise FetchRefused(_unreachable(here, error)) from error
    except httpcore.LocalProtocolError as error:
        raise FetchRefused(f"{show(here.host)}: the request cannot be made.") from error
    except (httpcore.ProtocolError, httpcore.NetworkError) as error:
        raise FetchRefused(
            f"{show(here.host)}: the answer broke off or is not proper HTTP. Try again later, "
            "or save the page and add the file."
        ) from error


def _unreachable(here: Target, error: Exception) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                f"{show(here.host)}: the server's certificate is not valid for it "
                f"({show(cause.verify_message).rstrip('.')}), so nothing was read."
            )
        if isinstance(cause, ssl.SSLError):
            return f"{show(here.host)}: no secure connection could be made."
        cause = cause.__cause__ or cause.__context__
    return f"{show(here.host)}: the server cannot be reached. Check the address, or try later."


def _trust() -> ssl.SSLContext:
    """The system's authorities and those of Mozilla, which a slim container has not."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class _Pinned(httpcore.NetworkBackend):
    """Connects to an address of the target that was checked, and to nothing else."""

    def __init__(self, here: Target, limits: FetchLimits, clock: Clock, resolve: Resolve) -> None:
        self._here = here
        self._limits = limits
        self._clock = clock
        self._resolve = resolve
        self._streams: list[_Timed] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        found = self._addresses()
        plain = httpcore.SyncBackend()
        for position, address in enumerate(found, 1):
            seconds = min(self._clock.left(), self._limits.connect_seconds)
            if seconds <= 0:
                raise self._clock.refusal(self._here)
            try:
                # A number in its plain form: the system has nothing to look up again.
                stream = plain.connect_tcp(address, self._here.port, timeout=seconds)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if position == len(found):
                    raise
            else:
                timed = _Timed(stream, self._limits, self._clock)
                self._streams.append(timed)
                return timed
        raise FetchRefused(f"{show(self._here.host)}: this host has no address. Check the name.")

    def head_is_read(self) -> None:
        """From here on the limit of the body counts, not that of the head."""
        for stream in self._streams:
            stream.head_is_read()

    def _addresses(self) -> list[str]:
        """The target's addresses, each checked: one that is not public refuses them all."""
        here = self._here
        if ":" in here.host or here.host.replace(".", "").isdigit():
            return [addresses.check(here.host, here)]
        # The final dot keeps the system from trying the name inside its search domains.
        name = here.host if here.allowed else here.host + "."
        found = _within(self._clock, here, lambda: self._resolve(name))
        return [addresses.check(address, here) for address in found]


class _Timed(httpcore.NetworkStream):
    """A stream that ends with the clock and with the limits on bytes."""

    def __init__(self, inner: httpcore.NetworkStream, limits: FetchLimits, clock: Clock) -> None:
        self._inner = inner
        self._limits = limits
        self._clock = clock
        self._received = 0
        self._left = limits.max_header_bytes
        self._secured: _Timed | None = None

    def head_is_read(self) -> None:
        # Chunked encoding may add to the body; twice its limit is far from any honest server.
        self._left = 2 * self._limits.max_bytes + 65_536
        if self._secured:
            self._secured.head_is_read()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._left <= 0:
            raise httpcore.RemoteProtocolError("more bytes than an honest answer has")
        data = self._inner.read(min(max_bytes, 16_384), self._seconds(httpcore.ReadTimeout))
        self._left -= len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._seconds(httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        seconds = self._seconds(httpcore.ConnectTimeout)
        inner = self._inner.start_tls(ssl_context, server_hostname, seconds)
        self._secured = _Timed(inner, self._limits, self._clock)
        return self._secured

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def _seconds(self, expired: type[Exception]) -> float:
        left = self._clock.left()
        if left <= 0:
            raise expired("the time for this fetch is over")
        return left


def _within(clock: Clock, here: Target, work: Callable[[], Sequence[str]]) -> Sequence[str]:
    """Run a look-up, which knows no time limit of its own, in a thread that may be left behind."""
    results: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            results.put(work())
        except Exception as error:  # handed to the caller, whatever it is
            results.put(error)

    threading.Thread(target=run, name="look up a host", daemon=True).start()
    try:
        found = results.get(timeout=max(clock.left(), 0.001))
    except queue.Empty:
        raise clock.refusal(here) from None
    if isinstance(found, (OSError, UnicodeError)):
        raise FetchRefused(
            f"{show(here.host)}: there is no host of that name. Check the address."
        ) from found
    if isinstance(found, Exception):
        raise found
    return found
