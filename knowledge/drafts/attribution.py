"""Who says, to whom: the frame around a reported sentence, read from its words. Pure.

"In a letter to the SEC, the BA argued that X", "The BA told the SEC that X",
"According to the BA, X", "X, the BA said". English only; a sentence without such a
frame has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.drafts.markers import QUOTATION

_SAYING = (
    "said|says|say|told|tells|tell|wrote|writes|write|argued|argues|argue|stated|states|asked|asks|ask|urged|urges|"
    "urge|warned|warns|warn|claimed|claims|noted|notes|added|adds|reported|reports|explained|explains|"
    "requested|requests|rebutted|rebuts|termed|terms|called|calls|proposed|proposes|recommended|recommends|"
    "suggested|suggests|suggest|believed|believes|believe|maintained|maintains|contended|contends|acknowledged|acknowledges|"
    "responded|responds|replied|replies|insisted|insists|asserted|asserts|announced|announces|declared|"
    "declares|described|describes|emphasized|emphasised|emphasizes|informed|informs|advised|advises|"
    "reminded|reminds|submitted|submits|expressed|expresses|opposed|opposes|supported|supports|"
    "criticized|criticised|criticizes|concluded|concludes|observed|observes|indicated|indicates|confirmed|confirms|stressed|stresses|"
    "demanded|demands|encouraged|encourages|rejected|rejects|thanked|thanks|petitioned|assured|assures"
)
_TO_SOMEONE = (
    "told|tells|tell|asked|asks|ask|urged|urges|urge|warned|warns|warn|informed|informs|advised|advises|reminded|"
    "reminds|encouraged|encourages|thanked|thanks|petitioned|assured|assures|requested|requests"
)
_ADVERB = r"(?:also|further|then|had|has|have|again|since|later|publicly|formally|in turn|strongly|respectfully|recently|expressly|specifically|thus|therefore|now)"  # noqa: E501
_WHO = r"(?:(?!\b(?:that|which|who|if|when|because|and then)\b)[^,;:.“”\"]|(?<=[A-Z])\.|(?<=Inc)\.(?=\s)|(?<=Ltd)\.(?=\s)|,\s(?:Inc|LLC|L\.P|Ltd|N\.A)\.?,?|,\s(?:and\s)?(?=[A-Z]))"  # noqa: E501
_LEAD = re.compile(
    r"^(?:However|Moreover|Also|Later|Instead|Similarly|Separately|Finally|Then|Still|Earlier|(?:In|On|At|With|By|"
    r"Through|After|Following|Responding|Writing|Speaking)\b(?:[^,]|,\s\d{4})*?),\s"
)
_ACTIVE = re.compile(
    rf"^(?P<speaker>{_WHO}{{2,90}}?)(?:,\s[^,]{{2,60}},)?\s(?:{_ADVERB}\s)*(?P<verb>{_SAYING})\b(?P<rest>.*)$",
    re.S,
)
_PASSIVE = re.compile(
    rf"^(?P<addressee>{_WHO}{{2,90}}?)\s(?:was|were|has been|have been|had been)\s(?:{_ADVERB}\s)*(?:{_TO_SOMEONE})\sby\s(?P<speaker>.+?)(?=\sthat\b|\sto\b|[,:“\"]|$)(?P<rest>.*)$",  # noqa: E501
    re.S,
)
_ACCORDING = re.compile(
    r"^According to (?P<speaker>[^,]{2,90}(?:,\s(?:and\s)?[A-Z][^,]{1,60}?){0,3}), (?P<rest>(?![A-Z][a-z]+,)\S.*)$",  # noqa: E501
    re.S,
)
_TRAILING = re.compile(
    rf",?[”\"]?\s(?:(?P<speaker>[^,“”\"]{{2,80}}?)\s(?:{_ADVERB}\s)*(?P<verb>{_SAYING})|(?:{_SAYING})\s(?P<after>[^,“”\"]{{2,80}})|according to (?P<per>[^,“”\"]{{2,80}}))(?:\s(?:the\s)?(?P<to>[A-Z][^,“”\"]{{1,60}}))?\.?$",  # noqa: E501
    re.S,
)
_OBJECT = re.compile(
    r"^\s(?P<to>[^,:“\"]{2,90}?)(?=\s(?:that|to|whether|why|how|not)\b|"
    r"\s(?:for|about|of|on|in)\b(?!\s(?:the\s)?[A-Z])|[,:“\"]|\.?$)",
    re.S,
)
_TO = re.compile(r"\b(?:to|with|before|addressed to|at)\s(?P<to>(?:the\s)?[A-Z][^,:;“\"]{1,80}?)(?=\s(?:that|on|dated|of \d|about|in)\b|[,:;“\"]|\.?$)")  # fmt: skip  # noqa: E501


@dataclass(frozen=True, slots=True)
class Frame:
    """The parts of an attribution, as written; empty where there is none."""

    speaker: str = ""
    addressee: str = ""
    content: int = 0
    """Where what is reported begins; the frame itself stands before it."""
    stop: int | None = None
    """Where it ends, if the frame follows it."""


def frame(sentence: str) -> Frame | None:
    """Return the attribution frame of a sentence, or None. Words in quotation marks are not read."""  # noqa: E501
    masked = QUOTATION.sub(lambda m: m.group(0)[0] + "x" * (len(m.group(0)) - 2) + m.group(0)[-1], sentence)  # fmt: skip  # noqa: E501
    lead = _LEAD.match(masked)
    at = lead.end() if lead else 0
    body = masked[at:]
    to = _addressee_of(masked[:at])
    according = _ACCORDING.match(masked)
    if according:
        return Frame(according.group("speaker"), "", according.start("rest"))
    passive = _PASSIVE.match(body)
    if passive:
        return Frame(
            passive.group("speaker"), passive.group("addressee"), at + passive.start("rest")
        )
    active = _ACTIVE.match(body)
    if active and _is_party(active.group("speaker")):
        rest = active.group("rest")
        start = at + active.start("rest")
        if re.fullmatch(_TO_SOMEONE, active.group("verb")):
            target = _OBJECT.match(rest)
            if target and _is_party(target.group("to")):
                to = target.group("to")
                start += target.end()
        else:
            target = re.match(r"\s(?:(?:a|its|the)\s\w+\s)?(?:to|before)\s(?P<to>(?:the\s)?[A-Z][^,:“\"]{1,80}?)(?=\sthat\b|[,:“\"])", rest)  # fmt: skip  # noqa: E501
            if target:
                to = target.group("to")
                start += target.end()
        return Frame(active.group("speaker"), to, start)
    trailing = _TRAILING.search(masked)
    if trailing:
        who = trailing.group("speaker") or trailing.group("after") or trailing.group("per") or ""
        if _is_party(who):
            return Frame(who, trailing.group("to") or "", 0, trailing.start())
    return None


def _addressee_of(lead: str) -> str:
    found = _TO.search(lead)
    return found.group("to") if found else ""


def _is_party(text: str) -> bool:
    """True for what can speak: it has a capital inside, or is "the staff", "it" and the like."""
    bare = re.sub(r"^(?:the|a|an|its|their|this|that)\s", "", text.strip(), flags=re.IGNORECASE)
    return bool(
        re.search(r"[A-Z]", bare)
        or re.fullmatch(
            r"(?:it|they|he|she|we|i|staff|agency|company|group|lobby group|association|commission|regulator|bank|authority)",  # noqa: E501
            bare,
            re.IGNORECASE,
        )
    )
