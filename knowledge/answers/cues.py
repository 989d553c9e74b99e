"""The words that bring in somebody else's words, and the name that stands before or after them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from knowledge.text import Span, bag

_CUE = (
    r"(?:said|says|wrote|writes|argued|argues|rebutted|rebuts|added|adds|told|tells|stated|states|noted|notes|"
    r"explained|explains|warned|warns|claimed|claims|replied|replies|responded|responds|continued|continues|"
    r"insisted|insists|emphasi[sz]e[ds]|stressed|stresses|countered|counters|declared|declares|testified|"
    r"tweeted|posted|asserted|asserts|contended|contends|concluded|concludes|remarked|commented|reads?|"
    r"announced|acknowledged|recalled|maintained|maintains|urged|urges|asked|asks)"
)
REPORTS = re.compile(
    rf"\b(?:{_CUE}|according to|termed|called for|castigated|criticized|criticised|pleaded|for them|in (?:its|their|his|her) (?:view|letter|opinion))\b",  # noqa: E501
    re.IGNORECASE,
)
"""A sentence in which a reporter tells what somebody said."""

_BRINGS_IN = re.compile(
    rf"(?:\b{_CUE}\b[^.!?]{{0,80}}[,:]|\b(?:as follows|the following|letter|statement|post|tweet|filing|opinion)\b[^.!?]{{0,40}}:)\s*$",  # noqa: E501
    re.IGNORECASE,
)

_ONE = r"(?:[A-Z][\w’'&.-]*[\w]|[a-z]+[A-Z][\w-]*)"
_NAME = rf"{_ONE}(?: (?:of the |of |for |and |& )?{_ONE}){{0,7}}"
_BEFORE = re.compile(
    rf"(?P<name>{_NAME})(?: \([A-Z][\w-]+\))?(?:,[^,“\"]{{2,80}},)? (?:also |further |then |later |has |have |had )?{_CUE}\b"  # noqa: E501
)
_ACCORDING = re.compile(
    rf"\b[Aa]ccording to (?:the )?(?P<name>{_NAME})(?: \([A-Z][\w-]+\))?(?=[,.:;]|$)"
)
_AFTER = re.compile(
    rf"[,.!?]?[”\"] (?:(?P<first>(?:the )?{_NAME})(?: \([A-Z][\w-]+\))? {_CUE}\b|{_CUE} (?P<second>(?:the )?{_NAME})(?=[ ,.;:]|$))"  # noqa: E501
)
# "a critic of Citadel said", "a spokesman for the bank told": the name is not who speaks.
_NOT_SUBJECT = re.compile(
    r"\b(?:of|for|at|by|from|against|with|to|on|in|about|that|than|like|['’]s|and|or)(?: the| a| an)?\s*$",  # noqa: E501
    re.IGNORECASE,
)
_ORDINARY = bag(
    """the a an it he she they we you i this that these those there critics analysts officials
    commenters experts some many others people lawyers regulators lawmakers supporters opponents
    however but and still yet later meanwhile monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december one
    another both neither each who which what letter statement report article company group"""  # noqa: E501
)


def brings_in(words: str) -> bool:
    """Say whether a sentence ends with a comma or colon and promises words to come."""
    return words.endswith((",", ":")) and bool(_BRINGS_IN.search(words))


def named_before(text: str, sentence: Span, names: Mapping[str, str]) -> str | None:
    """Return who speaks in a lead-in ("In the letter, the BA rebutted,"), or None in any doubt."""
    words = text[sentence.start : sentence.end]
    opening = re.search(r"[“\"]", words)
    scope = words[: opening.start()] if opening and opening.start() > 0 else words
    found = list(_BEFORE.finditer(scope))
    if found:
        match = found[-1]
        if _NOT_SUBJECT.search(scope[: match.start()]):
            return None
        return _resolve(match.group("name"), text, sentence, match.start() == 0, names)
    according = list(_ACCORDING.finditer(scope))
    if len(according) == 1:
        return _resolve(according[0].group("name"), text, sentence, False, names)
    return None


def named_after(text: str, sentence: Span, names: Mapping[str, str]) -> str | None:
    """Return who speaks in a tag after a quotation ("...,” said Jane Roe."), or None in any doubt."""  # noqa: E501
    words = text[sentence.start : sentence.end]
    match = _AFTER.search(words)
    if not match:
        return None
    name = match.group("first") or match.group("second")
    return _resolve(re.sub(r"^[Tt]he ", "", name), text, sentence, False, names)


def _resolve(
    name: str, text: str, sentence: Span, opens: bool, names: Mapping[str, str]
) -> str | None:
    name = re.sub(r"['’]s$", "", name).strip()
    words = name.split()
    while words and words[0].lower() in _ORDINARY:
        words = words[1:]
    if not words:
        return None
    name = " ".join(words)
    if name in names:
        return names[name]
    if len(words) > 1:
        return name
    if name.lower() in _ORDINARY:
        return None
    inner = any(c.isupper() for c in name[1:])
    if opens and not inner and not re.search(rf"[a-z,] {re.escape(name)}\b", text):
        return None  # capitalised perhaps only because it opens the sentence
    full = {
        m.group(1)
        for m in re.finditer(
            rf"\b((?:[A-Z][a-z]+ (?:[A-Z]\. )?){{1,2}}{re.escape(name)})\b", text[: sentence.end]
        )
        if m.group(1).split()[0].lower() not in _ORDINARY
    }
    if len(full) > 1:
        return None
    return full.pop() if full else name
