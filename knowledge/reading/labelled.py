"""Lines at a document's head that name what they hold: "Submitted by: X", "Date: ...".

Lists under a title, e-mail heads, front matter, records. The labels are those that people
use in six languages; anything else is text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from knowledge.reading import organisations, written_dates
from knowledge.types import Block, Particulars

HEAD_BLOCKS = 30
"""How many blocks from the start such lines are looked for, ending at the first paragraph."""
PARAGRAPH_CHARS = 300

_LABELS = {
    "author": "submitted by|issued by|author|authors|by|from|written by|signed by|statement by"
    "|eingereicht von|verfasser|verfasst von|autor|autoren|von|absender"
    "|presentato da|autore|autori|da|mittente|scritto da|soumis par|auteur|auteurs|de|expéditeur"
    "|presentado por|autores|remitente|organisation|organization|dc.creator|creator",
    "publisher": "listed by|published by|publisher|herausgeber|veröffentlicht von|editore"
    "|pubblicato da"
    "|éditeur|publié par|publicado por|editor|site|publication|outlet|dc.publisher",
    "addressee": "to|addressed to|recipient|addressee|an|empfänger|a|destinatario|à|destinataire"
    "|para",
    "date": "date|dated|published|published on|publication date|date of publication|released"
    "|issued"
    "|date published|datepublished|datum|veröffentlicht|veröffentlicht am|data|pubblicato"
    "|pubblicato il"
    "|publié le|fecha|publicado|publicado el|sent|gesendet|inviato|envoyé|enviado|dc.date|pubdate",
    "modified": "updated|last updated|last reviewed|modified|last modified|datemodified"
    "|aktualisiert|aggiornato"
    "|mis à jour|actualizado|lastmod",
    "title": "title|subject|re|betreff|oggetto|objet|asunto|titel|titolo|titre|título|headline"
    "|dc.title",
    "url": "source|url|link|web|address|canonical|permalink|quelle|fonte|fuente",
}
_FIELDS = {label: field for field, labels in _LABELS.items() for label in labels.split("|")}
_LINE = re.compile(r"^[\s*_>•-]*([^\W\d_][\w .]{0,28}?)[*_]*\s*[:：][*_]*\s+(\S.*)$")
_URL = re.compile(r"https?://\S+")


def read(blocks: Sequence[Block]) -> dict[str, str]:
    """The labelled values at the head of a document, by field; the first of each counts."""
    found: dict[str, str] = {}
    for block in blocks[:HEAD_BLOCKS]:
        if block.role == "table" or len(block.text) > PARAGRAPH_CHARS:
            break
        for line in block.text.splitlines():
            match = _LINE.match(line)
            if match:
                _note(found, match.group(1), match.group(2))
    return found


def named(values: Mapping[str, str]) -> dict[str, str]:
    """The fields that the names of a record's or front matter's entries stand for."""
    found: dict[str, str] = {}
    for name, value in values.items():
        _note(found, name.replace("_", " "), value)
    return found


def particulars(found: Mapping[str, str]) -> Particulars:
    """What labelled values say, each judged: a date must be one, an address must be one."""
    author, publisher = found.get("author"), found.get("publisher")
    url = _URL.search(found.get("url", ""))
    addressee = found.get("addressee")
    return Particulars(
        title=found.get("title"),
        publisher=organisations.parts(publisher)[0] if publisher else None,
        author=organisations.listed(organisations.speaks_for(author)) if author else None,
        addressee=addressee if addressee and not _URL.search(addressee) else None,
        date=written_dates.stated(found.get("date")),
        modified=written_dates.stated(found.get("modified")),
        url=url.group().rstrip(".,;)") if url else None,
    )


def fill(known: Particulars, *others: Particulars) -> Particulars:
    """What is known, its gaps filled from the others, the earlier ones first."""
    for other in others:
        known = replace(
            known,
            title=known.title or other.title,
            publisher=known.publisher or other.publisher,
            author=known.author or other.author,
            addressee=known.addressee or other.addressee,
            date=known.date or other.date,
            modified=known.modified or other.modified,
            url=known.url or other.url,
            kind=known.kind if known.kind != known.kind.OTHER else other.kind,
        )
    return known


def _note(found: dict[str, str], label: str, value: str) -> None:
    field = _FIELDS.get(" ".join(label.casefold().split()))
    value = value.strip(" *_\"'")
    if field and value and field not in found and len(value) <= 400:
        found[field] = value
