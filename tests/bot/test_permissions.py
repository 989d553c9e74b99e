"""Who may do what, where: the table that the code must hold, asked of the running bot."""

from __future__ import annotations

import pytest

from tests.bot.running import Town
from tests.discord_people import Someone, private_channel
from tests.discord_world import MANAGE_GUILD, MANAGE_MESSAGES, MEMBER_PERMISSIONS, Person

MODERATORS = "for the moderators of this server"
ADMINS = "for members who may manage this server"
SERVER = "only in a server that has installed me"

COMMANDS: dict[str, dict[str, object]] = {
    "source list": {},
    "source info": {"document": "Gas lamps of the old town"},
    "source edit": {"document": "Gas lamps of the old town"},
    "source refresh": {"document": "Note on the ferry"},
    "source remove": {"document": "Gas lamps of the old town"},
    "source recent": {},
    "source add": {},
    "footnote gaps": {},
}


def someone(town: Town, who: str, channel: object = None) -> Someone:
    """A person as the table names them. `override`: an admin let all members see the commands."""
    people = {
        "member": Person("member"),
        "override": Person("override"),
        "moderator": Person("moderator", MEMBER_PERMISSIONS | MANAGE_MESSAGES),
        "admin": Person("admin", MEMBER_PERMISSIONS | MANAGE_MESSAGES | MANAGE_GUILD),
        "user install": Person("user install", MEMBER_PERMISSIONS | MANAGE_MESSAGES),
    }
    installed = "user" if who == "user install" else "guild"
    return town.person(people[who], channel, installed=installed, override=True)


def said(talk: object) -> str:
    """The private words of an answer, or the title of the form that opened."""
    talk.acknowledged()  # type: ignore[attr-defined]
    if talk.callback["type"] == 9:  # type: ignore[attr-defined]
        return "form: " + talk.modal()["title"]  # type: ignore[attr-defined]
    answer = talk.answer()  # type: ignore[attr-defined]
    assert answer.ephemeral
    return str(answer.text)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("who", "refusal"),
    [("member", MODERATORS), ("override", MODERATORS), ("moderator", None), ("admin", None)],
)
def test_moderators_commands(town: Town, command: str, who: str, refusal: str | None) -> None:
    text = said(someone(town, who).command(command, **COMMANDS[command]))

    if refusal is not None:
        assert refusal in text
    else:
        assert MODERATORS not in text
        assert "reference" not in text


@pytest.mark.parametrize(
    ("who", "refusal"), [("member", ADMINS), ("moderator", ADMINS), ("admin", None)]
)
def test_setup_is_for_who_manages_the_server(town: Town, who: str, refusal: str | None) -> None:
    text = said(someone(town, who).command("footnote setup"))

    assert (refusal or "Set up Footnote") in text


def test_moderators_commands_are_not_shown_to_members_nor_outside_of_servers(town: Town) -> None:
    member = town.person(Person("member"))
    moderator = Person("moderator", MEMBER_PERMISSIONS | MANAGE_MESSAGES)
    direct = town.person(moderator, private_channel(town.server, moderator))
    own = town.person(moderator, installed="user")

    assert not member.sees("source list")
    assert not member.sees("Add to the record", 3)
    for elsewhere in (direct, own):
        assert not elsewhere.sees("source list")
        assert not elsewhere.sees("Add to the record", 3)
        assert elsewhere.sees("ask")


@pytest.mark.parametrize("command", ["footnote gaps", "footnote setup"])
def test_what_is_for_a_server_is_refused_elsewhere(town: Town, command: str) -> None:
    admin = Person("admin", MEMBER_PERMISSIONS | MANAGE_MESSAGES | MANAGE_GUILD)
    direct = town.person(admin, private_channel(town.server, admin))
    own = town.person(admin, installed="user")

    assert SERVER in said(direct.command(command))
    assert SERVER in said(own.command(command))


def test_titles_are_completed_for_moderators_of_that_server_only(town: Town) -> None:
    def choices(who: Someone) -> list[str]:
        talk = who.autocomplete("source remove", "document", "gas")
        return [c["name"] for c in talk.choices()]

    assert choices(someone(town, "moderator")) == ["Gas lamps of the old town"]
    assert choices(someone(town, "override")) == []
    assert choices(someone(town, "moderator", town.birch_general)) == []


def test_publishers_of_another_server_are_not_completed(town: Town) -> None:
    def choices(who: Someone) -> list[str]:
        talk = who.autocomplete("ask", "publisher", "lantern", question="x")
        return [c["name"] for c in talk.choices()]

    assert choices(town.person(town.ada)) == ["Lantern Guild"]
    assert choices(town.person(town.ada, town.birch_general)) == []
    assert choices(town.person(town.ada, installed="user")) == []
    assert choices(town.person(town.ada, private_channel(town.server, town.ada))) == []


def test_a_foreign_document_is_as_unknown_as_one_that_never_was(town: Town) -> None:
    own = someone(town, "moderator").autocomplete("source info", "document", "gas").choices()
    foreign = someone(town, "moderator", town.birch_general)

    seen = said(foreign.command("source info", document=own[0]["value"]))
    never = said(foreign.command("source info", document="zzzzzzzzzzzz"))
    assert seen == never
    shared = said(foreign.command("source info", document="Letter on pilot boats"))
    assert shared == never


def test_a_moderator_who_is_none_any_more_is_refused_at_every_button(town: Town) -> None:
    person = Person("fading", MEMBER_PERMISSIONS | MANAGE_MESSAGES)
    fading = town.person(person, override=True)
    removal = fading.command("source remove", document="Gas lamps of the old town").answer()
    listing = fading.command("source list").answer()
    gaps = fading.command("footnote gaps").answer()
    form = fading.command("source edit", document="Gas lamps of the old town")
    form.modal()
    person.permissions = MEMBER_PERMISSIONS

    assert MODERATORS in said(fading.click(removal, "Remove"))
    assert MODERATORS in said(fading.click(gaps, "Pause for 1 hour"))
    assert MODERATORS in said(
        fading.choose(listing, "Choose documents to remove", "Gas lamps of the old town")
    )
    assert MODERATORS in said(fading.submit(form, title="Stolen"))
    info = town.person(town.mod).command("source info", document="Gas lamps of the old town")
    assert "Gas lamps of the old town" in info.answer().text


def test_a_button_of_one_server_does_nothing_in_another(town: Town) -> None:
    removal = (
        town.person(town.mod)
        .command("source remove", document="Gas lamps of the old town")
        .answer()
    )
    answer = town.person(town.ada).command("ask", question="How many lamps are there?").answer()
    there = town.person(town.mod, town.birch_general)

    assert "older than an hour" in said(there.click(removal, "Remove"))
    assert "no longer hold" in said(there.click(answer, "Passages"))
    own = town.person(town.mod, installed="user")
    assert SERVER in said(own.click(removal, "Remove"))
    assert "no longer hold" in said(own.click(answer, "Passages"))


def test_the_role_of_setup_makes_moderators_and_the_role_of_everyone_does_not(town: Town) -> None:
    owner = town.person(town.owner, town.cedar_general)
    role = 444444444444444444
    warden = town.person(Person("warden", roles=[role]), town.cedar_general, override=True)
    assert MODERATORS in said(warden.command("footnote gaps"))

    setup = owner.command("footnote setup").answer()
    owner.choose(setup, "Role that looks after the record", str(role)).answer()
    assert MODERATORS not in said(warden.command("footnote gaps"))

    owner.choose(setup, "Role that looks after the record", str(town.cedar.id)).answer()
    assert MODERATORS in said(warden.command("footnote gaps"))
    member = town.person(Person("x"), town.cedar_general, override=True)
    assert MODERATORS in said(member.command("footnote gaps"))
