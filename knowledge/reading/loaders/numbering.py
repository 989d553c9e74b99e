"""Section numbers that a person would cite, read from the headings of a law or rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from knowledge.types import Block

SECTION = re.compile(
    r"(?:SEC\.|SECTION|Sec\.|Section)\s+(\d+[A-Za-z]?(?:[.-]\d+)*)\.\s*(?=[A-Z—]|$)"
)
_SECTION_LINE = re.compile(r"^(?:SEC|Sec)\. \d", re.MULTILINE)
_CONTENTS_CHARS = 160


def is_heading(text: str) -> bool:
    """Whether a paragraph is the heading of a section in capitals: "SEC. 203. DEFINITIONS."."""
    found = SECTION.match(text)
    letters = [c for c in text[found.end() :] if c.isalpha()] if found else []
    return (
        bool(letters)
        and len(text) <= _CONTENTS_CHARS
        and sum(letter.isupper() for letter in letters) > 0.85 * len(letters)
    )


def numbered(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks with the number of the section they stand in, from its heading to the next."""
    # Where sections have headings, their mentions at the start of a paragraph are contents.
    headed = any(b.role == "heading" and SECTION.match(b.text) for b in blocks)
    number: str | None = None
    for block, after in zip(blocks, [*blocks[1:], Block("")], strict=False):
        if block.role == "heading" and headed:
            number = None
        found = SECTION.match(block.text)
        if found and (block.role == "heading" or not headed):
            contents = len(_SECTION_LINE.findall(block.text)) > 1 or (
                len(block.text) < _CONTENTS_CHARS and SECTION.match(after.text)
            )
            if not contents:
                number = f"Sec. {found.group(1)}"
        yield replace(block, number=number) if number else block


def part_headings(text: str) -> str:
    """The text with empty lines around section headings in capitals, which are made one line."""
    lines = text.split("\n")
    if not any(SECTION.match(line.strip()) for line in lines):
        return text
    parted: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index].strip()
        index += 1
        if not is_heading(line):
            parted.append(lines[index - 1])
            continue
        # A long heading runs on in capitals to its full stop.
        while index < len(lines) and not line.endswith(".") and _runs_on(lines[index]):
            line = f"{line} {lines[index].strip()}"
            index += 1
        parted += ["", line, ""]
    return "\n".join(parted)


def _runs_on(line: str) -> bool:
    return bool(line.strip()) and not any(character.islower() for character in line)
