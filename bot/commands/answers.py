"""The buttons of an answer: Report, Withdraw, Add correction, Follow up, Share, and the asker's
private ones: Tell the moderators, Possibly related, Show me, a choice between two readings."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any

import discord
from discord import ui

from bot import asking, delivery, faults, mentions
from bot.access import Refused, Visitor, require_moderator, visit
from bot.asking import MAX_QUESTION, Asked
from bot.controls import AnyInteraction, Interaction, chosen, on
from bot.escaping import block_quote, one_line
from bot.pages import (
    MAX_COMPONENTS,
    MAX_TEXT,
    Choice,
    Choose,
    Control,
    Press,
    Sheet,
    layout,
    paginate,
)
from bot.replies import titled
from bot.state import DAY, KeptAnswer
from bot.words import date_in_words, say
from knowledge import Mode, Outcome

REASONS = ("wrong_speaker", "out_of_date", "quotation_wrong", "missing", "other")
MODAL_SECONDS = 900.0
"""An open form is kept this long in memory; Discord's own token lasts no longer."""


class Form(ui.Modal):
    """A form whose faults become words."""

    def __init__(self, title: str) -> None:
        super().__init__(title=title[:45], timeout=MODAL_SECONDS)

    async def on_error(  # type: ignore[override]
        self, interaction: Interaction, error: Exception, /
    ) -> None:  # discord.py itself gives modals one parameter less than views
        if not faults.unanswerable(error):
            await faults.tell(interaction, faults.in_words(error, str(interaction.locale)))

    def ask(
        self,
        label: str,
        *,
        default: str | None = None,
        required: bool = True,
        long: bool = False,
        most: int = 4000,
        about: str | None = None,
    ) -> ui.TextInput[Any]:
        """Add a text field under a label and give it."""
        style = discord.TextStyle.paragraph if long else discord.TextStyle.short
        given = (default or "")[:most] or None
        field: ui.TextInput[Any] = ui.TextInput(
            style=style, default=given, required=required, max_length=most
        )
        self.add_item(ui.Label(text=label[:45], description=about and about[:100], component=field))
        return field


def today(locale: str) -> str:
    """Say today's date in words, UTC."""
    return date_in_words(time.strftime("%Y-%m-%d", time.gmtime()), locale) or ""


# --- Report, Withdraw, Add correction --------------------------------------------------------


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


# --- Follow up, Share ---------------------------------------------------------------------------


class FollowForm(Form):
    """The next question of a conversation."""

    def __init__(self, key: str, locale: str) -> None:
        super().__init__(say("follow.title", locale))
        self.key = key
        self.question = self.ask(say("follow.question", locale), most=MAX_QUESTION)

    async def on_submit(self, interaction: AnyInteraction, /) -> None:
        client = interaction.client
        visitor = visit(interaction, client.state)
        kept = await asking.recall(client, visitor, self.key)
        private = interaction.message is not None and interaction.message.flags.ephemeral
        asked = Asked(self.question.value, kept.options, asking.continued(kept, said(client, kept)))
        await delivery.reply(interaction, visitor, asked, private=private)


def said(client: Any, kept: KeptAnswer) -> str:
    """Give the text of a kept answer where it is still in memory."""
    answer = client.recall(kept.key)
    return str(answer.text) if answer is not None else ""


@on("follow")
async def follow_up(interaction: Interaction, key: str) -> None:
    """Open the form for the next question."""
    visitor = visit(interaction, interaction.client.state)
    await asking.recall(interaction.client, visitor, key)
    await interaction.response.send_modal(FollowForm(key, visitor.locale))


@on("share")
async def share(interaction: Interaction, key: str) -> None:
    """Post a private answer where all can see it, as the member's choice."""
    client = interaction.client
    visitor = visit(interaction, client.state)
    if visitor.guild is None:
        raise Refused(say("share.not_here", visitor.locale))
    kept = await asking.recall(client, visitor, key)
    if kept.asker != client.state.person(visitor.user):
        raise Refused(say("refused.not_asker", visitor.locale))
    await interaction.response.defer(thinking=True)
    interaction.extras |= {"thinking": True, "private": False}
    locale = visitor.public_locale
    answer = await asking.answer_again(client, visitor, kept, locale)
    if answer.outcome is not Outcome.ANSWERED:
        raise Refused(say("fault.gone", visitor.locale))
    asked = Asked(kept.question, kept.options, kept.history)
    new = await asking.keep(client, visitor, asked, answer)
    shown = await delivery.sheets(client, visitor, answer, new, locale, share=False)
    await delivery.deliver(interaction, shown, new, private=False)


# --- What the asker of an unanswered question can do --------------------------------------------


async def _own(interaction: Interaction, key: str) -> tuple[Visitor, KeptAnswer]:
    client = interaction.client
    visitor = visit(interaction, client.state)
    kept = await asking.recall(client, visitor, key)
    if kept.asker != client.state.person(visitor.user):
        raise Refused(say("show.not_yours", visitor.locale))
    return visitor, kept


@on("gap")
async def tell_moderators(interaction: Interaction, key: str) -> None:
    """Tell the moderators what the record could not answer."""
    visitor, kept = await _own(interaction, key)
    text = await file_report(interaction.client, visitor, "gap", kept, "gap")
    await faults.tell(interaction, text)


@on("related")
async def related(interaction: Interaction, key: str) -> None:
    """Show what is possibly related, never as an answer."""
    visitor, kept = await _own(interaction, key)
    await interaction.response.defer(ephemeral=True, thinking=True)
    interaction.extras |= {"thinking": True, "private": True}
    answer = await asking.answer_again(interaction.client, visitor, kept, visitor.locale)
    blocks = [say("related.title", visitor.locale)]
    for citation in answer.related:
        facts = [citation.publisher, date_in_words(citation.date, visitor.locale)]
        about = one_line(", ".join(f for f in facts if f), 150)
        about = f" · {about}" if about else ""
        blocks.append(f"{block_quote(citation.quote)}\n{titled(citation, visitor.locale)}{about}")
    shown = [Sheet(page) for page in paginate(blocks)]
    await delivery.deliver(interaction, shown, "", private=True)


@on("show")
async def show_me(interaction: Interaction, key: str) -> None:
    """Show the asker of a mention, privately, what the record did not answer."""
    visitor, kept = await _own(interaction, key)
    client = interaction.client
    await interaction.response.defer(ephemeral=True, thinking=True)
    interaction.extras |= {"thinking": True, "private": True}
    asked = Asked(kept.question, kept.options, kept.history)
    # The mention had its written answer, or none: no model is asked a second time.
    again = replace(asking.query(client, visitor, asked, visitor.locale), mode=Mode.QUOTES)
    answer = await client.desk.ask(client.record.ask, again)
    client.remember(key, answer)
    shown = await delivery.sheets(client, visitor, answer, key, visitor.locale, share=True)
    await delivery.deliver(interaction, shown, "", private=True)


@on("choice")
async def choose_reading(interaction: Interaction, key: str) -> None:
    """Ask again with the reading that the asker chose."""
    name, _, number = key.partition(".")
    visitor, kept = await _own(interaction, name)
    client = interaction.client
    answer = await asking.answer_again(client, visitor, kept, visitor.locale)
    if not number.isdigit() or int(number) >= len(answer.choices):
        raise Refused(say("fault.gone", visitor.locale))
    question = reading(kept.question, answer.choices[int(number)])
    asked = Asked(question, kept.options, kept.history)
    await delivery.reply(interaction, visitor, asked, private=True)


def reading(question: str, choice: str) -> str:
    """Put the chosen meaning into a question in place of its short form.

    A choice may end in a remark in brackets. Where no word of the question abbreviates it, it
    is named at the end.
    """
    long = re.sub(r"\s*\([^()]*\)$", "", choice)
    initials = "".join(word[0] for word in re.findall(r"\w+", long) if word[0].isupper())
    for word in re.findall(r"\b[A-Z][A-Za-z&]+\b", question):
        if word.upper() == initials:
            return re.sub(rf"\b{re.escape(word)}\b", lambda _: long, question)
    return f"{question.rstrip('?! .')} ({long})?"
