"""`footnote refresh`, the real command line, killed while it brings in a page's newer version.

python tests/faults/run.py --kills 20 --hand refresh

A web server on loopback serves a page that changes in each round.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from knowledge import Query, Record, Settings
from tests.faults.children import command_line, fork
from tests.web_server import WebServer

STEPS = [
    f"add:{step}"
    for step in ("visible", "begun", "rows-written", "vectors-written", "visible-not-committed")
]
OTHERS = 3
"""Documents beside the page."""


def page_of(version: int) -> str:
    """The page as it reads in a version; one question is about its amount."""
    return (
        "<html><head><title>Notice of the Alder Council</title></head><body><article>"
        "<h1>Notice of the Alder Council</h1>"
        "<p>The Alder Council keeps the harbour, its berths and its lights in good order.</p>"
        f"<p>The Alder Council will pay {amount(version)} to the owners of boats.</p>"
        "</article></body></html>"
    )


def amount(version: int) -> str:
    return f"{1000 + version} crowns"


def look(home: Path, versions: int) -> dict[str, Any]:
    """Which version is listed and which answer; what is wrong with the record."""
    with Record.open(Settings(home=home)) as record:
        entries = [e for e in record.entries("shared") if e.source.startswith("http")]
        wrong = [] if len(entries) == 1 else [f"{len(entries)} documents of one page are listed"]
        text = record.document(entries[0].id, ["shared"]).text
        listed = [v for v in range(versions + 1) if amount(v) in text]
        question = "What will the Alder Council pay to the owners of boats?"
        answer = record.ask(Query(question, libraries=("shared",)))
        quotes = " ".join(c.quote for c in (*answer.citations, *answer.related))
        answered = [v for v in range(versions + 1) if amount(v) in quotes]
        if listed != answered:
            wrong.append(f"version {listed} is listed, version {answered} answers")
        index = record._index
        wrong += [finding.text for finding in index.doctor() if finding.bad]
        for live in index.live(["shared"]):
            ids = set(index.store.passage_ids(live.generation))
            if not ids == live.vectors.ids() == live.words.ids():
                wrong.append("store, vectors and words disagree")
        return {"id": entries[0].id, "version": listed[0], "wrong": wrong}


def main(kills: int, seed: int, models: Path | None = None) -> int:
    """Kill `footnote refresh` so often, at every step first, then at random moments."""
    draw, begun = random.Random(seed), time.monotonic()
    rounds: list[str | None] = [*STEPS[:kills], *[None] * (kills - len(STEPS))]
    draw.shuffle(rounds)
    hits: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as name, WebServer() as server:
        home, log = Path(name) / "home", Path(name) / "steps.log"
        home.mkdir(mode=0o700)
        if models is not None:
            (home / "models").symlink_to(models)
        allowed = {"FETCH_ALLOWED_HOSTS": server.host, "FETCH_PORTS": str(server.port)}
        url = server.page("/notice", page_of(0))
        for number in range(OTHERS):
            file = Path(name) / f"{number}.txt"
            file.write_text(f"The Birch{number} Guild closed its harbour on {number + 1} May 2026.")
        files = [str(Path(name) / f"{number}.txt") for number in range(OTHERS)]
        added = command_line(home, "add", url, *files, environment=allowed)
        wrong += [one for one in (added.fault, added.refusal) if one]
        known = fork(look, home, 0).value
        for place, step in enumerate(rounds):
            version = place + 1
            server.page("/notice", page_of(version))
            wait = None if step else draw.uniform(0.8, 3.0)
            words = ("refresh", known["id"])
            ended = command_line(
                home, *words, kill_at=step, kill_after=wait, log=log, environment=allowed
            )
            last = step or (ended.steps[-1] if ended.steps else "before any step")
            hits[last if ended.killed else "finished first"] += 1
            for _ in range(2):
                found = fork(look, home, version)
                if found.value is None:
                    wrong.append(f"{version}, {last}: {found.fault or found.refusal}")
                    break
                known = found.value
                wrong += [f"{version}, {last}: {one}" for one in known["wrong"]]
                if known["version"] == version:
                    break
                again = command_line(home, "refresh", known["id"], environment=allowed)
                if again.fault or again.refusal:
                    wrong.append(f"{version}, repeated: {again.fault or again.refusal}")
            if known["version"] != version:
                wrong.append(f"{version}, {last}: version {known['version']} is listed")
    never = [step for step in rounds if step and step not in hits]
    seconds = round(time.monotonic() - begun)
    print(json.dumps({"hits": hits, "never_hit": never, "wrong": wrong, "seconds": seconds}))
    return 1 if wrong or never else 0
