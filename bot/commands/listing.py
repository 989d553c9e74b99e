"""`/source list`: this server's documents by pages, and the choice of several to remove."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot import cards, delivery
from bot.access import Visitor
from bot.commands.adding import kept_preview
from bot.commands.sources import moderator, source, title_of
from bot.controls import Interaction, on
from bot.escaping import shorten
from bot.pages import Choice, Choose, Control, Sheet, layout, pager
from bot.words import named, say
from knowledge import Entry

if TYPE_CHECKING:
    from bot.client import Footnote


PER_PAGE = 10


@source.command(name=named("list"), description=named("list.about"))
@app_commands.rename(search=named("list.search"), added_by=named("list.added_by"))
@app_commands.describe(search=named("list.search.about"), added_by=named("list.added_by.about"))
async def list_(
    interaction: discord.Interaction[Footnote],
    search: app_commands.Range[str, 1, 100] | None = None,
    added_by: discord.User | None = None,
) -> None:
    """List this server's documents, a page at a time, with removal of several at once."""
    visitor = moderator(interaction)
    await delivery.defer(interaction, private=True)
    client = interaction.client
    actor = None
    if added_by is not None:
        actor = await client.desk.keep(client.state.pseudonym, added_by.id)
    key = secrets.token_urlsafe(9)
    body = {"kind": "list", "search": search or "", "actor": actor}
    assert visitor.guild is not None
    await client.desk.keep(client.state.keep, "previews", key, visitor.guild, body)
    interaction.extras["thinking"] = False
    sheet = await _list_sheet(interaction, visitor, key, body, 0)
    await interaction.edit_original_response(view=layout(sheet))


async def _list_sheet(
    interaction: Interaction, visitor: Visitor, key: str, body: Mapping[str, Any], page: int
) -> Sheet:
    client, locale = interaction.client, visitor.locale
    entries = (await client.entries((visitor.library,)))[::-1]
    wanted = str(body["search"]).casefold().split()
    entries = [e for e in entries if all(word in _searched(e) for word in wanted)]
    if body.get("actor"):
        theirs = await client.desk.read(client.added_by, visitor.library, str(body["actor"]))
        entries = [e for e in entries if e.id in theirs]
    if not entries:
        return Sheet((say("list.none", locale),))
    pages = -(-len(entries) // PER_PAGE)
    page = max(0, min(page, pages - 1))
    shown = entries[page * PER_PAGE : (page + 1) * PER_PAGE]
    title = say("list.title", locale, n=len(entries), page=page + 1, pages=pages)
    lines = "\n".join(cards.entry_line(entry, locale) for entry in shown)
    choices = tuple(Choice(shorten(title_of(e), 100) or e.id, e.id) for e in shown)
    select = Choose(
        "select_remove", key, say("list.choose_remove", locale), choices, high=len(choices)
    )
    rows: list[list[Control]] = [[select], pager("list", key, page, pages, locale)]
    return Sheet((title, lines)).with_rows(*rows)


def _searched(entry: Entry) -> str:
    known = entry.particulars
    parts = (known.title, known.publisher, known.author, entry.source, entry.id)
    return " ".join(part for part in parts if part).casefold()


@on("list")
async def turn_list(interaction: Interaction, key: str) -> None:
    """Turn a list's page."""
    name, _, number = key.partition(".")
    visitor, body = await kept_preview(interaction, name)
    page = int(number) if number.isdigit() else 0
    sheet = await _list_sheet(interaction, visitor, name, body, page)
    await interaction.response.edit_message(view=layout(sheet))
