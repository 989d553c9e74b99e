"""The command that measures answers: eval."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from knowledge.cli.caring import say
from knowledge.cli.common import AsJson, Library, checked_library, print_json, record
from knowledge.errors import UsageError
from knowledge.types import Mode


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("eval")(evaluate)


def evaluate(
    questions: Annotated[Path, typer.Argument(help="Golden questions, JSON Lines.")],
    library: Library = None,
    mode: Annotated[
        Mode | None, typer.Option(help="Quotations only, or written by the language model.")
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(help="Report of an earlier run: exit status 1 if answers got worse."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Also write the report as one HTML page.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask golden questions and judge the answers."""
    from knowledge.evaluating import evaluation
    from knowledge.evaluating.evaluation_page import page

    before = None
    if baseline is not None:
        try:
            before = json.loads(baseline.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UsageError(f"{baseline}: this is no report. Make one with --json.") from error
    with record() as opened:
        name = checked_library(opened, library)
        result = opened.evaluate(evaluation.read_questions(questions), name, mode=mode)
    changes = evaluation.compare(result, before) if before is not None else []
    if html is not None:
        html.write_text(page(result), encoding="utf-8")
    if as_json:
        print_json(evaluation.as_json(result))
    else:
        say(evaluation.table(result))
        for change in changes:
            say(
                f"{change.measure}: {change.before:.3f} before, {change.now:.3f} now, "
                f"p = {change.p:.3f}{', worse' if change.alarming else ''}"
            )
    if any(change.alarming for change in changes):
        raise typer.Exit(1)
