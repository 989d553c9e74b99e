"""Relative dates in a text ("on Monday", "last week"), resolved against its publication date."""

from __future__ import annotations

from knowledge.types import DateMention


def mentions(text: str, published: str | None) -> tuple[DateMention, ...]:
    """The relative dates of a text in order; none without a full publication date."""
    return ()
