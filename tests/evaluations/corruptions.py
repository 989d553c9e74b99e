"""Faithful sentences and their corruptions, made from documents by templates.

Everything is drawn with a seed, so that two runs measure the same. A corruption that
would leave the sentence true (the new number stands in the source as well) is not made.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from knowledge.drafts import amounts, names
from knowledge.drafts.evidence import Numbered, Source
from knowledge.drafts.markers import Marker
from tests.evaluations.rewording import QUOTES


@dataclass(frozen=True)
class Material:
    """One document cut into sources, with what templates need to know of it."""

    doc_id: str
    group: str
    author: str
    addressee: str | None
    sources: tuple[Source, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """A draft sentence, the sources of its question, and what was done to it."""

    kind: str
    draft: str
    sources: tuple[Source, ...]
    marker: Marker
    question: str
    sentence: str


def plain(sentence: Numbered) -> str:
    """Return a sentence on one line."""
    return " ".join(sentence.text.split())


def usable(sentence: Numbered) -> bool:
    """True for a whole sentence of prose: no heading, list entry, address or table row."""
    text = plain(sentence)
    words = text.split()
    return (
        50 <= len(text) <= 400
        and text[0].isupper()
        and text.endswith(".")
        and len(words) >= 8
        and sum(w[:1].islower() for w in words) >= 0.55 * len(words)
        and not re.search(r"https?:|www\.|@|\[|\||_{2,}|\.{3}|…|\bVerDate\b|^\w+\.$", text)
        and len(QUOTES.findall(text)) % 2 == 0
    )


def ask(sentence: str) -> str:
    """Return a question about a sentence, in its own rarer words."""
    words = [w for w in re.findall(r"[a-z]{6,}", sentence.lower()) if w not in names._NOT_NAMES]
    return f"What is said about {' '.join(sorted(words, key=len)[-3:])}?"


def framed(item: Item, author: str, addressee: str | None, dice: random.Random) -> Item:
    """Attribute an item's sentence to its author, as a quotation or in reported speech."""
    to = f" told {addressee}" if addressee else " stated"
    inner = item.sentence.replace("“", "‘").replace("”", "’").replace('"', "'")
    shapes = [
        f"{author}{to}: “{inner}”",
        f"{author} wrote: “{inner}”",
        f"According to {author}, “{inner}”",
        f"{author}{to} that “{inner[0].lower()}{inner[1:-1]}.”",
    ]
    return replace(item, draft=dice.choice(shapes))


# --- Corruptions ---------------------------------------------------------------------------

Corrupt = Callable[["Item", Material, Sequence[Material], random.Random], "Item | None"]


def cited_text(item: Item) -> str:
    """Return the sentence that an item cites."""
    return item.sources[item.marker.hit - 1].sentences[item.marker.sentence - 1].text


def _swap(item: Item, kind: str, old: str, new: str) -> Item | None:
    draft = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new, item.draft, count=1)
    return replace(item, kind=kind, draft=draft) if draft != item.draft else None


def _name_in(item: Item, dice: random.Random) -> str | None:
    ordinary = frozenset(names.key(w) for w in cited_text(item).split() if w[:1].islower())
    found = [n for n in names.names(item.draft, ordinary) if len(n.text) > 3 and not n.opening]
    return dice.choice(found).text if found else None


def foreign_name(item: Item, own: Material, others: Sequence[Material], dice: random.Random) -> Item | None:  # fmt: skip  # noqa: E501
    old = _name_in(item, dice)
    stated = (
        f"{own.author} {own.addressee} {own.sources[0].hit.entry.particulars.title} United States"
    )
    here = set(names.keys(" ".join([stated, *(s.hit.passage.text for s in item.sources)])))
    pool = [n for m in others for n in m.names if not set(names.keys(n)) & here]
    return _swap(item, "foreign name", old, dice.choice(pool)) if old and pool else None


def own_name(item: Item, own: Material, others: Sequence[Material], dice: random.Random) -> Item | None:  # fmt: skip  # noqa: E501
    old = _name_in(item, dice)
    here = set(names.keys(cited_text(item) + " " + item.draft))
    pool = [n for n in own.names if not set(names.keys(n)) & here]
    return _swap(item, "name from the same text", old, dice.choice(pool)) if old and pool else None


def _figure(item: Item, kinds: tuple[str, ...], label: str, dice: random.Random) -> Item | None:
    found = [a for a in amounts.amounts(item.draft) if a.kind in kinds and re.search(r"\d", a.text)]
    if not found:
        return None
    old = dice.choice(found)
    digits = list(re.finditer(r"\d+(?:,\d{3})*", old.text))
    spot = dice.choice(digits)
    value = int(spot.group(0).replace(",", ""))
    new = value + dice.choice([1, 2, 3, 5, 10, 100]) if dice.random() < 0.7 else max(1, value * 2)
    if label == "date" and value < 32:
        new = value % 28 + 1
    written = f"{new:,}" if "," in spot.group(0) else str(new)
    changed = old.text[: spot.start()] + written + old.text[spot.end() :]
    if re.search(rf"(?<![\d.,]){re.escape(written)}(?![\d,.]*\d)", cited_text(item)):
        return None
    draft = item.draft[: old.start] + changed + item.draft[old.end :]
    return replace(item, kind=label, draft=draft)


def number(item: Item, own: Material, others: Sequence[Material], dice: random.Random) -> Item | None:  # fmt: skip  # noqa: E501
    return _figure(item, ("number", "percent", "rule"), "number", dice)


def date(item: Item, own: Material, others: Sequence[Material], dice: random.Random) -> Item | None:
    found = list(re.finditer(rf"\b(?:{'|'.join(x.title() for x in amounts.MONTHS)})\b(?= \d| of)", item.draft))  # fmt: skip  # noqa: E501
    if found and dice.random() < 0.4:
        old = dice.choice(found)
        other = dice.choice(
            [m.title() for m in amounts.MONTHS if m.title() not in cited_text(item)]
        )
        draft = item.draft[: old.start()] + other + item.draft[old.end() :]
        return replace(item, kind="date", draft=draft)
    return _figure(item, ("date",), "date", dice)


def money(item: Item, own: Material, others: Sequence[Material], dice: random.Random) -> Item | None:  # fmt: skip  # noqa: E501
    if dice.random() < 0.4:
        for old, new in (("million", "billion"), ("billion", "million"), ("$", "€"), ("thousand", "million")):  # fmt: skip  # noqa: E501
            found = [a for a in amounts.amounts(item.draft) if a.kind == "money" and old in a.text]
            if found and new not in cited_text(item):
                changed = found[0].text.replace(old, new)
                draft = item.draft[: found[0].start] + changed + item.draft[found[0].end :]
                return replace(item, kind="money", draft=draft)
    return _figure(item, ("money",), "money", dice)


_AUXILIARY = (
    r"\b(is|are|was|were|will|would|shall|should|must|may|can|could|does|do|did|has|have)\b"
)


def negation(item: Item, own: Material, others: Sequence[Material], dice: random.Random) -> Item | None:  # fmt: skip  # noqa: E501
    removable = re.search(r"\b(?:do |does |did )?not (?!only\b|limited\b|less\b|more\b|later\b)", item.draft)  # fmt: skip  # noqa: E501
    if removable:
        draft = item.draft[: removable.start()] + item.draft[removable.end() :]
        return replace(item, kind="negation", draft=draft)
    no = re.search(r"\bno (?=[a-z]{4})", item.draft)
    if no:
        draft = item.draft[: no.start()] + "a " + item.draft[no.end() :]
        return replace(item, kind="negation", draft=draft)
    spots = list(re.finditer(_AUXILIARY + r"(?= (?!not\b|never\b)[a-z])", item.draft))
    if not spots:
        return None
    spot = dice.choice(spots)
    word = dice.choice(["not", "not", "never"])
    draft = f"{item.draft[: spot.end()]} {word}{item.draft[spot.end() :]}"
    return replace(item, kind="negation", draft=draft)


def invented_quotation(item: Item, own: Material, others: Sequence[Material], dice: random.Random) -> Item | None:  # fmt: skip  # noqa: E501
    words = re.findall(r"[a-z]{3,}", cited_text(item))
    if len(words) < 8:
        return None
    fake = " ".join(dice.sample(words, dice.randint(4, min(9, len(words)))))
    if fake in " ".join(words):
        return None
    shape = dice.choice(["{a} wrote: “{q}”", "{a} spoke of “{q}”", "According to {a}, “{q}.”"])
    return replace(item, kind="invented quotation", draft=shape.format(a=own.author, q=fake))


def changed_quotation(item: Item, own: Material, others: Sequence[Material], dice: random.Random) -> Item | None:  # fmt: skip  # noqa: E501
    quoted = re.search(r"“([^“”]+)”", item.draft)
    if not quoted:
        return None
    spots = list(re.finditer(r"\b[a-z]{3,}\b", quoted.group(1)))
    pool = [w for m in others for s in m.sources for w in re.findall(r"\b[a-z]{4,}\b", s.hit.passage.text)[:40]]  # fmt: skip  # noqa: E501
    if not spots:
        return None
    spot, word = dice.choice(spots), dice.choice(pool)
    if word == spot.group(0) or word in cited_text(item):
        return None
    at = quoted.start(1)
    draft = item.draft[: at + spot.start()] + word + item.draft[at + spot.end() :]
    return replace(item, kind="one word changed in a quotation", draft=draft)


def wrong_sentence(item: Item, own: Material, others: Sequence[Material], dice: random.Random) -> Item | None:  # fmt: skip  # noqa: E501
    here = plain(item.sources[item.marker.hit - 1].sentences[item.marker.sentence - 1])
    pool = [
        Marker(h, n)
        for h, source in enumerate(item.sources, 1)
        for n, sentence in enumerate(source.sentences, 1)
        if source.hit.entry.id == own.doc_id
        and here[:40] not in plain(sentence)
        and len(plain(sentence)) > 40
    ]
    return replace(item, kind="wrong sentence", marker=dice.choice(pool)) if pool else None


def wrong_document(item: Item, own: Material, others: Sequence[Material], dice: random.Random) -> Item | None:  # fmt: skip  # noqa: E501
    here = cited_text(item)
    pool = [
        Marker(h, n)
        for h, source in enumerate(item.sources, 1)
        for n, sentence in enumerate(source.sentences, 1)
        if source.hit.entry.id != own.doc_id and sentence.text[:40] != here[:40]
    ]
    return replace(item, kind="wrong document", marker=dice.choice(pool)) if pool else None


def swapped(item: Item, own: Material, others: Sequence[Material], dice: random.Random) -> Item | None:  # fmt: skip  # noqa: E501
    if not own.addressee or own.author not in item.draft:
        return None
    if own.addressee in item.draft:
        draft = item.draft.replace(own.author, "\0").replace(own.addressee, own.author)
        draft = draft.replace("\0", own.addressee)
    else:
        draft = item.draft.replace(own.author, own.addressee)
    return replace(item, kind="swapped speaker and addressee", draft=draft)


CORRUPTIONS: tuple[Corrupt, ...] = (
    foreign_name, own_name, number, date, money, negation, invented_quotation, changed_quotation,
    wrong_sentence, wrong_document, swapped,
)  # fmt: skip
