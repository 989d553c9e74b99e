"""The crossing to threads: bounded, in order, with deadlines, never on the event loop."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from bot.work import Desk, TooBusy, TooSlow


async def test_a_full_queue_refuses_at_once_and_says_how_many_wait() -> None:
    desk = Desk(workers=1, queue=2, seconds=5)
    gate = threading.Event()
    waiting = [asyncio.create_task(desk.quoted.ask(gate.wait, 5)) for _ in range(3)]
    await asyncio.sleep(0.05)

    assert desk.quoted.before == 3
    with pytest.raises(TooBusy) as refused:
        await desk.quoted.ask(gate.wait, 5)
    assert refused.value.waiting == 3

    gate.set()
    assert await asyncio.gather(*waiting) == [True, True, True]
    assert desk.quoted.before == 0
    desk.close()


async def test_a_question_that_takes_too_long_is_given_up_and_its_thread_comes_back() -> None:
    desk = Desk(workers=1, queue=2, seconds=0.2)
    gate = threading.Event()

    with pytest.raises(TooSlow):
        await desk.quoted.ask(gate.wait, 5)
    gate.set()
    await asyncio.sleep(0.05)

    assert await desk.quoted.ask(lambda: "next") == "next"
    desk.close()


async def test_questions_are_answered_in_the_order_they_came() -> None:
    desk = Desk(workers=1, queue=10, seconds=5)
    order: list[int] = []
    await asyncio.gather(*(desk.quoted.ask(order.append, n) for n in range(8)))

    assert order == list(range(8))
    desk.close()


async def test_a_click_does_not_wait_behind_questions() -> None:
    desk = Desk(workers=1, queue=5, seconds=5)
    gate = threading.Event()
    slow = asyncio.create_task(desk.quoted.ask(gate.wait, 5))
    started = time.monotonic()

    assert await desk.keep(lambda: 1) == 1
    assert await desk.read(lambda: 2) == 2
    assert time.monotonic() - started < 0.5
    gate.set()
    await slow
    desk.close()


async def test_quotations_do_not_wait_behind_those_that_wait_for_a_model() -> None:
    desk = Desk(workers=1, queue=5, seconds=5, writers=1)
    gate = threading.Event()
    slow = [asyncio.create_task(desk.written.ask(gate.wait, 5)) for _ in range(3)]
    await asyncio.sleep(0.05)

    assert desk.written.before == 3
    assert desk.quoted.before == 0
    assert await desk.quoted.ask(lambda: "quoted") == "quoted"
    gate.set()
    assert await asyncio.gather(*slow) == [True, True, True]
    desk.close()


async def test_what_a_question_raises_reaches_who_asked() -> None:
    desk = Desk(workers=1, queue=5, seconds=5)

    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await desk.quoted.ask(fail)
    assert await desk.quoted.ask(lambda: 3) == 3
    desk.close()
