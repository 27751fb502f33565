"""Fixtures of every test: screens that are compared as a whole, in files beside the tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # a busy machine makes no test fail
settings.load_profile("untimed")

Snapshot = Callable[[str, str], None]
"""Compares a text with the file of this name in `snapshots/` beside the test's module."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew-snapshots", action="store_true", help="write what is shown now")


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    """For screens whose layout is the promise; `pytest --renew-snapshots` writes them anew."""
    folder = request.path.parent / "snapshots"
    renew = request.config.getoption("--renew-snapshots")

    def compare(name: str, text: str) -> None:
        file: Path = folder / f"{name}.txt"
        if renew:
            folder.mkdir(exist_ok=True)
            file.write_text(text, "utf-8")
        assert text == file.read_text("utf-8"), "if this is meant: pytest --renew-snapshots"

    return compare
