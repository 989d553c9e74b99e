"""Options that say what a document is: title, publisher, author, addressee, date, kind, address."""

from __future__ import annotations

from datetime import date as day
from typing import Annotated, Any

import typer

from knowledge.cli.common import Misuse
from knowledge.sources import is_url
from knowledge.types import Kind, Particulars

Title = Annotated[str | None, typer.Option("--title", help="Title of the document.")]
Publisher = Annotated[str | None, typer.Option("--publisher", help="Who published it.")]
Author = Annotated[
    str | None, typer.Option("--author", help="Organisation or person whose words it is.")
]
To = Annotated[str | None, typer.Option("--to", help="Whom it is addressed to.")]
Date = Annotated[str | None, typer.Option("--date", help="YYYY, YYYY-MM or YYYY-MM-DD.")]
KindOption = Annotated[Kind | None, typer.Option("--kind", help="What sort of document it is.")]
Url = Annotated[str | None, typer.Option("--url", help="Where it is published.")]


def particulars_given(**values: str | Kind | None) -> dict[str, Any]:
    """The options that were set, checked, by the name of the particular."""
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
    try:
        parts = [int(part) for part in text.split("-")]
        day(*[*parts, 1, 1][:3])
    except (ValueError, TypeError):
        return False
    return len(text) in (4, 7, 10)
