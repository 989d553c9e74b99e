"""Who acts in a question, and who is spoken to: "What did A tell B?" asks for A's words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_SAYING = r"(?:say|said|tell|told|ask|asked|argue|argued|propose|proposed|recommend|recommended|write|wrote|want|wanted|request|requested|urge|urged|think|believe|claim|claimed|suggest|suggested|support|supported|oppose|opposed|respond|responded|reply|replied|answer|answered|see|call|called|describe|define|send|sent|state|stated|submit|submitted|file|filed|impose|criticize|criticise)"  # noqa: E501
_SUBJECT = re.compile(
    rf"\b(?:did|do|does|has|have|had|would|should)\s+(?P<who>.+?)\s+(?:already |ever |also |really |not )?(?P<verb>{_SAYING})\b(?P<rest>.*)",  # noqa: E501
    re.I | re.S,
)
_TO_WHOM = re.compile(
    r"\b(?:tell|told|ask|asked|urge|urged|reply to|replied to|respond to|responded to|write to|wrote to|letter to|answer|answered|said to|say to|submit(?:ted)? to)\s+(?:the\s+|its\s+)?$",  # noqa: E501
    re.I,
)


_POSITION = re.compile(
    r"['’]s?\s+(?:\w+\s+){0,2}(?:arguments?|position|views?|proposals?|opinion|reasons?|stance|response|answer|letter|"
    r"statement|recommendations?|requests?|criticism|concerns?|objections?|claims?|demands?|call)\b",
    re.IGNORECASE,
)


def parties_in(
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


def parts(text: str, parties: Sequence[str], expanded: Mapping[str, str]) -> tuple[str, ...]:
    """Return the question asked of each party alone, where there are several."""
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
