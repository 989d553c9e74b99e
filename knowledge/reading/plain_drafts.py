"""Drafts as plain data and back: what crosses from the parsing child, as JSON, never as pickle."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping
from typing import Any

from knowledge.types import DateMention, Draft, Kind, Particulars, Section, SetAside


def to_plain(draft: Draft) -> dict[str, Any]:
    """A draft as JSON can carry it: attachments in base 64."""
    plain = dataclasses.asdict(dataclasses.replace(draft, attachments=()))
    plain["attachments"] = [
        [name, base64.b64encode(data).decode("ascii")] for name, data in draft.attachments
    ]
    return plain


def from_plain(plain: Mapping[str, Any]) -> Draft:
    """The draft that `to_plain` made; raises KeyError or TypeError for anything else."""
    particulars = dict(plain["particulars"])
    particulars["kind"] = Kind(particulars["kind"])
    return Draft(
        text=plain["text"],
        sections=tuple(Section(**section) for section in plain["sections"]),
        particulars=Particulars(**particulars),
        set_aside=tuple(SetAside(**aside) for aside in plain["set_aside"]),
        dates=tuple(DateMention(**mention) for mention in plain["dates"]),
        warnings=tuple(plain["warnings"]),
        format=plain["format"],
        excerpt=plain["excerpt"],
        attachments=tuple((name, base64.b64decode(data)) for name, data in plain["attachments"]),
    )
