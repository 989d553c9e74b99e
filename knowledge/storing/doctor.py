"""Everything in the data folder checked, and said in plain words; nothing is changed here."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from knowledge.encoding import exported
from knowledge.errors import KnowledgeError, ModelError
from knowledge.storing import (
    beside,
    checking,
    fingerprints,
    generations,
    mending,
    originals,
    schema,
)
from knowledge.storing.lock import network_file_system
from knowledge.storing.store import text_checksum
from knowledge.types import Kind

if TYPE_CHECKING:
    from knowledge.storing.index import Index

FREE_BYTES = 500_000_000
"""Less free space than this is worth a warning; or than the record itself takes, for a reindex."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    check: str
    """schema | texts | passages | originals | index | vectors | model | permissions | ..."""
    level: str
    """fine | note | bad"""
    text: str
    """What it means, and what to do about it."""
    mend: str | None = None
    """What `repair` does about it: index:LIBRARY, orphans, permissions, vectors, model."""

    @property
    def bad(self) -> bool:
        """Whether something is wrong, not merely worth knowing."""
        return self.level == "bad"

    def as_json(self) -> dict[str, Any]:
        """For `doctor --json`."""
        return asdict(self)

    def as_text(self) -> str:
        """One line for a person."""
        return f"{self.level + ':':<6}{self.text}"


def examine(index: Index) -> list[Finding]:
    """Check everything; what is in order comes as one `fine` finding a check."""
    found: list[Finding] = []
    for check, look in _CHECKS.items():
        wrong = list(look(index))
        found += wrong
        if not any(finding.bad for finding in wrong):
            found.append(Finding(check, "fine", _FINE[check]))
    return found


def _schema(index: Index) -> Iterator[Finding]:
    store = index.store
    for row in store.rows("PRAGMA quick_check"):
        if row[0] != "ok":
            yield Finding(
                "schema",
                "bad",
                f"{store.path}: SQLite finds damage ({row[0]}). Restore a backup: footnote restore",
            )
            return
    for row in store.rows("PRAGMA foreign_key_check"):
        yield Finding("schema", "bad", f"{store.path}: a row of {row[0]} points to nothing.")
    version = store.value("PRAGMA user_version")
    if version != schema.VERSION:
        yield Finding("schema", "bad", f"{store.path}: layout {version}, not {schema.VERSION}.")


def _texts(index: Index) -> Iterator[Finding]:
    store = index.store
    for row in store.rows("SELECT number, id FROM documents ORDER BY number"):
        document = store.row(
            "SELECT text, checksum, sections, kind FROM documents WHERE number = ?",
            (row["number"],),
        )
        if document is None:
            yield Finding(
                "texts",
                "bad",
                f"{row['id']}: its row is listed and cannot be read. Restore a backup.",
            )
            continue
        if text_checksum(document["text"]) != document["checksum"]:
            yield Finding(
                "texts",
                "bad",
                f"{row['id']}: its stored text is damaged and is never shown. Restore a backup, or "
                f"remove it and add it again: footnote remove {row['id']}",
            )
            continue
        if document["kind"] not in frozenset(Kind):
            kinds = ", ".join(Kind)
            yield Finding(
                "texts",
                "bad",
                f"{row['id']}: its kind is damaged. Set it: footnote edit {row['id']} --kind, "
                f"one of {kinds}.",
            )
        yield from _spans(index, row["number"], row["id"], document["text"], document["sections"])


def _spans(index: Index, number: int, id: str, text: str, sections: str) -> Iterator[Finding]:
    try:
        ends = [section["end"] for section in json.loads(sections)]
    except (ValueError, TypeError, KeyError):
        yield Finding("texts", "bad", f"{id}: its sections are damaged. Restore a backup.")
        return
    if ends and max(ends) > len(text):
        yield Finding("texts", "bad", f"{id}: a section ends beyond its text. Restore a backup.")
    for row in index.store.rows(
        'SELECT id, start, "end", text FROM passages WHERE document = ?', (number,)
    ):
        if text[row["start"] : row["end"]] != row["text"]:
            yield Finding(
                "texts",
                "bad",
                f"{id}: passage {row['id']} is not a span of its document; it is never quoted.",
                mend=f"passages:{number}",
            )


def _originals(index: Index) -> Iterator[Finding]:
    store = index.store
    for row in store.rows("SELECT DISTINCT original FROM sources WHERE original IS NOT NULL"):
        try:
            originals.read(store.home, row[0])
        except KnowledgeError as error:
            yield Finding("originals", "bad", str(error))
    known = {row[0] for row in store.rows("SELECT original FROM sources")}
    orphans = [path for path in originals.all_kept(store.home) if path.name not in known]
    if orphans:
        yield Finding(
            "originals",
            "bad",
            f"{len(orphans)} file(s) in {store.home / originals.FOLDER} belong to no document. "
            "Delete them: footnote doctor --repair",
            mend="orphans",
        )


def _indexes(index: Index) -> Iterator[Finding]:
    for one in generations.all_of(index.store):
        if one.state == "building" or one.vectors == 0:
            continue
        wrong = fingerprints.differences(index.store, one)
        if wrong:
            text = f"{len(wrong)} file(s) are not as they were written, first {wrong[0]}"
        elif one.state == "kept":
            # What has changed since is brought in by a rollback, before it answers.
            continue
        elif (fault := mending.fault(index, one)) is not None:
            text = fault
        elif checking.recall(index, one) < checking.RECALL:
            text = "the index misses passages that exact search finds"
        else:
            continue
        yield Finding(
            "index",
            "bad",
            f"{one.library} (generation {one.number}): {text}. Answers may miss passages, but "
            "quote nothing wrong. Build it again from the record: footnote doctor --repair",
            mend=f"index:{one.number}",
        )


def _vectors(index: Index) -> Iterator[Finding]:
    store = index.store
    for one in generations.all_of(store):
        wrong, lacking = checking.wrong_vectors(index, one)
        if wrong:
            yield Finding(
                "vectors",
                "bad",
                f"{one.library}: {len(wrong)} cached vector(s) are damaged. Have them made again: "
                "footnote doctor --repair",
                mend=f"vectors:{one.number}",
            )
        if lacking and one.state == "live":
            yield Finding(
                "vectors",
                "note",
                f"{one.library}: {lacking} passage(s) have no cached vector; the next reindex "
                "embeds them again.",
            )


def _model(index: Index) -> Iterator[Finding]:
    try:
        damaged = exported.damaged(index.home)
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield Finding(
            "model",
            "bad",
            f"{index.home / 'models'}: what is noted about the exported model cannot be read "
            f"({error}). Have it exported again: footnote doctor --repair",
            mend="model:",
        )
        return
    for name in damaged:
        yield Finding(
            "model",
            "bad",
            f"models/{name}: the exported model is damaged. Have it exported again: "
            "footnote doctor --repair",
            mend=f"model:{name.split('/')[0]}",
        )
    for one in generations.all_of(index.store):
        if one.state == "live" and not damaged:
            try:
                index.encoders.of_card(one.card)
            except ModelError as error:
                mend = f"model:{one.card.key}"
                yield Finding("model", "bad", f"{one.library}: {error}", mend=mend)


def _beside(index: Index) -> Iterator[Finding]:
    for path, said in beside.damaged(index.home):
        yield Finding(
            "beside",
            "bad",
            f"{path}: SQLite finds damage ({said}). The record is not touched by it. Stop what "
            "uses the file and delete it; it is made anew, without what it held.",
        )


def _permissions(index: Index) -> Iterator[Finding]:
    open_ones = [
        path
        for path in [index.home, *index.home.rglob("*")]
        if not path.is_symlink() and path.stat().st_mode & 0o077
    ]
    if open_ones:
        yield Finding(
            "permissions",
            "bad",
            f"{len(open_ones)} file(s) can be read by others, first {open_ones[0]}. "
            "Close them: footnote doctor --repair",
            mend="permissions",
        )


def _lock(index: Index) -> Iterator[Finding]:
    kind = network_file_system(index.home)
    if kind is not None:
        yield Finding(
            "lock",
            "bad",
            f"{index.home} is on a network file system ({kind}), where locks cannot be relied on. "
            "Move it to a local disk and set FOOTNOTE_HOME.",
        )


def _room(index: Index) -> Iterator[Finding]:
    free = shutil.disk_usage(index.home).free
    if free < max(FREE_BYTES, index.store.path.stat().st_size):
        yield Finding(
            "room",
            "note",
            f"{free / 1e6:,.0f} MB are free on the disk of {index.home}; a reindex may need more.",
        )


def _unfinished(index: Index) -> Iterator[Finding]:
    for row in index.store.rows("SELECT verb, begun_at FROM pending"):
        yield Finding(
            "unfinished",
            "note",
            f"Work ({row[0]}) begun at {row[1]} is finished at the next start.",
        )
    for line in checking.waiting_work(index):
        yield Finding("unfinished", "note", line)


_CHECKS = {
    "schema": _schema,
    "texts": _texts,
    "originals": _originals,
    "index": _indexes,
    "vectors": _vectors,
    "model": _model,
    "beside": _beside,
    "permissions": _permissions,
    "lock": _lock,
    "room": _room,
    "unfinished": _unfinished,
}
_FINE = {
    "schema": "The database is whole.",
    "texts": "Every text is as it was stored, and every passage is a span of its document.",
    "originals": "Every original file is there, unchanged; there are no others.",
    "index": "Vectors and words hold what the record holds, and passages find themselves.",
    "vectors": "Cached vectors are sound.",
    "model": "The embedding model is the one the indexes were built with.",
    "beside": "The databases beside the record are whole.",
    "permissions": "Only their owner can read the files.",
    "lock": "The data folder is on a local disk.",
    "room": "There is enough free space.",
    "unfinished": "No work was left unfinished that needs attention.",
}
