"""`/source`: who may use it, which document is meant, and `/source info`."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot import cards
from bot.access import Refused, Visitor, require_moderator, visit
from bot.commands.adding import kept_preview
from bot.controls import Interaction
from bot.escaping import shorten
from bot.pages import Press, Sheet, layout
from bot.words import named, say
from knowledge import Entry

if TYPE_CHECKING:
    from bot.client import Footnote


source = app_commands.Group(
    name=named("source"),
    description=named("source.about"),
    guild_only=True,
    default_permissions=discord.Permissions(manage_messages=True),
    allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    allowed_contexts=app_commands.AppCommandContext(guild=True),
)


def moderator(interaction: discord.Interaction[Footnote]) -> Visitor:
    """Give the visitor if they look after this server's record. Raises Refused."""
    visitor = visit(interaction, interaction.client.state)
    require_moderator(visitor)
    return visitor


async def find(interaction: discord.Interaction[Footnote], visitor: Visitor, text: str) -> Entry:
    """Give the document of this server that an id or an exact title names. Raises Refused.

    A foreign id is as unknown as one that never was.
    """
    entries = await interaction.client.entries((visitor.library,))
    wanted = text.strip()
    for entry in entries:
        if entry.id == wanted:
            return entry
    same = [e for e in entries if (e.particulars.title or e.source).casefold() == wanted.casefold()]
    begun = [e for e in entries if len(wanted) >= 4 and e.id.startswith(wanted)]
    for found in (same, begun):
        if len(found) == 1:
            return found[0]
    raise Refused(say("unknown_document", visitor.locale))


def title_of(entry: Entry) -> str:
    """What a document is called."""
    return entry.particulars.title or entry.source


async def documents(
    interaction: discord.Interaction[Footnote], current: str
) -> list[app_commands.Choice[str]]:
    """Complete titles of this server's documents, for moderators alone."""
    visitor = visit(interaction, interaction.client.state)
    if visitor.guild is None or not visitor.moderator:
        return []
    entries = await interaction.client.entries((visitor.library,))
    wanted = current.casefold().strip()
    found = [e for e in entries if wanted in f"{title_of(e)} {e.id}".casefold()]
    return [
        app_commands.Choice(name=shorten(title_of(e), 90) or e.id[:8], value=e.id)
        for e in found[-25:][::-1]
    ]


@source.command(name=named("info"), description=named("info.about"))
@app_commands.rename(document=named("document"))
@app_commands.describe(document=named("document.about"))
@app_commands.autocomplete(document=documents)
async def info(interaction: discord.Interaction[Footnote], document: str) -> None:
    """Show what is known about a document."""
    visitor = moderator(interaction)
    entry = await find(interaction, visitor, document)
    sheet = await _info_sheet(interaction, visitor, entry)
    await interaction.response.send_message(view=layout(sheet), ephemeral=True)


async def _info_sheet(interaction: Interaction, visitor: Visitor, entry: Entry) -> Sheet:
    key = await keep_ids(interaction, visitor, [entry])
    row = [
        Press("edit", key, say("button.edit_details", visitor.locale)),
        Press("edit_place", key, say("button.place", visitor.locale)),
    ]
    return cards.entry_sheet(entry, visitor.locale).with_rows(row)


async def keep_ids(interaction: Interaction, visitor: Visitor, entries: Sequence[Entry]) -> str:
    client = interaction.client
    key = secrets.token_urlsafe(9)
    body = {"kind": "ids", "ids": [e.id for e in entries]}
    assert visitor.guild is not None
    await client.desk.keep(client.state.keep, "previews", key, visitor.guild, body)
    return key


async def entry_behind(interaction: Interaction, key: str) -> tuple[Visitor, Entry]:
    visitor, body = await kept_preview(interaction, key)
    ids = body.get("ids") or [""]
    return visitor, await find(interaction, visitor, str(ids[0]))
