"""Messages over a socket, between the one who asks and the process that reads: bytes, and how many.

Never pickle: what a process that read a hostile file sends is data, of a limited size.
"""

from __future__ import annotations

import socket
import struct

_LENGTH = struct.Struct(">Q")
_PIECE = 1 << 20


def send(stream: socket.socket, payload: bytes) -> None:
    """Send one message. Raises OSError."""
    stream.sendall(_LENGTH.pack(len(payload)))
    stream.sendall(payload)


def receive(stream: socket.socket, most: int) -> bytes | None:
    """The next message; None if the other end has gone, or announces more than `most` bytes.

    Raises OSError.
    """
    head = _exactly(stream, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    return None if length > most else _exactly(stream, length)


def _exactly(stream: socket.socket, length: int) -> bytes | None:
    received = bytearray()
    while len(received) < length:
        part = stream.recv(min(length - len(received), _PIECE))
        if not part:
            return None
        received += part
    return bytes(received)
