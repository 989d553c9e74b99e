"""A model's draft against its sources: only what the cited sentences carry is kept. Pure.

Deterministic, without a second model: `verify(draft, sources, question)` gives every
sentence a verdict with the reasons, and renumbers the markers of those kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.drafts import checks
from knowledge.drafts.checks import Fault, Similarity
from knowledge.drafts.claims import Claim, Context, claim
from knowledge.drafts.evidence import Source
from knowledge.drafts.markers import Marker, Piece, pieces, strip


class Verdict(StrEnum):
    """What becomes of a sentence."""

    KEPT = "kept"
    MARKED = "marked"
    """Shown, with the words "not literally in the source"."""
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Judged:
    """One sentence of a draft with its verdict."""

    text: str
    """What may be shown: no markers, links or mentions. Empty if dropped."""
    raw: str
    """As the model wrote it; never to be shown but by `--explain`."""
    verdict: Verdict
    faults: tuple[Fault, ...]
    markers: tuple[Marker, ...]
    """The sentences it cites, all of which exist."""


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdicts on a draft, and the citations of what is kept."""

    sentences: tuple[Judged, ...]
    cited: tuple[Marker, ...]
    """The cited sentences in order of first use: citation n is `cited[n - 1]`."""

    @property
    def shown(self) -> tuple[Judged, ...]:
        """The sentences that may be shown, in order."""
        return tuple(s for s in self.sentences if s.verdict is not Verdict.DROPPED)

    def numbers(self, sentence: Judged) -> tuple[int, ...]:
        """Return the citation numbers of a shown sentence, ascending."""
        return tuple(sorted({self.cited.index(marker) + 1 for marker in sentence.markers}))


def verify(
    draft: str,
    sources: Sequence[Source],
    question: str,
    *,
    similarity: Similarity | None = None,
    glossary: Mapping[str, str] | None = None,
) -> Verification:
    """Judge every sentence of a draft against the sentences it cites.

    `similarity` gives cosines of one text with several; without it words alone decide.
    `glossary` maps acronyms to long forms, beside those the sources explain.
    """
    context = Context(tuple(sources), question, dict(glossary or {}))
    judged = [judge(piece, context, similarity) for piece in pieces(draft)]
    return collect(judged)


def collect(sentences: Sequence[Judged]) -> Verification:
    """Number the citations of judged sentences by first use. A repeated sentence is dropped."""
    seen: set[str] = set()
    kept: list[Judged] = []
    for sentence in sentences:
        if sentence.text and sentence.text in seen:
            fault = Fault("repeated", True, "it was said before")
            sentence = Judged("", sentence.raw, Verdict.DROPPED, (fault,), ())
        seen.add(sentence.text)
        kept.append(sentence)
    order = dict.fromkeys(
        marker for s in kept if s.verdict is not Verdict.DROPPED for marker in s.markers
    )
    return Verification(tuple(kept), tuple(order))


def judge(piece: Piece, context: Context, similarity: Similarity | None = None) -> Judged:
    """Return the verdict on one sentence of a draft."""
    found = claim(piece, context)
    if found is None:
        what = "it cites nothing" if not piece.markers else "what it cites does not exist"
        return _dropped(piece, [Fault("citation", True, what)], ())
    markers = tuple(dict.fromkeys(ground.marker for ground in found.grounds))
    faults = [fault for fault in _cheap(found) if fault]
    if not any(fault.hard for fault in faults):
        # The vectors cost most: they are asked last, and only about what passed so far.
        dear = (checks.support(found, similarity), checks.relevance(found, similarity))
        faults += [fault for fault in dear if fault]
    if any(fault.hard for fault in faults):
        return _dropped(piece, faults, markers)
    verdict = Verdict.MARKED if faults else Verdict.KEPT
    return Judged(strip(piece.text), piece.raw, verdict, tuple(faults), markers)


def _cheap(found: Claim) -> tuple[Fault | None, ...]:
    return (
        checks.instruction(found),
        checks.substance(found),
        checks.quotation(found),
        checks.figures(found),
        checks.strangers(found),
        checks.attribution(found),
        checks.polarity_kept(found),
    )


def _dropped(piece: Piece, faults: Sequence[Fault], markers: tuple[Marker, ...]) -> Judged:
    return Judged("", piece.raw, Verdict.DROPPED, tuple(faults), markers)
