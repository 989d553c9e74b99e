"""A small record with the real model, Chroma, tantivy and SQLite."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.answers.questions import Understood
from knowledge.encoding.embedding import Encoder, Encoders
from knowledge.encoding.terms import encode_terms
from knowledge.reading import chunking
from knowledge.searching import filtering, gathering, retrieval
from knowledge.searching.filtering import Filters
from knowledge.searching.words import WordIndex
from knowledge.settings import DEFAULT_MODEL
from knowledge.storing import adding, removing
from knowledge.storing.adding import Provenance
from knowledge.storing.index import Index
from knowledge.storing.pouring import Making
from knowledge.storing.store import Store
from knowledge.types import Draft, Hit, Kind, Particulars, Passage, Section

DOCUMENTS = {
    "custody": ("Harbor Daily", "article", "2026-03-02", "Custodians must keep the assets of their clients apart from their own."),  # noqa: E501
    "fees": ("Harbor Daily", "article", "2026-01-15", "The exchange lowers its listing fees for small companies."),  # noqa: E501
    "letter": ("Guild of Brokers", "letter", "2026-03", "We ask the regulator to let brokers hold tokenized shares for their clients."),  # noqa: E501
    "rule": ("Regulator", "rule", "2025", "Rule 4.2.1(b): a broker shall record each order within one second of its receipt."),  # noqa: E501
    "undated": ("Regulator", "other", None, "Questions about orders of brokers are answered by telephone."),  # noqa: E501
}  # fmt: skip


class Room:
    """A record in a folder, and what the tests ask of it."""

    def __init__(self, home: Path, encoder: Encoder, chunk: Any = chunking.chunk) -> None:
        self.store = Store.open(home)
        self.encoders = Encoders(home)
        self.encoders._keep(encoder)  # loaded already, for the session
        making = Making(chunk=chunk, open_words=WordIndex.open, encode_terms=encode_terms)
        self.index = Index(self.store, self.encoders, making)
        self.ids: dict[str, str] = {}

    def add(self, name: str, text: str, library: str = "shared", **known: object) -> str:
        draft = Draft(text, (Section(0, len(text)),), Particulars(**known))  # type: ignore[arg-type]
        added = adding.add(
            self.index, draft, Provenance(name), library=library, model=DEFAULT_MODEL, actor="test"
        )
        self.ids[name] = added.entry.id
        return added.entry.id

    def ask(self, text: str, *libraries: str, **more: object) -> list[Hit]:
        filters = more.pop("filters", None)
        question = Understood(text, text, **more)  # type: ignore[arg-type]
        return retrieval.retrieve(
            question,
            self.index.live(libraries or ("shared",)),
            self.store,
            self.encoders.encode,
            filters=filters,  # type: ignore[arg-type]
        )

    def names(self, hits: Sequence[Hit]) -> list[str]:
        return [hit.entry.source for hit in hits]


def make(home: Path, encoder: Encoder) -> Iterator[Room]:
    made = Room(home, encoder)
    for name, (publisher, kind, date, text) in DOCUMENTS.items():
        made.add(name, text, publisher=publisher, kind=Kind(kind), date=date)
    yield made
    made.index.close()
    made.store.close()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Room]:
    """For tests that only ask."""
    yield from make(tmp_path_factory.mktemp("record"), encoder)


@pytest.fixture
def own(home: Path, encoder: Encoder) -> Iterator[Room]:
    """For tests that change it."""
    yield from make(home, encoder)


def test_the_passage_that_answers_comes_first_whether_in_its_words_or_others(room: Room) -> None:
    assert room.names(room.ask("Must custodians keep client assets apart?"))[0] == "custody"
    assert room.names(room.ask("Is property of customers segregated?"))[0] == "custody"
    assert room.names(room.ask("What does Rule 4.2.1(b) say?"))[0] == "rule"


def test_hits_carry_document_score_and_cosine_best_first(room: Room, encoder: Encoder) -> None:
    hits = room.ask("How fast are orders recorded?")

    assert hits[0].entry.source == "rule"
    assert hits[0].passage.text == DOCUMENTS["rule"][3]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len(hits) == len({hit.passage.id for hit in hits}) == 5
    for hit in hits:
        vector = encoder.embed_documents([hit.passage.text])[0]
        expected = float(vector @ encoder.embed_question("How fast are orders recorded?"))
        assert hit.cosine == pytest.approx(expected, abs=1e-3)


def test_no_more_than_k_and_nothing_for_an_unknown_library(room: Room) -> None:
    question = Understood("orders", "orders")
    live = room.index.live(["shared"])

    assert len(retrieval.retrieve(question, live, room.store, room.encoders.encode, k=2)) == 2
    assert room.ask("orders", "elsewhere") == []


@pytest.mark.parametrize("text", ["the of and", "zzzz qqqq", "?", "质押", "a" * 4000])
def test_odd_questions_find_something_or_nothing_but_do_not_fail(room: Room, text: str) -> None:
    assert len(room.ask(text)) <= 5


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"custody", "fees", "letter", "rule", "undated"}),
        (Filters(publisher=" harbor daily"), {"custody", "fees"}),
        (Filters(kind=Kind.LETTER), {"letter"}),
        (Filters(since="2026-03-02"), {"custody", "letter"}),
        (Filters(since="2026"), {"custody", "fees", "letter"}),
        (Filters(until="2026-02"), {"fees", "rule"}),
        (Filters(since="2026-01-01", until="2026-01-31"), {"fees"}),
        (Filters(as_of="2026-02-01"), {"fees", "rule", "undated"}),
        (Filters(publisher="Nobody"), set()),
        (Filters(publisher="Harbor Daily", since="2026-02"), {"custody"}),
    ],
)
def test_filters_are_exact(room: Room, filters: Filters, expected: set[str]) -> None:
    hits = room.ask("What do brokers hold?", filters=filters)

    assert set(room.names(hits)) == expected


def test_filters_of_the_question_are_used_unless_others_are_given(room: Room) -> None:
    assert room.names(room.ask("brokers", publisher="Guild of Brokers")) == ["letter"]
    both = room.ask("brokers", publisher="Guild of Brokers", filters=Filters(kind=Kind.RULE))
    assert room.names(both) == ["rule"]


def test_a_rare_publisher_is_found_behind_hundreds_of_better_matches(
    own: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "FILTERED", 3)
    monkeypatch.setattr(gathering, "FILTERED_MOST", 4)
    monkeypatch.setattr(gathering, "ENOUGH", 3)
    for number in range(8):
        own.add(f"crowd {number}", f"Orders of brokers are recorded, case {number}.")

    hits = own.ask("Are orders of brokers recorded?", filters=Filters(publisher="Harbor Daily"))

    assert set(own.names(hits)) == {"custody", "fees"}


def test_a_removed_document_is_found_no_more(own: Room) -> None:
    removing.remove(own.index, [own.ids["rule"]], library="shared", actor="test")

    assert "rule" not in own.names(own.ask("What does Rule 4.2.1(b) say about orders?"))


def test_a_library_is_a_wall_and_several_are_ordered_together(own: Room) -> None:
    own.add("private", "Brokers record orders within one minute here.", library="guild")
    question = "Within what time do brokers record orders?"

    assert "private" not in own.names(own.ask(question))
    assert own.names(own.ask(question, "guild")) == ["private"]
    assert set(own.names(own.ask(question, "shared", "guild"))[:2]) == {"rule", "private"}


def test_a_question_about_two_parties_finds_what_each_of_them_says(own: Room) -> None:
    for number in range(12):
        own.add(f"crowd {number}", f"The Regulator answers the Regulator, number {number}.")
    text = "What do the Regulator and the Guild of Brokers answer?"

    hits = own.ask(text, parts=("tokenized shares for clients",))

    assert "letter" in own.names(hits)[:2]


def test_replaced_documents_can_be_left_out_also_as_of_a_day(own: Room) -> None:
    with own.store.write() as connection:
        connection.execute(
            "UPDATE documents SET replaced_by = ?, replaced_on = '2026-02-10' WHERE id = ?",
            (own.ids["custody"], own.ids["fees"]),
        )

    def found(**more: object) -> bool:
        filters = Filters(replaced=False, **more)  # type: ignore[arg-type]
        return "fees" in own.names(own.ask("listing fees", filters=filters))

    assert "fees" in own.names(own.ask("listing fees"))
    assert not found()
    assert not found(as_of="2026-02-10")
    assert found(as_of="2026-02-09")


def test_passing_gives_all_passages_of_a_generation_that_pass_and_their_vectors(
    room: Room, encoder: Encoder
) -> None:
    (live,) = room.index.live(["shared"])

    ids, matrix = filtering.passing(
        room.store, live.generation, live.card.key, Filters(publisher="Regulator")
    )

    passages = room.store.passages(ids, ["shared"])
    assert {p.document_id for p in passages.values()} == {room.ids["rule"], room.ids["undated"]}
    expected = encoder.embed_documents([passages[id].text for id in ids])
    np.testing.assert_allclose(matrix, expected, atol=1e-5)
    nobody = filtering.passing(
        room.store, live.generation, live.card.key, Filters(publisher="Nobody")
    )
    assert nobody[0] == []


def one_each(
    text: str, sections: Sequence[Section], *, document_id: str, **_: object
) -> list[Passage]:
    return [
        Passage(f"{document_id}{s.start}", document_id, s.start, s.end, text[s.start : s.end])
        for s in sections
    ]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Room]:
    """346 passages: half of them the Regulator's, 1 % the Guild of Brokers'."""
    made = Room(tmp_path_factory.mktemp("crowd"), encoder, one_each)
    things = ("order", "share", "custody", "ledger", "broker", "client", "fee", "audit", "report")
    for number in range(20):
        who = "Guild of Brokers" if number == 7 else "Regulator" if number % 2 else "Harbor Daily"
        lines = [
            f"The {thing} of the {things[(number + place) % 9]} is number {number * place}.\n"
            for place, thing in enumerate(things * 2)
        ][: 4 if number == 7 else None]
        ends = [sum(map(len, lines[: place + 1])) for place in range(len(lines))]
        sections = [Section(end - len(line), end) for end, line in zip(ends, lines, strict=True)]
        known = Particulars(publisher=who, kind=Kind.OTHER, date=f"20{number + 20}")
        adding.add(
            made.index,
            Draft("".join(lines), tuple(sections), known),
            Provenance(f"crowd {number}"),
            library="shared",
            model=DEFAULT_MODEL,
            actor="test",
        )
    yield made
    made.index.close()
    made.store.close()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(publisher="Guild of Brokers"), 4),
        (Filters(publisher="Regulator"), 12),
        (Filters(since="2030", until="2030"), 12),
        (Filters(as_of="2039"), 12),
    ],
)
def test_a_filter_that_few_or_half_pass_gives_only_and_enough_of_those(
    crowd: Room, monkeypatch: pytest.MonkeyPatch, filters: Filters, expected: int
) -> None:
    monkeypatch.setattr(gathering, "FILTERED", 20)
    monkeypatch.setattr(gathering, "SCANNED_WHOLE", 0)
    question = "Which client pays the fee of a broker?"
    (live,) = crowd.index.live(["shared"])
    ids, _ = filtering.passing(crowd.store, live.generation, live.card.key, filters)

    hits = crowd.ask(question, filters=filters)

    assert len(crowd.index.live(["shared"])[0].words) == 19 * 18 + 4
    assert len(hits) == expected
    assert {hit.passage.id for hit in hits} <= set(ids)


def test_many_that_pass_far_from_the_question_are_fetched_and_not_scanned(
    crowd: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    (live,) = crowd.index.live(["shared"])
    filters = Filters(publisher="Regulator")
    assert filtering.no_more_than(162, crowd.store, live.generation, filters)
    assert not filtering.no_more_than(161, crowd.store, live.generation, filters)
    monkeypatch.setattr(gathering, "FILTERED", 1)
    monkeypatch.setattr(gathering, "FILTERED_MOST", 60)
    monkeypatch.setattr(gathering, "SCANNED", 10)
    monkeypatch.setattr(gathering, "SCANNED_WHOLE", 10)
    monkeypatch.setattr(gathering, "_scan", lambda *_: pytest.fail("scanned"))

    hits = crowd.ask("Which client pays the fee of a broker?", filters=filters)

    assert {hit.entry.particulars.publisher for hit in hits} == {"Regulator"}
    assert len(hits) == 12


def test_few_that_pass_are_looked_at_without_asking_the_indexes(
    crowd: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_searches", lambda *_: pytest.fail("asked"))

    hits = crowd.ask("Which broker is it?", filters=Filters(publisher="guild of brokers "))

    assert [hit.entry.particulars.publisher for hit in hits] == ["Guild of Brokers"] * 4


def test_texts_without_stored_terms_are_still_found_by_their_vectors(own: Room) -> None:
    with own.store.write() as connection:
        connection.execute("DELETE FROM passage_terms")

    assert own.names(own.ask("Must custodians keep client assets apart?"))[0] == "custody"


def test_a_record_without_stored_states_answers_as_before_them(own: Room) -> None:
    question = "Must custodians keep client assets apart?"
    with_states = own.ask(question)
    with own.store.write() as connection:
        connection.execute("DELETE FROM states")

    without = own.ask(question)

    assert own.names(without)[0] == own.names(with_states)[0] == "custody"
    assert without[0].score < with_states[0].score


def test_few_passages_that_pass_are_all_looked_at(
    own: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "FILTERED", 1)
    monkeypatch.setattr(gathering, "FILTERED_MOST", 1)
    passing = Filters(since="2025")

    hits = own.ask("Do brokers record orders?", filters=passing)
    monkeypatch.setattr(gathering, "SCANNED_WHOLE", 2)
    scanned = own.ask("Do brokers record orders?", filters=passing)

    assert set(own.names(hits)) == {"custody", "fees", "letter", "rule"} == set(own.names(scanned))


def test_removing_a_document_removes_its_states(own: Room) -> None:
    before = own.store.value("SELECT count(*) FROM states")

    removing.remove(own.index, [own.ids["rule"]], library="shared", actor="test")

    assert before == 5
    assert own.store.value("SELECT count(*) FROM states") == 4
