"""What a person sees of long work on a terminal: documents, pages, passages a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from knowledge.sources import display_name

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Watch(Protocol):
    """Where work says how far it has come."""

    def start(self, label: str) -> None:
        """A document is begun."""

    def tell(self, what: str, done: int, total: int) -> None:
        """So many of its pages or passages are done; a `knowledge.progress.Tell`."""

    def finish(self) -> None:
        """The document is done, or refused."""


@contextmanager
def watching(documents: int) -> Iterator[Watch]:
    """Show how far the work on so many documents has come, where standard error is a terminal.

    The lines leave the screen at the end.
    """
    if not sys.stderr.isatty():
        yield _Unwatched()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[figures]}", markup=False),
        console=Console(stderr=True),
        transient=True,
        # Else rich would send what goes to a file to the terminal.
        redirect_stdout=sys.stdout.isatty(),
    ) as bars:
        yield _Screen(bars, documents)


class _Unwatched:
    def start(self, label: str) -> None: ...

    def tell(self, what: str, done: int, total: int) -> None: ...

    def finish(self) -> None: ...


class _Screen:
    """A bar for all documents, where there are several, and one for the document in work."""

    def __init__(self, bars: Progress, documents: int) -> None:
        self._bars, self._documents, self._done = bars, documents, 0
        self._all: TaskID | None = None
        self._one: TaskID | None = None
        self._label = ""
        self._began: tuple[str, int, float] | None = None
        if documents > 1:
            self._all = bars.add_task("Documents", total=documents, figures=f"0 of {documents}")

    def start(self, label: str) -> None:
        self._label, self._began = display_name(label), None
        self._one = self._bars.add_task(self._label, total=None, figures="")

    def tell(self, what: str, done: int, total: int) -> None:
        if self._one is None:
            return
        now = time.monotonic()
        first = self._began is None or self._began[0] != what
        if first:
            self._began = (what, done, now)
        assert self._began is not None
        _, before, since = self._began
        figures = f"{done} of {total} {what}"
        if what == "passages" and now > since and not first:
            figures += f", {(done - before) / (now - since):.0f} a second"
        self._bars.update(self._one, completed=done, total=total, figures=figures, refresh=first)

    def finish(self) -> None:
        self._done += 1
        if self._one is not None:
            self._bars.refresh()
            self._bars.remove_task(self._one)
            self._one = None
        if self._all is not None:
            figures = f"{self._done} of {self._documents}"
            self._bars.update(self._all, completed=self._done, figures=figures)
