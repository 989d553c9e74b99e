"""Documents taken in by the command line: from the web, with progress, interrupted."""

import io
import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from knowledge import cli
from knowledge.storing import steps
from tests.knowledge.pdf_files import lines, pdf
from tests.web_server import Exchange, WebServer

PARAGRAPHS = [
    "The Harbour Board adopted a rule on drawbridges on 3 March 2026. A drawbridge is raised by "
    "hand, earns no fee, and is left out of the register that the rule sets up for bridges.",
    "Owners of other bridges must register them within eighteen months. The register is public, "
    "and its keeper answers questions about it in writing within twenty days of their receipt.",
    "The Board heard forty owners before it adopted the rule. Most of them asked for more time, "
    "which the Board granted; two asked for a fee, which the Board refused without a dissent.",
]


def page(paragraphs: list[str], head: str = "") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<html><head><title>A rule on drawbridges</title>{head}</head><body><main><article>"
        f"<h1>A rule on drawbridges</h1>{body}</article></main></body></html>"
    )


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, list[dict[str, object]]]:
        found: dict[str, list[dict[str, object]]] = json.loads(self.out)
        return found


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


Run = Callable[..., Done]


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as serving:
        yield serving


@pytest.fixture
def run(home: Path, server: WebServer, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `footnote` in this process over an empty data folder; the server may be fetched from."""
    monkeypatch.chdir(home)
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    monkeypatch.setenv("FETCH_ALLOWED_HOSTS", server.host)
    monkeypatch.setenv("COLUMNS", "100")

    def footnote(*arguments: str, stderr: io.StringIO | None = None) -> Done:
        out, err = io.StringIO(), stderr or io.StringIO()
        monkeypatch.setattr(sys, "stdin", io.StringIO(""))
        with redirect_stdout(out), redirect_stderr(err):
            status = cli.run(list(arguments))
        return Done(status, out.getvalue(), err.getvalue())

    return footnote


def test_a_page_is_added_by_its_address_and_found_again_after_a_redirect(
    run: Run, server: WebServer
) -> None:
    url = server.page("/rule?id=7", page(PARAGRAPHS))
    moved = server.on("/old", lambda e: e.answer(status=301, Location="/rule?id=7"))

    first = run("add", url, "--json").json
    again = run("add", moved, "--json").json

    assert [row["title"] for row in first["added"]] == ["A rule on drawbridges"]
    assert first["added"][0]["source"] == url
    assert again["already"][0]["id"] == first["added"][0]["id"]
    answer = run("ask", "Who must register bridges?")
    assert "Owners of other bridges must register them" in answer.out
    assert url in answer.out


def test_a_preview_of_a_page_shows_it_and_adds_nothing(run: Run, server: WebServer) -> None:
    url = server.page("/rule", page(PARAGRAPHS))

    seen = run("add", url, "--preview")

    assert seen.status == 0
    assert "A rule on drawbridges" in seen.out
    assert "The Harbour Board adopted" in seen.out
    assert run("list", "--json").out.strip() == "[]"


def test_a_page_behind_a_paywall_is_refused_and_its_excerpt_added_on_request(
    run: Run, server: WebServer
) -> None:
    stated = '<script type="application/ld+json">' + json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": "A rule on drawbridges",
            "isAccessibleForFree": False,
        }
    )
    url = server.page("/news", page(PARAGRAPHS[:2], stated + "</script>"))

    refused = run("add", url)
    excerpt = run("add", url, "--excerpt", "--json").json
    answer = run("ask", "Who must register bridges?")

    assert refused.status == 1
    assert "paywall" in refused.err
    assert "Traceback" not in refused.err
    assert len(excerpt["added"]) == 1
    assert "excerpt" in answer.out


@pytest.mark.parametrize(
    ("status", "word"),
    [(404, "no such page"), (500, "500"), (403, "does not show this page")],
    ids=["gone", "fault", "closed"],
)
def test_a_page_that_cannot_be_had_is_refused_in_one_line(
    run: Run, server: WebServer, status: int, word: str
) -> None:
    done = run("add", server.page("/page", "no", status))

    assert (done.status, done.err.count("\n")) == (1, 1)
    assert word in done.err
    assert run("list", "--json").out.strip() == "[]"


def test_a_page_fetched_again_is_unchanged_or_a_new_version_with_what_changed(
    run: Run, server: WebServer
) -> None:
    text = [*PARAGRAPHS]

    def serve(exchange: Exchange) -> None:
        tag = f'"{hash(tuple(text))}"'
        same = exchange.request.headers.get("if-none-match") == tag
        body = b"" if same else page(text).encode()
        exchange.answer(body, 304 if same else 200, ETag=tag, Content_Type="text/html")

    url = server.on("/rule", serve)
    old = str(run("add", url, "--json").json["added"][0]["id"])

    unchanged = run("refresh", old)
    text[1] = text[1].replace("eighteen months", "two years")
    changed = run("refresh", "--all")

    assert "unchanged" in unchanged.out
    assert "eighteen months" in changed.out
    assert "two years" in changed.out
    assert server.requests[1].headers["if-none-match"]
    listed = json.loads(run("list", "--json").out)
    assert {row["id"]: row["replaced_by"] for row in listed if row["id"] == old} != {old: None}
    answer = run("ask", "When must owners register bridges?")
    assert "two years" in answer.out
    assert "eighteen months" not in answer.out


def long_pdf(pages: int) -> bytes:
    return pdf(
        [
            lines(
                [
                    f"Bridge number {number * 3 + line} of the register is kept by its owner."
                    for line in range(3)
                ]
            )
            for number in range(pages)
        ],
        compress=True,
    )


def test_pages_and_passages_are_shown_on_a_terminal_and_not_in_a_file(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "register.pdf").write_bytes(long_pdf(120))
    (tmp_path / "note.txt").write_text(PARAGRAPHS[0])
    screen = Terminal()

    done = run("add", str(tmp_path / "register.pdf"), str(tmp_path / "note.txt"), stderr=screen)
    quiet = run("add", str(tmp_path / "register.pdf"))

    shown = screen.getvalue()
    assert done.status == 0
    assert "Documents" in shown
    assert "1 of 2" in shown
    assert "of 120 pages" in shown
    assert "passages" in shown
    assert "a second" in shown
    assert done.out.count("added") == 2
    assert quiet.err == ""


def test_what_was_done_stays_when_long_work_is_interrupted(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "a.txt", tmp_path / "b.pdf"
    first.write_text(PARAGRAPHS[0])
    second.write_bytes(long_pdf(40))
    moments: list[str] = []

    def step(name: str) -> None:
        """Press Ctrl-C when the rows of the second document are written."""
        moments.append(name)
        if name == "add:rows-written" and moments.count(name) == 2:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(steps, "step", step)
    # A shell that started the tests in its background has Ctrl-C ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    done = run("add", str(first), str(second), stderr=Terminal())
    signal.signal(signal.SIGINT, before)
    listed = json.loads(run("list", "--json").out)

    assert done.status == 130
    assert "What was done stays" in done.err
    assert [row["source"] for row in listed] == ["a.txt"]
    assert run("doctor").status == 0
    assert run("add", str(second)).status == 0
