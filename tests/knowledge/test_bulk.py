"""Many passages into a record for an evaluation, by a run that is cut off and taken up again."""

import gzip
import json
from pathlib import Path

import pytest

from knowledge import Query, Record, Settings
from tests.evaluations import bulk

SOURCES = {"agency/rule-a.xml": 20, "other/rule-b.xml": 10}


@pytest.fixture
def passages(tmp_path: Path) -> Path:
    path = tmp_path / "passages.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        for source, count in SOURCES.items():
            for number in range(count):
                text = f"Paragraph {number} of {source} is about colour {number * 7}."
                lines.write(json.dumps({"doc": source, "text": text}) + "\n")
    return path


def test_a_run_that_stopped_is_taken_up_again_and_loses_no_passage(
    home: Path, passages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "PASSAGES_A_DOCUMENT", 8)
    said: list[str] = []

    with Record.open(Settings(home=home)) as record:
        first = bulk.add_passages(record, passages, "many", stop=10, say=said.append)
    with Record.open(Settings(home=home)) as record:
        second = bulk.add_passages(record, passages, "many", say=said.append)
        third = bulk.add_passages(record, passages, "many", say=said.append)
        entries = record.entries("many")
        hits = record.retrieve(Query("Which paragraph is about colour 91?", ("many",)), k=3)

    assert (first, second, third) == (16, 14, 0)
    assert [entry.passages for entry in entries] == [8, 8, 4, 8, 2]
    assert {e.particulars.publisher for e in entries} == {"agency", "other"}
    assert hits[0].passage.text == "Paragraph 13 of agency/rule-a.xml is about colour 91."
    assert len(said) == 5
