"""The command that takes documents in: add."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knowledge.cli.common import (
    AsJson,
    Library,
    Wait,
    actor,
    library_or_default,
    print_json,
    record,
)
from knowledge.cli.particulars import (
    Author,
    Date,
    KindOption,
    Publisher,
    Title,
    To,
    Url,
    particulars_given,
)
from knowledge.errors import DocumentRefused
from knowledge.jsonable import Json, entry_json
from knowledge.sources import Source, display_name, files_below, is_url, read_file
from knowledge.terminal import console, fail, safe

if TYPE_CHECKING:
    from knowledge.library import Record


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(add)


def add(
    sources: Annotated[list[str], typer.Argument(help="Files, folders, addresses, or - for text.")],
    library: Library = None,
    title: Title = None,
    publisher: Publisher = None,
    author: Author = None,
    to: To = None,
    date: Date = None,
    kind: KindOption = None,
    url: Url = None,
    password: Annotated[
        str | None, typer.Option(help="Password of an encrypted PDF; - reads it from the terminal.")
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what would be indexed; add nothing.")
    ] = False,
    excerpt: Annotated[
        bool, typer.Option("--excerpt", help="Add a page that shows only part, marked so.")
    ] = False,
    wait: Wait = 30.0,
    as_json: AsJson = False,
) -> None:
    """Add documents to a library; one bad file does not stop the others."""
    name = library_or_default(library)
    given = particulars_given(
        title=title, publisher=publisher, author=author, addressee=to, date=date, kind=kind, url=url
    )
    if password == "-":
        password = typer.prompt("Password", hide_input=True, err=True)
    added: list[Json] = []
    already: list[Json] = []
    refused: list[Json] = []
    previews: list[Json] = []
    with record(wait) as opened:
        for folder in [Path(one) for one in sources if is_export(Path(one))]:
            for result in opened.keeping.bring_in(folder, library=name, actor=actor()):
                (already if result.already else added).append(entry_json(result.entry))
                tell(result.as_lines(), as_json)
        for label, source in each_source(sources, opened):
            try:
                if isinstance(source, DocumentRefused):
                    raise source
                if preview:
                    seen = opened.keeping.preview(
                        source, library=name, given=given, password=password, excerpt=excerpt
                    )
                    previews.append(seen.as_json())
                    tell([seen.as_text()], as_json)
                    continue
                result = opened.keeping.add(
                    source,
                    library=name,
                    actor=actor(),
                    given=given,
                    password=password,
                    excerpt=excerpt,
                )
            except DocumentRefused as error:
                refused.append({"source": label, "reason": str(error)})
                fail(str(error))
                continue
            (already if result.already else added).append(entry_json(result.entry))
            tell(result.as_lines(), as_json)
    if as_json:
        print_json(
            {"previews": previews, "refused": refused}
            if preview
            else {"added": added, "already": already, "refused": refused}
        )
    if refused:
        raise typer.Exit(1)


def tell(lines: Sequence[str], as_json: bool) -> None:
    """Print lines for a person, and none for a program."""
    for line in () if as_json else lines:
        console().print(safe(line))


def is_export(folder: Path) -> bool:
    """Whether a folder is what `footnote export` wrote."""
    from knowledge.storing.exchange import is_export

    return folder.is_dir() and is_export(folder)


def each_source(names: list[str], opened: Record) -> Iterator[tuple[str, Source | DocumentRefused]]:
    """Yield each source with its label; one that cannot be had comes as its refusal.

    A bar on standard error follows long work where that is a terminal.
    """
    jobs: list[tuple[str, str | Path]] = []
    for name in names:
        if name == "-" or is_url(name):
            jobs.append((name, name))
            continue
        path = Path(name)
        if is_export(path):
            continue
        if not path.is_dir():
            jobs.append((name, path))
            continue
        try:
            found = [(str(below), below) for below in files_below(path)]
        except DocumentRefused as error:
            yield name, error
            continue
        if not found:
            shown = display_name(path.name)
            yield name, DocumentRefused(f"{shown}: there is no file in this folder. Check it.")
        jobs += found
    for label, job in with_progress(jobs):
        try:
            yield (
                label,
                opened.keeping.fetch(job)
                if isinstance(job, str) and is_url(job)
                else read_job(job),
            )
        except DocumentRefused as error:
            yield label, error


def read_job(job: str | Path) -> Source:
    """Read a file, or standard input for -."""
    if isinstance(job, Path):
        return read_file(job)
    return Source(sys.stdin.buffer.read(), "text")


def with_progress(jobs: list[tuple[str, str | Path]]) -> Iterator[tuple[str, str | Path]]:
    """Yield the jobs, drawing a bar on a terminal when there are several."""
    if len(jobs) < 3 or not sys.stderr.isatty():
        yield from jobs
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Adding", total=len(jobs))
        for label, job in jobs:
            bar.update(task, description=display_name(label))
            yield label, job
            bar.advance(task)
