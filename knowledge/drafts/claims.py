"""A draft sentence beside the sentences it cites: what every check is given. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from knowledge.answers.glossary import learn
from knowledge.drafts import names
from knowledge.drafts.attribution import Frame, frame
from knowledge.drafts.evidence import Numbered, Source, beside, cited
from knowledge.drafts.markers import MARKER, QUOTATION, Marker, Piece, strip
from knowledge.text import fold
from knowledge.types import Entry

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})  # fmt: skip  # noqa: E501


def comparable(text: str) -> str:
    """Return a text for comparing quotations: typography, links, footnote marks and case aside."""
    plain = fold(strip(MARKER.sub("", text)).translate(_LIGATURES))
    return plain.replace("- ", "-").replace(" -", "-").replace('"', "'").replace("''", "'")


@dataclass(frozen=True)
class Context:
    """What holds for every sentence of one draft."""

    sources: Sequence[Source]
    question: str
    glossary: Mapping[str, str]
    """Acronym to long form."""

    @cached_property
    def longs(self) -> Mapping[str, str]:
        """The glossary, with what the sources themselves explain."""
        known: dict[str, str] = {}
        for source in self.sources:
            known.update(learn(source.hit.passage.text))
        return {**known, **self.glossary}

    @cached_property
    def ordinary(self) -> frozenset[str]:
        """Words that stand in lower case in a source or the question: they name nothing."""
        texts = [source.hit.passage.text for source in self.sources] + [self.question]
        return frozenset(
            names.key(word) for text in texts for word in text.split() if word[:1].islower()
        )

    @cached_property
    def known(self) -> Mapping[str, tuple[str, ...]]:
        """Per document, all words that the hits hold of it, as of `names.key`, in order."""
        found: dict[str, tuple[str, ...]] = {}
        for source in self.sources:
            words = tuple(names.keys(source.hit.passage.text))
            found[source.hit.entry.id] = (*found.get(source.hit.entry.id, ()), *words)
        return found


@dataclass(frozen=True)
class Ground:
    """One cited sentence with its document."""

    marker: Marker
    sentence: Numbered
    previous: Numbered | None
    following: Numbered | None
    """The next sentence of the same paragraph."""
    entry: Entry

    @cached_property
    def keys(self) -> list[str]:
        """Its words as of `names.key`."""
        return names.keys(self.sentence.text)

    @cached_property
    def frame(self) -> Frame | None:
        """Its own attribution, as when it reports what another said."""
        return frame(self.sentence.text)

    @cached_property
    def widened(self) -> bool:
        """True if a pronoun or a generic name in it stands for a name elsewhere."""
        words = fold(self.sentence.text).split()
        if any(word.strip(".,;:\"'()") in names.PRONOUNS for word in words):
            return True
        return bool(set(self.keys) & GENERIC)


GENERIC = frozenset(
    [
        "company",
        "commission",
        "staff",
        "agency",
        "bank",
        "board",
        "bureau",
        "department",
        "committee",
        "association",
        "division",
        "corporation",
        "registrant",
        "fund",
        "council",
        "institute",
        "chamber",
        "office",
        "authority",
        "act",
        "bill",
        "we",
        "our",
    ]
)


@dataclass(frozen=True)
class Claim:
    """One draft sentence with what it cites; `grounds` is never empty."""

    piece: Piece
    text: str
    """The sentence without markers, links and mentions."""
    grounds: tuple[Ground, ...]
    context: Context

    @cached_property
    def frame(self) -> Frame | None:
        """Who is said to say it, to whom."""
        return frame(self.text)

    @cached_property
    def content(self) -> str:
        """What is said, without the attribution around it."""
        around = self.frame
        return self.text[around.content : around.stop] if around else self.text

    @cached_property
    def quotations(self) -> tuple[tuple[int, int, str], ...]:
        """Start, end and inner words of what stands in quotation marks."""
        return tuple(
            (found.start(), found.end(), found.group(0)[1:-1])
            for found in QUOTATION.finditer(self.text)
        )

    @cached_property
    def ground_text(self) -> str:
        """All cited sentences, each a line."""
        return " \n".join(ground.sentence.text for ground in self.grounds)

    def quoted(self, at: int) -> bool:
        """True if the character at `at` stands in quotation marks."""
        return any(start <= at < end for start, end, _ in self.quotations)


def claim(piece: Piece, context: Context) -> Claim | None:
    """Return a draft sentence with the sentences it cites, or None if it cites none that exist.

    A marker that names only a hit stands for the sentence of it that shares most words
    with the draft's: it is checked like any other.
    """
    grounds: list[Ground] = []
    for marker in piece.markers:
        full = marker if marker.sentence else _closest(marker, piece.text, context)
        sentence = cited(context.sources, full) if full else None
        if full and sentence:
            entry = context.sources[full.hit - 1].hit.entry
            previous, following = beside(context.sources, full)
            passage = context.sources[full.hit - 1].hit.passage
            if (
                following
                and "\n\n"
                in passage.text[sentence.end - passage.start : following.start - passage.start]
            ):
                following = None
            grounds.append(Ground(full, sentence, previous, following, entry))
    if not grounds:
        return None
    return Claim(piece, strip(piece.text), tuple(grounds), context)


def _closest(marker: Marker, text: str, context: Context) -> Marker | None:
    if not 1 <= marker.hit <= len(context.sources):
        return None
    words = set(names.keys(text))
    held = context.sources[marker.hit - 1].sentences
    shared = [len(words & set(names.keys(sentence.text))) for sentence in held]
    if not shared or not max(shared):
        return None
    return Marker(marker.hit, shared.index(max(shared)) + 1)
