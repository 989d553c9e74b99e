"""What the command line prints: safe on any terminal, plain where there is none."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from knowledge.types import Answer, Document, Entry, Mode, Shown


def console() -> Console:
    """Standard output, with colours only on a terminal."""
    terminal = sys.stdout.isatty()
    return Console(
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=not terminal,
        width=None if terminal else 300,  # a pipe or a file has no edge to fold at
    )


def safe(text: str) -> str:
    """Remove control sequences and bidirectional controls; keep line ends."""
    return "".join(
        c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co")
    )


def fail(message: str) -> None:
    """Print one plain line on standard error."""
    print(" ".join(safe(message).split()), file=sys.stderr)


@contextmanager
def show_growing() -> Iterator[Callable[[Shown], None] | None]:
    """Give what shows a written answer's sentences as they pass; None but on a terminal.

    They leave the screen at the end, when the whole answer takes their place.
    """
    if not sys.stdout.isatty():
        yield None
        return
    from rich.live import Live

    lines: list[Text] = []
    live = Live(console=console(), transient=True, auto_refresh=False)

    def show(sentence: Shown) -> None:
        marks = "".join(f" [{number}]" for number in sentence.numbers)
        lines.append(Text(safe(sentence.text + marks)))
        live.start()
        live.update(Group(*lines), refresh=True)

    try:
        yield show
    finally:
        live.stop()


def show_answer(answer: Answer) -> None:
    """Print an answer line by line: leads in bold, quotations indented behind a bar."""
    out = console()
    out.print(Text(safe(f"“{answer.question}”"), style="bold"))
    notes = [f"{short} = {long}" for short, long in answer.expanded.items()]
    if answer.understood_as and answer.understood_as != answer.question:
        notes.insert(0, f"understood as: {answer.understood_as}")
    if answer.model and answer.mode is Mode.MODEL:
        notes.append(f"written by {answer.model} from the record")
    elif answer.model:
        notes.append(f"quoted; {answer.model} was asked and its draft not used")
    if notes:
        out.print(Text(safe(" · ".join(notes)), style="dim"))
    if not answer.lines:
        out.print(Text(safe(answer.text)))
    for line in answer.lines:
        text = safe(line.text)
        if line.role == "quote":
            marks = "".join(f" [{number}]" for number in line.numbers)
            for part in (text + marks).split("\n"):
                out.print(Text("  ┃ " + part, style="cyan"))
        elif line.role == "written":
            marks = "".join(f" [{number}]" for number in line.numbers)
            out.print(Text(text + marks))
        elif line.role == "lead":
            out.print(Text(text, style="bold"))
        elif line.role == "source":
            number = line.numbers[0] if line.numbers else None
            known = {citation.number: citation for citation in answer.citations}
            out.print(Text(text, style="dim"))
            citation = known.get(number) if number is not None else None
            if citation is not None and citation.link:
                out.print(Text("    " + safe(citation.link), style="dim"))
        else:
            out.print(Text(text, style="dim"))
    if answer.related:
        out.print(Text("Possibly related, not an answer:", style="bold"))
        for citation in answer.related:
            where = citation.title or citation.publisher or citation.document_id
            out.print(Text(f"  {safe(where)}: {safe(citation.quote)}"))


def show_entries(entries: Sequence[Entry], library: str) -> None:
    """Print the documents of a library as a table."""
    out = console()
    if not entries:
        out.print(f"The library {library} is empty. Add documents: footnote add FILE")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("Id", "Date", "Kind", "Publisher", "Title", "Passages"):
        table.add_column(heading, overflow="fold")
    for entry in entries:
        particulars = entry.particulars
        title = safe(particulars.title or entry.source)
        if entry.replaced_by:
            title += f" (replaced by {entry.replaced_by})"
        table.add_row(
            entry.id,
            particulars.date or "",
            str(particulars.kind),
            Text(safe(particulars.publisher or particulars.author or "")),
            Text(title),
            str(entry.passages),
        )
    out.print(table)


def show_document(document: Document, *, everything: bool) -> None:
    """Print a document: its particulars, its text, and with `everything` what was set aside."""
    out = console()
    entry, particulars = document.entry, document.entry.particulars
    for name, value in (
        ("Id", entry.id),
        ("Title", particulars.title),
        ("Publisher", particulars.publisher),
        ("Author", particulars.author),
        ("To", particulars.addressee),
        ("Date", particulars.date),
        ("Kind", str(particulars.kind)),
        ("Address", particulars.url),
        ("Source", entry.source),
        ("Also at", ", ".join(entry.sources) or None),
        ("Replaced by", entry.replaced_by),
        ("Similar to", ", ".join(entry.linked) or None),
    ):
        if value:
            out.print(Text(f"{name + ':':<13}{safe(value)}"))
    out.print()
    out.print(Text(safe(document.text)))
    if everything:
        for aside in document.set_aside:
            out.print()
            out.print(Text(f"Set aside ({safe(aside.reason)}):", style="bold"))
            out.print(Text(safe(aside.text)))
    elif document.set_aside:
        count = len(document.set_aside)
        out.print()
        out.print(Text(f"{count} set aside, not quoted. To see: footnote show {entry.id} --all"))
