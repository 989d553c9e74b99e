"""`footnote eval`: how good the answers are, on questions with known answers (`golden`).

Every question is asked once and its answer judged (`judging`); figures are given over all
questions and by type, and compared with those of an earlier run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from knowledge.errors import BadQuestions
from knowledge.evaluating.golden import Gold as Gold
from knowledge.evaluating.golden import read_questions as read_questions
from knowledge.evaluating.intervals import Share, exact_sign_test, mean_interval, wilson
from knowledge.evaluating.judging import Judged as Judged
from knowledge.evaluating.judging import judge as judge
from knowledge.types import Answer, Document, Query

DROP_POINTS = 0.01
"""A metric may fall by a point, by one question, or by chance (p >= .05) without an alarm."""
DROP_P = 0.05


@dataclass(frozen=True, slots=True)
class Report:
    """All judged questions with their figures, by measure, overall and by type."""

    judged: tuple[Judged, ...]
    figures: Mapping[str, Share]
    by_type: Mapping[str, Mapping[str, Share]]


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
