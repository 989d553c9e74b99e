"""What Chroma raises, in our words: a folder that is damaged, or one that cannot be written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from knowledge.errors import Damaged, FolderUnusable, StoreError


class said_plainly:  # noqa: N801  a context manager that reads as a clause
    """Turn whatever Chroma raises, panics of its Rust core included, into a StoreError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: Any
    ) -> None:
        if error is None or isinstance(error, StoreError):
            return
        # A panic is a BaseException that has no class to name; see pyo3's PanicException.
        is_panic = type(error).__name__ == "PanicException"
        if not is_panic and not isinstance(error, Exception):
            return
        if _cannot_write(self._folder, error):
            raise FolderUnusable(not_written(self._folder, str(error))) from error
        raise Damaged(
            f"{self._folder}: the vectors cannot be read ({_first_line(str(error))}). "
            "Build them again from the record: footnote doctor --repair"
        ) from error


def _cannot_write(folder: Path, error: BaseException) -> bool:
    text = str(error).lower()
    signs = ("full", "no space", "readonly", "read-only", "permission", "too large", "i/o error")
    return isinstance(error, OSError) or any(s in text for s in signs) or not _writable(folder)


def _writable(folder: Path) -> bool:
    return os.access(folder if folder.exists() else folder.parent, os.W_OK)


def not_written(folder: Path, reason: str) -> str:
    """The sentence for vectors that could not be written, and why, in its first line."""
    return (
        f"{folder}: the vectors could not be written ({_first_line(reason)}). "
        "Check free space and permissions, then repeat the command."
    )


def _first_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[0][:200]
