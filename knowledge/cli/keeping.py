"""The commands that keep the record: list, show, edit, remove, refresh."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

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
from knowledge.errors import KnowledgeError, UsageError
from knowledge.jsonable import document_json, entry_json
from knowledge.sources import is_url
from knowledge.terminal import console, fail, safe, show_document, show_entries

if TYPE_CHECKING:
    pass


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("list")(list_)
    app.command()(show)
    app.command()(edit)
    app.command()(remove)
    app.command()(refresh)


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
    from knowledge.web.fetching import limits_of
    from knowledge.web.robots import Robots

    results, refused = [], []
    with record(wait) as opened:
        robots = Robots(limits_of(opened.settings)) if everything else None
        chosen = ids or [
            entry.id
            for entry in opened.entries(name)
            if is_url(entry.source) and not entry.replaced_by
        ]
        with watching(len(chosen)) as watch:
            for id in chosen:
                watch.start(id)
                try:
                    result = opened.keeping.refresh(
                        id, library=name, actor=actor(), robots=robots, tell=watch.tell
                    )
                except KnowledgeError as error:
                    refused.append({"source": id, "reason": str(error)})
                    fail(str(error))
                    continue
                finally:
                    watch.finish()
                results.append(result.as_json())
                if not as_json:
                    console().print(safe(result.as_text()))
    if as_json:
        print_json({"refreshed": results, "refused": refused})
    return 1 if refused else 0
