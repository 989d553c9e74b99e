"""`/source recent`: the changes of seven days, for any moderator, with *Undo*."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import discord

from bot import changes, children, delivery
from bot.access import Refused, Visitor
from bot.changes import Change, Done
from bot.commands.editing import options_for
from bot.commands.removing import remove_documents
from bot.commands.sources import moderator, source
from bot.controls import Interaction, on
from bot.escaping import one_line
from bot.pages import Block, Press, Sheet, layout, pager
from bot.words import date_in_words, named, say
from knowledge import KnowledgeError

if TYPE_CHECKING:
    from bot.client import Footnote


RECENT_PER_PAGE = 5


@source.command(name=named("recent"), description=named("recent.about"))
async def recent(interaction: discord.Interaction[Footnote]) -> None:
    """Show the changes of the last seven days to any moderator."""
    visitor = moderator(interaction)
    sheet = await _recent_sheet(interaction, visitor, 0)
    await interaction.response.send_message(view=layout(sheet), ephemeral=True)


@on("recent")
async def turn_recent(interaction: Interaction, key: str) -> None:
    """Turn the page of recent changes."""
    visitor = moderator(interaction)
    number = key.partition(".")[2]
    sheet = await _recent_sheet(interaction, visitor, int(number) if number.isdigit() else 0)
    await interaction.response.edit_message(view=layout(sheet))


async def _recent_sheet(interaction: Interaction, visitor: Visitor, page: int) -> Sheet:
    client, locale = interaction.client, visitor.locale
    assert visitor.guild is not None
    made = await client.desk.keep(client.state.changes, visitor.guild)
    if not made:
        return Sheet((say("recent.none", locale),))
    pages = -(-len(made) // RECENT_PER_PAGE)
    page = max(0, min(page, pages - 1))
    blocks: list[Block] = [say("recent.title", locale, page=page + 1, pages=pages)]
    for change in made[page * RECENT_PER_PAGE : (page + 1) * RECENT_PER_PAGE]:
        day = date_in_words(time.strftime("%Y-%m-%d", time.gmtime(change["at"])), locale)
        verb = "working" if change["state"] == "working" else change["verb"]
        who = say("recent.by", locale, who=one_line(change["actor"]))
        text = f"- {changes.in_words(verb, change['title'], locale)}, {who}, {day}"
        undone = change["state"] == "undone"
        blocks.append(f"{text} ({say('recent.undone', locale)})" if undone else text)
        if change["state"] == "done" and change["verb"] in changes.UNDOABLE:
            blocks.append((Press("undo", change["key"], say("button.undo", locale)),))
    return Sheet(tuple(blocks)).with_rows(pager("recent", "page", page, pages, locale))


@on("undo")
async def undo(interaction: Interaction, key: str) -> None:
    """Take a change back: remove what was added, restore what was edited or replaced."""
    visitor = moderator(interaction)
    client = interaction.client
    assert visitor.guild is not None
    body = await client.desk.keep(client.state.kept, "changes", key, visitor.guild)
    if body is None or body["state"] != "done" or body["verb"] not in changes.UNDOABLE:
        raise Refused(say("recent.undo_not", visitor.locale))
    await delivery.defer(interaction, private=True)
    library, title = visitor.library, str(body["title"])

    async def work() -> Done:
        try:
            await client.desk.read(client.record.entry, body["ids"][0], (library,))
        except KnowledgeError as error:
            raise Refused(say("recent.undo_not", visitor.locale)) from error
        if body["verb"] == "add":
            await remove_documents(client, visitor, body["ids"])
            change = Change("remove", title, tuple(body["ids"]))
            text = say("recent.undo_done", visitor.locale, title=one_line(title, 120))
        else:
            arguments = ["edit", body["ids"][0], "--library", library, "--json"]
            actor = await client.desk.keep(client.state.pseudonym, visitor.user)
            await children.run(client.command, arguments + options_for(body["before"]), actor=actor)
            change = Change("edit", title, tuple(body["ids"]))  # whatever it takes back
            text = say("details.saved", visitor.locale)
        undone = {name: value for name, value in body.items() if name != "at"} | {"state": "undone"}
        assert visitor.guild is not None
        await client.desk.keep(client.state.keep, "changes", key, visitor.guild, undone)
        return Done(text, change)

    await changes.carry_out(interaction, visitor, Change("remove", title), work)
