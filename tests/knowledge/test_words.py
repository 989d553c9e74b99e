"""The real tantivy in a folder of each test."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoding.terms import decode_terms, encode_terms, terms
from knowledge.errors import Damaged
from knowledge.searching.words import PAIRS, WordIndex

ROWS = [
    ("keep", "Custodians must segregate client assets from their own assets."),
    ("fees", "The exchange charges listing fees under Rule 4.2.1(b)."),
    ("vote", "Holders of tokenized shares may vote; custodians pass votes on."),
]


@pytest.fixture
def words(tmp_path: Path) -> WordIndex:
    index = WordIndex.open(tmp_path / "words")
    index.add(ROWS)
    index.commit()
    return index


def found(index: WordIndex, question: str, k: int = 10) -> list[str]:
    return [id for id, _ in index.search(terms(question).stems, k)]


def test_passages_are_found_by_the_stems_of_a_question_best_first(words: WordIndex) -> None:
    assert found(words, "How does a custodian segregate the assets of clients?") == ["keep", "vote"]
    assert found(words, "listings of exchanges") == ["fees"]
    assert found(words, "custodian voting", k=1) == ["vote"]


def test_a_question_of_stopwords_or_of_foreign_words_finds_nothing(words: WordIndex) -> None:
    assert found(words, "What is it, and who are they?") == []
    assert found(words, "velociraptor") == []
    assert found(words, "") == []


def test_pairs_of_words_are_found_with_stopwords_between_them(words: WordIndex) -> None:
    question = terms("segregation of the client's assets")

    assert [id for id, _ in words.search(question.pairs, 5, field=PAIRS)] == ["keep"]


def test_document_frequencies_and_mean_lengths_are_told(words: WordIndex) -> None:
    stems = terms("custodian assets unicorn").stems

    assert words.frequencies("stems", stems).tolist() == [2, 1, 0]
    assert words.sizes().passages == len(words) == 3
    assert words.sizes().stems == pytest.approx(
        np.mean([len(terms(text).stems) for _, text in ROWS])
    )


def test_nothing_is_visible_before_the_commit_nor_after_a_rollback(tmp_path: Path) -> None:
    index = WordIndex.open(tmp_path)
    index.add(ROWS)
    assert found(index, "custodian") == []

    index.rollback()
    index.commit()

    assert found(index, "custodian") == []
    assert len(index) == 0


def test_a_deleted_passage_is_not_found_and_counted_no_more(words: WordIndex) -> None:
    words.delete(["vote", "never there"])
    words.commit()

    assert found(words, "custodian") == ["keep"]
    assert len(words) == 2
    assert words.ids() == {"keep", "fees"}


def test_a_passage_that_is_deleted_and_added_again_is_there_once(words: WordIndex) -> None:
    words.delete(["vote"])
    words.add([("vote", "Custodians vote.")])
    words.commit()

    assert sorted(found(words, "custodian")) == ["keep", "vote"]
    assert len(words) == 3
    assert WordIndex.open(words._folder).ids() == {"keep", "fees", "vote"}


def test_a_reader_sees_another_process_only_after_a_reload(words: WordIndex) -> None:
    reader = WordIndex.open(words._folder)
    words.add([("late", "A late unicorn.")])
    words.commit()
    assert found(reader, "unicorn") == []

    reader.reload()

    assert found(reader, "unicorn") == ["late"]
    assert len(reader) == 4


def test_the_folder_holds_no_word_of_a_text(words: WordIndex, tmp_path: Path) -> None:
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    assert b"keep" in content  # the id
    for word in (b"custod", b"segreg", b"exchang", b"holder"):
        assert word not in content.lower()


def test_what_was_committed_survives_a_killed_writer(words: WordIndex, tmp_path: Path) -> None:
    code = (
        "import os, signal; from pathlib import Path;"
        "from knowledge.searching.words import WordIndex;"
        f"w = WordIndex.open(Path({str(tmp_path / 'words')!r}));"
        "w.add((str(n), f'unicorn number {n}') for n in range(5000));"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, env=os.environ)
    assert done.returncode == -signal.SIGKILL

    index = WordIndex.open(tmp_path / "words")
    assert found(index, "custodian") == ["keep", "vote"]
    assert found(index, "unicorn") == []
    index.add([("late", "A late unicorn.")])
    index.commit()

    assert found(index, "unicorn") == ["late"]


def test_a_broken_folder_is_named_with_what_to_do(words: WordIndex, tmp_path: Path) -> None:
    (tmp_path / "words" / "meta.json").write_text("{")

    with pytest.raises(Damaged, match="doctor --repair"):
        WordIndex.open(tmp_path / "words")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("The custodian's assets", "custodians asset"),
        ("Blockchain Association’s letter", "blockchain association letters"),
        ("Non-custodial wallets", "non custodial wallet"),
        ("TOKENIZATION", "tokenize"),
    ],
)
def test_forms_of_one_word_have_one_stem(left: str, right: str) -> None:
    assert terms(left).stems.tolist() == terms(right).stems.tolist()


def test_rule_numbers_are_kept_whole_and_by_their_base() -> None:
    rule = terms("See Rules 4.2.1(b) and 203(b)(1), not 2026.").codes

    assert rule.shape == (2, 2)
    assert rule[0].tolist() == terms("under 4.2.1(b)").codes[0].tolist()
    assert rule[0, 1] == terms("under 4.2.1").codes[0, 0]
    assert terms("in 2026 it paid 30 %").codes.shape == (0, 2)


@pytest.mark.parametrize("text", ["", "the", "Rule 1.2(a): " + "assets of the fund " * 300])
def test_stored_terms_come_back_as_they_were(text: str) -> None:
    before, after = terms(text), decode_terms(encode_terms(text))

    for field in ("stems", "surface", "codes", "pairs"):
        assert np.array_equal(getattr(before, field), getattr(after, field))
