from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from companion.native_stderr import discard_native_stderr


def test_discards_what_is_written_and_gives_it_back(capfd: pytest.CaptureFixture[str]) -> None:
    os.write(2, b"before ")
    with discard_native_stderr():
        os.write(2, b"noise")
        subprocess.run([sys.executable, "-c", "import os; os.write(2, b'child')"], check=True)
    os.write(2, b"after")
    assert capfd.readouterr().err == "before after"


def test_gives_it_back_after_an_exception(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="said"), discard_native_stderr():
        raise ValueError("said")
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_within_itself(capfd: pytest.CaptureFixture[str]) -> None:
    with discard_native_stderr():
        with discard_native_stderr():
            os.write(2, b"inner")
        os.write(2, b"outer")
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_threads_that_overlap_leave_it_as_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    first_began, second_began, first_ended = (threading.Event() for _ in range(3))

    def first() -> None:
        with discard_native_stderr():
            first_began.set()
            second_began.wait(5)
        first_ended.set()

    def second() -> None:
        first_began.wait(5)
        with discard_native_stderr():
            second_began.set()
            first_ended.wait(5)
            os.write(2, b"noise")

    threads = [threading.Thread(target=one) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_leaks_no_descriptor() -> None:
    first = os.dup(2)
    os.close(first)
    for _ in range(50):
        with discard_native_stderr():
            pass
    again = os.dup(2)
    os.close(again)
    assert again == first


def test_a_process_without_a_stderr() -> None:
    code = """
import os
from companion.native_stderr import discard_native_stderr
os.close(2)
with discard_native_stderr():
    pass
with discard_native_stderr():
    print("fine")
"""
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"fine\n")
