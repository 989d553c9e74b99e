"""The one crossing from the event loop to threads: a bounded queue of questions with deadlines.

The record is synchronous. Questions run in a few threads; the queue says how many are before a
question, refuses when it is full, and gives up at a deadline with a sentence. The bot's own state
has one thread of its own, so that a click never waits behind a question.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from knowledge import give_back_memory

P = ParamSpec("P")
R = TypeVar("R")

logger = logging.getLogger(__name__)


class TooBusy(Exception):
    """The queue is full; `waiting` questions are in it."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} questions are waiting")
        self.waiting = waiting


class TooSlow(Exception):
    """The deadline passed before there was an answer."""


class Line:
    """Questions of one kind: a few at a time, the others in order, all with a deadline."""

    def __init__(self, workers: int, queue: int, seconds: float) -> None:
        self._workers, self._queue, self._seconds = workers, queue, seconds
        self._waiting = 0
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="question")
        self._slots = asyncio.Semaphore(workers)

    @property
    def before(self) -> int:
        """How many questions a new one would have to wait for."""
        return max(0, self._waiting - self._workers + 1)

    async def ask(self, function: Callable[P, R], *values: P.args, **named: P.kwargs) -> R:
        """Run a question's work in a thread, in order of arrival.

        Raises TooBusy at once when the queue is full, TooSlow when the deadline passes; work
        that has begun then ends by itself and keeps its thread until it does.
        """
        if self._waiting >= self._queue + self._workers:
            raise TooBusy(self._waiting)
        self._waiting += 1
        loop = asyncio.get_running_loop()
        begun = False
        try:
            async with asyncio.timeout(self._seconds):
                await self._slots.acquire()
                begun = True
                future = loop.run_in_executor(
                    self._threads, lambda: self._run(function, *values, **named)
                )
                # The slot is given back when the thread is free, not when we stop waiting for it.
                future.add_done_callback(self._free)
                return await asyncio.shield(future)
        except TimeoutError as error:
            raise TooSlow from error
        finally:
            if not begun:
                self._waiting -= 1

    def _run(self, function: Callable[P, R], *values: P.args, **named: P.kwargs) -> R:
        try:
            return function(*values, **named)
        finally:
            # After each, not only the last: with 13,012 passages and twenty asking at once the
            # bot took 479 MB without and 420 with it (our measurement, November 2026).
            give_back_memory()

    def _free(self, future: asyncio.Future[R]) -> None:
        self._waiting -= 1
        self._slots.release()
        if not future.cancelled():
            future.exception()  # an answer nobody waits for any more may have failed

    def close(self) -> None:
        """End the threads; work that has begun is waited for by nobody."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Desk:
    """Threads for questions and for state. `close()` ends them.

    A question that waits for a language model keeps a thread for seconds and the processor for
    none of them: those have a line of their own, so that quotations never wait behind them.
    """

    def __init__(self, workers: int, queue: int, seconds: float, writers: int = 1) -> None:
        self._seconds = seconds
        self.quoted = Line(workers, queue, seconds)
        self.written = Line(writers, queue, seconds)
        self._state = ThreadPoolExecutor(1, thread_name_prefix="state")
        self._reads = ThreadPoolExecutor(2, thread_name_prefix="read")

    async def keep(self, function: Callable[P, R], *values: P.args, **named: P.kwargs) -> R:
        """Run a quick call on the bot's own state in its thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._state, lambda: function(*values, **named))

    async def read(self, function: Callable[P, R], *values: P.args, **named: P.kwargs) -> R:
        """Run a read of the record that is not a question: a list, a document."""
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._reads, lambda: function(*values, **named))
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.shield(future)
        except TimeoutError as error:
            raise TooSlow from error

    def close(self) -> None:
        """End the threads; work that has begun is waited for by nobody."""
        self.quoted.close()
        self.written.close()
        for pool in (self._state, self._reads):
            pool.shutdown(wait=False, cancel_futures=True)
