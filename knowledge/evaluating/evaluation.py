"""`footnote eval`: how good the answers are, on questions with known answers.

A question is one JSON object a line:

    id, question            required
    type                    any word; figures are given by type ("fact" if absent)
    expected                answer | abstain | correct_premise ("answer" if absent)
    must_include            [[a, b], [c]]: one of a, b, and c, in the answer, case apart
    must_not_include        [a, b]: none of them
    evidence                [{"doc_id", "quote"}]: a document's id (or its beginning), its
                            source's file name or url, and the words that answer
    alt_evidence_docs       documents that are as good
    history                 [{"role", "text"}], oldest first
    as_of, lang, note       optional

Right means: the text as a member sees it holds what it must, within its 900 characters
and three quotations; a false premise counts only if the contradicting evidence is cited.
`must_include` is a floor, not a judge.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import BadQuestions
from knowledge.evaluating.intervals import Share, exact_sign_test, mean_interval, wilson
from knowledge.text import fold
from knowledge.types import Answer, Citation, Document, Outcome, Query, Turn

MAX_TEXT = 900
MAX_QUOTATIONS = 3

DROP_POINTS = 0.01
"""A metric may fall by a point, by one question, or by chance (p >= .05) without an alarm."""
DROP_P = 0.05


@dataclass(frozen=True, slots=True)
class Gold:
    """A question with what a right answer is."""

    id: str
    question: str
    type: str = "fact"
    expected: str = "answer"
    must_include: tuple[tuple[str, ...], ...] = ()
    must_not_include: tuple[str, ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()
    """Pairs of document and quote."""
    alternatives: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    as_of: str | None = None


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


@dataclass(frozen=True, slots=True)
class Report:
    """All judged questions with their figures, by measure, overall and by type."""

    judged: tuple[Judged, ...]
    figures: Mapping[str, Share]
    by_type: Mapping[str, Mapping[str, Share]]


def read_questions(path: Path) -> list[Gold]:
    """Return the questions of a JSON Lines file, in order.

    Raises BadQuestions with the line's number if one is no question.
    """
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadQuestions(f"{path}: cannot be read. Give a JSON Lines file in UTF-8.") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(_gold(json.loads(line), number))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise BadQuestions(
                    f"{path}: line {number} is no question ({error}). "
                    'Each line is a JSON object with at least "id" and "question".'
                ) from error
    if not found:
        raise BadQuestions(f"{path}: there is no question in it. Write one JSON object a line.")
    return found


def _gold(row: Mapping[str, Any], number: int) -> Gold:
    expected = row.get("expected") or ("answer" if row.get("answerable", True) else "abstain")
    if expected not in ("answer", "abstain", "correct_premise"):
        raise ValueError(f"expected: {expected}")
    return Gold(
        id=str(row.get("id") or number),
        question=str(row["question"]),
        type=str(row.get("type") or "fact"),
        expected=expected,
        must_include=tuple(tuple(map(str, group)) for group in row.get("must_include") or ()),
        must_not_include=tuple(map(str, row.get("must_not_include") or ())),
        evidence=tuple((str(e["doc_id"]), str(e["quote"])) for e in row.get("evidence") or ()),
        alternatives=tuple(map(str, row.get("alt_evidence_docs") or ())),
        history=tuple(Turn(str(t["role"]), str(t["text"])) for t in row.get("history") or ()),
        as_of=row.get("as_of"),
    )


def evaluate(
    questions: Sequence[Gold],
    ask: Callable[[Query], Answer],
    document: Callable[[str], Document],
    resolve: Callable[[str], frozenset[str]],
    *,
    libraries: tuple[str, ...],
    progress: Callable[[Judged], None] | None = None,
) -> Report:
    """Ask every question once and judge the answers.

    `document` gives a cited document by id; `resolve` turns a gold document's name into
    the ids it has in this record (empty if it is not there).
    """
    judged = []
    for gold in questions:
        query = Query(gold.question, libraries, gold.history, gold.as_of)
        started = time.perf_counter()
        answer = ask(query)
        one = judge(gold, answer, document, resolve, time.perf_counter() - started)
        judged.append(one)
        if progress:
            progress(one)
    return report(judged)


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


# --- Figures -------------------------------------------------------------------------------


def report(judged: Sequence[Judged]) -> Report:
    """Return the figures of judged questions, overall and by type."""
    types = sorted({j.type for j in judged})
    return Report(
        tuple(judged),
        figures(judged),
        {t: figures([j for j in judged if j.type == t]) for t in types},
    )


def figures(judged: Sequence[Judged]) -> dict[str, Share]:
    """Return each measure that applies, with its 95 % interval (Wilson; bootstrap for means)."""
    asked = [j for j in judged if j.expected == "answer"]
    absent = [j for j in judged if j.expected == "abstain"]
    found: dict[str, Share | None] = {
        "right": _share([j.right for j in judged]),
        "answerable_right": _share([j.right for j in asked]),
        "evidence_document": _share([j.evidence_document for j in judged]),
        "evidence_quote": _share([j.evidence_quote for j in judged]),
        "verbatim": _share([j.verbatim for j in judged]),
        "citation_precision": _mean([j.precision for j in judged]),
        "citation_recall": _mean([j.recall for j in judged]),
        "absent_refused": _share([j.refused for j in absent]),
        "false_refusals": _share([j.refused for j in asked]),
        "premise_corrected": _share([j.premise for j in judged]),
    }
    return {name: share for name, share in found.items() if share is not None}


def _share(values: Sequence[bool | None]) -> Share | None:
    known = [v for v in values if v is not None]
    return wilson(sum(known), len(known)) if known else None


def _mean(values: Sequence[float | None]) -> Share | None:
    known = [v for v in values if v is not None]
    return mean_interval(known) if known else None


def table(result: Report) -> str:
    """Return the figures for a person: one line a measure, one a type, one a failure."""
    lines = [f"{'measure':<20} {'value':>6}   95 %            of"]
    for name, share in result.figures.items():
        lines.append(
            f"{name:<20} {share.value:>6.3f}   {share.low:.3f}-{share.high:.3f}   {share.count:>5}"
        )
    seconds = sorted(j.seconds for j in result.judged)
    lines.append(f"{'seconds, median':<20} {seconds[len(seconds) // 2]:>6.3f}")
    lines.append("")
    for kind, shares in result.by_type.items():
        lines.append(f"{kind:<20} {shares['right'].value:>6.3f} right of {shares['right'].count}")
    failed = [j for j in result.judged if not j.right]
    lines += ["", f"{len(failed)} not right:"] if failed else []
    lines += [f"{j.id:<10} {'; '.join(j.faults)}" for j in failed]
    return "\n".join(lines)


def as_json(result: Report) -> dict[str, Any]:
    """Return a report for `--json` and as a later run's `--baseline`."""
    return {
        "figures": {name: asdict(share) for name, share in result.figures.items()},
        "by_type": {
            kind: {name: asdict(share) for name, share in shares.items()}
            for kind, shares in result.by_type.items()
        },
        "questions": [asdict(j) for j in result.judged],
    }


# --- Against an earlier run ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One measure now and then, over the questions that both runs have."""

    measure: str
    before: float
    now: float
    questions: int
    worse: int
    better: int
    p: float
    alarming: bool


_COMPARED = ("right", "evidence_document", "verbatim")


def compare(result: Report, baseline: Mapping[str, Any]) -> list[Change]:
    """Return how measures changed since a baseline, question by question.

    Alarming is a drop of more than a point, of more than one question, with p < .05 in
    the exact sign test on the questions that differ. Raises BadQuestions if the
    baseline is no report.
    """
    try:
        before = {str(q["id"]): q for q in baseline["questions"]}
    except (KeyError, TypeError) as error:
        raise BadQuestions("The baseline is no report. Make one: footnote eval --json") from error
    changes = []
    for measure in _COMPARED:
        pairs = [
            (bool(before[j.id].get(measure)), bool(getattr(j, measure)))
            for j in result.judged
            if j.id in before
            and before[j.id].get(measure) is not None
            and getattr(j, measure) is not None
        ]
        if not pairs:
            continue
        worse = sum(was and not now for was, now in pairs)
        better = sum(now and not was for was, now in pairs)
        then, now_ = sum(w for w, _ in pairs) / len(pairs), sum(n for _, n in pairs) / len(pairs)
        p = exact_sign_test(worse, better)
        alarming = then - now_ > DROP_POINTS and worse - better > 1 and p < DROP_P
        changes.append(Change(measure, then, now_, len(pairs), worse, better, p, alarming))
    return changes
