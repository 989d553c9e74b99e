from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from knowledge.reading.chunking import chunk, locate
from knowledge.reading.drafting import compose
from knowledge.types import Block, Passage

MAX = 256


def count(texts: Sequence[str]) -> list[int]:
    """Word pieces as a tokenizer counts them, roughly: pieces of six letters, and two specials."""
    return [len(re.findall(r"\w{1,6}|[^\w\s]", text)) + 2 for text in texts]


def passages(blocks: Sequence[Block], max_tokens: int = MAX) -> tuple[str, list[Passage]]:
    text, sections = compose(blocks)
    made = chunk(text, sections, document_id="d", count_tokens=count, max_tokens=max_tokens)
    for passage in made:
        assert text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip()
    assert all(size <= max_tokens for size in count([passage.text for passage in made]))
    # Nothing but white space is left out, nothing is there twice.
    assert "".join(text.split()) == "".join("".join(p.text.split()) for p in made)
    return text, made


def sentences(n: int, word: str = "custody") -> str:
    return " ".join(
        f"Sentence number {i} of the {word} rule says a little more than before." for i in range(n)
    )


def test_a_short_document_is_one_passage():
    _, made = passages([Block("One thing only.")])

    assert [p.text for p in made] == ["One thing only."]
    assert made[0].locator is None


def test_a_long_section_is_cut_between_sentences_into_parts_of_like_length():
    _, made = passages([Block(sentences(60))])

    sizes = count([p.text for p in made])
    assert len(made) > 3
    assert min(sizes) >= 120
    assert all(p.text.startswith("Sentence") and p.text.endswith(".") for p in made)


def test_a_passage_never_goes_over_a_heading_of_a_section_with_text():
    blocks = [
        Block("Scope", role="heading", level=1),
        Block(sentences(9)),
        Block("Findings", role="heading", level=1),
        Block(sentences(9, "finding")),
    ]
    _, made = passages(blocks)

    assert all(not ("custody" in p.text and "finding" in p.text) for p in made)
    assert {p.locator for p in made} == {"Scope", "Findings"}


def test_small_neighbours_are_joined_and_the_locator_names_both():
    blocks = [
        Block("Rule", role="heading", level=1),
        Block("Agency", role="heading", level=2),
        Block("The Bureau."),
        Block("Action", role="heading", level=2),
        Block("Final rule."),
    ]
    _, made = passages(blocks)

    assert [p.locator for p in made] == ["Rule > Agency; Action"]


def test_a_heading_alone_goes_with_the_text_below_it():
    blocks = [
        Block("Title", role="heading", level=1),
        Block("Part", role="heading", level=2),
        Block(sentences(20)),
    ]
    _, made = passages(blocks)

    assert made[0].text.startswith("Title\n\nPart\n\nSentence")
    assert {p.locator for p in made} == {"Title > Part"}


def test_a_passage_over_a_page_break_says_both_pages():
    blocks = [
        Block(sentences(4), page=3),
        Block("It begins here and", page=3),
        Block("ends on the page after. " + sentences(4), page=4, continues=True),
    ]
    text, made = passages(blocks)

    assert "It begins here and ends on the page after." in text
    crossing = next(p for p in made if "here and ends" in p.text)
    assert crossing.locator == "pages 3-4"


def test_section_numbers_and_pages_make_the_locator():
    blocks = [
        Block("Definitions", role="heading", level=1, page=7, number="Sec. 203(b)"),
        Block("A custodian holds assets.", page=7, number="Sec. 203(b)"),
    ]
    _, made = passages(blocks)

    assert [p.locator for p in made] == ["Sec. 203(b), page 7"]


@pytest.mark.parametrize(
    "monster",
    [
        "word " * 2000,
        "x" * 20_000,
        "; ".join(f"clause {i} on assets" for i in range(400)),
        "\n".join(f"row {i} | value {i}" for i in range(400)),
        "这是一个没有空格的很长的句子" * 200,
    ],
    ids=["words", "one word", "clauses", "rows", "no spaces"],
)
def test_a_sentence_longer_than_the_window_is_cut_to_fit(monster):
    _, made = passages([Block(monster)])

    assert len(made) > 1


def test_ids_are_the_same_each_time_and_differ_between_equal_paragraphs():
    twice = "The same words stand here twice, and that is all there is to say."
    blocks = [
        Block("A", role="heading", level=1),
        Block(twice + " " + sentences(20)),
        Block("B", role="heading", level=1),
        Block(twice + " " + sentences(20)),
    ]
    _, first = passages(blocks)
    _, second = passages(blocks)

    assert [p.id for p in first] == [p.id for p in second]
    assert len({p.id for p in first}) == len(first)
    text, sections = compose(blocks)
    other = chunk(text, sections, document_id="e", count_tokens=count, max_tokens=MAX)
    assert not {p.id for p in first} & {p.id for p in other}


def test_a_tokenizer_that_counts_more_over_borders_is_still_obeyed():
    def greedy(texts: Sequence[str]) -> list[int]:
        return [len(text) // 3 + text.count(". ") * 9 for text in texts]

    text, sections = compose([Block(sentences(40))])
    made = chunk(text, sections, document_id="d", count_tokens=greedy, max_tokens=100)

    assert max(greedy([p.text for p in made])) <= 100


def test_a_span_of_a_passage_has_a_locator_of_its_own():
    blocks = [Block("First page.", page=1), Block("Second page.", page=2)]
    text, sections = compose(blocks)

    assert locate(sections, text.index("Second"), len(text)) == "page 2"
    assert locate(sections, 0, len(text)) == "pages 1-2"
    assert locate((), 0, 5) is None
