"""Characters that a reader cannot see, taken out of the text and reported.

Zero-width and bidirectional controls split words that search should find, and they hide
instructions from people. Joiners stay where writing needs them (Persian, Indic scripts,
composed emoji). Deprecated tag characters spell ASCII invisibly: what they spell is kept
aside. (Unicode 17, chapter 23, "Special Areas and Format Characters".)
"""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_BREAKS = re.compile("[\u2028\u2029\u0085\x0b\x0c]")
# Half of a surrogate pair is no character: nothing can store or show it.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_COMPATIBILITY = re.compile("[\ufb00-\ufb4f\ufb50-\ufdff\ufe70-\ufefe]")
_TAGGED_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")


def tidy_text(text: str) -> tuple[str, int, str]:
    """The text as a reader sees it, how many invisible characters went, and what tags spelled."""
    if text.isascii():
        return _CONTROL.sub("", text), 0, ""
    text = text.replace("\u00ad", "")
    text = _SPACES.sub(" ", _BREAKS.sub("\n", text))
    text = _COMPATIBILITY.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    text = _CONTROL.sub("", unicodedata.normalize("NFC", text))
    if _INVISIBLE.search(text) is None:
        return text, 0, ""
    flags = {match.start(): match.end() for match in _TAGGED_FLAG.finditer(text)}
    kept: list[str] = []
    secret: list[str] = []
    removed, protected = 0, 0
    for position, character in enumerate(text):
        if position in flags:
            protected = flags[position]
        joiner = character in "\u200c\u200d" and kept and _joins(kept[-1])
        if joiner or position < protected or not _INVISIBLE.match(character):
            kept.append(character)
        else:
            removed += 1
            if 0xE0020 <= ord(character) <= 0xE007E:
                secret.append(chr(ord(character) - 0xE0000))
    return "".join(kept), removed, "".join(secret)


def one_line(text: str) -> str:
    """A title or name on one line: no controls, no breaks, no direction marks."""
    return " ".join(tidy_text(text)[0].split())


def _joins(character: str) -> bool:
    """Whether a joiner means something after it: an Arabic or Indic letter, an emoji."""
    code = ord(character)
    return 0x0600 <= code <= 0x0FFF or code in (0xFE0F, 0x2640, 0x2642) or code >= 0x1F000
