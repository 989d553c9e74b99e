"""The other buttons of an answer: *Follow up*, *Share*, and the asker's private ones: *Tell the
moderators*, *Possibly related*, *Show me*, a choice between two readings."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from bot import asking, delivery, faults
from bot.access import Refused, Visitor, visit
from bot.asking import MAX_QUESTION, Asked
from bot.commands.reporting import file_report
from bot.controls import AnyInteraction, Interaction, on
from bot.escaping import block_quote, one_line
from bot.forms import Form
from bot.kept import KeptAnswer
from bot.pages import (
    Sheet,
    paginate,
)
from bot.replies import titled
from bot.words import date_in_words, say
from knowledge import Mode, Outcome


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
        facts = [citation.issuer, date_in_words(citation.date, visitor.locale)]
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
    answer = await client.desk.quoted.ask(client.record.ask, again)
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
