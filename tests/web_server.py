"""A web server on loopback that can misbehave in any way: it speaks bytes, not HTTP."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

Behaviour = Callable[["Exchange"], None]


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    method: str
    path: str
    headers: dict[str, str]
    """By lower-case name."""


@dataclass(frozen=True)
class Exchange:
    """One connection with one request on it."""

    request: Request
    connection: socket.socket
    stopped: threading.Event

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def answer(self, body: bytes = b"", status: int = 200, **headers: str) -> None:
        """Send a proper answer; underscores in names of headers become hyphens."""
        rows = {name.replace("_", "-"): value for name, value in headers.items()}
        if status not in (204, 304):
            rows.setdefault("Content-Length", str(len(body)))
        head = "".join(f"{name}: {value}\r\n" for name, value in rows.items())
        self.send(f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode("latin-1") + body)

    def wait(self, seconds: float) -> bool:
        """Wait, and say whether the server is being stopped."""
        return self.stopped.wait(seconds)


@dataclass
class WebServer:
    """Answers each path by its behaviour; an unknown path gets 404. A context manager."""

    tls: ssl.SSLContext | None = None
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Self:
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        with socket.create_connection(("127.0.0.1", self.port)):
            pass  # wakes the thread that waits for a client
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def on(self, path: str, behaviour: Behaviour) -> str:
        """Answer a path from now on; its URL comes back."""
        self.behaviours[path] = behaviour
        return self.url(path)

    def page(self, path: str, body: bytes | str, status: int = 200, **headers: str) -> str:
        """Serve a page from now on; its URL comes back."""
        data = body.encode() if isinstance(body, str) else body
        headers.setdefault("Content_Type", "text/html; charset=utf-8")
        return self.on(path, lambda exchange: exchange.answer(data, status, **headers))

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    @property
    def host(self) -> str:
        """As an admin would allow it."""
        return f"127.0.0.1:{self.port}"

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._stopped.is_set():
                connection.close()
                return
            self._start(lambda connection=connection: self._serve(connection))

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    piece = connection.recv(4096)
                    if not piece:
                        return
                    head += piece
                request = _request(head)
                self.requests.append(request)
                behave = self.behaviours.get(request.path, lambda e: e.answer(b"?", 404))
                behave(Exchange(request, connection, self._stopped))
        except OSError:
            connection.close()  # the client hung up, as a careful client does


def _request(head: bytes) -> Request:
    first, *rest = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
    method, path, _ = first.split(" ", 2)
    rows = (line.partition(":") for line in rest)
    return Request(method, path, {name.strip().lower(): value.strip() for name, _, value in rows})
