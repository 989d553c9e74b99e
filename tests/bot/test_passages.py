"""*Passages* with many and long sources: pages to turn, nothing cut."""

from __future__ import annotations

import re

import pytest

from bot.commands.passages import LAST, Leaf, leaf_of
from bot.kept import KeptAnswer
from bot.pages import paginate
from bot.state import State
from knowledge import Record, Settings
from tests.bot.running import MAPLE, Town
from tests.discord_server import Message

QUESTION = "What did the Harbour Association tell the Port Authority?"


def test_ten_sources_are_shown_whole_page_by_page_and_back(town: Town) -> None:
    """Every document is quoted as a whole; one of them fills several messages."""
    libraries = ("shared", f"guild-{MAPLE}")
    with Record.open(Settings(FOOTNOTE_HOME=town.bot.home)) as record:
        entries = [entry for library in libraries for entry in record.entries(library)]
        documents = [record.document(entry.id, libraries) for entry in entries][-10:]
    assert len(documents) == 10
    assert max(len(document.text) for document in documents) > 8000
    citations = tuple(
        {"number": n, "document": d.entry.id, "start": 0, "end": len(d.text)}
        for n, d in enumerate(documents, 1)
    )
    state = State(town.bot.home)
    asker = state.person(town.ada.id)
    state.keep_answer(
        KeptAnswer("tenfold", asker, QUESTION, libraries, "answered", citations, guild=MAPLE)
    )
    state.close()
    ada = town.person(town.ada)
    answer = ada.command("ask", question=QUESTION).answer()
    answer.control("Passages")["custom_id"] = "fn:passages:tenfold"

    page = ada.click(answer, "Passages").answer()
    pages = [page.text]
    while "Next" in page.buttons:
        page = ada.click(page, "Next").answer()
        pages.append(page.text)
    assert len(pages) > 11
    assert all(text.count("**") % 2 == 0 for text in pages)
    shown = words("\n".join(pages))
    for document in documents:
        for line in document.text.splitlines():
            assert words(line) in shown, line

    back = [page.text]
    while "Previous" in page.buttons:
        page = ada.click(page, "Previous").answer()
        back.append(page.text)
    assert back == pages[::-1]
    assert isinstance(page, Message)
    assert "source 1 of 10" in page.text or "1 of 10" in page.text


def words(text: str) -> str:
    """The words alone: no Markdown, no quotation bars."""
    return " ".join(re.sub(r"(?m)^> |[\\*_]", " ", text).split())


@pytest.mark.parametrize("leaf", [Leaf(), Leaf(3), Leaf(2, 5), Leaf(9, LAST)])
def test_a_page_survives_its_button(leaf: Leaf) -> None:
    assert leaf_of(f"key.{leaf.key}") == ("key", leaf)


@pytest.mark.parametrize("key", ["key", "key.", "key.x.y", "key.-1.-7"])
def test_a_button_that_somebody_made_up_opens_the_first_page(key: str) -> None:
    assert leaf_of(key) == ("key", Leaf())


def test_a_bold_quotation_that_is_parted_is_bold_on_both_pages() -> None:
    quotation = " ".join(f"word{n}" for n in range(1000))
    pages = paginate([f"> before **{quotation}** after"], room=3000)

    assert len(pages) > 1
    for page in pages:
        assert page[0].startswith("> ")
        assert page[0].count("**") == 2
    assert [w for page in pages for w in re.findall(r"word\d+", page[0])] == quotation.split()
