"""Where documents come from: a file, a folder, standard input, an address. Bytes with a name."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import UnreadableDocument

MAX_BYTES = 25_000_000
"""The largest file or page taken, in bytes: what a 2 GB server can parse beside the bot."""

MAX_NAME = 120
"""The longest display name, in characters."""


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of one document-to-be and where they were."""

    data: bytes
    name: str
    """For people only: never used as a path."""
    url: str | None = None
    media_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None


def display_name(name: str) -> str:
    """Clean a file name of control and bidirectional characters and cut it to MAX_NAME.

    The last part of a path only; an empty name becomes "unnamed".
    """
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    clean = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
    clean = " ".join(clean.split())
    return clean[:MAX_NAME] or "unnamed"


def is_url(text: str) -> bool:
    """Say whether a command's argument is an address rather than a path."""
    return text.lower().startswith(("http://", "https://"))


def read_file(path: Path) -> Source:
    """Read a file whole.

    Raises UnreadableDocument if it is missing, not a regular file, too large or not readable.
    """
    name = display_name(path.name)
    try:
        if not path.exists():
            raise UnreadableDocument(f"{name}: there is no such file. Check the path.")
        if not path.is_file():
            raise UnreadableDocument(f"{name}: this is not a regular file. Name a file or folder.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UnreadableDocument(
                f"{name}: {size / 1e6:.0f} MB is more than the limit of {MAX_BYTES / 1e6:.0f} MB. "
                "Split the file and add its parts."
            )
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise UnreadableDocument(
            f"{name}: {reason}. Check the path and its permissions."
        ) from error
    if len(data) > MAX_BYTES:
        raise UnreadableDocument(f"{name}: it grew beyond {MAX_BYTES / 1e6:.0f} MB while read.")
    return Source(data, name)


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and its subfolders, in order of name.

    Hidden files and folders are skipped, and links that lead out of the folder.

    Raises UnreadableDocument if the folder itself cannot be read.
    """
    top = folder.resolve()
    if not os.access(top, os.R_OK | os.X_OK):
        raise UnreadableDocument(
            f"{display_name(folder.name)}: the folder cannot be read. Check its permissions."
        )
    for parent, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent) / name
            if name.startswith(".") or not path.resolve().is_relative_to(top):
                continue
            if path.is_file():
                yield path
