"""Answers written by a language model: budget, call, verification; else quotations.

`Writer.write` blocks its caller at most the deadline and a moment; the calls themselves
run in a loop of their own (`loops`).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from knowledge.drafts import loops, models, prompts
from knowledge.drafts.attempts import Attempt, Job, Written
from knowledge.drafts.budgets import Bound, Budgets, Limits, Prices
from knowledge.drafts.checks import Similarity
from knowledge.drafts.failures import RETRIED, UNBILLED, ChatFailure, Reason
from knowledge.drafts.transport import Breaker, Reply, pause, remaining, talk
from knowledge.drafts.written import names_only_from
from knowledge.errors import ChatModelError, KnowledgeError
from knowledge.settings import Settings
from knowledge.types import Answer, Document, Hit, Mode, Outcome, Query, Shown, Turn

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["Job", "Writer", "Written", "by_vectors"]

logger = logging.getLogger(__name__)
T = TypeVar("T")

REWRITE_SHARE = 0.4
"""Part of the deadline that completing a follow-up question may take."""


class Writer:
    """Asks the models of the settings. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        """Make nothing yet: packages are imported and keys looked up at the first question."""
        self._settings = settings
        self._budgets: Budgets | None = None
        self._chats: dict[str, BaseChatModel] = {}
        self._breakers: dict[str, Breaker] = {}
        self._gates: dict[str, asyncio.Semaphore] = {}

    def wanted(self, query: Query, quotes: Answer) -> bool:
        """Say whether a model is to be asked: one is set, not declined, and the record has something.

        Where the record contradicts what the question takes for granted, quotations say so best.
        """  # noqa: E501
        material = quotes.outcome in (Outcome.ANSWERED, Outcome.RELATED) and quotes.premise is None
        return bool(self._settings.chat_model) and query.mode is not Mode.QUOTES and material

    def job(
        self,
        query: Query,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        quotes: Answer,
        *,
        glossary: Mapping[str, str],
        embed: Callable[[Sequence[str]], Any],
    ) -> Job:
        """Return the job of a question; `embed` gives unit vectors, shape (n, dimensions)."""
        return Job(
            query.question, hits, documents, quotes, query.history, glossary,
            by_vectors(embed), query.member, query.locale,
        )  # fmt: skip

    def write(self, job: Job, on_sentence: Callable[[Shown], None] | None = None) -> Written:
        """Return a written answer, or the quotations with a note. Raises nothing of a provider's.

        `on_sentence` gets each verified sentence as soon as it is there, in the writer's
        thread; should the answer still fail afterwards, the quotations replace them.
        """
        draft = Attempt(job, on_sentence)
        try:
            self._run(self._write(draft), self._settings.chat_timeout_seconds)
        except ChatFailure as failure:
            draft.fail(failure)
        except KnowledgeError as error:
            draft.fail(ChatFailure(self._settings.chat_model, Reason.SETUP, str(error)))
        except Exception:
            # The outermost edge of what a model may bring about: quotations are at hand.
            logger.exception("a fault of our own while reading a draft")
            draft.fail(ChatFailure(self._settings.chat_model, Reason.UNREADABLE))
        return draft.result()

    async def awrite(self, job: Job, on_sentence: Callable[[Shown], None] | None = None) -> Written:
        """The same for callers in an event loop, which is never held up.

        `on_sentence` is called in the caller's loop.
        """
        loop = asyncio.get_running_loop()
        hand_over = None
        if on_sentence is not None:
            told = on_sentence

            def hand_over(sentence: Shown) -> None:
                loop.call_soon_threadsafe(told, sentence)

        return await asyncio.to_thread(self.write, job, hand_over)

    def rewrite(self, question: str, history: Sequence[Turn], member: str | None = None) -> str | None:  # fmt: skip  # noqa: E501
        """Return a follow-up question completed from the conversation, or None.

        None if the question stands alone, the model fails, or it brought in a name,
        number or matter that nobody mentioned.
        """
        prompt = prompts.rewrite(question, history)
        seconds = self._settings.chat_timeout_seconds * REWRITE_SHARE
        try:
            reply = self._run(self._once(self._settings.chat_model, prompt, member, 0, seconds), seconds)  # fmt: skip  # noqa: E501
        except ChatModelError as failure:
            logger.info("follow-up not rewritten: %s", failure)
            return None
        lines = [line.strip() for line in reply.text.strip().splitlines() if line.strip()]
        said = " ".join([question, *(turn.text for turn in history[-prompts.MAX_TURNS :])])
        if len(lines) != 1 or len(lines[0]) > 500 or not names_only_from(lines[0], said):
            return None
        return None if lines[0] == question.strip() else lines[0]

    def check(self) -> str:
        """Make one small real call and return a line about it: model, latency, tokens, cost.

        Raises ChatModelError with what to do about it.
        """
        name = self._settings.chat_model
        if not name:
            raise ChatModelError(
                "CHAT_MODEL is not set: answers are quotations. To have them written, put a model "
                "into .env, for example CHAT_MODEL=anthropic:claude-sonnet-4-5"
            )
        prompt = prompts.Prompt("You are asked whether you can be reached.", prompts.CHECK, "")
        seconds = self._settings.chat_timeout_seconds
        started = time.perf_counter()
        reply = self._run(self._once(name, prompt, None, 0, seconds), seconds)
        took = time.perf_counter() - started
        parts = [f"{name} answers", f"{took:.1f} s"]
        if reply.input_tokens is not None and reply.output_tokens is not None:
            parts.append(f"{reply.input_tokens} + {reply.output_tokens} tokens")
            prices = Prices(self._settings.chat_price_input, self._settings.chat_price_output)
            if prices.input or prices.output:
                parts.append(f"cost {prices.cost(reply.input_tokens, reply.output_tokens):.6f}")
        return ", ".join(parts)

    # --- In the writer's loop ---

    async def _write(self, draft: Attempt) -> None:
        settings = self._settings
        started = asyncio.get_running_loop().time()
        names = [n for n in (settings.chat_model, settings.chat_fallback_model) if n]
        for place, name in enumerate(names):
            draft.begin(name)
            left = remaining(started, settings.chat_timeout_seconds)
            member, answers = draft.job.member, int(place == 0)
            try:
                reply = await self._once(name, draft.prompt, member, answers, left, draft)
            except (ChatFailure, ChatModelError) as error:
                last = name == names[-1]
                spent = isinstance(error, ChatFailure) and error.reason is Reason.SPENT
                if last or spent or draft.seen:
                    raise
                logger.warning("asking the fallback model: %s", error)
                continue
            draft.end(reply)
            return

    async def _once(
        self,
        name: str,
        prompt: prompts.Prompt,
        member: str | None,
        answers: int,
        seconds: float,
        draft: Attempt | None = None,
    ) -> Reply:
        """Ask one model, with retries, behind its breaker and its gate."""
        started = asyncio.get_running_loop().time()
        breaker = self._breakers.setdefault(name, Breaker())
        if not breaker.closed():
            raise ChatFailure(name, Reason.RESTING)
        gate = self._gates.setdefault(name.split(":")[0], asyncio.Semaphore(self._settings.chat_concurrency))  # fmt: skip  # noqa: E501
        async with gate:
            retry = 0
            while True:
                try:
                    reply = await self._paid(name, prompt, member, answers, draft)
                except ChatFailure as failure:
                    breaker.record(failure)
                    wait = pause(failure, retry, remaining(started, seconds))
                    again = failure.reason in RETRIED and not (draft and draft.text_came)
                    if not again or wait is None or not breaker.closed():
                        raise
                    if draft:
                        draft.retries += 1
                    await asyncio.sleep(wait)
                    retry, answers = retry + 1, answers if failure.reason in UNBILLED else 0
                    continue
                except asyncio.CancelledError:
                    breaker.record(ChatFailure(name, Reason.DEADLINE))
                    raise
                breaker.record(None)
                return reply

    async def _paid(
        self,
        name: str,
        prompt: prompts.Prompt,
        member: str | None,
        answers: int,
        draft: Attempt | None,
    ) -> Reply:
        """Reserve, call, settle. What fails after a model may have read stays reserved."""
        budgets = self._account()
        bound = Bound(prompt.size(), self._settings.chat_max_output_tokens, answers)
        reservation = await asyncio.to_thread(budgets.reserve, member, name, bound)
        if isinstance(reservation, str):
            raise ChatFailure(name, Reason.SPENT, f"Limit of {reservation}.")
        try:
            chat = await asyncio.to_thread(self._chat, name)
            handlers = models.callbacks(self._settings)
            if draft:
                draft.sent_to = name
            reply = await talk(name, chat, prompt, draft.feed if draft else _ignore, handlers)
        except ChatFailure as failure:
            if failure.reason in UNBILLED:
                budgets.release(reservation)
            raise
        except ChatModelError:
            budgets.release(reservation)
            raise
        if reply.input_tokens is not None and reply.output_tokens is not None:
            budgets.settle(reservation, reply.input_tokens, reply.output_tokens)
        return reply

    def _chat(self, name: str) -> BaseChatModel:
        if name not in self._chats:
            self._chats[name] = models.open_chat(name, self._settings)
        return self._chats[name]

    def _account(self) -> Budgets:
        if self._budgets is None:
            s = self._settings
            limits = Limits(s.chat_daily_answers, s.chat_member_daily_answers, s.chat_daily_tokens,
                            s.chat_member_daily_tokens, s.chat_daily_cost)  # fmt: skip
            prices = Prices(s.chat_price_input, s.chat_price_output)
            self._budgets = Budgets(s.home, limits, prices)
        return self._budgets

    # --- Crossing ---

    def _run(self, work: Coroutine[Any, Any, T], seconds: float) -> T:
        """Run in the writer's loop under one deadline for everything. Raises ChatFailure."""

        try:
            return loops.run(work, seconds)
        except TimeoutError:
            raise ChatFailure(self._settings.chat_model, Reason.DEADLINE) from None


def by_vectors(embed: Callable[[Sequence[str]], Any]) -> Similarity:
    """Return cosines by an encoder's `embed_documents`: unit vectors, shape (n, dimensions).

    Made for one draft: the vectors it has seen are kept.
    """

    known: dict[str, Any] = {}  # the question comes with every sentence

    def alike(text: str, others: Sequence[str]) -> list[float]:
        new = [one for one in dict.fromkeys([text, *others]) if one not in known]
        if new:
            known.update(zip(new, embed(new), strict=True))
        return [float(known[other] @ known[text]) for other in others]

    return alike


def _ignore(text: str) -> None:
    """Take text that nobody waits for."""
