"""Rich text (.rtf), by striprtf."""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

from knowledge.errors import EmptyDocument, UnreadableDocument
from knowledge.reading.loaders.text import paragraphs
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.types import Block

_INFO = re.compile(r"\{\\(title|author|subject|company)\s+([^{}\\]{1,300})\}")
_PICTURE = re.compile(r"\{\\\*?\\?pict[^{}]*\}")


def sniff(data: bytes, name: str | None) -> bool:
    """The group that opens every rich text."""
    return data.lstrip()[:5] == b"{\\rtf"


def load(data: bytes, options: LoadOptions) -> Loaded:
    """The paragraphs of a rich text.

    Raises UnreadableDocument if it cannot be read, EmptyDocument if it holds no text.
    """
    name = options.name or "The rich text"
    # Rich text is ASCII; what is not stands in escapes that name their code page.
    source = data.decode("latin-1")
    hints = {key: value.strip() for key, value in _INFO.findall(source[:20_000])}
    try:
        text: str = rtf_to_text(_PICTURE.sub("", source), errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, KeyError, IndexError, LookupError, AttributeError, TypeError) as error:
        raise UnreadableDocument(
            f"{name} is a damaged rich text. Save it anew and add it again."
        ) from error
    text = text.replace("\r", "\n").replace("\x00", "")
    blocks = [block for part in text.split("\n") for block in paragraphs(part)]
    blocks = [Block(re.sub(r"[ \t]+", " ", block.text).strip(" |")) for block in blocks]
    blocks = [block for block in blocks if block.text]
    if not blocks:
        raise EmptyDocument(f"{name} holds no text. Nothing was added.")
    return Loaded(blocks=tuple(blocks), hints=hints, format="rtf")
