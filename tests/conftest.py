"""Fixtures of every test: screens that are compared as a whole, in files beside the tests."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Without a deadline, as a busy machine is to make no test fail.
settings.register_profile("quick", deadline=None, max_examples=20)
settings.register_profile("whole", deadline=None)

Snapshot = Callable[[str, str], None]
"""Compares a text with the file of this name in `snapshots/` beside the test's module."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew-snapshots", action="store_true", help="write what is shown now")


def pytest_configure(config: pytest.Config) -> None:
    """Draw fewer examples where only the quick tests run."""
    settings.load_profile("quick" if config.option.markexpr == "not slow" else "whole")


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


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C as in a terminal; a shell has what it starts in the background ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
