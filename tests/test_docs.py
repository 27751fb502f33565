"""The documents' examples work, and what they name exists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from companion.cli.app import COMMANDS, GROUPS
from tests.locations import PROJECT

DOCUMENTS = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]


def test_each_example_of_extending_runs() -> None:
    text = (PROJECT / "docs" / "extending.md").read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 6
    names: dict[str, Any] = {}
    for block in blocks:  # a later one goes on from the earlier ones, as for a reader
        exec(compile(block, "docs/extending.md", "exec"), names)  # noqa: S102 - our own text


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_each_link_leads_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8")):
        if "://" not in link:
            assert (document.parent / link).exists(), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_each_command_that_is_named_exists(document: Path) -> None:
    text = document.read_text("utf-8")
    for name in re.findall(r"`companion ([a-z-]+)", text):
        assert name in {*COMMANDS, *GROUPS}, name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_each_file_that_is_named_exists(document: Path) -> None:
    text = document.read_text("utf-8")
    for path in re.findall(r"`((?:companion|scripts|tests|docs|models)/[\w./-]+)", text):
        assert (PROJECT / path).exists() or "000N" in path, path
