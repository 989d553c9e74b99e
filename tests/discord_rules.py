"""What Discord refuses: bodies, limits and names, from its documentation (API version 10).

Every function returns a list of plain complaints, empty when Discord would accept. Where an
OpenAPI description is given (environment variable DISCORD_OPENAPI), bodies are also checked
against it by `Schema`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

Json = dict[str, Any]

EPHEMERAL = 1 << 6
SUPPRESS_EMBEDS = 1 << 2
SUPPRESS_NOTIFICATIONS = 1 << 12
COMPONENTS_V2 = 1 << 15
USABLE_FLAGS = EPHEMERAL | SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2

MESSAGE_FIELDS = {
    "content",
    "tts",
    "embeds",
    "allowed_mentions",
    "flags",
    "components",
    "attachments",
    "poll",
    "nonce",
    "enforce_nonce",
    "message_reference",
    "sticker_ids",
    "username",
    "avatar_url",
}

COMPONENT_FIELDS: Mapping[int, set[str]] = {
    1: {"components"},
    2: {"style", "label", "emoji", "custom_id", "sku_id", "url", "disabled"},
    3: {"custom_id", "options", "placeholder", "min_values", "max_values", "disabled", "required"},
    4: {
        "custom_id",
        "style",
        "label",
        "min_length",
        "max_length",
        "required",
        "value",
        "placeholder",
    },
    5: {
        "custom_id",
        "placeholder",
        "default_values",
        "min_values",
        "max_values",
        "disabled",
        "required",
    },
    6: {
        "custom_id",
        "placeholder",
        "default_values",
        "min_values",
        "max_values",
        "disabled",
        "required",
    },
    7: {
        "custom_id",
        "placeholder",
        "default_values",
        "min_values",
        "max_values",
        "disabled",
        "required",
        "channel_types",
    },
    8: {
        "custom_id",
        "placeholder",
        "default_values",
        "min_values",
        "max_values",
        "disabled",
        "required",
        "channel_types",
    },
    9: {"components", "accessory"},
    10: {"content"},
    11: {"media", "description", "spoiler"},
    12: {"items"},
    13: {"file", "spoiler"},
    14: {"divider", "spacing"},
    17: {"components", "accent_color", "spoiler"},
    18: {"label", "description", "component"},
    19: {"custom_id", "min_values", "max_values", "required"},
    21: {"custom_id", "options", "required"},
    22: {"custom_id", "options", "min_values", "max_values", "required"},
    23: {"custom_id", "default"},
}

LOCALES = {
    "id",
    "da",
    "de",
    "en-GB",
    "en-US",
    "es-ES",
    "es-419",
    "fr",
    "hr",
    "it",
    "lt",
    "hu",
    "nl",
    "no",
    "pl",
    "pt-BR",
    "ro",
    "fi",
    "sv-SE",
    "vi",
    "tr",
    "cs",
    "el",
    "bg",
    "ru",
    "uk",
    "hi",
    "th",
    "zh-CN",
    "ja",
    "zh-TW",
    "ko",
}


def walk(components: Any) -> Iterator[Json]:
    """Yield every component, nested ones included, outermost first."""
    for component in components or ():
        yield component
        yield from walk(component.get("components"))
        for key in ("accessory", "component"):
            if key in component:
                yield from walk([component[key]])


def texts(components: Any) -> list[str]:
    """Give the text displays in reading order."""
    return [c["content"] for c in walk(components) if c.get("type") == 10]


def _between(value: Any, low: int, high: int) -> bool:
    return isinstance(value, str) and low <= len(value) <= high


def _complain_button(c: Json) -> Iterator[str]:
    style = c.get("style")
    if style not in range(1, 7):
        yield f"button style {style}"
    if not c.get("label") and not c.get("emoji"):
        yield "a button needs a label"
    if not c.get("label"):
        yield "every button of this product has a word"
    if c.get("label") is not None and not _between(c["label"], 1, 80):
        yield f"button label of {len(c['label'])} characters"
    if style == 5:
        if not re.match(r"(https?|discord)://", c.get("url") or ""):
            yield f"link button to {c.get('url')!r}"
        if len(c.get("url") or "") > 512:
            yield "a link button's url is longer than 512"
        if "custom_id" in c:
            yield "a link button has no custom_id"
    elif not _between(c.get("custom_id"), 1, 100):
        yield f"button custom_id {c.get('custom_id')!r}"


def _complain_select(c: Json) -> Iterator[str]:
    if not _between(c.get("custom_id"), 1, 100):
        yield "select custom_id"
    options = c.get("options", [])
    if c["type"] == 3 and not 1 <= len(options) <= 25:
        yield f"a select with {len(options)} options"
    low, high = c.get("min_values", 1), c.get("max_values", 1)
    if not (0 <= low <= 25 and 1 <= high <= 25 and low <= high):
        yield f"select takes {low} to {high} values"
    if c["type"] == 3 and high > len(options):
        yield "max_values is above the number of options"
    values = [o.get("value") for o in options]
    if len(set(values)) != len(values):
        yield "option values repeat"
    for o in options:
        if not _between(o.get("label"), 1, 100) or not _between(o.get("value"), 1, 100):
            yield f"option {o.get('label')!r}"
        if o.get("description") and len(o["description"]) > 100:
            yield "an option's description is longer than 100"
    if c.get("placeholder") and len(c["placeholder"]) > 150:
        yield "a placeholder is longer than 150"


def _complain_component(c: Json, place: str) -> Iterator[str]:
    kind = c.get("type")
    if kind not in COMPONENT_FIELDS:
        yield f"component type {kind}"
        return
    if unknown := set(c) - COMPONENT_FIELDS[kind] - {"type", "id"}:
        yield f"unknown field {sorted(unknown)} in component {kind}"
    if place == "modal" and kind not in (1, 3, 4, 5, 6, 7, 8, 10, 18, 19, 21, 22, 23):
        yield f"component {kind} in a modal"
    if place == "message" and kind in (4, 18, 19, 21, 22, 23):
        yield f"component {kind} in a message"
    if kind == 1:
        inner = c.get("components", [])
        if not 1 <= len(inner) <= 5:
            yield f"an action row of {len(inner)}"
        if any(i.get("type") not in range(2, 9) for i in inner) and place == "message":
            yield "an action row holds buttons or one select"
        if any(i.get("type") in (3, 5, 6, 7, 8) for i in inner) and len(inner) > 1:
            yield "a select shares its row"
    elif kind == 2:
        yield from _complain_button(c)
    elif kind in (3, 5, 6, 7, 8):
        yield from _complain_select(c)
    elif kind == 4:
        if not _between(c.get("custom_id"), 1, 100):
            yield "text input custom_id"
        if len(c.get("value") or "") > c.get("max_length", 4000):
            yield "a text input's value is longer than its limit"
        if c.get("max_length", 4000) not in range(1, 4001):
            yield "max_length"
        if len(c.get("placeholder") or "") > 100:
            yield "a placeholder is longer than 100"
    elif kind == 9:
        if not 1 <= len(c.get("components", [])) <= 3 or "accessory" not in c:
            yield "a section has one to three texts and an accessory"
    elif kind == 10 and not _between(c.get("content"), 1, 4000):
        yield "a text display needs 1 to 4000 characters"
    elif kind == 18:
        if not _between(c.get("label"), 1, 45):
            yield f"label {c.get('label')!r} is not 1 to 45 characters"
        if c.get("description") is not None and not _between(c["description"], 1, 100):
            yield "a label's description is not 1 to 100 characters"
        if c.get("component", {}).get("type") not in (3, 4, 5, 6, 7, 8, 19, 21, 22, 23):
            yield "what a label may hold"


def complain_message(body: Json, *, editing: bool, was_v2: bool, public_field: bool) -> list[str]:
    """Complain about a message body; `public_field`: the path accepts message_reference."""
    found: list[str] = []
    if unknown := set(body) - MESSAGE_FIELDS:
        found.append(f"unknown field {sorted(unknown)}")
    if "message_reference" in body and not public_field:
        found.append("message_reference is not for webhooks")
    flags = body.get("flags") or 0
    if flags & ~USABLE_FLAGS:
        found.append(f"flags {flags}")
    components = body.get("components")
    v2 = bool(flags & COMPONENTS_V2) or (editing and was_v2)
    if editing and was_v2 and (body.get("content") or body.get("embeds")):
        found.append("content beside components in an edit")
    if v2:
        if body.get("content") or body.get("embeds") or body.get("poll") or body.get("sticker_ids"):
            found.append("content, embeds, poll or stickers beside Components V2")
        if not editing and not components:
            found.append("an empty message")
    elif not editing and not (body.get("content") or body.get("embeds") or body.get("attachments")):
        found.append("an empty message")
    if len(body.get("content") or "") > 2000:
        found.append("content is longer than 2000")
    if components:
        found += complain_components(components, "message", v2)
    allowed = body.get("allowed_mentions")
    if allowed is None:
        found.append("allowed_mentions is left out: everything would be parsed")
    elif set(allowed) - {"parse", "roles", "users", "replied_user"}:
        found.append("unknown field in allowed_mentions")
    return found


def complain_components(components: list[Json], place: str, v2: bool) -> list[str]:
    """Complain about a tree of components."""
    found: list[str] = []
    nested = list(walk(components))
    if len(nested) > 40:
        found.append(f"{len(nested)} components, more than 40")
    if (length := sum(len(t) for t in texts(components))) > 4000:
        found.append(f"{length} characters of text, more than 4000")
    if not v2 and place == "message":
        if len(components) > 5:
            found.append("more than five rows")
        if any(c.get("type") != 1 for c in components):
            found.append("Components V2 without its flag")
    ids = [c["custom_id"] for c in nested if c.get("custom_id")]
    if len(set(ids)) != len(ids):
        found.append("custom_ids repeat in one message")
    numbers = [c["id"] for c in nested if c.get("id")]
    if len(set(numbers)) != len(numbers):
        found.append("component ids repeat")
    for component in nested:
        found += _complain_component(component, place)
    return found


def complain_modal(data: Json) -> list[str]:
    """Complain about a modal."""
    found = []
    if set(data) - {"custom_id", "title", "components"}:
        found.append(f"unknown field in a modal: {sorted(data)}")
    if not _between(data.get("title"), 1, 45):
        found.append(f"modal title {data.get('title')!r}")
    if not _between(data.get("custom_id"), 1, 100):
        found.append("modal custom_id")
    if not 1 <= len(data.get("components", [])) <= 5:
        found.append("a modal has one to five top-level components")
    return found + complain_components(data.get("components", []), "modal", True)


def complain_choices(data: Json) -> list[str]:
    """Complain about the answer to an autocomplete."""
    choices = data.get("choices", [])
    found = [] if len(choices) <= 25 else [f"{len(choices)} choices"]
    for choice in choices:
        if not _between(choice.get("name"), 1, 100):
            found.append(f"choice name {choice.get('name')!r}")
        if isinstance(choice.get("value"), str) and not _between(choice["value"], 1, 100):
            found.append("choice value")
    return found


def _complain_named(item: Json, *, menu: bool) -> Iterator[str]:
    name = item.get("name", "")
    names = [name, *(item.get("name_localizations") or {}).values()]
    for each in names:
        if menu and not _between(each, 1, 32):
            yield f"menu name {each!r}"
        if not menu and (not re.fullmatch(r"[-_'\w]{1,32}", each) or each != each.lower()):
            yield f"command or option name {each!r}"
    descriptions = [
        item.get("description", ""),
        *(item.get("description_localizations") or {}).values(),
    ]
    for each in descriptions:
        if not menu and not _between(each, 1, 100):
            yield f"description of {name}: {each!r}"
    for field in ("name_localizations", "description_localizations"):
        if unknown := set(item.get(field) or {}) - LOCALES:
            yield f"unknown locale {sorted(unknown)}"


def complain_commands(payload: list[Json]) -> list[str]:
    """Complain about the body of a bulk overwrite of global commands."""
    found: list[str] = []
    if (
        sum(c.get("type", 1) == 1 for c in payload) > 100
        or sum(c.get("type") == 3 for c in payload) > 15
    ):
        found.append("too many commands")
    for command in payload:
        menu = command.get("type", 1) != 1
        stack, size = [command], 0
        while stack:
            item = stack.pop()
            found += _complain_named(item, menu=menu)
            size += len(item.get("name", "")) + len(item.get("description", ""))
            options = item.get("options") or []
            if len(options) > 25:
                found.append("more than 25 options")
            required = [o.get("required", False) for o in options if o.get("type", 1) > 2]
            if required != sorted(required, reverse=True):
                found.append(f"required options after optional ones in {item.get('name')}")
            if len({o.get("name") for o in options}) != len(options):
                found.append("option names repeat")
            stack += options
        if size > 8000:
            found.append(f"command {command.get('name')} is longer than 8000 characters")
    return found


class Schema:
    """Discord's own OpenAPI description, asked by path and method. Reads one file when made."""

    def __init__(self, path: Path) -> None:
        self.description = json.loads(path.read_text(encoding="utf-8"))
        self._validators: dict[str, Draft202012Validator] = {}

    def match(self, path: str) -> str | None:
        """Give the description's path for an actual one, the most literal first."""
        best: tuple[int, str] | None = None
        for template in self.description["paths"]:
            pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path):
                candidate = (template.count("{"), template)
                best = candidate if best is None else min(best, candidate)
        return best[1] if best else None

    def complain(self, method: str, path: str, query: Mapping[str, str], body: Any) -> list[str]:
        """Complain about a request that the description does not have."""
        template = self.match(path)
        operation = self.description["paths"].get(template or "", {}).get(method.lower())
        if operation is None:
            return [f"{method} {path} is not in Discord's description"]
        known = {p["name"] for p in operation.get("parameters", []) if p.get("in") == "query"}
        found = [f"unknown query parameter {name}" for name in query if name not in known]
        schema = (
            operation.get("requestBody", {})
            .get("content", {})
            .get("application/json", {})
            .get("schema")
        )
        if schema is not None and body is not None:
            name = f"{method} {template}"
            if name not in self._validators:
                whole = {**schema, "components": self.description["components"]}
                self._validators[name] = Draft202012Validator(whole)
            error = next(iter(self._validators[name].iter_errors(body)), None)
            if error is not None:
                found.append(f"{method} {template}: {_deepest(error).message[:300]}")
        return found


def _deepest(error: Any) -> Any:
    while error.context:
        error = max(error.context, key=lambda e: len(e.absolute_path))
    return error
