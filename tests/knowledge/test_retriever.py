"""The record inside a LangChain chain."""

from pathlib import Path

from knowledge import Record, Settings
from knowledge.samples import sample_files


def test_a_chain_gets_passages_verbatim_with_their_places(home: Path) -> None:
    from knowledge.searching.retriever import RecordRetriever

    with Record.open(Settings(home=home)) as record:
        for source in sample_files():
            record.keeping.add(source, library="sample", actor="test")
        retriever = RecordRetriever(record=record, libraries=("sample",), k=3)

        found = retriever.invoke("Who must authorize a tokenized share?")

        assert 1 <= len(found) <= 3
        for one in found:
            place = one.metadata
            text = record.document(place["document_id"], ("sample",)).text
            assert text[place["start"] : place["end"]] == one.page_content
        assert "authorize" in found[0].page_content


def test_a_chain_reads_no_other_library(home: Path) -> None:
    from knowledge.searching.retriever import RecordRetriever

    with Record.open(Settings(home=home)) as record:
        record.keeping.add(sample_files()[0], library="sample", actor="test")

        assert RecordRetriever(record=record, libraries=("shared",)).invoke("the SEC") == []
