"""Messages that mention the bot or reply to it; every other message is left alone."""

from __future__ import annotations

from tests.bot.running import Town, settle
from tests.discord_people import Someone
from tests.discord_server import Message
from tests.discord_world import Person

QUESTION = "what did the Harbour Association tell the Port Authority?"


def name(town: Town) -> str:
    return f"<@{town.server.world.bot.id}>"


def heard(town: Town, someone: Someone, text: str, **more: object) -> Message:
    """Write a message and give the bot's next public message there."""
    before = len(town.server.posted(someone.channel))
    someone.say(text, **more)  # type: ignore[arg-type]
    town.server.wait(lambda: len(town.server.posted(someone.channel)) > before, 15, text)
    return town.server.posted(someone.channel)[-1]


def test_a_mention_is_answered_by_a_reply_that_pings_nobody(town: Town) -> None:
    answer = heard(town, town.person(town.ada), f"{name(town)} {QUESTION}")

    assert "pilot boats need a licence" in answer.text
    assert answer.payload["message_reference"]["message_id"]
    assert answer.buttons == ["Passages", "Report", "Follow up"]
    assert town.person(town.ben).click(answer, "Passages").answer().ephemeral


def test_a_reply_that_pings_carries_the_conversation_also_in_a_thread(town: Town) -> None:
    ada = town.person(town.ada, town.thread)
    first = heard(town, ada, f"{name(town)} What did the BA tell the SEC?")
    second = heard(town, ada, "And what did Citadel say?", reply_to=first)

    assert "understood as:" in second.text
    assert "Citadel" in second.text


def test_what_is_not_in_the_record_is_one_public_line_and_shown_to_the_asker(town: Town) -> None:
    line = heard(town, town.person(town.ada), f"{name(town)} what does the Zeppelin Club demand?")
    assert line.text.count("\n") == 0
    assert line.buttons == ["Show me"]

    shown = town.person(town.ada).click(line, "Show me").answer()
    assert shown.ephemeral
    assert "Zeppelin Club" in shown.text

    other = town.person(town.ben).click(line, "Show me").answer()
    assert other.ephemeral
    assert "Zeppelin Club" not in other.text


def test_it_never_speaks_unasked_nor_to_bots_nor_twice(town: Town) -> None:
    channel = town.maple.channel("quiet")
    ada = town.person(town.ada, channel)
    robot = town.person(Person("robot", bot=True), channel)
    said = ada.say("what did the Harbour Association say?")
    ada.say("and again", reply_to=said)
    ada.say("@everyone what did the Harbour Association say?")
    robot.say(f"{name(town)} {QUESTION}")
    settle(1.0)
    assert town.server.posted(channel) == []

    first = heard(town, ada, f"{name(town)} {QUESTION}")
    ada.say("thank you", reply_to=first, ping=False)
    event = next(
        e["d"]
        for e in reversed(town.server.sessions[town.server._session])
        if e["t"] == "MESSAGE_CREATE" and QUESTION in e["d"]["content"]
    )
    town.server.send_event("MESSAGE_CREATE", event)
    settle(1.0)
    assert len(town.server.posted(channel)) == 1


def test_a_channel_where_it_may_not_write_and_a_deleted_question_stay_silent(town: Town) -> None:
    town.person(town.ada, town.silent).say(f"{name(town)} {QUESTION}")
    channel = town.maple.channel("hasty")
    hasty = town.person(town.ada, channel)
    town.server.world.messages.pop(int(hasty.say(f"{name(town)} {QUESTION}")["id"]))
    settle(2.0)

    assert town.server.posted(town.silent) == []
    assert town.server.posted(channel) == []


def test_the_menu_answers_somebody_elses_question_privately(town: Town) -> None:
    question = town.person(town.ben).say(QUESTION)
    answer = town.person(town.ada).menu("Answer from the record", question).answer()

    assert answer.ephemeral
    assert "pilot boats need a licence" in answer.text
    assert "Share" in answer.buttons


def test_a_server_in_italian_is_answered_in_italian_and_its_member_in_his_own_language(
    town: Town,
) -> None:
    ada = town.person(town.ada, town.birch_general, locale="en-US")
    public = ada.command("ask", question=QUESTION).answer()
    private = ada.command("ask", question="What does the Zeppelin Club demand?").answer()

    assert public.buttons == ["Passi", "Segnala", "Continua"]
    assert "11 febbraio 2026" in public.text
    assert "pilot boats need a licence" in public.text
    assert "Tell the moderators" in private.buttons
    assert "The record does not answer" in private.text
