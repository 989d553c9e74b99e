"""The words of a text as numbers: what words are found and scored by.

Every term is a 32-bit hash, so that neither the word index nor the stored terms hold
a readable word of a document. Two different terms share a number about once in
40,000 questions against 100,000 distinct terms; the harm is one wrong point of score.
"""

from __future__ import annotations

import re
import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt
import Stemmer  # type: ignore[import-not-found]  # C extension without stubs

Numbers = npt.NDArray[np.uint32]

VERSION = 1
"""Raised when the numbers of a text change: stored terms and words must then be built anew."""

_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"(?<![\w.])\d+[a-z]?(?:\.\d+[a-z]?)*(?:\([0-9a-z]{1,5}\))*", re.IGNORECASE)
_APOSTROPHE = re.compile(r"(?<=\w)['’](?:s|t|re|ve|ll|d|m)\b", re.IGNORECASE)

STOPWORDS = frozenset(
    """a about above after again against all also am an and any are as at be because been before
    being below between both but by can cannot could did do does doing down during each few for
    from further had has have having he her here hers herself him himself his how i if in into is
    it its itself just me more most must my myself no nor not now of off on once one only or other
    our ours ourselves out over own same shall she should so some such than that the their theirs
    them themselves then there these they this those through to too under until up upon us very
    was we were what when where which while who whom whose why will with within without would you
    your yours yourself yourselves""".split()  # noqa: SIM905  a list of 140 strings reads worse
)
_MIX = np.uint32(2654435761)  # Knuth's multiplicative hashing constant
_COUNTS = struct.Struct("<3I")
_local = threading.local()


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The terms of one text, in its order, repeats kept. All arrays are uint32."""

    stems: Numbers
    """English Snowball stems of the words that are no stopwords."""
    surface: Numbers
    """Neighbouring lower-case words, left out where both are stopwords."""
    codes: Numbers
    """Numbers of rules such as 4.2.1(b), shape (n, 2): as written, and without the brackets."""

    @property
    def pairs(self) -> Numbers:
        """Neighbouring stems, stopwords between them skipped."""
        return mix(self.stems[:-1], self.stems[1:])


def terms(text: str) -> Terms:
    """The terms of a text; empty arrays where it has none."""
    plain = _APOSTROPHE.sub("", text).lower()
    words = _WORD.findall(plain)
    content = [word for word in words if word not in STOPWORDS]
    surface = _hashes(words)
    stop = np.array([word in STOPWORDS for word in words], dtype=bool)
    codes = [code for code in _CODE.findall(plain) if "." in code or "(" in code]
    return Terms(
        stems=_hashes(_stemmer().stemWords(content)),
        surface=mix(surface[:-1], surface[1:])[~(stop[:-1] & stop[1:])],
        codes=np.stack(
            [_hashes(codes), _hashes([code.partition("(")[0] for code in codes])], axis=1
        ),
    )


def placed_stems(text: str) -> list[tuple[int, int, int]]:
    """(start, end, stem) of each content word of a text, in order; offsets are code points."""
    found = [
        (word.start(), word.end(), word.group().lower())
        for word in _WORD.finditer(text)
        if word.group().lower() not in STOPWORDS
    ]
    stems = _hashes(_stemmer().stemWords([word for _, _, word in found])).tolist()
    return [(start, end, stem) for (start, end, _), stem in zip(found, stems, strict=True)]


def mix(left: Numbers, right: Numbers) -> Numbers:
    """One number for each pair; order matters."""
    return (left * _MIX) ^ ((right << np.uint32(16)) | (right >> np.uint32(16)))


def encode_terms(text: str) -> bytes:
    """The terms of a text as they are stored: counts, then numbers, little-endian uint32.

    About 0.6 times the bytes of English text.
    """
    found = terms(text)
    counts = np.array([len(found.stems), len(found.surface), len(found.codes)], dtype="<u4")
    parts = (counts, found.stems, found.surface, found.codes.reshape(-1))
    return b"".join(part.astype("<u4").tobytes() for part in parts)


def decode_terms(stored: bytes) -> Terms:
    """The terms that `encode_terms` stored."""
    stems, surface, codes = _COUNTS.unpack_from(stored)
    rest = np.frombuffer(stored, dtype="<u4", offset=_COUNTS.size)
    return Terms(
        stems=rest[:stems],
        surface=rest[stems : stems + surface],
        codes=rest[stems + surface : stems + surface + 2 * codes].reshape(codes, 2),
    )


def distinct(numbers: Numbers) -> Numbers:
    """The numbers without repeats, ascending."""
    return np.unique(numbers)


def _hashes(words: Sequence[str]) -> Numbers:
    return np.fromiter((crc32(word.encode()) for word in words), dtype=np.uint32, count=len(words))


def _stemmer() -> Stemmer.Stemmer:
    # A stemmer keeps a buffer and must not be shared between threads.
    if not hasattr(_local, "stemmer"):
        _local.stemmer = Stemmer.Stemmer("english")
    stemmer: Stemmer.Stemmer = _local.stemmer
    return stemmer
