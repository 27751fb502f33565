from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from companion.agent.service.instance import only_instance
from companion.errors import AgentRunning, StoreError

HOLD = """
import sys, time
from pathlib import Path
from companion.agent.service.instance import only_instance
with only_instance(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""
TRY = """
import sys
from pathlib import Path
from companion.agent.service.instance import only_instance
with only_instance(Path(sys.argv[1])):
    print("held")
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "agent.lock"


def attempt(lock: Path) -> subprocess.CompletedProcess[str]:
    """Another process tries to take the lock."""
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", TRY, str(lock)], capture_output=True, text=True, check=False
    )


def test_a_second_process_is_refused_until_the_first_is_killed(lock: Path) -> None:
    first = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", HOLD, str(lock)], stdout=subprocess.PIPE, text=True
    )
    with first:
        assert first.stdout
        assert first.stdout.readline() == "held\n"
        assert "AgentRunning: An agent is already running." in attempt(lock).stderr
        first.kill()
        first.wait()
        assert attempt(lock).stdout == "held\n"


def test_the_same_process_cannot_hold_it_twice(lock: Path) -> None:
    with only_instance(lock):
        with pytest.raises(AgentRunning), only_instance(lock):
            pass
        assert "AgentRunning" in attempt(lock).stderr  # the failed try let go of nothing
    with only_instance(lock):
        pass


def test_a_file_that_is_there_blocks_nobody(lock: Path) -> None:
    lock.write_text("12345")
    with only_instance(lock):
        assert lock.read_text() == "12345"


def test_only_the_user_may_open_it(lock: Path) -> None:
    with only_instance(lock):
        assert os.name != "posix" or lock.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be made"), only_instance(tmp_path / "no" / "x"):
        pass


@pytest.mark.skipif(os.name != "posix", reason="Windows has other errors")
def test_a_folder_in_its_place_is_named_with_a_remedy(lock: Path) -> None:
    lock.mkdir()
    with pytest.raises(StoreError, match="Is a directory") as caught, only_instance(lock):
        pass
    assert caught.value.remedy.startswith("Remove it")
