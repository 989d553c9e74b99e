"""What a page says in JSON-LD: the article it holds, who wrote and who published it, and when.

Pages describe their teasers too, so the article is the one that bears the page's address,
or else the first with a date. Names are those of schema.org.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from knowledge.reading import written_dates
from knowledge.reading.labelled import fill
from knowledge.types import Kind, Particulars

ARTICLES = frozenset(
    {
        "article",
        "newsarticle",
        "blogposting",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "opinionnewsarticle",
        "backgroundnewsarticle",
        "liveblogposting",
        "scholarlyarticle",
        "techarticle",
        "report",
        "socialmediaposting",
    }
)
PAGES = frozenset({"webpage", "itempage", "aboutpage", "creativework"})
_INSIDE = ("@graph", "mainEntity", "mainEntityOfPage")
_TRAILING = re.compile(r",\s*([\]}])")
_COMMENT = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>)\s*$"
)


def read(root: HtmlElement, url: str | None) -> Particulars:
    """The article that the page's JSON-LD describes; a page's own object fills the gaps."""
    objects = [item for script in root.iter("script") for item in _objects(script)]
    articles = [item for item in objects if _types(item) & ARTICLES]
    pages = [item for item in objects if _types(item) & PAGES]
    best = next((item for item in articles if url and _is_about(item, url)), None)
    if best is None:
        # Lists of teasers are articles too; the page's own has a date or a text.
        best = next((item for item in articles if item.get("datePublished")), None)
    found = [_particulars(item, Kind.ARTICLE) for item in ([best] if best else [])]
    found += [_particulars(item, Kind.OTHER) for item in pages[:1]]
    known = fill(Particulars(), *found)
    sites = [item for item in objects if _types(item) & {"website", "newsmediaorganization"}]
    return fill(known, Particulars(publisher=_name(sites[0]) if sites else None))


def _objects(script: HtmlElement) -> Iterator[Mapping[str, Any]]:
    if (script.get("type") or "").split(";")[0].strip().lower() != "application/ld+json":
        return
    text = _COMMENT.sub("", (script.text or "").strip())
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        try:
            data = json.loads(_TRAILING.sub(r"\1", text), strict=False)
        except (ValueError, RecursionError):
            return
    queue = [data]
    while queue:
        item = queue.pop(0)
        if isinstance(item, list):
            queue = item + queue
        elif isinstance(item, dict):
            yield item
            queue += [
                item[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if name in item
            ]


def _types(item: Mapping[str, Any]) -> set[str]:
    kind = item.get("@type")
    names = kind if isinstance(kind, list) else [kind]
    return {name.rsplit("/", 1)[-1].lower() for name in names if isinstance(name, str)}


def _particulars(item: Mapping[str, Any], kind: Kind) -> Particulars:
    return Particulars(
        title=_text(item.get("headline"))
        or (_text(item.get("name")) if kind is Kind.ARTICLE else None),
        publisher=_name(item.get("publisher")) or _name(item.get("sourceOrganization")),
        author=_name(item.get("author")) or _name(item.get("creator")),
        date=written_dates.stated(_text(item.get("datePublished")))
        or written_dates.stated(_text(item.get("dateCreated"))),
        modified=written_dates.stated(_text(item.get("dateModified"))),
        kind=kind,
    )


def _name(value: Any) -> str | None:
    """The name of a person or organisation, or of several, joined by commas."""
    if isinstance(value, list):
        names = [name for name in (_name(item) for item in value[:6]) if name]
        return ", ".join(dict.fromkeys(names)) or None
    if isinstance(value, dict):
        return _name(value.get("name"))
    text = _text(value)
    return text if text and not is_address(text) else None


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _is_about(item: Mapping[str, Any], url: str) -> bool:
    own = urlsplit(url)
    for name in ("url", "mainEntityOfPage", "@id"):
        value = item.get(name)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            other = urlsplit(value)
            if other.path.rstrip("/") == own.path.rstrip("/") and own.path.strip("/"):
                return True
    return False


def is_address(text: str) -> bool:
    return (
        text.lower().startswith(("http://", "https://", "www.", "@", "/")) or "facebook.com" in text
    )
