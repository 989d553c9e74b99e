"""Answers become messages within Discord's limits: nothing cut, only stored links."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.pages import Sheet, layout, paginate
from bot.replies import (
    abstention_sheets,
    answer_sheets,
    citation_text,
    growing_sheet,
    mention_line,
)
from knowledge import Answer, Citation, Line, Mode, Outcome, Searched, Shown
from tests import discord_rules as rules


def citation(number: int = 1, **fields: object) -> Citation:
    base = Citation(
        number=number, quote="Words.", speaker=None, document_id=f"d{number}", title="A letter",
        publisher="The Club", author="The Club", date="2026-04-08", kind="letter",
        url="https://club.example/letter", link="https://club.example/letter#:~:text=Words",
        locator=None, start=0, end=6,
    )  # fmt: skip
    return replace(base, **fields)  # type: ignore[arg-type]


def answer(**fields: object) -> Answer:
    base = Answer(
        question="What did the club say?",
        outcome=Outcome.ANSWERED,
        text="",
        lines=(
            Line("lead", "The Club writes:"),
            Line("quote", "Words.", (1,)),
            Line("source", "[1] The Club, 8 April 2026, letter", (1,)),
        ),
        citations=(citation(),),
    )
    return replace(base, **fields)  # type: ignore[arg-type]


def test_a_growing_answer_shows_what_a_model_writes_as_plain_words() -> None:
    hostile = Shown("@everyone <@1> **so** [free](https://evil.example)", (1, 2), "test:*model*")
    sheet = growing_sheet("@here [x](https://evil.example)?", [hostile], "en-US")
    shown = texts([sheet])

    assert shown.endswith(" [1] [2]")
    for unsafe in ("@everyone", "@here", "<@1>", "**so**", "](https", " *model*"):
        assert unsafe not in shown
    assert sheet.rows == ()


def texts(sheets: list[Sheet]) -> str:
    return "\n".join(b for sheet in sheets for b in sheet.blocks if isinstance(b, str))


def sent(sheet: Sheet) -> list[dict[str, object]]:
    """The components as discord.py would send them, checked against Discord's rules."""
    components = layout(sheet).to_components()
    assert rules.complain_components(components, "message", True) == []
    return components


async def test_an_answer_reads_top_to_bottom_like_a_page() -> None:
    (sheet,) = answer_sheets(answer(), "en", "key", public=True)

    assert texts([sheet]).splitlines() == [
        "**“What did the club say?”**",
        "-# quoted, no model · newest source 8 April 2026",
        "**The Club writes:**",
        "> Words. [1]",
        "[1] [A letter](<https://club.example/letter#:~:text=Words>) (club.example)"
        " · The Club, 8 April 2026, letter",
        "-# not legal advice",
    ]
    sent(sheet)


@pytest.mark.parametrize("sources", [1, 3, 10])
async def test_ten_long_sources_fit_by_pages_and_none_is_cut(sources: int) -> None:
    link = "https://club.example/" + "x" * 480
    cited = tuple(
        citation(n, title=f"Title {n} " + "long " * 28, link=link, url=link)
        for n in range(1, sources + 1)
    )
    lines = [Line("lead", "The Club writes:")]
    lines += [Line("quote", f"Quotation {n}. " + "word " * 60, (n,)) for n in range(1, sources + 1)]
    lines += [Line("source", f"[{n}] The Club, letter {n}", (n,)) for n in range(1, sources + 1)]
    sheets = answer_sheets(answer(lines=tuple(lines), citations=cited), "en", "k" * 12, public=True)

    shown = texts(sheets)
    for n in range(1, sources + 1):
        assert f"Quotation {n}." in shown
        assert f"The Club, letter {n}" in shown
        assert f"Title {n} " in shown
    for sheet in sheets:
        sent(sheet)
    assert sum(len(sheet.rows) for sheet in sheets) == 1
    assert len(sheets[-1].rows[0]) == 3


async def test_the_mode_and_the_expansions_are_said() -> None:
    written = answer(
        mode=Mode.MODEL,
        model="some-model",
        expanded={"BA": "Blockchain Association"},
        understood_as="What did the BA say then?",
        lines=(Line("written", "It *said* so.", (1,)), Line("note", "BA = Blockchain Association")),
    )
    shown = texts(answer_sheets(written, "en", "k", public=True))

    assert "written by some-model from the record" in shown
    assert shown.count("BA = Blockchain Association") == 1
    assert "understood as: What did the BA say then?" in shown
    assert r"It \*said\* so. [1]" in shown


async def test_a_link_that_leaves_its_document_is_not_made() -> None:
    astray = citation(link="https://elsewhere.example/#x")
    without = citation(url=None, link="https://elsewhere.example/#x")

    shown = texts(answer_sheets(answer(citations=(astray,)), "en", "k", public=True))
    assert "elsewhere.example" not in shown
    assert "(<https://club.example/letter>)" in shown

    shown = texts(answer_sheets(answer(citations=(without,)), "en", "k", public=True))
    assert "https" not in shown
    assert "file given by moderators" in shown


async def test_an_abstention_has_no_sources_and_offers_what_helps() -> None:
    nothing = answer(
        outcome=Outcome.NOT_FOUND,
        lines=(Line("note", "The record does not answer this."),),
        citations=(),
        related=(citation(),),
        searched=Searched(3, ("The Club",), "2026-04-08"),
    )
    (sheet,) = abstention_sheets(nothing, "en", "k")

    labels = [c["label"] for c in rules.walk(sent(sheet)) if c["type"] == 2]
    assert labels == ["Tell the moderators", "Possibly related"]
    assert "club.example" not in texts([sheet])


async def test_an_empty_record_says_who_can_fill_it() -> None:
    empty = answer(
        outcome=Outcome.NOT_FOUND, lines=(), citations=(), searched=Searched(0, (), None)
    )
    (sheet,) = abstention_sheets(empty, "en", "k")

    assert texts([sheet]) == (
        "This server's record is empty. Moderators add to it with /source add."
    )


async def test_an_unclear_question_offers_its_readings() -> None:
    unclear = answer(
        outcome=Outcome.UNCLEAR,
        lines=(Line("note", "Which BA do you mean?"),),
        citations=(),
        choices=("Blockchain Association", "Bank of America " + "x" * 90),
    )
    (sheet,) = abstention_sheets(unclear, "en", "k")

    labels = [c["label"] for c in rules.walk(sent(sheet)) if c["type"] == 2]
    assert labels[0] == "Blockchain Association"
    assert len(labels) == 2


async def test_a_mention_without_answer_is_one_line() -> None:
    sheet = mention_line("k", "it")

    assert texts([sheet]).count("\n") == 0
    assert sent(sheet)[-1]["components"][0]["label"] == "Mostrami"  # type: ignore[index]


def test_pages_keep_every_word_and_the_quotation_bar() -> None:
    words = [f"word{n}" for n in range(2000)]
    pages = paginate(["> " + " ".join(words)], room=1000)

    assert all(len(page) == 1 and len(page[0]) <= 1002 for page in pages)
    assert all(page[0].startswith("> ") for page in pages)
    joined = " ".join(page[0].removeprefix("> ") for page in pages)
    assert joined.split() == words


def test_a_citation_to_copy_is_plain_text() -> None:
    text = citation_text(citation(locator="page 3"), "en")

    assert text == "The Club, “A letter”, 8 April 2026, page 3, https://club.example/letter."
