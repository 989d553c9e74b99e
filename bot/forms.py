"""Forms whose faults become words."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot import faults
from bot.controls import Interaction

MODAL_SECONDS = 900.0
"""An open form is kept this long in memory; Discord's own token lasts no longer."""


class Form(ui.Modal):
    """A form whose faults become words."""

    def __init__(self, title: str) -> None:
        super().__init__(title=title[:45], timeout=MODAL_SECONDS)

    async def on_error(  # type: ignore[override]
        self, interaction: Interaction, error: Exception, /
    ) -> None:  # discord.py itself gives modals one parameter less than views
        if not faults.unanswerable(error):
            await faults.tell(interaction, faults.in_words(error, str(interaction.locale)))

    def ask(
        self,
        label: str,
        *,
        default: str | None = None,
        required: bool = True,
        long: bool = False,
        most: int = 4000,
        about: str | None = None,
    ) -> ui.TextInput[Any]:
        """Add a text field under a label and give it."""
        style = discord.TextStyle.paragraph if long else discord.TextStyle.short
        given = (default or "")[:most] or None
        field: ui.TextInput[Any] = ui.TextInput(
            style=style, default=given, required=required, max_length=most
        )
        self.add_item(ui.Label(text=label[:45], description=about and about[:100], component=field))
        return field
