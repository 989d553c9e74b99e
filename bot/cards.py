"""What moderators read: the card of a preview, a document, lists. Pure; everything escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bot.escaping import block_quote, one_line
from bot.pages import Block, Sheet
from bot.words import date_in_words, say
from knowledge import Entry, Kind

FIELDS = ("title", "publisher", "author", "addressee", "date", "kind", "url")
SHOWN_WORDS = 400
"""Characters shown of the first and of the last words that will be quoted."""

SHOWN_WARNINGS = 6


def particular(name: str, value: Any, locale: str) -> str:
    """Say one particular in words."""
    if value in (None, ""):
        return say("card.unknown", locale)
    if name == "date":
        return date_in_words(str(value), locale) or str(value)
    if name == "kind":
        return say(f"kind.{value}", locale)
    return one_line(str(value), 300)


def particulars(known: Mapping[str, Any], locale: str, fields: Sequence[str] = FIELDS) -> str:
    """List particulars, one a line."""
    return "\n".join(
        f"**{say(f'card.{name}', locale)}:** {particular(name, known.get(name), locale)}"
        for name in fields
    )


def stated(seen: Mapping[str, Any]) -> dict[str, Any]:
    """Give the particulars that a preview found, by name."""
    found = seen.get("particulars") or {}
    return {name: found.get(name) for name in FIELDS}


def preview_blocks(seen: Mapping[str, Any], given: Mapping[str, Any], locale: str) -> list[str]:
    """Show what would be added: particulars, what is quoted, what is set aside, warnings."""
    known = stated(seen) | dict(given)
    blocks = [f"{say('add.card', locale)}\n{particulars(known, locale)}"]
    first, last = str(seen.get("first") or ""), str(seen.get("last") or "")
    characters, passages = f"{int(seen.get('characters') or 0):,}", seen.get("passages") or 0
    quoted = [say("card.quoted", locale, n=characters, passages=passages)]
    if first.strip():
        quoted += [say("card.begins", locale), block_quote(_shown(first))]
    if last.strip() and last.strip() != first.strip():
        quoted += [say("card.ends", locale), block_quote(_shown(last))]
    blocks.append("\n".join(quoted))
    aside = seen.get("set_aside") or []
    if aside:
        reasons = Counter(str(part.get("reason")) for part in aside)
        named = one_line(", ".join(f"{r} {n}" for r, n in reasons.most_common()), 200)
        blocks.append(say("card.set_aside", locale, n=len(aside), reasons=named))
    blocks += _notes(seen, known, locale)
    return blocks


def _shown(text: str) -> str:
    lines = [line for line in text.split("\n") if line.strip()]
    return "\n".join(lines[:6])[:SHOWN_WORDS]


def _notes(seen: Mapping[str, Any], known: Mapping[str, Any], locale: str) -> list[str]:
    notes = []
    if seen.get("already"):
        notes.append(say("card.already", locale))
    for alike in (seen.get("alike") or [])[:3]:
        percent = round(100 * float(alike.get("likeness") or 0))
        title = one_line(str(alike.get("title") or alike.get("source")), 120)
        notes.append(say("card.alike", locale, percent=percent, title=title))
    older = seen.get("may_replace")
    if older:
        title = one_line(str(older.get("title") or older.get("source")), 120)
        notes.append(say("card.replaces", locale, title=title))
    if seen.get("excerpt"):
        notes.append(say("card.excerpt", locale))
    inside = [one_line(str(name), 60) for name in (seen.get("attachments") or [])[:5]]
    if inside:
        notes.append(say("card.attachments", locale, names=", ".join(inside)))
    for warning in (seen.get("warnings") or [])[:SHOWN_WARNINGS]:
        notes.append(say("card.warning", locale, text=one_line(str(warning), 300)))
    if not known.get("url"):
        notes.append(say("card.no_address", locale))
    return ["\n".join(f"-# {note}" for note in notes)] if notes else []


def entry_fields(entry: Entry) -> dict[str, Any]:
    """Give an entry's particulars by name."""
    known = entry.particulars
    return {name: getattr(known, name) for name in FIELDS} | {"kind": str(known.kind)}


def entry_sheet(entry: Entry, locale: str) -> Sheet:
    """Show everything that is known about a document."""
    more = [
        f"**{say('card.source', locale)}:** {one_line(entry.source, 200)}",
        f"**{say('card.passages', locale)}:** {entry.passages}",
        f"**{say('card.added', locale)}:** {date_in_words(entry.added_at, locale)}",
        f"**{say('card.id', locale)}:** {one_line(entry.id)}",
    ]
    if entry.replaced_by:
        date = date_in_words(entry.replaced_on, locale) or "—"
        more.append(say("card.replaced", locale, date=date))
    blocks: tuple[Block, ...] = (particulars(entry_fields(entry), locale), "\n".join(more))
    return Sheet(blocks)


def entry_line(entry: Entry, locale: str) -> str:
    """One document of a list."""
    known = entry.particulars
    facts = [
        known.publisher,
        date_in_words(known.date, locale),
        say(f"kind.{known.kind}", locale),
        entry.id[:8],
    ]
    title = one_line(known.title or entry.source, 120)
    return f"- **{title}**\n  -# {one_line(' · '.join(f for f in facts if f), 200)}"


def kinds() -> list[str]:
    """The kinds a document may have."""
    return [str(kind) for kind in Kind]
