"""From a record to a written answer, on the command line and with a bot's callback."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from knowledge.drafts import models
from knowledge.library import Record
from knowledge.settings import Settings
from knowledge.sources import Source
from knowledge.types import Mode, Query, Shown, Turn
from tests.knowledge.drafts import ARTICLE, LETTER
from tests.model_server import ModelServer, Script

QUESTION = "What did the Harbour Lending Council ask the Reserve Office?"


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def quote_first(body: dict[str, Any]) -> str:
    """Answer like a good model: quote the sentence that asks for the delay, and invent another."""
    user = str(body["messages"][-1]["content"])
    found = re.search(r"\[(\d+\.\d+)\] (The Harbour Lending Council asks [^\n]+)", user)
    assert found, user
    return f"{found[2]} [{found[1]}]\nThe Council also asks for 900 new ledgers. [{found[1]}]"


@pytest.fixture(scope="module")
def filled(
    model_home: Path, tmp_path_factory: pytest.TempPathFactory, server: ModelServer
) -> Settings:
    home = tmp_path_factory.mktemp("record")
    (home / "models").symlink_to(model_home / "models")
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None,
        home=home,
        chat_model="openai:test-model",
        chat_base_url=server.base_url("openai"),
        chat_api_key="sk-not-to-be-seen",
    )
    with Record.open(settings) as record:
        for name, text in (("letter.txt", LETTER), ("article.txt", ARTICLE)):
            given = {"author": "Harbour Lending Council"} if name == "letter.txt" else {}
            record.keeping.add(
                Source(text.encode(), name), library="shared", actor="test", given=given
            )
    return settings


def test_a_record_answers_with_verified_sentences_as_they_come(
    filled: Settings, server: ModelServer
) -> None:
    models.open_chat("openai:x", filled)
    server.script(Script(quote_first))
    shown: list[Shown] = []
    with Record.open(filled) as record:
        answer = record.ask(Query(QUESTION, ("shared",), member="anna"), shown.append)
        explanation = record.explanation
        assert record.ask(Query(QUESTION, ("shared",), mode=Mode.QUOTES)).mode is Mode.QUOTES
        assert record.explanation is None

    assert answer.mode is Mode.MODEL
    assert [s.text for s in shown] == [line.text for line in answer.lines if line.role == "written"]
    assert "900" not in answer.text
    assert explanation
    assert any("900" in line for line in explanation.as_lines())
    assert len(server.requests) == 1


def test_a_follow_up_is_completed_by_the_model_and_shown(
    filled: Settings, server: ModelServer
) -> None:
    server.script(Script(QUESTION), Script(quote_first))
    history = (
        Turn("user", "Who is the Harbour Lending Council?"),
        Turn("assistant", "It wrote to the Reserve Office."),
    )
    with Record.open(filled) as record:
        answer = record.ask(Query("What did they ask the Reserve Office?", ("shared",), history))
    assert answer.understood_as == QUESTION
    assert answer.question == "What did they ask the Reserve Office?"
    assert answer.mode is Mode.MODEL


def environment(settings: Settings) -> dict[str, str]:
    return os.environ | {
        "FOOTNOTE_HOME": str(settings.home),
        "CHAT_MODEL": settings.chat_model,
        "CHAT_BASE_URL": settings.chat_base_url,
        "CHAT_API_KEY": "sk-not-to-be-seen",
    }


def command(settings: Settings, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "knowledge.cli", *arguments],
        capture_output=True, text=True, timeout=120,
        env=environment(settings) | more, cwd=settings.home,
    )  # fmt: skip


def test_the_command_line_checks_a_model_and_explains_an_answer(
    filled: Settings, server: ModelServer
) -> None:
    server.script(Script(quote_first))
    asked = command(filled, "ask", QUESTION, "--explain")
    assert asked.returncode == 0
    assert "written by openai:test-model from the record" in asked.stdout
    assert "asks the Reserve Office to delay Rule 12.4(b)" in asked.stdout
    assert "900" not in asked.stdout
    assert "hard, number: not in the cited sentence" in asked.stderr

    server.script(Script(status=401, body=b'{"error": {"message": "bad key sk-not-to-be-seen"}}'))
    refused = command(filled, "models", "check")
    assert refused.returncode == 1
    assert "It refused the key" in refused.stderr
    assert "sk-not" not in refused.stderr + refused.stdout


def test_on_a_terminal_a_sentence_is_read_before_the_rest_is_written(
    filled: Settings, server: ModelServer
) -> None:
    go_on = threading.Event()
    server.script(Script(quote_first, hold=("ledgers", go_on)))
    here, there = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "knowledge.cli", "ask", QUESTION],
        stdout=there, stderr=there, stdin=subprocess.DEVNULL,
        env=environment(filled) | {"TERM": "xterm", "COLUMNS": "200"}, cwd=filled.home,
    )  # fmt: skip
    os.close(there)
    early = read_until(here, "to delay Rule 12.4(b)")
    assert "“" + QUESTION not in early  # how the whole answer begins
    go_on.set()
    whole = early + read_until(here, "")
    os.close(here)

    assert process.wait(30) == 0
    assert whole.count("to delay Rule 12.4(b)") >= 2  # as it grew, and in the whole answer
    assert "“" + QUESTION in whole
    assert "900" not in whole


def read_until(terminal: int, words: str) -> str:
    """Read a terminal until some words have come, or to its end."""
    seen = ""
    with contextlib.suppress(OSError):  # Linux: the other side is closed
        while not words or words not in seen:
            part = os.read(terminal, 65536)
            if not part:
                break
            seen += part.decode("utf-8", "replace")
    return seen
