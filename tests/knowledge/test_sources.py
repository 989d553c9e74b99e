"""Files and folders as sources."""

from pathlib import Path

import pytest

from knowledge.errors import UnreadableDocument
from knowledge.sources import display_name, files_below, is_url, read_file


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("letter.pdf", "letter.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\letters\\ba.docx", "ba.docx"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("two\nlines\x1b[31m.txt", "twolines[31m.txt"),
        ("", "unnamed"),
        ("x" * 500, "x" * 120),
    ],
)
def test_a_display_name_is_clean_and_never_a_path(name: str, shown: str) -> None:
    assert display_name(name) == shown


def test_hidden_files_and_links_out_of_the_folder_are_skipped(tmp_path: Path) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_text("secret")
    folder = tmp_path / "letters"
    (folder / "sub").mkdir(parents=True)
    (folder / "b.txt").write_text("b")
    (folder / "sub" / "a.txt").write_text("a")
    (folder / ".hidden.txt").write_text("hidden")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("hidden too")
    (folder / "link.txt").symlink_to(outside)
    (folder / "inner.txt").symlink_to(folder / "b.txt")

    found = [path.relative_to(folder).as_posix() for path in files_below(folder)]

    assert found == ["b.txt", "inner.txt", "sub/a.txt"]


@pytest.mark.parametrize("name", ["missing.txt", "folder"])
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreadableDocument, match=f"^{name}: "):
        read_file(tmp_path / name)


def test_only_web_addresses_are_urls() -> None:
    assert is_url("https://example.org/letter")
    assert is_url("HTTP://example.org")
    assert not is_url("letters/https.txt")
    assert not is_url("file:///etc/passwd")
