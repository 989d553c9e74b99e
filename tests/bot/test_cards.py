"""The card of what would be added holds everything, on as many pages as it takes."""

from __future__ import annotations

from bot.commands.adding import card
from bot.pages import Press, layout
from tests import discord_rules as rules


def test_a_card_with_long_particulars_and_many_notes_is_paged_not_cut() -> None:
    names = ("title", "publisher", "author", "addressee", "url")
    seen = {
        "particulars": {name: f"{name} " + "*_" * 140 for name in names},
        "first": "`first` " * 60,
        "last": "~~last~~ " * 60,
        "characters": 9000,
        "passages": 9,
        "alike": [{"title": f"alike {n}", "likeness": 0.9} for n in range(3)],
        "may_replace": {"title": "the older one"},
        "warnings": [f"warning {n}: " + "[x](y) " * 40 for n in range(6)],
    }
    body = {"seen": seen, "given": {}, "arrived": 12000}
    sheets = [card("key", body, "en-US", page) for page in range(3)]
    texts = [str(block) for sheet in sheets for block in sheet.blocks]
    whole = "\n".join(dict.fromkeys(texts))

    assert sheets[0] != sheets[1]
    wanted = [*names, "alike 2", "the older one", *(f"warning {n}" for n in range(6)), "12000"]
    assert [word for word in wanted if word not in whole] == []
    for sheet in sheets:
        message = {
            "components": layout(sheet).to_components(),
            "flags": rules.COMPONENTS_V2,
            "allowed_mentions": {"parse": []},
        }
        complaints = rules.complain_message(
            message, editing=False, was_v2=False, public_field=False
        )
        assert complaints == []
        labels = [press.label for row in sheet.rows for press in row if isinstance(press, Press)]
        assert {"Add", "Edit details", "Cancel"} <= set(labels)
