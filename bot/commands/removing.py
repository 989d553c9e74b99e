"""`/source remove`: confirmed, saying what is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot import cards, changes, children
from bot.access import Visitor
from bot.changes import Change, Done
from bot.commands.adding import kept_preview
from bot.commands.sources import documents, find, keep_ids, moderator, source, title_of
from bot.controls import Interaction, chosen, on
from bot.escaping import one_line
from bot.pages import Press, Sheet, layout
from bot.words import named, say
from knowledge import Entry

if TYPE_CHECKING:
    from bot.client import Footnote


@source.command(name=named("remove"), description=named("remove.about"))
@app_commands.rename(document=named("document"))
@app_commands.describe(document=named("document.about"))
@app_commands.autocomplete(document=documents)
async def remove(interaction: discord.Interaction[Footnote], document: str) -> None:
    """Ask for confirmation, saying what is lost."""
    visitor = moderator(interaction)
    entry = await find(interaction, visitor, document)
    sheet = await confirm(interaction, visitor, [entry])
    await interaction.response.send_message(view=layout(sheet), ephemeral=True)


async def confirm(interaction: Interaction, visitor: Visitor, entries: Sequence[Entry]) -> Sheet:
    key = await keep_ids(interaction, visitor, entries)
    locale = visitor.locale
    lines = "\n".join(cards.entry_line(entry, locale) for entry in entries)
    row = [
        Press("remove", key, say("button.remove", locale), discord.ButtonStyle.danger),
        Press("keep", key, say("button.cancel", locale)),
    ]
    return Sheet((say("remove.confirm", locale, n=len(entries)), lines)).with_rows(row)


@on("select_remove")
async def select_remove(interaction: Interaction, key: str) -> None:
    """Ask for confirmation of several removals chosen in a list."""
    visitor, _ = await kept_preview(interaction, key)
    entries = [await find(interaction, visitor, value) for value in chosen(interaction)[:25]]
    sheet = await confirm(interaction, visitor, entries)
    await interaction.response.send_message(view=layout(sheet), ephemeral=True)


@on("keep")
async def keep_documents(interaction: Interaction, key: str) -> None:
    """Remove nothing after all."""
    visitor = moderator(interaction)
    await interaction.client.desk.keep(interaction.client.state.drop, "previews", key)
    kept = Sheet((say("button.cancel", visitor.locale) + ".",))
    await interaction.response.edit_message(view=layout(kept))


@on("remove")
async def remove_confirmed(interaction: Interaction, key: str) -> None:
    """Remove what was confirmed."""
    visitor, body = await kept_preview(interaction, key)
    client = interaction.client
    entries = [await find(interaction, visitor, str(id_)) for id_ in body.get("ids", [])]
    await interaction.response.defer()
    working = Sheet((say("remove.working", visitor.locale),))
    await interaction.edit_original_response(view=layout(working))
    await client.desk.keep(client.state.drop, "previews", key)
    ids = tuple(entry.id for entry in entries)
    change = Change("remove", changes.joined([title_of(e) for e in entries]), ids)

    async def work() -> Done:
        await remove_documents(client, visitor, ids)
        title = one_line(change.title, 120)
        return Done(say("remove.done", visitor.locale, n=len(ids), title=title), change)

    await changes.carry_out(interaction, visitor, change, work)


async def remove_documents(client: Footnote, visitor: Visitor, ids: Sequence[str]) -> None:
    actor = await client.desk.keep(client.state.pseudonym, visitor.user)
    arguments = ["remove", *ids, "--yes", "--library", visitor.library, "--json"]
    result = await children.run(client.command, arguments, actor=actor)
    refused = (result or {}).get("refused") or []
    if refused:
        raise children.ChangeFailed(str(refused[0].get("reason")))
