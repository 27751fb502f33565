from __future__ import annotations

from pathlib import Path

import pytest

from companion.desktop.service.definition import MARK, DefinitionFile, is_ours
from companion.errors import ServiceError


@pytest.fixture
def definition(tmp_path: Path) -> DefinitionFile:
    return DefinitionFile(tmp_path / "new" / "földer" / "a service", f"# {MARK}\né\n")


def test_written_read_removed(definition: DefinitionFile) -> None:
    assert definition.read() is None
    definition.write()
    assert definition.read() == definition.definition
    assert definition.file.read_bytes() == definition.definition.encode("utf-8")
    definition.remove()
    assert definition.read() is None


def test_its_place_is_its_path(definition: DefinitionFile) -> None:
    assert definition.place == str(definition.file)


@pytest.mark.parametrize(
    ("text", "ours"),
    [(f"# {MARK}\n", True), (f"<!-- {MARK} -->", True), ("", False), ("# Written by me", False)],
)
def test_our_mark(text: str, ours: bool) -> None:
    assert is_ours(text) is ours


def test_a_file_that_is_no_text_is_not_ours(definition: DefinitionFile) -> None:
    definition.write()
    definition.file.write_bytes(b"\xff\xfe\x00")
    found = definition.read()
    assert found is not None
    assert not is_ours(found)


def test_a_folder_in_the_way(definition: DefinitionFile) -> None:
    definition.file.mkdir(parents=True)
    for act in (definition.read, definition.write, definition.remove):
        with pytest.raises(ServiceError, match="a service cannot be") as failed:
            act()
        assert failed.value.remedy.startswith("Make the file and its folder writable")


def test_a_file_in_the_folders_way(definition: DefinitionFile, tmp_path: Path) -> None:
    (tmp_path / "new").touch()
    with pytest.raises(ServiceError, match="cannot be written"):
        definition.write()


def test_a_file_that_is_gone_cannot_be_removed(definition: DefinitionFile) -> None:
    with pytest.raises(ServiceError, match="cannot be removed"):
        definition.remove()
