"""What people do in the stand-in: run commands, click, fill in forms, write messages.

Discord's own client checks much before the bot hears of it; these functions do the same, so a
test cannot click a button that is not shown or run a command in a place where it is hidden.
"""

from __future__ import annotations

import re
from typing import Any

from tests import discord_rules as rules
from tests.discord_server import DiscordServer, Message, Talk
from tests.discord_world import APP_PERMISSIONS, Channel, Json, Person, snowflake

OPTION_TYPES = {str: 3, int: 4, bool: 5}


class Someone:
    """A person in a channel. `installed` says by whom the app was authorised: guild or user."""

    def __init__(
        self,
        server: DiscordServer,
        person: Person,
        channel: Channel,
        *,
        locale: str = "en-US",
        installed: str = "guild",
        override: bool = False,
        context: int | None = None,
    ) -> None:
        """`context`: 0 a server, 1 a chat with the bot, 2 one among friends; else as it follows."""
        self.server, self.person, self.channel = server, person, channel
        self.locale, self.installed, self.override = locale, installed, override
        self.context = context if context is not None else 0 if channel.guild is not None else 1

    # --- what every interaction carries ----------------------------------------------------

    def _interact(self, kind: int, data: Json, message: Json | None = None) -> Talk:
        channel, guild = self.channel, self.channel.guild
        owners: Json = {}
        if self.installed == "user":
            owners["1"] = str(self.person.id)
        elif guild is not None:
            owners["0"] = str(guild.id)
        else:
            owners["0"] = "0"
        payload: Json = {
            "id": str(snowflake()),
            "application_id": str(self.server.world.application_id),
            "type": kind,
            "data": data,
            "token": f"token-{snowflake()}",
            "version": 1,
            "locale": self.locale,
            "entitlements": [],
            "authorizing_integration_owners": owners,
            "attachment_size_limit": 10 * 1024 * 1024,
            "app_permissions": str(APP_PERMISSIONS),
            "context": self.context,
            "channel_id": str(channel.id),
            "channel": channel.payload([self.person])
            | {"permissions": str(self.person.permissions)},
        }
        if guild is not None:
            payload |= {
                "guild_id": str(guild.id),
                "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
                "guild_locale": guild.locale,
                "member": self.person.member(),
            }
        else:
            payload["user"] = self.person.user()
        if message is not None:
            payload["message"] = message
        talk = Talk(self.server, payload, channel)
        self.server.talks[payload["token"]] = talk
        self.server.send_event("INTERACTION_CREATE", payload)
        return talk

    # --- commands ----------------------------------------------------------------------------

    def _find(self, name: str, kind: int) -> tuple[Json, list[Json], list[str]]:
        words = name.split() if kind == 1 else [name]
        command = next(
            (c for c in self.server.commands if c["name"] == words[0] and c.get("type", 1) == kind),
            None,
        )
        assert command is not None, (
            f"no command {name}: {[c['name'] for c in self.server.commands]}"
        )
        contexts = command.get("contexts")
        assert not contexts or self.context in contexts, f"{name} is hidden here"
        needed = {"guild": 0, "user": 1}[self.installed]
        assert needed in (command.get("integration_types") or [0]), (
            f"{name}: not for {self.installed}"
        )
        options = command.get("options") or []
        for word in words[1:]:
            sub = next(o for o in options if o["name"] == word)
            options = sub.get("options") or []
        return command, options, words[1:]

    def sees(self, name: str, kind: int = 1) -> bool:
        """Whether Discord's client would offer the command to this person here."""
        try:
            command, _, _ = self._find(name, kind)
        except AssertionError:
            return False
        needed = int(command.get("default_member_permissions") or 0)
        return self.override or self.person.permissions & needed == needed

    def command(self, name: str, **given: Any) -> Talk:
        """Run a slash command; bytes with a name, as (name, data), become an attachment."""
        command, options, path = self._find(name, 1)
        assert self.sees(name), f"{name} is not shown to {self.person.name}"
        data = self._data(command, options, path, given)
        return self._interact(2, data)

    def autocomplete(self, name: str, focused: str, text: str, **given: Any) -> Talk:
        command, options, path = self._find(name, 1)
        option = next(o for o in options if o["name"] == focused)
        assert option.get("autocomplete"), f"{focused} has no autocomplete"
        data = self._data(command, options, path, given | {focused: text}, focused=focused)
        return self._interact(4, data)

    def _data(
        self, command: Json, options: list[Json], path: list[str], given: Json, focused: str = ""
    ) -> Json:
        known = {o["name"]: o for o in options}
        assert set(given) <= set(known), f"unknown options {set(given) - set(known)}"
        missing = {n for n, o in known.items() if o.get("required")} - set(given)
        assert not missing or focused, f"missing options {missing}"
        values: list[Json] = []
        resolved: Json = {}
        for name, value in given.items():
            option = known[name]
            if option["type"] == 11:
                value = self._attach(resolved, *value)
            elif option["type"] == 6:
                resolved.setdefault("users", {})[str(value.id)] = value.user()
                resolved.setdefault("members", {})[str(value.id)] = value.member(with_user=False)
                value = str(value.id)
            elif option["type"] == 3:
                assert len(value) <= option.get("max_length", 6000), f"{name} is too long"
                choices = option.get("choices")
                assert not choices or value in [c["value"] for c in choices]
            values.append({"name": name, "type": option["type"], "value": value})
            if name == focused:
                values[-1]["focused"] = True
        for word in reversed(path):
            values = [{"name": word, "type": 1, "options": values}]
        data: Json = {"id": command["id"], "name": command["name"], "type": 1, "options": values}
        return data | ({"resolved": resolved} if resolved else {})

    def _attach(self, resolved: Json, name: str, data: bytes) -> str:
        number = str(snowflake())
        path = f"/ephemeral-attachments/{number}/{number}/{name}"
        self.server.world.files[path] = data
        resolved.setdefault("attachments", {})[number] = self.attachment(number, name, data, path)
        return number

    @staticmethod
    def attachment(number: str, name: str, data: bytes, path: str) -> Json:
        return {
            "id": number,
            "filename": name,
            "size": len(data),
            "url": f"https://cdn.discordapp.com{path}?ex=1&is=1&hm=1",
            "proxy_url": f"https://media.discordapp.net{path}?ex=1&is=1&hm=1",
            "content_type": "application/octet-stream",
            "ephemeral": True,
        }

    def menu(self, name: str, message: Json) -> Talk:
        command, _, _ = self._find(name, 3)
        assert self.sees(name, 3), f"{name} is not shown to {self.person.name}"
        data = {
            "id": command["id"],
            "name": name,
            "type": 3,
            "target_id": message["id"],
            "resolved": {"messages": {message["id"]: message}},
        }
        return self._interact(2, data)

    # --- components --------------------------------------------------------------------------

    def _reach(self, message: Message) -> Json:
        stored = self.server.world.messages.get(message.id)
        assert stored is not None, "the message is gone"
        return stored

    def click(self, message: Message, label: str, *, stale: bool = False) -> Talk:
        """Click a button; `stale`: on the message as it was, even if it is changed by now."""
        stored = message.payload if stale else self._reach(message)
        control = Message(self.server, stored, message.channel).control(label)
        assert control["type"] == 2
        assert control.get("style") != 5, "a link button is not sent to the bot"
        assert not control.get("disabled"), f"{label} is disabled"
        data = {"component_type": 2, "custom_id": control["custom_id"], "id": control["id"]}
        return self._interact(3, data, stored)

    def choose(self, message: Message, name: str, *values: str) -> Talk:
        """Choose options of a select by their labels or values (people and roles: by id)."""
        stored = self._reach(message)
        control = Message(self.server, stored, message.channel).control(name)
        chosen = list(values)
        resolved: Json = {}
        if control["type"] == 3:
            options = {o["label"]: o["value"] for o in control["options"]}
            chosen = [options.get(v, v) for v in values]
            assert set(chosen) <= set(options.values())
        low, high = control.get("min_values", 1), control.get("max_values", 1)
        assert low <= len(chosen) <= high, f"choose {low} to {high}"
        if control["type"] == 6:
            resolved["roles"] = {
                v: {
                    "id": v,
                    "name": "role",
                    "color": 0,
                    "hoist": False,
                    "position": 1,
                    "permissions": "0",
                    "managed": False,
                    "mentionable": False,
                    "flags": 0,
                    "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
                }
                for v in chosen
            }
        if control["type"] == 8:
            resolved["channels"] = {
                v: (self.server.world.find_channel(int(v)) or self.channel).payload()
                | {"permissions": "0"}
                for v in chosen
            }
        data = {
            "component_type": control["type"],
            "custom_id": control["custom_id"],
            "id": control["id"],
            "values": chosen,
        } | ({"resolved": resolved} if resolved else {})
        return self._interact(3, data, stored)

    def submit(self, talk: Talk, **given: Any) -> Talk:
        """Fill in the form that `talk` opened: fields by label with _, files as (name, data)."""
        modal = talk.modal()
        resolved: Json = {}
        sent: list[Json] = []
        used: set[str] = set()
        for number, top in enumerate(modal["components"], 1):
            if top["type"] == 10:
                sent.append({"type": 10, "id": number})
                continue
            inner = top["component"] if top["type"] == 18 else top["components"][0]
            label = top.get("label") or inner.get("label")
            key = re.sub(r"\W+", "_", label).strip("_").lower()
            value = given.get(key)
            if key in given:
                used.add(key)
            filled: Json = {
                "type": inner["type"],
                "custom_id": inner["custom_id"],
                "id": number * 10,
            }
            if inner["type"] == 4:
                text = inner.get("value") or "" if value is None else value
                assert len(text) <= inner.get("max_length", 4000), f"{label} is too long"
                assert text or not inner.get("required", True), f"{label} is required"
                filled["value"] = text
            elif inner["type"] == 19:
                files = [] if value is None else [value]
                assert files or not inner.get("required", True), f"{label} is required"
                filled["values"] = [self._attach(resolved, *f) for f in files]
            elif inner["type"] == 3:
                options = {o["label"]: o["value"] for o in inner["options"]}
                default = [o["value"] for o in inner["options"] if o.get("default")]
                filled["values"] = default if value is None else [options.get(value, value)]
            else:
                filled["values"] = [] if value is None else [value]
            if top["type"] == 18:
                sent.append({"type": 18, "id": number, "component": filled})
            else:
                sent.append({"type": 1, "id": number, "components": [filled]})
        assert used == set(given), f"no such fields {set(given) - used}"
        data: Json = {"custom_id": modal["custom_id"], "components": sent}
        if resolved:
            data["resolved"] = resolved
        message = talk.payload.get("message")
        stored = self.server.world.messages.get(int(message["id"])) if message else None
        return self._interact(5, data, stored or message)

    # --- messages ----------------------------------------------------------------------------

    def say(
        self,
        text: str,
        *,
        reply_to: Message | Json | None = None,
        ping: bool = True,
        files: list[tuple[str, bytes]] | None = None,
    ) -> Json:
        """Write a message. Its text reaches the bot only where Discord would send it."""
        world, guild = self.server.world, self.channel.guild
        bot = world.bot
        mentions = [bot.user()] if f"<@{bot.id}>" in text else []
        more: Json = {}
        if reply_to is not None:
            original = reply_to.payload if isinstance(reply_to, Message) else reply_to
            more = {
                "type": 19,
                "referenced_message": world.messages.get(int(original["id"])),
                "message_reference": {
                    "type": 0,
                    "message_id": original["id"],
                    "channel_id": original["channel_id"],
                },
            }
            if ping and original["author"]["id"] == str(bot.id) and not mentions:
                mentions = [bot.user()]
        attachments = []
        for name, data in files or []:
            number = str(snowflake())
            path = f"/attachments/{self.channel.id}/{number}/{name}"
            world.files[path] = data
            attachments.append(self.attachment(number, name, data, path) | {"ephemeral": False})
        body = {"content": text, "attachments": attachments}
        stored = world.message(self.channel, self.person, body, mentions=mentions, **more)
        event = dict(stored)
        if guild is not None:
            event |= {"guild_id": str(guild.id), "member": self.person.member(with_user=False)}
            if not mentions:
                event |= {"content": "", "attachments": [], "components": [], "embeds": []}
        needed = 1 << 9 if guild is not None else 1 << 12
        if self.server.intents & needed:
            self.server.send_event("MESSAGE_CREATE", event)
        return stored

    def erase(self, message: Json | Message) -> None:
        """Delete a message as a person would."""
        payload = message.payload if isinstance(message, Message) else message
        self.server.world.messages.pop(int(payload["id"]), None)
        event = {"id": payload["id"], "channel_id": payload["channel_id"]}
        if self.channel.guild is not None:
            event["guild_id"] = str(self.channel.guild.id)
        self.server.send_event("MESSAGE_DELETE", event)


def private_channel(server: DiscordServer, person: Person) -> Channel:
    """Open a direct channel between a person and the bot."""
    channel = Channel(f"@{person.name}", None)
    server.world.channels[channel.id] = channel
    return channel


def links(message: Message) -> list[str]:
    """Every address a reader could follow: masked links, bare ones, link buttons."""
    found = [c["url"] for c in rules.walk(message.payload["components"]) if c.get("url")]
    text = re.sub(r"\\(.)", "\0", message.text)
    found += re.findall(r"\]\(<?((?:https?|discord):[^)>\s]+)", text)
    rest = re.sub(r"\]\([^)]*\)", "", text)
    return found + re.findall(r"https?://[^\s<>)]+", rest)
