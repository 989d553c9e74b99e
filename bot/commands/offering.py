"""The ways to a preview: `/source add`, its form, and the links and files of a message."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands, ui

from bot import delivery
from bot.access import Refused, Visitor, require_moderator, visit
from bot.commands.adding import kept_preview, preview
from bot.commands.details import checked_address
from bot.commands.files import Found, download, is_discord_file
from bot.controls import AnyInteraction, Interaction, chosen, on
from bot.escaping import shorten, web_address
from bot.forms import Form
from bot.pages import Choice, Choose, Sheet, layout
from bot.words import named, say

if TYPE_CHECKING:
    from bot.client import Footnote

from bot.commands.sources import moderator, source

PASTE_FIELDS = 3


OFFERED = 25
"""Links and files of one message that are offered; a select holds no more (Discord)."""


@source.command(name=named("add"), description=named("add.about"))
@app_commands.rename(url=named("add.url"), file=named("add.file"))
@app_commands.describe(url=named("add.url.about"), file=named("add.file.about"))
async def add(
    interaction: discord.Interaction[Footnote],
    url: app_commands.Range[str, 1, 2000] | None = None,
    file: discord.Attachment | None = None,
) -> None:
    """Show what a page or file would add; with nothing given, open a form."""
    visitor = moderator(interaction)
    if url and file:
        raise Refused(say("add.one_only", visitor.locale))
    if not url and not file:
        await interaction.response.send_modal(AddForm(visitor.locale))
        return
    await delivery.defer(interaction, private=True)
    if url:
        address = checked_address(url, visitor.locale)
        await preview(interaction, visitor, Found(url=address))
    elif file is not None:
        found = await download(visitor, file, interaction.filesize_limit)
        await preview(interaction, visitor, found)


class AddForm(Form):
    """A file, or text in three parts, and where it is published."""

    def __init__(self, locale: str) -> None:
        super().__init__(say("add.title", locale))
        self.upload: ui.FileUpload[Any] = ui.FileUpload(required=False, max_values=1)
        about = say("add.upload_about", locale)[:100]
        self.add_item(
            ui.Label(text=say("add.upload", locale), description=about, component=self.upload)
        )
        self.parts = [
            self.ask(
                say("add.paste", locale, n=n + 1),
                required=False,
                long=True,
                about=say("add.paste_about", locale) if n == 0 else None,
            )
            for n in range(PASTE_FIELDS)
        ]
        self.url = self.ask(
            say("add.where", locale), required=False, most=500, about=say("add.where_about", locale)
        )

    async def on_submit(self, interaction: AnyInteraction, /) -> None:
        visitor = visit(interaction, interaction.client.state)
        require_moderator(visitor)
        url = checked_address(self.url.value, visitor.locale)
        pasted = "".join(part.value for part in self.parts)
        files = self.upload.values
        if not files and not pasted.strip() and url is None:
            raise Refused(say("add.nothing", visitor.locale))
        await delivery.defer(interaction, private=True)
        given = {"url": url} if url else {}
        if files:
            found = await download(visitor, files[0], interaction.filesize_limit)
            await preview(
                interaction, visitor, Found(name=found.name, data=found.data, given=given)
            )
        elif pasted.strip():
            text = Found(name="pasted text.txt", data=pasted.encode(), given=given)
            await preview(interaction, visitor, text, arrived=len(pasted))
        else:
            await preview(interaction, visitor, Found(url=url))


async def offer(
    interaction: discord.Interaction[Footnote],
    visitor: Visitor,
    links: Sequence[str],
    attachments: Sequence[discord.Attachment],
) -> None:
    """Preview the one thing a message holds, or ask which of several."""
    limit = interaction.filesize_limit
    links = [link for link in links if web_address(link) and not is_discord_file(link)]
    if not links and not attachments:
        raise Refused(say("add.no_links", visitor.locale))
    await delivery.defer(interaction, private=True)
    if len(links) + len(attachments) == 1:
        found = Found(url=links[0]) if links else await download(visitor, attachments[0], limit)
        await preview(interaction, visitor, found)
        return
    key = secrets.token_urlsafe(9)
    things = [{"url": link} for link in links]
    things += [
        {"name": a.filename, "file": a.url, "size": str(a.size), "id": str(a.id)}
        for a in attachments
    ]
    things = things[:OFFERED]
    client = interaction.client
    assert visitor.guild is not None
    body = {"kind": "offer", "things": things}
    await client.desk.keep(client.state.keep, "previews", key, visitor.guild, body)
    choices = tuple(
        Choice(shorten(thing.get("url") or thing["name"], 100), str(number))
        for number, thing in enumerate(things)
    )
    select = Choose("offered", key, say("add.choose", visitor.locale), choices)
    blocks = [say("add.choose", visitor.locale)]
    if len(links) + len(attachments) > OFFERED:
        blocks.append("-# " + say("add.more_below", visitor.locale, n=OFFERED))
    interaction.extras["thinking"] = False
    sheet = Sheet(tuple(blocks)).with_rows([select])
    await interaction.edit_original_response(view=layout(sheet))


@on("offered")
async def take_offered(interaction: Interaction, key: str) -> None:
    """Preview the chosen link or file of a message."""
    visitor, body = await kept_preview(interaction, key)
    value = next(iter(chosen(interaction)), "")
    things = body.get("things", [])
    if not value.isdigit() or int(value) >= len(things):
        raise Refused(say("fault.old_control", visitor.locale))
    thing = things[int(value)]
    await delivery.defer(interaction, private=True)
    if "url" in thing:
        await preview(interaction, visitor, Found(url=thing["url"]))
        return
    payload: Any = {
        "id": thing["id"],
        "filename": thing["name"],
        "size": int(thing["size"]),
        "url": thing["file"],
        "proxy_url": thing["file"],
    }
    attachment = discord.Attachment(data=payload, state=interaction._state)
    found = await download(visitor, attachment, interaction.filesize_limit)
    await preview(interaction, visitor, found)
