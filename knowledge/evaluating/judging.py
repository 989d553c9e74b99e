"""One answer against what a right answer is.

Right means: the text as a member sees it holds what it must, within its 900 characters
and three quotations; a false premise counts only if the contradicting evidence is cited.
`must_include` is a floor, not a judge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.evaluating.golden import Gold
from knowledge.text import fold
from knowledge.types import Answer, Citation, Document, Outcome

MAX_TEXT = 900
MAX_QUOTATIONS = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """One question's answer, judged. None where a measure does not apply."""

    id: str
    type: str
    question: str
    expected: str
    outcome: str
    text: str
    right: bool
    evidence_document: bool | None
    """A citation comes from a document that holds the evidence."""
    evidence_quote: bool | None
    """A citation holds half of the words of an evidence quote."""
    verbatim: bool | None
    precision: float | None
    recall: float | None
    refused: bool
    premise: bool | None
    seconds: float
    cited: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def judge(
    gold: Gold,
    answer: Answer,
    document: Callable[[str], Document],
    resolve: Callable[[str], frozenset[str]],
    seconds: float = 0.0,
) -> Judged:
    """Return one answer judged against its gold."""
    refused = answer.outcome is not Outcome.ANSWERED
    faults = _faults(gold, answer)
    names = {name for name, _ in gold.evidence} | set(gold.alternatives)
    good = {id for name in names for id in resolve(name)}
    needed = [resolve(name) for name in dict.fromkeys(name for name, _ in gold.evidence)]
    cited = list(dict.fromkeys(c.document_id for c in answer.citations))
    asked = gold.expected != "abstain" and bool(gold.evidence)
    quotes = any(_covers(answer.citations, quote) for _, quote in gold.evidence)
    premise = None
    if gold.expected == "correct_premise":
        premise = answer.premise == "contradicted" and quotes
        if not premise:
            faults.append("the false premise is not corrected by its evidence")
    return Judged(
        id=gold.id,
        type=gold.type,
        question=gold.question,
        expected=gold.expected,
        outcome=str(answer.outcome),
        text=answer.text,
        right=not faults,
        evidence_document=any(id in good for id in cited) if asked else None,
        evidence_quote=quotes if asked else None,
        verbatim=_verbatim(answer.citations, document) if answer.citations else None,
        precision=sum(id in good for id in cited) / len(cited) if asked and cited else None,
        recall=sum(bool(ids & set(cited)) for ids in needed) / len(needed) if asked else None,
        refused=refused,
        premise=premise,
        seconds=seconds,
        cited=tuple(f"{c.title or c.document_id}: {c.quote}" for c in answer.citations),
        wanted=tuple(f"{name}: {quote}" for name, quote in gold.evidence),
        faults=tuple(faults),
    )


def _faults(gold: Gold, answer: Answer) -> list[str]:
    text = fold(answer.text)
    faults = [f"says “{word}”" for word in gold.must_not_include if fold(word) in text]
    if gold.expected == "abstain":
        if answer.outcome is Outcome.ANSWERED:
            faults.append("answers what the record does not hold")
        return faults
    if answer.outcome is not Outcome.ANSWERED:
        return [*faults, f"does not answer ({answer.outcome})"]
    faults += [
        f"lacks {' or '.join(g)}" for g in gold.must_include if not any(fold(w) in text for w in g)
    ]
    if len(answer.text) > MAX_TEXT:
        faults.append(f"has {len(answer.text)} characters")
    if (
        len({(c.document_id, c.start) for c in answer.citations}) > MAX_QUOTATIONS
        and answer.text.count("\n> ") > MAX_QUOTATIONS
    ):
        faults.append("has more than three quotations")
    return faults


def _covers(citations: Sequence[Citation], quote: str) -> bool:
    wanted = fold(quote).split()
    for citation in citations:
        have = fold(citation.quote)
        if " ".join(wanted) in have or have in " ".join(wanted):
            return True
        held = set(have.split())
        if sum(word in held for word in wanted) >= 0.5 * len(wanted) and len(wanted) > 3:
            return True
    return False


def _verbatim(citations: Sequence[Citation], document: Callable[[str], Document]) -> bool:
    return all(document(c.document_id).text[c.start : c.end] == c.quote for c in citations)
