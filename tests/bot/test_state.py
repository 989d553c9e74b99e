"""What the bot remembers, for how long, and that it forgets."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.kept import KeptAnswer, Server
from bot.state import DAY, State


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(tmp_path: Path, clock: Clock) -> State:
    return State(tmp_path, clock)


def kept(state: State, user: int = 7, key: str = "k") -> KeptAnswer:
    return KeptAnswer(
        key=key,
        asker=state.person(user),
        question="What was said about zebras?",
        libraries=("shared",),
        outcome="answered",
        citations=({"number": 1, "document": "d", "start": 0, "end": 4},),
        history=(("user", "before"),),
        guild=1,
    )


def test_an_answer_is_found_by_key_and_message_for_seven_days(state: State, clock: Clock) -> None:
    state.keep_answer(kept(state))
    state.place_answer("k", 5, [98, 99])

    found = state.answer_at(99)
    assert found is not None
    assert (found.question, found.channel) == ("What was said about zebras?", 5)
    assert found.pages == (98,)
    assert found == state.answer("k")

    clock.now += 7 * DAY + 1
    assert state.answer("k") is None
    state.sweep()
    assert state.answer_at(99) is None


def test_limits_count_within_their_window_and_survive_a_restart(
    tmp_path: Path, clock: Clock
) -> None:
    first = State(tmp_path, clock)
    assert [first.allow("ask", 2, 600) for _ in range(2)] == [0.0, 0.0]
    first.close()

    again = State(tmp_path, clock)
    assert again.allow("ask", 2, 600) == pytest.approx(600)
    clock.now += 601
    assert again.allow("ask", 2, 600) == 0.0


def test_no_name_or_number_of_a_person_is_in_the_files(tmp_path: Path, clock: Clock) -> None:
    state = State(tmp_path, clock)
    user = 123456789012345678
    state.keep_answer(kept(state, user))
    state.report(1, "report", user, "What was said about zebras?", "other", "", "k")
    state.pseudonym(user)
    state.close()

    everything = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert str(user).encode() not in everything
    assert user.to_bytes(8, "big") not in everything


def test_forgetting_leaves_no_trace_of_the_question_in_any_file(
    tmp_path: Path, clock: Clock
) -> None:
    state = State(tmp_path, clock)
    state.keep_answer(kept(state))
    state.report(1, "gap", 7, "What was said about zebras?", "gap", "", "k")
    name = state.pseudonym(7)

    assert state.forget(7) == 3

    assert b"zebras" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert state.pseudonym(7) != name


def test_a_blocked_member_can_report_no_more_in_that_server_only(state: State) -> None:
    number = state.report(1, "report", 7, "q", "other", "", None)
    assert number is not None
    person = state.sender(1, number)
    assert person is not None
    state.block(1, person)

    assert state.report(1, "report", 7, "q", "other", "", None) is None
    assert state.report(2, "report", 7, "q", "other", "", None) is not None
    assert state.report(1, "report", 8, "q", "other", "", None) is not None


def test_reports_previews_and_changes_of_another_server_are_unknown(state: State) -> None:
    number = state.report(1, "report", 7, "q", "other", "", None)
    state.keep("previews", "p", 1, {"a": 1})
    state.keep("changes", "c", 1, {"a": 1})

    assert number is not None
    assert state.reports(2) == []
    assert state.resolve(2, [number]) == 0
    assert state.sender(2, number) is None
    assert state.kept("previews", "p", 2) is None
    assert state.changes(2) == []


def test_previews_last_an_hour_and_changes_seven_days(state: State, clock: Clock) -> None:
    state.keep("previews", "p", 1, {"a": 1})
    state.keep("changes", "c", 1, {"a": 1})
    clock.now += 3601

    assert state.kept("previews", "p", 1) is None
    assert state.kept("changes", "c", 1) is not None
    assert state.sweep() == ["p"]
    clock.now += 7 * DAY
    assert state.changes(1) == []


def test_a_servers_choices_survive_a_restart_and_go_when_it_is_dropped(
    tmp_path: Path, clock: Clock
) -> None:
    first = State(tmp_path, clock)
    first.keep_server(Server(5, moderator_role=8, answer_channels=(1, 2), language="it"))
    first.close()

    again = State(tmp_path, clock)
    assert again.server(5) == Server(5, moderator_role=8, answer_channels=(1, 2), language="it")
    again.drop_server(5)
    assert again.server(5) == Server(5)


def test_the_files_are_readable_by_their_owner_only(state: State, tmp_path: Path) -> None:
    state.pseudonym(7)

    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
