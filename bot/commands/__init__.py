"""One file a command or family of buttons: parse, run, reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.commands import (
    about,
    adding,
    answers,
    ask,
    editing,
    gaps,
    listing,
    menus,
    offering,
    passages,
    recent,
    removing,
    replacing,
    reporting,
    setup,
    sources,
)

if TYPE_CHECKING:
    from bot.client import Footnote

FAMILIES = (
    adding,
    answers,
    editing,
    listing,
    offering,
    passages,
    recent,
    removing,
    replacing,
    reporting,
)
"""Their buttons, and their part of `/source`, have registered themselves on import."""


def register(tree: app_commands.CommandTree[Footnote]) -> None:
    """Add every command to the tree."""
    tree.add_command(ask.ask)
    tree.add_command(menus.answer_from_record)
    tree.add_command(menus.add_to_record)
    footnote: app_commands.Group = about.footnote
    if footnote.get_command("gaps") is None:
        footnote.add_command(gaps.gaps)
        footnote.add_command(setup.setup)
    tree.add_command(footnote)
    tree.add_command(sources.source)
