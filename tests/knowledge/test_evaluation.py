import json
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.answers.citing import cite
from knowledge.errors import UsageError
from knowledge.evaluating.evaluation import (
    Gold,
    as_json,
    compare,
    evaluate,
    judge,
    read_questions,
    report,
    table,
)
from knowledge.evaluating.evaluation_page import page
from knowledge.evaluating.intervals import exact_sign_test, mean_interval, wilson
from knowledge.types import Answer, Outcome, Query
from tests.knowledge.small_record import document

RULE = document("Relief ends after three years. Nobody may extend it.", title="Rule")
GOLD = Gold(
    "Q1",
    "When does relief end?",
    must_include=(("three years", "3 years"),),
    must_not_include=("extended",),
    evidence=(("rule.txt", "Relief ends after three years."),),
)


def answer(text: str, outcome: Outcome = Outcome.ANSWERED, *, cited: bool = True) -> Answer:
    citations = (cite(RULE, 0, 30, number=1, speaker=None),) if cited else ()
    return Answer("q", outcome, text, (), citations)


def resolve(name: str) -> frozenset[str]:
    return frozenset([RULE.entry.id]) if name == "rule.txt" else frozenset()


def found(gold: Gold, given: Answer):
    return judge(gold, given, lambda _: RULE, resolve)


def test_a_right_answer_holds_what_it_must_and_cites_its_evidence() -> None:
    judged = found(GOLD, answer("Relief ends after THREE  years. [1]"))

    assert judged.right
    assert judged.evidence_document
    assert judged.evidence_quote
    assert judged.verbatim
    assert (judged.precision, judged.recall) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (answer("Relief ends. [1]"), "lacks three years or 3 years"),
        (answer("three years, extended"), "says “extended”"),
        (answer("three years", Outcome.RELATED), "does not answer (related)"),
        (answer("three years" + " x" * 450), "has 911 characters"),
    ],
)
def test_each_fault_is_named(given: Answer, fault: str) -> None:
    judged = found(GOLD, given)
    assert not judged.right
    assert fault in judged.faults


def test_what_is_absent_must_be_refused() -> None:
    absent = Gold("Q2", "Who won?", expected="abstain")
    assert found(absent, answer("Nobody", Outcome.NOT_FOUND, cited=False)).right
    assert not found(absent, answer("Acme won")).right


def test_a_premise_counts_only_with_its_evidence_cited() -> None:
    premise = replace(GOLD, expected="correct_premise")
    corrected = replace(answer("The record contradicts this: three years"), premise="contradicted")
    assert found(premise, corrected).premise
    assert not found(premise, answer("three years")).right
    assert not found(premise, replace(corrected, citations=())).right


def test_a_quotation_that_left_its_text_is_not_verbatim() -> None:
    moved = replace(answer("three years").citations[0], start=1, end=31)
    judged = found(GOLD, replace(answer("three years"), citations=(moved,)))
    assert judged.verbatim is False


def test_figures_count_what_applies(tmp_path: Path) -> None:
    rows = [
        {"id": "A", "question": "When does relief end?", "must_include": [["three"]],
         "evidence": [{"doc_id": "rule.txt", "quote": "three years"}]},
        {"id": "B", "question": "Who won?", "answerable": False, "type": "absent"},
        {"id": "C", "question": "And then?", "history": [{"role": "user", "text": "When?"}]},
    ]  # fmt: skip
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(r) for r in rows) + "\n\n")
    asked: list[Query] = []

    def ask(query: Query) -> Answer:
        asked.append(query)
        if "won" in query.question:
            return answer("no", Outcome.NOT_FOUND, cited=False)
        return answer("three years")

    result = evaluate(read_questions(path), ask, lambda _: RULE, resolve, libraries=("x",))

    assert [j.right for j in result.judged] == [True, True, True]
    assert asked[2].history[0].text == "When?"
    assert result.figures["absent_refused"].value == 1.0
    assert result.figures["false_refusals"].value == 0.0
    assert result.figures["evidence_document"].count == 1
    assert "premise_corrected" not in result.figures
    assert "absent" in result.by_type
    assert "right" in table(result)


@pytest.mark.parametrize(
    "line", ["{", '{"id": "A"}', "[]", '{"id": "A", "question": "q", "expected": "maybe"}']
)
def test_a_bad_line_is_refused_with_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": "A", "question": "q"}\n' + line)
    with pytest.raises(UsageError, match="line 2 is no question"):
        read_questions(path)


def test_a_missing_or_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_questions(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(UsageError, match="no question in it"):
        read_questions(tmp_path / "empty.jsonl")


def test_a_drop_alarms_only_when_it_is_large_and_no_chance() -> None:
    good = [found(replace(GOLD, id=str(n)), answer("three years")) for n in range(40)]
    bad = [found(replace(GOLD, id=str(n)), answer("nothing")) for n in range(40)]
    before = json.loads(json.dumps(as_json(report(good))))

    def alarmed(now: list) -> bool:
        return any(change.alarming for change in compare(report(now), before))

    assert not alarmed(good)
    assert not alarmed(bad[:1] + good[1:])
    assert not alarmed(bad[:5] + good[5:])  # p = .0625
    assert alarmed(bad[:6] + good[6:])  # p = .03125


def test_a_baseline_that_is_no_report_is_refused() -> None:
    with pytest.raises(UsageError, match="baseline"):
        compare(report([]), {"what": 1})


def test_the_page_escapes_everything_and_needs_nothing_from_elsewhere() -> None:
    hostile = "<script>alert(1)</script>"
    judged = found(replace(GOLD, question=hostile, id=hostile), answer(hostile))
    html = page(report([judged]), title=hostile)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "http://" not in html
    assert "https://" not in html
    assert "default-src 'none'" in html


def test_intervals_are_those_of_the_textbook() -> None:
    share = wilson(8, 10)
    assert (round(share.low, 3), round(share.high, 3)) == (0.490, 0.943)
    assert wilson(0, 5).low == 0.0
    assert exact_sign_test(6, 0) == 0.03125
    assert exact_sign_test(0, 0) == 1.0
    mean = mean_interval([0.0, 1.0] * 50)
    assert mean.value == 0.5
    assert 0.38 < mean.low < 0.45 < 0.55 < mean.high < 0.62
