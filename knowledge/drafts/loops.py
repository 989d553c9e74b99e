"""One event loop of its own for all model calls of a process, in one thread.

LangChain's clients keep their connections from call to call, some for all models of a
process, and these stay with the loop they were first used in. So there is one loop, and
neither synchronous callers nor a bot's own loop ever wait inside it.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

GRACE_SECONDS = 0.7
"""How long after its deadline a call that does not stop is waited for."""

_guard = threading.Lock()
_running: list[asyncio.AbstractEventLoop] = []


def run(work: Coroutine[Any, Any, T], seconds: float) -> T:
    """Run `work` in the loop, cancelled after `seconds`; blocks the calling thread.

    Raises TimeoutError when the time is over, even if the work cannot be cancelled.
    """

    async def bounded() -> T:
        async with asyncio.timeout(seconds):
            return await work

    future = asyncio.run_coroutine_threadsafe(bounded(), _loop())
    try:
        return future.result(seconds + GRACE_SECONDS)
    except (TimeoutError, concurrent.futures.CancelledError):
        future.cancel()
        raise TimeoutError from None


def _loop() -> asyncio.AbstractEventLoop:
    with _guard:
        if not _running:
            loop = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="models", daemon=True).start()
            _running.append(loop)
        return _running[0]
