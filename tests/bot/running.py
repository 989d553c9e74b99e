"""The real bot in a process of its own, and a record for it to answer from."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from knowledge import Record, Settings, Source
from tests.discord_people import Someone
from tests.discord_server import DEFAULT_TOKEN, DiscordServer
from tests.discord_world import MANAGE_GUILD, MANAGE_MESSAGES, MEMBER_PERMISSIONS, Person

ROOT = Path(__file__).parents[2]
MAPLE, BIRCH, CEDAR, LEAVING = (int(str(n) * 18) for n in (1, 2, 3, 4))
"""Ids of the servers of the tests. CEDAR's settings change, LEAVING is left."""

HARBOUR = (
    "The Harbour Association told the Port Authority in a letter that pilot boats need a licence "
    "of their own. “Pilots keep ships off the rocks; they are not ferries,” the association "
    "wrote.\n\nThe Port Authority has not answered the letter yet. It must do so before 1 June "
    "2026.\n"
)
RIVER = (
    "The River Union told the Port Authority on 2 March 2026 that pilot boats need no licence of "
    "their own, since the crews are licensed already.\n"
)
LANTERN = """The Lantern Guild asked the City Council on 3 March 2026 to keep gas lamps in the \
old town. The guild counts 212 lamps and says that each needs one visit a week.
"""
TIDES = "".join(
    f"At quay {n} the *night* tide turns {n} minutes after the bell, and boats wait by the wall.\n"
    for n in range(100)
)
"""Long enough for several messages."""


def build_home(folder: Path, models: Path) -> Path:
    """Make a data folder: the bundled samples and a letter in `shared`, one document in MAPLE."""
    folder.mkdir(mode=0o700)
    (folder / "models").symlink_to(models)
    samples = sorted((ROOT / "knowledge" / "samples").glob("*.md"))
    with Record.open(Settings(FOOTNOTE_HOME=folder)) as record:
        for path in samples:
            record.keeping.add(Source(path.read_bytes(), path.name), library="shared", actor="test")
        add_text(
            record,
            "shared",
            HARBOUR,
            title="Letter on pilot boats",
            author="Harbour Association",
            publisher="Harbour Association",
            addressee="Port Authority",
            date="2026-02-11",
            kind="letter",
            url="https://harbour.example/letters/pilots",
        )
        add_text(
            record,
            "shared",
            RIVER,
            title="The River Union on pilot boats",
            publisher="Quay Gazette",
            date="2026-03-03",
            kind="article",
            url="https://quay.example/river-union",
        )
        add_text(record, f"guild-{MAPLE}", "The ferry leaves at noon.\n", title="Note on the ferry")
        ovens = "The Bakers' Guild has 31 ovens in the lower town.\n"
        add_text(record, f"guild-{LEAVING}", ovens, title="Ovens", publisher="Bakers' Guild")
        add_text(record, f"guild-{MAPLE}", TIDES, title="The table of tides")
        add_text(
            record,
            f"guild-{MAPLE}",
            LANTERN,
            title="Gas lamps of the old town",
            publisher="Lantern Guild",
            date="2026-03-04",
            kind="article",
            url="https://lantern.example/gas-lamps",
        )
    return folder


def add_text(record: Record, library: str, text: str, **given: str) -> str:
    """Add a text of our own and give its id."""
    name = given.get("title", "text").casefold().replace(" ", "-") + ".txt"
    source = Source(text.encode(), name)
    return record.keeping.add(source, library=library, actor="test", given=given).entry.id


class BotProcess:
    """`python -m bot`, unmodified; its requests to Discord's hosts go to the stand-in."""

    def __init__(self, server: DiscordServer, home: Path, **environment: str) -> None:
        self.server, self.home = server, home
        self.extra = environment
        self.log = home.parent / f"{home.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        kept = {n: v for n, v in os.environ.items() if n in ("PATH", "HOME", "LANG", "TMPDIR")}
        path = os.pathsep.join([str(Path(__file__).parent / "redirect"), str(ROOT)])
        return (
            kept
            | {
                "DISCORD_TOKEN": DEFAULT_TOKEN,
                "DISCORD_STAND_IN": str(self.server.port),
                "FOOTNOTE_HOME": str(self.home),
                "PYTHONPATH": path,
                "QUESTIONS_PER_MEMBER": "1000",
                "QUESTIONS_PER_CHANNEL": "1000",
                "REPORTS_PER_MEMBER": "100",
            }
            | self.extra
        )

    def start(self, *, wait: bool = True) -> BotProcess:
        before = self.server.identifies
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot"],
                cwd=self.home,
                env=self.environment(),
                stdout=log,
                stderr=log,
            )
        if wait:
            self.server.wait(
                lambda: (self.server.identifies > before and self.server.ready) or self.ended(),
                60,
                f"the bot to be ready; its log: {self.log}",
            )
            assert not self.ended(), self.output()
        return self

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self, seconds: float = 10.0) -> int:
        """End it as an operator would and give the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(5)

    def memory(self) -> float:
        """Give the resident memory of the process, in MB."""
        assert self.process is not None
        return resident(self.process.pid)


def resident(pid: int) -> float:
    """Give the resident memory of a process, in MB; 0 if it is gone."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


class Town:
    """The stand-in with two servers, their people, and the bot."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.server = DiscordServer().start()
        world = self.server.world
        self.maple = world.guild("Maple", id=MAPLE)
        self.birch = world.guild("Birch", id=BIRCH, locale="it")
        self.cedar = world.guild("Cedar", id=CEDAR)
        self.leaving = world.guild("Leaving", id=LEAVING)
        self.general, self.birch_general = self.maple.channels[0], self.birch.channels[0]
        self.cedar_general = self.cedar.channels[0]
        self.cedar_log = self.cedar.channel("log")
        self.cedar_other = self.cedar.channel("other")
        self.thread = self.maple.channel("a thread", parent=self.general)
        self.log_channel = self.maple.channel("log")
        self.silent = self.maple.channel("silent", writable=False)
        self.ada, self.ben = Person("ada"), Person("ben")
        self.mod = Person("mod", MEMBER_PERMISSIONS | MANAGE_MESSAGES)
        self.owner = Person("owner", MEMBER_PERMISSIONS | MANAGE_MESSAGES | MANAGE_GUILD)
        self.bot = BotProcess(self.server, home, **environment)

    def person(self, who: Person, channel=None, **more) -> Someone:  # type: ignore[no-untyped-def]
        return Someone(self.server, who, channel or self.general, **more)

    def close(self) -> None:
        if self.bot.process is not None and not self.bot.ended():
            self.bot.stop()
        self.server.stop()


def copy_home(home: Path, target: Path) -> Path:
    """Copy a data folder, the link to the exported model as a link."""
    shutil.copytree(home, target, symlinks=True)
    return target


def settle(seconds: float = 0.3) -> None:
    """Give the bot time to do something it should not do."""
    time.sleep(seconds)
