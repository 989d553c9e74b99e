"""Where an answer goes: acknowledged at once, edited in, private to the asker where it must be.

Answers are public where they were asked; what the record does not answer is always private to
the asker. A quick abstention needs no deferral; a slow one takes the deferred message back.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord

from bot import asking, replies
from bot.access import Refused, Visitor, sample_library
from bot.asking import Asked
from bot.growing import Growing
from bot.pages import Sheet, layout
from bot.words import say
from knowledge import Answer, Mode, Outcome, Shown

if TYPE_CHECKING:
    from bot.client import Footnote

logger = logging.getLogger(__name__)

GRACE_SECONDS = 0.2
"""How long an answer may take before the question is acknowledged by deferral instead.

Most answers on the sample record take less (measured, November 2026), so that an abstention
can be private from the start; Discord gives 3 s.
"""

BUSY_SECONDS = 1.5
"""After this long in the queue the asker is told how many are before them."""


async def from_sample(client: Footnote, visitor: Visitor, answer: Answer) -> bool:
    """Say whether an answer draws on the sample record, which must be marked."""
    if visitor.server is None or not visitor.server.sample:
        return False
    sample = {e.id for e in await client.entries((sample_library(visitor.server.guild),))}
    return any(c.document_id in sample for c in (*answer.citations, *answer.related))


async def sheets(
    client: Footnote, visitor: Visitor, answer: Answer, key: str, locale: str, *, share: bool
) -> list[Sheet]:
    """Render an answer, or its absence, for the place it goes to."""
    sample = await from_sample(client, visitor, answer)
    if answer.outcome is Outcome.ANSWERED:
        return replies.answer_sheets(answer, locale, key, public=True, sample=sample, share=share)
    if answer.searched is not None and answer.searched.documents == 0:
        name = "answer.empty" if visitor.guild is not None else "answer.empty_shared"
        return [Sheet((say(name, locale),))]
    return replies.abstention_sheets(answer, locale, key, sample=sample)


async def reply(
    interaction: discord.Interaction[Footnote], visitor: Visitor, asked: Asked, *, private: bool
) -> None:
    """Answer an interaction: acknowledged at once, answered by editing."""
    client = interaction.client
    if client.stopping:
        raise Refused(say("fault.restarting", visitor.locale))
    private = private or visitor.private_only or visitor.away
    share = private and visitor.guild is not None
    locale = visitor.locale if private else visitor.public_locale
    waiting = asking.line(client, asking.query(client, visitor, asked, locale))
    limits = asyncio.create_task(asking.check_limits(client, visitor))
    with client.under_way():
        async with Growing() as growing:
            work = asyncio.create_task(_after(limits, client, visitor, asked, locale, growing))
            try:
                if private:
                    await defer(interaction, private=True)
                else:
                    # With others before it there is no quick answer to wait for.
                    if waiting.before <= 0:
                        await asyncio.wait({work}, timeout=GRACE_SECONDS)
                    if not work.done():
                        await defer(interaction, private=False)
                if await _say_busy(interaction, work, visitor, waiting.before):
                    growing.edited()
                growing.begin(lambda shown: _grow(interaction, asked, shown, locale))
                answer, key = await client.finish(work, visitor.locale)
            except BaseException:
                work.cancel()
                raise
        answered = answer.outcome is Outcome.ANSWERED
        if not answered and locale != visitor.locale:
            # Only the words around it are another language: no model is asked a second time.
            again = asking.query(client, visitor, asked, visitor.locale)
            again = replace(again, mode=Mode.QUOTES)
            answer, locale = await client.desk.quoted.ask(client.record.ask, again), visitor.locale
            client.remember(key, answer)
        if answered and not interaction.response.is_done():
            await defer(interaction, private=False)
        shown = await sheets(client, visitor, answer, key, locale, share=share)
        await deliver(interaction, shown, key, private=private or not answered)


async def _grow(
    interaction: discord.Interaction[Footnote],
    asked: Asked,
    shown: Sequence[Shown],
    locale: str,
) -> None:
    sheet = replies.growing_sheet(asked.question, shown, locale)
    await interaction.edit_original_response(view=layout(sheet))


async def _after(
    limits: asyncio.Task[None],
    client: Footnote,
    visitor: Visitor,
    asked: Asked,
    locale: str,
    growing: Growing,
) -> tuple[Answer, str]:
    await limits
    started = time.monotonic()
    answer, key = await asking.find(client, visitor, asked, locale, growing.tell)
    logger.info(
        "asked: %s, %d citations, answered in %.2f s",
        answer.outcome,
        len(answer.citations),
        time.monotonic() - started,
    )
    return answer, key


async def _say_busy(
    interaction: discord.Interaction[Footnote],
    work: asyncio.Task[Any],
    visitor: Visitor,
    before: int,
) -> bool:
    """Tell an asker who has to wait how many are before them; gives whether it was said."""
    if before <= 0:
        return False
    await asyncio.wait({work}, timeout=BUSY_SECONDS)
    if work.done():
        return False
    busy = Sheet((say("busy", visitor.locale, n=before),))
    await interaction.edit_original_response(view=layout(busy))
    return True


async def defer(interaction: discord.Interaction[Footnote], *, private: bool) -> None:
    """Acknowledge an interaction; a repeated acknowledgement after a lost reply is no fault."""
    try:
        await interaction.response.defer(ephemeral=private, thinking=True)
    except discord.HTTPException as error:
        if error.code != 40060:
            raise
    interaction.extras["thinking"] = True
    interaction.extras["private"] = private


async def deliver(
    interaction: discord.Interaction[Footnote], shown: Sequence[Sheet], key: str, *, private: bool
) -> None:
    """Put sheets where they belong: into the deferred message, or privately beside it."""
    first, *rest = shown
    ids: list[int] = []
    if not interaction.response.is_done() and not interaction.extras.get("thinking"):
        response = await interaction.response.send_message(view=layout(first), ephemeral=private)
        ids.append(response.message_id or (await interaction.original_response()).id)
    elif private and interaction.extras.get("private") is False:
        # A deferral fixed the message as public; only a new one can be private.
        interaction.extras["thinking"] = False
        await interaction.delete_original_response()
        alone = await interaction.followup.send(view=layout(first), ephemeral=True, wait=True)
        ids.append(alone.id)
    else:
        interaction.extras["thinking"] = False
        ids.append((await interaction.edit_original_response(view=layout(first))).id)
    for sheet in rest:
        more = await interaction.followup.send(view=layout(sheet), ephemeral=private, wait=True)
        ids.append(more.id)
    if ids and key:
        client = interaction.client
        channel = interaction.channel_id or 0
        await client.desk.keep(client.state.place_answer, key, channel, ids)
