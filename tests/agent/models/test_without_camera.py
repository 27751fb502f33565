"""Without a camera nothing that looks is loaded."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from companion.demo.simulator.server import Simulator
from companion.playback import Initiative, PlayerSnapshot
from companion.store.database import open_database
from companion.store.listening.plays import begin_play
from tests.agent.live import Home, make_home
from tests.cli.shell import saved

VISIT = """
import sys
import companion.agent.service.jobs
import companion.agent.visit.visit
import companion.agent.visit.replay
import companion.cli.visit.once
import companion.cli.camera
heavy = {"mediapipe", "cv2", "jax", "flax", "librosa"} & set(sys.modules)
sys.exit(f"loaded: {heavy}" if heavy else 0)
"""


def test_what_a_visit_by_listening_imports_is_light() -> None:
    done = subprocess.run([sys.executable, "-c", VISIT], capture_output=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr.decode()


LINE = """
import sys
from companion.cli.main import main
try:
    main(sys.argv[1:])
finally:
    loaded = {"mediapipe", "cv2", "jax", "flax", "librosa", "numpy"} & set(sys.modules)
    print("LOADED", sorted(loaded))
"""


def test_a_whole_visit_without_a_camera_loads_nothing_that_looks(tmp_path: Path) -> None:
    """A real one, which queues by listening; and what speaks of it afterwards."""
    with Simulator() as sim:
        home = make_home(tmp_path, sim)
        home.paths.config.write_text("[camera]\nenabled = false\n", "utf-8")
        _listen(home)
        for words, code, told in (
            ("once", 0, "Queued: "),
            ("why", 0, "by listening alone"),
            ("status", 3, "off: your mood is read from what you listen to"),
            ("mood", 0, "by what you listen to"),
            ("replay", 0, "You started"),
            ("history", 0, "the camera was opened 0 times"),
        ):
            done = subprocess.run(  # noqa: S603 - our own program
                [sys.executable, "-c", LINE, words],
                env=home.environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == code, done.stderr
            assert told in done.stdout
            assert done.stdout.splitlines()[-1] == "LOADED []"
        assert sim.count("POST", "/v1/me/player/queue") == 1


def _listen(home: Home) -> None:
    """Three weeks of the same music at this time of the day, until now."""
    now = datetime.now(UTC)
    with open_database(home.paths.database) as db:
        tracks = [saved(track) for track in home.spotify.library.tracks]
        for days in range(20, -1, -1):
            for number, track in enumerate(tracks[4:8]):
                at = now - timedelta(days=days, minutes=4 * (4 - number))
                begin_play(db, PlayerSnapshot(track), Initiative.USER, at)
