"""Indexes in step with the record: fresh for readers, one writer, whole or not at all."""

import gc
import multiprocessing
import os
import threading
from pathlib import Path

import pytest

from knowledge.errors import Busy, UnknownDocument
from knowledge.storing import generations, steps
from knowledge.storing.handles import OPEN_HANDLES
from knowledge.storing.index import Index
from tests.knowledge.shelf import add, ask, open_index

TEXTS = [f"Notice {n} of the harbour office concerns berth {n * 7}." for n in range(6)]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return open_index(tmp_path / "home")


def counts_agree(index: Index, library: str = "shared") -> bool:
    """Whether store, vectors and words hold the same passages."""
    for live in index.live([library]):
        ids = set(index.store.passage_ids(live.generation))
        if not ids == live.vectors.ids() == live.words.ids():
            return False
    return True


def test_a_document_answers_from_the_moment_add_returns(index: Index) -> None:
    for text in TEXTS:
        add(index, text)

        assert ask(index, text)[0].text == text
    assert counts_agree(index)


def test_another_reader_sees_a_document_without_being_reopened(index: Index) -> None:
    reader = open_index(index.home)
    add(index, TEXTS[0])
    assert ask(reader, TEXTS[0])[0].text == TEXTS[0]

    entry = add(index, TEXTS[1]).entry
    assert ask(reader, TEXTS[1])[0].text == TEXTS[1]

    index.remove([entry.id], library="shared", actor="tester")
    assert [p.text for p in ask(reader, TEXTS[1])] == [TEXTS[0]]


def test_two_writers_take_turns(index: Index) -> None:
    other = open_index(index.home)
    for n, text in enumerate(TEXTS):
        add((index, other)[n % 2], text)

    assert {p.text for p in ask(index, TEXTS[0], k=10)} == set(TEXTS)
    assert counts_agree(index)
    assert counts_agree(other)


def test_whoever_waits_too_long_reads_who_is_writing(index: Index) -> None:
    holder = Index(index.store, index.encoders, index.making, command="footnote reindex")
    ready, done = threading.Event(), threading.Event()

    def hold() -> None:
        with holder.writing():
            ready.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    ready.wait(10)
    try:
        impatient = open_index(index.home, wait_seconds=0.05)
        with pytest.raises(Busy, match=r"footnote reindex, process \d+ on .+ --wait"):
            add(impatient, TEXTS[0])
    finally:
        done.set()
        thread.join()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_note_that_cannot_be_written_stops_nothing(index: Index) -> None:
    entry = add(index, TEXTS[0]).entry
    note = index.home / "lock.holder"
    note.unlink()
    note.symlink_to("/dev/full")

    index.remove([entry.id], library="shared", actor="tester")
    assert not index.store.entries("shared")


def _add_many(home: Path, texts: list[str]) -> None:
    index = open_index(home, wait_seconds=60)
    for text in texts:
        add(index, text)


def test_the_same_document_added_by_four_processes_is_there_once(index: Index) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_add_many, args=(index.home, TEXTS[:2])) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert [p.exitcode for p in processes] == [0] * 4
    assert len(index.store.entries("shared")) == 2
    assert counts_agree(index)


def test_unchanged_text_is_not_embedded_again(index: Index) -> None:
    encoder = index.encoders.of_setting("plain")
    add(index, "One line.\nAnother line.")
    add(index, "One line.\nA third line.")
    index.remove(
        [e.id for e in index.store.entries("shared")][:1], library="shared", actor="tester"
    )

    assert encoder.embedded == ["One line.", "Another line.", "A third line."]  # type: ignore[attr-defined]


def test_removal_takes_everything_but_what_another_document_shares(index: Index) -> None:
    first = add(index, "One line.\nAnother line.").entry
    second = add(index, "One line.\nA third line.", source="b.txt").entry

    removed = index.remove([first.id], library="shared", actor="tester")

    assert ([e.id for e in removed.entries], removed.finished) == ([first.id], True)
    assert [e.id for e in index.store.entries("shared")] == [second.id]
    with pytest.raises(UnknownDocument):
        index.store.document(first.id, ["shared"])
    assert index.store.value("SELECT count(*) FROM embeddings") == 2
    assert len(list((index.home / "originals").glob("*/*"))) == 1
    assert counts_agree(index)
    live = generations.live(index.store, "shared")
    assert live is not None
    folders = sorted(p.name for p in generations.folder(index.home, live).iterdir())
    assert folders == [f"v{live.vectors}", f"w{live.words}"]


def test_a_dry_run_tells_what_would_go_and_takes_nothing(index: Index) -> None:
    entry = add(index, "One line.\nAnother line.").entry

    seen = index.remove([entry.id], library="shared", actor="tester", dry_run=True)

    assert (len(seen.entries), seen.passages, seen.originals) == (1, 2, 1)
    assert ask(index, "Another line.")


def test_removing_an_unknown_id_removes_nothing_at_all(index: Index) -> None:
    entry = add(index, TEXTS[0]).entry

    with pytest.raises(UnknownDocument):
        index.remove([entry.id, "abcdefghijkl"], library="shared", actor="tester")
    assert index.store.entries("shared")


class Stopped(BaseException):
    """As if the process had been killed at a step."""


ADD_STEPS = [
    "add:begun",
    "add:original-kept",
    "add:rows-written",
    "add:embedded",
    "add:vectors-written",
    "add:words-written",
    "add:fingerprints-written",
    "add:visible-not-committed",
]


@pytest.mark.parametrize("name", ADD_STEPS)
def test_an_addition_that_fails_anywhere_leaves_nothing(
    index: Index, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(index, TEXTS[0])

    def stop(step: str) -> None:
        if step == name:
            raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(steps, "step", stop)
        with pytest.raises(Stopped):
            add(index, TEXTS[1], source="b.txt")

    assert [p.text for p in ask(index, TEXTS[1])] == [TEXTS[0]]
    assert counts_agree(index)
    assert index.store.value("SELECT count(*) FROM pending") == 0
    assert index.store.value("SELECT count(*) FROM embeddings") == 1
    assert len(list((index.home / "originals").glob("*/*"))) == 1
    add(index, TEXTS[1], source="b.txt")
    assert ask(index, TEXTS[1])[0].text == TEXTS[1]


def test_many_libraries_take_few_descriptors(index: Index) -> None:
    libraries = [f"library-{n}" for n in range(14)]
    for name in libraries:
        add(index, TEXTS[0], library=name)
    for name in libraries[:OPEN_HANDLES]:
        assert ask(index, TEXTS[0], name)
    few = len(os.listdir("/proc/self/fd"))

    gc.disable()  # the collector comes by or not: descriptors must not wait for it
    try:
        for name in libraries * 4:
            assert ask(index, TEXTS[0], name)[0].text == TEXTS[0]
        many = len(os.listdir("/proc/self/fd"))
    finally:
        gc.enable()

    assert many <= few + 80  # the four that were replaced last
