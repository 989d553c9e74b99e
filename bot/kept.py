"""What is kept between two clicks, as values: an answer, a report, a server's choices."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What is kept of an answer so that its buttons work: no text of a document."""

    key: str
    asker: str
    question: str
    libraries: tuple[str, ...]
    outcome: str
    citations: tuple[Mapping[str, Any], ...]
    """number, document, start, end, link, title of each citation, in order."""
    related: tuple[Mapping[str, Any], ...] = ()
    options: Mapping[str, str | None] = field(default_factory=dict)
    history: tuple[tuple[str, str], ...] = ()
    understood_as: str | None = None
    guild: int | None = None
    channel: int | None = None
    message: int | None = None
    """The message that holds the buttons."""
    pages: tuple[int, ...] = ()
    """The messages before it, where an answer needed several."""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """A member's report of an answer, or a question that the record could not answer."""

    id: int
    kind: str
    """report | gap"""
    sender: str
    at: float
    question: str
    reason: str
    note: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class Server:
    """What a server has chosen in `/footnote setup`."""

    guild: int
    moderator_role: int | None = None
    answer_channels: tuple[int, ...] = ()
    log_channel: int | None = None
    language: str | None = None
    questions_per_member: int | None = None
    questions_per_channel: int | None = None
    paused_until: float = 0.0
    left_at: float | None = None
    sample: bool = False
    model: bool = False


def read_server(guild: int, body: str) -> Server:
    """Read a server's choices; what another version kept beside them is left out."""
    known = {f: v for f, v in json.loads(body).items() if f in Server.__dataclass_fields__}
    known["answer_channels"] = tuple(known.get("answer_channels", ()))
    return Server(**known | {"guild": guild})
