"""What the doctor finds, and what it can mend from the record alone."""

import contextlib
import hashlib
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from knowledge.errors import Damaged, KnowledgeError
from knowledge.storing import fingerprints, generations, mending
from knowledge.storing.index import Index
from tests.knowledge.shelf import add, ask, open_index

TEXTS = [f"Notice {n} of the harbour office.\nIt concerns berth {n * 7}." for n in range(5)]
QUESTION = "It concerns berth 21."


@pytest.fixture
def index(tmp_path: Path) -> Index:
    index = open_index(tmp_path / "home")
    for n, text in enumerate(TEXTS):
        add(index, text, source=f"{n}.txt")
    return index


def bad(index: Index) -> list[str]:
    return [finding.check for finding in index.doctor() if finding.bad]


def test_a_healthy_record_is_found_healthy(index: Index) -> None:
    findings = index.doctor()

    assert [f.text for f in findings if f.level != "fine"] == []
    assert {f.check for f in findings} >= {"schema", "texts", "originals", "index", "permissions"}


def delete(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(bytes(data))


def derived(index: Index) -> list[str]:
    base = index.home / "libraries"
    return sorted(
        p.relative_to(base).as_posix()
        for p in base.rglob("*")
        if p.is_file() and p.stat().st_size and not p.name.endswith(".lock")
    )


HARMS = [delete, empty, truncate, flip]


@pytest.mark.parametrize("first", range(4))
def test_a_damaged_file_of_an_index_is_mended_and_never_answers_wrong(
    index: Index, first: int
) -> None:
    """Each file in one of four ways; tests/faults/run.py does each in all four."""
    live = generations.live(index.store, "shared")
    assert live is not None
    mending.renew(index, live, verb="repair")  # one segment of words from here on
    index.close()
    names = derived(index)
    for place in range(first, len(names), 4):
        path = index.home / "libraries" / derived(index)[place]
        HARMS[(place + place // 4) % 4](path)
        process = open_index(index.home)
        for passage in ask(process, QUESTION):
            document = process.store.document(passage.document_id, ["shared"])
            assert document.text[passage.start : passage.end] == passage.text
        process.repair(actor="tester")
        assert bad(process) == [], path.name
        assert ask(process, QUESTION)[0].text == QUESTION, path.name
        process.close()


def test_damage_is_found_by_the_hash_of_an_older_record(index: Index) -> None:
    live = generations.live(index.store, "shared")
    assert live is not None
    known = fingerprints.stored(index.store, live)
    base = generations.folder(index.home, live)
    with index.store.write() as connection:
        for one in known.values():
            older = hashlib.blake2b((base / one.path).read_bytes(), digest_size=16).digest()
            connection.execute(
                "UPDATE fingerprints SET hash = ? WHERE path = ? AND hash != x''",
                (older, one.path),
            )
    assert fingerprints.stored(index.store, live) != known
    assert fingerprints.differences(index.store, live) == []

    harmed = max((one for one in known.values() if one.hash), key=lambda one: one.size)
    flip(base / harmed.path)

    assert fingerprints.differences(index.store, live) == [harmed.path]


def test_a_start_after_damage_builds_the_index_again_by_itself(index: Index) -> None:
    index.close()
    shutil.rmtree(index.home / "libraries")

    assert ask(open_index(index.home), QUESTION)[0].text == QUESTION
    assert bad(open_index(index.home)) == []


def test_a_damaged_original_is_named_and_an_orphan_is_deleted(index: Index) -> None:
    kept = sorted((index.home / "originals").glob("*/*"))
    flip(kept[0])
    orphan = index.home / "originals" / "00" / ("0" * 64)
    orphan.parent.mkdir(exist_ok=True, mode=0o700)
    orphan.touch(0o600)

    found = [f.text for f in index.doctor() if f.check == "originals"]
    assert any(kept[0].name in text for text in found)
    assert any("belong to no document" in text for text in found)
    index.repair(actor="tester")

    assert not orphan.exists()
    assert bad(index) == ["originals"]


def test_damaged_rows_are_found(index: Index) -> None:
    with index.store.write() as connection:
        connection.execute(
            "UPDATE documents SET text = replace(text, 'berth', 'girth') WHERE number = 1"
        )
        connection.execute("UPDATE passages SET text = 'never written' WHERE document = 2")
        connection.execute("UPDATE embeddings SET vector = zeroblob(128) WHERE number = 3")

    assert {"texts", "vectors"} <= set(bad(index))
    index.repair(actor="tester")

    left = [f for f in index.doctor() if f.bad]
    assert [f.check for f in left] == ["texts"]
    id = index.store.entries("shared")[0].id
    assert id in left[0].text
    with pytest.raises(Damaged):
        index.store.document(id, ["shared"])
    assert "never written" not in {p.text for p in ask(index, "never written", k=20)}


def test_a_damaged_row_costs_its_own_document_alone(index: Index) -> None:
    """A flipped byte may leave no UTF-8, no JSON, no known kind or no row at a number."""
    ids = [row[0] for row in index.store.rows("SELECT id FROM documents ORDER BY number")]
    harms = ("text = CAST(X'42ff42' AS TEXT)", "text = X'42'", "sections = '[{'", "kind = '�'")
    with index.store.write() as connection:
        for number, harm in enumerate(harms, 1):
            connection.execute(f"UPDATE documents SET {harm} WHERE number = ?", (number,))

    found = [f.text for f in index.doctor() if f.check == "texts"]

    for id in ids[:3]:
        with pytest.raises(Damaged, match=id):
            index.store.document(id, ["shared"])
    assert len(index.store.entries("shared")) == 5
    assert [any(text.startswith(id) for text in found) for id in ids] == [True] * 4 + [False]


def test_a_flipped_byte_anywhere_in_the_record_ends_in_words(index: Index) -> None:
    index.store.truncate_log(1.0)
    index.store.close()
    path = index.store.path
    whole = path.read_bytes()
    draw = random.Random(11)
    for place in (draw.randrange(100, len(whole)) for _ in range(40)):
        path.write_bytes(whole[:place] + draw.randbytes(8) + whole[place + 8 :])
        path.with_name(f"{path.name}-wal").unlink(missing_ok=True)
        path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
        with contextlib.suppress(KnowledgeError):
            harmed = open_index(index.home)
            with contextlib.closing(harmed.store):
                harmed.doctor()
                for entry in harmed.store.entries("shared"):
                    with contextlib.suppress(Damaged):
                        text = harmed.store.document(entry.id, ["shared"]).text
                        assert text in TEXTS


def test_files_open_to_others_are_closed(index: Index) -> None:
    index.store.path.chmod(0o644)

    assert bad(index) == ["permissions"]
    index.repair(actor="tester")

    assert bad(index) == []
    assert index.store.path.stat().st_mode & 0o777 == 0o600


def test_a_damaged_database_beside_the_record_is_named(index: Index) -> None:
    path = index.home / "budgets.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE calls (day TEXT)")
    path.chmod(0o600)
    assert bad(index) == []
    path.write_bytes(b"no database " * 500)

    found = [f.text for f in index.doctor() if f.bad]

    assert len(found) == 1
    assert "budgets.sqlite3" in found[0]
    assert "delete it" in found[0]


@pytest.mark.parametrize("name", ["record.sqlite3", "record.sqlite3-wal"])
@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_database_is_refused_in_a_sentence_or_answers_rightly(
    index: Index, name: str, harm: Callable[[Path], None], tmp_path: Path
) -> None:
    if not name.endswith("wal"):
        index.store.truncate_log(1.0)
    home = Path(shutil.copytree(index.home, tmp_path / "copy"))
    harm(home / name)

    quoted, findings, refused = [], [], ""
    try:
        process = open_index(home)
        quoted = ask(process, QUESTION)
        findings = bad(process)
    except KnowledgeError as error:
        refused = str(error)

    assert refused == "" or str(home) in refused
    assert all(passage.text in "\n".join(TEXTS) for passage in quoted)
    assert refused or findings or [passage.text for passage in quoted[:1]] == [QUESTION]


@pytest.mark.parametrize("harm", [delete, empty])
def test_a_lost_database_is_not_replaced_by_an_empty_one(
    index: Index, harm: Callable[[Path], None]
) -> None:
    index.store.truncate_log(1.0)
    index.store.close()
    harm(index.store.path)

    with pytest.raises(Damaged, match="gone or empty"):
        open_index(index.home)
