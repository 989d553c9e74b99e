"""Reports and gaps of a server, as questions that can be asked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.__main__ import _main
from bot.state import State
from knowledge.evaluating.golden import read_questions

SERVER, OTHER = 50, 51


def test_reports_and_gaps_become_golden_questions_without_their_senders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    state = State(tmp_path)
    state.report(SERVER, "gap", 70001, "What did “Harbour & Sons” say?", "gap", "", None)
    state.report(SERVER, "report", 70002, "Who pays the toll?", "wrong_source", "see p. 3", "k")
    state.report(SERVER, "gap", 70003, "who pays the  TOLL", "gap", "", None)
    state.report(OTHER, "gap", 70004, "What is kept elsewhere?", "gap", "", None)
    sender = state.person(70001)
    state.close()
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))

    assert _main(["--gaps", str(SERVER)]) == 0

    written = capsys.readouterr().out
    (tmp_path / "golden.jsonl").write_text(written, encoding="utf-8")
    golden = read_questions(tmp_path / "golden.jsonl")
    assert [(g.question, g.type, g.expected) for g in golden] == [
        ("What did “Harbour & Sons” say?", "gap", "answer"),
        ("Who pays the toll?", "report", "answer"),
    ]
    assert "wrong_source; see p. 3" in written
    assert sender not in written
    assert "7000" not in written


def test_a_folder_where_no_bot_ran_is_one_plain_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    assert _main(["--gaps", "1"]) == 1
    assert "no bot has run here" in capsys.readouterr().err
