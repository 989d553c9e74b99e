"""Every file that the table of threats names is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TABLE = (ROOT / "docs" / "THREATS.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+\.py)`", TABLE))))
def test_it_exists(name: str) -> None:
    places = (ROOT / name, ROOT / "knowledge" / name, ROOT / "tests" / "knowledge" / name)

    assert any(place.is_file() for place in places)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([A-Z]+_[A-Z_]+)`", TABLE))))
def test_each_setting_exists(name: str) -> None:
    assert f'"{name}"' in (ROOT / "knowledge" / "settings.py").read_text(encoding="utf-8")
