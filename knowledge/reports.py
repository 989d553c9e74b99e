"""What a person is told when a document comes in, is looked at before, is fetched again or goes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from knowledge.jsonable import entry_json
from knowledge.storing.adding import Added
from knowledge.storing.removing import Removed
from knowledge.types import Draft, Entry
from knowledge.web.refreshing import Difference

FIRST_CHARACTERS = 300
"""How much of the beginning and the end of a text a preview shows."""

MAX_WARNINGS = 5
"""Sentences that read like instructions, shown at most."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A document that is much like another."""

    entry: Entry
    likeness: float
    """Share of word 3-grams, 0 to 1."""

    def as_text(self) -> str:
        """One line for a person."""
        title = self.entry.particulars.title or self.entry.source
        return f"{self.likeness:.0%} like {self.entry.id}: {title}"


@dataclass(frozen=True, slots=True)
class Addition:
    """A document that is in the record now, and what a person should know about it."""

    added: Added
    warnings: tuple[str, ...] = ()
    alike: tuple[Alike, ...] = ()
    version_of: Entry | None = None
    """The former version, when the same page had been added with another text."""
    may_replace: Entry | None = None
    """A document that this one likely replaces; nothing was set."""

    @property
    def entry(self) -> Entry:
        """The document."""
        return self.added.entry

    @property
    def already(self) -> bool:
        """True if the same text was there before."""
        return self.added.already

    def as_lines(self) -> list[str]:
        """What the command line says."""
        entry = self.entry
        title = entry.particulars.title or entry.source
        if self.already:
            more = "; this source was noted" if self.added.further_source else ""
            return [f"{entry.id}: already in the record{more}: {title}"]
        lines = [f"{entry.id}: added {title}, {entry.passages} passages"]
        if self.version_of is not None:
            lines.append(f"  a newer version of {self.version_of.id}, the same page")
        lines += [f"  {alike.as_text()}" for alike in self.alike]
        if self.may_replace is not None:
            old = self.may_replace
            lines.append(
                f"  it may replace {old.id} ({old.particulars.date}); if so: "
                f"footnote edit {old.id} --replaced-by {entry.id}"
            )
        return lines + [f"  {warning}" for warning in self.warnings]


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be indexed, before anything is."""

    source: str
    draft: Draft
    passages: int
    already: Entry | None
    alike: tuple[Alike, ...]
    may_replace: Entry | None
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For `add --preview --json` and the card in Discord."""
        draft = self.draft
        particulars = {**asdict(draft.particulars), "kind": str(draft.particulars.kind)}
        return {
            "source": self.source,
            "particulars": particulars,
            "format": draft.format,
            "excerpt": draft.excerpt,
            "characters": len(draft.text),
            "passages": self.passages,
            "first": draft.text[:FIRST_CHARACTERS],
            "last": draft.text[-FIRST_CHARACTERS:],
            "set_aside": [asdict(aside) for aside in draft.set_aside],
            "attachments": [name for name, _ in draft.attachments],
            "already": entry_json(self.already) if self.already else None,
            "alike": [
                {"likeness": round(one.likeness, 2), **entry_json(one.entry)} for one in self.alike
            ],
            "may_replace": entry_json(self.may_replace) if self.may_replace else None,
            "warnings": list(self.warnings),
        }

    def as_text(self) -> str:
        """For a person at a terminal."""
        draft, known = self.draft, self.draft.particulars
        lines = [f"{self.source}: {draft.format}, {len(draft.text):,} characters"]
        if self.already is not None:
            lines.append(f"  already in the record as {self.already.id}")
        for name in ("title", "publisher", "author", "addressee", "date", "kind", "url"):
            lines.append(f"  {name + ':':<11}{getattr(known, name) or 'unknown'}")
        lines.append(f"  passages:  {self.passages}")
        lines.append(f"  begins:    {' '.join(draft.text[:FIRST_CHARACTERS].split())}")
        lines.append(f"  ends:      {' '.join(draft.text[-FIRST_CHARACTERS:].split())}")
        for aside in draft.set_aside:
            words = " ".join(aside.text.split())
            lines.append(f"  set aside ({aside.reason}): {words[:120]}")
        lines += [f"  {alike.as_text()}" for alike in self.alike]
        if self.may_replace is not None:
            lines.append(f"  it may replace {self.may_replace.id}")
        if draft.attachments:
            names = ", ".join(name for name, _ in draft.attachments)
            lines.append(f"  attachments, not added: {names}")
        return "\n".join(lines + [f"  {warning}" for warning in self.warnings])


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What came of fetching a page again."""

    entry: Entry
    """The document that answers now."""
    former: Entry | None = None
    """The version before, when the page had changed."""
    difference: Difference | None = None

    def as_json(self) -> dict[str, Any]:
        """For `refresh --json`."""
        changed = self.difference
        return {
            "changed": self.former is not None,
            "document": entry_json(self.entry),
            "former": self.former.id if self.former else None,
            "summary": changed.summary if changed else None,
            "difference": list(changed.lines) if changed else [],
        }

    def as_text(self) -> str:
        """For a person at a terminal."""
        title = self.entry.particulars.title or self.entry.source
        if self.former is None or self.difference is None:
            return f"{self.entry.id}: unchanged: {title}"
        head = f"{self.entry.id}: new version of {self.former.id}: {self.difference.summary}"
        return "\n".join([head, *(f"  {line}" for line in self.difference.lines)])


def removal_lines(removed: Removed, *, dry_run: bool) -> list[str]:
    """What a removal took, or with a dry run would take."""
    verb = "Would remove" if dry_run else "Removed"
    lines = [
        f"{verb} {entry.id}: {entry.particulars.title or entry.source}" for entry in removed.entries
    ]
    if removed.versions:
        lines.append(f"{verb} {removed.versions} former versions with them.")
    if removed.backups:
        lines.append(f"{verb} automatic backups that held them: {', '.join(removed.backups)}")
    if removed.waiting:
        lines.append(f"{removed.waiting} vectors wait to be destroyed: footnote remove --purge")
    if not removed.finished:
        lines.append("A reader is busy; the deletion will be finished at the next start.")
    return lines
