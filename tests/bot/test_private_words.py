"""What names the machine that the bot runs on stays in its log."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import children, faults
from bot.children import ChangeFailed, Command
from knowledge import EmptyQuestion, KnowledgeError, UnknownDocument
from knowledge.errors import Damaged, FolderUnusable, ModelMissing, UnknownLibrary


@pytest.mark.parametrize(
    "error",
    [
        FolderUnusable("/home/olga/record: the disk is full."),
        Damaged("/home/olga/record: a checksum does not hold."),
        ModelMissing("/home/olga/models: the model is gone."),
        UnknownLibrary("There is no library of that name. Libraries: guild-/home/olga."),
    ],
)
def test_a_fault_of_the_machine_is_a_reference_in_chat_and_whole_in_the_log(
    error: KnowledgeError, caplog: pytest.LogCaptureFixture
) -> None:
    said = faults.in_words(error, "en-US")

    assert "olga" not in said
    assert "reference" in said
    assert "olga" in caplog.text


@pytest.mark.parametrize(
    "error", [EmptyQuestion("The question is empty."), UnknownDocument("No document of that id.")]
)
def test_what_a_member_can_mend_is_said_in_its_own_words(error: KnowledgeError) -> None:
    assert faults.in_words(error, "en-US") == str(error)


async def test_a_child_that_cannot_open_the_data_folder_does_not_say_where_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    occupied = tmp_path / "olga"
    occupied.write_text("a file, not a folder")
    monkeypatch.setenv("FOOTNOTE_HOME", str(occupied))
    command = Command.for_home(occupied)

    with pytest.raises(ChangeFailed) as caught:
        await children.run(command, ["list", "--json"])
    assert "the data folder" in str(caught.value)
    assert str(tmp_path) not in str(caught.value)
