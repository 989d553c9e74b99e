"""What a moderator wants to add: an address, or bytes with a name."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import discord

from bot.access import Refused, Visitor
from bot.escaping import one_line
from bot.words import say

if TYPE_CHECKING:
    pass


MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class Found:
    """What a moderator wants to add: an address, or bytes with a name."""

    url: str | None = None
    name: str = ""
    data: bytes = b""
    given: Mapping[str, Any] = field(default_factory=dict)


def safe_name(name: str) -> str:
    """Give a file's display name: no folders, no control or direction characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    return " ".join(clean.split())[:MAX_NAME].lstrip(".") or "unnamed"


def is_discord_file(url: str) -> bool:
    """Say whether an address is a Discord attachment: it expires, so it is no source."""
    host = (urlsplit(url).hostname or "").lower()
    return host.endswith(("discordapp.com", "discordapp.net", "discord.com"))


async def download(visitor: Visitor, attachment: discord.Attachment, limit: int) -> Found:
    """Fetch an attachment from Discord. Raises Refused where it is too large or gone."""
    name = safe_name(attachment.filename)
    if attachment.size > limit:
        size, most = f"{attachment.size / 1e6:.1f}", f"{limit / 1e6:.0f}"
        text = say(
            "fault.file_too_large", visitor.locale, name=one_line(name), size=size, limit=most
        )
        raise Refused(text)
    try:
        return Found(name=name, data=await attachment.read())
    except discord.HTTPException as error:
        raise Refused(say("fault.download", visitor.locale)) from error
