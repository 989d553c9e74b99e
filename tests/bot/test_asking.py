"""`/ask` through the running bot: acknowledged, answered, private where it should be."""

from __future__ import annotations

from tests.bot.running import Town
from tests.discord_people import links, private_channel


def test_an_answer_is_public_quotes_its_source_and_links_to_the_sentence(town: Town) -> None:
    talk = town.person(town.ada).command(
        "ask", question="What did the Harbour Association tell the Port Authority?"
    )
    answer = talk.answer()

    assert not answer.ephemeral
    assert "What did the Harbour Association tell the Port Authority?" in answer.text
    assert "> " in answer.text
    assert "pilot boats need a licence of their own" in answer.text
    assert "[1]" in answer.text
    assert "11 February 2026" in answer.text
    assert "quoted, no model" in answer.text
    assert "not legal advice" in answer.text
    assert answer.buttons == ["Passages", "Report", "Follow up"]
    assert links(answer)
    assert all(link.startswith("https://harbour.example/letters/pilots") for link in links(answer))
    assert talk.acknowledged_after is not None
    assert talk.acknowledged_after < 1.5
    assert len(talk.said()) == 1


def test_what_the_record_does_not_answer_is_said_to_the_asker_alone(town: Town) -> None:
    talk = town.person(town.ada).command("ask", question="What does the Zeppelin Club demand?")
    answer = talk.answer()

    assert answer.ephemeral
    assert "does not answer" in answer.text
    assert "Zeppelin Club" in answer.text
    assert "not what was said elsewhere" in answer.text
    assert "Tell the moderators" in answer.buttons
    assert links(answer) == []
    assert len(talk.said()) == 1


def test_private_on_wish_with_share_that_posts_it_for_all(town: Town) -> None:
    ada = town.person(town.ada)
    talk = ada.command("ask", question="Who must answer the letter on pilot boats?", private=True)
    answer = talk.answer()
    assert answer.ephemeral
    assert "Share" in answer.buttons

    shared = ada.click(answer, "Share").answer()

    assert not shared.ephemeral
    assert "Port Authority" in shared.text


def test_a_direct_message_and_a_user_installation_are_answered_from_the_shared_record(
    town: Town,
) -> None:
    question = "How many lamps does the Lantern Guild count?"
    here = town.person(town.ada).command("ask", question=question).answer()
    assert "212" in here.text

    there = town.person(town.ada, town.birch_general).command("ask", question=question).answer()
    alone = town.person(town.ada, private_channel(town.server, town.ada))
    direct = alone.command("ask", question=question).answer()
    own = town.person(town.ada, installed="user").command("ask", question=question).answer()

    friends = private_channel(town.server, town.ada)
    among = town.person(town.ada, friends, installed="user", context=2)
    among_friends = among.command("ask", question=question).answer()

    for answer in (there, direct, own, among_friends):
        assert "212" not in answer.text
        assert "lantern.example" not in answer.text
    assert own.ephemeral
    quoted = among.command("ask", question="Who wrote the letter on pilot boats?").answer()
    assert "pilot boats" in quoted.text
    assert quoted.ephemeral


def test_a_date_that_is_none_is_refused_in_one_sentence(town: Town) -> None:
    talk = town.person(town.ada).command("ask", question="What is new?", since="next week"[:10])

    assert "a date is YYYY" in talk.answer().text
    assert talk.answer().ephemeral
