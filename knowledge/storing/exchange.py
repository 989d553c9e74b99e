"""A library as plain files, and back: `documents.jsonl` and the originals beside it.

Each line is one document: its text, sections and particulars, its sources with
the SHA-256 of their files in `originals/`. Brought into a library of the same
name it gives the same ids.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.errors import Damaged, FolderUnusable
from knowledge.storing import editing, originals
from knowledge.storing.adding import Added
from knowledge.storing.database import in_plain_words
from knowledge.storing.rows import Provenance
from knowledge.storing.store import PARTICULARS, Store
from knowledge.types import DateMention, Draft, Kind, Particulars, Section, SetAside

if TYPE_CHECKING:
    from knowledge.storing.index import Index

LINES = "documents.jsonl"
FORMAT = "footnote-export-1"
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Exported:
    """One document of an export, read and checked."""

    draft: Draft
    sources: tuple[Provenance, ...]
    replaced_by: str | None = None
    replaced_on: str | None = None


def export(store: Store, library: str, folder: Path) -> int:
    """Write a library's current documents into a new folder, and say how many.

    Raises UnknownLibrary, FolderUnusable if the folder is there and not empty, or
    Damaged if a text or an original is not what it was.
    """
    entries = store.entries(library)
    with in_plain_words(folder):
        if folder.exists() and any(folder.iterdir()):
            raise FolderUnusable(f"{folder}: the folder is not empty. Name a new one.")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (folder / LINES).open("w", encoding="utf-8") as lines:
            for entry in entries:
                document = store.document(entry.id, [library])
                rows = store.rows(
                    "SELECT source, url, original, media_type, etag, last_modified FROM sources "
                    "WHERE document = (SELECT number FROM documents WHERE id = ?) ORDER BY rowid",
                    (entry.id,),
                )
                for row in rows:
                    if row["original"] is not None:
                        _copy(store, folder, row["original"])
                warnings = store.value("SELECT warnings FROM documents WHERE id = ?", (entry.id,))
                facts = {
                    "format": FORMAT,
                    "id": entry.id,
                    "added_at": entry.added_at,
                    "particulars": asdict(entry.particulars),
                    "replaced_by": entry.replaced_by,
                    "replaced_on": entry.replaced_on,
                    "sources": [dict(row) for row in rows],
                    "loaded_as": entry.format,
                    "excerpt": entry.excerpt,
                    "text": document.text,
                    "sections": [asdict(one) for one in document.sections],
                    "set_aside": [asdict(one) for one in document.set_aside],
                    "dates": [asdict(one) for one in document.dates],
                    "warnings": json.loads(warnings),
                }
                lines.write(json.dumps(facts, ensure_ascii=False) + "\n")
    return len(entries)


def is_export(folder: Path) -> bool:
    """Whether a folder is what `export` wrote."""
    try:
        with (folder / LINES).open(encoding="utf-8") as lines:
            return FORMAT in lines.readline(200)
    except (OSError, ValueError):
        return False


def read(folder: Path) -> Iterator[Exported]:
    """The documents of an export, one at a time. Raises Damaged, naming the line."""
    with (folder / LINES).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield _exported(folder, json.loads(line))
            except (ValueError, KeyError, TypeError, OSError) as error:
                raise Damaged(
                    f"{folder / LINES}: line {number} is not what an export holds ({error}). "
                    "Export again."
                ) from error


def bring_in(
    index: Index, folder: Path, *, library: str, model: str, actor: str
) -> Iterator[Added]:
    """Add each document of an export as it was, and say what became of it."""
    replaced: list[tuple[str, Exported]] = []
    for one in read(folder):
        added = None
        for provenance in one.sources or (Provenance("export"),):
            result = index.add(one.draft, provenance, library=library, model=model, actor=actor)
            added = added or result
        assert added is not None
        if one.replaced_by is not None:
            replaced.append((added.entry.id, one))
        yield added
    for id, one in replaced:
        changes = {"replaced_by": one.replaced_by, "replaced_on": one.replaced_on}
        editing.edit(index, id, library=library, changes=changes, actor=actor)


def _exported(folder: Path, facts: dict[str, Any]) -> Exported:
    known = {name: facts["particulars"][name] for name in PARTICULARS}
    text = facts["text"]
    sections = tuple(Section(**one) for one in facts["sections"])
    if any(not 0 <= one.start <= one.end <= len(text) for one in sections):
        raise ValueError("a section is not within the text")
    return Exported(
        draft=Draft(
            text=text,
            sections=sections,
            particulars=Particulars(**{**known, "kind": Kind(known["kind"])}),
            set_aside=tuple(SetAside(**one) for one in facts["set_aside"]),
            dates=tuple(DateMention(**one) for one in facts["dates"]),
            warnings=tuple(facts["warnings"]),
            format=facts["loaded_as"],
            excerpt=bool(facts["excerpt"]),
        ),
        sources=tuple(_provenance(folder, one) for one in facts["sources"]),
        replaced_by=facts["replaced_by"],
        replaced_on=facts["replaced_on"],
    )


def _provenance(folder: Path, facts: dict[str, Any]) -> Provenance:
    digest, data = facts["original"], None
    if digest is not None:
        if not _DIGEST.fullmatch(digest):
            raise ValueError("an original's name is not a SHA-256")
        data = (folder / originals.FOLDER / digest).read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise ValueError(f"the original {digest[:12]} is not what was exported")
    return Provenance(
        source=facts["source"],
        original=data,
        url=facts["url"],
        media_type=facts["media_type"],
        etag=facts["etag"],
        last_modified=facts["last_modified"],
    )


def _copy(store: Store, folder: Path, digest: str) -> None:
    originals.read(store.home, digest)
    target = folder / originals.FOLDER / digest
    target.parent.mkdir(exist_ok=True, mode=0o700)
    shutil.copyfile(originals.path_of(store.home, digest), target)
