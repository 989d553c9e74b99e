"""A question's way from Discord to the record and back: limits, libraries, what buttons need."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bot import replies
from bot.access import Refused, Visitor
from bot.kept import KeptAnswer
from bot.words import say
from bot.work import Line
from knowledge import Answer, Citation, Mode, Query, Shown, Turn

if TYPE_CHECKING:
    from bot.client import Footnote

WINDOW_SECONDS = 600.0
"""The stretch over which questions are counted."""

MAX_QUESTION = 1000
"""Characters of a question that are taken."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what narrows it and the conversation before it, oldest first."""

    question: str
    options: Mapping[str, str | None] = field(default_factory=dict)
    """publisher, since, until, mode: "quotes" where no model is to write"""
    history: tuple[tuple[str, str], ...] = ()


async def check_limits(client: Footnote, visitor: Visitor) -> None:
    """Count a question. Raises Refused when the member or the channel has had its share."""
    server, locale = visitor.server, visitor.locale
    if server is not None and server.paused_until > time.time():
        until = time.strftime("%H:%M", time.gmtime(server.paused_until))
        raise Refused(say("limit.paused", locale, time=until))
    settings = client.settings
    of_member = (server and server.questions_per_member) or settings.questions_per_member
    of_channel = (server and server.questions_per_channel) or settings.questions_per_channel
    person = client.state.person(visitor.user)
    wait = await client.desk.keep(
        client.state.allow, f"ask:{visitor.guild}:{person}", of_member, WINDOW_SECONDS
    )
    if wait:
        raise Refused(say("limit.member", locale, limit=of_member, n=minutes(wait)))
    if visitor.guild is not None:
        wait = await client.desk.keep(
            client.state.allow, f"channel:{visitor.channel}", of_channel, WINDOW_SECONDS
        )
        if wait:
            raise Refused(say("limit.channel", locale, limit=of_channel, n=minutes(wait)))


def minutes(seconds: float) -> int:
    """Round seconds up to whole minutes."""
    return max(1, -(-int(seconds) // 60))


def with_model(client: Footnote, visitor: Visitor, asked: Asked) -> bool:
    """Say whether a language model may write: one is set, the server lets it, the asker too."""
    allowed = visitor.server is not None and visitor.server.model
    return bool(client.chat_model) and allowed and asked.options.get("mode") != Mode.QUOTES


def query(client: Footnote, visitor: Visitor, asked: Asked, locale: str) -> Query:
    """Make the record's question of a member's."""
    options = {name: value for name, value in asked.options.items() if value}
    return Query(
        question=asked.question,
        libraries=visitor.libraries,
        history=tuple(Turn(role, text) for role, text in asked.history),
        publisher=options.get("publisher"),
        since=options.get("since"),
        until=options.get("until"),
        mode=None if with_model(client, visitor, asked) else Mode.QUOTES,
        locale=locale,
        member=client.state.person(visitor.user),
    )


def line(client: Footnote, query: Query) -> Line:
    """Give the line a question stands in: that of the model, or that of quotations."""
    return client.desk.quoted if query.mode is Mode.QUOTES else client.desk.written


async def find(
    client: Footnote,
    visitor: Visitor,
    asked: Asked,
    locale: str,
    on_sentence: Callable[[Shown], None] | None = None,
) -> tuple[Answer, str]:
    """Answer a question and keep what its buttons need; gives the answer and its key.

    `on_sentence` gets the verified sentences of a written answer as they come, from a thread.
    """
    wanted = query(client, visitor, asked, locale)
    answer = await line(client, wanted).ask(client.record.ask, wanted, on_sentence)
    return answer, await keep(client, visitor, asked, answer)


async def keep(client: Footnote, visitor: Visitor, asked: Asked, answer: Answer) -> str:
    """Keep what an answer's buttons need, under a new key."""
    key = secrets.token_urlsafe(9)
    client.remember(key, answer)
    kept = KeptAnswer(
        key=key,
        asker=client.state.person(visitor.user),
        question=asked.question,
        libraries=visitor.libraries,
        outcome=str(answer.outcome),
        citations=tuple(kept_citation(c) for c in answer.citations),
        related=tuple(kept_citation(c) for c in answer.related),
        options=dict(asked.options),
        history=asked.history[-6:],
        understood_as=answer.understood_as,
        guild=visitor.guild,
        channel=visitor.channel,
    )
    await client.desk.keep(client.state.keep_answer, kept)
    return key


def kept_citation(citation: Citation) -> dict[str, Any]:
    """What is kept of a citation: where it points, no words of the document."""
    return {
        "number": citation.number,
        "document": citation.document_id,
        "start": citation.start,
        "end": citation.end,
        "link": replies.stored_link(citation),
        "locator": citation.locator,
    }


def continued(kept: KeptAnswer, said: str = "") -> tuple[tuple[str, str], ...]:
    """The conversation up to and including a kept answer, oldest first, at most three questions."""
    turn = (("user", kept.understood_as or kept.question),)
    reply = (("assistant", said),) if said else ()
    return (*kept.history, *turn, *reply)[-6:]


def may_see(kept: KeptAnswer, visitor: Visitor) -> tuple[str, ...]:
    """The libraries of a kept answer that this visitor may read here."""
    return tuple(name for name in kept.libraries if name in visitor.libraries)


async def recall(client: Footnote, visitor: Visitor, key: str) -> KeptAnswer:
    """Give a kept answer for a click on its button. Raises Refused when it is past its time."""
    kept = await client.desk.keep(client.state.answer, key)
    if kept is None or kept.guild != visitor.guild:
        raise Refused(say("fault.gone", visitor.locale))
    return kept


async def answer_again(client: Footnote, visitor: Visitor, kept: KeptAnswer, locale: str) -> Answer:
    """Give the answer behind a button: from memory, else asked again."""
    remembered = client.recall(kept.key)
    if remembered is not None:
        return remembered
    asked = Asked(kept.question, kept.options, kept.history)
    narrowed = replace(query(client, visitor, asked, locale), libraries=may_see(kept, visitor))
    answer = await line(client, narrowed).ask(client.record.ask, narrowed)
    client.remember(kept.key, answer)
    return answer
