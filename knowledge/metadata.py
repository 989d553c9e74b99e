"""What a document is: title, publisher, author, addressee, dates and kind.

What the format states explicitly wins over what is read from its text; unknown stays unknown.
"""

from __future__ import annotations

from dataclasses import replace

from knowledge.loaders.types import Loaded
from knowledge.types import Particulars


def read(loaded: Loaded, *, name: str | None, url: str | None) -> Particulars:
    """The particulars of a document, from its format, its text and its name, in this order."""
    known = loaded.particulars
    return replace(known, url=known.url or url)
