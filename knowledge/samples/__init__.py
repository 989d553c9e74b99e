"""A small record that we wrote ourselves, for `footnote demo` and first contact."""

from __future__ import annotations

from importlib import resources

from knowledge.sources import Source


def sample_files() -> list[Source]:
    """The bundled documents, in order of name."""
    files = resources.files(__name__).iterdir()
    documents = sorted((f for f in files if f.name.endswith(".md")), key=lambda f: f.name)
    return [Source(document.read_bytes(), document.name) for document in documents]
