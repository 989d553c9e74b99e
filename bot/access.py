"""Who may do what, where: asked by commands, buttons, modals and autocompletes alike. Pure.

A server's library is open only to an interaction that an installation in that server authorised.
In private messages and for a user's own installation only `shared` is.
"""

from __future__ import annotations

from dataclasses import dataclass

import discord

from bot.kept import Server
from bot.state import State
from bot.words import language, say

SHARED = "shared"


class Refused(Exception):
    """The person may not do this here; the message says so kindly."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person at a place, with what both allow."""

    user: int
    guild: int | None
    """The server whose library is open; None in private messages and for user installations."""
    channel: int | None
    parent: int | None
    """The channel of a thread."""
    libraries: tuple[str, ...]
    moderator: bool
    admin: bool
    locale: str
    """Language of private replies."""
    public_locale: str
    """Language of replies that all can see."""
    private_only: bool
    """True where nothing may be said in public: user installations."""
    server: Server | None

    @property
    def library(self) -> str:
        """The server's own library. Raises Refused where there is none."""
        if self.guild is None:
            raise Refused(say("refused.server_only", self.locale))
        return guild_library(self.guild)

    @property
    def away(self) -> bool:
        """True if the server named answer channels and this is not one of them."""
        if self.server is None or not self.server.answer_channels:
            return False
        return not {self.channel, self.parent} & set(self.server.answer_channels)


def guild_library(guild: int) -> str:
    """Name the library of a server."""
    return f"guild-{guild}"


def sample_library(guild: int) -> str:
    """Name the library that holds a server's copy of the sample record."""
    return f"{guild_library(guild)}-sample"


def readable(server: Server | None) -> tuple[str, ...]:
    """Give the libraries that may be read with a server's authority, its own last."""
    if server is None or server.left_at is not None:
        return (SHARED,)
    own = guild_library(server.guild)
    return (SHARED, own, sample_library(server.guild)) if server.sample else (SHARED, own)


def visit(interaction: discord.Interaction, state: State) -> Visitor:
    """See who stands before us, and where, from what Discord says in this very interaction."""
    installed = interaction.is_guild_integration()
    server = state.server(interaction.guild_id) if installed and interaction.guild_id else None
    may = interaction.permissions
    roles: set[int] = set()
    if isinstance(interaction.user, discord.Member):
        roles = set(interaction.user._roles)  # the ids, also of roles we have not seen
    admin = server is not None and (may.manage_guild or may.administrator)
    moderator = server is not None and (
        may.manage_messages or may.administrator or server.moderator_role in roles
    )
    locale = language(interaction.locale)
    chosen = server.language if server is not None else None
    public = language(chosen or interaction.guild_locale or interaction.locale)
    channel = interaction.channel
    return Visitor(
        user=interaction.user.id,
        guild=server.guild if server is not None else None,
        channel=interaction.channel_id,
        parent=getattr(channel, "parent_id", None),
        libraries=readable(server),
        moderator=moderator,
        admin=admin,
        locale=locale,
        public_locale=public if server is not None else locale,
        private_only=_private_only(interaction, installed),
        server=server,
    )


def _private_only(interaction: discord.Interaction, installed: bool) -> bool:
    """Say whether nothing may be said in public: a user's own installation brought us here."""
    if interaction.guild_id is not None:
        return not installed
    # Among friends no server has let us in; a chat with ourselves is private anyway.
    return bool(interaction.context.private_channel)


def visit_by_message(message: discord.Message, state: State) -> Visitor:
    """See who wrote a message that mentions us. No permission is taken from it."""
    server = state.server(message.guild.id) if message.guild is not None else None
    chosen = server.language if server is not None else None
    preferred = message.guild.preferred_locale if message.guild is not None else None
    locale = language(chosen or preferred)
    return Visitor(
        user=message.author.id,
        guild=server.guild if server is not None else None,
        channel=message.channel.id,
        parent=getattr(message.channel, "parent_id", None),
        libraries=readable(server),
        moderator=False,
        admin=False,
        locale=locale,
        public_locale=locale,
        private_only=False,
        server=server,
    )


def require_server(visitor: Visitor) -> None:
    """Raises Refused outside of a server that has installed the bot."""
    if visitor.guild is None:
        raise Refused(say("refused.server_only", visitor.locale))


def require_moderator(visitor: Visitor) -> None:
    """Raises Refused unless the person looks after this server's record."""
    require_server(visitor)
    if not visitor.moderator:
        raise Refused(say("refused.moderators_only", visitor.locale))


def require_admin(visitor: Visitor) -> None:
    """Raises Refused unless the person may manage this server."""
    require_server(visitor)
    if not visitor.admin:
        raise Refused(say("refused.admins_only", visitor.locale))
