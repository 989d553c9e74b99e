"""The bot's own words in several languages, and discord.py's translator for command names.

A language is one JSON file in `bot/languages`, named by its code. English is the reference: a
text that another file lacks is said in English. Quotations are never translated.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.english import COMMANDS

REFERENCE = "en"


@cache
def languages() -> dict[str, dict[str, Any]]:
    """Read every language file once: code -> its texts."""
    folder = resources.files("bot") / "languages"
    read = {
        file.name.removesuffix(".json"): json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(folder.iterdir(), key=lambda f: f.name)
        if file.name.endswith(".json")
    }
    read[REFERENCE]["commands"] = COMMANDS
    return read


def language(locale: str | discord.Locale | None) -> str:
    """Give the code of the language we speak for a Discord locale, English by default."""
    code = str(locale or REFERENCE).split("-", 1)[0].lower()
    return code if code in languages() else REFERENCE


def say(key: str, locale: str | discord.Locale | None = None, /, **values: object) -> str:
    """Give one of our own sentences. With `n`, `key.one` is used for 1 where it exists.

    Raises KeyError for a text that English lacks: a mistake of ours, found by the tests.
    """
    texts = languages()[language(locale)]["texts"]
    reference = languages()[REFERENCE]["texts"]
    names = [f"{key}.one", key] if values.get("n") == 1 else [key]
    for name in names:
        text = texts.get(name) or reference.get(name)
        if text is not None:
            return str(text).format(**values)
    raise KeyError(key)


def date_in_words(date: str | None, locale: str | discord.Locale | None = None) -> str | None:
    """Say YYYY, YYYY-MM or YYYY-MM-DD in words; None stays None."""
    if not date:
        return None
    parts = date[:10].split("-")
    months = languages()[language(locale)]["months"]
    try:
        if len(parts) == 1:
            return parts[0]
        month = months[int(parts[1]) - 1]
        return f"{month} {parts[0]}" if len(parts) == 2 else f"{int(parts[2])} {month} {parts[0]}"
    except (ValueError, IndexError):
        return date


def named(key: str) -> locale_str:
    """Mark a command's, option's or menu's name or description for translation."""
    return locale_str(COMMANDS[key], key=key)


class Translator(app_commands.Translator):
    """Gives Discord the names and descriptions of commands in each language we have."""

    async def translate(
        self,
        string: locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        code = language(locale)
        key = string.extras.get("key")
        if code == REFERENCE or key is None:
            return None
        text = languages()[code]["commands"].get(key)
        return str(text) if text is not None else None
