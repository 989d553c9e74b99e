"""A change to the record from Discord: run in a child, followed, kept for `/source recent`.

The result goes to whoever asked, to the server's log channel, and stays reachable for seven days.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import discord

from bot import faults
from bot.access import Visitor
from bot.escaping import one_line
from bot.pages import Press, Sheet, layout
from bot.words import say

if TYPE_CHECKING:
    from bot.client import Footnote

logger = logging.getLogger(__name__)

UNDOABLE = ("add", "edit", "replace")
"""A removal is real: nothing of the document is kept that could be put back."""

PROGRESS_SECONDS = 20.0
"""How often a long change says that it is still going on."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to the record: for the log, `/source recent` and *Undo*."""

    verb: str
    """add | remove | edit | refresh | replace"""
    title: str
    ids: tuple[str, ...] = ()
    before: dict[str, Any] = field(default_factory=dict)
    """The former particulars of an edit or a replacement."""
    older: dict[str, str] | None = None
    """Id and title of a document that an addition seems to replace; a moderator decides."""


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a change: what to say, and what was changed; None if nothing was."""

    text: str
    change: Change | None


async def carry_out(
    interaction: discord.Interaction[Footnote],
    visitor: Visitor,
    change: Change,
    work: Callable[[], Awaitable[Done]],
) -> None:
    """Run a change that a moderator confirmed, one at a time, and report its end.

    The interaction must be deferred. Work that outlives its token is reported in the log channel
    and in `/source recent`.
    """
    client, guild = interaction.client, visitor.guild
    assert guild is not None
    key = secrets.token_urlsafe(9)
    actor = await client.desk.keep(client.state.pseudonym, visitor.user)
    await _keep(client, guild, key, change, actor, "working")
    task = asyncio.create_task(_locked(client, work))
    finished = await _follow(interaction, visitor, change, task)
    client.chore(_end(client, visitor, key, change, actor, task, interaction if finished else None))


async def _locked(client: Footnote, work: Callable[[], Awaitable[Done]]) -> Done:
    async with client.changing:
        return await work()


async def _follow(
    interaction: discord.Interaction[Footnote],
    visitor: Visitor,
    change: Change,
    task: asyncio.Task[Done],
) -> bool:
    """Say now and then that work goes on; False if it outlives what Discord lets us edit."""
    started = time.monotonic()
    limit = interaction.client.settings.change_seconds
    title = one_line(change.title, 120)
    while not task.done():
        left = started + limit - time.monotonic()
        await asyncio.wait({task}, timeout=max(0.0, min(PROGRESS_SECONDS, left)))
        spent = time.monotonic() - started
        if task.done():
            break
        with contextlib.suppress(discord.HTTPException):
            if spent >= limit:
                place = _log_place(visitor) or "/source recent"
                text = say("add.moved", visitor.locale, place=place)
                await interaction.edit_original_response(view=layout(Sheet((text,))))
                return False
            n = max(1, round(spent / 60))
            text = say("add.still", visitor.locale, title=title, n=n)
            await interaction.edit_original_response(view=layout(Sheet((text,))))
    return True


def _log_place(visitor: Visitor) -> str | None:
    channel = visitor.server.log_channel if visitor.server is not None else None
    return f"<#{channel}>" if channel else None


async def _end(
    client: Footnote,
    visitor: Visitor,
    key: str,
    change: Change,
    actor: str,
    task: asyncio.Task[Done],
    interaction: discord.Interaction[Footnote] | None,
) -> None:
    guild = visitor.guild
    assert guild is not None
    try:
        done = await task
        text, made = done.text, done.change
    except Exception as error:
        text, made = faults.change_in_words(error, change.verb, visitor.locale), None
    client.changed(visitor.library)
    if made is None:
        await client.desk.keep(client.state.drop, "changes", key)
        sheet = Sheet((text,))
    else:
        await _keep(client, guild, key, made, actor, "done")
        sheet = Sheet((text,)).with_rows(undo_row(key, made, visitor.locale))
    if interaction is not None:
        with contextlib.suppress(discord.HTTPException):
            await interaction.edit_original_response(view=layout(sheet))
    if made is not None or interaction is None:
        await log(client, visitor, key, made, text, actor)


def undo_row(key: str, change: Change, locale: str) -> list[Press]:
    """Offer *Undo* where a change can be undone, and what an addition leaves to decide."""
    row = []
    if change.verb in UNDOABLE:
        row.append(Press("undo", key, say("button.undo", locale)))
    if change.older is not None:
        row.append(Press("replace", key, say("button.replace", locale)))
    return row


async def _keep(
    client: Footnote, guild: int, key: str, change: Change, actor: str, state: str
) -> None:
    body = {
        "verb": change.verb,
        "title": change.title,
        "ids": list(change.ids),
        "before": change.before,
        "older": change.older,
        "actor": actor,
        "state": state,
    }
    await client.desk.keep(client.state.keep, "changes", key, guild, body)


async def log(
    client: Footnote, visitor: Visitor, key: str, change: Change | None, text: str, actor: str
) -> None:
    """Tell the server's log channel; a channel we may not write in is left alone."""
    channel = visitor.server.log_channel if visitor.server is not None else None
    if channel is None:
        return
    locale = visitor.public_locale
    what = text if change is None else in_words(change.verb, change.title, locale)
    line = say("log.line", locale, what=what, who=say("recent.by", locale, who=actor))
    rows = [] if change is None else undo_row(key, change, locale)
    sheet = Sheet((line,)).with_rows(rows)
    try:
        await client.get_partial_messageable(channel).send(view=layout(sheet))
    except discord.HTTPException as error:
        logger.info("could not write to a log channel: %s", error)


def in_words(verb: str, title: str, locale: str) -> str:
    """Say what a change did."""
    return say(f"recent.{verb}", locale, title=one_line(title, 120))


def joined(titles: Sequence[str]) -> str:
    """Name several documents in one title."""
    return titles[0] if len(titles) == 1 else f"{titles[0]} (+{len(titles) - 1})"
