"""Messages as values: blocks of text and rows of controls, within Discord's limits. Pure.

A `Sheet` is one message. `layout` turns it into discord.py's view; `paginate` spreads blocks over
as many sheets as they need, so that nothing is ever cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import discord
from discord import ui

from bot.escaping import shorten, web_address
from bot.words import say

MAX_TEXT = 4000
"""Characters of text in one message with Components V2, all displays together (Discord)."""

MAX_COMPONENTS = 40
"""Components in one message, nested ones counted (Discord)."""

_ESCAPED = re.compile(r"\\.")
"""Escaped characters: what is left of `**` without them is bold."""

ROOM = 3800
"""What `paginate` fills a sheet with, so that a heading and page numbers still fit."""


@dataclass(frozen=True, slots=True)
class Press:
    """A button: `action` and an opaque `key` make its custom_id; with `url` it is a link."""

    action: str
    key: str
    label: str
    style: discord.ButtonStyle = discord.ButtonStyle.secondary
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select."""

    label: str
    value: str
    description: str | None = None
    default: bool = False


@dataclass(frozen=True, slots=True)
class Choose:
    """A select of texts. At most 25 choices."""

    action: str
    key: str
    placeholder: str
    choices: tuple[Choice, ...]
    low: int = 1
    high: int = 1


@dataclass(frozen=True, slots=True)
class ChooseRole:
    """A select of one role of the server."""

    action: str
    key: str
    placeholder: str


@dataclass(frozen=True, slots=True)
class ChooseChannels:
    """A select of text channels of the server."""

    action: str
    key: str
    placeholder: str
    high: int = 1


Control = Press | Choose | ChooseRole | ChooseChannels
Block = str | tuple[Control, ...]
"""Text, or a row of controls that belongs to the text above it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One message: its blocks from top to bottom, then its controls, row by row."""

    blocks: tuple[Block, ...]
    rows: tuple[tuple[Control, ...], ...] = ()

    @property
    def length(self) -> int:
        return sum(len(block) for block in self.blocks if isinstance(block, str))

    @property
    def components(self) -> int:
        inner = sum(1 if isinstance(block, str) else 1 + len(block) for block in self.blocks)
        return inner + sum(1 + len(row) for row in self.rows)

    def with_rows(self, *rows: Iterable[Control]) -> Sheet:
        return replace(self, rows=tuple(r for row in rows if (r := tuple(row))))


def custom_id(action: str, key: str) -> str:
    """Join an action and an opaque key; at most 100 characters (Discord)."""
    made = f"fn:{action}:{key}"
    assert len(made) <= 100, made
    return made


def paginate(blocks: Sequence[str], room: int = ROOM, most: int = 30) -> list[tuple[str, ...]]:
    """Spread blocks over pages of at most `room` characters and `most` blocks, order kept.

    A block longer than a page is divided at lines, then at spaces, never dropped.
    """
    pages: list[tuple[str, ...]] = []
    page: list[str] = []
    for block in blocks:
        for part in _parts(block, room):
            if page and (sum(map(len, page)) + len(part) > room or len(page) >= most):
                pages.append(tuple(page))
                page = []
            page.append(part)
    if page:
        pages.append(tuple(page))
    return pages


def _parts(block: str, room: int) -> list[str]:
    parts: list[str] = []
    rest = block
    while len(rest) > room:
        cut = rest.rfind("\n", room // 2, room)
        if cut < 0:
            cut = rest.rfind(" ", room // 2, room)
        # Never between a backslash and the character it escapes.
        if cut < 0:
            cut = room - 1 if rest[room - 1] == "\\" else room
        head, rest = rest[:cut].rstrip(), rest[cut:].lstrip()
        if head.rsplit("\n", 1)[-1].startswith("> ") and not rest.startswith("> "):
            rest = "> " + rest  # the quotation bar goes on
        if _ESCAPED.sub("", head).count("**") % 2:
            head, rest = head + "**", _reopened(rest)
        parts.append(head)
    if rest.strip():
        parts.append(rest)
    return parts


def _reopened(rest: str) -> str:
    """Go on in bold, behind the quotation bar where there is one."""
    bar = "> " if rest.startswith("> ") else ""
    return f"{bar}**{rest.removeprefix('> ')}"


def layout(sheet: Sheet) -> ui.LayoutView:
    """Make discord.py's view of a sheet. Raises ValueError beyond Discord's limits."""
    from bot.controls import item  # the controls know their actions; pages need not

    if sheet.length > MAX_TEXT:
        raise ValueError(f"{sheet.length} characters, more than {MAX_TEXT}")
    view = ui.LayoutView(timeout=None)
    for block in (*sheet.blocks, *sheet.rows):
        if not isinstance(block, str):
            view.add_item(ui.ActionRow(*(item(control) for control in block)))
        elif block.strip():
            view.add_item(ui.TextDisplay(block))
    return view


def link_press(label: str, url: str | None) -> Press | None:
    """Make a link button, where the address may stand on one (at most 512 characters)."""
    address = web_address(url)
    if address is None or len(address) > 512:
        return None
    return Press("", "", shorten(label, 80), discord.ButtonStyle.link, address)


def pager(action: str, key: str, page: int, pages: int, locale: str) -> list[Control]:
    """Give *Previous* and *Next* where there is one. A page's number follows the opaque key."""
    row: list[Control] = []
    if page > 0:
        # A leading zero tells "back to the first page" from "open the first page".
        row.append(Press(action, f"{key}.0{page - 1}", say("button.previous", locale)))
    if page + 1 < pages:
        row.append(Press(action, f"{key}.{page + 1}", say("button.next", locale)))
    return row
