"""Chroma, as we use it: ids and vectors, one writer, readers that look again."""

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import Damaged
from knowledge.storing import sharing, vectors
from knowledge.storing.vectors import VectorIndex


def unit(count: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, 16)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_the_nearest_come_first_with_their_cosine(tmp_path: Path) -> None:
    index, rows = VectorIndex.open(tmp_path / "v"), unit(50)
    index.add([f"p{n}" for n in range(50)], rows)

    found = index.query(rows[7], 5)

    assert found[0][0] == "p7"
    for id, cosine in found:
        assert cosine == pytest.approx(float(rows[7] @ rows[int(id[1:])]), abs=1e-5)
    assert [c for _, c in found] == sorted((c for _, c in found), reverse=True)


def test_more_rows_than_chroma_takes_in_a_call_are_written(tmp_path: Path) -> None:
    index = VectorIndex.open(tmp_path / "v")

    index.add([f"p{n}" for n in range(5_600)], unit(5_600))

    assert len(index) == 5_600
    assert len(index.ids()) == 5_600


def test_a_reader_sees_what_another_wrote_once_it_looks_again(tmp_path: Path) -> None:
    writer, rows = VectorIndex.open(tmp_path / "v"), unit(20)
    writer.add([f"p{n}" for n in range(10)], rows[:10])
    reader = VectorIndex(tmp_path / "v")
    reader.query(rows[0], 3)
    writer.add([f"p{n}" for n in range(10, 20)], rows[10:])

    reader.reopen()

    assert reader.query(rows[15], 1)[0][0] == "p15"


def test_deleted_vectors_are_not_found_and_unknown_ids_are_no_fault(tmp_path: Path) -> None:
    index, rows = VectorIndex.open(tmp_path / "v"), unit(5)
    index.add(list("abcde"), rows)

    index.delete(["c", "unknown"])

    assert {id for id, _ in index.query(rows[2], 10)} == set("abde")


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    assert VectorIndex.open(tmp_path / "v").query(unit(1)[0], 5) == []


def test_a_folder_that_is_gone_or_broken_is_damaged_not_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="doctor --repair"):
        VectorIndex(tmp_path / "nothing").query(unit(1)[0], 1)
    index = VectorIndex.open(tmp_path / "v")
    index.add(["a"], unit(1))
    index.close()
    (tmp_path / "v" / "chroma.sqlite3").write_bytes(b"not a database")
    with pytest.raises(Damaged, match="doctor --repair"):
        index.query(unit(1)[0], 1)


def test_an_id_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    # Moving it in Chroma's graph may lose it: see `VectorIndex.add`.
    index, rows = VectorIndex.open(tmp_path / "v"), unit(4)
    index.add(["a", "b"], rows[:2])

    index.add(["b", "c"], rows[2:])

    assert index.ids() == {"a", "b", "c"}
    assert index.query(rows[1], 1)[0][0] == "b"
    assert index.vectors(["b"])["b"] == pytest.approx(rows[1], abs=1e-6)


def test_a_first_query_waits_while_another_writes_and_later_ones_do_not(tmp_path: Path) -> None:
    # Chroma writes when it loads: two at once may harm the folder.
    index, rows = VectorIndex.open(tmp_path / "v"), unit(20)
    index.add([f"p{n}" for n in range(20)], rows)
    index.shut()
    reader = VectorIndex(tmp_path / "v")
    reader.reopen()

    with ThreadPoolExecutor() as pool:
        with sharing.held(tmp_path / "v", alone=True) as have:
            first = pool.submit(reader.query, rows[3], 1)
            time.sleep(0.2)
            assert have
            assert not first.done()
        assert first.result()[0][0] == "p3"
    with sharing.held(tmp_path / "v", alone=True):
        assert reader.query(rows[4], 1)[0][0] == "p4"


def test_what_was_closed_gives_its_descriptors_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A removal brings a new folder, and readers forget the object of the old one.
    monkeypatch.setattr(vectors, "GRACE_SECONDS", 0.0)
    rows, counts = unit(3), []
    for number in range(6):
        index = VectorIndex.open(tmp_path / str(number))
        index.add(list("abc"), rows)
        index.query(rows[0], 1)
        index.close()
        time.sleep(0.05)
        counts.append(len(os.listdir("/proc/self/fd")))

    assert max(counts[1:]) - counts[0] <= 8, counts


class LosesOne(VectorIndex):
    """Chroma when its graph lost the way to "p3": until it is loaded, or the row added, again."""

    lost = True

    def _query(self, vector: np.ndarray, k: int) -> list[tuple[str, float]]:
        found = super()._query(vector, k)
        return [one for one in found if one[0] != "p3"] if self.lost else found

    def close(self) -> None:
        self.lost = False
        super().close()

    def delete(self, ids: Sequence[str]) -> None:
        assert list(ids) == ["p3"]
        self.lost = False
        super().delete(ids)


def test_a_graph_that_lost_a_vector_is_loaded_again(tmp_path: Path) -> None:
    rows = unit(8)
    VectorIndex.open(tmp_path / "v").add([f"p{n}" for n in range(8)], rows)

    reader = LosesOne(tmp_path / "v")

    assert reader.query(rows[3], 1)[0][0] == "p3"


def test_a_vector_that_an_addition_cut_off_is_linked_anew(tmp_path: Path) -> None:
    rows = unit(8)
    writer = LosesOne.open(tmp_path / "v")

    writer.add([f"p{n}" for n in range(8)], rows)

    assert writer.query(rows[3], 1)[0][0] == "p3"
    assert len(writer) == 8
