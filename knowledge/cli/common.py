"""What the commands share: options, the opened record, JSON on standard output."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from knowledge.errors import UnknownLibrary, UsageError
from knowledge.settings import Settings

if TYPE_CHECKING:
    from knowledge.library import Record

DEBUG = "FOOTNOTE_DEBUG"
"""Environment variable: when set, an unexpected fault shows its traceback."""


class Misuse(Exception):
    """The command makes no sense as it was given: exit status 2."""


Library = Annotated[
    str | None, typer.Option("--library", "-l", help="Library to use, instead of the default.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON only.")]
Wait = Annotated[
    float, typer.Option("--wait", help="Seconds to wait while another process writes.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def settings() -> Settings:
    """Read the settings; a wrong one becomes a sentence that names it."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"{name}: {first['msg']}. Correct it in .env or the environment."
        ) from error


@contextmanager
def record(wait_seconds: float = 30.0) -> Iterator[Record]:
    """Open the record of the settings' data folder for one command."""
    from knowledge.library import Record  # Chroma and onnxruntime cost a second: not for --help

    with Record.open(settings(), wait_seconds=wait_seconds) as opened:
        yield opened


def library_or_default(name: str | None) -> str:
    """The library a command works on."""
    return name or settings().library


def print_json(value: Any) -> None:
    """Print one JSON value on a line, flushed."""
    print(json.dumps(value, ensure_ascii=False), flush=True)


def actor() -> str:
    """Who the journal says it was: the command line, and the account that ran it."""
    return os.environ.get("FOOTNOTE_ACTOR") or f"command line ({account()})"


def checked_library(opened: Record, name: str | None) -> str:
    """The library a command reads. Raises UnknownLibrary for one that nobody added to."""
    chosen = library_or_default(name)
    names = opened.libraries()
    if chosen not in names and chosen != settings().library:
        raise UnknownLibrary(
            f"{chosen}: there is no library of that name. "
            f"Libraries: {', '.join(names) or 'none yet'}."
        )
    return chosen


def account() -> str:
    """The name of the account, or its number where it has none."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
