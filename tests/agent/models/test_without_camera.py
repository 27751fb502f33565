"""Without a camera nothing that looks is loaded."""

from __future__ import annotations

import subprocess
import sys

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
