"""Start the bot: `python -m bot`. Start-up faults are one plain line and status 1."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

HEALTHY_SECONDS = 60.0
"""How old the heartbeat file of a healthy bot may be, in seconds."""


SWITCH_SECONDS = 0.0005
"""How long a busy thread keeps the interpreter while the event loop waits for it, in seconds."""


class CannotStart(Exception):
    """The bot cannot start; the message is what its owner reads."""


def main() -> NoReturn:
    """Run the bot until it is stopped; exit with status 0, or 1 and one line."""
    status = _main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # A question that hangs in a thread must not keep a stopped bot alive: everything that
    # needs closing is closed by now.
    os._exit(status)


def _main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="footnote-bot", description="Answer questions from the record in Discord."
    )
    parser.add_argument("--check", action="store_true", help="check the settings, do not connect")
    parser.add_argument("--health", action="store_true", help="status 0 if a running bot is well")
    parser.add_argument(
        "--gaps", type=int, metavar="SERVER", help="write a server's reports and gaps as questions"
    )
    options = parser.parse_args(arguments)
    os.umask(0o077)
    try:
        if options.health:
            return _health()
        if options.gaps is not None:
            return _gaps(options.gaps)
        return _start(check=options.check)
    except CannotStart as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    except (KeyboardInterrupt, SystemExit):
        return 0
    except Exception as fault:
        logging.getLogger("bot").exception("unexpected fault")
        sys.stderr.write(f"The bot stopped: {type(fault).__name__}. The log above says where.\n")
        return 1


def _health() -> int:
    path = _home() / "bot.heartbeat"
    try:
        age = time.time() - path.stat().st_mtime
    except OSError:
        raise CannotStart("There is no heartbeat: the bot has not been connected yet.") from None
    if age > HEALTHY_SECONDS:
        raise CannotStart(f"The last heartbeat is {age:.0f} s old: the bot is not connected.")
    return 0


def _gaps(server: int) -> int:
    """Write what members of a server reported as golden questions, for `footnote eval`."""
    from bot.exporting import golden_lines
    from bot.state import State

    home = _home()
    if not (home / "bot.sqlite3").is_file():
        raise CannotStart(f"{home}: no bot has run here, so there are no reports.")
    state = State(home)
    try:
        sys.stdout.write(golden_lines(state.reports(server)))
    finally:
        state.close()
    return 0


def _home() -> Path:
    from pydantic import ValidationError

    from knowledge import Settings

    try:
        home: Path = Settings().home
    except ValidationError as error:
        raise CannotStart(_first(error)) from error
    return home.expanduser().resolve()


def _first(error: object) -> str:
    """Name the setting that is wrong, never its value: it may be a secret."""
    from pydantic import ValidationError

    assert isinstance(error, ValidationError)
    first = error.errors(include_input=False, include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    return f"{name}: {first['msg']}. Correct it in .env or the environment."


def _start(*, check: bool) -> int:
    from pydantic import ValidationError

    from bot.settings import BotSettings
    from knowledge import KnowledgeError, Record, Settings

    try:
        bot_settings, settings = BotSettings(), Settings()
    except ValidationError as error:
        raise CannotStart(_first(error)) from error
    token = bot_settings.token.get_secret_value().strip()
    if not token:
        raise CannotStart(
            "DISCORD_TOKEN is not set. Copy .env.example to .env and put the bot's token there."
        )
    if any(c.isspace() for c in token) or not token.isascii():
        raise CannotStart(
            "DISCORD_TOKEN is not a token: it has spaces or unusual characters. Copy it again."
        )
    logging.basicConfig(
        level=bot_settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("discord.client").setLevel(logging.ERROR)  # it warns of voice, which we lack
    for noisy in ("discord", "httpx", "chromadb", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, _leave)  # until the event loop has its own handler
    _usable(_home())
    try:
        record = Record.open(settings)
    except KnowledgeError as error:
        raise CannotStart(str(error)) from error
    except OSError as error:
        raise CannotStart(f"{error.filename or 'The data folder'}: {error.strerror}.") from error
    try:
        if check:
            sys.stdout.write("The settings are good; the record opens.\n")
            return 0
        return asyncio.run(
            _run(bot_settings, record, token, getattr(settings, "chat_model", "") or "")
        )
    finally:
        record.close()


def _usable(home: Path) -> None:
    """Raises CannotStart unless the data folder can be made and written."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CannotStart(
            f"{home}: the data folder cannot be made ({error.strerror}). Set FOOTNOTE_HOME."
        ) from error
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        raise CannotStart(f"{home}: the data folder cannot be written. Check its owner.")


async def _run(settings: object, record: object, token: str, chat_model: str) -> int:
    import aiohttp
    import discord

    from bot.access import SHARED
    from bot.client import Footnote, warm
    from bot.settings import BotSettings
    from knowledge import Record

    assert isinstance(settings, BotSettings)
    assert isinstance(record, Record)
    # Questions are worked on in threads of this process. Python's default of 5 ms before a busy
    # thread gives way would add up to seconds when many ask at once.
    sys.setswitchinterval(SWITCH_SECONDS)
    client = Footnote(settings, record, _home(), chat_model)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, client.stop)
    await client.desk.read(warm, record, SHARED)
    try:
        async with client:
            await client.start(token)
    except discord.LoginFailure as error:
        raise CannotStart(
            "Discord does not accept DISCORD_TOKEN. Copy the token again from the developer "
            "portal (Bot, Reset Token)."
        ) from error
    except discord.PrivilegedIntentsRequired as error:
        raise CannotStart("Discord refuses the intents; none of ours is privileged.") from error
    except (aiohttp.ClientConnectionError, discord.GatewayNotFound, OSError) as error:
        if not client.stopped_in_order:
            raise CannotStart(f"Discord cannot be reached ({type(error).__name__}).") from error
    except discord.HTTPException as error:
        if not client.stopped_in_order:
            raise CannotStart(f"Discord answered with status {error.status}.") from error
    finally:
        client.desk.close()
        with contextlib.suppress(Exception):
            client.state.close()
    if not client.stopped_in_order:
        raise CannotStart("The connection to Discord ended for good. See the log.")
    return 0


def _leave(*_: object) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
