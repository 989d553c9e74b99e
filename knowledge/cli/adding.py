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
from knowledge.cli.watching import watching
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
        jobs = list(each_job(sources))
        with watching(len(jobs)) as watch:
            for label, job in jobs:
                watch.start(label)
                try:
                    source = read_job(job, opened)
                    if preview:
                        seen = opened.keeping.preview(
                            source,
                            library=name,
                            given=given,
                            password=password,
                            excerpt=excerpt,
                            tell=watch.tell,
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
                        tell=watch.tell,
                    )
                except DocumentRefused as error:
                    refused.append({"source": label, "reason": str(error)})
                    fail(str(error))
                    continue
                finally:
                    watch.finish()
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


Job = Path | str | DocumentRefused
"""A file, an address or - for standard input, or why there is nothing to read."""


def each_job(names: list[str]) -> Iterator[tuple[str, Job]]:
    """Yield what the names lead to, each with its label; a folder gives its files."""
    for name in names:
        if name == "-" or is_url(name):
            yield name, name
            continue
        path = Path(name)
        if is_export(path):
            continue
        if not path.is_dir():
            yield name, path
            continue
        try:
            found = list(files_below(path))
        except DocumentRefused as error:
            yield name, error
            continue
        if not found:
            shown = display_name(path.name)
            yield name, DocumentRefused(f"{shown}: there is no file in this folder. Check it.")
        for below in found:
            yield str(below), below


def read_job(job: Job, opened: Record) -> Source:
    """Read a file or standard input, or fetch an address. Raises DocumentRefused."""
    if isinstance(job, DocumentRefused):
        raise job
    if isinstance(job, Path):
        return read_file(job)
    if job == "-":
        return Source(sys.stdin.buffer.read(), "text")
    return opened.keeping.fetch(job)
