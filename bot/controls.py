"""Buttons and selects that outlive a restart: their custom_id is an action and an opaque key.

Handlers register themselves by action. Each is given the interaction and the key and asks
`access` itself; nothing about the person or the place is read from the custom_id.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import discord
from discord import ui

from bot import faults
from bot.pages import Choose, ChooseChannels, ChooseRole, Control, Press, custom_id

if TYPE_CHECKING:
    pass

if TYPE_CHECKING:
    from bot.client import Footnote

Interaction: TypeAlias = "discord.Interaction[Footnote]"
AnyInteraction: TypeAlias = "discord.Interaction[Any]"
"""For methods that discord.py declares for any client."""

Handler = Callable[[Interaction, str], Awaitable[None]]

_HANDLERS: dict[str, Handler] = {}
_TEMPLATE = r"fn:(?P<action>[a-z_]{1,30}):(?P<key>[A-Za-z0-9._-]{0,60})"


def on(action: str) -> Callable[[Handler], Handler]:
    """Register the handler of an action."""

    def register(handler: Handler) -> Handler:
        assert action not in _HANDLERS, action
        _HANDLERS[action] = handler
        return handler

    return register


def actions() -> list[str]:
    """Name every action that has a handler."""
    return sorted(_HANDLERS)


async def _handle(interaction: Interaction, match: re.Match[str]) -> None:
    handler = _HANDLERS.get(match["action"])
    if handler is None:
        await faults.tell_unknown(interaction)
        return
    async with faults.told(interaction):
        await handler(interaction, match["key"])


class _Button(ui.DynamicItem[ui.Button[Any]], template=re.compile(_TEMPLATE)):
    """A button of ours; its action decides what it does."""

    def __init__(self, button: ui.Button[Any], match: re.Match[str] | None = None) -> None:
        super().__init__(button)
        self._match = match

    @classmethod
    async def from_custom_id(
        cls, interaction: AnyInteraction, item: ui.Item[Any], match: re.Match[str], /
    ) -> _Button:
        assert isinstance(item, ui.Button)
        return cls(item, match)

    async def callback(self, interaction: AnyInteraction) -> None:
        assert self._match is not None
        await _handle(interaction, self._match)


class _Select(ui.DynamicItem[Any], template=re.compile(_TEMPLATE.replace("fn:", "fs:", 1))):
    """A select of ours. Its values are read from the interaction, and checked by the handler."""

    def __init__(self, select: ui.Item[Any], match: re.Match[str] | None = None) -> None:
        super().__init__(select)
        self._match = match

    @classmethod
    async def from_custom_id(
        cls, interaction: AnyInteraction, item: ui.Item[Any], match: re.Match[str], /
    ) -> _Select:
        return cls(item, match)

    async def callback(self, interaction: AnyInteraction) -> None:
        assert self._match is not None
        await _handle(interaction, self._match)


DYNAMIC = (_Button, _Select)


def chosen(interaction: discord.Interaction[Any]) -> list[str]:
    """Give the values of the select that was used."""
    data: Any = interaction.data or {}
    return [str(value) for value in data.get("values", [])]


def item(control: Control) -> ui.Item[Any]:
    """Make discord.py's item for a control."""
    if isinstance(control, Press):
        if control.url:
            return ui.Button(style=discord.ButtonStyle.link, label=control.label, url=control.url)
        name = custom_id(control.action, control.key)
        return _Button(ui.Button(style=control.style, label=control.label, custom_id=name))
    name = "fs" + custom_id(control.action, control.key)[2:]
    if isinstance(control, Choose):
        options = [
            discord.SelectOption(
                label=c.label, value=c.value, description=c.description, default=c.default
            )
            for c in control.choices
        ]
        return _Select(
            ui.Select(
                custom_id=name,
                placeholder=control.placeholder,
                options=options,
                min_values=control.low,
                max_values=min(control.high, len(options)),
            )
        )
    if isinstance(control, ChooseRole):
        return _Select(ui.RoleSelect(custom_id=name, placeholder=control.placeholder, min_values=0))
    assert isinstance(control, ChooseChannels)
    return _Select(
        ui.ChannelSelect(
            custom_id=name,
            placeholder=control.placeholder,
            min_values=0,
            max_values=control.high,
            channel_types=[
                discord.ChannelType.text,
                discord.ChannelType.news,
                discord.ChannelType.forum,
            ],
        )
    )
