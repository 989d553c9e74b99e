"""DOCX, ODT, EPUB and e-mail files made by hand for the tests of their loaders."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from typing import Any

import docx


def docx_file(write: Callable[[Any], None]) -> bytes:
    """A Word file that `write` has filled."""
    document = docx.Document()
    write(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def container(
    members: Mapping[str, bytes | str], *, stored: tuple[str, ...] = ("mimetype",)
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            how = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, compress_type=how)
    return out.getvalue()


OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"


def odt_file(body: str, manifest: str = "<manifest/>") -> bytes:
    content = (
        f'<office:document-content xmlns:office="{OFFICE}" xmlns:text="{TEXT}" '
        f'xmlns:table="{TABLE}"><office:body><office:text>{body}</office:text></office:body>'
        "</office:document-content>"
    )
    return container(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        }
    )


def epub_file(chapters: Mapping[str, str], *, encryption: str | None = None) -> bytes:
    items = "".join(
        f'<item id="c{i}" href="{name}" media-type="application/xhtml+xml"/>'
        for i, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{i}"/>' for i in range(len(chapters)))
    members: dict[str, bytes | str] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": (
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OPS/book.opf"/></rootfiles></container>'
        ),
        "OPS/book.opf": (
            '<package xmlns="http://www.idpf.org/2007/opf" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>A Book</dc:title>'
            "<dc:creator>Ann Author</dc:creator><dc:date>2026-05-01</dc:date></metadata>"
            f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
        ),
    }
    for name, body in chapters.items():
        members[f"OPS/{name}"] = (
            '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head>'
            f"<body>{body}</body></html>"
        )
    if encryption is not None:
        members["META-INF/encryption.xml"] = encryption
    return container(members)


def mail(**parts: Any) -> bytes:
    """An e-mail: `subject`, `text`, `html`, `files` as {name: bytes}."""
    message = EmailMessage()
    message["From"] = '"Ann Author" <ann@example.org>'
    message["To"] = "Board <board@example.org>, c@example.org"
    message["Date"] = "Wed, 08 Apr 2026 10:00:00 +0000"
    message["Message-ID"] = "<1@example.org>"
    message["Subject"] = parts.get("subject", "Re: Custody of assets")
    message.set_content(parts.get("text", ""))
    if "html" in parts:
        message.add_alternative(parts["html"], subtype="html")
    for name, data in parts.get("files", {}).items():
        message.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    return message.as_bytes()
