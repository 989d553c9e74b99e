"""A model's draft as sentences with their markers, freed of links and mentions. Pure.

A marker [2.4] points at hit 2, sentence 4. [2.4][3.1], [2.4, 3.1], [2.4-6] and
typographic brackets are read as well, before or after the full stop.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from knowledge import text as words


class Marker(NamedTuple):
    """Hit and sentence, both counted from 1; sentence 0 means that only the hit was named."""

    hit: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence of a draft: its words without markers, and the markers it carried."""

    text: str
    markers: tuple[Marker, ...]
    raw: str
    """The sentence as the model wrote it."""


_ONE = r"\d{1,3}(?:\.\d{1,3})?"
_GROUP = rf"[\[【]\s*{_ONE}(?:\s*[-–,;]\s*{_ONE})*\s*[\]】]"
MARKER = re.compile(_GROUP)
_AFTER_STOP = re.compile(rf"([.!?][”\"’')]*)((?:\s*{_GROUP})+)")
_MARKED_END = re.compile(rf"(?:{_GROUP})\s*[.!?]?[”\"’')]*\s+(?=[A-Z“\"‘*-])")
_DRESS = re.compile(r"^\s*(?:[-*•>]+|#{1,6}|\d{1,2}[.)])\s+|\*\*|__|`+")
MAX_RANGE = 6
"""A range of more sentences than this points at nothing in particular and is not read."""

QUOTATION = re.compile(r"“[^“”]*”|«[^«»]*»|„[^„“”]*[“”]|(?<!\w)\"[^\"]*\"|(?<!\w)‘[^‘]{2,}?’(?!\w)")


def pieces(draft: str) -> list[Piece]:
    """Return the sentences of a draft in order. Full stops inside a quotation do not end one."""
    found: list[Piece] = []
    for line in draft.splitlines():
        plain = _AFTER_STOP.sub(
            lambda m: f" {m.group(2).strip()}{m.group(1)}", _DRESS.sub("", line)
        )
        masked = _SHORT_FORM.sub(lambda m: m.group(0)[:-1] + "x", QUOTATION.sub(_mask, plain))
        for span in words.sentences(masked):
            raw = plain[span.start : span.end]
            body = re.sub(r"([.!?][”\"’»])\.$", r"\1", _spaced(MARKER.sub("", raw)))
            if re.search(r"\w", body):
                found.append(Piece(body, tuple(read_markers(raw)), raw))
    return found


# In a draft each sentence ends with its marker; "told the U.S. Securities ..." ends nothing.
_SHORT_FORM = re.compile(r"\b(?:U\.S|U\.K|E\.U|Inc|Corp|Ltd|Co|L\.P|N\.A|No|Sec|Art)\.(?=\s+\S)")


def _mask(match: re.Match[str]) -> str:
    """Hide what stands in a quotation, but for a full stop at its end."""
    inner = match.group(0)
    body = "x" * (len(inner) - 2)
    if body and inner[-2] in ".!?":
        body = body[:-1] + inner[-2]
    return inner[0] + body + inner[-1]


def read_markers(text: str) -> list[Marker]:
    """Return the markers of a text in order, each once."""
    found: list[Marker] = []
    for group in MARKER.finditer(text):
        for part in re.split(r"\s*[,;]\s*", group.group(0)[1:-1].strip()):
            found.extend(_range(part))
    return list(dict.fromkeys(found))


def _range(part: str) -> list[Marker]:
    ends = [end.split(".") for end in re.split(r"\s*[-–]\s*", part)]
    first = ends[0]
    hit = int(first[0])
    if len(first) == 1:
        return [Marker(hit, 0)]
    start = int(first[1])
    last = ends[-1]
    if len(last) == 2 and int(last[0]) != hit:
        return [Marker(hit, start), Marker(int(last[0]), int(last[1]))]
    stop = int(last[-1])
    if not start <= stop < start + MAX_RANGE:
        return [Marker(hit, start)]
    return [Marker(hit, number) for number in range(start, stop + 1)]


def ready(buffer: str) -> tuple[str, str]:
    """Split what has streamed in so far into whole sentences and the unfinished rest.

    A line break ends a sentence; so does a marker that is followed by the start of
    another sentence.
    """
    cut = buffer.rfind("\n") + 1
    for match in _MARKED_END.finditer(buffer, cut):
        open_quote = buffer.count("“", cut, match.end()) != buffer.count("”", cut, match.end())
        if not open_quote and buffer.count('"', cut, match.end()) % 2 == 0:
            cut = match.end()
    return buffer[:cut], buffer[cut:]


# --- Links and mentions --------------------------------------------------------------------

_ENDINGS = (
    "com|org|net|io|gg|me|co|gov|edu|int|info|biz|app|dev|xyz|site|online|shop|link|click|live|"
    "example|test|invalid|localhost|eu|uk|it|de|fr|ru|cn|tk|ly|to|cc|us|ai|finance|exchange|top"
)
_UNWANTED = re.compile(
    r"""
    (?P<control>[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff])
  | (?P<labelled>!?\[(?P<label>[^\]\[]*)\]\s?\([^()\s]*(?:\s[^()]*)?\))
  | (?P<tag><[@\#:/a-z!][^<>\n]{0,300}>)
  | (?P<address>\b[a-z][a-z0-9+.-]{1,20}:/{1,3}[^\s<>”"’)\]]+(?<![.,;:!?]))
  | (?P<mail>(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
  | (?P<www>\bwww\.[^\s<>”"’)\]]+(?<![.,;:!?]))
  | (?P<path>\b(?:[a-z0-9-]+\.)+[a-z]{2,}/[^\s<>”"’)\]]*(?<![.,;:!?]))
  | (?P<bare>\b(?:[a-z0-9-]{2,}\.)+(?:"""
    + _ENDINGS
    + r""")\b(?![.'’]?\w))
  | (?P<mention>(?<!\w)@[\w!&.]+)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CASED = re.compile(r"[A-Z]")


def strip(text: str) -> str:
    """Return the text without links, addresses, mentions, tags and control characters.

    The words of a labelled link stay. A bare name with a capital ("Crypto.com") is a
    name, no link; Discord makes links of neither.
    """
    previous = None
    while previous != text:  # what is left may join into something new: "@every<x>one"
        previous = text
        text = _UNWANTED.sub(_keep, text)
    return _spaced(text)


def _keep(match: re.Match[str]) -> str:
    if match.lastgroup == "bare" and _CASED.search(match.group(0)):
        return match.group(0)
    if match.group("labelled") is not None:
        return match.group("label")
    return "" if match.group("control") else " "


def _spaced(text: str) -> str:
    text = " ".join(text.split())
    text = re.sub(r"\(\s*\)|\[\s*\]", "", text)
    return " ".join(re.sub(r"\s+([.,;:!?])(?=\s|$|[”\"’)])", r"\1", text).split())


def renumber(found: Sequence[Marker], numbers: dict[Marker, int]) -> tuple[int, ...]:
    """Return the citation numbers of some markers, ascending; unknown ones are left out."""
    return tuple(sorted({numbers[marker] for marker in found if marker in numbers}))
