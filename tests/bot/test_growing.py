"""Written answers in Discord: each sentence appears once it has passed, and no other ever does."""

from __future__ import annotations

import asyncio
import itertools
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.growing import EDIT_SECONDS, Growing
from bot.kept import Server
from bot.state import State
from knowledge import Shown
from tests.bot.running import MAPLE, Town, copy_home
from tests.discord_server import DiscordServer, Message
from tests.model_server import ModelServer, Script

QUESTION = "What did the Harbour Association tell the Port Authority?"
KEY = "sk-seeded-7c1f-never-to-be-seen"
FIRST = "The Harbour Association told the Port Authority that pilot boats need a licence"
INVENTED = "ferries sink on Fridays"
THIRD = "The Port Authority has not answered the letter"


def draft(body: dict[str, Any]) -> str:
    """Write like a model that quotes well, invents a quotation in the middle, and goes on."""
    user = str(body["messages"][-1]["content"])

    def marker(words: str) -> str:
        found = re.search(rf"\[(\d+\.\d+)\][^\n]*{words}", user)
        assert found, user
        return found[1]

    licence, answered = marker("pilot boats need a licence"), marker("not answered the letter")
    return (
        f"{FIRST} of their own. [{licence}]\n"
        f"It added that “{INVENTED} in the fog”. [{licence}]\n"
        f"{THIRD} yet. [{answered}]"
    )


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture(scope="module")
def written(
    prepared_home: Path, tmp_path_factory: pytest.TempPathFactory, model: ModelServer
) -> Iterator[Town]:
    """A running bot with a language model, which one server has let in."""
    home = copy_home(prepared_home, tmp_path_factory.mktemp("written") / "home")
    state = State(home)
    state.keep_server(Server(MAPLE, model=True))
    state.close()
    place = Town(
        home,
        CHAT_MODEL="openai:test-model",
        CHAT_BASE_URL=model.base_url("openai"),
        CHAT_API_KEY=KEY,
        CHAT_CONCURRENCY="3",
        CHAT_TIMEOUT_SECONDS="120",  # a busy machine takes its time to import a provider
        BOT_ANSWER_SECONDS="180",
        CHAT_DAILY_ANSWERS="0",
        CHAT_MEMBER_DAILY_ANSWERS="0",
        BOT_LOG_LEVEL="DEBUG",
    )
    place.bot.start()
    yield place
    place.close()
    assert place.server.violations == []
    assert "Traceback" not in place.bot.output(), place.bot.output()


def edits(server: DiscordServer, message: int) -> list[tuple[float, str]]:
    return [(at, text) for at, id, text in server.edits if id == message]


def assert_grew_well(shown: list[tuple[float, str]]) -> None:
    """Every edit holds verified words only, and Discord sees them far enough apart."""
    assert all(INVENTED not in text for _, text in shown)
    gaps = [later[0] - sooner[0] for sooner, later in itertools.pairwise(shown)]
    assert all(gap >= EDIT_SECONDS for gap in gaps), gaps


def wait_for(town: Town, condition: Callable[[], Any]) -> Any:
    return town.server.wait(condition, 120, "a sentence to be shown")


async def test_sentences_that_come_together_share_an_edit_and_a_failed_one_is_made_up_for() -> None:
    edits: list[tuple[float, int]] = []

    async def put(shown: Sequence[Shown]) -> None:
        edits.append((time.monotonic(), len(shown)))
        if len(edits) == 1:
            raise ConnectionError("Discord is away for a moment")

    async with Growing(0.1) as growing:
        growing.begin(put)
        for number in range(10):
            await asyncio.to_thread(growing.tell, Shown(f"Sentence {number}.", (1,)))
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
    ended = time.monotonic()
    growing.tell(Shown("Too late.", (1,)))
    await asyncio.sleep(0.15)

    assert edits[-1][1] == 10
    assert 2 <= len(edits) <= 5
    gaps = [later[0] - sooner[0] for sooner, later in itertools.pairwise(edits)]
    assert min(gaps) >= 0.1
    assert ended - edits[-1][0] >= 0.1


async def test_nothing_is_shown_before_there_is_a_message_nor_after_the_end() -> None:
    shown: list[Sequence[Shown]] = []

    async def put(sentences: Sequence[Shown]) -> None:
        shown.append(sentences)

    async with Growing(5.0) as growing:
        growing.tell(Shown("Early.", (1,)))
        await asyncio.sleep(0)
        assert shown == []
        growing.begin(put)
        while not shown:
            await asyncio.sleep(0.01)
        growing.tell(Shown("It waits for the next edit.", (1,)))
        await asyncio.sleep(0.05)
        ending = time.monotonic()
        growing._edited = ending - 5.0  # the whole answer need not wait in this test
    assert time.monotonic() - ending < 1.0
    assert [len(sentences) for sentences in shown] == [1]


def test_a_sentence_is_shown_before_the_model_has_written_the_third(
    written: Town, model: ModelServer
) -> None:
    go_on = threading.Event()
    model.script(Script(draft, hold=("answered", go_on)))
    talk = written.person(written.ada).command("ask", question=QUESTION)
    early: Message = wait_for(
        written, lambda: next((m for m in talk.said() if FIRST in m.text), None)
    )
    assert "is writing from the record" in early.text
    assert "openai:test-model" in early.text
    assert THIRD not in early.text
    assert early.buttons == []
    go_on.set()
    wait_for(written, lambda: early.buttons)

    assert THIRD in early.text
    assert "written by openai:test-model from the record" in early.text
    assert "harbour.example" in early.text
    assert early.buttons == ["Passages", "Report", "Follow up"]
    shown = edits(written.server, early.id)
    assert len(shown) >= 2
    assert_grew_well(shown)
    page = written.person(written.ben).click(early, "Passages").answer()
    assert "**The Harbour Association told the Port Authority in a letter" in page.text


def test_a_stream_that_is_cut_ends_in_quotations_in_place_of_what_was_shown(
    written: Town, model: ModelServer
) -> None:
    go_on = threading.Event()
    # The held frame is the ninth; the tenth is never sent.
    model.script(Script(draft, hold=("answered", go_on), cut=9))
    talk = written.person(written.ada).command("ask", question=QUESTION)
    early = wait_for(written, lambda: next((m for m in talk.said() if FIRST in m.text), None))
    go_on.set()
    wait_for(written, lambda: early.buttons)

    assert "answered from quotations" in early.text
    # The provider has read the question all the same, so it is named.
    assert "quoted; openai:test-model was asked and its draft not used" in early.text
    assert "> " in early.text
    assert_grew_well(edits(written.server, early.id))


def test_a_mention_grows_in_its_reply(written: Town, model: ModelServer) -> None:
    go_on = threading.Event()
    model.script(Script(draft, hold=("answered", go_on)))
    before = len(written.server.posted(written.general))
    written.person(written.ada).say(f"<@{written.server.world.bot.id}> {QUESTION}")
    wait_for(written, lambda: len(written.server.posted(written.general)) > before)
    reply = written.server.posted(written.general)[-1]
    assert FIRST in reply.text
    assert THIRD not in reply.text
    go_on.set()
    wait_for(written, lambda: reply.buttons)

    assert THIRD in reply.text
    assert INVENTED not in reply.text
    assert_grew_well(edits(written.server, reply.id))
    assert len(written.server.posted(written.general)) == before + 1


def test_no_model_is_asked_where_the_question_or_the_server_says_quotations(
    written: Town, model: ModelServer
) -> None:
    model.script(Script(draft))
    ada = written.person(written.ada)
    mine = ada.command("ask", question=QUESTION, mode="quotes").answer()
    elsewhere = written.person(written.ada, written.cedar_general)
    theirs = elsewhere.command("ask", question=QUESTION, mode="model").answer()

    assert model.requests == []
    for answer in (mine, theirs):
        assert "quoted, no model" in answer.text
        assert "pilot boats need a licence of their own" in answer.text


def test_twenty_at_once_are_written_at_most_three_at_a_time_and_seeded_secrets_show_nowhere(
    written: Town, model: ModelServer
) -> None:
    model.script(Script(draft, drip_seconds=0.03))
    ada = written.person(written.ada)
    talks = [ada.command("ask", question=f"{QUESTION} ({n})") for n in range(20)]
    answers = [wait_for(written, lambda t=t: _whole(t.said())) for t in talks]
    assert all("written by openai:test-model" in answer.text for answer in answers)
    assert len(model.requests) == 20
    assert 2 <= model.most_at_once <= 3

    home = written.bot.home
    messages = "\n".join(map(str, written.server.world.messages.values()))
    prompts = "\n".join(str(request.body) for request in model.requests)
    log = written.bot.output()
    kept = [p for p in home.rglob("*") if p.is_file() and "models" not in p.parts]
    files = "\n".join(path.read_bytes().decode("latin-1") for path in kept)
    assert "asked: answered" in log
    assert "pilot boats" in files
    for place in (messages, prompts, log, files):
        assert KEY not in place
        assert written.server.token not in place
        assert str(home) not in place
        assert QUESTION not in log


def test_a_stop_gives_up_what_is_still_being_written_in_words(
    written: Town, model: ModelServer
) -> None:
    """Last in this file: the bot is gone afterwards."""
    go_on = threading.Event()
    model.script(Script(draft, hold=("answered", go_on)))
    talk = written.person(written.ada).command("ask", question=QUESTION)
    early = wait_for(written, lambda: next((m for m in talk.said() if FIRST in m.text), None))
    status = written.bot.stop(30)
    go_on.set()

    assert status == 0
    assert early.text == "I am being restarted. Please try again in a minute."


def _whole(messages: list[Message]) -> Message | None:
    return next((m for m in messages if "Passages" in m.buttons), None)
