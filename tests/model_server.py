"""A stand-in for model providers: Anthropic, OpenAI and Ollama protocols over real HTTP on loopback.

Frames are written as the providers' streaming documentation shows them
(docs.anthropic.com/en/api/messages-streaming, platform.openai.com/docs/api-reference/
chat/streaming, github.com/ollama/ollama/blob/main/docs/api.md), not as our code reads them.
Scripted per test, one `Script` a request, the last one again and again; `requests`
holds what was sent.
"""  # noqa: E501

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

PROVIDERS = ("anthropic", "openai", "ollama")
STOPS = {
    "good": {"anthropic": "end_turn", "openai": "stop", "ollama": "stop"},
    "length": {"anthropic": "max_tokens", "openai": "length", "ollama": "length"},
    "refusal": {"anthropic": "refusal", "openai": "content_filter", "ollama": "unload"},
    "filter": {"anthropic": "refusal", "openai": "content_filter", "ollama": "content_filter"},
}


@dataclass(frozen=True)
class Script:
    """What one request gets."""

    text: str | Callable[[dict[str, Any]], str] = ""
    """The answer, or what makes it of the request's body."""
    stop: str = "good"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    """Sent as it is, in place of a stream."""
    content_type: str | None = None
    hang: bool = False
    """Nothing is sent after the headers."""
    drip_seconds: float = 0.0
    """Pause before each frame."""
    cut: int | None = None
    """So many frames, then the end."""
    clean: bool = False
    """The cut ends the HTTP message properly, as a proxy's time limit does."""
    hold: tuple[str, threading.Event] | None = None
    """Words before whose frame the stream waits until the event is set."""
    broken: int | None = None
    """The frame of this number is cut in its middle."""


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    provider: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class ModelServer:
    """Runs in a thread of its own; a context manager."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.most_at_once = 0
        """The most requests that were open at one time since the last `script`."""
        self._open = 0
        self._scripts: list[Script] = [Script("ready")]
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.port = 0

    def script(self, *scripts: Script) -> None:
        """Set what the next requests get, and forget those that were."""
        self._scripts = list(scripts)
        self.requests.clear()
        self.most_at_once = 0

    def base_url(self, provider: str) -> str:
        """The address to set as CHAT_BASE_URL."""
        return f"http://127.0.0.1:{self.port}" + ("/v1" if provider == "openai" else "")

    def __enter__(self) -> ModelServer:
        self._thread.start()
        self._ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._handle, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                self._loop.run_until_complete(task)
        self._loop.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        self.most_at_once = max(self.most_at_once, self._open)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._answer(reader, writer)
        finally:
            self._open -= 1
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in head[1:] if line)}
        body = json.loads(
            await reader.readexactly(int(headers.get("content-length", "0"))) or b"{}"
        )
        provider = {"/v1/messages": "anthropic", "/v1/chat/completions": "openai"}.get(
            path.split("?")[0], "ollama"
        )
        self.requests.append(Request(provider, path, headers, body))
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        kind = script.content_type or (
            "application/json" if script.body is not None
            else "application/x-ndjson" if provider == "ollama" else "text/event-stream"
        )  # fmt: skip
        lines = [f"HTTP/1.1 {script.status} X", f"content-type: {kind}", "connection: close"]
        lines += [f"{name}: {value}" for name, value in script.headers.items()]
        if script.body is not None:
            lines.append(f"content-length: {len(script.body)}")
            writer.write("\r\n".join([*lines, "", ""]).encode() + script.body)
            await writer.drain()
            return
        lines.append("transfer-encoding: chunked")
        writer.write("\r\n".join([*lines, "", ""]).encode())
        await writer.drain()
        if script.hang:
            await reader.read()  # until the client has enough of it
            return
        await self._stream(writer, script, provider, body)

    async def _stream(
        self, writer: asyncio.StreamWriter, script: Script, provider: str, body: dict[str, Any]
    ) -> None:
        text = script.text(body) if callable(script.text) else script.text
        for number, frame in enumerate(frames(provider, text, script.stop, body)):
            if script.cut is not None and number >= script.cut:
                break
            if script.broken == number:
                frame = frame[: len(frame) // 2] + b"\n\n"
            await asyncio.sleep(script.drip_seconds)
            if script.hold is not None and script.hold[0].encode() in frame:
                await asyncio.to_thread(script.hold[1].wait, 120)
            writer.write(f"{len(frame):x}\r\n".encode() + frame + b"\r\n")
            await writer.drain()
        if script.cut is None or script.clean:
            writer.write(b"0\r\n\r\n")
            await writer.drain()


def frames(provider: str, text: str, stop: str, body: dict[str, Any]) -> Iterator[bytes]:
    """Yield the frames of a streamed answer, a few words each."""
    model = body.get("model", "test")
    words = text.split(" ")
    parts = [" ".join(words[at : at + 4]) for at in range(0, len(words), 4)]
    parts = [part if place == 0 else " " + part for place, part in enumerate(parts)] if text else []
    maker = {"anthropic": _anthropic, "openai": _openai, "ollama": _ollama}[provider]
    yield from maker(model, parts, STOPS[stop][provider], len(str(body)) // 4)


def _anthropic(model: str, parts: list[str], stop: str, read: int) -> Iterator[bytes]:
    def event(kind: str, **data: object) -> bytes:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode()

    usage = {"input_tokens": read, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": [],
               "stop_reason": None, "stop_sequence": None, "usage": usage}  # fmt: skip
    yield event("message_start", message=message)
    yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    yield event("ping")
    for part in parts:
        yield event("content_block_delta", index=0, delta={"type": "text_delta", "text": part})
    yield event("content_block_stop", index=0)
    delta = {"stop_reason": stop, "stop_sequence": None}
    yield event("message_delta", delta=delta, usage=usage | {"output_tokens": len(parts) * 5})
    yield event("message_stop")


def _openai(model: str, parts: list[str], stop: str, read: int) -> Iterator[bytes]:
    def chunk(choices: list[dict[str, Any]], **more: object) -> bytes:
        data = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": model,
                "choices": choices, **more}  # fmt: skip
        return f"data: {json.dumps(data)}\n\n".encode()

    def choice(delta: dict[str, str], finish: str | None = None) -> list[dict[str, Any]]:
        return [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]

    yield chunk(choice({"role": "assistant", "content": ""}))
    for part in parts:
        yield chunk(choice({"content": part}))
    yield chunk(choice({}, stop))
    out = len(parts) * 5
    usage = {"prompt_tokens": read, "completion_tokens": out, "total_tokens": read + out}
    yield chunk([], usage=usage)
    yield b"data: [DONE]\n\n"


def _ollama(model: str, parts: list[str], stop: str, read: int) -> Iterator[bytes]:
    def line(content: str, **more: object) -> bytes:
        data = {"model": model, "created_at": "2026-11-24T12:00:00.0Z",
                "message": {"role": "assistant", "content": content}, "done": False}  # fmt: skip
        return (json.dumps(data | more) + "\n").encode()

    for part in parts:
        yield line(part)
    yield line("", done=True, done_reason=stop, total_duration=5, load_duration=1,
               prompt_eval_count=read, prompt_eval_duration=1, eval_count=len(parts) * 5,
               eval_duration=1)  # fmt: skip
