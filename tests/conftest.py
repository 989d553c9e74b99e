"""What several tests share: the real embedding model, exported once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.encoding.embedding import Encoder, open_encoder
from knowledge.settings import DEFAULT_MODEL


@pytest.fixture(scope="session")
def model_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the exported model in `models/`, and nothing else. Do not write to it."""
    home = tmp_path_factory.mktemp("model")
    open_encoder(DEFAULT_MODEL, home=home)
    return home


@pytest.fixture(scope="session")
def encoder(model_home: Path) -> Encoder:
    """The real encoder, open for the whole session."""
    return open_encoder(DEFAULT_MODEL, home=model_home)


@pytest.fixture
def home(model_home: Path, tmp_path: Path) -> Path:
    """An empty data folder of one test, which finds the exported model in its place."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    (folder / "models").symlink_to(model_home / "models")
    return folder
