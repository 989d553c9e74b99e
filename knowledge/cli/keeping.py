"""The commands that keep the record: add, list, show, edit, remove, refresh."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knowledge.cli.common import (
    AsJson,
    Library,
    Misuse,
    Wait,
    Yes,
    actor,
    checked_library,
    library_or_default,
    print_json,
    record,
)
from knowledge.errors import DocumentRefused, KnowledgeError, UsageError
from knowledge.jsonable import Json, document_json, entry_json
from knowledge.sources import Source, display_name, files_below, is_url, read_file
from knowledge.terminal import console, fail, safe, show_document, show_entries
from knowledge.types import Kind

if TYPE_CHECKING:
    from knowledge.library import Record

Title = Annotated[str | None, typer.Option("--title", help="Title of the document.")]
Publisher = Annotated[str | None, typer.Option("--publisher", help="Who published it.")]
Author = Annotated[
    str | None, typer.Option("--author", help="Organisation or person whose words it is.")
]
To = Annotated[str | None, typer.Option("--to", help="Whom it is addressed to.")]
Date = Annotated[str | None, typer.Option("--date", help="YYYY, YYYY-MM or YYYY-MM-DD.")]
KindOption = Annotated[Kind | None, typer.Option("--kind", help="What sort of document it is.")]
Url = Annotated[str | None, typer.Option("--url", help="Where it is published.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(add)
    app.command("list")(list_)
    app.command()(show)
    app.command()(edit)
    app.command()(remove)
    app.command()(refresh)


def particulars_given(**values: str | Kind | None) -> dict[str, Any]:
    """The options that were set, checked, by the name of the particular."""
    from knowledge.types import Particulars

    given = {name: value or None for name, value in values.items() if value is not None}
    date = given.get("date")
    if date is not None and not is_date(str(date)):
        raise Misuse(f"{date}: a date is YYYY, YYYY-MM or YYYY-MM-DD.")
    url = given.get("url")
    if url is not None and not is_url(str(url)):
        raise Misuse(f"{url}: an address starts with http:// or https://.")
    assert all(name in Particulars.__slots__ for name in given)
    return given


def is_date(text: str) -> bool:
    """Say whether text is a real date of one of the three forms."""
    from datetime import date

    try:
        parts = [int(part) for part in text.split("-")]
        date(*[*parts, 1, 1][:3])
    except (ValueError, TypeError):
        return False
    return len(text) in (4, 7, 10)


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
) -> int:
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
        for label, source in each_source(sources, opened):
            try:
                if isinstance(source, DocumentRefused):
                    raise source
                if preview:
                    seen = opened.keeping.preview(
                        source, library=name, given=given, password=password, excerpt=excerpt
                    )
                    previews.append(seen.as_json())
                    if not as_json:
                        console().print(safe(seen.as_text()))
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
            if not as_json:
                for line in result.as_lines():
                    console().print(safe(line))
    if as_json:
        print_json(
            {"previews": previews, "refused": refused}
            if preview
            else {"added": added, "already": already, "refused": refused}
        )
    return 1 if refused else 0


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


def list_(library: Library = None, as_json: AsJson = False) -> None:
    """List the documents of a library."""
    with record() as opened:
        name = checked_library(opened, library)
        entries = opened.entries(name)
    if as_json:
        print_json([entry_json(entry) for entry in entries])
    else:
        show_entries(entries, name)


def show(
    id: Annotated[str, typer.Argument(help="Id of the document, or its first characters.")],
    library: Library = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was set aside, with its reason.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show a document with its text."""
    with record() as opened:
        name = checked_library(opened, library)
        document = opened.document(id, (name,))
    if as_json:
        print_json(document_json(document))
    else:
        show_document(document, everything=everything)


def edit(
    id: Annotated[str, typer.Argument(help="Id of the document, or its first characters.")],
    library: Library = None,
    title: Title = None,
    publisher: Publisher = None,
    author: Author = None,
    to: To = None,
    date: Date = None,
    kind: KindOption = None,
    url: Url = None,
    replaced_by: Annotated[
        str | None, typer.Option(help="Id of the document that replaces it; empty to undo.")
    ] = None,
    wait: Wait = 30.0,
    as_json: AsJson = False,
) -> None:
    """Correct what is known about a document; an empty value makes it unknown."""
    name = library_or_default(library)
    given = particulars_given(
        title=title, publisher=publisher, author=author, addressee=to, date=date, kind=kind, url=url
    )
    if not given and replaced_by is None:
        raise Misuse("Nothing to change: give at least one option.")
    with record(wait) as opened:
        entry = opened.keeping.edit(
            id, library=name, actor=actor(), given=given, replaced_by=replaced_by
        )
    if as_json:
        print_json(entry_json(entry))
    else:
        console().print(safe(f"{entry.id}: {entry.particulars.title or entry.source}, changed."))


def remove(
    ids: Annotated[list[str], typer.Argument(help="Ids of documents, or their first characters.")],
    library: Library = None,
    yes: Yes = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would go; remove nothing.")
    ] = False,
    purge: Annotated[
        bool, typer.Option("--purge", help="Rebuild the vectors at once, however many.")
    ] = False,
    wait: Wait = 30.0,
    as_json: AsJson = False,
) -> int:
    """Remove documents with all that was derived from them."""
    name = library_or_default(library)
    removed, refused = [], []
    with record(wait) as opened:
        known = []
        for id in dict.fromkeys(ids):
            try:
                known.append(opened.entry(id, (name,)))
            except KnowledgeError as error:
                refused.append({"source": id, "reason": str(error)})
                fail(str(error))
        if known and not (yes or dry_run) and sys.stdin.isatty() and sys.stderr.isatty():
            show_entries(known, name)
            if not typer.confirm(f"Remove {len(known)} for good?", err=True):
                raise UsageError("Nothing was removed.")
        if known:
            result = opened.keeping.remove(
                [entry.id for entry in known],
                library=name,
                actor=actor(),
                purge=purge,
                dry_run=dry_run,
            )
            removed = [entry_json(entry) for entry in known]
            if not as_json:
                for line in result:
                    console().print(safe(line))
    if as_json:
        print_json({"would_remove" if dry_run else "removed": removed, "refused": refused})
    return 1 if refused else 0


def refresh(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Ids of documents that came from an address.")
    ] = None,
    library: Library = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every document that came from an address.")
    ] = False,
    wait: Wait = 30.0,
    as_json: AsJson = False,
) -> int:
    """Fetch documents again; a changed one becomes a new version."""
    name = library_or_default(library)
    if bool(ids) == everything:
        raise Misuse("Name documents, or use --all.")
    from knowledge.fetching import limits_of
    from knowledge.robots import Robots

    results, refused = [], []
    with record(wait) as opened:
        robots = Robots(limits_of(opened.settings)) if everything else None
        chosen = ids or [
            entry.id
            for entry in opened.entries(name)
            if is_url(entry.source) and not entry.replaced_by
        ]
        for id in chosen:
            try:
                result = opened.keeping.refresh(id, library=name, actor=actor(), robots=robots)
            except KnowledgeError as error:
                refused.append({"source": id, "reason": str(error)})
                fail(str(error))
                continue
            results.append(result.as_json())
            if not as_json:
                console().print(safe(result.as_text()))
    if as_json:
        print_json({"refreshed": results, "refused": refused})
    return 1 if refused else 0
