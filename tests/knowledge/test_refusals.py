"""Whatever is refused, the store, both indexes and the originals are as they were before."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge import Record, Settings
from knowledge.errors import KnowledgeError
from knowledge.sources import Source, read_file
from knowledge.storing import generations
from tests.knowledge.hostile_files import HOSTILE
from tests.knowledge.hostile_formats import HOSTILE_FORMATS
from tests.knowledge.pdf_files import pdf
from tests.knowledge.test_loaders_pdf import encrypted
from tests.web_server import WebServer

KEPT = b"The Harbour Board adopted a rule on drawbridges on 3 March 2026. It has no fee."
LIBRARY = "shared"

FILES = """
laughs.xml|laughs.docx|outside.xml|long declaration.xml|laughs in utf-16.xml|laughs in utf-32.xml
many members.docx|bomb.docx|deep.xml|deep.json|20,000 pages.pdf|page loop.pdf|header alone.pdf
program.pdf|archive.pdf|empty archive.docx|no document.docx|no chapters.epub|protected.epub
noise.docx|zeros.txt|marks.txt|cut in half.docx|cut in half.epub|cut in half.odt|null.csv
no such character.rtf|metadata inside.html
"""
ADDRESSES = [
    "http://127.0.0.1:1/",
    "http://169.254.169.254/latest/",
    "http://[::1]/",
    "http://2130706433/",
    "file:///etc/passwd",
    "http://user:word@news.org/",
    "http://news.org:22/",
    "gopher://news.org/",
]
PAYWALL = (
    "<html><body><article><p>The Board adopted a rule on bridges after a long debate in March.</p>"
    "</article></body></html>"
    '<script type="application/ld+json">{"@type": "Article", "isAccessibleForFree": false}</script>'
)


@pytest.fixture(scope="module")
def home(model_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("refusals")
    (folder / "models").symlink_to(model_home / "models")
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[WebServer]:
    with WebServer() as serving:
        yield serving


@pytest.fixture(scope="module")
def record(home: Path, server: WebServer) -> Iterator[Record]:
    """One document is in it, and one that it has replaced."""
    settings = Settings(home=home, fetch_allowed_hosts=server.host)  # type: ignore[call-arg]
    with Record.open(settings) as opened:
        for text in (KEPT, KEPT + b" The register is public."):
            opened.keeping.add(Source(text, "rule.txt"), library=LIBRARY, actor="tester")
        yield opened


def state(record: Record) -> dict[str, object]:
    """All rows of all tables, the ids in both indexes, the names and bytes of all originals."""
    store, index = record._store, record._index
    tables = [row[0] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    live = index.live([LIBRARY])[0]
    generation = generations.live(store, LIBRARY)
    assert generation is not None
    home = index.home
    return {
        "rows": {name: [tuple(row) for row in store.rows(f"SELECT * FROM {name}")]
                 for name in tables if not name.startswith("sqlite_")},
        "libraries": record.libraries(),
        "words": live.words.ids(),
        "vectors": live.vectors.ids(),
        "folders": sorted(p.name for p in generations.folder(home, generation).iterdir()),
        "originals": {
            path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted((home / "originals").rglob("*"))
            if path.is_file()
        },
        "beside": sorted(path.name for path in home.iterdir()),
    }  # fmt: skip


def refusals(record: Record, server: WebServer, folder: Path) -> dict[str, Callable[[], object]]:
    """Everything that is refused, by name."""
    keeping = record.keeping
    id = record.entries(LIBRARY)[0].id
    other = record.entries(LIBRARY)[1].id

    def add(data: bytes, name: str, **options: object) -> Callable[[], object]:
        source = Source(data, name)
        return lambda: keeping.add(source, library=LIBRARY, actor="tester", **options)  # type: ignore[arg-type]

    def page(path: str, body: str, status: int = 200, **headers: str) -> Callable[[], object]:
        url = server.page(path, body, status, **headers)
        return lambda: keeping.add(keeping.fetch(url), library=LIBRARY, actor="tester")

    def fetch(url: str) -> Callable[[], object]:
        return lambda: keeping.add(keeping.fetch(url), library=LIBRARY, actor="tester")

    files = HOSTILE | HOSTILE_FORMATS
    os.mkfifo(folder / "pipe")
    closed = folder / "closed.txt"
    closed.write_bytes(KEPT)
    closed.chmod(0)
    names = [name for name in FILES.replace("\n", "|").split("|") if name]
    made: dict[str, Callable[[], object]] = {name: add(files[name](), name) for name in names}
    made |= {url: fetch(url) for url in ADDRESSES}
    made |= {f"status {code}": page(f"/{code}", "no", code) for code in (204, 401, 404, 429, 500)}
    made |= {
        "nothing": add(b"", "a.txt"),
        "white space": add(b" \n\t ", "a.txt"),
        "an empty page": add(pdf([""]), "a.pdf"),
        "encrypted": add(encrypted("word"), "a.pdf"),
        "encrypted, another password": add(encrypted("word"), "a.pdf", password="no"),
        "too large": lambda: keeping.add(
            Source(b"a" * (65 << 20), "a.txt"), library=LIBRARY, actor="tester"
        ),
        "a bad name of a library": lambda: keeping.add(
            Source(KEPT, "a.txt"), library="../etc", actor="tester"
        ),
        "paywall": page("/paywall", PAYWALL),
        "script": page("/script", "<html><body><div id=root></div><script src=a.js></script>"),
        "redirect inside": page("/inside", "", 302, Location="http://169.254.169.254/"),
        "redirect in circles": page("/circle", "", 302, Location="/circle"),
        "a picture": page("/picture", "GIF89a\x01\x00\x01\x00", Content_Type="image/gif"),
        "a page that is empty": page("/empty", ""),
        "no such file": lambda: read_file(folder / "none.txt"),
        "a folder": lambda: read_file(folder),
        "a pipe": lambda: read_file(folder / "pipe"),
        "preview of a bomb": lambda: keeping.preview(
            Source(HOSTILE["bomb.docx"](), "a.docx"), library=LIBRARY
        ),
        "edit of nothing": lambda: keeping.edit(
            "zzzzzz", library=LIBRARY, actor="tester", given={"title": "x"}
        ),
        "replaced by nothing": lambda: keeping.edit(
            id, library=LIBRARY, actor="tester", given={}, replaced_by="zzzzzz"
        ),
        "replaced by itself": lambda: keeping.edit(
            id, library=LIBRARY, actor="tester", given={}, replaced_by=id
        ),
        "refresh of a file": lambda: keeping.refresh(other, library=LIBRARY, actor="tester"),
        "refresh of nothing": lambda: keeping.refresh("zzzzzz", library=LIBRARY, actor="tester"),
        "removal of nothing": lambda: keeping.remove(["zzzzzz"], library=LIBRARY, actor="tester"),
        "removal of one and of nothing": lambda: keeping.remove(
            [id, "zzzzzz"], library=LIBRARY, actor="tester"
        ),
        "an id of another library": lambda: keeping.remove(
            [id], library="elsewhere", actor="tester"
        ),
    }
    if os.geteuid() != 0:  # who may read everything is not refused
        made["no permission"] = lambda: read_file(closed)
    return made


def test_after_every_refusal_all_is_as_before(
    record: Record, server: WebServer, tmp_path: Path
) -> None:
    before = state(record)
    refused = refusals(record, server, tmp_path)
    assert len(refused) > 60

    for name, act in refused.items():
        with pytest.raises(KnowledgeError) as error:
            act()
        assert str(error.value).isprintable(), name
        after = state(record)
        assert {key for key in before if after[key] != before[key]} == set(), name


def test_a_refreshed_page_that_is_refused_leaves_the_version_there_is(
    record: Record, server: WebServer
) -> None:
    rule = "<html><body><article>" + "<p>The Board heard forty owners of bridges in all.</p>" * 9
    url = server.page("/rule", rule)
    kept = record.keeping.add(record.keeping.fetch(url), library=LIBRARY, actor="tester")
    before = state(record)

    for body, status in ((PAYWALL, 200), ("no", 404), ("no", 500), ("", 200)):
        server.page("/rule", body, status)
        with pytest.raises(KnowledgeError):
            record.keeping.refresh(kept.entry.id, library=LIBRARY, actor="tester")
        assert state(record) == before, (body, status)
