"""A small Discord world for the stand-in: servers, channels, people, and their payloads."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

EPOCH = 1420070400000
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
MANAGE_GUILD = 1 << 5
ADMINISTRATOR = 1 << 3
MEMBER_PERMISSIONS = VIEW_CHANNEL | SEND_MESSAGES | 1 << 31
APP_PERMISSIONS = VIEW_CHANNEL | SEND_MESSAGES | 1 << 38 | 1 << 16

_counter = itertools.count(1)


def snowflake() -> int:
    """Make an id that carries the present time, as Discord's do."""
    return (int(time.time() * 1000) - EPOCH) << 22 | next(_counter) & 0x3FFFFF


def stamp() -> str:
    """Give the present time as Discord writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000+00:00", time.gmtime())


@dataclass
class Person:
    """A user, and what they may do in every server they are in."""

    name: str
    permissions: int = MEMBER_PERMISSIONS
    roles: list[int] = field(default_factory=list)
    id: int = field(default_factory=snowflake)
    bot: bool = False

    def user(self) -> Json:
        return {
            "id": str(self.id),
            "username": self.name,
            "global_name": None,
            "avatar": None,
            "discriminator": "0",
            "public_flags": 0,
            "flags": 0,
            "bot": self.bot,
        }

    def member(self, *, with_user: bool = True) -> Json:
        payload: Json = {
            "roles": [str(r) for r in self.roles],
            "joined_at": "2026-01-01T00:00:00.000000+00:00",
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "nick": None,
            "avatar": None,
            "pending": False,
            "permissions": str(self.permissions),
            "communication_disabled_until": None,
        }
        if with_user:
            payload["user"] = self.user()
        return payload


@dataclass
class Channel:
    """A text channel of a server, a thread (with `parent`), or a private channel (no server)."""

    name: str
    guild: Guild | None
    id: int = field(default_factory=snowflake)
    parent: Channel | None = None
    writable: bool = True

    @property
    def type(self) -> int:
        if self.guild is None:
            return 1
        return 11 if self.parent else 0

    def payload(self, people: list[Person] | None = None) -> Json:
        if self.guild is None:
            users = [p.user() for p in people or []]
            return {
                "id": str(self.id),
                "type": 1,
                "last_message_id": None,
                "recipients": users,
                "flags": 0,
            }
        payload: Json = {
            "id": str(self.id),
            "type": self.type,
            "guild_id": str(self.guild.id),
            "name": self.name,
            "parent_id": str(self.parent.id) if self.parent else None,
            "rate_limit_per_user": 0,
            "last_message_id": None,
            "flags": 0,
        }
        if self.parent:
            payload |= {
                "owner_id": "1",
                "message_count": 0,
                "member_count": 1,
                "thread_metadata": {
                    "archived": False,
                    "auto_archive_duration": 1440,
                    "archive_timestamp": stamp(),
                    "locked": False,
                },
            }
        else:
            payload |= {"position": 0, "permission_overwrites": [], "topic": None, "nsfw": False}
        return payload


@dataclass
class Guild:
    """A server with its channels."""

    name: str
    locale: str = "en-US"
    id: int = field(default_factory=snowflake)
    channels: list[Channel] = field(default_factory=list)

    def channel(
        self, name: str, *, parent: Channel | None = None, writable: bool = True
    ) -> Channel:
        made = Channel(name, self, parent=parent, writable=writable)
        self.channels.append(made)
        return made

    def payload(self, bot: Person) -> Json:
        return {
            "id": str(self.id),
            "name": self.name,
            "icon": None,
            "splash": None,
            "discovery_splash": None,
            "owner_id": "1",
            "afk_channel_id": None,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "roles": [
                {
                    "id": str(self.id),
                    "name": "@everyone",
                    "color": 0,
                    "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
                    "hoist": False,
                    "position": 0,
                    "permissions": str(MEMBER_PERMISSIONS),
                    "managed": False,
                    "mentionable": False,
                    "flags": 0,
                }
            ],
            "emojis": [],
            "features": [],
            "mfa_level": 0,
            "application_id": None,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "vanity_url_code": None,
            "description": None,
            "banner": None,
            "premium_tier": 0,
            "preferred_locale": self.locale,
            "public_updates_channel_id": None,
            "nsfw_level": 0,
            "stickers": [],
            "premium_progress_bar_enabled": False,
            "safety_alerts_channel_id": None,
            "joined_at": "2026-01-01T00:00:00.000000+00:00",
            "large": False,
            "unavailable": False,
            "member_count": 3,
            "voice_states": [],
            "members": [bot.member()],
            "channels": [c.payload() for c in self.channels if c.parent is None],
            "threads": [c.payload() for c in self.channels if c.parent is not None],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "region": "deprecated",
            "max_members": 500000,
        }


class World:
    """Everything that exists before the bot arrives."""

    def __init__(self) -> None:
        self.bot = Person("Footnote", APP_PERMISSIONS, bot=True)
        self.application_id = self.bot.id
        self.guilds: list[Guild] = []
        self.messages: dict[int, Json] = {}
        self.channels: dict[int, Channel] = {}
        self.files: dict[str, bytes] = {}

    def guild(self, name: str, **fields: Any) -> Guild:
        """Found a server with one channel called general."""
        made = Guild(name, **fields)
        self.guilds.append(made)
        made.channel("general")
        return made

    def find_channel(self, channel_id: int) -> Channel | None:
        for guild in self.guilds:
            for channel in guild.channels:
                if channel.id == channel_id:
                    return channel
        return self.channels.get(channel_id)

    def message(self, channel: Channel, author: Person, body: Json, **more: Any) -> Json:
        """Store a message made of a request's body and give it as Discord would."""
        message_id = snowflake()
        payload: Json = {
            "id": str(message_id),
            "channel_id": str(channel.id),
            "author": author.user(),
            "content": body.get("content") or "",
            "timestamp": stamp(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": body.get("attachments") or [],
            "embeds": body.get("embeds") or [],
            "pinned": False,
            "type": 0,
            "flags": body.get("flags") or 0,
            "components": number_components(body.get("components") or []),
        } | more
        self.messages[message_id] = payload
        return payload


def number_components(components: list[Json]) -> list[Json]:
    """Give every component the id that Discord assigns."""
    counter = itertools.count(1)

    def number(component: Json) -> Json:
        done = {**component, "id": component.get("id") or next(counter)}
        if "components" in done:
            done["components"] = [number(c) for c in done["components"]]
        for key in ("accessory", "component"):
            if key in done:
                done[key] = number(done[key])
        return done

    return [number(c) for c in components]
