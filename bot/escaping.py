"""Make text from documents, names and questions safe to show in Discord. Pure.

Discord reads Markdown, mentions, masked links and bare addresses in every text. What comes from
outside is shown as the characters it consists of, and nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

ZERO_WIDTH_SPACE = "\u200b"

_INLINE = re.compile(r"[\\*_`<]|~~|\|\||\]\(|(?<=\w):(?=//)")
_LINE_START = re.compile(r"(?m)^(\s*)(#{1,3}(?=\s)|-#(?=\s)|>+(?=\s)|[-+](?=\s))")
_NUMBERED = re.compile(r"(?m)^(\s*\d+)([.)])(?=\s)")
_MENTION = re.compile(r"(?i)@(?=everyone|here)|(?<=<)(?=[@#:/a-z])")
_INVITE = re.compile(r"(?i)\b(discord(?:app)?\.)(gg/|com/invite|me/|io/)")


def plain(text: str) -> str:
    """Drop control and direction characters; keep line breaks; tabs become spaces."""
    kept = (
        c
        for c in text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        if c == "\n"
        or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")
        or c == "\u200d"
    )
    return "".join(kept)


def escape(text: str) -> str:
    """Escape Markdown, mentions and addresses so that the text reads as written, nothing linked.

    Only what Discord would act on is touched, so that ordinary prose stays as it is. Mentions get
    a zero-width space: the server looks for them whatever the Markdown says.
    """
    safe = _INLINE.sub(lambda m: "".join("\\" + c for c in m.group()), plain(text))
    safe = _LINE_START.sub(r"\1\\\2", safe)
    safe = _NUMBERED.sub(r"\1\\\2", safe)
    safe = _MENTION.sub(lambda m: m.group() + ZERO_WIDTH_SPACE, safe)
    return _INVITE.sub(rf"\1{ZERO_WIDTH_SPACE}\2", safe)


def one_line(text: str, limit: int | None = None) -> str:
    """Escape text for one line, cut at a word to at most `limit` characters before escaping."""
    flat = " ".join(plain(text).split())
    if limit is not None and len(flat) > limit:
        flat = flat[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
    return escape(flat)


def shorten(text: str, limit: int) -> str:
    """Cut text for a place that shows no Markdown: a label, a choice, a modal's title."""
    flat = " ".join(plain(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def block_quote(text: str) -> str:
    """Escape text and put it behind Discord's quotation bar, line by line, empty lines dropped."""
    return "\n".join("> " + line for line in escape(text).split("\n") if line.strip())


def web_address(url: str | None) -> str | None:
    """Give an http(s) address in a form that cannot end a masked link early, or None."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        return None
    head, host, tail = url.partition(parts.netloc)
    return head + host + quote(tail, safe="%/:?#@!$&'*+,;=~-._")


def domain(url: str | None) -> str | None:
    """Give the host of an address for people, without "www."."""
    if web_address(url) is None:
        return None
    return (urlsplit(url or "").hostname or "").removeprefix("www.") or None


def masked_link(label: str, url: str | None, limit: int = 150) -> str:
    """Write a label as a link to a stored address; the label alone where there is none.

    Discord shows no masked link whose label looks like an address: such a label loses its scheme.
    """
    flat = re.sub(r"(?i)\b(https?|discord)://", "", label)
    text = re.sub(r"([\[\]])", r"\\\1", one_line(flat, limit).replace("]\\(", "]("))
    address = web_address(url)
    return f"[{text}](<{address}>)" if address else text
