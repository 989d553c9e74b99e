"""Folders of older versions are brought up to ours, after a backup, or left as they were."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from knowledge.errors import NewerFolder
from knowledge.storing import backup, journal, schema
from knowledge.storing.store import Store
from tests.knowledge.shelf import add, ask, open_index

LAYOUTS = Path(__file__).parent / "layouts"


@pytest.fixture(params=sorted(LAYOUTS.iterdir()), ids=lambda path: f"layout {path.name}")
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data folder as a released version left it."""
    return Path(shutil.copytree(request.param, tmp_path / "home"))


def test_a_folder_of_each_version_opens_answers_and_takes_documents(home: Path) -> None:
    index = open_index(home)

    titles = [entry.particulars.title for entry in index.store.entries("shared")]
    assert titles == ["Letter of the fishers", "Notice on berth 12"]
    assert ask(index, "They ask for a hearing.")[0].text == "They ask for a hearing."
    former = index.store.entry(index.store.resolve("i2w", ["shared"]), ["shared"])
    assert former.replaced_by == index.store.entries("shared")[1].id
    verbs = {event.verb for event in journal.events(index.store)}
    assert verbs >= {"add", "refresh", "edit"}
    add(index, "A new notice.")
    assert ask(index, "A new notice.")[0].text == "A new notice."
    index.repair(actor="tester")  # the copy's permissions are whatever git made them
    assert [finding.text for finding in index.doctor() if finding.bad] == []


def add_a_column(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE documents ADD COLUMN mood TEXT")


def fail_halfway(connection: sqlite3.Connection) -> None:
    add_a_column(connection)
    raise KeyboardInterrupt


def test_a_migration_is_preceded_by_a_backup_that_the_older_version_can_restore(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Store.open(home).entries("shared")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "VERSION", schema.VERSION + 1)
        patch.setattr(schema, "MIGRATIONS", {schema.VERSION - 1: add_a_column})
        migrated = Store.open(home)
        assert migrated.entries("shared") == before
        assert migrated.row("SELECT mood FROM documents") is not None
        migrated.close()
    with pytest.raises(NewerFolder):
        Store.open(home)

    saved = home / "backups" / f"before-layout-{schema.VERSION + 1}.tar.gz"
    backup.unpack(saved, tmp_path / "restored")

    assert Store.open(tmp_path / "restored").entries("shared") == before


def test_a_migration_that_is_interrupted_changes_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Store.open(home).entries("shared")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "VERSION", schema.VERSION + 1)
        patch.setattr(schema, "MIGRATIONS", {schema.VERSION - 1: fail_halfway})
        with pytest.raises(KeyboardInterrupt):
            Store.open(home)

    assert Store.open(home).entries("shared") == before
