"""Questions while the record changes under them."""

from pathlib import Path

import pytest

from knowledge import Query, Record, Settings
from knowledge.asking import ASKED_AGAIN
from knowledge.errors import DamagedDocument, UnknownDocument
from knowledge.samples import sample_files
from knowledge.searching import retrieval
from knowledge.types import Hit

QUESTION = Query("What did the BA tell the SEC?", libraries=("sample",))


def test_what_is_removed_between_being_found_and_being_read_is_not_quoted(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    retrieve = retrieval.retrieve
    with Record.open(Settings(home=home)) as record:
        for source in sample_files():
            record.keeping.add(source, library="sample", actor="test")
        first = record.ask(QUESTION).citations[0].document_id

        def and_remove(*given: object, **more: object) -> list[Hit]:
            hits = retrieve(*given, **more)  # type: ignore[arg-type]
            if first in {entry.id for entry in record.entries("sample")}:
                assert first in {hit.entry.id for hit in hits}
                record.keeping.remove([first], library="sample", actor="test")
            return hits

        monkeypatch.setattr(retrieval, "retrieve", and_remove)
        answer = record.ask(QUESTION)

        assert first not in {citation.document_id for citation in answer.citations}
        assert answer.searched is None or answer.searched.documents == len(sample_files()) - 1


def test_a_record_that_loses_what_it_finds_every_time_says_so(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Record.open(Settings(home=home)) as record:
        record.keeping.add(sample_files()[0], library="sample", actor="test")

        def gone(*_given: object) -> None:
            raise UnknownDocument("abc: no document has that id.")

        monkeypatch.setattr(record._store, "texts", gone)

        with pytest.raises(UnknownDocument, match="no document"):
            record.ask(QUESTION)


def test_a_damaged_document_is_left_out_and_the_others_answer(home: Path) -> None:
    with Record.open(Settings(home=home)) as record:
        for source in sample_files():
            record.keeping.add(source, library="sample", actor="test")
        whole = record.ask(QUESTION)
        first = whole.citations[0].document_id
        with record._store.write() as connection:
            connection.execute("UPDATE documents SET text = 'other' WHERE id = ?", (first,))

        answer = record.ask(QUESTION)

        assert "damaged" not in whole.text
        assert first not in {c.document_id for c in (*answer.citations, *answer.related)}
        assert "damaged, not read: 1" in answer.lines[-1].text


def test_where_more_are_damaged_than_are_left_out_the_last_one_is_named(home: Path) -> None:
    with Record.open(Settings(home=home)) as record:
        for source in sample_files():
            record.keeping.add(source, library="sample", actor="test")
        assert len(record.entries("sample")) > ASKED_AGAIN
        with record._store.write() as connection:
            connection.execute("UPDATE documents SET text = 'other'")

        with pytest.raises(DamagedDocument, match="footnote remove"):
            record.ask(QUESTION)
