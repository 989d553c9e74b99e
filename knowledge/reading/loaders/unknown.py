"""What a file that we do not read looks like, for the sentence that refuses it."""

from __future__ import annotations

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\x00", "a picture (TIFF)"),
    (b"MM\x00*", "a picture (TIFF)"),
    (b"BM", "a picture (BMP)"),
    (b"8BPS", "a Photoshop picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"MSCF", "a cabinet archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"SQLite format 3", "a SQLite database"),
    (b"OggS", "a sound or film"),
    (b"ID3", "a sound"),
    (b"fLaC", "a sound"),
    (b"\x1aE\xdf\xa3", "a film"),
    (b"PAR1", "a Parquet table"),
    (b"%!PS", "PostScript"),
    (b"\x00\x01\x00\x00", "a font"),
    (b"OTTO", "a font"),
    (b"wOF", "a font"),
    (b"!BDN", "an Outlook mailbox"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS: tuple[tuple[str, str, str], ...] = (
    ("EncryptedPackage", "an encrypted Office file", "Save it without a password and add that."),
    ("WordDocument", "an old Word file (.doc)", "Save it as .docx or PDF and add that."),
    ("PowerPoint Document", "an old PowerPoint file (.ppt)", "Save it as PDF and add that."),
    ("Workbook", "an old Excel file (.xls)", "Save it as CSV and add that."),
    ("__substg1.0_", "an Outlook message (.msg)", "Save it as .eml and add that."),
)
SAVE = "Save it as PDF, DOCX or text and add that."
UNPACK = "Unpack it and add the files in it."


def looks_like(data: bytes) -> tuple[str, str]:
    """What the bytes seem to be, with its article, and what to do: ("a picture (PNG)", ...)."""
    if data.startswith(_OLE):
        for stream, what, advice in _OLE_STREAMS:
            if stream.encode("utf-16-le") in data:
                return what, advice
        return "an old Office file", SAVE
    if data.startswith(b"PK"):
        if b"[Content_Types].xml" in data:
            if b"xl/work" in data:
                return "an Excel workbook (.xlsx)", "Save it as CSV and add that."
            if b"ppt/" in data:
                return "a PowerPoint presentation (.pptx)", "Save it as PDF and add that."
        if b"mimetypeapplication/vnd.oasis" in data[:200]:
            return "an OpenDocument file that is no text", SAVE
        return "a ZIP archive", UNPACK
    if data.startswith(b"RIFF"):
        return ("a picture (WebP)" if data[8:12] == b"WEBP" else "a sound or film"), SAVE
    if data[4:8] == b"ftyp":
        picture = data[8:12] in (b"heic", b"heix", b"mif1", b"avif")
        return ("a picture (HEIC or AVIF)" if picture else "a film"), SAVE
    if data[257:262] == b"ustar":
        return "a tar archive", UNPACK
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            advice = UNPACK if "archive" in what else SAVE
            return what, advice
    return "of a type that is not read here", SAVE
