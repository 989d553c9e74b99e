"""Text as sentences, words and comparable forms. Pure: no file, no model, no state.

All offsets are Unicode code points into the text that was given, so that what is
found here can be shown as `text[start:end]`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

import Stemmer  # type: ignore[import-not-found]  # C extension without stubs


class Span(NamedTuple):
    """A stretch of a text: `text[start:end]`."""

    start: int
    end: int


def bag(words: str) -> frozenset[str]:
    """Return the words of a text separated by spaces, as a set."""
    return frozenset(words.split())


MAX_SENTENCE = 700
"""A sentence longer than this, in characters, is cut at its semicolons: rules are
written as one sentence over a page, and an answer has room for 900 characters."""

OPENING = "“‘\"'«„([‹"
CLOSING = "”’\"'»“)]›"

_ABBREVIATIONS = bag(
    """mr mrs ms dr prof sen rep gov hon st jr sr inc corp ltd co llc llp lp plc sa spa gmbh no
    nos sec secs art arts par para paras ch cl reg regs fed cir supp pub cong sess ann vs v e.g i.e
    cf al et etc approx dept div est fig figs vol ed eds pp p op cit id ibid stat jan feb mar apr
    jun jul aug sept sep oct nov dec mon tue tues wed thu thur thurs fri sat sun u.s u.k
    u.n e.u d.c a.m p.m ph.d n.a dott sig avv on.le lett pag ecc n"""
)
# These end a sentence more often than not when a capital letter follows.
_MAY_END = frozenset(["u.s", "u.k", "u.n", "e.u", "d.c", "inc", "corp", "ltd", "co", "llc", "plc", "etc", "a.m", "p.m", "sa", "spa"])  # fmt: skip  # noqa: E501
_STARTERS = bag(
    """the a an in on at it its he she they we you i this that these those there however but
    and for if as when while what who how under according by to with no not our their
    his her such after before since although because securities"""
)

_BREAK = re.compile(
    r"\n[ \t]*\n\s*|\n(?=[ \t]*(?:[•▪‣◦·*\-–—]|\(?\d{1,3}[.)]|\([a-z]{1,3}\)|#{1,6}|\|)[ \t])"
)
# Records of keys and values, flattened: "status: proposed effective_date: null".
_KEY = re.compile(r"(?<=\S)\s(?=[a-z]+(?:_[a-z]+)+: |status: )")
# Possessive, and only at the first of several stops: a line of dots is read once, not N times.
_STOP = re.compile(r"(?:…|(?<![.!?])[.!?]++)([”’\"'»)\]]*+)(?=\s|$)")
_WORD_BEFORE = re.compile(r"[\w.&’'-]+$")
_LONGEST_WORD = 40
"""How far before a stop, in characters, its word is looked for; abbreviations are short."""
_MARK = re.compile(r"[ \t]*(?:[•▪‣◦·*\-–—]|#{1,6}|>+|\|)[ \t]+")


def paragraphs(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Yield the paragraphs and list items of `text[start:end]` in order, trimmed, none empty."""
    stop = len(text) if end is None else end
    at = start
    for found in _BREAK.finditer(text, start, stop):
        span = _trimmed(text, at, found.start())
        if span:
            yield span
        at = found.end()
    span = _trimmed(text, at, stop)
    if span:
        yield span


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Return the sentences of `text[start:end]` in order, trimmed, none empty, none overlapping.

    A line break within a paragraph is a space (PDF); an empty line or a list item ends
    a sentence. Abbreviations, initials, decimals and "Sec. 4" do not. A closing
    quotation mark belongs to the sentence it closes. Bullets and heading marks are left out.
    """
    found: list[Span] = []
    for paragraph in paragraphs(text, start, end):
        mark = _MARK.match(text, paragraph.start, paragraph.end)
        at = mark.end() if mark else paragraph.start
        keys = list(_KEY.finditer(text, at, paragraph.end)) if ": " in text[at : at + 80] else []
        if len(keys) > 1:
            for key in keys:
                found.extend(_bounded(text, at, key.start()))
                at = key.end()
            found.extend(_bounded(text, at, paragraph.end))
            continue
        for stop in _STOP.finditer(text, at, paragraph.end):
            if stop.end() < paragraph.end and not _ends(text, at, stop, paragraph.end):
                continue
            found.extend(_bounded(text, at, stop.end()))
            at = stop.end()
        found.extend(_bounded(text, at, paragraph.end))
    return found


def _ends(text: str, at: int, stop: re.Match[str], limit: int) -> bool:
    rest = text[stop.end() : min(limit, stop.end() + 40)].lstrip()
    if not rest:
        return True
    bare = rest.lstrip(OPENING + "•-– ")
    if not bare or bare[0].islower():
        return False
    if stop.group(0)[0] in "!?":
        return True
    near = max(at, stop.start() - _LONGEST_WORD)
    before = _WORD_BEFORE.search(text, near, stop.start())
    word = before.group(0).strip("'’").lower() if before else ""
    if stop.group(1):
        return True
    following = re.match(r"[\w’'-]+", bare)
    starter = bool(following and following.group(0).lower() in _STARTERS)
    if len(word) == 1 and word.isalpha():
        return starter and word not in "v"
    if word in _ABBREVIATIONS:
        return word in _MAY_END and starter
    if re.fullmatch(r"(?:[a-z]\.)+[a-z]", word):
        return starter
    # "4. The Company ...": the number belongs to what follows.
    return not (word.isdigit() and near == at and text[at : stop.start()].strip() == word)


def _bounded(text: str, start: int, end: int) -> Iterator[Span]:
    span = _trimmed(text, start, end)
    if not span:
        return
    while span.end - span.start > MAX_SENTENCE:
        cut = max(text.rfind(";", span.start, span.start + MAX_SENTENCE),
                  text.rfind("\n", span.start, span.start + MAX_SENTENCE))  # fmt: skip
        if cut <= span.start:
            cut = text.rfind(" ", span.start, span.start + MAX_SENTENCE)
        if cut <= span.start:
            break
        head = _trimmed(text, span.start, cut + 1)
        if head:
            yield head
        tail = _trimmed(text, cut + 1, span.end)
        if not tail:
            return
        span = tail
    yield span


def _trimmed(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if end > start else None


# --- Comparable forms ----------------------------------------------------------------------

_SAME = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‟": '"',
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'",
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
        "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": "",
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ",
    }
)  # fmt: skip


def fold(text: str) -> str:
    """Return the text for comparing: one kind of quotation mark, dash and space, lower case.

    Whitespace runs become one space. What a reader would call the same words is equal
    afterwards; a changed word, number or negation is not.
    """
    return " ".join(text.translate(_SAME).lower().split())


def find(quote: str, text: str) -> Span | None:
    """Return where `quote` stands in `text` up to typography and whitespace, or None.

    Letter case must agree: a quotation is somebody's exact words.
    """
    target = " ".join(quote.translate(_SAME).split())
    if not target:
        return None
    kept: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        plain = character.translate(_SAME)
        if plain.isspace():
            if kept and kept[-1] != " ":
                kept.append(" ")
                places.append(place)
        elif plain:
            kept.append(plain)
            places.append(place)
    at = "".join(kept).find(target)
    if at < 0:
        return None
    return Span(places[at], places[at + len(target) - 1] + 1)


# --- Words ---------------------------------------------------------------------------------

WORD = re.compile(r"[^\W_]+(?:[.'’&/-][^\W_]+)*")
_PIECE = re.compile(r"[^\W_]+")

STOPWORDS = bag(
    """a about above after again against all also am an and any are as at be because been
    before being below between both but by can cannot could did do does doing done down
    during each else ever every few for from further get gets give given had has have
    having he hence her here hers him his how however i if in into is it its itself just
    let like may me might more most much must my no nor not now of off on once one only
    or other our ours out over own per please quite rather s same say says said shall
    she should since so some such t than that the their theirs them then there these
    they this those though through thus to too under until up upon us very via was we
    were what when where whether which while who whom whose why will with within without
    would yes yet you your yours tell tells told according record document documents
    article know d ll m re ve"""
)


_local = threading.local()


def _stemmer() -> Any:
    """One a thread: the C stemmer keeps a buffer."""
    if not hasattr(_local, "stemmer"):
        _local.stemmer = Stemmer.Stemmer("english")
    return _local.stemmer


def stems(text: str) -> list[str]:
    """Return the content words of a text as English Snowball stems, in order, stopwords dropped.

    "non‑custodial" gives both its parts; numbers stay as they are written, without separators.
    """
    plain = text.translate(_SAME).lower()
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", plain)
    words = [w for w in _PIECE.findall(plain) if w not in STOPWORDS]
    stemmed: list[str] = _stemmer().stemWords(words)
    return stemmed


# --- What a sentence may hold --------------------------------------------------------------

_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
)
DATE = re.compile(
    rf"\b(?:\d{{4}}-\d\d-\d\d|(?:{_MONTHS})\.? \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}} (?:{_MONTHS})(?: \d{{4}})?"  # noqa: E501
    rf"|(?:{_MONTHS}) \d{{4}}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|yesterday|today|last (?:week|month|year)"  # noqa: E501
    r"|(?:19|20)\d\d)\b"
)
NUMBER = re.compile(
    r"(?:[$€£]\s?)?\b\d[\d,.]*(?:\s?(?:%|percent|million|billion|trillion))?|\b(?:one|two|three|four|five|"
    r"six|seven|eight|nine|ten|twelve|fifteen|eighteen|twenty|thirty|sixty|ninety|hundred)\b",
    re.IGNORECASE,
)
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_UNITS = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_PERIOD = "minute|hour|day|week|month|quarter|year|decade"
DURATION = re.compile(
    rf"\b(?:\d+|(?:{_TENS})(?:[-‐‑](?:{_UNITS}))?|{_TEENS}|{_UNITS})(?: \(\d+\))?(?:\s|[-‐‑]\s?)"
    rf"(?:business |calendar |trading )?(?:{_PERIOD})s?\b|\ban? (?:{_PERIOD}) and a half\b",
    re.IGNORECASE,
)
NAME = re.compile(
    r"(?<![\w])(?:[A-Z][\w’'&.-]*[\w]|[a-z]+[A-Z][\w-]*)(?:(?: of the | of | for | and | & | )"
    r"(?:[A-Z][\w’'&.-]*[\w]|[a-z]+[A-Z][\w-]*))*"
)
NEGATION = re.compile(
    r"\b(?:not|no|never|nor|neither|cannot|without|nothing|none|prohibit\w*|forbid\w*|forbidden|bans?|banned|"
    r"den(?:y|ies|ied)|reject(?:s|ed)?|refus(?:es|ed)|oppos(?:e|es|ed)|against|contrary|lacks?)\b|n['’]t\b",
    re.IGNORECASE,
)
