"""Understanding a question without a language model.

One function, `understand`, serves the command line, Discord and the evaluation: acronyms
expanded by what the documents explain, names, dates, who-to-whom, follow-ups completed
from the conversation, Italian over English documents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.answers import italian
from knowledge.answers.calendar_words import Days, days_in
from knowledge.answers.glossary import Glossary
from knowledge.answers.phrases import the
from knowledge.text import NAME, STOPWORDS, bag, fold, stems
from knowledge.types import Kind, Query, Turn


class Asks(StrEnum):
    """What a question wants to hear."""

    FACT = "fact"
    WHEN = "when"
    NUMBER = "number"
    DURATION = "duration"
    WHO = "who"
    WHY = "why"
    HOW = "how"
    DEFINITION = "definition"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Understood:
    """A question made ready for search. Everything that was changed can be shown."""

    question: str
    """As asked, or as completed from the conversation; in its own language."""
    text: str
    """What to search with: completed, acronyms expanded, in English where we can."""
    asks: Asks = Asks.FACT
    language: str = "en"
    names: tuple[str, ...] = ()
    """Organisations, persons, acronyms and titles in the question, expanded, in order."""
    parties: tuple[str, ...] = ()
    """The names whose words or deeds the question asks about."""
    addressee: str | None = None
    phrases: tuple[str, ...] = ()
    """What the question puts between quotation marks, folded."""
    parts: tuple[str, ...] = ()
    """One search text for each party when several are asked about; else empty."""
    expanded: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[Days, ...] = ()
    as_of: str | None = None
    since: str | None = None
    until: str | None = None
    publisher: str | None = None
    kind: Kind | None = None
    choices: tuple[str, ...] = ()
    """Non-empty when one must ask back: what the member may have meant."""
    unclear: str | None = None
    """The word that is unclear; None when the question is clear."""
    understood_as: str | None = None


_QUESTION_WORDS = bag(
    """what which who whom whose when where why how did do does is are was were has have had
    can could should would will shall may might must as according under in on at by to
    from for and but or the a an if please tell list name give show explain describe
    summarize summarise compare define find give that this these those they it he she i
    we you before after since until during between with without about also so then there
    yes no not any some all each both only many much most other"""
)
_YES_NO = re.compile(
    r"^(?:and |but |so )?(?:did|do|does|is|are|was|were|has|have|had|can|could|should|would|will|must|may)(?:n['’]t)?\b",  # noqa: E501
    re.I,
)
_PRONOUN = re.compile(
    r"\b(they|them|their|theirs|it|its|he|she|him|his|her|this|that|these|those|the (?:company|agency|letter|bill|group|association|firm|order|rule|proposal|document|author|court|same|above))\b",  # noqa: E501
    re.I,
)
_OPENS_LATER = re.compile(
    r"^(?:and|but|so|then|also|what about|how about|e|ma|anche|invece)\b", re.I
)
_AS_OF = re.compile(r"\b(?:as of|as at|by the end of|al)\s+", re.I)
_SAYING = r"(?:say|said|tell|told|ask|asked|argue|argued|propose|proposed|recommend|recommended|write|wrote|want|wanted|request|requested|urge|urged|think|believe|claim|claimed|suggest|suggested|support|supported|oppose|opposed|respond|responded|reply|replied|answer|answered|see|call|called|describe|define|send|sent|state|stated|submit|submitted|file|filed|impose|criticize|criticise)"  # noqa: E501
_SUBJECT = re.compile(
    rf"\b(?:did|do|does|has|have|had|would|should)\s+(?P<who>.+?)\s+(?:already |ever |also |really |not )?(?P<verb>{_SAYING})\b(?P<rest>.*)",  # noqa: E501
    re.I | re.S,
)
_TO_WHOM = re.compile(
    r"\b(?:tell|told|ask|asked|urge|urged|reply to|replied to|respond to|responded to|write to|wrote to|letter to|answer|answered|said to|say to|submit(?:ted)? to)\s+(?:the\s+|its\s+)?$",  # noqa: E501
    re.I,
)


_PHRASE = re.compile(r"(?<!\w)['\"‘“]([^'\"‘’“”]{3,80})['\"’”](?!\w)")


def understand(
    query: Query,
    glossary: Glossary = Glossary(),  # noqa: B008  # frozen and empty
    known: Sequence[str] = (),
) -> Understood:
    """Return the question made ready for search; never raises for odd input.

    `known` are organisations and persons the record knows (authors, publishers,
    addressees), used to tell names from words. History is `query.history`, oldest first.
    """
    question = " ".join(query.question.split())
    language = "it" if italian.is_italian(question) else "en"
    english = italian.to_english(question) if language == "it" else question
    completed = _complete(english, query.history, known)
    text = completed or english
    expanded, choices, unclear = _expand(text, glossary)
    search = text
    for short, long in expanded.items():
        search = re.sub(rf"\b{re.escape(short)}\b", f"{long} ({short})", search)
    # Italian loses the small words between two names on the way to English.
    own = question[:1].lower() + question[1:] if language == "it" and not completed else text
    meanings = _meanings(text, glossary) | expanded
    names = _names(own, meanings, known)
    parties, addressee = _parties(text, names, meanings)
    if not completed and not query.history and not unclear and _hangs(text, names):
        unclear = _PRONOUN.search(text).group(0)  # type: ignore[union-attr]
    dates = days_in(text)
    as_of = query.as_of or _as_of(text, dates)
    return Understood(
        question=(completed if language == "en" else None) or question,
        text=search,
        asks=asks(text),
        language=language,
        names=names,
        parties=parties,
        addressee=addressee,
        phrases=tuple(fold(p) for p in _PHRASE.findall(text)),
        parts=_parts(text, parties, expanded),
        expanded=expanded,
        dates=dates,
        as_of=as_of,
        since=query.since,
        until=query.until,
        publisher=query.publisher,
        kind=query.kind,
        choices=choices,
        unclear=unclear,
        understood_as=completed,
    )


def asks(question: str) -> Asks:
    """Say what a question wants to hear, from its opening words."""
    low = fold(question)
    low = re.sub(
        r"^(?:and|but|so|as of [^,]+,|according to [^,]+,|under [^,]+,|in [^,]+,)\s*", "", low
    )
    if re.search(
        r"\b(?:how long|how many (?:days|weeks|months|years)|(?:what|which) (?:time limit|deadline|period))\b",  # noqa: E501
        low,
    ):
        return Asks.DURATION
    if re.search(
        r"\b(?:how (?:many|much|long|old|large|big|high|often)|what (?:percentage|share|amount|number|minimum|maximum|fee|penalty|deadline))\b",  # noqa: E501
        low,
    ):
        return Asks.NUMBER
    if re.search(
        r"^(?:on |by |since |until )?(?:when|what (?:date|day|year|month)|which (?:date|day|year|month))\b",  # noqa: E501
        low,
    ):
        return Asks.WHEN
    if re.search(
        r"^(?:who|whose|whom|which (?:\w+ ){0,3}(?:company|companies|organi[sz]ation|organi[sz]ations|submitters?|lobby|group|agency|agencies|firm|firms|person|letters?|authors?|association|court|banks?))\b",  # noqa: E501
        low,
    ):
        return Asks.WHO
    if re.search(
        r"\b(?:definition of|define[ds]?|mean by|meaning of|what does .* mean|what is an?)\b", low
    ):
        return Asks.DEFINITION
    if low.startswith("why"):
        return Asks.WHY
    if low.startswith("how"):
        return Asks.HOW
    return Asks.YES_NO if _YES_NO.match(low) else Asks.FACT


# --- Acronyms and names --------------------------------------------------------------------


_ACRONYM = re.compile(r"\b[A-Za-z]*[A-Z][A-Za-z0-9&-]*[A-Z0-9][A-Za-z0-9]*\b")


def _expand(text: str, glossary: Glossary) -> tuple[dict[str, str], tuple[str, ...], str | None]:
    expanded: dict[str, str] = {}
    folded = fold(text)
    for match in _ACRONYM.finditer(text):
        short = match.group(0)
        longs = glossary.expansions(short)
        if not longs or any(fold(long) in folded for long in longs):
            continue
        if len(longs) > 1:
            fitting = [x for x in longs if set(stems(x)) & set(stems(text))]
            if len(fitting) != 1:
                return expanded, tuple(f"{x} ({short})" for x in longs[:4]), short
            longs = tuple(fitting)
        expanded[short] = longs[0]
    return expanded, (), None


def _meanings(text: str, glossary: Glossary) -> dict[str, str]:
    """Return the acronyms of the question that mean one thing, spelt out beside it or not."""
    found = {short: glossary.expansions(short) for short in _ACRONYM.findall(text)}
    return {short: longs[0] for short, longs in found.items() if len(longs) == 1}


def _names(text: str, expanded: Mapping[str, str], known: Sequence[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    folded = fold(text)
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
        while words and (words[-1] in {"of", "for", "the"} or re.fullmatch(_MONTH, words[-1])):
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


_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|English|Italian|Art|Article|Section|Rule)"  # noqa: E501


_POSITION = re.compile(
    r"['’]s?\s+(?:\w+\s+){0,2}(?:arguments?|position|views?|proposals?|opinion|reasons?|stance|response|answer|letter|"
    r"statement|recommendations?|requests?|criticism|concerns?|objections?|claims?|demands?|call)\b",
    re.IGNORECASE,
)


def _parties(
    text: str, names: Sequence[str], expanded: Mapping[str, str]
) -> tuple[tuple[str, ...], str | None]:
    """Return the names that act in the question, and the one that is addressed."""
    shorts = {long: short for short, long in expanded.items()}

    def place(name: str) -> int:
        low = text.lower()
        at = low.find(name.lower())
        return at if at >= 0 else low.find(shorts.get(name, name).lower())

    addressee = None
    for name in names:
        at = place(name)
        if at > 0 and _TO_WHOM.search(text[:at]):
            addressee = name
            break
    match = _SUBJECT.search(text)
    if match:
        inside = tuple(
            n for n in names if match.start("who") <= place(n) < match.end("who") and n != addressee
        )
        if inside:
            return inside, addressee
    for name in names:
        at = place(name)
        said = shorts.get(name, name) if shorts.get(name, name).lower() in text.lower() else name
        if at >= 0 and _POSITION.match(text[at + len(said) :]):
            return (name,), addressee
    return (), addressee


def _parts(text: str, parties: Sequence[str], expanded: Mapping[str, str]) -> tuple[str, ...]:
    if len(parties) < 2:
        return ()
    parts = []
    for party in parties:
        rest = text
        for other in parties:
            if other != party:
                rest = re.sub(rf"\b(?:and )?(?:the )?{re.escape(other)}\b", "", rest, flags=re.I)
        parts.append(" ".join(rest.split()))
    return tuple(parts)


def _as_of(text: str, dates: Sequence[Days]) -> str | None:
    for match in _AS_OF.finditer(text):
        for days in dates:
            if days.start == match.end():
                return days.last
    return None


# --- Follow-ups ----------------------------------------------------------------------------


def _hangs(text: str, names: Sequence[str]) -> bool:
    """Say whether a question leans on something said before: a pronoun and nothing to hold it."""
    match = _PRONOUN.search(text)
    if not match or names:
        return False
    before = [s for s in stems(text[: match.start()]) if s]
    content = stems(text)
    return not before and len(content) <= 2


def _complete(text: str, history: Sequence[Turn], known: Sequence[str]) -> str | None:
    """Return a follow-up as a question that stands alone, or None if it already does."""
    asked = [turn.text for turn in history if turn.role == "user" and turn.text.strip()]
    if not asked:
        return None
    bare = _OPENS_LATER.sub("", text).strip(" ,")
    content = stems(bare)
    opens = bool(_OPENS_LATER.match(text))
    pronoun = _PRONOUN.search(bare)
    if not (opens or pronoun or len(content) < 3):
        return None
    previous = " ".join(asked[-1].split()).rstrip("?.! ")
    names_before = _names(previous, {}, known)
    names_now = _names(bare[:1].lower() + bare[1:], {}, known)
    parties_before, addressee = _parties(previous, names_before, {})
    whole = bare[:1].upper() + bare[1:]
    new_party = (
        bool(names_now) and opens and len(content) - sum(len(stems(n)) for n in names_now) <= 1
    )
    if new_party and parties_before:
        swapped = re.sub(
            rf"(?:the )?{re.escape(parties_before[0])}", names_now[0], previous, count=1
        )
        return swapped + "?"
    stands = None
    if pronoun:
        word = pronoun.group(0).lower()
        stands = _stands_for(word, parties_before, addressee, names_before)
        if stands:
            owner = "’s" if word in {"their", "its", "his", "her"} else ""
            whole = whole.replace(pronoun.group(0), the(stands) + owner, 1)
            if whole[0].islower():
                whole = whole[0].upper() + whole[1:]
    missing = [n for n in names_before if fold(n) not in fold(whole)]
    quoted = re.search(r"['\"‘“][^'\"’”]{4,}['\"’”]", whole)
    thin = not quoted and (
        len([s for s in stems(whole) if s])
        - sum(len(stems(n)) for n in names_before if fold(n) in fold(whole))
        < 2
    )
    if thin or not (names_now or stands) or _PRONOUN.search(whole):
        topic = " ".join(w for w in previous.split() if w.lower() not in STOPWORDS or w in missing)
        return f"{whole.rstrip('?.! ')} ({topic})?"
    return whole


def _stands_for(
    word: str, parties: Sequence[str], addressee: str | None, names: Sequence[str]
) -> str | None:
    if word in {"the company", "the firm"} and addressee:
        return addressee
    if word in {"this", "that", "these", "those", "the same", "the above"}:
        return None
    if parties:
        return " and ".join(parties) if word in {"they", "them", "their"} else parties[0]
    return names[0] if names else None
