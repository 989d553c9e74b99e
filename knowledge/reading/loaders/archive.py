"""ZIP containers (DOCX, ODT, EPUB) opened with limits, and XML parsed without its dangers."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from lxml import etree

from knowledge.errors import UnreadableDocument

MAX_MEMBERS = 5000
MAX_MEMBER_BYTES = 60_000_000
MAX_TOTAL_BYTES = 200_000_000
MAX_RATIO = 200
"""Most bytes that a packed byte may become in a container of more than `FREE_BYTES`. Office
files reach 23, one of the same sentence 20,000 times 69 (our measurement, November 2026); a
bomb comes near deflate's own limit of 1,032."""
FREE_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Container:
    """An opened ZIP file whose declared sizes have been found sane."""

    name: str
    zip: zipfile.ZipFile

    def read(self, member: str) -> bytes | None:
        """The bytes of a member, None if there is none.

        A member longer than it declares is cut by zipfile, so the limits hold for the real
        bytes. Raises UnreadableDocument if it is broken.
        """
        try:
            return self.zip.read(member)
        except KeyError:
            return None
        except RuntimeError as error:  # zipfile's word for an encrypted member
            raise UnreadableDocument(
                f"{self.name} is encrypted. Save it without a password and add that."
            ) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise UnreadableDocument(
                f"{self.name} is damaged or incomplete: {member} cannot be unpacked. "
                "Save it anew and add it again."
            ) from error

    def tree(self, member: str) -> Any:
        """The root element of an XML member; raises UnreadableDocument if there is none."""
        data = self.read(member)
        if data is None:
            raise UnreadableDocument(
                f"{self.name} is damaged or incomplete: {member} is missing. "
                "Save it anew and add it again."
            )
        return parse_xml(data, self.name)


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a ZIP file does."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def holds(data: bytes, *members: str) -> bool:
    """Whether a ZIP file, whole or cut off, holds a member whose name starts like one of these."""
    if not is_zip(data):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            names = container.namelist()[:MAX_MEMBERS]
        return any(name.startswith(members) for name in names)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        # No directory at its end: look at the names that stand before the members.
        return any(member.encode() in data for member in members)


def torn(data: bytes, member: str) -> bool:
    """Whether a ZIP file has lost its end, and with it its directory, but begins with a member."""
    return is_zip(data) and b"PK\x05\x06" not in data and member.encode() in data[:512]


def open_container(data: bytes, name: str) -> Container:
    """Open a ZIP file; raises UnreadableDocument if it is broken, encrypted or a bomb."""
    try:
        opened = zipfile.ZipFile(io.BytesIO(data))
        members = opened.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        raise UnreadableDocument(
            f"{name} is damaged or incomplete: its ZIP container cannot be opened. "
            "Save it anew and add it again."
        ) from error
    total = sum(member.file_size for member in members)
    largest = max((member.file_size for member in members), default=0)
    ratio = total / max(len(data), 1)
    if (
        len(members) > MAX_MEMBERS
        or total > MAX_TOTAL_BYTES
        or largest > MAX_MEMBER_BYTES
        or (total > FREE_BYTES and ratio > MAX_RATIO)
    ):
        raise UnreadableDocument(
            f"{name} would unpack to {total / 1e6:,.0f} MB in {len(members):,} parts, "
            "more than a document may. It was not unpacked."
        )
    if any(member.flag_bits & 0x1 for member in members):
        raise UnreadableDocument(f"{name} is encrypted. Save it without a password and add that.")
    return Container(name, opened)


_DECLARES = re.compile(rb"<!ENTITY", re.IGNORECASE)


def refuse_entities(data: bytes, name: str) -> None:
    """Raise UnreadableDocument if XML declares entities: no document needs them, bombs do."""
    # In UTF-16 the letters stand between zero bytes.
    if _DECLARES.search(data.replace(b"\x00", b"") if b"\x00" in data[:64] else data):
        raise UnreadableDocument(
            f"{name} declares XML entities, as attacks do; it was not read. "
            "Save it without them and add that."
        )


def parse_xml(data: bytes, name: str) -> Any:
    """The root element of an XML document.

    No entity is expanded, nothing is fetched, and the parser's own limits on depth and size
    stay on. Raises UnreadableDocument for entity declarations (no document needs them, bombs
    do) and for what is not well-formed.
    """
    refuse_entities(data, name)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = str(error).split("\n")[0][:120]
        if "depth" in reason.lower():
            raise UnreadableDocument(
                f"{name} is nested too deeply to be read. Save it as PDF or text and add that."
            ) from error
        raise UnreadableDocument(
            f"{name} is not well-formed XML ({reason}). Save it anew and add it again."
        ) from error


def local(element: Any) -> str:
    """The name of an element without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
