"""E-mail (.eml): the message as text, its files offered as attachments."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from knowledge.errors import EmptyDocument, UnreadableDocument
from knowledge.reading.loaders import text as plain
from knowledge.reading.loaders.page import pieces
from knowledge.reading.loaders.types import Loaded, LoadOptions
from knowledge.types import Block, Kind, Particulars, SetAside

_HEADER = re.compile(rb"([!-9;-~]{1,60}):[ \t]*(.*)")
_TECHNICAL = frozenset(
    {b"mime-version", b"message-id", b"received", b"return-path", b"content-type"}
)
_SUBJECT = re.compile(r"^\s*(?:(?:re|fwd?|aw|wg|r|i)\s*:\s*)+", re.IGNORECASE)
_MAX_ATTACHMENTS = 50
_MAX_ATTACHMENT_BYTES = 25_000_000
_PARSER = HTMLParser(remove_comments=True, remove_pis=True)


def sniff(data: bytes, name: str | None) -> bool:
    """Header lines as a mail server writes them, before the first empty line.

    A letter with "From:" and "Date:" lines is no e-mail: it lacks the technical headers.
    """
    head = data[:16_384].lstrip(b"\xef\xbb\xbf\r\n")
    if head.startswith(b"From "):
        head = head.partition(b"\n")[2]
    names = set()
    for line in head.splitlines():
        if not line.strip():
            break
        if line[:1] in b" \t":
            continue
        match = _HEADER.match(line)
        if match is None:
            return False
        names.add(match.group(1).lower())
    return b"from" in names and bool(names & _TECHNICAL)


def load(data: bytes, options: LoadOptions) -> Loaded:
    """Subject and text of a message; quoted lines of earlier mails are quotations.

    Raises UnreadableDocument if it cannot be taken apart, EmptyDocument without text.
    """
    name = options.name or "The e-mail"
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        particulars = _particulars(message)
        blocks, aside = _body(message)
        attachments = tuple(_attachments(message))
    except (ValueError, LookupError, AttributeError, TypeError, IndexError) as error:
        # The standard library's parser fails in these ways on headers it cannot decode.
        raise UnreadableDocument(
            f"{name} is a damaged e-mail. Save it anew and add it again."
        ) from error
    if not blocks:
        offered = f" It brings {len(attachments)} files; add them." if attachments else ""
        raise EmptyDocument(f"{name} holds no text.{offered}")
    if particulars.title:
        blocks = [Block(particulars.title, role="heading", level=1), *blocks]
    warnings: tuple[str, ...] = ()
    if attachments:
        listed = ", ".join(title for title, _ in attachments[:5])
        warnings = (f"It brings {len(attachments)} attached files, not added: {listed}.",)
    return Loaded(
        blocks=tuple(blocks),
        particulars=particulars,
        set_aside=tuple(aside),
        warnings=warnings,
        format="email",
        attachments=attachments,
    )


def _particulars(message: EmailMessage) -> Particulars:
    subject = _SUBJECT.sub("", str(message["subject"] or "")).strip()
    when: datetime | None = None
    with suppress(ValueError, TypeError):  # a date that is none stays unknown
        when = parsedate_to_datetime(str(message["date"]))
    return Particulars(
        title=subject or None,
        author=_people(message, "from"),
        addressee=_people(message, "to"),
        date=when.date().isoformat() if when else None,
        kind=Kind.LETTER,
    )


def _people(message: EmailMessage, header: str) -> str | None:
    values = [str(value) for value in message.get_all(header, [])]
    names = [shown or address for shown, address in getaddresses(values)]
    return ", ".join(name for name in names[:3] if name) or None


def _body(message: EmailMessage) -> tuple[list[Block], list[SetAside]]:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return [], []
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes) or not data.strip():
        return [], []
    charset = part.get_content_charset() or ""
    declared = LoadOptions(media_type=f"{part.get_content_type()}; charset={charset}")
    text = plain.decode(data, declared)
    if part.get_content_type() == "text/html":
        try:
            root = document_fromstring(text.encode("utf-8"), parser=HTMLParser(encoding="utf-8"))
        except (etree.ParserError, etree.XMLSyntaxError, ValueError):
            return [], []
        found = pieces(root)
        hidden = [SetAside(piece.text, "hidden") for piece in found if piece.hidden]
        return [Block(p.text, p.role, p.level) for p in found if not p.hidden], hidden
    return [_quoted(block) for block in plain.paragraphs(text)], []


def _quoted(block: Block) -> Block:
    lines = block.text.split("\n")
    if all(line.startswith(">") for line in lines):
        words = "\n".join(re.sub(r"^(?:>\s?)+", "", line) for line in lines)
        return Block(words, role="quote")
    return block


def _attachments(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    total = 0
    for number, part in enumerate(message.iter_attachments(), start=1):
        data = part.get_payload(decode=True)
        if part.get_content_type() == "message/rfc822":
            inner = part.get_content()
            data = bytes(inner) if isinstance(inner, EmailMessage) else data
        if not isinstance(data, bytes):
            continue
        total += len(data)
        if number > _MAX_ATTACHMENTS or total > _MAX_ATTACHMENT_BYTES:
            return
        yield part.get_filename() or f"attachment {number}", data
