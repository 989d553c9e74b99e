"""Backup, restore, export: what comes back is what was there, or nothing comes back."""

import gzip
import io
import json
import tarfile
import zlib
from pathlib import Path

import pytest

from knowledge.errors import Damaged, FolderUnusable, NewerFolder
from knowledge.storing import backup, exchange
from knowledge.storing.index import Index
from tests.knowledge.shelf import add, ask, open_index

TEXTS = [f"Notice {n} of the harbour office.\nIt concerns berth {n * 7}." for n in range(5)]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    index = open_index(tmp_path / "home")
    for n, text in enumerate(TEXTS):
        add(index, text, source=f"{n}.txt", title=f"Notice {n}")
    return index


def restore(file: Path, home: Path) -> Index:
    backup.unpack(file, home)
    index = open_index(home)
    index.build_all(actor="tester")
    return index


def test_a_restored_record_answers_alike_without_embedding_anything(
    index: Index, tmp_path: Path
) -> None:
    file = tmp_path / "saved.tar.gz"
    told = index.backup(file)

    restored = restore(file, tmp_path / "restored")

    assert (told.documents, told.originals) == (5, 5)
    assert restored.store.entries("shared") == index.store.entries("shared")
    for text in TEXTS:
        assert ask(restored, text, k=10) == ask(index, text, k=10)
    assert restored.encoders.of_setting("plain").embedded == []  # type: ignore[attr-defined]
    assert [f.text for f in restored.doctor() if f.bad] == []
    assert file.stat().st_mode & 0o077 == 0


def test_readers_go_on_while_a_backup_is_written(index: Index, tmp_path: Path) -> None:
    reader = open_index(index.home)
    with index.writing():
        assert ask(reader, TEXTS[2])[0].text in TEXTS[2]
        index.backup(tmp_path / "b.tar.gz")


def same_content(one: bytes, other: bytes) -> bool:
    try:
        return gzip.decompress(one) == gzip.decompress(other)
    except (OSError, EOFError, zlib.error):
        return False


def test_every_way_of_altering_an_archive_is_refused(index: Index, tmp_path: Path) -> None:
    file = tmp_path / "saved.tar.gz"
    index.backup(file)
    whole = file.read_bytes()
    harmed = tmp_path / "harmed.tar.gz"
    step = len(whole) // 40
    cases = [whole[:n] for n in range(0, len(whole), step)]
    cases += [
        whole[:n] + bytes([whole[n] ^ 0x20]) + whole[n + 1 :] for n in range(20, len(whole), step)
    ]

    for case in cases:
        if same_content(case, whole):  # a bit that the compression does not use
            continue
        harmed.write_bytes(case)
        with pytest.raises(Damaged, match="Nothing was restored"):
            backup.unpack(harmed, tmp_path / "target")
        assert not (tmp_path / "target").exists()
        assert not list(tmp_path.glob("*.restoring"))


def rewritten(file: Path, *, drop: str = "", member: tarfile.TarInfo | None = None) -> bytes:
    """The archive with one member left out, or one added."""
    out = io.BytesIO()
    with tarfile.open(file) as source, tarfile.open(fileobj=out, mode="w:gz") as target:
        for one in source:
            if not (drop and one.name.startswith(drop)):
                target.addfile(one, source.extractfile(one))
        if member is not None:
            target.addfile(member, io.BytesIO(b"x" * member.size))
    return out.getvalue()


def strangers() -> list[tarfile.TarInfo]:
    found = []
    for name in ("../escape", "/tmp/escape", "originals/aa/../../../escape", "note.txt"):
        member = tarfile.TarInfo(name)
        member.size = 1
        found.append(member)
    for kind, target in ((tarfile.SYMTYPE, "/etc/passwd"), (tarfile.LNKTYPE, "record.sqlite3")):
        member = tarfile.TarInfo("originals/aa/link")
        member.type, member.linkname = kind, target
        found.append(member)
    return found


@pytest.mark.parametrize("member", strangers(), ids=lambda m: f"{m.name}-{m.type.decode()}")
def test_what_no_backup_has_is_not_unpacked(
    index: Index, tmp_path: Path, member: tarfile.TarInfo
) -> None:
    file = tmp_path / "saved.tar.gz"
    index.backup(file)
    file.write_bytes(rewritten(file, member=member))

    with pytest.raises(Damaged):
        backup.unpack(file, tmp_path / "target")
    assert not (tmp_path / "target").exists()
    assert not (tmp_path / "escape").exists()


@pytest.mark.parametrize("drop", ["manifest", "record", "originals"])
def test_a_missing_member_is_noticed(index: Index, tmp_path: Path, drop: str) -> None:
    file = tmp_path / "saved.tar.gz"
    index.backup(file)
    file.write_bytes(rewritten(file, drop=drop))

    with pytest.raises(Damaged):
        backup.unpack(file, tmp_path / "target")


def test_an_archive_that_promises_too_much_or_is_newer_is_refused(tmp_path: Path) -> None:
    def archive(manifest: dict[str, object]) -> Path:
        data = json.dumps(manifest).encode()
        member = tarfile.TarInfo("manifest.json")
        member.size = len(data)
        raw = io.BytesIO()
        with tarfile.open(fileobj=raw, mode="w") as tar:
            tar.addfile(member, io.BytesIO(data))
        file = tmp_path / "made.tar.gz"
        file.write_bytes(gzip.compress(raw.getvalue()))
        return file

    huge = {"record.sqlite3": {"bytes": 1 << 50, "sha256": "0" * 64}}
    with pytest.raises(Damaged, match="1 TiB"):
        backup.unpack(archive({"format": 1, "layout": 1, "members": huge}), tmp_path / "target")
    with pytest.raises(NewerFolder):
        backup.unpack(archive({"format": 1, "layout": 99, "members": huge}), tmp_path / "target")


def test_a_folder_that_holds_something_is_not_restored_into(index: Index, tmp_path: Path) -> None:
    file = tmp_path / "saved.tar.gz"
    index.backup(file)

    with pytest.raises(FolderUnusable, match="not empty"):
        backup.unpack(file, index.home)


def test_a_library_that_was_exported_and_brought_in_is_the_same(
    index: Index, tmp_path: Path
) -> None:
    first, second = (e.id for e in index.store.entries("shared")[:2])
    add(index, TEXTS[2], source="again.txt")
    index.edit(
        first,
        library="shared",
        changes={"replaced_by": second, "replaced_on": "2026-05-12"},
        actor="tester",
    )
    assert exchange.export(index.store, "shared", tmp_path / "export") == 5
    assert exchange.is_export(tmp_path / "export")

    other = open_index(tmp_path / "other")
    for added in exchange.bring_in(
        other, tmp_path / "export", library="shared", model="plain", actor="tester"
    ):
        assert not added.already

    def facts(one: Index) -> list[object]:
        found: list[object] = []
        for entry in one.store.entries("shared"):
            document = one.store.document(entry.id, ["shared"])
            found.append((entry.id, entry.particulars, entry.sources, entry.replaced_by))
            found.append((entry.replaced_on, document.text, document.sections, entry.passages))
        return found

    assert facts(other) == facts(index)
    kept = {p.name for p in (index.home / "originals").glob("*/*")}
    assert kept == {p.name for p in (other.home / "originals").glob("*/*")}
