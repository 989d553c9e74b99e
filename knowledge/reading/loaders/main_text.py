"""Which pieces of a page are its main text: trafilatura's judgement over the page's own order.

trafilatura says what the text is; the pieces say where it stands. A piece belongs to the main
text if its words are found in the extraction, at a place that fits the order of the others.
What trafilatura leaves and takes is then corrected by structure alone: titles, doubled lines,
lines that are nothing but a link, and the second half of an article cut in two.
"""

from __future__ import annotations

import copy
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import trafilatura
from lxml.html import HtmlElement

from knowledge.reading.loaders.page import Piece

_WORD = re.compile(r"\w+")
_DATA = ("application/ld+json", "application/json")
_RIGHTS = re.compile(r"©|\(c\)\s|\bcopyright\b|\ball rights reserved\b", re.IGNORECASE)
_CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.\w|(?<!\w)@\w{3,}")

COVERED = 0.6
"""A piece belongs to the main text if this share of its word triples does (our measurement on
62 annotated pages, November 2026: .5 to .8 differ by less than .001 F1)."""
LEAST_WORDS = 25
"""An extraction with fewer words than this found no article."""
BARE_LINKS = 0.05
"""A page whose text is linked to a smaller share than this, and that has no menu, footer or
side column, is a document and no web page."""
TINY_PAGE_CHARS = 200
"""A page with less text than this is kept whole: it has no room for furniture."""
LINKED = 0.85
"""A line linked to this share is a pointer to another page, not a sentence of this one."""
MOST_PLACES = 8
"""So many occurrences of three words before and after the last piece are looked at."""
GAP = 8
"""So many short pieces between two pieces of the main text may belong to it."""
LEAD_WORDS = 12
"""A standfirst between title and text has at least this many words."""
END_WORDS = 45
"""Lines about rights and contacts after the last paragraph are at most this long."""
LONG_WORDS = 20
"""A paragraph of the main text has at least this many words when it is added by its place."""


def choose(root: HtmlElement, pieces: Sequence[Piece], titles: Iterable[str]) -> set[int]:
    """The indexes of the pieces that are main text; all of them for a bare document."""
    if is_bare(root, pieces):
        return set(range(len(pieces)))
    kept = _extracted(root, pieces)
    if not kept:
        plain = {i for i, piece in enumerate(pieces) if _is_plain(piece)}
        return plain or set(range(len(pieces)))
    kept |= _same_place(pieces, kept)
    kept |= _between(pieces, kept)
    named = [words(title) for title in titles]
    kept |= _lead(pieces, kept, named)
    kept -= _titles(pieces, kept, named)
    kept -= _pointers(pieces, kept)
    kept -= _endings(pieces, kept)
    return kept or set(range(len(pieces)))


def is_bare(root: HtmlElement, pieces: Sequence[Piece]) -> bool:
    """Whether the page is a plain document: no programs, no menus, no bars, hardly a link."""
    total = sum(len(piece.text) for piece in pieces)
    if total < TINY_PAGE_CHARS:
        return True
    if any((script.get("type") or "").lower() not in _DATA for script in root.iter("script")):
        return False
    if any(piece.region in ("nav", "aside", "footer") for piece in pieces):
        return False
    return sum(piece.links for piece in pieces) <= BARE_LINKS * total


def words(text: str) -> list[str]:
    """The words of a text for comparing."""
    return _WORD.findall(text.casefold().replace("\u00ad", ""))


def _extracted(root: HtmlElement, pieces: Sequence[Piece]) -> set[int]:
    """The pieces whose words trafilatura extracted, in the order in which it did."""
    try:
        text = trafilatura.extract(copy.deepcopy(root), include_comments=False) or ""
    except RecursionError:
        text = ""  # elements nested by the hundred: the pieces alone have to do
    body = words(text)
    if len(body) < LEAST_WORDS:
        return set()
    places: dict[tuple[str, ...], list[int]] = {}
    for place, triple in enumerate(zip(body, body[1:], body[2:], strict=False)):
        places.setdefault(triple, []).append(place)
    found: list[tuple[int, int, int]] = []
    last = 0
    for index, piece in enumerate(pieces):
        own = words(piece.text)
        known = 0
        starts: dict[int, float] = defaultdict(float)
        for offset, triple in enumerate(zip(own, own[1:], own[2:], strict=False)):
            here = places.get(triple)
            if here is None:
                continue
            known += 1
            # What is said often says little of the place, and is looked for close by only.
            near = bisect_left(here, last)
            for place in here[max(0, near - MOST_PLACES) : near + MOST_PLACES]:
                starts[max(place - offset, 0)] += 1 / len(here)
        if len(own) >= 3 and known >= COVERED * (len(own) - 2):
            last = _start(starts, last)
            found.append((index, last, len(own)))
    kept = _in_order(found)
    if kept:
        kept |= _short_lines(pieces, kept, text)
    return kept


def _start(votes: Mapping[int, float], last: int) -> int:
    """The place that most words speak for; of equals the first one after the last piece's."""
    best = max(votes.values())
    equals = sorted(start for start, weight in votes.items() if weight >= 0.9 * best)
    return next((start for start in equals if start > last), equals[0])


def _in_order(found: Sequence[tuple[int, int, int]]) -> set[int]:
    """The heaviest rising run of (index, place, weight): doubles and strays fall out."""
    best: list[tuple[int, int]] = []  # (weight so far, position in found)
    before: list[int] = []
    size = max((place for _, place, _ in found), default=0) + 2
    tree = [(0, -1)] * (size + 1)
    for position, (_, place, weight) in enumerate(found):
        top = (0, -1)
        node = place  # strictly smaller places only
        while node > 0:
            top = max(top, tree[node])
            node -= node & -node
        before.append(top[1])
        here = (top[0] + weight, position)
        node = place + 1
        while node <= size:
            tree[node] = max(tree[node], here)
            node += node & -node
        best.append(here)
    if not best:
        return set()
    position = max(best)[1]
    kept: set[int] = set()
    while position >= 0:
        kept.add(found[position][0])
        position = before[position]
    return kept


def _short_lines(pieces: Sequence[Piece], kept: set[int], text: str) -> set[int]:
    """Lines of one or two words within the main text that the extraction has too."""
    lines = Counter(" ".join(words(line)) for line in text.splitlines())
    first, last = min(kept), max(kept)
    short: set[int] = set()
    for index in range(first, last + 1):
        own = words(pieces[index].text)
        line = " ".join(own)
        if 0 < len(own) < 3 and lines[line] > 0:
            lines[line] -= 1
            short.add(index)
    return short


def _same_place(pieces: Sequence[Piece], kept: set[int]) -> set[int]:
    """Long paragraphs that stand in the same kind of place as most of the main text."""
    places = Counter(
        pieces[index].place for index in kept if len(words(pieces[index].text)) >= LONG_WORDS
    )
    if not places:
        return set()
    place, count = places.most_common(1)[0]
    if count < 3 or count * 2 < sum(places.values()):
        return set()
    return {
        index
        for index, piece in enumerate(pieces)
        if index not in kept
        and piece.place == place
        and piece.links < 0.3 * len(piece.text)
        and len(words(piece.text)) >= LONG_WORDS
    }


def _between(pieces: Sequence[Piece], kept: set[int]) -> set[int]:
    """Short lines between two pieces of the main text, in the same element as both."""
    ordered = sorted(kept)
    found: set[int] = set()
    for before, after in pairwise(ordered):
        if not 1 < after - before <= GAP:
            continue
        shell = _shell(pieces[before])
        if not shell or shell != _shell(pieces[after]):
            continue
        inside = range(before + 1, after)
        if all(_shell(pieces[index])[: len(shell)] == shell for index in inside):
            found |= {
                index
                for index in inside
                if pieces[index].region is None
                and pieces[index].links < 0.3 * len(pieces[index].text)
                and _shell(pieces[index]) == shell
            }
    return found


def _shell(piece: Piece) -> tuple[int, ...]:
    """The elements around a piece without its own."""
    return piece.parents[:-1]


def _lead(pieces: Sequence[Piece], kept: set[int], titles: Sequence[list[str]]) -> set[int]:
    """Sentences between the title and the first piece of the main text: its standfirst."""
    first = min(kept)
    heads = [
        index
        for index in range(max(0, first - 12), first)
        if pieces[index].role == "heading"
        and any(_repeats(words(pieces[index].text), title) for title in titles)
    ]
    if not heads:
        return set()
    said = {word for index in sorted(kept)[:3] for word in words(pieces[index].text)}
    return {
        index
        for index in range(heads[-1] + 1, first)
        if pieces[index].role == "paragraph"
        and pieces[index].region in (None, "header")
        and pieces[index].links < 0.3 * len(pieces[index].text)
        and len(words(pieces[index].text)) >= LEAD_WORDS
        and pieces[index].text.rstrip().endswith((".", "!", "?", "…", "。"))
        and len(set(words(pieces[index].text)) - said) > 3
    }


def _endings(pieces: Sequence[Piece], kept: set[int]) -> set[int]:
    """Lines about rights and contacts after the last paragraph."""
    dropped: set[int] = set()
    for index in sorted(kept, reverse=True):
        text = pieces[index].text
        if len(words(text)) > END_WORDS or len(kept) - len(dropped) <= 3:
            break
        if _RIGHTS.search(text) or _CONTACT.search(text):
            dropped.add(index)
        elif len(words(text)) >= LONG_WORDS:
            break
    return dropped


def _titles(pieces: Sequence[Piece], kept: set[int], titles: Sequence[list[str]]) -> set[int]:
    """Headings at the top that only repeat the page's title, and the line below the title."""
    dropped: set[int] = set()
    for index in sorted(kept):
        piece = pieces[index]
        if piece.role != "heading":
            if len(words(piece.text)) >= LONG_WORDS:
                break
            continue
        own = words(piece.text)
        if any(_repeats(own, title) for title in titles) or dropped:
            dropped.add(index)
    return dropped


def _repeats(heading: Sequence[str], title: Sequence[str]) -> bool:
    """Whether heading and title say the same, a site's name more or less."""
    if not heading or not title:
        return False
    shared = len(set(heading) & set(title))
    return shared >= 0.8 * len(set(heading)) and shared >= 0.5 * len(set(title))


def _pointers(pieces: Sequence[Piece], kept: set[int]) -> set[int]:
    """Paragraphs that are nothing but a link, and headings if several are: teasers inside.

    List items stay: lists of links are part of many texts.
    """
    linked = {
        index
        for index in kept
        if pieces[index].links >= LINKED * len(pieces[index].text.strip())
        and pieces[index].role in ("paragraph", "heading")
    }
    headings = {index for index in linked if pieces[index].role == "heading"}
    if len(headings) == 1:
        linked -= headings
    total = sum(len(pieces[index].text) for index in kept)
    # A page of links (a list of filings, a table of contents) is what it is.
    return linked if sum(len(pieces[index].text) for index in linked) < 0.2 * total else set()


def _is_plain(piece: Piece) -> bool:
    return piece.region is None and piece.links <= 0.5 * len(piece.text)
