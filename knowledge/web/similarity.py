"""Whether two documents are the same page, or nearly the same text.

Near-copies are told to a person and linked, never merged: two letters of one company on one
form are .81 alike and say different things (our measurement, November 2026).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import numpy as np

NEAR = 0.6
"""From this likeness on, of word 3-grams, documents are linked. The same bill as PDF and as text
is .69 alike, extraction being what it is (our measurement, November 2026)."""

PERMUTATIONS = 128
SEED = 1
"""Stored signatures compare only with those of the same seed and number."""

MARGIN = 0.13
"""Three standard errors of an estimate at NEAR: sqrt(.6 * .4 / 128) = .043."""

_BATCH = 4096  # datasketch builds one row of 128 numbers for each 3-gram of a batch
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class NearCopy:
    """Another document and how alike it is."""

    id: str
    likeness: float
    """Share of common word 3-grams, exact, NEAR to 1."""


def signature(text: str) -> bytes:
    """The MinHash of a text's word 3-grams, 512 bytes; empty for a text without words."""
    # It pulls in scipy, 1.4 s: only what adds documents pays for it.
    from datasketch import MinHash  # type: ignore[import-untyped]

    grams = iter(_grams(text))
    sketch = MinHash(num_perm=PERMUTATIONS, seed=SEED)
    while batch := list(islice(grams, _BATCH)):
        sketch.update_batch([gram.encode() for gram in batch])
    if sketch.is_empty():
        return b""
    # The values stay below 2**32 in datasketch's classic scheme.
    return np.asarray(sketch.hashvalues, dtype="<u4").tobytes()


def similarity(one: bytes, other: bytes) -> float:
    """The estimated likeness of two signatures, 0 to 1; 0 where one is empty or foreign."""
    if not one or len(one) != len(other):
        return 0.0
    values, others = np.frombuffer(one, dtype="<u4"), np.frombuffer(other, dtype="<u4")
    return float(np.mean(values == others))


def likeness(one: str, other: str) -> float:
    """The share of word 3-grams that two texts have in common (Jaccard), 0 to 1."""
    grams, others = _grams(one), _grams(other)
    union = len(grams | others)
    return len(grams & others) / union if union else 0.0


def near_copies(
    text: str, signatures: Mapping[str, bytes], text_of: Callable[[str], str | None]
) -> list[NearCopy]:
    """The documents at least NEAR alike to a text, the most alike first.

    signatures are those of the documents to compare with, by id; text_of gives a document's
    text (None if it is gone) and is asked only for candidates, whose likeness is then exact.
    """
    own = signature(text)
    found = []
    for id, other in signatures.items():
        if similarity(own, other) >= NEAR - MARGIN:
            theirs = text_of(id)
            exact = likeness(text, theirs) if theirs else 0.0
            if exact >= NEAR:
                found.append(NearCopy(id, exact))
    return sorted(found, key=lambda copy: (-copy.likeness, copy.id))


def _grams(text: str) -> set[str]:
    """All runs of three words; a shorter text is one gram."""
    words = _WORD.findall(text.casefold())
    if not words:
        return set()
    return {" ".join(words[at : at + 3]) for at in range(max(len(words) - 2, 1))}


# --- The same page ---------------------------------------------------------------------------

# What campaigns, mailers and share buttons append: names used by Google, Meta, Microsoft, X,
# Yandex, HubSpot, Mailchimp, Marketo, AT Internet, Webtrends and large newspapers.
_TRACKING = re.compile(
    r"""(?:utm_.+|mtm_.+|pk_.+|piwik_.+|hsa_.+|oly_.+|vero_.+|guce_.+|at_(?:medium|campaign|custom.*)
    |fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|twclid|ttclid|yclid|ymclid|igshid?|li_fat_id
    |_hsenc|_hsmi|__hs[a-z]+|hsctatracking|mc_[ce]id|mkt_tok|_ga|_gl|ref_src|ref_url|xtor|wt[._]mc.*
    |ncid|s_cid|cmpid|smid|smtyp|sr_share|guccounter|__twitter_impression|spm|trk|trkcampaign
    |share_id|__source|amp|outputtype|usqp|ocid|cvid)""",
    re.IGNORECASE | re.VERBOSE,
)
_FRONT_PAGE = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
_DEFAULT_PORTS = {":80", ":443"}


def canonical_url(url: str) -> str:
    """The same text for all addresses of one page, for comparing; not for opening.

    Scheme, "www.", default ports, tracking parameters, their order, a front page's file name,
    "/amp", a final slash and the fragment go; a fragment that is a route ("#!", "#/") stays.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return url.strip()
    if parts.scheme not in ("http", "https") or not host:
        return url.strip()
    path = _FRONT_PAGE.sub("/", parts.path).rstrip("/").removesuffix("/amp").rstrip("/")
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.fullmatch(name)
    ]
    route = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    netloc = f"[{host}]" if ":" in host else host
    if port not in _DEFAULT_PORTS:
        netloc += port
    plain_path = "/".join(quote(unquote(part), safe="~:@!$&'()*+,;=") for part in path.split("/"))
    return urlunsplit(("https", netloc, plain_path, urlencode(sorted(query)), route))
