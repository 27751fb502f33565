"""The checks of the machine: Python, packages, system libraries, the camera, the clock."""

import contextlib
import ctypes
import importlib.util
import os
import platform
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import companion
from companion.doctor.check import Finding, Subject, fail, ok, warn
from companion.local_time import zone_problem
from companion.store.database import open_readonly
from companion.store.history.visits import last_visit
from companion.store.metadata import LIBRARY_SYNCED_AT, read_time

LEAST_PYTHON = (3, 11)
PACKAGES = (
    *("apscheduler", "cv2", "flax", "jax", "keyring", "librosa", "matplotlib", "mediapipe"),
    *("mutagen", "numpy", "platformdirs", "psutil", "requests", "rich", "safetensors"),
    *("soundfile", "soxr", "spotipy", "starlette", "tomlkit", "typer", "uvicorn"),
    *(("jeepney",) if sys.platform == "linux" else ()),
)
"""The packages by the names that they are imported by; cv2 comes with MediaPipe."""
LINUX_LIBRARIES = {"libEGL.so.1": "libegl1", "libGLESv2.so.2": "libgles2"}
"""The libraries that MediaPipe loads, and Debian's packages of them."""
DEVICES = Path("/dev")
DARK = 30  # grey levels of 255: below it a visit abstains
ONE_FRAME_S = 0.1
CLOCK_TOLERANCE = timedelta(minutes=5)


def check_python(_: Subject) -> Finding:
    """Check that the interpreter is new enough."""
    system = f"{platform.system()} {platform.release()}"
    found = f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}, {system}"
    if sys.version_info < LEAST_PYTHON:
        return fail(found, "Install Python 3.11 or newer, and companion with it.")
    return ok(f"{found}, companion {companion.__version__}")


def check_packages(_: Subject) -> Finding:
    """Check that the packages are installed; none is imported."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        return fail(f"missing: {', '.join(missing)}", "Install companion again with pip.")
    return ok(f"all {len(PACKAGES)} are there")


def check_libraries(subject: Subject) -> Finding:
    """Check that the system libraries are there which no package brings."""
    if not subject.config.camera.enabled:
        return ok("none is needed without the camera")
    if sys.platform != "linux":
        return ok("none beyond the system's own is needed")
    missing = [name for name in LINUX_LIBRARIES if not _loads(name)]
    if missing:
        packages = " ".join(LINUX_LIBRARIES[name] for name in missing)
        return fail(
            f"missing: {', '.join(missing)}", f"On Debian and Ubuntu: apt install {packages}."
        )
    return ok(f"{' and '.join(LINUX_LIBRARIES)} load")


def _loads(library: str) -> bool:
    with contextlib.suppress(OSError):
        ctypes.CDLL(library)
        return True
    return False


def check_camera(subject: Subject) -> Finding:
    """Check that the camera is there; it is opened only if that was asked for."""
    settings = subject.config.camera
    if not settings.enabled:
        return ok("off by camera.enabled = false: your mood is read from what you listen to")
    if subject.camera_use:
        with subject.camera_use():
            return _try_camera(settings.index)
    if sys.platform == "linux":
        return _find_camera(settings.index)
    return ok(f"camera {settings.index} was not opened; --camera opens it for a frame")


def _find_camera(index: int) -> Finding:
    node = DEVICES / f"video{index}"
    if not node.exists():
        others = sorted(int(one.name[5:]) for one in DEVICES.glob("video[0-9]*"))
        words = f"; there is {', '.join(map(str, others))}" if others else ""
        return warn(
            f"there is no camera {index}{words}",
            "Plug the camera in, or set camera.index in the config.",
        )
    if not os.access(node, os.R_OK | os.W_OK):
        return fail(
            f"{node} may not be opened", "Add yourself to the group video, and log in again."
        )
    return ok(f"{node} is there; it was not opened (--camera opens it for a frame)")


def _try_camera(index: int) -> Finding:
    from companion.face.camera import capture

    frame, *_ = capture(index, ONE_FRAME_S)
    height, width = frame.shape[:2]
    level = float(frame.mean())
    found = f"camera {index} gave a frame of {width} x {height}, brightness {level:.0f} of 255"
    if level < DARK:
        return warn(f"{found}: too dark to read", "Open the camera's cover, or turn on a light.")
    return ok(found)


def check_clock(subject: Subject) -> Finding:
    """Check that the clock is not behind what has happened already, and that its zone is known."""
    shown = f"{subject.now.astimezone():%d %B %Y %H:%M, UTC%z}"
    if problem := zone_problem():
        return warn(problem, "Set TZ to a zone such as Europe/Vienna, or remove it.")
    latest = max([_installed_at(), *_kept_moments(subject.paths.database)])
    if subject.now < latest - CLOCK_TOLERANCE:
        return warn(
            f"{shown}, but something happened at {latest.astimezone():%d %B %Y %H:%M}",
            "Set the clock: waits and mood readings depend on it.",
        )
    return ok(shown)


def _installed_at() -> datetime:
    return datetime.fromtimestamp(Path(companion.__file__).stat().st_mtime, UTC)


def _kept_moments(database: Path) -> list[datetime]:
    if not database.exists():
        return []
    with open_readonly(database) as db:
        visit = last_visit(db)
        moments = [read_time(db, LIBRARY_SYNCED_AT), visit.at if visit else None]
    return [moment for moment in moments if moment]
