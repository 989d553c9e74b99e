"""A new generation beside the live one, and the way back."""

from pathlib import Path

import pytest

from knowledge.errors import UnknownLibrary, UsageError
from knowledge.storing import gating, generations, journal, reindexing, steps
from knowledge.storing.index import Index
from tests.knowledge.shelf import add, ask, open_index
from tests.knowledge.test_index import Stopped, counts_agree

TEXTS = [f"Notice {n} of the harbour office.\nIt concerns berth {n * 7}." for n in range(8)]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    index = open_index(tmp_path / "home")
    for n, text in enumerate(TEXTS[:6]):
        add(index, text, source=f"{n}.txt")
    return index


def reindex(index: Index, model: str = "other", **more: object) -> reindexing.Reindexed:
    return index.reindex("shared", model=model, actor="tester", **more)  # type: ignore[arg-type]


def folders(index: Index) -> list[str]:
    return sorted(p.name for p in (index.home / "libraries").glob("*/*"))


def test_another_model_answers_after_a_reindex_and_the_first_after_a_rollback(index: Index) -> None:
    told = reindex(index)

    assert (told.switched, told.model, told.passages) == (True, "other", 12)
    assert index.live(["shared"])[0].card.name == "other"
    assert ask(index, "It concerns berth 21.")[0].text == "It concerns berth 21."
    assert counts_agree(index)

    index.rollback("shared", actor="tester")

    assert index.live(["shared"])[0].card.name == "plain"
    assert ask(index, "It concerns berth 21.")[0].text == "It concerns berth 21."
    assert [e.verb for e in journal.events(index.store)][:2] == ["rollback", "reindex"]


def test_two_generations_are_kept_until_the_next_reindex(index: Index) -> None:
    reindex(index)
    assert len(folders(index)) == 2
    reindex(index, "third")
    assert folders(index) == ["2", "3"]

    index.prune("shared", actor="tester")

    assert folders(index) == ["3"]
    assert index.store.value("SELECT count(DISTINCT model) FROM embeddings") == 1
    with pytest.raises(UsageError, match="no earlier index"):
        index.rollback("shared", actor="tester")


def test_the_same_model_embeds_nothing_again(index: Index) -> None:
    encoder = index.encoders.of_setting("plain")
    before = len(encoder.embedded)  # type: ignore[attr-defined]

    reindex(index, "plain")

    assert len(encoder.embedded) == before  # type: ignore[attr-defined]
    assert counts_agree(index)


def test_a_rollback_knows_what_was_added_and_forgets_what_was_removed(index: Index) -> None:
    reindex(index)
    add(index, TEXTS[6], source="6.txt")
    index.rollback("shared", actor="tester")
    assert ask(index, "It concerns berth 42.")[0].text == "It concerns berth 42."
    assert counts_agree(index)

    gone = index.store.entries("shared")[3].id
    index.remove([gone], library="shared", actor="tester")
    add(index, TEXTS[7], source="7.txt")
    index.rollback("shared", actor="tester")

    texts = {p.text for p in ask(index, "It concerns berth 21.", k=20)}
    assert "It concerns berth 49." in texts
    assert "It concerns berth 21." not in texts
    assert index.live(["shared"])[0].card.name == "other"
    assert counts_agree(index)


def test_what_changes_while_the_index_is_built_is_caught_up_with(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = open_index(index.home)
    ids = [e.id for e in index.store.entries("shared")]

    def meanwhile(name: str) -> None:
        if name == "reindex:checked":
            add(other, TEXTS[6], source="6.txt")
            other.remove([ids[3]], library="shared", actor="tester")
            assert ask(other, "It concerns berth 14.")[0].text == "It concerns berth 14."

    monkeypatch.setattr(steps, "step", meanwhile)
    reindex(index)

    texts = {p.text for p in ask(index, "It concerns berth 21.", k=20)}
    assert "It concerns berth 42." in texts
    assert "It concerns berth 21." not in texts
    assert counts_agree(index)
    assert index.store.value("SELECT count(*) FROM generations WHERE stale") == 0


STEPS = ["begun", "vectors-written", "words-written", "checked", "before-switch"]


@pytest.mark.parametrize("name", [f"reindex:{step}" for step in STEPS])
def test_an_interrupted_reindex_leaves_the_old_index_and_is_resumed(
    index: Index, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(step: str) -> None:
        if step == name:
            raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(steps, "step", stop)
        with pytest.raises(Stopped):
            reindex(index)

    assert index.live(["shared"])[0].card.name == "plain"
    assert ask(index, "It concerns berth 21.")[0].text == "It concerns berth 21."
    reindex(index)
    assert index.live(["shared"])[0].card.name == "other"
    assert folders(index) == ["1", "2"]
    encoder = index.encoders.of_setting("other")
    assert len(encoder.embedded) == len(set(encoder.embedded)) == 12  # type: ignore[attr-defined]


def test_a_removal_drops_a_half_built_index_that_nobody_is_building(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(step: str) -> None:
        if step == "reindex:checked":
            raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(steps, "step", stop)
        with pytest.raises(Stopped):
            reindex(index)
    assert folders(index) == ["1", "2"]

    index.remove([index.store.entries("shared")[0].id], library="shared", actor="tester")

    assert folders(index) == ["1"]
    assert [g.state for g in generations.all_of(index.store)] == ["live"]


def test_a_gate_sees_both_indexes_and_may_keep_the_old_one(index: Index) -> None:
    models = []

    def gate(trial: reindexing.Trial) -> str | None:
        models.append(index.live(["shared"])[0].card.name)
        with trial():
            models.append(index.live(["shared"])[0].card.name)
            assert ask(index, "It concerns berth 21.")[0].text == "It concerns berth 21."
        return "worse"

    told = reindex(index, gate=gate)

    assert models == ["plain", "other"]
    assert (told.switched, told.reason, told.model) == (False, "worse", "plain")
    assert index.live(["shared"])[0].card.name == "plain"
    assert folders(index) == ["1"]
    assert index.store.value("SELECT count(DISTINCT model) FROM embeddings") == 1


def test_an_unknown_library_is_not_reindexed(index: Index) -> None:
    with pytest.raises(UnknownLibrary, match="nowhere"):
        index.reindex("nowhere", model="plain", actor="tester")


@pytest.mark.parametrize(
    ("lost", "gained", "of", "kept"),
    [(0, 0, 40, False), (1, 0, 40, False), (9, 0, 40, True), (9, 7, 40, False), (3, 0, 400, False)],
)
def test_the_gate_closes_only_on_a_drop_that_is_no_accident(
    lost: int, gained: int, of: int, kept: bool
) -> None:
    before = [1.0] * lost + [0.0] * gained + [1.0] * (of - lost - gained)
    after = [0.0] * lost + [1.0] * gained + [1.0] * (of - lost - gained)

    assert (gating.why_not(before, after) is not None) is kept
