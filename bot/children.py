"""Changes to the record, made by the `footnote` command in a child process at lower priority.

The bot itself never writes the record: its memory and its event loop stay those of a reader.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

NICENESS = 10
"""Added to the child's niceness, so that answers keep the processor (Linux: 0 to 19)."""

MAX_OUTPUT = 8_000_000
"""Bytes of JSON taken from a child; more is an error."""


class ChangeFailed(Exception):
    """The command refused; the message is its own plain line."""


@dataclass(frozen=True, slots=True)
class Command:
    """How the `footnote` command is started: for which data folder, on whose behalf."""

    home: Path
    environment: dict[str, str]

    @classmethod
    def for_home(cls, home: Path) -> Command:
        """Give the child our environment without the bot's token."""
        kept = {name: value for name, value in os.environ.items() if name != "DISCORD_TOKEN"}
        return cls(home, kept | {"FOOTNOTE_HOME": str(home), "PYTHONUNBUFFERED": "1"})

    def told(self, sentence: str) -> str:
        """A child's sentence as moderators may read it: where the data folder lies is private."""
        return sentence.replace(str(self.home), "the data folder")


async def run(command: Command, arguments: Sequence[str], *, actor: str | None = None) -> Any:
    """Run `footnote ARGUMENTS` and give its JSON, or None where it prints none.

    Raises ChangeFailed with the command's own sentence.
    """
    return await _run(command, ["knowledge.cli", *arguments], b"", actor)


async def work(command: Command, verb: str, folder: Path, request: dict[str, Any]) -> Any:
    """Run a verb of `bot.child` over the bytes kept in a folder and give its JSON.

    Raises ChangeFailed with the record's sentence.
    """
    text = json.dumps(request).encode()
    result = await _run(command, ["bot.child", verb, str(folder)], text, request.get("actor"))
    if not isinstance(result, dict):
        raise ChangeFailed("The change did not succeed.")
    if "refused" in result:
        raise ChangeFailed(command.told(str(result["refused"])))
    return result


async def _run(command: Command, module: Sequence[str], text: bytes, actor: str | None) -> Any:
    environment = command.environment | ({"FOOTNOTE_ACTOR": actor} if actor else {})
    # A session of its own: a stop of the bot does not cut a change in half.
    process = await asyncio.create_subprocess_exec(
        "nice",
        "-n",
        str(NICENESS),
        sys.executable,
        "-m",
        *module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        start_new_session=True,
        limit=MAX_OUTPUT,
    )
    output, complaints = await process.communicate(text)
    result: Any = None
    with contextlib.suppress(ValueError):
        result = json.loads(output) if output and len(output) <= MAX_OUTPUT else None
    if process.returncode != 0 and result is None:
        logger.info("%s %s: status %s", module[0], module[1], process.returncode)
        raise ChangeFailed(command.told(_last_line(complaints.decode("utf-8", "replace"))))
    return result


def _last_line(complaints: str) -> str:
    """Give the command's own sentence; a traceback's last line is not one."""
    lines = [line.strip() for line in complaints.splitlines() if line.strip()]
    if not lines or "Traceback" in complaints:
        logger.error("a child failed: %s", complaints[-2000:])
        return "The change did not succeed; the log says why."
    return lines[-1].removeprefix("Error: ")
