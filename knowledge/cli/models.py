"""footnote models: whether the language model of the settings can be reached."""

from __future__ import annotations

import typer

from knowledge.cli.caring import say
from knowledge.cli.common import settings


def check() -> None:
    """Make one small real call and show model, latency, tokens, and cost where it is known."""
    from knowledge.drafts.writing import Writer

    say(Writer(settings()).check())


def register(app: typer.Typer) -> None:
    """Put the commands of this file into the command line."""
    models = typer.Typer(help="Look after the language model.", no_args_is_help=True)
    models.command("check")(check)
    models.callback()(_group)
    app.add_typer(models, name="models")


def _group() -> None:
    """Keep `check` a command of its own: typer would make a single one the group itself."""
