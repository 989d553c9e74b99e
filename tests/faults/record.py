"""What the fault runs do to a record, and how they judge what is left of it."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from knowledge.storing.adding import Provenance, document_id
from knowledge.storing.index import Index
from tests.knowledge.shelf import WordsEncoder, ask, draft, open_index

LIBRARY = "shared"


def text_of(number: int, version: int = 0) -> str:
    """A document that only one question finds: its words are its own."""
    return "\n".join(
        f"Word{number}v{version}p{line} stands in berth{number * 7 + line} of notice{number}."
        for line in range(3)
    )


def id_of(text: str) -> str:
    return document_id(LIBRARY, text)


# --- Deeds: each is whole or not at all ----------------------------------------------------


def add(home: Path, text: str) -> str:
    index = open_index(home)
    provenance = Provenance(f"{id_of(text)}.txt", original=text.encode())
    return index.add(
        draft(text), provenance, library=LIBRARY, model="plain", actor="tester"
    ).entry.id


def refresh(home: Path, former: str, text: str) -> str:
    index = open_index(home)
    provenance = Provenance(f"{id_of(text)}.txt", original=text.encode())
    return index.add(
        draft(text),
        provenance,
        library=LIBRARY,
        model="plain",
        actor="tester",
        instead_of=former,
    ).entry.id


def remove(home: Path, id: str) -> bool:
    return open_index(home).remove([id], library=LIBRARY, actor="tester").finished


def edit(home: Path, id: str, title: str) -> str | None:
    index = open_index(home)
    changes = {"title": title}
    return index.edit(id, library=LIBRARY, changes=changes, actor="tester").particulars.title


def reindex(home: Path, model: str) -> int:
    return open_index(home).reindex(LIBRARY, model=model, actor="tester").generation


def modules(home: Path) -> list[str]:
    """Every module that the deeds load."""
    add(home, text_of(0))
    judge(home, [], True)
    return sorted(sys.modules)


# --- Judging -------------------------------------------------------------------------------


def _near(index: Index, line: str) -> list[str]:
    """What the index holds near a line, visible or not: for finding out why."""
    said = []
    for live in index.live([LIBRARY]):
        vector = WordsEncoder(live.card.name).embed_question(line)
        for id, cosine in live.vectors.query(vector, 3):
            row = index.store.row(
                "SELECT p.text, d.state FROM passages p JOIN documents d "
                "ON d.number = p.document WHERE p.id = ?",
                (id,),
            )
            said.append(f"{cosine:.3f} {tuple(row) if row else id}")
        said.append(f"{len(live.vectors)} vectors, {len(live.vectors.ids())} ids, {live.card.name}")
    return said


def judge(home: Path, absent: list[str], examine: bool) -> dict[str, Any]:
    """Settle what was left, then look at everything: {texts by id, model, wrong: [...]}.

    `absent` are texts that must not be found unless they are listed.
    """
    begun = time.monotonic()
    index = open_index(home)
    said = index.recover()
    settled = time.monotonic() - begun
    wrong: list[str] = []
    store = index.store
    texts: dict[str, str] = {}
    entries = store.entries(LIBRARY) if LIBRARY in store.libraries() else []
    for entry in entries:
        texts[entry.id] = store.document(entry.id, [LIBRARY]).text
        for line in texts[entry.id].splitlines():
            found = ask(index, line, k=1)
            if not found or found[0].text != line or found[0].document_id != entry.id:
                near = _near(index, line)
                wrong.append(f"{entry.id} is listed and does not answer {line!r}; near: {near}")
    for text in absent:
        if id_of(text) in texts:
            continue
        line = text.splitlines()[0]
        if any(passage.text == line for passage in ask(index, line, k=5)):
            wrong.append(f"{line!r} answers and is not listed")
    for live in index.live([LIBRARY]):
        ids = set(store.passage_ids(live.generation))
        if not ids == live.vectors.ids() == live.words.ids():
            wrong.append("store, vectors and words disagree")
    if store.value("SELECT count(*) FROM pending"):
        wrong.append("something is still pending")
    if examine:
        wrong += [finding.text for finding in index.doctor() if finding.bad]
    models = [live.card.name for live in index.live([LIBRARY])]
    return {
        "texts": texts,
        "titles": {entry.id: entry.particulars.title for entry in entries},
        "model": models[0] if models else None,
        "wrong": wrong,
        "said": said,
        "settled": settled,
    }
