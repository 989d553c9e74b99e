"""`/footnote gaps`: reports and unanswered questions, grouped, newest first."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.access import Refused, Visitor, require_moderator, visit
from bot.controls import Interaction, on
from bot.escaping import one_line
from bot.kept import Report
from bot.pages import Block, Control, Press, Sheet, layout, pager
from bot.words import date_in_words, named, say

if TYPE_CHECKING:
    from bot.client import Footnote

PER_PAGE = 5
PAUSE_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Group:
    """Reports of one kind about one question, newest first."""

    reports: tuple[Report, ...]

    @property
    def newest(self) -> Report:
        return self.reports[0]


def grouped(reports: Sequence[Report]) -> list[Group]:
    """Group reports by reason and question, whatever its case and spaces; newest group first."""
    groups: dict[tuple[str, str], list[Report]] = {}
    for report in reports:
        key = (report.reason, " ".join(report.question.casefold().split()).rstrip("?!. "))
        groups.setdefault(key, []).append(report)
    return [Group(tuple(of_it)) for of_it in groups.values()]


@app_commands.command(name=named("gaps"), description=named("gaps.about"))
async def gaps(interaction: discord.Interaction[Footnote]) -> None:
    """Show what waits for the moderators of this server."""
    visitor = visit(interaction, interaction.client.state)
    require_moderator(visitor)
    sheet = await _sheet(interaction, visitor, 0)
    await interaction.response.send_message(view=layout(sheet), ephemeral=True)


async def _sheet(interaction: Interaction, visitor: Visitor, page: int, said: str = "") -> Sheet:
    client, locale = interaction.client, visitor.locale
    assert visitor.guild is not None
    groups = grouped(await client.desk.keep(client.state.reports, visitor.guild))
    paused = client.state.server(visitor.guild).paused_until > time.time()
    pause = (
        Press("resume", "now", say("button.resume", locale))
        if paused
        else Press("pause", "hour", say("button.pause", locale))
    )
    blocks: list[Block] = [said] if said else []
    if not groups:
        return Sheet((*blocks, say("gaps.none", locale))).with_rows([pause])
    pages = -(-len(groups) // PER_PAGE)
    page = max(0, min(page, pages - 1))
    blocks.append(say("gaps.title", locale, page=page + 1, pages=pages))
    for group in groups[page * PER_PAGE : (page + 1) * PER_PAGE]:
        blocks += _group(group, page, locale)
    last: list[Control] = [*pager("gaps", "page", page, pages, locale), pause]
    return Sheet(tuple(blocks)).with_rows(last)


def _group(group: Group, page: int, locale: str) -> list[Block]:
    newest = group.newest
    name = "gap.reason" if newest.kind == "gap" else f"report.{newest.reason}"
    day = date_in_words(time.strftime("%Y-%m-%d", time.gmtime(newest.at)), locale)
    text = say("gaps.report", locale, reason=say(name, locale), n=len(group.reports), date=day)
    # Behind a spoiler: what members typed should not jump at a moderator who streams.
    question = f"||{one_line(newest.question, 300)}||"
    key = f"{newest.id}.{page}"
    row: tuple[Control, ...] = (
        Press("resolved", key, say("button.resolved", locale)),
        Press("block", key, say("button.block", locale), discord.ButtonStyle.danger),
        Press("erase_reports", key, say("button.erase_reports", locale)),
    )
    return [f"{text}\n{question}", row]


async def _moderator(interaction: Interaction, key: str) -> tuple[Visitor, int, int]:
    visitor = visit(interaction, interaction.client.state)
    require_moderator(visitor)
    number, _, page = key.partition(".")
    return visitor, int(number) if number.isdigit() else 0, int(page) if page.isdigit() else 0


async def _redraw(interaction: Interaction, visitor: Visitor, page: int, said: str) -> None:
    sheet = await _sheet(interaction, visitor, page, said)
    await interaction.response.edit_message(view=layout(sheet))


@on("gaps")
async def turn(interaction: Interaction, key: str) -> None:
    """Turn the page."""
    visitor, _, page = await _moderator(interaction, key)
    await _redraw(interaction, visitor, page, "")


@on("resolved")
async def resolved(interaction: Interaction, key: str) -> None:
    """Close a group of reports."""
    visitor, number, page = await _moderator(interaction, key)
    client = interaction.client
    assert visitor.guild is not None
    for group in grouped(await client.desk.keep(client.state.reports, visitor.guild)):
        if any(report.id == number for report in group.reports):
            ids = [report.id for report in group.reports]
            await client.desk.keep(client.state.resolve, visitor.guild, ids)
    await _redraw(interaction, visitor, page, say("gaps.resolved", visitor.locale))


async def _sender(interaction: Interaction, visitor: Visitor, number: int) -> str:
    client = interaction.client
    assert visitor.guild is not None
    person: str | None = await client.desk.keep(client.state.sender, visitor.guild, number)
    if person is None:
        raise Refused(say("fault.gone", visitor.locale))
    return person


@on("block")
async def block(interaction: Interaction, key: str) -> None:
    """Take no more reports from who sent this one; their name is not known here."""
    visitor, number, page = await _moderator(interaction, key)
    client = interaction.client
    person = await _sender(interaction, visitor, number)
    assert visitor.guild is not None
    await client.desk.keep(client.state.block, visitor.guild, person)
    await _redraw(interaction, visitor, page, say("gaps.blocked", visitor.locale))


@on("erase_reports")
async def erase_reports(interaction: Interaction, key: str) -> None:
    """Delete everything that the sender of this report has sent here."""
    visitor, number, page = await _moderator(interaction, key)
    client = interaction.client
    person = await _sender(interaction, visitor, number)
    assert visitor.guild is not None
    count = await client.desk.keep(client.state.erase_reports, visitor.guild, person)
    await _redraw(interaction, visitor, page, say("gaps.erased", visitor.locale, n=count))


async def _pause(interaction: Interaction, until: float, said: str) -> None:
    visitor, _, _ = await _moderator(interaction, "")
    client = interaction.client
    assert visitor.server is not None
    server = replace(visitor.server, paused_until=until)
    await client.desk.keep(client.state.keep_server, server)
    await _redraw(interaction, visitor, 0, say(said, visitor.locale))


@on("pause")
async def pause(interaction: Interaction, key: str) -> None:
    """Answer no questions in this server for an hour."""
    await _pause(interaction, time.time() + PAUSE_SECONDS, "gaps.paused")


@on("resume")
async def resume(interaction: Interaction, key: str) -> None:
    """End a pause."""
    await _pause(interaction, 0.0, "gaps.resumed")
