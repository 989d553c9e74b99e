"""What is wrong with an answer: *Report*, and *Withdraw* and *Add correction* behind it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import discord
from discord import ui

from bot import asking, faults, mentions
from bot.access import Refused, Visitor, require_moderator, visit
from bot.controls import AnyInteraction, Interaction, chosen, on
from bot.escaping import block_quote
from bot.forms import Form
from bot.kept import KeptAnswer
from bot.pages import (
    MAX_COMPONENTS,
    MAX_TEXT,
    Choice,
    Choose,
    Control,
    Press,
    Sheet,
    layout,
)
from bot.state import DAY
from bot.words import date_in_words, say

REASONS = ("wrong_speaker", "out_of_date", "quotation_wrong", "missing", "other")


def today(locale: str) -> str:
    """Say today's date in words, UTC."""
    return date_in_words(time.strftime("%Y-%m-%d", time.gmtime()), locale) or ""


@on("report")
async def report(interaction: Interaction, key: str) -> None:
    """Ask what is wrong; the asker and moderators can also act on the answer itself."""
    client = interaction.client
    visitor = visit(interaction, client.state)
    kept = await asking.recall(client, visitor, key)
    locale = visitor.locale
    choices = tuple(Choice(say(f"report.{name}", locale), name) for name in REASONS)
    select = Choose("report_reason", key, say("report.reason", locale), choices)
    blocks = [f"**{say('report.title', locale)}**"]
    presses: list[Control] = []
    if visitor.moderator or kept.asker == client.state.person(visitor.user):
        moderate = "report.moderate" if visitor.moderator else "report.yours"
        blocks.append("-# " + say(moderate, locale))
        presses.append(Press("withdraw", key, say("button.withdraw", locale)))
    if visitor.moderator:
        presses.append(Press("correct", key, say("button.add_correction", locale)))
    sheet = Sheet(tuple(blocks)).with_rows([select], presses)
    await interaction.response.send_message(view=layout(sheet), ephemeral=True)


@on("report_reason")
async def send_report(interaction: Interaction, key: str) -> None:
    """Keep a report and say what happens with it."""
    client = interaction.client
    visitor = visit(interaction, client.state)
    kept = await asking.recall(client, visitor, key)
    reason = next(iter(chosen(interaction)), "")
    if reason not in REASONS:
        raise Refused(say("fault.old_control", visitor.locale))
    text = await file_report(client, visitor, "report", kept, reason)
    await interaction.response.edit_message(view=layout(Sheet((text,))))


async def file_report(
    client: Any, visitor: Visitor, kind: str, kept: KeptAnswer, reason: str
) -> str:
    """Keep a report or gap under the sender's daily limit; give the sentence for the sender."""
    locale, limit = visitor.locale, client.settings.reports_per_member
    person = client.state.person(visitor.user)
    wait = await client.desk.keep(
        client.state.allow, f"report:{visitor.guild}:{person}", limit, DAY
    )
    if wait:
        raise Refused(say("limit.reports", locale, limit=limit))
    number = await client.desk.keep(
        client.state.report, visitor.guild, kind, visitor.user, kept.question, reason, "", kept.key
    )
    if number is None:
        return say("report.blocked", locale)
    if visitor.guild is None:
        return say("report.sent_shared", locale)
    return say("gap.sent" if kind == "gap" else "report.sent", locale)


@on("withdraw")
async def withdraw(interaction: Interaction, key: str) -> None:
    """Take an answer's words back; for its asker and for moderators."""
    client = interaction.client
    visitor = visit(interaction, client.state)
    kept = await asking.recall(client, visitor, key)
    asker = kept.asker == client.state.person(visitor.user)
    if not asker and not visitor.moderator:
        raise Refused(say("withdraw.not_yours", visitor.locale))
    name = "answer.withdrawn_asker" if asker else "answer.withdrawn_moderator"
    line = say(name, visitor.public_locale, date=today(visitor.public_locale))
    await interaction.response.defer()
    try:
        await _message(client, kept).edit(
            view=layout(Sheet((line,))), allowed_mentions=mentions.NOBODY
        )
        for page in kept.pages:
            await _message(client, replace(kept, message=page)).delete()
    except discord.HTTPException as error:
        raise Refused(say("withdraw.lost", visitor.locale)) from error
    await client.desk.keep(client.state.drop_answer, key)
    done = Sheet((say("withdraw.done", visitor.locale),))
    await interaction.edit_original_response(view=layout(done))


def _message(client: discord.Client, kept: KeptAnswer) -> discord.PartialMessage:
    channel = client.get_partial_messageable(kept.channel or 0)
    return channel.get_partial_message(kept.message or 0)


class CorrectionForm(Form):
    """What a moderator adds under an answer."""

    def __init__(self, key: str, locale: str) -> None:
        super().__init__(say("correction.title", locale))
        self.key = key
        self.text = self.ask(say("correction.text", locale), long=True, most=1000)

    async def on_submit(self, interaction: AnyInteraction, /) -> None:
        client = interaction.client
        visitor = visit(interaction, client.state)
        require_moderator(visitor)
        kept = await asking.recall(client, visitor, self.key)
        await interaction.response.defer(ephemeral=True, thinking=True)
        interaction.extras |= {"thinking": True, "private": True}
        locale = visitor.public_locale
        correction = say(
            "answer.corrected", locale, date=today(locale), text=block_quote(self.text.value)
        )
        try:
            await _append(client, kept, correction)
        except discord.HTTPException as error:
            raise Refused(say("withdraw.lost", visitor.locale)) from error
        await faults.tell(interaction, say("correction.done", visitor.locale))


async def _append(client: discord.Client, kept: KeptAnswer, block: str) -> None:
    """Write a block into an answer above its buttons, or as a reply where it has no room."""
    partial = _message(client, kept)
    message = await partial.fetch()
    view = ui.LayoutView.from_message(message, timeout=None)
    full = view.content_length() + len(block) > MAX_TEXT
    if full or view.total_children_count >= MAX_COMPONENTS:
        await mentions.send(message, Sheet((block,)))
        return
    rows = [child for child in view.children if isinstance(child, ui.ActionRow)]
    for row in rows:
        view.remove_item(row)
    view.add_item(ui.TextDisplay(block))
    for row in rows:
        view.add_item(row)
    view.stop()  # its buttons are ours by custom_id; nothing has to remember this view
    await partial.edit(view=view, allowed_mentions=mentions.NOBODY)


@on("correct")
async def correct(interaction: Interaction, key: str) -> None:
    """Open the form for a correction."""
    visitor = visit(interaction, interaction.client.state)
    require_moderator(visitor)
    await asking.recall(interaction.client, visitor, key)
    await interaction.response.send_modal(CorrectionForm(key, visitor.locale))
