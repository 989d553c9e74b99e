"""The command line as people and programs use it: real model, real files, real indexes."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from knowledge import cli

Run = Callable[..., "Done"]

LETTER = """To: Securities and Exchange Commission
From: Harbour Builders Guild
Date: 3 March 2026
Re: Registration of drawbridges

The Harbour Builders Guild (HBG) asks the Commission to leave drawbridges out of the rule.

A drawbridge is raised by hand and earns no fee. We therefore ask for a period of eighteen
months before the rule takes effect.
"""


@pytest.fixture(scope="module")
def shared_home(model_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample record and one letter in `shared`."""
    home = tmp_path_factory.mktemp("cli")
    (home / "models").symlink_to(model_home / "models")
    letter = home / "letter.txt"
    letter.write_text(LETTER, encoding="utf-8")
    run = runner(home)
    assert run("demo", "--json").returncode == 0
    assert run("add", str(letter)).returncode == 0
    return home


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def runner(home: Path) -> Run:
    """A function that runs `footnote` in this process over a data folder."""

    def run(*arguments: str, given: str = "") -> Done:
        stdout, stderr = io.StringIO(), io.StringIO()
        stdin = io.TextIOWrapper(io.BytesIO(given.encode()), encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(home)
            patch.setenv("FOOTNOTE_HOME", str(home))
            patch.setattr(sys, "stdin", stdin)
            with redirect_stdout(stdout), redirect_stderr(stderr):
                status = cli.run(list(arguments))
        return Done(status, stdout.getvalue(), stderr.getvalue())

    return run


@pytest.fixture
def run(shared_home: Path) -> Run:
    return runner(shared_home)


def test_a_question_is_answered_in_the_documents_own_words(run: Run) -> None:
    done = run("ask", "How long before the rule takes effect does the Guild ask for?", "--json")

    answer = json.loads(done.stdout)
    assert (done.returncode, answer["outcome"]) == (0, "answered")
    assert "eighteen months" in answer["text"]
    assert len(answer["text"]) <= 900
    first = answer["citations"][0]
    assert first["author"] == "Harbour Builders Guild"
    assert first["date"] == "2026-03-03"
    shown = json.loads(run("show", first["document_id"], "--json").stdout)
    assert shown["text"][first["start"] : first["end"]] == first["quote"]


def test_what_was_expanded_is_shown_under_the_question(run: Run) -> None:
    shown = run("ask", "What does the HBG ask for?").stdout.splitlines()

    assert shown[1] == "HBG = Harbour Builders Guild"


def test_the_json_of_an_answer_has_every_field_also_when_nothing_is_found(run: Run) -> None:
    answer = json.loads(run("ask", "Who won the chess olympiad in Tromsø?", "--json").stdout)

    assert answer["outcome"] in ("not_found", "related")
    assert answer["citations"] == []
    fields = "question outcome text expanded citations related choices premise score mode seconds"
    assert set(fields.split()) <= set(answer)


def test_lines_of_standard_input_are_answered_in_order_and_a_bad_one_is_said(run: Run) -> None:
    lines = [
        "What did the BA tell the SEC?",
        '{"question": "What does the Guild ask for?", "as_of": "2026-12-31", "history": []}',
        '{"question": "broken"',
        '{"question": "x?", "colour": "red"}',
    ]
    done = run("ask", "-", "--library", "sample", given="\n".join(lines) + "\n")

    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [("error" in row) for row in rows] == [False, False, True, True]
    assert rows[0]["question"] == lines[0]
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["ask", ""], 2, "The question is empty"),
        (["ask", "  \n "], 2, "The question is empty"),
        (["ask"], 2, "question"),
        (["ask", "Why?", "--colour", "red"], 2, "--colour"),
        (["ask", "Why?", "--library", "nowhere"], 1, "nowhere: there is no library"),
        (["ask", "a" * 100_000], 1, "100,000 characters"),
        (["ask", "?!"], 1, "The question is empty"),
        (["ask", "Why?", "--history", "missing.json"], 1, "missing.json"),
        (["show", "zzzz"], 1, "zzzz: no document has that id"),
        (["show", "../../etc/passwd"], 1, "no document has that id"),
        (["remove", "zzzz", "--yes"], 1, "zzzz: no document has that id"),
        (["add", "missing.pdf"], 1, "missing.pdf: there is no such file"),
        (["add", "/dev/null"], 1, "null: this is not a regular file"),
        (["add", "letter.txt", "--date", "2026-02-31"], 2, "2026-02-31: a date is"),
        (["add", "letter.txt", "--url", "javascript:alert(1)"], 2, "an address starts with"),
        (["add", "http://127.0.0.1:1/x"], 1, "127.0.0.1"),
        (["list", "--library", "nowhere"], 1, "nowhere: there is no library"),
        (["frobnicate"], 2, "frobnicate"),
    ],
)
def test_bad_input_ends_in_one_plain_line_and_the_right_status(
    run: Run, arguments: list[str], status: int, says: str
) -> None:
    before = json.loads(run("status", "--json").stdout)

    done = run(*arguments)

    assert done.returncode == status, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    after = json.loads(run("status", "--json").stdout)
    assert (after["documents"], after["passages"]) == (before["documents"], before["passages"])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.txt", b""),
        ("blank.md", b" \n\n\t\n"),
        ("junk.pdf", bytes(range(256)) * 40),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog"),
        ("page.html", b"<html><body><script>x</script></body></html>"),
    ],
)
def test_a_bad_file_is_refused_by_name_and_does_not_stop_the_good_one(
    run: Run, tmp_path: Path, name: str, data: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    good = tmp_path / "zz-good.txt"
    good.write_text(f"The lighthouse of {name} was lit on 4 May 1901 by its first keeper.")

    done = run("add", str(tmp_path), "--json")

    result = json.loads(done.stdout)
    assert done.returncode == 1
    assert [row["source"] for row in result["refused"]] == [str(tmp_path / name)]
    assert name.split(".")[0] in result["refused"][0]["reason"]
    assert len(result["added"]) == 1
    assert run("remove", result["added"][0]["id"], "--yes").returncode == 0


def test_the_same_file_again_is_no_error_and_no_copy(run: Run, shared_home: Path) -> None:
    done = run("add", str(shared_home / "letter.txt"), "--json")

    result = json.loads(done.stdout)
    assert done.returncode == 0
    assert (len(result["added"]), len(result["already"])) == (0, 1)


def test_text_from_standard_input_is_added_listed_and_removed(run: Run) -> None:
    text = "The Quayside Chamber told the port on 2 June 2026 that night berths are too few."
    added = json.loads(
        run(
            "add", "-", "--title", "Night berths", "--author", "Quayside Chamber",
            "--date", "2026-06-02", "--kind", "letter", "--url", "https://example.org/berths",
            "--json", given=text,
        ).stdout
    )["added"][0]  # fmt: skip
    assert (added["title"], added["kind"], added["source"]) == ("Night berths", "letter", "text")

    listed = json.loads(run("list", "--json").stdout)
    assert added["id"] in [row["id"] for row in listed]
    asked = json.loads(run("ask", "What did the Quayside Chamber tell the port?", "--json").stdout)
    assert asked["outcome"] == "answered"
    assert asked["citations"][0]["link"].startswith("https://example.org/berths#:~:text=")

    assert run("remove", added["id"][:7], "--yes").returncode == 0
    assert added["id"] not in run("list", "--json").stdout
    again = json.loads(run("ask", "What did the Quayside Chamber tell the port?", "--json").stdout)
    assert again["outcome"] != "answered"


def test_libraries_do_not_see_each_other(run: Run) -> None:
    only_here = json.loads(
        run("ask", "What does the HBG ask for?", "-l", "sample", "--json").stdout
    )
    assert only_here["outcome"] != "answered"
    ids = {row["id"] for row in json.loads(run("list", "-l", "sample", "--json").stdout)}
    for id in ids:
        assert run("show", id).returncode == 1


def test_escape_sequences_of_a_document_never_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "evil.txt"
    file.write_text(
        "The \x1b]0;owned\x07Beacon\x1b[31m Society said on 1 May 2026 that [bold]beacons[/bold] "
        "\u202ematter\u202c to pilots.",
        encoding="utf-8",
    )
    added = json.loads(run("add", str(file), "--json").stdout)["added"][0]
    for done in (run("show", added["id"]), run("ask", "What did the Society say about beacons?")):
        assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout)
        assert "[bold]beacons[/bold]" in done.stdout
    run("remove", added["id"], "--yes")


def test_add_and_ask_never_import_torch(shared_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "tides.txt"
    file.write_text("The tide tables of 2026 were printed by the Observatory on 9 January 2026.")
    code = f"""
import sys
from knowledge.cli import run
assert run(["add", {str(file)!r}, "--library", "torchless"]) == 0
assert run(["ask", "Who printed the tide tables?", "--library", "torchless"]) == 0
heavy = {{"torch", "sentence_transformers", "transformers", "trafilatura", "pypdf"}}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=120,
        env={"PATH": os.environ["PATH"], "FOOTNOTE_HOME": str(shared_home)},
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_a_folder_of_a_newer_version_is_refused(run: Run, home: Path) -> None:
    import sqlite3

    local = runner(home)
    assert (
        local("add", "-", given="A small text about piers, written on 1 May 2026.").returncode == 0
    )
    database = home / "record.sqlite3"
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA user_version = 9999")
    connection.close()

    done = local("list")

    assert done.returncode == 1
    assert "newer" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_export_added_elsewhere_gives_the_same_documents(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    assert run("export", str(folder), "-l", "sample").returncode == 0

    done = run("add", str(folder), "-l", "copy", "--json")

    assert done.returncode == 0, done.stderr
    told = ("title", "publisher", "author", "addressee", "date", "kind", "url", "passages")
    before = json.loads(run("list", "-l", "sample", "--json").stdout)
    after = json.loads(run("list", "-l", "copy", "--json").stdout)
    assert [[row[key] for key in told] for row in before] == [
        [row[key] for key in told] for row in after
    ]


def test_golden_questions_are_judged_and_a_worse_run_is_an_alarm(run: Run, tmp_path: Path) -> None:
    questions = tmp_path / "golden.jsonl"
    row = {
        "question": "How long before the rule takes effect does the Guild ask for?",
        "must_include": [["eighteen months"]],
        "evidence": [{"doc_id": "letter", "quote": "a period of eighteen\nmonths"}],
    }
    questions.write_text(
        "".join(json.dumps({**row, "id": f"q{n}"}) + "\n" for n in range(6)), encoding="utf-8"
    )
    page = tmp_path / "report.html"

    good = run("eval", str(questions), "--json", "--html", str(page))
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)["figures"]["right"]["value"] == 1.0
    assert page.read_text(encoding="utf-8").startswith("<!")
    baseline = tmp_path / "baseline.json"
    baseline.write_text(good.stdout, encoding="utf-8")
    assert run("eval", str(questions), "--baseline", str(baseline)).returncode == 0

    broken = questions.read_text(encoding="utf-8").replace("eighteen months", "ninety years")
    questions.write_text(broken, encoding="utf-8")
    assert run("eval", str(questions), "--baseline", str(baseline)).returncode == 1
