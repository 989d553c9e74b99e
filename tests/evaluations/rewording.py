"""Faithful sentences said otherwise, by templates: what verification must let through."""

from __future__ import annotations

import random
import re

QUOTES = re.compile(r"[“”\"„«»]")

SYNONYMS = (
    ("prior to", "before"), ("in order to", "to"), ("such as", "like"), ("pursuant to", "under"),
    ("approximately", "about"), ("assist", "help"), ("commence", "begin"), ("purchase", "buy"),
    ("regarding", "about"), ("utilize", "use"), ("additional", "further"), ("ensure", "make sure"),
    ("demonstrate", "show"), ("sufficient", "enough"), ("determine", "decide"), ("obtain", "get"),
    ("establish", "set up"), ("significant", "important"), ("provide", "give"), ("shall", "must"),
    ("individuals", "people"), ("in addition", "also"), ("however", "still"), ("with respect to", "on"),  # noqa: E501
    ("requests", "asks for"), ("various", "several"), ("subsequent", "later"), ("concerning", "about"),  # noqa: E501
    ("currently", "now"), ("facilitate", "ease"), ("modify", "change"), ("including", "among them"),
    ("because", "since"), ("submit", "send in"), ("describe", "explain"), ("primarily", "mainly"),
    ("issue", "put out"), ("ability", "power"), ("method", "way"), ("examine", "study"),
    ("in connection with", "around"), ("conduct", "carry out"), ("enable", "let"), ("amend", "change"),  # noqa: E501
    ("entities", "bodies"), ("persons", "people"), ("financial", "monetary"), ("rapidly", "quickly"),  # noqa: E501
    ("acknowledges", "accepts"), ("response", "reply"), ("implement", "put in place"),
)  # fmt: skip
_US_DATE = re.compile(r"\b([A-Z][a-z]{2,8}) (\d{1,2}), (\d{4})\b")
_THOUSANDS = re.compile(r"\b(\d{1,3}),(\d)00,000\b")


def paraphrase(
    sentence: str, author: str, addressee: str | None, dice: random.Random
) -> str | None:
    """Say a sentence otherwise without changing what it says; None if nothing could be changed."""
    text, changes = sentence, 0
    for old, new in dice.sample(SYNONYMS, len(SYNONYMS)):
        if changes < 3 and re.search(rf"\b{old}\b", text):
            text = re.sub(rf"\b{old}\b", new, text, count=1)
            changes += 1
    text, n = _US_DATE.subn(r"\2 \1 \3", text)
    changes += n
    text, n = re.subn(r"(\d) ?%", r"\1 percent", text)
    changes += n
    text, n = _THOUSANDS.subn(lambda m: f"{m.group(1)}.{m.group(2)} million", text)
    changes += n
    bracketed = not QUOTES.search(text)
    text, n = (
        re.subn(r"\s\((?!i+\)|\w\))[^()]{3,60}\)", "", text, count=1) if bracketed else (text, 0)
    )
    changes += n
    turned = re.fullmatch(r"If ([^,]{12,120}), ([^,]{12,200})\.", text)
    if turned:
        text, changes = f"{turned[2][0].upper()}{turned[2][1:]} if {turned[1]}.", changes + 1
    lead = re.match(r"(?:In|For|As|On|Under|At) [^,]{6,60}, (?=[a-z])", text)
    if lead and dice.random() < 0.5:
        text, changes = text[lead.end()].upper() + text[lead.end() + 1 :], changes + 1
    if changes < 1:
        return None
    if text.split()[0] not in sentence.split():
        text = text[0].lower() + text[1:]
        return _report(text, author, addressee, dice)
    return _report(text, author, addressee, dice)


def _report(text: str, author: str, addressee: str | None, dice: random.Random) -> str:
    """Attribute a sentence, in one of five ways."""
    first = text.split()[0]
    small = first in (
        "The",
        "A",
        "An",
        "This",
        "These",
        "In",
        "It",
        "If",
        "We",
        "Such",
        "For",
        "Any",
    )
    inner = text[0].lower() + text[1:] if small else text
    choice = dice.randrange(5)
    if text[0].islower() and (choice == 4 or not addressee):
        choice = 1
    if choice == 0:
        return f"According to {author}, {inner}"
    if choice == 1:
        return f"{author} {dice.choice(['wrote', 'argued', 'stated', 'noted'])} that {inner}"
    if choice == 2 and addressee:
        return f"{author} told {addressee} that {inner}"
    if choice == 3 and addressee:
        return f"In a letter to {addressee}, {author} said that {inner}"
    return text
