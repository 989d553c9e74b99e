"""`/footnote setup`: what a server chooses. Each choice holds at once."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot import children
from bot.access import Refused, Visitor, require_admin, sample_library, visit
from bot.controls import AnyInteraction, Interaction, chosen, on
from bot.forms import Form
from bot.kept import Server
from bot.pages import (
    Block,
    Choice,
    Choose,
    ChooseChannels,
    ChooseRole,
    Control,
    Press,
    Sheet,
    layout,
)
from bot.words import languages, named, say

if TYPE_CHECKING:
    from bot.client import Footnote

SERVER_LANGUAGE = "server"
MAX_CHANNELS = 10
MAX_LIMIT = 1000


def admin(interaction: discord.Interaction[Footnote]) -> Visitor:
    """Give the visitor if they may manage this server. Raises Refused."""
    visitor = visit(interaction, interaction.client.state)
    require_admin(visitor)
    return visitor


@app_commands.command(name=named("setup"), description=named("setup.about"))
async def setup(interaction: discord.Interaction[Footnote]) -> None:
    """Show this server's choices and the means to change them."""
    visitor = admin(interaction)
    sheet = _sheet(interaction.client, visitor)
    await interaction.response.send_message(view=layout(sheet), ephemeral=True)


def _sheet(client: Footnote, visitor: Visitor, said: str = "") -> Sheet:
    locale = visitor.locale
    assert visitor.guild is not None
    server = client.state.server(visitor.guild)
    blocks: list[Block] = [said] if said else []
    blocks += [
        f"{say('setup.title', locale)}\n{_now(client, server, locale)}",
        (ChooseRole("setup_role", "now", say("setup.role", locale)),),
        (ChooseChannels("setup_channels", "now", say("setup.channels", locale), MAX_CHANNELS),),
        (ChooseChannels("setup_log", "now", say("setup.log", locale)),),
        (_language_choice(server, locale),),
    ]
    sample = "remove_sample" if server.sample else "load_sample"
    row: list[Control] = [
        Press("setup_limits", "now", say("button.limits", locale)),
        Press("introduce", "now", say("button.post_introduction", locale)),
        Press(sample, "now", say(f"button.{sample}", locale)),
    ]
    if client.chat_model:
        name = "button.model_off" if server.model else "button.model_on"
        row.append(Press("setup_model", "now", say(name, locale)))
    return Sheet(tuple(blocks)).with_rows(row)


def _language_choice(server: Server, locale: str) -> Choose:
    offered = [(SERVER_LANGUAGE, say("setup.server_language", locale))]
    offered += [(code, str(texts["name"])) for code, texts in languages().items()]
    chosen_now = server.language or SERVER_LANGUAGE
    choices = tuple(Choice(name, code, default=code == chosen_now) for code, name in offered[:25])
    return Choose("setup_language", "now", say("setup.language", locale), choices)


def _now(client: Footnote, server: Server, locale: str) -> str:
    none = say("setup.none", locale)
    role = f"<@&{server.moderator_role}>" if server.moderator_role else none
    channels = ", ".join(f"<#{c}>" for c in server.answer_channels) or say(
        "setup.everywhere", locale
    )
    log = f"<#{server.log_channel}>" if server.log_channel else none
    language = say("setup.server_language", locale)
    if server.language in languages():
        language = str(languages()[server.language]["name"])
    lines = [
        say("setup.role_now", locale, role=role),
        say("setup.channels_now", locale, channels=channels),
        say("setup.log_now", locale, channel=log),
        say("setup.language_now", locale, language=language),
        say(
            "setup.limits_now",
            locale,
            member=server.questions_per_member or client.settings.questions_per_member,
            channel=server.questions_per_channel or client.settings.questions_per_channel,
        ),
    ]
    if client.chat_model:
        model = client.chat_model if server.model else none
        lines.append(say("setup.model_now", locale, model=model))
    return "\n".join(f"- {line}" for line in lines)


async def _change(interaction: Interaction, said: str = "", **fields: Any) -> None:
    """Keep a choice and draw the card anew."""
    visitor = admin(interaction)
    client = interaction.client
    assert visitor.server is not None
    await client.desk.keep(client.state.keep_server, replace(visitor.server, **fields))
    again = admin(interaction)
    await interaction.response.edit_message(view=layout(_sheet(client, again, said)))


def _ids(interaction: Interaction) -> list[int]:
    return [int(value) for value in chosen(interaction) if value.isdigit()]


@on("setup_role")
async def choose_role(interaction: Interaction, key: str) -> None:
    """Set or clear the moderator role."""
    role = next(iter(_ids(interaction)), None)
    if role == interaction.guild_id:
        role = None  # the role of everyone would make every member a moderator
    await _change(interaction, moderator_role=role)


@on("setup_channels")
async def choose_channels(interaction: Interaction, key: str) -> None:
    """Set or clear the answer channels."""
    await _change(interaction, answer_channels=tuple(_ids(interaction)[:MAX_CHANNELS]))


@on("setup_log")
async def choose_log(interaction: Interaction, key: str) -> None:
    """Set or clear the log channel."""
    await _change(interaction, log_channel=next(iter(_ids(interaction)), None))


@on("setup_language")
async def choose_language(interaction: Interaction, key: str) -> None:
    """Set the language of public answers."""
    code = next(iter(chosen(interaction)), SERVER_LANGUAGE)
    await _change(interaction, language=code if code in languages() else None)


@on("setup_model")
async def toggle_model(interaction: Interaction, key: str) -> None:
    """Let the configured language model write answers in this server, or not."""
    visitor = admin(interaction)
    assert visitor.server is not None
    await _change(interaction, model=not visitor.server.model)


class LimitsForm(Form):
    """How many questions are answered in 10 minutes."""

    def __init__(self, member: int, channel: int, locale: str) -> None:
        super().__init__(say("setup.limits_title", locale))
        self.member = self.ask(say("setup.limit_member", locale), default=str(member), most=4)
        self.channel = self.ask(say("setup.limit_channel", locale), default=str(channel), most=4)

    async def on_submit(self, interaction: AnyInteraction, /) -> None:
        visitor = admin(interaction)
        values = [self.member.value.strip(), self.channel.value.strip()]
        if not all(v.isascii() and v.isdigit() and 1 <= int(v) <= MAX_LIMIT for v in values):
            raise Refused(say("setup.bad_limit", visitor.locale))
        member, channel = map(int, values)
        await _change(interaction, questions_per_member=member, questions_per_channel=channel)


@on("setup_limits")
async def open_limits(interaction: Interaction, key: str) -> None:
    """Open the form for the limits."""
    visitor = admin(interaction)
    client, server = interaction.client, visitor.server
    assert server is not None
    form = LimitsForm(
        server.questions_per_member or client.settings.questions_per_member,
        server.questions_per_channel or client.settings.questions_per_channel,
        visitor.locale,
    )
    await interaction.response.send_modal(form)


@on("introduce")
async def introduce(interaction: Interaction, key: str) -> None:
    """Post a short introduction in this channel."""
    visitor = admin(interaction)
    sheet = Sheet((say("setup.introduction", visitor.public_locale),))
    await interaction.response.defer()
    channel = interaction.client.get_partial_messageable(interaction.channel_id or 0)
    try:
        await channel.send(view=layout(sheet))
    except discord.HTTPException as error:
        raise Refused(say("setup.cannot_post", visitor.locale)) from error
    said = say("setup.introduced", visitor.locale)
    await interaction.edit_original_response(view=layout(_sheet(interaction.client, visitor, said)))


@on("load_sample")
async def load_sample(interaction: Interaction, key: str) -> None:
    """Put the sample record into a library of its own beside this server's."""
    visitor = admin(interaction)
    client = interaction.client
    assert visitor.server is not None
    await interaction.response.defer()
    library = sample_library(visitor.server.guild)
    actor = await client.desk.keep(client.state.pseudonym, visitor.user)
    with resources.as_file(resources.files("knowledge") / "samples") as folder:
        names = sorted(
            str(path) for path in folder.iterdir() if path.suffix in (".md", ".txt", ".html")
        )
        async with client.changing:
            await children.run(
                client.command, ["add", *names, "--library", library, "--json"], actor=actor
            )
    await _sample_is(interaction, visitor, True, "setup.sample_loaded")


@on("remove_sample")
async def remove_sample(interaction: Interaction, key: str) -> None:
    """Remove the sample record again."""
    visitor = admin(interaction)
    client = interaction.client
    assert visitor.server is not None
    await interaction.response.defer()
    library = sample_library(visitor.server.guild)
    actor = await client.desk.keep(client.state.pseudonym, visitor.user)
    ids = [entry.id for entry in await client.entries((library,))]
    if ids:
        async with client.changing:
            arguments = ["remove", *ids, "--yes", "--library", library, "--json"]
            await children.run(client.command, arguments, actor=actor)
    await _sample_is(interaction, visitor, False, "setup.sample_removed")


async def _sample_is(interaction: Interaction, visitor: Visitor, loaded: bool, said: str) -> None:
    client = interaction.client
    assert visitor.guild is not None
    server = replace(client.state.server(visitor.guild), sample=loaded)
    await client.desk.keep(client.state.keep_server, server)
    client.changed(sample_library(visitor.guild))
    sheet = _sheet(client, visitor, say(said, visitor.locale))
    await interaction.edit_original_response(view=layout(sheet))
