"""Adding a document: a private card of what would be indexed, then *Add*, *Edit details* or not.

The bytes that were previewed are kept at most one hour in the data folder and are the ones that
*Add* indexes. A Discord attachment's address is never stored as a document's.
"""

from __future__ import annotations

import json
import secrets
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import discord
from discord import ui

from bot import cards, changes, children
from bot.access import Refused, Visitor, require_moderator, visit
from bot.changes import Change, Done
from bot.commands.answers import Form
from bot.commands.ask import checked_date
from bot.controls import AnyInteraction, Interaction, chosen, on
from bot.escaping import block_quote, one_line, shorten, web_address
from bot.pages import Choice, Choose, Control, Press, Sheet, layout, paginate
from bot.words import say

if TYPE_CHECKING:
    from bot.client import Footnote

PASTE_FIELDS = 3
MAX_NAME = 100
OFFERED = 25
"""Links and files of one message that are offered; a select holds no more (Discord)."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a moderator wants to add: an address, or bytes with a name."""

    url: str | None = None
    name: str = ""
    data: bytes = b""
    given: Mapping[str, Any] = field(default_factory=dict)


def safe_name(name: str) -> str:
    """Give a file's display name: no folders, no control or direction characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    return " ".join(clean.split())[:MAX_NAME].lstrip(".") or "unnamed"


def is_discord_file(url: str) -> bool:
    """Say whether an address is a Discord attachment: it expires, so it is no source."""
    host = (urlsplit(url).hostname or "").lower()
    return host.endswith(("discordapp.com", "discordapp.net", "discord.com"))


async def download(visitor: Visitor, attachment: discord.Attachment, limit: int) -> Found:
    """Fetch an attachment from Discord. Raises Refused where it is too large or gone."""
    name = safe_name(attachment.filename)
    if attachment.size > limit:
        size, most = f"{attachment.size / 1e6:.1f}", f"{limit / 1e6:.0f}"
        text = say(
            "fault.file_too_large", visitor.locale, name=one_line(name), size=size, limit=most
        )
        raise Refused(text)
    try:
        return Found(name=name, data=await attachment.read())
    except discord.HTTPException as error:
        raise Refused(say("fault.download", visitor.locale)) from error


# --- The card -----------------------------------------------------------------------------------


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


def card(key: str, body: Mapping[str, Any], locale: str) -> Sheet:
    """Draw the card of a preview with its buttons."""
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
    return Sheet(paginate(blocks, most=20)[0]).with_rows(first, second)


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


# --- Buttons of the card ------------------------------------------------------------------------


@on("add")
async def add(interaction: Interaction, key: str) -> None:
    """Index the very bytes that were shown."""
    visitor, body = await kept_preview(interaction, key)
    client = interaction.client
    given = body["given"]
    title = str(_known(body).get("title") or body["seen"].get("source") or "…")
    folder = client.home / "bot-previews" / key
    if not (folder / "bytes").exists():
        raise Refused(say("add.expired", visitor.locale))
    await interaction.response.defer()
    adding = Sheet((say("add.adding", visitor.locale, title=one_line(title, 120)),))
    await interaction.edit_original_response(view=layout(adding))
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
        return Done(text, Change("add", name, (str(result["id"]),)))

    await changes.carry_out(interaction, visitor, Change("add", title), work)


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


def pager(action: str, key: str, page: int, pages: int, locale: str) -> list[Control]:
    """Give *Previous* and *Next* where there is one. A page's number follows the opaque key."""
    row: list[Control] = []
    if page > 0:
        # A leading zero tells "back to the first page" from "open the first page".
        row.append(Press(action, f"{key}.0{page - 1}", say("button.previous", locale)))
    if page + 1 < pages:
        row.append(Press(action, f"{key}.{page + 1}", say("button.next", locale)))
    return row


class DetailsForm(Form):
    """Particulars of a document-to-be, or of one in the record."""

    def __init__(self, known: Mapping[str, Any], locale: str) -> None:
        super().__init__(say("details.title", locale))
        self.locale = locale
        self.fields = {
            name: self.ask(
                say(f"card.{name}", locale), default=known.get(name), required=False, most=300
            )
            for name in ("title", "publisher", "author", "addressee", "date")
        }

    def values(self) -> dict[str, str | None]:
        """Give what was filled in; empty is unknown. Raises Refused for a date that is none."""
        given = {name: field.value.strip() or None for name, field in self.fields.items()}
        given["date"] = checked_date(given["date"], self.locale)
        return given


class PlaceForm(Form):
    """Where a document is published, and what sort of document it is."""

    def __init__(self, known: Mapping[str, Any], locale: str) -> None:
        super().__init__(say("add.where", locale))
        self.locale = locale
        self.url = self.ask(
            say("card.url", locale),
            default=known.get("url"),
            required=False,
            most=500,
            about=say("add.where_about", locale),
        )
        kind = str(known.get("kind") or "other")
        options = [
            discord.SelectOption(
                label=say(f"kind.{name}", locale), value=name, default=name == kind
            )
            for name in cards.kinds()
        ]
        self.kind: ui.Select[Any] = ui.Select(options=options, required=False)
        self.add_item(ui.Label(text=say("card.kind", locale), component=self.kind))

    def values(self) -> dict[str, str | None]:
        """Give address and kind. Raises Refused for an address that is none."""
        given: dict[str, str | None] = {"url": checked_address(self.url.value, self.locale)}
        if self.kind.values and self.kind.values[0] in cards.kinds():
            given["kind"] = self.kind.values[0]
        return given


def checked_address(text: str, locale: str) -> str | None:
    """Give an http(s) address that is not Discord's own; None for nothing."""
    text = text.strip()
    if not text:
        return None
    if web_address(text) is None or is_discord_file(text):
        raise Refused(say("details.bad_url", locale))
    return text


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


# --- The form of /source add, and the message menu ------------------------------------------------


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
        await defer(interaction)
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


async def defer(interaction: Interaction) -> None:
    """Acknowledge privately; faults from now on take the place of the waiting message."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    interaction.extras |= {"thinking": True, "private": True}


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
    await defer(interaction)
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
    await defer(interaction)
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
