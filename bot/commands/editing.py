"""`/source edit` and `/source refresh`: correct what is known, fetch an address again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot import cards, changes, children, delivery
from bot.access import Refused, Visitor
from bot.changes import Change, Done
from bot.commands.details import DetailsForm, PlaceForm
from bot.commands.sources import documents, entry_behind, find, moderator, source, title_of
from bot.controls import Interaction, on
from bot.escaping import one_line
from bot.pages import Sheet, layout
from bot.words import named, say
from knowledge import Entry

if TYPE_CHECKING:
    from bot.client import Footnote


@source.command(name=named("edit"), description=named("edit.about"))
@app_commands.rename(document=named("document"))
@app_commands.describe(document=named("document.about"))
@app_commands.autocomplete(document=documents)
async def edit(interaction: discord.Interaction[Footnote], document: str) -> None:
    """Open the form with a document's particulars."""
    visitor = moderator(interaction)
    entry = await find(interaction, visitor, document)
    await interaction.response.send_modal(_edit_form(entry, visitor, DetailsForm))


@on("edit")
async def edit_button(interaction: Interaction, key: str) -> None:
    """The same from a document's card."""
    visitor, entry = await entry_behind(interaction, key)
    await interaction.response.send_modal(_edit_form(entry, visitor, DetailsForm))


@on("edit_place")
async def edit_place_button(interaction: Interaction, key: str) -> None:
    """Correct address and kind from a document's card."""
    visitor, entry = await entry_behind(interaction, key)
    await interaction.response.send_modal(_edit_form(entry, visitor, PlaceForm))


def _edit_form(entry: Entry, visitor: Visitor, base: Any) -> Any:
    class Open(base):  # type: ignore[misc]
        async def on_submit(self, interaction: Interaction, /) -> None:
            again = moderator(interaction)
            now = await find(interaction, again, entry.id)
            given = self.values()
            await delivery.defer(interaction, private=True)
            await _edit(interaction, again, now, given)

    return Open(cards.entry_fields(entry), visitor.locale)


FLAGS = {"addressee": "to", "replaced_by": "replaced-by"}
"""Particulars whose option on the command line has another name."""


def options_for(given: Mapping[str, str | None]) -> list[str]:
    """Give the command line's options for particulars; unknown is an empty value."""
    return [
        part
        for name, value in given.items()
        for part in (f"--{FLAGS.get(name, name)}", value or "")
    ]


async def _edit(
    interaction: Interaction, visitor: Visitor, entry: Entry, given: Mapping[str, str | None]
) -> None:
    client = interaction.client
    before = cards.entry_fields(entry)
    changed = {name: value for name, value in given.items() if (before.get(name) or None) != value}
    if not changed:
        interaction.extras["thinking"] = False
        saved = Sheet((say("details.saved", visitor.locale),))
        await interaction.edit_original_response(view=layout(saved))
        return
    former = {name: before.get(name) for name in changed}
    change = Change("edit", title_of(entry), (entry.id,), former)
    actor = await client.desk.keep(client.state.pseudonym, visitor.user)

    async def work() -> Done:
        arguments = [
            "edit",
            entry.id,
            "--library",
            visitor.library,
            "--json",
            *options_for(changed),
        ]
        await children.run(client.command, arguments, actor=actor)
        return Done(say("details.saved", visitor.locale), change)

    await changes.carry_out(interaction, visitor, change, work)


@source.command(name=named("refresh"), description=named("refresh.about"))
@app_commands.rename(document=named("document"))
@app_commands.describe(document=named("document.about"))
@app_commands.autocomplete(document=documents)
async def refresh(interaction: discord.Interaction[Footnote], document: str) -> None:
    """Fetch a document's address again."""
    visitor = moderator(interaction)
    entry = await find(interaction, visitor, document)
    title = one_line(title_of(entry), 120)
    if not entry.particulars.url and not entry.source.startswith("http"):
        raise Refused(say("refresh.no_address", visitor.locale, title=title))
    await delivery.defer(interaction, private=True)
    client = interaction.client
    change = Change("refresh", title_of(entry), (entry.id,))
    actor = await client.desk.keep(client.state.pseudonym, visitor.user)

    async def work() -> Done:
        arguments = ["refresh", entry.id, "--library", visitor.library, "--json"]
        result = await children.run(client.command, arguments, actor=actor)
        refused = (result or {}).get("refused") or []
        if refused:
            raise children.ChangeFailed(str(refused[0].get("reason")))
        fresh = ((result or {}).get("refreshed") or [{}])[0]
        name = "refresh.changed" if fresh.get("changed") else "refresh.same"
        return Done(say(name, visitor.locale, title=title), change)

    await changes.carry_out(interaction, visitor, change, work)
