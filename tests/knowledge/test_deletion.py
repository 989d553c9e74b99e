"""Deletion is real: no byte of a removed document is left anywhere in the data folder."""

import gzip
import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoding.terms import terms
from knowledge.storing import removing
from knowledge.storing.index import Index
from tests.knowledge.shelf import add, ask, open_index

SECRET = "Quorvexil Brandywither settled the zanzitropic dispute.\nIt paid 48151623 doubloons."
TITLE = "Xylograph of Thurmaston"
SHARED = "This line stands in both documents."
NEEDLES = ("Quorvexil", "Brandywither", "zanzitropic", "48151623", "Xylograph", "quiet-name.txt")
HOUR = "Another document of the harbour office.\n" + SHARED


@pytest.fixture
def index(tmp_path: Path) -> Index:
    index = open_index(tmp_path / "home")
    for n in range(5):
        add(index, f"Notice {n} of the harbour office.", source=f"{n}.txt")
    add(index, HOUR, source="other.txt")
    return index


def put_secret(index: Index) -> str:
    entry = add(index, f"{SECRET}\n{SHARED}", title=TITLE, source="quiet-name.txt").entry
    return entry.id


def needles(index: Index, id: str) -> dict[str, list[bytes]]:
    """What must not be left: words in UTF-8 and UTF-16, ids, vectors, by name."""
    found = {word: [word.encode(), word.encode("utf-16-le")] for word in NEEDLES}
    ids, matrix = index.store.vectors(
        "".join(live.card.key for live in index.live(["shared"])),
        [row[0] for row in index.store.rows("SELECT id FROM passages WHERE text != ?", (SHARED,))],
    )
    texts = {row[0]: row[1] for row in index.store.rows("SELECT id, text FROM passages")}
    for passage, row in zip(ids, matrix, strict=True):
        if texts[passage] in SECRET:
            found[f"id of {texts[passage][:10]}"] = [passage.encode()]
            found[f"vector of {texts[passage][:10]}"] = [row.astype("<f4").tobytes()]
    return found


def places(home: Path, needles: list[bytes]) -> list[str]:
    """The files that hold one of these byte strings, archives unpacked."""
    held = []
    for path in sorted(home.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            if path.suffix == ".gz":
                data = gzip.decompress(data)
            if any(needle in data for needle in needles):
                held.append(path.relative_to(home).as_posix())
    return held


def rows_that_say(home: Path, words: tuple[str, ...]) -> Iterator[str]:
    """The tables that hold one of these words in any column."""
    with closing(sqlite3.connect(home / "record.sqlite3")) as connection:
        names = [
            r[0] for r in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for name, word in itertools.product(names, words):
            for row in connection.execute(f'SELECT * FROM "{name}"'):
                if any(word.lower() in str(value).lower() for value in row):
                    yield f"{name}: {word}"


def test_no_byte_word_or_vector_of_a_removed_document_is_left(index: Index) -> None:
    id = put_secret(index)
    index.reindex("shared", model="plain", actor="tester")
    (index.home / "backups").mkdir(mode=0o700)
    index.backup(index.home / "backups" / "before-an-upgrade.tar.gz")
    sought = needles(index, id)
    assert len(sought) > len(NEEDLES) + 2
    for name, some in sought.items():
        assert places(index.home, some), f"{name} was never there, so the test proves nothing"
    assert {line.split(":")[0] for line in rows_that_say(index.home, NEEDLES)} >= {"documents"}
    words = [number for word in NEEDLES for number in terms(word).stems.tolist()]

    removed = index.remove([id], library="shared", actor="tester")

    assert removed.finished
    assert removed.backups == ("before-an-upgrade.tar.gz",)
    for name, some in sought.items():
        assert places(index.home, some) == [], name
    assert list(rows_that_say(index.home, NEEDLES)) == []
    live = index.live(["shared"])[0]
    stems = np.array(words[:3], dtype=terms("word").stems.dtype)
    assert live.words.search(stems, 5) == []
    index.rollback("shared", actor="tester")
    assert all(passage.text not in SECRET for passage in ask(index, SECRET, k=20))
    assert index.live(["shared"])[0].words.search(stems, 5) == []
    for name, some in sought.items():
        assert places(index.home, some) == [], name
    assert ask(index, SHARED)[0].text == SHARED


def test_former_versions_go_with_their_document(index: Index) -> None:
    from knowledge.storing.adding import Provenance
    from tests.knowledge.shelf import draft

    id = put_secret(index)
    newer = index.add(
        draft("The dispute is settled."),
        Provenance("page", original=b"The dispute is settled."),
        library="shared",
        model="plain",
        actor="tester",
        instead_of=id,
    ).entry
    assert index.store.document(id, ["shared"]).entry.replaced_by == newer.id
    assert all(passage.document_id != id for passage in ask(index, SECRET, k=20))

    removed = index.remove([newer.id], library="shared", actor="tester")

    assert removed.versions == 1
    assert list(rows_that_say(index.home, NEEDLES)) == []
    assert places(index.home, [b"zanzitropic"]) == []


def test_a_busy_reader_puts_the_end_off_until_the_next_start(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "LOG_WAIT_SECONDS", 0.1)
    id = put_secret(index)
    with closing(sqlite3.connect(index.store.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM documents").fetchone()
        removed = index.remove([id], library="shared", actor="tester")
        assert not removed.finished
        assert "record.sqlite3-wal" in places(index.home, [b"zanzitropic"])
        reader.execute("COMMIT")

    said = open_index(index.home).recover()

    assert said == ["Finished: emptying the log after a removal."]
    assert places(index.home, [b"zanzitropic"]) == []


def test_in_a_large_library_vectors_wait_for_a_purge(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "REBUILD_BELOW", 3)
    id = put_secret(index)
    vectors = [v for name, some in needles(index, id).items() if "vector" in name for v in some]

    removed = index.remove([id], library="shared", actor="tester")

    assert removed.waiting == removing.waiting(index.store) == 3
    assert places(index.home, [b"zanzitropic"]) == []
    assert places(index.home, vectors)
    assert all(passage.text not in SECRET for passage in ask(index, SECRET, k=20))
    purged = index.remove([], library="shared", actor="tester", purge=True)
    assert purged.waiting == 0
    assert places(index.home, vectors) == []
