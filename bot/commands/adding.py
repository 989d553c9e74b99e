"""Adding a document: a private card of what would be indexed, then *Add*, *Edit details* or not.

The bytes that were previewed are kept at most one hour in the data folder and are the ones that
*Add* indexes. A Discord attachment's address is never stored as a document's.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord

from bot import cards, changes, children
from bot.access import Refused, Visitor, require_moderator, visit
from bot.changes import Change, Done
from bot.commands.details import DetailsForm, PlaceForm
from bot.commands.files import Found
from bot.controls import AnyInteraction, Interaction, on
from bot.escaping import block_quote, one_line
from bot.pages import Control, Press, Sheet, layout, pager, paginate
from bot.words import say

if TYPE_CHECKING:
    pass


async def preview(
    interaction: Interaction, visitor: Visitor, found: Found, arrived: int = 0
) -> None:
    """Read what was given in a child process and show what would be indexed.

    The interaction must be deferred privately.
    """
    client = interaction.client
    library = visitor.library
    reading = Sheet((say("add.reading", visitor.locale),))
    await interaction.edit_original_response(view=layout(reading))
    interaction.extras["thinking"] = True
    key = secrets.token_urlsafe(9)
    folder = client.home / "bot-previews" / key
    await client.desk.keep(_store, folder, found)
    request = {"library": library, "url": found.url, "given": dict(found.given)}
    try:
        async with client.previewing:
            seen = await children.work(client.command, "preview", folder, request)
    except children.ChangeFailed as error:
        await client.desk.keep(shutil.rmtree, folder, True)
        raise Refused(say("add.refused", visitor.locale, reason=one_line(str(error)))) from error
    body = {
        "kind": "preview",
        "seen": trimmed(seen),
        "given": dict(found.given),
        "arrived": arrived,
    }
    assert visitor.guild is not None
    await client.desk.keep(client.state.keep, "previews", key, visitor.guild, body)
    interaction.extras["thinking"] = False
    await interaction.edit_original_response(view=layout(card(key, body, visitor.locale)))


def trimmed(seen: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of a preview what the card shows: of what was set aside, the beginnings."""
    kept = dict(seen)
    kept["set_aside"] = [
        {"reason": str(part.get("reason")), "text": str(part.get("text"))[:1500]}
        for part in (seen.get("set_aside") or [])[:60]
    ]
    return kept


def _store(folder: Path, found: Found) -> None:
    folder.mkdir(parents=True, mode=0o700)
    if found.url is None:
        facts = {
            "name": found.name,
            "url": None,
            "media_type": None,
            "etag": None,
            "last_modified": None,
        }
        (folder / "bytes").write_bytes(found.data)
        (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")


def card(key: str, body: Mapping[str, Any], locale: str, page: int = 0) -> Sheet:
    """Draw the card of a preview with its buttons, and with pages where it is very long."""
    seen, given = body["seen"], body["given"]
    blocks = cards.preview_blocks(seen, given, locale)
    if body.get("arrived"):
        blocks.insert(0, say("add.arrived", locale, n=body["arrived"]))
    first: list[Control] = [
        Press("add", key, say("button.add", locale), discord.ButtonStyle.success),
        Press("details", key, say("button.edit_details", locale)),
    ]
    if seen.get("set_aside"):
        first.append(Press("aside", f"{key}.0", say("button.set_aside", locale)))
    first.append(Press("cancel", key, say("button.cancel", locale), discord.ButtonStyle.danger))
    known = cards.stated(seen) | dict(given)
    place = "button.place" if known.get("url") else "button.address"
    second = [Press("address", key, say(place, locale))]
    pages = paginate(blocks, most=20)
    page = min(page, len(pages) - 1)
    return Sheet(pages[page]).with_rows(first, second, pager("card", key, page, len(pages), locale))


@on("card")
async def turn_card(interaction: Interaction, key: str) -> None:
    """Turn the page of a card."""
    name, _, number = key.partition(".")
    visitor, body = await kept_preview(interaction, name)
    sheet = card(name, body, visitor.locale, int(number) if number.isdigit() else 0)
    await interaction.response.edit_message(view=layout(sheet))


async def kept_preview(interaction: Interaction, key: str) -> tuple[Visitor, dict[str, Any]]:
    """Give the preview behind a button to a moderator of its server, and to no one else."""
    client = interaction.client
    visitor = visit(interaction, client.state)
    require_moderator(visitor)
    assert visitor.guild is not None
    body = await client.desk.keep(client.state.kept, "previews", key, visitor.guild)
    if body is None:
        raise Refused(say("add.expired", visitor.locale))
    return visitor, body


@on("add")
async def add(interaction: Interaction, key: str) -> None:
    """Index the very bytes that were shown."""
    visitor, body = await kept_preview(interaction, key)
    adding = interaction.client.adding
    if key in adding:
        # A second press, before the first took the buttons away: one result is enough.
        title = one_line(_title(body), 120)
        raise Refused(say("add.adding", visitor.locale, title=title))
    adding.add(key)
    try:
        await _add(interaction, visitor, key, body)
    finally:
        adding.discard(key)


async def _add(
    interaction: Interaction, visitor: Visitor, key: str, body: Mapping[str, Any]
) -> None:
    client = interaction.client
    given = body["given"]
    title = _title(body)
    folder = client.home / "bot-previews" / key
    if not (folder / "bytes").exists():
        raise Refused(say("add.expired", visitor.locale))
    await interaction.response.defer()
    working = Sheet((say("add.adding", visitor.locale, title=one_line(title, 120)),))
    await interaction.edit_original_response(view=layout(working))
    actor = await client.desk.keep(client.state.pseudonym, visitor.user)
    request = {"library": visitor.library, "given": given, "actor": actor}

    async def work() -> Done:
        result = await children.work(client.command, "add", folder, request)
        name = str(result.get("title") or result.get("source") or title)
        await client.desk.keep(client.state.drop, "previews", key)
        await client.desk.keep(shutil.rmtree, folder, True)
        shown = one_line(name, 120)
        if result.get("already"):
            return Done(say("add.already", visitor.locale, title=shown), None)
        text = say("add.done", visitor.locale, title=shown, n=int(result["passages"]))
        older = result.get("older")
        if older:
            text += "\n" + say("add.older", visitor.locale, title=one_line(older["title"], 120))
        return Done(text, Change("add", name, (str(result["id"]),), older=older))

    await changes.carry_out(interaction, visitor, Change("add", title), work)


def _title(body: Mapping[str, Any]) -> str:
    return str(_known(body).get("title") or body["seen"].get("source") or "…")


@on("cancel")
async def cancel(interaction: Interaction, key: str) -> None:
    """Drop what was previewed."""
    client = interaction.client
    visitor = visit(interaction, client.state)
    require_moderator(visitor)
    assert visitor.guild is not None
    if await client.desk.keep(client.state.kept, "previews", key, visitor.guild) is not None:
        await client.desk.keep(client.state.drop, "previews", key)
        await client.desk.keep(shutil.rmtree, client.home / "bot-previews" / key, True)
    cancelled = Sheet((say("add.cancelled", visitor.locale),))
    await interaction.response.edit_message(view=layout(cancelled))


@on("aside")
async def set_aside(interaction: Interaction, key: str) -> None:
    """Show what was set aside, with its reasons, a page at a time."""
    name, _, number = key.partition(".")
    visitor, body = await kept_preview(interaction, name)
    parts = body["seen"].get("set_aside") or []
    if not parts:
        raise Refused(say("aside.none", visitor.locale))
    blocks = [f"**{one_line(p['reason'])}**\n{block_quote(p['text'])}" for p in parts]
    pages = paginate(blocks, room=3600, most=12)
    page = min(int(number) if number.isdigit() else 0, len(pages) - 1)
    title = say("aside.title", visitor.locale, page=page + 1, pages=len(pages))
    sheet = Sheet((title, *pages[page])).with_rows(
        pager("aside", name, page, len(pages), visitor.locale)
    )
    if interaction.message is not None and number != "0":
        await interaction.response.edit_message(view=layout(sheet))
    else:
        await interaction.response.send_message(view=layout(sheet), ephemeral=True)


def _known(body: Mapping[str, Any]) -> dict[str, Any]:
    return cards.stated(body["seen"]) | dict(body["given"])


async def _amend(interaction: Interaction, key: str, given: Mapping[str, Any]) -> None:
    """Put corrected particulars on the card."""
    visitor, body = await kept_preview(interaction, key)
    client = interaction.client
    body["given"] = body["given"] | dict(given)
    assert visitor.guild is not None
    await client.desk.keep(client.state.keep, "previews", key, visitor.guild, body)
    await interaction.response.edit_message(view=layout(card(key, body, visitor.locale)))


@on("details")
async def edit_details(interaction: Interaction, key: str) -> None:
    """Open the form with the particulars of a preview."""
    visitor, body = await kept_preview(interaction, key)

    class Open(DetailsForm):
        async def on_submit(self, interaction: AnyInteraction, /) -> None:
            await _amend(interaction, key, self.values())

    await interaction.response.send_modal(Open(_known(body), visitor.locale))


@on("address")
async def edit_place(interaction: Interaction, key: str) -> None:
    """Ask where a file is published."""
    visitor, body = await kept_preview(interaction, key)

    class Open(PlaceForm):
        async def on_submit(self, interaction: AnyInteraction, /) -> None:
            await _amend(interaction, key, self.values())

    await interaction.response.send_modal(Open(_known(body), visitor.locale))
