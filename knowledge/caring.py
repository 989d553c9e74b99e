"""Looking after the data folder: reindex, status, log, doctor, backup, export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from knowledge.evaluating import evaluation
from knowledge.evaluating.evaluation import Gold, Report
from knowledge.reading import parsing
from knowledge.settings import Settings
from knowledge.storing import (
    backup,
    doctor,
    exchange,
    fingerprints,
    gating,
    generations,
    journal,
    repair,
)
from knowledge.storing.doctor import Finding
from knowledge.storing.index import Index
from knowledge.storing.reindexing import Gate, Reindexed, Trial
from knowledge.storing.store import Store

Say = Callable[[str], None]


class Caretaker:
    """Looks after one record."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        index: Index,
        evaluate: Callable[[Sequence[Gold], str], Report],
    ) -> None:
        """`evaluate` asks golden questions of a library and judges the answers."""
        self._evaluate = evaluate
        self._settings = settings
        self._store = store
        self._index = index

    def reindex(
        self,
        library: str,
        *,
        model: str | None = None,
        gate: Path | None = None,
        actor: str,
        say: Say | None = None,
    ) -> Reindexed:
        """Build a library's index anew beside the live one, check it, and switch.

        `model` is the setting's unless given. `gate` is a file of golden questions:
        a drop that is no accident keeps the old index. Raises UnknownLibrary, ModelMissing, Busy.
        """
        return self._index.reindex(
            library,
            model=model or self._settings.embedding_model,
            actor=actor,
            gate=None if gate is None else self._gate(gate, library),
            say=say,
        )

    def _gate(self, file: Path, library: str) -> Gate:
        questions = evaluation.read_questions(file)

        def scores() -> list[float]:
            return [float(judged.right) for judged in self._evaluate(questions, library).judged]

        def gate(trial: Trial) -> str | None:
            before = scores()
            with trial():
                after = scores()
            return gating.why_not(before, after)

        return gate

    def rollback(self, library: str, *, actor: str) -> Reindexed:
        """Return to the generation before. Raises UsageError if none is kept."""
        return self._index.rollback(library, actor=actor)

    def prune(self, library: str, *, actor: str) -> Reindexed:
        """Drop the generation before the live one."""
        return self._index.prune(library, actor=actor)

    def log(self, library: str, *, limit: int) -> list[dict[str, Any]]:
        """The newest lines of a library's journal, newest first."""
        return [
            asdict(event) for event in journal.events(self._store, libraries=[library], limit=limit)
        ]

    def doctor(self, *, mend: bool, actor: str) -> list[Finding]:
        """Check everything, or mend what can be mended and check again."""
        found = repair.repair(self._index, actor=actor) if mend else doctor.examine(self._index)
        return [*found, reading_is_isolated()]

    def status(self) -> dict[str, Any]:
        """Figures of the whole data folder; `bytes` is what it takes on disk."""
        names = self._store.libraries()
        entries = [entry for name in names for entry in self._store.entries(name)]
        live = self._index.live([self._settings.library])
        built_with = live[0].card.name if live else self._settings.embedding_model
        figures: dict[str, Any] = {
            "documents": len(entries),
            "passages": sum(entry.passages for entry in entries),
            "libraries": names,
            "model": built_with,
            "bytes": folder_size(self._settings.home),
            "healthy": self.healthy(),
        }
        if built_with != self._settings.embedding_model:
            figures["next_reindex"] = self._settings.embedding_model
        waiting = self._store.value(
            "SELECT coalesce(sum(g.waiting), 0) FROM generations g "
            "JOIN libraries l ON l.live = g.number"
        )
        if waiting:
            figures["vectors_to_destroy"] = waiting
        return figures

    def healthy(self) -> bool:
        """Whether the indexes' files are as they were written. `doctor` looks at everything."""
        return not any(
            fingerprints.differences(self._store, one)
            for one in generations.all_of(self._store)
            if one.state == "live" and one.vectors
        )

    def backup(self, file: Path) -> str:
        """Write everything to a new archive, and say what is in it."""
        done = backup.backup(self._index, file)
        return (
            f"Wrote {done.documents} documents and {done.originals} original files "
            f"to {done.file}, {done.size / 1e6:.1f} MB."
        )

    def export(self, library: str, folder: Path) -> str:
        """Write a library's documents to a new folder as JSON lines and originals."""
        count = exchange.export(self._store, library, folder)
        return f"Wrote {count} documents to {folder}. To add them elsewhere: footnote add {folder}"


def reading_is_isolated() -> Finding:
    """Whether documents are read in a process that has no network here."""
    if parsing.isolated():
        return Finding("reading", "fine", "Documents are read in processes without a network.")
    return Finding(
        "reading",
        "note",
        "This kernel does not let the processes that read documents leave the network. Their "
        "other limits hold. Allow unprivileged user namespaces to close this gap.",
    )


def folder_size(folder: Path) -> int:
    """Bytes of all files below a folder; files that vanish meanwhile count nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            if path.is_file() and not path.is_symlink():
                total += path.stat().st_size
        except OSError:
            continue
    return total
