"""What can go wrong between us and a model provider, read from any client's exceptions.

Only what a provider's answer is, never what it says: error bodies repeat keys, prompts
and addresses. Messages are ours and go to the admin's log; members read that the answer
is made of quotations.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from knowledge.errors import ChatModelError


class Reason(StrEnum):
    """Why there is no answer of the model's."""

    RATE = "rate limit"
    OVERLOADED = "overloaded"
    SERVER = "server error"
    CONNECTION = "no connection"
    KEY = "key refused"
    MODEL = "unknown model"
    TOO_LONG = "prompt too long"
    REFUSED_REQUEST = "request refused"
    UNREADABLE = "unreadable answer"
    CUT = "answer cut off"
    EMPTY = "empty answer"
    DECLINED = "model declined"
    LENGTH = "length limit"
    FILTER = "content filter"
    DEADLINE = "deadline"
    RESTING = "resting after failures"
    SPENT = "budget spent"
    SETUP = "not set up"


RETRIED = frozenset([Reason.RATE, Reason.OVERLOADED, Reason.SERVER, Reason.CONNECTION])
"""What may be better a moment later."""
UNBILLED = frozenset(
    [Reason.RATE, Reason.OVERLOADED, Reason.SERVER, Reason.KEY, Reason.MODEL, Reason.TOO_LONG,
     Reason.REFUSED_REQUEST]
)  # fmt: skip
"""What providers answer before a model has read anything: the reservation is taken back."""
COUNTED = RETRIED | {Reason.KEY, Reason.MODEL, Reason.UNREADABLE, Reason.CUT, Reason.DEADLINE}
"""What the circuit breaker counts: the provider's failures, not a model's declining."""

_HINTS: Mapping[Reason, str] = {
    Reason.RATE: "It limits how often it may be asked. Wait, or raise the limit with the provider.",
    Reason.OVERLOADED: "It is overloaded. Wait, or name a CHAT_FALLBACK_MODEL.",
    Reason.SERVER: "It failed. Wait, or name a CHAT_FALLBACK_MODEL.",
    Reason.CONNECTION: "It cannot be reached. Check the network and CHAT_BASE_URL.",
    Reason.KEY: "It refused the key. Check the provider's key in .env.",
    Reason.MODEL: "It does not know this model. Check the name in CHAT_MODEL.",
    Reason.TOO_LONG: "The prompt is longer than it reads. Choose a model with a larger context.",
    Reason.REFUSED_REQUEST: "It refused the request. Run: footnote models check",
    Reason.UNREADABLE: "What came back is no answer of its protocol. Check CHAT_BASE_URL.",
    Reason.CUT: "Its answer broke off. Ask again.",
    Reason.EMPTY: "Its answer was empty. Ask again.",
    Reason.DECLINED: "The model declined to answer.",
    Reason.LENGTH: "Its answer was longer than CHAT_MAX_OUTPUT_TOKENS. Raise it.",
    Reason.FILTER: "Its content filter stopped the answer.",
    Reason.DEADLINE: "No whole answer within CHAT_TIMEOUT_SECONDS. Raise it, or choose a faster model.",  # noqa: E501
    Reason.RESTING: "It failed several times in a row and is left alone for a minute.",
    Reason.SPENT: "A limit of CHAT_DAILY_... or CHAT_MEMBER_DAILY_... is reached until midnight UTC.",  # noqa: E501
}  # fmt: skip


class ChatFailure(ChatModelError):
    """There is no usable answer of a model. `reason` says why, `after` when to try again."""

    def __init__(self, model: str, reason: Reason, hint: str = "", after: float | None = None):
        """`after`: seconds the provider asks to wait, None if it says nothing."""
        super().__init__(f"{model}: {reason}. {hint or _HINTS.get(reason, '')}".strip())
        self.model = model
        self.reason = reason
        self.after = after


def read_failure(model: str, error: BaseException) -> ChatFailure:
    """Return what an exception of any provider's client means. It is not chained: it may hold a key."""  # noqa: E501
    if isinstance(error, ChatFailure):
        return error
    status = _status(error)
    words = str(error).lower()[:4000]
    if status == 429:
        return ChatFailure(model, Reason.RATE, after=_after(error))
    if status == 529 or "overloaded" in words:
        return ChatFailure(model, Reason.OVERLOADED, after=_after(error))
    if status in (401, 403):
        return ChatFailure(model, Reason.KEY)
    if status == 404:
        return ChatFailure(model, Reason.MODEL)
    if status in (400, 413, 422):
        long = any(w in words for w in ("context", "too long", "too large", "maximum", "tokens"))
        return ChatFailure(model, Reason.TOO_LONG if long else Reason.REFUSED_REQUEST)
    if status is not None and status >= 500:
        return ChatFailure(model, Reason.SERVER, after=_after(error))
    if _is_connection(error):
        return ChatFailure(model, Reason.CONNECTION)
    return ChatFailure(model, Reason.UNREADABLE)


def _status(error: BaseException) -> int | None:
    response = getattr(error, "response", None)
    for place in (error, response):
        status = getattr(place, "status_code", None)
        if isinstance(status, int) and status >= 400:
            return status
    return None


def _after(error: BaseException) -> float | None:
    headers: Any = getattr(getattr(error, "response", None), "headers", None)
    value = headers.get("retry-after") if headers is not None else None
    try:
        return max(0.0, float(value)) if value is not None else None
    except ValueError:
        return None


_CONNECTIONS = frozenset(["APIConnectionError", "APITimeoutError", "TransportError", "NetworkError", "ProtocolError"])  # fmt: skip  # noqa: E501


def _is_connection(error: BaseException) -> bool:
    if isinstance(error, ConnectionError | TimeoutError):
        return True
    return any(kind.__name__ in _CONNECTIONS for kind in type(error).__mro__)
