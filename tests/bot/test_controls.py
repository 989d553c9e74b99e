"""Every button and select, pressed by everybody: the table that each handler must hold."""

from __future__ import annotations

import copy

import pytest

import bot.commands  # noqa: F401  (handlers register themselves)
from bot import controls
from tests.bot.running import Town
from tests.discord_people import Someone, private_channel
from tests.discord_server import Message
from tests.discord_world import MANAGE_GUILD, MANAGE_MESSAGES, MEMBER_PERMISSIONS, Person

ANYBODY = "passages passage copy report report_reason follow share gap related show choice withdraw"
MODERATOR = (
    "add address aside block cancel card correct details edit edit_place erase_reports gaps keep "
    "list offered pause recent remove replace resolved resume select_remove undo"
)
ADMIN = (
    "introduce load_sample remove_sample setup_channels setup_language setup_limits setup_log "
    "setup_model setup_role"
)
MODERATORS = "for the moderators of this server"
ADMINS = "for members who may manage this server"
SERVER = "only in a server that has installed me"
KEYLESS = {"cancel", "gaps", "keep", "pause", "recent", "resolved", "resume"}
"""What a moderator may do without a key: these redraw the card they stand on."""


def test_every_control_stands_in_exactly_one_row_of_the_table() -> None:
    table = f"{ANYBODY} {MODERATOR} {ADMIN}".split()

    assert sorted(table) == controls.actions()


@pytest.fixture(scope="module")
def answer(town: Town) -> Message:
    question = "What did the Harbour Association tell the Port Authority?"
    return town.person(town.ada).command("ask", question=question).answer()


def press(someone: Someone, answer: Message, action: str) -> str:
    """Press a button with a key that somebody made up; gives what is said to them."""
    made = Message(answer.server, copy.deepcopy(answer.payload), answer.channel)
    made.control("Passages")["custom_id"] = f"fn:{action}:made-up"
    said = someone.click(made, "Passages", stale=True).answer()
    assert said.ephemeral
    return said.text


def expected(who: str) -> dict[str, str]:
    """What each control says to somebody: a part of the sentence."""
    outside = who in ("private", "user install")
    words = dict.fromkeys(ANYBODY.split(), "no longer hold")
    if outside:
        words["share"] = "only share this in a server that has installed me"
    if who == "moderator":  # who may, hears that the card is gone: a sentence, no reference
        words |= dict.fromkeys(set(MODERATOR.split()) - KEYLESS, ".")
    else:
        words |= dict.fromkeys(MODERATOR.split(), SERVER if outside else MODERATORS)
    return words | dict.fromkeys(ADMIN.split(), SERVER if outside else ADMINS)


@pytest.mark.parametrize("who", ["member", "moderator", "private", "user install"])
def test_a_made_up_key_opens_nothing_to_nobody(town: Town, answer: Message, who: str) -> None:
    staff = MEMBER_PERMISSIONS | MANAGE_MESSAGES
    people = {"member": MEMBER_PERMISSIONS, "moderator": staff}
    person = Person(who, people.get(who, staff | MANAGE_GUILD))
    channel = private_channel(town.server, person) if who == "private" else None
    installed = "user" if who == "user install" else "guild"
    place = town.person(person, channel, installed=installed)

    for action, words in expected(who).items():
        said = press(place, answer, action)
        assert words in said, action
        assert "reference" not in said, action
        assert who != "moderator" or MODERATORS not in said, action
