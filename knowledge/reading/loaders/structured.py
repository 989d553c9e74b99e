"""JSON, JSON Lines and YAML as text a person can read: "path.key: value", values verbatim."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from knowledge.errors import EmptyDocument, UnreadableDocument
from knowledge.reading.loaders import text as plain
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.types import Block

_KEY = re.compile(r"[\"']?[\w$@][\w .()/@-]{0,60}[\"']?:(?:\s|$)")
_LONG = 400
"""A value of more characters than this is a paragraph of its own."""
_BaseLoader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Verbatim(str):
    """A JSON number as it is written: 1.10 stays 1.10."""

    __slots__ = ()


def sniff(data: bytes, name: str | None) -> bool:
    """A JSON value with structure, or YAML whose top is a list of keys."""
    if not plain.sniff(data, name):
        return False
    return _is_json(data) or _is_yaml(data, name)


def load(data: bytes, options: LoadOptions) -> Loaded:
    """A block a key of a mapping, or a block a record of a list.

    Top-level values that are short become hints. Raises UnreadableDocument if it cannot be
    parsed or is nested too deeply, EmptyDocument if no value is in it.
    """
    name = options.name or "The data"
    source = plain.decode(data, options)
    if _is_json(data):
        value, kind = _json(source, name), "json"
    else:
        value, kind = _yaml(source, name), "yaml"
    budget = _Budget(options.max_characters, name)
    blocks = tuple(_blocks(value, budget))
    if not blocks:
        raise EmptyDocument(f"{name} holds no values. Nothing was added.")
    return Loaded(blocks=blocks, hints=_hints(value), format=kind)


def _is_json(data: bytes) -> bool:
    head = data[: plain.SAMPLE_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] == b"{":
        return re.match(rb"\{\s*(?:\"|\})", head) is not None
    return head[:1] == b"[" and re.match(rb"\[\s*[\[{\"\d\]tfn-]", head) is not None


def _is_yaml(data: bytes, name: str | None) -> bool:
    named = (name or "").lower().endswith((".yaml", ".yml"))
    head = data[: plain.SAMPLE_BYTES].decode("utf-8", errors="ignore").lstrip("\ufeff")
    lines = [line for line in head.splitlines() if line.strip() and not line.startswith("#")]
    if lines and lines[0].strip() == "---":
        # Front matter closes with a second mark, and text comes after it.
        if any(line.strip() in ("---", "...") for line in lines[1:]) and not named:
            return False
        lines = lines[1:]
    top = [line for line in lines if not line[0].isspace() and not line.startswith("- ")]
    keyed = sum(1 for line in top if _KEY.match(line))
    if named:
        return keyed > 0 or any(line.startswith("- ") for line in lines)
    nested = len(top) < len(lines)
    # A letter's head has such lines too; data has hardly any other.
    return keyed >= 4 and keyed >= 0.9 * len(top) and nested


def _json(source: str, name: str) -> Any:
    try:
        return json.loads(source, parse_float=_Verbatim, parse_int=_Verbatim)
    except json.JSONDecodeError as error:
        records = []
        for line in source.split("\n"):
            if line.strip():
                try:
                    records.append(json.loads(line, parse_float=_Verbatim, parse_int=_Verbatim))
                except json.JSONDecodeError:
                    raise UnreadableDocument(
                        f"{name} is no valid JSON ({error.msg}, line {error.lineno}). "
                        "Correct it, or add it as text."
                    ) from error
        return records


def _yaml(source: str, name: str) -> Any:
    try:
        # Values stay as they are written: "no", 1.10 and 2022-04-01 are text here.
        documents = list(yaml.load_all(source, Loader=_BaseLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or "syntax error"
        raise UnreadableDocument(
            f"{name} is no valid YAML ({problem}{where}). Correct it, or add it as text."
        ) from error
    return documents[0] if len(documents) == 1 else documents


class _Budget:
    """How much text may still come: an alias of an alias makes much out of little."""

    def __init__(self, characters: int, name: str) -> None:
        self._left = characters
        self._name = name

    def spend(self, text: str) -> str:
        self._left -= len(text) + 8
        if self._left < 0:
            raise UnreadableDocument(
                f"{self._name} holds more text than a document may. Split it and add the parts."
            )
        return text


def _blocks(value: Any, budget: _Budget) -> Iterator[Block]:
    if isinstance(value, dict):
        waiting: list[str] = []
        for key, inner in value.items():
            lines = list(_lines(str(key), inner, budget))
            long = isinstance(inner, (dict, list)) or any(len(line) > _LONG for line in lines)
            if long and waiting:
                yield Block("\n".join(waiting))
                waiting = []
            if long:
                yield from (Block(part) for part in _parts(lines))
            else:
                waiting += lines
        if waiting:
            yield Block("\n".join(waiting))
    elif isinstance(value, list):
        for position, record in enumerate(value, start=1):
            lines = list(_lines("", record, budget))
            number = f"record {position}"
            yield from (Block(part, role="table", number=number) for part in _parts(lines))
    elif text := _scalar(value):
        yield Block(budget.spend(text))


def _parts(lines: list[str]) -> Iterator[str]:
    """Lines together, long values apart."""
    held: list[str] = []
    for line in lines:
        if len(line) > _LONG:
            if held:
                yield "\n".join(held)
                held = []
            yield line
        else:
            held.append(line)
    if held:
        yield "\n".join(held)


def _lines(path: str, value: Any, budget: _Budget) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _lines(f"{path}.{key}" if path else str(key), inner, budget)
    elif isinstance(value, list):
        for inner in value:
            yield from _lines(path, inner, budget)
    elif text := _scalar(value):
        yield budget.spend(f"{path}: {text}" if path else text)


def _scalar(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()


def _hints(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    scalars = ((str(key).lower(), _scalar(inner)) for key, inner in value.items())
    return {key: text for key, text in scalars if text and len(text) <= 300 and text[0] not in "{["}
