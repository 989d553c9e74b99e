from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from knowledge.errors import DocumentRefused, EmptyDocument, UnreadableDocument
from knowledge.reading import parsing
from knowledge.reading.parsing import ParseLimits, parse
from tests.knowledge.pdf_files import lines, pdf

ROOT = Path(parsing.__file__).parents[2]


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """A folder of our own for the working directories of the children."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    parsing.close()
    yield tmp_path
    parsing.close()


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=ROOT
    )


def test_a_draft_comes_back_whole():
    draft = parse("# On custody\n\nA custodian — “who” — holds.\n".encode(), name="note.md")

    assert draft.text == "On custody\n\nA custodian — “who” — holds."
    assert draft.sections[0].heading == "On custody"
    assert draft.format == "markdown"


def test_several_threads_are_served_at_once():
    texts = [f"Paragraph number {i} of a small file.".encode() for i in range(12)]
    with ThreadPoolExecutor(max_workers=6) as pool:
        drafts = list(pool.map(lambda text: parse(text, name="a.txt"), texts))

    assert [draft.text.encode() for draft in drafts] == texts


def test_a_child_that_computes_too_long_is_refused_and_the_next_is_read(temporary):
    slow = pdf([lines(["All work and no play makes a dull page."] * 50)] * 3000, compress=True)

    with pytest.raises(UnreadableDocument, match=r"long\.pdf took more than 1 s of computing"):
        parse(slow, name="long.pdf", limits=ParseLimits(cpu_seconds=1))

    assert parse(b"Still here.", name="a.txt").text == "Still here."
    assert list(temporary.iterdir()) == []


def test_a_child_that_takes_too_long_on_the_clock_is_refused():
    slow = pdf([lines(["All work and no play makes a dull page."] * 50)] * 3000, compress=True)

    started = time.monotonic()
    with pytest.raises(UnreadableDocument, match=r"long\.pdf took longer than"):
        parse(slow, name="long.pdf", limits=ParseLimits(seconds=0.5))
    assert time.monotonic() - started < 8


def test_a_child_that_needs_too_much_memory_is_refused():
    big = b"Some words of a text that is long. " * 1_500_000

    with pytest.raises(
        UnreadableDocument, match=r"big\.txt (needs more than|is damaged, or needs)"
    ):
        parse(big, name="big.txt", limits=ParseLimits(memory_bytes=150 * 1024 * 1024))


def test_an_answer_that_is_too_large_is_refused():
    with pytest.raises(UnreadableDocument, match="more text than"):
        parse(b"word " * 5000, name="a.txt", limits=ParseLimits(output_bytes=10_000))


def test_a_source_that_is_empty_or_too_large_never_reaches_a_child():
    with pytest.raises(EmptyDocument, match=r"a\.txt is empty"):
        parse(b"", name="a.txt")
    with pytest.raises(UnreadableDocument, match="more than"):
        parse(b"x" * 2048, name="a.txt", limits=ParseLimits(input_bytes=1024))


def test_a_name_is_shown_cleaned_and_never_opened():
    with pytest.raises(DocumentRefused) as refusal:
        parse(b"\x00\x01\x02", name="../../etc/\u202epasswd\n\x1b[31m.txt")

    assert str(refusal.value).isprintable()
    assert "\u202e" not in str(refusal.value)


def test_a_killed_server_is_replaced():
    parse(b"First.", name="a.txt")
    server = parsing._server
    assert server is not None
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()

    assert parse(b"Second.", name="a.txt").text == "Second."


def test_a_server_that_cannot_start_is_one_plain_refusal(monkeypatch):
    parsing.close()
    monkeypatch.setattr(parsing, "_START", "raise SystemExit(3)")
    try:
        with pytest.raises(UnreadableDocument, match=r"a\.txt could not be read"):
            parse(b"Words.", name="a.txt")
    finally:
        monkeypatch.undo()
        parsing.close()

    assert parse(b"Words.", name="a.txt").text == "Words."


def test_the_server_ends_with_the_process_that_started_it():
    done = run(
        "from knowledge.reading import parsing\n"
        "import os\n"
        "parsing.parse(b'Words.', name='a.txt')\n"
        "print(parsing._server.process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    pid = int(done.stdout)

    for _ in range(100):
        if not Path(f"/proc/{pid}").exists() or " Z " in Path(f"/proc/{pid}/stat").read_text():
            return
        time.sleep(0.05)
    raise AssertionError("the server outlived its process")


def test_the_caller_imports_no_parser_and_is_never_forked():
    done = run(
        "import os, sys, json\n"
        "forks = []\n"
        "os.register_at_fork(before=lambda: forks.append(1))\n"
        "from knowledge.reading import parsing\n"
        "parsing.parse(b'%PDF-1.7 broken' if 0 else b'Words.', name='a.txt')\n"
        "heavy = ('pypdfium2', 'lxml', 'docx', 'trafilatura', 'knowledge.reading.loaders')\n"
        "print(json.dumps([forks, [name for name in heavy if name in sys.modules]]))\n"
    )

    assert json.loads(done.stdout) == [[], []]


def test_a_caged_process_has_nothing_but_its_channel(tmp_path):
    # The cage is entered by a process of its own, which reports what it has left.
    script = """
import json, os, resource, socket, sys
from knowledge.reading import sandbox
mine, theirs = socket.socketpair()
parent = os.getpid()
extra = os.open("/dev/null", os.O_RDONLY)
if os.fork() == 0:
    cage = sandbox.Cage(cpu_seconds=5, wall_seconds=10.0, memory_bytes=300 << 20,
                        file_bytes=1000, open_files=32)
    fd = theirs.detach()
    isolated = sandbox.enter(cage, keep=fd, folder=sys.argv[1], parent=parent)
    links = [n for n in range(3, 4096) if os.path.exists(f"/proc/self/fd/{n}")]
    large = os.open("large", os.O_CREAT | os.O_WRONLY)
    try:
        while os.write(large, b"x" * 500):
            pass
    except OSError:
        large = os.path.getsize("large")
    try:
        held = bytearray(400 << 20)
    except MemoryError:
        held = None
    try:
        with socket.create_connection(("127.0.0.1", int(sys.argv[2])), timeout=2):
            reached = True
    except OSError:
        reached = False
    facts = dict(isolated=isolated, env=dict(os.environ), cwd=os.getcwd(), links=links,
                 large=large,                 memory=held is None, reached=reached, kept=fd,
                 std=os.readlink("/proc/self/fd/1"),
                 core=resource.getrlimit(resource.RLIMIT_CORE))
    os.write(fd, json.dumps(facts).encode())
    os._exit(0)
theirs.close()
print(mine.recv(65536).decode())
"""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path), port],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=ROOT,
        )
    facts = json.loads(done.stdout)

    assert facts["env"] == {}
    assert facts["cwd"] == str(tmp_path)
    assert facts["links"] == [facts["kept"]]
    assert facts["std"] == "/dev/null"
    assert facts["core"] == [0, 0]
    assert facts["large"] == 1000, "a file larger than allowed was written"
    assert facts["memory"], "more memory than allowed was had"
    # Some kernels keep ordinary users from leaving the network; then the cage says so.
    assert facts["reached"] is not facts["isolated"]
