"""The commands that answer: demo, ask."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from knowledge.cli.common import AsJson, Library, Misuse, library_or_default, print_json, record
from knowledge.errors import KnowledgeError, UsageError
from knowledge.jsonable import answer_json
from knowledge.terminal import console, fail, show_answer, show_growing
from knowledge.types import Mode, Query, Turn

SAMPLE = "sample"
DEMO_QUESTIONS = (
    "What did the BA tell the SEC?",
    "For how long would the token safe harbor apply?",
    "What did the Bank of Italy say about stablecoins?",
)
"""The first two the sample record answers, the third it cannot."""


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(demo)
    app.command()(ask)


def demo(
    question: Annotated[str | None, typer.Argument(help="A question of your own.")] = None,
    as_json: AsJson = False,
) -> None:
    """Put the bundled sample record into a library of its own, and ask it."""
    from knowledge.samples import sample_files

    if question is not None and not question.strip():
        raise Misuse("The question is empty.")
    with record() as opened:
        for source in sample_files():
            opened.keeping.add(source, library=SAMPLE, actor="demo")
        for text in (question,) if question else DEMO_QUESTIONS:
            answer = opened.ask(Query(text, libraries=(SAMPLE,)))
            if as_json:
                print_json(answer_json(answer))
            else:
                show_answer(answer)
                console().print()
    if not as_json:
        console().print(f'Go on with: footnote ask --library {SAMPLE} "your question"')


def ask(
    question: Annotated[str, typer.Argument(help="The question; - reads one a line.")],
    library: Library = None,
    publisher: Annotated[str | None, typer.Option(help="Only from this publisher.")] = None,
    since: Annotated[str | None, typer.Option(help="Only documents of this date or later.")] = None,
    until: Annotated[str | None, typer.Option(help="Only documents up to this date.")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Answer as the record stood on this date.")
    ] = None,
    history: Annotated[
        Path | None, typer.Option(help='JSON file: [{"role", "text"}], oldest first.')
    ] = None,
    mode: Annotated[
        Mode | None, typer.Option(help="Quotations only, or written by the language model.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show the model's draft and each check of it.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Answer a question from the record, with its sources."""
    name = library_or_default(library)
    defaults = Asked(name, publisher, since, until, as_of, mode, ())
    if question == "-":
        return answer_lines(defaults)
    if not question.strip():
        raise Misuse("The question is empty.")
    if history is not None:
        defaults = read_history(history, defaults)
    with record() as opened:
        if as_json:
            print_json(answer_json(opened.ask(defaults.query(question))))
        else:
            with show_growing() as on_sentence:
                answer = opened.ask(defaults.query(question), on_sentence)
            show_answer(answer)
        if explain:
            explanation = opened.explanation
            lines = explanation.as_lines() if explanation else ["No language model took part."]
            for line in lines:
                fail(line)  # standard error: standard output is the answer
    return 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options say about every question of this command."""

    library: str
    publisher: str | None
    since: str | None
    until: str | None
    as_of: str | None
    mode: Mode | None
    history: tuple[Turn, ...]

    def query(self, question: str) -> Query:
        """The question, narrowed as the options say."""
        return Query(
            question,
            libraries=(self.library,),
            history=self.history,
            as_of=self.as_of,
            publisher=self.publisher,
            since=self.since,
            until=self.until,
            mode=self.mode,
        )

    def changed(self, **values: Any) -> Asked:
        """A copy with some values replaced."""
        from dataclasses import replace

        return replace(self, **values)


def read_history(path: Path, defaults: Asked) -> Asked:
    """Read a conversation from a JSON file."""
    try:
        turns = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: this is not a JSON file that can be read.") from error
    return defaults.changed(history=turns_from(turns))


def turns_from(value: object) -> tuple[Turn, ...]:
    """Check a conversation: a list of objects with role and text."""
    if not isinstance(value, list) or not all(
        isinstance(turn, dict)
        and turn.get("role") in ("user", "assistant")
        and isinstance(turn.get("text"), str)
        for turn in value
    ):
        raise UsageError('The history must be a list of {"role": "user"|"assistant", "text"}.')
    return tuple(Turn(turn["role"], turn["text"]) for turn in value)


def query_from_line(line: str, defaults: Asked) -> Query:
    """Read one line of standard input: a question, or a JSON object with one."""
    text = line.strip()
    if not text.startswith("{"):
        return defaults.query(text)
    try:
        value = json.loads(text)
    except ValueError as error:
        raise UsageError("The line starts like JSON and is not.") from error
    question = value.pop("question", None)
    if not isinstance(question, str):
        raise UsageError('The line has no "question".')
    history = turns_from(value.pop("history", None) or [])
    known = {"library", "publisher", "since", "until", "as_of"}
    unknown = sorted(set(value) - known)
    if unknown:
        raise UsageError(f"Unknown fields: {', '.join(unknown)}.")
    given = {key: item for key, item in value.items() if item is not None}
    if not all(isinstance(item, str) for item in given.values()):
        raise UsageError("library, publisher, since, until and as_of are text.")
    return defaults.changed(history=history, **given).query(question)


def answer_lines(defaults: Asked) -> int:
    """Answer each line of standard input with one line of JSON; 1 if any line was bad."""
    status = 0
    with record() as opened:
        for line in sys.stdin:
            if not line.strip():
                continue
            try:
                print_json(answer_json(opened.ask(query_from_line(line, defaults))))
            except KnowledgeError as error:
                status = 1
                print_json({"question": line.strip()[:4000], "error": str(error)})
    return status
