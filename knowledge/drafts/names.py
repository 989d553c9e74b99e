"""Names in a sentence, and whether other text holds them. Pure.

A name is a run of capitalised words, or a word with a capital or a digit inside
("DeFi", "10-K"). The first word of a sentence counts unless it is an ordinary word.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.drafts.amounts import MONTHS
from knowledge.text import STOPWORDS, fold

_TOKEN = re.compile(r"[^\W\d_][\w]*(?:[.&’'‐‑-][^\W_][\w]*)*\.?|\d[\w-]*[A-Za-z][\w-]*|\d+")
_CALENDAR = frozenset([*MONTHS, *(m[:3] for m in MONTHS), "sept", *(d + "day" for d in (
    "mon", "tues", "wednes", "thurs", "fri", "satur", "sun"))])  # fmt: skip
_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "sir",
        "hon",
        "chair",
        "chairman",
        "chairwoman",
        "chairperson",
        "commissioner",
        "commissioners",
        "senator",
        "senators",
        "congressman",
        "congresswoman",
        "secretary",
        "director",
        "judge",
        "ceo",
        "cfo",
        "counsel",
        "section",
        "sections",
        "sec",
        "rule",
        "item",
        "article",
        "paragraph",
        "part",
        "subpart",
        "title",
        "chapter",
        "page",
        "note",
        "footnote",
        "i",
    ]
)
_NOT_NAMES = frozenset(
    ["company", "companies", "firm", "firms", "bank", "banks", "investor", "investors", "issuer", "issuers", "regulator", "regulators", "agency", "agencies", "staff", "member", "members", "lawmakers", "officials", "industry", "market", "markets", "platforms", "platform", "developers", "developer", "users", "user", "customers", "customer", "brokers", "dealers", "exchanges", "exchange", "intermediaries", "securities", "tokens", "token", "assets", "asset", "digital", "tokenized", "stablecoins", "stablecoin", "crypto", "letter", "letters", "bill", "law", "laws", "rules", "proposal", "act", "order", "statement", "statements", "report", "reports", "article", "articles", "guidance", "registration", "disclosure", "trading", "under", "instead", "moreover", "furthermore", "additionally", "finally", "similarly", "likewise", "therefore", "thus", "consequently", "meanwhile", "nevertheless", "nonetheless", "overall", "specifically", "notably", "importantly", "currently", "recently", "previously", "generally", "typically", "instead", "otherwise", "together", "separately", "respectively", "everyone", "everything", "nobody", "nothing", "none", "many", "several", "various", "certain", "given", "based", "following", "pursuant", "subject", "critics", "supporters", "opponents", "advocates", "groups", "group", "lobby", "association", "associations", "organisation", "organisations", "organization", "organizations", "people", "persons", "person", "authors", "author", "participants", "applicants", "applicant", "registrants", "registrant", "holders", "shareholders", "owners", "owner", "parties", "party", "entities", "entity", "services", "service", "providers", "provider", "states", "state", "federal", "national", "public", "private", "new", "existing", "current", "proposed", "final", "such", "those", "these", "requiring", "requirements", "requirement", "failure", "compliance", "enforcement", "supervision", "oversight", "regulation", "regulations", "policy", "policies", "legislation", "congress", "parliament", "court", "courts", "government", "income", "revenue", "revenues", "costs", "cost", "results", "result", "changes", "change", "increases", "increase", "decreases", "consumer", "consumers", "lenders", "lender", "creditors", "creditor", "borrowers", "small", "large", "key", "main", "major", "first", "among", "second", "third", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "half", "both", "neither", "either", "whether", "although", "unless", "until", "since", "because", "without", "within", "during", "despite", "besides", "beyond", "across", "among", "according", "additionally", "questions", "question", "response", "responses", "comment", "comments", "concerns", "concern", "summary", "section", "sections"]  # noqa: E501
)  # fmt: skip
PRONOUNS = frozenset(
    [
        "it",
        "its",
        "they",
        "their",
        "them",
        "he",
        "his",
        "him",
        "she",
        "her",
        "we",
        "our",
        "us",
        "this",
        "that",
        "these",
        "those",
    ]
)


@dataclass(frozen=True, slots=True)
class Name:
    """A run of words that names somebody or something."""

    text: str
    keys: tuple[str, ...]
    """Its words, comparable: lower case, without full stops and possessive."""
    start: int
    end: int
    opening: bool
    """True for a single word that opens a sentence or a quotation."""


@lru_cache(maxsize=8192)  # A draft and its sources ask for the same words over and over.
def key(word: str) -> str:
    """Return a word in comparable form: "Citadel’s" and "citadel", "U.S." and "us" are equal."""
    if re.fullmatch(r"U\.?S\.?A?\.?(?:['’]s)?", word):
        return "u.s"  # and not the pronoun
    plain = re.sub(r"'s$|s'$", "", fold(word)).replace(".", "").strip("'-&")
    return plain[:-1] if len(plain) > 3 and plain.endswith("s") and not plain.endswith("ss") else plain  # fmt: skip  # noqa: E501


def keys(text: str) -> list[str]:
    """Return all words of a text in comparable form, in order; "Dodd-Frank" gives both its parts."""  # noqa: E501
    return [part for token in _TOKEN.findall(text) for part in _parts(token)]


def _parts(token: str) -> list[str]:
    return [found for part in re.split(r"[-‐‑–]", token) if (found := key(part))]


def names(text: str, ordinary: Container[str] = frozenset()) -> list[Name]:
    """Return the names of a text in order.

    `ordinary` holds words (as of `key`) that stand in lower case somewhere in the sources:
    they name nothing when they open a sentence.
    """
    text = re.sub(r"\bUS(?=\$)", "  ", text)  # a currency
    found: list[Name] = []
    run: list[re.Match[str]] = []
    for token in _TOKEN.finditer(text):
        joined = bool(run) and re.fullmatch(r"[ \n]+(?:& )?", text[run[-1].end() : token.start()])
        if run and not joined:
            found.extend(_name(text, run, ordinary))
            run = []
        if _capital(token.group(0)):
            run.append(token)
        elif run:
            found.extend(_name(text, run, ordinary))
            run = []
    found.extend(_name(text, run, ordinary))
    return found


def _capital(token: str) -> bool:
    if token.isdigit():
        return False
    bare = key(token)
    if bare in _CALENDAR or (bare in _TITLES and not token.isupper()) or bare == "":
        return False
    return any(c.isupper() for c in token)


def _name(text: str, run: list[re.Match[str]], ordinary: Container[str]) -> list[Name]:
    """Make a name of a run, less an ordinary first word; empty if nothing remains."""
    if not run:
        return []
    before = text[max(0, run[0].start() - 20) : run[0].start()]
    opens = not re.search(r"[\w,)\]]\s*[“\"‘(]?\s*$", before) or bool(
        re.search(r"\n\s*\n\s*$", before)
    )
    if opens and _ordinary(run[0].group(0), ordinary):
        run = run[1:]
        opens = False
    if not run:
        return []
    start, end = run[0].start(), run[-1].end()
    return [
        Name(
            text[start:end].rstrip("."),
            tuple(part for t in run for part in _parts(t.group(0))),
            start,
            end,
            opens and len(run) == 1,
        )
    ]


def _ordinary(token: str, ordinary: Container[str]) -> bool:
    if any(c.isupper() or c.isdigit() for c in token[1:]):
        return False
    lower, bare = fold(token), key(token)
    return (
        lower in STOPWORDS
        or lower in _NOT_NAMES
        or bare in _NOT_NAMES
        or bare in ordinary
        or lower in ordinary
        or bool(re.search(r"(?:ly|ing|tion|ness|ment|able|ible|ally)$", lower))
    )


def holds(name: Sequence[str], text: Sequence[str]) -> bool:
    """True if the words of a name stand in `text` in a row, one middle word or initial between allowed.

    "Hester Peirce" is held by "hester m peirce". All arguments as of `key`.
    """  # noqa: E501
    first = name[0]
    for place, word in enumerate(text):
        if word != first:
            continue
        at = place
        for wanted in name[1:]:
            if wanted in text[at + 1 : at + 2]:
                at += 1
            elif wanted in text[at + 2 : at + 3]:
                at += 2
            else:
                break
        else:
            return True
    return False


def initials(name: Sequence[str]) -> str:
    """Return the initials of a name's words, small words left out: "sec"."""
    return "".join(word[0] for word in name if word and word not in STOPWORDS)


# Written both ways everywhere, and explained nowhere.
_COMMON: Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]] = {
    ("u.s",): (("united", "state"), ("american",), ("america",)),
    ("united", "state"): (("u.s",),),
    ("uk",): (("united", "kingdom"), ("british",), ("britain",)),
    ("united", "kingdom"): (("uk",),),
    ("eu",): (("european", "union"),),
    ("european", "union"): (("eu",),),
}


COUNTRIES = frozenset([*_COMMON, ("american",), ("america",)])
"""Names of countries, as of `key`: parts of many names, and none of them."""


def aliases(name: Sequence[str], glossary: Mapping[str, str]) -> Iterable[tuple[str, ...]]:
    """Yield other ways to write a name: its acronym, its long form. `glossary` maps short to long."""  # noqa: E501
    whole = tuple(name)
    yield from _COMMON.get(whole, ())
    joined = "".join(whole)
    for short, long in glossary.items():
        long_keys = tuple(k for k in keys(long) if k not in STOPWORDS)
        if len(whole) == 1 and key(short) == joined:
            yield long_keys
        elif tuple(w for w in whole if w not in STOPWORDS) == long_keys:
            yield (key(short),)
