"""What goes wrong, in words: what a member can mend in its own sentence, the rest by reference.

The one broad `except` of the bot is here. What Discord itself refuses because a message, a
channel or a token is gone needs no words: nobody would read them.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import AsyncIterator
from typing import Any

import discord
from discord import app_commands

from bot.access import Refused
from bot.children import ChangeFailed
from bot.escaping import escape
from bot.pages import Sheet, layout
from bot.words import say
from bot.work import TooBusy, TooSlow
from knowledge import Busy, DocumentRefused, UnknownDocument, UsageError

logger = logging.getLogger(__name__)

# Unknown channel, guild, message, webhook, interaction; expired token; already acknowledged.
_GONE = {10003, 10004, 10008, 10015, 10062, 50027, 40060}
# Missing access, cannot write in this channel, missing permissions.
_NOT_ALLOWED = {50001, 50013, 160002}


# What a member did or can mend. The others name folders, libraries or settings: for the log.
_FOR_MEMBERS = (UsageError, UnknownDocument, DocumentRefused)


def unanswerable(error: BaseException) -> bool:
    """Say whether Discord refused because what we would answer to is gone."""
    if isinstance(error, discord.NotFound):
        return True
    if isinstance(error, discord.HTTPException):
        return error.code in _GONE or error.code in _NOT_ALLOWED or error.status == 401
    return False


def in_words(error: BaseException, locale: str) -> str:
    """Say what happened and what to do next; log what nobody foresaw, under a reference."""
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    if isinstance(error, Refused):
        return str(error)
    if isinstance(error, ChangeFailed):
        return escape(str(error))
    if isinstance(error, TooBusy):
        return say("fault.too_busy", locale, n=error.waiting)
    if isinstance(error, TooSlow):
        return say("fault.too_slow", locale)
    if isinstance(error, Busy):
        return say("fault.writing", locale)
    if isinstance(error, _FOR_MEMBERS):
        return escape(str(error))
    reference = secrets.token_hex(2)
    logger.error("reference %s", reference, exc_info=error)
    return say("fault.unexpected", locale, reference=reference)


def change_in_words(error: BaseException, verb: str, locale: str) -> str:
    """Say why a change to the record was not made."""
    if isinstance(error, ChangeFailed) and verb == "add":
        return say("add.refused", locale, reason=escape(str(error)))
    return in_words(error, locale)


async def tell(interaction: discord.Interaction[Any], text: str) -> None:
    """Say something privately to the person, whatever has been said before; never raises."""
    view = layout(Sheet((text,)))
    try:
        if not interaction.response.is_done():
            await interaction.response.send_message(view=view, ephemeral=True)
        elif interaction.extras.get("thinking"):
            # The deferred message is waiting to be filled; the error takes its place.
            interaction.extras["thinking"] = False
            await interaction.edit_original_response(view=view)
        else:
            await interaction.followup.send(view=view, ephemeral=True)
    except discord.HTTPException as error:
        if not unanswerable(error):
            logger.warning("could not say what went wrong: %s", error)


async def tell_unknown(interaction: discord.Interaction[Any]) -> None:
    """Say that a control is from an older version."""
    await tell(interaction, say("fault.old_control", interaction.locale))


@contextlib.asynccontextmanager
async def told(interaction: discord.Interaction[Any]) -> AsyncIterator[None]:
    """Turn whatever is raised inside into words for the person; the edge of every handler."""
    try:
        yield
    except Exception as error:
        if unanswerable(error):
            logger.info("nobody left to answer: %s", error)
            return
        await tell(interaction, in_words(error, str(interaction.locale)))
