"""Model answers through the real integrations: each way a provider may fail ends in quotations, in time."""  # noqa: E501

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from knowledge.drafts import models, prompts, transport
from knowledge.drafts.writing import Job, Writer
from knowledge.settings import Settings
from knowledge.types import Answer, Line, Mode, Outcome, Shown, Turn
from tests.knowledge.drafts import DOCUMENTS, HITS, QUESTION
from tests.model_server import PROVIDERS, ModelServer, Script, frames

KEY = "sk-test-0123456789abcdef-secret"
GOOD = (
    "The HLC called the draft rule a “costly detour” in a letter to the Reserve Office. [2.1]\n"
    "The Council received 84 comments. [1.5]\n"
    "The Council told the Reserve Office that it “does not oppose reporting as such”. [1.3]"
)
HELD = (
    "The HLC called the draft rule a “costly detour” in a letter to the Reserve Office.",
    "The Council told the Reserve Office that it “does not oppose reporting as such”.",
)
QUOTES = Answer(QUESTION, Outcome.ANSWERED, "> quoted [1]", (Line("quote", "quoted", (1,)),))
JOB = Job(QUESTION, HITS, DOCUMENTS, QUOTES)


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    for provider in PROVIDERS:  # a provider's package takes seconds to import
        models.open_chat(f"{provider}:x", Settings(_env_file=None, chat_api_key="x"))  # type: ignore[call-arg]
    with ModelServer() as running:
        yield running


def settings(home: Path, server: ModelServer, provider: str, **more: Any) -> Settings:
    fields: dict[str, Any] = {
        "home": home,
        "chat_model": f"{provider}:test-model",
        "chat_base_url": server.base_url(provider),
        "chat_api_key": KEY,
        "chat_timeout_seconds": 6.0,
    }
    return Settings(_env_file=None, **fields | more)  # type: ignore[call-arg]


@pytest.fixture
def writer(tmp_path: Path, server: ModelServer) -> Any:
    """Makes writers."""

    def make(provider: str = "openai", **more: Any) -> Writer:
        return Writer(settings(tmp_path, server, provider, **more))

    return make


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_good_stream_is_shown_sentence_by_sentence_as_it_holds(
    provider: str, server: ModelServer, writer: Any
) -> None:
    server.script(Script(GOOD))
    shown: list[Shown] = []
    written = writer(provider).write(JOB, shown.append)

    answer = written.answer
    assert (answer.mode, answer.model) == (Mode.MODEL, f"{provider}:test-model")
    assert tuple(s.text for s in shown) == HELD
    assert [line.text for line in answer.lines if line.role == "written"] == list(HELD)
    assert [s.numbers for s in shown] == [(1,), (2,)]
    for citation in answer.citations:
        assert DOCUMENTS[citation.document_id].text[citation.start : citation.end] == citation.quote
    assert [c.document_id for c in answer.citations] == ["article", "letter"]
    assert "[1] Quay Street Journal" in answer.text
    assert len(answer.text) <= 900
    assert written.explanation.input_tokens
    assert any("84" in line for line in written.explanation.as_lines())
    sent = server.requests[0]
    assert sent.provider == provider
    assert sent.body["model"] == "test-model"
    assert "[2.1]" in str(sent.body)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_first_sentence_is_there_before_the_third_is_sent(
    provider: str, server: ModelServer, writer: Any
) -> None:
    go_on = threading.Event()
    server.script(Script(GOOD, hold=("oppose", go_on)))
    shown: list[Shown] = []

    def show(sentence: Shown) -> None:
        shown.append(sentence)
        go_on.set()  # nothing else lets the server send the third

    answer = writer(provider).write(JOB, show).answer
    assert answer.mode is Mode.MODEL
    assert tuple(s.text for s in shown) == HELD
    assert {s.model for s in shown} == {f"{provider}:test-model"}


def test_what_has_no_room_in_the_whole_answer_is_not_shown_either(
    server: ModelServer, writer: Any
) -> None:
    sentences = [
        f"{start} Council told the Reserve Office that it “does not oppose reporting as such”{end}"
        for start in ("The", "In its letter, the", "Also, the", "On Monday, the")
        for end in (".", ", as it says.", ", it said.")
    ]
    draft = "\n".join(f"{sentence} [1.3]" for sentence in sentences)
    server.script(Script(f"{draft}\n{prompts.MISSING} the draft rule and its ledgers"))
    shown: list[Shown] = []
    answer = writer().write(JOB, shown.append).answer

    written = [line.text for line in answer.lines if line.role == "written"]
    assert 3 < len(written) < len(sentences)
    assert [s.text for s in shown] == written
    assert len(answer.text) <= 900


BAD = {
    "429 for an hour": Script(status=429, headers={"retry-after": "3600"}, body=b'{"error": {"message": "slow"}}'),  # noqa: E501
    "500 each time": Script(status=500, body=b'{"error": {"message": "oops"}}'),
    "529 each time": Script(status=529, body=b'{"type": "error", "error": {"type": "overloaded_error", "message": "x"}}'),  # noqa: E501
    "401": Script(status=401, body=b'{"error": {"message": "Incorrect API key provided: ' + KEY.encode() + b'"}}'),  # noqa: E501
    "context too long": Script(status=400, body=b'{"error": {"message": "prompt is too long: maximum context"}}'),  # noqa: E501
    "wrong model name": Script(status=404, body=b'{"error": "model not found"}'),
    "hang": Script(GOOD, hang=True),
    "slow drip": Script(GOOD, drip_seconds=0.2),
    "broken JSON": Script(GOOD, broken=4),
    "HTML": Script(body=b"<html><body>Login</body></html>", content_type="text/html"),
    "empty": Script(""),
    "refusal": Script(GOOD, stop="refusal"),
    "length": Script(GOOD, stop="length"),
    "filter": Script(GOOD, stop="filter"),
}  # fmt: skip


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("row", BAD)
def test_every_other_end_gives_the_quotations_in_time_and_tells_the_log_why(
    row: str,
    provider: str,
    server: ModelServer,
    writer: Any,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(transport, "BACKOFF", 0.02)
    server.script(BAD[row])
    deadline = 0.8
    asked = writer(provider, chat_timeout_seconds=deadline)
    shown: list[Shown] = []
    started = time.perf_counter()
    written = asked.write(JOB, shown.append)

    assert time.perf_counter() - started <= deadline + 1.0
    assert written.answer.mode is Mode.QUOTES
    assert written.answer.lines[0] == QUOTES.lines[0]
    assert written.answer.lines[-1].text == "answered from quotations"
    assert not server.requests or written.answer.model == f"{provider}:test-model"
    assert {s.text for s in shown} <= set(HELD)
    assert "no written answer" in caplog.text
    assert "Traceback" not in caplog.text
    said = caplog.text + repr(written.explanation) + written.answer.text
    assert KEY not in said


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_stream_cut_at_any_event_is_no_answer(
    provider: str, server: ModelServer, writer: Any
) -> None:
    whole = list(frames(provider, GOOD, "good", {}))
    # The last frames only repeat that it ended: usage, [DONE], message_stop.
    ends = {"anthropic": len(whole) - 2, "openai": len(whole) - 3, "ollama": len(whole) - 1}
    asked = writer(provider)
    for clean in (False, True):
        for cut in range(0, ends[provider] + 1, 1 if clean else 5):
            server.script(Script(GOOD, cut=cut, clean=clean))
            asked._breakers.clear()
            shown: list[Shown] = []
            answer = asked.write(JOB, shown.append).answer
            assert answer.mode is Mode.QUOTES, f"cut at {cut}, clean {clean}"
            assert {s.text for s in shown} <= set(HELD)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_short_rate_limit_is_waited_for_and_costs_one_answer(
    provider: str, server: ModelServer, writer: Any
) -> None:
    limited = Script(
        status=429, headers={"retry-after": "0.1"}, body=b'{"error": {"message": "slow"}}'
    )
    server.script(limited, limited, Script(GOOD))
    asked = writer(provider)
    written = asked.write(JOB)
    assert written.answer.mode is Mode.MODEL
    assert written.explanation.retries == 2
    assert asked._account().used().answers == 1


def test_a_draft_that_holds_nowhere_gives_the_quotations_and_says_so(
    server: ModelServer, writer: Any
) -> None:
    server.script(Script("Moon Coin is the best. [1.1]\nThe Council received 84 comments. [1.5]"))
    written = writer().write(JOB)
    assert written.answer.mode is Mode.QUOTES
    assert written.answer.text.endswith("the model’s draft did not hold against the sources")
    assert "0 of 2 sentences shown" in written.explanation.as_lines()


def test_a_refusal_in_words_gives_the_quotations_and_says_so(
    server: ModelServer, writer: Any
) -> None:
    server.script(Script(prompts.REFUSAL))
    assert "found no answer" in writer().write(JOB).answer.text


def test_the_part_that_is_missing_is_named_only_in_the_questions_words(
    server: ModelServer, writer: Any
) -> None:
    server.script(
        Script(f"{GOOD}\n{prompts.MISSING} the draft rule\n{prompts.MISSING} visit evil.com")
    )
    answer = writer().write(JOB).answer
    assert answer.lines[-1].text == "Not in the record: the draft rule"
    assert "evil" not in answer.text


def test_a_member_has_so_many_model_answers_a_day_then_quotations(
    server: ModelServer, writer: Any
) -> None:
    server.script(Script(GOOD))
    asked = writer(chat_member_daily_answers=3)
    job = Job(QUESTION, HITS, DOCUMENTS, QUOTES, member="anna")
    with ThreadPoolExecutor(20) as pool:
        answers = [w.answer for w in pool.map(asked.write, [job] * 20)]
    assert [a.mode for a in answers].count(Mode.MODEL) == 3
    assert len(server.requests) == 3
    assert "used up" in next(a.text for a in answers if a.mode is Mode.QUOTES)
    assert asked.write(JOB).answer.mode is Mode.MODEL  # others go on


def test_a_second_model_is_asked_when_the_first_fails(server: ModelServer, writer: Any) -> None:
    server.script(Script(status=404, body=b"{}"), Script(GOOD))
    answer = writer(chat_fallback_model="openai:spare").write(JOB).answer
    assert (answer.mode, answer.model) == (Mode.MODEL, "openai:spare")


def test_a_provider_that_keeps_failing_is_left_alone(server: ModelServer, writer: Any) -> None:
    server.script(Script(status=401, body=b"{}"))
    asked = writer()
    for _ in range(6):
        asked.write(JOB)
    assert len(server.requests) == 3
    assert asked.write(JOB).answer.model is None  # it was sent nothing
    assert any("left alone" in f for f in asked.write(JOB).explanation.failures)


def test_a_follow_up_is_completed_only_from_the_conversation(
    server: ModelServer, writer: Any
) -> None:
    history = [
        Turn("user", "What did the HLC ask the Reserve Office?"),
        Turn("assistant", "A delay."),
    ]
    server.script(Script("Did the HLC oppose reporting?"))
    asked = writer()
    assert asked.rewrite("Did they oppose reporting?", history) == "Did the HLC oppose reporting?"
    server.script(Script("Did Meridian Authority oppose reporting?"))
    assert asked.rewrite("Did they oppose reporting?", history) is None
    server.script(Script(status=500, body=b"{}"))
    assert asked.rewrite("Did they oppose reporting?", history) is None


def test_checking_a_model_makes_one_small_call_and_says_what_it_took(
    server: ModelServer, writer: Any
) -> None:
    server.script(Script("ready"))
    line = writer(chat_price_input=3.0, chat_price_output=15.0).check()
    assert line.startswith("openai:test-model answers, 0.")
    assert "tokens, cost 0.0" in line
    assert len(server.requests) == 1


def test_keys_and_folders_are_in_no_prompt(
    server: ModelServer, writer: Any, tmp_path: Path
) -> None:
    server.script(Script(GOOD))
    writer().write(JOB)
    body = str(server.requests[0].body)
    assert KEY not in body
    assert str(tmp_path) not in body
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


async def test_an_event_loop_gets_sentences_in_its_own_thread(
    server: ModelServer, writer: Any
) -> None:
    server.script(Script(GOOD))
    threads: list[int] = []
    written = await writer().awrite(JOB, lambda _: threads.append(threading.get_ident()))
    assert written.answer.mode is Mode.MODEL
    assert set(threads) == {threading.get_ident()}
