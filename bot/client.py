"""The bot's connection to Discord: intents, commands, when they are synced, how it stops."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import os
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import discord
from discord import app_commands

from bot import commands, controls, faults, leaving, mentions
from bot.access import Refused
from bot.children import Command
from bot.settings import BotSettings
from bot.state import State
from bot.words import Translator, say
from bot.work import Desk
from knowledge import Answer, Entry, KnowledgeError, Mode, NotInRecord, Query, Record

logger = logging.getLogger(__name__)
T = TypeVar("T")

REMEMBERED = 200
"""Answers kept in memory for their buttons; older ones are asked again."""

LIST_SECONDS = 2.0
LISTS = 16
"""Lists of documents kept for completions, for how long, and of how many libraries."""

JOURNAL_LINES = 20_000
"""How far back the journal is read for the documents that someone added."""

STOP_SECONDS = 8.0
"""How long a stop waits for answers under way, of the 10 s that a stop may take."""

LAST_CALL_SECONDS = 6.0
"""After this long a stop gives up what a model is still writing, and has time left to say so."""

LAST_WORDS_SECONDS = 1.0

HEARTBEAT_SECONDS = 15.0
"""How often the heartbeat file is touched while the gateway is connected."""


def intents() -> discord.Intents:
    """Servers, and messages that mention us: no privileged intent."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = True
    wanted.dm_messages = True
    return wanted


class Tree(app_commands.CommandTree["Footnote"]):
    """The commands, with one edge where every fault of theirs becomes words."""

    async def on_error(
        self, interaction: discord.Interaction[Footnote], error: app_commands.AppCommandError, /
    ) -> None:
        original = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if faults.unanswerable(original):
            logger.info("nobody left to answer: %s", original)
            return
        if interaction.type is discord.InteractionType.autocomplete:
            logger.warning("no completions: %s", original)
            return
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            await faults.tell_unknown(interaction)
            return
        await faults.tell(interaction, faults.in_words(original, str(interaction.locale)))


class Footnote(discord.Client):
    """The bot. It owns the record it reads, the state it writes, and the desk between."""

    def __init__(
        self, settings: BotSettings, record: Record, home: Path, chat_model: str = ""
    ) -> None:
        super().__init__(
            intents=intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
        self.settings = settings
        self.record = record
        self.home = home
        self.state = State(home)
        writers = record.settings.chat_concurrency if chat_model else 1
        self.desk = Desk(settings.workers, settings.queue, settings.answer_seconds, writers)
        self.command = Command.for_home(home)
        self.tree = Tree(self)
        # One change at a time, and one preview beside it: each is a process of its own, and a
        # server with 2 GB has room for the bot and two.
        self.changing = asyncio.Semaphore(1)
        self.previewing = asyncio.Semaphore(1)
        self.stopping = False
        self.stopped_in_order = False
        self.chat_model = chat_model
        self._recent: OrderedDict[str, Answer] = OrderedDict()
        self._lists: OrderedDict[str, tuple[float, list[Entry]]] = OrderedDict()
        self._under_way = 0
        self._last_call = asyncio.Event()
        self._chores: set[asyncio.Task[Any]] = set()
        self.seen_messages: OrderedDict[int, None] = OrderedDict()
        self.adding: set[str] = set()
        """Keys of the previews that are being added."""

    async def setup_hook(self) -> None:
        """Register commands and controls; sync only what Discord does not have yet."""
        self.add_dynamic_items(*controls.DYNAMIC)
        await self.tree.set_translator(Translator())
        commands.register(self.tree)
        await self._sync_if_changed()
        self.chore(self._beat())
        self.chore(leaving.sweep(self))

    async def _sync_if_changed(self) -> None:
        """Discord allows 200 creations of commands a day and server: sync on change only."""
        translator = self.tree.translator
        assert translator is not None
        payload = [
            await command.get_translated_payload(self.tree, translator)
            for command in self.tree.get_commands()
        ]
        text = json.dumps([self.application_id, payload], sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        if await self.desk.keep(self.state.meta, "commands") == digest:
            return
        await self.tree.sync()
        await self.desk.keep(self.state.meta, "commands", digest)
        logger.info("synced %d commands", len(payload))

    # --- events -----------------------------------------------------------------------------

    async def on_ready(self) -> None:
        logger.info("ready: %d servers", len(self.guilds))
        await leaving.compare(self)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await leaving.came_back(self, guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await leaving.left(self, guild.id)

    async def on_message(self, message: discord.Message) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await mentions.hear(self, message)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a form that was open while we restarted: discord.py knows it no more."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        data: Any = interaction.data or {}
        # discord.py hands the form to its modal before this event; a modal that it does not
        # know would leave the member with "something went wrong".
        if data.get("custom_id") not in self._connection._view_store._modals:
            await asyncio.sleep(0.5)
            if not interaction.response.is_done():
                await faults.tell(interaction, say("fault.restarted", interaction.locale))

    async def on_error(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        logger.exception("in event %s", event)

    # --- what is under way --------------------------------------------------------------------

    @contextlib.contextmanager
    def under_way(self) -> Iterator[None]:
        """Count an answer that a stop should wait for."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    async def finish(self, work: asyncio.Task[T], locale: str) -> T:
        """Wait for an answer. Raises Refused when a stop can wait for it no longer."""
        called = asyncio.create_task(self._last_call.wait())
        try:
            await asyncio.wait({work, called}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            called.cancel()
        if not work.done():
            raise Refused(say("fault.restarting", locale))
        return await work

    def chore(self, work: Any) -> None:
        """Run something beside everything else; a stop cancels it."""
        task = asyncio.create_task(work)
        self._chores.add(task)
        task.add_done_callback(self._chore_ended)

    def _chore_ended(self, task: asyncio.Task[Any]) -> None:
        self._chores.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("something beside the answers failed", exc_info=error)

    def remember(self, key: str, answer: Answer) -> None:
        """Keep an answer in memory for its buttons; the oldest goes first."""
        self._recent[key] = answer
        self._recent.move_to_end(key)
        while len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)

    def recall(self, key: str) -> Answer | None:
        return self._recent.get(key)

    async def entries(self, libraries: Iterable[str]) -> list[Entry]:
        """List the documents of libraries, read at most once in two seconds each."""
        found: list[Entry] = []
        for library in libraries:
            at, entries = self._lists.get(library, (0.0, []))
            if time.monotonic() - at > LIST_SECONDS:
                entries = await self.desk.read(_entries, self.record, library)
                self._lists[library] = (time.monotonic(), entries)
                self._lists.move_to_end(library)
                while len(self._lists) > LISTS:
                    self._lists.popitem(last=False)
            found += entries
        return found

    def added_by(self, library: str, actor: str) -> set[str]:
        """Give the ids of the documents that someone added; runs in a thread."""
        return {
            str(event["document"])
            for event in self.record.caring.log(library, limit=JOURNAL_LINES)
            if event["actor"] == actor and event["verb"] == "add" and event["document"]
        }

    def removed_on(self, document: str, libraries: Iterable[str]) -> str | None:
        """Give the day on which a document left one of these libraries; runs in a thread."""
        for library in libraries:
            for event in self.record.caring.log(library, limit=JOURNAL_LINES):
                if event["document"] == document and event["verb"] == "remove":
                    return str(event["at"])[:10]
        return None

    def changed(self, library: str) -> None:
        """Forget a list that a change has made old, and open the new index before anyone asks."""
        self._lists.pop(library, None)
        self.chore(self.desk.read(warm, self.record, library))

    def forget_answers(self) -> None:
        """Drop all remembered answers: somebody asked to be forgotten."""
        self._recent.clear()

    def stop(self) -> None:
        """Begin to stop: take nothing new, finish what is under way, then close."""
        if not self.stopping:
            self.stopping = True
            self._stopper = asyncio.create_task(self._stop())

    async def _stop(self) -> None:
        started = time.monotonic()
        while self._under_way and (spent := time.monotonic() - started) < STOP_SECONDS:
            if spent > LAST_CALL_SECONDS:
                self._last_call.set()
            await asyncio.sleep(0.05)
        if self._last_call.is_set():
            await asyncio.sleep(LAST_WORDS_SECONDS)
        logger.info("stopping: %d answers unfinished", self._under_way)
        self.stopped_in_order = True
        for task in list(self._chores):
            task.cancel()
        await self.close()

    async def _beat(self) -> None:
        """Touch the heartbeat file while the gateway answers; see `python -m bot --health`."""
        path = self.home / "bot.heartbeat"
        while True:
            if self.is_ready() and not self.is_closed():
                await self.desk.keep(_touch, path)
            await asyncio.sleep(HEARTBEAT_SECONDS if self.is_ready() else 1.0)


def _entries(record: Record, library: str) -> list[Entry]:
    """Give a library's documents; a library that nobody has added to yet has none."""
    try:
        return list(record.entries(library))
    except NotInRecord:
        return []


def warm(record: Record, library: str) -> None:
    """Load the model and a library's indexes; an empty library needs none. Runs in a thread."""
    with contextlib.suppress(KnowledgeError):
        record.ask(Query("What does the record hold?", libraries=(library,), mode=Mode.QUOTES))


def _touch(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    os.utime(descriptor)
    os.close(descriptor)
