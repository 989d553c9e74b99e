"""What a page states about itself: JSON-LD, OpenGraph, meta elements, `<time>`, its address.

JSON-LD is written for machines about the article itself, so it comes first; then the
OpenGraph and meta elements, then what the page marks up in its body. Dates of teasers are
told from the article's by where they stand.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from knowledge.reading import linked_data, written_dates
from knowledge.reading.labelled import fill
from knowledge.reading.linked_data import is_address
from knowledge.reading.properties import title as worth_showing
from knowledge.types import Kind, Particulars

_TITLES = (
    "og:title",
    "twitter:title",
    "dc.title",
    "dcterms.title",
    "citation_title",
    "parsely-title",
)
_SITES = (
    "og:site_name",
    "application-name",
    "dc.publisher",
    "citation_publisher",
    "publisher",
    "copyright",
)
_AUTHORS = (
    "author",
    "article:author",
    "og:author",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
    "parsely-author",
    "sailthru.author",
    "byl",
    "twitter:creator",
)
_PUBLISHED = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "publish-date",
    "publish_date",
    "publication_date",
    "publicationdate",
    "pubdate",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "dc.date",
    "dcterms.date",
    "citation_publication_date",
    "citation_date",
    "article.published",
    "cxenseparse:recs:publishtime",
    "ptime",
    "date",
)
_MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "lastmod",
    "modified",
    "utime",
)
_SEPARATOR = re.compile(r"\s+[|·•–—»:-]\s+|\s+::\s+")
_BY = re.compile(r"^\s*(?:(?:view )?(?:all )?posts by|by|von|di|par|por|door)\s+", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](\d\d?)(?:[/-](\d\d?))?(?=[/-])")


def read(
    root: HtmlElement, *, url: str | None, dateline: str | None = None
) -> tuple[Particulars, dict[str, str]]:
    """What the page states, and hints by their names in lower case: `title`, `h1`, `description`.

    `url` is where the page came from; a canonical address on the same host replaces it.
    `dateline` is the date printed over the text, used where nothing is marked up as date.
    """
    meta = _meta(root)
    hints = _hints(root, meta)
    site = _first(meta, _SITES)
    known = fill(linked_data.read(root, url), _from_meta(meta), _from_body(root))
    address = _canonical(root, meta, url)
    addressed = _date_in(address)
    exact = addressed if addressed and len(addressed) == 10 else None
    date = known.date or exact or dateline or addressed
    title = known.title or hints.get("h1") or _without_site(hints.get("title"), site)
    return (
        Particulars(
            title=_line(title),
            publisher=_line(known.publisher),
            author=_author(known.author),
            date=date,
            modified=known.modified if (known.modified or "") > (date or "") else None,
            kind=known.kind,
            url=address,
        ),
        hints,
    )


def _meta(root: HtmlElement) -> dict[str, str]:
    """Meta elements by name, property or itemprop in lower case; the first of each counts."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        value = (element.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (element.get(attribute) or "").strip().lower()
            if name and value:
                found.setdefault(name, value)
    return found


def _hints(root: HtmlElement, meta: Mapping[str, str]) -> dict[str, str]:
    hints: dict[str, str] = {}
    title = root.find(".//title")
    if title is not None:
        line = " ".join("".join(title.itertext()).split())
        if worth_showing(line):
            hints["title"] = line
    heads = [" ".join(head.text_content().split()) for head in root.iter("h1")]
    if len(set(heads)) == 1 and 0 < len(heads[0]) < 250:
        hints["h1"] = heads[0]
    description = meta.get("description") or meta.get("og:description")
    if description:
        hints["description"] = description
    return hints


def _first(meta: Mapping[str, str], names: Iterable[str]) -> str | None:
    return next((meta[name] for name in names if meta.get(name)), None)


def _from_meta(meta: Mapping[str, str]) -> Particulars:
    author = next(
        (meta[name] for name in _AUTHORS if meta.get(name) and not is_address(meta[name])), None
    )
    dates = (written_dates.stated(meta.get(name)) for name in _PUBLISHED)
    modified = (written_dates.stated(meta.get(name)) for name in _MODIFIED)
    return Particulars(
        title=_without_site(_first(meta, _TITLES), meta.get("og:site_name")),
        publisher=_first(meta, _SITES),
        author=author,
        date=next((date for date in dates if date), None),
        modified=next((date for date in modified if date), None),
        kind=Kind.ARTICLE if meta.get("og:type", "").lower() == "article" else Kind.OTHER,
    )


def _from_body(root: HtmlElement) -> Particulars:
    """What the body marks up: microdata and the time element of the article's head."""
    date = modified = author = None
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        property_ = (element.get("itemprop") or "").lower()
        value = element.get("datetime") or element.get("content")
        if date is None and (property_ == "datepublished" or element.get("pubdate") is not None):
            date = written_dates.stated(value or element.text_content())
        elif modified is None and property_ == "datemodified":
            modified = written_dates.stated(value or element.text_content())
        elif author is None and (
            property_ == "author" or "author" in (element.get("rel") or "").split()
        ):
            line = " ".join((element.get("content") or element.text_content()).split())
            author = line if 2 < len(line) < 80 else None
    return Particulars(date=date or _time(root), modified=modified, author=author)


def _links_author(element: HtmlElement) -> bool:
    return element.tag == "a" and "author" in (element.get("rel") or "").split()


def _date_in(address: str | None) -> str | None:
    """The date in a page's address, where news sites put it: /2031/03/04/..."""
    match = _IN_ADDRESS.search(urlsplit(address or "").path)
    if match is None:
        return None
    return written_dates.iso(*(int(part) for part in match.groups() if part))


def _time(root: HtmlElement) -> str | None:
    """The date of the first time element that belongs to the article and to no teaser.

    A teaser's stands in a list, a side column, a menu or inside a link, or there are many.
    """
    articles = list(root.iter("article"))
    scope = articles[0] if len(articles) == 1 else root
    found: list[HtmlElement] = []
    for element in scope.iter("time"):
        around = {str(parent.tag) for parent in element.iterancestors()}
        if around & {"aside", "nav", "footer", "a", "li"}:
            continue
        found.append(element)
    if not found or (len(articles) != 1 and len(found) > 3):
        return None
    return written_dates.stated(found[0].get("datetime") or found[0].text_content())


def _canonical(root: HtmlElement, meta: Mapping[str, str], url: str | None) -> str | None:
    """The page's own address as it gives it, if it is on the host that it came from."""
    given: list[str | None] = [
        link.get("href")
        for link in root.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    ]
    given.append(meta.get("og:url"))
    for address in given:
        if not address:
            continue
        absolute: str = urljoin(url or "", address.strip())
        parts = urlsplit(absolute)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            continue
        if url is None:
            return absolute
        # A canonical address that names the front page is a mistake of the site.
        front = parts.path.strip("/") or not urlsplit(url).path.strip("/")
        if front and _host(absolute) == _host(url):
            return absolute
    return url


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower().removeprefix("www.").removeprefix("m.")


def _without_site(title: str | None, site: str | None) -> str | None:
    """A title without the site's name behind it."""
    if not title:
        return None
    pieces = [str(piece) for piece in _SEPARATOR.split(title)]
    if len(pieces) < 2:
        return title
    if site and pieces[-1].casefold().strip() == site.casefold().strip():
        return title[: title.rfind(pieces[-1])].rstrip(" |·•–—»:-")
    if not site and len(pieces) == 2 and len(pieces[1].split()) <= 4 < len(pieces[0].split()):
        return pieces[0]
    return title


def _author(name: str | None) -> str | None:
    line = _line(_BY.sub("", name or "").split("@")[0])
    if (
        not line
        or len(line) > 150
        or line.casefold() in ("admin", "administrator", "editor", "staff")
    ):
        return None
    return line


def _line(text: str | None) -> str | None:
    # Sites escape their titles once too often.
    return " ".join(html.unescape(text or "").split()) or None
