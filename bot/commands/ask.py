"""`/ask`: a member's question."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot import delivery
from bot.access import Refused, visit
from bot.asking import MAX_QUESTION, Asked
from bot.escaping import one_line
from bot.words import named, say
from knowledge import Mode

if TYPE_CHECKING:
    from bot.client import Footnote


def checked_date(text: str | None, locale: str) -> str | None:
    """Give a date of one of the three forms. Raises Refused for anything else."""
    if not text:
        return None
    text = text.strip()
    try:
        parts = [int(part) for part in text.split("-")]
        date(*[*parts, 1, 1][:3])
    except (ValueError, TypeError):
        parts = []
    if not parts or len(text) not in (4, 7, 10):
        raise Refused(say("fault.bad_date", locale, date=one_line(text, 40)))
    return text


@app_commands.command(name=named("ask"), description=named("ask.about"))
@app_commands.rename(
    question=named("ask.question"),
    private=named("ask.private"),
    publisher=named("ask.publisher"),
    since=named("ask.since"),
    until=named("ask.until"),
    mode=named("ask.mode"),
)
@app_commands.describe(
    question=named("ask.question.about"),
    private=named("ask.private.about"),
    publisher=named("ask.publisher.about"),
    since=named("ask.since.about"),
    until=named("ask.until.about"),
    mode=named("ask.mode.about"),
)
@app_commands.choices(
    mode=[app_commands.Choice(name=named(f"ask.mode.{mode}"), value=str(mode)) for mode in Mode]
)
@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
async def ask(
    interaction: discord.Interaction[Footnote],
    question: app_commands.Range[str, 1, MAX_QUESTION],
    private: bool = False,
    publisher: app_commands.Range[str, 1, 100] | None = None,
    since: app_commands.Range[str, 4, 10] | None = None,
    until: app_commands.Range[str, 4, 10] | None = None,
    mode: str | None = None,
) -> None:
    """Answer a question where it was asked, or privately on wish."""
    visitor = visit(interaction, interaction.client.state)
    options = {
        "publisher": publisher,
        "since": checked_date(since, visitor.locale),
        "until": checked_date(until, visitor.locale),
        "mode": mode,
    }
    await delivery.reply(interaction, visitor, Asked(question, options), private=private)


async def _publishers(
    interaction: discord.Interaction[Footnote], current: str
) -> list[app_commands.Choice[str]]:
    """Complete publishers from the libraries that may be read here, and no others."""
    client = interaction.client
    visitor = visit(interaction, client.state)
    entries = await client.entries(visitor.libraries)
    names = sorted({e.particulars.publisher for e in entries if e.particulars.publisher})
    wanted = current.casefold().strip()
    found = [name for name in names if wanted in name.casefold() and len(name) <= 100]
    return [app_commands.Choice(name=name, value=name) for name in found[:25]]


ask.autocomplete("publisher")(_publishers)
