"""Plain text in whatever encoding, as paragraphs; and the decoding that other loaders share."""

from __future__ import annotations

import re

from charset_normalizer import from_bytes

from knowledge.errors import EmptyDocument, UnreadableDocument
from knowledge.reading.loaders.numbering import is_heading, numbered, part_headings
from knowledge.reading.loaders.printed import unprint
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.types import Block, SetAside

_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_BLANK_LINES = re.compile(r"\n[ \t\u00a0]*(?:\n[ \t\u00a0]*)+")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE)

SAMPLE_BYTES = 64 * 1024
"""How much of a file is looked at to decide what it is."""


def sniff(data: bytes, name: str | None) -> bool:
    """Whether the bytes can be read as text at all."""
    head = data[:SAMPLE_BYTES]
    if head.startswith((b"\xd0\xcf\x11\xe0", b"\x89PNG", b"PK\x03\x04")):
        return False  # old Office files are half zero bytes and can pass for UTF-16
    if head.startswith(tuple(mark for mark, _ in _MARKS)):
        return True
    if _wide(head) is not None:
        return True
    if b"\x00" in head:
        return False
    # Escape codes and stray controls occur in real text; a twentieth of them does not.
    controls = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in head)
    return controls * 20 <= max(len(head), 20)


def load(data: bytes, options: LoadOptions) -> Loaded:
    """Plain text as paragraphs, parted by blank lines; sections of a law by their headings.

    Running lines of printed pages are set aside, line numbers taken off. Raises
    EmptyDocument if there is no text in it.
    """
    text, running = unprint(decode(data, options))
    blocks = [
        Block(" ".join(block.text.split()), role="heading", level=3)
        if is_heading(block.text)
        else block
        for block in paragraphs(part_headings(text))
    ]
    if not blocks:
        raise EmptyDocument(f"{options.name or 'The text'} holds no text. Nothing was added.")
    return Loaded(
        blocks=tuple(numbered(blocks)),
        set_aside=tuple(SetAside(line, "furniture") for line in running),
        format="text",
    )


def paragraphs(text: str) -> tuple[Block, ...]:
    """The paragraphs of plain text, their line breaks kept: in a letterhead they mean something."""
    parts = [part.strip("\n") for part in _BLANK_LINES.split(text)]
    return tuple(Block(part.rstrip()) for part in parts if part.strip())


def decode(data: bytes, options: LoadOptions) -> str:
    """The bytes as text with `\\n` line ends, without control characters.

    A byte order mark wins, then UTF-8 if it fits, then the declared charset, then a guess.
    Raises UnreadableDocument if no encoding gives text.
    """
    text = _decode(data, options.media_type)
    if text is None:
        raise UnreadableDocument(
            f"{options.name or 'The text'}: no known encoding fits it. "
            "Save it as UTF-8 and add it again."
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    return _CONTROL.sub("", text)


def _decode(data: bytes, media_type: str | None) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    wide = _wide(data[:SAMPLE_BYTES])
    if wide is not None:
        return data.decode(wide, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = _CHARSET.search(media_type or "")
    if declared is not None:
        try:
            return data.decode(declared.group(1))
        except (LookupError, UnicodeDecodeError):
            pass  # servers declare what they like; guess instead
    # A guess needs no more than the first part, and the guessing is slow.
    guess = from_bytes(data[:SAMPLE_BYTES]).best()
    encoding = guess.encoding if guess is not None else "cp1252"
    # A few broken bytes in an otherwise UTF-8 file: keep the file, mark the bytes.
    broken = data.decode("utf-8", errors="replace")
    if broken.count("�") * 200 < len(broken):
        return broken
    try:
        return data.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        return data.decode("cp1252", errors="replace")


def _wide(head: bytes) -> str | None:
    """UTF-16 without its mark, told by the zero bytes that Latin letters have there."""
    if len(head) < 8:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    little, big = odd > half * 0.4 and even < half * 0.05, even > half * 0.4 and odd < half * 0.05
    if not little and not big:
        return None
    encoding = "utf-16-le" if little else "utf-16-be"
    text = head[: len(head) // 2 * 2].decode(encoding, errors="replace")
    # Other files have zero bytes at every second place too; text has no controls.
    controls = sum(character < " " and character not in "\t\n\r\f" for character in text)
    return encoding if controls * 50 <= len(text) else None
