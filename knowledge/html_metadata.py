"""What a page states about itself (first version)."""

from __future__ import annotations

from lxml.html import HtmlElement

from knowledge.types import Particulars


def read(root: HtmlElement, *, url: str | None) -> tuple[Particulars, dict[str, str]]:
    return Particulars(url=url), {}
