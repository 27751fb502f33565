"""Files and connections of the two processes during visits, as the kernel sees them.

The worker is the real one, and looks at a face.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np
import pytest

from companion.demo.simulator.server import Simulator
from companion.face.camera import Frame, capture
from companion.store.database import open_database
from tests.agent.live import Home, Running, make_home
from tests.face.fakes import write_video
from tests.face.portrait import webcam

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

CALLS = (
    "open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,"
    "mknod,mknodat,memfd_create,connect,bind,execve"
)
PIXELS = 16  # in a row: so many bytes of a picture are not met by chance
PATIENT = (
    "import companion.agent.models.worker as worker; worker.START_SECONDS = 600.0;"
    "from companion.cli.main import main; main()"
)
VISIT_SECONDS = 240.0  # for a visit under the trace, on a busy machine

WRITES = re.compile(
    r'(?:open|openat|creat)\((?:AT_FDCWD, )?"([^"]+)", [^)]*(?:O_WRONLY|O_RDWR|O_CREAT)'
)
MOVES = re.compile(r'(?:rename|link|symlink)\w*\([^)]*"([^"]+)"[^"]*\) += 0')
FAILED = re.compile(r" = -1 (?!EINPROGRESS)")
ADDRESS = re.compile(r"connect\(\d+, \{(.*?)\}, \d+\)")


@dataclass(frozen=True)
class Traced:
    """The recorded system calls of an agent and its worker.

    Attributes:
        calls: the system calls that succeeded.
        frames: what the worker saw, RGB.
    """

    home: Home
    calls: list[str]
    frames: list[Frame]


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    """Two visits, one with a cold worker and one with a warm one."""
    folder = tmp_path_factory.mktemp("traced")
    film, trace = write_video(folder / "film.avi", webcam()), folder / "trace"
    with Simulator() as sim:
        home = make_home(folder, sim)
        home.run("status")  # so that Python's own bytecode is there
        strace = ("strace", "-f", "--seccomp-bpf", "-o", str(trace), "-e", f"trace={CALLS}")
        words = [*strace, sys.executable, "-c", PATIENT, "run", "--source", str(film)]
        with Running(home, words) as agent:
            outcomes = [agent.ask("visit-now", VISIT_SECONDS)["reason"] for _ in range(2)]
            agent.ask("stop")
            agent.process.wait(20)
        assert outcomes == ["queued", "own_track_waiting"]
        calls = [line for line in trace.read_text().splitlines() if not FAILED.search(line)]
        yield Traced(home, calls, list(capture(film, None)))


def test_nothing_is_written_but_what_is_kept(
    traced: Traced,
) -> None:
    home = traced.home
    allowed = re.compile("|".join(_allowed(home)))
    touched = {
        match[1]
        for line in traced.calls
        for match in [*WRITES.finditer(line), *MOVES.finditer(line)]
    }
    assert {path for path in touched if not allowed.fullmatch(path)} == set()
    assert str(home.paths.database) in touched  # so the trace sees what is written
    assert not [line for line in traced.calls if "memfd_create(" in line and '"' in line]


def _allowed(home: Home) -> Iterator[str]:
    state, run = re.escape(str(home.paths.state)), re.escape(str(home.paths.runtime))
    yield rf"{state}/companion\.(db(-wal|-shm|-journal)?|log)"
    yield rf"{state}/agent\.lock"
    yield rf"{run}/agent\.(sock|key)"
    yield re.escape(str(home.paths.cache)) + "/(compiled|matplotlib)/.*"
    yield re.escape(home.environment["PYTHONPYCACHEPREFIX"]) + r"/.*\.pyc(\.\d+)?"
    yield re.escape(home.environment["TEST_RING"]).replace("json", "(json|new)")
    yield "/dev/null|/dev/shm/.*|/proc/self/.*|/sys/.*"


def test_nobody_is_connected_to_but_spotify(traced: Traced) -> None:
    """Besides, the agent wakes the thread that waits at its own socket when it ends."""
    home = traced.home
    port = urlsplit(home.spotify.url).port
    bus = r'sa_family=AF_UNIX, sun_path=@?"[^"]*(bus|systemd)[^"]*"'
    spotify = rf'sa_family=AF_INET, sin_port=htons\({port}\), sin_addr=inet_addr\("127\.0\.0\.1"\)'
    own = re.escape(f'sa_family=AF_UNIX, sun_path="{home.paths.socket}"')
    addresses = {match[1] for line in traced.calls for match in ADDRESS.finditer(line)}
    assert [one for one in addresses if not re.search(f"{spotify}|{bus}|{own}", one)] == []
    listening = [line for line in traced.calls if " bind(" in line and "AF_INET," in line]
    assert listening == []


def test_no_program_is_started_but_the_worker(traced: Traced) -> None:
    """Besides, MediaPipe's matplotlib lists the fonts when it is first loaded."""
    started = [line for line in traced.calls if "execve(" in line and "fc-list" not in line]
    assert len(started) == 2
    assert '"-m", "companion.agent.models.worker_pr' in started[1]


def test_no_frame_is_in_what_was_written(traced: Traced) -> None:
    """Neither with its colours in this order nor in the other, whole or in part."""
    home = traced.home
    root = home.paths.state.parent
    written = [file.read_bytes() for file in root.rglob("*") if file.is_file()]
    assert sum(map(len, written)) > 10_000
    for frame in traced.frames:
        for view in (frame, frame[..., ::-1]):
            for row in view[50:200:50, 200:300]:
                piece = np.ascontiguousarray(row[:PIXELS]).tobytes()
                assert len(set(piece)) > 8
                assert not any(piece in content for content in written)
    with open_database(home.paths.database) as db:
        columns = db.execute("SELECT * FROM readings").fetchone()
    assert all(isinstance(value, (int, float, str)) for value in columns)


def test_the_folders_are_closed_to_others(traced: Traced) -> None:
    paths = traced.home.paths
    for folder in (paths.state, paths.runtime, paths.cache):
        assert folder.stat().st_mode & 0o077 == 0
