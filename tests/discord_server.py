"""A stand-in for Discord on loopback: REST, gateway, interactions, webhooks, attachments.

Written from Discord's documentation, not from the bot. It runs in a thread of the test process;
the bot is a real process that speaks to it over sockets. Whatever Discord would refuse is
refused here too and noted in `violations`, which a test module asserts to be empty.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from tests import discord_rules as rules
from tests.discord_world import (
    APP_PERMISSIONS,
    Channel,
    Guild,
    Json,
    Person,
    World,
    snowflake,
    stamp,
)

ACKNOWLEDGE_SECONDS = 3.0
PRIVILEGED_INTENTS = 1 << 1 | 1 << 8 | 1 << 15
THINKING = 1 << 7
DEFAULT_TOKEN = "MTE.stand-in.token"


class Talk:
    """One interaction and everything the bot did about it."""

    def __init__(self, server: DiscordServer, payload: Json, channel: Channel) -> None:
        self.server, self.payload, self.channel = server, payload, channel
        self.id, self.token, self.kind = payload["id"], payload["token"], payload["type"]
        self.sent_at = time.monotonic()
        self.acknowledged_after: float | None = None
        self.completed_after: float | None = None
        self.callback: Json | None = None
        self.original: int | None = None
        self.deferred_flags = 0
        self.expired = False
        self.messages: list[int] = []
        self.deleted: list[int] = []

    def wait(self, condition: Callable[[], Any], seconds: float = 15.0, what: str = "") -> Any:
        return self.server.wait(condition, seconds, what or f"an answer to {self.payload['data']}")

    def acknowledged(self, seconds: float = 5.0) -> Talk:
        self.wait(lambda: self.callback is not None, seconds)
        return self

    def answer(self, seconds: float = 20.0) -> Message:
        """Wait for the first message that says something (not "is thinking") and give it."""
        return self.wait(lambda: next(iter(self.said()), None), seconds)

    def said(self) -> list[Message]:
        stored = self.server.world.messages
        shown = [
            Message(self.server, stored[m], self.channel) for m in self.messages if m in stored
        ]
        return [m for m in shown if not m.payload["flags"] & THINKING and not m.payload.get("bare")]

    def modal(self, seconds: float = 5.0) -> Json:
        self.acknowledged(seconds)
        assert self.callback is not None
        assert self.callback["type"] == 9, self.callback
        return self.callback["data"]

    def choices(self, seconds: float = 5.0) -> list[Json]:
        self.acknowledged(seconds)
        assert self.callback is not None
        assert self.callback["type"] == 8, self.callback
        return self.callback["data"]["choices"]


class Message:
    """A message as a person sees it; `payload` is read anew at each call."""

    def __init__(self, server: DiscordServer, payload: Json, channel: Channel) -> None:
        self.server, self.payload, self.channel = server, payload, channel

    @property
    def id(self) -> int:
        return int(self.payload["id"])

    @property
    def ephemeral(self) -> bool:
        return bool(self.payload["flags"] & rules.EPHEMERAL)

    @property
    def text(self) -> str:
        shown = rules.texts(self.payload["components"])
        return "\n".join([self.payload["content"], *shown]).strip()

    @property
    def buttons(self) -> list[str]:
        return [c["label"] for c in rules.walk(self.payload["components"]) if c.get("type") == 2]

    def control(self, label: str) -> Json:
        for c in rules.walk(self.payload["components"]):
            if label in (c.get("label"), c.get("custom_id"), c.get("placeholder")):
                return c
        raise AssertionError(f"no {label!r} among {self.buttons}: {self.text}")


class DiscordServer:
    """The stand-in. `start()` returns when it listens; `stop()` ends it."""

    def __init__(self, token: str = DEFAULT_TOKEN) -> None:
        self.token = token
        self.world = World()
        self.violations: list[str] = []
        self.requests: list[tuple[float, str, str]] = []
        self.talks: dict[str, Talk] = {}
        self.commands: list[Json] = []
        self.syncs = 0
        self.faults: list[Json] = []
        self.edits: list[tuple[float, int, str]] = []
        """When, which message, and what all its texts became."""
        self.sessions: dict[str, list[Json]] = {}
        self.identifies = self.resumes = 0
        self.rest_down = False
        self.port = 0
        self.changed = threading.Condition()
        self._socket: web.WebSocketResponse | None = None
        self._sender: Callable[[Json], Any] | None = None
        self._session = ""
        self.ready = False
        path = os.environ.get("DISCORD_OPENAPI")
        self.schema = rules.Schema(Path(path)) if path else None

    # --- running -------------------------------------------------------------------------

    def start(self) -> DiscordServer:
        started = threading.Event()

        def run() -> None:
            self.loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self.loop)
            self.loop.run_until_complete(self._listen())
            started.set()
            self.loop.run_forever()
            self.loop.run_until_complete(self._runner.cleanup())
            self.loop.close()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        started.wait(10)
        return self

    def stop(self) -> None:
        self.drop(4000)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)

    async def _listen(self) -> None:
        application = web.Application(client_max_size=30_000_000)
        application.router.add_get("/gateway-socket", self._gateway)
        application.router.add_route("*", "/{path:.*}", self._rest)
        self._runner = web.AppRunner(application, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    def wait(self, condition: Callable[[], Any], seconds: float = 15.0, what: str = "") -> Any:
        """Wait until the condition gives something true, and give it."""
        end = time.monotonic() + seconds
        with self.changed:
            while True:
                result = condition()
                if result:
                    return result
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(
                        f"waited {seconds} s for {what}; violations: {self.violations}"
                    )
                self.changed.wait(min(left, 0.5))

    def _tell(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def _refuse(self, complaint: str) -> None:
        self.violations.append(complaint)

    # --- gateway -------------------------------------------------------------------------

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=4096)
        await socket.prepare(request)
        if request.query.get("v") != "10" or request.query.get("encoding") != "json":
            self._refuse(f"gateway query {dict(request.query)}")
        send = self._packer(socket, request.query.get("compress"))
        await send(
            {"op": 10, "d": {"heartbeat_interval": 10_000, "_trace": []}, "s": None, "t": None}
        )
        async for frame in socket:
            if frame.type != WSMsgType.TEXT:
                break
            message = json.loads(frame.data)
            if message["op"] == 1:
                # discord.py takes an acknowledgement that overtakes its own clock for a slow one.
                await asyncio.sleep(0.05)
                await send({"op": 11, "d": None, "s": None, "t": None})
            elif message["op"] == 2:
                await self._identify(socket, send, message["d"])
            elif message["op"] == 6:
                await self._resume(socket, send, message["d"])
            elif message["op"] not in (3, 4, 8):
                self._refuse(f"gateway opcode {message['op']}")
                await socket.close(code=4001)
        return socket

    @staticmethod
    def _packer(socket: web.WebSocketResponse, compress: str | None) -> Callable[[Json], Any]:
        if compress == "zlib-stream":
            packer = zlib.compressobj()

            async def send(payload: Json) -> None:
                data = packer.compress(json.dumps(payload).encode())
                await socket.send_bytes(data + packer.flush(zlib.Z_SYNC_FLUSH))
        elif compress == "zstd-stream":
            import zstandard

            zpacker = zstandard.ZstdCompressor().compressobj()

            async def send(payload: Json) -> None:
                data = zpacker.compress(json.dumps(payload).encode())
                await socket.send_bytes(data + zpacker.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))
        else:

            async def send(payload: Json) -> None:
                await socket.send_str(json.dumps(payload))

        return send

    async def _identify(
        self, socket: web.WebSocketResponse, send: Callable[[Json], Any], d: Json
    ) -> None:
        self.identifies += 1
        self.ready = False
        if d.get("token") != self.token:
            await socket.close(code=4004, message=b"Authentication failed.")
            return
        if d["intents"] & PRIVILEGED_INTENTS:
            self._refuse(f"privileged intents {d['intents']}")
            await socket.close(code=4014, message=b"Disallowed intent(s).")
            return
        self.intents = d["intents"]
        self._session = f"session-{snowflake()}"
        self.sessions[self._session] = []
        self._socket, self._sender = socket, send
        await self._dispatch(
            "READY",
            {
                "v": 10,
                "user": self.world.bot.user()
                | {"verified": True, "mfa_enabled": False, "email": None},
                "guilds": [{"id": str(g.id), "unavailable": True} for g in self.world.guilds],
                "session_id": self._session,
                "session_type": "normal",
                "resume_gateway_url": "wss://gateway-resume.discord.gg",
                "application": {"id": str(self.world.application_id), "flags": 0},
                "private_channels": [],
                "presences": [],
                "relationships": [],
                "geo_ordered_rtc_regions": [],
            },
        )
        for guild in self.world.guilds:
            await self._dispatch("GUILD_CREATE", guild.payload(self.world.bot))
        self.ready = True
        self._tell()

    async def _resume(
        self, socket: web.WebSocketResponse, send: Callable[[Json], Any], d: Json
    ) -> None:
        self.resumes += 1
        missed = self.sessions.get(d["session_id"])
        if missed is None or d.get("token") != self.token:
            await send({"op": 9, "d": False, "s": None, "t": None})
            return
        self._socket, self._sender, self._session = socket, send, d["session_id"]
        for event in missed:
            if event["s"] > d["seq"]:
                await send(event)
        await self._dispatch("RESUMED", {"_trace": []})
        self._tell()

    async def _dispatch(self, name: str, data: Json) -> None:
        past = self.sessions.setdefault(self._session, [])
        event = {"op": 0, "t": name, "s": len(past) + 1, "d": data}
        past.append(event)
        if self._sender is not None and self._socket is not None and not self._socket.closed:
            with contextlib.suppress(ConnectionError):
                await self._sender(event)

    def send_event(self, name: str, data: Json) -> None:
        """Dispatch an event to the bot; a bot that is away gets it when it resumes."""
        asyncio.run_coroutine_threadsafe(self._dispatch(name, data), self.loop).result(10)

    def drop(self, code: int = 4000, *, forget: bool = False) -> None:
        """Cut the gateway; with `forget`, the session cannot be resumed."""
        if forget:
            self.sessions.pop(self._session, None)
            self.ready = False
        if self._socket is not None:
            socket = self._socket
            with contextlib.suppress(Exception):
                asyncio.run_coroutine_threadsafe(socket.close(code=code), self.loop).result(5)

    def ask_to_reconnect(self) -> None:
        """Send the opcode that asks the bot to reconnect and resume."""
        assert self._sender is not None
        wanted = {"op": 7, "d": None, "s": None, "t": None}
        asyncio.run_coroutine_threadsafe(self._sender(wanted), self.loop).result(5)

    def wait_ready(self, seconds: float = 30.0) -> None:
        before = self.identifies
        self.wait(
            lambda: self._sender is not None and self.commands, seconds, f"the bot ({before})"
        )

    # --- REST ----------------------------------------------------------------------------

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["path"]
        if path.startswith(("/attachments/", "/ephemeral-attachments/")):
            data = self.world.files.get(path)
            return web.Response(body=data) if data is not None else web.Response(status=404)
        self.requests.append((time.monotonic(), request.method, path))
        if not path.startswith("/api/v10/"):
            self._refuse(f"{request.method} {path} is not under /api/v10")
            return self._error(404, 0, "404: Not Found")
        path = path.removeprefix("/api/v10")
        fault = self._fault(request.method, path)
        if fault is not None:
            fault.headers["Content-Type"] = "application/json"
            return fault
        body = await self._body(request)
        if self.schema is not None:
            self.violations += self.schema.complain(request.method, path, request.query, body)
        response = await self._route(request, path, body)
        if response.content_type == "application/json":
            response.headers["Content-Type"] = "application/json"  # Discord names no charset
        response.headers.setdefault("Via", "1.1 google")
        response.headers.setdefault(
            "X-RateLimit-Bucket", re.sub(r"\d{5,}", "x", request.method + path)[:60]
        )
        response.headers.setdefault("X-RateLimit-Limit", "50")
        response.headers.setdefault("X-RateLimit-Remaining", "49")
        response.headers.setdefault("X-RateLimit-Reset", f"{time.time() + 1:.3f}")
        response.headers.setdefault("X-RateLimit-Reset-After", "1.000")
        self._tell()
        return response

    @staticmethod
    def _error(status: int, code: int, message: str) -> web.Response:
        return web.json_response({"message": message, "code": code}, status=status)

    def fault(
        self,
        pattern: str,
        status: int,
        times: int = 1,
        *,
        retry_after: float = 0.3,
        everywhere: bool = False,
        code: int = 0,
    ) -> None:
        """Make the next requests whose "METHOD path" matches fail with a status."""
        self.faults.append(
            {
                "pattern": pattern,
                "status": status,
                "times": times,
                "retry_after": retry_after,
                "global": everywhere,
                "code": code,
            }
        )

    def _fault(self, method: str, path: str) -> web.Response | None:
        for fault in self.faults:
            if fault["times"] > 0 and re.search(fault["pattern"], f"{method} {path}"):
                fault["times"] -= 1
                if fault["status"] == 429:
                    return web.json_response(
                        {
                            "message": "You are being rate limited.",
                            "retry_after": fault["retry_after"],
                            "global": fault["global"],
                        },
                        status=429,
                        headers={
                            "Via": "1.1 google",
                            "Retry-After": "1",
                            "X-RateLimit-Remaining": "0",
                            "X-RateLimit-Reset-After": str(fault["retry_after"]),
                            "X-RateLimit-Limit": "5",
                            "X-RateLimit-Bucket": "faulty",
                            "X-RateLimit-Reset": f"{time.time() + fault['retry_after']:.3f}",
                        },
                    )
                return self._error(fault["status"], fault["code"], "made to fail")
        return None

    async def _body(self, request: web.Request) -> Any:
        if request.content_type == "multipart/form-data":
            body: Any = None
            async for part in await request.multipart():
                if part.name == "payload_json":
                    body = json.loads(await part.text())
                else:
                    await part.read()
            return body
        text = await request.text()
        if not text:
            return None
        if request.content_type != "application/json":
            self._refuse(f"content type {request.content_type}")
        return json.loads(text)

    async def _route(self, request: web.Request, path: str, body: Any) -> web.Response:
        method = request.method
        is_interaction = path.startswith(("/interactions/", "/webhooks/"))
        if not is_interaction and request.headers.get("Authorization") != f"Bot {self.token}":
            return self._error(401, 0, "401: Unauthorized")
        for verb, pattern, handler in _ROUTES:
            match = re.fullmatch(pattern, path)
            if verb == method and match:
                return getattr(self, handler)(request, body, **match.groupdict())
        self._refuse(f"{method} {path}: no such path here")
        return self._error(404, 0, "404: Not Found")

    def _get_gateway(self, request: web.Request, body: Any) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
        return web.json_response(
            {"url": "wss://gateway.discord.gg", "shards": 1, "session_start_limit": limit}
        )

    def _get_me(self, request: web.Request, body: Any) -> web.Response:
        return web.json_response(self.world.bot.user() | {"verified": True, "mfa_enabled": False})

    def _get_application(self, request: web.Request, body: Any) -> web.Response:
        return web.json_response(
            {
                "id": str(self.world.application_id),
                "name": "Footnote",
                "icon": None,
                "description": "",
                "bot_public": False,
                "bot_require_code_grant": False,
                "verify_key": "0" * 64,
                "flags": 0,
                "owner": Person("owner").user(),
                "team": None,
                "summary": "",
                "hook": True,
                "rpc_origins": [],
                "integration_types_config": {"0": {}, "1": {}},
                "approximate_guild_count": 1,
            }
        )

    def _put_commands(self, request: web.Request, body: Any, app: str) -> web.Response:
        self.violations += [f"commands: {c}" for c in rules.complain_commands(body)]
        self.syncs += 1
        self.commands = [
            {
                "id": str(snowflake()),
                "application_id": app,
                "version": str(snowflake()),
                "default_member_permissions": None,
                "dm_permission": True,
                "nsfw": False,
                "description": "",
                "type": 1,
            }
            | c
            | {
                "default_member_permissions": None
                if c.get("default_member_permissions") is None
                else str(c["default_member_permissions"])
            }
            for c in body
        ]
        return web.json_response(self.commands)

    def _get_commands(self, request: web.Request, body: Any, app: str) -> web.Response:
        return web.json_response(self.commands)

    # --- interactions ----------------------------------------------------------------------

    def _callback(self, request: web.Request, body: Any, id: str, token: str) -> web.Response:
        talk = self.talks.get(token)
        if talk is None or talk.id != id:
            return self._error(404, 10062, "Unknown interaction")
        late = time.monotonic() - talk.sent_at
        if talk.callback is not None:
            self._refuse(f"second acknowledgement of {talk.payload['data']}")
            return self._error(400, 40060, "Interaction has already been acknowledged.")
        if late > ACKNOWLEDGE_SECONDS or talk.expired:
            self._refuse(f"acknowledged after {late:.1f} s: {talk.payload['data'].get('name')}")
            return self._error(404, 10062, "Unknown interaction")
        kind, data = body.get("type"), body.get("data") or {}
        allowed = {2: {4, 5, 9}, 3: {4, 5, 6, 7, 9}, 4: {8}, 5: {4, 5, 6, 7}}[talk.kind]
        if kind not in allowed:
            self._refuse(f"callback {kind} to an interaction of type {talk.kind}")
            return self._error(400, 50035, "Invalid Form Body")
        complaints = self._complain_callback(talk, kind, data)
        if complaints:
            self.violations += complaints
            return self._error(400, 50035, "Invalid Form Body: " + "; ".join(complaints))
        talk.callback, talk.acknowledged_after = body, late
        resource = self._apply_callback(talk, kind, data)
        if request.query.get("with_response") in ("1", "true"):
            shown: Json = {
                "interaction": {"id": id, "type": talk.kind, "response_message_id": None}
            }
            if resource is not None:
                shown["interaction"]["response_message_id"] = resource["id"]
                shown["interaction"]["response_message_ephemeral"] = bool(resource["flags"] & 64)
                shown["interaction"]["response_message_loading"] = kind == 5
                shown["resource"] = {"type": kind, "message": resource}
            return web.json_response(shown)
        return web.Response(status=204)

    def _complain_callback(self, talk: Talk, kind: int, data: Json) -> list[str]:
        if kind == 4:
            return rules.complain_message(data, editing=False, was_v2=False, public_field=False)
        if kind == 7:
            was = bool(talk.payload["message"]["flags"] & rules.COMPONENTS_V2)
            return rules.complain_message(data, editing=True, was_v2=was, public_field=False)
        if kind == 9:
            return rules.complain_modal(data)
        if kind == 8:
            return rules.complain_choices(data)
        if set(data) - {"flags"} or (data.get("flags") or 0) & ~rules.EPHEMERAL:
            return [f"a deferral with {data}"]
        return []

    def _apply_callback(self, talk: Talk, kind: int, data: Json) -> Json | None:
        if kind in (4, 5):
            body = data if kind == 4 else {"flags": (data.get("flags") or 0) | THINKING}
            message = self._new_message(talk, body)
            talk.original = int(message["id"])
            talk.deferred_flags = (data.get("flags") or 0) & rules.EPHEMERAL if kind == 5 else 0
            if kind == 4:
                talk.completed_after = time.monotonic() - talk.sent_at
            return message
        if kind in (6, 7):
            talk.original = int(talk.payload["message"]["id"])
            if kind == 7:
                talk.messages.append(talk.original)
                return self._edit(self.world.messages[talk.original], data)
        return None

    def _new_message(self, talk: Talk, body: Json) -> Json:
        more = {
            "interaction_metadata": {"id": talk.id, "type": talk.kind, "user": self._user(talk)}
        }
        message = self.world.message(
            talk.channel,
            self.world.bot,
            body,
            webhook_id=str(self.world.application_id),
            application_id=str(self.world.application_id),
            **more,
        )
        talk.messages.append(int(message["id"]))
        return message

    @staticmethod
    def _user(talk: Talk) -> Json:
        payload = talk.payload
        return payload["member"]["user"] if "member" in payload else payload["user"]

    def _edit(self, message: Json, body: Json) -> Json:
        for key in ("content", "embeds"):
            if key in body:
                message[key] = body[key] or ("" if key == "content" else [])
        if "components" in body:
            from tests.discord_world import number_components

            message["components"] = number_components(body["components"] or [])
        message["flags"] = (
            message["flags"] & ~THINKING | (body.get("flags") or 0) & rules.COMPONENTS_V2
        )
        message["edited_timestamp"] = stamp()
        shown = "\n".join(rules.texts(message["components"]))
        self.edits.append((time.monotonic(), int(message["id"]), shown))
        return message

    def _live(self, token: str) -> Talk | web.Response:
        talk = self.talks.get(token)
        if talk is None or talk.expired or time.monotonic() - talk.sent_at > 900:
            return self._error(401, 50027, "Invalid Webhook Token")
        if talk.callback is None:
            self._refuse("a follow-up before the acknowledgement")
            return self._error(404, 10015, "Unknown Webhook")
        return talk

    def _follow_up(self, request: web.Request, body: Any, app: str, token: str) -> web.Response:
        talk = self._live(token)
        if isinstance(talk, web.Response):
            return talk
        complaints = rules.complain_message(body, editing=False, was_v2=False, public_field=False)
        if complaints:
            self.violations += complaints
            return self._error(400, 50035, "; ".join(complaints))
        talk.completed_after = time.monotonic() - talk.sent_at
        original = self.world.messages.get(talk.original or 0)
        if original is not None and original["flags"] & THINKING:
            return web.json_response(self._edit(original, body))  # it fills the deferred message
        return web.json_response(self._new_message(talk, body))

    def _whole(
        self, request: web.Request, body: Any, app: str, token: str, message: str
    ) -> web.Response:
        """GET, PATCH and DELETE of one message of an interaction."""
        talk = self._live(token)
        if isinstance(talk, web.Response):
            return talk
        message_id = talk.original if message == "@original" else int(message)
        stored = self.world.messages.get(message_id or 0)
        if stored is None:
            return self._error(404, 10008, "Unknown Message")
        if request.method == "DELETE":
            del self.world.messages[message_id or 0]
            talk.deleted.append(message_id or 0)
            return web.Response(status=204)
        if request.method == "GET":
            return web.json_response(stored)
        return self._patch(stored, body, talk)

    def _patch(self, stored: Json, body: Json, talk: Talk | None) -> web.Response:
        thinking = bool(stored["flags"] & THINKING)
        was_v2 = bool(stored["flags"] & rules.COMPONENTS_V2)
        complaints = rules.complain_message(
            body, editing=not thinking, was_v2=was_v2, public_field=False
        )
        if complaints:
            self.violations += complaints
            return self._error(400, 50035, "; ".join(complaints))
        if talk is not None:
            talk.completed_after = time.monotonic() - talk.sent_at
            if int(stored["id"]) not in talk.messages:
                talk.messages.append(int(stored["id"]))
        return web.json_response(self._edit(stored, body))

    # --- channels --------------------------------------------------------------------------

    def _post_message(self, request: web.Request, body: Any, channel: str) -> web.Response:
        where = self.world.find_channel(int(channel))
        if where is None:
            return self._error(404, 10003, "Unknown Channel")
        if not where.writable:
            return self._error(403, 50013, "Missing Permissions")
        complaints = rules.complain_message(body, editing=False, was_v2=False, public_field=True)
        if (body.get("flags") or 0) & rules.EPHEMERAL:
            complaints.append("a channel message cannot be private")
        if complaints:
            self.violations += complaints
            return self._error(400, 50035, "; ".join(complaints))
        more: Json = {}
        reference = body.get("message_reference")
        if reference is not None:
            original = self.world.messages.get(int(reference["message_id"]))
            if original is None and reference.get("fail_if_not_exists", True):
                return self._error(400, 50035, "Unknown message in message_reference")
            more = {"type": 19, "message_reference": reference, "referenced_message": original}
        message = self.world.message(where, self.world.bot, body, **more)
        return web.json_response(message)

    def _one_message(
        self, request: web.Request, body: Any, channel: str, message: str
    ) -> web.Response:
        stored = self.world.messages.get(int(message))
        if stored is None or stored["channel_id"] != channel:
            return self._error(404, 10008, "Unknown Message")
        if request.method == "GET":
            return web.json_response(stored)
        if stored["author"]["id"] != str(self.world.bot.id):
            return self._error(403, 50005, "Cannot edit a message authored by another user")
        if request.method == "DELETE":
            del self.world.messages[int(message)]
            return web.Response(status=204)
        return self._patch(stored, body, None)

    def _typing(self, request: web.Request, body: Any, channel: str) -> web.Response:
        return web.Response(status=204)

    def _get_channel(self, request: web.Request, body: Any, channel: str) -> web.Response:
        where = self.world.find_channel(int(channel))
        if where is None:
            return self._error(404, 10003, "Unknown Channel")
        return web.json_response(where.payload([self.world.bot]))

    def posted(self, channel: Channel) -> list[Message]:
        """Give the bot's messages in a channel that all can see, oldest first."""
        return [
            Message(self, m, channel)
            for m in list(self.world.messages.values())
            if m["channel_id"] == str(channel.id)
            and m["author"]["id"] == str(self.world.bot.id)
            and not m["flags"] & (rules.EPHEMERAL | THINKING)
        ]


_ROUTES = [
    ("GET", r"/gateway(/bot)?", "_get_gateway"),
    ("GET", r"/users/@me", "_get_me"),
    ("GET", r"/(oauth2/)?applications/@me", "_get_application"),
    ("PUT", r"/applications/(?P<app>\d+)/commands", "_put_commands"),
    ("GET", r"/applications/(?P<app>\d+)/commands", "_get_commands"),
    ("POST", r"/interactions/(?P<id>\d+)/(?P<token>[^/]+)/callback", "_callback"),
    ("POST", r"/webhooks/(?P<app>\d+)/(?P<token>[^/]+)", "_follow_up"),
    *[
        (
            verb,
            r"/webhooks/(?P<app>\d+)/(?P<token>[^/]+)/messages/(?P<message>@original|\d+)",
            "_whole",
        )
        for verb in ("GET", "PATCH", "DELETE")
    ],
    ("POST", r"/channels/(?P<channel>\d+)/messages", "_post_message"),
    *[
        (verb, r"/channels/(?P<channel>\d+)/messages/(?P<message>\d+)", "_one_message")
        for verb in ("GET", "PATCH", "DELETE")
    ],
    ("POST", r"/channels/(?P<channel>\d+)/typing", "_typing"),
    ("GET", r"/channels/(?P<channel>\d+)", "_get_channel"),
]

__all__ = ["APP_PERMISSIONS", "DiscordServer", "Guild", "Message", "Talk"]
