"""The acronyms and names of a question: what it is about, told from ordinary words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from knowledge.answers.glossary import Glossary
from knowledge.text import NAME, bag, fold, stems

_QUESTION_WORDS = bag(
    """what which who whom whose when where why how did do does is are was were has have had
    can could should would will shall may might must as according under in on at by to
    from for and but or the a an if please tell list name give show explain describe
    summarize summarise compare define find give that this these those they it he she i
    we you before after since until during between with without about also so then there
    yes no not any some all each both only many much most other"""
)


_ACRONYM = re.compile(r"\b[A-Za-z]*[A-Z][A-Za-z0-9&-]*[A-Z0-9][A-Za-z0-9]*\b")


def expand(
    text: str, glossary: Glossary, known: Sequence[str] = ()
) -> tuple[dict[str, str], tuple[str, ...], str | None]:
    """Return acronyms with their meanings; or the choices, and the acronym that has several."""
    expanded: dict[str, str] = {}
    folded = fold(text)
    for match in _ACRONYM.finditer(text):
        short = match.group(0)
        longs = _longs(short, glossary, known)
        if not longs or any(fold(long) in folded for long in longs):
            continue
        if len(longs) > 1:
            fitting = [x for x in longs if set(stems(x)) & set(stems(text))]
            if len(fitting) != 1:
                return expanded, tuple(f"{x} ({short})" for x in longs[:4]), short
            longs = tuple(fitting)
        expanded[short] = longs[0]
    return expanded, (), None


def meanings(text: str, glossary: Glossary, known: Sequence[str] = ()) -> dict[str, str]:
    """Return the acronyms of the question that mean one thing, spelt out beside it or not."""
    found = {short: _longs(short, glossary, known) for short in _ACRONYM.findall(text)}
    return {short: longs[0] for short, longs in found.items() if len(longs) == 1}


def _longs(short: str, glossary: Glossary, known: Sequence[str]) -> tuple[str, ...]:
    """Return what an acronym may mean: of several, the one that is a party of this record.

    One document that uses the letters for something else must not make everybody's
    question about a publisher unclear.
    """
    longs = glossary.expansions(short)
    if len(longs) < 2:
        return longs
    names = [set(stems(name)) for name in known]
    parties = [x for x in longs if any(set(stems(x)) <= name for name in names)]
    return tuple(parties) if len(parties) == 1 else longs


def names_in(text: str, expanded: Mapping[str, str], known: Sequence[str]) -> tuple[str, ...]:
    """Return the names of a question in its order, acronyms by their long forms.

    `known` are names that the record knows, whatever their letters' case.
    """
    found: dict[str, str] = {}
    folded = fold(text)
    text = _CHAT.sub(lambda match: match.group(0).lower(), text)
    if _is_title(text):
        # Where every word has a capital, a capital says nothing; acronyms keep theirs.
        text = re.sub(r"\b[A-Z][a-z]+\b", lambda match: match.group(0).lower(), text)
    for name in known:
        plain = fold(name)
        if len(plain) > 3 and re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", folded):
            found[plain] = name
    for match in re.finditer(r"\b[a-z]+\d+[a-z]\w*\b", text):
        found[match.group(0)] = match.group(0)
    for match in NAME.finditer(text):
        for piece in _pieces(
            match.group(0),
            match.start() == 0 or text[: match.start()].rstrip().endswith(("?", ".", "!", ":")),
        ):
            if match.group(0).endswith(piece):
                piece += _number_after(text, match.end())
            plain = fold(piece)
            if any(plain in have for have in found):
                continue
            short = piece.split(" ")[0]
            found[plain] = piece.replace(short, expanded[short], 1) if short in expanded else piece
    order = sorted(found, key=lambda plain: folded.find(plain))
    return tuple(dict.fromkeys(found[p] for p in order))


_CHAT = re.compile(
    r"\b(?:BTW|FYI|IMO|IMHO|ASAP|OK|PLS|THX|TIA|LOL|AFAIK|ETA|FAQ|"
    r"USD|EUR|GBP|CHF|JPY|CAD|AUD|CNY)\b"
)
"""Short forms of chat, and codes of currencies: they name nobody."""


def _is_title(text: str) -> bool:
    """Say whether a question is written like a heading: "Capital Requirements For Issuers"."""
    words = [w for w in re.findall(r"[^\W\d_]{4,}", text) if w.lower() not in _QUESTION_WORDS]
    return len(words) >= 3 and all(w[0].isupper() for w in words) and not text.endswith("?")


def _number_after(text: str, at: int) -> str:
    """Return the number that belongs to a name: " 14178" of "Order 14178", " 2.0", " No. 4"."""
    match = re.match(
        r" (?:No\. )?\d+(?:[.-]\d+)*[a-z]?(?:\(\w\))*(?!\w|[.,-]\d| (?:days|years|months|percent|million))",  # noqa: E501
        text[at:],
    )
    number = match.group(0) if match else ""
    return "" if re.fullmatch(r" (?:19|20)\d\d", number) else number


def _pieces(run: str, first: bool) -> list[str]:
    """Split a run of capitalised words into names: at "and", after question words and possessives."""  # noqa: E501
    names = []
    for chunk in re.split(r" (?:and|&) |['’]s\b ?", run):
        words = chunk.split()
        while words and (words[0].lower() in _QUESTION_WORDS or re.fullmatch(_MONTH, words[0])):
            words = words[1:]
            first = False
        while words and words[0] in _SMALL:  # "Which of Acme's ..."
            words = words[1:]
        while words and (words[-1] in _SMALL or re.fullmatch(_MONTH, words[-1])):
            words = words[:-1]
        if not words:
            continue
        # One capitalised ordinary word at the beginning of a sentence is not a name.
        if first and len(words) == 1 and words[0][1:].islower() and chunk == run:
            first = False
            continue
        first = False
        names.append(" ".join(words))
    return names


_SMALL = frozenset({"of", "for", "the"})
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|English|Italian|Art|Article|Section|Rule)"  # noqa: E501
