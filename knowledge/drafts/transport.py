"""One call of a chat model that ends well or with a reason, and never late.

What LangChain's integrations leave open is closed here: a stream that just ends looks
like success in all of them, timeouts are per read, and errors in mid-stream arrive raw
(our measurements with langchain 1.x, November 2026).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from knowledge.drafts.failures import COUNTED, ChatFailure, Reason, read_failure
from knowledge.drafts.models import GOOD_STOPS, stop_reason
from knowledge.drafts.prompts import Prompt

if TYPE_CHECKING:
    from langchain_core.callbacks import BaseCallbackHandler
    from langchain_core.language_models import BaseChatModel

MAX_REPLY = 20_000
"""Characters after which an answer is not listened to any longer, whatever the server sends."""
MAX_RETRIES = 2
MAX_WAIT = 20.0
"""Seconds of `retry-after` that are honoured; who asks for more is asked another time."""
BACKOFF = 0.5
"""Seconds before the first retry where the provider names none; doubled each time."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer of a model."""

    text: str
    input_tokens: int | None
    """None where the provider does not say."""
    output_tokens: int | None


async def talk(
    name: str,
    chat: BaseChatModel,
    prompt: Prompt,
    on_text: Callable[[str], None],
    handlers: list[BaseCallbackHandler],
) -> Reply:
    """Stream one answer, handing on its text as it comes. Raises ChatFailure.

    Only an answer that ends with a good stop reason is returned; text already handed on
    is then worth nothing, and the caller must have verified it by itself.
    """
    heard = _Heard()
    async with aclosing(_listen(name, chat, prompt, heard, handlers)) as parts:
        # Outside the seam: a fault of our own in `on_text` stays a fault of our own.
        async for part in parts:
            on_text(part)
    _judge_end(name, heard.text, heard.reason)
    # A server that names no input says 0, and 0 tokens were never read: unknown.
    if heard.usage is None or not heard.usage[0]:
        return Reply(heard.text, None, None)
    return Reply(heard.text, *heard.usage)


@dataclass(slots=True)
class _Heard:
    text: str = ""
    reason: str | None = None
    usage: tuple[int, int] | None = None


async def _listen(
    name: str,
    chat: BaseChatModel,
    prompt: Prompt,
    heard: _Heard,
    handlers: list[BaseCallbackHandler],
) -> AsyncGenerator[str, None]:
    """Yield the text of a stream; `heard` is filled on the way. Raises ChatFailure."""
    messages = [("system", prompt.system), ("human", prompt.user)]
    stream = chat.astream(messages, config={"callbacks": handlers} if handlers else None)
    try:
        async with aclosing(cast(Any, stream)) as chunks:
            async for chunk in chunks:
                heard.reason = stop_reason(chunk.response_metadata) or heard.reason
                if chunk.additional_kwargs.get("refusal"):
                    heard.reason = "refusal"
                if chunk.usage_metadata:
                    used = heard.usage or (0, 0)
                    heard.usage = (
                        used[0] + chunk.usage_metadata["input_tokens"],
                        used[1] + chunk.usage_metadata["output_tokens"],
                    )
                part = str(chunk.text)
                heard.text += part
                if len(heard.text) > MAX_REPLY:
                    raise ChatFailure(name, Reason.LENGTH)
                if part:
                    yield part
    except Exception as error:
        # The seam: whatever a client raises becomes one of ours. Cancellation passes.
        raise read_failure(name, error) from None


def _judge_end(name: str, text: str, reason: str | None) -> None:
    if reason in ("refusal", "sensitive"):
        raise ChatFailure(name, Reason.DECLINED)
    if reason in ("max_tokens", "length", "model_length", "model_context_window_exceeded", "load"):
        raise ChatFailure(name, Reason.LENGTH)
    if reason and ("filter" in reason or reason in ("safety", "blocklist", "prohibited_content")):
        raise ChatFailure(name, Reason.FILTER)
    if reason not in GOOD_STOPS:
        raise ChatFailure(name, Reason.CUT if text or reason else Reason.UNREADABLE)
    if not text.strip():
        raise ChatFailure(name, Reason.EMPTY)


def pause(failure: ChatFailure, retry: int, left: float) -> float | None:
    """Return seconds to wait before retry number `retry` (from 0), or None to give up.

    `left` is what remains of the deadline, in seconds.
    """
    wait = failure.after if failure.after is not None else BACKOFF * 2**retry
    return wait if retry < MAX_RETRIES and wait <= MAX_WAIT and wait < left else None


class Breaker:
    """Leaves a provider alone after repeated failure. Lives in one event loop."""

    FAILURES = 3
    REST_SECONDS = 60.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._until = 0.0

    def closed(self) -> bool:
        """Say whether it may be asked; after the rest one call is let through to try."""
        if self._clock() < self._until:
            return False
        if self._failures >= self.FAILURES:
            self._until = self._clock() + self.REST_SECONDS
        return True

    def record(self, failure: ChatFailure | None) -> None:
        """Count a failure of the provider's, or forget them all after a success."""
        if failure is None:
            self._failures, self._until = 0, 0.0
        elif failure.reason in COUNTED:
            self._failures += 1
            if self._failures >= self.FAILURES:
                self._until = self._clock() + self.REST_SECONDS


def remaining(started: float, seconds: float) -> float:
    """Return what is left of a deadline, in seconds; `started` as of the loop's clock."""
    return started + seconds - asyncio.get_running_loop().time()
