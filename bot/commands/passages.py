"""The *Passages* button: each quotation in its place, private to who clicks.

A page a source, or several where its quotations are long; nothing is cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot import asking
from bot.access import Refused, Visitor, visit
from bot.controls import Interaction, on
from bot.escaping import domain, escape, masked_link, one_line, plain
from bot.kept import KeptAnswer
from bot.pages import ROOM, Control, Press, Sheet, layout, link_press, paginate
from bot.replies import citation_text
from bot.words import date_in_words, say
from knowledge import Citation, Document, KnowledgeError

AROUND = 320
"""Characters of text shown before and after a quotation, up to the nearest end of a sentence."""


@dataclass(frozen=True, slots=True)
class Place:
    """A document and the spans of it that an answer quotes, in the order of the text."""

    document: str
    spans: tuple[tuple[int, int], ...]
    numbers: tuple[int, ...]
    link: str | None
    locator: str | None


def places(citations: Sequence[Mapping[str, Any]]) -> list[Place]:
    """Group kept citations by document, first cited first."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for citation in citations:
        grouped.setdefault(str(citation["document"]), []).append(citation)
    return [
        Place(
            document,
            tuple(sorted({(int(c["start"]), int(c["end"])) for c in of_it})),
            tuple(int(c["number"]) for c in of_it),
            of_it[0].get("link"),
            of_it[0].get("locator"),
        )
        for document, of_it in grouped.items()
    ]


def in_place(text: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    """Show spans in bold among a few sentences around them; spans that are near share a block."""
    windows: list[tuple[int, int, list[tuple[int, int]]]] = []
    for start, end in spans:
        left, right = _sentence_start(text, start), _sentence_end(text, end)
        if windows and left <= windows[-1][1]:
            first, _, inside = windows[-1]
            windows[-1] = (first, max(right, windows[-1][1]), [*inside, (start, end)])
        else:
            windows.append((left, right, [(start, end)]))
    return [_window(text, *window) for window in windows]


def _sentence_start(text: str, start: int) -> int:
    low = max(0, start - AROUND)
    if low == 0:
        return 0
    ends = [text.find(mark, low, start) for mark in (". ", "\n", "? ", "! ")]
    found = [e for e in ends if e >= 0]
    return min(found) + 1 if found else low


def _sentence_end(text: str, end: int) -> int:
    high = min(len(text), end + AROUND)
    if high == len(text):
        return high
    ends = [text.rfind(mark, end, high) for mark in (". ", "\n", "? ", "! ")]
    last = max(ends)
    return last + 1 if last >= 0 else high


def _window(text: str, left: int, right: int, inside: Sequence[tuple[int, int]]) -> str:
    parts: list[str] = []
    at = left
    for start, end in inside:
        parts.append(escape(text[at:start]) if at < start else "")
        parts.append(_bold(text[max(start, at) : end]))
        at = max(at, end)
    parts.append(escape(text[at:right]))
    before = "… " if left > 0 else ""
    after = " …" if right < len(text) else ""
    lines = (before + "".join(parts).strip() + after).split("\n")
    return "\n".join("> " + line for line in lines if line.strip())


def _bold(text: str) -> str:
    """Escape text in bold, line by line, since bold does not go over lines."""
    lines = escape(text).split("\n")
    return "\n".join(f"**{line.strip()}**" if line.strip() else "" for line in lines)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page: a source, counted from 0, and a part of what it is quoted for."""

    source: int = 0
    part: int = 0
    """Counted from 0; LAST for the last one, whichever that is."""

    @property
    def key(self) -> str:
        return f"{self.source}.{self.part}" if self.part != LAST else f"{self.source}.last"


LAST = -1


def leaf_of(key: str) -> tuple[str, Leaf]:
    """Split an answer's opaque key from the page; the first where none is named."""
    name, _, page = key.partition(".")
    source, _, part = page.partition(".")
    number = LAST if part == "last" else int(part) if part.isdigit() else 0
    return name, Leaf(int(source) if source.isdigit() else 0, number)


async def passage_sheet(
    interaction: Interaction, visitor: Visitor, kept: KeptAnswer, leaf: Leaf
) -> Sheet:
    """Make one page, with controls to the others. What is too long for one goes on on the next."""
    every = places(kept.citations)
    if not every:
        raise Refused(say("passages.none", visitor.locale))
    source = max(0, min(leaf.source, len(every) - 1))
    head, blocks, address = await _blocks(interaction, visitor, kept, every[source])
    # The title stands on each page, so that a page is understood alone.
    pages = paginate(blocks, room=ROOM - len(head)) or [()]
    part = len(pages) - 1 if leaf.part == LAST else max(0, min(leaf.part, len(pages) - 1))
    shown: list[str] = [head, *pages[part]]
    locale = visitor.locale
    if len(every) > 1 or len(pages) > 1:
        name = "passages.page" if len(pages) == 1 else "passages.part"
        shown.append(
            "-# "
            + say(name, locale, n=source + 1, total=len(every), part=part + 1, parts=len(pages))
        )
    turning = _turning(kept.key, Leaf(source, part), len(every), len(pages), locale)
    about: list[Control] = []
    if (press := link_press(say("button.open_source", locale), address)) is not None:
        about.append(press)
    if address is not None or blocks:
        about.append(Press("copy", f"{kept.key}.{source}", say("button.copy", locale)))
    return Sheet(tuple(shown)).with_rows(turning, about)


def _turning(key: str, here: Leaf, sources: int, parts: int, locale: str) -> list[Control]:
    row: list[Control] = []
    if here != Leaf():
        back = Leaf(here.source, here.part - 1) if here.part else Leaf(here.source - 1, LAST)
        row.append(Press("passage", f"{key}.{back.key}", say("button.previous", locale)))
    if here.part + 1 < parts or here.source + 1 < sources:
        on_ = Leaf(here.source, here.part + 1) if here.part + 1 < parts else Leaf(here.source + 1)
        row.append(Press("passage", f"{key}.{on_.key}", say("button.next", locale)))
    return row


async def _blocks(
    interaction: Interaction, visitor: Visitor, kept: KeptAnswer, place: Place
) -> tuple[str, list[str], str | None]:
    """Give a source's title line, its quotations in their place, and its address."""
    document = await read(interaction, visitor, kept, place.document)
    locale = visitor.locale
    numbers = "".join(f"[{n}]" for n in dict.fromkeys(place.numbers))
    if document is None:
        gone = await removed_on(interaction, visitor, kept, place.document)
        if gone is None:
            return f"{numbers} {say('passages.removed_unknown', locale)}", [], None
        return f"{numbers} {say('passages.removed', locale, date=gone)}", [], None
    known = document.entry.particulars
    address = place.link if domain(place.link) else known.url
    title = masked_link(known.title or document.entry.source, address)
    facts = [
        known.publisher,
        date_in_words(known.date, locale),
        say(f"kind.{known.kind}", locale),
        place.locator,
        domain(address) or say("passages.file", locale),
    ]
    facts_line = one_line(" · ".join(f for f in facts if f), 300)
    head = f"**{numbers} {title}**\n-# {facts_line}"
    if document.entry.replaced_by:
        date = date_in_words(document.entry.replaced_on, locale)
        name = "passages.replaced" if date else "passages.replaced_unknown"
        head += "\n" + say(name, locale, date=date)
    return head, in_place(document.text, place.spans), address


async def read(
    interaction: Interaction, visitor: Visitor, kept: KeptAnswer, document: str
) -> Document | None:
    """Read a cited document, None if it is no longer in the libraries that may be read."""
    client = interaction.client
    try:
        found: Document = await client.desk.read(
            client.record.document, document, asking.may_see(kept, visitor)
        )
        return found
    except KnowledgeError:
        return None


async def removed_on(
    interaction: Interaction, visitor: Visitor, kept: KeptAnswer, document: str
) -> str | None:
    """Say when a document was removed, in words, where we know it."""
    client = interaction.client
    day = await client.desk.read(client.removed_on, document, asking.may_see(kept, visitor))
    return date_in_words(day, visitor.locale)


@on("passages")
async def show_passages(interaction: Interaction, key: str) -> None:
    """Open the first page beside the answer, for who clicked alone."""
    visitor = visit(interaction, interaction.client.state)
    await interaction.response.defer(ephemeral=True, thinking=True)
    interaction.extras |= {"thinking": True, "private": True}
    kept = await asking.recall(interaction.client, visitor, key)
    sheet = await passage_sheet(interaction, visitor, kept, Leaf())
    interaction.extras["thinking"] = False
    await interaction.edit_original_response(view=layout(sheet))


@on("passage")
async def turn_page(interaction: Interaction, key: str) -> None:
    """Turn to another page in the same private message."""
    visitor = visit(interaction, interaction.client.state)
    name, leaf = leaf_of(key)
    await interaction.response.defer()
    kept = await asking.recall(interaction.client, visitor, name)
    sheet = await passage_sheet(interaction, visitor, kept, leaf)
    await interaction.edit_original_response(view=layout(sheet))


@on("copy")
async def copy_citation(interaction: Interaction, key: str) -> None:
    """Give the page's citation as plain text, ready to copy."""
    visitor = visit(interaction, interaction.client.state)
    name, leaf = leaf_of(key)
    kept = await asking.recall(interaction.client, visitor, name)
    every = places(kept.citations)
    place = every[min(leaf.source, len(every) - 1)]
    document = await read(interaction, visitor, kept, place.document)
    if document is None:
        gone = await removed_on(interaction, visitor, kept, place.document)
        name = "passages.removed" if gone else "passages.removed_unknown"
        raise Refused(say(name, visitor.locale, date=gone))
    text = plain(citation_text(_citation(document, place), visitor.locale)).replace("`", "'")
    sheet = Sheet((f"```\n{text}\n```",))
    await interaction.response.send_message(view=layout(sheet), ephemeral=True)


def _citation(document: Document, place: Place) -> Citation:
    known = document.entry.particulars
    start, end = place.spans[0]
    return Citation(
        number=place.numbers[0],
        quote=document.text[start:end],
        speaker=None,
        document_id=document.entry.id,
        title=known.title,
        publisher=known.publisher,
        author=known.author,
        date=known.date,
        kind=str(known.kind),
        url=known.url,
        link=place.link,
        locator=place.locator,
        start=start,
        end=end,
    )
