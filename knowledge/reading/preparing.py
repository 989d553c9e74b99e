"""The whole way from bytes to a draft, as it runs in the limited child process."""

from __future__ import annotations

from dataclasses import replace

from knowledge.errors import EmptyDocument, StubPage
from knowledge.reading import cleaning, dates, drafting, loaders, metadata, stubs
from knowledge.reading.characters import one_line, tidy_text
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.types import Block, Draft, SetAside


def prepare(data: bytes, options: LoadOptions) -> Draft:
    """Read, tidy and draft a document.

    Raises UnreadableDocument, EmptyDocument (also when nothing is left after what is not
    the document's own was set aside) or StubPage.
    """
    try:
        loaded = tidy(loaders.load(data, options))
    except EmptyDocument as error:
        # A script that was to fill the page says more than that it is empty.
        if options.url and (stub := stubs.recognise(data)):
            raise StubPage(_about(options, stub)) from error
        raise
    cleaned = cleaning.clean(loaded)
    # Only what came from an address: who saved a page to a file has looked at it.
    if options.url and loaded.format == "html":
        shown = sum(len(block.text) for block in cleaned.blocks)
        if stub := stubs.recognise(data, text_chars=shown):
            if not (options.excerpt and stub.excerpt):
                raise StubPage(_about(options, stub))
            cleaned = replace(cleaned, excerpt=True)
    particulars = metadata.read(cleaned, name=options.name, url=options.url)
    draft = drafting.draft(cleaned, particulars)
    if not draft.text.strip():
        raise EmptyDocument(f"{options.name or 'The source'} holds no text. Nothing was added.")
    return replace(draft, dates=dates.mentions(draft.text, particulars.date))


def _about(options: LoadOptions, stub: stubs.Stub) -> str:
    return f"{options.name or options.url}: {stub.sentence}"


def tidy(loaded: Loaded) -> Loaded:
    """The same blocks without invisible characters, with plain spaces, in NFC.

    Soft hyphens go without a word, since typesetting puts them there; every other
    invisible character is counted in one warning. Text spelled in tag characters is set
    aside as hidden. Blocks that become empty are dropped.
    """
    blocks: list[Block] = []
    removed = 0
    hidden: list[SetAside] = []
    for block in loaded.blocks:
        text, count, secret = tidy_text(block.text)
        removed += count
        if secret:
            hidden.append(SetAside(secret, "hidden"))
        if text.strip():
            blocks.append(block if text == block.text else replace(block, text=text))
    warnings = loaded.warnings
    if removed:
        noun = "character that is" if removed == 1 else "characters that are"
        warnings += (f"{removed} {noun} invisible to readers were taken out of the text.",)
    if hidden:
        warnings += ("Text spelled in invisible characters was set aside.",)
    known = loaded.particulars
    return replace(
        loaded,
        blocks=tuple(blocks),
        particulars=replace(
            known,
            title=_clean(known.title),
            publisher=_clean(known.publisher),
            author=_clean(known.author),
            addressee=_clean(known.addressee),
        ),
        hints={name: one_line(value) for name, value in loaded.hints.items()},
        set_aside=loaded.set_aside + tuple(hidden),
        warnings=warnings,
    )


def _clean(value: str | None) -> str | None:
    return (one_line(value) or None) if value else None
