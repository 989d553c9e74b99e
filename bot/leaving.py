"""Servers that the bot has left: their record stops answering at once and goes after 30 days."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import children
from bot.access import guild_library, sample_library
from bot.state import DAY, LEFT_DAYS

if TYPE_CHECKING:
    from bot.client import Footnote

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 900.0


async def left(client: Footnote, guild: int) -> None:
    """Remember that we left; interactions from there read `shared` only from now on."""
    server = client.state.server(guild)
    if server.left_at is None:
        await client.desk.keep(client.state.keep_server, replace(server, left_at=time.time()))
        logger.info("left a server; its library is deleted in %d days", LEFT_DAYS)


async def came_back(client: Footnote, guild: int) -> None:
    """Open a server's library again."""
    server = client.state.server(guild)
    if server.left_at is not None or guild not in {s.guild for s in client.state.servers()}:
        await client.desk.keep(client.state.keep_server, replace(server, left_at=None))


async def compare(client: Footnote) -> None:
    """Find the servers that were left or joined while the bot was away."""
    present = {guild.id for guild in client.guilds}
    for server in client.state.servers():
        if server.guild not in present:
            await left(client, server.guild)
    for guild in present:
        await came_back(client, guild)


async def sweep(client: Footnote) -> None:
    """Every quarter of an hour, erase what is past its time."""
    while True:
        for key in await client.desk.keep(client.state.sweep):
            await client.desk.keep(shutil.rmtree, client.home / "bot-previews" / key, True)
        for server in client.state.servers():
            if server.left_at is not None and time.time() - server.left_at > LEFT_DAYS * DAY:
                await delete_library(client, server.guild)
        await asyncio.sleep(SWEEP_SECONDS)


async def delete_library(client: Footnote, guild: int) -> None:
    """Remove a left server's documents and everything kept for it."""
    for library in (guild_library(guild), sample_library(guild)):
        try:
            entries = await client.desk.read(client.record.entries, library)
            ids = [entry.id for entry in entries]
            if ids:
                await children.run(
                    client.command, ["remove", *ids, "--yes", "--library", library, "--json"]
                )
        except Exception as error:  # tried again at the next sweep
            logger.warning("a left server's library was not deleted yet: %s", error)
            return
    await client.desk.keep(client.state.drop_server, guild)
    logger.info("deleted the library of a server left %d days ago", LEFT_DAYS)
