"""The sample record, asked as `footnote demo` asks it."""

from pathlib import Path

import pytest

from knowledge import Outcome, Query, Record, Settings
from knowledge.cli.asking import DEMO_QUESTIONS, SAMPLE
from knowledge.samples import sample_files


@pytest.fixture(scope="module")
def record(model_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Record:
    home = tmp_path_factory.mktemp("samples")
    (home / "models").symlink_to(model_home / "models")
    opened = Record.open(Settings(home=home))
    for source in sample_files():
        opened.keeping.add(source, library=SAMPLE, actor="test")
    return opened


def test_the_party_asked_about_speaks_in_its_own_words_under_its_name(record: Record) -> None:
    answer = record.ask(Query(DEMO_QUESTIONS[0], libraries=(SAMPLE,)))

    own = [c for c in answer.citations if c.speaker == "Blockchain Association"]
    assert answer.outcome is Outcome.ANSWERED
    assert any("Securities laws regulate intermediaries." in c.quote for c in own)
    assert answer.expanded["BA"] == "Blockchain Association"
    lead = next(line for line in answer.lines if "Blockchain Association:" in line.text)
    assert lead.role == "lead"


def test_a_title_is_never_quoted_as_a_statement(record: Record) -> None:
    answer = record.ask(Query(DEMO_QUESTIONS[1], libraries=(SAMPLE,)))

    assert answer.outcome is Outcome.ANSWERED
    assert any("three years" in citation.quote for citation in answer.citations)
    assert not any(citation.quote == citation.title for citation in answer.citations)


def test_what_the_record_does_not_hold_is_not_answered(record: Record) -> None:
    answer = record.ask(Query(DEMO_QUESTIONS[2], libraries=(SAMPLE,)))

    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.citations == ()
    assert "Bank of Italy" in answer.text


def test_each_quotation_is_its_documents_text_at_its_offsets(record: Record) -> None:
    for question in DEMO_QUESTIONS:
        for citation in record.ask(Query(question, libraries=(SAMPLE,))).citations:
            text = record.document(citation.document_id, (SAMPLE,)).text
            assert text[citation.start : citation.end] == citation.quote
