"""Content encodings of the web, undone piece by piece within a limit. Standard library only."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    _Inflater = zlib._Decompress


class Decoder:
    """Undoes gzip or deflate; anything else is refused, and so is a stack of encodings.

    feed and finish raise ValueError whose text completes "the page ...".
    """

    def __init__(self, encoding: str, max_bytes: int) -> None:
        names = [name.strip().lower() for name in encoding.split(",")]
        names = [name for name in names if name not in ("", "identity")]
        self._name = names[0].removeprefix("x-") if names else ""
        self._supported = len(names) < 2 and self._name in ("", "gzip", "deflate")
        self._left = max_bytes + 1
        self._inflater: _Inflater | None = None
        self._between = b""
        self._members = 0
        self._over = False

    def feed(self, data: bytes) -> bytes:
        """Decode a piece. Comes back one byte above max_bytes, in all, at the most."""
        if not self._supported:
            raise ValueError("the page comes in an encoding that was not asked for")
        if not self._name:
            return data
        parts: list[bytes] = []
        data, self._between = self._between + data, b""
        while data and self._left > 0 and not self._over:
            if self._inflater is None:
                if self._members and data == b"\x1f":
                    self._between = data
                    break
                if self._members and data[:2] != b"\x1f\x8b":
                    self._over = True  # padding after the last member: browsers ignore it too
                    break
                self._inflater = _inflater(self._name, data)
                self._members += 1
            try:
                part = self._inflater.decompress(data, self._left)
            except zlib.error as error:
                raise ValueError(f"the page is not the {self._name} data it says it is") from error
            self._left -= len(part)
            parts.append(part)
            data = self._inflater.unconsumed_tail
            if self._inflater.eof:
                data = self._inflater.unused_data
                self._over = self._name == "deflate"
                self._inflater = None
        return b"".join(parts)

    def finish(self) -> None:
        """Say that no more data follows."""
        if self._inflater is not None and self._left > 0:
            raise ValueError("the page ends in the middle of its compressed data")


def _inflater(name: str, data: bytes) -> _Inflater:
    if name == "gzip":
        return zlib.decompressobj(zlib.MAX_WBITS | 16)
    # "deflate" means zlib's format; some servers send the bare stream (RFC 9110, 8.4.1.2).
    wrapped = data[0] & 0x0F == 8 and (len(data) < 2 or (data[0] << 8 | data[1]) % 31 == 0)
    return zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
