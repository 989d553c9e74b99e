"""Moderators look after the record: cards, forms, removal, undo, setup, gaps."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.state import State
from knowledge import Record, Settings
from tests.bot.running import CEDAR, Town, add_text
from tests.discord_people import Someone
from tests.discord_server import Message, Talk
from tests.discord_world import Person

BELLS = (
    "The Bell Foundry told the Mayor on 1 May 2026 that the tower needs two new bells. "
    "The bells weigh 900 kilograms each.\n"
)


def shows(talk: Talk, what: str, seconds: float = 60) -> Message:
    """Wait until a message of the bot has these words or this button."""
    return talk.wait(  # type: ignore[no-any-return]
        lambda: next((m for m in talk.said() if what in m.text or what in m.buttons), None),
        seconds,
        what,
    )


@pytest.fixture
def mod(town: Town) -> Someone:
    return town.person(town.mod, town.cedar_general)


@pytest.fixture
def ada(town: Town) -> Someone:
    return town.person(town.ada, town.cedar_general)


@pytest.fixture
def owner(town: Town) -> Iterator[Someone]:
    """Who manages CEDAR; its choices are the default ones again afterwards."""
    yield town.person(town.owner, town.cedar_general)
    who = town.person(town.owner, town.cedar_general)
    setup = who.command("footnote setup").answer()
    who.choose(setup, "Channels where answers are public").answer()
    who.choose(setup, "Channel for the log of changes").answer()
    who.choose(setup, "Language of public answers", "server").answer()


def add_bells(mod: Someone) -> tuple[Message, Message]:
    """Add a document from a file, corrected on its card; gives the card and the result."""
    card = shows(mod.command("source add", file=("bells.txt", BELLS.encode())), "Cancel")
    details = mod.click(card, "Edit details")
    mod.submit(details, title="Two new bells", publisher="Bell Foundry", date="2026-05-01").answer()
    place = mod.click(card, "Where is it published?")
    mod.submit(place, address="https://bells.example/letter", kind="letter").answer()
    return card, shows(mod.click(card, "Add"), "Undo")


def test_a_file_is_shown_corrected_added_logged_edited_and_removed(
    town: Town, mod: Someone, ada: Someone, owner: Someone
) -> None:
    setup = owner.command("footnote setup").answer()
    owner.choose(setup, "Channel for the log of changes", str(town.cedar_log.id)).answer()
    card, result = add_bells(mod)
    assert card.ephemeral
    assert "Added “Two new bells”: one passage." in result.text
    town.server.wait(lambda: town.server.posted(town.cedar_log), 10)
    line = town.server.posted(town.cedar_log)[-1]
    assert "added “Two new bells”, by moderator-" in line.text
    assert line.buttons == ["Undo"]

    question = "What did the Bell Foundry tell the Mayor?"
    answer = ada.command("ask", question=question).answer()
    assert "two new bells" in answer.text
    assert "https://bells.example/letter" in answer.text
    elsewhere = town.person(town.ada).command("ask", question=question).answer()
    assert "two new bells" not in elsewhere.text

    listed = mod.command("source list", search="bells foundry").answer()
    assert "Two new bells" in listed.text
    form = mod.command("source edit", document="Two new bells")
    assert "Changed." in shows(mod.submit(form, title="Two bells"), "Undo").text
    mine = mod.command("source list", added_by=mod.person).answer()
    assert "Two bells" in mine.text
    theirs = mod.command("source list", added_by=ada.person).answer()
    assert "No document matches." in theirs.text

    town.cedar_log.writable = False
    confirm = mod.choose(mine, "Choose documents to remove", "Two bells").answer()
    assert "for good?" in confirm.text
    assert "Removed “Two bells”." in shows(mod.click(confirm, "Remove"), "Removed").text
    town.cedar_log.writable = True
    assert "No document matches." in mod.command("source list", search="bells").answer().text
    assert "does not answer" in ada.command("ask", question=question).answer().text
    page = ada.click(answer, "Passages").answer()
    assert "This source was removed from the record on" in page.text


def test_a_second_press_of_add_adds_nothing_and_takes_no_undo_away(
    town: Town, mod: Someone
) -> None:
    text = b"The Rope Maker told the Mayor on 4 May 2026 that ropes are short.\n"
    card = shows(mod.command("source add", file=("ropes.txt", text)), "Cancel")
    again = Message(card.server, copy.deepcopy(card.payload), card.channel)
    first = mod.click(card, "Add")
    second = mod.click(again, "Add", stale=True)

    assert "Adding “ropes.txt”" in second.answer().text
    assert "Added “ropes.txt”" in shows(first, "Undo").text
    assert card.buttons == ["Undo"]


def test_pasted_text_arrives_whole_and_a_cancelled_one_leaves_nothing(
    town: Town, mod: Someone
) -> None:
    form = mod.command("source add")
    parts = ["The Miller wrote: " + "a" * 3982, "b" * 4000, "c" * 10 + " The end."]
    talk = mod.submit(
        form,
        paste_text_part_1=parts[0],
        paste_text_part_2=parts[1],
        paste_text_part_3=parts[2],
    )
    card = shows(talk, "Cancel")
    assert f"{sum(map(len, parts))} characters of pasted text arrived." in card.text
    assert "aaaa" in card.text
    assert "The end." in card.text
    kept = list((town.bot.home / "bot-previews").glob("*/bytes"))
    assert kept

    assert "Nothing was added" in mod.click(card, "Cancel").answer().text
    left = [p for p in kept if p.exists()]
    assert len(left) == len(kept) - 1


def test_nothing_given_both_given_and_addresses_of_discord_are_refused(mod: Someone) -> None:
    assert "nothing to add" in mod.submit(mod.command("source add")).answer().text
    both = mod.command("source add", url="https://a.example", file=("a.txt", b"x"))
    assert "not both" in both.answer().text
    own = mod.command("source add", url="https://cdn.discordapp.com/attachments/1/2/a.pdf")
    assert "starts with http" in own.answer().text


def test_a_file_of_a_message_is_chosen_added_without_its_discord_address_and_undone(
    town: Town, mod: Someone, ada: Someone
) -> None:
    message = ada.say(
        "see https://one.example/a, and this:",
        files=[("toll.txt", b"The Toll Keeper told the Mayor that the toll is two pence.\n")],
    )
    offer = mod.menu("Add to the record", message).answer()
    card = shows(mod.choose(offer, "What should be added?", "toll.txt"), "Cancel")
    assert "two pence" in card.text
    assert "discord" not in card.text
    shows(mod.click(card, "Add"), "Undo")

    info = mod.command("source info", document="toll.txt").answer()
    assert "**Address:** unknown" in info.text
    answer = ada.command("ask", question="What did the Toll Keeper tell the Mayor?").answer()
    assert "file given by moderators" in answer.text
    assert "discord" not in answer.text

    other = town.person(Person("second", town.mod.permissions), town.cedar_general)
    recent = other.command("source recent").answer()
    assert "added “toll.txt”, by moderator-" in recent.text
    as_it_was = Message(town.server, copy.deepcopy(recent.payload), recent.channel)
    undone = shows(other.click(recent, "Undo"), "Undone")
    assert "toll.txt" in undone.text
    assert "cannot be undone" in other.click(as_it_was, "Undo", stale=True).answer().text


def test_answer_channels_keep_the_others_quiet(town: Town, ada: Someone, owner: Someone) -> None:
    setup = owner.command("footnote setup").answer()
    owner.choose(setup, "Channels where answers are public", str(town.cedar_general.id)).answer()
    question = "What did the Harbour Association tell the Port Authority?"
    away = town.person(town.ada, town.cedar_other)

    assert not ada.command("ask", question=question).answer().ephemeral
    private = away.command("ask", question=question).answer()
    assert private.ephemeral
    assert "Share" in private.buttons

    away.say(f"<@{town.server.world.bot.id}> {question}")
    town.server.wait(lambda: town.server.posted(town.cedar_other), 10)
    away.say(f"<@{town.server.world.bot.id}> {question}")
    other = town.person(town.ben, town.cedar_other)
    other.say(f"<@{town.server.world.bot.id}> {question}")
    town.server.wait(lambda: len(town.server.posted(town.cedar_other)) >= 2, 10)
    lines = town.server.posted(town.cedar_other)
    assert len(lines) == 2
    assert all(f"I answer in <#{town.cedar_general.id}>" in line.text for line in lines)


def test_the_language_of_setup_is_that_of_public_answers(ada: Someone, owner: Someone) -> None:
    setup = owner.command("footnote setup").answer()
    owner.choose(setup, "Language of public answers", "Italiano").answer()
    question = "What did the Harbour Association tell the Port Authority?"

    assert ada.command("ask", question=question).answer().buttons[0] == "Passi"


def test_the_sample_record_is_marked_and_removed_by_one_button(
    town: Town, ada: Someone, owner: Someone
) -> None:
    setup = owner.command("footnote setup").answer()
    loaded = shows(owner.click(setup, "Load the sample record"), "Remove the sample record", 90)
    assert "The sample record is loaded" in loaded.text
    answer = ada.command("ask", question="For how long would the safe harbor apply?").answer()
    assert "from the sample record" in answer.text

    gone = shows(owner.click(loaded, "Remove the sample record"), "Load the sample record", 90)
    assert "removed" in gone.text
    assert "from the sample record" not in ada.command("ask", question="And now?").answer().text


def test_an_introduction_is_posted_and_a_closed_channel_is_told(town: Town, owner: Someone) -> None:
    setup = owner.command("footnote setup").answer()
    owner.click(setup, "Post a short introduction here")
    town.server.wait(
        lambda: any("I am Footnote" in m.text for m in town.server.posted(town.cedar_general)), 10
    )

    closed = town.cedar.channel("closed", writable=False)
    there = town.person(town.owner, closed)
    refused = there.click(
        there.command("footnote setup").answer(), "Post a short introduction here"
    )
    assert "may not write in this channel" in shows(refused, "may not").text


def test_a_pause_and_limits_hold_at_once(town: Town, mod: Someone, ada: Someone) -> None:
    owner = town.person(town.owner, town.cedar_general)
    gaps = mod.command("footnote gaps").answer()
    mod.click(gaps, "Pause for 1 hour").answer()
    assert "Answers are paused" in ada.command("ask", question="What now?").answer().text
    mod.click(gaps, "Answer again").answer()

    setup = owner.command("footnote setup").answer()
    form = owner.click(setup, "Limits")
    wrong = owner.submit(form, questions_a_member_in_10_minutes="none").answer()
    assert "whole number" in wrong.text
    form = owner.click(setup, "Limits")
    owner.submit(form, questions_a_member_in_10_minutes="1").answer()
    eve = town.person(Person("eve"), town.cedar_general)
    eve.command("ask", question="What did the Harbour Association write?").answer()
    refused = eve.command("ask", question="What did the Harbour Association write?").answer()
    assert "You have asked 1 questions" in refused.text
    form = owner.click(setup, "Limits")
    owner.submit(form, questions_a_member_in_10_minutes="1000").answer()


def test_a_blocked_members_reports_are_deleted_and_no_longer_taken(
    town: Town, mod: Someone
) -> None:
    eve = town.person(Person("nuisance"), town.cedar_general)

    def complain() -> str:
        question = "What did the Harbour Association tell the Port Authority?"
        answer = eve.command("ask", question=question).answer()
        return (
            eve.choose(eve.click(answer, "Report").answer(), "What is wrong?", "Other")
            .answer()
            .text
        )

    assert "Sent to the moderators" in complain()
    gaps = mod.command("footnote gaps").answer()
    assert "take no more reports" in mod.click(gaps, "Block member").answer().text
    assert "Deleted: one report" in mod.click(gaps, "Delete this member's reports").answer().text
    assert "do not take reports" in complain()


def test_forgetting_erases_at_once_and_says_what_remains(town: Town) -> None:
    zoe = town.person(Person("zoe"), town.cedar_general)
    question = "What did the Harbour Association say of zebras?"
    answer = zoe.command("ask", question=question).answer()
    told = zoe.command("footnote forget").answer()

    assert told.ephemeral
    assert "Erased: everything I kept about you" in told.text
    assert "What remains" in told.text
    files = [path for path in town.bot.home.glob("bot.*") if path.is_file()]
    assert all(b"zebras" not in path.read_bytes() for path in files)
    assert answer.buttons
    assert "no longer hold" in zoe.click(answer, answer.buttons[0]).answer().text


def test_about_offers_questions_that_are_answered(town: Town, ada: Someone) -> None:
    about = ada.command("footnote about").answer()
    assert about.ephemeral
    asked = [line[2:] for line in about.text.splitlines() if line.startswith("- ")]

    assert 1 <= len(asked) <= 3
    assert "Quotations" not in ada.command("ask", question=asked[0]).answer().text
    assert "not logged" in about.text


def test_a_server_that_was_left_answers_from_the_shared_record_only(town: Town) -> None:
    leaving = town.leaving
    somebody = town.person(town.mod, leaving.channels[0])
    question = "How many ovens does the Bakers' Guild have?"
    assert "31 ovens" in somebody.command("ask", question=question).answer().text

    town.server.send_event("GUILD_DELETE", {"id": str(leaving.id)})
    town.server.wait(lambda: _left(town.bot.home, leaving.id), 10)
    assert "31 ovens" not in somebody.command("ask", question=question).answer().text


def _left(home: Path, guild: int) -> bool:
    state = State(home)
    try:
        return state.server(guild).left_at is not None
    finally:
        state.close()


def test_an_older_document_is_marked_as_replaced_only_when_a_moderator_says_so(
    town: Town, mod: Someone
) -> None:
    rule = {"title": "Order on ferry times", "author": "Ferry Board", "kind": "rule"}
    with Record.open(Settings(FOOTNOTE_HOME=town.bot.home)) as record:
        noon = "The Ferry Board orders that every ferry leaves the pier at noon.\n"
        add_text(record, f"guild-{CEDAR}", noon, date="2025-02-01", **rule)
    newer = b"The Ferry Board orders that every ferry leaves the pier at eleven.\n"
    card = shows(mod.command("source add", file=("times.txt", newer)), "Cancel")
    details = mod.click(card, "Edit details")
    given = {"title": rule["title"], "whose_words": rule["author"], "date": "2026-02-01"}
    mod.submit(details, **given).answer()
    mod.submit(mod.click(card, "Where is it published?"), kind="rule").answer()
    result = shows(mod.click(card, "Add"), "Undo")
    assert "It may replace “Order on ferry times”" in result.text
    assert result.buttons == ["Undo", "Mark the older one as replaced"]

    marked = shows(mod.click(result, "Mark the older one as replaced"), "Undo")
    assert "is marked as replaced" in marked.text
    assert len(replaced(town)) == 1
    again = mod.click(result, "Mark the older one as replaced").answer()
    assert "nothing to mark" in again.text
    assert "marked “Order on ferry times” as replaced" in mod.command("source recent").answer().text

    shows(mod.click(marked, "Undo"), "Changed.")
    assert replaced(town) == []


def replaced(town: Town) -> list[str]:
    with Record.open(Settings(FOOTNOTE_HOME=town.bot.home)) as record:
        return [e.id for e in record.entries(f"guild-{CEDAR}") if e.replaced_by]
