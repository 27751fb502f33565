from __future__ import annotations

import os
import subprocess
import sys

import pytest

from companion.face.quiet import quiet


def test_silences_the_descriptor_and_gives_it_back(capfd: pytest.CaptureFixture[str]) -> None:
    os.write(2, b"before ")
    with quiet():
        os.write(2, b"noise")
        subprocess.run([sys.executable, "-c", "import os; os.write(2, b'child')"], check=True)
    os.write(2, b"after")
    assert capfd.readouterr().err == "before after"


def test_gives_it_back_after_an_exception(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="said"), quiet():
        raise ValueError("said")
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_leaks_no_descriptor() -> None:
    first = os.dup(2)
    os.close(first)
    for _ in range(50):
        with quiet():
            pass
    again = os.dup(2)
    os.close(again)
    assert again == first
