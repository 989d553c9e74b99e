"""Fixtures of the bot's tests: a record, and the running bot once a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.running import Town, build_home, copy_home


@pytest.fixture(scope="session")
def prepared_home(model_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with documents; tests work on copies of it."""
    return build_home(tmp_path_factory.mktemp("bot") / "home", model_home / "models")


@pytest.fixture(scope="session")
def town(prepared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The stand-in and the running bot; it ends without one violation of Discord's rules."""
    home = copy_home(prepared_home, tmp_path_factory.mktemp("town") / "home")
    place = Town(home)
    place.bot.start()
    yield place
    place.close()
    assert place.server.violations == []
    assert "Traceback" not in place.bot.output(), place.bot.output()
