"""`/footnote about` and `/footnote forget`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.access import visit
from bot.escaping import one_line
from bot.pages import Sheet, layout
from bot.words import date_in_words, named, say
from knowledge import Entry, KnowledgeError, Mode, Outcome, Query, Record

if TYPE_CHECKING:
    from bot.client import Footnote

footnote = app_commands.Group(
    name=named("footnote"),
    description=named("footnote.about"),
    allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
    allowed_contexts=app_commands.AppCommandContext(
        guild=True, dm_channel=True, private_channel=True
    ),
)

TRIED = 8
"""Questions tried until three are found that the record answers."""


@footnote.command(name=named("about"), description=named("about.about"))
async def about(interaction: discord.Interaction[Footnote]) -> None:
    """Say what this is, what it can answer, how new it is, and where questions go."""
    client = interaction.client
    visitor = visit(interaction, client.state)
    await interaction.response.defer(ephemeral=True, thinking=True)
    interaction.extras |= {"thinking": True, "private": True}
    locale = visitor.locale
    entries = await client.entries(visitor.libraries)
    questions = await client.desk.read(examples, client.record, entries, visitor.libraries)
    dates = [e.particulars.date for e in entries if e.particulars.date]
    newest = date_in_words(max(dates, default=None), locale) or say("about.undated", locale)
    holds = (
        say("about.holds", locale, n=len(entries), date=newest)
        if entries
        else say("about.holds_none", locale)
    )
    blocks = [say("about.title", locale), holds, say("about.how", locale)]
    if questions:
        tried = "\n".join(f"- {one_line(question)}" for question in questions)
        blocks.append(f"{say('about.try', locale)}\n{tried}")
    model = client.chat_model if visitor.server is not None and visitor.server.model else ""
    where = (
        say("about.questions_go_model", locale, model=one_line(model))
        if model
        else say("about.questions_go", locale)
    )
    blocks.append(f"{where}\n{say('about.privacy', locale)}")
    interaction.extras["thinking"] = False
    await interaction.edit_original_response(view=layout(Sheet(tuple(blocks))))


def candidates(entries: Iterable[Entry]) -> list[str]:
    """Questions that documents should answer, by who wrote to whom, newest document first."""
    ordered = sorted(entries, key=lambda e: e.particulars.date or "", reverse=True)
    made: list[str] = []
    for entry in ordered:
        known = entry.particulars
        who = known.author or known.publisher
        if known.addressee and who:
            made.append(f"What did {who} tell {known.addressee}?")
        elif known.title and who and not known.title.endswith("?"):
            made.append(f"What does {who} say about {known.title}?")
        elif known.title and not known.title.endswith("?"):
            made.append(f"What does the record say about {known.title}?")
    return [q for q in dict.fromkeys(made) if len(q) <= 150]


def examples(record: Record, entries: Sequence[Entry], libraries: tuple[str, ...]) -> list[str]:
    """Give at most three questions that the record really answers; runs in a thread."""
    found: list[str] = []
    for question in candidates(entries)[:TRIED]:
        try:
            answer = record.ask(Query(question, libraries=libraries, mode=Mode.QUOTES))
        except KnowledgeError:
            continue
        if answer.outcome is Outcome.ANSWERED:
            found.append(question)
        if len(found) == 3:
            break
    return found


@footnote.command(name=named("forget"), description=named("forget.about"))
async def forget(interaction: discord.Interaction[Footnote]) -> None:
    """Erase what is kept about the person, at once, and say what remains."""
    client = interaction.client
    visitor = visit(interaction, client.state)
    await interaction.response.defer(ephemeral=True, thinking=True)
    interaction.extras |= {"thinking": True, "private": True}
    erased = await client.desk.keep(client.state.forget, visitor.user)
    client.forget_answers()
    blocks = (say("forget.done", visitor.locale, n=erased), say("forget.remains", visitor.locale))
    interaction.extras["thinking"] = False
    await interaction.edit_original_response(view=layout(Sheet(blocks)))
