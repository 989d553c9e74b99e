"""Shapes of a line that say what it is for: a label, an age, a title; and how much texts share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from knowledge.types import Block

_WORD = re.compile(r"\w+")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’»)\]]*$")
_UNITS = (
    "s|sec|secs|seconds?|min|mins|minutes?|minut[oi]s?|minuten|minuter|minuto|h|hr|hrs|hours?|or[ae]"
    "|horas?|heures?|std|stunden?|uur|uren|timer?|d|days?|giorn[oi]|d[ií]as?|jours?|tage?n?|dagen|dag"
    "|dni|w|wk|wks|weeks?|settiman[ae]|semanas?|semaines?|wochen?|months?|mes[ie]|mes|meses|mois"
    "|monate?n?|y|yr|yrs|years?|ann[oi]|años?|ans?|anos?|jahre?n?|мин|минуты?|минут|ч|час(?:а|ов)?"
    "|д|дн|дня|дней|saat|dakika|gün|godzin[ay]?|dag(?:ar)?"
)
_AGO = "ago|fa|atr[áa]s|назад|geleden|temu|[öo]nce|sedan|siden|przed"
_BEFORE = "vor|hace|há|il y a|før|πριν|acum|prieš"
_AGE = re.compile(
    rf"(?<!\d)\d{{1,3}}\s?(?:{_UNITS})\.?\s(?:{_AGO})\b"
    rf"|\b(?:{_BEFORE})\s(?:\d{{1,3}}|un|une|uma|einer|einem)\s(?:{_UNITS})\b"
    r"|\d{1,3}\s?(?:秒|分|分钟|分鐘|小时|小時|时间|時間|天|日|周|週間|个月|か月)\s?(?:之?前)"
    r"|\d{1,3}\s?(?:초|분|시간|일|주|개월)\s?전",
    re.IGNORECASE,
)
_AGE_SHAPED = re.compile(r"^.{0,60}?(?<![\d.,:/-])\d{1,3}\s?([^\W\d_]{1,9})\.?\s([^\W\d_]{1,6})$")

LABEL_WORDS = 6
TITLE_WORDS = 30
PARAGRAPH_WORDS = 20
"""A block of at least this many words is prose; articles' paragraphs are seldom shorter."""


def words(text: str) -> list[str]:
    """The words of a text for comparing; characters of scripts without spaces count as words."""
    found: list[str] = []
    for word in _WORD.findall(text.casefold()):
        found.extend(word if _CJK.search(word) else [word])
    return found


def count(text: str) -> int:
    """How many words a text has."""
    return len(words(text))


def content(text: str) -> set[str]:
    """The words of a text that carry its matter: those of four letters or more, and numbers."""
    return {word for word in words(text) if len(word) >= 4 or word[0].isdigit() or _CJK.match(word)}


def shared(part: str, whole: Iterable[str]) -> float:
    """The share of a text's content words that the other texts hold too, 0 to 1."""
    own = content(part)
    if not own:
        return 0.0
    other: set[str] = set()
    for text in whole:
        other |= content(text)
    return len(own & other) / len(own)


def ends_sentence(text: str) -> bool:
    """Whether a text closes with a mark that ends a sentence."""
    return bool(_SENTENCE_END.search(text.strip()))


def is_label(block: Block) -> bool:
    """Whether a block is a short line over something: few words, no end of a sentence."""
    text = block.text.strip()
    return (
        "\n" not in text
        and 0 < count(text) <= LABEL_WORDS
        and len(text) <= 60
        and not ends_sentence(text)
    )


def is_title(block: Block) -> bool:
    """Whether a block may be a headline: one line, some words, no full stop."""
    text = block.text.strip()
    return "\n" not in text and 3 <= count(text) <= TITLE_WORDS and not text.endswith((".", "。"))


def is_prose(block: Block) -> bool:
    """Whether a block is a paragraph of running text."""
    return block.role != "table" and count(block.text) >= PARAGRAPH_WORDS


def ages(blocks: Sequence[Block]) -> set[int]:
    """Lines that give the age of something, as feeds do: "Reuters 15 min ago", "vor 2 Stunden".

    In languages we hold no units of, a short line that ends in number, word, short word
    counts if at least two lines end in the same short word and their neighbours repeat.
    """
    found: set[int] = set()
    shaped: dict[str, set[int]] = {}
    texts = [" ".join(block.text.split()) for block in blocks]
    for index, text in enumerate(texts):
        if len(text) > 90 or count(text) > 12 or ends_sentence(text):
            continue
        if _AGE.search(text):
            found.add(index)
            continue
        match = _AGE_SHAPED.match(text)
        if match and blocks[index].page is None:
            shaped.setdefault(match.group(2).casefold(), set()).add(index)
    for indexes in shaped.values():
        if len(indexes) < 2 or not any(_repeats_nearby(texts, index) for index in indexes):
            continue
        found |= indexes
    return found


def _repeats_nearby(texts: Sequence[str], index: int) -> bool:
    """Whether the line, or the headline just over it, stands again within a few blocks."""
    near = [*texts[max(0, index - 4) : index], *texts[index + 1 : index + 5]]
    above = texts[index - 1] if index else ""
    return texts[index] in near or (count(above) >= 3 and near.count(above) > 1)
