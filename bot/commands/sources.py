"""`/source add|list|info|edit|refresh|remove|recent`: moderators look after the record."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot import cards, changes, children
from bot.access import Refused, Visitor, require_moderator, visit
from bot.changes import Change, Done
from bot.commands import adding
from bot.commands.adding import AddForm, DetailsForm, Found, PlaceForm, defer, pager
from bot.controls import Interaction, chosen, on
from bot.escaping import one_line, shorten
from bot.pages import Block, Choice, Choose, Control, Press, Sheet, layout
from bot.words import date_in_words, named, say
from knowledge import Entry, KnowledgeError

if TYPE_CHECKING:
    from bot.client import Footnote

PER_PAGE = 10
RECENT_PER_PAGE = 5

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


# --- add ------------------------------------------------------------------------------------------


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
    await defer(interaction)
    if url:
        address = adding.checked_address(url, visitor.locale)
        await adding.preview(interaction, visitor, Found(url=address))
    elif file is not None:
        found = await adding.download(visitor, file, interaction.filesize_limit)
        await adding.preview(interaction, visitor, found)


# --- list -----------------------------------------------------------------------------------------


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
    await defer(interaction)
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
    visitor, body = await adding.kept_preview(interaction, name)
    page = int(number) if number.isdigit() else 0
    sheet = await _list_sheet(interaction, visitor, name, body, page)
    await interaction.response.edit_message(view=layout(sheet))


# --- info, edit, refresh ---


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
    key = await _kept_ids(interaction, visitor, [entry])
    row = [
        Press("edit", key, say("button.edit_details", visitor.locale)),
        Press("edit_place", key, say("button.place", visitor.locale)),
    ]
    return cards.entry_sheet(entry, visitor.locale).with_rows(row)


async def _kept_ids(interaction: Interaction, visitor: Visitor, entries: Sequence[Entry]) -> str:
    client = interaction.client
    key = secrets.token_urlsafe(9)
    body = {"kind": "ids", "ids": [e.id for e in entries]}
    assert visitor.guild is not None
    await client.desk.keep(client.state.keep, "previews", key, visitor.guild, body)
    return key


async def _entry_behind(interaction: Interaction, key: str) -> tuple[Visitor, Entry]:
    visitor, body = await adding.kept_preview(interaction, key)
    ids = body.get("ids") or [""]
    return visitor, await find(interaction, visitor, str(ids[0]))


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
    visitor, entry = await _entry_behind(interaction, key)
    await interaction.response.send_modal(_edit_form(entry, visitor, DetailsForm))


@on("edit_place")
async def edit_place_button(interaction: Interaction, key: str) -> None:
    """Correct address and kind from a document's card."""
    visitor, entry = await _entry_behind(interaction, key)
    await interaction.response.send_modal(_edit_form(entry, visitor, PlaceForm))


def _edit_form(entry: Entry, visitor: Visitor, base: Any) -> Any:
    class Open(base):  # type: ignore[misc]
        async def on_submit(self, interaction: Interaction, /) -> None:
            again = moderator(interaction)
            now = await find(interaction, again, entry.id)
            given = self.values()
            await defer(interaction)
            await _edit(interaction, again, now, given)

    return Open(cards.entry_fields(entry), visitor.locale)


FLAGS = {"addressee": "to"}
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
    await defer(interaction)
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


# --- remove ---------------------------------------------------------------------------------------


@source.command(name=named("remove"), description=named("remove.about"))
@app_commands.rename(document=named("document"))
@app_commands.describe(document=named("document.about"))
@app_commands.autocomplete(document=documents)
async def remove(interaction: discord.Interaction[Footnote], document: str) -> None:
    """Ask for confirmation, saying what is lost."""
    visitor = moderator(interaction)
    entry = await find(interaction, visitor, document)
    sheet = await _confirm(interaction, visitor, [entry])
    await interaction.response.send_message(view=layout(sheet), ephemeral=True)


async def _confirm(interaction: Interaction, visitor: Visitor, entries: Sequence[Entry]) -> Sheet:
    key = await _kept_ids(interaction, visitor, entries)
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
    visitor, _ = await adding.kept_preview(interaction, key)
    entries = [await find(interaction, visitor, value) for value in chosen(interaction)[:25]]
    sheet = await _confirm(interaction, visitor, entries)
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
    visitor, body = await adding.kept_preview(interaction, key)
    client = interaction.client
    entries = [await find(interaction, visitor, str(id_)) for id_ in body.get("ids", [])]
    await interaction.response.defer()
    working = Sheet((say("remove.working", visitor.locale),))
    await interaction.edit_original_response(view=layout(working))
    await client.desk.keep(client.state.drop, "previews", key)
    ids = tuple(entry.id for entry in entries)
    change = Change("remove", changes.joined([title_of(e) for e in entries]), ids)

    async def work() -> Done:
        await _remove(client, visitor, ids)
        title = one_line(change.title, 120)
        return Done(say("remove.done", visitor.locale, n=len(ids), title=title), change)

    await changes.carry_out(interaction, visitor, change, work)


async def _remove(client: Footnote, visitor: Visitor, ids: Sequence[str]) -> None:
    actor = await client.desk.keep(client.state.pseudonym, visitor.user)
    arguments = ["remove", *ids, "--yes", "--library", visitor.library, "--json"]
    result = await children.run(client.command, arguments, actor=actor)
    refused = (result or {}).get("refused") or []
    if refused:
        raise children.ChangeFailed(str(refused[0].get("reason")))


# --- recent and Undo ------------------------------------------------------------------------------


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
        if change["state"] == "done" and change["verb"] in ("add", "edit"):
            blocks.append((Press("undo", change["key"], say("button.undo", locale)),))
    return Sheet(tuple(blocks)).with_rows(pager("recent", "page", page, pages, locale))


@on("undo")
async def undo(interaction: Interaction, key: str) -> None:
    """Take a change back: remove what was added, restore what was edited."""
    visitor = moderator(interaction)
    client = interaction.client
    assert visitor.guild is not None
    body = await client.desk.keep(client.state.kept, "changes", key, visitor.guild)
    if body is None or body["state"] != "done" or body["verb"] not in ("add", "edit"):
        raise Refused(say("recent.undo_not", visitor.locale))
    await defer(interaction)
    library, title = visitor.library, str(body["title"])

    async def work() -> Done:
        try:
            await client.desk.read(client.record.entry, body["ids"][0], (library,))
        except KnowledgeError as error:
            raise Refused(say("recent.undo_not", visitor.locale)) from error
        if body["verb"] == "add":
            await _remove(client, visitor, body["ids"])
            change = Change("remove", title, tuple(body["ids"]))
            text = say("recent.undo_done", visitor.locale, title=one_line(title, 120))
        else:
            arguments = ["edit", body["ids"][0], "--library", library, "--json"]
            actor = await client.desk.keep(client.state.pseudonym, visitor.user)
            await children.run(client.command, arguments + options_for(body["before"]), actor=actor)
            change = Change("edit", title, tuple(body["ids"]))
            text = say("details.saved", visitor.locale)
        undone = {name: value for name, value in body.items() if name != "at"} | {"state": "undone"}
        assert visitor.guild is not None
        await client.desk.keep(client.state.keep, "changes", key, visitor.guild, undone)
        return Done(text, change)

    await changes.carry_out(interaction, visitor, Change("remove", title), work)
