"""The forms for what is known of a document: one for the preview's card and for `/source edit`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot import cards
from bot.access import Refused
from bot.commands.ask import checked_date
from bot.commands.files import is_discord_file
from bot.escaping import web_address
from bot.forms import Form
from bot.words import say

if TYPE_CHECKING:
    pass


class DetailsForm(Form):
    """Particulars of a document-to-be, or of one in the record."""

    def __init__(self, known: Mapping[str, Any], locale: str) -> None:
        super().__init__(say("details.title", locale))
        self.locale = locale
        self.fields = {
            name: self.ask(
                say(f"card.{name}", locale), default=known.get(name), required=False, most=300
            )
            for name in ("title", "publisher", "author", "addressee", "date")
        }

    def values(self) -> dict[str, str | None]:
        """Give what was filled in; empty is unknown. Raises Refused for a date that is none."""
        given = {name: field.value.strip() or None for name, field in self.fields.items()}
        given["date"] = checked_date(given["date"], self.locale)
        return given


class PlaceForm(Form):
    """Where a document is published, and what sort of document it is."""

    def __init__(self, known: Mapping[str, Any], locale: str) -> None:
        super().__init__(say("add.where", locale))
        self.locale = locale
        self.url = self.ask(
            say("card.url", locale),
            default=known.get("url"),
            required=False,
            most=500,
            about=say("add.where_about", locale),
        )
        kind = str(known.get("kind") or "other")
        options = [
            discord.SelectOption(
                label=say(f"kind.{name}", locale), value=name, default=name == kind
            )
            for name in cards.kinds()
        ]
        self.kind: ui.Select[Any] = ui.Select(options=options, required=False)
        self.add_item(ui.Label(text=say("card.kind", locale), component=self.kind))

    def values(self) -> dict[str, str | None]:
        """Give address and kind. Raises Refused for an address that is none."""
        given: dict[str, str | None] = {"url": checked_address(self.url.value, self.locale)}
        if self.kind.values and self.kind.values[0] in cards.kinds():
            given["kind"] = self.kind.values[0]
        return given


def checked_address(text: str, locale: str) -> str | None:
    """Give an http(s) address that is not Discord's own; None for nothing."""
    text = text.strip()
    if not text:
        return None
    if web_address(text) is None or is_discord_file(text):
        raise Refused(say("details.bad_url", locale))
    return text
