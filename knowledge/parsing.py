"""Bytes to a draft."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.types import Draft


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """What reading one document may cost."""

    seconds: float = 60.0


def parse(
    data: bytes,
    *,
    name: str | None,
    url: str | None = None,
    media_type: str | None = None,
    password: str | None = None,
    limits: ParseLimits = ParseLimits(),
) -> Draft:
    """Read the bytes as a document."""
    from knowledge import preparing
    from knowledge.loaders.types import LoadOptions

    options = LoadOptions(name=name, url=url, media_type=media_type, password=password)
    return preparing.prepare(data, options)
