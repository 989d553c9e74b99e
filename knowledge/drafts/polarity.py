"""Whether a sentence affirms what another denies, or obliges where the other allows. Pure.

Three questions of a draft sentence and the text it cites: is the same thing negated,
is no word replaced by its opposite, is "may" still "may". English; sentences in other
languages pass, and are held by the other checks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from knowledge.text import fold, stems

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|[.;:!?()]")
_EXPLICIT = frozenset(
    [
        "not",
        "no",
        "never",
        "neither",
        "nor",
        "none",
        "nothing",
        "nobody",
        "cannot",
        "without",
        "non",
        "nowhere",
        "hardly",
    ]
)
_IMPLICIT = re.compile(
    r"\b(?:fail\w*|lack\w*|absen\w+|refus\w+|declin\w+|prohibit\w*|forbid\w*|bar(?:s|red|ring)?|ban(?:s|ned)?|exclud\w+|"
    r"exclusion|prevent\w*|preclud\w+|avoid\w*|oppos\w+|reject\w*|den(?:y|ies|ied)|unless|except\w*|exempt\w*|unable|"
    r"rather than|instead of|free of|un\w{4,}|in(?:adequate|sufficient|applicable|consistent|eligible)\w*|limit\w*|only|against)\b"  # noqa: E501
)
_IDIOMS = (
    (r"\bnot only\b", "only"),
    (r"\b(?:not|no) (?:less|fewer) than\b|\bat least\b|\bat a minimum\b", "atleast"),
    (r"\b(?:not|no) (?:more|greater) than\b|\bat most\b|\bnot (?:to )?exceed(?:ing)?\b|\bup to\b", "atmost"),  # noqa: E501
    (r"\b(?:not|no) later than\b", "notlater"),
    (r"\b(?:less|fewer) than\b", "lessthan"),
    (r"\b(?:more|greater|later) than\b", "morethan"),
    (r"\bwhether or not\b", "whether"),
    (r"\bno\. ?(?=\d)", "number "),
    (r"\bno-action\b", "noaction"),
)  # fmt: skip
WIDE = 10
"""Words after a negation that may stand under it: "not ... an exchange, broker, or dealer"."""

NEAR = 5
"""Words after a negation of the draft that surely stand under it."""

_OPPOSITES = (
    ("increase", "decrease"), ("increase", "reduce"), ("rise", "fall"), ("raise", "lower"),
    ("support", "oppose"), ("favour", "oppose"), ("favor", "oppose"), ("approve", "reject"),
    ("approve", "deny"), ("grant", "deny"), ("accept", "reject"), ("allow", "prohibit"),
    ("permit", "prohibit"), ("allow", "forbid"), ("permit", "forbid"), ("allow", "ban"),
    ("include", "exclude"), ("require", "exempt"), ("before", "after"), ("prior", "after"),
    ("maximum", "minimum"), ("above", "below"), ("over", "under"), ("buy", "sell"),
    ("gain", "loss"), ("profit", "loss"), ("begin", "end"), ("strengthen", "weaken"),
    ("agree", "disagree"), ("lawful", "unlawful"), ("legal", "illegal"), ("able", "unable"),
    ("likely", "unlikely"), ("reasonable", "unreasonable"), ("necessary", "unnecessary"),
    ("registered", "unregistered"), ("regulated", "unregulated"), ("permitted", "prohibited"),
    ("consistent", "inconsistent"), ("sufficient", "insufficient"), ("adequate", "inadequate"),
    ("eligible", "ineligible"), ("appropriate", "inappropriate"), ("fair", "unfair"),
    ("complete", "incomplete"), ("accurate", "inaccurate"), ("approve", "disapprove"),
    ("custodial", "noncustodial"), ("public", "private"), ("primary", "secondary"),
    ("voluntary", "mandatory"), ("optional", "mandatory"), ("exempt", "subject"), ("all", "none"),
    ("all", "some"), ("always", "never"), ("atleast", "lessthan"), ("atmost", "morethan"),
    ("atleast", "atmost"), ("atmost", "exceed"), ("notlater", "morethan"), ("more", "less"), ("higher", "lower"), ("long", "short"),  # noqa: E501
    ("pass", "fail"), ("protect", "harm"), ("encourage", "discourage"), ("win", "lose"),
)  # fmt: skip
_STRONG = re.compile(r"\b(?:must|shall|(?:is|are|be|was|were) (?:required|obliged|obligated)|requires?|(?:has|have|had|needs?) to)\b")  # fmt: skip  # noqa: E501
_WEAK = re.compile(r"\b(?:may|might|can|could|should|would|permit(?:s|ted)?|allow(?:s|ed)?)\b")


@dataclass(frozen=True, slots=True)
class _Reading:
    words: tuple[str, ...]
    stems: tuple[str, ...]
    """The stem of each word; empty for stopwords and punctuation."""
    cues: tuple[int, ...]
    plain: str


def changed(draft: str, source: str) -> str | None:
    """Return what of the source's polarity the draft changes, for a person, or None."""
    claim, ground = _read(draft), _read(source)
    return _negated(claim, ground) or _opposite(claim, ground) or _modal(claim, ground)


def denies(text: str) -> bool:
    """True if a text has an explicit negation."""
    return bool(_read(text).cues)


@lru_cache(maxsize=512)
def _read(text: str) -> _Reading:
    plain = fold(text)
    for pattern, replacement in _IDIOMS:
        plain = re.sub(pattern, replacement, plain)
    words = tuple(_TOKEN.findall(plain))
    return _Reading(
        words,
        tuple(_stem(w) for w in words),
        tuple(i for i, w in enumerate(words) if w in _EXPLICIT or w.endswith("n't")),
        plain,
    )


# Fewer than text.STOPWORDS: "not the same" and "not any" deny "same" and "any".
_FUNCTION = frozenset(
    [
        "a",
        "an",
        "the",
        "be",
        "been",
        "being",
        "is",
        "are",
        "was",
        "were",
        "am",
        "to",
        "of",
        "in",
        "on",
        "at",
        "by",
        "for",
        "with",
        "as",
        "that",
        "this",
        "these",
        "those",
        "it",
        "its",
        "they",
        "their",
        "he",
        "she",
        "we",
        "our",
        "i",
        "you",
        "and",
        "or",
        "but",
        "have",
        "has",
        "had",
        "do",
        "does",
        "did",
        "will",
        "would",
        "shall",
        "should",
        "may",
        "might",
        "can",
        "could",
        "must",
        "also",
        "only",
        "such",
    ]
)


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    if word in _FUNCTION or not word[0].isalpha():
        return ""
    found = stems(word)
    return found[0] if found else word


def _head(reading: _Reading, cue: int) -> str:
    """Return the stem of the first content word after a negation, within its clause."""
    for at in range(cue + 1, min(cue + 6, len(reading.words))):
        if reading.words[at] in ".;:!?":
            break
        if reading.stems[at]:
            return reading.stems[at]
    return ""


def _following(reading: _Reading, cue: int) -> list[str]:
    """Return the stems of the first four content words after a negation, within its clause."""
    found: list[str] = []
    for at in range(cue + 1, min(cue + 1 + WIDE, len(reading.words))):
        if reading.words[at] in ".;:!?" or len(found) == 4:
            break
        if reading.stems[at]:
            found.append(reading.stems[at])
    return found


def _under(reading: _Reading, width: int) -> set[int]:
    """Return the places of the words that may stand under an explicit negation."""
    found: set[int] = set()
    for cue in reading.cues:
        # "non-custodial software" denies one word, whatever follows.
        reach = 1 if reading.words[cue] == "non" else width
        for at in range(cue + 1, min(cue + 1 + reach, len(reading.words))):
            if reading.words[at] in ".;:!?":
                break
            found.add(at)
        if reading.words[cue] != "non":
            # "Nothing ... shall be construed": the verb before a late negation counts as well.
            found.update(range(max(0, cue - 2), cue))
    return found


def _implied(reading: _Reading, other: _Reading) -> set[int]:
    """Return the places near a word that denies without "not" and that `other` does without.

    "excludes software" may become "does not cover software".
    """
    words = {found.group(0) for found in _IMPLICIT.finditer(reading.plain)}
    words = {w.split()[0] for w in words if w not in other.plain}
    return {
        place
        for at, word in enumerate(reading.words)
        if word in words
        for place in range(max(0, at - 3), min(at + WIDE, len(reading.words)))
    }


def _negated(claim: _Reading, ground: _Reading) -> str | None:
    hedged = _implied(ground, claim)
    if len(claim.cues) > len(ground.cues) and not hedged:
        return f"“{claim.words[claim.cues[0]]}” stands in the draft only"
    denied = _under(ground, WIDE) | hedged
    for cue in claim.cues:
        head = _head(claim, cue)
        places = {i for i, s in enumerate(ground.stems) if head and s == head}
        if places and not denied & places:
            return f"the source does not deny “{head}”"
    if len(claim.cues) >= len(ground.cues) or _implied(claim, ground):
        return None
    affirmed = _under(claim, NEAR)
    for cue in ground.cues:
        head = _head(ground, cue)
        places = {i for i, s in enumerate(claim.stems) if head and s == head}
        elsewhere = {i for i, s in enumerate(ground.stems) if s == head} - _under(ground, WIDE)
        if places and not elsewhere and not affirmed & places:
            return f"the source denies “{head}”"
        # The denied verb may have become a synonym; what it denies is still there.
        rest = [stem for stem in _following(ground, cue)[1:] if stem in claim.stems]
        whole = ground.words[cue] != "non"
        if whole and not claim.cues and not places and len(rest) == 3:
            return f"the source denies this of “{rest[0]}”"
    return None


def _opposite(claim: _Reading, ground: _Reading) -> str | None:
    if len(claim.cues) != len(ground.cues):
        return None
    mine, theirs = set(claim.words), set(ground.words)
    mine_stems, their_stems = set(claim.stems), set(ground.stems)
    for pair in _OPPOSITES:
        for one, other in (pair, pair[::-1]):
            if (
                _present(one, mine, mine_stems)
                and not _present(one, theirs, their_stems)
                and _present(other, theirs, their_stems)
                and not _present(other, mine, mine_stems)
            ):
                return f"“{one}” where the source has “{other}”"
    return None


def _present(word: str, words: set[str], known: set[str]) -> bool:
    stem = _stem(word)
    return word in words or (bool(stem) and stem in known)


def _modal(claim: _Reading, ground: _Reading) -> str | None:
    strong, weak = _STRONG.search(claim.plain), _WEAK.search(claim.plain)
    source_strong, source_weak = _STRONG.search(ground.plain), _WEAK.search(ground.plain)
    if strong and not source_strong and source_weak and not weak:
        return f"“{strong.group(0)}” where the source has “{source_weak.group(0)}”"
    if weak and not source_weak and source_strong and not strong and weak.group(0) in ("may", "might", "can", "could"):  # fmt: skip  # noqa: E501
        return f"“{weak.group(0)}” where the source has “{source_strong.group(0)}”"
    return None
