"""README, .env.example and --help say the same."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from bot.settings import BotSettings
from knowledge.cli import app
from knowledge.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
FIELDS = {**Settings.model_fields, **BotSettings.model_fields}
COMMANDS = typer.main.get_command(app)
assert isinstance(COMMANDS, TyperGroup)


def leaves(group: TyperGroup, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Every command by its words."""
    found: dict[tuple[str, ...], Any] = {}
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            found |= leaves(command, (*path, name))
        else:
            found[(*path, name)] = command
    return found


LEAVES = leaves(COMMANDS)


@pytest.mark.parametrize("field", FIELDS)
def test_each_setting_has_its_row_and_its_line(field: str) -> None:
    alias = FIELDS[field].validation_alias
    assert isinstance(alias, str)
    assert re.search(rf"^\| `{alias}` \|", README, re.M), f"{alias} is not in the README's table"
    assert re.search(rf"^#? ?{alias}=", EXAMPLE, re.M), f"{alias} is not in .env.example"
    description = FIELDS[field].description
    assert description
    row = next(line for line in README.splitlines() if line.startswith(f"| `{alias}` |"))
    assert description in row.replace("\\|", "|"), f"{alias}: the README describes it otherwise"


def test_no_setting_is_documented_that_does_not_exist() -> None:
    known = {field.validation_alias for field in FIELDS.values()}
    documented = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", EXAMPLE, re.M))
    documented |= set(re.findall(r"^\| `([A-Z][A-Z_]+)` \|", README, re.M))
    assert documented <= known


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_each_command_is_in_the_readme(words: tuple[str, ...]) -> None:
    assert f"footnote {' '.join(words)}" in README


def documented_calls() -> list[str]:
    """Every `footnote ...` line in a shell block of the README."""
    blocks = re.findall(r"```(?:sh|bash|console)\n(.*?)```", README, re.S)
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    lines = [part.strip() for line in lines for part in re.split(r"&&|\|", line)]
    return [
        re.sub(r"^\S*\bfootnote ", "footnote ", line)
        for line in lines
        if re.match(r"^(\.venv/bin/)?footnote ", line)
    ]


@pytest.mark.parametrize("call", sorted(set(documented_calls())))
def test_each_documented_call_names_real_options(call: str) -> None:
    words = shlex.split(call, comments=True)[1:]
    name = next(path for path in LEAVES if tuple(words[: len(path)]) == path)
    known = {option for parameter in LEAVES[name].params for option in parameter.opts}
    used = {word.split("=")[0] for word in words if word.startswith("--")} - {"--help"}
    assert used <= known
