"""A hundred hostile questions and documents: nobody is pinged, nothing foreign is linked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge import Record, Settings
from tests.bot.running import Town, add_text, copy_home
from tests.discord_people import links

PIECES = [
    "@everyone",
    "@here",
    "<@123456789012345678>",
    "<@!123456789012345678>",
    "<@&98765432109876543>",
    "<#123456789012345678>",
    "</ask:123456789012345678>",
    "<:smile:123456789012345678>",
    "<t:0:R>",
    "<id:guide>",
    "[free](https://evil.example)",
    "[free](<https://evil.example>)",
    "https://evil.example/a",
    "<https://evil.example/b>",
    "http://evil.example)",
    "discord.gg/evil",
    "https://discord.com/invite/evil",
    "\u202eelpmaxe.live//:sptth",
    "\u2066@everyone\u2069",
    "**[x](https://evil.example)**",
    "||@everyone||",
    "```\n@everyone\n```",
    "`[a](https://evil.example)`",
    "# @here",
    "-# <@1>",
    "> [q](https://evil.example)",
    "\\[x](https://evil.example)",
    "\\@everyone",
    "@\u200beveryone",
    "[](https://evil.example)",
    "[https://ok.example](https://evil.example)",
    "steam://evil",
    "mailto:a@evil.example",
    "{question} {0} %s",
    "* list\n* @everyone",
    "a\x1b[31m@here",
    "¯\\_(ツ)_/¯ @everyone",
    "_@here_",
    "~~@everyone~~",
    "@everyone" * 20,
]
STORED = ("https://gate.example/", "https://harbour.example/", "https://quay.example/")
FRAMES = ["What did {} tell the Gatekeeper?", "Does the Gatekeeper say {}?", "{}"]
QUESTIONS = [frame.format(piece) for piece in PIECES for frame in FRAMES][:100]


def batched(questions: list[str], size: int) -> list[list[str]]:
    return [questions[at : at + size] for at in range(0, len(questions), size)]


def follows(text: str) -> list[str]:
    """What Discord would act on in a text, the targets of our own links aside."""
    text = re.sub(r"\]\(<[^>]*>\)", "]", text)
    found = re.findall(
        r"@everyone|@here|<@[!&]?\d+>|<#\d+>|<t:\d+[:>]|<a?:\w+:\d+>|</\w+:\d+>", text
    )
    return found + re.findall(r"(?<!\\)https?://\S*evil\S*|discord\.gg/|discord\.com/invite", text)


@pytest.fixture(scope="module")
def hostile_town(prepared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    home = copy_home(prepared_home, tmp_path_factory.mktemp("hostile") / "home")
    with Record.open(Settings(FOOTNOTE_HOME=home)) as record:
        for number, piece in enumerate(PIECES):
            add_text(
                record,
                "shared",
                f"The Gatekeeper wrote number {number}: gate {number} opens at dawn {piece} for "
                f"all. Gate {number} closes at dusk.\n",
                title=f"Gate {number} {piece}"[:120],
                publisher=f"Gatekeeper {piece}"[:60],
                date="2026-04-01",
                kind="article",
                url=f"https://gate.example/{number}?a=)[x](https://evil.example)",
            )
    place = Town(home, BOT_WORKERS="2")
    place.bot.start()
    yield place
    place.close()
    assert place.server.violations == []


def test_hostile_questions_and_documents_ping_nobody_and_link_nothing_foreign(
    hostile_town: Town,
) -> None:
    ada = hostile_town.person(hostile_town.ada)
    gates = [f"When does gate {n} open and close?" for n in range(0, len(PIECES), 2)]
    shown = []
    for some in batched([*QUESTIONS, *gates], 10):
        talks = [ada.command("ask", question=question) for question in some]
        shown += [talk.answer(60) for talk in talks]
    assert len(shown) >= 100
    pages = [ada.click(m, "Passages").answer() for m in shown if "Passages" in m.buttons][:12]

    quoted = 0
    for message in (*shown, *pages):
        assert message.payload["mentions"] == []
        assert follows(message.text) == [], message.text
        for link in links(message):
            assert link.startswith(
                ("https://gate.example/", "https://harbour.example/", "https://quay.example/")
            ), link
        quoted += "opens at dawn" in message.text
    assert quoted >= 20
