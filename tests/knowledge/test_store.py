"""The record: what goes in comes out, for those who may see it."""

import os
import sqlite3
from pathlib import Path

import pytest

from knowledge.errors import Damaged, NewerFolder, UnknownDocument, UnknownLibrary, UsageError
from knowledge.storing import journal
from knowledge.storing.index import Index
from knowledge.storing.store import Store
from tests.knowledge.shelf import add, draft, open_index

LETTER = "The Harbour Association (HA) wrote on Monday.\nIt asks for a longer comment period."


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return open_index(tmp_path / "home")


def test_a_document_comes_back_as_it_went_in(index: Index) -> None:
    entry = add(index, LETTER, title="A letter", publisher="HA", date="2026-03").entry

    document = index.store.document(entry.id, ["shared"])

    assert document.text == LETTER
    assert document.entry == entry
    assert (entry.particulars.title, entry.particulars.date) == ("A letter", "2026-03")
    assert (entry.passages, entry.source, entry.library) == (2, "a.txt", "shared")
    assert [e.id for e in index.store.entries("shared")] == [entry.id]


def test_passages_are_spans_of_their_document(index: Index) -> None:
    entry = add(index, LETTER).entry
    ids = index.store.passage_ids(index.live(["shared"])[0].generation)

    passages = index.store.passages(ids, ["shared"])

    assert [passages[id].document_id for id in ids] == [entry.id] * 2
    assert all(LETTER[p.start : p.end] == p.text for p in passages.values())
    assert set(index.store.passage_terms(ids)) == set(ids)


def test_the_same_text_is_in_the_record_once_with_both_its_sources(index: Index) -> None:
    first = add(index, LETTER)
    again = add(index, LETTER)
    elsewhere = add(index, LETTER.replace(" ", "  "), source="copy.txt")

    assert (first.already, again.already, elsewhere.already) == (False, True, True)
    assert (again.further_source, elsewhere.further_source) == (False, True)
    assert elsewhere.entry.id == first.entry.id
    assert elsewhere.entry.sources == ("copy.txt",)
    assert len(index.store.entries("shared")) == 1


def test_two_libraries_share_no_ids_and_see_nothing_of_each_other(index: Index) -> None:
    mine = add(index, LETTER, library="mine").entry
    other = add(index, LETTER, library="other").entry

    assert mine.id != other.id
    with pytest.raises(UnknownDocument):
        index.store.document(other.id, ["mine"])
    with pytest.raises(UnknownDocument):
        index.store.resolve(other.id, ["mine"])
    ids = index.store.passage_ids(index.live(["other"])[0].generation)
    assert index.store.passages(ids, ["mine"]) == {}
    assert index.store.glossary(["mine"]) == index.store.glossary(["other"])


def test_an_id_may_be_shortened_while_it_is_unique(index: Index) -> None:
    ids = [add(index, f"Notice number {n} of the harbour office.").entry.id for n in range(40)]
    store = index.store

    assert store.resolve(ids[0][:10].upper(), ["shared"]) == ids[0]
    shared = next(i[0] for i in ids if sum(j[0] == i[0] for j in ids) > 1)
    with pytest.raises(UsageError, match="several documents"):
        store.resolve(shared, ["shared"])
    for wrong in ("", "%", "_", "zzzzzzzzzzzzz", "0189"):
        with pytest.raises(UnknownDocument):
            store.resolve(wrong, ["shared"])


def test_an_unknown_library_is_named(index: Index) -> None:
    with pytest.raises(UnknownLibrary, match="nowhere"):
        index.store.entries("nowhere")


def test_a_changed_text_is_never_shown(index: Index) -> None:
    entry = add(index, LETTER).entry
    with index.store.write() as connection:
        connection.execute("UPDATE documents SET text = replace(text, 'longer', 'shorter')")

    with pytest.raises(Damaged, match=entry.id):
        index.store.document(entry.id, ["shared"])


def test_filters_compare_dates_as_far_as_both_go(index: Index) -> None:
    add(index, "Told in March.", date="2026-03", publisher="Gazette")
    add(index, "Told in May.", date="2026-05-12", publisher="Herald")
    add(index, "Told at no known time.")
    store, generation = index.store, index.live(["shared"])[0].generation

    def texts(**filters: str) -> list[str]:
        ids = store.passage_ids(generation, **filters)  # type: ignore[arg-type]
        return [store.passages([id], ["shared"])[id].text for id in ids]

    assert texts(since="2026-03-15") == ["Told in March.", "Told in May."]
    assert texts(since="2026-04") == ["Told in May."]
    assert texts(until="2026") == ["Told in March.", "Told in May."]
    assert texts(publisher="gazette") == ["Told in March."]


def test_everything_is_for_its_owner_only(index: Index) -> None:
    add(index, LETTER)

    for path in [index.home, *index.home.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_folder_of_a_newer_version_is_refused(index: Index) -> None:
    index.store.close()
    with sqlite3.connect(index.store.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(NewerFolder, match="newer version"):
        Store.open(index.home)


def test_the_journal_says_who_did_what_and_cannot_be_changed(index: Index) -> None:
    entry = add(index, LETTER, title="A letter").entry

    event = journal.events(index.store)[0]

    assert (event.actor, event.verb, event.document) == ("tester", "add", entry.id)
    assert "letter" not in repr(event).lower()
    for change in ("DELETE FROM journal", "UPDATE journal SET actor = 'nobody'"):
        with pytest.raises(sqlite3.IntegrityError), index.store.write() as connection:
            connection.execute(change)


def test_reading_leaves_no_transaction_open(index: Index) -> None:
    entry = add(index, LETTER).entry
    reader = Store.open(index.home)
    reader.document(entry.id, ["shared"])
    reader.entries("shared")

    assert index.store.truncate_log(wait_seconds=0)
    assert os.path.getsize(f"{index.store.path}-wal") == 0


def test_a_text_without_words_is_refused(index: Index) -> None:
    from knowledge.errors import EmptyDocument
    from knowledge.storing.adding import Provenance

    with pytest.raises(EmptyDocument):
        index.add(draft(" \n"), Provenance("e.txt"), library="shared", model="plain", actor="t")
    assert index.store.libraries() == []
