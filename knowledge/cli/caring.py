"""The commands that care for the data folder: reindex, status, log, doctor, backup, restore."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knowledge.cli.common import (
    AsJson,
    Library,
    Misuse,
    Wait,
    actor,
    library_or_default,
    print_json,
    record,
    settings,
)
from knowledge.terminal import console, safe

if TYPE_CHECKING:
    from knowledge.storing.reindexing import Reindexed

LESS_URGENT = 10
"""Steps of priority that a reindex goes down: readers get nine tenths of a core they share."""


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(reindex)
    app.command()(status)
    app.command()(log)
    app.command()(doctor)
    app.command()(backup)
    app.command()(restore)
    app.command()(export)


def say(line: str) -> None:
    """Print one line as it is."""
    console().print(safe(line))


def reindex(
    library: Library = None,
    model: Annotated[
        str | None, typer.Option(help="Embedding model to build with, instead of the setting's.")
    ] = None,
    gate: Annotated[
        Path | None, typer.Option(help="Golden questions: keep the old index if answers get worse.")
    ] = None,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Return to the generation before.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Drop the generation before the live one.")
    ] = False,
    wait: Wait = 30.0,
    as_json: AsJson = False,
) -> None:
    """Build a new index beside the live one, check it, and switch."""
    if sum((rollback, prune, model is not None or gate is not None)) > 1:
        raise Misuse("--rollback and --prune stand alone.")
    name = library_or_default(library)
    # Readers answer meanwhile, the bot among them: they come first.
    os.nice(LESS_URGENT)
    with record(wait) as opened:
        if rollback:
            result = opened.caring.rollback(name, actor=actor())
        elif prune:
            result = opened.caring.prune(name, actor=actor())
        else:
            result = opened.caring.reindex(
                name, model=model, gate=gate, actor=actor(), say=None if as_json else say
            )
    if as_json:
        print_json(asdict(result))
    else:
        say(outcome_line(result))


def outcome_line(result: Reindexed) -> str:
    """What became of it, in one line."""
    state = "answers now" if result.switched else "still answers"
    reason = f" {result.reason}" if result.reason else ""
    return (
        f"{result.library}: generation {result.generation} ({result.model}, "
        f"{result.passages} passages) {state}.{reason}"
    )


def status(as_json: AsJson = False) -> None:
    """Show what the data folder holds and whether it is well."""
    with record() as opened:
        figures = opened.caring.status()
    if as_json:
        print_json(figures)
        return
    for key, value in figures.items():
        if isinstance(value, list):
            value = ", ".join(str(item) for item in value) or "none"
        say(f"{key.replace('_', ' ').capitalize() + ':':<12} {value}")


def log(
    library: Library = None,
    limit: Annotated[int, typer.Option(help="Number of lines, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Show who added, edited, removed or reindexed what, and when."""
    with record() as opened:
        rows = opened.caring.log(library_or_default(library), limit=limit)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        say("  ".join(str(value) for value in row.values() if value is not None))


def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what can be mended, from the originals.")
    ] = False,
    wait: Wait = 30.0,
    as_json: AsJson = False,
) -> int:
    """Check everything in the data folder and say what it means."""
    with record(wait) as opened:
        findings = opened.caring.doctor(mend=repair, actor=actor())
    if as_json:
        print_json([finding.as_json() for finding in findings])
    else:
        for finding in findings:
            say(finding.as_text())
    return 1 if any(finding.bad for finding in findings) else 0


def backup(
    file: Annotated[Path, typer.Argument(help="Archive to write, FILE.tar.gz.")],
    wait: Wait = 30.0,
) -> None:
    """Write everything to one archive, also while the record is in use."""
    with record(wait) as opened:
        say(opened.caring.backup(file))


def restore(
    file: Annotated[Path, typer.Argument(help="Archive that backup wrote.")],
) -> None:
    """Restore an archive into an empty data folder."""
    from knowledge.library import restore as restore_folder

    say(restore_folder(file, settings(), actor=actor()))


def export(
    folder: Annotated[Path, typer.Argument(help="New folder for documents and originals.")],
    library: Library = None,
) -> None:
    """Write documents, what is known of them, and the original files to a folder."""
    with record() as opened:
        say(opened.caring.export(library_or_default(library), folder))
