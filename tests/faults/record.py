"""What the fault runs do to a record, and how they judge what is left of it."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from knowledge.encoding.terms import terms
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


def _found_by_words(index: Index, line: str) -> bool:
    for live in index.live([LIBRARY]):
        found = [id for id, _ in live.words.search(terms(line).stems, 3)]
        if any(p.text == line for p in index.store.passages(found, [LIBRARY]).values()):
            return True
    return False


def _why(index: Index, id: str, line: str) -> str:
    """Where a line that does not answer is lacking: record, vectors, words, or only the graph."""
    store, said = index.store, []
    for live in index.live([LIBRARY]):
        row = store.row(
            "SELECT p.id, d.state FROM passages p JOIN documents d ON d.number = p.document "
            "WHERE d.id = ? AND p.text = ?",
            (id, line),
        )
        passage = row["id"] if row is not None else ""
        vector = WordsEncoder(live.card.name).embed_question(line)
        _, cached = store.vectors(live.card.key, [passage])
        kept = live.vectors.vectors([passage])
        ranks = [one for one, _ in live.vectors.query(vector, len(live.vectors))]
        found = [one for one, _ in live.words.search(terms(line).stems, 5)]
        facts = {
            "in the record": row is not None,
            "a member": passage in set(store.passage_ids(live.generation)),
            "cached as asked": len(cached) == 1 and float(cached[0] @ vector) > 0.999,
            "among the vectors' ids": passage in live.vectors.ids(),
            "kept as asked": passage in kept and float(kept[passage] @ vector) > 0.999,
            "reached by a query for all": passage in ranks,
            "reached and kept": (len(ranks), len(live.vectors)),
            "among the words' ids": passage in live.words.ids(),
            "found by words": passage in found,
        }
        said.append(f"{live.card.name} {live.place} {facts}")
    return "; ".join(said)


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
                why = _why(index, entry.id, line)
                wrong.append(f"{entry.id} is listed and does not answer {line!r}: {why}")
            if not _found_by_words(index, line):
                why = _why(index, entry.id, line)
                wrong.append(f"{entry.id} is listed and no word finds {line!r}: {why}")
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
