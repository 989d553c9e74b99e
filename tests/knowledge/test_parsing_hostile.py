from __future__ import annotations

import tempfile
import time
from dataclasses import replace

import pytest

from knowledge.errors import DocumentRefused
from knowledge.reading import parsing
from knowledge.reading.parsing import Cost, ParseLimits, parse
from tests.knowledge.hostile_files import HOSTILE as GENERAL
from tests.knowledge.hostile_formats import HOSTILE_FORMATS

HOSTILE = GENERAL | HOSTILE_FORMATS

LIMITS = ParseLimits(recognise=False, cpu_seconds=3, seconds=12.0, characters=2_000_000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of our own for the working directories of the children."""
    folder = tmp_path_factory.mktemp("parsing")
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    parsing.close()
    yield folder
    parsing.close()
    tempfile.tempdir = before


def test_there_are_a_hundred_hostile_files_and_more():
    assert len(HOSTILE) >= 100


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_ends_in_text_or_in_one_sentence(name, folder):
    data = HOSTILE[name]()
    costs: list[Cost] = []
    started = time.monotonic()
    try:
        draft = parse(data, name=name, limits=LIMITS, report=costs.append)
    except DocumentRefused as refusal:
        reason = str(refusal)
        assert reason.startswith(name)
        assert reason.isprintable()
        assert "Traceback" not in reason
        assert len(reason) < 400
    else:
        assert draft.text.strip()
        assert "root:" not in draft.text
        for section in draft.sections:
            assert 0 <= section.start < section.end <= len(draft.text)
        draft.text.encode("utf-8")
    assert time.monotonic() - started < 20
    assert costs[0].peak_bytes < 500_000_000
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("bomb.docx", "would unpack to"),
        ("many members.docx", "parts"),
        ("laughs.xml", "declares XML entities"),
        ("laughs.docx", "declares XML entities"),
        ("laughs in utf-16.xml", "declares XML entities"),
        ("outside.xml", "declares XML entities"),
        ("long declaration.xml", "declares XML entities"),
        ("laughs in utf-32.xml", "declares XML entities"),
        ("from elsewhere.xml", "declares XML entities"),
        ("20,000 pages.pdf", "20,000 pages, more than the 5,000 allowed"),
        ("aliases.yaml", "more text than a document may"),
        ("deep.xml", "nested too deeply"),
        ("deep.json", "nested too deeply"),
        ("program.pdf", "is a program"),
        ("archive.pdf", "is a ZIP archive"),
        ("protected.epub", "protected"),
        ("cut in half.docx", "damaged or incomplete"),
        ("cut in half.epub", "damaged or incomplete"),
        ("header alone.pdf", "damaged or incomplete"),
    ],
)
def test_the_sentence_names_the_reason(name, reason, folder):
    with pytest.raises(DocumentRefused) as refusal:
        parse(HOSTILE[name](), name=name, limits=replace(LIMITS, seconds=60.0))

    assert reason in str(refusal.value)
