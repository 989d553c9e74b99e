"""What Discord does to a bot: one answer each time, no storm, no traceback in chat."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.bot.running import Town, settle

QUESTION = "What did the Harbour Association tell the Port Authority?"
WORDS = "pilot boats need a licence"


def posts(town: Town, since: float) -> int:
    return sum(1 for at, method, _ in town.server.requests if at > since and method != "GET")


@pytest.mark.parametrize(
    ("pattern", "status", "more"),
    [
        (r"POST /interactions/", 429, {}),
        (r"PATCH /webhooks/", 429, {}),
        (r"PATCH /webhooks/", 429, {"everywhere": True}),
        (r"PATCH /webhooks/", 500, {}),
        (r"PATCH /webhooks/", 503, {}),
        (r"POST /interactions/", 500, {}),
    ],
)
def test_a_question_is_answered_once_when_discord_stumbles(
    town: Town, pattern: str, status: int, more: dict[str, bool]
) -> None:
    started = time.monotonic()
    town.server.fault(pattern, status, **more)  # type: ignore[arg-type]
    talk = town.person(town.ada).command("ask", question=QUESTION)

    assert WORDS in talk.answer().text
    settle()
    assert len(talk.said()) == 1
    assert posts(town, started) <= 4


def reconnect(town: Town) -> None:
    town.server.ask_to_reconnect()


def cut(town: Town) -> None:
    town.server.drop(4000)


def lose(town: Town) -> None:
    town.server.drop(4009, forget=True)


@pytest.mark.parametrize("end", [reconnect, cut, lose])
def test_the_gateway_may_end_in_mid_answer(town: Town, end: Callable[[Town], None]) -> None:
    before = town.server.identifies + town.server.resumes
    talk = town.person(town.ada).command("ask", question=QUESTION)
    end(town)

    assert WORDS in talk.answer().text
    town.server.wait(
        lambda: town.server.identifies + town.server.resumes > before and town.server.ready, 30
    )
    later = town.person(town.ada).command("ask", question=QUESTION)
    assert WORDS in later.answer().text
    settle()
    assert (len(talk.said()), len(later.said())) == (1, 1)


def test_an_expired_token_and_a_deleted_message_end_quietly(town: Town) -> None:
    started = time.monotonic()
    expired = town.person(town.ada).command("ask", question=QUESTION)
    expired.expired = True
    deleted = town.person(town.ada).command("ask", question=QUESTION, private=True)
    deleted.acknowledged()
    town.server.world.messages.pop(deleted.original or 0, None)
    settle(2.0)

    assert posts(town, started) <= 8
    assert WORDS in town.person(town.ada).command("ask", question=QUESTION).answer().text
    assert "Traceback" not in town.bot.output()
    town.server.violations[:] = [v for v in town.server.violations if "acknowledged after" not in v]


def test_an_answer_whose_message_is_gone_cannot_be_withdrawn_but_is_told_so(town: Town) -> None:
    ada = town.person(town.ada)
    answer = ada.command("ask", question=QUESTION).answer()
    form = ada.click(answer, "Report").answer()
    ada.erase(answer)

    assert "cannot reach that message" in ada.click(form, "Withdraw").answer().text


def test_a_button_that_no_version_knows_is_answered_in_words(town: Town) -> None:
    ada = town.person(town.ada)
    answer = ada.command("ask", question=QUESTION).answer()
    control = answer.control("Report")
    control["custom_id"] = "fn:teleport:abc"

    assert "older version" in ada.click(answer, "Report").answer().text


def test_a_form_that_was_open_during_a_restart_is_told_to_be_opened_again(town: Town) -> None:
    ada = town.person(town.ada)
    answer = ada.command("ask", question=QUESTION).answer()
    form = ada.click(answer, "Follow up")
    form.modal()["custom_id"] = "a-form-of-a-former-process"

    told = ada.submit(form, your_next_question="And then?").answer()
    assert "I was restarted" in told.text
    assert told.ephemeral
