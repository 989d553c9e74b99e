"""The message menus: *Answer from the record* for members, *Add to the record* for moderators."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot import delivery
from bot.access import Refused, require_moderator, visit
from bot.asking import MAX_QUESTION, Asked
from bot.commands import offering
from bot.words import named, say

if TYPE_CHECKING:
    from bot.client import Footnote

_LINK = re.compile(r"https?://[^\s<>()\[\]\"']+")


@app_commands.context_menu(name=named("menu.answer"))
@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
async def answer_from_record(
    interaction: discord.Interaction[Footnote], message: discord.Message
) -> None:
    """Answer, privately, a question that somebody else wrote; *Share* makes it public."""
    visitor = visit(interaction, interaction.client.state)
    text = re.sub(r"<(@[!&]?|#)\d+>", " ", message.content).strip()
    if not text:
        raise Refused(say("menu.no_text", visitor.locale))
    await delivery.reply(interaction, visitor, Asked(text[:MAX_QUESTION]), private=True)


@app_commands.context_menu(name=named("menu.add"))
@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_messages=True)
async def add_to_record(
    interaction: discord.Interaction[Footnote], message: discord.Message
) -> None:
    """Preview a link or file of a message for the record."""
    visitor = visit(interaction, interaction.client.state)
    require_moderator(visitor)
    links = list(dict.fromkeys(link.rstrip(".,;:!?") for link in _LINK.findall(message.content)))
    await offering.offer(interaction, visitor, links, message.attachments)
