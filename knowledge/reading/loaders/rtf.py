"""Rich text (.rtf), by striprtf; what its marks hide from readers is set aside.

"Rich Text Format (RTF) Specification", version 1.9.1, Microsoft 2008: character properties.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from striprtf.striprtf import rtf_to_text

from knowledge.errors import EmptyDocument, UnreadableDocument
from knowledge.reading.loaders.text import paragraphs
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.types import Block, SetAside

_INFO = re.compile(r"\{\\(title|author|subject|company)\s+([^{}\\]{1,300})\}")
_PICTURE = re.compile(r"\{\\\*?\\?pict[^{}]*\}")
_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'[0-9a-fA-F]{2}|\\[^a-zA-Z]|[{}]|[\r\n]+|[^\\{}\r\n]+"
)
_COLOURS = re.compile(r"\{\\colortbl([^{}]*)\}")
_CHANNEL = re.compile(r"\\(?:red|green|blue)(\d{1,3})")
_WHITE = 245
"""Each of red, green and blue at least this, of 255: white on the white of a page."""
_TINY = 2
"""Type of this size, in half points, or smaller is not read: one point, as in a PDF."""
_HIDES, _SHOWS = "\x01", "\x02"
"""Marks of ours before text that nobody sees, and before text that is seen again."""
_TEXT_WORDS = frozenset({"u", "tab", "emdash", "endash", "bullet", "lquote", "rquote"})


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
        marked = _marked(_PICTURE.sub("", source))
        text: str = rtf_to_text(marked, errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, KeyError, IndexError, LookupError, AttributeError, TypeError) as error:
        raise UnreadableDocument(
            f"{name} is a damaged rich text. Save it anew and add it again."
        ) from error
    text, hidden = _apart(text.replace("\r", "\n").replace("\x00", ""))
    blocks = [block for part in text.split("\n") for block in paragraphs(part)]
    blocks = [Block(re.sub(r"[ \t]+", " ", block.text).strip(" |")) for block in blocks]
    blocks = [block for block in blocks if block.text]
    if not blocks:
        raise EmptyDocument(f"{name} holds no text. Nothing was added.")
    return Loaded(
        blocks=tuple(blocks),
        hints=hints,
        set_aside=tuple(SetAside(part, "hidden") for part in hidden),
        format="rtf",
    )


# --- What no reader sees ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Look:
    """How characters look, as far as it decides whether they are seen."""

    hidden: bool = False
    deleted: bool = False
    colour: int = 0
    half_points: int = 24
    ground: int = 0
    """Colour behind the characters; 0: the page's."""
    paragraph_ground: int = 0
    in_table: bool = False


def _marked(source: str) -> str:
    """The source with a mark of ours wherever text stops or starts to be seen.

    Hidden are characters marked so or as deleted, white ones on white, and tiny ones.
    """
    source = source.replace(_HIDES, "").replace(_SHOWS, "")
    white = _white(source)
    shaded_cells = "\\clcbpat" in source or "\\clshdng" in source
    look, groups = _Look(), list[_Look]()
    out: list[str] = []
    said: bool | None = False
    for token in _TOKEN.finditer(source):
        whole, word, argument = token.group(), token.group(1), token.group(2)
        if whole == "{":
            groups.append(look)
        elif whole == "}":
            look = groups.pop() if groups else _Look()
            said = None  # a mark inside of what is left out may be lost: say it anew
        elif word and word not in _TEXT_WORDS:
            look = _changed(look, word, argument)
        elif whole.strip("\r\n"):
            unseen = _unseen(look, white, shaded_cells)
            if unseen is not said:
                out.append(_HIDES if unseen else _SHOWS)
                said = unseen
        out.append(whole)
    return "".join(out)


def _changed(look: _Look, word: str, argument: str | None) -> _Look:
    """The look after a control word; "\\v" alone means yes, "\\v0" no."""
    number = int(argument) if argument else 0
    on = argument is None or number != 0
    match word:
        case "v" | "webhidden":
            return replace(look, hidden=on)
        case "deleted":
            return replace(look, deleted=on)
        case "cf":
            return replace(look, colour=number)
        case "fs":
            return replace(look, half_points=number if argument else 24)
        case "highlight" | "cb" | "chcbpat":
            return replace(look, ground=number)
        case "cbpat":
            return replace(look, paragraph_ground=number)
        case "intbl":
            return replace(look, in_table=True)
        case "pard":
            return replace(look, paragraph_ground=0, in_table=False)
        case "plain":
            return _Look(paragraph_ground=look.paragraph_ground, in_table=look.in_table)
    return look


def _unseen(look: _Look, white: frozenset[int], shaded_cells: bool) -> bool:
    if look.hidden or look.deleted or look.half_points <= _TINY:
        return True
    if look.colour not in white:
        return False
    ground = look.ground or look.paragraph_ground
    return ground in white if ground else not (look.in_table and shaded_cells)


def _white(source: str) -> frozenset[int]:
    """The numbers of the colours of the document's table that are white."""
    table = _COLOURS.search(source)
    if table is None:
        return frozenset()
    colours = [_CHANNEL.findall(entry) for entry in table.group(1).split(";")]
    return frozenset(
        number
        for number, channels in enumerate(colours)
        if len(channels) == 3 and all(int(value) >= _WHITE for value in channels)
    )


def _apart(text: str) -> tuple[str, list[str]]:
    """The text that is seen, and the passages that are not; our marks are gone from both."""
    seen: list[str] = []
    hidden: list[str] = []
    for part in re.split(f"(?=[{_HIDES}{_SHOWS}])", text):
        words = part.strip(_HIDES + _SHOWS)
        if part.startswith(_HIDES):
            if words.strip():
                hidden.append(" ".join(words.split()))
            seen.append("\n" * words.count("\n"))
        else:
            seen.append(words)
    return "".join(seen), hidden
