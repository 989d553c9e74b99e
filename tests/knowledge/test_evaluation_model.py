"""`footnote eval --mode model`: written answers judged like quotations, against a real server."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from knowledge.cli import app
from tests.knowledge.drafts import LETTER, RULE
from tests.model_server import ModelServer, Script


def quote_what_was_given(body: dict[str, Any]) -> str:
    """Quote each numbered sentence of the prompt that answers, and add an invention."""
    given = "\n".join(str(message["content"]) for message in body["messages"])
    wanted = re.findall(
        r"\[(\d+\.\d+)\] ([^\n]*(?:asks the Reserve Office|seven years)[^\n]*)", given
    )
    sentences = [f"{words.strip()} [{mark}]" for mark, words in wanted[:1]]
    return "\n".join([*sentences, f"Ninety dragons agreed. [{wanted[0][0]}]" if wanted else ""])


def test_written_answers_are_judged_like_quotations(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    golden = [
        {
            "id": "delay",
            "question": "What does the Harbour Lending Council ask the Reserve Office to delay?",
            "must_include": [["Rule 12.4(b)"], ["1 March 2027"]],
            "must_not_include": ["dragons"],
            "evidence": [{"doc_id": "letter", "quote": "asks the Reserve Office to delay Rule"}],
        },
        {
            "id": "keep",
            "question": "How long must a lender keep its ledger?",
            "must_include": [["seven years"]],
            "must_not_include": ["dragons"],
            "evidence": [{"doc_id": "rule", "quote": "must keep its ledger for seven years."}],
        },
        {
            "id": "absent",
            "question": "What did the Bank of Utopia write about whales?",
            "expected": "abstain",
        },
    ]
    questions = tmp_path / "golden.jsonl"
    questions.write_text("\n".join(map(json.dumps, golden)), encoding="utf-8")
    for name, text in (("letter.txt", LETTER), ("rule.txt", RULE)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    baseline, page = tmp_path / "baseline.json", tmp_path / "report.html"

    with ModelServer() as server:
        server.script(Script(quote_what_was_given))
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("FOOTNOTE_HOME", str(home))
        monkeypatch.setenv("CHAT_MODEL", "openai:test-model")
        monkeypatch.setenv("CHAT_BASE_URL", server.base_url("openai"))
        monkeypatch.setenv("CHAT_API_KEY", "sk-not-to-be-seen")
        run = CliRunner().invoke
        added = run(app, ["add", "letter.txt", "--author", "Harbour Lending Council"])
        assert added.exit_code == 0, added.output
        assert run(app, ["add", "rule.txt"]).exit_code == 0
        options = ["--mode", "model", "--json", "--html", str(page)]
        written = run(app, ["eval", str(questions), *options])
        asked = len(server.requests)

    report = json.loads(written.stdout)
    assert report["figures"]["right"]["value"] == 1.0, written.stdout
    assert report["figures"]["verbatim"]["value"] == 1.0
    assert report["figures"]["absent_refused"]["value"] == 1.0
    # Nothing is sent where the record does not answer.
    assert asked == 2
    told = {q["id"]: q["text"] for q in report["questions"]}
    assert "Lending Council asks" in told["delay"]
    assert "dragons" not in written.stdout
    assert "<script" not in page.read_text(encoding="utf-8")
    baseline.write_text(written.stdout, encoding="utf-8")
    assert "sk-not-to-be-seen" not in written.output + baseline.read_text(encoding="utf-8")
