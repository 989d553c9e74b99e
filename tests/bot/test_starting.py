"""Start, restart and stop of the bot's process."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bot.running import BotProcess, Town, copy_home

QUESTION = "What did the Harbour Association tell the Port Authority?"


def run_bot(town: Town, home: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    bot = BotProcess(town.server, home, **environment)
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env=bot.environment(),
        cwd=home.parent,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"DISCORD_TOKEN": ""}, "DISCORD_TOKEN is not set"),
        ({"DISCORD_TOKEN": "my secret token"}, "DISCORD_TOKEN is not a token"),
        ({"QUESTIONS_PER_MEMBER": "many"}, "QUESTIONS_PER_MEMBER"),
        ({"FOOTNOTE_HOME": "/proc/nowhere"}, "data folder"),
    ],
)
def test_a_fault_at_the_start_is_one_plain_line(
    town: Town, prepared_home: Path, environment: dict[str, str], words: str
) -> None:
    status, output, complaints = run_bot(town, prepared_home, "--check", **environment)

    assert status == 1
    assert output == ""
    assert words in complaints
    assert len(complaints.strip().splitlines()) == 1
    assert "secret" not in complaints


def test_a_token_that_discord_refuses_is_one_line_without_the_token(
    town: Town, prepared_home: Path, tmp_path: Path
) -> None:
    home = copy_home(prepared_home, tmp_path / "home")
    status, output, complaints = run_bot(town, home, DISCORD_TOKEN="MTE.wrong.secret")

    assert status == 1
    assert "Discord does not accept DISCORD_TOKEN" in complaints
    assert "secret" not in output + complaints
    assert "Traceback" not in complaints


def test_check_says_that_all_is_well_without_connecting(town: Town, prepared_home: Path) -> None:
    before = len(town.server.requests)
    status, output, _ = run_bot(town, prepared_home, "--check")

    assert (status, output) == (0, "The settings are good; the record opens.\n")
    assert len(town.server.requests) == before


def test_stop_and_start_keep_buttons_limits_and_the_synced_commands(
    prepared_home: Path, tmp_path: Path
) -> None:
    home = copy_home(prepared_home, tmp_path / "home")
    place = Town(home, QUESTIONS_PER_MEMBER="3")
    try:
        place.bot.start()
        ada = place.person(place.ada)
        answer = ada.command("ask", question=QUESTION).answer()
        place.server.wait(lambda: (home / "bot.heartbeat").exists(), 20)
        assert run_bot(place, home, "--health")[0] == 0

        # A question under way when the stop comes is answered before it.
        last = ada.command("ask", question=QUESTION)
        last.acknowledged()
        started = time.monotonic()
        assert place.bot.stop(10) == 0
        assert time.monotonic() - started < 10
        assert "licence" in last.answer(1).text

        place.bot.start()
        assert place.server.syncs == 1
        page = place.person(place.ben).click(answer, "Passages").answer()
        assert "pilot boats" in page.text
        assert "licence" in ada.command("ask", question=QUESTION).answer().text
        refused = ada.command("ask", question=QUESTION).answer()
        assert refused.ephemeral
        assert "You have asked 3 questions in 10 minutes" in refused.text
        assert "licence" in place.person(place.ben).command("ask", question=QUESTION).answer().text
        modules = Path(f"/proc/{place.bot.process.pid}/maps").read_text()  # type: ignore[union-attr]
        assert "libtorch" not in modules
    finally:
        place.close()
    assert place.server.violations == []
