"""Budgets hold when many ask at once, when a process dies, and after a restart."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from knowledge.drafts.budgets import FILE, Bound, Budgets, Limits, Prices, Usage
from knowledge.errors import FolderUnusable

CALL = Bound(1000, 200)


def account(home: Path, **limits: float) -> Budgets:
    return Budgets(home, Limits(**limits), Prices(3.0, 15.0))  # type: ignore[arg-type]


def test_twenty_asks_at_once_never_pass_the_limit_of_answers(tmp_path: Path) -> None:
    budgets = account(tmp_path, answers=7)
    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(lambda _: budgets.reserve("anna", "m", CALL), range(20)))

    assert sum(isinstance(r, int) for r in results) == 7
    assert {r for r in results if isinstance(r, str)} == {"today's answers"}
    assert budgets.used().answers == 7


def test_tokens_and_cost_are_reserved_at_their_upper_bound_and_settled_after(
    tmp_path: Path,
) -> None:
    budgets = account(tmp_path, tokens=2500)
    first = budgets.reserve(None, "m", CALL)
    assert isinstance(first, int)
    assert isinstance(budgets.reserve(None, "m", CALL), int)
    assert budgets.reserve(None, "m", CALL) == "today's tokens"

    budgets.settle(first, 300, 40)
    assert isinstance(budgets.reserve(None, "m", Bound(900, 60)), int)
    assert budgets.used() == Usage(3, 2200, 300, pytest.approx(0.0111))


def test_a_members_limit_leaves_others_alone(tmp_path: Path) -> None:
    budgets = account(tmp_path, member_answers=1)
    assert isinstance(budgets.reserve("anna", "m", CALL), int)
    assert budgets.reserve("anna", "m", CALL) == "this member's answers"
    assert isinstance(budgets.reserve("anna", "m", Bound(10, 10, answers=0)), int)
    assert isinstance(budgets.reserve("bruno", "m", CALL), int)


def test_money_counts_only_with_prices(tmp_path: Path) -> None:
    priced = account(tmp_path / "a", cost=0.01)
    assert isinstance(priced.reserve(None, "m", CALL), int)  # 0.006
    assert priced.reserve(None, "m", CALL) == "today's cost"
    free = Budgets(tmp_path / "b", Limits(cost=0.01), Prices())
    assert all(isinstance(free.reserve(None, "m", CALL), int) for _ in range(5))


def test_a_call_the_provider_refused_costs_nothing(tmp_path: Path) -> None:
    budgets = account(tmp_path, answers=1)
    reservation = budgets.reserve("anna", "m", CALL)
    assert isinstance(reservation, int)
    budgets.release(reservation)
    assert budgets.used().answers == 0


def test_a_reservation_of_a_killed_process_counts_as_spent_after_the_restart(
    tmp_path: Path,
) -> None:
    program = (
        "import pathlib, sys, time\n"
        "from knowledge.drafts.budgets import *\n"
        f"b = Budgets(pathlib.Path({str(tmp_path)!r}), Limits(answers=3), Prices())\n"
        "print(b.reserve('anna', 'm', Bound(1000, 200)), flush=True)\n"
        "time.sleep(30)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert child.stdout
    assert child.stdout.readline().strip() == "1"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()

    budgets = account(tmp_path, answers=3)
    assert budgets.used().answers == 1
    assert budgets.used("anna").input_tokens == 1000
    assert [type(budgets.reserve("anna", "m", CALL)) for _ in range(3)] == [int, int, str]


def test_the_file_is_its_owners_alone_and_names_no_member(tmp_path: Path) -> None:
    account(tmp_path).reserve("member-of-many-words", "m", CALL)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    held = b"".join(path.read_bytes() for path in tmp_path.glob(FILE + "*"))
    assert b"member-of-many-words" not in held


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderUnusable, match=r"budgets\.sqlite3"):
        account(tmp_path / "file")
