"""The buttons under an answer: what they show, to whom, and after things have changed."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
import time
from pathlib import Path

from knowledge import Record, Settings
from tests.bot.running import Town
from tests.discord_people import Someone, links
from tests.discord_server import Message

QUESTION = "What did the Harbour Association tell the Port Authority?"


def ask(town: Town, question: str = QUESTION, who: Someone | None = None) -> Message:
    return (who or town.person(town.ada)).command("ask", question=question).answer()


def test_passages_show_the_quotation_in_bold_in_its_place_to_who_clicks(town: Town) -> None:
    page = town.person(town.ben).click(ask(town), "Passages").answer()

    assert page.ephemeral
    assert "**The Harbour Association told the Port Authority in a letter" in page.text
    assert "Pilots keep ships off the rocks" in page.text
    assert "Letter on pilot boats" in page.text
    assert "11 February 2026" in page.text
    assert page.buttons == ["Open source", "Copy citation"]
    assert all(link.startswith("https://harbour.example/letters/pilots") for link in links(page))


def test_several_sources_are_pages_to_turn_and_to_copy(town: Town) -> None:
    answer = ask(town, "Do pilot boats need a licence of their own?")
    ben = town.person(town.ben)
    page = ben.click(answer, "Passages").answer()
    first = page.text
    assert "Next" in page.buttons

    page = ben.click(page, "Next").answer()
    assert page.text != first
    assert "Previous" in page.buttons

    copied = ben.click(page, "Copy citation").answer()
    assert copied.ephemeral
    assert copied.text.startswith("```\n")
    assert "2026" in copied.text


def test_a_report_tells_its_sender_what_happens_and_reaches_the_moderators(town: Town) -> None:
    ben = town.person(town.ben)
    form = ben.click(ask(town), "Report").answer()
    assert form.ephemeral
    assert form.buttons == []

    told = ben.choose(form, "What is wrong?", "Wrong speaker").answer()
    assert told.text == "Sent to the moderators; the answer stays until they act."

    gaps = town.person(town.mod).command("footnote gaps").answer()
    assert gaps.ephemeral
    assert "Wrong speaker" in gaps.text
    assert f"||{QUESTION}||" in gaps.text
    assert town.person(town.mod).click(gaps, "Resolved").answer().text.startswith("Resolved.")


def test_the_asker_withdraws_an_answer_and_others_cannot(town: Town) -> None:
    answer = ask(town)
    ada = town.person(town.ada)
    form = ada.click(answer, "Report").answer()
    assert form.buttons == ["Withdraw"]
    form_as_it_was = Message(form.server, copy.deepcopy(form.payload), form.channel)

    assert "Withdrawn" in ada.click(form, "Withdraw").answer().text
    assert "withdrawn by the person who asked" in answer.text
    assert "Harbour" not in answer.text
    assert answer.buttons == []
    assert "no longer hold" in ada.click(form_as_it_was, "Withdraw", stale=True).answer().text


def test_a_moderator_adds_a_correction_above_the_buttons(town: Town) -> None:
    answer = ask(town)
    mod = town.person(town.mod)
    form = mod.click(answer, "Report").answer()
    assert form.buttons == ["Withdraw", "Add correction"]

    opened = mod.click(form, "Add correction")
    done = mod.submit(opened, what_should_readers_know="It was <@1> *withdrawn* @everyone").answer()

    assert "stands under the answer" in done.text
    assert "Correction by a moderator" in answer.text
    assert r"\*withdrawn\* @" in answer.text
    assert "@everyone" not in answer.text
    assert answer.buttons == ["Passages", "Report", "Follow up"]
    assert town.person(town.ben).click(answer, "Passages").answer().ephemeral


def test_a_follow_up_is_completed_from_the_conversation(town: Town) -> None:
    answer = ask(town, "What did the BA tell the SEC?")
    ada = town.person(town.ada)
    next_one = ada.submit(
        ada.click(answer, "Follow up"), your_next_question="And what did Citadel say?"
    )

    text = next_one.answer().text
    assert "understood as:" in text
    assert "Citadel" in text


def test_what_is_missing_reaches_the_moderators_once_told(town: Town) -> None:
    ada = town.person(town.ada)
    answer = ask(town, "What does the Submarine League demand?")
    told = ada.click(answer, "Tell the moderators").answer()
    assert "Sent to the moderators" in told.text

    gaps = town.person(town.mod).command("footnote gaps").answer()
    assert "||What does the Submarine League demand?||" in gaps.text


def test_documents_come_and_go_while_the_bot_answers(town: Town, tmp_path: Path) -> None:
    question = "How many swans does the Swan Warden count?"
    began = time.monotonic()
    assert "does not answer" in ask(town, question).text
    usual = time.monotonic() - began  # what the machine takes for a question just now

    swans = tmp_path / "swans.txt"
    swans.write_text("The Swan Warden counts 88 swans on the lake. They nest in April.\n")
    particulars = ["--title", "Swans", "--publisher", "Swan Warden", "--date", "2026-05-01"]
    footnote(town, "add", str(swans), *particulars)
    ended = time.monotonic()
    answer = ask(town, question)
    assert "88 swans" in answer.text
    assert time.monotonic() - ended < 2.0 + usual

    reindexing = footnote(town, "reindex", wait=False)
    while reindexing.poll() is None:
        assert "88 swans" in ask(town, question).text
        time.sleep(0.2)
    assert reindexing.returncode == 0
    ended = time.monotonic()
    assert "88 swans" in ask(town, question).text
    assert time.monotonic() - ended < 2.0 + usual

    with Record.open(Settings(FOOTNOTE_HOME=town.bot.home)) as record:
        entry = next(e for e in record.entries("shared") if e.particulars.title == "Swans")
        record.keeping.remove([entry.id], library="shared", actor="test")
    page = town.person(town.ben).click(answer, "Passages").answer()
    assert "This source was removed from the record on" in page.text
    assert "does not answer" in ask(town, question).text


def footnote(town: Town, *arguments: str, wait: bool = True) -> subprocess.Popen[bytes]:
    """Run the command line of the admin, a process beside the bot."""
    process = subprocess.Popen(
        [sys.executable, "-m", "knowledge.cli", *arguments],
        env=os.environ | {"FOOTNOTE_HOME": str(town.bot.home)},
        stdout=subprocess.DEVNULL,
    )
    if wait:
        assert process.wait(60) == 0
    return process
