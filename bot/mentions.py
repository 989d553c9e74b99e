"""Messages that mention the bot, and replies that ping one of its answers.

It never speaks unasked, never to bots, never twice. Discord sends the words of these messages
without the privileged intent; of every other message it sends none.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord

from bot import asking, delivery, faults, replies
from bot.access import Refused, Visitor, visit_by_message
from bot.asking import MAX_QUESTION, Asked
from bot.growing import Growing
from bot.pages import Sheet, layout
from bot.words import say
from knowledge import Outcome, Shown

if TYPE_CHECKING:
    from bot.client import Footnote

logger = logging.getLogger(__name__)

NOBODY = discord.AllowedMentions.none()
"""Said again where discord.py does not take it from the client: edits of channel messages."""

NOTICE_SECONDS = 3600.0
"""How often one member is told where questions are answered, at most."""

TYPING_AFTER_SECONDS = 0.7
SEEN = 500
"""Ids of the last messages handled: an event that Discord repeats is not answered twice."""


async def hear(client: Footnote, message: discord.Message) -> None:
    """Answer a message that is meant for us; leave every other alone."""
    if not is_for_us(client, message) or message.id in client.seen_messages or client.stopping:
        return
    client.seen_messages[message.id] = None
    while len(client.seen_messages) > SEEN:
        client.seen_messages.popitem(last=False)
    visitor = visit_by_message(message, client.state)
    said: list[discord.Message] = []
    try:
        with client.under_way():
            await _answer(client, message, visitor, said)
    except Refused as refused:
        if said:  # an answer that was growing is given up
            with contextlib.suppress(discord.HTTPException):
                await _put(message, said, Sheet((str(refused),)))
            return
        await _notice(client, message, visitor, "limit", str(refused))
    except discord.HTTPException as error:
        # The question was deleted, or we may not write here: nobody is waiting for words.
        logger.info("could not reply to a mention: %s", error)
    except Exception as error:
        with contextlib.suppress(discord.HTTPException):
            text = faults.in_words(error, visitor.public_locale)
            await _put(message, said, Sheet((text,)))


def is_for_us(client: discord.Client, message: discord.Message) -> bool:
    """Say whether a person named us in this message (not a role, not everyone)."""
    if client.user is None or message.author.bot or message.webhook_id is not None:
        return False
    if message.type not in (discord.MessageType.default, discord.MessageType.reply):
        return False
    return any(user.id == client.user.id for user in message.mentions)


def question_of(client: discord.Client, message: discord.Message) -> str:
    """Give the message without our name."""
    assert client.user is not None
    return re.sub(rf"<@!?{client.user.id}>", " ", message.content).strip(" \n,:")[:MAX_QUESTION]


async def _answer(
    client: Footnote, message: discord.Message, visitor: Visitor, said: list[discord.Message]
) -> None:
    """Answer a message; `said` gets the replies as they are sent."""
    locale = visitor.public_locale
    question = question_of(client, message)
    if not question:
        await _notice(client, message, visitor, "empty", say("mention.empty", locale))
        return
    if visitor.away:
        assert visitor.server is not None
        where = ", ".join(f"<#{channel}>" for channel in visitor.server.answer_channels)
        line = say("mention.away", locale, channels=where)
        await _notice(client, message, visitor, "away", line)
        return
    await asking.check_limits(client, visitor)
    asked = Asked(question, history=await _history(client, message, visitor))

    async def grow(shown: Sequence[Shown]) -> None:
        sheet = replies.growing_sheet(question, shown, locale)
        await _put(message, said, sheet)

    async with Growing() as growing:
        work = asyncio.create_task(asking.find(client, visitor, asked, locale, growing.tell))
        try:
            await asyncio.wait({work}, timeout=TYPING_AFTER_SECONDS)
            if not work.done():
                with contextlib.suppress(discord.HTTPException):
                    await message.channel.typing()
            growing.begin(grow)
            answer, key = await client.finish(work, locale)
        except BaseException:
            work.cancel()
            raise
    if answer.outcome is Outcome.ANSWERED or _is_empty(answer.searched):
        shown = await delivery.sheets(client, visitor, answer, key, locale, share=False)
    else:
        shown = [replies.mention_line(key, locale)]
    await _put(message, said, shown[0])
    for sheet in shown[1:]:
        said.append(await message.channel.send(view=layout(sheet)))
    ids = [one.id for one in said]
    await client.desk.keep(client.state.place_answer, key, message.channel.id, ids)


async def _put(message: discord.Message, said: list[discord.Message], sheet: Sheet) -> None:
    """Reply with a sheet, or put it into the reply that is there already."""
    if said:
        said[0] = await said[0].edit(view=layout(sheet), allowed_mentions=NOBODY)
    else:
        said.append(await send(message, sheet))


def _is_empty(searched: object) -> bool:
    return getattr(searched, "documents", 1) == 0


async def _history(
    client: Footnote, message: discord.Message, visitor: Visitor
) -> tuple[tuple[str, str], ...]:
    """Give the conversation that a reply goes on with; none for anything but our own answers."""
    if message.reference is None or message.reference.message_id is None:
        return ()
    kept = await client.desk.keep(client.state.answer_at, message.reference.message_id)
    if kept is None or kept.guild != visitor.guild:
        return ()
    answer = client.recall(kept.key)
    return asking.continued(kept, answer.text if answer is not None else "")


class Reference(discord.MessageReference):
    """A reference whose ids are text, as Discord describes them; discord.py sends numbers."""

    @classmethod
    def to(cls, message: discord.Message) -> Reference:
        guild = message.guild.id if message.guild is not None else None
        return cls(message_id=message.id, channel_id=message.channel.id, guild_id=guild)

    def to_dict(self) -> Any:
        return {
            "type": 0,
            "message_id": str(self.message_id),
            "channel_id": str(self.channel_id),
            "fail_if_not_exists": True,
        }

    to_message_reference_dict = to_dict


async def send(message: discord.Message, sheet: Sheet) -> discord.Message:
    """Reply without a ping; refused by Discord if the question is gone by now."""
    return await message.channel.send(
        view=layout(sheet), reference=Reference.to(message), mention_author=False
    )


async def _notice(
    client: Footnote, message: discord.Message, visitor: Visitor, about: str, text: str
) -> None:
    """Say one short line, at most once a member and hour."""
    person = client.state.person(visitor.user)
    name = f"notice:{about}:{visitor.guild}:{person}"
    if await client.desk.keep(client.state.allow, name, 1, NOTICE_SECONDS):
        return
    with contextlib.suppress(discord.HTTPException):
        await send(message, Sheet((text,)))
