"""Keeping the record: fetch, add, preview, edit, refresh, remove."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from knowledge import cautions
from knowledge.answers import glossary
from knowledge.encoding.embedding import Encoders
from knowledge.errors import UnknownDocument, UsageError
from knowledge.progress import Tell
from knowledge.reading import chunking, parsing
from knowledge.reports import Addition, Alike, Preview, Refreshed, removal_lines
from knowledge.settings import Settings
from knowledge.sources import Source, display_name, is_url
from knowledge.storing import editing, exchange
from knowledge.storing.adding import Added, document_id
from knowledge.storing.index import Index
from knowledge.storing.rows import Provenance
from knowledge.storing.store import Store
from knowledge.types import Draft, Entry
from knowledge.web import fetching, refreshing, similarity
from knowledge.web.fetching import Page, Validators
from knowledge.web.robots import Robots


class Keeper:
    """Changes one record. Each verb is whole or not at all."""

    def __init__(self, settings: Settings, store: Store, index: Index, encoders: Encoders) -> None:
        self._settings = settings
        self._store = store
        self._index = index
        self._encoders = encoders

    def fetch(self, url: str) -> Source:
        """Fetch a page as a source. Raises FetchRefused."""
        return source_of(fetching.fetch(url, fetching.limits_of(self._settings)))

    def draft(
        self,
        source: Source,
        *,
        given: Mapping[str, Any] | None = None,
        password: str | None = None,
        excerpt: bool = False,
        tell: Tell | None = None,
    ) -> Draft:
        """Read a source in a limited child process; `given` particulars win over what it states.

        With `excerpt`, the part that a page with a paywall shows is taken and marked.
        Raises DocumentRefused.
        """
        draft = parsing.parse(
            source.data,
            name=source.name,
            url=source.url,
            media_type=source.media_type,
            password=password,
            excerpt=excerpt,
            tell=tell,
        )
        stated = draft.particulars
        if source.url and not stated.url:
            stated = replace(stated, url=source.url)
        return replace(draft, particulars=replace(stated, **(given or {})))

    def add(
        self,
        source: Source,
        *,
        library: str,
        actor: str,
        given: Mapping[str, Any] | None = None,
        password: str | None = None,
        excerpt: bool = False,
        tell: Tell | None = None,
    ) -> Addition:
        """Put a document into a library, or find that it is there.

        `tell` is told of the pages as they are read and of the passages as they are embedded.

        A page that is there with another text becomes its newer version; near-copies are
        linked, never merged. Raises DocumentRefused, StoreError or ModelError; nothing is
        kept then.
        """
        draft = self.draft(source, given=given, password=password, excerpt=excerpt, tell=tell)
        before = self._entries(library)
        former = same_page(source.url, before)
        signatures = self._store.signatures(library)
        added = self._put(source, draft, library, actor, former.id if former else None, tell)
        if added.already:
            return Addition(added, draft.warnings)
        alike = self._alike(draft, added.entry.id, signatures, library)
        near = {one.entry.id: one.likeness for one in alike}
        if near:
            self._index.link(added.entry.id, near, library=library)
        return Addition(
            added,
            cautions.found(draft),
            alike,
            version_of=former,
            may_replace=refreshing.likely_replaced(
                added.entry, before, self._names(library, draft.text)
            ),
        )

    def bring_in(self, folder: Path, *, library: str, actor: str) -> Iterator[Addition]:
        """Add each document of a folder that `export` wrote, as it was. Raises Damaged."""
        for added in exchange.bring_in(
            self._index,
            folder,
            library=library,
            model=self._settings.embedding_model,
            actor=actor,
        ):
            yield Addition(added)

    def preview(
        self,
        source: Source,
        *,
        library: str,
        given: Mapping[str, Any] | None = None,
        password: str | None = None,
        excerpt: bool = False,
        tell: Tell | None = None,
    ) -> Preview:
        """Show what `add` would index, without adding. Raises DocumentRefused."""
        draft = self.draft(source, given=given, password=password, excerpt=excerpt, tell=tell)
        id = document_id(library, draft.text)
        before = self._entries(library)
        encoder = self._encoders.of_setting(self._settings.embedding_model)
        passages = chunking.chunk(
            draft.text,
            draft.sections,
            document_id=id,
            count_tokens=encoder.count_tokens,
            max_tokens=encoder.card.max_tokens,
        )
        name = source.url or source.name
        entry = Entry(id, library, draft.particulars, name, len(passages), "")
        return Preview(
            source=name,
            draft=draft,
            passages=len(passages),
            already=next((one for one in before if one.id == id), None),
            alike=self._alike(draft, id, self._store.signatures(library), library),
            may_replace=refreshing.likely_replaced(entry, before, self._names(library, draft.text)),
            warnings=cautions.found(draft),
        )

    def edit(
        self,
        id: str,
        *,
        library: str,
        actor: str,
        given: Mapping[str, Any],
        replaced_by: str | None = None,
    ) -> Entry:
        """Correct particulars; None clears one. An empty `replaced_by` undoes a replacement.

        Raises UnknownDocument, or UsageError for a circle of replacements.
        """
        changes = dict(given)
        if replaced_by is not None:
            other = self._store.resolve(replaced_by, (library,)) if replaced_by else None
            changes["replaced_by"] = other
        full = self._store.resolve(id, (library,))
        return self._index.edit(full, library=library, changes=changes, actor=actor)

    def refresh(
        self,
        id: str,
        *,
        library: str,
        actor: str,
        robots: Robots | None = None,
        tell: Tell | None = None,
    ) -> Refreshed:
        """Fetch a document's page again; a changed page becomes a new version.

        With `robots`, the site's robots.txt is respected: for a run over many pages.
        Raises UnknownDocument, UsageError if it did not come from an address, DocumentRefused.
        """
        entry = self._store.entry(self._store.resolve(id, (library,)), (library,))
        url = next((one for one in (entry.source, *entry.sources) if is_url(one)), None)
        if url is None:
            raise UsageError(
                f"{entry.id}: it came from a file, so there is nothing to fetch. "
                "Add the new file, then: footnote edit OLD --replaced-by NEW"
            )
        if entry.replaced_by:
            raise UsageError(f"{entry.id}: {entry.replaced_by} has replaced it. Refresh that one.")
        page = refreshing.fetch_again(
            url,
            validators(self._store, entry.id, url),
            fetching.limits_of(self._settings),
            robots=robots,
        )
        if page.not_modified:
            self._note_unchanged(entry.id, url, page, library, actor)
            return Refreshed(entry)
        source = source_of(page, url)
        draft = self.draft(source, tell=tell)
        if document_id(library, draft.text) == entry.id:
            self._note_unchanged(entry.id, url, page, library, actor)
            return Refreshed(entry)
        former = self._store.document(entry.id, (library,))
        added = self._put(source, draft, library, actor, entry.id, tell)
        return Refreshed(added.entry, entry, refreshing.difference(former.text, draft.text))

    def _note_unchanged(self, id: str, url: str, page: Page, library: str, actor: str) -> None:
        editing.note_fetched(
            self._index,
            id,
            url,
            library=library,
            actor=actor,
            etag=page.etag,
            last_modified=page.last_modified,
        )

    def _put(
        self,
        source: Source,
        draft: Draft,
        library: str,
        actor: str,
        instead_of: str | None,
        tell: Tell | None,
    ) -> Added:
        provenance = Provenance(
            source=source.url or source.name,
            original=source.data,
            url=source.url,
            media_type=source.media_type,
            etag=source.etag,
            last_modified=source.last_modified,
        )
        return self._index.add(
            draft,
            provenance,
            library=library,
            model=self._settings.embedding_model,
            actor=actor,
            instead_of=instead_of,
            tell=tell,
        )

    def _alike(
        self, draft: Draft, id: str, signatures: Mapping[str, bytes], library: str
    ) -> tuple[Alike, ...]:
        def text_of(other: str) -> str | None:
            try:
                return self._store.document(other, (library,)).text
            except UnknownDocument:
                return None

        others = {other: known for other, known in signatures.items() if other != id}
        return tuple(
            Alike(self._store.entry(copy.id, (library,)), copy.likeness)
            for copy in similarity.near_copies(draft.text, others, text_of)
        )

    def _names(self, library: str, text: str) -> dict[str, list[str]]:
        """The acronyms that a library's documents and this text explain."""
        names: dict[str, list[str]] = {}
        known = library in self._store.libraries()
        taught = self._store.glossary((library,)) if known else []
        for short, long in (*taught, *glossary.learn(text).items()):
            names.setdefault(short, []).append(long)
        return names

    def _entries(self, library: str) -> list[Entry]:
        known = library in self._store.libraries()
        return self._store.entries(library) if known else []

    def remove(
        self,
        ids: Sequence[str],
        *,
        library: str,
        actor: str,
        purge: bool = False,
        dry_run: bool = False,
    ) -> list[str]:
        """Remove documents for good, and say in lines what went (with `dry_run`: would go)."""
        full = [self._store.resolve(id, (library,)) for id in ids]
        removed = self._index.remove(
            full, library=library, actor=actor, purge=purge, dry_run=dry_run
        )
        return removal_lines(removed, dry_run=dry_run)


def validators(store: Store, id: str, source: str) -> Validators:
    """What the server said of the version that the record holds."""
    row = store.row(
        "SELECT s.etag, s.last_modified FROM sources s JOIN documents d ON d.number = s.document "
        "WHERE d.id = ? AND s.source = ?",
        (id, source),
    )
    return Validators(row[0], row[1]) if row else Validators()


def source_of(page: Page, url: str | None = None) -> Source:
    """A fetched page as a source; `url` is the address it is known by, else where it came from."""
    return Source(
        page.body,
        display_name(page.url.split("?")[0]),
        url=url or page.url,
        media_type=page.media_type,
        etag=page.etag,
        last_modified=page.last_modified,
    )


def same_page(url: str | None, entries: Sequence[Entry]) -> Entry | None:
    """The document of a library that came from the same page, however its address is spelled."""
    if not url:
        return None
    wanted = similarity.canonical_url(url)
    for entry in entries:
        known = {entry.particulars.url, entry.source, *entry.sources}
        if any(one and similarity.canonical_url(one) == wanted for one in known if _is_web(one)):
            return entry
    return None


def _is_web(address: str | None) -> bool:
    return bool(address) and str(address).startswith(("http://", "https://"))
