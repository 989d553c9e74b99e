"""A written answer that grows in its message: verified sentences as they come, in few edits."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Self

from bot import faults
from knowledge import Shown

logger = logging.getLogger(__name__)

EDIT_SECONDS = 1.2
"""Least time between two edits of one message.

Discord lets a channel be edited some five times in five seconds (what its rate limit headers
say, November 2026); this stays below and is read like speech.
"""

Put = Callable[[Sequence[Shown]], Awaitable[Any]]
"""Shows all sentences so far in the message."""


class Growing:
    """Collects sentences from a thread and puts them into a message. Lives for one answer.

    A context manager: when it ends, no edit is under way and none will follow, so that the
    whole answer is the last word, and it keeps the distance between edits too. An edit that
    Discord refuses is left out: the whole answer comes in any case.
    """

    def __init__(self, seconds: float = EDIT_SECONDS) -> None:
        """Belongs to the running event loop; `seconds` is the least time between edits."""
        self._loop = asyncio.get_running_loop()
        self._seconds = seconds
        self._sentences: list[Shown] = []
        self._shown = 0
        self._more = asyncio.Event()
        self._edited: float | None = None
        self._task: asyncio.Task[None] | None = None
        self._over = False

    def tell(self, sentence: Shown) -> None:
        """Take a verified sentence. Called from any thread; never waits for the event loop."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to read
            self._loop.call_soon_threadsafe(self._take, sentence)

    def begin(self, put: Put) -> None:
        """Show what comes, now that there is a message to show it in."""
        self._task = asyncio.create_task(self._grow(put))

    def edited(self) -> None:
        """Count an edit of the same message that somebody else made."""
        self._edited = time.monotonic()

    @property
    def begun(self) -> bool:
        """True once the message shows a sentence."""
        return self._shown > 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over = True
        self._more.set()
        if self._task is not None:
            # Its last edit, if one is under way, must reach Discord before the whole answer.
            await self._task
        if self._shown:
            await asyncio.sleep(self._left())

    def _take(self, sentence: Shown) -> None:
        self._sentences.append(sentence)
        if not self._over:
            self._more.set()

    def _left(self) -> float:
        """Seconds until the next edit may be made."""
        if self._edited is None:
            return 0.0
        return max(0.0, self._edited + self._seconds - time.monotonic())

    async def _grow(self, put: Put) -> None:
        while not self._over:
            await self._more.wait()
            self._more.clear()
            while not self._over and (left := self._left()):
                # Woken by more sentences, which join this edit, or by the end.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._more.wait(), left)
                self._more.clear()
            if self._over or self._shown == len(self._sentences):
                continue
            count = len(self._sentences)
            try:
                await put(tuple(self._sentences[:count]))
                self._shown = count
            except Exception as fault:
                # Whatever became of an edit, the whole answer is still to come.
                logger.info("a growing answer was not edited: %s", fault)
                if faults.unanswerable(fault):
                    return
            finally:
                # From its end: so the edits that Discord sees are as far apart.
                self._edited = time.monotonic()
