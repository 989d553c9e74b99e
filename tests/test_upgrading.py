"""The README's commands for an upgrade and for the way back, run on an older folder."""

import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from knowledge.storing import schema

ROOT = Path(__file__).parent.parent
LAYOUTS = ROOT / "tests" / "knowledge" / "layouts"


def commands(heading: str) -> list[list[str]]:
    """The three commands below a heading of the README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(rf"\*\*{heading}\.\*\*.*?```sh\n(.*?)```", readme, re.S)
    assert block, heading
    return [shlex.split(line, comments=True) for line in block.group(1).splitlines()]


def run(lines: list[list[str]], folder: Path, variables: dict[str, str]) -> list[str]:
    """Run lines as a shell in `folder` would, installing apart; what each command printed."""
    printed = []
    for words in lines:
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            variables[name] = value.replace("$HOME", variables["HOME"])
        elif words[0] == ".venv/bin/footnote":
            done = subprocess.run(
                [sys.executable, "-m", "knowledge.cli", *words[1:]],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": str(ROOT)} | variables,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            assert "Traceback" not in done.stderr
            printed.append(done.stdout + done.stderr)
        else:
            assert words[:2] == [".venv/bin/pip", "install"], words
    return printed


def documents(home: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(home / "record.sqlite3")) as connection:
        return connection.execute("SELECT id, text, state FROM documents ORDER BY id").fetchall()


def version(home: Path) -> int:
    with closing(sqlite3.connect(home / "record.sqlite3")) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


@pytest.mark.parametrize("heading", ["Upgrade", "Go back"])
def test_each_way_takes_three_commands(heading: str) -> None:
    assert len(commands(heading)) == 3


def test_an_older_folder_is_upgraded_and_gone_back_to_as_the_readme_says(tmp_path: Path) -> None:
    home = Path(shutil.copytree(min(LAYOUTS.iterdir()), tmp_path / "home"))
    for path in [home, *home.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
    older, before = version(home), documents(home)
    variables = {"HOME": str(tmp_path), "FOOTNOTE_HOME": str(home)}

    wrote, findings = run(commands("Upgrade"), tmp_path, variables)
    upgraded = (version(home), documents(home))
    run(commands("Go back"), tmp_path, variables)

    assert "Wrote 2 documents" in wrote
    assert older < upgraded[0] == schema.VERSION
    assert upgraded[1] == before
    assert (home / "backups" / f"before-layout-{schema.VERSION}.tar.gz").is_file()
    # The folder is kept without its indexes, and its model is a stand-in of the tests.
    bad = [line for line in findings.splitlines() if line.startswith("bad:")]
    assert [line for line in bad if not re.search("plain|from the record", line)] == []
    assert Path(variables["FOOTNOTE_HOME"]) != home
    assert documents(Path(variables["FOOTNOTE_HOME"])) == before
