"""What a site's robots.txt allows, by RFC 9309. Asked when pages are fetched in bulk, not when a
person asks for one.

Python's own parser takes the first rule that matches and knows no wildcards; the standard wants
the longest, and sites rely on both.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from knowledge.errors import FetchRefused
from knowledge.web import addresses
from knowledge.web.connecting import FetchLimits, Resolve, look_up
from knowledge.web.fetching import USER_AGENT, fetch

PRODUCT = USER_AGENT.split("/")[0].lower()

MAX_BYTES = 512_000
"""Of a robots.txt; the standard wants at least 500 KiB read."""

PAUSE = 1.0
"""Seconds between two requests to one host, where the site names no Crawl-delay."""

MAX_PAUSE = 10.0
"""Longest Crawl-delay kept, in seconds."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says to us."""

    rules: tuple[tuple[str, bool], ...] = ()
    """(pattern of a path, whether it is allowed)."""
    pause: float = PAUSE

    def allows(self, path: str) -> bool:
        """Whether a path with its query may be fetched: the longest rule that matches decides."""
        path = _plain(path)
        if path == "/robots.txt":
            return True
        best = max(
            ((len(pattern), allowed) for pattern, allowed in self.rules if _matches(pattern, path)),
            default=(0, True),
        )
        return best[1]


ALL = Rules()
NOTHING = Rules((("/", False),))


def read(text: str, product: str = PRODUCT) -> Rules:
    """Read a robots.txt: the groups that name the product, or else those for everyone."""
    groups: dict[str, list[tuple[str, bool]]] = {}
    pauses: dict[str, float] = {}
    named: list[str] = []
    open_group = False
    for line in text.lstrip("\ufeff").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            if not open_group:
                named = []
            name = re.match(r"[a-z_-]*|\*", value.lower())
            named.append("*" if value.startswith("*") else name[0] if name else "")
            open_group = True
            for one in named:
                groups.setdefault(one, [])
        elif key in ("allow", "disallow"):
            open_group = False
            if value:
                for one in named:
                    groups[one].append((_plain(value), key == "allow"))
        elif key == "crawl-delay":
            open_group = False
            if re.fullmatch(r"\d{1,6}(?:\.\d{1,3})?", value):
                pauses.update(dict.fromkeys(named, min(float(value), MAX_PAUSE)))
    own = product if product in groups else "*"
    return Rules(tuple(groups.get(own, ())), pauses.get(own, PAUSE))


@dataclass(slots=True)
class Robots:
    """The rules of all hosts met on one run, each fetched once, and when each was last visited."""

    limits: FetchLimits
    resolve: Resolve = look_up
    sleep: Callable[[float], None] = time.sleep
    _known: dict[str, Rules] = field(default_factory=dict)
    _visited: dict[str, float] = field(default_factory=dict)

    def admit(self, url: str) -> None:
        """Wait until the host may be visited again.

        Raises FetchRefused if its robots.txt forbids the page, or the URL is not acceptable.
        """
        found = addresses.target(
            url, ports=self.limits.ports, allowed_hosts=self.limits.allowed_hosts
        )
        site = f"{found.scheme}://{found.netloc}"
        if site not in self._known:
            self._known[site] = self._fetch(f"{site}/robots.txt")
        rules = self._known[site]
        if not rules.allows(found.path):
            raise FetchRefused(
                f"{addresses.show(found.host)}: the site asks programs not to fetch this page "
                "(robots.txt). Refresh it by its id, or look at it yourself."
            )
        wait = self._visited.get(site, float("-inf")) + rules.pause - time.monotonic()
        if wait > 0:
            self.sleep(wait)
        self._visited[site] = time.monotonic()

    def _fetch(self, url: str) -> Rules:
        """A site's rules: without a robots.txt all is allowed, without a working server nothing."""
        limits = replace(self.limits, max_bytes=MAX_BYTES, seconds=min(self.limits.seconds, 10.0))
        try:
            page = fetch(url, limits, resolve=self.resolve)
        except FetchRefused as refused:
            reached = refused.status is not None and refused.status < 500
            return ALL if reached else NOTHING
        return read(page.body.decode("utf-8", "replace"))


def _plain(path: str) -> str:
    """A path with one spelling for each character, so that patterns and paths compare."""
    return quote(unquote(path), safe="/?=&*$!'()+,;:@~%-._")


def _matches(pattern: str, path: str) -> bool:
    """Whether a pattern with "*" and a final "$" matches the beginning of a path."""
    pattern, end = (pattern[:-1], True) if pattern.endswith("$") else (pattern, False)
    first, *rest = re.sub(r"\*+", "*", pattern).split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    # The leftmost place of each part is enough, so this takes no more than one pass.
    for part in rest:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return not end or at == len(path) or (bool(rest) and path.endswith(rest[-1]))
