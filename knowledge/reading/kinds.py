"""What sort of document it is, told by its title, its head and where it came from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.types import Block, Kind

HEAD_CHARS = 1500

_SUMMARY = re.compile(
    r"\b(?:key points|summary|in brief|abstract|zusammenfassung|kernpunkte|sintesi|riassunto"
    r"|punti chiave"
    r"|résumé|points clés|resumen|puntos clave|resumo)\b",
    re.I,
)
_OF_ANOTHER = re.compile(r"\(.*\b(?:as published|published by|prepared by|provided by)\b.*\)", re.I)
_SPEECH = re.compile(
    r"^\s*(?:keynote\s+)?(?:speech|remarks|address|lecture|keynote|testimony|opening (?:remarks"
    r"|statement)"
    r"|rede|ansprache|discorso|intervento|discours|allocution|discurso|palabras)\b"
    r"[^.\n]{0,60}\b(?:by|of|at|before|von|di|de|du|par|vor|bei)\b",
    re.I | re.M,
)
_RELEASE = re.compile(
    r"\bfor immediate release\b|^\s*(?:press release|news release|media release|pressemitteilung"
    r"|comunicato stampa|communiqué de presse|nota de prensa|comunicado de prensa)\b",
    re.I | re.M,
)
_STATEMENT = re.compile(
    r"^\s*(?:(?:joint|public|staff|dissenting|concurring)\s+)?(?:statement|erklärung|dichiarazione"
    r"|déclaration|declaración)\s+(?:on|of|by|regarding|in|about|zu|von|su|di|sur|de|sobre)\b",
    re.I,
)
_RULE = re.compile(
    r"\b(?:final rule|proposed rule|interim rule|notice of proposed rulemaking)\b", re.I
)


def guess(blocks: Sequence[Block], title: str | None, listed: bool) -> Kind:
    """The kind by what the document says at its head; OTHER where nothing tells.

    `listed` is True for an entry of a list that names who wrote what it describes.
    """
    headings = [block.text for block in blocks[:20] if block.role == "heading"]
    if listed and any(_SUMMARY.search(heading) for heading in headings):
        return Kind.SUMMARY
    if any(_SUMMARY.search(heading) and _OF_ANOTHER.search(heading) for heading in headings):
        return Kind.SUMMARY
    head = "\n".join(block.text for block in blocks[:20])[:HEAD_CHARS]
    if _RELEASE.search(head):
        return Kind.RELEASE
    if _SPEECH.search(f"{title or ''}\n{head}"):
        return Kind.SPEECH
    if title and _STATEMENT.match(title):
        return Kind.STATEMENT
    return Kind.OTHER


def speaker(blocks: Sequence[Block]) -> str | None:
    """Who gives a speech, as its subtitle says: "Speech by X, Y of Z, at ..."."""
    for block in blocks[:12]:
        match = re.match(
            r"\s*(?:keynote\s+)?(?:speech|remarks|address|lecture|testimony|rede|discorso"
            r"|discours|discurso)"
            r"\s+(?:given\s+|delivered\s+)?(?:by|of|von|di|de|par)\s+(.{3,200}?)(?:,?\s+(?:at"
            r"|before|bei|vor|presso"
            r"|à|en|auf|in)\s.*)?$",
            " ".join(block.text.split()),
            re.I,
        )
        if match:
            return match.group(1).strip(" ,.")
    return None
