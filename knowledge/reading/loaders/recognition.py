"""Text of a picture of a page, by tesseract, where it is installed.

Tesseract runs as a program of its own, with the picture on its standard input and
words on its standard output, under the limits of the process that calls it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache

_PLACES = os.pathsep.join((os.defpath, "/usr/local/bin", "/opt/homebrew/bin", "/opt/local/bin"))
HOW_TO_INSTALL = "Install tesseract (apt-get install tesseract-ocr) and add it again."
MIN_CONFIDENCE = 45.0
"""Mean confidence, 0 to 100, below which a page is a drawing or noise rather than text. Scans
of a letter and of a dense leaflet gave 94 to 96, a drawing of a broken file 32, noise no word
(our measurement, November 2026)."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A grey picture of a page: one byte a pixel, rows without padding."""

    pixels: bytes
    width: int
    height: int
    dots_per_inch: int


@dataclass(frozen=True, slots=True)
class Recognised:
    """The paragraphs of a page and how sure tesseract is of them, 0 to 100."""

    paragraphs: tuple[str, ...]
    confidence: float


@lru_cache(maxsize=1)
def program() -> str | None:
    """Where tesseract is, or None."""
    return shutil.which("tesseract", path=_PLACES)


@lru_cache(maxsize=1)
def languages(path: str) -> str:
    """The installed languages as tesseract takes them, English first, at most three."""
    try:
        done = subprocess.run(
            [path, "--list-langs"], capture_output=True, timeout=10, check=False, env=_environment()
        )
    except (OSError, subprocess.TimeoutExpired):
        return "eng"
    listed = done.stdout.decode("utf-8", errors="replace").split("\n")[1:]
    names = [name.strip() for name in listed if name.strip() not in ("", "osd", "equ", "snum")]
    names.sort(key=lambda name: (name != "eng", name))
    return "+".join(names[:3]) or "eng"


def recognise(picture: Picture, *, seconds: float) -> Recognised | None:
    """The text of a picture, turned upright where it lies on its side.

    None where tesseract is missing, fails, takes longer than `seconds`, or finds no text:
    fewer than three words, or a confidence below `MIN_CONFIDENCE`.
    """
    path = program()
    if path is None:
        return None
    header = b"P5\n%d %d\n255\n" % (picture.width, picture.height)
    command = [path, "stdin", "stdout", "-l", languages(path), "--psm", "1"]
    command += ["--dpi", str(picture.dots_per_inch), "tsv"]
    try:
        done = subprocess.run(
            command,
            input=header + picture.pixels,
            capture_output=True,
            timeout=max(seconds, 1.0),
            check=False,
            env=_environment(),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    text = _read(done.stdout.decode("utf-8", errors="replace"))
    words = sum(len(paragraph.split()) for paragraph in text.paragraphs)
    return text if words >= 3 and text.confidence >= MIN_CONFIDENCE else None


def _environment() -> dict[str, str]:
    # One thread each: with more, tesseract spends most of them waiting for one another.
    return {"OMP_THREAD_LIMIT": "1", "LC_ALL": "C"}


def _read(table: str) -> Recognised:
    """Paragraphs from tesseract's table: level, page, block, paragraph, line, word ..., text."""
    paragraphs: list[list[str]] = []
    confidences: list[float] = []
    place: tuple[str, ...] | None = None
    line: str | None = None
    for row in table.split("\n")[1:]:
        cells = row.split("\t")
        if len(cells) < 12 or cells[0] != "5" or not cells[11].strip():
            continue
        confidences.append(float(cells[10]))
        here = (cells[2], cells[3])
        if here != place:
            paragraphs.append([])
            place, line = here, cells[4]
        words = paragraphs[-1]
        word = cells[11].strip()
        broken = words and cells[4] != line and words[-1].endswith("-") and len(words[-1]) > 2
        if broken and word[:1].islower():
            words[-1] = words[-1][:-1] + word
        else:
            words.append(word)
        line = cells[4]
    mean = sum(confidences) / len(confidences) if confidences else 0.0
    return Recognised(tuple(" ".join(words) for words in paragraphs), mean)
