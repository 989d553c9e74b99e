"""One attempt at a written answer: what goes in, what streams through, what comes out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from knowledge.answers.phrases import say
from knowledge.drafts import prompts
from knowledge.drafts.checks import Similarity
from knowledge.drafts.evidence import gather
from knowledge.drafts.explaining import Explanation
from knowledge.drafts.failures import ChatFailure, Reason
from knowledge.drafts.transport import Reply
from knowledge.drafts.written import Sifter, compose, with_note
from knowledge.types import Answer, Document, Hit, Shown, Turn

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A question with all that its answer may be made of."""

    question: str
    """As completed from the conversation."""
    hits: Sequence[Hit]
    documents: Mapping[str, Document]
    """Of every hit, by id."""
    quotes: Answer
    """The answer in quotations: what is given when the model's does not hold."""
    history: Sequence[Turn] = ()
    glossary: Mapping[str, str] = field(default_factory=dict)
    """Acronym to long form."""
    similarity: Similarity | None = None
    member: str | None = None
    """Tells members apart for their budget; None for the admin, who has no limit of his own."""
    locale: str = "en"


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it: `answer` has mode MODEL, or is the quotations with a note that says so."""

    answer: Answer
    explanation: Explanation


class Attempt:
    """Carries one job through the models that are asked. Lives for one question."""

    def __init__(self, job: Job, on_sentence: Callable[[Shown], None] | None) -> None:
        self.job = job
        self.sources = prompts.shown(gather(job.hits, job.documents))
        self.prompt = prompts.ask(job.question, self.sources, job.history)
        self.text_came = False
        self.retries = 0
        self.sent_to: str | None = None
        """The model that got question and passages, whatever came of it."""
        self._on_sentence = on_sentence
        self._seen = 0
        self._model = ""
        self._failures: list[str] = []
        self._last: ChatFailure | None = None
        self._reply: Reply | None = None
        self._started = time.perf_counter()
        self._sifter = self._new_sifter()

    @property
    def seen(self) -> bool:
        """True once a sentence was shown: another model would have to take it back."""
        return self._seen > 0

    def begin(self, model: str) -> None:
        """Start over with a model; nothing of another's draft stays."""
        self._model = model
        self.text_came = False
        self._sifter = self._new_sifter()

    def feed(self, text: str) -> None:
        """Take a piece of the draft."""
        self.text_came = True
        self._sifter.feed(text)

    def end(self, reply: Reply) -> None:
        """The draft is whole."""
        self._reply, self._last = reply, None
        self._sifter.finish()

    def fail(self, failure: ChatFailure) -> None:
        """There is no whole draft, for this reason. The admin's log gets it."""
        self._last = failure
        self._failures.append(str(failure))
        logger.warning("no written answer: %s", failure)

    def result(self) -> Written:
        """Return the answer: written, or the quotations with a note."""
        answer = None
        if self._reply is not None and self._last is None:
            answer = self._composed()
        if answer is None:
            quotes = replace(self.job.quotes, model=self.sent_to)
            answer = with_note(quotes, say(self._why(), self.job.locale))
        seconds = time.perf_counter() - self._started
        explanation = self._explanation(seconds)
        if self._reply is not None:
            shown = len(self._sifter.sentences())
            logger.info(
                "written: %s, %d of %d sentences held, %.1f s, tokens %s + %s",
                self._model, shown, len(explanation.sentences), seconds,
                self._reply.input_tokens, self._reply.output_tokens,
            )  # fmt: skip
        return Written(answer, explanation)

    def _composed(self) -> Answer | None:
        job = self.job
        return compose(
            self._sifter, job.quotes, job.documents, model=self._model, locale=job.locale
        )

    def _why(self) -> str:
        if self._last is not None:
            return "model_spent" if self._last.reason is Reason.SPENT else "from_quotations"
        return "model_found_nothing" if self._sifter.refused else "draft_failed"

    def _explanation(self, seconds: float) -> Explanation:
        titles = [s.hit.entry.particulars.title or s.hit.entry.source for s in self.sources]
        reply = self._reply
        return Explanation(
            model=self._model,
            draft=self._sifter.draft,
            sentences=self._sifter.verification.sentences,
            failures=tuple(self._failures),
            input_tokens=reply.input_tokens if reply else None,
            output_tokens=reply.output_tokens if reply else None,
            retries=self.retries,
            seconds=seconds,
            sources=tuple(titles),
        )

    def _new_sifter(self) -> Sifter:
        job = self.job
        return Sifter(
            self.sources, job.question, job.glossary, job.similarity, job.locale, self._show
        )

    def _show(self, sentence: Shown) -> None:
        # An answer has room for so much: what would be left out of the whole is not shown.
        so_far = self._composed()
        written = [line for line in so_far.lines if line.role == "written"] if so_far else []
        if len(written) <= self._seen:
            return
        self._seen += 1
        if self._on_sentence:
            self._on_sentence(replace(sentence, model=self._model))
