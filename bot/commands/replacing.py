"""The older document that an addition seems to replace: marked when a moderator says so."""

from __future__ import annotations

from bot import changes, children, delivery
from bot.access import Refused
from bot.changes import Change, Done
from bot.commands.editing import options_for
from bot.commands.sources import find, moderator
from bot.controls import Interaction, on
from bot.escaping import one_line
from bot.words import say


@on("replace")
async def replace_older(interaction: Interaction, key: str) -> None:
    """Mark the older document as replaced by the one added: it stays, and no longer answers."""
    visitor = moderator(interaction)
    client = interaction.client
    assert visitor.guild is not None
    body = await client.desk.keep(client.state.kept, "changes", key, visitor.guild)
    if body is None or body["state"] != "done" or not body.get("older"):
        raise Refused(say("replace.not", visitor.locale))
    # Both must be of this server, and still there.
    newer = await find(interaction, visitor, str(body["ids"][0]))
    older = await find(interaction, visitor, str(body["older"]["id"]))
    await delivery.defer(interaction, private=True)
    title = str(body["older"]["title"])
    change = Change("replace", title, (older.id,), {"replaced_by": older.replaced_by})

    async def work() -> Done:
        actor = await client.desk.keep(client.state.pseudonym, visitor.user)
        arguments = ["edit", older.id, "--library", visitor.library, "--json"]
        given = options_for({"replaced_by": newer.id})
        await children.run(client.command, arguments + given, actor=actor)
        settled = {name: value for name, value in body.items() if name != "at"} | {"older": None}
        assert visitor.guild is not None
        await client.desk.keep(client.state.keep, "changes", key, visitor.guild, settled)
        return Done(say("replace.done", visitor.locale, title=one_line(title, 120)), change)

    await changes.carry_out(interaction, visitor, change, work)
