"""Properties that programs write into files, and which of them mean anything.

Titles are often the name of a file or of a template, authors the login of a typist.
"""

from __future__ import annotations

import re

from knowledge.reading.organisations import is_organisation

_PROGRAM = re.compile(
    r"^(?:(?:word|text|excel|office) document\s?\d*$"
    r"|microsoft\s+(?:word|powerpoint|excel)\b|powerpoint presentation$|presentazione standard"
    r"|untitled|ohne titel|senza titolo|sans titre|sin título|document\s?\d*$|dokument\s?\d*$"
    r"|slide\s?\d+$"
    r"|title$|titel$|new document|print$|scan(?:ned)?\b|book\s?\d+$|layout\s?\d+$|default$"
    r"|template|page\s?\d+$"
    r"|no(?:ne| title)$)",
    re.I,
)
_FILE = re.compile(
    r"\.(?:pdf|docx?|dotx?|rtf|odt|pptx?|xlsx?|indd|qxd|tex|dvi|ps|fm|p65|html?|txt|wpd|pages"
    r"|md)\b|[\\/]{1}\w+[\\/]"
    r"|^[A-Za-z]:\\",
    re.I,
)


def title(text: str | None) -> str | None:
    """A title worth showing; None for names of files, templates and programs."""
    line = " ".join((text or "").split())
    letters = sum(character.isalpha() for character in line)
    if not line or letters < 4 or _PROGRAM.match(line) or _FILE.search(line):
        return None
    # One word, or words joined as in a file's name, is what a program made of one.
    if " " not in line:
        return None
    if letters < 0.5 * len(line) or len(line) > 300:
        return None
    return line


def author(text: str | None) -> str | None:
    """An organisation that a file's properties name; a person there is only who typed."""
    line = " ".join((text or "").split())
    if not line or "@" in line or "\\" in line or len(line) > 120:
        return None
    if " " not in line or _FILE.search(line):
        return None
    return line if is_organisation(line) else None
