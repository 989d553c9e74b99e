"""Markdown: headings, lists and quotations as structure, marks taken off the words.

Our own reading of the CommonMark subset that letters and notes use. The words stay as
they stand; only the marks around them go. Front matter becomes particulars and hints.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace

import yaml

from knowledge.errors import EmptyDocument
from knowledge.reading.loaders import text as plain
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.types import Block, Kind, Particulars, SetAside

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_BULLET = re.compile(r"([ \t]*)[-*+][ \t]+(?=\S)")
_ORDERED = re.compile(r"([ \t]*)\d{1,9}[.)][ \t]+(?=\S)")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*$")
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_COMMENT = re.compile(r"<!--(.*?)(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>")
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)")
_LINK = re.compile(
    r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(<?[^()\s>]*(?:\([^()]*\)[^()\s>]*)*>?(?:\s+[\"'][^\"']*[\"'])?\)"
)
_REFERENCE = re.compile(r"\[([^\[\]]+)\]\[[^\[\]]*\]")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]^]+\]:\s+<?\S+>?.*$", re.MULTILINE)
_AUTOLINK = re.compile(r"<((?:https?|mailto):[^<>\s]+)>")
_STRONG = re.compile(
    r"(?<![\w*_\\])(\*{1,3}|_{1,3})(?=[^\s*_])(.+?)(?<=[^\s\\])\1(?![\w*_])", re.DOTALL
)
_STRIKE = re.compile(r"~~(?=\S)(.+?)(?<=\S)~~")
_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|~>\"'$&:;/<])")


def sniff(data: bytes, name: str | None) -> bool:
    """Text with headings written in Markdown, or with its name where it is text at all."""
    if not plain.sniff(data, name):
        return False
    if (name or "").lower().endswith((".md", ".markdown", ".mdown")):
        return True
    head = data[: plain.SAMPLE_BYTES].decode("utf-8", errors="ignore").lstrip("\ufeff")
    lines = head.splitlines()
    headings = sum(1 for line in lines if re.match(r"#{1,6} \S", line))
    return headings >= 2 or (headings == 1 and (_LINK.search(head) is not None or "**" in head))


def load(data: bytes, options: LoadOptions) -> Loaded:
    """Markdown as blocks; the front matter as particulars where its names are the usual ones."""
    text = plain.decode(data, options)
    particulars, hints = Particulars(), {}
    match = _FRONT.match(text)
    if match is not None:
        front = _front(match.group(1))
        if front is not None:
            particulars, hints = _particulars(front), front
            text = text[match.end() :]
    blocks, hidden = read(text)
    if not blocks:
        raise EmptyDocument(f"{options.name or 'The text'} holds no text. Nothing was added.")
    aside = tuple(SetAside(comment, "hidden") for comment in hidden)
    return Loaded(
        blocks=blocks, particulars=particulars, hints=hints, set_aside=aside, format="markdown"
    )


def read(text: str) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """The blocks of a Markdown text, and the comments hidden in it."""
    hidden = [found.strip() for found in _COMMENT.findall(text) if found.strip()]
    text = _DEFINITION.sub("", _COMMENT.sub("", text))
    return tuple(_blocks(text.split("\n"))), tuple(hidden)


def _blocks(lines: list[str], depth: int = 0) -> list[Block]:
    blocks: list[Block] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        if not line.strip():
            index += 1
        elif fence := _FENCE.match(line):
            end = index + 1
            while end < len(lines) and not lines[end].lstrip().startswith(fence.group(1)):
                end += 1
            code = "\n".join(lines[index + 1 : end]).strip("\n")
            blocks += [Block(code, role="code")] if code.strip() else []
            index = end + 1
        elif heading := _HEADING.match(line):
            if words := plain_words(heading.group(2)):
                blocks.append(Block(words, role="heading", level=len(heading.group(1))))
            index += 1
        elif _RULE.match(line):
            index += 1
        elif line.lstrip().startswith(">") and depth < 8:
            end = index
            while end < len(lines) and lines[end].strip() and not _starts(lines[end], quoted=True):
                end += 1
            inner = [re.sub(r"^ {0,3}> ?", "", quoted) for quoted in lines[index:end]]
            blocks += [_quoted(block) for block in _blocks(inner, depth + 1)]
            index = end
        elif "|" in line and index + 1 < len(lines) and _TABLE_RULE.match(lines[index + 1]):
            end = index + 2
            while end < len(lines) and "|" in lines[end]:
                end += 1
            rows = [line, *lines[index + 2 : end]]
            blocks.append(Block("\n".join(_row(row) for row in rows), role="table"))
            index = end
        elif bullet := _BULLET.match(line) or _ORDERED.match(line):
            end = _until(lines, index + 1)
            first = line[bullet.end() :] if _BULLET.match(line) else line.strip()
            words = plain_words(
                "\n".join([first, *(part.strip() for part in lines[index + 1 : end])])
            )
            blocks += [Block(words, role="item")] if words else []
            index = end
        else:
            end = _until(lines, index + 1)
            paragraph = lines[index:end]
            if end - index > 1 and (mark := _UNDERLINE.match(paragraph[-1])):
                level = 1 if mark.group(1).startswith("=") else 2
                words = plain_words(" ".join(part.strip() for part in paragraph[:-1]))
                blocks += [Block(words, role="heading", level=level)] if words else []
            else:
                words = plain_words("\n".join(part.strip() for part in paragraph))
                blocks += [Block(words)] if words else []
            index = end
    return blocks


def _until(lines: list[str], index: int) -> int:
    while index < len(lines) and lines[index].strip() and not _starts(lines[index]):
        index += 1
    return index


def _starts(line: str, *, quoted: bool = False) -> bool:
    """Whether a line cannot belong to the paragraph above it."""
    if _HEADING.match(line) or _FENCE.match(line) or _BULLET.match(line) or _ORDERED.match(line):
        return True
    return not quoted and line.lstrip().startswith(">")


def _quoted(block: Block) -> Block:
    # A heading inside a quotation is a heading of the quoted text: it still says where one is.
    return replace(block, role="quote") if block.role == "paragraph" else block


def _row(line: str) -> str:
    cells = [plain_words(cell.strip()) for cell in line.strip().strip("|").split("|")]
    return " | ".join(cells)


def plain_words(text: str) -> str:
    """The words of a line or paragraph without the marks for emphasis, links and code."""
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        held.append(match.group(2).strip() if match.re is _CODE else match.group(1))
        return f"\x00{len(held) - 1}\x00"

    text = _CODE.sub(hold, text.replace("\x00", ""))
    text = _ESCAPE.sub(hold, text)
    text = _AUTOLINK.sub(hold, text)
    text = _TAG.sub("", text)
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(r"\1", text)
    text = _REFERENCE.sub(r"\1", text)
    for _ in range(3):
        smaller = _STRIKE.sub(r"\1", _STRONG.sub(r"\2", text))
        if smaller == text:
            break
        text = smaller
    text = re.sub("\x00(\\d+)\x00", lambda match: held[int(match.group(1))], text)
    return re.sub(r"[ \t]*(?:  |\\)\n", "\n", html.unescape(text)).strip()


# --- Front matter --------------------------------------------------------------------------

_NAMES = {
    "title": ("title",),
    "publisher": ("publisher", "site", "publication"),
    "author": ("author", "authors", "organization", "organisation", "by"),
    "addressee": ("addressee", "to"),
    "date": ("date", "published", "publication_date"),
    "modified": ("modified", "updated", "lastmod"),
    "url": ("url", "canonical", "canonical_url", "source"),
}


def _front(text: str) -> dict[str, str] | None:
    if len(text) > 20_000:
        return None
    try:
        # Values stay text: "date: 2022" is a year, not a number.
        loaded = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  BaseLoader makes only text
    except (yaml.YAMLError, RecursionError):
        return None
    if not isinstance(loaded, dict):
        return None
    front: dict[str, str] = {}
    for key, value in loaded.items():
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            value = ", ".join(value)
        if isinstance(value, str) and value.strip():
            front[str(key).strip().lower()] = value.strip()
    return front


def _particulars(front: dict[str, str]) -> Particulars:
    found = {
        name: next((front[key] for key in keys if key in front), None)
        for name, keys in _NAMES.items()
    }
    for name in ("date", "modified"):
        value = found[name]
        match = re.match(r"\d{4}(?:-\d{2}(?:-\d{2})?)?(?=$|[T ])", value or "")
        found[name] = match.group() if match else None
    if not (found["url"] or "").startswith(("http://", "https://")):
        found["url"] = None
    kinds = {kind.value: kind for kind in Kind}
    kind = kinds.get(front.get("kind", front.get("type", "")).lower(), Kind.OTHER)
    return Particulars(**found, kind=kind)
