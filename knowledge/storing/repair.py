"""`doctor --repair`: mend, offline, what can be made again from the record."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from knowledge.storing import (
    checking,
    doctor,
    generations,
    journal,
    mending,
    originals,
    pouring,
    rows,
)
from knowledge.storing.doctor import Finding

if TYPE_CHECKING:
    from knowledge.storing.index import Index


def repair(index: Index, *, actor: str, wait_seconds: float | None = None) -> list[Finding]:
    """Mend what `examine` finds, then examine again. What needs a backup stays as it is."""
    with index.writing(wait_seconds):
        index.close()
        before = [finding for finding in doctor.examine(index) if finding.bad]
        # A model must be whole before vectors are made with it, vectors before indexes.
        for kind in ("permissions", "orphans", "model", "passages", "vectors", "index"):
            for what in dict.fromkeys(finding.mend for finding in before if finding.mend):
                verb, _, rest = what.partition(":")
                if verb == kind:
                    _MEND[kind](index, rest)
        if before:
            with index.store.write() as connection:
                mended = sorted({f.mend.split(":")[0] for f in before if f.mend})
                journal.note(connection, actor, "repair", detail=", ".join(mended))
        return doctor.examine(index)


def _permissions(index: Index, rest: str) -> None:
    for path in [index.home, *index.home.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & 0o700)


def _orphans(index: Index, rest: str) -> None:
    originals.drop_unused(index.store)


def _model(index: Index, key: str) -> None:
    """Drop the exported files; they are exported again from the model when next needed."""
    models = index.home / "models"
    for folder in [models / key] if key else list(models.glob("*")):
        if folder.is_symlink() or not folder.is_dir():
            continue
        shutil.rmtree(folder)


def _passages(index: Index, number: str) -> None:
    """Cut a document anew for every generation; passages that are right keep their ids."""
    store = index.store
    row = store.row("SELECT id, text, sections FROM documents WHERE number = ?", (int(number),))
    if row is None:
        return
    with store.write() as connection:
        connection.execute("DELETE FROM passages WHERE document = ?", (int(number),))
    library = store.value(
        "SELECT l.name FROM libraries l JOIN documents d ON d.library = l.number "
        "WHERE d.number = ? AND d.state = 'current'",
        (int(number),),
    )
    for one in generations.all_of(store, library) if library is not None else []:
        encoder = pouring.encoder_of(index.encoders, one.card)
        passages = pouring.cut(index.making, encoder, row["id"], row["text"], row["sections"])
        with store.write() as connection:
            rows.write_passages(connection, index.making, one.number, int(number), passages)


def _vectors(index: Index, number: str) -> None:
    """Forget damaged vectors: building the index makes them again."""
    one = generations.get(index.store, int(number))
    if one is None:
        return
    wrong, _ = checking.wrong_vectors(index, one)
    with index.store.write() as connection:
        connection.executemany("DELETE FROM embeddings WHERE number = ?", [(n,) for n in wrong])
    _index(index, number)


def _index(index: Index, number: str) -> None:
    one = generations.get(index.store, int(number))
    if one is not None:
        mending.renew(index, one, verb="repair")


_MEND = {
    "permissions": _permissions,
    "orphans": _orphans,
    "model": _model,
    "passages": _passages,
    "vectors": _vectors,
    "index": _index,
}
