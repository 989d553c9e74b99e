"""Set aside what is not the document's own text: kept with its reason, never indexed or quoted."""

from __future__ import annotations

from knowledge.loaders.types import Loaded


def clean(loaded: Loaded) -> Loaded:
    """The same document with furniture moved from its blocks to what is set aside."""
    return loaded
