"""Pages that show only a stub: paywalls, consent walls, log-in forms, bot challenges, errors that
come as a success, and shells that a script would fill.

No sign decides alone: ordinary pages carry log-in forms, cookie bars and offers to subscribe,
and many publishers call whole articles not free. A page is a stub where a sign meets a text too
short to be the document. Pure; reads HTML with lxml, in a fraction of the time that extraction
takes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from knowledge.reading import stub_phrases as phrases

# Thresholds in characters of visible prose, set on 142 pages of unrelated sites in 20 languages,
# two of them stubs, and on gates of our own writing (our measurement, November 2026).
EMPTY = 400
"""Below it a page shows no document at all."""
SHORT = 900
"""Below it a page that looks like a gate or a fault is one."""
TEASER = 1_800
"""Below it an article with a gate is a teaser: the longest teasers are some 300 words."""
LONG_TEASER = 4_000
"""Below it an article is a teaser if it has a gate and says itself that it is not free."""

_SAVE = "Save it as PDF and add the file, or paste the text."
_BLOCK_NAMES = """
address article aside blockquote body br button caption dd details dialog div dl dt fieldset
figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr label legend li main menu nav ol p
pre section summary table tbody td tfoot th thead title tr ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_UNSEEN = frozenset({"script", "style", "template", "svg", "select", "iframe", "object", "head"})
_ASIDE = frozenset({"nav", "footer", "aside", "form", "button", "dialog", "fieldset"})
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENDS = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
"""Browsers read on after these; libxml2 does not."""
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_PARSER = HTMLParser(remove_comments=True, remove_pis=True)


@dataclass(frozen=True, slots=True)
class Stub:
    """Why a page is not the document."""

    kind: str
    """paywall | log-in | consent | challenge | error | script"""
    sentence: str
    """For the person who gave the address."""

    @property
    def excerpt(self) -> bool:
        """Whether what it shows is a true part of the document, which may be kept as excerpt."""
        return self.kind == "paywall"


def refuse(text_chars: int, html: bytes) -> str | None:
    """The sentence that refuses a page, or None where it shows a document.

    text_chars: the length of the main text that was found in it.
    """
    stub = recognise(html, text_chars=text_chars)
    return stub.sentence if stub else None


def recognise(html: bytes | str, *, text_chars: int | None = None) -> Stub | None:
    """What kind of stub a page is; None where it shows a document, or is no HTML.

    text_chars: the length of the main text as extraction found it, where that is known.
    """
    raw = html.encode("utf-8", "replace") if isinstance(html, str) else html
    page = _look(raw)
    if page is None:
        return None
    return _gate(page, raw) or _paywall(page, text_chars) or _shell(page, raw)


@dataclass(slots=True)
class _Shown:
    """What a reader sees of a page, as far as it matters here."""

    prose: list[str] = field(default_factory=list)
    """Blocks of running text outside menus and forms, without gates and notices."""
    lines: list[str] = field(default_factory=list)
    """All visible blocks, in order."""
    titles: list[str] = field(default_factory=list)
    noscript: str = ""
    password: bool = False
    gates: list[str] = field(default_factory=list)
    """Blocks that speak as a paywall does."""
    offers: list[str] = field(default_factory=list)
    """Blocks after the first prose that offer a subscription."""
    facts: list[dict[str, Any]] = field(default_factory=list)
    """Objects of the page's JSON-LD."""

    @property
    def size(self) -> int:
        """Characters of prose; one of a script without spaces counts as two and a half."""
        return sum(map(_size, self.prose))


def _gate(page: _Shown, raw: bytes) -> Stub | None:
    """A page that stands before the document: challenge, error, log-in or consent."""
    if page.size >= SHORT:
        return None
    first = page.titles + [line for line in page.lines[:6] if page.size < EMPTY]
    brief = [line for line in page.titles + page.lines if len(line) < 250]
    challenged = any(map(phrases.CHALLENGE.search, brief))
    if challenged or (page.size < EMPTY and phrases.MARKS.search(raw)):
        return Stub(
            "challenge",
            f"This page only checks whether its reader is human, and shows no document. {_SAVE}",
        )
    if any(phrases.FAULT.search(line) for line in first if len(line) < 150):
        return Stub(
            "error",
            "This page is an error message of its site, not a document. Check the address.",
        )
    asked_in = any(phrases.LOG_IN.search(title) for title in page.titles if len(title) < 150)
    if page.size < EMPTY and (page.password or asked_in):
        return Stub("log-in", f"This page asks for a log-in and shows no document. {_SAVE}")
    notices = [line for line in page.lines if phrases.CONSENT.search(line)]
    asked = sum(map(_size, notices))
    if page.size < EMPTY and len(notices) >= 2 and asked > max(page.size, 150):
        return Stub("consent", f"This page shows only a request for consent (cookies). {_SAVE}")
    return None


def _paywall(page: _Shown, text_chars: int | None) -> Stub | None:
    """An article that breaks off where paying begins."""
    closed = any(_is_false(fact.get("isAccessibleForFree")) for fact in page.facts)
    shown = page.size if text_chars is None else min(page.size, max(text_chars, 1))
    told = max((_told(fact) for fact in page.facts), default=0)
    cut = told > 0 and shown < 0.6 * told
    if page.gates or (page.offers and shown < SHORT):
        short = shown < (LONG_TEASER if closed or cut else TEASER)
    else:
        short = closed and shown < (LONG_TEASER if cut else SHORT)
    if not short:
        return None
    count = len(page.prose)
    if not count:
        return Stub("paywall", f"This page shows nothing of its text (paywall). {_SAVE}")
    part = "first paragraph" if count == 1 else f"first {count} paragraphs"
    return Stub("paywall", f"This page shows only its {part} (paywall). {_SAVE}")


def _shell(page: _Shown, raw: bytes) -> Stub | None:
    """A page that is empty until a script has run."""
    seen = sum(map(_size, page.lines))
    if page.size >= EMPTY // 2 or seen >= 4 * EMPTY:
        return None
    asks = any(map(phrases.SCRIPT.search, [page.noscript, *page.lines]))
    if not asks and (seen >= EMPTY // 2 or b"<script" not in raw.lower()):
        return None
    return Stub("script", f"This page shows its text only with JavaScript. {_SAVE}")


def _look(raw: bytes) -> _Shown | None:
    """Read a page; None if there is nothing to read."""
    try:
        source = _ENDS.sub("", _DECLARATION.sub("", raw.decode("utf-8")))
        root = document_fromstring(source, parser=_PARSER)
    except UnicodeDecodeError:
        try:
            root = document_fromstring(raw, parser=HTMLParser(remove_comments=True))
        except (etree.LxmlError, ValueError):
            return None
    except (etree.LxmlError, ValueError):
        return None
    page = _Shown()
    for element in root.iter("title"):
        page.titles.append(_line("".join(map(str, element.itertext()))))
        break
    for element in root.iter("noscript"):
        page.noscript = f"{page.noscript} {_line(''.join(map(str, element.itertext())))}".strip()
    for element in root.iter("input"):
        page.password |= (element.get("type") or "").lower() == "password"
    for element in root.iter("script"):
        if "ld+json" in (element.get("type") or "").lower():
            page.facts.extend(_facts(element.text or ""))
    for text, links, tag, aside in _blocks(root):
        page.lines.append(text)
        if tag == "h1":
            page.titles.append(text)
        if len(text) < 400 and phrases.PAYWALL.search(text):
            page.gates.append(text)
        elif len(text) < 200 and phrases.OFFER.search(text):
            if page.prose:
                page.offers.append(text)
        elif (
            _size(text) >= 80
            and not aside
            and links < 0.4 * len(text)
            and not (len(text) < 500 and phrases.CONSENT.search(text))
        ):
            page.prose.append(text)
    return page


def _blocks(root: Any) -> Iterator[tuple[str, int, str, bool]]:
    """Visible blocks in order: text, characters of it in links, tag, whether it stands aside."""
    parts: list[str] = []
    links = in_links = aside = 0
    tags: list[str] = ["body"]
    walk = etree.iterwalk(root, events=("start", "end"))

    def take() -> tuple[str, int, str, bool] | None:
        nonlocal links
        text, linked = _line("".join(parts)), links
        parts.clear()
        links = 0
        return (text, linked, tags[-1], aside > 0) if text else None

    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            hidden = element.get("hidden") is not None or _HIDING.search(element.get("style") or "")
            if tag in _UNSEEN or tag == "noscript" or hidden:
                walk.skip_subtree()
                tag = ""
            if tag in _BLOCKS:
                if block := take():
                    yield block
                tags.append(tag)
            aside += tag in _ASIDE
            in_links += tag == "a"
            if tag and element.text:
                parts.append(element.text)
                links += len(element.text) if in_links else 0
            continue
        hidden = element.get("hidden") is not None or _HIDING.search(element.get("style") or "")
        if not (tag in _UNSEEN or tag == "noscript" or hidden):
            if tag in _BLOCKS:
                if block := take():
                    yield block
                tags.pop()
            aside -= tag in _ASIDE
            in_links -= tag == "a"
        if element.tail:
            parts.append(element.tail)
            links += len(element.tail) if in_links else 0
    if block := take():
        yield block


def _facts(text: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD script, nested ones too, at most 200; none if it is broken."""
    try:
        queue = [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        return
    for _ in range(200):
        if not queue:
            return
        value = queue.pop(0)
        if isinstance(value, list):
            queue.extend(value)
        elif isinstance(value, dict):
            yield value
            queue.extend(part for part in value.values() if isinstance(part, dict | list))


def _is_false(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().lower().removeprefix("http://schema.org/") in ("false", "no", "0")
    return value is False


def _told(fact: dict[str, Any]) -> int:
    """Characters that an article says it has: from its word count, six a word."""
    if "article" not in str(fact.get("@type")).lower():
        return 0
    match = re.fullmatch(r"\s*(\d{1,6})\s*", str(fact.get("wordCount")))
    return 6 * int(match[1]) if match else 0


def _line(text: str) -> str:
    return " ".join(text.split())


def _size(text: str) -> int:
    return len(text) + len(_WIDE.findall(text)) * 3 // 2
